//! Finished parts of long work, kept line by line as they come.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::results::store::writing;

/// Time between two orders to put what was written on the disk itself: what a power failure may cost.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// A journal that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("cannot write {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its first line is another.
    #[error("{path} belongs to other work (another configuration or version): delete it or choose another folder")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another process writes it.
    #[error("{path} is being written by another process")]
    Busy {
        /// The file.
        path: PathBuf,
    },
}

/// A file of lines that only grows. The first line says what work it belongs to; a last line that was cut short, by a
/// crash or a full disk, is dropped when it is opened again.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    synced: Instant,
}

impl Journal {
    /// Opens or creates the journal of the work `header` (one line) and returns the lines that it holds after it.
    pub fn open(path: &Path, header: &str) -> Result<(Self, Vec<String>), JournalError> {
        Self::begin(path, header, false)
    }

    /// The same without the lines that it holds, whatever work they belong to.
    pub fn anew(path: &Path, header: &str) -> Result<Self, JournalError> {
        Self::begin(path, header, true).map(|(journal, _)| journal)
    }

    fn begin(path: &Path, header: &str, anew: bool) -> Result<(Self, Vec<String>), JournalError> {
        let fail = |source| JournalError::Io { path: path.to_owned(), source };
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(fail)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy { path: path.to_owned() }),
            // Some file systems have no locks: then one process at a time is the user's care.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let mut journal = Self { file, path: path.to_owned(), synced: Instant::now() };
        if anew {
            journal.file.set_len(0).map_err(fail)?;
        }
        let mut bytes = Vec::new();
        journal.file.read_to_end(&mut bytes).map_err(fail)?;
        let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |last| last + 1);
        let text = String::from_utf8_lossy(&bytes[..whole]).into_owned();
        let mut lines = text.lines().map(str::to_owned);
        match lines.next() {
            Some(first) if first != header => return Err(JournalError::Foreign { path: path.to_owned() }),
            first => {
                journal.file.set_len(whole as u64).map_err(fail)?;
                journal.file.seek(SeekFrom::End(0)).map_err(fail)?;
                if first.is_none() {
                    journal.append(header)?;
                }
            }
        }
        Ok((journal, lines.collect()))
    }

    /// Adds a line.
    pub fn append(&mut self, line: &str) -> Result<(), JournalError> {
        let fail = |source| JournalError::Io { path: self.path.clone(), source };
        // One call: a line is there or it is not, short of a crash within the system itself.
        let _whole = writing();
        self.file.write_all(format!("{line}\n").as_bytes()).map_err(fail)?;
        if self.synced.elapsed() >= SYNC_EVERY {
            self.file.sync_data().map_err(fail)?;
            self.synced = Instant::now();
        }
        Ok(())
    }

    /// Puts everything on the disk.
    pub fn close(self) -> Result<(), JournalError> {
        self.file.sync_all().map_err(|source| JournalError::Io { path: self.path.clone(), source })
    }

    /// Deletes the journal: its work is done and kept elsewhere.
    pub fn remove(self) -> Result<(), JournalError> {
        std::fs::remove_file(&self.path).map_err(|source| JournalError::Io { path: self.path.clone(), source })
    }

    /// The lines of a finished or unfinished journal after its header, without opening it for writing.
    pub fn read(path: &Path, header: &str) -> Result<Vec<String>, JournalError> {
        let bytes = std::fs::read(path).map_err(|source| JournalError::Io { path: path.to_owned(), source })?;
        let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |last| last + 1);
        let text = String::from_utf8_lossy(&bytes[..whole]).into_owned();
        let mut lines = text.lines();
        match lines.next() {
            Some(first) if first == header => Ok(lines.map(str::to_owned).collect()),
            _ => Err(JournalError::Foreign { path: path.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        (folder, path)
    }

    #[test]
    fn a_line_cut_short_is_dropped_and_the_rest_is_kept() {
        let (_folder, path) = file();
        let (mut journal, lines) = Journal::open(&path, "work").unwrap();
        assert!(lines.is_empty());
        journal.append("one").unwrap();
        journal.append("two").unwrap();
        drop(journal);
        for (cut, kept) in [(1, vec!["one"]), (4, vec!["one"]), (5, vec![]), (9, vec![])] {
            let bytes = b"work\none\ntwo\n";
            std::fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
            let (mut journal, lines) = Journal::open(&path, "work").unwrap();
            assert_eq!(lines, kept, "{cut}");
            journal.append("new").unwrap();
            drop(journal);
            let after = Journal::read(&path, "work").unwrap();
            assert_eq!(after, [kept, vec!["new"]].concat());
        }
    }

    #[test]
    fn foreign_and_busy_journals_are_left_alone() {
        let (_folder, path) = file();
        let (journal, _) = Journal::open(&path, "work").unwrap();
        assert!(matches!(Journal::open(&path, "work"), Err(JournalError::Busy { .. })));
        drop(journal);
        assert!(matches!(Journal::open(&path, "other"), Err(JournalError::Foreign { .. })));
        assert!(matches!(Journal::read(&path, "other"), Err(JournalError::Foreign { .. })));
        let (journal, _) = Journal::open(&path, "work").unwrap();
        journal.remove().unwrap();
        assert!(!path.exists());
    }
}

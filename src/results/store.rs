//! Files, written whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Held by whoever writes.
static WRITING: Mutex<()> = Mutex::new(());

/// Waits until no file of this process is half written, and lets none be begun while the guard lives: who ends the
/// process takes it first.
pub fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Names of temporary files begin and end so.
const TEMPORARY: (&str, &str) = (".collapsar-", ".tmp");
/// An unlocked temporary file this old was left by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(1);

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}")]
pub struct StoreError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said: the error's source.
    pub source: std::io::Error,
}

/// A folder of results.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The folder, made if it is not there.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let store = Self { folder: folder.to_owned() };
        store.make()?;
        store.clear_abandoned();
        Ok(store)
    }

    fn make(&self) -> Result<(), StoreError> {
        std::fs::create_dir_all(&self.folder).map_err(|source| StoreError { path: self.folder.clone(), source })
    }

    /// Deletes temporary files that nobody writes any more. What cannot be looked at or deleted stays.
    fn clear_abandoned(&self) {
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let old = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
            if name.starts_with(TEMPORARY.0)
                && name.ends_with(TEMPORARY.1)
                && old().is_some_and(|age| age >= ABANDONED)
                && std::fs::File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok())
            {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Whether results of these names could be put in place: none is a folder or anything else but a file.
    pub fn check(&self, names: &[&str]) -> Result<(), StoreError> {
        for path in names.iter().map(|name| self.path(name)) {
            // What cannot be looked at is not there.
            if std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
                let source = std::io::Error::new(std::io::ErrorKind::IsADirectory, "there is a folder of that name");
                return Err(StoreError { path, source });
            }
        }
        Ok(())
    }

    /// The path of a file of that name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes `bytes` to a temporary file beside `name` and renames it: a reader sees the old file or the new one,
    /// never a part. Several files are given together so that none is put in place before all are on the disk.
    pub fn write(&self, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, StoreError> {
        let _whole = writing();
        // The folder may have vanished since it was opened.
        self.make()?;
        self.check(&files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())?;
        let mut ready = Vec::new();
        for (name, bytes) in files {
            let path = self.path(name);
            let fail = |source| StoreError { path: path.clone(), source };
            let mut file = tempfile::Builder::new()
                .prefix(TEMPORARY.0)
                .suffix(TEMPORARY.1)
                .tempfile_in(&self.folder)
                .map_err(fail)?;
            // Some file systems have no locks; then the age alone says that a file is abandoned.
            let _ = file.as_file().try_lock();
            file.write_all(bytes).map_err(fail)?;
            file.as_file().sync_all().map_err(fail)?;
            readable(file.as_file()).map_err(fail)?;
            ready.push((path, file));
        }
        let mut written = Vec::new();
        for (path, file) in ready {
            file.persist(&path).map_err(|e| StoreError { path: path.clone(), source: e.error })?;
            written.push(path);
        }
        Ok(written)
    }
}

/// Temporary files are private to their owner; results are not.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_all_or_names_the_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a/b")).unwrap();
        let written = store.write(&[("x.txt".into(), b"one".to_vec()), ("y.txt".into(), b"two".to_vec())]).unwrap();
        assert_eq!(written.iter().map(|p| std::fs::read(p).unwrap()).collect::<Vec<_>>(), [b"one", b"two"]);
        store.write(&[("x.txt".into(), b"new".to_vec())]).unwrap();
        assert_eq!(std::fs::read(store.path("x.txt")).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path().join("a/b")).unwrap().count(), 2, "no temporary file is left");
        std::fs::create_dir(store.path("z.txt")).unwrap();
        let error = store.write(&[("x.txt".into(), b"newer".to_vec()), ("z.txt".into(), vec![])]).unwrap_err();
        assert!(error.path.ends_with("z.txt") && std::fs::read(store.path("x.txt")).unwrap() == b"new", "{error}");
        std::fs::remove_dir_all(&store.folder).unwrap();
        store.write(&[("x.txt".into(), b"again".to_vec())]).unwrap();
        let error = Store::open(&store.path("x.txt")).unwrap_err();
        assert!(error.to_string().contains("x.txt"), "{error}");
    }

    #[test]
    fn abandoned_temporary_files_are_cleared_and_others_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in [".collapsar-dead.tmp", ".collapsar-live.tmp", ".other.tmp", "x.json"] {
            std::fs::write(path(name), b"part").unwrap();
        }
        let live = std::fs::File::open(path(".collapsar-live.tmp")).unwrap();
        live.lock().unwrap();
        std::thread::sleep(ABANDONED);
        Store::open(folder.path()).unwrap();
        let left = [".collapsar-dead.tmp", ".collapsar-live.tmp", ".other.tmp", "x.json"].map(|n| path(n).exists());
        assert_eq!(left, [false, true, true, true]);
    }
}

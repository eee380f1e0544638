//! Files, written whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

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
        std::fs::create_dir_all(folder).map_err(|source| StoreError { path: folder.to_owned(), source })?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The path of a file of that name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes `bytes` to a temporary file beside `name` and renames it: a reader sees the old file or the new one,
    /// never a part. Several files are given together so that none is put in place before all are on the disk.
    pub fn write(&self, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, StoreError> {
        let mut ready = Vec::new();
        for (name, bytes) in files {
            let path = self.path(name);
            let fail = |source| StoreError { path: path.clone(), source };
            let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(fail)?;
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
        let error = Store::open(&store.path("x.txt")).unwrap_err();
        assert!(error.to_string().contains("x.txt"), "{error}");
    }
}

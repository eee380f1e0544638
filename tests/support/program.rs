//! The binary as a caller sees it.

use std::path::Path;
use std::process::{Command, Output};

/// Runs `collapsar` with these arguments.
pub fn collapsar(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_collapsar")).args(arguments).output().expect("the binary starts")
}

/// Exit codes.
pub const SUCCESS: i32 = 0;
pub const FAILED: i32 = 1;
pub const USAGE: i32 = 2;

/// Bytes as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The exit code.
pub fn code(output: &Output) -> i32 {
    output.status.code().expect("the program is not killed")
}

/// Exit code 2, nothing on standard output, one line on standard error.
pub fn refused(output: &Output) -> String {
    assert_eq!((code(output), text(&output.stdout).as_str()), (USAGE, ""), "{}", text(&output.stderr));
    let message = text(&output.stderr);
    assert_eq!(message.lines().count(), 1, "{message}");
    message.trim_end().to_owned()
}

/// A path as text.
pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What lies in a folder: names and bytes, in order.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).unwrap()))
        .collect();
    files.sort();
    files
}

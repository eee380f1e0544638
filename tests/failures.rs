//! The binary on what cannot be read, computed or written: exit codes, and words that say what to do.

mod support;

use support::config_file;
use support::configs::{BASE, LAW};
use support::program::{FAILED, SUCCESS, code, collapsar, path, refused, text};

#[test]
fn files_that_are_no_configuration_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name)).to_owned();
    std::fs::write(at("empty.toml"), "").unwrap();
    std::fs::write(at("latin.toml"), b"[target]\nseparation = 3 # \xe9\n").unwrap();
    std::fs::write(at("deep.toml"), format!("[target]\nmeans = {}1{}", "[".repeat(20000), "]".repeat(20000))).unwrap();
    std::fs::write(at("binary.toml"), [0u8; 64]).unwrap();
    let run = |name: &str| refused(&collapsar(&["solve", &at(name)]));
    assert_eq!(
        run("empty.toml"),
        format!("error: {}: `target.separation` is missing: give it, or the modes as `target.means`", at("empty.toml"))
    );
    assert_eq!(
        run("latin.toml"),
        format!("error: cannot read the configuration {}: stream did not contain valid UTF-8", at("latin.toml"))
    );
    assert!(run("nowhere.toml").starts_with(&format!("error: cannot read the configuration {}: ", at("nowhere.toml"))));
    assert!(run("").starts_with(&format!("error: cannot read the configuration {}: ", at(""))), "a directory");
    assert!(run("deep.toml").starts_with(&format!("error: {}, line 2: ", at("deep.toml"))));
    assert!(run("binary.toml").starts_with(&format!("error: {}, line 1: ", at("binary.toml"))));
}

#[test]
fn a_misspelt_key_and_a_string_for_a_number_are_explained() {
    let file = config_file(&BASE.replace("duration", "durration"));
    assert_eq!(
        refused(&collapsar(&["solve", path(file.path())])),
        format!(
            "error: {}, line 9: unknown key in [schedule] `durration`: did you mean `duration`?",
            file.path().display()
        )
    );
    let file = config_file(&BASE.replace("duration = 5.0", "duration = \"long\""));
    assert_eq!(
        refused(&collapsar(&["solve", path(file.path())])),
        format!(
            "error: {}, line 9: `schedule.duration` is \"long\": it must be a finite number",
            file.path().display()
        )
    );
}

#[test]
fn results_that_cannot_be_written_are_a_failure() {
    let (file, blocked) = (config_file(BASE), tempfile::NamedTempFile::new().unwrap());
    for folder in [blocked.path().to_owned(), blocked.path().join("below")] {
        let output = collapsar(&["solve", path(file.path()), "--out", path(&folder)]);
        assert_eq!((code(&output), output.stdout.len()), (FAILED, 0));
        let words = text(&output.stderr);
        assert!(words.starts_with(&format!("error: cannot write {}: ", folder.display())), "{words}");
        assert_eq!(words.matches("os error").count(), 1, "{words}");
    }
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_a_failure() {
    use std::os::unix::fs::PermissionsExt;
    let (file, folder) = (config_file(BASE), tempfile::tempdir().unwrap());
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    // The administrator writes where nobody may: then there is nothing to refuse.
    let writable = std::fs::write(folder.path().join("probe"), "").is_ok();
    let output = collapsar(&["solve", path(file.path()), "--out", path(folder.path())]);
    assert_eq!(code(&output), if writable { SUCCESS } else { FAILED }, "{}", text(&output.stderr));
}

#[test]
fn a_computation_that_fails_is_exit_code_1() {
    let file = config_file(BASE);
    let output = collapsar(&["solve", path(file.path()), "--json", "--set", "solve.max_steps=3"]);
    assert_eq!((code(&output), output.stdout.len()), (FAILED, 0));
    let words = text(&output.stderr);
    let why = "the step limit `solve.max_steps` came first";
    assert!(words.starts_with("error: the integration stopped at t = ") && words.trim_end().ends_with(why), "{words}");
}

#[test]
fn a_problem_too_large_for_the_default_engine_says_what_to_do() {
    let weights = vec!["0.0625"; 16].join(", ");
    let large = LAW.replace("[start]", &format!("weights = [{weights}]\n[start]")).replace("= 5", "= 99");
    let file = config_file(&large);
    let message = refused(&collapsar(&["solve", path(file.path())]));
    assert_eq!(
        message,
        "error: choose `solve.engine = \"diffsol\"` for this problem: the system has 272 unknowns, this engine is built \
         for at most 256"
    );
}

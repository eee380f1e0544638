//! The binary: streams, files and exit codes of what works, and of bad usage.

mod support;

use std::path::Path;

use support::configs::BASE;
use support::program::{SUCCESS, USAGE, code, collapsar, path, refused, text};
use support::{config_file, numbers, solve_json, solve_json_with};

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn help_has_examples_and_exit_codes() {
    let help = collapsar(&["--help"]);
    assert_eq!((code(&help), help.stderr.len()), (SUCCESS, 0));
    let words = text(&help.stdout);
    assert!(
        words.contains(
            "Exit codes: 0 success, 1 the computation failed, 2 bad usage or configuration, 130 interrupted."
        ),
        "{words}"
    );
    assert!(words.contains("solve") && words.contains("completions"), "{words}");
    let words = text(&collapsar(&["solve", "--help"]).stdout);
    assert!(words.contains("Examples:\n  collapsar solve configs/paper-pair.toml\n"), "{words}");
    for option in ["--set <SECTION.KEY=VALUE>", "--out <DIR>", "--json", "--quiet", "--help", "--version"] {
        assert!(words.contains(option), "{option}: {words}");
    }
    assert!(text(&collapsar(&["completions", "--help"]).stdout).contains("Example"));
}

#[test]
fn version_is_that_of_the_package() {
    assert_eq!(text(&collapsar(&["--version"]).stdout), concat!("collapsar ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn completions_name_the_verbs_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = collapsar(&["completions", shell]);
        assert_eq!(code(&script), SUCCESS);
        assert!(text(&script.stdout).contains("solve"), "{shell}");
    }
    assert_eq!(code(&collapsar(&["completions", "tcsh"])), USAGE);
}

#[test]
fn bad_usage_is_exit_code_2() {
    for arguments in [&[][..], &["sovle"], &["solve"], &["solve", "a.toml", "--bogus"], &["solve", "a.toml", "b.toml"]]
    {
        let output = collapsar(arguments);
        assert_eq!((code(&output), output.stdout.len()), (USAGE, 0), "{arguments:?}");
        assert!(text(&output.stderr).contains("Usage: collapsar"), "{arguments:?}");
    }
}

#[test]
fn solve_writes_four_files_and_says_which() {
    let (file, folder) = (config_file(BASE), tempfile::tempdir().unwrap());
    let out = folder.path().join("not/there/yet");
    let output = collapsar(&["solve", path(file.path()), "--out", path(&out)]);
    assert_eq!((code(&output), text(&output.stderr).as_str()), (SUCCESS, ""));
    let stem = file.path().file_stem().unwrap().to_str().unwrap();
    let names = ["csv", "json", "png", "svg"].map(|end| format!("{stem}.{end}"));
    assert_eq!(names_in(&out), names);
    let words = text(&output.stdout);
    for name in &names {
        assert!(words.contains(&format!("wrote       {}", out.join(name).display())), "{words}");
    }
    for line in ["problem ", "schedule ", "at t = 5", "limit ", "verdict ", "cost "] {
        assert!(words.contains(&format!("\n{line}")) || words.starts_with(line), "{line}: {words}");
    }
    assert!(!words.contains('\u{1b}'), "no colour without a terminal");

    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join(&names[1])).unwrap()).unwrap();
    assert_eq!(record, solve_json(BASE));
    let mut table = csv::Reader::from_path(out.join(&names[0])).unwrap();
    let header = table.headers().unwrap().iter().take(8).collect::<Vec<_>>().join(" ");
    assert_eq!(header, "time temperature variance objective w_1 w_2 C_1 C_2");
    let times: Vec<f64> = table.records().map(|row| row.unwrap()[0].parse().unwrap()).collect();
    assert!(times.len() > 20 && times.windows(2).all(|w| w[0] < w[1]), "{times:?}");
    assert_eq!((times[0], times[times.len() - 1]), (0.0, 5.0));
    assert!(std::fs::read(out.join(&names[2])).unwrap().starts_with(b"\x89PNG\r\n"));
    assert!(std::fs::read_to_string(out.join(&names[3])).unwrap().contains("<svg"));
}

#[test]
fn quiet_says_nothing_but_errors() {
    let (file, folder) = (config_file(BASE), tempfile::tempdir().unwrap());
    let output = collapsar(&["solve", path(file.path()), "--quiet", "--out", path(folder.path())]);
    assert_eq!((code(&output), output.stdout.len(), output.stderr.len()), (SUCCESS, 0, 0));
    assert_eq!(names_in(folder.path()).len(), 4);
    let output = collapsar(&["solve", path(file.path()), "--quiet", "--set", "target.separation=x"]);
    assert_eq!(
        refused(&output),
        "error: --set target.separation=x: `target.separation` is \"x\": it must be a finite number"
    );
}

#[test]
fn json_prints_one_object_and_writes_only_where_told() {
    let (file, folder) = (config_file(BASE), tempfile::tempdir().unwrap());
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_collapsar"));
        command
            .current_dir(folder.path())
            .args(["solve", path(file.path()), "--json"])
            .args(arguments)
            .output()
            .unwrap()
    };
    let output = run(&[]);
    assert_eq!((code(&output), output.stderr.len()), (SUCCESS, 0));
    assert_eq!(text(&output.stdout).lines().count(), 1);
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let object = record.as_object().unwrap();
    for key in [
        "times",
        "means",
        "weights",
        "variance",
        "coverage",
        "gram",
        "temperature",
        "objective",
        "collapsed",
        "mechanism",
        "outcome",
        "config",
        "version",
    ] {
        assert!(object.contains_key(key), "{key}");
    }
    assert_eq!(names_in(folder.path()), [""; 0]);
    assert_eq!(run(&["--out", "here"]).stdout, output.stdout);
    assert_eq!(names_in(&folder.path().join("here")).len(), 4);
}

#[test]
fn records_have_the_documented_shapes() {
    let record = solve_json(BASE);
    let shape = |key: &str| {
        let outer = record[key].as_array().unwrap();
        (outer.len(), numbers(&record[key]).len())
    };
    assert_eq!((shape("times"), shape("means"), shape("weights")), ((2, 2), (2, 8), (2, 4)));
    assert_eq!((shape("coverage"), shape("gram"), shape("variance")), ((2, 4), (2, 32), (2, 2)));
    assert_eq!((shape("temperature"), shape("objective"), shape("modes")), ((2, 2), (2, 2), (2, 4)));
    assert_eq!((&record["outcome"], &record["coordinates"]), (&"reached".into(), &"user".into()));
    assert_eq!(numbers(&record["modes"]), [3.0, 0.0, -3.0, 0.0]);
    assert!(record["collapsed"].is_boolean() && record["mechanism"].is_string());
    // Gram is that of means and modes: its first entry is |mu_1|^2.
    let (means, gram) = (numbers(&record["means"][1][0]), numbers(&record["gram"][1]));
    assert!((means[0] * means[0] + means[1] * means[1] - gram[0]).abs() < 1e-14);
}

#[test]
fn overrides_apply_in_order() {
    let record = solve_json_with(
        BASE,
        &["solve.times=[2]", "solve.times=[3]", "target.weights=[0.5, 0.5]", "schedule.kind=quench"],
    );
    assert_eq!(numbers(&record["times"]), [3.0]);
    assert_eq!((&record["config"]["schedule"]["kind"], numbers(&record["temperature"])), (&"quench".into(), vec![9.0]));
}

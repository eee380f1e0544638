//! Runs of the program's own, whose truth is known, through files.

use std::path::Path;

use serde_json::Value;

use super::support::program::{collapsar, refused, text};

pub(super) fn json(arguments: &[&str]) -> Value {
    let output = collapsar(arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A run by `solve` from a start, its table kept as a trace; whether it collapsed, and why.
fn solved(folder: &Path, name: &str, extra: &[&str]) -> (Value, Value) {
    let config = folder.join(format!("{name}.toml"));
    let start = "[target]\nseparation = 3.0\nweights = [0.6, 0.4]\n[family]\npreset = \"free\"\n[start]\ndimension = 2\nscale = 1.0\n";
    std::fs::write(&config, start).unwrap();
    let out = folder.join("traces").display().to_string();
    let mut arguments = vec!["solve", config.to_str().unwrap(), "--out", &out, "-q"];
    arguments.extend(extra);
    let output = collapsar(&arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    std::fs::remove_file(config).unwrap();
    let record = folder.join("traces").join(format!("{name}.json"));
    let record: Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
    (record["at_end"]["collapsed"].clone(), record["at_end"]["mechanism"].clone())
}

/// Verdict and mechanism of traces are those of the runs that wrote them.
#[test]
fn traces_of_solve() {
    let folder = tempfile::tempdir().unwrap();
    let mut truth = Vec::new();
    for seed in 1..=10 {
        let seed_set = format!("start.seed={seed}");
        let hot: &[&str] = if seed % 2 == 0 {
            &[
                "--set",
                "schedule.kind=exponential",
                "--set",
                "schedule.initial_temperature=6",
                "--set",
                "schedule.rate=0.3",
            ]
        } else {
            &[]
        };
        let extra = [&["--set", &seed_set][..], hot].concat();
        truth.push(solved(folder.path(), &format!("run-{seed:02}"), &extra));
    }
    // Trained weights from a start whose second weight dies.
    let starved = ["--set", "family.train_weights=fisher-rao", "--set", "start.seed=3"];
    truth.push(solved(folder.path(), "starved", &starved));
    assert!(truth.iter().any(|(collapsed, _)| *collapsed == Value::Bool(true)), "{truth:?}");
    assert!(truth.iter().any(|(collapsed, _)| *collapsed == Value::Bool(false)), "{truth:?}");
    let tables: Vec<String> = (1..=10)
        .map(|seed| format!("run-{seed:02}"))
        .chain(["starved".to_owned()])
        .map(|name| folder.path().join("traces").join(name + ".csv").display().to_string())
        .collect();
    let mut arguments = vec!["diagnose"];
    arguments.extend(tables.iter().map(String::as_str));
    arguments.extend(["--json", "--set", "diagnose.family=mixture", "--set", "diagnose.weights=[0.6, 0.4]"]);
    let record = json(&arguments);
    assert_eq!(record["modes"].as_array().unwrap().len(), 2, "{}", record["modes"]);
    for ((collapsed, mechanism), run) in truth.iter().zip(record["runs"].as_array().unwrap()) {
        let lost = !run["lost_modes"].as_array().unwrap().is_empty();
        assert_eq!(Value::Bool(lost), *collapsed, "{run}");
        assert_eq!(run["mechanism"], *mechanism, "{run}");
    }
    // All of it, with the figures.
    let out = folder.path().join("out").display().to_string();
    arguments.retain(|argument| *argument != "--json");
    arguments.extend(["--out", &out]);
    let output = collapsar(&arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let words = text(&output.stdout);
    assert!(words.contains("collapse    ") && words.contains("mechanism   "), "{words}");
    for name in [
        "diagnose.json",
        "diagnose.csv",
        "diagnose-report.html",
        "diagnose-report.md",
        "diagnose-problem.toml",
        "diagnose-coverage.png",
        "diagnose-samples.svg",
        "diagnose-traces.png",
    ] {
        assert!(Path::new(&out).join(name).is_file(), "{name}");
    }
    // The page stands alone and says it all.
    let page = std::fs::read_to_string(Path::new(&out).join("diagnose-report.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert!(page.matches("<figcaption>").count() == 3 && !page.contains("src=\"http") && !page.contains("href=\"http"));
    let verdict = words.lines().find_map(|line| line.strip_prefix("collapse    ")).unwrap();
    assert!(page.contains(&format!("<p>{verdict}.</p>")), "{verdict}");
    let problem = std::fs::read_to_string(Path::new(&out).join("diagnose-problem.toml")).unwrap();
    let lines = problem.lines().filter(|line| line.starts_with("separation") || line.starts_with("weights"));
    for line in lines.chain(record["advice"].as_array().unwrap().iter().filter_map(Value::as_str)) {
        // What stands between backticks is code.
        assert!(line.split('`').all(|part| page.contains(part)), "{line}");
    }
    assert!(page.contains("<code>lost_below</code>") && !page.contains("`lost_below`"));
    for run in record["runs"].as_array().unwrap() {
        let mechanism = run["mechanism"].as_str().unwrap();
        let row =
            page.lines().find(|line| line.contains(&format!("<td>{}</td>", run["file"].as_str().unwrap()))).unwrap();
        assert!(row.contains(&format!("<td>{mechanism}</td>")), "{row}");
    }
    let twin = std::fs::read_to_string(Path::new(&out).join("diagnose-report.md")).unwrap();
    assert!(twin.starts_with("# Did the runs collapse?") && twin.contains("| run | set | samples |"));
}

/// A table of coverages, in which a column is a mode.
#[test]
fn coverages_of_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("coverage.csv");
    std::fs::write(&table, "seed;C_1;C_2\n1;0,5;0,5\n2;1,0;0,0\n3;0,45;0,55\n4;0,02;0,98\n").unwrap();
    let record = json(&["diagnose", table.to_str().unwrap(), "--json"]);
    assert_eq!(record["probability"]["value"], 0.5);
    assert_eq!(record["probability"]["n"], 4);
    assert_eq!(record["runs"][1]["lost_modes"], serde_json::json!([1]));
    assert_eq!(record["runs"][3]["lost_modes"], serde_json::json!([0]));
    assert_eq!(record["restarts"]["for_99"], 7);
    assert!((record["modes"][0]["weight"].as_f64().unwrap() - 0.475).abs() < 1e-12);
}

/// The bad and the modest.
#[test]
fn little_and_wrong_input() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let one = write("one.csv", "x,y\n0.5,1\n");
    let alike = json(&["diagnose", &one, &one, "--json"]);
    assert_eq!((&alike["modes"].as_array().unwrap().len(), &alike["probability"]["n"]), (&1, &Value::from(2)));
    let notes = alike["notes"].as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>();
    assert!(
        notes[0].starts_with("1 of 2 runs repeat the samples of others") && notes[1].contains("single mode"),
        "{notes:?}"
    );
    let three = write("three.csv", "x,y,z\n1,2,3\n");
    let coverage = write("c.csv", "run,C_1,C_2\na,0.5,0.5\n");
    let cases: [(&[&str], &str); 8] = [
        (&["diagnose", &one, &three], "go with"),
        (&["diagnose", &one, &coverage], "go with"),
        (&["diagnose", "/no/such.npy"], "cannot read /no/such.npy"),
        (&["diagnose", &one, "--set", "diagnose.lost_below=2"], "`diagnose.lost_below`"),
        (&["diagnose", &one, "--set", "diagnose.modes=[[1], [2]]"], "`diagnose.modes`"),
        (&["diagnose", &one, "--set", "diagnose.modes=[[1, 2], [2]]"], "hold means of one dimension"),
        (&["diagnose", &coverage, "--set", "diagnose.weights=[0.5, 0.4]"], "sum to 1"),
        (&["diagnose", &one, "--set", "diagnose.family=mixtures"], "\"mean-field\""),
    ];
    for (arguments, words) in cases {
        let error = refused(&collapsar(arguments));
        assert!(error.contains(words), "{error}");
    }
}

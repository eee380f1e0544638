//! `collapsar bifurcate`: the record, the files and the refusals.

mod support;

use serde_json::Value;

use support::{config_file, program::collapsar};

const FREE: &str = "configs/bifurcation-free.toml";
const SPHERE: &str = "configs/bifurcation-sphere.toml";

fn json(config: &str, overrides: &[&str]) -> Value {
    let mut arguments = vec!["bifurcate", config, "--json"];
    arguments.extend(overrides.iter().flat_map(|text| ["--set", text]));
    let output = collapsar(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON record")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn count(record: &Value, kind: &str) -> usize {
    record["equilibria"].as_array().unwrap().iter().filter(|state| state["kind"] == kind).count()
}

#[test]
fn record_of_the_free_pair() {
    let record = json(FREE, &[]);
    assert_eq!((record["program"].as_str(), record["pair"].as_str()), (Some("collapsar"), Some("free")));
    assert!((number(&record["critical_temperature"]) - 3.312_999_348_2).abs() < 1e-9);
    assert!((number(&record["critical_separation"]) - 2.259_607_57).abs() < 1e-8);
    assert!(record["alpha"].is_null() && record["unresolved"].as_array().unwrap().is_empty());
    assert_eq!((count(&record, "recovered"), count(&record, "collapsed"), count(&record, "origin")), (2, 4, 1));
    for state in record["equilibria"].as_array().unwrap() {
        assert_eq!(
            (state["coordinates"].as_array().unwrap().len(), state["eigenvalues"].as_array().unwrap().len()),
            (3, 3)
        );
        assert!(number(&state["residual"]) < 1e-12, "{state}");
    }
    assert_eq!(record["equilibria_off_branches"], 0);
    let folds = record["special_points"].as_array().unwrap().iter().filter(|point| point["kind"] == "fold");
    let folds: Vec<f64> = folds.map(|point| number(&point["parameter"])).collect();
    assert!(folds.len() == 4 && folds.iter().all(|fold| (fold - 3.312_999_348_2).abs() < 1e-8), "{folds:?}");
    let curve = &record["critical_curve"];
    let last = curve["separations"].as_array().unwrap().len() - 1;
    assert!((number(&curve["separations"][last]) - 6.0).abs() < 1e-12);
    assert!((number(&curve["temperatures"][0]) - 1.0).abs() < 1e-9, "the curve starts at T = 1");
}

#[test]
fn below_the_critical_separation_the_temperature_is_null() {
    let record = json(FREE, &["target.separation=2", "bifurcation.points=2"]);
    assert!(record["critical_temperature"].is_null(), "{}", record["critical_temperature"]);
    assert_eq!(count(&record, "collapsed"), 0);
    // The temperature of the schedule, unless the section has its own.
    let warm = json(FREE, &["schedule.initial_temperature=2", "bifurcation.points=2"]);
    assert_eq!(
        (number(&warm["temperature"]), warm["temperature_source"].as_str()),
        (2.0, Some("schedule.initial_temperature"))
    );
    assert_eq!(count(&warm, "metastable"), 2);
    let own = json(FREE, &["bifurcation.temperature=5", "bifurcation.points=2"]);
    assert_eq!(
        (number(&own["temperature"]), own["temperature_source"].as_str()),
        (5.0, Some("bifurcation.temperature"))
    );
    assert_eq!(count(&own, "collapsed"), 0);
}

#[test]
fn record_of_the_sphere_pair() {
    let record = json(SPHERE, &["bifurcation.points=3"]);
    assert_eq!((record["pair"].as_str(), record["variance"].as_str()), (Some("sphere"), Some("slaved")));
    let alpha = number(&record["alpha"]);
    assert!((alpha - 0.586_331_61).abs() < 1e-8, "{alpha}");
    assert!((number(&record["critical_temperature"]) * alpha / 9.0 - 1.0).abs() < 1e-14);
    assert_eq!((count(&record, "recovered"), count(&record, "collapsed"), count(&record, "antipodal")), (2, 2, 1));
    assert_eq!(record["equilibria_off_branches"], 0);
    assert!(record["alpha_curves"].as_array().unwrap().len() >= 3);
    let small = json(SPHERE, &["target.separation=0.7", "target.weights=[0.5,0.5]", "bifurcation.points=2"]);
    assert!(small["critical_temperature"].is_null());
    assert!((number(&small["critical_separation"]) - 0.895_769_06).abs() < 1e-7);
}

#[test]
fn branches_in_the_separation() {
    let overrides = ["bifurcation.parameter=separation", "bifurcation.range=[1.2, 4]", "bifurcation.points=2"];
    let record = json(FREE, &overrides);
    assert_eq!(
        (record["parameter"].as_str(), record["equilibria_off_branches"].as_u64()),
        (Some("separation"), Some(0))
    );
    let folds = record["special_points"].as_array().unwrap().iter().filter(|point| point["kind"] == "fold");
    let folds: Vec<f64> = folds.map(|point| number(&point["parameter"])).collect();
    assert!(folds.len() == 4 && folds.iter().all(|fold| (fold - 2.259_607_57).abs() < 1e-8), "{folds:?}");
}

#[test]
fn files_are_written_and_the_summary_names_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let output = collapsar(&["bifurcate", FREE, "--out", folder.path().to_str().unwrap()]);
    assert!(output.status.success() && output.stderr.is_empty());
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.contains("3.3129993482") && words.contains("2.2596075678"), "{words}");
    for extension in ["json", "csv", "png", "svg"] {
        let bytes = std::fs::read(folder.path().join(format!("bifurcation-free.{extension}"))).unwrap();
        assert!(bytes.len() > 1000, "{extension}");
    }
    let table = std::fs::read_to_string(folder.path().join("bifurcation-free.csv")).unwrap();
    assert!(table.starts_with("branch,temperature,x,y,z,stable,growth\n"), "{}", &table[..60]);
}

#[test]
fn the_figure_is_the_phase_diagram_where_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let picture = |config: &str, overrides: &[&str]| {
        let mut arguments = vec![
            "bifurcate",
            config,
            "--quiet",
            "--out",
            folder.path().to_str().unwrap(),
            "--set",
            "bifurcation.points=20",
        ];
        arguments.extend(overrides.iter().flat_map(|text| ["--set", text]));
        let output = collapsar(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let stem = config.trim_start_matches("configs/").trim_end_matches(".toml");
        std::fs::read_to_string(folder.path().join(format!("{stem}.svg"))).unwrap()
    };
    let free = picture("configs/phase-diagram-free.toml", &[]);
    assert!(free.contains("collapse possible") && free.contains("no collapsed state") && !free.contains("pitchfork"));
    let sphere = picture("configs/phase-diagram-sphere.toml", &[]);
    assert!(sphere.contains("opposite means give way") && sphere.contains("weight 0.2"));
    let branches = picture("configs/phase-diagram-free.toml", &["bifurcation.draw=branches"]);
    assert!(branches.contains("pitchfork") && !branches.contains("no collapsed state"));
}

#[test]
fn what_is_no_pair_is_refused_with_the_reason() {
    let three = config_file(
        "[target]\nmeans = [[3.0, 0.0], [-1.5, 2.6], [-1.5, -2.6]]\nweights = [0.5, 0.3, 0.2]\n\
         [start]\nmeans = [[0.3, 0.1], [-0.2, 0.3], [0.1, -0.4]]\n",
    );
    let three = three.path().to_str().unwrap();
    let cases: [(&[&str], &str); 6] = [
        (&["bifurcate", three], "two opposite modes"),
        (&["bifurcate", FREE, "--set", "family.variance=slaved"], "family.variance"),
        (&["bifurcate", FREE, "--set", "bifurcation.range=[2, 1]"], "rising"),
        (&["bifurcate", FREE, "--set", "bifurcation.draw=curves"], "\"branches\", \"phase-diagram\""),
        (&["bifurcate", FREE, "--set", "bifurcation.points=1"], "between 2 and 10000"),
        (&["bifurcate", FREE, "--set", "bifurcation.temperature=0"], "positive"),
    ];
    for (arguments, words) in cases {
        let output = collapsar(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words) && output.stdout.is_empty(), "{told}");
    }
}

/// A verb asks for what it reads and nothing else: no start for what has none, no schedule at constant temperatures.
#[test]
fn no_verb_asks_for_what_it_does_not_read() {
    let pair = config_file("[target]\nseparation = 3.0\n");
    for verb in ["bifurcate", "boundary", "portrait"] {
        let output = collapsar(&[verb, pair.path().to_str().unwrap(), "--json"]);
        assert!(output.status.success(), "{verb}: {}", String::from_utf8_lossy(&output.stderr));
        let record: Value = serde_json::from_slice(&output.stdout).unwrap();
        let sections: Vec<&str> = record["config"].as_object().unwrap().keys().map(String::as_str).collect();
        assert!(!sections.contains(&"start") && !sections.contains(&"solve"), "{verb}: {sections:?}");
    }
}

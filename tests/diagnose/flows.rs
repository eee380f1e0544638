//! Flows that the program trained itself, by what they draw: verdicts are its own.

use serde_json::Value;

use super::own::json;
use super::support::program::{collapsar, text};

/// The flow of `configs/realnvp.toml`, cold and annealed.
const FLOW: &str = "[target]\nseparation = 4.0\nweights = [0.8, 0.2]\n[schedule]\nkind = \"constant\"\n[start]\ndimension = 2\n\
    [flow]\ncouplings = 4\nhidden = [32]\ninitial = \"uniform\"\n\
    [training]\nsteps = 2000\nbatch = 64\nstep_size = 1e-3\nsettle = 0.2\nsamples = 4000\n[compare]\ncold = []\n\
    warm = [\"schedule.kind=geometric\", \"schedule.initial_temperature=16\", \"schedule.duration=1.4\"]\n";
const SEEDS: u64 = 5;

fn done(arguments: &[&str]) {
    let output = collapsar(arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// Over schedules and seeds: the modes that a flow lost by its own evaluation, and those that its samples say.
#[test]
fn flows_over_schedules() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: String| folder.path().join(name).display().to_string();
    let (mut files, mut truth) = (Vec::new(), Vec::new());
    for seed in 1..=SEEDS {
        let config = place(format!("flow-{seed}.toml"));
        std::fs::write(&config, FLOW).unwrap();
        let out = place("flows".to_owned());
        done(&["realnvp", &config, "--set", &format!("start.seed={seed}"), "--out", &out, "--quiet"]);
        let record: Value =
            serde_json::from_slice(&std::fs::read(place(format!("flows/flow-{seed}.json"))).unwrap()).unwrap();
        for variant in record["variants"].as_array().unwrap() {
            let weights = place(format!("flows/{}", variant["weights"].as_str().unwrap()));
            let file = place(format!("{seed}-{}.csv", variant["label"].as_str().unwrap()));
            done(&["sample", &weights, "--count", "1000", "--seed", "9", "--out", &file]);
            files.push(file);
            truth.push(variant["evaluation"]["lost"].clone());
        }
    }
    let mut arguments = vec!["diagnose"];
    arguments.extend(files.iter().map(String::as_str));
    arguments.extend(["--json", "--set", "diagnose.family=flow", "--set", "diagnose.modes=[[4, 0], [-4, 0]]"]);
    arguments.extend(["--set", "diagnose.weights=[0.8, 0.2]"]);
    let told = json(&arguments);
    let lost = |run: &Value| !run["lost_modes"].as_array().unwrap().is_empty();
    let mut counts = [0, 0];
    for (verdict, run) in truth.iter().zip(told["runs"].as_array().unwrap()) {
        assert!(run["certain"].as_bool().unwrap(), "{run}");
        assert_eq!(run["lost_modes"], *verdict, "{run}");
        counts[usize::from(lost(run))] += 1;
    }
    assert!(counts[0] >= 3 && counts[1] >= 3, "{counts:?}");
    // Nobody names the modes: the same verdicts.
    let found = json(&[&["diagnose"], &files.iter().map(String::as_str).collect::<Vec<_>>()[..], &["--json"]].concat());
    assert_eq!(found["modes"].as_array().unwrap().len(), 2, "{}", found["modes"]);
    for (a, b) in told["runs"].as_array().unwrap().iter().zip(found["runs"].as_array().unwrap()) {
        assert_eq!(lost(a), lost(b), "{a} {b}");
    }
    assert!(told["advice"][0].as_str().unwrap().starts_with("flows: the theory of mixtures does not carry over"));
    // The file of weights is no file of runs.
    let output = collapsar(&["diagnose", &place("flows/flow-1.safetensors".to_owned())]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

//! Stochastic descents in R^d by their traces: verdicts are those of the descents, mechanisms those of the closed flow from where
//! they ended.

use std::fmt::Write as _;

use collapsar::montecarlo::{DescentOptions, MixtureDescent, MixtureDescentOptions, RunEnd};
use collapsar_theory::{Family, Problem, Rules, Schedule, Start, Target, WeightRule};
use serde_json::Value;

use super::own::json;

/// Steps of a descent, and those between two rows of its trace.
const STEPS: usize = 600;
const BETWEEN: usize = 60;

fn problem(weights: WeightRule, schedule: Schedule) -> Problem {
    let target = Target::pair(3.0, [0.6, 0.4]).unwrap();
    let family = Family::new(vec![0.6, 0.4], Rules { weights, ..Rules::FREE }).unwrap();
    Problem::new(target, family, schedule, Start::gaussian(2, 1.0).unwrap()).unwrap()
}

fn descent(problem: &Problem, steps: usize) -> MixtureDescent<'_> {
    let options = DescentOptions { batch: 256, step: 0.05, steps, ..DescentOptions::default() };
    MixtureDescent::new(problem, options, MixtureDescentOptions::default()).unwrap()
}

/// The trace of a run: a shorter run of the same stream is its beginning.
fn trace(problem: &Problem, index: u64) -> String {
    let mut table = "step,temperature,w_1,w_2,mu_1[1],mu_1[2],mu_2[1],mu_2[2]\n".to_owned();
    for steps in (0..=STEPS).step_by(BETWEEN) {
        let (means, _, weights) = descent(problem, steps).fit(7, index);
        let beta = problem.schedule().beta(0.05 * steps as f64);
        write!(table, "{steps},{:?}", 1.0 / beta).unwrap();
        weights.iter().chain(&means).for_each(|x| write!(table, ",{x:?}").unwrap());
        table.push('\n');
    }
    table
}

/// How the closed flow at T = 1 ends that starts at a fit.
fn limit(weights: &str, fit: &(Vec<f64>, Vec<f64>, Vec<f64>)) -> Value {
    let (means, _, fitted) = fit;
    let sets = [
        format!("family.weights={fitted:?}"),
        format!("family.train_weights=\"{weights}\""),
        format!("start.means=[{:?}, {:?}]", &means[..2], &means[2..]),
    ];
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("end.toml");
    std::fs::write(&config, "[target]\nseparation = 3.0\nweights = [0.6, 0.4]\n[family]\npreset = \"free\"\n").unwrap();
    let mut arguments = vec!["solve", config.to_str().unwrap(), "--json"];
    sets.iter().for_each(|set| arguments.extend(["--set", set]));
    json(&arguments)["at_end"].clone()
}

#[test]
fn descents_that_lose_a_mode_and_that_keep_both() {
    let folder = tempfile::tempdir().unwrap();
    let (mut files, mut truth) = (Vec::new(), Vec::new());
    for (rule, word) in [(WeightRule::Fixed, "no"), (WeightRule::FisherRao, "fisher-rao")] {
        for schedule in [Schedule::constant(1.0).unwrap(), Schedule::geometric(6.0, 3.0).unwrap()] {
            let problem = problem(rule, schedule);
            for index in 0..8 {
                let end = descent(&problem, STEPS).end(7, index);
                let limit = limit(word, &descent(&problem, STEPS).fit(7, index));
                assert_eq!(Value::Bool(end == RunEnd::Collapsed), limit["collapsed"], "{word} {index}");
                truth.push(limit);
                files.push(folder.path().join(format!("{:02}.csv", files.len())).display().to_string());
                std::fs::write(files.last().unwrap(), trace(&problem, index)).unwrap();
            }
        }
    }
    let counted = |collapsed: bool| truth.iter().filter(|end| end["collapsed"] == Value::Bool(collapsed)).count();
    assert!(counted(true) >= 4 && counted(false) >= 4, "{} of {}", counted(true), truth.len());
    let mut arguments = vec!["diagnose"];
    arguments.extend(files.iter().map(String::as_str));
    arguments.extend(["--json", "--set", "diagnose.family=mixture", "--set", "diagnose.weights=[0.6, 0.4]"]);
    let record = json(&arguments);
    assert_eq!(record["modes"].as_array().unwrap().len(), 2, "{}", record["modes"]);
    let mut mechanisms = Vec::new();
    for (end, run) in truth.iter().zip(record["runs"].as_array().unwrap()) {
        assert_eq!(Value::Bool(!run["lost_modes"].as_array().unwrap().is_empty()), end["collapsed"], "{run}");
        assert_eq!(run["mechanism"], end["mechanism"], "{run}");
        mechanisms.push(end["mechanism"].clone());
    }
    mechanisms.sort_by_key(Value::to_string);
    mechanisms.dedup();
    println!("{} of {} descents collapsed: {mechanisms:?}", counted(true), truth.len());
    assert!(mechanisms.len() >= 3, "{mechanisms:?}");
}

//! Runs that somebody else made: what they hold is read in the formats that people use, modes are found that nobody named, and
//! verdicts are those of the truth.

#[path = "diagnose/descents.rs"]
mod descents;
#[path = "diagnose/flows.rs"]
mod flows;
#[path = "diagnose/formats.rs"]
mod formats;
#[path = "diagnose/modes.rs"]
mod modes;
#[path = "diagnose/own.rs"]
mod own;
#[path = "diagnose/parquet.rs"]
mod parquet;
#[path = "diagnose/products.rs"]
mod products;
mod support;

use std::io::Cursor;

use collapsar::config::{Document, Override};
use collapsar::random::stream;
use collapsar::results::DiagnoseRecord;
use collapsar::runs::{self, Columns, Data, Run, Samples};
use collapsar::studies::{Diagnose, Silent, Study};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// A normal number.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// n points of a mixture of isotropic components, one after the other.
fn mixture(rng: &mut ChaCha8Rng, n: usize, means: &[Vec<f64>], weights: &[f64], spread: f64) -> Vec<f64> {
    let mut points = Vec::new();
    for _ in 0..n {
        let mut left: f64 = rng.random();
        let mut k = 0;
        while k + 1 < weights.len() && left > weights[k] {
            left -= weights[k];
            k += 1;
        }
        points.extend(means[k].iter().map(|m| m + spread * normal(rng)));
    }
    points
}

fn run(name: impl Into<String>, dimension: usize, points: Vec<f64>) -> Run {
    let samples = Samples { dimension, points, stride: 1, ..Samples::default() };
    Run { name: name.into(), data: Data::Samples(samples) }
}

/// Settings, runs and other runs to the record.
fn diagnosed(settings: &[&str], runs: Vec<Run>, against: Vec<Run>) -> DiagnoseRecord {
    let settings: Vec<Override> = settings.iter().map(|text| Override((*text).to_owned())).collect();
    let document = Document::parse("settings", "", &settings).unwrap();
    let mut config = Diagnose::resolve(&document).unwrap();
    config.runs = runs;
    config.against = against;
    Diagnose::compute(config, &Silent).unwrap().record().clone()
}

fn read(name: &str, bytes: Vec<u8>) -> Result<Vec<Run>, String> {
    runs::read(name, Cursor::new(bytes), &Columns::default(), usize::MAX).map_err(|error| error.to_string())
}

fn samples(run: &Run) -> &Samples {
    match &run.data {
        Data::Samples(samples) => samples,
        other => panic!("{other:?}"),
    }
}

/// Two modes 6 spreads apart in d = 10, 7 : 3; of 20 runs five hold one mode only.
#[test]
fn the_verdict_is_that_of_the_truth() {
    let mut rng = stream(1, 0);
    let (mut a, mut b) = (vec![0.0; 10], vec![0.0; 10]);
    (a[3], b[3]) = (3.0, -3.0);
    let runs = (0..20).map(|i| {
        let weights = match i {
            2 | 9 | 14 => [1.0, 0.0],
            5 | 17 => [0.0, 1.0],
            _ => [0.7, 0.3],
        };
        run(format!("run-{i}"), 10, mixture(&mut rng, 1000, &[a.clone(), b.clone()], &weights, 1.0))
    });
    let runs: Vec<Run> = runs.collect();
    let record = diagnosed(&["diagnose.family=mixture"], runs.clone(), Vec::new());
    assert_eq!(record.modes.len(), 2);
    // The heavier first.
    assert!((record.modes[0].weight - 0.7).abs() < 0.02, "{:?}", record.modes[0]);
    assert!((record.modes[0].mean[3] - 3.0).abs() < 0.05 && record.modes[0].mean[0].abs() < 0.05);
    assert!((record.modes[1].variance.unwrap() - 1.0).abs() < 0.05);
    for (i, run) in record.runs.iter().enumerate() {
        let lost: &[usize] = match i {
            2 | 9 | 14 => &[1],
            5 | 17 => &[0],
            _ => &[],
        };
        assert_eq!(run.lost_modes, lost, "{run:?}");
        assert!(run.certain);
        assert!(run.low.iter().zip(&run.coverage).all(|(low, c)| low <= c));
    }
    let p = record.probability;
    assert_eq!((p.value, p.n, p.count), (Some(0.25), 20, 5));
    // Clopper-Pearson of 5 in 20, R: binom.test(5, 20).
    assert!((p.low - 0.086_571_5).abs() < 1e-6 && (p.high - 0.491_045_9).abs() < 1e-6, "{p:?}");
    assert_eq!(record.restarts.for_99, Some(4));
    assert_eq!((record.modes[0].lost.count, record.modes[1].lost.count), (2, 3));
    let target = record.target.as_ref().unwrap();
    assert!((target.separation - 6.0).abs() < 0.15, "{target:?}");
    assert!(target.angle < 2.0 && (target.effective_dimension.unwrap() - 10.0).abs() < 0.2);
    assert!(record.advice[0].contains("collapsed states exist up to T = "), "{:?}", record.advice);
    // What was written is a problem of `design`.
    let document = Document::parse("problem", &target.toml, &[]).unwrap();
    assert!(collapsar::studies::Design::resolve(&document).is_ok(), "{}", target.toml);
    let flow = diagnosed(&["diagnose.family=flow"], runs.clone(), Vec::new());
    let document = Document::parse("problem", &flow.target.unwrap().toml, &[]).unwrap();
    assert!(collapsar::studies::Design::resolve(&document).is_ok_and(|run| run.run.flow.is_some()));
    // Any order of the runs, the same verdicts.
    let turned = diagnosed(&[], runs.into_iter().rev().collect(), Vec::new());
    let mut lost: Vec<_> = turned.runs.iter().map(|run| (run.file.clone(), run.lost_modes.clone())).collect();
    lost.reverse();
    assert_eq!(lost, record.runs.iter().map(|run| (run.file.clone(), run.lost_modes.clone())).collect::<Vec<_>>());
}

#[test]
fn no_collapse_in_twenty_runs_says_fourteen_percent() {
    let mut rng = stream(2, 0);
    let means = [vec![2.5, 0.0], vec![-2.5, 0.0]];
    let runs = (0..20).map(|i| run(format!("{i}"), 2, mixture(&mut rng, 400, &means, &[0.5, 0.5], 1.0)));
    let record = diagnosed(&[], runs.collect(), Vec::new());
    assert_eq!((record.modes.len(), record.probability.value, record.probability.low), (2, Some(0.0), 0.0));
    assert!((record.probability.below - 0.139_1).abs() < 1e-4);
    assert_eq!((record.restarts.for_99, record.restarts.to_say_1_percent), (Some(1), 299));
    // 1 - 0.025^(1/20)
    assert!((record.probability.high - 0.168_433_5).abs() < 1e-6);
}

/// However few the samples are, there is an answer.
#[test]
fn few_samples_have_a_modest_answer() {
    for d in [1, 2, 6] {
        for n in 1..=12 {
            for count in 1..=3 {
                let mut rng = stream(7, n as u64);
                let points = |rng: &mut ChaCha8Rng| (0..n * d).map(|_| normal(rng)).collect::<Vec<f64>>();
                let runs = (0..count).map(|i| run(format!("{i}"), d, points(&mut rng))).collect();
                let record = diagnosed(&["diagnose.family=mean-field"], runs, Vec::new());
                assert_eq!((record.modes.len(), record.probability.n), (1, count as u64), "{count} runs of {n} in {d}");
            }
        }
    }
}

/// Copies of one run are no evidence for modes: in half of its points and in the other they would be the same.
#[test]
fn copies_of_a_run_make_no_modes() {
    let mut rng = stream(6, 0);
    let points: Vec<f64> = (0..400 * 40).map(|_| normal(&mut rng)).collect();
    let runs: Vec<Run> = (0..25).map(|i| run(format!("{i}"), 40, points.clone())).collect();
    let record = diagnosed(&[], runs, Vec::new());
    assert_eq!((record.modes.len(), record.probability.n), (1, 25));
    assert!(
        record.notes.iter().any(|note| note.starts_with("24 of 25 runs repeat the samples of others")),
        "{:?}",
        record.notes
    );
}

/// Fisher's exact test of two schedules: 12 of 20 against 3 of 20, p = 0.0079117.
#[test]
fn two_sets_are_compared() {
    let mut rng = stream(3, 0);
    let means = [vec![3.0, 0.0], vec![-3.0, 0.0]];
    let mut set = |name: &str, collapsed: usize| -> Vec<Run> {
        let weights = |i: usize| if i < collapsed { [1.0, 0.0] } else { [0.5, 0.5] };
        (0..20).map(|i| run(format!("{name}-{i}"), 2, mixture(&mut rng, 300, &means, &weights(i), 1.0))).collect()
    };
    let (mine, others) = (set("a", 12), set("b", 3));
    let record = diagnosed(&[], mine, others);
    let found = record.comparison.as_ref().unwrap();
    assert_eq!((record.probability.count, found.against.count, found.against.n), (12, 3, 20));
    assert!((found.p - 0.007_911_7).abs() < 1e-6 && found.differ, "{found:?}");
    assert!(record.runs.iter().filter(|run| run.set == "against").count() == 20);
}

/// With the paper's kind of weights a collapsed fit has the ELBO of a whole one (1/2 on .8 and .2: both log 1.25); with weights
/// of its own a whole fit is better by log 1/.8.
#[test]
fn whether_the_objective_tells_is_measured() {
    let mut rng = stream(4, 0);
    let means = [vec![4.0, 0.0], vec![-4.0, 0.0]];
    let log_density = |x: &[f64], weights: [f64; 2]| {
        let log = |k: usize| weights[k].ln() - 0.5 * x.iter().zip(&means[k]).map(|(x, m)| (x - m).powi(2)).sum::<f64>();
        let (a, b) = (log(0), log(1));
        a.max(b) + (-(a - b).abs()).exp().ln_1p()
    };
    let mut runs = |whole: [f64; 2]| -> Vec<Run> {
        (0..16)
            .map(|i| {
                let weights = if i % 2 == 0 { whole } else { [1.0, 0.0] };
                let points = mixture(&mut rng, 500, &means, &weights, 1.0);
                let log =
                    |weights: [f64; 2]| points.chunks_exact(2).map(|x| log_density(x, weights)).collect::<Vec<f64>>();
                let (log_q, log_p) = (Some(log(weights)), Some(log([0.8, 0.2])));
                let samples = Samples { dimension: 2, points, log_q, log_p, incomplete: 0, stride: 1 };
                Run { name: format!("{i}"), data: Data::Samples(samples) }
            })
            .collect()
    };
    let equal = diagnosed(&[], runs([0.5, 0.5]), Vec::new());
    let found = equal.recognition.unwrap();
    assert!(!found.by_objective && found.gap.abs() < 0.05, "{found:?}");
    let own = diagnosed(&[], runs([0.8, 0.2]), Vec::new());
    let found = own.recognition.unwrap();
    assert!(found.by_objective && (found.gap - 1.25f64.ln()).abs() < 0.02 && found.ordered == 1.0, "{found:?}");
    // A whole fit is the target: all of its samples count.
    assert!(own.runs[0].ess.unwrap() > 0.999 && own.runs[0].elbo.unwrap().abs() < 1e-9);
    // log p falls between the modes by 8 - log(2) or so at the middle; samples there are rare.
    assert!(own.separations[0].barrier.is_none_or(|fall| fall > 2.0), "{:?}", own.separations);
}

/// Two values of a setting give two answers.
#[test]
fn every_setting_acts() {
    let mut rng = stream(5, 0);
    let mut runs_at = |half: f64| -> Vec<Run> {
        let means = [vec![half, 0.0], vec![-half, 0.0]];
        let share = |i: u32| 0.1 * f64::from(i % 6);
        let points = |i: u32, rng: &mut ChaCha8Rng| mixture(rng, 250, &means, &[1.0 - share(i), share(i)], 1.0);
        (0..12).map(|i| run(format!("{i}"), 2, points(i, &mut rng))).collect()
    };
    // Modes that are clear; and dips that are shallow, one of which is decided by the level.
    let (set, shallow) = (runs_at(2.5), [1.7, 1.75, 1.8, 1.9].map(&mut runs_at));
    let trace = runs::read(
        "trace",
        Cursor::new("step,w_1,w_2,mu_1[1],mu_2[1],var_1,var_2\n0,.5,.5,0,0,4,4\n1,.5,.5,3,-3,1,1\n"),
        &Columns::default(),
        usize::MAX,
    );
    let trace = trace.unwrap();
    let cases: [(&str, &[Run], [&str; 2]); 7] = [
        ("family", &set, ["mixture", "mean-field"]),
        ("modes", &set, ["[[2.5, 0], [-2.5, 0]]", "[[1.0, 0], [-2.5, 0]]"]),
        ("weights", &set, ["[0.5, 0.5]", "[0.9, 0.1]"]),
        ("lost_below", &set, ["0.5", "0.9"]),
        ("level", &set, ["0.9", "0.99"]),
        ("directions", &set, ["1", "2"]),
        ("seed", &trace, ["1", "2"]),
    ];
    for (key, runs, values) in cases {
        let found = values.map(|value| {
            let record = diagnosed(&[&format!("diagnose.{key}={value}")], runs.to_vec(), Vec::new());
            let mut json = serde_json::to_value(record).unwrap();
            json.as_object_mut().unwrap().remove("config");
            json
        });
        assert!(found[0] != found[1], "{key}");
    }
    let modes = |level: &str, runs: &Vec<Run>| {
        diagnosed(&[&format!("diagnose.false_alarm={level}")], runs.clone(), Vec::new()).modes
    };
    assert!(shallow.iter().any(|runs| modes("0.5", runs).len() > modes("1e-6", runs).len()));
    // `memory` is read by who opens the files.
    let config = |set: &str| Diagnose::resolve(&Document::of([set]).unwrap()).unwrap();
    assert_eq!(config("diagnose.memory=2").most_numbers(2), 1 << 17);
    let columns = config("diagnose.columns=[\"a\"]").columns();
    assert_eq!(columns.coordinates, ["a"]);
    for (key, of) in
        [("log_q", |c: &Columns| c.log_q.clone()), ("log_p", |c| c.log_p.clone()), ("run", |c| c.run.clone())]
            as [(&str, fn(&Columns) -> Option<String>); 3]
    {
        assert_eq!(of(&config(&format!("diagnose.{key}=b")).columns()), Some("b".to_owned()));
    }
}

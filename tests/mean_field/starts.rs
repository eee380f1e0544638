//! Product measures from random starts: the route of `probability` and of `sweep`.

use collapsar::montecarlo::{ProductEnsemble, ProductEstimate, ProductOptions};
use collapsar_theory::{GaussianMixture, Schedule};
use serde_json::Value;

use crate::support::config_file;
use crate::support::program::{collapsar, path, refused, text};
use crate::{FAMILY, close};

const TARGET: &str = "[target]\nmeans = [[1.5, 1.5], [-1.5, -1.5]]\nweights = [0.55, 0.45]\n";
const START: &str = "[start]\nscale = 1.0\n";

fn pair(m: f64, weights: [f64; 2], variances: [f64; 2]) -> GaussianMixture {
    let covariances = variances.map(|v| vec![vec![v, 0.0], vec![0.0, v]]).to_vec();
    GaussianMixture::new(weights.to_vec(), vec![vec![m, m], vec![-m, -m]], covariances).unwrap()
}

fn counted(target: &GaussianMixture, schedule: &Schedule, n: u64, options: &ProductOptions) -> ProductEstimate {
    let options = ProductOptions { variance: schedule.initial_temperature(), ..options.clone() };
    let ensemble = ProductEnsemble::new(target.clone(), schedule.clone(), options).unwrap();
    ensemble.estimate(3, n).unwrap().unwrap()
}

/// What the order decides is what following decides, and it spares most runs.
#[test]
fn the_order_says_what_following_says() {
    let (target, schedule) = (pair(1.5, [0.55, 0.45], [1.0, 1.0]), Schedule::exponential(4.0, 1.0).unwrap());
    let found =
        |by_order: bool| counted(&target, &schedule, 60, &ProductOptions { by_order, ..ProductOptions::default() });
    let (with, without) = (found(true), found(false));
    assert_eq!((with.minority, &with.lost_by_mode), (without.minority, &without.lost_by_mode));
    assert_eq!(without.followed, 60);
    assert!(with.followed < 50, "{}", with.followed);
    // Grids and steps twice as fine move no more than a start within a thousandth of the boundary.
    let fine = counted(&target, &schedule, 60, &ProductOptions { fineness: 1.0, ..ProductOptions::default() });
    assert!(fine.lost_by_mode[0].abs_diff(with.lost_by_mode[0]) <= 1, "{fine:?} {with:?}");
}

/// Beyond the critical norm every fit is collapsed, whatever the schedule: heat chooses the mode, the heavier one at equal
/// widths and the wider one, here the lighter, at unequal ones. On an axis nothing is lost.
#[test]
fn collapse_is_static_and_heat_chooses_the_mode() {
    let cold = Schedule::constant(1.0).unwrap();
    let (equal, unequal) = (pair(1.5, [0.55, 0.45], [1.0, 1.0]), pair(2.0, [0.4, 0.6], [1.4, 0.7]));
    let options = ProductOptions::default();
    let at_once = counted(&equal, &cold, 200, &options);
    let slow = counted(&equal, &Schedule::exponential(6.0, 0.15).unwrap(), 200, &options);
    for found in [&at_once, &slow] {
        assert_eq!((found.any.collapsed, found.any.undecided), (200, 0), "{found:?}");
    }
    let share = |found: &ProductEstimate| found.minority.unwrap().probability.unwrap();
    assert!(share(&at_once) > 0.35 && share(&slow) < share(&at_once) - 0.1, "{at_once:?} {slow:?}");
    let at_once = counted(&unequal, &cold, 20, &options);
    let slow = counted(&unequal, &Schedule::geometric(10.0, 100.0).unwrap(), 20, &options);
    assert!(share(&at_once) < 0.8 && share(&slow) == 1.0, "{at_once:?} {slow:?}");
    assert_eq!(slow.lost_by_mode, [0, 20]);
    let axis = GaussianMixture::new(
        vec![0.6, 0.4],
        vec![vec![1.5, 0.0], vec![-1.5, 0.0]],
        vec![vec![vec![1.0, 0.0], vec![0.0, 1.0]]; 2],
    );
    let found = counted(&axis.unwrap(), &cold, 20, &options);
    assert_eq!((found.any.recovered, found.modes_lost), (20, vec![20, 0, 0]));
}

fn json(output: &std::process::Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_str(&text(&output.stdout)).unwrap()
}

#[test]
fn probability_counts_beside_the_formulas() {
    let file = config_file(&format!("{TARGET}{FAMILY}{START}[montecarlo]\nsamples = 200\n"));
    let record = json(&collapsar(&["probability", path(file.path()), "--json"]));
    assert_eq!((&record["pair"], &record["config"]["family"]["preset"]), (&"product".into(), &"mean-field".into()));
    assert!(record["config"]["family"].get("weights").is_none(), "no family of mixtures: {record}");
    let count = &record["montecarlo"];
    assert_eq!(count["lost_by_mode"][0].as_u64().unwrap() + count["lost_by_mode"][1].as_u64().unwrap(), 200);
    assert_eq!(count["collapsed"], count["lost_by_mode"][0]);
    // Both formulas are of many coordinates: near each other, here only roughly the count, and not called valid.
    let [linear, traced] = ["formula", "refined"].map(|route| record[route]["value"].as_f64().unwrap());
    close(linear, traced, 2e-3, "(M18) and (M15)");
    close(traced, count["value"].as_f64().unwrap(), 0.12, "count");
    assert_eq!((&record["formula"]["equation"], &record["formula"]["valid"]), (&"(M18)".into(), &false.into()));
    // Any mode, at a time.
    let any = ["--set", "family.criterion=\"coverage\"", "--set", "stop.horizon=40", "--set", "montecarlo.samples=20"];
    let record = json(&collapsar(&[&["probability", path(file.path()), "--json"], &any[..]].concat()));
    assert_eq!((&record["montecarlo"]["value"], record.get("formula")), (&1.0.into(), None));
    // In many coordinates the formulas hold, and nothing is counted.
    let m = vec!["0.3"; 64].join(", ");
    let minus = vec!["-0.3"; 64].join(", ");
    let many = config_file(&format!("[target]\nmeans = [[{m}], [{minus}]]\nweights = [0.55, 0.45]\n{FAMILY}{START}"));
    let record = json(&collapsar(&["probability", path(many.path()), "--json"]));
    assert_eq!(record["refined"]["valid"], true);
    assert!(record["notes"][0].as_str().unwrap().contains("in 64 dimensions"), "{}", record["notes"]);
}

/// A grid whose axis is the family: the product's count beside the mixture's on the same target.
#[test]
fn a_grid_has_the_mixture_beside_the_product() {
    let grid = "[sweep]\nroutes = [\"montecarlo\"]\nfamily = [{ label = \"product\", preset = \"mean-field\" }, \
                { label = \"mixture\", preset = \"free\" }]\n";
    let rest = "[montecarlo]\nsamples = 300\n[schedule]\nkind = \"constant\"\n[start]\ndimension = 2\nscale = 1.0\n";
    let file = config_file(&format!("{}{rest}{grid}", TARGET.replace("1.5", "2.5")));
    let record = json(&collapsar(&["sweep", path(file.path()), "--json"]));
    let points = record["points"].as_array().unwrap();
    assert_eq!((&points[0]["pair"], &points[0]["values"][0]), (&"product".into(), &"product".into()));
    assert_ne!(points[1]["pair"], "product");
    let [product, mixture] = [0, 1].map(|n| points[n]["montecarlo"]["value"].as_f64().unwrap());
    assert!(product > 0.3 && mixture > 0.0 && mixture != product, "{product} {mixture}");
}

#[test]
fn refusals_of_random_starts_name_key_value_rule_and_line() {
    let equal = TARGET.replace("0.55, 0.45", "0.5, 0.5");
    let cases = [
        (
            format!("{equal}[family]\npreset = \"mean-field\"\ncriterion = \"minority\"\n{START}"),
            "line 6: `family.criterion` is \"minority\": it must be \"coverage\" where no mode is heavier",
        ),
        (format!("{TARGET}{FAMILY}weights = [0.5, 0.5]\n{START}"), "neither components nor rules"),
        (format!("{TARGET}{FAMILY}[start]\ndimension = 2\n"), "`start.scale` is missing"),
        (format!("{TARGET}{FAMILY}[start]\nscale = -1.0\n"), "line 7: `start.scale` is -1.0: it must be positive"),
        (
            format!("{TARGET}{FAMILY}[start]\nscale = 1.0\ndimension = 1\n"),
            "be at least 2, the dimension of the target",
        ),
        (format!("{TARGET}{FAMILY}[start]\nmeans = [[0.0, 0.0]]\n"), "needs a law of the means"),
        (format!("{TARGET}{FAMILY}{START}[formula]\nwanted = 0.01\n"), "`formula.wanted` has no meaning here"),
        (format!("{TARGET}{FAMILY}{START}[optimiser]\nkind = \"adam\"\n"), "`optimiser.kind` is \"adam\""),
        (
            format!("{TARGET}[family]\ncriterion = \"coverage\"\n{START}dimension = 2\n"),
            "only product measures have one",
        ),
    ];
    for (text, expected) in cases {
        let file = config_file(&text);
        let message = refused(&collapsar(&["probability", path(file.path())]));
        assert!(message.contains(expected), "{expected}: {message}");
    }
    let file = config_file(&format!("{TARGET}{FAMILY}{START}"));
    for (route, expected) in
        [("exact", "be a mixture for the exact route"), ("realnvp", "be a mixture for the realnvp")]
    {
        let message = refused(&collapsar(&["probability", path(file.path()), "--route", route]));
        assert!(message.contains(expected) && message.contains("`family.preset` is \"mean-field\""), "{message}");
    }
    let three = config_file(&format!(
        "[target]\nmeans = [[1.5, 1.5, 0.0], [-1.5, -1.5, 0.0]]\nweights = [0.55, 0.45]\n{FAMILY}{START}"
    ));
    let message = refused(&collapsar(&["probability", path(three.path()), "--route", "montecarlo"]));
    assert!(message.contains("`target` is in 3 dimensions: it must have one or two coordinates"), "{message}");
    let message = refused(&collapsar(&["mean-field", path(file.path()), "--set", "family.criterion=\"coverage\""]));
    assert!(message.contains("`family.criterion` has no meaning here"), "{message}");
}

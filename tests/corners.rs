//! Corners of the parameter space in which the answer is known exactly or by symmetry.

mod support;

use support::configs::LAW;
use support::{largest_difference, numbers, solve_json, solve_json_with};

/// Two runs of the same flow written differently: both are good to 1e-8 by the default tolerances.
const SAME: f64 = 1e-8;
/// A run against a closed form.
const EXACT: f64 = 1e-8;

fn config(target: &str, family: &str, schedule: &str, start: &str, times: &str) -> String {
    format!(
        "target = {{{target}}}\nfamily = {{{family}}}\nschedule = {{{schedule}}}\nstart = {{{start}}}\nsolve = {{times = {times}}}"
    )
}

const PAIR: &str = "separation = 3.0, weights = [0.7, 0.3]";
const COOLING: &str = "kind = \"exponential\", initial_temperature = 5.0, rate = 0.3";
const TIMES: &str = "[1.0, 5.0, 20.0, 60.0]";

#[test]
fn coinciding_means_move_as_one() {
    for (means, other) in [("free", "unit"), ("sphere", "trained"), ("free", "trained")] {
        // In the natural metric each component moves as if it were alone; the variance has 1/K in its speed.
        let family =
            |k: &str| format!("weights = {k}, means = \"{means}\", variance = \"{other}\", metric = \"natural\"");
        let two = config(PAIR, &family("[0.5, 0.5]"), COOLING, "means = [[0.3, 0.8], [0.3, 0.8]]", TIMES);
        let record = solve_json(&two);
        for row in record["means"].as_array().unwrap() {
            assert_eq!(row[0], row[1], "{means}, {other}");
        }
        assert_eq!((&record["collapsed"], &record["mechanism"]), (&true.into(), &"mean-alignment".into()));
        if other == "unit" {
            let one = solve_json(&config(PAIR, &family("[1.0]"), COOLING, "means = [[0.3, 0.8]]", TIMES));
            let pick = |record: &serde_json::Value| -> Vec<f64> {
                record["means"].as_array().unwrap().iter().flat_map(|row| numbers(&row[0])).collect()
            };
            assert!(largest_difference(&pick(&record), &pick(&one)) < SAME);
            assert!(largest_difference(&numbers(&record["objective"]), &numbers(&one["objective"])) < SAME);
        }
    }
}

#[test]
fn coinciding_means_at_a_symmetric_origin_stay() {
    let record = solve_json(&config("separation = 3", "", COOLING, "means = [[0, 0], [0, 0]]", TIMES));
    assert_eq!(numbers(&record["means"]), [0.0; 16]);
    assert_eq!(record["limit"]["status"], "unstable-equilibrium");
    assert_eq!(record["collapsed"], false);
}

/// int beta of the exponential schedule of [`COOLING`].
fn beta_integral(t: f64) -> f64 {
    (((0.3 * t).exp() + 4.0) / 5.0).ln() / 0.3
}

#[test]
fn one_component_on_one_mode_decays_by_the_integral_of_beta() {
    // Separation 0 (two modes in one place) and a mode without weight are a single Gaussian target.
    for (target, mode) in [
        ("separation = 0.0", 0.0),
        ("separation = 0, weights = [0.3, 0.7]", 0.0),
        ("separation = 2.0, weights = [1, 0]", 2.0),
        ("separation = 2.0, weights = [0, 1]", -2.0),
    ] {
        let record = solve_json(&config(target, "", COOLING, "means = [[0.5, -0.8]]", TIMES));
        let exact: Vec<f64> = numbers(&record["times"])
            .iter()
            .flat_map(|&t| {
                let left = (-beta_integral(t)).exp();
                [mode + (0.5 - mode) * left, -0.8 * left]
            })
            .collect();
        assert!(largest_difference(&numbers(&record["means"]), &exact) < EXACT, "{target}");
        assert_eq!((&record["collapsed"], &record["mechanism"]), (&false.into(), &"none".into()), "{target}");
    }
}

#[test]
fn separation_zero_covers_what_there_is() {
    let record = solve_json(&config(
        "separation = 0.0",
        "preset = \"free\"",
        COOLING,
        "means = [[0.3, 0.8], [-0.2, -0.5]]",
        TIMES,
    ));
    assert!(largest_difference(&numbers(&record["coverage"]), &[0.5; 8]) < 1e-12);
    assert_eq!((&record["collapsed"], &record["outcome"]), (&false.into(), &"reached".into()));
}

#[test]
fn a_component_without_weight_is_inert() {
    for rule in ["no", "fisher-rao", "softmax"] {
        let family = |weights: &str| format!("weights = {weights}, train_weights = \"{rule}\", variance = \"unit\"");
        let start = "means = [[0.3, 0.8], [-0.2, -0.5], [1.0, 2.0]]";
        let with = solve_json(&config(PAIR, &family("[0.6, 0.4, 0.0]"), COOLING, start, TIMES));
        let without =
            solve_json(&config(PAIR, &family("[0.6, 0.4]"), COOLING, "means = [[0.3, 0.8], [-0.2, -0.5]]", TIMES));
        for (a, b) in with["means"].as_array().unwrap().iter().zip(without["means"].as_array().unwrap()) {
            assert!(largest_difference(&numbers(a)[..4], &numbers(b)) < SAME, "{rule}: {a} against {b}");
            assert_eq!(numbers(a)[4..], [1.0, 2.0], "it has no gradient");
        }
        for (a, b) in with["weights"].as_array().unwrap().iter().zip(without["weights"].as_array().unwrap()) {
            assert!(largest_difference(&numbers(a)[..2], &numbers(b)) < SAME && numbers(a)[2] == 0.0, "{rule}: {a}");
        }
        assert!(largest_difference(&numbers(&with["objective"]), &numbers(&without["objective"])) < SAME, "{rule}");
    }
}

#[test]
fn a_mode_without_weight_is_not_there() {
    let start = "means = [[0.3, 0.8], [-0.2, -0.5]]";
    let with = "means = [[3.0, 0.0], [-1.0, 2.0], [-2.0, -2.0]], weights = [0.7, 0.3, 0.0]";
    let without = "means = [[3.0, 0.0], [-1.0, 2.0]], weights = [0.7, 0.3]";
    let family = "variance = \"trained\", train_weights = \"fisher-rao\"";
    let a = solve_json(&config(with, family, COOLING, start, TIMES));
    let b = solve_json(&config(without, family, COOLING, start, TIMES));
    for key in ["means", "weights", "variance", "objective"] {
        assert!(largest_difference(&numbers(&a[key]), &numbers(&b[key])) < SAME, "{key}");
    }
    let third: Vec<f64> = a["coverage"].as_array().unwrap().iter().map(|row| numbers(row)[2]).collect();
    assert_eq!(third, [0.0; 4]);
    assert!(!a["limit"]["lost_modes"].as_array().unwrap().contains(&2.into()), "nothing to lose");
}

#[test]
fn one_dimension_is_a_line_in_two() {
    for family in [
        "preset = \"free\"",
        "preset = \"free\", variance = \"slaved\", train_weights = \"softmax\"",
        "preset = \"paper\", variance = \"slaved\"",
    ] {
        let line = solve_json(&config(PAIR, family, COOLING, "means = [[0.5], [-0.2]]", TIMES));
        let plane = solve_json(&config(PAIR, family, COOLING, "means = [[0.5, 0.0], [-0.2, 0.0]]", TIMES));
        for key in ["gram", "weights", "coverage"] {
            assert!(largest_difference(&numbers(&line[key]), &numbers(&plane[key])) < SAME, "{family}: {key}");
        }
        assert_eq!(line["dimension"], 1);
    }
}

#[test]
fn a_start_of_a_million_degrees() {
    let schedules = [
        "kind = \"exponential\", rate = 0.3",
        "kind = \"geometric\", duration = 35",
        "kind = \"quench\", duration = 5",
        "kind = \"linear-temperature\", duration = 9",
        "kind = \"linear-beta\", duration = 9",
        "kind = \"power\", duration = 9",
        "kind = \"cosine\", duration = 9",
        "kind = \"sigmoid\", duration = 9",
        "kind = \"steps\", duration = 9",
        "kind = \"cyclical\", duration = 9",
    ];
    for preset in ["paper", "free"] {
        for schedule in schedules {
            let schedule = format!("{schedule}, initial_temperature = 1e6");
            let start = "means = [[0.3, 0.8, 0.1], [-0.2, -0.5, 0.4]]";
            let text = config(PAIR, &format!("preset = \"{preset}\""), &schedule, start, "[0, 3.0, 30.0]");
            let own = solve_json(&text);
            let other = solve_json_with(&text, &["solve.engine=diffsol"]);
            assert_eq!(own["outcome"], "reached", "{preset}, {schedule}");
            assert!(own["collapsed"].is_boolean(), "{preset}, {schedule}");
            for key in ["means", "weights", "coverage", "objective", "variance"] {
                // Variance and, where it lags behind cooling, objective are as large as 1e6.
                let pairs = numbers(&own[key]).into_iter().zip(numbers(&other[key]));
                let gap = pairs.map(|(a, b)| (a - b).abs() / a.abs().max(1.0)).fold(0.0, f64::max);
                assert!(gap < 1e-8, "{preset}, {schedule}: {key} differs by {gap:e}");
            }
        }
    }
}

#[test]
fn a_lone_variance_relaxes_to_the_temperature() {
    // K = P = 1: var' = -2 c (beta var - 1).
    let schedule = "kind = \"constant\", initial_temperature = 1e6";
    let target = "means = [[1.0, 0.0]], weights = [1]";
    for (clock, c) in [("kl", 1.0), ("free-energy", 1e6)] {
        let family = format!("variance = \"trained\", clock = \"{clock}\"");
        let record =
            solve_json(&config(target, &family, schedule, "means = [[0.5, 0.5]], variance = 2.0", "[0, 1.0, 4.0]"));
        for (t, var) in numbers(&record["times"]).into_iter().zip(numbers(&record["variance"])) {
            let exact = 1e6 + (2.0 - 1e6) * (-2.0 * c * 1e-6 * t).exp();
            assert!((var / exact - 1.0).abs() < EXACT, "{clock}, t = {t}: {var} against {exact}");
        }
    }
}

#[test]
fn times_zero_reports_the_start() {
    let text = config(PAIR, "", COOLING, "means = [[0.3, 0.8], [-0.2, -0.5]]", "[0]");
    let record = solve_json(&text);
    assert_eq!(numbers(&record["means"]), [0.3, 0.8, -0.2, -0.5]);
    assert_eq!((numbers(&record["times"]), numbers(&record["temperature"])), (vec![0.0], vec![5.0]));
    assert_eq!((&record["steps"]["evaluations"], &record["outcome"]), (&0.into(), &"reached".into()));
    assert!(record["collapsed"].is_boolean(), "the limit is followed beyond the last time");
    let sphere = solve_json(&text.replace("family = {", "family = {preset = \"paper\""));
    let norms: Vec<f64> = (0..2).map(|i| numbers(&sphere["gram"])[i * 5]).collect();
    assert!(largest_difference(&norms, &[9.0, 9.0]) < 1e-14);
}

#[test]
fn a_million_dimensions_cost_what_five_do() {
    let cost = |text: &str, dimension: &str| {
        let record = solve_json_with(text, &[&format!("start.dimension={dimension}"), "solve.times=[5,30]"]);
        assert_eq!(record["outcome"], "reached");
        let unknowns = numbers(&record["means"][0]).len();
        (unknowns, record["steps"]["evaluations"].as_f64().unwrap(), record["modes"][0].as_array().unwrap().len())
    };
    let paper = "[target]\nseparation = 3\nweights = [0.8, 0.2]\n[family]\npreset = \"paper\"\n[schedule]\n\
                 kind = \"geometric\"\ninitial_temperature = 20\nduration = 10\n[start]\nseed = 3\n";
    for text in [LAW, paper] {
        let (few, many) = (cost(text, "5"), cost(text, "1000000"));
        assert_eq!((few.0, few.2), (many.0, many.2), "as many unknowns");
        assert!((0.5..2.0).contains(&(many.1 / few.1)), "{} and {} evaluations", few.1, many.1);
    }
}

//! `solve` for modes of any covariance and components with variances of their own.

mod support;

use std::fmt::Write as _;

use serde_json::Value;
use support::program::collapsar;
use support::{config_file, largest_difference, numbers, solve_json, solve_json_with};

/// Agreement demanded of reported numbers.
const AGREEMENT: f64 = 1e-8;

fn target(weights: &Value, means: &Value, covariances: &Value) -> String {
    let mut text = String::new();
    let lists = [weights, means, covariances].map(|value| value.as_array().unwrap());
    for k in 0..lists[0].len() {
        let [weight, mean, covariance] = lists.map(|list| &list[k]);
        write!(text, "[[target.components]]\nweight = {weight}\nmean = {mean}\ncovariance = {covariance}\n").unwrap();
    }
    text
}

/// References made in the plane by sums over a grid that share nothing with the code under test.
#[test]
fn solve_reproduces_the_reference_trajectories() {
    let reference: Value = serde_json::from_str(include_str!("reference/shapes.json")).unwrap();
    for (name, case) in reference["cases"].as_object().unwrap() {
        let train = case["weights"].as_str().unwrap().replace("fixed", "no");
        let variance = case.get("var0").map_or(String::new(), |v| format!("variance = {v}\n"));
        let config = format!(
            "[family]\nweights = {}\ntrain_weights = \"{train}\"\nvariance = {}\n[schedule]\nkind = \"exponential\"\n\
             initial_temperature = {}\nrate = {}\n[start]\nmeans = {}\n{variance}[solve]\ntimes = {}\n{}",
            case["w0"],
            case["variance"],
            case["T0"],
            case["kappa"],
            case["mu0"],
            case["t"],
            target(&case["v"], &case["nu"], &case["Sigma"])
        );
        let record = solve_json(&config);
        let wanted = |key: &str| -> Vec<f64> {
            case["result"].as_array().unwrap().iter().flat_map(|at| numbers(&at[key])).collect()
        };
        for (ours, theirs) in [("means", "mu"), ("weights", "w"), ("coverage", "coverage")] {
            let difference = largest_difference(&numbers(&record[ours]), &wanted(theirs));
            println!("{name}: {ours} {difference:.1e}");
            assert!(difference < AGREEMENT, "{name}: {ours} {difference:e}");
        }
    }
}

/// Components of full covariances, by a grid and Runge-Kutta steps of square factors: another parametrisation.
#[test]
fn solve_reproduces_the_reference_of_full_covariances() {
    let reference: Value = serde_json::from_str(include_str!("reference/full_covariances.json")).unwrap();
    for (name, case) in reference["cases"].as_object().unwrap() {
        let train = case["weights"].as_str().unwrap().replace("fixed", "no");
        let config = format!(
            "[family]\nweights = {}\ntrain_weights = \"{train}\"\ncovariance = \"full\"\n[schedule]\nkind = \"exponential\"\n\
             initial_temperature = {}\nrate = {}\n[start]\nmeans = {}\nvariance = {}\n[solve]\ntimes = {}\n{}",
            case["w0"],
            case["T0"],
            case["kappa"],
            case["mu0"],
            case["var0"],
            case["t"],
            target(&case["v"], &case["nu"], &case["Sigma"])
        );
        let record = solve_json(&config);
        for (ours, theirs) in [("means", "mu"), ("weights", "w"), ("coverage", "coverage"), ("covariances", "Sigma")] {
            let wanted: Vec<f64> =
                case["result"].as_array().unwrap().iter().flat_map(|at| numbers(&at[theirs])).collect();
            let difference = largest_difference(&numbers(&record[ours]), &wanted);
            println!("{name}: {ours} {difference:.1e}");
            assert!(difference < AGREEMENT, "{name}: {ours} {difference:e}");
        }
        let (variance, covariances) = (numbers(&record["variances"]), numbers(&record["covariances"]));
        for (v, s) in variance.iter().zip(covariances.chunks(4)) {
            assert!((v - 0.5 * (s[0] + s[3])).abs() < 1e-14 && s[1] == s[2]);
        }
        assert!(record["limit"]["status"] == "equilibrium", "{}", record["limit"]);
        assert_eq!(record["config"]["family"]["covariance"], "full");
    }
}

/// Four dimensions, everything on a line: covariances are a number along it and another across. By another integrator on those and
/// differences of F, which is two integrals.
#[test]
fn solve_reproduces_the_reference_of_covariances_across_the_span() {
    let reference: Value = serde_json::from_str(include_str!("reference/covariances_across.json")).unwrap();
    let results = reference["result"].as_array().unwrap();
    // Once along the first axis, once along (1, 1, 1, 1)/2.
    for axis in [[1.0, 0.0, 0.0, 0.0], [0.5; 4]] {
        let place = |x: f64| axis.map(|a| a * x);
        let config = format!(
            "[family]\ncovariance = \"full\"\n[schedule]\nkind = \"exponential\"\ninitial_temperature = 4.0\nrate = 0.5\n\
             [start]\nvariance = 1.0\nmeans = [{:?}, {:?}]\n[solve]\ntimes = [0.5, 1.0, 3.0, 8.0]\n\
             [[target.components]]\nweight = 0.4\nmean = {:?}\nvariance = 1.3\n\
             [[target.components]]\nweight = 0.6\nmean = {:?}\nvariance = 0.7\n",
            place(0.8),
            place(-0.3),
            place(2.0),
            place(-2.0)
        );
        let record = solve_json(&config);
        for (at, wanted) in results.iter().enumerate() {
            let [mean, along, across] = ["mean", "along", "across"].map(|key| numbers(&wanted[key]));
            let means: Vec<f64> = mean.iter().flat_map(|&m| place(m)).collect();
            assert!(largest_difference(&numbers(&record["means"][at]), &means) < AGREEMENT, "means {at}");
            let entry = |i: usize, a: usize, b: usize| {
                across[i] * f64::from(u8::from(a == b)) + (along[i] - across[i]) * axis[a] * axis[b]
            };
            let matrix = |i: usize| (0..16).map(move |n| entry(i, n / 4, n % 4));
            let covariances: Vec<f64> = matrix(0).chain(matrix(1)).collect();
            let difference = largest_difference(&numbers(&record["covariances"][at]), &covariances);
            assert!(difference < AGREEMENT, "covariances {at}: {difference:e}");
            let traces: Vec<f64> = along.iter().zip(&across).map(|(a, b)| (a + 3.0 * b) / 4.0).collect();
            assert!(largest_difference(&numbers(&record["variances"][at]), &traces) < AGREEMENT, "traces {at}");
        }
        let objectives: Vec<f64> = results.iter().map(|wanted| wanted["objective"].as_f64().unwrap()).collect();
        assert!(largest_difference(&numbers(&record["objective"]), &objectives) < AGREEMENT);
    }
}

/// One component takes any covariance: the fit of one mode is exact, in the limit at KL = 0.
#[test]
fn one_full_component_fits_one_mode() {
    let config = "[family]\ncovariance = \"full\"\n[start]\nmeans = [[0.3, 0.1, -0.2]]\n[solve]\ntimes = [0.0, 40.0]\n\
        [[target.components]]\nweight = 1\nmean = [1.0, 2.0, -1.0]\n\
        covariance = [[2.0, 0.6, 0.1], [0.6, 1.0, -0.2], [0.1, -0.2, 0.5]]\n";
    let record = solve_json(config);
    let last = &record["covariances"][1];
    let wanted = [2.0, 0.6, 0.1, 0.6, 1.0, -0.2, 0.1, -0.2, 0.5];
    assert!(largest_difference(&numbers(last), &wanted) < 1e-7, "{last}");
    assert!(record["objective"][1].as_f64().unwrap().abs() < 1e-10);
}

const START: &str = "[start]\nmeans = [[0.6, 0.4, 0.2], [-0.5, 0.1, -0.3]]\n[solve]\ntimes = [0.0, 0.5, 2.0, 6.0]\n";

/// One component, one mode: ds/dt = 2 - 2 beta s/v and dm/dt = -beta (m - nu)/v at constant temperature.
#[test]
fn one_component_on_one_mode_is_exponential() {
    for (variance, dimension) in [("own", 1), ("trained", 1), ("own", 10), ("trained", 10)] {
        let list = |x: f64| format!("{:?}", vec![x; dimension]);
        let config = format!(
            "[family]\nvariance = \"{variance}\"\n[schedule]\nkind = \"constant\"\ninitial_temperature = 2\n\
             [start]\nmeans = [{}]\nvariance = 3.5\n[solve]\ntimes = [0.3, 1.0, 4.0]\n\
             [[target.components]]\nweight = 1\nmean = {}\nvariance = 0.7\n",
            list(0.3),
            list(1.1)
        );
        let record = solve_json(&config);
        for (i, t) in [0.3f64, 1.0, 4.0].into_iter().enumerate() {
            let (mean, spread) = ((-t / 1.4).exp(), (-t / 0.7).exp());
            let var = record["variance"][i].as_f64().unwrap();
            assert!((var - (1.4 + (3.5 - 1.4) * spread)).abs() < 1e-8, "{variance} {dimension}: {var}");
            let m = record["means"][i][0][dimension - 1].as_f64().unwrap();
            assert!((m - (1.1 - 0.8 * mean)).abs() < 1e-8, "{variance} {dimension}: {m}");
            assert_eq!(record["variances"].is_null(), variance == "trained");
        }
    }
}

/// Where a problem is symmetric, variances of their own are the common one: the flow of equal widths, another code.
#[test]
fn symmetric_components_keep_one_variance() {
    let config = |variance: &str| {
        format!(
            "[target]\nmeans = [[2.0, 0.5, 0.0], [-2.0, -0.5, 0.0]]\n[family]\nvariance = \"{variance}\"\n[schedule]\nkind = \"exponential\"\n\
             initial_temperature = 5\nrate = 0.5\n[start]\nmeans = [[0.6, 0.4, 0.2], [-0.6, -0.4, -0.2]]\n[solve]\ntimes = [0.0, 0.5, 2.0, 6.0, 20.0]\n"
        )
    };
    let (own, common) = (solve_json(&config("own")), solve_json(&config("trained")));
    for key in ["means", "variance", "coverage", "objective"] {
        let difference = largest_difference(&numbers(&own[key]), &numbers(&common[key]));
        assert!(difference < 1e-8, "{key}: {difference:e}");
    }
    for (each, common) in own["variances"].as_array().unwrap().iter().zip(numbers(&common["variance"])) {
        assert!(numbers(each).iter().all(|v| (v - common).abs() < 1e-8), "{each} {common}");
    }
    assert_eq!(own["collapsed"], common["collapsed"]);
}

/// Widths that differ by 1e-9 give the trajectories of equal ones, by another rule, in every family.
#[test]
fn almost_equal_widths_are_equal_ones() {
    let mode = |sign: f64, variance: f64| {
        let mean = [sign * 1.5, sign * 0.5, 0.0];
        format!("[[target.components]]\nweight = 0.5\nmean = {mean:?}\nvariance = {variance:?}\n")
    };
    for variance in ["unit", "slaved", "trained"] {
        for weights in ["no", "softmax", "fisher-rao"] {
            let family = format!(
                "[family]\nvariance = \"{variance}\"\ntrain_weights = \"{weights}\"\nclock = \"free-energy\"\nmetric = \"natural\"\n\
                 [schedule]\nkind = \"geometric\"\ninitial_temperature = 4\nduration = 3\n{START}"
            );
            let equal = solve_json(&(family.clone() + &mode(1.0, 1.0) + &mode(-1.0, 1.0)));
            let almost = solve_json(&(family + &mode(1.0, 1.0) + &mode(-1.0, 1.0 + 1e-10)));
            for key in ["means", "variance", "coverage", "objective", "weights"] {
                let difference = largest_difference(&numbers(&equal[key]), &numbers(&almost[key]));
                assert!(difference < 1e-7, "{variance} {weights} {key}: {difference:e}");
            }
        }
    }
}

const CROSSED: &str = "[[target.components]]\nweight = 0.5\nmean = [2.0, 1.5]\nvariances = [3.0, 1.0]\n\
    [[target.components]]\nweight = 0.5\nmean = [2.0, -1.5]\ncovariance = [[1.0, 0.2], [0.2, 3.0]]\n";

/// The record has the variances of the components, the table their columns, and the resolved configuration the run again.
#[test]
fn a_record_has_every_variance_and_makes_itself_again() {
    let config = format!(
        "[family]\nvariance = \"own\"\nweights = [0.3, 0.7]\ntrain_weights = \"softmax\"\n[start]\nmeans = [[0.6, 0.4], [0.1, -0.5]]\n\
         variance = [1.5, 0.5]\n[solve]\ntimes = [0.0, 1.0]\n{CROSSED}"
    );
    let record = solve_json(&config);
    assert_eq!(record["variances"][0], serde_json::json!([1.5, 0.5]));
    assert!((record["variance"][0].as_f64().unwrap() - (0.3 * 1.5 + 0.7 * 0.5)).abs() < 1e-12);
    let resolved = toml::to_string(&record["config"]).unwrap();
    let again = solve_json(&resolved);
    assert_eq!(record["means"], again["means"]);
    let (file, out) = (config_file(&config), tempfile::tempdir().unwrap());
    let output = collapsar(&["solve", file.path().to_str().unwrap(), "--out", out.path().to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tables: Vec<_> = std::fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let csv = tables.iter().find(|path| path.extension().is_some_and(|e| e == "csv")).unwrap();
    let header = std::fs::read_to_string(csv).unwrap();
    assert!(header.starts_with("time,temperature,variance,objective,var_1,var_2,w_1,w_2,C_1"), "{header}");
    // A start at random has no frame of its own where modes are matrices.
    let drawn = config.replace("means = [[0.6, 0.4], [0.1, -0.5]]", "dimension = 2\nscale = 1.0");
    assert!(solve_json(&drawn)["outcome"] == "reached");
    let common = solve_json_with(&config, &["start.variance=1.5"]);
    assert_eq!(common["variances"][0], serde_json::json!([1.5, 1.5]));
}

#[test]
fn what_has_no_meaning_is_refused_with_its_rule() {
    let base = format!("[family]\nvariance = \"unit\"\n[start]\nmeans = [[0.6, 0.4], [0.1, -0.5]]\n{CROSSED}");
    let many: String = (0..5)
        .map(|k| format!("[[target.components]]\nweight = 0.2\nmean = [{k}.0, 0.5, 0.0, 0.0, 1.0]\nvariances = [1.0, 2.0, {}.0, 1.0, 3.0]\n", k + 1))
        .collect();
    let many = format!("[family]\nvariance = \"unit\"\n[start]\nmeans = [[0.6, 0.4, 0.0, 0.0, 0.0]]\n{many}");
    let cases = [
        (base.replace("\"unit\"", "\"unit\"\ntempering = \"modes\""), "line 3", "do not keep their weights"),
        (base.replace("\"unit\"", "\"unit\"\nmeans = \"sphere\""), "line 3", "be free"),
        (
            base.replace("\"unit\"", "\"own\"").replace("[start]", "[start]\nvariance = [1.0, 2.0, 3.0]"),
            "line 4",
            "one for each of the 2",
        ),
        (
            base.replace("\"unit\"", "\"own\"").replace("[start]", "[start]\nvariance = [1.0, -2.0]"),
            "line 4",
            "be positive",
        ),
        (
            base.replace("\"unit\"", "\"trained\"").replace("[start]", "[start]\nvariance = [1.0, 2.0]"),
            "line 4",
            "be a finite number",
        ),
        (base.replace("[start]", "[start]\nvariance = 2.0"), "line 4", "only a trained variance"),
        (
            base.replace("[0.6, 0.4]", "[0.6, 0.4, 0.1]").replace("[0.1, -0.5]", "[0.1, -0.5, 0.0]"),
            "line 5",
            "have 3 rows and columns",
        ),
        (many, "line 5", "differ in at most 3 directions"),
        (base.replace("\"unit\"", "\"unit\"\ncovariance = \"full\""), "line 2", "beside `family.covariance"),
        (base.replace("variance = \"unit\"", "covariance = \"round\""), "line 2", "\"isotropic\""),
        (
            "[family]\ncovariance = \"full\"\n[start]\nmeans = [[0.1, 0.2, 0.3, 0.4]]\n[target]\nmeans = [[1.0, 0, 0], [0.0, 1, 0], [0.0, 1, 1]]\n"
                .to_owned(),
            "line 2",
            "be isotropic, or d at most 3",
        ),
        (
            "[family]\npreset = \"paper\"\ncovariance = \"full\"\n[start]\ndimension = 2\n[target]\nseparation = 3.0\n".to_owned(),
            "line 2",
            "be free",
        ),
        (
            "[family]\ncovariance = \"full\"\n[schedule]\nkind = \"adaptive-kl\"\ninitial_temperature = 4.0\ninterval = 0.1\ntau = 1.0\n\
             [start]\nmeans = [[0.1, 0.2], [0.3, 0.1]]\n[target]\nseparation = 2.0\n"
                .to_owned(),
            "family.covariance",
            "be isotropic under a schedule",
        ),
    ];
    for (config, line, rule) in cases {
        let file = config_file(&config);
        let output = collapsar(&["solve", file.path().to_str().unwrap()]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{message}\n{config}");
        assert!(message.contains(line) && message.contains(rule), "{message}\n{config}");
    }
    for verb in ["density", "bifurcate", "boundary", "portrait"] {
        let config = "[target]\nseparation = 2.0\n[family]\nvariance = \"own\"\n[start]\ndimension = 2\nscale = 1.0\n";
        let file = config_file(config);
        let output = collapsar(&[verb, file.path().to_str().unwrap()]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{verb}: {message}");
        assert!(
            message.contains("line 4") && message.contains("variances of their own are for solve, probability, sweep"),
            "{message}"
        );
    }
}

/// A narrow heavy mode is the light one while it is hot: `solve` says so, and does not where determinants are equal.
#[test]
fn heat_that_favours_the_wide_mode_is_said() {
    let run = |variances: [f64; 2]| {
        let mode = |x: f64, weight: f64, variance: f64| {
            format!("[[target.components]]\nweight = {weight}\nmean = [{x}, 0.0]\nvariance = {variance}\n")
        };
        let config = format!(
            "[family]\nweights = [0.5, 0.5]\nvariance = \"own\"\n[schedule]\nkind = \"exponential\"\n\
             initial_temperature = 3.0\nrate = 1.0\n[start]\nmeans = [[0.3, 0.4], [-0.3, -0.2]]\n[solve]\ntimes = [0.1]\n{}{}",
            mode(1.5, 0.7, variances[0]),
            mode(-1.5, 0.3, variances[1])
        );
        let record = solve_json(&config);
        record.get("notes").map_or(0, |notes| notes.as_array().unwrap().len())
    };
    // Above T = 1.28 the wide mode is the heaviest, above 1.62 the narrow one has less than half of its weight.
    assert_eq!((run([0.05, 1.0]), run([0.25, 0.25])), (2, 0));
}

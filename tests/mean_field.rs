//! Product measures by their command and from the library: reference values of an independent program, rotations, refusals.

#[path = "mean_field/routes.rs"]
mod routes;
#[path = "mean_field/scans.rs"]
mod scans;
#[path = "mean_field/starts.rs"]
mod starts;
mod support;

use collapsar::config::Document;
use collapsar::results::{MeanFieldRecord, ProductFit, ProductRoute, Proof};
use collapsar::studies::{MeanField, Silent, Study};
use serde_json::Value;
use support::config_file;
use support::program::{SUCCESS, code, collapsar, path, refused, text};

/// The tables of the theory's own tests, where they come from is said there.
const PAIRS: &str = include_str!("../theory/tests/data/mean_field_pairs.csv");
const PLANE: &str = include_str!("../theory/tests/data/mean_field_plane.csv");
const ROTATION: &str = include_str!("../theory/tests/data/mean_field_rotation.csv");
const TARGETS: &str = include_str!("../theory/tests/data/mean_field_targets.csv");

/// The rows below comments and header, in cells.
fn rows(table: &str) -> Vec<Vec<&str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| line.split(',').collect()).collect()
}

fn numbers(cell: &str) -> Vec<f64> {
    cell.split(';').map(|x| x.parse().unwrap()).collect()
}

fn found(text: &str) -> MeanFieldRecord {
    let document = Document::parse("test", text, &[]).unwrap();
    let config = MeanField::resolve(&document).unwrap_or_else(|error| panic!("{error}\n{text}"));
    MeanField::compute(config, &Silent).unwrap().record().clone()
}

const FAMILY: &str = "[family]\npreset = \"mean-field\"\n";

fn close(found: f64, expected: f64, error: f64, what: &str) {
    assert!((found - expected).abs() <= error, "{what}: {found} for {expected} +- {error}");
}

/// The symmetric solution: the only one, or the saddle.
fn even(record: &MeanFieldRecord) -> &ProductFit {
    record.optima.iter().find(|fit| fit.from.len() != 1).expect("an even solution")
}

#[test]
fn pairs_are_those_of_another_program() {
    let mut compared = 0;
    // Every third: the theory's own tests go through all.
    for row in rows(PAIRS).into_iter().step_by(3) {
        let a: Vec<f64> = row[0]
            .split('+')
            .flat_map(|group| {
                let (a, n) = group.split_once('*').unwrap();
                vec![a.parse::<f64>().unwrap(); n.parse().unwrap()]
            })
            .collect();
        let [weight, temperature, objective, theta] = [1, 2, 4, 5].map(|n| row[n].parse::<f64>().unwrap());
        let error: f64 = row[14].parse().unwrap();
        let start = row[3];
        if a.len() > 64 || start == "zero" {
            continue;
        }
        let minus: Vec<f64> = a.iter().map(|x| -x).collect();
        let record = found(&format!(
            "[target]\nmeans = [{a:?}, {minus:?}]\nweights = [{weight}, {}]\n{FAMILY}[schedule]\nkind = \"constant\"\n\
             initial_temperature = {temperature}\n",
            1.0 - weight
        ));
        assert_eq!(record.route, ProductRoute::ScalarSum);
        let fit = match start {
            "even" => even(&record),
            "plus" => record.optima.iter().find(|fit| fit.from.contains(&1)).unwrap(),
            _ => record.optima.iter().find(|fit| fit.from.contains(&2)).unwrap(),
        };
        let what = row[..4].join(" ");
        // The stated error, and rounding of F, which grows with beta A^2.
        let norm: f64 = a.iter().map(|x| x * x).sum();
        close(fit.objective, objective, error + 3e-14 * (1.0 + norm / temperature), &what);
        close(fit.coverage[0] - fit.coverage[1], theta, error + 3e-14, &what);
        let variances = numbers(row[11]);
        close(fit.variance[0], variances[0], 4.0 * error + 1e-13, &what);
        assert_eq!(fit.stable, row[13].parse::<f64>().unwrap() < 1.0, "{what}: {}", fit.coupling);
        compared += 1;
    }
    assert!(compared > 12, "{compared}");
}

/// `[[target.components]]` of a named target in the frame x = R(angle) y: means R^T mu, covariances R^T Sigma R.
fn target(name: &str, degrees: f64) -> String {
    let (s, c) = degrees.to_radians().sin_cos();
    let components = rows(TARGETS).into_iter().filter(|row| row[0] == name).map(|row| {
        let (mean, sigma) = (numbers(row[2]), numbers(row[3]));
        let turned = [c * mean[0] + s * mean[1], -s * mean[0] + c * mean[1]];
        let [a, b, d] = [sigma[0], sigma[1], sigma[2]];
        let (p, q) = (c * c * a + 2.0 * s * c * b + s * s * d, s * s * a - 2.0 * s * c * b + c * c * d);
        let r = s * c * (d - a) + (c * c - s * s) * b;
        format!(
            "[[target.components]]\nweight = {}\nmean = {turned:?}\ncovariance = [[{p:?}, {r:?}], [{r:?}, {q:?}]]\n",
            row[1]
        )
    });
    components.collect()
}

#[test]
fn mixtures_in_the_plane_are_those_of_another_program() {
    let table = rows(PLANE);
    let header: Vec<&str> = PLANE.lines().find(|line| !line.starts_with('#')).unwrap().split(',').collect();
    let place = |name: &str| header.iter().position(|cell| *cell == name).unwrap();
    for row in &table {
        let value = |name: &str| row[place(name)];
        let record = found(&(target(value("target"), value("angle").parse().unwrap()) + FAMILY));
        let start = value("start").parse::<usize>().unwrap() + 1;
        let fit = record.optima.iter().find(|fit| fit.from.contains(&start)).unwrap();
        let error: f64 = value("abs_err").parse::<f64>().unwrap();
        let what = format!("{} {} {start}", value("target"), value("angle"));
        close(fit.objective, value("objective").parse().unwrap(), error + 1e-12, &what);
        for (found, expected) in fit.coverage.iter().zip(numbers(value("masses"))) {
            close(*found, expected, 20.0 * error + 1e-11, &what);
        }
    }
    assert!(table.len() > 10);
}

#[test]
fn rotations_are_those_of_another_program() {
    for row in rows(ROTATION) {
        let (angle, objective): (f64, f64) = (row[4].parse().unwrap(), row[5].parse().unwrap());
        let error: f64 = row[8].parse().unwrap();
        for rotation in ["[rotation]\n", "[rotation]\nstart = \"principal\"\nrestarts = 2\nheat = false\n"] {
            let record = found(&(target(row[0], 0.0) + FAMILY + rotation));
            let best = &record.optima[0];
            assert!(best.rotation.is_some() && best.stable && !record.collapsed, "{}: {record:?}", row[0]);
            close(best.objective, objective, error + 1e-12, row[0]);
            close(best.angle.unwrap(), angle, 1e-6, row[0]);
            for (found, expected) in best.coverage.iter().zip(numbers(row[6])) {
                close(*found, expected, 1e-8, row[0]);
            }
        }
    }
}

#[test]
fn whitening_and_a_rotation_reach_a_pair_of_equal_covariance() {
    let text = "[[target.components]]\nweight = 0.35\nmean = [-1.8, -0.9]\ncovariance = [[1.5, 0.6], [0.6, 0.5]]\n\
        [[target.components]]\nweight = 0.65\nmean = [1.8, 0.9]\ncovariance = [[1.5, 0.6], [0.6, 0.5]]\n";
    let record = found(&(text.to_owned() + FAMILY + "[rotation]\nwhiten = true\n"));
    assert!(record.optima[0].objective.abs() < 1e-10, "{}", record.optima[0].objective);
    assert_eq!(record.certificate.verdict, Proof::Exact);
    close(record.optima[0].coverage[0], 0.35, 1e-8, "the share of the light mode");
    // The density over the plane is the target's, drawn to what linear interpolation allows.
    let plane = record.plane.unwrap();
    let fit = plane.fits.iter().find(|fit| fit.optimum == 1).unwrap();
    let peak = plane.target.iter().fold(0.0f64, |m, p| m.max(*p));
    assert!(plane.target.iter().zip(&fit.density).all(|(p, q)| (p - q).abs() < 5e-3 * peak));
}

/// A common diagonal covariance is a matter of units, as is the order of coordinates.
#[test]
fn units_order_and_place_change_nothing() {
    let standard =
        found(&format!("[target]\nmeans = [[2.2, 1.6, 0.0], [-2.2, -1.6, 0.0]]\nweights = [0.6, 0.4]\n{FAMILY}"));
    let scaled = found(&format!(
        "[[target.components]]\nweight = 0.6\nmean = [3.0, 5.8, 1.1]\nvariances = [9.0, 0.25, 9.0]\n\
         [[target.components]]\nweight = 0.4\nmean = [3.0, 4.2, -12.1]\nvariances = [9.0, 0.25, 9.0]\n{FAMILY}"
    ));
    assert_eq!(standard.optima.len(), 2);
    for (a, b) in standard.optima.iter().zip(&scaled.optima) {
        close(b.objective, a.objective, 1e-12, "F");
        close(b.coverage[0], a.coverage[0], 1e-12, "coverage");
        close(b.mean[2], -5.5 + 3.0 * a.mean[0], 1e-11, "mean");
        close(b.variance[1], 0.25 * a.variance[1], 1e-12, "variance");
        close(b.mean[0], 3.0, 1e-12, "a coordinate in which the modes agree");
        close(b.variance[0], 9.0, 1e-12, "its variance");
    }
    let (one, two) = (standard.critical_norm.unwrap(), scaled.critical_norm.unwrap());
    close(two, one, 1e-12, "critical norm");
    assert!(!standard.lost.is_empty() && standard.collapsed);
}

/// On an axis nothing is lost at any distance, and one coordinate is always exact.
#[test]
fn one_coordinate_is_exact() {
    let far = found(&format!("[target]\nseparation = 6.0\nweights = [0.8, 0.2]\n{FAMILY}"));
    assert!(!far.collapsed && far.optima[0].objective.abs() < 1e-12);
    assert_eq!((far.certificate.verdict, far.critical_norm), (Proof::Unique, None));
    let three = found(&format!("[target]\nmeans = [[-4.0], [0.0], [5.0]]\nweights = [0.2, 0.5, 0.3]\n{FAMILY}"));
    assert!(three.optima[0].objective.abs() < 1e-12 && three.optima[0].mean.len() == 1);
    assert_eq!((three.certificate.verdict, three.plane), (Proof::Exact, None));
    for (c, v) in three.optima[0].coverage.iter().zip([0.2, 0.5, 0.3]) {
        close(*c, v, 1e-11, "coverage");
    }
}

#[test]
fn certificates() {
    let pair = |m: f64, w: f64| {
        found(&format!("[target]\nmeans = [[{m}, {m}], [-{m}, -{m}]]\nweights = [{w}, {}]\n{FAMILY}", 1.0 - w))
    };
    // Below the critical norm and at one large coordinate: one point.
    assert_eq!(pair(1.2, 0.5).certificate.verdict, Proof::Unique);
    // Values of (M33) at L = F of the optimum: smaller than those at L = log 2, 0.293436 at m = 2.5.
    let far = pair(2.5, 0.5).certificate;
    assert!(far.verdict == Proof::Collapsed && far.known, "{far:?}");
    close(far.minority.unwrap(), 0.293_435, 2e-3, "t*");
    assert!(far.threshold.unwrap().iter().all(|c| c.abs() < 1e-3));
    let near = pair(1.5, 0.5);
    // Of two mirror images the first is the best, whatever rounding says, and what it loses is told.
    assert_eq!((near.optima[0].from.as_slice(), near.lost.as_slice()), (&[1][..], &[2][..]));
    assert!(near.collapsed && near.certificate.verdict == Proof::NotCertified, "{:?}", near.certificate);
    assert!(!near.certificate.known);
    // t* below 1/2 proves nothing where the light mode has no more than that anyway.
    let light = pair(2.0, 0.97).certificate;
    assert!(light.minority.is_none_or(|minority| minority > 0.03) && light.verdict != Proof::Collapsed, "{light:?}");
    let uneven = pair(3.0, 0.7);
    assert_eq!((uneven.certificate.verdict, uneven.lost.as_slice()), (Proof::Collapsed, &[2][..]));
}

/// A product target in a frame that is none of the coordinates, five dimensions: found from random frames and from the modes.
#[test]
fn a_turned_product_is_found_in_five_dimensions() {
    // Two modes along a direction of no zero entry, across it the unit matrix: a product in any frame that has the direction.
    let direction = [0.2, -0.4, 0.4, 0.8, 0.0];
    let mean = |side: f64| direction.map(|x| side * 2.5 * x);
    let text = format!("[target]\nmeans = [{:?}, {:?}]\nweights = [0.7, 0.3]\n{FAMILY}", mean(1.0), mean(-1.0));
    for rotation in ["[rotation]\nrestarts = 1\n", "[rotation]\nstart = \"principal\"\nrestarts = 1\nheat = false\n"] {
        let record = found(&(text.clone() + rotation));
        let best = &record.optima[0];
        assert!(best.objective.abs() < 1e-8 && best.rotation.is_some(), "{rotation}: {}", best.objective);
        assert_eq!((record.certificate.verdict, record.collapsed), (Proof::Exact, false));
        close(best.coverage[0], 0.7, 1e-3, "the heavy mode");
        // In the given coordinates, by the scalar sum, a mode is lost.
        assert!(record.optima.iter().any(|fit| fit.rotation.is_none() && fit.coverage[1] < 0.05));
    }
}

/// Cooling picks the wide mode, though the other is the better one (mean field 6).
#[test]
fn annealing_hurts_where_widths_differ() {
    let text = "[[target.components]]\nweight = 0.6\nmean = [-2.0, -2.0]\nvariance = 0.7\n[[target.components]]\nweight = 0.4\n\
        mean = [2.0, 2.0]\nvariance = 1.4\n[schedule]\nkind = \"geometric\"\ninitial_temperature = 30\nduration = 10\n";
    let record = found(&(text.to_owned() + FAMILY));
    let annealed = record.annealed.as_ref().unwrap();
    close(record.optima[0].objective, 0.502_065_4, 1e-7, "the optimum");
    close(annealed.objective, 0.903_31, 5e-6, "where cooling leads");
    close(annealed.coverage[1], 0.993_0, 5e-5, "the wide mode");
    assert_eq!(annealed.optimum, Some(2));
}

fn json(text: &str) -> Value {
    let file = config_file(text);
    let output = collapsar(&["mean-field", path(file.path()), "--json"]);
    assert_eq!((code(&output), support::program::text(&output.stderr).as_str()), (SUCCESS, ""));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_record_has_the_documented_fields() {
    let record = json(&format!("[target]\nmeans = [[2.0, 2.0], [-2.0, -2.0]]\n{FAMILY}[rotation]\nrestarts = 1\n"));
    for field in ["optima", "critical_norm", "certificate", "collapsed"] {
        assert!(!record[field].is_null(), "{field}");
    }
    for field in ["objective", "mean", "variance", "coverage", "stable", "rotation", "angle"] {
        assert!(record["optima"].as_array().unwrap().iter().all(|fit| fit.get(field).is_some()), "{field}");
    }
    close(record["critical_norm"].as_f64().unwrap(), 1.785_896_266_622_16, 1e-12, "critical norm");
    close(record["optima"][0]["angle"].as_f64().unwrap(), 45.0, 1e-6, "angle");
    assert!(record["optima"][0]["objective"].as_f64().unwrap() < 1e-9);
    // The even one is a saddle, and is said to be.
    let unstable = record["optima"].as_array().unwrap().iter().filter(|fit| fit["stable"] == false);
    assert_eq!(unstable.count(), 1);
    // What was resolved is a configuration.
    let config = toml::to_string(&record["config"]).unwrap();
    assert_eq!(json(&config)["optima"], record["optima"]);
}

const DIAGONAL: &str = "[target]\nmeans = [[2.0, 2.0], [-2.0, -2.0]]\n";

#[test]
fn refusals_name_key_value_rule_and_line() {
    let two = |keys: &str| {
        format!(
            "{FAMILY}[[target.components]]\nweight = 0.5\nmean = [1.0, 1.0]\n{keys}\n[[target.components]]\nweight = 0.5\nmean = [-1.0, -1.0]\n"
        )
    };
    let many = format!("[target]\nmeans = [{:?}, {:?}, {:?}]\n", [0.0; 101], [1.0; 101], [0.5; 101]);
    let far = "[target]\nmeans = [[30.0, 30.0], [-30.0, -30.0]]\n";
    let cases = [
        (two("covariance = [[1.0, 2.0], [2.0, 1.0]]"), "line 6", "be positive definite"),
        (two("covariance = [[1.0, 0.2], [0.1, 1.0]]"), "line 6", "be symmetric"),
        (two("covariance = [[1.0, 0.2]]"), "line 6", "have 2 rows of 2 numbers"),
        (two("variance = 0.0"), "line 6", "be positive"),
        (two("variances = [1.0]"), "line 6", "hold 2 positive numbers"),
        (two("variance = 1.0\nvariances = [1.0, 1.0]"), "line 7", "exclude each other"),
        (two("spread = 1.0"), "line 6", "unknown key in [target.components] `spread`"),
        (two("").replace("mean = [-1.0, -1.0]", "mean = [-1.0]"), "line 9", "have 2 coordinates"),
        (two("").replacen("0.5", "0.6", 1), "line 3", "sum to 1 within 1e-6"),
        (two("").replacen("0.5", "-0.5", 1), "line 4", "be positive"),
        (two("") + "[target]\nseparation = 1.0\n", "", "target"),
        (format!("{FAMILY}components = 2\n[target]\nseparation = 1.0\n"), "line 3", "neither components nor rules"),
        (format!("[family]\npreset = \"free\"\n{far}"), "line 2", "be \"mean-field\" for this verb"),
        (
            format!("{FAMILY}{many}"),
            "line 4",
            "have at most 100 coordinates, or be two components of diagonal covariances",
        ),
        (format!("{FAMILY}{far}"), "line 4", "keep |a|"),
        (format!("{FAMILY}[target]\nseparation = 1.0\n[rotation]\n"), "line 4", "have 2 to 100 coordinates where"),
        (
            format!("{FAMILY}[target]\nseparation = 1.0\n[rotation]\nheat = 0.5\n"),
            "line 6",
            "be true, false, or a temperature between",
        ),
        (
            format!(
                "{FAMILY}[target]\nmeans = [[1.0, 1.0], [0.0, 0.0]]\n[schedule]\nkind = \"constant\"\ninitial_temperature = 2\n[rotation]\n"
            ),
            "line 7",
            "end at T = 1",
        ),
    ];
    for (config, line, rule) in cases {
        let file = config_file(&config);
        let message = refused(&collapsar(&["mean-field", path(file.path())]));
        assert!(message.contains(line) && message.contains(rule), "{message}\n{config}");
    }
    // Most other verbs take components of variance 1, and say why they take no others.
    let shared = "[family]\npreset = \"free\"\n[start]\nmeans = [[0.5, 0.1], [0.2, 0.3]]\n[[target.components]]\nweight = 0.5\nmean = [1.0, 1.0]\n\
        [[target.components]]\nweight = 0.5\nmean = [-1.0, -1.0]\nvariance = 2.0\n";
    let file = config_file(shared);
    let message = refused(&collapsar(&["density", path(file.path())]));
    assert!(message.contains("line 5") && message.contains("all have variance 1 here"), "{message}");
    assert!(message.contains("other covariances are for solve, probability, sweep"), "{message}");
    let file = config_file(&shared.replace("variance = 2.0", "variance = 1.0"));
    let output = collapsar(&["solve", path(file.path()), "--json"]);
    assert_eq!(code(&output), SUCCESS, "{}", text(&output.stderr));
    let file = config_file(&shared.replace("\"free\"", "\"mean-field\""));
    assert!(refused(&collapsar(&["solve", path(file.path())])).contains("`collapsar mean-field`"));
}

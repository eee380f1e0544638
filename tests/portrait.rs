//! Phase portraits of the free pair by their command: equilibria, nullclines, boundary, and refusals.

mod support;

use collapsar::probability::{FreeBoundary, Limits};
use collapsar_theory::{Flow, FreePair, FreePairOptions, Schedule};
use serde_json::Value;
use support::program::{SUCCESS, code, collapsar, path, refused, text};
use support::{config_file, numbers};

const CONFIG: &str = "configs/portrait.toml";

fn json(overrides: &[&str]) -> Value {
    let mut arguments = vec!["portrait", CONFIG, "--json", "--set", "portrait.points=31"];
    arguments.extend(overrides.iter().flat_map(|text| ["--set", text]));
    let output = collapsar(&arguments);
    assert_eq!((code(&output), text(&output.stderr).as_str()), (SUCCESS, ""));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn states(portrait: &Value, growing: u64) -> Vec<[f64; 2]> {
    let all = portrait["equilibria"].as_array().unwrap().iter();
    let wanted = all.filter(|p| p["in_slice"] == true && p["unstable_in_slice"] == growing);
    wanted.map(|p| numbers(&p["coordinates"])).map(|c| [c[0], c[1]]).collect()
}

#[test]
fn equilibria_are_the_known_ones() {
    let record = json(&[]);
    let cold = &record["portraits"][0];
    // Reference values of theory section 5, rho = 3 and T = 1, to the digits given there.
    let holds = |list: &[[f64; 2]], x: f64, y: f64| list.iter().any(|s| (s[0] - x).hypot(s[1] - y) < 1e-5);
    let (stable, saddles) = (states(cold, 0), states(cold, 1));
    assert!(holds(&stable, 2.98468, 0.20599) && holds(&saddles, 1.75221, 1.52830), "{stable:?} {saddles:?}");
    // Four collapsed, two recovered; four saddles and two on the axis; the origin.
    assert_eq!((stable.len(), saddles.len(), states(cold, 2).len()), (6, 6, 1));
    assert!((record["critical_temperature"].as_f64().unwrap() - 3.312_999_348_2).abs() < 1e-8);
    let beyond = json(&["portrait.temperatures=[3.4]"]);
    assert_eq!(beyond["portraits"][0]["boundary"], serde_json::json!([]));
    assert_eq!(states(&beyond["portraits"][0], 0).len(), 2, "only the recovered states are left");
}

#[test]
fn the_boundary_is_that_found_by_bisection() {
    let record = json(&["portrait.temperatures=[1.0]"]);
    let pair = FreePair::new(FreePairOptions::default()).unwrap();
    let schedule = Schedule::constant(1.0).unwrap();
    let bisected = FreeBoundary::new(pair, &schedule, Limits::default()).unwrap();
    let curves = record["portraits"][0]["boundary"].as_array().unwrap();
    assert_eq!(curves.len(), 2);
    let right = curves.iter().map(numbers).find(|c| c[c.len() - 2] > 0.0).unwrap();
    let points: Vec<&[f64]> = right.chunks(2).filter(|p| p[0] > 0.05 && p[0] < 3.6).collect();
    assert!(points.len() > 100, "{} points", points.len());
    for point in points.iter().step_by(40) {
        let bracket = bisected.locate(point[0], 0.0, 1e-9);
        // The manifold starts 1e-6 from the saddle: its square, and the bracket.
        assert!((bracket.middle() - point[1]).abs() < 2e-9, "{point:?} against {bracket:?}");
    }
    assert!(right.chunks(2).all(|p| p[0] >= 0.0) && right[0] < 1e-3, "from the origin outwards");
}

#[test]
fn off_the_plane_the_boundary_is_located() {
    let record = json(&["portrait.temperatures=[1.0]", "portrait.transverse=0.5", "portrait.points=9"]);
    let portrait = &record["portraits"][0];
    let curve = numbers(&portrait["boundary"][0]);
    let pair = FreePair::new(FreePairOptions::default()).unwrap();
    let schedule = Schedule::constant(1.0).unwrap();
    let boundary = FreeBoundary::new(pair, &schedule, Limits::default()).unwrap();
    let last = &curve[curve.len() - 2..];
    assert!((boundary.locate(last[0], 0.5, 1e-9).middle() - last[1]).abs() < 2e-8 && last[0] == 3.6);
    assert_eq!(states(portrait, 0).len(), 0, "all equilibria at T = 1 lie on z = 0");
}

#[test]
fn rates_and_lines_are_those_of_the_flow() {
    let record = json(&["portrait.temperatures=[2.0]"]);
    let portrait = &record["portraits"][0];
    let pair = FreePair::new(FreePairOptions::default()).unwrap();
    let (x, y) = (numbers(&portrait["x"]), numbers(&portrait["y"]));
    let (over_x, over_y) = (numbers(&portrait["nullcline_x"]), numbers(&portrait["nullcline_y"]));
    let rates = |x: f64, y: f64| {
        let mut rate = [0.0; 3];
        pair.field(0.5, &[x, y, 0.0], &mut rate);
        rate
    };
    for (i, j) in [(1, 1), (7, 3), (30, 30)] {
        let (rate, at) = (rates(x[i], y[j]), j * x.len() + i);
        assert!((over_x[at] * x[i] - rate[0]).abs() < 1e-14 && (over_y[at] * y[j] - rate[1]).abs() < 1e-14);
    }
    assert!(over_x.iter().chain(&over_y).all(|v| v.is_finite()));
    for line in portrait["lines"].as_array().unwrap() {
        let points = numbers(line);
        let (a, b) = (&points[..2], &points[2..4]);
        let rate = rates(0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]));
        let along = [b[0] - a[0], b[1] - a[1]];
        let cosine = (along[0] * rate[0] + along[1] * rate[1]) / (along[0].hypot(along[1]) * rate[0].hypot(rate[1]));
        assert!(cosine > 0.99, "a line leaves the field: {cosine}");
    }
}

#[test]
fn files_are_written_and_bad_requests_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = collapsar(&["portrait", CONFIG, "--out", path(folder.path()), "--set", "portrait.points=21"]);
    assert_eq!(code(&output), SUCCESS);
    let words = text(&output.stdout);
    assert!(words.contains("collapsed   (2.98468, 0.205992, 0)") && words.contains("boundary    2 curves"), "{words}");
    for end in ["json", "csv", "png", "svg"] {
        assert!(folder.path().join(format!("portrait.{end}")).exists(), "{end}");
    }
    let mut table = csv::Reader::from_path(folder.path().join("portrait.csv")).unwrap();
    assert_eq!(table.headers().unwrap().iter().take(4).collect::<Vec<_>>(), ["temperature", "series", "x", "y"]);
    for (setting, reason) in [
        ("portrait.temperatures=[0.5]", "`portrait.temperatures` is [0.5]: it must hold numbers of at least 1"),
        ("portrait.temperatures=[]", "`portrait.temperatures` is []"),
        ("portrait.transverse=-1", "`portrait.transverse` is -1: it must be at least 0"),
        ("portrait.x=[2,1]", "`portrait.x` is [2, 1]: it must be two rising numbers, [first, last]"),
        ("portrait.points=3", "`portrait.points` is 3: it must lie between 8 and 1000"),
        ("portrait.point=3", "unknown key in [portrait] `point`: did you mean `points`?"),
    ] {
        let message = refused(&collapsar(&["portrait", CONFIG, "--set", setting]));
        assert!(message.contains(reason), "{message}");
    }
    let sphere = config_file(
        "[target]\nseparation = 3\n[family]\npreset = \"paper\"\nvariance = \"slaved\"\n[start]\ndimension = 9\n",
    );
    let message = refused(&collapsar(&["portrait", path(sphere.path())]));
    assert!(message.contains("`family.means` is \"sphere\": it must be \"free\""), "{message}");
}

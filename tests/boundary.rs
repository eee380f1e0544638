//! The collapse boundary by its command, and as the stable manifold of the saddle.

mod support;

use collapsar::integrate::{Crossing, Event, Integrator, Outcome, Request, System, Tolerances, Tsit5};
use collapsar::probability::{FreeBoundary, Limits};
use collapsar_theory::{Flow, FreePair, FreePairOptions, Schedule, SmoothFlow};
use nalgebra::{Matrix2, Vector2};
use support::config_file;
use support::program::collapsar;

const FREE: &str = "[target]\nseparation = 3.0\n[family]\npreset = \"free\"\n\
    [schedule]\nkind = \"exponential\"\ninitial_temperature = 1.0\nrate = 0.3\n\
    [start]\ndimension = 2\nscale = 1.0\n\
    [boundary]\ntransverse = [0.0, 0.5]\npoints = 9\ninitial_temperatures = [1.0, 5.0]\n";

#[test]
fn boundary_json_has_curves_brackets_and_the_connection() {
    let file = config_file(FREE);
    let output = collapsar(&["boundary", file.path().to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |key: &str| record[key].as_f64().unwrap();
    assert!((number("connection_constant") - 1.170_856).abs() < 1e-6);
    assert!((number("exponent") - 0.563_985_1).abs() < 1e-6);
    let curves = record["curves"].as_array().unwrap();
    assert_eq!(curves.len(), 4);
    for curve in curves {
        let list =
            |key: &str| -> Vec<f64> { curve[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect() };
        let (x, y, widths) = (list("abscissae"), list("ordinates"), list("widths"));
        assert_eq!((x.len(), y.len(), curve["undecided"].as_u64()), (9, 9, Some(0)));
        assert!(widths.iter().all(|w| *w <= 1e-10), "{widths:?}");
        // Between 0 and the certain recovery |y| = |x|, rising.
        assert!(x.iter().zip(&y).all(|(x, y)| y <= x) && y.windows(2).all(|w| w[0] <= w[1]), "{y:?}");
    }
    // Annealing shrinks the region of collapse.
    let at = |curve: usize| curves[curve]["ordinates"][4].as_f64().unwrap();
    assert!(at(2) < at(0) && at(3) < at(1));
}

fn curves(config: &str, overrides: &[&str]) -> serde_json::Value {
    let file = config_file(config);
    let mut arguments = vec!["boundary", file.path().to_str().unwrap(), "--json"];
    arguments.extend(overrides.iter().flat_map(|text| ["--set", text]));
    let output = collapsar(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The ordinates of the curves at point `i`.
fn ordinates(record: &serde_json::Value, i: usize) -> Vec<f64> {
    record["curves"].as_array().unwrap().iter().map(|curve| curve["ordinates"][i].as_f64().unwrap()).collect()
}

#[test]
fn slow_cooling_empties_the_region_of_collapse_from_above_the_critical_temperature_only() {
    let lists = ["boundary.initial_temperatures=[2, 5]", "boundary.rates=[10, 0.3, 0.01]", "boundary.transverse=[0]"];
    let record = curves(FREE, &lists);
    assert_eq!(record["varied"], serde_json::json!(["schedule.initial_temperature", "schedule.rate"]));
    assert!((record["critical_temperature"].as_f64().unwrap() - 3.312_999_348_2).abs() < 1e-9);
    let schedules: Vec<_> =
        record["curves"].as_array().unwrap().iter().map(|c| (&c["initial_temperature"], &c["rate"])).collect();
    let order = [(2.0, 10.0), (2.0, 0.3), (2.0, 0.01), (5.0, 10.0), (5.0, 0.3), (5.0, 0.01)];
    assert!(
        schedules
            .iter()
            .zip(order)
            .all(|((hot, rate), wanted)| (hot.as_f64(), rate.as_f64()) == (Some(wanted.0), Some(wanted.1)))
    );
    // The fifth of nine points is x = 1.
    let y = ordinates(&record, 4);
    assert!(y[0] > y[1] && y[1] > y[2] && y[3] > y[4] && y[4] > y[5], "{y:?}");
    assert!(y[5] < 2e-3 * y[3], "nothing is left: {y:?}");
    // Without a loss of the collapsed state, slow cooling tends to the boundary at constant T0 from above.
    let held = curves(
        &FREE.replace("rate = 0.3", "").replace("exponential", "constant"),
        &["schedule.initial_temperature=2", "boundary.initial_temperatures=[]"],
    );
    assert_eq!(held["varied"], serde_json::json!([]));
    let held = ordinates(&held, 4)[0];
    assert!(held < y[2] && y[2] < 1.05 * held, "{held} against {y:?}");
}

#[test]
fn durations_are_those_of_a_geometric_schedule() {
    const SPHERE: &str = "[target]\nseparation = 3.0\nweights = [0.8, 0.2]\n[family]\npreset = \"paper\"\nvariance = \"slaved\"\n\
        [schedule]\nkind = \"geometric\"\ninitial_temperature = 90.0\nduration = 5.0\n[start]\ndimension = 512\n\
        [boundary]\ndurations = [2.0, 20.0]\npoints = 3\nreach = 0.6\n";
    let record = curves(SPHERE, &[]);
    assert_eq!(record["varied"], serde_json::json!(["schedule.duration"]));
    assert_eq!(
        (&record["curves"][1]["duration"], &record["curves"][1]["rate"]),
        (&20.0.into(), &serde_json::Value::Null)
    );
    let right = ordinates(&record, 2);
    assert!(right[1] < 0.5 * right[0], "{right:?}");
    let folder = tempfile::tempdir().unwrap();
    let file = config_file(SPHERE);
    let out = folder.path().to_str().unwrap();
    let output = collapsar(&["boundary", file.path().to_str().unwrap(), "--out", out]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("T0 = 90       t0 = 20 "), "{told}");
    let written = std::fs::read_dir(folder.path()).unwrap().filter_map(|entry| entry.ok().map(|e| e.path()));
    let read = |wanted: &str| {
        written
            .filter(|path| path.extension().is_some_and(|e| e == wanted))
            .map(|p| std::fs::read_to_string(p).unwrap())
            .next()
    };
    let table = read("csv").unwrap();
    assert!(table.starts_with("initial_temperature,rate,duration,s,m_1+m_2,D_b,width\n90,,2,0,-0.6,"), "{table}");
}

#[test]
fn schedules_that_have_no_rate_or_duration_are_refused_with_the_line() {
    let cases = [
        (
            "exponential",
            "rates = [0.1, -1.0]",
            "line 16: `boundary.rates` is [0.1, -1.0]: it must hold positive numbers",
        ),
        (
            "exponential",
            "rates = [0.1]",
            "line 16: `boundary.rates` has no meaning here: a schedule that starts at T = 1 does not cool; raise its initial temperature",
        ),
        (
            "exponential",
            "durations = [5.0]",
            "line 16: `boundary.durations` has no meaning here: it needs `schedule.kind` \"geometric\", not \"exponential\"",
        ),
        (
            "geometric",
            "rates = [0.1]",
            "line 16: `boundary.rates` has no meaning here: it needs `schedule.kind` \"exponential\", not \"geometric\"",
        ),
    ];
    for (kind, line, expected) in cases {
        let text = if kind == "geometric" {
            FREE.replace("rate = 0.3", "duration = 3.0").replace("exponential", kind)
        } else {
            FREE.to_owned()
        };
        let file = config_file(&(text + line));
        let output = collapsar(&["boundary", file.path().to_str().unwrap(), "--json"]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {told}");
        assert!(told.trim_end().ends_with(expected) && output.stdout.is_empty(), "{line}: {told}");
    }
}

#[test]
fn problems_that_are_no_pairs_are_refused_with_the_reason() {
    for (setting, reason) in [
        ("family.weights=[0.6, 0.4]", "`family.weights` is [0.6, 0.4]: it must be [0.5, 0.5]"),
        ("family.train_weights=softmax", "`stop.horizon` is missing"),
        ("family.variance=trained", "`family.variance` is trained: it must be unit"),
        ("boundary.points=1", "`boundary.points` is 1: it must lie between 2 and 10000"),
        ("boundary.transverse=[]", "`boundary.transverse` is []"),
    ] {
        let file = config_file(FREE);
        let output = collapsar(&["boundary", file.path().to_str().unwrap(), "--json", "--set", setting]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{setting}: {text}");
        assert!(text.contains(reason) && output.stdout.is_empty(), "{setting}: {text}");
    }
}

/// The flow backwards in time, in the plane z = 0.
struct Backwards(FreePair);

impl System for Backwards {
    fn dimension(&self) -> usize {
        2
    }
    fn breakpoints(&self) -> &[f64] {
        &[]
    }
    fn rate(&self, _: usize, _: f64, state: &[f64], rate: &mut [f64]) {
        let mut forward = [0.0; 3];
        self.0.field(1.0, &[state[0], state[1], 0.0], &mut forward);
        (rate[0], rate[1]) = (-forward[0], -forward[1]);
    }
}

/// Newton from the saddle's reference position (1.75221, 1.52830) at rho = 3, T = 1, then its stable direction.
fn saddle(pair: &FreePair) -> (Vector2<f64>, Vector2<f64>) {
    let mut state = Vector2::new(1.752_21, 1.528_30);
    let local = |state: &Vector2<f64>| {
        let (mut rate, mut jacobian) = ([0.0; 3], [0.0; 9]);
        let point = [state.x, state.y, 0.0];
        pair.field(1.0, &point, &mut rate);
        pair.jacobian(1.0, &point, &mut jacobian);
        (Vector2::new(rate[0], rate[1]), Matrix2::new(jacobian[0], jacobian[1], jacobian[3], jacobian[4]))
    };
    for _ in 0..8 {
        let (rate, jacobian) = local(&state);
        state -= jacobian.try_inverse().unwrap() * rate;
    }
    let eigen = local(&state).1.symmetric_eigen();
    let stable = eigen.eigenvalues.imin();
    assert!(eigen.eigenvalues.max() > 0.0 && eigen.eigenvalues[stable] < 0.0, "a saddle");
    (state, eigen.eigenvectors.column(stable).into_owned())
}

#[test]
fn constant_temperature_boundary_is_the_stable_manifold_of_the_saddle() {
    let pair = FreePair::new(FreePairOptions::default()).unwrap();
    let (point, direction) = saddle(&pair);
    let schedule = Schedule::constant(1.0).unwrap();
    let boundary = FreeBoundary::new(pair, &schedule, Limits::default()).unwrap();
    let inwards = if direction.x < 0.0 { direction } else { -direction };
    // The linear manifold is off by the square of the distance; backwards in time the error contracts.
    let start = point + 1e-6 * inwards;
    for x in [1.0, 0.5, 0.1] {
        let reach = |_: f64, y: &[f64]| y[0] - x;
        let events = [Event { function: &reach, direction: Crossing::Falling }];
        let state = [start.x, start.y];
        let mut request = Request::new(&state, 0.0, 200.0);
        request.events = &events;
        let engine = Tsit5 { tolerances: Tolerances { relative: 1e-12, absolute: 1e-14 } };
        let solution = engine.integrate(&Backwards(pair), &request).unwrap();
        assert_eq!(solution.outcome, Outcome::Event(0));
        let bracket = boundary.locate(x, 0.0, 1e-10);
        let gap = (solution.state[1] - bracket.middle()).abs();
        assert!(gap < 2e-9, "x = {x}: manifold {} against {bracket:?}", solution.state[1]);
    }
}

//! The free pair's pitchfork curves in temperature and separation, against their closed form.

use collapsar::bifurcation::{
    ContinuationOptions, CurveOptions, FreeFamily, Orientation, PairParameter, PairPoint, pitchfork_curve,
};
use collapsar_theory::{FreePair, FreePairOptions};

/// (x*, T) where the state (x*, 0) with x* = rho tau(x*) > 0 loses stability in y: T = 1 - rho tau'(x*).
fn closed_form(separation: f64) -> (f64, f64) {
    let pair = FreePair::new(FreePairOptions { separation, ..FreePairOptions::default() }).unwrap();
    let mut x = separation;
    for _ in 0..200 {
        // The map contracts: its slope is rho tau'(x*) < 1.
        x = separation * pair.pull(x).0;
    }
    (x, 1.0 - separation * pair.pull(x).1)
}

#[test]
fn collapsed_state_splits_along_the_closed_form() {
    let point = PairPoint { temperature: 1.0, separation: 3.0, bias: 0.0 };
    let family = FreeFamily::new(point, [PairParameter::LogTemperature, PairParameter::Separation]).unwrap().in_plane();
    let (x, temperature) = closed_form(3.0);
    assert!((temperature - 0.9613).abs() < 1e-4, "{temperature}");
    let options = CurveOptions {
        continuation: ContinuationOptions { parameter: [-3.0, 0.0], ..ContinuationOptions::default() },
        second_parameter: [1.6, 4.5],
    };
    let mut ends = Vec::new();
    for direction in [Orientation::Decreasing, Orientation::Increasing] {
        let curve = pitchfork_curve(&family, &[x, 0.0], [temperature.ln(), 3.0], direction, &options).unwrap();
        assert!(curve.points.len() > 5, "{:?}", curve.stop);
        for point in &curve.points {
            let [log_temperature, separation] = point.parameters;
            let (x, temperature) = closed_form(separation);
            assert!((point.state[0] - x).abs() < 1e-7 && point.state[1].abs() < 1e-9, "{point:?}");
            assert!((log_temperature.exp() - temperature).abs() < 1e-8, "rho = {separation}: {log_temperature}");
            assert!(point.imperfection.abs() < 1e-9);
        }
        ends.push(curve.points.last().unwrap().parameters[1]);
    }
    // Both ways: towards the separation at which the mode becomes attractive, and towards T = 1 for distant modes.
    assert!((ends[0] - ends[1]).abs() > 1.0, "{ends:?}");
}

//! Curves of folds and pitchforks in two parameters.

use collapsar::bifurcation::{
    BranchStop, ContinuationOptions, CurveEventKind, CurveOptions, Orientation, Status, fold_curve, pitchfork_curve,
};

use crate::planted::{Mixed, Slave, near};

/// Locations along a curve: false position to the rounding of the second derivatives, about 1e-13.
const PLACE: f64 = 1e-10;
const COEFFICIENT: f64 = 1e-8;

fn options(second: [f64; 2]) -> CurveOptions {
    let continuation = ContinuationOptions { parameter: [-20.0, 20.0], ..ContinuationOptions::default() };
    CurveOptions { continuation, second_parameter: second }
}

/// `y' = (p - 0.3) + (q + 0.5) y - y^3`, slaved coordinate with `kappa gamma / 2 = 0.12`: on the manifold the cubic
/// coefficient is `c = -1 + 0.12`, folds at `q + 0.5 = -3 c y^2`, `p - 0.3 = 2 c y^3`, the cusp at `(0.3, -0.5)`.
fn cusp(n: usize) -> Mixed {
    Mixed::new(n, |y, [p, q]| {
        let (x, l, m) = (y[0], p - 0.3, q + 0.5);
        Slave { kappa: 0.4, gamma: 0.6 }.couple(y, [l + m * x - x.powi(3), m - 3.0 * x * x, 1.0, x])
    })
}

#[test]
fn fold_curve_runs_through_the_cusp_on_the_semicubical_parabola() {
    for n in 2..=4 {
        let problem = cusp(n);
        let c = -0.88;
        let mut own = vec![0.0; n];
        (own[0], own[1]) = (0.6, 0.3 * 0.36);
        let [p, q] = [0.3 + 2.0 * c * 0.216, -0.5 - 3.0 * c * 0.36];
        let curve = fold_curve(&problem, &problem.state(&own), [p, q], Orientation::Decreasing, &options([-1.0, 1.0]))
            .expect("the call is well formed");
        assert_eq!(curve.stop, BranchStop::ParameterBound);
        for point in &curve.points {
            let y = problem.own(&point.state)[0];
            assert!(point.residual <= 1e-11, "{}", point.residual);
            near(point.parameters[1], -0.5 - 3.0 * c * y * y, 1e-9);
            near(point.parameters[0], 0.3 + 2.0 * c * y.powi(3), 1e-9);
        }
        assert!(curve.points.windows(2).all(|pair| pair[0].arclength < pair[1].arclength));
        assert_eq!(curve.points.last().map(|point| (point.parameters[1] - 1.0).abs() < PLACE), Some(true));
        assert_eq!(curve.events.len(), 1, "{:?}", curve.events);
        let event = &curve.events[0];
        assert_eq!((event.kind, event.status), (CurveEventKind::Cusp, Status::Converged));
        near(event.point.parameters[0], 0.3, PLACE);
        near(event.point.parameters[1], -0.5, PLACE);
        event.point.state.iter().for_each(|&value| near(value, 0.0, PLACE));
        let [low, high] = event.arclength_interval;
        assert!(low <= event.point.arclength && event.point.arclength <= high);
        let form = event.point.normal_form.as_ref().expect("a simple zero");
        near(form.cubic, c / problem.scale().powi(2), COEFFICIENT);
        near(form.parameter, problem.scale(), COEFFICIENT);
    }
}

#[test]
fn pitchfork_curve_turns_subcritical_where_planted() {
    // y' = (p - q^2) y + (q - 0.3) y^3 - y^5: pitchforks on p = q^2, degenerate at q = 0.3 - kappa gamma / 2 = 0.18.
    let problem = Mixed::new(3, |y, [p, q]| {
        let x = y[0];
        let f = (p - q * q) * x + (q - 0.3) * x.powi(3) - x.powi(5);
        let slope = p - q * q + 3.0 * (q - 0.3) * x * x - 5.0 * x.powi(4);
        Slave { kappa: 0.4, gamma: 0.6 }.couple(y, [f, slope, x, -2.0 * q * x + x.powi(3)])
    });
    let curve = pitchfork_curve(&problem, &[0.0; 3], [0.95, -1.0], Orientation::Increasing, &options([-1.0, 1.0]))
        .expect("the call is well formed");
    assert_eq!(curve.stop, BranchStop::ParameterBound);
    for point in &curve.points {
        let [p, q] = point.parameters;
        near(p, q * q, PLACE);
        near(point.imperfection, 0.0, PLACE);
        let form = point.normal_form.as_ref().expect("a simple zero");
        near(form.mixed, 1.0, COEFFICIENT);
        near(form.cubic, (q - 0.3 + 0.12) / problem.scale().powi(2), COEFFICIENT);
    }
    assert_eq!(curve.events.len(), 1, "{:?}", curve.events);
    let event = &curve.events[0];
    assert_eq!((event.kind, event.status), (CurveEventKind::DegeneratePitchfork, Status::Converged));
    near(event.point.parameters[1], 0.18, PLACE);
    near(event.point.parameters[0], 0.18 * 0.18, PLACE);
}

#[test]
fn a_start_that_does_not_converge_is_an_outcome() {
    // y' = p + 1 + y^2 + 0 q has its fold at p = -1; from a state far away the iteration is refused, not an error.
    let problem = cusp(2);
    let curve = fold_curve(&problem, &[f64::MAX, 0.0], [0.0, 0.0], Orientation::Increasing, &options([-1.0, 1.0]))
        .expect("the call is well formed");
    assert!(curve.points.is_empty());
    assert!(matches!(curve.stop, BranchStop::StartSingular | BranchStop::StartNotConverged(_)), "{:?}", curve.stop);
}

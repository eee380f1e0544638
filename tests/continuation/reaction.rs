//! The reaction A -> B in a stirred tank (Uppal, Ray and Poore), the demo `ab` of AUTO-07p:
//!
//! ```text
//! u1' = -u1 + p1 (1 - u1) e^u2
//! u2' = -u2 + p1 p2 (1 - u1) e^u2 - p3 u2,   p3 = 2
//! ```
//!
//! Exact: `u2 = p2 u1 / 3`, folds where `u1 (1 - u1) = 3 / p2`, a cusp at `p2 = 12`, `u1 = 1/2`, `p1 = e^-2` and a double
//! zero at `p2 = 27/2`, `u1 = 1/3`.
//!
//! The numbers of AUTO-07p come from the Debian package auto-07p 0.9.2+dfsg-3+b3 with the equations above, `IPS=1`,
//! `ISP=2`, `EPSL=EPSU=1e-10`, `EPSS=1e-8`, `DS=0.01`, `DSMAX=0.02`, `PAR(1)` free from zero (columns of `fort.7`), then
//! the fold curve with `ISW=2`, `ICP=[1,2]` from label 2; for the cusp alone `EPSL=EPSU=1e-7`, `EPSS=1e-5`,
//! `DSMAX=0.05`, as the tighter run stalls in front of it.

use collapsar::bifurcation::{
    ContinuationOptions, CurveEventKind, CurveOptions, OneParameter, Orientation, PointKind, Status,
    TwoParameterProblem, fold_curve,
};

use crate::planted::{near, sound_branch};

struct Reaction;

impl TwoParameterProblem for Reaction {
    fn dimension(&self) -> usize {
        2
    }
    fn residual(&self, u: &[f64], [p1, p2]: [f64; 2], out: &mut [f64]) {
        let rate = p1 * (1.0 - u[0]) * u[1].exp();
        out.copy_from_slice(&[rate - u[0], p2 * rate - 3.0 * u[1]]);
    }
    fn jacobian(&self, u: &[f64], [p1, p2]: [f64; 2], out: &mut [f64]) {
        let slope = p1 * u[1].exp();
        let rate = slope * (1.0 - u[0]);
        out.copy_from_slice(&[-slope - 1.0, rate, -p2 * slope, p2 * rate - 3.0]);
    }
    fn parameter_derivatives(&self, u: &[f64], [p1, p2]: [f64; 2], first: &mut [f64], second: &mut [f64]) {
        let unit = (1.0 - u[0]) * u[1].exp();
        first.copy_from_slice(&[unit, p2 * unit]);
        second.copy_from_slice(&[0.0, p1 * unit]);
    }
}

/// AUTO-07p prints eleven digits; its own `EPSS` is 1e-8.
const AUTO: f64 = 1e-7;
const EXACT: f64 = 1e-10;

#[test]
fn folds_and_hopf_point_agree_with_auto_and_the_exact_folds() {
    let section = OneParameter::along_first(&Reaction, 14.0);
    let options = ContinuationOptions { parameter: [-0.1, 0.4], ..ContinuationOptions::default() };
    let branch = sound_branch(&section, &[0.0, 0.0], 0.0, Orientation::Increasing, &options);
    let kinds: Vec<_> = branch.special.iter().map(|point| (point.kind, point.unstable)).collect();
    assert_eq!(kinds, [(PointKind::Fold, [0, 1]), (PointKind::Fold, [1, 2]), (PointKind::Hopf, [2, 0])]);
    let auto = [
        [1.0573897827e-1, 3.1101776383e-1, 1.4514162312e0],
        [8.8931846186e-2, 6.8898223634e-1, 3.2152504363e0],
        [1.3090004484e-1, 8.9508063389e-1, 4.1770429582e0],
    ];
    for (point, [p1, u1, u2]) in branch.special.iter().zip(auto) {
        // A Hopf point is bracketed, not located.
        let tolerance = if point.status == Status::Converged { AUTO } else { options.bracket };
        near(point.parameter, p1, tolerance);
        near(point.state[0], u1, tolerance);
        near(point.state[1], u2, tolerance);
    }
    for (point, sign) in branch.special.iter().take(2).zip([-1.0, 1.0]) {
        let u1 = 0.5 * (1.0 + sign * (1.0f64 - 12.0 / 14.0).sqrt());
        near(point.state[0], u1, EXACT);
        near(point.parameter, u1 / (1.0 - u1) * (-14.0 * u1 / 3.0).exp(), EXACT);
    }
}

#[test]
fn fold_curve_meets_the_double_zero_and_the_cusp_of_auto() {
    let continuation = ContinuationOptions { parameter: [0.0, 1.0], ..ContinuationOptions::default() };
    let options = CurveOptions { continuation, second_parameter: [11.0, 20.0] };
    let start = [0.311, 1.451];
    let curve = fold_curve(&Reaction, &start, [0.1057, 14.0], Orientation::Decreasing, &options).expect("well formed");
    let kinds: Vec<_> = curve.events.iter().map(|event| (event.kind, event.status)).collect();
    let converged = |kind| (kind, Status::Converged);
    assert_eq!(kinds, [converged(CurveEventKind::BogdanovTakens), converged(CurveEventKind::Cusp)]);
    let (double, cusp) = (&curve.events[0].point, &curve.events[1].point);
    near(double.parameters[0], 1.1156508012e-1, AUTO);
    near(double.parameters[1], 13.5, 1e-9);
    near(double.state[0], 1.0 / 3.0, 1e-9);
    // Near a cusp p1 is a cubic and p2 a quadratic of the distance, so AUTO's own 3e-6 in u1 is invisible here.
    near(cusp.parameters[0], 1.3533528328e-1, AUTO);
    near(cusp.parameters[0], (-2.0f64).exp(), EXACT);
    near(cusp.parameters[1], 12.0, EXACT);
    near(cusp.state[0], 0.5, 1e-9);
    let end = curve.points.last().expect("points");
    near(end.parameters[1], 20.0, 1e-9);
    near(end.parameters[0], 1.9244651527e-2, AUTO);
}

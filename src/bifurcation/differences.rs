//! Second and third derivatives along a direction, from the analytic first ones.

use nalgebra::{DMatrix, DVector};

use super::norms::max_norm;
use super::problem::TwoParameterProblem;

/// Central weights of the first derivative for the offsets 1 to 4 (odd), exact to degree 8.
const FIRST: [f64; 4] = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];

/// Central weights of the second derivative for the offsets 0 to 4 (even), exact to degree 9.
const SECOND: [f64; 5] = [-205.0 / 72.0, 8.0 / 5.0, -1.0 / 5.0, 8.0 / 315.0, -1.0 / 560.0];

/// Halvings of the step that are compared.
const LEVELS: i32 = 9;

/// Fraction of the largest step at which the matrices of Newton's method are differenced: they need only a few digits.
const NEWTON_FRACTION: f64 = 0.1;

/// Halvings tried to bring a stencil into the domain.
const DOMAIN_HALVINGS: usize = 30;

/// Steps `h, h/2, h/4, ...` at which a central difference of order eight is formed.
///
/// The value kept is where two neighbours agree best, which balances truncation (falls as `h^8`) and rounding (grows as
/// `1/h` or `1/h^2`) without knowing the scale of the field; their difference is the error estimate. Stencils that
/// leave the domain or meet values that are not finite are passed over.
/// Source: weights by Fornberg (1988); the choice of the step as in Ridders (1982).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifferenceLadder {
    /// Largest step, a length in the space of state and parameter; a tenth of the length on which the field varies.
    pub step: f64,
}

impl Default for DifferenceLadder {
    fn default() -> Self {
        Self { step: 0.1 }
    }
}

/// A derivative with the disagreement of the two steps that produced it.
#[derive(Debug, Clone)]
pub(super) struct Extrapolated {
    pub(super) value: DMatrix<f64>,
    pub(super) error: f64,
}

/// `[J F_p F_q]` at `z = (u, p)` and `q`: n rows, n + 2 columns.
pub(super) fn wide_gradient<P: TwoParameterProblem + ?Sized>(problem: &P, z: &DVector<f64>, q: f64) -> DMatrix<f64> {
    let n = problem.dimension();
    let state = &z.as_slice()[..n];
    let parameters = [z[n], q];
    let mut rows = vec![0.0; n * n];
    problem.jacobian(state, parameters, &mut rows);
    let mut wide = DMatrix::zeros(n, n + 2);
    wide.view_mut((0, 0), (n, n)).copy_from(&DMatrix::from_row_slice(n, n, &rows));
    let (mut first, mut second) = (vec![0.0; n], vec![0.0; n]);
    problem.parameter_derivatives(state, parameters, &mut first, &mut second);
    wide.set_column(n, &DVector::from_vec(first));
    wide.set_column(n + 1, &DVector::from_vec(second));
    wide
}

/// `D^2 F [V, .]`: derivative of the wide gradient along `V = (du, dp)`, cheaply, for Newton matrices.
pub(super) fn rough_first<P: TwoParameterProblem + ?Sized>(
    problem: &P,
    z: &DVector<f64>,
    q: f64,
    direction: &DVector<f64>,
    ladder: DifferenceLadder,
) -> DMatrix<f64> {
    let length = direction.norm();
    let unit = direction / length;
    let mut step = ladder.step * NEWTON_FRACTION;
    for _ in 0..DOMAIN_HALVINGS {
        if let Some(value) = at_step(problem, z, q, &unit, step, 1) {
            return value * length;
        }
        step /= 2.0;
    }
    DMatrix::from_element(problem.dimension(), z.len() + 1, f64::NAN)
}

/// Derivative of the given order (1 or 2) of the wide gradient along `V`: `D^2 F [V, .]` or `D^3 F [V, V, .]`.
pub(super) fn along<P: TwoParameterProblem + ?Sized>(
    problem: &P,
    z: &DVector<f64>,
    q: f64,
    direction: &DVector<f64>,
    order: i32,
    ladder: DifferenceLadder,
) -> Option<Extrapolated> {
    let length = direction.norm();
    if length == 0.0 {
        return Some(Extrapolated { value: DMatrix::zeros(problem.dimension(), z.len() + 1), error: 0.0 });
    }
    let unit = direction / length;
    let scale = length.powi(order);
    let mut best: Option<Extrapolated> = None;
    let mut previous: Option<DMatrix<f64>> = None;
    for level in 0..LEVELS {
        let value = at_step(problem, z, q, &unit, ladder.step / 2f64.powi(level), order);
        if let (Some(value), Some(coarse)) = (&value, &previous) {
            let error = max_norm((value - coarse).as_slice()) * scale;
            if best.as_ref().is_none_or(|best| error < best.error) {
                best = Some(Extrapolated { value: value * scale, error });
            }
        }
        previous = value;
    }
    best
}

fn at_step<P: TwoParameterProblem + ?Sized>(
    problem: &P,
    z: &DVector<f64>,
    q: f64,
    unit: &DVector<f64>,
    step: f64,
    order: i32,
) -> Option<DMatrix<f64>> {
    let n = problem.dimension();
    let sample = |offset: f64| {
        let at = z + unit * (offset * step);
        let admitted = problem.in_domain(&at.as_slice()[..n], [at[n], q]);
        let value = wide_gradient(problem, &at, q);
        (admitted && value.iter().all(|entry| entry.is_finite())).then_some(value)
    };
    let mut sum = if order == 1 { DMatrix::zeros(n, n + 2) } else { sample(0.0)? * SECOND[0] };
    for offset in 1..=4 {
        let (ahead, behind) = (sample(offset as f64)?, sample(-(offset as f64))?);
        sum += if order == 1 { (ahead - behind) * FIRST[offset - 1] } else { (ahead + behind) * SECOND[offset] };
    }
    Some(sum / step.powi(order))
}

#[cfg(test)]
mod tests {
    use super::{FIRST, SECOND};

    /// Moment conditions: the weights differentiate 1, x, ..., x^9 exactly at zero.
    #[test]
    fn weights_satisfy_their_moment_conditions() {
        for degree in 1..=4 {
            let odd: f64 = (1..=4).map(|k| 2.0 * FIRST[k - 1] * (k as f64).powi(2 * degree - 1)).sum();
            let even: f64 = (1..=4).map(|k| 2.0 * SECOND[k] * (k as f64).powi(2 * degree)).sum();
            // Sums of up to 4^8 units in the last place.
            assert!((odd - if degree == 1 { 1.0 } else { 0.0 }).abs() < 1e-11, "odd {degree}: {odd}");
            assert!((even - if degree == 1 { 2.0 } else { 0.0 }).abs() < 1e-11, "even {degree}: {even}");
        }
        let total: f64 = SECOND[0] + 2.0 * SECOND[1..].iter().sum::<f64>();
        assert!(total.abs() < 1e-14, "{total}");
    }
}

//! Coefficients of the one-dimensional field on the centre manifold of a simple zero eigenvalue.

use nalgebra::{DMatrix, DVector};

use super::bordered::{bordered_solve, singular_pair};
use super::differences::{DifferenceLadder, along, wide_gradient};
use super::problem::{ParametricProblem, TwoParameterProblem, Widened};

/// Smallest `w^T v` of unit null vectors for which zero counts as an algebraically simple eigenvalue: below it the
/// normalisation `w^T v = 1` would lose more than half of the digits.
const SIMPLE_ZERO: f64 = 1e-8;

/// Null vectors of a singular Jacobian.
///
/// `J v = 0`, `|v| = 1` with the largest entry of `v` positive; `w^T J = 0`, `w^T v = 1`.
#[derive(Debug, Clone, PartialEq)]
pub struct NullVectors {
    /// v.
    pub right: Vec<f64>,
    /// w.
    pub left: Vec<f64>,
}

/// The field on the centre manifold, `x = w^T (u - u0)`, `l = p - p0`:
///
/// ```text
/// x' = alpha l + delta l^2 + eta l x + a x^2 + b x^3 + ...
///
/// alpha = w^T F_p                                   a = 1/2 w^T F_uu[v, v]
/// delta = 1/2 w^T (F_pp + 2 F_up h + F_uu[h, h])    b = 1/6 w^T (F_uuu[v, v, v] + 3 F_uu[v, k])
/// eta   = w^T (F_up v + F_uu[v, h])
/// J h = -(I - v w^T) F_p,  J k = -(I - v w^T) F_uu[v, v],  w^T h = w^T k = 0
/// ```
///
/// Symbols: `v`, `w` as in [`NullVectors`]; `alpha` [`parameter`](Self::parameter), `delta`
/// [`parameter_quadratic`](Self::parameter_quadratic), `eta` [`mixed`](Self::mixed), `a`
/// [`quadratic`](Self::quadratic), `b` [`cubic`](Self::cubic). A fold has `alpha, a != 0` and the branch
/// `l = -(a / alpha) x^2`; a transcritical `alpha = 0`, `a, eta != 0`; a pitchfork `alpha = a = 0`, `eta, b != 0` and
/// the branch `l = -(b / eta) x^2`, supercritical for `b < 0`; a cusp `a = 0`, `alpha, b != 0`.
///
/// Validity: zero is a simple eigenvalue and the other eigenvalues are off the imaginary axis. The signs of `alpha`,
/// `delta` and `a` change with that of `v`; `eta` and `b` do not. `eta` and `delta` outside a pitchfork belong to the
/// projection along `w`. Source: Kuznetsov, *Elements of Applied Bifurcation Theory*, projection method for the centre
/// manifold.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalForm {
    /// alpha.
    pub parameter: f64,
    /// delta.
    pub parameter_quadratic: f64,
    /// eta.
    pub mixed: f64,
    /// a.
    pub quadratic: f64,
    /// b.
    pub cubic: f64,
    /// Estimated error of the coefficients from the differences (an estimate, not a bound).
    pub error: f64,
}

impl NormalForm {
    /// Slopes `(x, l)`, unit vectors, of the two branches through a point with `alpha = 0`: the real directions of
    /// `a x^2 + eta l x + delta l^2 = 0`, the steeper in `x` first.
    ///
    /// Edge: `None` if `eta^2 - 4 a delta <= 0` (an isolated point or a tangency). The roots are formed without the
    /// cancelling subtraction, so `a = 0` (pitchfork) and `delta = 0` need no special case.
    pub fn branch_slopes(&self) -> Option<[[f64; 2]; 2]> {
        let discriminant = self.mixed * self.mixed - 4.0 * self.quadratic * self.parameter_quadratic;
        if discriminant.is_nan() || discriminant <= 0.0 {
            return None;
        }
        let sign = if self.mixed < 0.0 { -1.0 } else { 1.0 };
        let sum = -0.5 * (self.mixed + sign * discriminant.sqrt());
        let unit = |x: f64, l: f64| {
            let length = x.hypot(l);
            [x / length, l / length]
        };
        let (first, second) = (unit(sum, self.quadratic), unit(self.parameter_quadratic, sum));
        Some(if first[0].abs() >= second[0].abs() { [first, second] } else { [second, first] })
    }
}

/// What is known at a point with a singular Jacobian.
#[derive(Debug, Clone)]
pub(super) struct CentreManifold {
    pub(super) nulls: NullVectors,
    pub(super) form: NormalForm,
    /// h, the slope of the manifold in the parameter.
    pub(super) slope: Vec<f64>,
}

/// [`NormalForm`] and [`NullVectors`] of `problem` at a point where its Jacobian is singular.
///
/// Domain: `(state, parameter)` is a fold or a branch point, located to the accuracy wanted of the coefficients. Edge:
/// `None` for a wrong length, a double zero (`w^T v = 0`) or values that are not finite.
pub fn normal_form<P: ParametricProblem + ?Sized>(
    problem: &P,
    state: &[f64],
    parameter: f64,
    ladder: DifferenceLadder,
) -> Option<(NullVectors, NormalForm)> {
    if state.len() != problem.dimension() {
        return None;
    }
    let z = DVector::from_column_slice(state).push(parameter);
    centre_manifold(&Widened(problem), &z, 0.0, ladder).map(|centre| (centre.nulls, centre.form))
}

pub(super) fn centre_manifold<P: TwoParameterProblem + ?Sized>(
    problem: &P,
    z: &DVector<f64>,
    q: f64,
    ladder: DifferenceLadder,
) -> Option<CentreManifold> {
    let n = problem.dimension();
    let wide = wide_gradient(problem, z, q);
    let jacobian = wide.columns(0, n).into_owned();
    let (left, right) = singular_pair(&jacobian)?;
    let v = &right * right[right.icamax()].signum();
    let overlap = left.dot(&v);
    if overlap.is_nan() || overlap.abs() < SIMPLE_ZERO {
        return None;
    }
    let w = left / overlap;
    let slope_p = wide.column(n).into_owned();
    let h = bordered_solve(&jacobian, &v, &w, &-&slope_p)?;
    let (x, y) = (v.clone().push(0.0), h.clone().push(1.0));
    let second_x = along(problem, z, q, &x, 1, ladder)?;
    let second_y = along(problem, z, q, &y, 1, ladder)?;
    let third = along(problem, z, q, &x, 2, ladder)?;
    let apply = |matrix: &DMatrix<f64>, to: &DVector<f64>| matrix.columns(0, n + 1) * to;
    let bend = apply(&second_x.value, &x);
    let k = bordered_solve(&jacobian, &v, &w, &-&bend)?;
    let cubic = apply(&third.value, &x) + apply(&second_x.value, &k.clone().push(0.0)) * 3.0;
    let weight = w.norm() * (1.0 + h.norm() + k.norm());
    let form = NormalForm {
        parameter: w.dot(&slope_p),
        parameter_quadratic: 0.5 * w.dot(&apply(&second_y.value, &y)),
        mixed: w.dot(&apply(&second_x.value, &y)),
        quadratic: 0.5 * w.dot(&bend),
        cubic: w.dot(&cubic) / 6.0,
        error: weight * (second_x.error + second_y.error + third.error),
    };
    let nulls = NullVectors { right: v.as_slice().to_vec(), left: w.as_slice().to_vec() };
    Some(CentreManifold { nulls, form, slope: h.as_slice().to_vec() })
}

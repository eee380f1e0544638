//! One-dimensional Gaussian averages of analytic functions whose sharp features are known.

use crate::numerics::kronrod::{distance_scaled, panel};
use std::f64::consts::PI;

/// The line is cut where its two tails weigh about a hundredth of the tolerance: `2 Phi(-8.2) = 2e-16` for 1e-12.
pub(crate) fn reach(tolerance: f64) -> f64 {
    0.8 + (-2.0 * libm::log(tolerance)).max(4.0).sqrt()
}

/// The first error term of the trapezoid rule, `e^(-2 pi distance/step)`, is brought to the tolerance to this power
/// (1e-12: 2e-16). At twice the step it is the root of that, which passes the test of agreement.
const MARGIN: f64 = 1.3;

/// Fewest natural digits asked for, and most: `e^-45` is far below rounding.
const DIGITS: (f64, f64) = (8.0, 45.0);

/// Coarsest final step: a Gaussian alone is integrated to `e^(-2 pi^2/step^2)`, 7e-18, at half a unit.
const STEP_MAX: f64 = 0.5;

/// Scale from which adaptive panels beat the trapezoid rule (some 30 nodes for a unit of scale).
const PANELS_FROM: f64 = 14.0;

/// Halvings after the predicted step; beyond, panels take over.
const HALVINGS: usize = 3;

/// Graded panels about a feature: their edges lie at `GRADES` times its width.
const GRADES: [f64; 6] = [1.0, 3.0, 9.0, 27.0, 81.0, 243.0];

/// Generations of halves, and halvings in all, of one panel.
const DEPTH: u32 = 40;
const BISECTIONS: usize = 400;

/// A place where the integrand changes over `width`, in units of the standard normal variable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    pub(crate) place: f64,
    pub(crate) width: f64,
}

/// A feature that is none.
pub(crate) const NOWHERE: Feature = Feature { place: 0.0, width: f64::INFINITY };

/// What is known of an integrand beforehand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IntegrandShape<'a> {
    /// The nearest complex singularity is at distance `pi/scale`.
    pub(crate) scale: f64,
    pub(crate) features: &'a [Feature],
    /// Error allowed in any component.
    pub(crate) tolerance: f64,
}

/// `E f(g)`, `g ~ N(0,1)`, for components of order one, and a bound on the error of any component.
pub(crate) fn average<const M: usize>(
    shape: &IntegrandShape<'_>,
    f: &mut impl FnMut(f64) -> [f64; M],
) -> ([f64; M], f64) {
    if shape.scale == 0.0 {
        return (f(0.0), 4.0 * f64::EPSILON);
    }
    if is_smooth(shape)
        && let Some(found) = trapezoid(shape, f)
    {
        return found;
    }
    panels(shape, f)
}

fn density(g: f64) -> f64 {
    0.398_942_280_401_432_7 * libm::exp(-0.5 * g * g)
}

fn trapezoid<const M: usize>(
    shape: &IntegrandShape<'_>,
    f: &mut impl FnMut(f64) -> [f64; M],
) -> Option<([f64; M], f64)> {
    let mut sum = f(0.0).map(|v| v * density(0.0));
    let error = halve(shape, &mut sum, &mut [0.0; M], |sum, nodes| {
        for g in (0..nodes.count).map(|i| nodes.place(i)) {
            let weight = density(g);
            let (right, left) = (f(g), f(-g));
            for m in 0..M {
                sum[m] += weight * (right[m] + left[m]);
            }
        }
    })?;
    Some((sum, error))
}

/// The nodes `+-first, +-(first + stride), ...`, `count` on either side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nodes {
    first: f64,
    stride: f64,
    pub(crate) count: usize,
}

impl Nodes {
    /// The origin, twice.
    pub(crate) const ORIGIN: Self = Self { first: 0.0, stride: 0.0, count: 1 };

    fn within(reach: f64, first: f64, stride: f64) -> Self {
        let count = if reach < first { 0 } else { ((reach - first) / stride) as usize + 1 };
        Self { first, stride, count }
    }

    /// The `i`-th on the right.
    pub(crate) fn place(&self, i: usize) -> f64 {
        self.first + self.stride * i as f64
    }
}

/// Whether the trapezoid rule is worth trying.
pub(crate) fn is_smooth(shape: &IntegrandShape<'_>) -> bool {
    shape.scale < PANELS_FROM
}

/// Trapezoid sums, the step halved until two agree to the square root of the tolerance: the error then squares.
///
/// `sum` is the integrand times the density at 0 to begin with and the integral at the end; `add` adds those at the
/// nodes. A bound on the error of any component, if they agree.
pub(crate) fn halve(
    shape: &IntegrandShape<'_>,
    sum: &mut [f64],
    coarse: &mut [f64],
    mut add: impl FnMut(&mut [f64], Nodes),
) -> Option<f64> {
    let digits = (-MARGIN * libm::log(shape.tolerance)).clamp(DIGITS.0, DIGITS.1);
    let reach = reach(shape.tolerance);
    let mut step = 2.0 * STEP_MAX.min(2.0 * PI * PI / (digits * shape.scale));
    add(sum, Nodes::within(reach, step, step));
    // Two sums that differ by `e` have errors about `e` and `e^2/C`; a tenth of the root allows for C = 1e-2.
    let agree = 0.1 * shape.tolerance.sqrt();
    for _ in 0..=HALVINGS {
        coarse.copy_from_slice(sum);
        add(sum, Nodes::within(reach, 0.5 * step, step));
        let difference = distance_scaled((coarse, step), (sum, 0.5 * step));
        step *= 0.5;
        if difference <= agree {
            sum.iter_mut().for_each(|v| *v *= step);
            let tails = 0.02 * shape.tolerance;
            return Some(100.0 * difference * difference + tails + 4.0 * f64::EPSILON);
        }
    }
    None
}

/// Adaptive Gauss-Kronrod panels, graded towards the features.
fn panels<const M: usize>(shape: &IntegrandShape<'_>, f: &mut impl FnMut(f64) -> [f64; M]) -> ([f64; M], f64) {
    let mut edges = [0.0; 128];
    let edges = edges_of(shape, &mut edges);
    let mut total = [0.0; M];
    let mut error = 0.02 * shape.tolerance + 4.0 * f64::EPSILON;
    let mut weighted = |g: f64| {
        let weight = density(g);
        f(g).map(|v| v * weight)
    };
    let allowed = shape.tolerance / edges.len() as f64;
    for pair in edges.windows(2) {
        let found = bisect(pair[0], pair[1], allowed, &mut weighted);
        total.iter_mut().zip(&found.0).for_each(|(t, v)| *t += v);
        error += found.1;
    }
    (total, error)
}

/// Panel edges in increasing order: unit panels, and the grades about every feature.
fn edges_of<'e>(shape: &IntegrandShape<'_>, edges: &'e mut [f64; 128]) -> &'e [f64] {
    let reach = reach(shape.tolerance);
    let mut count = 0;
    let mut push = |x: f64| {
        if x.abs() < reach && count < edges.len() - 2 {
            edges[count] = x;
            count += 1;
        }
    };
    for i in -3..=3 {
        push(2.0 * f64::from(i));
    }
    for feature in shape.features {
        push(feature.place);
        for grade in GRADES.iter().map(|grade| grade * feature.width).filter(|&w| w < 2.0) {
            push(feature.place - grade);
            push(feature.place + grade);
        }
    }
    edges[count] = -reach;
    edges[count + 1] = reach;
    let edges = &mut edges[..count + 2];
    edges.sort_unstable_by(f64::total_cmp);
    edges
}

/// One panel, halved where its two rules disagree.
fn bisect<const M: usize>(left: f64, right: f64, allowed: f64, f: &mut impl FnMut(f64) -> [f64; M]) -> ([f64; M], f64) {
    let mut stack = [(0.0, 0.0, 0); DEPTH as usize + 1];
    stack[0] = (left, right, 0);
    let mut waiting = 1;
    let mut budget = BISECTIONS;
    let (mut total, mut error) = ([0.0; M], 0.0);
    while waiting > 0 {
        waiting -= 1;
        let (a, b, depth) = stack[waiting];
        let (value, difference) = panel(a, b, f);
        if difference <= allowed || depth == DEPTH || budget == 0 || !difference.is_finite() {
            // Accepted, or nothing more can be gained: the difference is reported either way.
            total.iter_mut().zip(&value).for_each(|(t, v)| *t += v);
            error += difference;
        } else {
            budget -= 1;
            // Depth-first: at most one panel waits for every depth above the current one.
            let middle = 0.5 * (a + b);
            stack[waiting] = (middle, b, depth + 1);
            stack[waiting + 1] = (a, middle, depth + 1);
            waiting += 2;
        }
    }
    (total, error)
}

#[cfg(test)]
mod tests;

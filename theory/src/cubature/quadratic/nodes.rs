//! Nodes of the trapezoidal rules: along a direction, and in the radius across.

/// A node: its coordinate (across the directions the square of the radius), minus the logarithm of its weight relative to
/// the largest, and whether it belongs to the rule of twice the step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct QuadraticNode {
    pub(crate) at: f64,
    pub(crate) loss: f64,
    pub(super) even: bool,
}

/// The loss up to which nodes count: beyond lies less than the tolerance, polynomials of a few degrees included.
pub(super) fn reach(tolerance: f64) -> f64 {
    5.0 - libm::log(tolerance)
}

/// Steps in u over those in r.
const BENT: f64 = 0.75;

/// Along a direction: t = h j with weight e^(-t^2/2).
pub(super) fn straight(step: f64, reach: f64) -> Vec<QuadraticNode> {
    let last = ((2.0 * reach).sqrt() / step).floor() as i64;
    let node = |j: i64| {
        let at = step * j as f64;
        QuadraticNode { at, loss: 0.5 * at * at, even: j % 2 == 0 }
    };
    (-last..=last).map(node).collect()
}

/// The square of the radius r in `n` dimensions, of density r^(n-1) e^(-r^2/2) in r.
///
/// n odd: the density is even in r and analytic, so that equidistant r > 0 converge like a rule on the whole line; r = 0 is
/// shared by both halves. n even: r = log(1 + e^u) with equidistant u, for the density is odd.
pub(crate) fn radial(n: usize, step: f64, reach: f64) -> Vec<QuadraticNode> {
    let power = (n - 1) as f64;
    let density = |r: f64| 0.5 * r * r - if n > 1 { power * libm::log(r) } else { 0.0 };
    let least = density(power.sqrt());
    let farthest = power.sqrt() + (2.0 * reach).sqrt();
    let odd = n % 2 == 1;
    // The bend of log(1 + e^u) asks for more.
    let step = if odd { step } else { BENT * step };
    let first = if odd { 0 } else { -(((reach + least.abs()) / n as f64 + 1.0) / step).ceil() as i64 };
    let node = |j: i64| {
        let u = step * j as f64;
        let (r, shared) = if odd {
            (u, if j == 0 { std::f64::consts::LN_2 } else { 0.0 })
        } else {
            // dr/du = 1/(1 + e^-u).
            (crate::kernel::softplus(u), crate::kernel::softplus(-u))
        };
        QuadraticNode { at: r * r, loss: density(r) - least + shared, even: j % 2 == 0 }
    };
    let last = (farthest / step).ceil() as i64;
    (first..=last).map(node).filter(|node| node.loss <= reach).collect()
}

//! The force on one mean of the free pair alone: its equilibria, and where it turns.

use collapsar_theory::FreePair;
use collapsar_theory::numerics::bisect;

/// A lone mean under the target, `phi(m) = m - rho tau(m)`.
///
/// `tau'` is largest at the centre `-h/rho` and falls on both sides, so `phi` either rises everywhere, with one root, or
/// falls exactly between two turning points symmetric about the centre, with at most three roots.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pair: FreePair,
    /// The turning points, if there are any.
    pub(super) turns: Option<[f64; 2]>,
    /// The roots, rising: one or three (a double root counts as none).
    pub(super) roots: Vec<f64>,
}

impl Profile {
    pub(super) fn new(pair: &FreePair) -> Self {
        let rho = pair.options().separation;
        let centre = -pair.bias() / rho;
        let phi = |m: f64| m - rho * pair.pull(m).0;
        let reach = rho + 1.0;
        if rho * pair.pull(centre).1 <= 1.0 {
            return Self { pair: *pair, turns: None, roots: bisect(-reach, reach, phi).into_iter().collect() };
        }
        // Where tau' has fallen to 1/rho: within the width of tau, at most 2 for wide logits, and a few logits.
        let far = |reach: f64| rho * pair.pull(centre + reach).1 < 1.0;
        let mut outer = 1.0;
        while !far(outer) {
            outer *= 2.0;
        }
        let half = bisect(0.0, outer, |u| 1.0 - rho * pair.pull(centre + u).1).unwrap_or(0.0);
        let turns = [centre - half, centre + half];
        let parts = [
            bisect(-reach.max(-turns[0] + 1.0), turns[0], phi),
            bisect(turns[0], turns[1], |m| -phi(m)),
            bisect(turns[1], reach.max(turns[1] + 1.0), phi),
        ];
        Self { pair: *pair, turns: Some(turns), roots: parts.into_iter().flatten().collect() }
    }

    /// `phi(m)` and its derivative.
    pub(super) fn phi(&self, m: f64) -> (f64, f64) {
        let rho = self.pair.options().separation;
        let (tau, slope) = self.pair.pull(m);
        (m - rho * tau, 1.0 - rho * slope)
    }

    /// The plane between the basins of a lone mean: the middle root, or the centre of `tau` where only one mode attracts.
    pub(super) fn wall(&self) -> f64 {
        match self.roots.as_slice() {
            // For equal target weights it is zero, which bisection would miss by a rounding.
            [_, _, _] if self.pair.bias() == 0.0 => 0.0,
            [_, middle, _] => *middle,
            _ => -self.pair.bias() / self.pair.options().separation,
        }
    }

    /// The root of `phi(m) = force` on the outer rising part towards the mode at `+rho`, `force >= 0`, by Newton's method
    /// from `rho + force`, from where it descends monotonically (`phi` is convex there).
    pub(super) fn outer(&self, force: f64) -> f64 {
        let mut m = self.pair.options().separation + force;
        for _ in 0..100 {
            let (value, slope) = self.phi(m);
            let step = (value - force) / slope;
            let next = m - step;
            // The descent is strict until rounding takes over.
            if next >= m || next.is_nan() {
                break;
            }
            m = next;
        }
        m
    }
}

//! Both pairs as two points on a line or a circle: each pulled by the target, both pushed apart.

use collapsar_theory::{FreePair, SpherePair, SphereVariance, logistic_normal_jet, repulsion_jet};

use super::interval::Interval;

/// Bound of the absolute error of tau and of L_a: twice that of the kernel, theory (6), and the rounding around it.
const KERNEL: f64 = 4e-14;

/// Bound of the relative error of r and dr/dq.
const REPULSION: f64 = 2e-13;

/// The equilibrium equations of a pair in a plane through the axis of the modes, scaled by `T` over the flow's speed:
///
/// ```text
/// u1' = K(u1 - u2) - A(u1)        u2' = -K(u1 - u2) - A(u2)
/// ```
///
/// Free pair, `u = m`: `A = m - rho tau(m)`, `K = T delta r(delta^2)`. Sphere pair, `u` the angle to the axis:
/// `A = tau(cos u) sin u`, `K = P(q) sin(psi)` with `q = 2 R^2 (1 - cos psi)/var`, `P = r` (slaved variance) or `T r`
/// (unit). The values returned contain the true ones: kernels are widened by their error bounds, and ranges of slopes
/// follow from `tau` rising, `tau'` falling on both sides of its centre, `r` falling and `dr/dq` rising.
pub(super) trait Forces {
    /// A at a number.
    fn pull_at(&self, u: f64) -> Interval;

    /// The values of A' on an interval.
    fn pull_slope(&self, u: Interval) -> Interval;

    /// K at a number.
    fn push_at(&self, gap: f64) -> Interval;

    /// The values of K' on an interval.
    fn push_slope(&self, gap: Interval) -> Interval;
}

/// The values of `tau` on an interval and of its derivative, whose largest value is at `centre`.
fn pull_range(pull: impl Fn(f64) -> (f64, f64), centre: f64, slope_scale: f64, m: Interval) -> (Interval, Interval) {
    let (low, high) = (pull(m.low()), pull(m.high()));
    let tau = Interval::around(low.0, KERNEL).hull(Interval::around(high.0, KERNEL));
    let mut slope = Interval::between(low.1, high.1);
    if m.contains(centre) {
        slope = slope.hull(Interval::point(pull(centre).1));
    }
    (tau, slope.widened(KERNEL * slope_scale))
}

/// The values of `r` and `dr/dq` on an interval of `q >= 0`.
fn repulsion_range(q: Interval) -> (Interval, Interval) {
    let (near, far) = (repulsion_jet(q.low().max(0.0)), repulsion_jet(q.high()));
    let value = Interval::between(far.value * (1.0 - REPULSION), near.value * (1.0 + REPULSION));
    let slope = Interval::between(near.d1 * (1.0 + REPULSION), far.d1 * (1.0 - REPULSION));
    (value, slope)
}

/// The free pair at a temperature.
pub(super) struct FreeForces<'a> {
    pub(super) pair: &'a FreePair,
    pub(super) temperature: f64,
}

impl Forces for FreeForces<'_> {
    fn pull_at(&self, u: f64) -> Interval {
        let rho = self.pair.options().separation;
        Interval::point(u) - Interval::around(self.pair.pull(u).0, KERNEL) * rho
    }

    fn pull_slope(&self, u: Interval) -> Interval {
        let rho = self.pair.options().separation;
        let (_, slope) = pull_range(|m| self.pair.pull(m), -self.pair.bias() / rho, 4.0 * rho, u);
        Interval::point(1.0) - slope * rho
    }

    fn push_at(&self, gap: f64) -> Interval {
        let (value, _) = repulsion_range(Interval::point(gap).square());
        value * gap * self.temperature
    }

    fn push_slope(&self, gap: Interval) -> Interval {
        let q = gap.square();
        let (value, slope) = repulsion_range(q);
        (value + q * slope * 2.0) * self.temperature
    }
}

/// The sphere pair at a temperature, its variance unit or slaved.
pub(super) struct SphereForces<'a> {
    pub(super) pair: &'a SpherePair,
    pub(super) temperature: f64,
}

impl SphereForces<'_> {
    /// var and the factor of r in P.
    fn scales(&self) -> (f64, f64) {
        match self.pair.options().variance {
            SphereVariance::Unit => (1.0, self.temperature),
            _ => (self.temperature, 1.0),
        }
    }

    /// tau and dtau/dm at m.
    pub(super) fn tau(&self, m: f64) -> (f64, f64) {
        let radius = self.pair.options().radius;
        let square = radius * radius;
        let jet = logistic_normal_jet(2.0 * (square * m + self.pair.bias()), 2.0 * radius * self.scales().0.sqrt());
        (2.0 * jet.value - 1.0, 4.0 * square * jet.d1)
    }

    /// 2 R^2/var.
    fn stretch(&self) -> f64 {
        let radius = self.pair.options().radius;
        2.0 * radius * radius / self.scales().0
    }

    /// P(q), P'(q) for an interval of angles: `1 - cos psi = 2 sin^2(psi/2)` keeps its digits where the means meet.
    fn push_range(&self, gap: Interval) -> (Interval, Interval) {
        let q = (gap * 0.5).sin().square() * (2.0 * self.stretch());
        let (value, slope) = repulsion_range(q);
        (value * self.scales().1, slope * self.scales().1)
    }

    fn tau_range(&self, m: Interval) -> (Interval, Interval) {
        let radius = self.pair.options().radius;
        let square = radius * radius;
        pull_range(|m| self.tau(m), -self.pair.bias() / square, 4.0 * square, m)
    }
}

impl Forces for SphereForces<'_> {
    fn pull_at(&self, u: f64) -> Interval {
        let u = Interval::point(u);
        self.tau_range(u.cos()).0 * u.sin()
    }

    fn pull_slope(&self, u: Interval) -> Interval {
        let cosine = u.cos();
        let (tau, slope) = self.tau_range(cosine);
        tau * cosine - slope * u.sin().square()
    }

    fn push_at(&self, gap: f64) -> Interval {
        let gap = Interval::point(gap);
        self.push_range(gap).0 * gap.sin()
    }

    fn push_slope(&self, gap: Interval) -> Interval {
        let (value, slope) = self.push_range(gap);
        value * gap.cos() + slope * self.stretch() * gap.sin().square()
    }
}

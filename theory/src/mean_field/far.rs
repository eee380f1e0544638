//! The limit of far modes with one separated coordinate, mean field (M25)-(M30).

use crate::numerics::root;
use crate::parameter::{InvalidParameter, finite, positive};

/// `count` coordinates that are not separated: normal of variances s_+ and s_- under the two components, means `distance`
/// apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearCoordinate {
    /// s_+.
    pub variance_plus: f64,
    /// s_-.
    pub variance_minus: f64,
    /// Difference of the means; 2 a_j in units of equal deviations.
    pub distance: f64,
    /// How many coordinates are like this.
    pub count: usize,
}

/// A pair whose components are product measures, infinitely far apart along one coordinate, w the weight of the plus side.
#[derive(Debug, Clone, PartialEq)]
pub struct FarPair {
    bias: f64,
    near: Vec<NearCoordinate>,
}

/// A stationary mass p of the plus side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FarState {
    /// p.
    pub mass_plus: f64,
    /// 1 - p, without cancellation.
    pub mass_minus: f64,
    /// The limit of KL*.
    pub objective: f64,
    /// Whether it is a local minimum.
    pub minimum: bool,
}

/// Log-odds of p beyond which nothing is stationary: the weight and the rest would have to be e^END apart.
const END: f64 = 700.0;
/// Log-odds beyond which p (1-p) < 1e-17 bends nothing, and the mesh inside.
const FINE: f64 = 40.0;
const MESH: f64 = 0.05;
/// Steps of golden section.
const SECTIONS: usize = 60;

impl FarPair {
    /// The pair at w = `weight`.
    ///
    /// Errors: w outside (0,1), a variance not positive, a distance not finite.
    pub fn new(weight: f64, near: Vec<NearCoordinate>) -> Result<Self, InvalidParameter> {
        if !(weight > 0.0 && weight < 1.0) {
            return Err(InvalidParameter::new("weight", weight, "lie strictly between 0 and 1"));
        }
        for coordinate in &near {
            positive("variance_plus", coordinate.variance_plus)?;
            positive("variance_minus", coordinate.variance_minus)?;
            finite("distance", coordinate.distance)?;
        }
        Ok(Self { bias: libm::log(weight / (1.0 - weight)), near })
    }

    /// kl(p||w) + sum_j R_j(p), mean field (M25), p = `mass` in \[0,1\]: what the best product measure with mass p on the plus
    /// side has. R_j(p) = -log int P_+^p P_-^(1-p), the Chernoff-Renyi divergence.
    pub fn objective(&self, mass: f64) -> f64 {
        self.objective_of(mass, 1.0 - mass)
    }

    fn objective_of(&self, p: f64, q: f64) -> f64 {
        let entropy = |x: f64| if x > 0.0 { x * libm::log(x) } else { 0.0 };
        // -p log w - q log(1-w), with log w = -log(1 + e^(-bias)).
        let cost = p * softplus(-self.bias) + q * softplus(self.bias);
        entropy(p) + entropy(q) + cost + self.near.iter().map(|c| c.count as f64 * divergence(c, p, q)).sum::<f64>()
    }

    /// d/dp of the objective at log-odds x: x - log(w/(1-w)) + sum_j R_j'(p).
    fn slope(&self, x: f64) -> f64 {
        let (p, q) = odds(x);
        x - self.bias + self.near.iter().map(|c| c.count as f64 * divergence_slope(c, p, q)).sum::<f64>()
    }

    /// Derivative of the slope in x: 1 - p (1-p) sum_j |R_j''|, every R_j being concave.
    fn bend(&self, x: f64) -> f64 {
        let (p, q) = odds(x);
        1.0 + p * q * self.near.iter().map(|c| c.count as f64 * divergence_bend(c, p, q)).sum::<f64>()
    }

    /// All stationary p, ascending, mean field (M30): minima and maxima alternate.
    ///
    /// Between zeros of its derivative the slope is monotone and has at most one root; the derivative dips below 0 about
    /// its local minima, which a mesh finds at the scale on which p changes.
    pub fn states(&self) -> Vec<FarState> {
        let steps = (2.0 * FINE / MESH) as usize;
        let at = |k: usize| -FINE + k as f64 * MESH;
        let mut mesh: Vec<f64> = (0..=steps).map(at).collect();
        let bends: Vec<f64> = mesh.iter().map(|x| self.bend(*x)).collect();
        for k in 1..steps {
            if bends[k] <= bends[k - 1] && bends[k] <= bends[k + 1] {
                mesh.push(lowest(at(k - 1), at(k + 1), |x| self.bend(x)));
            }
        }
        mesh.sort_unstable_by(f64::total_cmp);
        let turns: Vec<f64> =
            mesh.windows(2).filter_map(|ends| root(ends[0], ends[1], |x| self.bend(x))).map(|r| r.value).collect();
        let edges: Vec<f64> = [-END].into_iter().chain(turns).chain([END]).collect();
        let found = edges.windows(2).filter_map(|ends| {
            let x = root(ends[0], ends[1], |x| self.slope(x))?.value;
            let (p, q) = odds(x);
            let minimum = self.slope(ends[0]) < 0.0;
            Some(FarState { mass_plus: p, mass_minus: q, objective: self.objective_of(p, q), minimum })
        });
        found.collect()
    }

    /// The optimum: the least of the stationary points. `None` where none was found.
    pub fn optimum(&self) -> Option<FarState> {
        self.states().into_iter().min_by(|a, b| a.objective.total_cmp(&b.objective))
    }
}

/// p and 1 - p at log-odds x.
fn odds(x: f64) -> (f64, f64) {
    let e = libm::exp(-x.abs());
    let (near, far) = (1.0 / (1.0 + e), e / (1.0 + e));
    if x < 0.0 { (far, near) } else { (near, far) }
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// R(p) of one coordinate: (1/2) \[p log s_+ + q log s_- + log(p/s_+ + q/s_-)\] + p q delta^2 / (2 (p s_- + q s_+)).
fn divergence(c: &NearCoordinate, p: f64, q: f64) -> f64 {
    let (plus, minus) = (c.variance_plus, c.variance_minus);
    let mixed = p * minus + q * plus;
    let widths = p * libm::log(plus) + q * libm::log(minus) + libm::log(p / plus + q / minus);
    0.5 * widths + 0.5 * p * q * c.distance * c.distance / mixed
}

fn divergence_slope(c: &NearCoordinate, p: f64, q: f64) -> f64 {
    let (plus, minus) = (c.variance_plus, c.variance_minus);
    let mixed = p * minus + q * plus;
    let widths = libm::log(plus / minus) + (1.0 / plus - 1.0 / minus) / (p / plus + q / minus);
    let bend = ((q - p) * mixed - p * q * (minus - plus)) / (mixed * mixed);
    0.5 * widths + 0.5 * c.distance * c.distance * bend
}

/// R'' < 0.
fn divergence_bend(c: &NearCoordinate, p: f64, q: f64) -> f64 {
    let (plus, minus) = (c.variance_plus, c.variance_minus);
    let mixed = p * minus + q * plus;
    let ratio = (1.0 / plus - 1.0 / minus) / (p / plus + q / minus);
    -0.5 * ratio * ratio - c.distance * c.distance * plus * minus / (mixed * mixed * mixed)
}

/// Where `f`, with one minimum between `low` and `high`, is least.
pub(super) fn lowest(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let golden = 0.5 * (5.0f64.sqrt() - 1.0);
    let (mut low, mut high) = (low, high);
    for _ in 0..SECTIONS {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if f(left) < f(right) {
            high = right;
        } else {
            low = left;
        }
    }
    0.5 * (low + high)
}

//! Product measures in the plane on a tensor grid, for any Gaussian mixture: mean field (M1), no reduction.

use super::gaussian_mixture::GaussianMixture;
use super::plane_grid::{PlaneAxis, Turned};
use crate::parameter::{InvalidParameter, Part, positive};

/// How finely, how far and at which temperatures the plane is resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaneOptions {
    /// Grids so many times finer than 13 digits need; from 0.5 to 4. The difference between two values is the error of
    /// discretisation.
    pub fineness: f64,
    /// The lowest temperature that will be asked for, at least 0.05.
    pub coldest: f64,
    /// The highest one.
    pub hottest: f64,
}

impl Default for PlaneOptions {
    fn default() -> Self {
        Self { fineness: 1.0, coldest: 1.0, hottest: 1.0 }
    }
}

/// Mean-field inference on a Gaussian mixture in the plane, in every frame x = c + R(alpha) y about the target's centre c:
///
/// F_beta(q) = E_q\[log q - beta log pi\],   q_j(y_j) prop. to exp(beta E_{q_-j} log pi),   mean field (M1).
///
/// A shift is harmless, a product measure stays one: means are reported in the frame about the origin, R^T x.
/// One square grid serves all angles and temperatures, so that states carry over. Source: mean field 12, 13 (a).
#[derive(Debug, Clone)]
pub struct PlaneMeanField {
    pub(super) target: GaussianMixture,
    pub(super) options: PlaneOptions,
    pub(super) axis: PlaneAxis,
}

/// A state: log densities and masses of both coordinates on the grid of the [`PlaneMeanField`] that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneState {
    pub(super) logs: [Vec<f64>; 2],
    pub(super) mass: [Vec<f64>; 2],
    pub(super) even: bool,
}

/// The fit in one frame at one temperature.
#[derive(Debug, Clone)]
pub struct PlaneFrame<'a> {
    pub(super) plane: &'a PlaneMeanField,
    pub(super) angle: f64,
    pub(super) beta: f64,
    pub(super) components: Vec<Turned>,
    /// log pi(x_k, x_l), rows k.
    log_density: Vec<f64>,
}

/// Deviations beyond the outermost mean: density e^(-45).
const REACH: f64 = 9.5;
/// Step in the smallest deviation, error e^(-2 pi^2/0.3^2) at most; and the step times the slope s of log(P_k/P_l) half way
/// between two means, where log pi has its poles, at i pi/s: error e^(-2 pi^2/0.45).
const SMOOTH: f64 = 0.3;
const POLES: f64 = 0.45;
/// Most points of a coordinate: the matrix has their square.
const MOST: f64 = 4096.0;
const COLDEST: f64 = 0.05;
/// Masses that add nothing to a field.
const NOTHING: f64 = 1e-30;

impl PlaneMeanField {
    /// The fits of `target`.
    ///
    /// Errors: a target that is not of two dimensions; a fineness outside 0.5 to 4, temperatures below 0.05, not finite or in the wrong
    /// order; a target that needs more than 4096 points a coordinate.
    pub fn new(target: GaussianMixture, options: PlaneOptions) -> Result<Self, InvalidParameter> {
        let PlaneOptions { fineness, coldest, hottest } = options;
        if target.dimension() != 2 {
            let rule = "be 2 for fits in the plane";
            return Err(InvalidParameter::new("dimension", target.dimension(), rule).of(Part::Target));
        }
        if !(0.5..=4.0).contains(&fineness) {
            return Err(InvalidParameter::new("fineness", fineness, "lie between 0.5 and 4"));
        }
        if !(coldest >= COLDEST && coldest.is_finite()) {
            return Err(InvalidParameter::new("coldest", coldest, "be finite and at least 0.05"));
        }
        if positive("hottest", hottest)? < coldest {
            return Err(InvalidParameter::new("hottest", hottest, "be at least the coldest temperature"));
        }
        let components = Turned::all(&target, 0.0);
        let scales = components.iter().map(|c| spread(c.precision));
        let (narrow, wide) = scales.fold((f64::INFINITY, 0.0f64), |(n, w), (low, high)| (n.min(low), w.max(high)));
        let radius = components.iter().map(|c| c.mean[0].hypot(c.mean[1])).fold(0.0, f64::max);
        let mut step = SMOOTH * narrow * coldest.sqrt();
        for (k, a) in components.iter().enumerate() {
            for b in &components[..k] {
                let middle = [0.5 * (a.mean[0] + b.mean[0]), 0.5 * (a.mean[1] + b.mean[1])];
                let (f, g) = (a.pull(middle[0], middle[1]), b.pull(middle[0], middle[1]));
                step = step.min(POLES / (f[0] - g[0]).hypot(f[1] - g[1]));
            }
        }
        step /= fineness;
        let half = ((radius + REACH * wide * hottest.sqrt()) / step).ceil();
        if half.is_nan() || 2.0 * half >= MOST {
            let rule = "need at most 4096 points a coordinate: modes closer, widths less different, or less heat";
            return Err(InvalidParameter::new("target", format!("{} points wide", 2.0 * half + 1.0), rule));
        }
        Ok(Self { target, options, axis: PlaneAxis::new(step, half as usize) })
    }

    /// The target.
    pub fn target(&self) -> &GaussianMixture {
        &self.target
    }

    /// The fit in the frame x = c + R(`angle`) y, in radians, at T = `temperature`.
    ///
    /// Errors: an angle that is not finite, a temperature outside the options' range.
    pub fn frame(&self, angle: f64, temperature: f64) -> Result<PlaneFrame<'_>, InvalidParameter> {
        crate::parameter::finite("angle", angle)?;
        let PlaneOptions { coldest, hottest, .. } = self.options;
        if !(coldest..=hottest).contains(&temperature) {
            let rule = format!("lie in the range of the options, {coldest} to {hottest}");
            return Err(InvalidParameter::new("temperature", temperature, rule));
        }
        let components = Turned::all(&self.target, angle);
        let log_density = self.axis.log_density(&components);
        Ok(PlaneFrame { plane: self, angle, beta: 1.0 / temperature, components, log_density })
    }

    /// The state of these log densities, normalised; an even one is made so exactly.
    pub(super) fn state(&self, mut logs: [Vec<f64>; 2], even: bool) -> PlaneState {
        if even {
            logs.iter_mut().for_each(symmetrise);
        }
        let mass = logs.each_mut().map(|logs| normalise(logs));
        PlaneState { logs, mass, even }
    }
}

/// Smallest and largest deviation of a component, from its precision.
fn spread([a, b, c]: [f64; 3]) -> (f64, f64) {
    let root = (0.5 * (a - c)).hypot(b);
    let (low, high) = (0.5 * (a + c) - root, 0.5 * (a + c) + root);
    // det/high where the difference would cancel.
    let low = low.max((a * c - b * b) / high);
    (1.0 / high.sqrt(), 1.0 / low.sqrt())
}

fn symmetrise(logs: &mut Vec<f64>) {
    let mirrored: Vec<f64> = logs.iter().zip(logs.iter().rev()).map(|(a, b)| 0.5 * (a + b)).collect();
    *logs = mirrored;
}

/// Shifts `logs` so that their exponentials sum to 1, and gives these.
pub(super) fn normalise(logs: &mut [f64]) -> Vec<f64> {
    let top = logs.iter().fold(f64::NEG_INFINITY, |m: f64, l| m.max(*l));
    let sum: f64 = logs.iter().map(|l| libm::exp(l - top)).sum();
    let shift = top + libm::log(sum);
    logs.iter_mut().for_each(|l| *l -= shift);
    logs.iter().map(|l| libm::exp(*l)).collect()
}

impl PlaneFrame<'_> {
    /// The angle of the frame.
    pub fn angle(&self) -> f64 {
        self.angle
    }

    /// T.
    pub fn temperature(&self) -> f64 {
        1.0 / self.beta
    }

    /// beta sum over the other coordinate of `weight` log pi, at the points of coordinate `j`.
    pub(super) fn field(&self, j: usize, weight: &[f64]) -> Vec<f64> {
        let n = weight.len();
        let seen = |w: &f64| w.abs() > NOTHING;
        let (Some(low), Some(high)) = (weight.iter().position(seen), weight.iter().rposition(seen)) else {
            return vec![0.0; n];
        };
        let rows = self.log_density.chunks_exact(n);
        if j == 0 {
            return rows.map(|row| self.beta * lanes(&row[low..=high], &weight[low..=high])).collect();
        }
        let mut sum = vec![0.0; n];
        for (row, w) in rows.zip(weight).take(high + 1).skip(low) {
            let w = self.beta * w;
            sum.iter_mut().zip(row).for_each(|(sum, l)| *sum += w * l);
        }
        sum
    }

    /// F = E_q\[log q - beta log pi\].
    pub fn objective(&self, state: &PlaneState) -> f64 {
        let step = libm::log(self.plane.axis.step);
        let entropy = |j: usize| dot(&state.mass[j], &state.logs[j]) - step;
        entropy(0) + entropy(1) - dot(&state.mass[0], &self.field(0, &state.mass[1]))
    }

    /// One sweep in turn: q_1 given q_2, then q_2 given the new q_1, mean field (M1). F never rises.
    pub fn sweep(&self, state: &PlaneState) -> PlaneState {
        let first = self.field(0, &state.mass[1]);
        let half = self.plane.state([first, state.logs[1].clone()], state.even);
        let second = self.field(1, &half.mass[0]);
        self.plane.state([half.logs[0].clone(), second], state.even)
    }
}

/// f - E f.
pub(super) fn centred(mass: &[f64], f: Vec<f64>) -> Vec<f64> {
    let mean = dot(mass, &f);
    f.into_iter().map(|v| v - mean).collect()
}

/// [`dot`] in four running sums.
fn lanes(p: &[f64], f: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (p_chunks, f_chunks) = (p.chunks_exact(4), f.chunks_exact(4));
    let rest = dot(p_chunks.remainder(), f_chunks.remainder());
    for (p, f) in p_chunks.zip(f_chunks) {
        for (sum, (p, f)) in sums.iter_mut().zip(p.iter().zip(f)) {
            *sum += p * f;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

pub(super) fn dot(p: &[f64], f: &[f64]) -> f64 {
    p.iter().zip(f).map(|(p, f)| p * f).sum()
}

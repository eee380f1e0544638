//! Product measures fitted to any Gaussian mixture in up to a hundred dimensions, by averages over quasi-random points.

use super::gaussian_mixture::GaussianMixture;
use super::orthogonal::{Matrix, conjugate, frame, turned_back};
use super::sampled_curve::{Basis, SampledAxis, basis};
use super::sampled_marginal::SampledMarginal;
use super::sampled_points::uniforms;
use crate::parameter::{InvalidParameter, Part};

/// How many points stand for the law, and how finely its marginals are resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampledOptions {
    /// N, a power of two from 64 to 65536 and at least 4 d. The error of sampling falls nearly like 1/N in few dimensions.
    pub points: usize,
    /// The shift of the lattice: fits with different seeds are replicates, whose spread is the error of sampling.
    pub seed: u64,
    /// Grids so many times finer than 11 digits of F need; from 0.5 to 4.
    pub fineness: f64,
}

impl Default for SampledOptions {
    fn default() -> Self {
        Self { points: 1024, seed: 1, fineness: 1.0 }
    }
}

/// Mean-field inference on a Gaussian mixture in R^d, 1 <= d <= 100, in any frame x = c + R y about the target's centre c:
///
/// F_beta(q) = E_q\[log q - beta log pi\],   q_j(y) prop. to exp(beta mean_n log pi(y, Y_n,-j)),   mean field (M1),
///
/// Y_nj the quantile of q_j at u_nj. For a target that is a product in the frame the average has no error, whatever the N points.
/// One set of u serves all frames and temperatures, so that fits are smooth in both. Source: mean field 2, 12.
#[derive(Debug, Clone)]
pub struct SampledMeanField {
    pub(super) target: GaussianMixture,
    pub(super) options: SampledOptions,
    pub(super) uniforms: Vec<Vec<f64>>,
    pub(super) basis: Basis,
}

/// A state: the marginals of a frame, and the points that stand for the law.
#[derive(Debug, Clone, PartialEq)]
pub struct SampledState {
    pub(super) marginals: Vec<SampledMarginal>,
    /// Y_nj, coordinate by coordinate.
    pub(super) samples: Vec<Vec<f64>>,
}

/// A component in a frame.
#[derive(Debug, Clone)]
pub(super) struct SampledShape {
    pub(super) mean: Vec<f64>,
    pub(super) precision: Matrix,
    /// Sigma_jj.
    pub(super) variance: Vec<f64>,
    pub(super) ground: f64,
}

/// The fit in one frame at one temperature.
#[derive(Debug, Clone)]
pub struct SampledFrame<'a> {
    pub(super) fit: &'a SampledMeanField,
    pub(super) rotation: Matrix,
    pub(super) beta: f64,
    pub(super) shapes: Vec<SampledShape>,
    pub(super) axes: Vec<SampledAxis>,
}

/// Most coordinates.
const MOST_COORDINATES: usize = 100;
/// Deviations beyond the outermost mean.
const REACH: f64 = 8.8;
/// Step in the smallest deviation of a conditional law; and times the slope of log(P_k/P_l) along the coordinate where two
/// components meet: poles of log pi are then pi/0.25 steps away.
const SMOOTH: f64 = 0.35;
const POLES: f64 = 0.25;
/// Points of a coordinate: multiples of a block, at most so many.
pub(super) const BLOCK: usize = 16;
const MOST: f64 = 4096.0;
/// Temperatures.
const COLDEST: f64 = 0.05;
const HOTTEST: f64 = 1000.0;
const POINTS: std::ops::RangeInclusive<usize> = 64..=65536;

impl SampledMeanField {
    /// The fits of `target`.
    ///
    /// Errors: more than 100 dimensions; points that are not a power of two from 64 to 65536, or fewer than 4 d; a fineness outside 0.5
    /// to 4.
    pub fn new(target: GaussianMixture, options: SampledOptions) -> Result<Self, InvalidParameter> {
        let SampledOptions { points, seed, fineness } = options;
        let d = target.dimension();
        if d > MOST_COORDINATES {
            return Err(InvalidParameter::new("dimension", d, "be at most 100 for sampled fits").of(Part::Target));
        }
        if !(POINTS.contains(&points) && points.is_power_of_two()) {
            return Err(InvalidParameter::new("points", points, "be a power of two from 64 to 65536"));
        }
        if points < 4 * d {
            let rule = format!("be at least four times the dimension, {}", 4 * d);
            return Err(InvalidParameter::new("points", points, rule));
        }
        if !(0.5..=4.0).contains(&fineness) {
            return Err(InvalidParameter::new("fineness", fineness, "lie between 0.5 and 4"));
        }
        Ok(Self { uniforms: uniforms(points, d, seed), target, options, basis: basis() })
    }

    /// The target.
    pub fn target(&self) -> &GaussianMixture {
        &self.target
    }

    /// The options.
    pub fn options(&self) -> SampledOptions {
        self.options
    }

    /// The fit in the frame x = c + R y, R = `rotation` by rows, at T = `temperature`.
    ///
    /// Errors: a rotation that is not orthogonal to 1e-8 or not of d rows and columns; a temperature outside 0.05 to 1000; a target that
    /// needs more than 4096 points a coordinate in this frame.
    pub fn frame(&self, rotation: &[Vec<f64>], temperature: f64) -> Result<SampledFrame<'_>, InvalidParameter> {
        if !(COLDEST..=HOTTEST).contains(&temperature) {
            return Err(InvalidParameter::new("temperature", temperature, "lie between 0.05 and 1000"));
        }
        let rotation = frame(rotation, self.target.dimension())?;
        let centre = self.target.centre();
        let turned = |shape: &super::gaussian_mixture::Shape| {
            let away: Vec<f64> = shape.mean.iter().zip(&centre).map(|(m, c)| m - c).collect();
            let covariance = conjugate(&rotation, &shape.covariance);
            SampledShape {
                mean: turned_back(&rotation, &away),
                precision: conjugate(&rotation, &shape.precision),
                variance: (0..away.len()).map(|j| covariance[j][j]).collect(),
                ground: shape.ground,
            }
        };
        let shapes: Vec<SampledShape> = self.target.shapes().iter().map(turned).collect();
        let axis = |j: usize| self.axis(&shapes, j, temperature);
        let axes = (0..rotation.len()).map(axis).collect::<Result<_, _>>()?;
        Ok(SampledFrame { fit: self, rotation, beta: 1.0 / temperature, shapes, axes })
    }

    /// The grid of coordinate `j`.
    fn axis(&self, shapes: &[SampledShape], j: usize, temperature: f64) -> Result<SampledAxis, InvalidParameter> {
        let seen = || shapes.iter().filter(|shape| shape.ground > f64::NEG_INFINITY);
        let (mut low, mut high, mut step) = (f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY);
        for (k, a) in seen().enumerate() {
            let reach = REACH * (a.variance[j] * temperature).sqrt();
            (low, high) = (low.min(a.mean[j] - reach), high.max(a.mean[j] + reach));
            step = step.min(SMOOTH * (temperature / a.precision[j][j]).sqrt());
            for b in seen().take(k) {
                step = step.min(POLES / meeting_slope(a, b, j));
            }
        }
        let count = ((high - low) / (step / self.options.fineness)).ceil() + 1.0;
        if count.is_nan() || count > MOST {
            let rule = "need at most 4096 points a coordinate: modes closer, widths less different, or less heat";
            return Err(InvalidParameter::new("target", format!("{count} points wide"), rule));
        }
        let count = (count as usize).div_ceil(BLOCK) * BLOCK;
        Ok(SampledAxis { first: low, step: (high - low) / (count - 1) as f64, count })
    }
}

/// The slope of log(P_a/P_b) along coordinate `j` half way between the means, and a deviation of what it varies there.
fn meeting_slope(a: &SampledShape, b: &SampledShape, j: usize) -> f64 {
    let (mut middle, mut varied) = (0.0, 0.0);
    for i in 0..a.mean.len() {
        middle += 0.5 * (a.precision[j][i] + b.precision[j][i]) * (b.mean[i] - a.mean[i]);
        let change = a.precision[j][i] - b.precision[j][i];
        varied += change * change * 0.5 * (a.variance[i] + b.variance[i]);
    }
    f64::abs(middle) + f64::sqrt(varied)
}

impl SampledFrame<'_> {
    /// R, by rows, orthogonal to rounding.
    pub fn rotation(&self) -> &[Vec<f64>] {
        &self.rotation
    }

    /// T.
    pub fn temperature(&self) -> f64 {
        1.0 / self.beta
    }

    /// (y, q_j(y)) for coordinate `j` about the target's centre, y ascending and equidistant: trapezoid sums are spectrally accurate.
    ///
    /// Panics where there is no such coordinate.
    pub fn density(&self, state: &SampledState, j: usize) -> Vec<(f64, f64)> {
        let marginal = &state.marginals[j];
        marginal.axis.points().zip(&marginal.mass).map(|(x, p)| (x, p / marginal.axis.step)).collect()
    }

    /// The state of these marginals, carried to the grids of this frame.
    pub(super) fn state(&self, marginals: Vec<SampledMarginal>) -> SampledState {
        let on = |(marginal, axis): (SampledMarginal, &SampledAxis)| marginal.on(*axis, &self.fit.basis);
        let marginals: Vec<SampledMarginal> = marginals.into_iter().zip(&self.axes).map(on).collect();
        let samples = marginals.iter().zip(&self.fit.uniforms).map(|(marginal, u)| marginal.samples(u)).collect();
        SampledState { marginals, samples }
    }
}

//! What the trace of a mixture says: its fit, when it lost a mode, and how.

use rand_distr::{Distribution, StandardNormal};

use crate::diagnose::found::Found;
use crate::random::stream;
use crate::runs::{Samples, Trace};
use crate::trajectory::{Mechanism, mechanism};

/// Draws of a mixture in place of its samples.
const DRAWS: usize = 4000;
/// Draws of each component, by which it is seen which modes it covers.
const OF_A_COMPONENT: usize = 250;
/// Moments of a trace that are looked at, about.
const MOMENTS: usize = 240;
/// Variance of a coordinate where a trace does not say.
pub const UNIT: f64 = 1.0;

/// Samples of the mixture at the end of a trace; the same for the same seed.
pub fn draws(trace: &Trace, seed: u64, run: u64) -> Samples {
    let last = trace.moments() - 1;
    let mut rng = stream(seed, run);
    let weights = trace.weights_at(last);
    let variances = trace.variances_at(last);
    let mut points = Vec::with_capacity(DRAWS * trace.dimension);
    // A component has as many draws as its weight says, to one.
    let mut owed = 0.0;
    for (i, weight) in weights.iter().enumerate() {
        owed += weight * DRAWS as f64;
        let spread = variances.map_or(UNIT, |v| v[i]).sqrt();
        while owed >= 0.5 {
            for m in trace.mean(last, i) {
                let z: f64 = StandardNormal.sample(&mut rng);
                points.push(m + spread * z);
            }
            owed -= 1.0;
        }
    }
    Samples { dimension: trace.dimension, points, stride: 1, ..Samples::default() }
}

/// What a trace covers over its moments.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Step or time.
    pub times: Vec<f64>,
    /// T, if the trace says.
    pub temperature: Option<Vec<f64>>,
    /// The share of each mode (moment x mode).
    pub coverage: Vec<Vec<f64>>,
    /// The share of each component on each mode at the end (component x mode).
    shares: Vec<f64>,
    weights: Vec<f64>,
}

impl Course {
    /// Of a trace under the modes that were found.
    pub fn new(trace: &Trace, found: &Found, seed: u64) -> Self {
        let mut rng = stream(seed, u64::MAX);
        let d = trace.dimension;
        let normal: Vec<f64> = (0..OF_A_COMPONENT * d).map(|_| StandardNormal.sample(&mut rng)).collect();
        let modes = found.modes.len();
        let shares = |moment: usize| -> Vec<f64> {
            let mut shares = vec![0.0; trace.components * modes];
            let mut x = vec![0.0; d];
            for i in 0..trace.components {
                let mean = trace.mean(moment, i);
                let spread = trace.variances_at(moment).map_or(UNIT, |v| v[i]).sqrt();
                for z in normal.chunks_exact(d) {
                    x.iter_mut().zip(mean).zip(z).for_each(|((x, m), z)| *x = m + spread * z);
                    shares[i * modes + found.mode_of(&x)] += 1.0 / OF_A_COMPONENT as f64;
                }
            }
            shares
        };
        let step = trace.moments().div_ceil(MOMENTS).max(1);
        let last = trace.moments() - 1;
        let mut moments: Vec<usize> = (0..trace.moments()).step_by(step).collect();
        if moments.last() != Some(&last) {
            moments.push(last);
        }
        let coverage = |moment: usize| -> Vec<f64> {
            let (shares, weights) = (shares(moment), trace.weights_at(moment));
            (0..modes).map(|k| weights.iter().enumerate().map(|(i, w)| w * shares[i * modes + k]).sum()).collect()
        };
        Self {
            times: moments.iter().map(|at| trace.times[*at]).collect(),
            temperature: trace.temperature.as_ref().map(|t| moments.iter().map(|at| t[*at]).collect()),
            coverage: moments.iter().map(|at| coverage(*at)).collect(),
            shares: shares(last),
            weights: trace.weights_at(last).to_vec(),
        }
    }

    /// Why the modes `lost` are lost, by the rule of the runs of this program.
    pub fn mechanism(&self, lost: &[usize], weights: &[f64]) -> Mechanism {
        mechanism(&self.weights, &self.shares, lost, weights)
    }

    /// From which moment on a mode has less than `lost_below` times its weight for good: its place in the lists; none if it is
    /// held at the end.
    pub fn lost_from(&self, mode: usize, weight: f64, lost_below: f64) -> Option<usize> {
        let missing = self.coverage.iter().rev().take_while(|c| c[mode] < lost_below * weight).count();
        (missing > 0).then(|| self.coverage.len() - missing)
    }
}

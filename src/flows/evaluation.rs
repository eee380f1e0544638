//! How good a flow is.

use collapsar_theory::InvalidParameter;

use crate::flows::density::LogDensity;
use crate::flows::moments::{SampleMean, log_mean_exp, mean, spread};
use crate::flows::real::Real;
use crate::flows::target::{FlowTarget, PreparedTarget};
use crate::flows::transport::{Transport, base, log_normal};

/// A mode with C_k/v_k below this is lost (theory section 9).
pub const LOST_BELOW: f64 = 0.5;

/// What samples of the flow q and of the target p say about the flow.
///
/// w = p/q. "From q" is by samples of the flow, "from p" by exact samples of the target through the inverse flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// C_k = E_q[s_k(x)], from q, theory section 9.
    pub coverage: Vec<SampleMean>,
    /// The modes with v_k > 0 and C_k/v_k < 1/2, counted from 0.
    pub lost: Vec<usize>,
    /// The standard deviation of x.u under q, u the direction from the last mode to the first (the axis of a pair);
    /// none where these two coincide. The published criterion calls a flow collapsed if it is below 1.6 (theory
    /// section 10).
    pub spread: Option<SampleMean>,
    /// (E_q w)^2/E_q w^2, from q: 1 if q = p; insensitive to modes that q does not see.
    pub reverse_ess: f64,
    /// 1/(E_p w E_p 1/w), from p: 1 if q = p; small if q misses a mode of p.
    pub forward_ess: f64,
    /// KL(q||p) = E_q[log q - log p], from q.
    pub kl_reverse: SampleMean,
    /// KL(p||q) = E_p[log p - log q], from p.
    pub kl_forward: SampleMean,
    /// log E_q w, from q: 0 if q covers p, log of the covered share of p if it does not.
    pub log_z: SampleMean,
    /// Samples of each kind.
    pub samples: usize,
}

impl Evaluation {
    /// Whether all that is estimated from q is finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.kl_reverse.value.is_finite() && self.log_z.value.is_finite()
    }
}

/// Evaluates `flow` on `target` with `samples` samples of each, drawn from `seed` and independent of the training
/// draws of that seed. Refuses fewer than two samples and targets of more dimensions than the flow.
pub fn evaluate<T: Real>(
    flow: &impl Transport<T>,
    target: &FlowTarget,
    samples: usize,
    seed: u64,
) -> Result<Evaluation, InvalidParameter> {
    check_samples(samples)?;
    let d = flow.dimension();
    // Densities of the target in double precision whatever the flow's type.
    let mut modes = Modes::new(target, d)?;
    let base = base(d, seed, samples);
    let image = flow.forward(&base)?;
    let mut logs = Vec::with_capacity(samples);
    let axis = axis(target, d);
    let mut along = Vec::with_capacity(samples);
    let points = base.chunks_exact(d).zip(image.points.chunks_exact(d)).zip(&image.log_determinant);
    let mut x = vec![0.0; d];
    for ((z, point), log_det) in points {
        x.iter_mut().zip(point).for_each(|(x, p)| *x = p.to_f64());
        logs.push(log_normal(z).to_f64() - log_det.to_f64() - modes.take(&x));
        along.extend(axis.iter().map(|u| u.iter().zip(&x).map(|(u, x)| u * x).sum::<f64>()));
    }
    let (coverage, lost) = modes.found();

    let exact: Vec<f64> = target.sample(d, samples, seed);
    let cast: Vec<T> = exact.iter().map(|x| T::of(*x)).collect();
    let log_q = flow.log_density(&cast)?;
    // At the rounded points that the flow has seen.
    let log_ratio = log_q.iter().zip(cast.chunks_exact(d)).map(|(log_q, point)| {
        x.iter_mut().zip(point).for_each(|(x, p)| *x = p.to_f64());
        modes.log_density(&x) - log_q.to_f64()
    });
    let log_ratio: Vec<f64> = log_ratio.collect();

    let of_samples = DensityEvaluation::new(&logs);
    let forward = log_mean_exp(log_ratio.iter().copied()) + log_mean_exp(log_ratio.iter().map(|l| -l));
    Ok(Evaluation {
        lost,
        spread: axis.map(|_| spread(&along)),
        reverse_ess: of_samples.reverse_ess,
        forward_ess: (-forward).exp(),
        kl_reverse: of_samples.kl_reverse,
        kl_forward: mean(&log_ratio),
        log_z: of_samples.log_z,
        coverage,
        samples,
    })
}

/// The responsibilities of a target's modes at the points of a sample.
pub(crate) struct Modes<'a> {
    judge: PreparedTarget<'a>,
    weights: Vec<f64>,
    s: Vec<f64>,
    shares: Vec<Vec<f64>>,
}

impl<'a> Modes<'a> {
    pub(crate) fn new(target: &'a FlowTarget, dimension: usize) -> Result<Self, InvalidParameter> {
        let weights = target.shares();
        let judge = target.judge(dimension)?;
        Ok(Self { judge, s: vec![0.0; weights.len()], shares: vec![Vec::new(); weights.len()], weights })
    }

    fn log_density(&mut self, x: &[f64]) -> f64 {
        self.judge.log_density(x, &mut self.s)
    }

    /// Takes a point of the sample; log p there.
    pub(crate) fn take(&mut self, x: &[f64]) -> f64 {
        let log_p = self.log_density(x);
        self.shares.iter_mut().zip(&self.s).for_each(|(share, s)| share.push(*s));
        log_p
    }

    /// C_k, and the modes that are lost.
    pub(crate) fn found(&self) -> (Vec<SampleMean>, Vec<usize>) {
        let coverage: Vec<_> = self.shares.iter().map(|share| mean(share)).collect();
        let lost = coverage.iter().zip(&self.weights).enumerate();
        let lost = lost.filter(|(_, (c, v))| **v > 0.0 && c.value < LOST_BELOW * **v).map(|(k, _)| k).collect();
        (coverage, lost)
    }
}

/// What samples of the flow q alone say about it, against a target known up to its constant Z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DensityEvaluation {
    /// (E_q w)^2/E_q w^2 of w = Z p/q: 1 if q = p; insensitive to modes that q does not see.
    pub reverse_ess: f64,
    /// E_q[log q - log Z p] = KL(q||p) - log Z: the ELBO with its sign turned.
    pub kl_reverse: SampleMean,
    /// log E_q w: log Z if q covers p, less by the share that it does not.
    pub log_z: SampleMean,
    /// Samples.
    pub samples: usize,
}

impl DensityEvaluation {
    /// From log q - log Z p at samples of q, two at least.
    fn new(logs: &[f64]) -> Self {
        let (log_w, log_w2) = (log_mean_exp(logs.iter().map(|l| -l)), log_mean_exp(logs.iter().map(|l| -2.0 * l)));
        let relative = ((log_w2 - 2.0 * log_w).exp() - 1.0).max(0.0) / (logs.len() - 1) as f64;
        Self {
            reverse_ess: (2.0 * log_w - log_w2).exp(),
            kl_reverse: mean(logs),
            // The relative error of a mean is that of its logarithm.
            log_z: SampleMean { value: log_w, error: relative.sqrt() },
            samples: logs.len(),
        }
    }

    /// Whether all of it is finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.kl_reverse.value.is_finite() && self.log_z.value.is_finite()
    }
}

/// Points at which a density is asked for at once.
const ASKED: usize = 1 << 14;

/// Evaluates `flow` on a density with `samples` samples of the flow, drawn from `seed` as [`evaluate`] draws them.
pub fn evaluate_on_density<T: Real>(
    flow: &impl Transport<T>,
    target: &dyn LogDensity,
    samples: usize,
    seed: u64,
) -> Result<DensityEvaluation, InvalidParameter> {
    check_samples(samples)?;
    let d = flow.dimension();
    let base: Vec<T> = base(d, seed, samples);
    let image = flow.forward(&base)?;
    let points: Vec<f64> = image.points.iter().map(|x| x.to_f64()).collect();
    let (mut log_p, mut score) = (vec![0.0; samples], vec![0.0; ASKED.min(samples) * d]);
    for (points, log_p) in points.chunks(ASKED * d).zip(log_p.chunks_mut(ASKED)) {
        let score = &mut score[..points.len()];
        target.evaluate(points, log_p, score);
    }
    let base = base.chunks_exact(d).zip(&image.log_determinant);
    let log_q = base.map(|(z, log_det)| log_normal(z).to_f64() - log_det.to_f64());
    let logs: Vec<f64> = log_q.zip(&log_p).map(|(q, p)| q - p).collect();
    Ok(DensityEvaluation::new(&logs))
}

/// Refuses fewer samples than have a deviation.
pub(crate) fn check_samples(samples: usize) -> Result<(), InvalidParameter> {
    if samples < 2 {
        return Err(InvalidParameter::new("samples", samples, "be at least 2"));
    }
    Ok(())
}

/// The unit vector from the last mode to the first.
fn axis(target: &FlowTarget, dimension: usize) -> Option<Vec<f64>> {
    let modes = target.modes();
    let (first, last) = (modes.first()?, modes.last()?);
    let coordinate = |mode: &Vec<f64>, i: usize| mode.get(i).copied().unwrap_or(0.0);
    let u: Vec<f64> = (0..dimension).map(|i| coordinate(first, i) - coordinate(last, i)).collect();
    let norm = u.iter().map(|x| x * x).sum::<f64>().sqrt();
    (norm > 0.0).then(|| u.iter().map(|x| x / norm).collect())
}

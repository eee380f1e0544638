//! What rules that choose the next temperature by the fit look at, theory 16.4.

use crate::parameter::{InvalidParameter, positive};

/// A target of two modes at +-R e_1 with unit covariance under a fit by isotropic Gaussians of one variance: the variance of
/// log p, and the relative effective sample size of a step of beta.
#[derive(Debug, Clone, PartialEq)]
pub struct TemperedFit {
    separation: f64,
    /// h = log(w*/(1-w*))/2.
    bias: f64,
    variance: f64,
    dimension: f64,
    components: Vec<FitComponent>,
    /// Shares of a normal law at the nodes, and phi there for each component.
    shares: Vec<f64>,
    along: Vec<Vec<f64>>,
}

/// A component of the fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitComponent {
    /// Its weight; they sum to one.
    pub weight: f64,
    /// mu . e_1.
    pub along: f64,
    /// |mu - (mu . e_1) e_1|^2.
    pub across: f64,
}

/// Moments of log p under one component, up to a common constant.
struct LogDensityMoments {
    mean: f64,
    variance: f64,
}

/// Deviations beyond which nothing is left of a normal law, and digits (natural) of the trapezoidal rule.
const REACH: f64 = 9.0;
const DIGITS: f64 = 34.0;
const MOST_NODES: f64 = 2e5;

impl TemperedFit {
    /// Modes at +-`separation` e_1 of weights w*, 1 - w*; components of variance `variance` in dimension `dimension`.
    ///
    /// Errors: a separation that is negative or not finite, a weight outside (0, 1), a variance that is not positive, a dimension
    /// below 1, component weights that do not sum to one within 1e-9.
    pub fn new(
        separation: f64,
        target_weight: f64,
        variance: f64,
        dimension: usize,
        components: Vec<FitComponent>,
    ) -> Result<Self, InvalidParameter> {
        if !(separation >= 0.0 && separation.is_finite()) {
            return Err(InvalidParameter::new("separation", separation, "be finite and not negative"));
        }
        if !(target_weight > 0.0 && target_weight < 1.0) {
            return Err(InvalidParameter::new("target_weight", target_weight, "lie strictly between 0 and 1"));
        }
        positive("variance", variance)?;
        if dimension == 0 {
            return Err(InvalidParameter::new("dimension", 0.0, "be at least 1"));
        }
        let total: f64 = components.iter().map(|c| c.weight).sum();
        let sound =
            |c: &FitComponent| c.weight >= 0.0 && c.along.is_finite() && c.across >= 0.0 && c.across.is_finite();
        if (total - 1.0).abs() > 1e-9 || !components.iter().all(sound) {
            return Err(InvalidParameter::new("components", total, "have weights that sum to one, and finite means"));
        }
        let bias = (target_weight / (1.0 - target_weight)).ln() / 2.0;
        let nodes: Vec<f64> = nodes(separation * variance.sqrt()).collect();
        let densities: Vec<f64> = nodes.iter().map(|g| (-g * g / 2.0).exp()).collect();
        let mass: f64 = densities.iter().sum();
        let phi =
            |c: &FitComponent| nodes.iter().map(|g| phi(separation, bias, c.along + variance.sqrt() * g)).collect();
        let along = components.iter().map(phi).collect();
        let shares = densities.into_iter().map(|density| density / mass).collect();
        Ok(Self { separation, bias, variance, dimension: dimension as f64, components, shares, along })
    }

    /// Var_q[log p]: within components (d-1) var^2/2 + var |mu_perp|^2 + Var phi, and between them.
    pub fn log_density_variance(&self) -> f64 {
        let moments: Vec<(f64, LogDensityMoments)> =
            self.components.iter().enumerate().map(|(i, c)| (c.weight, self.moments(i))).collect();
        let mean: f64 = moments.iter().map(|(w, m)| w * m.mean).sum();
        moments.iter().map(|(w, m)| w * (m.variance + (m.mean - mean) * (m.mean - mean))).sum()
    }

    /// Logarithm of the relative effective sample size (E_q p^D)^2/E_q p^(2D) of raising beta by D = `step` >= 0, samples of q
    /// weighed by p^D; 0 for no step.
    pub fn log_effective_sample_size(&self, step: f64) -> f64 {
        let log_mean = |power: f64| {
            let logs: Vec<f64> =
                self.components.iter().enumerate().map(|(i, c)| c.weight.ln() + self.log_power(i, power)).collect();
            let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            top + logs.iter().map(|l| (l - top).exp()).sum::<f64>().ln()
        };
        2.0 * log_mean(step) - log_mean(2.0 * step)
    }

    /// Moments under component `i`; those of -|x_perp|^2/2 are closed.
    fn moments(&self, i: usize) -> LogDensityMoments {
        let (others, var, component) = (self.dimension - 1.0, self.variance, &self.components[i]);
        let here = phi(self.separation, self.bias, component.along);
        let first = self.average(i, |phi| phi - here);
        let second = self.average(i, |phi| (phi - here - first) * (phi - here - first));
        LogDensityMoments {
            mean: -0.5 * (others * var + component.across) + here + first,
            variance: 0.5 * others * var * var + var * component.across + second,
        }
    }

    /// log E_i p^power.
    fn log_power(&self, i: usize, power: f64) -> f64 {
        let spread = 1.0 + power * self.variance;
        let across = -(self.dimension - 1.0) / 2.0 * spread.ln() - power * self.components[i].across / (2.0 * spread);
        // No power of the largest overflows.
        let top = self.along[i].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        across + power * top + self.average(i, |phi| (power * (phi - top)).exp()).ln()
    }

    /// E f(phi(x)) under component `i` along the first axis, by the trapezoidal rule.
    fn average(&self, i: usize, f: impl Fn(f64) -> f64) -> f64 {
        self.shares.iter().zip(&self.along[i]).map(|(share, phi)| share * f(*phi)).sum()
    }
}

/// phi(x) = log p along the first axis, up to a constant: -x^2/2 + log 2 cosh(R x + h).
fn phi(separation: f64, bias: f64, x: f64) -> f64 {
    let argument = (separation * x + bias).abs();
    -x * x / 2.0 + argument + (-2.0 * argument).exp().ln_1p()
}

/// Nodes of the trapezoidal rule for phi(m + sqrt(var) g), whose nearest singularities lie at Im x = pi/(2 R), theory 3.5;
/// `width` is R sqrt(var).
fn nodes(width: f64) -> impl Iterator<Item = f64> {
    let strip = std::f64::consts::FRAC_PI_2 / width.max(0.25);
    let count = (REACH * DIGITS / (std::f64::consts::TAU * strip)).clamp(4.0 * REACH, MOST_NODES).ceil();
    (-(count as i64)..=count as i64).map(move |i| REACH * i as f64 / count)
}

//! What rules that choose the next temperature by the fit look at, theory 16.4, and what heat does to the weights of far modes,
//! theory 16.5.

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
struct Moments {
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
        Ok(Self { separation, bias, variance, dimension: dimension as f64, components })
    }

    /// Var_q[log p]: within components (d-1) var^2/2 + var |mu_perp|^2 + Var phi, and between them.
    pub fn log_density_variance(&self) -> f64 {
        let moments: Vec<(f64, Moments)> = self.components.iter().map(|c| (c.weight, self.moments(c))).collect();
        let mean: f64 = moments.iter().map(|(w, m)| w * m.mean).sum();
        moments.iter().map(|(w, m)| w * (m.variance + (m.mean - mean) * (m.mean - mean))).sum()
    }

    /// Logarithm of the relative effective sample size (E_q p^D)^2/E_q p^(2D) of raising beta by D = `step` >= 0, samples of q
    /// weighed by p^D; 0 for no step.
    pub fn log_effective_sample_size(&self, step: f64) -> f64 {
        let log_mean = |power: f64| {
            let logs: Vec<f64> = self.components.iter().map(|c| c.weight.ln() + self.log_power(c, power)).collect();
            let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            top + logs.iter().map(|l| (l - top).exp()).sum::<f64>().ln()
        };
        2.0 * log_mean(step) - log_mean(2.0 * step)
    }

    /// phi(x) = log p along the first axis, up to a constant: -x^2/2 + log 2 cosh(R x + h).
    fn along(&self, x: f64) -> f64 {
        let argument = (self.separation * x + self.bias).abs();
        -x * x / 2.0 + argument + (-2.0 * argument).exp().ln_1p()
    }

    /// Moments under a component; those of -|x_perp|^2/2 are closed.
    fn moments(&self, component: &FitComponent) -> Moments {
        let (others, var) = (self.dimension - 1.0, self.variance);
        let here = self.along(component.along);
        let first = self.average(component, |phi| phi - here);
        let second = self.average(component, |phi| (phi - here - first) * (phi - here - first));
        Moments {
            mean: -0.5 * (others * var + component.across) + here + first,
            variance: 0.5 * others * var * var + var * component.across + second,
        }
    }

    /// log E_i p^power.
    fn log_power(&self, component: &FitComponent, power: f64) -> f64 {
        let spread = 1.0 + power * self.variance;
        let across = -(self.dimension - 1.0) / 2.0 * spread.ln() - power * component.across / (2.0 * spread);
        let top = self.greatest(component);
        across + power * top + self.average(component, |phi| (power * (phi - top)).exp()).ln()
    }

    /// The largest phi among the nodes, so that no power of it overflows.
    fn greatest(&self, component: &FitComponent) -> f64 {
        self.nodes().map(|g| self.along(component.along + self.variance.sqrt() * g)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// E f(phi(x)) under a component along the first axis, by the trapezoidal rule: phi has its nearest singularities at
    /// Im x = pi/(2 R), theory 3.5.
    fn average(&self, component: &FitComponent, f: impl Fn(f64) -> f64) -> f64 {
        let (mut total, mut mass) = (0.0, 0.0);
        for g in self.nodes() {
            let density = (-g * g / 2.0).exp();
            total += density * f(self.along(component.along + self.variance.sqrt() * g));
            mass += density;
        }
        total / mass
    }

    fn nodes(&self) -> impl Iterator<Item = f64> {
        let strip = std::f64::consts::FRAC_PI_2 / (self.separation * self.variance.sqrt()).max(0.25);
        let count = (REACH * DIGITS / (std::f64::consts::TAU * strip)).clamp(4.0 * REACH, MOST_NODES).ceil();
        (-(count as i64)..=count as i64).map(move |i| REACH * i as f64 / count)
    }
}

/// The weights of far modes in p^beta, theory (40): v_k^beta |Sigma_k|^((1-beta)/2) over their sum. `log_determinants` are those
/// of the covariances, one for each weight.
pub fn tempered_weights(weights: &[f64], log_determinants: &[f64], beta: f64) -> Vec<f64> {
    let logs: Vec<f64> =
        weights.iter().zip(log_determinants).map(|(v, volume)| beta * v.ln() + (1.0 - beta) / 2.0 * volume).collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logs.iter().map(|l| (l - top).exp()).sum();
    logs.iter().map(|l| (l - top).exp() / total).collect()
}

/// What tempering does to the weights of far modes on the way to T = 1: annealing may lead to the wrong mode.
#[derive(Debug, Clone, PartialEq)]
pub struct TemperingDrift {
    /// The mode that is the heaviest above a temperature, if it is not the heaviest at T = 1, and that temperature.
    pub heaviest: Option<(usize, f64)>,
    /// Modes with less than half of their weight above a temperature, and that temperature.
    pub halved: Vec<(usize, f64)>,
}

/// Values of beta that are looked at.
const BETAS: usize = 400;

impl TemperingDrift {
    /// The drift between T = 1 and `hottest` >= 1; temperatures are the lowest at which it shows, to one part in 400 of the
    /// way in beta.
    pub fn new(weights: &[f64], log_determinants: &[f64], hottest: f64) -> Self {
        let heaviest = |weights: &[f64]| (0..weights.len()).fold(0, |a, b| if weights[b] > weights[a] { b } else { a });
        let (at_end, mut found) = (heaviest(weights), Self { heaviest: None, halved: Vec::new() });
        for i in 0..=BETAS {
            let beta = 1.0 - (1.0 - 1.0 / hottest) * i as f64 / BETAS as f64;
            let now = tempered_weights(weights, log_determinants, beta);
            let heavy = heaviest(&now);
            // Rounding does not make one heavier.
            if found.heaviest.is_none() && now[heavy] > now[at_end] * (1.0 + 1e-9) {
                found.heaviest = Some((heavy, 1.0 / beta));
            }
            for (k, (share, weight)) in now.iter().zip(weights).enumerate() {
                if *share < weight / 2.0 && !found.halved.iter().any(|(mode, _)| *mode == k) {
                    found.halved.push((k, 1.0 / beta));
                }
            }
        }
        found
    }
}

//! The tempered target in the plane of its modes.

use std::f64::consts::{PI, TAU};

/// The quadrature reaches this many standard deviations 1/sqrt(beta) beyond the modes: e^(-81/2) is left out.
const REACH: f64 = 9.0;
/// Steps in units of 1/sqrt(beta): the trapezoid rule errs by e^(-2 pi^2/0.16) on a Gaussian.
const STEP: f64 = 0.4;
/// Steps over the distance of the nearest singularity of p^beta from the real axis: an error of e^(-12 pi).
const STRIP: f64 = 6.0;

/// p^beta normalised, for p = sum_k v_k N(.; nu_k, I) with the modes in the plane: the marginal in that plane of the
/// tempered target in any dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct TemperedTarget {
    modes: Vec<[f64; 2]>,
    log_weights: Vec<f64>,
    beta: f64,
    /// Integral of p^beta over the plane, up to the constant of the Gaussians.
    integral: f64,
    /// The second coordinate that all modes have, if they have one: p^beta then factorises.
    line: Option<f64>,
    weights: Vec<f64>,
}

/// Most nodes of the quadrature.
const MOST_NODES: f64 = 4e6;

impl TemperedTarget {
    /// Checks that the quadrature at inverse temperature `beta` is not out of reach: it takes nodes in proportion to the
    /// extent of modes and temperature over the distance at which the modes' terms change signs.
    ///
    /// # Errors
    /// The number of nodes and the most that there may be.
    pub fn check(modes: &[[f64; 2]], beta: f64) -> Result<(), String> {
        let counts = [0, 1].map(|axis| {
            let (first, last, step) = extent(modes, axis, beta);
            ((last - first) / step).ceil() + 1.0
        });
        // Modes on a line need none across it.
        let across = if modes.iter().all(|m| m[1] == modes[0][1]) { 1.0 } else { counts[1] };
        let nodes = counts[0] * across;
        if nodes <= MOST_NODES {
            return Ok(());
        }
        Err(format!("leave the tempered target at T = {} at most {MOST_NODES:e} nodes; it has {nodes:.1e}", 1.0 / beta))
    }

    /// The tempered target at inverse temperature `beta`, at which [`TemperedTarget::check`] finds nothing.
    pub fn new(modes: &[[f64; 2]], weights: &[f64], beta: f64) -> Self {
        let kept: Vec<usize> = (0..modes.len()).filter(|&k| weights[k] > 0.0).collect();
        let first = modes.first().map_or(0.0, |m| m[1]);
        let spread = modes.iter().map(|m| (m[1] - first).abs()).fold(0.0, f64::max);
        let scale = modes.iter().map(|m| m[0].abs()).fold(1.0, f64::max);
        let mut tempered = Self {
            modes: kept.iter().map(|&k| modes[k]).collect(),
            log_weights: kept.iter().map(|&k| weights[k].ln()).collect(),
            beta,
            integral: 1.0,
            line: (spread <= 1e-12 * scale).then_some(first),
            weights: vec![0.0; modes.len()],
        };
        let (mut total, mut shares) = (0.0, vec![0.0; kept.len()]);
        let [along, _] = [0, 1].map(|axis| tempered.nodes(axis));
        for a in &along {
            let (mass, parts) = tempered.slice(*a);
            total += mass;
            shares.iter_mut().zip(parts).for_each(|(share, part)| *share += part);
        }
        let step = along.get(1).zip(along.first()).map_or(1.0, |(b, a)| b - a);
        tempered.integral = step * total;
        for (share, &k) in shares.iter().zip(&kept) {
            tempered.weights[k] = share / total;
        }
        tempered
    }

    /// The density at a point.
    pub fn density(&self, [a, b]: [f64; 2]) -> f64 {
        (self.beta * self.log_mixture([a, b])).exp() / self.integral
    }

    /// The marginal density of the first coordinate.
    pub fn marginal(&self, a: f64) -> f64 {
        self.slice(a).0 / self.integral
    }

    /// The share of each mode in p^beta, E\[s_k\] for the target's responsibilities s_k; v_k at beta = 1.
    pub fn mode_weights(&self) -> &[f64] {
        &self.weights
    }

    fn terms(&self, [a, b]: [f64; 2]) -> impl Iterator<Item = f64> + '_ {
        let pairs = self.modes.iter().zip(&self.log_weights);
        pairs.map(move |(m, l)| l - 0.5 * ((a - m[0]).powi(2) + (b - m[1]).powi(2)))
    }

    /// log sum_k v_k exp(-|x - nu_k|^2/2), without overflow.
    fn log_mixture(&self, at: [f64; 2]) -> f64 {
        let largest = self.terms(at).fold(f64::NEG_INFINITY, f64::max);
        largest + self.terms(at).map(|t| (t - largest).exp()).sum::<f64>().ln()
    }

    /// Integral over the second coordinate of p^beta and of s_k p^beta.
    fn slice(&self, a: f64) -> (f64, Vec<f64>) {
        let (nodes, step) = match self.line {
            // Gaussian across, and the responsibilities do not depend on it.
            Some(b) => (vec![b], (TAU / self.beta).sqrt()),
            None => {
                let nodes = self.nodes(1);
                let step = nodes.get(1).zip(nodes.first()).map_or(1.0, |(b, a)| b - a);
                (nodes, step)
            }
        };
        let (mut total, mut parts) = (0.0, vec![0.0; self.modes.len()]);
        for b in nodes {
            let log = self.log_mixture([a, b]);
            let mass = step * (self.beta * log).exp();
            total += mass;
            parts.iter_mut().zip(self.terms([a, b])).for_each(|(part, term)| *part += mass * (term - log).exp());
        }
        (total, parts)
    }

    /// Nodes of the trapezoid rule along an axis. The mixture has no zero as long as the phases of its terms stay within
    /// pi: p^beta is analytic in the strip of half width pi/(extent of the modes).
    fn nodes(&self, axis: usize) -> Vec<f64> {
        let (first, last, step) = extent(&self.modes, axis, self.beta);
        let count = ((last - first) / step).ceil() as usize;
        (0..=count).map(|i| first + step * i as f64).collect()
    }
}

/// First and last place along an axis, and the step.
fn extent(modes: &[[f64; 2]], axis: usize, beta: f64) -> (f64, f64, f64) {
    let places = modes.iter().map(|m| m[axis]);
    let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let deviation = 1.0 / beta.sqrt();
    let step = (STEP * deviation).min(PI / (high - low).max(f64::MIN_POSITIVE) / STRIP);
    (low - REACH * deviation, high + REACH * deviation, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::Gaussians;

    const PAIR: [[f64; 2]; 2] = [[3.0, 0.0], [-3.0, 0.0]];
    const THREE: [[f64; 2]; 3] = [[3.0, 0.0], [-1.5, 2.6], [-1.5, -2.6]];

    /// Simpson's rule.
    fn integral(f: impl Fn(f64) -> f64, reach: f64, steps: u32) -> f64 {
        let h = 2.0 * reach / f64::from(steps);
        let weight = |i| if i == 0 || i == steps { 1.0 } else { 2.0 + 2.0 * f64::from(i % 2) };
        h / 3.0 * (0..=steps).map(|i| weight(i) * f(f64::from(i) * h - reach)).sum::<f64>()
    }

    #[test]
    fn at_beta_one_it_is_the_target() {
        for (modes, weights) in [(&PAIR[..], &[0.8, 0.2][..]), (&THREE, &[0.5, 0.3, 0.2])] {
            let tempered = TemperedTarget::new(modes, weights, 1.0);
            let target = Gaussians { centres: modes.to_vec(), weights: weights.to_vec(), variance: 1.0 };
            for at in [[0.0, 0.0], [2.5, -0.7], [-4.0, 1.0]] {
                assert!((tempered.density(at) - target.density(at)).abs() < 1e-14);
                assert!((tempered.marginal(at[0]) - target.marginal(at[0])).abs() < 1e-14);
            }
            for (found, v) in tempered.mode_weights().iter().zip(weights) {
                assert!((found - v).abs() < 1e-13, "{found} for {v}");
            }
        }
    }

    #[test]
    fn marginals_hold_mass_one_at_any_temperature() {
        for (modes, weights) in [(&PAIR[..], &[0.8, 0.2][..]), (&THREE, &[0.5, 0.3, 0.2])] {
            for temperature in [1.0, 4.0, 90.0] {
                let tempered = TemperedTarget::new(modes, weights, 1.0 / temperature);
                let reach = 4.0 + 9.0 * f64::sqrt(temperature);
                let mass = integral(|a| tempered.marginal(a), reach, 4000);
                assert!((mass - 1.0).abs() < 1e-9, "T = {temperature}: {mass}");
                // The marginal is the density integrated by another rule.
                let slice = integral(|b| tempered.density([1.3, b]), reach, 4000);
                assert!((slice - tempered.marginal(1.3)).abs() < 1e-9 * slice, "T = {temperature}");
                let sum: f64 = tempered.mode_weights().iter().sum();
                assert!((sum - 1.0).abs() < 1e-13, "{sum}");
            }
        }
    }

    #[test]
    fn far_modes_have_the_powers_of_their_weights() {
        // At separation 20 and T = 4 the modes overlap by e^(-50): weights v^beta, normalised.
        let tempered = TemperedTarget::new(&[[20.0, 0.0], [-20.0, 0.0]], &[0.8, 0.2], 0.25);
        let powers = [0.8_f64.powf(0.25), 0.2_f64.powf(0.25)];
        let expected = powers[0] / (powers[0] + powers[1]);
        assert!((tempered.mode_weights()[0] - expected).abs() < 1e-12);
        let heavy = TemperedTarget::new(&[[1.0, 0.0], [-1.0, 0.0]], &[1.0, 0.0], 0.5);
        assert_eq!(heavy.mode_weights(), [1.0, 0.0]);
    }
}

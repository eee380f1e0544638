//! The variance that lags behind 1/beta, as a function of time: theory (5) to leading order in 1/d.

use collapsar_theory::{Schedule, SpherePair, SphereVariance};

use crate::integrate::{StepResult, Stepper, Tolerances};

/// Below the tolerances of any ensemble, so that the variance adds nothing to their errors.
const TOLERANCES: Tolerances = Tolerances { relative: 1e-11, absolute: 1e-12 };
/// After the last breakpoint and settling, var - 1/beta dies out like exp(-c beta t): by this exponent, and that of a
/// large var(0).
const TAIL: f64 = 50.0;

/// log var along a schedule: (log var)' = -c (beta - 1/var).
#[derive(Debug, Clone)]
pub(crate) struct Lag {
    pair: SpherePair,
    start: f64,
    /// (t, piece, log var) after every step.
    nodes: Vec<(f64, usize, f64)>,
}

impl Lag {
    /// The variance of `pair` along `schedule`; empty unless it lags.
    pub(crate) fn new(pair: &SpherePair, schedule: &Schedule) -> Self {
        let start = pair.initial_variance(schedule.initial_temperature()).ln();
        let mut lag = Self { pair: *pair, start, nodes: vec![(0.0, 0, start)] };
        if !matches!(pair.options().variance, SphereVariance::Lagging { .. }) {
            return lag;
        }
        let mut edges = schedule.breakpoints();
        let last = 1.0 / schedule.final_temperature();
        let tail = (TAIL + start.max(0.0)) / (pair.options().clock.factor(last) * last);
        edges.push(schedule.settling_time(TOLERANCES.absolute) + tail);
        for (piece, &to) in edges.iter().enumerate() {
            if let Some(last) = lag.nodes.last_mut() {
                last.1 = piece;
            }
            lag.fill(schedule, piece, to);
        }
        lag
    }

    fn fill(&mut self, schedule: &Schedule, piece: usize, to: f64) {
        let Some(&(from, _, value)) = self.nodes.last() else { return };
        if from >= to {
            return;
        }
        let mut f = field(self.pair, schedule, piece);
        let mut stepper = Stepper::new(&mut f, from, [value], TOLERANCES, to);
        while stepper.time() < to && stepper.step(&mut f, to) == StepResult::Accepted {
            self.nodes.push((stepper.time(), piece, stepper.state()[0]));
        }
    }

    /// var(t): from the last node before t, by an accurate step of its own.
    pub(crate) fn variance(&self, schedule: &Schedule, t: f64) -> f64 {
        let after = self.nodes.partition_point(|node| node.0 <= t);
        if after == self.nodes.len() && after > 1 {
            // The lag has died out.
            return 1.0 / schedule.beta(t);
        }
        let (from, piece, value) = self.nodes.get(after.saturating_sub(1)).copied().unwrap_or((0.0, 0, self.start));
        if t <= from {
            return value.exp();
        }
        let mut f = field(self.pair, schedule, piece);
        let mut stepper = Stepper::new(&mut f, from, [value], TOLERANCES, t);
        while stepper.time() < t && stepper.step(&mut f, t) == StepResult::Accepted {}
        stepper.state()[0].exp()
    }
}

/// (log var)'.
fn field(pair: SpherePair, schedule: &Schedule, piece: usize) -> impl FnMut(f64, &[f64; 1], &mut [f64; 1]) {
    move |t, y, rate| *rate = [pair.lag(schedule.beta_in_piece(piece, t), (-y[0]).exp())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use collapsar_theory::SpherePairOptions;

    /// With the free-energy clock var' = T(t) - var; for a geometric schedule of rate k,
    /// var = T0 (e^{-kt} - k e^{-t})/(1 - k) until t0, then 1 + (var(t0) - 1) e^{-(t - t0)}.
    #[test]
    fn geometric_cooling_in_closed_form() {
        let variance = SphereVariance::Lagging { dimension: f64::INFINITY };
        let pair = SpherePair::new(SpherePairOptions { variance, ..SpherePairOptions::default() }).unwrap();
        let schedule = Schedule::geometric(90.0, 5.0).unwrap();
        let lag = Lag::new(&pair, &schedule);
        let k = 90f64.ln() / 5.0;
        let hot = |t: f64| 90.0 * ((-k * t).exp() - k * (-t).exp()) / (1.0 - k);
        for t in [0.0, 0.01, 0.7, 2.0, 4.99, 5.0, 5.01, 7.5, 30.0, 54.9, 60.0, 1e6] {
            let exact = if t < 5.0 { hot(t) } else { 1.0 + (hot(5.0) - 1.0) * (5.0 - t).exp() };
            assert!((lag.variance(&schedule, t) / exact - 1.0).abs() < 1e-9, "{t}");
        }
    }
}

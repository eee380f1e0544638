//! How far stochastic descent, level (c), is from the flow, level (a), at a finite time.

use collapsar::integrate::Tolerances;
use collapsar::montecarlo::{Descent, DescentOptions, GradientFlow, GradientFlowOptions, SphereStart};
use collapsar_theory::{Schedule, SpherePair, SpherePairOptions};

/// A sphere pair (R = 3, w* = 0.8, slaved variance), cooled geometrically and stopped.
pub struct Setting {
    pub dimension: usize,
    pub hot: f64,
    pub cooling: f64,
    pub end: f64,
}

const SEED: u64 = 8;

impl Setting {
    /// Means that are on their way at the end, every one of them to first order in noise and step.
    pub const STATISTICS: Self = Self { dimension: 12, hot: 20.0, cooling: 2.0, end: 2.4 };
    /// Fates that are sealed at the end.
    pub const PROBABILITY: Self = Self { dimension: 12, hot: 20.0, cooling: 4.0, end: 12.0 };

    fn parts(&self) -> (SpherePair, Schedule, SphereStart) {
        let pair = SpherePair::new(SpherePairOptions::default()).expect("a valid pair");
        let schedule = Schedule::geometric(self.hot, self.cooling).expect("a valid schedule");
        (pair, schedule, SphereStart::new(self.dimension).expect("a valid dimension"))
    }

    fn options(&self, step: f64, batch: usize) -> DescentOptions {
        DescentOptions { batch, step, steps: (self.end / step).round() as usize, ..DescentOptions::default() }
    }

    /// Root mean square over `starts` starts of the distance in (m_1, m_2, s) between descent and the flow of the same
    /// means.
    pub fn deviation(&self, step: f64, batch: usize, starts: u64) -> f64 {
        let (pair, schedule, start) = self.parts();
        let descent = Descent::sphere(pair, &schedule, start, self.options(step, batch)).expect("valid options");
        let flow = GradientFlow::sphere(pair, &schedule, start);
        // Far below the smallest deviation of interest, 1e-4.
        let tolerances = Tolerances { relative: 1e-8, absolute: 1e-10 };
        let squares = (0..starts).map(|index| {
            // Both draw the same means from the same stream.
            let means = flow.draw(SEED, index);
            let end = flow.follow(&means, 0.0, self.end, tolerances).expect("a valid request").state;
            let (a, b) = (flow.statistics(&end), descent.statistics(SEED, index));
            a.iter().zip(&b).map(|(x, y)| (x - y).powi(2)).sum::<f64>()
        });
        (squares.sum::<f64>() / starts as f64).sqrt()
    }

    /// The share of `runs` runs of descent that collapse.
    pub fn probability(&self, step: f64, batch: usize, runs: u64) -> f64 {
        let (pair, schedule, start) = self.parts();
        let descent = Descent::sphere(pair, &schedule, start, self.options(step, batch)).expect("valid options");
        descent.estimate(SEED, runs).probability.expect("at least one run")
    }

    /// The share of the same starts that collapse in the flow, so that their own counting error cancels.
    pub fn flow_probability(&self, runs: u64) -> f64 {
        let (pair, schedule, start) = self.parts();
        let options = GradientFlowOptions { horizon: Some(self.end), ..GradientFlowOptions::default() };
        let estimate = GradientFlow::sphere(pair, &schedule, start).estimate(SEED, runs, &options);
        estimate.ok().and_then(|found| found.probability).expect("at least one run of a valid pair")
    }
}

/// The slope of a straight line through (x, y) by least squares.
pub fn slope(x: &[f64], y: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (centre, level) = (mean(x), mean(y));
    let products: f64 = x.iter().zip(y).map(|(a, b)| (a - centre) * (b - level)).sum();
    products / x.iter().map(|a| (a - centre).powi(2)).sum::<f64>()
}

//! Stochastic gradient descent with reparametrised samples: level (c), what a practitioner runs.

use collapsar_theory::{Clock, FreePair, InvalidParameter, Metric, Schedule, SpherePair, SphereVariance};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::montecarlo::pair::start::{FreeStart, SphereStart};
use crate::montecarlo::simulation::optimiser::{Change, DescentState, Optimiser};
use crate::montecarlo::simulation::options::DescentOptions;
use crate::montecarlo::simulation::pace::{Pace, Watching, pair_densities};
use crate::montecarlo::simulation::pair_batch::{Geometry, SEEN, batch};
use crate::montecarlo::simulation::pair_gradient::{dot, mean_gradients, seen_directions};
use crate::montecarlo::statistics::estimate::{cooled, counted};
use crate::montecarlo::statistics::tally::RunEnd;
use crate::random::stream;

/// Descent of a pair in R^d: the means are full vectors, each batch costs O(B + d).
#[derive(Debug, Clone)]
pub struct Descent<'a> {
    schedule: &'a Schedule,
    options: DescentOptions,
    dimension: usize,
    separation: f64,
    bias: f64,
    clock: Clock,
    metric: Metric,
    /// The scale of Gaussian starts, or none for means on the sphere.
    scale: Option<f64>,
    variance: SphereVariance,
    initial_variance: f64,
}

counted!(Descent<'_>);
cooled!(Descent<'_>);

impl<'a> Descent<'a> {
    /// The free pair from Gaussian means, unit variance.
    pub fn free(
        pair: FreePair,
        schedule: &'a Schedule,
        start: FreeStart,
        options: DescentOptions,
    ) -> Result<Self, InvalidParameter> {
        let (given, dimension) = (pair.options(), start.dimension());
        Self {
            schedule,
            options,
            dimension,
            separation: given.separation,
            bias: pair.bias(),
            clock: given.clock,
            metric: given.metric,
            scale: Some(start.scale()),
            variance: SphereVariance::Unit,
            initial_variance: 1.0,
        }
        .checked()
    }

    /// The sphere pair from uniform means, renormalised after each step. A lagging variance is trained, one for each
    /// component, in the dimension of the start.
    pub fn sphere(
        pair: SpherePair,
        schedule: &'a Schedule,
        start: SphereStart,
        options: DescentOptions,
    ) -> Result<Self, InvalidParameter> {
        let (given, dimension) = (pair.options(), start.dimension());
        Self {
            schedule,
            options,
            dimension,
            separation: given.radius,
            bias: pair.bias(),
            clock: given.clock,
            metric: given.metric,
            scale: None,
            variance: given.variance,
            initial_variance: pair.initial_variance(schedule.initial_temperature()),
        }
        .checked()
    }

    fn checked(self) -> Result<Self, InvalidParameter> {
        self.options.check()?;
        if matches!(self.options.optimiser, Optimiser::Momentum { .. }) {
            return Err(InvalidParameter::new(
                "optimiser",
                "momentum",
                "be plain or Adam here: mixtures take momentum",
            ));
        }
        Ok(self)
    }

    /// (x, y, z) of the free pair or (m_1, m_2, s) of the sphere pair after the last step of run `index` under `seed`.
    pub fn statistics(&self, seed: u64, index: u64) -> [f64; 3] {
        self.statistics_of(&self.run(seed, index).0)
    }

    fn statistics_of(&self, state: &DescentState) -> [f64; 3] {
        let [a, b] = &state.means;
        if self.scale.is_some() {
            let apart: f64 = a[1..].iter().zip(&b[1..]).map(|(p, q)| (p - q) * (p - q)).sum();
            return [(a[0] + b[0]) / 2.0, (a[0] - b[0]) / 2.0, apart.sqrt() / 2.0];
        }
        let square = self.separation * self.separation;
        [a[0] / self.separation, b[0] / self.separation, dot(a, b) / square]
    }

    /// How run `index` under `seed` ends: s > 0, for the free pair |x| > |y|, is collapsed.
    pub fn end(&self, seed: u64, index: u64) -> RunEnd {
        self.end_and_time(seed, index).0
    }

    /// The same, and when T = 1 was reached by a rule that watches the fit.
    fn end_and_time(&self, seed: u64, index: u64) -> (RunEnd, Option<f64>) {
        let (state, cold) = self.run(seed, index);
        if Watching::leaves_open(self.options.watching, cold) {
            return (RunEnd::Undecided, None);
        }
        (self.end_of(self.statistics_of(&state)), cold)
    }

    fn end_of(&self, [a, b, c]: [f64; 3]) -> RunEnd {
        if !(a.is_finite() && b.is_finite() && c.is_finite()) {
            return RunEnd::Failed;
        }
        let collapsed = if self.scale.is_some() { a.abs() > b.abs() } else { c > 0.0 };
        if collapsed { RunEnd::Collapsed } else { RunEnd::Recovered }
    }

    fn run(&self, seed: u64, index: u64) -> (DescentState, Option<f64>) {
        let mut rng = stream(seed, index);
        let mut state = self.start(&mut rng);
        let mut pace = Pace::new(self.schedule, self.options.watching, self.options.step);
        for n in 0..self.options.steps {
            let beta = pace.beta(n, |beta| {
                let frame = seen_directions(&state.means);
                pair_densities(&self.geometry(beta, &state, &frame), self.options.batch, &mut rng)
            });
            if pace.is_over(n) {
                break;
            }
            self.advance(n, beta, &mut state, &mut rng);
        }
        (state, pace.cold())
    }

    fn start(&self, rng: &mut impl Rng) -> DescentState {
        let mut draw = || (0..self.dimension).map(|_| StandardNormal.sample(rng)).collect::<Vec<f64>>();
        let mut means = [draw(), draw()];
        for mean in &mut means {
            let factor = self.scale.unwrap_or_else(|| self.separation / dot(mean, mean).sqrt());
            mean.iter_mut().for_each(|x| *x *= factor);
        }
        DescentState::new(means, self.initial_variance, &self.options.optimiser)
    }

    fn advance(&self, n: usize, beta: f64, state: &mut DescentState, rng: &mut impl Rng) {
        match self.variance {
            SphereVariance::Unit => state.variances = [1.0; 2],
            SphereVariance::Slaved => state.variances = [1.0 / beta; 2],
            SphereVariance::Lagging { .. } => {}
        }
        let frame = seen_directions(&state.means);
        let geometry = self.geometry(beta, state, &frame);
        let sums = batch(&geometry, self.options.batch, rng);
        let mut gradients = mean_gradients(&geometry, &sums, &state.means, &frame, rng);
        if self.metric == Metric::Natural {
            // Over w_i = 1/2.
            gradients.iter_mut().flatten().for_each(|g| *g *= 2.0);
        }
        let change = Change { means: gradients, variances: geometry.trains_variance.then_some(sums.variance) };
        self.options.optimiser.apply(n, self.options.step, self.clock.factor(beta), &change, state);
        if self.scale.is_none() {
            for mean in &mut state.means {
                let factor = self.separation / dot(mean, mean).sqrt();
                mean.iter_mut().for_each(|x| *x *= factor);
            }
        }
    }

    fn trains_variance(&self) -> bool {
        matches!(self.variance, SphereVariance::Lagging { .. })
    }

    fn geometry(&self, beta: f64, state: &DescentState, frame: &[Vec<f64>; SEEN]) -> Geometry {
        let along = |mean: &[f64]| std::array::from_fn(|n| dot(mean, &frame[n]));
        let means: [[f64; SEEN]; 2] = [along(&state.means[0]), along(&state.means[1])];
        Geometry {
            dimension: self.dimension,
            gap: [means[0][0] - means[1][0], means[0][1] - means[1][1], 0.0],
            means,
            variances: state.variances,
            separation: self.separation,
            bias: self.bias,
            beta,
            score: self.options.score,
            trains_variance: self.trains_variance(),
        }
    }
}

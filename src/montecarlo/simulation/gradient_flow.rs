//! Gradient flow of full means in R^d, without any reduction: level (b).

use collapsar_theory::{
    FreeBasin, FreePair, InvalidParameter, Schedule, SphereBasin, SpherePair, SphereVariance, logistic_normal,
    logistic_normal_jet, repulsion,
};
use rand_distr::{Distribution, StandardNormal};

use crate::integrate::{DiffsolTsit5, Integrator, Outcome, Request, RequestMisuse, Solution, System, Tolerances};
use crate::montecarlo::pair::start::{FreeStart, SphereStart};
use crate::montecarlo::statistics::estimate::Estimate;
use crate::montecarlo::statistics::tally::{RunEnd, Tally};
use crate::parallel;
use crate::random::stream;

/// Which pair flows, and from where.
#[derive(Debug, Clone, Copy, PartialEq)]
enum PairKind {
    Free(FreePair, f64),
    Sphere(SpherePair),
}

/// Theory (2) for a pair with every one of its 2 d coordinates: modes +-rho e_1 in R^d, means mu_1 and mu_2 as they are, and
/// log var behind them where the variance is trained.
///
/// Only the two Gaussian averages of each mean are one-dimensional (theory (6), (7)); lengths, overlaps and projections are
/// taken from the vectors. Level (a) must agree with it draw by draw.
#[derive(Debug, Clone)]
pub struct GradientFlow<'a> {
    kind: PairKind,
    schedule: &'a Schedule,
    breakpoints: Vec<f64>,
    dimension: usize,
}

/// How a run of the full flow is followed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientFlowOptions {
    /// Local error control.
    pub tolerances: Tolerances,
    /// Classify at this time instead of in the limit.
    pub horizon: Option<f64>,
    /// Time after which a run is left undecided, counted from where the temperature has settled.
    pub patience: f64,
    /// Confidence level of an interval.
    pub level: f64,
}

impl Default for GradientFlowOptions {
    /// Tolerances that place every run but those within 1e-7 of the boundary.
    fn default() -> Self {
        let tolerances = Tolerances { relative: 1e-8, absolute: 1e-11 };
        Self { tolerances, horizon: None, patience: 2000.0, level: crate::montecarlo::DEFAULT_LEVEL }
    }
}

/// First wait for a verdict after the temperature has settled; each further one is as long as all before.
const WAIT: f64 = 5.0;

impl<'a> GradientFlow<'a> {
    /// The free pair from Gaussian means.
    pub fn free(pair: FreePair, schedule: &'a Schedule, start: FreeStart) -> Self {
        Self {
            kind: PairKind::Free(pair, start.scale()),
            schedule,
            breakpoints: schedule.breakpoints(),
            dimension: start.dimension(),
        }
    }

    /// The sphere pair from uniform means.
    pub fn sphere(pair: SpherePair, schedule: &'a Schedule, start: SphereStart) -> Self {
        let (kind, breakpoints) = (PairKind::Sphere(pair), schedule.breakpoints());
        Self { kind, schedule, breakpoints, dimension: start.dimension() }
    }

    /// The state of draw `index` under `seed` at t = 0, every coordinate drawn.
    pub fn draw(&self, seed: u64, index: u64) -> Vec<f64> {
        let mut rng = stream(seed, index);
        let mut state: Vec<f64> = (0..2 * self.dimension).map(|_| StandardNormal.sample(&mut rng)).collect();
        for mean in state.chunks_mut(self.dimension) {
            let factor = match self.kind {
                PairKind::Free(_, scale) => scale,
                PairKind::Sphere(pair) => pair.options().radius / dot(mean, mean).sqrt(),
            };
            mean.iter_mut().for_each(|x| *x *= factor);
        }
        if let PairKind::Sphere(pair) = self.kind
            && self.trains_variance()
        {
            state.push(pair.initial_variance(self.schedule.initial_temperature()).ln());
        }
        state
    }

    /// (x, y, z) of the free pair, (m_1, m_2, s) of the sphere pair, measured on a state.
    pub fn statistics(&self, state: &[f64]) -> [f64; 3] {
        let (a, b) = self.means(state);
        match self.kind {
            PairKind::Free(..) => {
                let apart: f64 = a[1..].iter().zip(&b[1..]).map(|(p, q)| (p - q) * (p - q)).sum();
                [(a[0] + b[0]) / 2.0, (a[0] - b[0]) / 2.0, apart.sqrt() / 2.0]
            }
            PairKind::Sphere(_) => {
                let (p, q) = (dot(a, a).sqrt(), dot(b, b).sqrt());
                [a[0] / p, b[0] / q, dot(a, b) / (p * q)]
            }
        }
    }

    /// Integrates from `state` at time `from` to `to`.
    ///
    /// Errors: the state's length, or an interval that runs backwards.
    pub fn follow(&self, state: &[f64], from: f64, to: f64, tolerances: Tolerances) -> Result<Solution, RequestMisuse> {
        DiffsolTsit5 { tolerances }.integrate(self, &Request::new(state, from, to))
    }

    /// How draw `index` ends.
    ///
    /// Errors: a pair whose ends are not told apart by basins.
    pub fn end(&self, seed: u64, index: u64, options: &GradientFlowOptions) -> Result<RunEnd, InvalidParameter> {
        let mut state = self.draw(seed, index);
        let settled = self.schedule.settling_time(1e-12);
        let (mut from, mut to) = (0.0, options.horizon.unwrap_or(settled + WAIT));
        loop {
            let solution = match self.follow(&state, from, to, options.tolerances) {
                Ok(solution) if solution.outcome == Outcome::Reached => solution,
                _ => return Ok(RunEnd::Failed),
            };
            state = solution.state;
            let end = if options.horizon.is_some() { Some(self.at_horizon(&state)) } else { self.verdict(to, &state)? };
            if let Some(end) = end {
                return Ok(end);
            }
            if to > settled + options.patience {
                return Ok(RunEnd::Undecided);
            }
            (from, to) = (to, to + (to - settled));
        }
    }

    /// The probability of collapse from draws 0 to `n` - 1.
    pub fn estimate(&self, seed: u64, n: u64, options: &GradientFlowOptions) -> Result<Estimate, InvalidParameter> {
        let ends = parallel::map_range(0..n, |index| self.end(seed, index, options));
        let ends = ends.into_iter().collect::<Result<Vec<RunEnd>, InvalidParameter>>()?;
        Ok(Estimate::new(ends.iter().collect::<Tally>(), options.level, seed))
    }

    fn at_horizon(&self, state: &[f64]) -> RunEnd {
        let [a, b, c] = self.statistics(state);
        let collapsed = match self.kind {
            PairKind::Free(..) => a.abs() > b.abs(),
            PairKind::Sphere(_) => c > 0.0,
        };
        if collapsed { RunEnd::Collapsed } else { RunEnd::Recovered }
    }

    fn verdict(&self, t: f64, state: &[f64]) -> Result<Option<RunEnd>, InvalidParameter> {
        let [a, b, c] = self.statistics(state);
        let verdict = match self.kind {
            PairKind::Free(pair, _) => {
                FreeBasin::new(pair, self.schedule)?.verdict(t, self.schedule.beta(t), &[a, b, c])
            }
            PairKind::Sphere(pair) => {
                let log_variance = if self.trains_variance() { state[state.len() - 1] } else { 0.0 };
                SphereBasin::new(pair, self.schedule)?.verdict(t, &[a, b, c, log_variance])
            }
        };
        Ok(RunEnd::certain(verdict))
    }

    fn trains_variance(&self) -> bool {
        matches!(self.kind, PairKind::Sphere(pair) if matches!(pair.options().variance, SphereVariance::Lagging { .. }))
    }

    fn means<'s>(&self, state: &'s [f64]) -> (&'s [f64], &'s [f64]) {
        state[..2 * self.dimension].split_at(self.dimension)
    }

    /// Theory (5) as d(log var)/dt over -c, with every average taken at the means as they are.
    fn variance_force(&self, pair: &SpherePair, beta: f64, variance: f64, state: &[f64], d: f64) -> f64 {
        let (a, b) = self.means(state);
        let radius = pair.options().radius;
        let square: f64 = a.iter().zip(b).map(|(p, q)| (p - q) * (p - q)).sum();
        let q = square / variance;
        let own = logistic_normal_jet(-q / 2.0, q.sqrt()).d1 * square / (variance * variance);
        let spread = 2.0 * radius * variance.sqrt();
        let shared = |m: f64| logistic_normal_jet(2.0 * (radius * m + pair.bias()), spread).d1;
        let target = beta * 4.0 * radius * radius * (shared(a[0]) + shared(b[0])) / 2.0;
        (beta - 1.0 / variance) + (own - target) / d
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

impl System for GradientFlow<'_> {
    fn dimension(&self) -> usize {
        2 * self.dimension + usize::from(self.trains_variance())
    }

    fn breakpoints(&self) -> &[f64] {
        &self.breakpoints
    }

    fn rate(&self, piece: usize, t: f64, state: &[f64], rate: &mut [f64]) {
        let beta = self.schedule.beta_in_piece(piece, t);
        let (speed, rho, bias, variance) = match self.kind {
            PairKind::Free(pair, _) => (pair.speed(beta), pair.options().separation, pair.bias(), 1.0),
            PairKind::Sphere(pair) => {
                let variance = match pair.options().variance {
                    SphereVariance::Unit => 1.0,
                    SphereVariance::Slaved => 1.0 / beta,
                    SphereVariance::Lagging { .. } => state[2 * self.dimension].exp(),
                };
                (pair.speed(beta), pair.options().radius, pair.bias(), variance)
            }
        };
        let (a, b) = self.means(state);
        let square: f64 = a.iter().zip(b).map(|(p, q)| (p - q) * (p - q)).sum();
        let push = repulsion(square / variance) / variance;
        for (i, (own, other)) in [(a, b), (b, a)].into_iter().enumerate() {
            let tau = 2.0 * logistic_normal(2.0 * (rho * own[0] + bias), 2.0 * rho * variance.sqrt()) - 1.0;
            let out = &mut rate[i * self.dimension..(i + 1) * self.dimension];
            for ((out, x), y) in out.iter_mut().zip(own).zip(other) {
                // (1/var) sum_j <r_j> mu_j - mu_i/var = r (mu_other - mu_i)/var.
                *out = -speed * (beta * x + push * (y - x));
            }
            out[0] += speed * beta * rho * tau;
            if matches!(self.kind, PairKind::Sphere(_)) {
                let radial = dot(out, own) / dot(own, own);
                out.iter_mut().zip(own).for_each(|(out, x)| *out -= radial * x);
            }
        }
        if let PairKind::Sphere(pair) = self.kind
            && let SphereVariance::Lagging { dimension } = pair.options().variance
        {
            let force = self.variance_force(&pair, beta, variance, state, dimension);
            rate[2 * self.dimension] = -pair.options().clock.factor(beta) * force;
        }
    }
}

//! The sphere pair, theory (8), for lanes of draws.

use collapsar_theory::{
    Flow, InvalidParameter, OddSeries, Schedule, Series, SphereBasin, SpherePair, SphereVariance, TabulatedSpherePair,
    Verdict, logistic_normal, repulsion,
};

use crate::integrate::vectors;
use crate::montecarlo::lanes::reach::SHIFT;
use crate::montecarlo::lanes::step::{LANES, Lane, LaneSystem};
use crate::montecarlo::pair::follow::{Follow, follow};
use crate::montecarlo::pair::lag::Lag;
use crate::montecarlo::pair::model::Model;
use crate::montecarlo::pair::start::SphereStart;
use crate::montecarlo::statistics::tally::RunEnd;

/// The sphere pair under a schedule. Its variance is a function of time alone unless it lags in finite dimension.
pub(crate) struct SphereLanes<'a> {
    pair: SpherePair,
    /// None where the variance feels the means.
    tabulated: Option<TabulatedSpherePair>,
    schedule: &'a Schedule,
    start: SphereStart,
    basin: SphereBasin,
    lag: Lag,
    tolerance: f64,
}

/// The kernels at one time, times their factors in the field.
pub(crate) struct SphereStage {
    /// q = slope (1 - s).
    slope: f64,
    /// g c r(q)/var in sqrt(q + SHIFT).
    push: Series,
    /// g c beta tau(R m) in m.
    pull: OddSeries,
}

impl<'a> SphereLanes<'a> {
    /// `tolerance` bounds the absolute error of both kernels.
    pub(crate) fn new(
        pair: SpherePair,
        schedule: &'a Schedule,
        start: SphereStart,
        tolerance: f64,
    ) -> Result<Self, InvalidParameter> {
        let feels = matches!(pair.options().variance, SphereVariance::Lagging { dimension } if dimension.is_finite());
        let tabulated = if feels { None } else { Some(TabulatedSpherePair::new(pair)?) };
        let (basin, lag) = (SphereBasin::new(pair, schedule)?, Lag::new(&pair, schedule));
        Ok(Self { pair, tabulated, schedule, start, basin, lag, tolerance })
    }

    /// Whether all draws share one variance, so that they can share a mesh.
    pub(crate) fn shares_variance(&self) -> bool {
        self.tabulated.is_some()
    }

    /// var at time `t` where it is a function of time alone.
    fn variance(&self, piece: usize, t: f64) -> f64 {
        match self.pair.options().variance {
            SphereVariance::Unit => 1.0,
            SphereVariance::Slaved => 1.0 / self.schedule.beta_in_piece(piece, t),
            SphereVariance::Lagging { .. } => self.lag.variance(self.schedule, t),
        }
    }

    /// The state with log var, which counts only where the variance lags.
    fn with_variance(&self, t: f64, [m1, m2, s]: [f64; 3]) -> [f64; 4] {
        let lags = matches!(self.pair.options().variance, SphereVariance::Lagging { .. });
        [m1, m2, s, if lags { self.lag.variance(self.schedule, t).ln() } else { 0.0 }]
    }
}

impl LaneSystem<3> for SphereLanes<'_> {
    type Stage = SphereStage;

    fn stage(&self, piece: usize, t: f64) -> SphereStage {
        let beta = self.schedule.beta_in_piece(piece, t);
        let (variance, speed) = (self.variance(piece, t), self.pair.speed(beta));
        let (radius, h) = (self.pair.options().radius, self.pair.bias());
        let square = radius * radius;
        let slope = 2.0 * square / variance;
        let spread = 2.0 * radius * variance.sqrt();
        let factor = speed / variance;
        let push = |u: f64| factor * repulsion(u * u - SHIFT);
        let pull = |m: f64| speed * beta * (2.0 * logistic_normal(2.0 * (square * m + h), spread) - 1.0);
        SphereStage {
            slope,
            push: Series::fit(SHIFT.sqrt(), (SHIFT + 2.0 * slope).sqrt(), self.tolerance, push),
            pull: OddSeries::fit(-h / square, 1.0 + h.abs() / square, self.tolerance, pull),
        }
    }

    #[inline(always)]
    fn rates(&self, stage: &SphereStage, state: &[Lane; 3]) -> [Lane; 3] {
        let [m1, m2, s] = state;
        let mut gap = [0.0; LANES];
        for l in 0..LANES {
            gap[l] = (SHIFT + stage.slope * (1.0 - s[l])).sqrt();
        }
        let (push, pull1, pull2) = (stage.push.at(&gap), stage.pull.at(m1), stage.pull.at(m2));
        let mut rate = [[0.0; LANES]; 3];
        for l in 0..LANES {
            let [dm1, dm2, ds] = SpherePair::scaled_field(1.0, [m1[l], m2[l], s[l]], [pull1[l], pull2[l]], push[l]);
            (rate[0][l], rate[1][l], rate[2][l]) = (dm1, dm2, ds);
        }
        rate
    }
}

impl Model<3> for SphereLanes<'_> {
    fn draw(&self, seed: u64, index: u64) -> [f64; 3] {
        self.start.draw(seed, index)
    }

    fn size(&self) -> f64 {
        1.0 / (self.start.dimension() as f64).sqrt()
    }

    #[inline(always)]
    fn apart(&self, state: &[f64; 3]) -> bool {
        self.basin.separated(state[0], state[1])
    }

    fn verdict(&self, t: f64, state: &[f64; 3]) -> Verdict {
        self.basin.verdict(t, &self.with_variance(t, *state))
    }

    fn worth_asking(&self, t: f64, state: &[f64; 3]) -> bool {
        let plane = self.basin.plane();
        t >= self.schedule.settling_time(1e-10) && (state[0] > plane) == (state[1] > plane) && state[2] > 0.5
    }

    /// s may still be positive when the means are certain to part.
    fn certain_before_horizon(&self) -> bool {
        false
    }

    fn at_horizon(&self, state: &[f64; 3]) -> RunEnd {
        if state[2] > 0.0 { RunEnd::Collapsed } else { RunEnd::Recovered }
    }

    fn alone(&self, limits: &Follow, t: f64, state: [f64; 3]) -> RunEnd {
        let verdict = |t: f64, y: &[f64; 4]| self.basin.verdict(t, y);
        let at_end = |y: &[f64; 4]| self.at_horizon(&[y[0], y[1], y[2]]);
        let start = self.with_variance(t, state);
        match &self.tabulated {
            Some(pair) => {
                let rates = |beta: f64, y: &[f64; 4]| vectors::sphere_rates(pair, beta, y);
                follow(self.schedule, limits, t, start, &rates, &verdict, &at_end)
            }
            None => {
                let rates = |beta: f64, y: &[f64; 4]| {
                    let mut rate = [0.0; 4];
                    self.pair.field(beta, y, &mut rate);
                    rate
                };
                follow(self.schedule, limits, t, start, &rates, &verdict, &at_end)
            }
        }
    }
}

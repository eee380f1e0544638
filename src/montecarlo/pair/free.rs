//! The free pair, theory (11), for lanes of draws.

use collapsar_theory::{
    FreeBasin, FreePair, InvalidParameter, OddSeries, Schedule, Series, Verdict, logistic_normal, repulsion,
};

use crate::montecarlo::lanes::reach::{SHIFT, reach};
use crate::montecarlo::lanes::step::{LANES, Lane, LaneSystem};
use crate::montecarlo::pair::follow::{Follow, follow};
use crate::montecarlo::pair::model::Model;
use crate::montecarlo::pair::start::FreeStart;
use crate::montecarlo::statistics::tally::RunEnd;

/// |y| below this fraction of |x|: worth the price of asking whether the run is trapped.
const CLOSE: f64 = 0.5;

/// The free pair under a schedule, with its kernels as series.
pub(crate) struct FreeLanes<'a> {
    pair: FreePair,
    schedule: &'a Schedule,
    start: FreeStart,
    basin: FreeBasin,
    /// tau(m).
    pull: OddSeries,
    /// 2 r(q) in sqrt(q + SHIFT).
    push: Series,
}

/// The factors of the field at one time.
pub(crate) struct FreeStage {
    /// g c beta.
    decay: f64,
    /// g c beta rho/2.
    drive: f64,
    /// g c.
    speed: f64,
}

impl<'a> FreeLanes<'a> {
    /// `tolerance` bounds the absolute error of both kernels.
    pub(crate) fn new(
        pair: FreePair,
        schedule: &'a Schedule,
        start: FreeStart,
        tolerance: f64,
    ) -> Result<Self, InvalidParameter> {
        let (rho, h) = (pair.options().separation, pair.bias());
        // The least reach beyond which tau is 1, and the least q beyond which r is 0, to the tolerance.
        let short = |u: f64| 2.0 * logistic_normal(-2.0 * rho * u, 2.0 * rho) > tolerance / 2.0;
        let side = reach(short);
        let far = reach(|q| 2.0 * repulsion(q) > tolerance / 2.0);
        let tau = |m: f64| 2.0 * logistic_normal(2.0 * (rho * m + h), 2.0 * rho) - 1.0;
        Ok(Self {
            pair,
            schedule,
            start,
            basin: FreeBasin::new(pair, schedule)?,
            pull: OddSeries::fit(-h / rho, side, tolerance, tau),
            push: Series::fit(SHIFT.sqrt(), (SHIFT + far).sqrt(), tolerance, |u| 2.0 * repulsion(u * u - SHIFT)),
        })
    }
}

impl LaneSystem<3> for FreeLanes<'_> {
    type Stage = FreeStage;

    fn stage(&self, piece: usize, t: f64) -> FreeStage {
        let beta = self.schedule.beta_in_piece(piece, t);
        let speed = self.pair.speed(beta);
        FreeStage { decay: speed * beta, drive: speed * beta * self.pair.options().separation / 2.0, speed }
    }

    #[inline(always)]
    fn rates(&self, stage: &FreeStage, state: &[Lane; 3]) -> [Lane; 3] {
        let [x, y, z] = state;
        let (mut plus, mut minus, mut gap) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            plus[l] = x[l] + y[l];
            minus[l] = x[l] - y[l];
            gap[l] = (SHIFT + 4.0 * (y[l] * y[l] + z[l] * z[l])).sqrt();
        }
        let (plus, minus, push) = (self.pull.at(&plus), self.pull.at(&minus), self.push.at(&gap));
        let mut rate = [[0.0; LANES]; 3];
        let factors = [stage.decay, stage.drive];
        for l in 0..LANES {
            let (state, pulls) = ([x[l], y[l], z[l]], [plus[l], minus[l]]);
            let [dx, dy, dz] = FreePair::scaled_field(1.0, factors, state, pulls, stage.speed * push[l]);
            (rate[0][l], rate[1][l], rate[2][l]) = (dx, dy, dz);
        }
        rate
    }
}

impl Model<3> for FreeLanes<'_> {
    fn draw(&self, seed: u64, index: u64) -> [f64; 3] {
        self.start.draw(seed, index)
    }

    fn size(&self) -> f64 {
        (self.start.scale() * std::f64::consts::FRAC_1_SQRT_2).min(1.0)
    }

    #[inline(always)]
    fn apart(&self, state: &[f64; 3]) -> bool {
        self.basin.separated(state[0], state[1])
    }

    fn verdict(&self, t: f64, state: &[f64; 3]) -> Verdict {
        self.basin.verdict(t, self.schedule.beta(t), state)
    }

    fn worth_asking(&self, _: f64, state: &[f64; 3]) -> bool {
        state[1].abs() < CLOSE * (state[0] - self.basin.wall()).abs()
    }

    /// A run that is certain to recover has |y| >= |x - wall| at every later time too, and one that is trapped never.
    fn certain_before_horizon(&self) -> bool {
        true
    }

    fn at_horizon(&self, state: &[f64; 3]) -> RunEnd {
        if self.basin.separated(state[0], state[1]) { RunEnd::Recovered } else { RunEnd::Collapsed }
    }

    fn alone(&self, limits: &Follow, t: f64, state: [f64; 3]) -> RunEnd {
        let rates = |beta: f64, y: &[f64; 3]| self.basin.flow().rates(beta, y);
        follow(self.schedule, limits, t, state, &rates, &|t, y| self.verdict(t, y), &|y| self.at_horizon(y))
    }
}

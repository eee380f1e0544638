//! Random starts under the flow of product measures in the plane: mean field (M9) from N(mu, variance I), mu drawn.

use collapsar_theory::{
    GaussianMixture, InvalidParameter, PlaneFlow, PlaneFlowState, PlaneMeanField, PlaneOptions, Schedule,
};
use rand_distr::{Distribution, StandardNormal};

use crate::montecarlo::product::counts::{Counts, ProductEstimate};
use crate::montecarlo::product::ends::{ProductMinimum, distance, ends};
use crate::montecarlo::product::order::Order;
use crate::montecarlo::statistics::estimate::{DEFAULT_LEVEL, GoOn};
use crate::parallel;
use crate::random::stream;

/// How an ensemble of product measures starts, is followed and reported.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductOptions {
    /// The middle of the law of mu.
    pub centre: [f64; 2],
    /// sigma: mu is N(centre, sigma^2 I).
    pub scale: f64,
    /// The variance of every marginal at t = 0.
    pub variance: f64,
    /// Classify at this time instead of in the limit.
    pub horizon: Option<f64>,
    /// Time after which a run is left undecided, counted from where the temperature has settled.
    pub patience: f64,
    /// Fineness of grids and steps, 0.5 to 4: at 0.5 rates err by some 1e-3.
    pub fineness: f64,
    /// Whether starts that the order decides are not followed: the limit is the same (theorem 1).
    pub by_order: bool,
    /// Confidence level of the intervals.
    pub level: f64,
}

impl Default for ProductOptions {
    fn default() -> Self {
        Self {
            centre: [0.0; 2],
            scale: 1.0,
            variance: 1.0,
            horizon: None,
            patience: 200.0,
            fineness: 0.5,
            by_order: true,
            level: DEFAULT_LEVEL,
        }
    }
}

/// Random starts of product measures, ready to be counted.
#[derive(Debug)]
pub struct ProductEnsemble {
    plane: PlaneMeanField,
    schedule: Schedule,
    options: ProductOptions,
    /// The minima at the last temperature that ascents from the components find.
    ends: Vec<ProductMinimum>,
    /// How starts are compared, where the target is ordered.
    order: Option<Order>,
    /// When the temperature has settled.
    cold: f64,
}

/// Distance of the temperature from its limit from which on ends are asked for.
const SETTLED: f64 = 1e-3;
/// A run has arrived within so many deviations of an end, and so large a share of the distance to the next end.
const ARRIVED: f64 = 0.05;
const SHARE: f64 = 0.1;
/// Time between looks.
const LOOK: f64 = 1.0;
/// Runs of a wave, after which the order is asked again.
const WAVE: usize = 32;
/// Deviations of the start that the grid holds, and what the plane's grid holds by itself.
const HELD: f64 = 6.5;
const PLANE: f64 = 9.5;

impl ProductEnsemble {
    /// The ensemble of `target`, of two dimensions, under `schedule`.
    ///
    /// Errors: another dimension; a scale, variance, patience or horizon that is not positive and finite; what
    /// [`PlaneMeanField::new`] refuses; a target without a stable fit.
    pub fn new(target: GaussianMixture, schedule: Schedule, options: ProductOptions) -> Result<Self, InvalidParameter> {
        let ProductOptions { centre, scale, variance, fineness, .. } = options;
        for (name, value) in [("scale", scale), ("variance", variance), ("patience", options.patience)] {
            positive(name, value)?;
        }
        options.horizon.map_or(Ok(()), |t| positive("horizon", t))?;
        let coldest = schedule.lowest_temperature();
        let (cold, hot) = (schedule.final_temperature(), hottest(&schedule));
        let widest = (0..target.weights().len())
            .flat_map(|k| (0..target.dimension()).map(move |j| (k, j)))
            .map(|(k, j)| target.covariance_of(k)[j][j])
            .fold(0.0, f64::max);
        let about = target.centre().iter().zip(centre).map(|(c, m)| (c - m) * (c - m)).sum::<f64>().sqrt();
        let needed = (HELD * (variance.sqrt() + scale) + about) / PLANE;
        let hottest = hot.max(needed * needed / widest);
        let order = if options.by_order { Order::of(&target) } else { None };
        let plane = PlaneMeanField::new(target, PlaneOptions { fineness, coldest, hottest })?;
        let ends = ends(&plane, cold)?;
        let settled = schedule.settling_time(SETTLED);
        Ok(Self { plane, schedule, options, ends, order, cold: settled })
    }

    /// mu of draw `index`.
    pub fn draw(&self, seed: u64, index: u64) -> [f64; 2] {
        let mut rng = stream(seed, index);
        self.options.centre.map(|c| {
            let g: f64 = StandardNormal.sample(&mut rng);
            c + self.options.scale * g
        })
    }

    /// Coverages C_k/v_k at the horizon, or of the minimum at which the run from `mean` arrives; nothing where it arrives
    /// at none in time: near a saddle, or at rest on one.
    ///
    /// # Errors
    /// None for an ensemble that was made.
    pub fn run(&self, mean: [f64; 2]) -> Result<Option<Vec<f64>>, InvalidParameter> {
        let flow = self.plane.flow(0.0, self.options.fineness)?;
        let Some(end) = self.follow(&flow, mean)? else { return Ok(None) };
        let weights = flow.target().weights();
        Ok(Some(end.1.iter().zip(weights).map(|(c, v)| c / v).collect()))
    }

    /// Which end it is in the limit (0 at a horizon), and the masses there.
    fn follow(&self, flow: &PlaneFlow<'_>, mean: [f64; 2]) -> Result<Option<(usize, Vec<f64>)>, InvalidParameter> {
        let start = flow.start(mean, self.options.variance)?;
        if let Some(horizon) = self.options.horizon {
            let state = flow.advance(&start, &self.schedule, 0.0, horizon);
            let frame = self.plane.frame(0.0, self.schedule.final_temperature())?;
            return Ok(Some((0, frame.observe(&flow.state(&state)).masses)));
        }
        let mut state = flow.advance(&start, &self.schedule, 0.0, self.cold);
        let mut now = self.cold;
        while now < self.cold + self.options.patience {
            if let Some(k) = self.arrived(flow, &state) {
                return Ok(Some((k, self.ends[k].masses.clone())));
            }
            state = flow.advance(&state, &self.schedule, now, now + LOOK);
            now += LOOK;
        }
        Ok(None)
    }

    fn arrived(&self, flow: &PlaneFlow<'_>, state: &PlaneFlowState) -> Option<usize> {
        let now = flow.moments(state);
        let near = |end: &ProductMinimum| {
            let others = self.ends.iter().map(|other| distance(&end.moments, &other.moments));
            let next = others.filter(|d| *d > 0.0).fold(f64::INFINITY, f64::min);
            distance(&end.moments, &now) <= ARRIVED.min(SHARE * next)
        };
        self.ends.iter().position(near)
    }

    /// The probabilities from draws 0 to `n` - 1, as long as `go_on`, told of the runs that are done, says so; else nothing.
    ///
    /// # Errors
    /// None for an ensemble that was made.
    pub fn estimate_while(
        &self,
        seed: u64,
        n: u64,
        go_on: GoOn<'_>,
    ) -> Result<Option<ProductEstimate>, InvalidParameter> {
        let flow = self.plane.flow(0.0, self.options.fineness)?;
        let mut order = self.order.clone().filter(|_| self.options.horizon.is_none());
        let mut counts = Counts::new(self.plane.target());
        for first in (0..n).step_by(WAVE) {
            let wave = first..n.min(first + WAVE as u64);
            let size = wave.end - wave.start;
            let open: Vec<[f64; 2]> = wave
                .map(|index| self.draw(seed, index))
                .filter(|mean| match order.as_ref().and_then(|order| order.end(*mean)) {
                    Some(k) => {
                        counts.count(&self.ends[k].masses);
                        false
                    }
                    None => true,
                })
                .collect();
            let found = parallel::try_map(&open, |mean| {
                let found = if go_on(0) { self.follow(&flow, *mean) } else { Ok(None) };
                go_on(1);
                found
            })?;
            go_on(size - open.len() as u64);
            if !go_on(0) {
                return Ok(None);
            }
            for (mean, found) in open.iter().zip(found) {
                counts.followed += 1;
                match found {
                    None => counts.undecided += 1,
                    Some((k, masses)) => {
                        counts.count(&masses);
                        if let Some(order) = &mut order {
                            order.learn(*mean, k, self.ends.iter().map(|end| end.moments.map(|m| m[0])));
                        }
                    }
                }
            }
        }
        let when = self.options.horizon.map_or("in the limit".to_owned(), |t| format!("at t = {t}"));
        Ok(Some(counts.estimate(self.options.level, seed, &when)))
    }

    /// The same without an early end.
    ///
    /// # Errors
    /// None for an ensemble that was made.
    pub fn estimate(&self, seed: u64, n: u64) -> Result<Option<ProductEstimate>, InvalidParameter> {
        self.estimate_while(seed, n, &|_| true)
    }
}

fn positive(name: &'static str, value: f64) -> Result<(), InvalidParameter> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(InvalidParameter::new(name, value, "be positive and finite"))
}

/// The highest temperature of a schedule.
fn hottest(schedule: &Schedule) -> f64 {
    let table = schedule.table_points().map_or(&[][..], |(_, temperatures)| temperatures);
    table.iter().copied().fold(schedule.initial_temperature().max(schedule.final_temperature()), f64::max)
}

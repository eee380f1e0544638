//! Pairs under a schedule that watches the fit: each run has its own temperatures.

use collapsar_theory::{
    AdaptiveRule, FitComponent, FreeBasin, InvalidParameter, Pair, Part, Problem, Schedule, SphereBasin,
    SphereVariance, Start, StartLaw, TabulatedSpherePair, TemperedFit, Verdict,
};

use crate::integrate::{Tolerances, vectors};
use crate::montecarlo::pair::ensemble::{ABSOLUTE, EnsembleOptions, check};
use crate::montecarlo::pair::follow::{Follow, follow};
use crate::montecarlo::pair::start::{FreeStart, SphereStart};
use crate::montecarlo::statistics::cooling::Cooling;
use crate::montecarlo::statistics::estimate::{Estimate, GoOn, in_parts};
use crate::montecarlo::statistics::tally::{RunEnd, Tally};
use crate::parallel;
use crate::trajectory::{Cooled, CoolingEnd, CoolingLimits, Watched};

/// An ensemble of a pair whose runs cool by what they see of themselves, on the pairs' own statistics and kernels.
pub struct AdaptivePair {
    watched: Watched,
    followed: Followed,
    limits: CoolingLimits,
    /// From where T = 1 is reached, with the clock set back to 0.
    cold: Follow,
    schedule: Schedule,
    options: EnsembleOptions,
}

enum Followed {
    Free { start: FreeStart, basin: FreeBasin },
    Sphere { pair: TabulatedSpherePair, start: SphereStart, basin: SphereBasin, log_variance: f64 },
}

impl AdaptivePair {
    /// The ensemble of `problem`, a pair at the constant temperature from which `rule` starts.
    ///
    /// Errors: no pair, a free pair in more than one dimension (an [`crate::montecarlo::AdaptiveEnsemble`] has it), options out of their range, what [`Watched::pair`] refuses.
    pub fn new(problem: &Problem, rule: AdaptiveRule, options: &EnsembleOptions) -> Result<Self, InvalidParameter> {
        check(options)?;
        let watched = Watched::pair(rule, problem)?;
        let schedule = Schedule::constant(1.0)?;
        let followed = match Pair::of(problem)? {
            // What the two means share across the axis moves none of the pair's statistics, and yet log p sees it.
            Pair::Free(_) if problem.dimension() > 1 => {
                let rule = "be 1 for the free pair's statistics, which do not say what the means share across the axis";
                return Err(InvalidParameter::new("dimension", problem.dimension(), rule).of(Part::Start));
            }
            Pair::Free(pair) => {
                let scale = match problem.start() {
                    Start::Law(StartLaw::Gaussian { scale, .. }) => *scale,
                    _ => f64::NAN,
                };
                Followed::Free {
                    start: FreeStart::new(problem.dimension(), scale)?,
                    basin: FreeBasin::new(pair, &schedule)?,
                }
            }
            Pair::Sphere(pair) => Followed::Sphere {
                start: SphereStart::new(problem.dimension())?,
                basin: SphereBasin::new(pair, &schedule)?,
                log_variance: match pair.options().variance {
                    SphereVariance::Lagging { .. } => pair.initial_variance(rule.initial_temperature()).ln(),
                    _ => 0.0,
                },
                pair: TabulatedSpherePair::new(pair)?,
            },
        };
        let size = match &followed {
            Followed::Free { start, .. } => (start.scale() * std::f64::consts::FRAC_1_SQRT_2).min(1.0),
            Followed::Sphere { start, .. } => 1.0 / (start.dimension() as f64).sqrt(),
        };
        let tolerances = Tolerances { relative: options.relative, absolute: options.relative * ABSOLUTE * size };
        let end = options.horizon.unwrap_or(options.patience);
        let limits = CoolingLimits { tolerances, end, max_steps: options.max_steps };
        let certain_before_horizon = matches!(followed, Followed::Free { .. });
        let cold = Follow {
            tolerances,
            end: options.patience,
            at_end: options.horizon.is_some(),
            early: options.horizon.is_none() || (options.early && certain_before_horizon),
            max_steps: options.max_steps,
        };
        Ok(Self { watched, followed, limits, cold, schedule, options: *options })
    }

    /// The end of one run, and the time at which it reached T = 1, if it did: a function of (problem, rule, options, seed, index)
    /// alone.
    pub fn run(&self, seed: u64, index: u64) -> (RunEnd, Option<f64>) {
        match &self.followed {
            Followed::Free { start, basin } => {
                let rates = |beta: f64, y: &[f64; 3]| basin.flow().rates(beta, y);
                let fit = |_: f64, [x, y, z]: &[f64; 3]| {
                    let at = |along: f64| FitComponent { weight: 0.5, along, across: z * z };
                    self.watched.fit_of_pair(1.0, vec![at(x + y), at(x - y)])
                };
                let verdict = |t: f64, y: &[f64; 3]| basin.verdict(t, 1.0, y);
                let judged = |y: &[f64; 3]| {
                    if basin.separated(y[0], y[1]) { RunEnd::Recovered } else { RunEnd::Collapsed }
                };
                self.follow(start.draw(seed, index), &rates, &fit, &verdict, &judged)
            }
            Followed::Sphere { pair, start, basin, log_variance } => {
                let rates = |beta: f64, y: &[f64; 4]| vectors::sphere_rates(pair, beta, y);
                let radius = pair.pair().options().radius;
                let fit = |beta: f64, y: &[f64; 4]| {
                    let at = |m: f64| FitComponent {
                        weight: 0.5,
                        along: radius * m,
                        across: radius * radius * ((1.0 - m) * (1.0 + m)).max(0.0),
                    };
                    self.watched.fit_of_pair(pair.pair().variance(beta, y), vec![at(y[0]), at(y[1])])
                };
                let verdict = |t: f64, y: &[f64; 4]| basin.verdict(t, y);
                let judged = |y: &[f64; 4]| if y[2] > 0.0 { RunEnd::Collapsed } else { RunEnd::Recovered };
                let [m1, m2, s] = start.draw(seed, index);
                self.follow([m1, m2, s, *log_variance], &rates, &fit, &verdict, &judged)
            }
        }
    }

    fn follow<const N: usize>(
        &self,
        start: [f64; N],
        rates: &impl Fn(f64, &[f64; N]) -> [f64; N],
        fit: &impl Fn(f64, &[f64; N]) -> Option<TemperedFit>,
        verdict: &impl Fn(f64, &[f64; N]) -> Verdict,
        judged: &impl Fn(&[f64; N]) -> RunEnd,
    ) -> (RunEnd, Option<f64>) {
        let mut field = |beta: f64, y: &[f64; N], rate: &mut [f64; N]| *rate = rates(beta, y);
        let Cooled { time, state, end, .. } = self.watched.follow((start, N), &self.limits, &mut field, fit);
        let mut y = start;
        y.copy_from_slice(&state);
        match end {
            CoolingEnd::Failed => (RunEnd::Failed, None),
            // Judged at the horizon, warm as it is.
            CoolingEnd::Limited if self.options.horizon.is_some_and(|horizon| time >= horizon) => (judged(&y), None),
            CoolingEnd::Limited => (RunEnd::Undecided, None),
            CoolingEnd::Cold => {
                let end = match self.options.horizon {
                    Some(horizon) if horizon <= time => judged(&y),
                    horizon => {
                        let cold = Follow { end: horizon.map_or(self.cold.end, |horizon| horizon - time), ..self.cold };
                        follow(&self.schedule, &cold, 0.0, y, rates, verdict, judged)
                    }
                };
                (end, Some(time))
            }
        }
    }

    /// The probability of collapse from runs 0 to `n` - 1 as long as `go_on`, told of the runs that are done, says so; else nothing.
    pub fn estimate_while(&self, seed: u64, n: u64, go_on: GoOn<'_>) -> Option<(Estimate, Cooling)> {
        let run = |index: u64| {
            let run = if go_on(0) { self.run(seed, index) } else { (RunEnd::Undecided, None) };
            go_on(1);
            run
        };
        let (mut tally, mut times) = (Tally::default(), Vec::new());
        for part in in_parts(0..n) {
            for (end, time) in parallel::map_range(part, run) {
                tally.count(end);
                times.push(time);
            }
        }
        let estimate = Estimate::new(tally, self.options.level, seed);
        go_on(0).then(|| (estimate, Cooling::of(&times)))
    }
}

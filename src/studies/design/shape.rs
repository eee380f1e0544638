//! The members of a family of schedules.

use collapsar_theory::{AdaptiveRule, InvalidParameter, Schedule};

use crate::config::{ScheduleConfig, ScheduleShape};

/// Largest share of the duration of a cold start before a flash, and of the flash at the end.
const MOST: f64 = 0.4;
/// A share of the duration below this is none.
const NOTHING: f64 = 1e-4;

/// How hot a member may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct DesignLimits {
    /// The highest temperature.
    pub(super) hottest: f64,
    /// The largest jump up from a hold, where a variance of its own has to follow: a step must stay below var/T.
    pub(super) jump: Option<f64>,
    /// d, by which rules that watch the fit are made for a duration.
    pub(super) dimension: usize,
}

/// A schedule, and var(0) where the family chooses it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) schedule: ScheduleConfig,
    pub(super) variance: Option<f64>,
}

/// Changes of beta of a rule that watches the fit, were the fit one Gaussian.
const CHANGES: usize = 40;

impl ScheduleShape {
    /// Whether the fit decides what comes next, so that P_c and time have to be counted.
    pub(super) fn watches_the_fit(self) -> bool {
        matches!(self, Self::AdaptiveKl | Self::AdaptiveEss)
    }

    /// How many coordinates a member has beside its duration.
    pub(super) fn coordinates(self) -> usize {
        self.guesses(1.0).first().map_or(0, Vec::len)
    }

    /// Where searches of more than one coordinate may start, from the coordinate of the best hold: P_c has several valleys.
    pub(super) fn guesses(self, hold: f64) -> Vec<Vec<f64>> {
        let warmer = (hold + 0.3).min(0.95);
        let product = |first: &[f64], rest: &[&[f64]]| -> Vec<Vec<f64>> {
            rest.iter().flat_map(|rest| first.iter().map(|&first| [&[first], *rest].concat())).collect()
        };
        match self {
            Self::Geometric
            | Self::Hold
            | Self::Exponential
            | Self::LinearTemperature
            | Self::AdaptiveKl
            | Self::AdaptiveEss => vec![vec![hold]],
            Self::HoldRamp => product(&[hold, warmer], &[&[0.1], &[0.3], &[0.8]]),
            // A broad start needs less heat than a hold that starts narrow, or none.
            Self::BroadStart => {
                let arcs = [[0.2, hold], [0.5, hold], [0.2, 0.5 * hold], [0.5, 0.5 * hold], [0.8, 0.0]];
                product(&[0.5, 0.8, 1.0], &arcs.each_ref().map(|arc| &arc[..]))
            }
            Self::ThreeArcs => product(&[0.1, 0.5], &[&[hold, 0.15, warmer], &[hold, 0.4, warmer], &[hold, 0.0, hold]]),
        }
    }

    /// The member of this duration at a place: coordinates from 0 to 1, temperatures and variances on a logarithmic scale
    /// up to the hottest, shares of the duration on a linear one.
    ///
    /// # Errors
    /// What the schedule refuses.
    pub(super) fn member(self, duration: f64, place: &[f64], limits: DesignLimits) -> Result<Member, InvalidParameter> {
        let at = |n: usize| place.get(n).copied().unwrap_or(0.0).clamp(0.0, 1.0);
        let hot = |n: usize| limits.hottest.powf(at(n));
        let flash = |n: usize, hold: f64| limits.jump.map_or(hot(n), |jump| hot(n).min(hold * jump));
        let mut variance = None;
        // T0 = 1 would be no rule.
        let warm = hot(0).max(1.0 + Schedule::SETTLED);
        let rule = match self {
            Self::AdaptiveKl => Some(AdaptiveRule::kl_for(warm, duration, CHANGES, limits.dimension)?),
            Self::AdaptiveEss => Some(AdaptiveRule::ess_for(warm, duration, CHANGES, limits.dimension)?),
            _ => None,
        };
        if let Some(rule) = rule {
            return Ok(Member { schedule: ScheduleConfig::from(&rule), variance });
        }
        let schedule = match self {
            Self::Geometric => Schedule::geometric(hot(0), duration),
            Self::Hold => Schedule::quench(hot(0), duration),
            Self::Exponential => {
                let excess = (hot(0) - 1.0).max(2.0 * Schedule::SETTLED);
                Schedule::exponential(1.0 + excess, (excess / Schedule::SETTLED).ln() / duration)
            }
            Self::LinearTemperature => Schedule::linear_temperature(hot(0), duration),
            Self::HoldRamp => {
                let until = duration * (1.0 - at(1).max(NOTHING));
                Schedule::table(vec![until, duration], vec![hot(0), 1.0])
            }
            Self::ThreeArcs => arcs(duration, [at(0) * MOST, 1.0 - at(2) * MOST], [hot(1), flash(3, hot(1))]),
            Self::BroadStart => {
                variance = Some(hot(0));
                arcs(duration, [at(1), 1.0], [hot(2); 2])
            }
            // Made above.
            Self::AdaptiveKl | Self::AdaptiveEss => Schedule::constant(1.0),
        }?;
        Ok(Member { schedule: ScheduleConfig::from(&schedule), variance })
    }
}

/// T = 1 to the first share of the duration, the first temperature to the second share, the other to the end, then 1.
fn arcs(duration: f64, [cold, flash]: [f64; 2], [hold, top]: [f64; 2]) -> Result<Schedule, InvalidParameter> {
    let (mut times, mut temperatures) = (Vec::new(), Vec::new());
    let mut jump = |share: f64, before: f64, after: f64| {
        times.extend([share * duration; 2]);
        temperatures.extend([before, after]);
    };
    if cold > NOTHING {
        jump(cold.min(flash - NOTHING), 1.0, hold);
    }
    if flash < 1.0 - NOTHING {
        jump(flash, hold, top);
        jump(1.0, top, 1.0);
    } else {
        jump(1.0, hold, 1.0);
    }
    Schedule::table(times, temperatures)
}

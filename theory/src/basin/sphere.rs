//! Certain ends of the sphere pair.

use crate::basin::Verdict;
use crate::flow::{Flow, SpherePair, SpherePairOptions, SphereVariance, TabulatedSphereObjective};
use crate::numerics::minimum;
use crate::parameter::{InvalidParameter, Part};
use crate::schedule::Schedule;

/// How close beta var must be to 1 for the variance to count as settled where it no longer feels the means.
const SETTLED: f64 = 1e-9;
/// How close T must be to its limit for the temperature to count as constant.
const CONSTANT: f64 = 1e-10;
/// What the table may be off by, in units of 1 + R: ten times its error.
const TABULATED: f64 = 1e-8;
/// Slack on the height of the wall: what the two distances above may add to the objective, many times over.
const SLACK: f64 = 1e-6;

/// Trapping regions of the sphere pair under a given schedule.
///
/// **Recovered.** With eps = |h|/R^2, tau(R m) has the sign of m for |m| >= eps. From theory (8), on the face m_1 = eps
/// of {m_1 >= eps, m_2 <= -eps}: m_2 - m_1 s <= -eps + eps = 0 and the pull is not negative, so m_1' >= 0; likewise
/// m_2' <= 0 on the other face. The set (and its mirror image) is never left, under any schedule and any variance.
///
/// **Collapsed.** At constant temperature F never rises. A state with both means on one side of the decision plane
/// m = -h/R^2 and F below its least value on that plane can not cross it. On the plane (say m_2 = -h/R^2) F rises with s,
/// so its minimum over the admissible states is at the least s, m_1 m_2 - sqrt((1-m_1^2)(1-m_2^2)), and one variable is
/// left. A lagging variance must have settled; in finite dimension its own part of F counts too and is not negative.
#[derive(Debug, Clone)]
pub struct SphereBasin {
    pair: SpherePair,
    /// The same pair with the variance at its limit.
    settled: SpherePair,
    /// Its objective for a first look, which decides most states.
    objective: TabulatedSphereObjective,
    plane: f64,
    end: f64,
    constant_from: f64,
    /// Least F on the plane with the other mean above it, below it.
    heights: (f64, f64),
}

impl SphereBasin {
    /// The regions for `pair` under `schedule`.
    ///
    /// Errors: a temperature below 1; the decision plane misses the sphere (|h| >= R^2): both modes then pull the same way everywhere.
    pub fn new(pair: SpherePair, schedule: &Schedule) -> Result<Self, InvalidParameter> {
        schedule.check_hot()?;
        let options = pair.options();
        let plane = -pair.bias() / (options.radius * options.radius);
        if plane.abs() >= 1.0 {
            let rule = "leave the decision plane |log(w/(1-w))|/(2 R^2) on the sphere";
            return Err(InvalidParameter::new(
                "weights",
                format!("[{0}, {1}]", options.target_weight, 1.0 - options.target_weight),
                rule,
            )
            .of(Part::Target));
        }
        let variance = match options.variance {
            SphereVariance::Lagging { .. } => SphereVariance::Slaved,
            other => other,
        };
        let settled = SpherePair::new(SpherePairOptions { variance, ..options })?;
        let end = 1.0 / schedule.final_temperature();
        let objective = TabulatedSphereObjective::new(settled, settled.variance(end, &[]))?;
        // From above by at most twice the table's error: the place is found by the table.
        let height = |to: f64| {
            let at = |m: f64| [m, plane, m * plane - ((1.0 - m * m) * (1.0 - plane * plane)).max(0.0).sqrt()];
            let (m, _) = minimum(plane.min(to), plane.max(to), |m| objective.at(end, &at(m)));
            settled.objective(end, &at(m))
        };
        let heights = (height(1.0), height(-1.0));
        Ok(Self { pair, settled, objective, plane, end, constant_from: schedule.settling_time(CONSTANT), heights })
    }

    /// -h/R^2, the decision plane of the target.
    pub fn plane(&self) -> f64 {
        self.plane
    }

    /// Whether the means are apart for good: certain recovery.
    #[inline]
    pub fn separated(&self, m1: f64, m2: f64) -> bool {
        let eps = self.plane.abs();
        (m1 >= eps && m2 <= -eps) || (m2 >= eps && m1 <= -eps)
    }

    /// Whether a state at rest at the final temperature would be trapped: nothing is certain, but runs that collapse pass from no
    /// to yes at a time that tells how near the boundary they began.
    #[inline]
    pub fn leans(&self, state: &[f64; 3]) -> bool {
        let above = state[0] > self.plane;
        above == (state[1] > self.plane)
            && self.objective.at(self.end, state) < if above { self.heights.0 } else { self.heights.1 }
    }

    /// Whether the state is trapped on one side of the plane: certain collapse. A table decides what is far from the edge;
    /// what is not is decided by the accurate kernels.
    pub fn trapped(&self, t: f64, state: &[f64]) -> bool {
        let (m1, m2) = (state[0], state[1]);
        if t < self.constant_from || (m1 > self.plane) != (m2 > self.plane) {
            return false;
        }
        let mut own = 0.0;
        if let SphereVariance::Lagging { dimension } = self.pair.options().variance {
            let scaled = self.pair.variance(self.end, state) * self.end;
            if (scaled - 1.0).abs() > SETTLED {
                return false;
            }
            own = if dimension.is_finite() { dimension / 2.0 * (scaled - 1.0 - scaled.ln()) } else { 0.0 };
        }
        let height = if m1 > self.plane { self.heights.0 } else { self.heights.1 };
        let state = [m1, m2, state[2]];
        let low = |objective: f64| objective + own < height - SLACK;
        let (about, margin) = (self.objective.at(self.end, &state), TABULATED * (1.0 + self.pair.options().radius));
        low(about + margin) || (low(about - margin) && low(self.settled.objective(self.end, &state)))
    }

    /// Both tests.
    pub fn verdict(&self, t: f64, state: &[f64]) -> Verdict {
        if self.separated(state[0], state[1]) {
            Verdict::Recovered
        } else if self.trapped(t, state) {
            Verdict::Collapsed
        } else {
            Verdict::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_states_lie_where_they_should() {
        let pair = SpherePair::new(SpherePairOptions::default()).unwrap();
        let schedule = Schedule::geometric(90.0, 10.0).unwrap();
        let basin = SphereBasin::new(pair, &schedule).unwrap();
        assert!((basin.plane() + 0.077_016_353_395_549_49).abs() < 1e-15);
        assert_eq!(basin.verdict(11.0, &[1.0, 1.0, 1.0]), Verdict::Collapsed);
        assert_eq!(basin.verdict(11.0, &[-1.0, -0.99, 0.99]), Verdict::Collapsed);
        assert_eq!(basin.verdict(9.0, &[1.0, 1.0, 1.0]), Verdict::Open, "still cooling");
        assert!(basin.leans(&[1.0, 1.0, 1.0]) && basin.leans(&[-1.0, -0.99, 0.99]));
        assert!(!basin.leans(&[0.05, 0.05, 1.0]) && !basin.leans(&[0.9, -0.9, -1.0]));
        assert_eq!(basin.verdict(0.0, &[0.08, -0.08, 0.0]), Verdict::Recovered);
        assert_eq!(basin.verdict(11.0, &[0.05, -0.05, -0.9]), Verdict::Open);
    }

    #[test]
    fn the_first_look_is_as_near_as_it_claims() {
        for (radius, end) in [(2.0, 1.0), (3.0, 2.0), (12.0, 1.0)] {
            let pair = SpherePair::new(SpherePairOptions { radius, ..SpherePairOptions::default() }).unwrap();
            let schedule = Schedule::constant(end).unwrap();
            let basin = SphereBasin::new(pair, &schedule).unwrap();
            for i in 0..2000 {
                let share = |k: u32| 2.0 * (f64::from(i) * f64::from(k).sqrt()).fract() - 1.0;
                let state = [share(2), share(3), share(5)];
                let off = basin.objective.at(basin.end, &state) - basin.settled.objective(basin.end, &state);
                assert!(off.abs() < 0.1 * TABULATED * (1.0 + radius), "{radius} {state:?}: {off}");
            }
        }
    }
}

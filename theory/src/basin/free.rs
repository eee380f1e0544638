//! Certain ends of the free pair.

use crate::basin::Verdict;
use crate::basin::minimum::minimum;
use crate::flow::{Flow, FreePair};
use crate::kernel::repulsion;
use crate::parameter::InvalidParameter;
use crate::schedule::Schedule;

/// Inverse temperatures, from the final one down in this ratio, at which the wall's height is kept; below the last no
/// state is called collapsed.
const WALL_RATIO: f64 = 0.9;
const WALLS: usize = 12;
/// Slack on the height of the wall: many times the rounding of the objective.
const SLACK: f64 = 1e-9;

/// Trapping regions of the free pair under a given schedule.
///
/// **Wall.** Let m_c be the middle root of m = rho tau(m) (0 for equal target weights). From theory (2),
/// m_2' = -g c {beta (m_2 - rho tau(m_2)) + r (m_1 - m_2)}: where m_2 = m_c < m_1 it is negative, and where
/// m_1 = m_c > m_2, m_1' is positive. So {m_2 <= m_c <= m_1} (and its mirror image) is never left, under any
/// schedule, whatever z: such a state is **recovered**.
///
/// **Well.** While beta does not fall, dF_beta/dt <= beta' (-<log p>) and -<log p> = (F - H)/beta <= (F + log 2)/beta, H
/// the entropy part, so (F + log 2)/beta never rises. A state with both means on one side of m_c, whose bound
/// (F + log 2) beta_end/beta - log 2 stays below the least F on the wall at every inverse temperature from beta to
/// beta_end, can not cross it any more: it is **collapsed**. F on the wall is concave in beta (a minimum of linear
/// functions), so its two ends bound it. The minimum over z is explicit: 2 r(q) = beta or z = 0; a run with z = 0 stays there
/// and has a wall of its own.
#[derive(Debug, Clone)]
pub struct FreeBasin {
    pair: FreePair,
    wall: f64,
    end: f64,
    /// The time from which beta does not fall any more.
    cooling_from: f64,
    /// beta falling.
    heights: Vec<Height>,
}

/// The least F on the wall at one inverse temperature: with the other mean above the wall, below it.
#[derive(Debug, Clone, Copy)]
struct Height {
    beta: f64,
    /// Over all z.
    spatial: [f64; 2],
    /// At z = 0, which a run with z = 0 never leaves.
    planar: [f64; 2],
}

impl FreeBasin {
    /// The regions for `pair` under `schedule`.
    ///
    /// Errors: m = rho tau(m) has a single root, away from 0: one mode is so light that a mean alone never settles on it,
    /// and collapse is not a matter of basins.
    pub fn new(pair: FreePair, schedule: &Schedule) -> Result<Self, InvalidParameter> {
        let wall = middle_root(&pair).ok_or_else(|| {
            let rule = "leave both modes attractive to a single mean (m = rho tau(m) with three roots)";
            InvalidParameter::new("target_weight", pair.options().target_weight, rule)
        })?;
        let end = 1.0 / schedule.final_temperature();
        let betas = (0..WALLS).map(|i| end * WALL_RATIO.powi(i as i32));
        let both = |beta: f64, planar: bool| [1.0, -1.0].map(|sign| height(&pair, wall, beta, sign, planar));
        let heights = betas.map(|beta| Height { beta, spatial: both(beta, false), planar: both(beta, true) }).collect();
        Ok(Self { pair, wall, end, cooling_from: schedule.cooling_from(), heights })
    }

    /// m_c, the coordinate of the wall.
    pub fn wall(&self) -> f64 {
        self.wall
    }

    /// Whether the means are on different sides of the wall: certain recovery, at the price of a comparison.
    #[inline]
    pub fn separated(&self, x: f64, y: f64) -> bool {
        y.abs() >= (x - self.wall).abs()
    }

    /// Whether the state is trapped on one side of the wall: certain collapse, at the price of one objective. (x, y, z)
    /// at time `t` and inverse temperature `beta`.
    pub fn trapped(&self, t: f64, beta: f64, state: &[f64]) -> bool {
        if t < self.cooling_from || self.separated(state[0], state[1]) {
            return false;
        }
        // The kept wall at or below beta; the ends of the interval bound the concave height between.
        let Some(kept) = self.heights.iter().find(|kept| kept.beta <= beta) else { return false };
        let side = |kept: &Height| {
            let heights = if state[2] == 0.0 { kept.planar } else { kept.spatial };
            heights[usize::from(state[0] <= self.wall)]
        };
        let least = side(kept).min(side(&self.heights[0]));
        let bound =
            (self.pair.objective(beta, state) + std::f64::consts::LN_2) * self.end / beta - std::f64::consts::LN_2;
        bound < least - SLACK
    }

    /// Both tests.
    pub fn verdict(&self, t: f64, beta: f64, state: &[f64]) -> Verdict {
        if self.separated(state[0], state[1]) {
            Verdict::Recovered
        } else if self.trapped(t, beta, state) {
            Verdict::Collapsed
        } else {
            Verdict::Open
        }
    }
}

/// The middle one of three roots of m = rho tau(m); 0 for equal target weights whatever their number.
fn middle_root(pair: &FreePair) -> Option<f64> {
    if pair.bias() == 0.0 {
        return Some(0.0);
    }
    // phi(m) = m - rho tau(m) falls only between the two points where rho tau' = 1, symmetric about the centre of tau.
    let rho = pair.options().separation;
    let phi = |m: f64| m - rho * pair.pull(m).0;
    let centre = -pair.bias() / rho;
    if rho * pair.pull(centre).1 <= 1.0 {
        return None;
    }
    let half = bisect(0.0, 2.0 * rho + 10.0, |u| 1.0 - rho * pair.pull(centre + u).1)?;
    bisect(centre - half, centre + half, |m| -phi(m))
}

/// The root of an increasing function that changes sign on [low, high].
fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> Option<f64> {
    if !(f(low) < 0.0 && f(high) > 0.0) {
        return None;
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return Some(middle);
        }
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
}

/// The least F_beta with one mean on the wall and the other on the side of `sign`.
fn height(pair: &FreePair, wall: f64, beta: f64, sign: f64, planar: bool) -> f64 {
    // F falls in z while 2 r(q) > beta: its minimum is where 2 r = beta, or at 0.
    let free_gap = if planar || beta >= 1.0 { 0.0 } else { bisect(0.0, 1e4, |q| beta - 2.0 * repulsion(q)).unwrap_or(0.0) };
    let reach = 4.0 * pair.options().separation + 10.0;
    minimum(0.0, reach, |gap| {
        let (x, y) = (wall + sign * gap / 2.0, gap / 2.0);
        let z = (free_gap / 4.0 - y * y).max(0.0).sqrt();
        pair.objective(beta, &[x, y, z])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::FreePairOptions;

    #[test]
    fn the_known_states_lie_where_they_should() {
        let pair = FreePair::new(FreePairOptions::default()).unwrap();
        let basin = FreeBasin::new(pair, &Schedule::constant(1.0).unwrap()).unwrap();
        // Stable collapsed state and saddle of theory (12) at rho = 3, T = 1.
        assert_eq!(basin.verdict(0.0, 1.0, &[2.98468, 0.20599, 0.0]), Verdict::Collapsed);
        assert_eq!(basin.verdict(0.0, 1.0, &[1.75221, 1.52830, 0.0]), Verdict::Open);
        assert_eq!(basin.verdict(0.0, 1.0, &[0.1, -3.0, 0.5]), Verdict::Recovered);
        // The pass is the highest point of the way down to the wall.
        let pass = pair.objective(1.0, &[1.75221, 1.52830, 0.0]);
        let well = pair.objective(1.0, &[2.98468, 0.20599, 0.0]);
        assert!(well < basin.heights[0].spatial[0] && basin.heights[0].spatial[0] < pass);
    }

    #[test]
    fn the_wall_of_unequal_targets_is_a_root_between_the_modes() {
        let pair = FreePair::new(FreePairOptions { target_weight: 0.7, ..FreePairOptions::default() }).unwrap();
        let basin = FreeBasin::new(pair, &Schedule::constant(1.0).unwrap()).unwrap();
        let m = basin.wall();
        assert!(m < 0.0 && m > -1.0, "{m}");
        assert!((m - 3.0 * pair.pull(m).0).abs() < 1e-12);
        let lopsided =
            FreePair::new(FreePairOptions { target_weight: 0.999_999, separation: 1.2, ..pair.options() }).unwrap();
        assert!(FreeBasin::new(lopsided, &Schedule::constant(1.0).unwrap()).is_err());
    }
}

//! Certain ends of the free pair.

use crate::basin::Verdict;
use crate::flow::{Flow, FreePair, SmoothFlow, TabulatedFreeObjective, TabulatedFreePair};
use crate::kernel::{logistic_normal_jet, repulsion};
use crate::numerics::bisect;
use crate::numerics::minimum;
use crate::parameter::{InvalidParameter, Part};
use crate::schedule::Schedule;

/// Inverse temperatures, from the final one down in this ratio, at which the wall's height is kept; below the last no
/// state is called collapsed.
const WALL_RATIO: f64 = 0.9;
const WALLS: usize = 12;
/// Slack on the height of the wall in units of 1 + rho: many times the rounding of the objective, and five times what the
/// search by the table may miss.
const SLACK: f64 = 1e-9;

/// Trapping regions of the free pair under a given schedule.
///
/// **Wall.** Let m_c be the middle root of m = rho tau(m) (0 for equal target weights). From theory (2),
/// m_2' = -g c {beta (m_2 - rho tau(m_2)) + r (m_1 - m_2)}: where m_2 = m_c < m_1 it is negative, and where
/// m_1 = m_c > m_2, m_1' is positive. So {m_2 <= m_c <= m_1} (and its mirror image) is never left, under any
/// schedule, whatever z: such a state is **recovered**.
///
/// **Well.** While beta does not fall, dF_beta/dt <= beta' (-E log p) and -E log p = (F - H)/beta <= (F + log 2)/beta, H
/// the entropy part, so (F + log 2)/beta never rises. A state with both means on one side of m_c, whose bound
/// (F + log 2) beta_end/beta - log 2 stays below the least F on the wall at every inverse temperature from beta to
/// beta_end, can not cross it any more: it is **collapsed**. F on the wall is concave in beta (a minimum of linear
/// functions), so its two ends bound it. The minimum over z is explicit: 2 r(q) = beta or z = 0; a run with z = 0 stays there
/// and has a wall of its own.
///
/// **Bowl.** Near a fold the well is shallower than the wall. At the final temperature the flow is the gradient flow of F
/// in (x, y, z) (times g c/2), so where F is convex distances to its minimum only shrink. If at a state the Hessian is at
/// least lambda > 0, its Lipschitz constant is at most M and the gradient is below lambda^2/(4 M), F is convex on the ball
/// of radius lambda/M around the state and has its minimum inside half of it (Newton-Kantorovich): the run ends there.
#[derive(Debug, Clone)]
pub struct FreeBasin {
    pair: FreePair,
    /// The pair's field and objective for a first look, which decides most states.
    flow: TabulatedFreePair,
    objective: TabulatedFreeObjective,
    wall: f64,
    wells: bool,
    end: f64,
    /// The time from which beta does not fall any more.
    cooling_from: f64,
    /// M, a bound of the third derivatives of F/beta and of the repulsion's part.
    bend: f64,
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
    /// Errors: a temperature below 1; m = rho tau(m) has a single root, away from 0: one mode is so light that a mean alone never settles on it,
    /// and collapse is not a matter of basins.
    pub fn new(pair: FreePair, schedule: &Schedule) -> Result<Self, InvalidParameter> {
        schedule.check_hot()?;
        let wall = middle_root(&pair).ok_or_else(|| {
            let rule = "leave both modes attractive to a single mean (m = rho tau(m) with three roots)";
            InvalidParameter::new(
                "weights",
                format!("[{0}, {1}]", pair.options().target_weight, 1.0 - pair.options().target_weight),
                rule,
            )
            .of(Part::Target)
        })?;
        let end = 1.0 / schedule.final_temperature();
        let betas = (0..WALLS).map(|i| end * WALL_RATIO.powi(i as i32));
        let (flow, objective) = (TabulatedFreePair::new(pair)?, TabulatedFreeObjective::new(pair)?);
        let both =
            |beta: f64, planar: bool| [1.0, -1.0].map(|sign| height(&pair, &objective, wall, beta, sign, planar));
        let heights = betas.map(|beta| Height { beta, spatial: both(beta, false), planar: both(beta, true) }).collect();
        let wells = pair.options().separation * pair.pull(wall).1 > 1.0;
        let cooling_from = schedule.cooling_from();
        Ok(Self { pair, flow, objective, wall, wells, end, cooling_from, bend: bend(&pair), heights })
    }

    /// The flow whose ends these are.
    pub fn flow(&self) -> &TabulatedFreePair {
        &self.flow
    }

    /// m_c, the coordinate of the wall.
    pub fn wall(&self) -> f64 {
        self.wall
    }

    /// Whether a mean alone settles on either side of the wall: m = rho tau(m) has three roots.
    ///
    /// Where it has one (equal target weights, rho tau'(0) <= 1), rho tau(m) < m for m > 0, and tau is concave there: a
    /// critical point of F with both means on one side, x > |y|, would have
    /// x = (rho/2) (tau(x+y) + tau(x-y)) <= rho tau(x) < x. So there is none at any temperature, and the flow, a gradient
    /// flow once the temperature has settled, collapses from a set of starts of probability 0 only.
    pub fn has_wells(&self) -> bool {
        self.wells
    }

    /// Whether the means are on different sides of the wall: certain recovery, at the price of a comparison.
    #[inline]
    pub fn separated(&self, x: f64, y: f64) -> bool {
        y.abs() >= (x - self.wall).abs()
    }

    /// Whether the state is trapped on one side of the wall: certain collapse. (x, y, z) at time `t` and inverse temperature
    /// `beta`. Tables decide what is far from the edge; what is not is decided by the accurate kernels.
    pub fn trapped(&self, t: f64, beta: f64, state: &[f64; 3]) -> bool {
        if t < self.cooling_from || !self.wells || self.separated(state[0], state[1]) {
            return false;
        }
        // The kept wall at or below beta; the ends of the interval bound the concave height between.
        let Some(kept) = self.heights.iter().find(|kept| kept.beta <= beta) else { return false };
        let side = |kept: &Height| {
            let heights = if state[2] == 0.0 { kept.planar } else { kept.spatial };
            heights[usize::from(state[0] <= self.wall)]
        };
        let least = side(kept).min(side(&self.heights[0]));
        let unit = 1.0 + self.pair.options().separation;
        let bound = |objective: f64| {
            (objective + std::f64::consts::LN_2) * self.end / beta - std::f64::consts::LN_2 < least - SLACK * unit
        };
        let (about, margin) = (self.objective.at(beta, state), TABULATED * unit);
        bound(about + margin)
            || (bound(about - margin) && bound(self.pair.objective(beta, state)))
            || ((beta - self.end).abs() <= SETTLED && self.may_be_bowl(state) && self.in_bowl(state))
    }

    /// Whether the tables leave it open that [`in_bowl`](Self::in_bowl) holds: F is flat, and convex along the axes and
    /// in the plane of x and y.
    fn may_be_bowl(&self, state: &[f64; 3]) -> bool {
        let speed = self.flow.pair().speed(self.end);
        let slope = self.flow.rates(self.end, state).iter().map(|r| (r / speed) * (r / speed)).sum::<f64>().sqrt();
        if slope > FLAT + TABULATED {
            return false;
        }
        let [xx, xy, _, _, yy, _, _, _, zz] = self.flow.jacobian(self.end, state).map(|j| -j / speed);
        let rho = self.flow.pair().options().separation;
        let margin = TABULATED * (1.0 + rho * rho);
        let size = xx.abs().max(yy.abs()).max(xy.abs());
        xx > -margin
            && yy > -margin
            && xx * yy - xy * xy > -4.0 * margin * (size + margin)
            && (state[2] == 0.0 || zz > -margin)
    }

    /// Whether a minimum of F on this side of the wall attracts the state at the final temperature.
    fn in_bowl(&self, state: &[f64; 3]) -> bool {
        let n = if state[2] == 0.0 { 2 } else { 3 };
        let (mut rate, mut jacobian) = ([0.0; 3], [0.0; 9]);
        self.pair.field(self.end, state, &mut rate);
        let speed = self.pair.speed(self.end);
        let slope = rate[..n].iter().map(|r| (r / speed) * (r / speed)).sum::<f64>().sqrt();
        if slope > FLAT {
            return false;
        }
        self.pair.jacobian(self.end, state, &mut jacobian);
        let hessian: [f64; 9] = jacobian.map(|j| -j / speed);
        let least = least_eigenvalue(&hessian, n);
        let radius = least / self.bend;
        let room = (state[0] - self.wall).abs() - state[1].abs();
        least > 0.0 && slope < least * radius / 4.0 && std::f64::consts::SQRT_2 * radius.min(2.0 * slope / least) < room
    }

    /// Both tests.
    pub fn verdict(&self, t: f64, beta: f64, state: &[f64; 3]) -> Verdict {
        if self.separated(state[0], state[1]) {
            Verdict::Recovered
        } else if self.trapped(t, beta, state) {
            Verdict::Collapsed
        } else {
            Verdict::Open
        }
    }
}

/// What the tables may be off by: ten times their errors, in units of 1 + rho for the objective, 1 + rho^2 for the Jacobian.
const TABULATED: f64 = 1e-8;
/// How close beta must be to its end for the temperature to count as final: the gradient moves by about as much.
const SETTLED: f64 = 1e-10;
/// Gradients above this are not worth a Hessian.
const FLAT: f64 = 1e-2;

/// A bound of the third derivatives of F in (x, y, z) at beta <= 1: rho sup |tau''| from the pull (two terms, two means), and
/// 12 from the repulsion, whose gradient 2 r(4 y^2) y has second derivatives up to 1.6 along a line (measured) and at most
/// three times that across.
fn bend(pair: &FreePair) -> f64 {
    let rho = pair.options().separation;
    let centre = -pair.bias() / rho;
    // tau'' is odd about the centre with one extremum on each side, within a few units of it.
    let second = |m: f64| 8.0 * rho * rho * logistic_normal_jet(2.0 * (rho * m + pair.bias()), 2.0 * rho).d2;
    let (_, least) = minimum(centre, centre + 4.0 + 4.0 / rho, second);
    4.0 * rho * least.abs() + 12.0
}

/// The least eigenvalue of the leading n x n part (n = 2, 3) of a symmetric 3 x 3 matrix, from below to 1e-9 of its size:
/// bisection on the signs of the leading minors.
fn least_eigenvalue(a: &[f64; 9], n: usize) -> f64 {
    let positive = |shift: f64| {
        let (p, q, r) = (a[0] - shift, a[4] - shift, a[8] - shift);
        let second = p * q - a[1] * a[1];
        let third = r * second - a[5] * (p * a[5] - a[1] * a[2]) + a[2] * (a[1] * a[5] - q * a[2]);
        p > 0.0 && second > 0.0 && (n == 2 || third > 0.0)
    };
    let size = a.iter().map(|x| x.abs()).fold(0.0, f64::max);
    let (mut low, mut high) = (-3.0 * size, 3.0 * size);
    while high - low > 1e-9 * size {
        let middle = low + (high - low) / 2.0;
        if positive(middle) { low = middle } else { high = middle }
    }
    low
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

/// The least F_beta with one mean on the wall and the other on the side of `sign`, from above by at most twice the table's error:
/// its place is found by the table.
fn height(pair: &FreePair, objective: &TabulatedFreeObjective, wall: f64, beta: f64, sign: f64, planar: bool) -> f64 {
    // F falls in z while 2 r(q) > beta: its minimum is where 2 r = beta, or at 0.
    let free_gap =
        if planar || beta >= 1.0 { 0.0 } else { bisect(0.0, 1e4, |q| beta - 2.0 * repulsion(q)).unwrap_or(0.0) };
    let reach = 4.0 * pair.options().separation + 10.0;
    let at = |gap: f64| {
        let (x, y) = (wall + sign * gap / 2.0, gap / 2.0);
        [x, y, (free_gap / 4.0 - y * y).max(0.0).sqrt()]
    };
    let (gap, _) = minimum(0.0, reach, |gap| objective.at(beta, &at(gap)));
    pair.objective(beta, &at(gap))
}

#[cfg(test)]
mod tests;

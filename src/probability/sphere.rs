//! The sphere pair: boundary D_b(m_1 + m_2, s) and the integral (14) of the start law over it.

use collapsar_theory::{InvalidParameter, Schedule, SphereBasin, SpherePair, TabulatedSpherePair, Verdict};

use crate::probability::bracket::{Bracket, Neighbours, bisect};
use crate::probability::ending::{Ending, Limits, ending};
use crate::probability::law::{coordinate_within, latitude_density, latitude_reach};
use crate::probability::quadrature::{Integral, integrate, integrate_parallel};

/// The collapse boundary of the sphere pair under a schedule: a start collapses iff |m_1 - m_2| < D_b(m_1 + m_2, s).
#[derive(Debug, Clone)]
pub struct SphereBoundary<'a> {
    flow: TabulatedSpherePair,
    basin: SphereBasin,
    schedule: &'a Schedule,
    limits: Limits,
}

impl<'a> SphereBoundary<'a> {
    /// The boundary of `pair` under `schedule`; a lagging variance starts at T0.
    pub fn new(pair: SpherePair, schedule: &'a Schedule, limits: Limits) -> Result<Self, InvalidParameter> {
        Ok(Self { flow: TabulatedSpherePair::new(pair)?, basin: SphereBasin::new(pair, schedule)?, schedule, limits })
    }

    /// How the start (m_1, m_2, s) ends.
    pub fn ending(&self, start: [f64; 3]) -> Ending {
        let verdict = |t: f64, _: f64, y: &[f64; 4]| {
            if self.basin.separated(y[0], y[1]) {
                Verdict::Recovered
            } else if self.basin.trapped(t, y) {
                Verdict::Collapsed
            } else {
                Verdict::Open
            }
        };
        let start = [start[0], start[1], start[2], self.schedule.initial_temperature().ln()];
        ending(self.schedule, &self.limits, start, &|beta, y| self.flow.rates(beta, y), &verdict)
    }

    /// The D beyond which the start is certain to recover: both means past the recovered set's faces.
    fn top(&self, sum: f64) -> f64 {
        2.0 * self.basin.plane().abs() + sum.abs()
    }

    /// D_b(`sum`, s), to `width`, for sum = m_1 + m_2; the bracket ends at the largest D that the sphere allows.
    pub fn locate(&self, sum: f64, s: f64, width: f64) -> Bracket {
        self.locate_near(sum, s, width, None)
    }

    fn locate_near(&self, sum: f64, s: f64, width: f64, guess: Option<(f64, f64)>) -> Bracket {
        let end = |gap: f64| self.ending([(sum + gap) / 2.0, (sum - gap) / 2.0, s]);
        let largest = (2.0 * (1.0 - s) * (1.0 - sum * sum / (2.0 * (1.0 + s)))).max(0.0).sqrt();
        if largest < self.top(sum) {
            match end(largest) {
                Ending::Recovered => {}
                Ending::Collapsed => return Bracket { low: largest, high: largest, undecided: false },
                Ending::Undecided => return Bracket { low: 0.0, high: largest, undecided: true },
            }
        }
        bisect(&end, self.top(sum).min(largest), width, guess)
    }

    /// P(collapse | s): m_1 + m_2 = sqrt(2(1+s)) u and m_1 - m_2 = sqrt(2(1-s)) v with (u, v) two coordinates of a
    /// uniform point on the sphere in R^d, so v = sqrt(1 - u^2) v' with v' a coordinate on the sphere in R^(d-1).
    fn average(&self, dimension: f64, s: f64, tolerance: f64) -> Integral {
        let (stretch_sum, stretch_gap) = ((2.0 * (1.0 + s)).max(0.0).sqrt(), (2.0 * (1.0 - s)).max(0.0).sqrt());
        let mut line = Neighbours::default();
        let mut integrand = |angle: f64| {
            let (u, room) = (angle.sin(), angle.cos());
            let sum = stretch_sum * u;
            let unit = stretch_gap * room;
            let spread = unit / (dimension - 1.0).sqrt();
            let width = (tolerance * spread).max(1e-12);
            let bracket = self.locate_near(sum, s, width, line.guess(angle));
            line.add(angle, bracket.middle());
            let within = |gap: f64| if unit > 0.0 { coordinate_within(dimension - 1.0, gap / unit) } else { 1.0 };
            let (low, high) = (within(bracket.low), within(bracket.high));
            let density = latitude_density(dimension, angle);
            (density * (low + high) / 2.0, density * (high - low) / 2.0)
        };
        let reach = latitude_reach(dimension);
        integrate(&mut integrand, &[-reach, 0.0, reach], tolerance)
    }

    /// P(collapse | s) on the circle: (u, v) = (cos t, sin t) with t uniform, the ends located by bisection.
    fn average_on_circle(&self, s: f64, width: f64) -> Integral {
        let (stretch_sum, stretch_gap) = ((2.0 * (1.0 + s)).max(0.0).sqrt(), (2.0 * (1.0 - s)).max(0.0).sqrt());
        let collapses = |t: f64| {
            let (sum, gap) = (stretch_sum * t.cos(), stretch_gap * t.sin());
            self.ending([(sum + gap) / 2.0, (sum - gap) / 2.0, s])
        };
        let step = std::f64::consts::PI / CIRCLE as f64;
        let mut result = Integral::default();
        let mut before = collapses(0.0);
        for i in 1..=CIRCLE {
            let (mut low, mut high) = (step * (i - 1) as f64, step * i as f64);
            let after = collapses(high);
            let (from, until) = (low, high);
            while before != after && high - low > width {
                let middle = low + (high - low) / 2.0;
                if collapses(middle) == before {
                    low = middle
                } else {
                    high = middle
                }
                result.evaluations += 1;
            }
            let edge = if before == after { until } else { low + (high - low) / 2.0 };
            for (ending, length) in [(before, edge - from), (after, until - edge)] {
                match ending {
                    Ending::Collapsed => result.value += length,
                    Ending::Undecided => {
                        (result.value, result.error) = (result.value + length / 2.0, result.error + length / 2.0)
                    }
                    Ending::Recovered => {}
                }
            }
            result.error += if before == after { 0.0 } else { (high - low) / 2.0 };
            before = after;
        }
        let share = std::f64::consts::PI;
        Integral { value: result.value / share, error: result.error / share, ..result }
    }
}

/// Points of the half circle between which the outcome changes at most once.
const CIRCLE: usize = 64;

/// P_c of theory (14) for means uniform on the sphere in R^`dimension`, `dimension` >= 2, with the exact law of
/// (m_1, m_2, s): s is a coordinate of a uniform point, and given s the rest is as in [`SphereBoundary`]. `tolerance` is
/// absolute.
pub fn sphere_probability(boundary: &SphereBoundary<'_>, dimension: usize, tolerance: f64) -> Integral {
    let d = dimension as f64;
    let integrand = |angle: f64| {
        let s = angle.sin();
        let line = if dimension == 2 {
            boundary.average_on_circle(s, tolerance / 4.0)
        } else {
            boundary.average(d, s, tolerance / 4.0)
        };
        let density = latitude_density(d, angle);
        (density * line.value, density * line.error)
    };
    let reach = latitude_reach(d);
    integrate_parallel(&integrand, &[-reach, 0.0, reach], tolerance / 2.0)
}

//! The sphere pair: boundary D_b(m_1 + m_2, s) and the integral (14) of the start law over it.

use collapsar_theory::{InvalidParameter, Schedule, SphereBasin, SpherePair, TabulatedSpherePair, Verdict};

use crate::integrate::vectors;
use crate::parallel;
use crate::probability::angle::{AngleEnd, ends, way};
use crate::probability::bracket::{Bracket, Departure, bisect};
use crate::probability::budget::{GIVEN_UP, Spent};
use crate::probability::ending::{Ending, FollowedRun, Limits, ending};
use crate::probability::free::{LIGHT, NEGLIGIBLE};
use crate::probability::law::{coordinate_rule, coordinate_within, latitude_below, latitude_density, latitude_reach};
use crate::probability::neighbours::Neighbours;
use crate::probability::quadrature::{HALVES, Integral, integrate, integrate_parallel};

/// The collapse boundary of the sphere pair under a schedule: a start collapses iff |m_1 - m_2| < D_b(m_1 + m_2, s).
#[derive(Debug, Clone)]
pub struct SphereBoundary<'a> {
    flow: TabulatedSpherePair,
    basin: SphereBasin,
    schedule: &'a Schedule,
    limits: Limits,
    spent: Spent,
    /// log var(0).
    log_variance: f64,
}

impl<'a> SphereBoundary<'a> {
    /// The boundary of `pair` under `schedule`.
    pub fn new(pair: SpherePair, schedule: &'a Schedule, limits: Limits) -> Result<Self, InvalidParameter> {
        let (flow, basin) = (TabulatedSpherePair::new(pair)?, SphereBasin::new(pair, schedule)?);
        let log_variance = pair.initial_variance(schedule.initial_temperature()).ln();
        Ok(Self { flow, basin, schedule, limits, spent: Spent::default(), log_variance })
    }

    /// How the start (m_1, m_2, s) ends.
    pub fn ending(&self, start: [f64; 3]) -> Ending {
        self.follow(start).ending
    }

    fn follow(&self, start: [f64; 3]) -> FollowedRun<4> {
        let verdict = |t: f64, _: f64, y: &[f64; 4]| {
            if self.basin.separated(y[0], y[1]) {
                Verdict::Recovered
            } else if self.basin.trapped(t, y) {
                Verdict::Collapsed
            } else {
                Verdict::Open
            }
        };
        let start = [start[0], start[1], start[2], self.log_variance];
        ending(
            self.schedule,
            &self.limits,
            start,
            &|beta, y| vectors::sphere_rates(&self.flow, beta, y),
            &verdict,
            &|y| self.basin.leans(&[y[0], y[1], y[2]]),
            &self.spent,
        )
    }

    /// Whether the start m_1 = m_2 with (m_1 + m_2)/sqrt(2(1+s)) = `u` collapses on the mode above the plane.
    fn ends_above(&self, s: f64, u: f64) -> bool {
        let m = (2.0 * (1.0 + s)).max(0.0).sqrt() * u / 2.0;
        self.follow([m, m, s]).state[0] > self.basin.plane()
    }

    /// The u in +-`reach` where the start m_1 = m_2 changes the mode on which it collapses: there D_b falls to 0, with a kink; to
    /// `tolerance` or [`KINK`] of all of them. `None` if it ends on the same mode all along.
    fn kink(&self, s: f64, reach: f64, tolerance: f64) -> Option<f64> {
        change([-reach, reach], tolerance.max(KINK), |u| self.ends_above(s, u)).map(|[low, high]| (low + high) / 2.0)
    }

    /// The angle asin(s) in an interval at which the [`kink`](Self::kink) comes into reach. `None` if it does not.
    fn kinked(&self, reach: f64, angles: [f64; 2]) -> Option<f64> {
        let changes = |angle: f64| self.ends_above(angle.sin(), -reach) != self.ends_above(angle.sin(), reach);
        change(angles, KINK, changes).map(|[low, high]| (low + high) / 2.0)
    }

    /// The D beyond which the start is certain to recover: both means past the recovered set's faces.
    fn top(&self, sum: f64) -> f64 {
        2.0 * self.basin.plane().abs() + sum.abs()
    }

    /// D_b(`sum`, s), to `width`, for sum = m_1 + m_2; the bracket ends at the largest D that the sphere allows.
    pub fn locate(&self, sum: f64, s: f64, width: f64) -> Bracket {
        self.locate_near(sum, s, width, None, &mut None)
    }

    fn locate_near(
        &self,
        sum: f64,
        s: f64,
        width: f64,
        guess: Option<(f64, f64)>,
        departure: &mut Option<Departure>,
    ) -> Bracket {
        let end = |gap: f64| self.follow([(sum + gap) / 2.0, (sum - gap) / 2.0, s]).decision();
        let largest = (2.0 * (1.0 - s) * (1.0 - sum * sum / (2.0 * (1.0 + s)))).max(0.0).sqrt();
        if largest < self.top(sum) {
            match end(largest).0 {
                Ending::Recovered => {}
                Ending::Collapsed => return Bracket { low: largest, high: largest, undecided: false },
                Ending::Undecided => return Bracket { low: 0.0, high: largest, undecided: true },
            }
        }
        bisect(&end, self.top(sum).min(largest), width, guess, departure)
    }

    /// P(collapse | s, u) and its uncertainty, where m_1 + m_2 = sqrt(2(1+s)) u and m_1 - m_2 = sqrt(2(1-s)) v with (u, v)
    /// two coordinates of a uniform point on the sphere in R^d: v = sqrt(1 - u^2) v' with v' a coordinate on the sphere in
    /// R^(d-1). `line` holds the boundary along this s, by `key`.
    fn within(&self, dimension: f64, s: f64, u: f64, tolerance: f64, key: f64, line: &mut Neighbours) -> (f64, f64) {
        if self.spent.is_over() {
            return GIVEN_UP;
        }
        let sum = (2.0 * (1.0 + s)).max(0.0).sqrt() * u;
        let unit = (2.0 * (1.0 - s)).max(0.0).sqrt() * (1.0 - u * u).max(0.0).sqrt();
        let width = (tolerance * unit / (dimension - 1.0).sqrt()).clamp(1e-12, unit.max(1e-12));
        let bracket = line.locate(key, |guess, departure| self.locate_near(sum, s, width, guess, departure));
        let share = |gap: f64| if unit > 0.0 { coordinate_within(dimension - 1.0, gap / unit) } else { 1.0 };
        let (low, high) = (share(bracket.low), share(bracket.high));
        ((low + high) / 2.0, (high - low) / 2.0)
    }

    /// The angle between `from` and an end beyond which every start with this s collapses, to `tolerance` or [`KINK`] of the way; the end if
    /// there is none.
    fn full(&self, s: f64, from: f64, end: AngleEnd, tolerance: f64) -> AngleEnd {
        let to = end.angle;
        let collapses = |angle: f64| {
            let sum = (2.0 * (1.0 + s)).max(0.0).sqrt() * angle.sin();
            let largest = (2.0 * (1.0 - s)).max(0.0).sqrt() * angle.cos();
            largest < self.top(sum)
                && self.ending([(sum + largest) / 2.0, (sum - largest) / 2.0, s]) == Ending::Collapsed
        };
        // Not asked at `from`: there is nothing beyond it.
        change([from, to], tolerance.max(KINK), |angle| angle != from && collapses(angle))
            .map_or(end, |[_, angle]| AngleEnd { angle, is_rough: true })
    }

    /// P(collapse | s) by a Gauss rule of a narrow law of u, or around a kink.
    fn line(&self, dimension: f64, s: f64, rule: &[(f64, f64)], tolerance: f64) -> Integral {
        let kink = self.kink(s, latitude_reach(dimension).sin(), tolerance);
        if kink.is_some() {
            return self.average(dimension, s, kink, tolerance);
        }
        let mut line = Neighbours::default();
        let points = rule.iter().map(|&(u, w)| {
            let (share, error) = self.within(dimension, s, u, tolerance, u, &mut line);
            (w * share, w * error)
        });
        let (value, error) = points.fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
        Integral { value, error, evaluations: rule.len() }
    }

    /// P(collapse | s) by quadrature over the angle asin(u): between the angles beyond which every start collapses, on both
    /// sides of a kink.
    fn average(&self, dimension: f64, s: f64, kink: Option<f64>, tolerance: f64) -> Integral {
        let reach = ends(dimension);
        let kink = kink.map(|u| AngleEnd { angle: u.asin(), is_rough: true });
        let middle = kink.map_or(0.0, |kink| kink.angle);
        let [low, high] = reach.map(|end| self.full(s, middle, end, tolerance));
        let edges = [Some(low), kink, Some(high)].into_iter().flatten().collect::<Vec<AngleEnd>>();
        let between =
            |from: AngleEnd, to: AngleEnd| latitude_below(dimension, to.angle) - latitude_below(dimension, from.angle);
        let mut total = Integral { value: between(reach[0], low) + between(high, reach[1]), ..Integral::default() };
        for piece in edges.windows(2) {
            let mut line = Neighbours::default();
            let mut integrand = |v: f64| {
                let (angle, speed) = way(piece[0], piece[1], v);
                let weight = latitude_density(dimension, angle) * speed;
                if weight < NEGLIGIBLE * tolerance {
                    return (weight / 2.0, weight / 2.0);
                }
                // A point of weight w and share error e adds w e: the less it weighs the less it needs.
                let (share, error) = self.within(dimension, s, angle.sin(), tolerance / (weight + LIGHT), v, &mut line);
                (weight * share, weight * error)
            };
            total += integrate(&mut integrand, &HALVES, tolerance / 2.0);
        }
        total
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

/// The place in an interval where a statement changes that holds at one of its ends alone, as a part of this fraction of it; `None`
/// if it holds at both or neither.
fn change([from, to]: [f64; 2], fraction: f64, holds: impl Fn(f64) -> bool) -> Option<[f64; 2]> {
    let (first, last) = (holds(from), holds(to));
    let (mut near, mut far) = (from, to);
    while first != last && (far - near).abs() > fraction * (to - from).abs() {
        let middle = near + (far - near) / 2.0;
        if holds(middle) == first { near = middle } else { far = middle }
    }
    (first != last).then_some([near, far])
}

/// Accuracy of a kink's place, as a fraction of the reach, at best: the quadrature feels its square.
const KINK: f64 = 1e-5;

/// Points of the half circle between which the outcome changes at most once.
const CIRCLE: usize = 64;

/// Points of the Gauss rules in s that are compared.
const GAUSS: [usize; 6] = [5, 7, 10, 15, 22, 33];

/// P_c of theory (14) for means uniform on the sphere in R^`dimension`, `dimension` >= 2, with the exact law of
/// (m_1, m_2, s): s is a coordinate of a uniform point, and given s the rest is as in `within`.
///
/// Where that law is narrow, Gauss rules of growing size in s until two agree within `tolerance` (absolute); where it is not, or
/// P(collapse | s) is too kinked for them, quadrature over the angle asin(s). The error returned is the quadrature's estimate and
/// the lines' own errors. After some minutes' worth of steps it is given up: value and error are not numbers.
pub fn sphere_probability(boundary: &SphereBoundary<'_>, dimension: usize, tolerance: f64) -> Integral {
    boundary.spent.begin(tolerance);
    let d = dimension as f64;
    let mut result = Integral { error: f64::INFINITY, ..Integral::default() };
    let sizes = if ends(d)[0].is_rough { &GAUSS[..0] } else { &GAUSS[..] };
    for (round, &count) in sizes.iter().enumerate() {
        let rule = coordinate_rule(d, count);
        let lines: Vec<Integral> = parallel::map(&rule, |&(s, _)| boundary.line(d, s, &rule, tolerance / 4.0));
        let sum = |f: &dyn Fn(&Integral) -> f64| rule.iter().zip(&lines).map(|((_, w), line)| w * f(line)).sum::<f64>();
        let (value, own) = (sum(&|line| line.value), sum(&|line| line.error));
        let change = if round == 0 { f64::INFINITY } else { (value - result.value).abs() };
        let evaluations = result.evaluations + lines.iter().map(|line| line.evaluations).sum::<usize>();
        result = Integral { value, error: own + change, evaluations };
        if change < tolerance || boundary.spent.is_over() {
            return boundary.spent.judge(result);
        }
    }
    boundary.spent.judge(over_angles(boundary, dimension, tolerance))
}

/// By quadrature over the angle asin(s), on both sides of where the kink of u comes into reach.
fn over_angles(boundary: &SphereBoundary<'_>, dimension: usize, tolerance: f64) -> Integral {
    let d = dimension as f64;
    let [from, to] = ends(d);
    let reach = to.angle.sin();
    let kinked = if dimension == 2 { None } else { boundary.kinked(reach, [from.angle, to.angle]) };
    let kinked = kinked.map(|angle| AngleEnd { angle, is_rough: true });
    let edges = [Some(from), kinked, Some(to)].into_iter().flatten().collect::<Vec<AngleEnd>>();
    let mut total = Integral::default();
    for piece in edges.windows(2) {
        let integrand = |v: f64| {
            let (angle, speed) = way(piece[0], piece[1], v);
            let weight = latitude_density(d, angle) * speed;
            if weight < NEGLIGIBLE * tolerance {
                return (weight / 2.0, weight / 2.0);
            }
            let (s, own) = (angle.sin(), tolerance / 4.0 / (weight + LIGHT));
            let line = match dimension {
                2 => boundary.average_on_circle(s, own),
                _ => boundary.average(d, s, boundary.kink(s, reach, own), own),
            };
            (weight * line.value, weight * line.error)
        };
        total += integrate_parallel(&integrand, &HALVES, tolerance / 4.0);
    }
    total
}

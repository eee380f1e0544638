//! Intervals with outward rounding: what a box search may conclude, it may conclude for every point of the box.

use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::ops::{Add, Mul, Neg, Sub};

/// Relative error of the library's sine and cosine: a few units in the last place.
const CIRCULAR: f64 = 1e-15;

/// Slack, in turns, with which an extremum of the cosine counts as inside: widens the range at most.
const TURN: f64 = 1e-12;

/// The closed interval `[low, high]`.
///
/// Sums, differences and products contain every value of their operands: each end is moved outwards by one unit in the
/// last place. An end that would not be a number becomes infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// The interval between two numbers in either order; the whole line if one is not a number.
    pub fn between(a: f64, b: f64) -> Self {
        if a.is_nan() || b.is_nan() {
            return Self::ends(f64::NAN, f64::NAN);
        }
        Self { low: a.min(b), high: a.max(b) }
    }

    /// An end that is not a number bounds nothing.
    fn ends(low: f64, high: f64) -> Self {
        Self {
            low: if low.is_nan() { f64::NEG_INFINITY } else { low },
            high: if high.is_nan() { f64::INFINITY } else { high },
        }
    }

    /// One number.
    pub fn point(value: f64) -> Self {
        Self::ends(value, value)
    }

    /// `[value - error, value + error]`, for a function whose error is bounded.
    pub fn around(value: f64, error: f64) -> Self {
        Self::ends((value - error).next_down(), (value + error).next_up())
    }

    /// The lower end.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The upper end.
    pub fn high(self) -> f64 {
        self.high
    }

    /// `high - low`.
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// A number inside, half way.
    pub fn middle(self) -> f64 {
        self.low + 0.5 * (self.high - self.low)
    }

    /// The largest absolute value.
    pub fn magnitude(self) -> f64 {
        self.low.abs().max(self.high.abs())
    }

    /// Whether `value` lies inside.
    pub fn contains(self, value: f64) -> bool {
        !(value < self.low || value > self.high)
    }

    /// Whether it lies inside `other`, ends included.
    pub fn within(self, other: Self) -> bool {
        other.low <= self.low && self.high <= other.high
    }

    /// Whether it lies inside `other` without touching its ends.
    pub fn strictly_within(self, other: Self) -> bool {
        other.low < self.low && self.high < other.high
    }

    /// What both have; `None` if nothing.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (low, high) = (self.low.max(other.low), self.high.min(other.high));
        (low <= high).then_some(Self { low, high })
    }

    /// The least interval that holds both.
    pub fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Both ends moved outwards by `by >= 0`.
    pub fn widened(self, by: f64) -> Self {
        Self::ends((self.low - by).next_down(), (self.high + by).next_up())
    }

    /// Both halves.
    pub fn halves(self) -> [Self; 2] {
        let middle = self.middle();
        [Self { low: self.low, high: middle }, Self { low: middle, high: self.high }]
    }

    /// The squares of its numbers.
    pub fn square(self) -> Self {
        let (a, b) = (self.low * self.low, self.high * self.high);
        let low = if self.contains(0.0) { 0.0 } else { a.min(b).next_down() };
        Self::ends(low, a.max(b).next_up())
    }

    /// The cosines of its numbers.
    pub fn cos(self) -> Self {
        self.circular(f64::cos, 0.0)
    }

    /// The sines of its numbers, as accurate for small angles as for large ones.
    pub fn sin(self) -> Self {
        self.circular(f64::sin, FRAC_PI_2)
    }

    /// The values of a function of period 2 pi that falls from 1 at `top` to -1 half a period on, and rises again.
    fn circular(self, function: impl Fn(f64) -> f64, top: f64) -> Self {
        let reaches = |phase: f64| {
            let (from, to) = ((self.low - phase) / TAU - TURN, (self.high - phase) / TAU + TURN);
            from.ceil() <= to.floor()
        };
        let (a, b) = (function(self.low), function(self.high));
        let out = |value: f64, sign: f64| (value + sign * CIRCULAR * value.abs()).clamp(-1.0, 1.0);
        let high = if reaches(top) { 1.0 } else { out(a.max(b), 1.0) };
        let low = if reaches(top + PI) { -1.0 } else { out(a.min(b), -1.0) };
        Self::ends(low, high)
    }
}

impl Add for Interval {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::ends((self.low + other.low).next_down(), (self.high + other.high).next_up())
    }
}

impl Sub for Interval {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Interval {
    type Output = Self;

    fn neg(self) -> Self {
        Self { low: -self.high, high: -self.low }
    }
}

impl Mul for Interval {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let products = [self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high];
        let (mut low, mut high) = (products[0], products[0]);
        for value in products {
            // An undefined product says nothing: the whole line.
            if value.is_nan() {
                return Self { low: f64::NEG_INFINITY, high: f64::INFINITY };
            }
            (low, high) = (low.min(value), high.max(value));
        }
        Self { low: low.next_down(), high: high.next_up() }
    }
}

impl Mul<f64> for Interval {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        self * Self::point(factor)
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn operations_contain_their_values_and_little_more() {
        let grid = |x: Interval| (0..=20).map(move |i| x.low() + x.width() * f64::from(i) / 20.0);
        for (a, b) in [(-3.0, -1.0), (-0.4, 0.9), (0.0, 0.0), (2.0, 9.5), (-7.0, 6.0)] {
            let x = Interval::between(a, b);
            for (c, d) in [(-1.5, 0.25), (3.0, 4.0)] {
                let y = Interval::between(c, d);
                for (u, v) in grid(x).flat_map(|u| grid(y).map(move |v| (u, v))) {
                    assert!((x + y).contains(u + v) && (x - y).contains(u - v) && (x * y).contains(u * v));
                }
            }
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for u in grid(x) {
                assert!(x.cos().contains(u.cos()) && x.sin().contains(u.sin()) && x.square().contains(u * u));
                (low, high) = (low.min(u.cos()), high.max(u.cos()));
            }
            // The grid misses an extremum by at most (width/40)^2/2.
            assert!(x.cos().low() > low - 0.06 && x.cos().high() < high + 0.06);
        }
        let third = Interval::point(1.0) * (1.0 / 3.0);
        assert!(third.width() > 0.0 && third.width() < 1e-15);
        assert!(!Interval::between(1.0, 2.0).contains(0.0) && Interval::between(f64::NAN, 1.0).contains(0.5));
        let whole = Interval::point(f64::INFINITY) - Interval::point(f64::INFINITY);
        assert!(whole.contains(-1e300) && whole.contains(1e300) && Interval::around(f64::NAN, 1.0).contains(7.0));
    }
}

//! Bisection of the boundary between collapse and recovery, with certified sides.

use crate::probability::ending::Ending;

/// A point of the boundary: collapse below `low`, recovery above `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bracket {
    /// The largest ordinate shown to collapse (0 if none was).
    pub low: f64,
    /// The smallest ordinate shown to recover.
    pub high: f64,
    /// Whether some ordinate in between could not be decided.
    pub undecided: bool,
}

impl Bracket {
    /// The boundary's best value.
    pub fn middle(&self) -> f64 {
        self.low + (self.high - self.low) / 2.0
    }

    /// What the boundary may be off by.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }
}

/// Fraction of `top` that separates "no collapse at all" from a boundary worth locating.
const NOTHING: f64 = 1e-13;

/// Locates the boundary on [0, `top`], where `top` is known to recover, to `width`; `guess`, a centre and what it may be
/// off by, is tried first.
pub(crate) fn bisect(end: &dyn Fn(f64) -> Ending, top: f64, width: f64, guess: Option<(f64, f64)>) -> Bracket {
    let mut bracket = Bracket { low: 0.0, high: top, undecided: false };
    if let Some((centre, half)) = guess {
        // An extrapolation may leave the interval, where an answer would not bracket anything.
        narrow(end, &mut bracket, centre.clamp(0.0, top), half.max(width));
    }
    if bracket.low == 0.0 && bracket.high > 0.0 {
        test(end, &mut bracket, NOTHING * top);
    }
    while bracket.width() > width && !bracket.undecided {
        let middle = bracket.middle();
        if middle <= bracket.low || middle >= bracket.high {
            break;
        }
        test(end, &mut bracket, middle);
    }
    bracket
}

/// Walks outwards from `centre` in growing strides until both sides are shown.
fn narrow(end: &dyn Fn(f64) -> Ending, bracket: &mut Bracket, centre: f64, half: f64) {
    let mut half = half;
    for _ in 0..60 {
        let (below, above) = (centre - half, centre + half);
        let (low_open, high_open) = (bracket.low < below, above < bracket.high);
        if !low_open && !high_open || bracket.undecided {
            return;
        }
        if low_open && below > 0.0 {
            test(end, bracket, below);
        }
        if bracket.low >= below && high_open && above < bracket.high {
            test(end, bracket, above);
        }
        let shown = bracket.low >= below && bracket.high <= above;
        if shown {
            return;
        }
        half *= 8.0;
    }
}

fn test(end: &dyn Fn(f64) -> Ending, bracket: &mut Bracket, at: f64) {
    match end(at) {
        Ending::Collapsed => bracket.low = bracket.low.max(at),
        Ending::Recovered => bracket.high = bracket.high.min(at),
        Ending::Undecided => bracket.undecided = true,
    }
}

/// The boundary points found so far along a line, to guess the next from. Guesses only save time: a bracket is as narrow
/// and as certain without them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbours {
    /// (abscissa, ordinate), by abscissa.
    known: Vec<(f64, f64)>,
}

impl Neighbours {
    /// Adds a point.
    pub(crate) fn add(&mut self, x: f64, y: f64) {
        let place = self.known.partition_point(|p| p.0 < x);
        self.known.insert(place, (x, y));
    }

    /// A guess at `x` and its uncertainty, from the three nearest points.
    pub(crate) fn guess(&self, x: f64) -> Option<(f64, f64)> {
        let place = self.known.partition_point(|p| p.0 < x);
        let first = place.saturating_sub(2).min(self.known.len().checked_sub(3)?);
        let [a, b, c] = [self.known[first], self.known[first + 1], self.known[first + 2]];
        let slope = (c.1 - b.1) / (c.0 - b.0);
        let before = (b.1 - a.1) / (b.0 - a.0);
        let bend = (slope - before) / (c.0 - a.0);
        let straight = b.1 + (if x > b.0 { slope } else { before }) * (x - b.0);
        let curved = b.1 + before * (x - b.0) + bend * (x - b.0) * (x - a.0);
        Some((curved, (curved - straight).abs() / 4.0 + 1e-6 * b.1.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_outside_the_interval_does_not_turn_the_bracket_round() {
        let end = |y: f64| if y.abs() < 0.3 { Ending::Collapsed } else { Ending::Recovered };
        for guess in
            [None, Some((-2.0, 0.5)), Some((0.31, 1e-4)), Some((7.0, 0.1)), Some((0.0, 1e-9)), Some((2.0, 1e-9))]
        {
            let bracket = bisect(&end, 2.0, 1e-3, guess);
            assert!(bracket.low < 0.3 && 0.3 <= bracket.high && bracket.width() <= 1e-3, "{guess:?}: {bracket:?}");
        }
        // The whole of a degenerate interval.
        assert_eq!(bisect(&end, 0.0, 1e-3, Some((1.0, 1.0))).width(), 0.0);
    }
}

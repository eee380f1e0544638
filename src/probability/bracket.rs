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

/// How runs leave the boundary: one that starts at a small distance delta from it is decided after the time
/// log(C/delta)/rate, rate that at which the saddle on the boundary is left and C one constant on each side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Departure {
    rate: f64,
    /// log of C below over C above.
    ratio: f64,
}

/// Where the boundary is looked for by the times of two decisions: at their estimate, less and more this share of the bracket;
/// the share after a success and after a miss, its limits.
const SHARE: f64 = 0.02;
const SURER: f64 = 0.2;
const LESS_SURE: f64 = 5.0;
const SHARES: (f64, f64) = (1e-3, 0.25);

/// Locates the boundary on [0, `top`], where `top` is known to recover, to `width`; `guess`, a centre and what it may be
/// off by, is tried first. Runs tell their end and the time at which it was certain. The departure is that of a neighbour,
/// and then of this point: it only saves runs.
pub(crate) fn bisect(
    end: &dyn Fn(f64) -> (Ending, f64),
    top: f64,
    width: f64,
    guess: Option<(f64, f64)>,
    departure: &mut Option<Departure>,
) -> Bracket {
    let bracket = Bracket { low: 0.0, high: top, undecided: false };
    let mut search = Search { end, bracket, below: Vec::new(), above: Vec::new() };
    if let Some((centre, half)) = guess {
        // An extrapolation may leave the interval, where an answer would not bracket anything.
        search.narrow(centre.clamp(0.0, top), half.max(0.45 * width));
    }
    if search.bracket.low == 0.0 && search.bracket.high > 0.0 {
        search.test(NOTHING * top);
    }
    let mut share = SHARE;
    while search.bracket.width() > width && !search.bracket.undecided {
        let (middle, before) = (search.bracket.middle(), search.bracket.width());
        if middle <= search.bracket.low || middle >= search.bracket.high {
            break;
        }
        if let Some(place) = departure.as_ref().and_then(|departure| search.estimate(departure)) {
            let half = (share * before).max(0.45 * width);
            search.test_within(place - half);
            if search.bracket.width() > width {
                search.test_within(place + half);
            }
            let hit = search.bracket.width() <= 2.1 * half;
            share = (share * if hit { SURER } else { LESS_SURE }).clamp(SHARES.0, SHARES.1);
            if hit || search.bracket.width() < 0.5 * before {
                continue;
            }
        }
        let middle = search.bracket.middle();
        search.test_within(middle);
    }
    *departure = search.departure().or(*departure);
    search.bracket
}

/// A bracket with the decisions behind it: ordinate and time, towards the boundary.
struct Search<'a> {
    end: &'a dyn Fn(f64) -> (Ending, f64),
    bracket: Bracket,
    below: Vec<(f64, f64)>,
    above: Vec<(f64, f64)>,
}

impl Search<'_> {
    /// Walks outwards from `centre` in growing strides until both sides are shown.
    fn narrow(&mut self, centre: f64, half: f64) {
        let mut half = half;
        for _ in 0..60 {
            let (below, above) = (centre - half, centre + half);
            let (low_open, high_open) = (self.bracket.low < below, above < self.bracket.high);
            if !low_open && !high_open || self.bracket.undecided {
                return;
            }
            if low_open && below > 0.0 {
                self.test(below);
            }
            if self.bracket.low >= below && high_open && above < self.bracket.high {
                self.test(above);
            }
            let shown = self.bracket.low >= below && self.bracket.high <= above;
            if shown {
                return;
            }
            half *= 8.0;
        }
    }

    fn test(&mut self, at: f64) {
        let (ending, time) = (self.end)(at);
        match ending {
            Ending::Collapsed if at >= self.bracket.low => {
                self.bracket.low = at;
                self.below.push((at, time));
            }
            Ending::Recovered if at <= self.bracket.high => {
                self.bracket.high = at;
                self.above.push((at, time));
            }
            Ending::Collapsed | Ending::Recovered => {}
            Ending::Undecided => self.bracket.undecided = true,
        }
    }

    /// The same of an ordinate strictly inside the bracket; of no other.
    fn test_within(&mut self, at: f64) {
        if !self.bracket.undecided && at > self.bracket.low && at < self.bracket.high {
            self.test(at);
        }
    }

    /// The boundary by the times at both ends of the bracket.
    fn estimate(&self, departure: &Departure) -> Option<f64> {
        let (below, above) = (self.below.last()?, self.above.last()?);
        // delta below over delta above.
        let odds = (departure.ratio + departure.rate * (above.1 - below.1)).exp();
        let place = if odds.is_finite() { self.bracket.width() * odds / (1.0 + odds) } else { self.bracket.width() };
        Some(self.bracket.low + place)
    }

    /// The departure that the decisions show, with the boundary in the middle of the bracket.
    fn departure(&self) -> Option<Departure> {
        let (place, width) = (self.bracket.middle(), self.bracket.width());
        // Distances that are known, and small against the first.
        let known = |all: &[(f64, f64)]| {
            let near: Vec<(f64, f64)> = all
                .iter()
                .map(|&(at, time)| ((at - place).abs(), time))
                .filter(|(distance, _)| *distance > KNOWN * width)
                .collect();
            let (&last, rest) = near.split_last()?;
            let first = rest.iter().rev().find(|first| first.0 > LEAST_FALL * last.0 && first.1 < last.1);
            Some((last, first.map(|first| (first.0 / last.0).ln() / (last.1 - first.1))))
        };
        let (below, above) = (known(&self.below)?, known(&self.above)?);
        let rates = [below.1, above.1].into_iter().flatten();
        let (sum, count) = rates.fold((0.0, 0), |(sum, count), rate| (sum + rate, count + 1));
        let rate = sum / f64::from(count);
        let level = |(distance, time): (f64, f64)| distance.ln() + rate * time;
        (count > 0 && rate.is_finite()).then(|| Departure { rate, ratio: level(below.0) - level(above.0) })
    }
}

/// A distance from the boundary is known if it is this many times the bracket's width; two of them give a rate if they are in
/// this ratio.
const KNOWN: f64 = 50.0;
const LEAST_FALL: f64 = 8.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_outside_the_interval_does_not_turn_the_bracket_round() {
        let end = |y: f64| (if y.abs() < 0.3 { Ending::Collapsed } else { Ending::Recovered }, 0.0);
        for guess in
            [None, Some((-2.0, 0.5)), Some((0.31, 1e-4)), Some((7.0, 0.1)), Some((0.0, 1e-9)), Some((2.0, 1e-9))]
        {
            let bracket = bisect(&end, 2.0, 1e-3, guess, &mut None);
            assert!(bracket.low < 0.3 && 0.3 <= bracket.high && bracket.width() <= 1e-3, "{guess:?}: {bracket:?}");
        }
        // The whole of a degenerate interval.
        assert_eq!(bisect(&end, 0.0, 1e-3, Some((1.0, 1.0)), &mut None).width(), 0.0);
    }

    /// Decisions after a logarithmic time, other constants on both sides, and a rate that depends a little on the distance.
    #[test]
    fn times_of_decisions_save_runs() {
        let mut departure = None;
        for boundary in [0.3, 0.31, 0.33, 0.34] {
            let runs = std::cell::Cell::new(0);
            let end = |y: f64| {
                runs.set(runs.get() + 1);
                let delta = (y - boundary).abs();
                let (ending, level) = if y < boundary { (Ending::Collapsed, 0.5) } else { (Ending::Recovered, 2.0) };
                (ending, ((level / delta).ln() + 0.3 * delta) / 0.17)
            };
            let bracket = bisect(&end, 2.0, 1e-9, Some((boundary + 1e-3, 2e-3)), &mut departure);
            assert!(bracket.low < boundary && boundary <= bracket.high && bracket.width() <= 1e-9, "{bracket:?}");
            assert!(runs.get() <= if boundary == 0.3 { 26 } else { 12 }, "{boundary}: {} runs", runs.get());
        }
        // What is said of times may be false: the bracket is right all the same.
        let end = |y: f64| (if y < 1.1 { Ending::Collapsed } else { Ending::Recovered }, 40.0 * y);
        let bracket = bisect(&end, 2.0, 1e-9, None, &mut departure);
        assert!(bracket.low < 1.1 && 1.1 <= bracket.high && bracket.width() <= 1e-9, "{bracket:?}");
    }
}

//! Events: zeros of a function along a trajectory, located on the dense output of a step.

/// Which crossings of zero count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// From negative to not negative.
    Rising,
    /// From positive to not positive.
    Falling,
    /// Both.
    Either,
}

/// A terminal event: integration stops where `function`(t, y) crosses zero in `direction`.
pub struct Event<'a> {
    /// g(t, y).
    pub function: &'a dyn Fn(f64, &[f64]) -> f64,
    /// Which crossings count.
    pub direction: Crossing,
}

impl Event<'_> {
    /// Does a change from `before` to `after` count? A start exactly at zero does not: the trajectory leaves it.
    fn crosses(&self, before: f64, after: f64) -> bool {
        match self.direction {
            Crossing::Rising => before < 0.0 && after >= 0.0,
            Crossing::Falling => before > 0.0 && after <= 0.0,
            Crossing::Either => before * after < 0.0 || (before != 0.0 && after == 0.0),
        }
    }
}

/// Points inside a step at which signs are compared, so that two crossings in one step are seen unless both fall
/// in one quarter of it.
const SUBDIVISIONS: usize = 4;
/// Bisections of a sub-interval: 2^-60 of a step is below the spacing of times.
const BISECTIONS: usize = 60;

/// The first event in [from, to] on the interpolant, as (event index, time).
pub(crate) fn first_event(
    events: &[Event<'_>],
    (from, to): (f64, f64),
    interpolate: &mut dyn FnMut(f64, &mut Vec<f64>),
) -> Option<(usize, f64)> {
    if events.is_empty() {
        return None;
    }
    let mut state = Vec::new();
    interpolate(from, &mut state);
    let mut before: Vec<f64> = events.iter().map(|e| (e.function)(from, &state)).collect();
    let mut left = from;
    for part in 1..=SUBDIVISIONS {
        let right = if part == SUBDIVISIONS { to } else { from + (to - from) * part as f64 / SUBDIVISIONS as f64 };
        interpolate(right, &mut state);
        let after: Vec<f64> = events.iter().map(|e| (e.function)(right, &state)).collect();
        let hits = (0..events.len()).filter(|&i| events[i].crosses(before[i], after[i]));
        let located = hits.map(|i| (i, bisect(&events[i], (left, before[i]), right, interpolate)));
        if let Some(first) = located.min_by(|a, b| a.1.total_cmp(&b.1)) {
            return Some(first);
        }
        (before, left) = (after, right);
    }
    None
}

/// The crossing in (left, right], from the right: g has crossed at the returned time.
fn bisect(event: &Event<'_>, (left, before): (f64, f64), right: f64, at: &mut dyn FnMut(f64, &mut Vec<f64>)) -> f64 {
    let (mut low, mut high) = (left, right);
    let mut state = Vec::new();
    for _ in 0..BISECTIONS {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        at(middle, &mut state);
        let value = (event.function)(middle, &state);
        if value != 0.0 && (value > 0.0) == (before > 0.0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

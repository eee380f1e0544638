//! What is known of a boundary along a line.

use crate::probability::bracket::Departure;

/// The boundary points found so far along a line, to guess the next from. Guesses only save time: a bracket is as narrow
/// and as certain without them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbours {
    /// (abscissa, ordinate), by abscissa.
    known: Vec<(f64, f64)>,
    /// At the last of them.
    pub(crate) departure: Option<Departure>,
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

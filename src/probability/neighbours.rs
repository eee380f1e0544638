//! What is known of a boundary along a line.

use crate::probability::bracket::{Bracket, Departure};

/// The boundary points found so far along a line, to guess the next from. Guesses only save time: a bracket is as narrow
/// and as certain without them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbours {
    known: Vec<Neighbour>,
}

#[derive(Debug, Clone, Copy)]
struct Neighbour {
    abscissa: f64,
    ordinate: f64,
    departure: Option<Departure>,
}

/// The nearest points that a guess is made from, at least and at most.
const FEWEST: usize = 3;
const MOST: usize = 7;
/// What a guess is taken to be off by, in units of what the last point changed.
const DOUBT: f64 = 0.25;

impl Neighbours {
    /// The point at `x`, located `from` a guess and from how runs leave the boundary nearby, and added.
    pub(crate) fn locate(
        &mut self,
        x: f64,
        from: impl FnOnce(Option<(f64, f64)>, &mut Option<Departure>) -> Bracket,
    ) -> Bracket {
        let mut departure = self.departure(x);
        let bracket = from(self.guess(x), &mut departure);
        self.add(x, bracket.middle(), departure);
        bracket
    }

    fn add(&mut self, abscissa: f64, ordinate: f64, departure: Option<Departure>) {
        self.known.push(Neighbour { abscissa, ordinate, departure });
    }

    /// How runs leave the boundary at the nearest point.
    fn departure(&self, x: f64) -> Option<Departure> {
        self.nearest(x).first()?.departure
    }

    /// A guess at `x` and its uncertainty, from the polynomials through the nearest points (Neville's scheme): of them the one
    /// that its last point changed least.
    fn guess(&self, x: f64) -> Option<(f64, f64)> {
        let nearest = self.nearest(x);
        let points = &nearest[..nearest.len().min(MOST)];
        let mut values: Vec<f64> = points.iter().map(|point| point.ordinate).collect();
        let mut best: Option<(f64, f64)> = None;
        for order in 1..points.len() {
            let before = values[0];
            for i in 0..points.len() - order {
                let (from, to) = (points[i].abscissa, points[i + order].abscissa);
                values[i] = ((x - to) * values[i] + (from - x) * values[i + 1]) / (from - to);
            }
            let change = (values[0] - before).abs();
            if order + 1 >= FEWEST && best.is_none_or(|(_, least)| change < least) {
                best = Some((values[0], change));
            }
        }
        best.map(|(value, change)| (value, DOUBT * change + 1e-6 * value.abs()))
    }

    fn nearest(&self, x: f64) -> Vec<Neighbour> {
        let mut nearest = self.known.clone();
        nearest.sort_by(|a, b| (a.abscissa - x).abs().total_cmp(&(b.abscissa - x).abs()));
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_are_nearer_with_more_points_and_mistrust_steps() {
        let boundary = |x: f64| 1.0 / (1.0 + x * x) + 0.3 * x;
        let mut line = Neighbours::default();
        assert!(line.guess(0.0).is_none() && line.departure(0.0).is_none());
        let mut off = Vec::new();
        for count in [3, 8, 17, 33] {
            let mut line = Neighbours::default();
            for i in 0..count {
                let x = 2.0 * f64::from(i) / f64::from(count - 1) - 1.0;
                line.add(x, boundary(x), None);
            }
            let (value, _) = line.guess(0.137).unwrap();
            off.push((value - boundary(0.137)).abs());
        }
        let bounds = [0.1, 1e-3, 1e-5, 1e-6];
        assert!(off.iter().zip(bounds).all(|(off, bound)| *off < bound), "{off:?}");
        // A step: the polynomials that see it are not believed.
        for i in 0..12 {
            let x = f64::from(i);
            line.add(x, if i < 9 { x } else { 100.0 }, None);
        }
        let (value, _) = line.guess(4.5).unwrap();
        assert!((value - 4.5).abs() < 1e-12, "{value}");
    }
}

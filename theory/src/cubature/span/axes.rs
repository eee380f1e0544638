//! Coordinates in the affine span of the classes.

/// What is left of a difference below this fraction of the largest is rounding.
const ROUNDING: f64 = 4e-15;

/// Most dimensions of a span with a deterministic rule.
const MOST: usize = 3;

/// An orthonormal frame of the directions from one class to the others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axes<'a> {
    origin: &'a [f64],
    /// The basis, or `None` where it is the whole space: coordinates are then the caller's.
    basis: Option<Vec<Vec<f64>>>,
}

impl<'a> Axes<'a> {
    /// The frame of `points` of `width` coordinates each, by Gram-Schmidt with pivoting; `None` if they span more than
    /// three dimensions.
    pub(super) fn new(points: &[&'a [f64]]) -> Option<Self> {
        let origin = points[0];
        let mut rest: Vec<Vec<f64>> =
            points[1..].iter().map(|p| p.iter().zip(origin).map(|(a, b)| a - b).collect()).collect();
        let mut basis: Vec<Vec<f64>> = Vec::new();
        let mut first = 0.0;
        loop {
            let lengths = rest.iter().map(|r| r.iter().map(|v| v * v).sum::<f64>().sqrt());
            let (pivot, length) = lengths.enumerate().fold((0, 0.0), |m, (j, l)| if l > m.1 { (j, l) } else { m });
            if basis.is_empty() {
                first = length;
            }
            if length <= ROUNDING * first || length == 0.0 {
                break;
            }
            if basis.len() == MOST {
                return None;
            }
            let axis: Vec<f64> = rest[pivot].iter().map(|v| v / length).collect();
            for row in &mut rest {
                let along: f64 = row.iter().zip(&axis).map(|(r, a)| r * a).sum();
                row.iter_mut().zip(&axis).for_each(|(r, a)| *r -= along * a);
            }
            basis.push(axis);
        }
        let basis = (basis.len() < origin.len()).then_some(basis);
        Some(Self { origin, basis })
    }

    /// The number of axes.
    pub(super) fn dimension(&self) -> usize {
        self.basis.as_ref().map_or(self.origin.len(), Vec::len)
    }

    /// Coordinates of the projection of `point`, and the square of its distance from the span.
    pub(super) fn place<const D: usize>(&self, point: &[f64]) -> ([f64; D], f64) {
        let mut rest: Vec<f64> = point.iter().zip(self.origin).map(|(a, b)| a - b).collect();
        let Some(basis) = &self.basis else { return (std::array::from_fn(|a| rest[a]), 0.0) };
        let mut place = [0.0; D];
        for (x, axis) in place.iter_mut().zip(basis) {
            *x = rest.iter().zip(axis).map(|(r, a)| r * a).sum();
            rest.iter_mut().zip(axis).for_each(|(r, a)| *r -= *x * a);
        }
        (place, rest.iter().map(|r| r * r).sum())
    }
}

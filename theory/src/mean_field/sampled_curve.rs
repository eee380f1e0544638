//! A smooth function on a uniform grid, between its points.

/// Points of one polynomial.
pub(super) const NODES: usize = 14;
/// The middle of its points, counted from the first.
const MIDDLE: f64 = 0.5 * (NODES as f64 - 1.0);

/// The points first, first + step, .., `count` of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SampledAxis {
    pub(super) first: f64,
    pub(super) step: f64,
    pub(super) count: usize,
}

/// Row k holds the coefficients of t^k in the polynomials that are 1 at one of the points -6.5, .., 6.5 and 0 at the others.
pub(super) type Basis = [[f64; NODES]; NODES];

/// Polynomials of degree 13 through 14 neighbouring points: error about 1e-11 where poles stay 12 steps away, none for quadratics.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    axis: SampledAxis,
    /// Of the points n, .., n + 13, about their middle, in steps.
    pieces: Vec<[f64; NODES]>,
}

impl SampledAxis {
    pub(super) fn at(&self, g: usize) -> f64 {
        self.first + g as f64 * self.step
    }

    pub(super) fn points(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.count).map(|g| self.at(g))
    }

    pub(super) fn last(&self) -> f64 {
        self.at(self.count - 1)
    }
}

/// The polynomials of Lagrange.
pub(super) fn basis() -> Basis {
    let mut rows = [[0.0; NODES]; NODES];
    for i in 0..NODES {
        let mut product = [0.0; NODES];
        product[0] = 1.0;
        for j in (0..NODES).filter(|j| *j != i) {
            // times (t - t_j)/(t_i - t_j)
            let (root, gap) = (j as f64 - MIDDLE, i as f64 - j as f64);
            for k in (0..NODES).rev() {
                let lower = if k > 0 { product[k - 1] } else { 0.0 };
                product[k] = (lower - root * product[k]) / gap;
            }
        }
        for k in 0..NODES {
            rows[k][i] = product[k];
        }
    }
    rows
}

impl Curve {
    /// Through `values` at the points of `axis`, at least 14.
    pub(super) fn new(axis: SampledAxis, values: &[f64], basis: &Basis) -> Self {
        let piece = |window: &[f64]| {
            let mut coefficients = [0.0; NODES];
            for (c, row) in coefficients.iter_mut().zip(basis) {
                *c = row.iter().zip(window).map(|(b, v)| b * v).sum();
            }
            coefficients
        };
        Self { axis, pieces: values.windows(NODES).map(piece).collect() }
    }

    /// Where x lies: the piece, and t.
    fn place(&self, x: f64) -> (&[f64; NODES], f64) {
        let steps = (x - self.axis.first) / self.axis.step;
        let piece = (steps - (NODES / 2 - 1) as f64).clamp(0.0, (self.pieces.len() - 1) as f64) as usize;
        (&self.pieces[piece], steps - piece as f64 - MIDDLE)
    }

    /// At x within the grid.
    pub(super) fn value(&self, x: f64) -> f64 {
        let (piece, t) = self.place(x);
        piece.iter().rev().fold(0.0, |sum, c| sum * t + c)
    }

    /// The derivative at x within the grid.
    pub(super) fn slope(&self, x: f64) -> f64 {
        let (piece, t) = self.place(x);
        let sum = (1..NODES).rev().fold(0.0, |sum, k| sum * t + k as f64 * piece[k]);
        sum / self.axis.step
    }

    /// At any x: straight on beyond the grid.
    pub(super) fn beyond(&self, x: f64) -> f64 {
        let inside = x.clamp(self.axis.first, self.axis.last());
        let value = self.value(inside);
        if inside == x { value } else { value + (x - inside) * self.slope(inside) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smooth_functions_between_the_points() {
        let axis = SampledAxis { first: -5.0, step: 0.25, count: 48 };
        let curve = |f: &dyn Fn(f64) -> f64| Curve::new(axis, &axis.points().map(f).collect::<Vec<_>>(), &basis());
        let square = curve(&|x| 3.0 - x - 2.0 * x * x);
        let bent = curve(&|x| x.cosh().ln());
        // In the middle of 14 points.
        for n in 0..300 {
            let x = -3.4 + 0.0275 * f64::from(n);
            assert!((square.value(x) - (3.0 - x - 2.0 * x * x)).abs() < 1e-12, "{x}");
            assert!((square.slope(x) + 1.0 + 4.0 * x).abs() < 1e-11, "{x}");
            // Poles 6.3 steps away.
            assert!((bent.value(x) - x.cosh().ln()).abs() < 1e-6, "{x}");
            assert!((bent.slope(x) - x.tanh()).abs() < 2e-5, "{x}");
        }
        assert!(
            (square.beyond(9.0) - (square.value(axis.last()) - (9.0 - axis.last()) * (1.0 + 4.0 * axis.last()))).abs()
                < 1e-7
        );
    }
}

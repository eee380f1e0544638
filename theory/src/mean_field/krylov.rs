//! Linear systems and extreme eigenvalues of an operator known by its action, in an inner product of its own.

use super::linear::{eigenvalues, least_squares};

/// Vectors with the operations that Krylov spaces need.
pub(super) trait Space {
    /// A vector.
    type Vector: Clone;

    /// (v, w).
    fn inner(&self, v: &Self::Vector, w: &Self::Vector) -> f64;

    /// v + s w.
    fn add(&self, v: &Self::Vector, s: f64, w: &Self::Vector) -> Self::Vector;

    /// A v.
    fn apply(&self, v: &Self::Vector) -> Self::Vector;

    /// |v|.
    fn norm(&self, v: &Self::Vector) -> f64 {
        self.inner(v, v).max(0.0).sqrt()
    }
}

/// Most dimensions of a Krylov space: couplings of log cosh have a handful of eigenvalues above rounding.
const MOST: usize = 80;
/// What is left of a vector, relative to what it was, when nothing new is in it; two passes make more orthogonal to
/// rounding, and eigenvalues err by the square of this.
const EMPTY: f64 = 1e-12;
/// Eigenvalues are looked at every so many steps.
const LOOK: usize = 4;

/// The basis, orthogonal to the last bit by a second pass, and the matrix of A in it.
struct Basis<V> {
    vectors: Vec<V>,
    /// columns\[j\]\[i\] = (v_i, A v_j), i <= j + 1.
    columns: Vec<Vec<f64>>,
}

impl<V: Clone> Basis<V> {
    fn new<S: Space<Vector = V>>(space: &S, first: &V, norm: f64) -> Self {
        let zero = space.add(first, -1.0, first);
        Self { vectors: vec![space.add(&zero, 1.0 / norm, first)], columns: Vec::new() }
    }

    /// One more column; `false` where the space is exhausted.
    fn grow<S: Space<Vector = V>>(&mut self, space: &S) -> bool {
        let mut w = space.apply(&self.vectors[self.columns.len()]);
        let size = space.norm(&w);
        let mut column = vec![0.0; self.vectors.len()];
        for _ in 0..2 {
            for (i, v) in self.vectors.iter().enumerate() {
                let along = space.inner(v, &w);
                column[i] += along;
                w = space.add(&w, -along, v);
            }
        }
        let left = space.norm(&w);
        column.push(left);
        self.columns.push(column);
        let more = left > EMPTY * size.max(f64::MIN_POSITIVE);
        if more {
            let zero = space.add(&w, -1.0, &w);
            self.vectors.push(space.add(&zero, 1.0 / left, &w));
        }
        more
    }
}

/// x with A x = b, by minimal residuals; stops at a residual of `tolerance` |b|. Returns x and the relative residual.
pub(super) fn solve<S: Space>(space: &S, b: &S::Vector, tolerance: f64) -> (S::Vector, f64) {
    let norm = space.norm(b);
    let zero = space.add(b, -1.0, b);
    if norm == 0.0 {
        return (zero, 0.0);
    }
    let mut basis = Basis::new(space, b, norm);
    loop {
        let more = basis.grow(space);
        let (y, residual) = least_squares(&basis.columns);
        if residual <= tolerance || !more || basis.columns.len() == MOST {
            let sum = y.iter().zip(&basis.vectors).fold(zero, |x, (y, v)| space.add(&x, norm * y, v));
            return (sum, residual);
        }
    }
}

/// The smallest and the largest eigenvalue of a self-adjoint A on the space that `first` generates.
///
/// Stops when the largest is `tolerance` close to an eigenvalue.
pub(super) fn extremes<S: Space>(space: &S, first: &S::Vector, tolerance: f64) -> (f64, f64) {
    let norm = space.norm(first);
    if norm == 0.0 {
        return (0.0, 0.0);
    }
    let mut basis = Basis::new(space, first, norm);
    let mut before = f64::NAN;
    loop {
        let more = basis.grow(space);
        let size = basis.columns.len();
        if more && size < MOST && size % LOOK != 0 {
            continue;
        }
        let entry = |i: usize, j: usize| basis.columns[i.max(j)][i.min(j)];
        let values = eigenvalues((0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect());
        let (low, high) = (values[0], values[size - 1]);
        // Ritz values converge quadratically in the residual: no move in LOOK steps means none to come.
        if !more || size == MOST || (high - before).abs() <= tolerance * (1.0 + high.abs()) {
            return (low, high);
        }
        before = high;
    }
}

//! Directions on which points are flatter or more skewed than a normal law, as modes make them.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand_distr::{Distribution, StandardNormal};

use crate::random::stream;

/// Starts of the search for a direction: the widest axes, and others without pattern.
const AXES: usize = 4;
const OTHERS: u64 = 4;
/// Steps, and the change that ends them.
const STEPS: usize = 40;
const HALVINGS: usize = 10;
const SETTLED: f64 = 1e-4;
/// Standard errors by which a direction stands out: those that a search of ten laws without one passes once in a thousand.
const BEYOND: f64 = 4.0;
/// The seed of the starts: nothing but the points decides on directions.
const SEED: u64 = 0;

/// Adds directions of least kurtosis or most skewness, beside those that are there, as long as they stand out of noise; two in
/// any case. `rows` are points of covariance 1, the widest axis first.
///
/// Candidates are the fixed points of A. Hyvarinen and E. Oja (Neural Computation 9, 1483, 1997) for both moments, which see two
/// modes of any weights: they have no kurtosis at weights near .79 and .21, and no skewness at equal ones. Moments are noisy in
/// many dimensions; the means of the two halves of the points along a direction are less so, and make candidates too, as do
/// the starts themselves. One half of the rows makes the candidates and the other judges them, for the best of many on its
/// own rows is mostly noise.
///
/// A linear map of the points moves the widest axes, and nothing else. What is not found: [`crate::diagnose::Found::new`].
pub(crate) fn pursue(rows: &DMatrix<f64>, kept: &mut Vec<DVector<f64>>, most: usize) {
    let q = rows.ncols();
    let half = |odd: usize| {
        let n = (rows.nrows() + 1 - odd) / 2;
        DMatrix::from_fn(n, q, |i, j| rows[(2 * i + odd, j)])
    };
    let (known, fresh) = (half(0), half(1));
    let starts = starts(&known);
    while kept.len() < most.min(q) {
        let mut best: Option<(f64, DVector<f64>)> = None;
        for start in &starts {
            let Some(start) = free(kept, start.clone()) else { continue };
            for direction in candidates(&known, kept, start) {
                let along = &fresh * &direction;
                let height = Moment::BOTH.map(|moment| moment.height(&along)).into_iter().fold(0.0, f64::max);
                if best.as_ref().is_none_or(|best| height > best.0) {
                    best = Some((height, direction));
                }
            }
        }
        let Some((height, direction)) = best else { return };
        if height < BEYOND && kept.len() >= 2 {
            return;
        }
        kept.push(direction);
    }
}

/// Axes, the directions in which distant points are fewest and most lopsided (J.-F. Cardoso, ICASSP 1989), and others.
fn starts(rows: &DMatrix<f64>) -> Vec<DVector<f64>> {
    let (n, q) = (rows.nrows() as f64, rows.ncols());
    let mut starts: Vec<DVector<f64>> =
        (0..AXES.min(q)).map(|axis| DVector::from_fn(q, |j, _| f64::from(u8::from(j == axis)))).collect();
    let squares = DVector::from_iterator(rows.nrows(), rows.row_iter().map(|row| row.norm_squared()));
    let mut weighted = rows.clone();
    weighted.row_iter_mut().zip(squares.iter()).for_each(|(mut row, square)| row *= *square / n);
    starts.extend(ascending(&(rows.transpose() * weighted)).1.into_iter().next());
    starts.push(rows.tr_mul(&squares) / n);
    starts.extend((0..OTHERS).map(|start| {
        let mut rng = stream(SEED, start);
        DVector::from_fn(q, |_, _| StandardNormal.sample(&mut rng))
    }));
    starts
}

/// A start, and where it leads.
fn candidates(rows: &DMatrix<f64>, kept: &[DVector<f64>], start: DVector<f64>) -> Vec<DVector<f64>> {
    let mut found = vec![start.clone()];
    found.extend(halved(rows, kept, start.clone()));
    for moment in Moment::BOTH {
        if let Some(end) = extreme(rows, kept, start.clone(), moment) {
            found.extend(halved(rows, kept, end.clone()));
            found.push(end);
        }
    }
    found
}

/// Without the directions that are there, of length 1; nothing if nothing is left.
fn free(kept: &[DVector<f64>], w: DVector<f64>) -> Option<DVector<f64>> {
    let rest = kept.iter().fold(w, |rest, other| {
        let along = other.dot(&rest);
        rest - other * along
    });
    let norm = rest.norm();
    (norm > 1e-9).then(|| rest / norm)
}

#[derive(Debug, Clone, Copy)]
enum Moment {
    Third,
    Fourth,
}

impl Moment {
    const BOTH: [Self; 2] = [Self::Third, Self::Fourth];

    /// The standard errors by which values are more skewed, or flatter, than those of a normal law.
    fn height(self, along: &DVector<f64>) -> f64 {
        let n = along.len().max(1) as f64;
        let mean = along.sum() / n;
        let variance = along.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / n;
        let central = |power: i32| along.iter().map(|u| (u - mean).powi(power)).sum::<f64>() / n;
        if variance <= 0.0 {
            return 0.0;
        }
        match self {
            Self::Third => central(3).abs() / variance.powf(1.5) * (n / 6.0).sqrt(),
            Self::Fourth => (3.0 - central(4) / variance.powi(2)) * (n / 24.0).sqrt(),
        }
    }
}

/// From a direction to one at which a moment is extreme.
fn extreme(rows: &DMatrix<f64>, kept: &[DVector<f64>], start: DVector<f64>, moment: Moment) -> Option<DVector<f64>> {
    let n = rows.nrows() as f64;
    let (power, less) = match moment {
        Moment::Third => (2, 0.0),
        Moment::Fourth => (3, 3.0),
    };
    let mut w = start;
    for _ in 0..STEPS {
        let mut along = rows * &w;
        along.iter_mut().for_each(|u| *u = u.powi(power));
        let next = free(kept, rows.tr_mul(&along) / n - less * &w)?;
        let change = 1.0 - next.dot(&w).abs();
        w = next;
        if change < SETTLED {
            break;
        }
    }
    Some(w)
}

/// From a direction to the line through the means of two groups, which it parts in the middle between them.
fn halved(rows: &DMatrix<f64>, kept: &[DVector<f64>], start: DVector<f64>) -> Option<DVector<f64>> {
    let mut w = start;
    let mut border = 0.0;
    for _ in 0..HALVINGS {
        let along = rows * &w;
        let right = |border: f64| along.iter().filter(move |u| **u > border).count() as f64;
        let all = along.len() as f64;
        for _ in 0..STEPS {
            let count = right(border);
            if count == 0.0 || count == all {
                return None;
            }
            let sum: f64 = along.iter().filter(|u| **u > border).sum();
            let middle = 0.5 * (sum / count + (along.sum() - sum) / (all - count));
            let moved = (middle - border).abs();
            border = middle;
            if moved < SETTLED {
                break;
            }
        }
        let count = right(border);
        if count == 0.0 || count == all {
            return None;
        }
        let side = along.map(|u| if u > border { 1.0 / count } else { -1.0 / (all - count) });
        let next = free(kept, rows.tr_mul(&side))?;
        let change = 1.0 - next.dot(&w).abs();
        w = next;
        if change < SETTLED {
            break;
        }
    }
    Some(w)
}

/// Eigenvalues and eigenvectors, the least first.
pub(crate) fn ascending(matrix: &DMatrix<f64>) -> (Vec<f64>, Vec<DVector<f64>>) {
    let eigen = SymmetricEigen::new(matrix.clone());
    let mut order: Vec<usize> = (0..matrix.nrows()).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*a].total_cmp(&eigen.eigenvalues[*b]));
    let values = order.iter().map(|i| eigen.eigenvalues[*i]).collect();
    (values, order.iter().map(|i| eigen.eigenvectors.column(*i).into_owned()).collect())
}

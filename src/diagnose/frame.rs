//! The directions in which samples form groups, and the scale on which they do.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::diagnose::pursuit::{ascending, pursue};

/// y = B (x - c), of few directions, whitened by the covariance of near neighbours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WhitenedFrame {
    centre: DVector<f64>,
    basis: DMatrix<f64>,
}

/// Points that say something of directions.
const FEWEST: usize = 8;
/// In so few dimensions all directions are kept.
const FEW_DIMENSIONS: usize = 3;
/// Numbers of the points by which directions are looked for: bounds the time.
const MOST_NUMBERS: usize = 1_000_000;
/// Points among which near neighbours are looked for, and rounds in the metric that the last round gave.
const MOST_NEIGHBOURS: usize = 1500;
const ROUNDS: usize = 3;
/// Against the largest that noise gives (Marchenko and Pastur) for the means of runs; and directions of them, at most.
const BEYOND_NOISE: f64 = 1.5;
const MOST_BETWEEN: usize = 4;
/// Variance that is rounding, against the largest.
const FLAT: f64 = 1e-12;

impl WhitenedFrame {
    /// Of points (a row each) and the run of each; at most `most` directions.
    ///
    /// In coordinates of covariance 1, directions are kept in which the means of the runs differ by more than their noise,
    /// then those on which points are flatter or more skewed than a normal law ([`pursue`]). In what is kept,
    /// near neighbours are of one mode, so that the covariance of their differences is that within modes up to a factor
    /// (D. Art, R. Gnanadesikan and J. R. Kettenring, Utilitas Mathematica 21A, 75, 1982). A linear map of the samples
    /// changes nothing.
    ///
    /// Nothing for points that are too few, or all the same.
    pub(crate) fn new(points: &[&[f64]], runs: &[usize], most: usize) -> Option<Self> {
        let d = points.first().map_or(0, |x| x.len());
        let step = (points.len() * d).div_ceil(MOST_NUMBERS).max(1);
        let few: Vec<&[f64]> = points.iter().copied().step_by(step).collect();
        if few.len() < FEWEST {
            return None;
        }
        let centre = mean(&few, d);
        let whiten = whitening(&covariance(&few, &centre));
        let q = whiten.nrows();
        if q == 0 {
            return None;
        }
        let rows = turned(&few, &centre, &whiten);
        let mut kept = Vec::new();
        if q <= FEW_DIMENSIONS.min(most) {
            kept.extend((0..q).map(|i| DVector::from_fn(q, |j, _| f64::from(u8::from(i == j)))));
        } else {
            for vector in between(points, runs, &centre, &whiten).into_iter().take(MOST_BETWEEN) {
                add(&mut kept, vector, most);
            }
            pursue(&rows, &mut kept, most);
        }
        let basis = DMatrix::from_fn(kept.len(), q, |i, j| kept[i][j]) * whiten;
        let step = few.len().div_ceil(MOST_NEIGHBOURS).max(1);
        let fewer: Vec<&[f64]> = few.iter().copied().step_by(step).collect();
        let mut projected = turned(&fewer, &centre, &basis);
        let mut scale = DMatrix::identity(kept.len(), kept.len());
        for _ in 0..ROUNDS {
            // Too few points say nothing.
            let Some(round) = whitening_in_place(&near_covariance(&projected)) else { break };
            projected *= round.transpose();
            scale = round * scale;
        }
        Some(Self { centre, basis: scale * basis })
    }

    /// c.
    pub(crate) fn centre(&self) -> &DVector<f64> {
        &self.centre
    }

    /// B.
    pub(crate) fn basis(&self) -> &DMatrix<f64> {
        &self.basis
    }

    /// y of x.
    pub(crate) fn of(&self, x: &[f64]) -> DVector<f64> {
        &self.basis * (DVector::from_column_slice(x) - &self.centre)
    }
}

fn mean(points: &[&[f64]], d: usize) -> DVector<f64> {
    let mut sum = DVector::zeros(d);
    for x in points {
        sum += DVector::from_column_slice(x);
    }
    sum / points.len().max(1) as f64
}

fn covariance(points: &[&[f64]], centre: &DVector<f64>) -> DMatrix<f64> {
    let d = centre.len();
    // A product of matrices of a bounded height is faster than a sum of outer products.
    const HEIGHT: usize = 512;
    let mut sum = DMatrix::zeros(d, d);
    for block in points.chunks(HEIGHT) {
        let rows = DMatrix::from_fn(block.len(), d, |i, j| block[i][j] - centre[j]);
        sum += rows.transpose() * &rows;
    }
    sum / points.len().max(1) as f64
}

/// The points in other coordinates, a row each.
fn turned(points: &[&[f64]], centre: &DVector<f64>, basis: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(points.len(), centre.len(), |i, j| points[i][j] - centre[j]) * basis.transpose()
}

/// Rows that make a covariance 1; directions without variance are left out.
fn whitening(covariance: &DMatrix<f64>) -> DMatrix<f64> {
    let (values, vectors) = descending(covariance);
    let largest = values.first().copied().unwrap_or(0.0);
    let kept: Vec<usize> = (0..values.len()).filter(|i| values[*i] > FLAT * largest && values[*i] > 0.0).collect();
    DMatrix::from_fn(kept.len(), covariance.nrows(), |i, j| vectors[kept[i]][j] / values[kept[i]].sqrt())
}

/// The symmetric matrix that makes a covariance 1, which leaves the axes where they are as far as can be; none for a singular
/// one.
fn whitening_in_place(covariance: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let eigen = SymmetricEigen::new(covariance.clone());
    let largest = eigen.eigenvalues.max();
    let sound = eigen.eigenvalues.iter().all(|v| *v > FLAT * largest && *v > 0.0);
    let roots = DMatrix::from_diagonal(&eigen.eigenvalues.map(|v| v.sqrt().recip()));
    sound.then(|| &eigen.eigenvectors * roots * eigen.eigenvectors.transpose())
}

/// Eigenvalues and eigenvectors, the largest first.
fn descending(matrix: &DMatrix<f64>) -> (Vec<f64>, Vec<DVector<f64>>) {
    let (mut values, mut vectors) = ascending(matrix);
    values.reverse();
    vectors.reverse();
    (values, vectors)
}

/// The directions in which the means of the runs differ by more than noise, the largest first.
fn between(points: &[&[f64]], runs: &[usize], centre: &DVector<f64>, whiten: &DMatrix<f64>) -> Vec<DVector<f64>> {
    let count = runs.iter().max().map_or(0, |last| last + 1);
    let (d, q) = (centre.len(), whiten.nrows());
    let (mut sums, mut sizes) = (DMatrix::<f64>::zeros(count, d), vec![0usize; count]);
    for (x, run) in points.iter().zip(runs) {
        for j in 0..d {
            sums[(*run, j)] += x[j] - centre[j];
        }
        sizes[*run] += 1;
    }
    let sums = sums * whiten.transpose();
    let used: Vec<usize> = (0..count).filter(|run| sizes[*run] > 1).collect();
    if used.len() < 3 {
        return Vec::new();
    }
    // sqrt(n) times the mean has the covariance of the points where runs are alike.
    let means = DMatrix::from_fn(used.len(), q, |i, j| sums[(used[i], j)] / (sizes[used[i]] as f64).sqrt());
    let scatter = means.transpose() * &means / used.len() as f64;
    let edge = BEYOND_NOISE * (1.0 + (q as f64 / used.len() as f64).sqrt()).powi(2);
    let (values, vectors) = descending(&scatter);
    values.into_iter().zip(vectors).filter(|(value, _)| *value > edge).map(|(_, vector)| vector).collect()
}

/// The covariance of the differences of near neighbours: all but the loneliest quarter of the points with their nearest.
fn near_covariance(rows: &DMatrix<f64>) -> DMatrix<f64> {
    let (n, q) = rows.shape();
    // Points lie together in memory.
    let columns = rows.transpose();
    let mut pairs: Vec<(f64, usize, usize)> = (0..n)
        .filter_map(|i| {
            let distance =
                |j: usize| columns.column(i).iter().zip(columns.column(j)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
            let others = (0..n).filter(|j| *j != i).map(|j| (distance(j), i, j));
            others.filter(|(distance, ..)| *distance > 0.0).min_by(|a, b| a.0.total_cmp(&b.0))
        })
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    pairs.truncate((3 * n / 4).max(2 * q + 2));
    let differences = DMatrix::from_fn(pairs.len(), q, |k, j| rows[(pairs[k].1, j)] - rows[(pairs[k].2, j)]);
    differences.transpose() * &differences / pairs.len().max(1) as f64
}

/// Adds what a vector has beside those that are there, if it is much.
fn add(kept: &mut Vec<DVector<f64>>, vector: DVector<f64>, most: usize) {
    const MUCH: f64 = 0.3;
    let rest = kept.iter().fold(vector, |rest, other| {
        let along = other.dot(&rest);
        rest - other * along
    });
    if rest.norm() > MUCH && kept.len() < most {
        kept.push(rest.normalize());
    }
}

//! A tile of the grid: the logarithm of the sum of the classes at all its nodes once, then every Gaussian's sums of it.

use super::N;
use super::lines::{Lines, TileSide};
use super::scene::PlaneIntegrand;
use crate::kernel::log_array;

/// Rows that are taken together.
const ROWS: usize = 4;

/// The values at the nodes, row by row. In vectors: rows whose number is known are turned into columns by compilers.
#[derive(Debug, Clone)]
pub(super) struct Tile {
    /// Of each class along both axes.
    factors: Vec<(TileSide, TileSide)>,
    log: Vec<TileSide>,
    /// One over the sum of the classes, where their probabilities are wanted.
    inverse: Vec<TileSide>,
}

/// A Gaussian's sums of the logarithm times 1, `x - m` and `|x - m|^2`, by the nodes' places in their tiles.
#[derive(Debug, Clone, Default)]
pub(super) struct TileMoments {
    pub(super) log: TileSide,
    pub(super) x: TileSide,
    pub(super) y: TileSide,
    pub(super) square: TileSide,
}

impl TileMoments {
    /// Adds sums over a tile, in the order of the fields.
    #[inline(always)]
    pub(super) fn add_exact(&mut self, sums: &[f64; 4]) {
        self.log[0] += sums[0];
        self.x[0] += sums[1];
        self.y[0] += sums[2];
        self.square[0] += sums[3];
    }
}

/// Adds `factor * values`.
#[inline(always)]
fn add_to(total: &mut TileSide, factor: f64, values: &TileSide) {
    for l in 0..N {
        total[l] += factor * values[l];
    }
}

impl Tile {
    pub(super) fn new() -> Self {
        let none = vec![[0.0; N]; N];
        Self { factors: Vec::new(), log: none.clone(), inverse: none }
    }

    /// Evaluates the classes listed at the nodes of the tile `(column, row)`: the logarithm of their sum over `top`, one of them.
    #[inline(always)]
    pub(super) fn load(
        &mut self,
        scene: &PlaneIntegrand,
        across: &[Lines; 2],
        (column, row): (usize, usize),
        (classes, top): (&[usize], usize),
        wants_inverse: bool,
    ) {
        self.factors.clear();
        for &k in classes {
            let x = across[0].factors[k * across[0].tiles + column];
            self.factors.push((x, across[1].factors[k * across[1].tiles + row]));
        }
        let (point, rate) = (scene.points[top], 1.0 / (2.0 * scene.variance));
        let (mut x, mut y) = (across[0].nodes(column), across[1].nodes(row));
        for l in 0..N {
            x[l] = across[0].common[column][l] + rate * (x[l] - point[0]) * (x[l] - point[0]) - scene.log_weights[top];
            y[l] = across[1].common[row][l] + rate * (y[l] - point[1]) * (y[l] - point[1]);
        }
        for first in (0..N).step_by(ROWS) {
            // Several rows at once, so that the logarithms' chains of operations run side by side.
            let mut sum = [0.0; ROWS * N];
            for (x, y) in &self.factors {
                for r in 0..ROWS {
                    for l in 0..N {
                        sum[r * N + l] += y[first + r] * x[l];
                    }
                }
            }
            let log = log_array(&sum);
            for r in 0..ROWS {
                for l in 0..N {
                    self.log[first + r][l] = log[r * N + l] + (x[l] + y[first + r]);
                }
            }
            if wants_inverse {
                for r in 0..ROWS {
                    for l in 0..N {
                        self.inverse[first + r][l] = 1.0 / sum[r * N + l];
                    }
                }
            }
        }
    }

    /// Adds the sums of one Gaussian.
    #[inline(always)]
    pub(super) fn add(
        &self,
        across: &[Lines; 2],
        (column, row): (usize, usize),
        gaussian: usize,
        wants_square: bool,
        sums: &mut TileMoments,
    ) {
        let (i, j) = (gaussian * across[0].tiles + column, gaussian * across[1].tiles + row);
        let (x, x1, y, y1) =
            (&across[0].density[i], &across[0].first_moment[i], &across[1].density[j], &across[1].first_moment[j]);
        let (mut whole, mut first) = ([0.0; N], [0.0; N]);
        for (log, (y, y1)) in self.log.iter().zip(y.iter().zip(y1)) {
            add_to(&mut whole, *y, log);
            add_to(&mut first, *y1, log);
        }
        for l in 0..N {
            sums.log[l] += x[l] * whole[l];
            sums.x[l] += x1[l] * whole[l];
            sums.y[l] += x[l] * first[l];
        }
        if wants_square {
            let (x2, y2) = (&across[0].second_moment[i], &across[1].second_moment[j]);
            let mut second = [0.0; N];
            for (log, y2) in self.log.iter().zip(y2) {
                add_to(&mut second, *y2, log);
            }
            for l in 0..N {
                sums.square[l] += x2[l] * whole[l] + x[l] * second[l];
            }
        }
    }

    /// Adds the probabilities of the classes listed, a line for each class.
    #[inline(always)]
    pub(super) fn add_means(
        &self,
        across: &[Lines; 2],
        (column, row): (usize, usize),
        gaussian: usize,
        classes: &[usize],
        means: &mut [TileSide],
    ) {
        let (x, y) = (
            &across[0].density[gaussian * across[0].tiles + column],
            &across[1].density[gaussian * across[1].tiles + row],
        );
        for &k in classes {
            let outer = &across[0].factors[k * across[0].tiles + column];
            let inner = &across[1].factors[k * across[1].tiles + row];
            let mut total = [0.0; N];
            for (inverse, (y, inner)) in self.inverse.iter().zip(y.iter().zip(inner)) {
                add_to(&mut total, y * inner, inverse);
            }
            for l in 0..N {
                means[k][l] += x[l] * outer[l] * total[l];
            }
        }
    }
}

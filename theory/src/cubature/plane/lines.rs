//! The factors of Gaussians and classes along one axis of the grid.

use super::scene::{Level, PlaneIntegrand};
use super::{MOST_TILES, N};
use crate::kernel::exp_array;

/// A number at each node of a tile's side.
pub(super) type TileSide = [f64; N];

/// What the nodes along one axis need: products over both axes are what the tiles need.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    pub(super) h: f64,
    /// The first node in steps, and as a number; nodes are whole multiples of the step, so that states nearby share them.
    low: f64,
    pub(super) first: f64,
    pub(super) tiles: usize,
    /// For each Gaussian and tile its density times the step, and that times `x - m` and its square.
    pub(super) density: Vec<TileSide>,
    pub(super) first_moment: Vec<TileSide>,
    pub(super) second_moment: Vec<TileSide>,
    /// For each Gaussian and tile the sums of the density times `(x - m)^n`, `n` up to 3.
    pub(super) sums: Vec<[f64; 4]>,
    /// For each class and tile its factor; the weight is in those of the second axis.
    pub(super) factors: Vec<TileSide>,
    /// For each tile what is taken out of the factors' logarithms.
    pub(super) common: Vec<TileSide>,
}

impl Lines {
    /// The nodes within the reach of a Gaussian along `axis`, `h` apart; `None` if they are too many.
    #[inline(always)]
    pub(super) fn new(scene: &PlaneIntegrand, axis: usize, h: f64, level: Level) -> Option<Self> {
        let along = || scene.centres.iter().zip(&scene.reaches).map(|(c, reach)| (c[axis] - reach, c[axis] + reach));
        let low = (along().map(|ends| ends.0).fold(f64::INFINITY, f64::min) / h).floor();
        let high = (along().map(|ends| ends.1).fold(f64::NEG_INFINITY, f64::max) / h).ceil();
        let tiles = ((high - low + 1.0) / N as f64).ceil();
        // False for what is not a number.
        if !(tiles > 0.0 && tiles <= MOST_TILES as f64) {
            return None;
        }
        let tiles = tiles as usize;
        let first = low * h;
        let (k, n) = (scene.centres.len(), scene.points.len());
        let mut lines = Self {
            h,
            low,
            first,
            tiles,
            density: vec![[0.0; N]; k * tiles],
            first_moment: vec![[0.0; N]; k * tiles],
            second_moment: vec![[0.0; N]; k * tiles],
            sums: vec![[0.0; 4]; k * tiles],
            factors: vec![[0.0; N]; n * tiles],
            common: vec![[0.0; N]; tiles],
        };
        // Loops and no closures, which would not be compiled for the caller's vectors.
        for (tile, common) in lines.common.iter_mut().enumerate() {
            let x = nodes(low, h, tile);
            for l in 0..N {
                common[l] = level.common(x[l]);
            }
        }
        let scale = h / (std::f64::consts::TAU * scene.spread).sqrt();
        let narrow = -1.0 / (2.0 * scene.spread);
        for (i, centre) in scene.centres.iter().enumerate() {
            for tile in 0..tiles {
                let mut apart = nodes(low, h, tile);
                let mut logs = [0.0; N];
                for l in 0..N {
                    apart[l] -= centre[axis];
                    logs[l] = narrow * apart[l] * apart[l];
                }
                let bell = exp_array(&logs);
                let at = i * tiles + tile;
                let mut moment = [0.0; N];
                for l in 0..N {
                    let density = scale * bell[l];
                    moment[l] = density;
                    lines.density[at][l] = density;
                    lines.first_moment[at][l] = apart[l] * density;
                    lines.second_moment[at][l] = apart[l] * apart[l] * density;
                }
                for n in 0..lines.sums[at].len() {
                    let mut total = 0.0;
                    for l in 0..N {
                        total += moment[l];
                        moment[l] *= apart[l];
                    }
                    lines.sums[at][n] = total;
                }
            }
        }
        for (k, point) in scene.points.iter().enumerate() {
            let weight = if axis == 1 { scene.log_weights[k] } else { 0.0 };
            for tile in 0..tiles {
                let mut logs = nodes(low, h, tile);
                for l in 0..N {
                    logs[l] = weight + level.logit(logs[l], point[axis]);
                }
                lines.factors[k * tiles + tile] = exp_array(&logs);
            }
        }
        Some(lines)
    }

    /// The nodes of a tile.
    #[inline(always)]
    pub(super) fn nodes(&self, tile: usize) -> TileSide {
        nodes(self.low, self.h, tile)
    }
}

/// The nodes of a tile.
#[inline(always)]
fn nodes(low: f64, h: f64, tile: usize) -> TileSide {
    let mut out = [0.0; N];
    for l in 0..N {
        out[l] = h * (low + (tile * N + l) as f64);
    }
    out
}

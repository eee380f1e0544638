//! Averages of a softmax over Gaussians in the plane by the trapezoid rule on one grid: theory section 3.7.

mod lines;
mod step;
#[cfg(test)]
mod tests;
mod tile;

use super::line::reach;
use super::span::{Classes, RowAverages};
use lines::Lines;
use step::{Scene, step};
use tile::{Moments, Tile};

/// Fewer classes have kernels of their own.
const FEWEST: usize = 3;
/// Nodes of a tile along each axis.
const N: usize = 8;
/// Most tiles: beyond, cells with nodes only where classes meet cost less.
const MOST_TILES: usize = 4096;
/// Every density of a class and their sums are kept within e^+-(twice this) at the nodes.
const RANGE: f64 = 300.0;
/// Tiles along each side of a block, in which the classes of its tiles are looked for.
const BLOCK: usize = 4;
/// Logarithm of what a class left out of a tile may weigh beside the tolerance, and of its probability there at most.
const SPARE: f64 = 4.0;
const FLOOR: f64 = -4.0;

/// What is wanted beside `E log sum` and the pulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// `E p_k`.
    pub(crate) means: bool,
    /// `E tr Cov_p c`.
    pub(crate) traces: bool,
}

/// Averages over each Gaussian in turn, and `E sum_k p_k (c_k - m_i)`, two coordinates for each.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaneAverages {
    pub(crate) rows: RowAverages,
    pub(crate) pulls: Vec<f64>,
}

/// The averages of the softmax of `u_k = log w_k - |x - c_k|^2/(2 variance)` over `N(m_i, spread I)`, `m_i` the rows of
/// `centres`, all in the plane, to an absolute `tolerance` (of the logarithm and of the pulls relative to the size of the
/// logits and of the scene). `None` where the rule would cost more than others or leave the range of numbers: fewer than
/// three present classes, coordinates other than two, a number that is not finite, a grid that is too fine.
#[inline(always)]
pub(crate) fn averages(
    classes: &Classes<'_>,
    centres: &[f64],
    spread: f64,
    tolerance: f64,
    wanted: Wanted,
) -> Option<PlaneAverages> {
    if classes.width != 2 {
        return None;
    }
    let scene = Scene::new(classes, centres, spread)?;
    if scene.points.len() < FEWEST {
        return None;
    }
    let digits = -libm::log(tolerance);
    let h = step(&scene, digits);
    let reach = (reach(tolerance) - 0.3) * spread.sqrt();
    let level = scene.level(reach)?;
    let across: [Lines; 2] = [Lines::new(&scene, 0, h, reach, level)?, Lines::new(&scene, 1, h, reach, level)?];
    Some(Sum { scene: &scene, across: &across, h, reach, wanted, floor: -digits - SPARE }.averages(classes, tolerance))
}

/// The sums over a grid.
struct Sum<'a> {
    scene: &'a Scene,
    across: &'a [Lines; 2],
    h: f64,
    reach: f64,
    wanted: Wanted,
    /// Logarithm of the probability below which a class is left out of a tile at the centre of a Gaussian.
    floor: f64,
}

impl Sum<'_> {
    #[inline(always)]
    fn averages(&self, classes: &Classes<'_>, tolerance: f64) -> PlaneAverages {
        let (k, n) = (self.scene.centres.len(), self.scene.points.len());
        let mut moments = vec![Moments::default(); k];
        let mut means = vec![[0.0; N]; if self.wanted.means { k * n } else { 0 }];
        let mut tile = Tile::new();
        let (mut chords, mut near, mut kept) = (Vec::with_capacity(k), Vec::with_capacity(k), Vec::with_capacity(n));
        let all: Vec<usize> = (0..n).collect();
        let mut blocks: Vec<Option<Vec<usize>>> = Vec::new();
        for row in 0..self.across[1].tiles {
            if row.is_multiple_of(BLOCK) {
                blocks = vec![None; self.across[0].tiles.div_ceil(BLOCK)];
            }
            self.chords(row, &mut chords);
            let first = chords.iter().map(|c: &Chord| c.from).min().unwrap_or(0);
            let last = chords.iter().map(|c| c.to).max().unwrap_or(0);
            for column in first..last {
                near.clear();
                near.extend(chords.iter().filter(|c| c.from <= column && column < c.to).map(|c| c.gaussian));
                if near.is_empty() {
                    continue;
                }
                let block = blocks[column / BLOCK].get_or_insert_with(|| {
                    let mut kept = Vec::new();
                    self.classes((column / BLOCK, row / BLOCK), BLOCK, None, &all, &mut kept);
                    kept
                });
                self.classes((column, row), 1, Some(&near), block, &mut kept);
                match kept[..] {
                    [k] => tile.load_alone(self.scene, self.across, (column, row), k, self.wanted.means),
                    _ => tile.load(self.across, (column, row), &kept, self.wanted.means),
                }
                for &i in &near {
                    let wants = self.wanted.traces;
                    tile.add(self.across, (column, row), i, wants, &mut moments[i]);
                    if self.wanted.means {
                        tile.add_means(self.across, (column, row), i, &kept, &mut means[i * n..(i + 1) * n]);
                    }
                }
            }
        }
        self.collect(classes, tolerance, &moments, &means)
    }

    /// The tiles of a row of tiles that each Gaussian reaches.
    fn chords(&self, row: usize, chords: &mut Vec<Chord>) {
        chords.clear();
        let side = N as f64 * self.h;
        let low = self.across[1].first + side * row as f64;
        for (gaussian, centre) in self.scene.centres.iter().enumerate() {
            let beyond = (low - centre[1]).max(centre[1] - low - side).max(0.0);
            if beyond < self.reach {
                let half = (self.reach * self.reach - beyond * beyond).sqrt();
                let at = |x: f64| ((x - self.across[0].first) / side).floor().max(0.0) as usize;
                let to = (at(centre[0] + half) + 1).min(self.across[0].tiles);
                chords.push(Chord { gaussian, from: at(centre[0] - half), to });
            }
        }
    }

    /// The classes among those listed that are not negligible everywhere in a square of `side` tiles, one at least: beside the
    /// Gaussians near it where they are given.
    #[inline(always)]
    fn classes(
        &self,
        (column, row): (usize, usize),
        side: usize,
        near: Option<&[usize]>,
        listed: &[usize],
        kept: &mut Vec<usize>,
    ) {
        kept.clear();
        if let [only] = listed {
            kept.push(*only);
            return;
        }
        let (scene, nodes) = (self.scene, N * side);
        let half = 0.5 * (nodes - 1) as f64 * self.h;
        let centre = [
            self.across[0].first + self.h * (nodes * column) as f64 + half,
            self.across[1].first + self.h * (nodes * row) as f64 + half,
        ];
        let mut nearest = if near.is_some() { f64::INFINITY } else { 0.0 };
        for &i in near.unwrap_or_default() {
            let dx = ((scene.centres[i][0] - centre[0]).abs() - half).max(0.0);
            let dy = ((scene.centres[i][1] - centre[1]).abs() - half).max(0.0);
            nearest = nearest.min(dx * dx + dy * dy);
        }
        let floor = (self.floor + nearest / (2.0 * scene.spread)).min(FLOOR);
        let mut top = (listed[0], f64::NEG_INFINITY);
        for &k in listed {
            let logit = scene.logit(k, &centre);
            if logit > top.1 {
                top = (k, logit);
            }
        }
        let leader = scene.points[top.0];
        for &k in listed {
            let point = scene.points[k];
            let slope = ((point[0] - leader[0]).abs() + (point[1] - leader[1]).abs()) / scene.variance;
            if k == top.0 || scene.logit(k, &centre) - top.1 + slope * half > floor {
                kept.push(k);
            }
        }
    }

    /// The averages from the sums, in the places of all classes.
    fn collect(&self, classes: &Classes<'_>, tolerance: f64, moments: &[Moments], means: &[[f64; N]]) -> PlaneAverages {
        let (scene, all) = (self.scene, classes.log_weights.len());
        let total = |lanes: &[f64; N]| lanes.iter().sum::<f64>();
        let (variance, spread) = (scene.variance, scene.spread);
        let mut out = PlaneAverages::default();
        for sums in moments {
            let log = total(&sums.log);
            out.rows.log_sum.push(log + spread / variance);
            // Stein: E(x - m) lambda = spread E grad lambda.
            out.pulls.extend([&sums.x, &sums.y].map(|m| variance / spread * total(m)));
            if self.wanted.traces {
                let laplacian = (total(&sums.square) / spread - 2.0 * log) / spread;
                out.rows.trace.push(variance * (variance * laplacian + 2.0));
            } else {
                out.rows.trace.push(0.0);
            }
        }
        if self.wanted.means {
            out.rows.mean.resize(moments.len() * all, 0.0);
            let n = scene.points.len();
            for (wide, row) in out.rows.mean.chunks_exact_mut(all).zip(means.chunks_exact(n)) {
                scene.present.iter().zip(row).for_each(|(&k, lanes)| wide[k] = total(lanes));
            }
        }
        out.rows.error = tolerance;
        out
    }
}

/// The tiles of one row of tiles that a Gaussian reaches.
struct Chord {
    gaussian: usize,
    from: usize,
    to: usize,
}

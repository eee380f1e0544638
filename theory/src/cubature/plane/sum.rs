//! The sums of every Gaussian over the tiles that it reaches.

use super::super::span::PointClasses;
use super::lines::Lines;
use super::scene::PlaneIntegrand;
use super::tile::{Tile, TileMoments};
use super::{N, PlaneAverages, Wanted};

/// Tiles along each side of a block, in which the classes of its tiles are looked for.
const BLOCK: usize = 4;
/// Logarithm of the probability of a class left out of a tile there, at most.
const FLOOR: f64 = -4.0;

/// The class of largest logit at the centre of a Gaussian. What it alone would give is exact: only what the logarithm of the
/// sum differs from its logit by is summed.
pub(super) struct Heaviest {
    class: usize,
    /// Its logit at the centre.
    logit: f64,
}

impl Heaviest {
    #[inline(always)]
    pub(super) fn new(scene: &PlaneIntegrand, centre: &[f64; 2]) -> Self {
        let mut found = Self { class: 0, logit: f64::NEG_INFINITY };
        for k in 0..scene.points.len() {
            let logit = scene.logit(k, centre);
            if logit > found.logit {
                found = Self { class: k, logit };
            }
        }
        found
    }
}

/// The sums over a grid.
pub(super) struct GridSum<'a> {
    pub(super) scene: &'a PlaneIntegrand,
    pub(super) across: &'a [Lines; 2],
    /// Of each Gaussian.
    pub(super) heaviest: &'a [Heaviest],
    pub(super) wanted: Wanted,
    /// Logarithm of the probability below which a class is left out of a tile at the centre of a Gaussian.
    pub(super) floor: f64,
}

impl GridSum<'_> {
    #[inline(always)]
    pub(super) fn averages(&self, classes: &PointClasses<'_>, tolerance: f64) -> PlaneAverages {
        let (k, n) = (self.scene.centres.len(), self.scene.points.len());
        let mut moments = vec![TileMoments::default(); k];
        let mut means = vec![[0.0; N]; if self.wanted.means { k * n } else { 0 }];
        let mut tile = Tile::new();
        let (mut chords, mut near, mut kept) = (Vec::with_capacity(k), Vec::with_capacity(k), Vec::with_capacity(n));
        let all: Vec<usize> = (0..n).collect();
        let mut blocks: Vec<Vec<usize>> = vec![Vec::new(); self.across[0].tiles.div_ceil(BLOCK)];
        for row in 0..self.across[1].tiles {
            if row.is_multiple_of(BLOCK) {
                blocks.iter_mut().for_each(Vec::clear);
            }
            let (first, last) = self.chords(row, &mut chords);
            for column in first..last {
                near.clear();
                for chord in &chords {
                    if chord.from <= column && column < chord.to {
                        near.push(chord.gaussian);
                    }
                }
                if near.is_empty() {
                    continue;
                }
                let block = &mut blocks[column / BLOCK];
                if block.is_empty() {
                    self.classes((column / BLOCK, row / BLOCK), BLOCK, None, &all, block);
                }
                let top = self.classes((column, row), 1, Some(&near), block, &mut kept);
                let is_alone = kept.len() == 1;
                if !is_alone {
                    tile.load(self.scene, self.across, (column, row), (&kept, top), self.wanted.means);
                }
                for &i in &near {
                    let same = top == self.heaviest[i].class;
                    if is_alone && same {
                        continue;
                    }
                    if !is_alone {
                        tile.add(self.across, (column, row), i, self.wanted.traces, &mut moments[i]);
                    }
                    if !same {
                        moments[i].add_exact(&self.between(i, top, (column, row)));
                    }
                    if self.wanted.means {
                        let means = &mut means[i * n..(i + 1) * n];
                        let whole = self.sums(i, (column, row)).map(|sums| sums[0]);
                        let whole = whole[0] * whole[1];
                        means[self.heaviest[i].class][0] -= whole;
                        if is_alone {
                            means[top][0] += whole;
                        } else {
                            tile.add_means(self.across, (column, row), i, &kept, means);
                        }
                    }
                }
            }
        }
        self.collect(classes, tolerance, &moments, &means)
    }

    /// The sums of a Gaussian's density times powers of `x - m` over a tile, along both axes.
    #[inline(always)]
    fn sums(&self, gaussian: usize, (column, row): (usize, usize)) -> [&[f64; 4]; 2] {
        let [x, y] = self.across;
        [&x.sums[gaussian * x.tiles + column], &y.sums[gaussian * y.tiles + row]]
    }

    /// The sums of the logit of a class over that of the Gaussian's heaviest, which is linear, times 1, `x - m` and
    /// `|x - m|^2` over a tile.
    #[inline(always)]
    fn between(&self, gaussian: usize, class: usize, tile: (usize, usize)) -> [f64; 4] {
        let (scene, heaviest) = (self.scene, &self.heaviest[gaussian]);
        let (to, from) = (scene.points[class], scene.points[heaviest.class]);
        let [x, y] = self.sums(gaussian, tile);
        let offset = scene.logit(class, &scene.centres[gaussian]) - heaviest.logit;
        let slope = [(to[0] - from[0]) / scene.variance, (to[1] - from[1]) / scene.variance];
        let at = |n: usize, m: usize| offset * x[n] * y[m] + slope[0] * x[n + 1] * y[m] + slope[1] * x[n] * y[m + 1];
        [at(0, 0), at(1, 0), at(0, 1), at(2, 0) + at(0, 2)]
    }

    /// The tiles of a row of tiles that each Gaussian reaches; the first of them all and the one behind the last.
    #[inline(always)]
    fn chords(&self, row: usize, chords: &mut Vec<Chord>) -> (usize, usize) {
        chords.clear();
        let [across, up] = self.across;
        let (side, height) = (N as f64 * across.h, N as f64 * up.h);
        let low = up.first + height * row as f64;
        let (mut first, mut last) = (across.tiles, 0);
        for (gaussian, centre) in self.scene.centres.iter().enumerate() {
            let beyond = (low - centre[1]).max(centre[1] - low - height).max(0.0);
            let reach = self.scene.reaches[gaussian];
            if beyond < reach {
                let half = (reach * reach - beyond * beyond).sqrt();
                // Not below the first node: truncation is a floor.
                let at = |x: f64| ((x - across.first) / side) as usize;
                let (from, to) = (at(centre[0] - half), (at(centre[0] + half) + 1).min(across.tiles));
                (first, last) = (first.min(from), last.max(to));
                chords.push(Chord { gaussian, from, to });
            }
        }
        (first, last)
    }

    /// The classes among those listed that are not negligible everywhere in a square of `side` tiles, one at least: beside the
    /// Gaussians near it where they are given. The largest at its centre is returned.
    #[inline(always)]
    fn classes(
        &self,
        (column, row): (usize, usize),
        side: usize,
        near: Option<&[usize]>,
        listed: &[usize],
        kept: &mut Vec<usize>,
    ) -> usize {
        kept.clear();
        if let [only] = listed {
            kept.push(*only);
            return *only;
        }
        let (scene, nodes) = (self.scene, N * side);
        let (mut half, mut centre) = ([0.0; 2], [0.0; 2]);
        for (axis, at) in [column, row].into_iter().enumerate() {
            let lines = &self.across[axis];
            half[axis] = 0.5 * (nodes - 1) as f64 * lines.h;
            centre[axis] = lines.first + lines.h * (nodes * at) as f64 + half[axis];
        }
        let mut nearest = if near.is_some() { f64::INFINITY } else { 0.0 };
        for &i in near.unwrap_or_default() {
            let dx = ((scene.centres[i][0] - centre[0]).abs() - half[0]).max(0.0);
            let dy = ((scene.centres[i][1] - centre[1]).abs() - half[1]).max(0.0);
            nearest = nearest.min((dx * dx + dy * dy) / (2.0 * scene.spread) + scene.spared[i]);
        }
        let floor = (self.floor + nearest).min(FLOOR);
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
            let apart = (point[0] - leader[0]).abs() * half[0] + (point[1] - leader[1]).abs() * half[1];
            if k == top.0 || scene.logit(k, &centre) - top.1 + apart / scene.variance > floor {
                kept.push(k);
            }
        }
        top.0
    }

    /// The averages from the sums, in the places of all classes.
    fn collect(
        &self,
        classes: &PointClasses<'_>,
        tolerance: f64,
        moments: &[TileMoments],
        means: &[[f64; N]],
    ) -> PlaneAverages {
        let (scene, all) = (self.scene, classes.log_weights.len());
        let total = |lanes: &[f64; N]| lanes.iter().sum::<f64>();
        let (variance, spread) = (scene.variance, scene.spread);
        let mut out = PlaneAverages::default();
        for ((sums, heaviest), centre) in moments.iter().zip(self.heaviest).zip(&scene.centres) {
            let point = scene.points[heaviest.class];
            let log = total(&sums.log);
            out.rows.log_sum.push(heaviest.logit + log);
            // Stein: E(x - m) lambda = spread E grad lambda.
            out.pulls.push(point[0] - centre[0] + variance / spread * total(&sums.x));
            out.pulls.push(point[1] - centre[1] + variance / spread * total(&sums.y));
            let laplacian = (total(&sums.square) / spread - 2.0 * log) / spread;
            out.rows.trace.push(if self.wanted.traces { variance * variance * laplacian } else { 0.0 });
        }
        if self.wanted.means {
            out.rows.mean.resize(moments.len() * all, 0.0);
            let n = scene.points.len();
            for (wide, row) in out.rows.mean.chunks_exact_mut(all).zip(means.chunks_exact(n)) {
                scene.present.iter().zip(row).for_each(|(&k, lanes)| wide[k] = total(lanes));
            }
            for (wide, heaviest) in out.rows.mean.chunks_exact_mut(all).zip(self.heaviest) {
                wide[scene.present[heaviest.class]] += 1.0;
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

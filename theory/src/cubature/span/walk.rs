//! The cells of a scene, each with nodes as dense as it needs.

use super::super::line::reach;
use super::RowAverages;
use super::cell::{Cell, Near};
use super::lone;
use super::rule::LegendreRule;
use super::scene::{SpanIntegrand, dot};
use super::tile::{SpanTile, TileSums};
use std::ops::Range;

/// Largest half side of a cell with nodes, in standard deviations of the Gaussians: the rule errs by less than 1e-14 for
/// the Gaussians alone.
const HALF: f64 = 1.25;
/// Sides of the first cells, in those of the largest with nodes.
const FIRST: f64 = 2.0;
/// The rule errs by the square of the last coefficients, times this at most.
const SAFETY: f64 = 2.0;
/// Share of the tolerance that one cell may take, and how far beyond a guess is not tried.
const PART: f64 = 0.3;
const HOPELESS: f64 = 30.0;
/// Change of a logit in a cell beyond which it is halved without a trial: exponentials stay in range.
const CHANGE: f64 = 100.0;
/// Most generations of halves.
const DEPTH: usize = 40;
/// What is left out of one cell weighs this much less than the tolerance.
const SPARE: f64 = 100.0;
/// Logarithm of the relative weight at which a class may be left out, at most.
const FLOOR: f64 = -5.0;

/// Averages on their way.
pub(super) struct Walk<'a, const D: usize> {
    scene: &'a SpanIntegrand<D>,
    rule: &'a LegendreRule,
    tolerance: f64,
    /// In standard deviations; what lies beyond weighs a tenth of the tolerance.
    reach: f64,
    wants_trace: bool,
    /// For each Gaussian the class whose linear logit is taken out of the logarithm and averaged exactly.
    references: Vec<usize>,
    tile: SpanTile<D>,
    /// Gaussians and classes of the cells that wait, as ranges of this list.
    lists: Vec<usize>,
    waiting: Vec<Waiting<D>>,
    errors: Vec<f64>,
    out: RowAverages,
}

/// A cell that waits.
struct Waiting<const D: usize> {
    cell: Cell<D>,
    gaussians: Range<usize>,
    classes: Range<usize>,
    depth: usize,
}

impl<'a, const D: usize> Walk<'a, D> {
    pub(super) fn new(scene: &'a SpanIntegrand<D>, rule: &'a LegendreRule, tolerance: f64, wants_trace: bool) -> Self {
        let (k, n) = (scene.centres.len(), scene.classes.len());
        let reach = reach(tolerance) - 0.5;
        // Of a chi variable of D degrees: exact for two, a bound for one and three.
        let tail = libm::exp(-0.5 * reach * reach) * if D < 3 { 1.0 } else { 1.0 + reach };
        Self {
            scene,
            rule,
            tolerance,
            reach,
            wants_trace,
            references: scene.centres.iter().map(|m| scene.top(0..n, m)).collect(),
            tile: SpanTile::new(),
            lists: (0..k).chain(0..n).collect(),
            waiting: Vec::new(),
            errors: vec![tail + 4.0 * f64::EPSILON; k],
            out: RowAverages { mean: vec![0.0; k * n], log_sum: vec![0.0; k], trace: vec![0.0; k], error: 0.0 },
        }
    }

    #[inline(always)]
    pub(super) fn averages(mut self) -> RowAverages {
        let (k, n) = (self.scene.centres.len(), self.scene.classes.len());
        let side = 2.0 * HALF * FIRST * self.scene.root;
        let cover = |gaussians: Range<usize>| {
            let cells = Cell::cover(&self.scene.centres[gaussians.clone()], self.reach * self.scene.root, side);
            cells.map(|cells| (cells, gaussians))
        };
        // Far from each other, as in the trials of an implicit step, every Gaussian has cells of its own.
        let parts = cover(0..k).map_or_else(|| (0..k).filter_map(|i| cover(i..i + 1)).collect(), |all| vec![all]);
        for (cells, gaussians) in parts {
            for cell in cells {
                self.waiting.push(Waiting { cell, gaussians: gaussians.clone(), classes: k..k + n, depth: 0 });
                // A loop and no recursion, so that all of it is compiled for the caller's vectors.
                while let Some(next) = self.waiting.pop() {
                    self.visit(next);
                }
                self.lists.truncate(k + n);
            }
        }
        let scene = self.scene;
        for (i, centre) in scene.centres.iter().enumerate() {
            self.out.log_sum[i] += scene.classes[self.references[i]].at(centre);
            // E|x|^2 cancels but for this against what the densities of the classes have in common.
            self.out.log_sum[i] -= dot(centre, centre) / (2.0 * scene.variance);
        }
        self.out.error = self.errors.iter().fold(0.0, |m: f64, &e| m.max(e));
        self.out
    }

    #[inline(always)]
    fn visit(&mut self, next: Waiting<D>) {
        let (scene, cell) = (self.scene, next.cell);
        let near = cell.near(scene, &self.lists[next.gaussians.clone()], self.reach);
        let heaviest = near.iter().fold(0.0, |m: f64, g| m.max(g.share));
        if heaviest == 0.0 {
            return;
        }
        let negligible = self.tolerance / (SPARE * next.classes.len() as f64);
        let floor = |share: f64| libm::log(negligible / share).min(FLOOR);
        let field = cell.field(scene, &self.lists[next.classes.clone()], floor(heaviest));
        if field.classes.len() == 1 {
            for g in &near {
                let sums = lone::integrate(scene, &cell, g.index);
                self.out.mean[g.index * scene.classes.len() + field.top] += sums.mass;
                self.add(&cell, field.top, g.index, &sums);
            }
            return;
        }
        let allowed = PART * self.tolerance / heaviest;
        let coarse = cell.half.iter().any(|&h| h > HALF * scene.root);
        let wild = field.guess > HOPELESS * allowed || field.change > CHANGE;
        if next.depth < DEPTH && (coarse || wild) {
            return self.split(&cell, &near, &field.classes, next.depth);
        }
        self.tile.load(scene, self.rule, &cell, field.top, &field.classes, self.wants_trace);
        let rough = self.tile.roughness(self.rule);
        let estimate = (SAFETY * rough * rough).min(rough);
        if next.depth < DEPTH && estimate > allowed {
            return self.split(&cell, &near, &field.classes, next.depth);
        }
        let n = scene.classes.len();
        for g in &near {
            self.errors[g.index] += g.share * estimate;
            let means = &mut self.out.mean[g.index * n..(g.index + 1) * n];
            let count = field.bounds.partition_point(|&bound| bound > floor(g.share));
            let sums = self.tile.integrate(scene, self.rule, &cell, g.index, &field.classes[..count], means);
            self.add(&cell, field.top, g.index, &sums);
        }
    }

    fn split(&mut self, cell: &Cell<D>, near: &[Near], classes: &[usize], depth: usize) {
        let first = self.lists.len();
        self.lists.extend(near.iter().map(|g| g.index));
        let middle = self.lists.len();
        self.lists.extend_from_slice(classes);
        let (gaussians, classes) = (first..middle, middle..self.lists.len());
        for cell in cell.children() {
            let (gaussians, classes) = (gaussians.clone(), classes.clone());
            self.waiting.push(Waiting { cell, gaussians, classes, depth: depth + 1 });
        }
    }

    /// Adds what a Gaussian has in a cell to the averages of the logarithm and the trace.
    fn add(&mut self, cell: &Cell<D>, top: usize, gaussian: usize, sums: &TileSums<D>) {
        let (leader, reference) = (&self.scene.classes[top], &self.scene.classes[self.references[gaussian]]);
        let mut log = sums.log;
        if top != self.references[gaussian] {
            log += (leader.at(&cell.centre) - reference.at(&cell.centre)) * sums.mass;
            for a in 0..D {
                log += (leader.slope[a] - reference.slope[a]) * sums.moment[a];
            }
        }
        self.out.log_sum[gaussian] += log;
        self.out.trace[gaussian] += sums.trace;
    }
}

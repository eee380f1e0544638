//! A tensor rule in a cell: all classes at all its nodes once, then every Gaussian's averages of them.

use super::cell::Cell;
use super::rule::{LegendreRule, LineValues, N};
use super::scene::SpanIntegrand;
use crate::kernel::{exp_array, log_array};

/// The nodes of a cell as lines along the last axis, and what the classes are there.
///
/// Exponentials of linear logits are products over the axes, and so are the Gaussians: a class costs D N exponentials
/// and N^D products.
#[derive(Debug, Clone)]
pub(super) struct SpanTile<const D: usize> {
    /// For each class: its factor for every line.
    outer: Vec<f64>,
    /// For each class: its factor along a line.
    inner: Vec<LineValues>,
    /// log of the sum of the classes over that of the top class.
    log: Vec<LineValues>,
    /// One over that sum.
    inverse: Vec<LineValues>,
    /// tr Cov of the classes' points under their probabilities, if wanted.
    trace: Vec<LineValues>,
    weights: Vec<f64>,
}

/// A Gaussian's integrals over a tile, beside those of the classes' probabilities.
#[derive(Debug, Clone, Copy)]
pub(super) struct TileSums<const D: usize> {
    pub(super) mass: f64,
    /// Of `x - centre`.
    pub(super) moment: [f64; D],
    /// Of the logarithm relative to the top class.
    pub(super) log: f64,
    pub(super) trace: f64,
}

impl<const D: usize> SpanTile<D> {
    const LINES: usize = N.pow(D as u32 - 1);

    pub(super) fn new() -> Self {
        let lines = vec![[0.0; N]; Self::LINES];
        Self {
            outer: Vec::new(),
            inner: Vec::new(),
            log: lines.clone(),
            inverse: lines,
            trace: Vec::new(),
            weights: vec![0.0; Self::LINES],
        }
    }

    /// Products over all axes but the last, line by line.
    #[inline(always)]
    fn lines(factors: &[LineValues; D], out: &mut [f64]) {
        match D {
            1 => out[0] = 1.0,
            2 => out.copy_from_slice(&factors[0]),
            _ => {
                for (a, row) in out.chunks_exact_mut(N).enumerate() {
                    for b in 0..N {
                        row[b] = factors[0][a] * factors[1][b];
                    }
                }
            }
        }
    }

    /// Evaluates the classes, the logarithm relative to `top`, and the trace if `wants_trace`.
    #[inline(always)]
    pub(super) fn load(
        &mut self,
        scene: &SpanIntegrand<D>,
        rule: &LegendreRule,
        cell: &Cell<D>,
        top: usize,
        classes: &[usize],
        wants_trace: bool,
    ) {
        let leader = scene.classes[top];
        let lead = leader.at(&cell.centre);
        self.outer.resize(classes.len() * Self::LINES, 0.0);
        self.inner.clear();
        for (&k, outer) in classes.iter().zip(self.outer.chunks_exact_mut(Self::LINES)) {
            let class = &scene.classes[k];
            let mut factors = [[0.0; N]; D];
            for a in 0..D {
                let rate = (class.slope[a] - leader.slope[a]) * cell.half[a];
                factors[a] = exp_array(&rule.nodes.map(|x| rate * x));
            }
            Self::lines(&factors, outer);
            let [level] = exp_array(&[class.at(&cell.centre) - lead]);
            self.inner.push(factors[D - 1].map(|f| level * f));
        }
        for line in 0..Self::LINES {
            let mut sum = [0.0; N];
            for (outer, inner) in self.outer.chunks_exact(Self::LINES).zip(&self.inner) {
                for l in 0..N {
                    sum[l] += outer[line] * inner[l];
                }
            }
            self.log[line] = log_array(&sum);
            self.inverse[line] = sum.map(|s| 1.0 / s);
        }
        self.trace.clear();
        if wants_trace {
            self.load_trace(scene, top, classes);
        }
    }

    /// With points relative to that of `top`, so that nothing cancels where they all meet.
    #[inline(always)]
    fn load_trace(&mut self, scene: &SpanIntegrand<D>, top: usize, classes: &[usize]) {
        self.trace.resize(Self::LINES, [0.0; N]);
        let apart: Vec<[f64; D]> = classes
            .iter()
            .map(|&k| std::array::from_fn(|a| scene.classes[k].point[a] - scene.classes[top].point[a]))
            .collect();
        for line in 0..Self::LINES {
            let (mut square, mut mean) = ([0.0; N], [[0.0; N]; D]);
            for (slot, apart) in apart.iter().enumerate() {
                let (outer, inner) = (self.outer[slot * Self::LINES + line], &self.inner[slot]);
                let length: f64 = apart.iter().map(|d| d * d).sum();
                for l in 0..N {
                    let p = outer * inner[l] * self.inverse[line][l];
                    square[l] += length * p;
                    for a in 0..D {
                        mean[a][l] += apart[a] * p;
                    }
                }
            }
            for l in 0..N {
                self.trace[line][l] = square[l] - mean.iter().map(|m| m[l] * m[l]).sum::<f64>();
            }
        }
    }

    /// The largest of the last two Legendre coefficients of the logarithm along any axis.
    #[inline(always)]
    pub(super) fn roughness(&self, rule: &LegendreRule) -> f64 {
        let mut worst: f64 = 0.0;
        for last in &rule.last {
            for line in &self.log {
                let coefficient: f64 = line.iter().zip(last).map(|(f, c)| f * c).sum();
                worst = worst.max(coefficient.abs());
            }
            for axis in 1..D {
                // Lines that differ in this axis only are `stride` apart.
                let stride = N.pow(axis as u32 - 1);
                for first in (0..Self::LINES).filter(|line| (line / stride).is_multiple_of(N)) {
                    let mut coefficient = [0.0; N];
                    for (a, c) in last.iter().enumerate() {
                        let line = &self.log[first + a * stride];
                        for l in 0..N {
                            coefficient[l] += c * line[l];
                        }
                    }
                    worst = coefficient.iter().fold(worst, |w, c| w.max(c.abs()));
                }
            }
        }
        worst
    }

    /// The sum of `values` with one weight for each line and one for each place on it; 0 of none.
    #[inline(always)]
    fn along(lines: &[f64], places: &LineValues, values: &[LineValues]) -> f64 {
        let mut total = [0.0; N];
        for (w, line) in lines.iter().zip(values) {
            for l in 0..N {
                total[l] += w * line[l];
            }
        }
        total.iter().zip(places).map(|(t, f)| t * f).sum()
    }

    /// The integrals of one Gaussian over the cell; those of the probabilities are added to `means` at `classes`.
    #[inline(always)]
    pub(super) fn integrate(
        &mut self,
        scene: &SpanIntegrand<D>,
        rule: &LegendreRule,
        cell: &Cell<D>,
        gaussian: usize,
        classes: &[usize],
        means: &mut [f64],
    ) -> TileSums<D> {
        let (centre, mut factors) = (&scene.centres[gaussian], [[0.0; N]; D]);
        let mut sums = TileSums { mass: 1.0, moment: [1.0; D], log: 0.0, trace: 0.0 };
        for a in 0..D {
            let places = rule.nodes.map(|x| cell.half[a] * x);
            let apart = cell.centre[a] - centre[a];
            let bell = exp_array(&places.map(|x| -(apart + x) * (apart + x) / (2.0 * scene.spread)));
            let scale = cell.half[a] / (std::f64::consts::TAU * scene.spread).sqrt();
            let (mut mass, mut moment) = (0.0, 0.0);
            for l in 0..N {
                factors[a][l] = scale * rule.weights[l] * bell[l];
                mass += factors[a][l];
                moment += places[l] * factors[a][l];
            }
            sums.mass *= mass;
            for (b, m) in sums.moment.iter_mut().enumerate() {
                *m *= if a == b { moment } else { mass };
            }
        }
        Self::lines(&factors, &mut self.weights);
        let inner = &factors[D - 1];
        sums.log = Self::along(&self.weights, inner, &self.log);
        sums.trace = Self::along(&self.weights, inner, &self.trace);
        for ((&k, outer), class) in classes.iter().zip(self.outer.chunks_exact(Self::LINES)).zip(&self.inner) {
            let mut total = [0.0; N];
            for ((w, o), line) in self.weights.iter().zip(outer).zip(&self.inverse) {
                let factor = w * o;
                for l in 0..N {
                    total[l] += factor * line[l];
                }
            }
            let mut mean = 0.0;
            for l in 0..N {
                mean += total[l] * (class[l] * inner[l]);
            }
            means[k] += mean;
        }
        sums
    }
}

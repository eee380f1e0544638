//! Boxes, the Gaussians that reach into them and the classes that matter there.

use super::rule::N;
use super::scene::{SpanIntegrand, dot};

/// A box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<const D: usize> {
    pub(super) centre: [f64; D],
    /// Half of its sides.
    pub(super) half: [f64; D],
}

/// A Gaussian that reaches into a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    pub(super) index: usize,
    /// A bound of its mass in the cell.
    pub(super) share: f64,
}

/// What is known of the classes in a cell.
pub(super) struct CellLogits {
    /// The class with the largest logit at the centre.
    pub(super) top: usize,
    /// Those that are not negligible everywhere in the cell, `top` among them: the largest somewhere first.
    pub(super) classes: Vec<usize>,
    /// For each of them a bound of the logarithm of its probability relative to that of `top`.
    pub(super) bounds: Vec<f64>,
    /// A guess of the error of the rule relative to a Gaussian's mass.
    pub(super) guess: f64,
    /// The largest change of a logit relative to that of `top`, from the centre to a corner.
    pub(super) change: f64,
}

/// Most cells of one cover.
const MOST_CELLS: usize = 1 << 14;

impl<const D: usize> Cell<D> {
    /// Cells of sides at most `side` that cover all points closer than `reach` to one of `centres`; `None` of more than [`MOST_CELLS`].
    pub(super) fn cover(centres: &[[f64; D]], reach: f64, side: f64) -> Option<Vec<Self>> {
        let (mut low, mut counts, mut half) = ([0.0; D], [0; D], [0.0; D]);
        for a in 0..D {
            let along = || centres.iter().map(|c| c[a]);
            low[a] = along().fold(f64::INFINITY, f64::min) - reach;
            let length = along().fold(f64::NEG_INFINITY, f64::max) + reach - low[a];
            counts[a] = (length / side).ceil() as usize;
            half[a] = length / (2.0 * counts[a] as f64);
        }
        // Before a product that may overflow.
        if counts.iter().map(|&count| count as f64).product::<f64>() > MOST_CELLS as f64 {
            return None;
        }
        let total: usize = counts.iter().product();
        let cell = |index: usize| {
            let (mut centre, mut rest) = (low, index);
            for a in 0..D {
                centre[a] += half[a] * (2 * (rest % counts[a]) + 1) as f64;
                rest /= counts[a];
            }
            Self { centre, half }
        };
        Some((0..total).map(cell).collect())
    }

    /// The halves along every axis.
    pub(super) fn children(&self) -> impl Iterator<Item = Self> {
        let half = self.half.map(|h| 0.5 * h);
        (0..1_usize << D).map(move |corner| {
            let mut centre = self.centre;
            for a in 0..D {
                centre[a] += if corner >> a & 1 == 1 { half[a] } else { -half[a] };
            }
            Self { centre, half }
        })
    }

    /// The Gaussians whose centre is closer than `reach` standard deviations to the cell.
    pub(super) fn near(&self, scene: &SpanIntegrand<D>, from: &[usize], reach: f64) -> Vec<Near> {
        let mut volume = 1.0;
        for half in self.half {
            volume *= 2.0 * half / (std::f64::consts::TAU * scene.spread).sqrt();
        }
        let mut near = Vec::new();
        for &index in from {
            let mut square = 0.0;
            for a in 0..D {
                let beyond = (scene.centres[index][a] - self.centre[a]).abs() - self.half[a];
                square += if beyond > 0.0 { beyond * beyond } else { 0.0 };
            }
            if square <= reach * reach * scene.spread {
                let share = (volume * libm::exp(-square / (2.0 * scene.spread))).min(1.0);
                near.push(Near { index, share });
            }
        }
        near
    }

    /// The classes of `from` whose probability exceeds `e^floor` somewhere in the cell.
    pub(super) fn field(&self, scene: &SpanIntegrand<D>, from: &[usize], floor: f64) -> CellLogits {
        let top = scene.top(from.iter().copied(), &self.centre);
        let leader = scene.classes[top];
        let mut field = CellLogits { top, classes: Vec::new(), bounds: Vec::new(), guess: 0.0, change: 0.0 };
        let mut kept: Vec<(f64, usize)> = Vec::with_capacity(from.len());
        for &k in from {
            let class = &scene.classes[k];
            let mut change = 0.0;
            let mut steepest: f64 = 0.0;
            let mut apart = class.slope;
            for a in 0..D {
                apart[a] -= leader.slope[a];
                let along = apart[a].abs() * self.half[a];
                change += along;
                steepest = steepest.max(along);
            }
            let most = class.offset - leader.offset + dot(&apart, &self.centre) + change;
            if k == top || most > floor {
                kept.push((most, k));
                field.change = field.change.max(change);
                if steepest > 0.0 {
                    // Singular at distance pi/|slope| from the real axis: the Bernstein ellipse through it.
                    let digits = 2.0 * N as f64 * libm::asinh(std::f64::consts::PI / steepest);
                    field.guess = field.guess.max(libm::exp(most.min(0.0) - digits));
                }
            }
        }
        kept.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        (field.bounds, field.classes) = kept.into_iter().unzip();
        field
    }
}

//! Averages of a softmax of quadratic logits over a normal variable: mixtures whose covariances differ, theory 15.

mod line;
mod nodes;

use line::NodeLine;
pub(crate) use nodes::radial;
use nodes::{QuadraticNode, reach, straight};

/// Most directions in which logits may differ otherwise than by the distance.
pub(crate) const MOST_DIRECTIONS: usize = 3;
/// The directions, and the radius across them.
const AXES: usize = MOST_DIRECTIONS + 1;
/// Step of level 0, in standard deviations; a level is a factor of the root of 2.
const WIDEST: f64 = 0.6;
/// Finest level: a step of 3e-5.
const MOST_LEVEL: u8 = 28;
/// Nodes beyond which a step is not made finer.
const MOST_NODES: f64 = 4e7;
/// Difference of two rules over the root of the tolerance: theory (31) with a factor of 100 to spare.
const SPARE: f64 = 0.1;

/// A class relative to a reference class of logit 0: at g = U gamma + zeta, zeta across the D directions U,
/// `delta = level + slope.gamma - gamma^T curvature gamma/2 - across |zeta|^2/2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quadratic {
    pub(crate) level: f64,
    pub(crate) slope: [f64; MOST_DIRECTIONS],
    pub(crate) curvature: [[f64; MOST_DIRECTIONS]; MOST_DIRECTIONS],
    pub(crate) across: f64,
}

/// The classes beside the reference, in D = `span` directions, `across` of R^d being left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quadratics {
    pub(crate) span: usize,
    pub(crate) across: usize,
    pub(crate) classes: Vec<Quadratic>,
}

/// What is averaged of a class, s its probability: E s, E s gamma, E s gamma gamma^T, E s |zeta|^2.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Moments {
    pub(crate) share: f64,
    pub(crate) first: [f64; MOST_DIRECTIONS],
    pub(crate) second: [[f64; MOST_DIRECTIONS]; MOST_DIRECTIONS],
    pub(crate) across: f64,
}

/// Averages over g ~ N(0, I) in R^d.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QuadraticAverages {
    /// E log(1 + sum_c e^delta_c).
    pub(crate) log_sum: f64,
    /// E of the reference's probability.
    pub(crate) rest: f64,
    /// Of the classes.
    pub(crate) classes: Vec<Moments>,
    /// Estimate of the largest error of the shares and of the logarithm.
    pub(crate) error: f64,
}

/// The step of every axis as a level, 0 the widest; kept from one evaluation to the next.
pub(crate) type Levels = [u8; AXES];

impl Quadratics {
    /// The averages by the trapezoidal rule, theory (30), its steps from `levels`, which are left as the next evaluation may
    /// begin: steps are halved until the rule and that of every second node agree to the root of `tolerance`, theory (31).
    #[inline(always)]
    pub(crate) fn averages(&self, tolerance: f64, levels: &mut Levels) -> QuadraticAverages {
        let goal = SPARE * tolerance.sqrt();
        loop {
            let (mut found, errors) = self.sweep(tolerance, levels);
            let before = *levels;
            for (level, &error) in levels.iter_mut().zip(&errors) {
                if error > goal && *level < MOST_LEVEL {
                    // Errors fall like exp(-const/step).
                    let ratio = libm::log(goal) / libm::log(error.min(0.3));
                    *level = (*level + (2.0 * libm::log2(ratio)).clamp(1.0, 6.0) as u8).min(MOST_LEVEL);
                }
            }
            if *levels == before || self.count(levels) > MOST_NODES {
                found.error = errors.iter().fold(0.0, |m, e| m.max(e * e));
                *levels = before;
                for (level, &error) in levels.iter_mut().zip(&errors) {
                    *level -= u8::from(*level > 0 && error < SPARE * libm::pow(goal, std::f64::consts::SQRT_2));
                }
                return found;
            }
        }
    }

    fn step(level: u8) -> f64 {
        WIDEST * libm::exp2(-0.5 * f64::from(level))
    }

    /// About how many nodes a rule has.
    fn count(&self, levels: &Levels) -> f64 {
        let straight: f64 = (0..self.span).map(|a| 16.0 / Self::step(levels[a])).product();
        straight * if self.across > 0 { 8.0 / Self::step(levels[AXES - 1]) } else { 1.0 }
    }

    /// The rule, and for each axis its difference from that of every second node along it.
    #[inline(always)]
    fn sweep(&self, tolerance: f64, levels: &Levels) -> (QuadraticAverages, [f64; AXES]) {
        let reach = reach(tolerance);
        let origin = [QuadraticNode { at: 0.0, loss: 0.0, even: true }];
        let axis = |a: usize| if a < self.span { straight(Self::step(levels[a]), reach) } else { origin.to_vec() };
        let across =
            if self.across > 0 { radial(self.across, Self::step(levels[AXES - 1]), reach) } else { origin.to_vec() };
        let (second, third) = (axis(1), axis(2));
        let mut line = NodeLine::new(self, if self.span > 0 { Self::step(levels[0]) } else { f64::INFINITY }, reach);
        let mut sums = GridSums::new(self.classes.len());
        for zeta in &across {
            for b in &third {
                for a in second.iter().filter(|a| a.loss + b.loss + zeta.loss <= reach) {
                    let loss = a.loss + b.loss + zeta.loss;
                    line.run(self, [a.at, b.at], zeta.at, reach - loss);
                    let even = [line.even_only(), a.even, b.even, zeta.even];
                    sums.add(&line, libm::exp(-loss), [a.at, b.at], zeta.at, even);
                }
            }
        }
        sums.finish(self)
    }
}

/// Sums over lines: all of them, and those of every second node along each axis.
struct GridSums {
    classes: Vec<Moments>,
    whole: Vec<f64>,
    halves: [Vec<f64>; AXES],
}

impl GridSums {
    /// Of mass, logarithm, the reference and each class.
    fn new(classes: usize) -> Self {
        let zeros = vec![0.0; classes + 3];
        let halves = std::array::from_fn(|_| zeros.clone());
        Self { classes: vec![Moments::default(); classes], whole: zeros, halves }
    }

    #[inline(always)]
    fn add(&mut self, line: &NodeLine, weight: f64, [b, c]: [f64; 2], square: f64, even: [bool; AXES]) {
        let (all, half) = line.totals();
        for (slot, (whole, x)) in self.whole.iter_mut().zip(all).enumerate() {
            *whole += weight * x;
            for (axis, half) in self.halves.iter_mut().enumerate().skip(1) {
                half[slot] += if even[axis] { weight * x } else { 0.0 };
            }
        }
        for (sum, x) in self.halves[0].iter_mut().zip(half) {
            *sum += weight * x;
        }
        for (moments, [s, t, u]) in self.classes.iter_mut().zip(line.moments()) {
            let (s, t, u) = (weight * s, weight * t, weight * u);
            moments.share += s;
            moments.across += square * s;
            let first = [t, b * s, c * s];
            let second = [[u, b * t, c * t], [b * t, b * b * s, b * c * s], [c * t, b * c * s, c * c * s]];
            for i in 0..MOST_DIRECTIONS {
                moments.first[i] += first[i];
                for j in 0..MOST_DIRECTIONS {
                    moments.second[i][j] += second[i][j];
                }
            }
        }
    }

    fn finish(self, of: &Quadratics) -> (QuadraticAverages, [f64; AXES]) {
        let mass = 1.0 / self.whole[0];
        let size = 1.0f64.max(mass * self.whole[1].abs());
        let difference = |half: &[f64]| {
            let gap = |slot: usize| (half[slot] / half[0] - mass * self.whole[slot]).abs();
            (2..half.len()).map(gap).fold(gap(1) / size, f64::max)
        };
        let used = |axis: usize| if axis + 1 < AXES { axis < of.span } else { of.across > 0 };
        let errors = std::array::from_fn(|axis| if used(axis) { difference(&self.halves[axis]) } else { 0.0 });
        let scaled = |m: Moments| Moments {
            share: mass * m.share,
            first: m.first.map(|x| mass * x),
            second: m.second.map(|row| row.map(|x| mass * x)),
            across: mass * m.across,
        };
        let found = QuadraticAverages {
            log_sum: mass * self.whole[1],
            rest: mass * self.whole[2],
            classes: self.classes.into_iter().map(scaled).collect(),
            error: 0.0,
        };
        (found, errors)
    }
}

#[cfg(test)]
mod tests;

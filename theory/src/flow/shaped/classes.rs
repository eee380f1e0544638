//! A mixture of normal densities as classes, and how they differ from one of them: theory (30).

use std::borrow::Cow;

use super::differences::differences;
use crate::cubature::{MOST_DIRECTIONS, Quadratic, Quadratics};
use crate::frame::{dot, extend};
use crate::shape::Covariance;

/// Classes log weight + log N(x; point, Sigma), in coordinates of a frame of `width` dimensions in R^d, d = `ambient`.
#[derive(Debug, Clone)]
pub(super) struct Classes<'a> {
    pub(super) points: Cow<'a, [f64]>,
    pub(super) width: usize,
    pub(super) ambient: usize,
    /// Minus infinity for an absent class.
    pub(super) log_weights: Vec<f64>,
    /// Sigma^-1; of a matrix in the frame.
    pub(super) precisions: Vec<Covariance>,
    /// Across a frame of fewer than d dimensions in which precisions are matrices, their multiples of I; else empty.
    rests: Vec<f64>,
    /// log det Sigma.
    pub(super) log_determinants: Vec<f64>,
    /// Orthonormal directions in which a precision differs from that of the first class by more than a multiple of I.
    pub(super) special: Vec<Vec<f64>>,
    /// That multiple.
    pub(super) across: Vec<f64>,
}

/// Differences from a reference class, and the directions U in which they are written.
pub(super) struct RelativeClasses {
    pub(super) quadratics: Quadratics,
    /// Which class each is.
    pub(super) which: Vec<usize>,
    pub(super) directions: Vec<Vec<f64>>,
}

impl<'a> Classes<'a> {
    /// Isotropic classes of these variances.
    pub(super) fn isotropic(
        points: &'a [f64],
        width: usize,
        ambient: usize,
        log_weights: &[f64],
        variances: &[f64],
    ) -> Self {
        let first = first_present(log_weights);
        Self {
            points: Cow::Borrowed(points),
            width,
            ambient,
            log_weights: log_weights.to_vec(),
            precisions: variances.iter().map(|v| Covariance::Isotropic(1.0 / v)).collect(),
            rests: Vec::new(),
            log_determinants: variances.iter().map(|v| ambient as f64 * libm::log(*v)).collect(),
            special: Vec::new(),
            across: variances.iter().map(|v| 1.0 / v - 1.0 / variances[first]).collect(),
        }
    }

    /// Classes of these covariances; `rests` are the variances across a frame in which they are matrices, if it is not R^d.
    pub(super) fn shaped(
        points: Vec<f64>,
        width: usize,
        ambient: usize,
        log_weights: Vec<f64>,
        (covariances, rests): (&[Covariance], &[f64]),
    ) -> Classes<'static> {
        let (precisions, mut log_determinants): (Vec<_>, Vec<_>) =
            covariances.iter().map(|covariance| covariance.precision(ambient)).unzip();
        for (log, rest) in log_determinants.iter_mut().zip(rests) {
            *log += (ambient - width) as f64 * libm::log(*rest);
        }
        let rests: Vec<f64> = rests.iter().map(|rest| 1.0 / rest).collect();
        let dimension = if rests.is_empty() { ambient } else { width };
        let (special, across) = differences(&precisions, &rests, first_present(&log_weights), dimension);
        Classes {
            points: Cow::Owned(points),
            width,
            ambient,
            log_weights,
            precisions,
            rests,
            log_determinants,
            special,
            across,
        }
    }

    /// The same with other precisions, which are matrices in the frame, and `rests` across it if it is not R^d.
    pub(super) fn with_precisions(&self, precisions: Vec<Covariance>, rests: Vec<f64>) -> Classes<'_> {
        let (special, across) = differences(&precisions, &rests, self.first(), self.width);
        Classes {
            points: Cow::Borrowed(&self.points),
            log_weights: self.log_weights.clone(),
            log_determinants: self.log_determinants.clone(),
            precisions,
            rests,
            special,
            across,
            ..*self
        }
    }

    pub(super) fn point(&self, class: usize) -> &[f64] {
        &self.points[class * self.width..(class + 1) * self.width]
    }

    /// The first class that is present.
    pub(super) fn first(&self) -> usize {
        first_present(&self.log_weights)
    }

    pub(super) fn present(&self) -> impl Iterator<Item = usize> {
        (0..self.log_weights.len()).filter(|&c| self.log_weights[c] > f64::NEG_INFINITY)
    }

    /// Whether all present classes have one covariance.
    pub(super) fn is_common(&self) -> bool {
        let first = self.first();
        let same =
            |c: usize| self.precisions[c] == self.precisions[first] && self.rests.get(c) == self.rests.get(first);
        self.present().all(same)
    }

    /// The multiple of I that a precision is across the frame.
    pub(super) fn rest(&self, class: usize) -> f64 {
        match self.precisions[class] {
            Covariance::Isotropic(precision) => precision,
            Covariance::Full(_) => self.rests.get(class).copied().unwrap_or(0.0),
        }
    }

    /// An upper bound of the directions in which differences are written, whatever the Gaussian's mean.
    pub(super) fn most_directions(&self) -> usize {
        let (first, mut span) = (self.first(), Vec::new());
        for class in self.present() {
            let gap: Vec<f64> = self.point(class).iter().zip(self.point(first)).map(|(a, b)| a - b).collect();
            extend(&mut span, &gap);
        }
        // The mean itself is a direction where widths differ, and anything where matrices act.
        let through = if self.special.is_empty() { span.len() + 1 } else { self.width };
        ((self.present().count() - 1).min(through) + self.special.len()).min(self.width)
    }

    /// Sigma^-1 v.
    pub(super) fn pull(&self, class: usize, v: &[f64]) -> Vec<f64> {
        match &self.precisions[class] {
            Covariance::Isotropic(precision) => v.iter().map(|x| precision * x).collect(),
            Covariance::Full(rows) => rows.iter().map(|row| dot(row, v)).collect(),
        }
    }

    /// tr Sigma^-1 in R^d.
    pub(super) fn trace(&self, class: usize) -> f64 {
        match &self.precisions[class] {
            Covariance::Isotropic(precision) => self.ambient as f64 * precision,
            Covariance::Full(rows) => {
                let across = (self.ambient - rows.len()) as f64 * self.rest(class);
                (0..rows.len()).map(|i| rows[i][i]).sum::<f64>() + across
            }
        }
    }

    /// The class at x = `mean` without the terms of x beyond it: log weight - (d log 2 pi + log det Sigma + gap.pull)/2.
    pub(super) fn level(&self, class: usize, gap: &[f64], pull: &[f64]) -> f64 {
        let volume = self.ambient as f64 * libm::log(std::f64::consts::TAU) + self.log_determinants[class];
        self.log_weights[class] - 0.5 * (volume + dot(gap, pull))
    }

    /// The differences from `reference` under N(mean, variance I), given the classes' levels and pulls at the mean; `None` where
    /// more than three directions are needed.
    pub(super) fn relative(
        &self,
        reference: usize,
        variance: f64,
        levels: &[f64],
        pulls: &[Vec<f64>],
    ) -> Option<RelativeClasses> {
        let deviation = variance.sqrt();
        let which: Vec<usize> = self.present().filter(|&c| c != reference).collect();
        let slope = |c: &usize| -> Vec<f64> {
            pulls[*c].iter().zip(&pulls[reference]).map(|(a, b)| deviation * (a - b)).collect()
        };
        let slopes: Vec<Vec<f64>> = which.iter().map(slope).collect();
        let mut directions = Vec::new();
        for vector in slopes.iter().chain(&self.special) {
            if directions.len() < self.width {
                extend(&mut directions, vector);
            }
        }
        let span = directions.len();
        if span > MOST_DIRECTIONS {
            return None;
        }
        let classes: Vec<Quadratic> = which
            .iter()
            .zip(&slopes)
            .map(|(&class, slope)| {
                let mut found = Quadratic {
                    level: levels[class] - levels[reference],
                    slope: [0.0; MOST_DIRECTIONS],
                    curvature: [[0.0; MOST_DIRECTIONS]; MOST_DIRECTIONS],
                    across: variance * (self.across[class] - self.across[reference]),
                };
                for (a, u) in directions.iter().enumerate() {
                    found.slope[a] = dot(slope, u);
                    for (b, v) in directions.iter().enumerate() {
                        found.curvature[a][b] = variance * self.curvature(class, reference, (u, a), (v, b));
                    }
                }
                found
            })
            .collect();
        let rest = self.ambient - span;
        let across = if classes.iter().any(|c| c.across != 0.0) { rest } else { 0 };
        Some(RelativeClasses { quadratics: Quadratics { span, across, classes }, which, directions })
    }

    /// u^T (Sigma_c^-1 - Sigma_r^-1) v of two directions and their places.
    fn curvature(&self, class: usize, reference: usize, (u, a): (&[f64], usize), (v, b): (&[f64], usize)) -> f64 {
        match (&self.precisions[class], &self.precisions[reference]) {
            (Covariance::Isotropic(p), Covariance::Isotropic(q)) => {
                if a == b {
                    p - q
                } else {
                    0.0
                }
            }
            _ => dot(u, &self.pull(class, v)) - dot(u, &self.pull(reference, v)),
        }
    }
}

fn first_present(log_weights: &[f64]) -> usize {
    log_weights.iter().position(|l| *l > f64::NEG_INFINITY).unwrap_or(0)
}

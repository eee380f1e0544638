//! Groups of points as normal laws, by which further points are told apart.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// A group.
#[derive(Debug, Clone)]
pub(crate) struct SampleClass {
    pub(crate) mean: DVector<f64>,
    pub(crate) covariance: DMatrix<f64>,
    /// Its share of the points.
    pub(crate) weight: f64,
    factor: Cholesky<f64, Dyn>,
}

/// Several, told apart by normal laws of their common covariance: the cells are convex, so that what is unimodal stays so in
/// each.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinearDiscriminant {
    pub(crate) list: Vec<SampleClass>,
    /// The common covariance; none without classes.
    common: Option<Cholesky<f64, Dyn>>,
}

impl SampleClass {
    /// Of its points among `total`; the covariance leans to 1, that of near neighbours, where there are few. Nothing for a group
    /// without points.
    fn of(points: &[&DVector<f64>], total: usize) -> Option<Self> {
        let q = points.first()?.len();
        let n = points.len() as f64;
        let mean = points.iter().fold(DVector::zeros(q), |sum, y| sum + *y) / n;
        let mut scatter = DMatrix::zeros(q, q);
        for y in points {
            let off = *y - &mean;
            scatter += &off * off.transpose();
        }
        let prior = q as f64;
        let covariance = (scatter + DMatrix::identity(q, q) * prior) / (n + prior);
        let factor = Cholesky::new(covariance.clone())?;
        Some(Self { mean, covariance, weight: n / total.max(1) as f64, factor })
    }

    /// (y - mean) Sigma^-1 (y - mean).
    pub(crate) fn distance(&self, y: &DVector<f64>) -> f64 {
        square(&self.factor, &(y - &self.mean))
    }
}

impl LinearDiscriminant {
    /// Of points with a label each, or none.
    pub(crate) fn of(points: &[DVector<f64>], labels: &[Option<usize>]) -> Self {
        let count = labels.iter().flatten().max().map_or(0, |last| last + 1);
        let total = labels.iter().flatten().count();
        let of = |group: usize| -> Vec<&DVector<f64>> {
            points.iter().zip(labels).filter(|(_, label)| **label == Some(group)).map(|(y, _)| y).collect()
        };
        Self::new((0..count).filter_map(|group| SampleClass::of(&of(group), total)).collect())
    }

    /// Of groups with their weights.
    pub(crate) fn new(list: Vec<SampleClass>) -> Self {
        let all: f64 = list.iter().map(|class| class.weight).sum();
        let common = list.iter().map(|class| &class.covariance * (class.weight / all)).reduce(|a, b| a + b);
        Self { list, common: common.and_then(Cholesky::new) }
    }

    /// The rows that make the common covariance 1; none without classes.
    pub(crate) fn whitening(&self) -> Option<DMatrix<f64>> {
        self.common.as_ref()?.l().try_inverse()
    }

    /// The class that y is of; 0 without classes.
    pub(crate) fn nearest(&self, y: &DVector<f64>) -> usize {
        let Some(common) = &self.common else { return 0 };
        let log = |class: &SampleClass| class.weight.ln() - 0.5 * square(common, &(y - &class.mean));
        let all = self.list.iter().map(log).enumerate();
        all.fold((0, f64::NEG_INFINITY), |best, (at, log)| if log > best.1 { (at, log) } else { best }).0
    }
}

fn square(factor: &Cholesky<f64, Dyn>, off: &DVector<f64>) -> f64 {
    factor.l_dirty().solve_lower_triangular(off).map_or(f64::INFINITY, |z| z.norm_squared())
}

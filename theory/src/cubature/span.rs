//! Averages of a softmax over many Gaussians at once, in a span of one to three dimensions: theory section 3.6.

mod axes;
mod cell;
mod lone;
mod rule;
mod scene;
mod tile;
mod walk;

use axes::Axes;
use rule::LegendreRule;
use scene::SpanIntegrand;
use walk::Walk;

/// Fewer classes have kernels of their own.
pub(crate) const FEWEST: usize = 5;

/// Points of `width` coordinates each, their log weights and the variance of the density that each stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PointClasses<'a> {
    pub(crate) points: &'a [f64],
    pub(crate) width: usize,
    /// Minus infinity for an absent class.
    pub(crate) log_weights: &'a [f64],
    pub(crate) variance: f64,
}

/// Averages over each Gaussian in turn.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowAverages {
    /// `E p_k`, a row for each Gaussian.
    pub(crate) mean: Vec<f64>,
    /// `E log sum_k w_k e^(-|x - c_k|^2/(2 variance))` plus `d spread/(2 variance)`.
    pub(crate) log_sum: Vec<f64>,
    /// `E tr Cov_p c`; 0 if not wanted.
    pub(crate) trace: Vec<f64>,
    /// Estimate of the largest error of `mean`; of the others, relative to the size of the logits and of the scene.
    pub(crate) error: f64,
}

/// The rule, whatever the scene.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    rule: LegendreRule,
}

impl Span {
    pub(crate) fn new() -> Self {
        Self { rule: LegendreRule::new() }
    }

    /// The averages of the softmax of `log w_k - |x - c_k|^2/(2 variance)` over `N(m_i, spread I)`, `m_i` the rows of `centres`, to an
    /// absolute `tolerance`, with traces if `wants_trace`. `None` if there are fewer present classes than [`FEWEST`], if they
    /// do not span one to three dimensions, or if a number is not finite.
    #[inline(always)]
    pub(crate) fn averages(
        &self,
        classes: &PointClasses<'_>,
        centres: &[f64],
        spread: f64,
        tolerance: f64,
        wants_trace: bool,
    ) -> Option<RowAverages> {
        let present: Vec<usize> =
            (0..classes.log_weights.len()).filter(|&k| classes.log_weights[k].is_finite()).collect();
        let finite = |all: &[f64]| all.iter().all(|x| x.is_finite());
        let sound = finite(classes.points) && finite(centres) && finite(&[spread, classes.variance]);
        if present.len() < FEWEST || !sound {
            return None;
        }
        let points: Vec<&[f64]> =
            present.iter().map(|&k| &classes.points[k * classes.width..(k + 1) * classes.width]).collect();
        let axes = Axes::new(&points)?;
        let ask =
            Ask { classes, present: &present, points: &points, axes: &axes, centres, spread, tolerance, wants_trace };
        match axes.dimension() {
            1 => Some(self.within::<1>(&ask)),
            2 => Some(self.within::<2>(&ask)),
            3 => Some(self.within::<3>(&ask)),
            _ => None,
        }
    }

    /// The same in the span's coordinates, and back to all classes.
    #[inline(always)]
    fn within<const D: usize>(&self, ask: &Ask<'_>) -> RowAverages {
        let points: Vec<[f64; D]> = ask.points.iter().map(|p| ask.axes.place(p).0).collect();
        let (places, beyond): (Vec<[f64; D]>, Vec<f64>) =
            ask.centres.chunks(ask.classes.width).map(|m| ask.axes.place(m)).unzip();
        let log_weights: Vec<f64> = ask.present.iter().map(|&k| ask.classes.log_weights[k]).collect();
        let scene = SpanIntegrand::new(&points, &log_weights, ask.classes.variance, places, ask.spread);
        let mut found = Walk::new(&scene, &self.rule, ask.tolerance, ask.wants_trace).averages();
        for (log, square) in found.log_sum.iter_mut().zip(beyond) {
            *log -= square / (2.0 * ask.classes.variance);
        }
        let n = ask.classes.log_weights.len();
        if ask.present.len() < n {
            let narrow = std::mem::take(&mut found.mean);
            found.mean.resize(scene.centres.len() * n, 0.0);
            for (wide, row) in found.mean.chunks_exact_mut(n).zip(narrow.chunks_exact(ask.present.len())) {
                ask.present.iter().zip(row).for_each(|(&k, p)| wide[k] = *p);
            }
        }
        found
    }
}

/// What is asked, with what is known of the span.
struct Ask<'a> {
    classes: &'a PointClasses<'a>,
    present: &'a [usize],
    points: &'a [&'a [f64]],
    axes: &'a Axes<'a>,
    centres: &'a [f64],
    spread: f64,
    tolerance: f64,
    wants_trace: bool,
}

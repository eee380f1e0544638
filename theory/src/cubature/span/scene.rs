//! Classes and Gaussians in coordinates of the classes' span.

/// Classes with logits `u_k(x) = log w_k - |x - c_k|^2/(2 variance)`, and Gaussians `N(m_i, spread I)` over which their
/// softmax is averaged, all in R^D.
#[derive(Debug, Clone)]
pub(crate) struct SpanIntegrand<const D: usize> {
    pub(super) classes: Vec<Class<D>>,
    pub(super) centres: Vec<[f64; D]>,
    /// The variance of the Gaussians and its root.
    pub(super) spread: f64,
    pub(super) root: f64,
    /// The variance in the logits.
    pub(super) variance: f64,
}

/// A class: its logit without the `-|x|^2/(2 variance)` that all have is `offset + slope . x`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Class<const D: usize> {
    pub(super) point: [f64; D],
    pub(super) offset: f64,
    pub(super) slope: [f64; D],
}

impl<const D: usize> Class<D> {
    pub(super) fn at(&self, x: &[f64; D]) -> f64 {
        self.offset + dot(&self.slope, x)
    }
}

pub(super) fn dot<const D: usize>(a: &[f64; D], b: &[f64; D]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

impl<const D: usize> SpanIntegrand<D> {
    /// The scene; the origin should lie among the points, or the logits' rounding grows with their distance from it.
    pub(crate) fn new(
        points: &[[f64; D]],
        log_weights: &[f64],
        variance: f64,
        centres: Vec<[f64; D]>,
        spread: f64,
    ) -> Self {
        let class = |(point, log_weight): (&[f64; D], &f64)| Class {
            point: *point,
            offset: log_weight - dot(point, point) / (2.0 * variance),
            slope: point.map(|c| c / variance),
        };
        let classes = points.iter().zip(log_weights).map(class).collect();
        Self { classes, centres, spread, root: spread.sqrt(), variance }
    }

    /// The class with the largest logit at `x`, among those listed.
    pub(super) fn top(&self, listed: impl Iterator<Item = usize>, x: &[f64; D]) -> usize {
        listed
            .fold((0, f64::NEG_INFINITY), |best, k| {
                let u = self.classes[k].at(x);
                if u > best.1 { (k, u) } else { best }
            })
            .0
    }
}

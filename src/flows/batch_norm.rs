//! Batch normalisation, in place: of a network's input, or of a hidden layer between its linear map and its activation.

use pulp::{Simd, WithSimd};

use crate::flows::architecture::Activation;
use crate::flows::panel::{PANEL, panels};
use crate::flows::real::Arithmetic;

/// Added to every variance, as PyTorch does, so that a constant unit stays finite.
const EPSILON: f64 = 1e-5;

/// Moments of each unit: mean, biased variance and 1/sqrt(variance + epsilon), each padded to whole panels.
#[derive(Debug, Clone, Default)]
pub(crate) struct BatchMoments<T> {
    pub(crate) mean: Vec<T>,
    pub(crate) variance: Vec<T>,
    pub(crate) inverse: Vec<T>,
}

impl<T: Arithmetic> BatchMoments<T> {
    pub(crate) fn new(width: usize) -> Self {
        let zeros = vec![T::ZERO; panels(width) * PANEL];
        Self { mean: zeros.clone(), variance: zeros.clone(), inverse: zeros }
    }

    /// Given moments instead of those of a batch.
    pub(crate) fn set(&mut self, mean: &[T], variance: &[T]) {
        self.mean.copy_from_slice(mean);
        self.variance.copy_from_slice(variance);
        for (inverse, variance) in self.inverse.iter_mut().zip(variance) {
            *inverse = T::ONE / (*variance + T::of(EPSILON)).sqrt();
        }
    }
}

/// Moments of the columns of `y` (panels with room for `capacity` rows).
pub(crate) struct Measure<'a, T> {
    pub(crate) rows: usize,
    pub(crate) capacity: usize,
    pub(crate) y: &'a [T],
    pub(crate) moments: &'a mut BatchMoments<T>,
}

impl<T: Arithmetic> WithSimd for Measure<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let share = T::ONE / T::of(self.rows as f64);
        for (panel, y) in self.y.chunks_exact(self.capacity * PANEL).enumerate() {
            let rows = &y.as_chunks::<PANEL>().0[..self.rows];
            let mut mean = [T::ZERO; PANEL];
            for y in rows {
                (0..PANEL).for_each(|c| mean[c] += y[c]);
            }
            mean.iter_mut().for_each(|m| *m *= share);
            // Around the mean, so that a large mean does not cancel the variance.
            let mut variance = [T::ZERO; PANEL];
            for y in rows {
                for c in 0..PANEL {
                    let off = y[c] - mean[c];
                    variance[c] += off * off;
                }
            }
            let range = panel * PANEL..(panel + 1) * PANEL;
            for (c, at) in range.enumerate() {
                self.moments.mean[at] = mean[c];
                self.moments.variance[at] = variance[c] * share;
                self.moments.inverse[at] = T::ONE / (variance[c] * share + T::of(EPSILON)).sqrt();
            }
        }
    }
}

/// y becomes (y - mean)/sqrt(variance + epsilon), h = activation(gain y + bias), or without the activation.
pub(crate) struct Normalise<'a, T> {
    pub(crate) rows: usize,
    pub(crate) capacity: usize,
    pub(crate) moments: &'a BatchMoments<T>,
    pub(crate) gain: &'a [T],
    pub(crate) bias: &'a [T],
    pub(crate) activation: Option<Activation>,
    pub(crate) y: &'a mut [T],
    pub(crate) h: &'a mut [T],
}

impl<T: Arithmetic> WithSimd for Normalise<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let block = self.capacity * PANEL;
        for (panel, (y, h)) in self.y.chunks_exact_mut(block).zip(self.h.chunks_exact_mut(block)).enumerate() {
            let part = panel * PANEL..(panel + 1) * PANEL;
            let mean = T::lanes::<S>(&self.moments.mean[part.clone()]);
            let inverse = T::lanes::<S>(&self.moments.inverse[part.clone()]);
            let (gain, bias) = (T::lanes::<S>(&self.gain[part.clone()]), T::lanes::<S>(&self.bias[part]));
            let one = T::splat(simd, T::ONE);
            let rows = y.chunks_exact_mut(PANEL).zip(h.chunks_exact_mut(PANEL));
            for (y, h) in rows.take(self.rows) {
                let (y, h) = (T::lanes_mut::<S>(y), T::lanes_mut::<S>(h));
                for c in 0..mean.len() {
                    y[c] = T::product(simd, T::fused_minus(simd, mean[c], one, y[c]), inverse[c]);
                    let x = T::fused(simd, y[c], gain[c], bias[c]);
                    h[c] = match self.activation {
                        None => x,
                        Some(Activation::Tanh) => T::tanh(simd, x),
                        Some(Activation::Relu) => T::where_positive(simd, x, x),
                    };
                }
            }
        }
    }
}

/// Backward through the normalisation and its batch moments: `d`, the gradient with respect to gain y + bias, becomes
/// the gradient with respect to the linear map,
///
/// d_i <- gain inverse (d_i - mean(d) - y_i mean(d y)),
///
/// and the sums of d y and of d are added to the gradients of gain and bias.
pub(crate) struct Denormalise<'a, T> {
    pub(crate) rows: usize,
    pub(crate) capacity: usize,
    pub(crate) moments: &'a BatchMoments<T>,
    pub(crate) gain: &'a [T],
    /// Normalised values.
    pub(crate) y: &'a [T],
    pub(crate) d: &'a mut [T],
    pub(crate) gain_gradient: &'a mut [T],
    pub(crate) bias_gradient: &'a mut [T],
}

impl<T: Arithmetic> WithSimd for Denormalise<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let block = self.capacity * PANEL;
        let share = T::ONE / T::of(self.rows as f64);
        for (panel, (y, d)) in self.y.chunks_exact(block).zip(self.d.chunks_exact_mut(block)).enumerate() {
            let first = panel * PANEL;
            let y = &y.as_chunks::<PANEL>().0[..self.rows];
            let d = &mut d.as_chunks_mut::<PANEL>().0[..self.rows];
            let (mut sum, mut along) = ([T::ZERO; PANEL], [T::ZERO; PANEL]);
            for (y, d) in y.iter().zip(d.iter()) {
                for c in 0..PANEL {
                    sum[c] += d[c];
                    along[c] += d[c] * y[c];
                }
            }
            let (mut factor, mut mean, mut slope) = ([T::ZERO; PANEL], [T::ZERO; PANEL], [T::ZERO; PANEL]);
            for c in 0..PANEL {
                self.bias_gradient[first + c] += sum[c];
                self.gain_gradient[first + c] += along[c];
                factor[c] = self.gain[first + c] * self.moments.inverse[first + c];
                (mean[c], slope[c]) = (sum[c] * share, along[c] * share);
            }
            for (y, d) in y.iter().zip(d.iter_mut()) {
                for c in 0..PANEL {
                    d[c] = factor[c] * (d[c] - mean[c] - y[c] * slope[c]);
                }
            }
        }
    }
}

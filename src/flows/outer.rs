//! Gradients of weights: products of two batches over their rows.

use pulp::{Simd, WithSimd};

use crate::flows::panel::{MatrixView, PANEL, panels};
use crate::flows::real::Arithmetic;
use crate::flows::tiles::{Tiled, tiles};

/// G += A' Y: A has `rows` rows and `height` columns, Y `width` columns in panels, G `height` rows of `width` numbers
/// in panels.
pub(crate) struct Outer<'a, T> {
    pub(crate) rows: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) a: MatrixView<'a, T>,
    /// In panels.
    pub(crate) y: MatrixView<'a, T>,
    pub(crate) g: &'a mut [T],
}

impl<T: Arithmetic> WithSimd for Outer<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        for panel in 0..panels(self.width) {
            let mut row = 0;
            while row < self.height {
                // A strip stays within one panel of A.
                let left = (self.height - row).min(PANEL - row % PANEL);
                row += match left {
                    6.. => self.strip::<S, 6>(simd, panel, row),
                    4.. => self.strip::<S, 4>(simd, panel, row),
                    2.. => self.strip::<S, 2>(simd, panel, row),
                    _ => self.strip::<S, 1>(simd, panel, row),
                };
            }
        }
    }
}

impl<T: Arithmetic> Outer<'_, T> {
    #[inline(always)]
    fn strip<S: Simd, const M: usize>(&mut self, simd: S, panel: usize, row: usize) -> usize {
        let width = self.width;
        tiles::<T, S, _, M>(self, simd, (panel, row), width);
        M
    }
}

impl<T: Arithmetic> Tiled for Outer<'_, T> {
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const N: usize>(
        &mut self,
        simd: S,
        panel: usize,
        row: usize,
        column: usize,
    ) -> usize {
        let mut sums = [[T::splat(simd, T::ZERO); N]; M];
        let y = self.y.data[self.y.at(0, panel)..][..self.rows * PANEL].as_chunks::<PANEL>().0;
        let first = self.a.at(0, row / PANEL) + row % PANEL;
        for (b, y) in y.iter().enumerate() {
            let y = &T::lanes::<S>(y)[column..column + N];
            let a = &self.a.data[first + b * self.a.stride..][..M];
            for m in 0..M {
                let a = T::splat(simd, a[m]);
                for n in 0..N {
                    sums[m][n] = T::fused(simd, a, y[n], sums[m][n]);
                }
            }
        }
        for (m, sums) in sums.iter().enumerate() {
            let at = (panel * self.height + row + m) * PANEL;
            let g = &mut T::lanes_mut::<S>(&mut self.g[at..][..PANEL])[column..column + N];
            for n in 0..N {
                g[n] = T::sum(simd, g[n], sums[n]);
            }
        }
        N
    }
}

/// g += the sums of the columns of Y, which is in panels.
pub(crate) struct ColumnSums<'a, T> {
    pub(crate) rows: usize,
    pub(crate) width: usize,
    pub(crate) y: MatrixView<'a, T>,
    /// Padded to whole panels.
    pub(crate) g: &'a mut [T],
}

impl<T: Arithmetic> WithSimd for ColumnSums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for panel in 0..panels(self.width) {
            let y = self.y.data[self.y.at(0, panel)..][..self.rows * PANEL].as_chunks::<PANEL>().0;
            let mut sums = [T::ZERO; PANEL];
            for y in y {
                for c in 0..PANEL {
                    sums[c] += y[c];
                }
            }
            for (g, sum) in self.g[panel * PANEL..][..PANEL].iter_mut().zip(sums) {
                *g += sum;
            }
        }
    }
}

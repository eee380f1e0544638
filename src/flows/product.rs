//! Products of a batch with the weights of a layer.

use pulp::{Simd, WithSimd};

use crate::flows::panel::{MatrixView, PANEL, panels};
use crate::flows::real::Arithmetic;
use crate::flows::tiles::{Tiled, tiles};

/// What is done with an entry before it is stored.
#[derive(Clone, Copy)]
pub(crate) enum Finish<'a, T> {
    /// Nothing.
    Keep,
    Tanh,
    Relu,
    /// Multiplied by the slope of tanh, 1 - h^2, at the activations h (in panels like the result).
    TanhSlope(&'a [T]),
    /// Multiplied by the slope of the rectifier at its values.
    ReluSlope(&'a [T]),
}

/// C = finish(A W + bias): A has `rows` rows and `depth` columns, W `depth` rows and `width` columns in panels, C the
/// panels of `c` that have room for `capacity` rows.
///
/// Tiles of up to six rows by four registers, or sixteen by one, are summed in registers. Each entry is one sum in the order of `depth`.
pub(crate) struct Product<'a, T> {
    pub(crate) rows: usize,
    pub(crate) depth: usize,
    pub(crate) width: usize,
    pub(crate) a: MatrixView<'a, T>,
    pub(crate) w: &'a [T],
    /// One number a column, padded to whole panels.
    pub(crate) bias: Option<&'a [T]>,
    pub(crate) finish: Finish<'a, T>,
    pub(crate) c: &'a mut [T],
    pub(crate) capacity: usize,
}

impl<T: Arithmetic> WithSimd for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        for panel in 0..panels(self.width) {
            let lanes = size_of::<T::Lanes<S>>() / size_of::<T>();
            let single = self.width - panel * PANEL <= lanes;
            let mut row = 0;
            while row < self.rows {
                row += match self.rows - row {
                    // One register a row: more rows keep the multipliers busy.
                    16.. if single && S::REGISTER_COUNT >= 32 => self.strip::<S, 16>(simd, panel, row),
                    12.. if single => self.strip::<S, 12>(simd, panel, row),
                    6.. => self.strip::<S, 6>(simd, panel, row),
                    4.. => self.strip::<S, 4>(simd, panel, row),
                    2.. => self.strip::<S, 2>(simd, panel, row),
                    _ => self.strip::<S, 1>(simd, panel, row),
                };
            }
        }
    }
}

impl<T: Arithmetic> Product<'_, T> {
    /// `M` rows of one panel.
    #[inline(always)]
    fn strip<S: Simd, const M: usize>(&mut self, simd: S, panel: usize, row: usize) -> usize {
        let width = self.width;
        tiles::<T, S, _, M>(self, simd, (panel, row), width);
        self.finish::<S, M>(simd, panel, row);
        M
    }

    /// Finishes `M` rows of one panel, which lie together and are still in the cache. (Done on the sums before they are
    /// stored, it would take the registers away from them.)
    #[inline(always)]
    fn finish<S: Simd, const M: usize>(&mut self, simd: S, panel: usize, row: usize) {
        let at = (panel * self.capacity + row) * PANEL;
        let c = T::lanes_mut::<S>(&mut self.c[at..][..M * PANEL]);
        match self.finish {
            Finish::Keep => {}
            // Loops, not closures: those would be compiled without the wide registers.
            Finish::Tanh => {
                for c in c {
                    *c = T::tanh(simd, *c);
                }
            }
            Finish::Relu => {
                for c in c {
                    *c = T::where_positive(simd, *c, *c);
                }
            }
            Finish::TanhSlope(h) => {
                let one = T::splat(simd, T::ONE);
                for (c, h) in c.iter_mut().zip(T::lanes::<S>(&h[at..][..M * PANEL])) {
                    *c = T::product(simd, *c, T::fused_minus(simd, *h, *h, one));
                }
            }
            Finish::ReluSlope(h) => {
                for (c, h) in c.iter_mut().zip(T::lanes::<S>(&h[at..][..M * PANEL])) {
                    *c = T::where_positive(simd, *h, *c);
                }
            }
        }
    }
}

impl<T: Arithmetic> Tiled for Product<'_, T> {
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const N: usize>(
        &mut self,
        simd: S,
        panel: usize,
        row: usize,
        column: usize,
    ) -> usize {
        let mut sums = [[T::splat(simd, T::ZERO); N]; M];
        if let Some(bias) = self.bias {
            let bias = &T::lanes::<S>(&bias[panel * PANEL..][..PANEL])[column..column + N];
            sums = [std::array::from_fn(|n| bias[n]); M];
        }
        let w = &self.w[panel * self.depth * PANEL..][..self.depth * PANEL];
        for (part, w) in w.chunks(PANEL * PANEL).enumerate() {
            let w = w.as_chunks::<PANEL>().0;
            let depth = w.len().min(PANEL);
            let from = self.a.at(row, part);
            // Rows a panel apart, mostly: a distance that the compiler knows costs no arithmetic on addresses.
            let rows = self.a.data[from..].as_chunks::<PANEL>().0.first_chunk::<M>();
            if let Some(a) = rows.filter(|_| self.a.stride == PANEL) {
                for k in 0..depth {
                    let w = &T::lanes::<S>(&w[k])[column..column + N];
                    add::<T, S, M, N>(simd, &std::array::from_fn(|m| a[m][k]), w, &mut sums);
                }
            } else {
                let a: [&[T]; M] = std::array::from_fn(|m| &self.a.data[from + m * self.a.stride..][..depth]);
                for k in 0..depth {
                    let w = &T::lanes::<S>(&w[k])[column..column + N];
                    add::<T, S, M, N>(simd, &std::array::from_fn(|m| a[m][k]), w, &mut sums);
                }
            }
        }
        for (m, sums) in sums.iter().enumerate() {
            let at = (panel * self.capacity + row + m) * PANEL;
            let c = &mut T::lanes_mut::<S>(&mut self.c[at..][..PANEL])[column..column + N];
            c.copy_from_slice(sums);
        }
        N
    }
}

/// One term of the sums of a tile: column of A times row of W.
#[inline(always)]
fn add<T: Arithmetic, S: Simd, const M: usize, const N: usize>(
    simd: S,
    a: &[T; M],
    w: &[T::Lanes<S>],
    sums: &mut [[T::Lanes<S>; N]; M],
) {
    for m in 0..M {
        let a = T::splat(simd, a[m]);
        for n in 0..N {
            sums[m][n] = T::fused(simd, a, w[n], sums[m][n]);
        }
    }
}

/// C = A Wt' + bias for few columns: A in panels with `depth` columns, Wt has `width` rows of `depth` numbers in
/// panels, C is written row by row.
///
/// A tile of the general product would be mostly empty; here each entry is a scalar product along the registers.
pub(crate) struct ThinProduct<'a, T> {
    pub(crate) rows: usize,
    pub(crate) depth: usize,
    pub(crate) width: usize,
    pub(crate) a: MatrixView<'a, T>,
    pub(crate) w: &'a [T],
    pub(crate) bias: Option<&'a [T]>,
    pub(crate) c: &'a mut [T],
}

impl<T: Arithmetic> WithSimd for ThinProduct<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let lanes = size_of::<T::Lanes<S>>() / size_of::<T>();
        // One panel in few registers, as it mostly is: a row stays in them for all its columns.
        match (panels(self.depth), self.depth.div_ceil(lanes)) {
            (1, 1) => return self.in_registers::<S, 1>(simd),
            (1, 2) => return self.in_registers::<S, 2>(simd),
            (1, 4) => return self.in_registers::<S, 4>(simd),
            (1, 8) => return self.in_registers::<S, 8>(simd),
            _ => {}
        }
        for (row, c) in self.c.chunks_exact_mut(self.width).take(self.rows).enumerate() {
            for (column, c) in c.iter_mut().enumerate() {
                let mut sum = T::splat(simd, T::ZERO);
                for part in 0..panels(self.depth) {
                    let used = (self.depth - part * PANEL).min(PANEL).div_ceil(lanes);
                    let a = &self.a.data[self.a.at(row, part)..][..PANEL];
                    let w = &self.w[(part * self.width + column) * PANEL..][..PANEL];
                    for (&a, &w) in T::lanes::<S>(a).iter().zip(T::lanes::<S>(w)).take(used) {
                        sum = T::fused(simd, a, w, sum);
                    }
                }
                *c = T::total(simd, sum) + self.bias.map_or(T::ZERO, |bias| bias[column]);
            }
        }
    }
}

impl<T: Arithmetic> ThinProduct<'_, T> {
    /// The same where `N` registers hold a row.
    #[inline(always)]
    fn in_registers<S: Simd, const N: usize>(self, simd: S) {
        let w = self.w.as_chunks::<PANEL>().0;
        for (row, c) in self.c.chunks_exact_mut(self.width).take(self.rows).enumerate() {
            let a = T::lanes::<S>(&self.a.data[self.a.at(row, 0)..][..PANEL]);
            let a: [T::Lanes<S>; N] = std::array::from_fn(|n| a[n]);
            for (column, (c, w)) in c.iter_mut().zip(w).enumerate() {
                let w = &T::lanes::<S>(w)[..N];
                let mut sum = T::splat(simd, T::ZERO);
                for n in 0..N {
                    sum = T::fused(simd, a[n], w[n], sum);
                }
                *c = T::total(simd, sum) + self.bias.map_or(T::ZERO, |bias| bias[column]);
            }
        }
    }
}

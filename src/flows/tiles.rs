//! Strips of a matrix cut into tiles whose sums fit the registers.

use pulp::Simd;

use crate::flows::panel::PANEL;
use crate::flows::real::Arithmetic;

/// What is worked out tile by tile.
pub(crate) trait Tiled {
    /// A tile of `M` rows from `row` and `N` registers from `column` of one panel; returns N.
    fn tile<S: Simd, const M: usize, const N: usize>(
        &mut self,
        simd: S,
        panel: usize,
        row: usize,
        column: usize,
    ) -> usize;
}

/// The tiles of `M` rows from `row` of one panel of a matrix with `width` columns.
#[inline(always)]
pub(crate) fn tiles<T: Arithmetic, S: Simd, W: Tiled, const M: usize>(
    work: &mut W,
    simd: S,
    (panel, row): (usize, usize),
    width: usize,
) {
    let lanes = size_of::<T::Lanes<S>>() / size_of::<T>();
    let used = (width - panel * PANEL).min(PANEL).div_ceil(lanes);
    let mut column = 0;
    while column < used {
        column += match used - column {
            // 24 registers of sums: more than the older instruction sets have.
            4.. if S::REGISTER_COUNT >= 32 => work.tile::<S, M, 4>(simd, panel, row, column),
            2.. => work.tile::<S, M, 2>(simd, panel, row, column),
            _ => work.tile::<S, M, 1>(simd, panel, row, column),
        };
    }
}

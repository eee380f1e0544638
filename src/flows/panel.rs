//! Matrices in panels of 64 columns.

use crate::flows::real::Arithmetic;

/// Columns of a panel.
pub(crate) const PANEL: usize = 64;

/// Panels of a matrix with `columns` columns.
pub(crate) const fn panels(columns: usize) -> usize {
    columns.div_ceil(PANEL)
}

/// Numbers held by a matrix of `rows` and `columns` in panels.
pub(crate) const fn panelled(rows: usize, columns: usize) -> usize {
    panels(columns) * rows * PANEL
}

/// A matrix to be read: either in panels, entry (r, c) at `(c/64) 64 rows + 64 r + c%64`, or row by row.
///
/// In panels no two rows of a kernel's tile are far apart, whatever the width of a layer; unused columns of the last
/// panel are zero.
#[derive(Clone, Copy)]
pub(crate) struct MatrixView<'a, T> {
    pub(crate) data: &'a [T],
    /// From one row to the next.
    pub(crate) stride: usize,
    /// From one panel to the next.
    pub(crate) panel: usize,
}

impl<'a, T: Arithmetic> MatrixView<'a, T> {
    /// In panels that have room for `capacity` rows.
    pub(crate) fn panelled(data: &'a [T], capacity: usize) -> Self {
        Self { data, stride: PANEL, panel: capacity * PANEL }
    }

    /// Row by row, `columns` numbers each.
    pub(crate) fn plain(data: &'a [T], columns: usize) -> Self {
        Self { data, stride: columns, panel: PANEL }
    }

    /// Where panel `panel` of row `row` begins.
    #[inline(always)]
    pub(crate) fn at(&self, row: usize, panel: usize) -> usize {
        panel * self.panel + row * self.stride
    }

    /// Copies the first `rows` rows of `columns` columns to `out`, in panels with room for `capacity` rows.
    pub(crate) fn copy_to_panels(&self, rows: usize, columns: usize, capacity: usize, out: &mut [T]) {
        for (panel, out) in out.chunks_exact_mut(capacity * PANEL).enumerate() {
            let used = columns.saturating_sub(panel * PANEL).min(PANEL);
            for (row, out) in out.chunks_exact_mut(PANEL).take(rows).enumerate() {
                out[..used].copy_from_slice(&self.data[self.at(row, panel)..][..used]);
            }
        }
    }

    /// Copies columns `first..first + count` of the first `rows` rows to `out`, row by row.
    pub(crate) fn copy_columns(&self, rows: usize, first: usize, count: usize, out: &mut [T]) {
        match count {
            2 if first.is_multiple_of(2) => return self.copy_few::<2>(rows, first, out),
            4 if first.is_multiple_of(4) => return self.copy_few::<4>(rows, first, out),
            8 if first.is_multiple_of(8) => return self.copy_few::<8>(rows, first, out),
            _ => {}
        }
        for (row, mut out) in out.chunks_exact_mut(count).take(rows).enumerate() {
            let mut column = first;
            while !out.is_empty() {
                let (part, rest) = out.split_at_mut(out.len().min(PANEL - column % PANEL));
                part.copy_from_slice(&self.data[self.at(row, column / PANEL) + column % PANEL..][..part.len()]);
                column += part.len();
                out = rest;
            }
        }
    }

    /// [`Self::copy_columns`] for `N` columns of one panel: a number that the compiler knows is copied without a call.
    fn copy_few<const N: usize>(&self, rows: usize, first: usize, out: &mut [T]) {
        let from = self.at(0, first / PANEL) + first % PANEL;
        for (row, out) in out.as_chunks_mut::<N>().0.iter_mut().take(rows).enumerate() {
            if let Some(part) = self.data[from + row * self.stride..].first_chunk() {
                *out = *part;
            }
        }
    }
}

/// Rows of `w` (panels of 64 columns, `rows` rows, `columns` columns) become columns of `out`, in panels too.
pub(crate) fn transpose<T: Arithmetic>(w: &[T], rows: usize, columns: usize, out: &mut [T]) {
    for (p, panel) in w[..panelled(rows, columns)].chunks_exact(rows * PANEL).enumerate() {
        let used = (columns - p * PANEL).min(PANEL);
        for (q, block) in panel.as_chunks::<PANEL>().0.chunks(PANEL).enumerate() {
            let out = &mut out[(q * columns + p * PANEL) * PANEL..][..used * PANEL];
            // A panel of 64 by 64 numbers: both sides stay in the first-level cache.
            for (c, out) in out.as_chunks_mut::<PANEL>().0.iter_mut().enumerate() {
                out.iter_mut().zip(block).for_each(|(out, row)| *out = row[c & (PANEL - 1)]);
            }
        }
    }
}

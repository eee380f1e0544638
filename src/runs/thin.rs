//! Fewer rows, so that what is larger than it may be is held in bounded memory.
//!
//! One row stands for a block of them. Samples may come in turns, one mode after the other: their rows are drawn, the same ones for
//! the same file. Moments of a trace are the last of each block: its end is what a run is judged by.

use crate::random::scattered;

/// The stride at which `rows` of `width` numbers are at most `most` numbers; one row stays in any case.
pub(crate) fn stride(rows: usize, width: usize, most: usize) -> usize {
    rows.div_ceil((most / width.max(1)).max(1)).max(1)
}

/// One row of each block of `stride`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pick {
    stride: usize,
    drawn: bool,
}

impl Pick {
    /// Every row.
    pub(crate) const ALL: Self = Self { stride: 1, drawn: false };

    /// The last of each block.
    pub(crate) fn last(stride: usize) -> Self {
        Self { stride, drawn: false }
    }

    /// Any of each block.
    pub(crate) fn drawn(stride: usize) -> Self {
        Self { stride, drawn: true }
    }

    /// How many of `rows` are kept.
    pub(crate) fn count(self, rows: usize) -> usize {
        rows.div_ceil(self.stride)
    }

    /// The row of `rows` that is kept of a block.
    pub(crate) fn row(self, block: usize, rows: usize) -> usize {
        let first = block * self.stride;
        let inside = self.stride.min(rows - first);
        first + if self.drawn { scattered(block as u64) as usize % inside } else { inside - 1 }
    }

    /// Whether a row of `rows` is kept.
    pub(crate) fn keeps(self, row: usize, rows: usize) -> bool {
        row == self.row(row / self.stride, rows)
    }
}

/// Rows of which it is not known how many come: the stride doubles when there are too many. Of two blocks that become one, one row
/// stays; a last block that ends early may have none.
#[derive(Debug)]
pub(crate) struct Thin<R> {
    pub(crate) rows: Vec<R>,
    /// The stride is 2^level.
    level: u32,
    drawn: bool,
    seen: usize,
    most: usize,
}

impl<R> Thin<R> {
    /// At most `most` rows, at least two.
    pub(crate) fn new(most: usize, drawn: bool) -> Self {
        Self { rows: Vec::new(), level: 0, drawn, seen: 0, most: (most & !1).max(2) }
    }

    pub(crate) fn stride(&self) -> usize {
        1 << self.level
    }

    /// Which half of a block the row is from: 0 or 1.
    fn half(&self, block: usize, level: u32) -> usize {
        if self.drawn { (scattered(scattered(block as u64) ^ u64::from(level)) & 1) as usize } else { 1 }
    }

    fn is_kept(&self, row: usize) -> bool {
        let mut place = row >> self.level;
        for level in (1..=self.level).rev() {
            place = 2 * place + self.half(place, level);
        }
        place == row
    }

    /// Whether the next row is to be kept; asked once for each.
    pub(crate) fn wants(&mut self) -> bool {
        let row = self.seen;
        self.seen += 1;
        let wanted = self.is_kept(row);
        if wanted && self.rows.len() >= self.most {
            self.level += 1;
            let stays: Vec<bool> = (0..self.rows.len()).map(|i| i % 2 == self.half(i / 2, self.level)).collect();
            let mut stays = stays.into_iter();
            self.rows.retain(|_| stays.next() == Some(true));
            return self.is_kept(row);
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_one_of_each_block_and_bounded() {
        for n in [1usize, 7, 8, 9, 100, 1000] {
            for drawn in [false, true] {
                let mut thin = Thin::new(8, drawn);
                for i in 0..n {
                    if thin.wants() {
                        thin.rows.push(i);
                    }
                }
                let stride = thin.stride();
                assert!(thin.rows.len() <= 8 && !thin.rows.is_empty());
                let place = |(block, &i): (usize, &usize)| i / stride == block && (drawn || (i + 1) % stride == 0);
                assert!(thin.rows.iter().enumerate().all(place), "{n} {stride}: {:?}", thin.rows);
                // All blocks but the last, if that ends early.
                assert!(thin.rows.len() >= n / stride);
            }
        }
    }

    #[test]
    fn rows_that_take_turns_are_all_seen() {
        let share = |rows: &[usize]| rows.iter().filter(|i| **i % 2 == 1).count() as f64 / rows.len() as f64;
        for stride in [2, 4, 10] {
            let pick = Pick::drawn(stride);
            let rows: Vec<usize> = (0..10_003).filter(|row| pick.keeps(*row, 10_003)).collect();
            assert_eq!(rows.len(), pick.count(10_003));
            assert!(rows.iter().enumerate().all(|(block, row)| row / stride == block));
            assert!((share(&rows) - 0.5).abs() < 0.05, "{stride}: {}", share(&rows));
        }
        assert!((0..10).filter(|row| Pick::last(4).keeps(*row, 10)).eq([3, 7, 9]));
        let mut thin = Thin::new(1000, true);
        for i in 0..10_000 {
            if thin.wants() {
                thin.rows.push(i);
            }
        }
        assert!((share(&thin.rows) - 0.5).abs() < 0.06, "{}", share(&thin.rows));
    }

    #[test]
    fn the_stride_bounds_the_numbers() {
        assert_eq!(stride(100, 3, 300), 1);
        assert_eq!(stride(100, 3, 299), 2);
        assert_eq!(stride(100, 3, 1), 100);
        assert_eq!(stride(0, 3, 1), 1);
    }
}

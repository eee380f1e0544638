//! Every so-manieth row, so that what is larger than it may be is held in bounded memory.

/// The stride at which `rows` of `width` numbers are at most `most` numbers; one row stays in any case.
pub(crate) fn stride(rows: usize, width: usize, most: usize) -> usize {
    rows.div_ceil((most / width.max(1)).max(1)).max(1)
}

/// Rows of which it is not known how many come: the stride doubles when there are too many.
#[derive(Debug)]
pub(crate) struct Thin<R> {
    pub(crate) rows: Vec<R>,
    pub(crate) stride: usize,
    seen: usize,
    most: usize,
}

impl<R> Thin<R> {
    /// At most `most` rows, at least two.
    pub(crate) fn new(most: usize) -> Self {
        Self { rows: Vec::new(), stride: 1, seen: 0, most: most.max(2) }
    }

    /// Whether the next row is to be kept; asked once for each.
    pub(crate) fn wants(&mut self) -> bool {
        let wanted = self.seen.is_multiple_of(self.stride);
        self.seen += 1;
        if wanted && self.rows.len() >= self.most {
            let mut place = 0;
            self.rows.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride *= 2;
            return (self.seen - 1).is_multiple_of(self.stride);
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_evenly_spaced_and_bounded() {
        for n in [1usize, 7, 8, 9, 100, 1000] {
            let mut thin = Thin::new(8);
            for i in 0..n {
                if thin.wants() {
                    thin.rows.push(i);
                }
            }
            assert!(thin.rows.len() <= 8 && !thin.rows.is_empty());
            assert!(thin.rows.iter().enumerate().all(|(place, &i)| i == place * thin.stride), "{n}: {:?}", thin.rows);
            assert!((thin.rows.len() - 1) * thin.stride < n && thin.rows.len() * thin.stride >= n);
        }
    }

    #[test]
    fn the_stride_bounds_the_numbers() {
        assert_eq!(stride(100, 3, 300), 1);
        assert_eq!(stride(100, 3, 299), 2);
        assert_eq!(stride(100, 3, 1), 100);
        assert_eq!(stride(0, 3, 1), 1);
    }
}

//! The shapes on rayon's threads.

use std::ops::{Add, Range};

use rayon::prelude::*;

pub(super) fn map<I: Sync, T: Send>(items: &[I], f: impl Fn(&I) -> T + Sync + Send) -> Vec<T> {
    items.par_iter().map(f).collect()
}

pub(super) fn map_range<T: Send>(range: Range<u64>, f: impl Fn(u64) -> T + Sync + Send) -> Vec<T> {
    range.into_par_iter().map(f).collect()
}

pub(super) fn try_map<I: Sync, T: Send, E: Send>(
    items: &[I],
    f: impl Fn(&I) -> Result<T, E> + Sync + Send,
) -> Result<Vec<T>, E> {
    items.par_iter().with_max_len(1).map(f).collect()
}

pub(super) fn sum<I: Sync, T: Send + Add<Output = T>>(
    items: &[I],
    none: impl Fn() -> T + Sync + Send,
    f: impl Fn(&I) -> T + Sync + Send,
) -> T {
    items.par_iter().map(f).reduce(none, |a, b| a + b)
}

pub(super) fn join(a: impl FnOnce() + Send, b: impl FnOnce() + Send) {
    rayon::join(a, b);
}

pub(super) fn width() -> usize {
    rayon::current_num_threads()
}

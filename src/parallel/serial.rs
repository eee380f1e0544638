//! The shapes in order, on the one thread that asks.

use std::ops::{Add, Range};

pub(super) fn map<I, T>(items: &[I], f: impl Fn(&I) -> T) -> Vec<T> {
    items.iter().map(f).collect()
}

pub(super) fn map_range<T>(range: Range<u64>, f: impl Fn(u64) -> T) -> Vec<T> {
    range.map(f).collect()
}

pub(super) fn try_map<I, T, E>(items: &[I], f: impl Fn(&I) -> Result<T, E>) -> Result<Vec<T>, E> {
    items.iter().map(f).collect()
}

pub(super) fn sum<I, T: Add<Output = T>>(items: &[I], none: impl Fn() -> T, f: impl Fn(&I) -> T) -> T {
    items.iter().map(f).fold(none(), |a, b| a + b)
}

pub(super) fn join(a: impl FnOnce(), b: impl FnOnce()) {
    a();
    b();
}

pub(super) fn width() -> usize {
    1
}

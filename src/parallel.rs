//! Work side by side: on the threads of the current pool with the feature `parallel`, in order without it.
//!
//! What comes back is in the order of the items, or a sum that commutes: it does not depend on the number of threads.

#[cfg(feature = "parallel")]
mod threads;
#[cfg(feature = "parallel")]
use threads as shapes;

#[cfg(not(feature = "parallel"))]
mod serial;
#[cfg(not(feature = "parallel"))]
use serial as shapes;

use std::ops::{Add, Range};

/// f of every item, in order.
pub(crate) fn map<I: Sync, T: Send>(items: &[I], f: impl Fn(&I) -> T + Sync + Send) -> Vec<T> {
    shapes::map(items, f)
}

/// f of every index of a range, in order.
pub(crate) fn map_range<T: Send>(range: Range<u64>, f: impl Fn(u64) -> T + Sync + Send) -> Vec<T> {
    shapes::map_range(range, f)
}

/// f of every item in a task of its own, for work of seconds; after an error no further item is begun.
pub(crate) fn try_map<I: Sync, T: Send, E: Send>(
    items: &[I],
    f: impl Fn(&I) -> Result<T, E> + Sync + Send,
) -> Result<Vec<T>, E> {
    shapes::try_map(items, f)
}

/// The sum of f over the items, from `none`. The sum must commute.
pub(crate) fn sum<I: Sync, T: Send + Add<Output = T>>(
    items: &[I],
    none: impl Fn() -> T + Sync + Send,
    f: impl Fn(&I) -> T + Sync + Send,
) -> T {
    shapes::sum(items, none, f)
}

/// Two pieces of work.
pub(crate) fn join(a: impl FnOnce() + Send, b: impl FnOnce() + Send) {
    shapes::join(a, b);
}

/// How many pieces of work go on at once.
pub(crate) fn width() -> usize {
    shapes::width()
}

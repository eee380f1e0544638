//! The progress of one route.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::studies::Watch;

/// Units of progress of a route.
pub(super) const ROUTE: u64 = 1000;

/// What is done of a route. Called from any thread.
pub(super) struct Portion<'a> {
    watch: &'a dyn Watch,
    done: AtomicU64,
    told: AtomicU64,
}

impl<'a> Portion<'a> {
    pub(super) fn new(watch: &'a dyn Watch) -> Self {
        Self { watch, done: AtomicU64::new(0), told: AtomicU64::new(0) }
    }

    /// So many more parts of `all` are done; whether to go on.
    pub(super) fn go_on(&self, parts: u64, all: u64) -> bool {
        let done = self.done.fetch_add(parts, Ordering::Relaxed) + parts;
        let units = (u128::from(ROUTE) * u128::from(done) / u128::from(all.max(1))) as u64;
        let told = self.told.fetch_max(units, Ordering::Relaxed);
        self.watch.advance(units.saturating_sub(told));
        !self.watch.cancelled()
    }

    /// The route is done.
    pub(super) fn finish(self) {
        self.watch.advance(ROUTE.saturating_sub(self.told.into_inner()));
    }
}

//! Threads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::errors;

/// Pools by process and number of threads: threads do not outlive a fork, so that a child makes its own.
static POOLS: Mutex<Option<Pools>> = Mutex::new(None);

type Pools = HashMap<(u32, usize), Arc<ThreadPool>>;

/// The pool of so many threads; of as many as there are cores, or as RAYON_NUM_THREADS says, for none.
pub(crate) fn pool(py: Python<'_>, threads: Option<i64>) -> PyResult<Arc<ThreadPool>> {
    const MOST: i64 = 1024;
    if let Some(n) = threads.filter(|n| !(1..=MOST).contains(n)) {
        return Err(errors::breaking(py, "threads", &n.to_string(), "be at least 1 and at most 1024"));
    }
    let key = (std::process::id(), usize::try_from(threads.unwrap_or(0)).unwrap_or(0));
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let pools = pools.get_or_insert_default();
    if let Some(pool) = pools.get(&key) {
        return Ok(Arc::clone(pool));
    }
    let built = ThreadPoolBuilder::new().num_threads(key.1).thread_name(|i| format!("collapsar-{i}")).build();
    let built = Arc::new(built.map_err(|error| errors::computation(py, format!("no threads: {error}")))?);
    // A pool of the parent's has no threads here; to drop it would wait for them.
    pools.insert(key, Arc::clone(&built));
    Ok(built)
}

//! The module `collapsar._native`: the library door for the Python package, translated and nothing else.

mod convert;
mod density;
mod document;
mod errors;
mod flow;
mod grid;
mod pool;
mod runs;
mod schedule;
mod study;
mod watch;

/// The library for Python: what `collapsar` is made of.
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::density::train_density;
    #[pymodule_export]
    use crate::document::Document;
    #[pymodule_export]
    use crate::flow::Flow;
    #[pymodule_export]
    use crate::grid::{Grid, Journal};
    #[pymodule_export]
    use crate::runs::diagnose;
    #[pymodule_export]
    use crate::schedule::{AdaptiveSchedule, Schedule};
    #[pymodule_export]
    use crate::study::{Answer, run};

    /// The version of library and package.
    #[pymodule_export]
    const VERSION: &str = collapsar::results::VERSION;
}

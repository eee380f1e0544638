//! What is refused.

/// A request that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RequestMisuse {
    /// The state's length is not the system's dimension.
    #[error("the state has {got} entries, the system {expected}")]
    Dimension {
        /// The system's dimension.
        expected: usize,
        /// The state's length.
        got: usize,
    },
    /// The interval runs backwards or is not finite.
    #[error("the interval from {start} to {end} must be finite and not run backwards")]
    Interval {
        /// Initial time.
        start: f64,
        /// Final time.
        end: f64,
    },
    /// A wanted time is out of order or outside the interval.
    #[error("the wanted time {time} is not increasing or lies outside the interval")]
    Times {
        /// The first offender.
        time: f64,
    },
    /// A system larger than this engine is built for.
    #[error("the system has {got} unknowns, this engine is built for at most {limit}")]
    TooLarge {
        /// The engine's limit.
        limit: usize,
        /// The system's dimension.
        got: usize,
    },
    /// The engine is diffsol's, and the library was built without it.
    #[error("this build has no diffsol: it needs the feature `diffsol`, or the own engine")]
    NoDiffsol,
}

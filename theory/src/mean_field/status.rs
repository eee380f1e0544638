//! How a search for a stationary point ended.

/// What a run ended on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeanFieldStatus {
    /// A stationary point that is a local minimum of F: lambda_max(T) < 1.
    Stable,
    /// A stationary point that is none: lambda_max(T) >= 1. Coordinate ascent in rounded arithmetic leaves it after some
    /// tens of sweeps, to a side that means nothing.
    Unstable,
    /// No stationary point to rounding within the sweeps allowed.
    NotConverged,
}

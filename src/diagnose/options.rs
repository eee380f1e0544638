//! What is called a mode, and a lost one.

/// Settings of a diagnosis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiagnoseOptions {
    /// The probability with which one mode passes for several, in (0, 1).
    pub false_alarm: f64,
    /// Directions in which modes are looked for, at most.
    pub directions: usize,
    /// A mode is lost by a run whose share of it is below this share of the mode's weight.
    pub lost_below: f64,
    /// Level of intervals, in (0, 1).
    pub level: f64,
}

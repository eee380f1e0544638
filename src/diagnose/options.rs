//! What is called a mode.

/// How modes are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiagnoseOptions {
    /// The probability with which one mode passes for several, in (0, 1).
    pub false_alarm: f64,
    /// Directions in which modes are looked for, at most.
    pub directions: usize,
}

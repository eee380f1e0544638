//! Over which range a kernel is fitted by a series.

/// Functions of the squared distance q of two components are series in sqrt(q + SHIFT): about the value that makes r shortest,
/// between the scale of r near q = 0 (which asks for a small shift) and the end of the root.
pub(crate) const SHIFT: f64 = 0.4;

/// About the largest x at which `holds` (true near 0, false far out), rounded up to a tenth of itself.
pub(crate) fn reach(holds: impl Fn(f64) -> bool) -> f64 {
    let mut x = 1.0;
    while holds(x) && x < 1e6 {
        x *= 1.1;
    }
    x
}

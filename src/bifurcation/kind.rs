//! What happens at a special point.

/// What happens at a special point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointKind {
    /// The branch turns back in the parameter: `x' = alpha l + a x^2`.
    Fold,
    /// Two branches cross, one of them symmetric about the other: `x' = eta l x + b x^3`.
    Pitchfork,
    /// Two branches cross at an angle: `x' = eta l x + a x^2`.
    Transcritical,
    /// The determinant of the bordered Jacobian changes sign, but the crossing could not be classified.
    BranchPoint,
    /// A complex pair crosses the imaginary axis; bracketed only.
    Hopf,
    /// Several real eigenvalues cross zero together (a symmetry of the problem), or a crossing that no test function
    /// explains; bracketed only.
    Multiple,
}

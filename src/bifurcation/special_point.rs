//! The record of a point where a branch changes character.

use super::kind::PointKind;
use super::normal_form::{NormalForm, NullVectors};

/// How sure the location is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The augmented Newton iteration converged inside the bracket.
    Converged,
    /// The bracket of the bisection is all there is; the point is its end nearer to the event.
    Guessed,
}

/// A special point of a branch with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecialPoint {
    /// What happens.
    pub kind: PointKind,
    /// How sure the location is.
    pub status: Status,
    /// State.
    pub state: Vec<f64>,
    /// Parameter.
    pub parameter: f64,
    /// Arclength, projected on the tangent at the lower end of the bracket.
    pub arclength: f64,
    /// Bracket in arclength: the test function changes sign between its ends.
    pub arclength_interval: [f64; 2],
    /// Values of the parameter between the ends of the bracket, by concavity up to the intersection of the two
    /// tangents where the branch turns back, with the height of that triangle added once more.
    pub parameter_interval: [f64; 2],
    /// Index of the last branch point before it.
    pub step: usize,
    /// Maximum norm of the augmented system if converged, of `F` if guessed.
    pub residual: f64,
    /// Unstable eigenvalues at the ends of the bracket.
    pub unstable: [usize; 2],
    /// Null vectors, if converged and zero is a simple eigenvalue.
    pub null_vectors: Option<NullVectors>,
    /// Coefficients, under the same conditions.
    pub normal_form: Option<NormalForm>,
    /// Unit tangent `(du, dp)` of the branch at the lower end of the bracket.
    pub tangent: Vec<f64>,
}

impl SpecialPoint {
    /// Change in the number of unstable eigenvalues along the branch.
    pub fn change(&self) -> isize {
        self.unstable[1] as isize - self.unstable[0] as isize
    }
}

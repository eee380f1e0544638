//! The record of a curve of special points in two parameters.

use super::branch::BranchStop;
use super::continuation_options::ContinuationOptions;
use super::misuse::ContinuationMisuse;
use super::normal_form::NormalForm;
use super::special_point::Status;

/// Settings of [`fold_curve`](super::fold_curve) and [`pitchfork_curve`](super::pitchfork_curve).
#[derive(Debug, Clone, PartialEq)]
pub struct CurveOptions {
    /// Steps, corrector and differences; its `parameter` bounds the first parameter.
    pub continuation: ContinuationOptions,
    /// Least and greatest second parameter; the curve ends on the bound.
    pub second_parameter: [f64; 2],
}

impl Default for CurveOptions {
    fn default() -> Self {
        Self { continuation: ContinuationOptions::default(), second_parameter: [f64::NEG_INFINITY, f64::INFINITY] }
    }
}

impl CurveOptions {
    /// Checks the inequalities that the fields must satisfy.
    ///
    /// # Errors
    /// [`ContinuationMisuse::Option`] names the first field that breaks its rule.
    pub fn check(&self) -> Result<(), ContinuationMisuse> {
        let [least, greatest] = self.second_parameter;
        if least.is_nan() || greatest.is_nan() || least >= greatest {
            let rule = "second_parameter[0] < second_parameter[1]";
            return Err(ContinuationMisuse::Option { name: "second_parameter[0]", value: least, rule });
        }
        self.continuation.check()
    }
}

/// A point of a curve of folds or pitchforks.
///
/// Its null vectors have unit length here, `|v| = |w| = 1`, and are oriented continuously along the curve, so that the
/// tests change sign only by passing through zero.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// State.
    pub state: Vec<f64>,
    /// Both parameters, `[p, q]`.
    pub parameters: [f64; 2],
    /// Sum of the chords from the start, in the unknowns of the curve.
    pub arclength: f64,
    /// Unit tangent in the unknowns of the curve: `(u, p, q)` for folds, `(u, p, s, q)` for pitchforks.
    pub tangent: Vec<f64>,
    /// Maximum norm of the augmented system.
    pub residual: f64,
    /// Corrector iterations.
    pub iterations: usize,
    /// Imperfection `s` of the crossing, zero on a true pitchfork curve and on a fold curve.
    pub imperfection: f64,
    /// v.
    pub right: Vec<f64>,
    /// w, of unit length.
    pub left: Vec<f64>,
    /// `1/2 w^T F_uu[v, v]`, zero at a cusp.
    pub quadratic: f64,
    /// `w^T v`, zero at a double zero eigenvalue (Bogdanov and Takens).
    pub overlap: f64,
    /// Coefficients normalised as in [`NormalForm`]; `None` at a double zero.
    pub normal_form: Option<NormalForm>,
}

/// What happens at a point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveEventKind {
    /// Two folds meet: `x' = alpha l + b x^3` with `a = 0`.
    Cusp,
    /// A second eigenvalue joins the zero: `w^T v = 0`.
    BogdanovTakens,
    /// A pitchfork turns from super- to subcritical: `b = 0`.
    DegeneratePitchfork,
}

/// A point where a curve changes character, with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveEvent {
    /// What happens.
    pub kind: CurveEventKind,
    /// Converged when the bracket or the test reached rounding.
    pub status: Status,
    /// The point of the curve.
    pub point: CurvePoint,
    /// Bracket in arclength: the test changes sign between its ends.
    pub arclength_interval: [f64; 2],
    /// Value of the test that vanishes.
    pub test: f64,
    /// Index of the last point of the curve before it.
    pub step: usize,
}

/// A curve of special points.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Points in the order of arclength.
    pub points: Vec<CurvePoint>,
    /// Events in the order of their steps.
    pub events: Vec<CurveEvent>,
    /// Why it ended.
    pub stop: BranchStop,
}

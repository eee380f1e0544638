//! Settings of the continuation of branches and of curves of special points.

use super::differences::DifferenceLadder;
use super::misuse::ContinuationMisuse;
use super::newton::NewtonOptions;

/// Settings of [`Continuation`](super::Continuation). Lengths are Euclidean in `(u, p)`: scale the problem if its
/// parameter and its state live on very different scales.
#[derive(Debug, Clone, PartialEq)]
pub struct ContinuationOptions {
    /// First step, a length.
    pub first_step: f64,
    /// Smallest step before the branch is given up, a length.
    pub min_step: f64,
    /// Largest step, a length.
    pub max_step: f64,
    /// Largest angle between successive tangents, in radians; a larger turn is refused and the step halved.
    pub max_angle: f64,
    /// Points of the branch, the start included.
    pub max_points: usize,
    /// Least and greatest parameter; the branch ends on the bound.
    pub parameter: [f64; 2],
    /// Width of the bracket of a special point at which bisection hands over to Newton's method, a length.
    pub bracket: f64,
    /// Real part above which an eigenvalue counts as unstable, in the units of the Jacobian.
    pub stability_tolerance: f64,
    /// Corrector, and Newton's method on the augmented systems.
    pub newton: NewtonOptions,
    /// Differences behind the normal forms.
    pub ladder: DifferenceLadder,
}

impl Default for ContinuationOptions {
    fn default() -> Self {
        Self {
            first_step: 0.01,
            min_step: 1e-7,
            max_step: 0.1,
            max_angle: 0.2,
            max_points: 5000,
            parameter: [f64::NEG_INFINITY, f64::INFINITY],
            bracket: 1e-4,
            stability_tolerance: 1e-10,
            newton: NewtonOptions { tolerance: 1e-11, max_iterations: 8, ..NewtonOptions::default() },
            ladder: DifferenceLadder::default(),
        }
    }
}

impl ContinuationOptions {
    /// Checks the inequalities that the fields must satisfy.
    ///
    /// # Errors
    /// [`ContinuationMisuse::Option`] names the first field that breaks its rule.
    pub fn check(&self) -> Result<(), ContinuationMisuse> {
        let half_turn = std::f64::consts::FRAC_PI_2;
        let rules = [
            (self.min_step > 0.0, "min_step", self.min_step, "0 < min_step"),
            (self.min_step <= self.first_step, "first_step", self.first_step, "min_step <= first_step"),
            (self.first_step <= self.max_step, "max_step", self.max_step, "first_step <= max_step"),
            (self.max_step.is_finite(), "max_step", self.max_step, "max_step < inf"),
            (self.max_angle > 0.0 && self.max_angle < half_turn, "max_angle", self.max_angle, "0 < max_angle < pi/2"),
            (self.max_points > 0, "max_points", self.max_points as f64, "1 <= max_points"),
            (self.parameter[0] < self.parameter[1], "parameter[0]", self.parameter[0], "parameter[0] < parameter[1]"),
            (self.bracket > 0.0, "bracket", self.bracket, "0 < bracket"),
            (
                self.stability_tolerance >= 0.0,
                "stability_tolerance",
                self.stability_tolerance,
                "0 <= stability_tolerance",
            ),
            (self.ladder.step > 0.0 && self.ladder.step.is_finite(), "step", self.ladder.step, "0 < step < inf"),
        ];
        match rules.iter().find(|(holds, ..)| !holds) {
            Some(&(_, name, value, rule)) => Err(ContinuationMisuse::Option { name, value, rule }),
            None => self.newton.check(),
        }
    }
}

//! What is continued: a smooth field with its Jacobian, in one parameter or in two.

/// A smooth family of fields `F(u, p)` on R^n with one parameter, the right-hand side of `u' = F(u, p)`.
///
/// Symbols: `u` state (n entries), `p` parameter, `J = dF/du` Jacobian, `F_p = dF/dp`. Every derivative is analytic;
/// second and third derivatives are formed from `J` and `F_p` by [differences](super::DifferenceLadder).
///
/// Domain: the methods are called only with slices of the lengths stated. A point outside the domain of `F` may yield
/// values that are not finite; the callers treat those as a refusal, never as a number. `[J F_p]` must have full rank on
/// the branches except at isolated points: a continuous symmetry has to be divided out first.
pub trait ParametricProblem {
    /// n, at least one.
    fn dimension(&self) -> usize;

    /// Writes `F(u, p)` (n entries).
    fn residual(&self, state: &[f64], parameter: f64, out: &mut [f64]);

    /// Writes `J(u, p)`, row by row (n n entries).
    fn jacobian(&self, state: &[f64], parameter: f64, out: &mut [f64]);

    /// Writes `F_p(u, p)` (n entries).
    fn parameter_derivative(&self, state: &[f64], parameter: f64, out: &mut [f64]);

    /// Whether `(u, p)` is an admissible point; the default admits everything.
    fn in_domain(&self, _state: &[f64], _parameter: f64) -> bool {
        true
    }
}

/// A smooth family of fields `F(u, p, q)` with two parameters, in the order `[p, q]`.
///
/// The contract is that of [`ParametricProblem`], with `F_p` and `F_q` both given.
pub trait TwoParameterProblem {
    /// n, at least one.
    fn dimension(&self) -> usize;

    /// Writes `F(u, p, q)` (n entries).
    fn residual(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]);

    /// Writes `J(u, p, q)`, row by row (n n entries).
    fn jacobian(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]);

    /// Writes `F_p` and `F_q` (n entries each).
    fn parameter_derivatives(&self, state: &[f64], parameters: [f64; 2], first: &mut [f64], second: &mut [f64]);

    /// Whether `(u, p, q)` is an admissible point; the default admits everything.
    fn in_domain(&self, _state: &[f64], _parameters: [f64; 2]) -> bool {
        true
    }
}

/// A two-parameter problem with one of its parameters held, so that the other can be continued.
#[derive(Debug)]
pub struct OneParameter<'a, P: ?Sized> {
    problem: &'a P,
    held: f64,
    first_is_free: bool,
}

impl<'a, P: TwoParameterProblem + ?Sized> OneParameter<'a, P> {
    /// The family `p -> F(u, p, q)` at the held value `q`.
    pub fn along_first(problem: &'a P, second: f64) -> Self {
        Self { problem, held: second, first_is_free: true }
    }

    /// The family `q -> F(u, p, q)` at the held value `p`.
    pub fn along_second(problem: &'a P, first: f64) -> Self {
        Self { problem, held: first, first_is_free: false }
    }

    fn pair(&self, parameter: f64) -> [f64; 2] {
        if self.first_is_free { [parameter, self.held] } else { [self.held, parameter] }
    }
}

impl<P: TwoParameterProblem + ?Sized> ParametricProblem for OneParameter<'_, P> {
    fn dimension(&self) -> usize {
        self.problem.dimension()
    }

    fn residual(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        self.problem.residual(state, self.pair(parameter), out);
    }

    fn jacobian(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        self.problem.jacobian(state, self.pair(parameter), out);
    }

    fn parameter_derivative(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let mut other = vec![0.0; out.len()];
        if self.first_is_free {
            self.problem.parameter_derivatives(state, self.pair(parameter), out, &mut other);
        } else {
            self.problem.parameter_derivatives(state, self.pair(parameter), &mut other, out);
        }
    }

    fn in_domain(&self, state: &[f64], parameter: f64) -> bool {
        self.problem.in_domain(state, self.pair(parameter))
    }
}

/// A one-parameter problem read as one of two parameters, the second without effect: lets the location of a point and
/// the continuation of a curve of such points share their systems.
#[derive(Debug)]
pub(super) struct Widened<'a, P: ?Sized>(pub(super) &'a P);

impl<P: ParametricProblem + ?Sized> TwoParameterProblem for Widened<'_, P> {
    fn dimension(&self) -> usize {
        self.0.dimension()
    }

    fn residual(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        self.0.residual(state, parameters[0], out);
    }

    fn jacobian(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        self.0.jacobian(state, parameters[0], out);
    }

    fn parameter_derivatives(&self, state: &[f64], parameters: [f64; 2], first: &mut [f64], second: &mut [f64]) {
        self.0.parameter_derivative(state, parameters[0], first);
        second.fill(0.0);
    }

    fn in_domain(&self, state: &[f64], parameters: [f64; 2]) -> bool {
        self.0.in_domain(state, parameters[0])
    }
}

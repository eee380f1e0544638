//! Problems with known answers in coordinates `y`, seen through a linear mixture `u = M y` so that no null vector is
//! aligned with an axis.

use collapsar::bifurcation::{
    Branch, Continuation, ContinuationOptions, Orientation, ParametricProblem, TwoParameterProblem, violations,
};
use nalgebra::{DMatrix, DVector};

/// A field in its own coordinates at one point.
pub struct Sample {
    pub field: Vec<f64>,
    /// Row by row.
    pub jacobian: Vec<f64>,
    pub first: Vec<f64>,
    pub second: Vec<f64>,
}

type Core = Box<dyn Fn(&[f64], [f64; 2]) -> Sample>;

/// `F(u) = M f(M^-1 u)`.
pub struct Mixed {
    core: Core,
    pub mixture: DMatrix<f64>,
    inverse: DMatrix<f64>,
}

impl Mixed {
    /// Mixes `n` coordinates by a fixed matrix of determinant away from zero.
    pub fn new(n: usize, core: impl Fn(&[f64], [f64; 2]) -> Sample + 'static) -> Self {
        let full = DMatrix::from_row_slice(
            4,
            4,
            &[1.0, 0.4, -0.3, 0.2, -0.6, 1.1, 0.5, -0.1, 0.3, -0.2, 0.9, 0.4, 0.5, 0.3, -0.2, 1.2],
        );
        Self::with_mixture(full.view((0, 0), (n, n)).into_owned(), core)
    }

    pub fn with_mixture(mixture: DMatrix<f64>, core: impl Fn(&[f64], [f64; 2]) -> Sample + 'static) -> Self {
        let inverse = mixture.clone().try_inverse().expect("the mixture is regular");
        Self { core: Box::new(core), mixture, inverse }
    }

    /// State with the given own coordinates.
    pub fn state(&self, own: &[f64]) -> Vec<f64> {
        (&self.mixture * DVector::from_column_slice(own)).as_slice().to_vec()
    }

    /// Own coordinates of a state.
    pub fn own(&self, state: &[f64]) -> Vec<f64> {
        (&self.inverse * DVector::from_column_slice(state)).as_slice().to_vec()
    }

    /// Length of the first column of the mixture with the sign of its largest entry: `x = scale y_1` on the centre
    /// manifold of the first coordinate, whose coefficients turn into `scale alpha`, `a / scale`, `b / scale^2`.
    pub fn scale(&self) -> f64 {
        let mut own = vec![0.0; self.mixture.ncols()];
        own[0] = 1.0;
        self.scale_of(&own)
    }

    /// The same for a null vector `(1, ...)` in own coordinates.
    pub fn scale_of(&self, own: &[f64]) -> f64 {
        let column = DVector::from_vec(self.state(own));
        column.norm() * column[column.icamax()].signum()
    }

    fn sample(&self, state: &[f64], parameters: [f64; 2]) -> Sample {
        (self.core)(&self.own(state), parameters)
    }

    fn push(&self, own: Vec<f64>, out: &mut [f64]) {
        out.copy_from_slice((&self.mixture * DVector::from_vec(own)).as_slice());
    }
}

impl TwoParameterProblem for Mixed {
    fn dimension(&self) -> usize {
        self.mixture.nrows()
    }

    fn residual(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        self.push(self.sample(state, parameters).field, out);
    }

    fn jacobian(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        let n = self.mixture.nrows();
        let own = DMatrix::from_row_slice(n, n, &self.sample(state, parameters).jacobian);
        out.copy_from_slice((&self.mixture * own * &self.inverse).transpose().as_slice());
    }

    fn parameter_derivatives(&self, state: &[f64], parameters: [f64; 2], first: &mut [f64], second: &mut [f64]) {
        let sample = self.sample(state, parameters);
        self.push(sample.first, first);
        self.push(sample.second, second);
    }
}

impl ParametricProblem for Mixed {
    fn dimension(&self) -> usize {
        self.mixture.nrows()
    }

    fn residual(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        TwoParameterProblem::residual(self, state, [parameter, 0.0], out);
    }

    fn jacobian(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        TwoParameterProblem::jacobian(self, state, [parameter, 0.0], out);
    }

    fn parameter_derivative(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let mut other = vec![0.0; out.len()];
        TwoParameterProblem::parameter_derivatives(self, state, [parameter, 0.0], out, &mut other);
    }
}

/// Coupling to a slaved second coordinate: `y1' = f(y1, p) + kappa y1 y2`, `y2' = -2 y2 + gamma y1^2`, which adds
/// `kappa gamma / 2` to the cubic coefficient and nothing to the lower ones.
#[derive(Clone, Copy)]
pub struct Slave {
    pub kappa: f64,
    pub gamma: f64,
}

impl Slave {
    pub fn cubic(self) -> f64 {
        0.5 * self.kappa * self.gamma
    }

    /// The sample of the coupled field from `f`, `f_y`, `f_p`, `f_q` of the first coordinate; further coordinates decay.
    pub fn couple(self, y: &[f64], [f, f_y, f_p, f_q]: [f64; 4]) -> Sample {
        let n = y.len();
        let mut sample =
            Sample { field: vec![0.0; n], jacobian: vec![0.0; n * n], first: vec![0.0; n], second: vec![0.0; n] };
        sample.field[0] = f + self.kappa * y[0] * y[1];
        sample.jacobian[0] = f_y + self.kappa * y[1];
        sample.jacobian[1] = self.kappa * y[0];
        sample.first[0] = f_p;
        sample.second[0] = f_q;
        sample.field[1] = -2.0 * y[1] + self.gamma * y[0] * y[0];
        sample.jacobian[n] = 2.0 * self.gamma * y[0];
        sample.jacobian[n + 1] = -2.0;
        for (i, value) in y.iter().enumerate().skip(2) {
            let rate = -1.5 * i as f64;
            sample.field[i] = rate * value;
            sample.jacobian[i * n + i] = rate;
        }
        sample
    }
}

/// Runs a branch and asserts every invariant.
pub fn sound_branch<P: ParametricProblem>(
    problem: &P,
    state: &[f64],
    parameter: f64,
    direction: Orientation,
    options: &ContinuationOptions,
) -> Branch {
    let run = Continuation::new(problem, state, parameter, direction, options).expect("the call is well formed");
    checked(problem, run.run(), options)
}

/// Asserts every invariant of a branch and hands it back.
pub fn checked<P: ParametricProblem>(problem: &P, branch: Branch, options: &ContinuationOptions) -> Branch {
    let broken = violations(problem, &branch, options);
    assert!(broken.is_empty(), "broken invariants: {broken:?}, stop {:?}", branch.stop);
    assert!(branch.points.len() > 1, "no branch: {:?}", branch.stop);
    branch
}

/// Asserts `|value - expected| <= tolerance` with both in the message.
#[track_caller]
pub fn near(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{value} is not within {tolerance} of {expected}");
}

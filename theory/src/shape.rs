//! Problems whose modes have covariances of their own, or whose components have variances of their own: theory 15.

use crate::cubature::MOST_DIRECTIONS;
use crate::family::{MeanSpace, Tempering, VarianceRule};
use crate::frame::Frame;
use crate::numerics::{cholesky, inverse, log_determinant};
use crate::parameter::{InvalidParameter, NOT_OWN, Part, initial_variance};
use crate::problem::{Coordinates, Problem};
use crate::start::Start;

/// Largest relative asymmetry of a covariance: the rounding of decimal entries.
const ASYMMETRY: f64 = 1e-9;
/// How much the logarithms of determinants may differ that count as equal.
const EQUAL_DETERMINANTS: f64 = 1e-12;

/// Sigma_k of a mode, in the square of the unit of the means.
#[derive(Debug, Clone, PartialEq)]
pub enum Covariance {
    /// A multiple of the unit matrix, in any number of dimensions.
    Isotropic(f64),
    /// A symmetric positive definite matrix, by rows.
    Full(Vec<Vec<f64>>),
}

/// A [`Problem`] with the covariances of the modes, p(x) = sum_k v_k N(x; nu_k, Sigma_k), and the initial variances of
/// components that have their own, var_i I where they have covariances: theory (28), (29), (45).
#[derive(Debug, Clone, PartialEq)]
pub struct ShapedProblem {
    problem: Problem,
    covariances: Vec<Covariance>,
    variances: Option<Vec<f64>>,
}

impl ShapedProblem {
    /// `problem`, of whose target only modes and weights count, with a covariance for each mode.
    ///
    /// Errors: not one covariance for each mode; a variance that is not positive and finite; a matrix that is not of d rows and
    /// columns, symmetric to relative 1e-9 and positive definite; means on the sphere; modes tempered one by one unless
    /// their determinants are equal, for else they would not keep their weights.
    pub fn new(problem: Problem, covariances: Vec<Covariance>) -> Result<Self, InvalidParameter> {
        let refuse = |part: Part, name: &str, value: String, rule: String| {
            Err(InvalidParameter::new(name, value, rule).of(part))
        };
        let modes = problem.target().modes().len();
        if covariances.len() != modes {
            let rule = format!("hold one for each of the {modes} modes");
            return refuse(Part::Target, "covariances", format!("a list of {}", covariances.len()), rule);
        }
        let covariances: Vec<Covariance> = covariances.into_iter().map(Covariance::simplest).collect();
        for covariance in &covariances {
            covariance.check(problem.dimension())?;
        }
        let rules = problem.family().rules();
        if rules.means == MeanSpace::Sphere {
            let rule = "be free: the sphere is for modes of covariance I and components of one variance";
            return refuse(Part::Family, "means", "sphere".into(), rule.into());
        }
        let found = Self { problem, covariances, variances: None };
        if rules.tempering == Tempering::Modes {
            let volumes = found.log_determinants();
            if volumes.iter().any(|v| (v - volumes[0]).abs() > EQUAL_DETERMINANTS * volumes[0].abs().max(1.0)) {
                let rule = "be density: modes of different widths, tempered one by one, do not keep their weights";
                return refuse(Part::Family, "tempering", "modes".into(), rule.into());
            }
        }
        Ok(found)
    }

    /// The same with these variances at t = 0, one for each component: for components that have their own.
    ///
    /// Errors: a common variance; not one for each component; a variance outside 1e-12 to 1e12.
    pub fn with_initial_variances(self, variances: Vec<f64>) -> Result<Self, InvalidParameter> {
        let family = self.problem.family();
        let value = format!("{variances:?}");
        if !family.rules().variance.is_own() {
            return Err(InvalidParameter::new("variance", value, NOT_OWN).of(Part::Start));
        }
        if variances.len() != family.components() {
            let rule = format!("hold one for each of the {} components", family.components());
            return Err(InvalidParameter::new("variance", value, rule).of(Part::Start));
        }
        for &variance in &variances {
            initial_variance(variance).map_err(|e| e.of(Part::Start))?;
        }
        Ok(Self { variances: Some(variances), ..self })
    }

    /// Modes, weights, family, schedule and start.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Sigma_k; a matrix that is a multiple of I is one.
    pub fn covariances(&self) -> &[Covariance] {
        &self.covariances
    }

    /// The variances at t = 0, one for each component: those given, else all that of the problem.
    pub fn initial_variances(&self) -> Vec<f64> {
        let common = || vec![self.problem.initial_variance(); self.problem.family().components()];
        self.variances.clone().unwrap_or_else(common)
    }

    /// Whether every covariance, of modes and components, is a multiple of I.
    pub fn is_isotropic(&self) -> bool {
        self.has_isotropic_modes() && self.problem.family().rules().variance != VarianceRule::Full
    }

    /// Whether the flow is that in the span of modes and means, however many dimensions R^d has: covariances of modes are multiples
    /// of I, and those of components are or stay so across the span. Up to three dimensions the latter are taken in R^d itself.
    pub fn is_reduced(&self) -> bool {
        self.is_isotropic() || self.has_isotropic_modes() && self.problem.dimension() > MOST_DIRECTIONS
    }

    /// Whether no mode's covariance is a matrix.
    pub(crate) fn has_isotropic_modes(&self) -> bool {
        self.covariances.iter().all(|c| matches!(c, Covariance::Isotropic(_)))
    }

    /// The frame of the run and the coordinates in it: the span of modes and means, as by [`Problem::reduce`], where
    /// [`ShapedProblem::is_reduced`] says so, else R^d itself. For a law no means.
    pub fn reduce(&self) -> (Frame, Coordinates) {
        if self.is_isotropic() {
            return self.problem.reduce();
        }
        if self.is_reduced() {
            return self.problem.reduce_to(Frame::least);
        }
        let dimension = self.problem.dimension();
        let means = match self.problem.start() {
            Start::Means(means) => means.concat(),
            Start::Law(_) => Vec::new(),
        };
        (Frame::whole(dimension), Coordinates { modes: self.problem.target().modes_in(dimension), means, dimension })
    }

    /// log det Sigma_k.
    pub fn log_determinants(&self) -> Vec<f64> {
        let d = self.problem.dimension() as f64;
        let of = |covariance: &Covariance| match covariance {
            Covariance::Isotropic(variance) => d * libm::log(*variance),
            Covariance::Full(rows) => cholesky(rows).map_or(f64::NAN, |factor| log_determinant(&factor)),
        };
        self.covariances.iter().map(of).collect()
    }
}

impl Covariance {
    /// A multiple of I as such.
    fn simplest(self) -> Self {
        let Self::Full(rows) = &self else { return self };
        let unit = |i: usize, j: usize, x: f64| if i == j { x == rows[0][0] } else { x == 0.0 };
        let multiple = rows.iter().enumerate().all(|(i, row)| row.iter().enumerate().all(|(j, x)| unit(i, j, *x)));
        if multiple && !rows.is_empty() && !rows[0].is_empty() { Self::Isotropic(rows[0][0]) } else { self }
    }

    fn check(&self, dimension: usize) -> Result<(), InvalidParameter> {
        let refuse =
            |value: String, rule: String| Err(InvalidParameter::new("covariances", value, rule).of(Part::Target));
        match self {
            Self::Isotropic(variance) if *variance > 0.0 && variance.is_finite() => Ok(()),
            Self::Isotropic(variance) => refuse(variance.to_string(), "be positive and finite".into()),
            Self::Full(rows) => {
                if rows.len() != dimension || rows.iter().any(|row| row.len() != dimension) {
                    let size = format!("{} rows", rows.len());
                    let rule = format!("have {dimension} rows and columns, as the means have coordinates");
                    return refuse(size, rule);
                }
                let size = rows.iter().flatten().fold(0.0, |m: f64, x| m.max(x.abs()));
                let near = |i: usize, j: usize| (rows[i][j] - rows[j][i]).abs() <= ASYMMETRY * size;
                let symmetric = size.is_finite() && (0..dimension).all(|i| (0..i).all(|j| near(i, j)));
                if !symmetric || cholesky(rows).is_none() {
                    return refuse(format!("{rows:?}"), "be symmetric and positive definite".into());
                }
                Ok(())
            }
        }
    }

    /// Sigma^-1 (its diagonal entry, or by rows) and log det Sigma in d = `dimension`.
    pub(crate) fn precision(&self, dimension: usize) -> (Self, f64) {
        match self {
            Self::Isotropic(variance) => (Self::Isotropic(1.0 / variance), dimension as f64 * libm::log(*variance)),
            Self::Full(rows) => match cholesky(rows) {
                Some(factor) => (Self::Full(inverse(&factor)), log_determinant(&factor)),
                None => (Self::Isotropic(f64::NAN), f64::NAN),
            },
        }
    }
}

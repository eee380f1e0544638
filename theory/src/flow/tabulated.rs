//! The pairs on tabulated kernels: the hot path of ensembles and boundaries.

use crate::flow::{FreePair, SpherePair, SphereVariance};
use crate::kernel::{
    PullPotentialTable, PullTable, RepulsionPotentialTable, RepulsionTable, logistic_normal_fast_array,
};
use crate::parameter::InvalidParameter;

/// Means beyond this many separations from the origin are answered by the accurate kernel.
const RANGE: f64 = 4.0;
/// ... plus this.
const RANGE_OFFSET: f64 = 10.0;

/// [`FreePair`] with its two kernels tabulated: the same field to 1e-11, its Jacobian to 1e-11 max(1, rho^2).
#[derive(Debug, Clone)]
pub struct TabulatedFreePair {
    pair: FreePair,
    pull: PullTable,
    push: RepulsionTable,
}

impl TabulatedFreePair {
    /// Tabulates `pair`.
    pub fn new(pair: FreePair) -> Result<Self, InvalidParameter> {
        let rho = pair.options().separation;
        let pull = PullTable::new(rho, pair.bias(), 1.0, reach(rho))?;
        Ok(Self { pair, pull, push: RepulsionTable::new() })
    }

    /// The pair.
    pub fn pair(&self) -> &FreePair {
        &self.pair
    }

    /// The field of theory (11) at (x, y, z).
    #[inline]
    pub fn rates(&self, beta: f64, state: &[f64; 3]) -> [f64; 3] {
        let [x, y, _] = *state;
        let pulls = [self.pull.at(x + y).0, self.pull.at(x - y).0];
        self.pair.field_from(beta, *state, pulls, self.push.at(FreePair::gap(state)).0)
    }

    /// The Jacobian of [`rates`](Self::rates), as [`SmoothFlow::jacobian`](crate::SmoothFlow::jacobian) of the pair.
    pub(crate) fn jacobian(&self, beta: f64, state: &[f64; 3]) -> [f64; 9] {
        let [x, y, z] = *state;
        let (plus, minus) = (self.pull.at(x + y).1, self.pull.at(x - y).1);
        self.pair.jacobian_from(beta, [y, z], [plus, minus], self.push.at(FreePair::gap(state)))
    }
}

/// The objective of the free pair tabulated: [`FreePair::objective`](crate::Flow::objective) to 1e-9 (1 + rho).
#[derive(Debug, Clone)]
pub(crate) struct TabulatedFreeObjective {
    pair: FreePair,
    pull: PullPotentialTable,
    push: RepulsionPotentialTable,
}

impl TabulatedFreeObjective {
    /// Tabulates that of `pair`.
    pub(crate) fn new(pair: FreePair) -> Result<Self, InvalidParameter> {
        let rho = pair.options().separation;
        let pull = PullPotentialTable::new(rho, pair.bias(), 1.0, reach(rho))?;
        Ok(Self { pair, pull, push: RepulsionPotentialTable::new() })
    }

    /// F_beta at (x, y, z).
    pub(crate) fn at(&self, beta: f64, state: &[f64; 3]) -> f64 {
        self.pair.objective_from(beta, state, |q| self.push.at(q), |m| self.pull.at(m))
    }
}

/// The |m| to which the kernels of the free pair are tabulated.
fn reach(rho: f64) -> f64 {
    RANGE * rho + RANGE_OFFSET
}

/// [`SpherePair`] with fast kernels: the same field to 1e-11. A variance lagging in finite dimension feels the means
/// through products of responsibilities, which have no fast form: such pairs are refused.
#[derive(Debug, Clone)]
pub struct TabulatedSpherePair {
    pair: SpherePair,
    /// tau at unit variance, where every run ends.
    cold: PullTable,
    push: RepulsionTable,
}

/// |var - 1| below which the table of unit variance serves: it moves tau by less than 1e-11.
const COLD: f64 = 1e-12;

impl TabulatedSpherePair {
    /// Tabulates `pair`.
    ///
    /// Errors: the variance lags in finite dimension.
    pub fn new(pair: SpherePair) -> Result<Self, InvalidParameter> {
        let options = pair.options();
        if let SphereVariance::Lagging { dimension } = options.variance
            && dimension.is_finite()
        {
            return Err(InvalidParameter::new("dimension", dimension, "be infinite for tabulated kernels"));
        }
        let cold = PullTable::new(options.radius, pair.bias(), 1.0, options.radius)?;
        Ok(Self { pair, cold, push: RepulsionTable::new() })
    }

    /// The pair.
    pub fn pair(&self) -> &SpherePair {
        &self.pair
    }

    /// The field of theory (8) at (m_1, m_2, s, log var); the last rate is 0 unless the variance lags. Compiled into its caller,
    /// whose vector instructions matter.
    #[inline(always)]
    pub fn rates(&self, beta: f64, state: &[f64; 4]) -> [f64; 4] {
        let [m1, m2, s, _] = *state;
        let options = self.pair.options();
        let variance = self.pair.variance(beta, state);
        let square = options.radius * options.radius;
        let push = self.push.at(2.0 * square * (1.0 - s) / variance).0 / variance;
        // No closure: it would be compiled apart.
        let cold = (variance - 1.0).abs() < COLD;
        let (tau1, tau2) = if cold {
            (self.cold.at(options.radius * m1).0, self.cold.at(options.radius * m2).0)
        } else {
            let spread = 2.0 * options.radius * variance.sqrt();
            let logits = [2.0 * (square * m1 + self.pair.bias()), 2.0 * (square * m2 + self.pair.bias())];
            let [one, two] = logistic_normal_fast_array(logits, spread);
            (2.0 * one - 1.0, 2.0 * two - 1.0)
        };
        let [rate1, rate2, rate3] = self.pair.field_from(beta, [m1, m2, s], [tau1, tau2], push);
        [rate1, rate2, rate3, self.pair.lag(beta, 1.0 / variance)]
    }
}

/// The objective of the sphere pair at one variance tabulated: [`SpherePair::objective`](crate::Flow::objective) with a
/// variance that does not lag, to 1e-9 (1 + R).
#[derive(Debug, Clone)]
pub(crate) struct TabulatedSphereObjective {
    pair: SpherePair,
    variance: f64,
    pull: PullPotentialTable,
    push: RepulsionPotentialTable,
}

impl TabulatedSphereObjective {
    /// Tabulates that of `pair` where its variance is `variance`.
    pub(crate) fn new(pair: SpherePair, variance: f64) -> Result<Self, InvalidParameter> {
        let radius = pair.options().radius;
        let pull = PullPotentialTable::new(radius, pair.bias(), variance, radius)?;
        Ok(Self { pair, variance, pull, push: RepulsionPotentialTable::new() })
    }

    /// F_beta at (m_1, m_2, s).
    pub(crate) fn at(&self, beta: f64, state: &[f64; 3]) -> f64 {
        let radius = self.pair.options().radius;
        self.pair.objective_from(beta, self.variance, state, |q| self.push.at(q), |m| self.pull.at(radius * m))
    }
}

//! The mean-field fit: marginals, their coordinate ascent, and its derivative.

use super::complex::Complex;
use super::lattice::{Axis, Sides};
use super::law::{Law, change_of};
use super::marginal::Marginal;
use super::target::{Group, MeanFieldPair};
use super::waves::Waves;
use crate::parameter::InvalidParameter;

/// Where coordinate ascent starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeanFieldStart {
    /// N(a, T): above every stationary point in the stochastic order, mean field theorem 1.
    Plus,
    /// N(-a, T): below every stationary point.
    Minus,
    /// N(0, T).
    Zero,
    /// N(0, T), kept even exactly: the even solution of w = 1/2, stable or not.
    Even,
}

/// How finely the laws are resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanFieldOptions {
    /// Grids of the coordinates so many times finer, and periods of the waves so many times longer, than 13 to 14 digits
    /// need; from 1 to 16. The difference between two values is the error of discretisation.
    pub fineness: f64,
}

impl Default for MeanFieldOptions {
    fn default() -> Self {
        Self { fineness: 1.0 }
    }
}

/// A product measure q = prod_j q_j, equal coordinates with equal marginals.
#[derive(Debug, Clone)]
pub struct MeanFieldState {
    pub(super) marginals: Vec<Marginal>,
    pub(super) law: Law,
    pub(super) even: bool,
}

/// Mean-field variational inference on a [`MeanFieldPair`], mean field (M2)-(M3):
///
/// F_beta(q) = E_q\[log q - beta log pi\],   q_j(x) prop. to exp(-beta x^2/2 + beta E f(a_j x + S_-j + h)),   f = log cosh.
///
/// States belong to the fit that made them. The marginals live on grids with spectrally accurate trapezoid sums, S on half-odd frequencies. Absolute errors at the
/// default fineness: 1e-14 of theta and of probabilities, 2e-14 (1 + beta A^2) of F.
#[derive(Debug, Clone)]
pub struct MeanField {
    pub(super) pair: MeanFieldPair,
    pub(super) axes: Vec<Axis>,
    pub(super) waves: Waves,
}

/// Largest fineness: sums grow with its square, and nothing moves any more at 2.
const FINEST: f64 = 16.0;
/// The fineness on which ascents are prepared.
const COARSE: f64 = 0.5;
/// log 10^16 / 2: where 1 - tanh rounds to nothing; and deviations with density 1e-16.
const SATURATED: f64 = 18.5;
const DEVIATIONS: f64 = 8.6;

impl MeanField {
    /// The fit of `pair`.
    ///
    /// Errors: a fineness outside 1 to 16.
    pub fn new(pair: MeanFieldPair, options: MeanFieldOptions) -> Result<Self, InvalidParameter> {
        let fineness = options.fineness;
        if !(1.0..=FINEST).contains(&fineness) {
            return Err(InvalidParameter::new("fineness", fineness, "lie between 1 and 16"));
        }
        let period = fineness * period(&pair);
        Ok(Self::assembled(pair, period, fineness))
    }

    fn assembled(pair: MeanFieldPair, period: f64, fineness: f64) -> Self {
        let waves = Waves::new(period, pair.bias());
        let axis = |g: &Group| Axis::new(g.half_separation, g.count, pair.temperature(), &waves, fineness);
        let axes = pair.groups().iter().map(axis).collect();
        Self { pair, axes, waves }
    }

    /// The fit of `pair` with room for every bias up to `most`.
    pub(super) fn with_room(pair: MeanFieldPair, most: f64) -> Self {
        let period = period(&pair) + most;
        Self::assembled(pair, period, 1.0)
    }

    /// The same on grids twice as coarse, with half of the frequencies: stationary points to about 1e-7.
    pub(super) fn coarse(&self) -> Self {
        let waves = self.waves.lowest(self.waves.omega.len().div_ceil(2));
        let axis = |g: &Group| Axis::new(g.half_separation, g.count, self.pair.temperature(), &waves, COARSE);
        let axes = self.pair.groups().iter().map(axis).collect();
        Self { pair: self.pair.clone(), axes, waves }
    }

    /// The image of a state of the coarse fit, here.
    pub(super) fn image_of(&self, state: &MeanFieldState, coarse: &Self) -> MeanFieldState {
        let beta = self.pair.beta();
        let of = |(g, axis): (usize, &Axis)| {
            let field = axis.field(&self.waves, &state.law.without(g, &coarse.waves));
            Marginal::new(axis, &field.map(|v| beta * v))
        };
        let marginals = self.axes.iter().enumerate().map(of).collect();
        self.state(marginals, state.even, 2 * state.law.used())
    }

    /// The same at the bias h = `bias`; states carry over.
    pub(super) fn at_bias(&self, bias: f64) -> Self {
        Self { waves: self.waves.at_bias(bias), ..self.clone() }
    }

    /// The target.
    pub fn pair(&self) -> &MeanFieldPair {
        &self.pair
    }

    /// The state at `start`.
    ///
    /// Errors: an even start of unequal weights, which no even law solves.
    pub fn start(&self, start: MeanFieldStart) -> Result<MeanFieldState, InvalidParameter> {
        let unequal = self.pair.bias() != 0.0;
        // N(0, T) is even, and sweeps of equal weights keep it so.
        let even = start == MeanFieldStart::Even || (start == MeanFieldStart::Zero && !unequal);
        if even && unequal {
            return Err(InvalidParameter::new("weight", self.pair.weight(), "be 1/2 for an even solution"));
        }
        let side = match start {
            MeanFieldStart::Plus => 1.0,
            MeanFieldStart::Minus => -1.0,
            MeanFieldStart::Zero | MeanFieldStart::Even => 0.0,
        };
        let beta = self.pair.beta();
        let tilt = |axis: &Axis| {
            let slope = side * beta * axis.half_separation;
            Marginal::new(axis, &Sides::new(axis.x.len(), |k, sign| slope * sign * axis.x[k]))
        };
        Ok(self.state(self.axes.iter().map(tilt).collect(), even, self.waves.omega.len()))
    }

    pub(super) fn state(&self, mut marginals: Vec<Marginal>, even: bool, used: usize) -> MeanFieldState {
        if even {
            marginals.iter_mut().for_each(Marginal::symmetrise);
        }
        let law = Law::new(&self.axes, &marginals, &self.waves, used);
        MeanFieldState { marginals, law, even }
    }

    /// The minimiser of F in the coordinates of group `g` one by one, the others as in `state`: mean field (M3).
    fn image(&self, state: &MeanFieldState, g: usize) -> Marginal {
        let axis = &self.axes[g];
        let beta = self.pair.beta();
        let field = axis.field(&self.waves, &state.law.without(g, &self.waves));
        Marginal::new(axis, &field.map(|v| beta * v))
    }

    /// One parallel sweep of coordinate ascent: every q_j at once by (M3). Order preserving (theorem 1); F may rise.
    pub fn sweep(&self, state: &MeanFieldState) -> MeanFieldState {
        let marginals = (0..self.axes.len()).map(|g| self.image(state, g)).collect();
        self.state(marginals, state.even, state.law.used())
    }

    /// One sweep group by group, each with the others as they now stand. F never rises where every group is one
    /// coordinate; the coordinates of one group still move together.
    pub fn sweep_in_turn(&self, state: &MeanFieldState) -> MeanFieldState {
        let mut now = state.clone();
        for g in 0..self.axes.len() {
            now.marginals[g] = self.image(&now, g);
            now.law = Law::new(&self.axes, &now.marginals, &self.waves, now.law.used());
        }
        now
    }

    /// The state whose log densities are moved by `by`, and normalised.
    pub(super) fn moved(&self, state: &MeanFieldState, by: &[Sides]) -> MeanFieldState {
        let shift = |(g, axis): (usize, &Axis)| {
            Marginal::new(axis, &state.marginals[g].tilt.with(&by[g], |tilt, by| tilt + by))
        };
        let marginals = self.axes.iter().enumerate().map(shift).collect();
        self.state(marginals, state.even, state.law.used())
    }

    /// log of the image minus log of the state, centred under the state: 0 at a stationary point.
    pub(super) fn residual(&self, state: &MeanFieldState) -> Vec<Sides> {
        let gap = |g: usize| {
            let image = self.image(state, g);
            centred(&state.marginals[g], &image.tilt.with(&state.marginals[g].tilt, |new, old| new - old))
        };
        (0..self.axes.len()).map(gap).collect()
    }

    /// T eta of mean field (M5)-(M6) on perturbations q_j (1 + eta_j) common to the coordinates of a group, centred.
    pub(super) fn coupled(&self, state: &MeanFieldState, eta: &[Sides]) -> Vec<Sides> {
        let used = state.law.used();
        let hat = |g: usize| change_of(&self.axes[g], &state.marginals[g], &eta[g], used);
        let hats: Vec<_> = (0..self.axes.len()).map(hat).collect();
        let changes = state.law.changes(&hats, &self.waves);
        (0..self.axes.len()).map(|g| self.response(state, g, &changes[g])).collect()
    }

    /// The kernel K_ij of two coordinates of group `g` applied to eta.
    pub(super) fn coupled_within(&self, state: &MeanFieldState, g: usize, eta: &Sides) -> Sides {
        let hat = change_of(&self.axes[g], &state.marginals[g], eta, state.law.used());
        self.response(state, g, &state.law.change_within(g, &hat, &self.waves))
    }

    /// Change of log q_j in the image when h moves by 1, centred: beta E tanh(a_j x + S_-j + h).
    pub(super) fn biased(&self, state: &MeanFieldState) -> Vec<Sides> {
        let of = |g: usize| {
            let waves = state.law.without(g, &self.waves);
            let turned = waves.iter().zip(&self.waves.omega).map(|(c, om)| Complex { re: -om * c.im, im: om * c.re });
            self.response(state, g, &turned.collect::<Vec<_>>())
        };
        (0..self.axes.len()).map(of).collect()
    }

    fn response(&self, state: &MeanFieldState, g: usize, change: &[Complex]) -> Sides {
        let beta = self.pair.beta();
        let field = self.axes[g].field(&self.waves, change);
        centred(&state.marginals[g], &field.map(|v| beta * v))
    }

    /// sum_j E_{q_j}\[f_j g_j\].
    pub(super) fn inner(&self, state: &MeanFieldState, f: &[Sides], g: &[Sides]) -> f64 {
        let of = |(i, axis): (usize, &Axis)| {
            let mass = &state.marginals[i].mass;
            axis.count as f64 * mass.dot(&f[i].with(&g[i], |f, g| f * g))
        };
        self.axes.iter().enumerate().map(of).sum()
    }
}

/// f - E f.
pub(super) fn centred(marginal: &Marginal, f: &Sides) -> Sides {
    let mean = marginal.mean_of(f);
    f.map(|v| v - mean)
}

/// A period of the waves that holds all of S.
///
/// By theorem 1, S lies between N(-A^2, s^2) and N(A^2, s^2), s = A T^(1/2). At distance r from the mean the square wave errs
/// by 2 e^(-2(P - A^2 - r)) with density e^(-r^2/(2 s^2)): the product is largest at r = 2 s^2, and below 1e-16 for
/// P - A^2 = 18.5 + s^2; where s > 4.3 the density at the edge decides instead.
fn period(pair: &MeanFieldPair) -> f64 {
    let norm = pair.norm();
    let s = norm * pair.temperature().sqrt();
    let room = if s * s <= SATURATED { SATURATED + s * s } else { DEVIATIONS * s };
    norm * norm + pair.bias().abs() + room
}

//! Product measures on a target that depends on the coordinates through one scalar sum: mean field (M1)-(M3), sections 2 and 3.
//!
//! log pi(y) = sum_j log phi(y_j) + f(S + h) + const, S = sum_j s_j(y_j), f = log cosh: then
//! q_j(y) prop. to exp(-beta y^2/2 + beta E f(s_j(y) + S_-j + h)), whatever the functions s_j are.

use super::complex::Complex;
use super::lattice::{Axis, Sides, Term};
use super::law::{Law, change_of};
use super::marginal::Marginal;
use super::waves::Waves;

/// A product measure q = prod_j q_j, equal coordinates with equal marginals.
#[derive(Debug, Clone)]
pub struct MeanFieldState {
    pub(super) marginals: Vec<Marginal>,
    pub(super) law: Law,
    pub(super) even: bool,
}

/// The grids of the coordinates, and the waves of f.
#[derive(Debug, Clone)]
pub(super) struct ScalarSum {
    temperature: f64,
    pub(super) axes: Vec<Axis>,
    pub(super) waves: Waves,
    /// Of log q, to which residuals are compared.
    scale: f64,
}

/// The fineness on which ascents are prepared.
const COARSE: f64 = 0.5;

impl ScalarSum {
    /// The sum of `terms` at a temperature, log q of size `scale`, on grids `fineness` times finer than needed.
    pub(super) fn new(terms: &[Term], temperature: f64, scale: f64, waves: Waves, fineness: f64) -> Self {
        let axes = terms.iter().map(|&term| Axis::new(term, temperature, &waves, fineness)).collect();
        Self { temperature, axes, waves, scale }
    }

    /// The same on grids twice as coarse, with half of the frequencies: stationary points to about 1e-7.
    pub(super) fn coarse(&self) -> Self {
        let waves = self.waves.lowest(self.waves.omega.len().div_ceil(2));
        let terms: Vec<Term> = self.axes.iter().map(|axis| axis.term).collect();
        Self::new(&terms, self.temperature, self.scale, waves, COARSE)
    }

    /// beta.
    pub(super) fn beta(&self) -> f64 {
        1.0 / self.temperature
    }

    /// `times` the size of log q.
    pub(super) fn rounding(&self, times: f64) -> f64 {
        times * self.scale
    }

    /// The same at the bias h = `bias`; states carry over.
    pub(super) fn at_bias(&self, bias: f64) -> Self {
        Self { waves: self.waves.at_bias(bias), ..self.clone() }
    }

    /// The state with log q_j = log phi_beta + beta `side` s_j + const: at 1 and -1 the two components.
    pub(super) fn tilted(&self, side: f64, even: bool) -> MeanFieldState {
        let beta = self.beta();
        let tilt = |axis: &Axis| {
            Marginal::new(axis, &Sides::new(axis.x.len(), |k, sign| beta * side * axis.term.at(sign * axis.x[k])))
        };
        self.state(self.axes.iter().map(tilt).collect(), even, self.waves.omega.len())
    }

    /// The image of a state of the coarse sum, here.
    pub(super) fn image_of(&self, state: &MeanFieldState, coarse: &Self) -> MeanFieldState {
        let beta = self.beta();
        let of = |(g, axis): (usize, &Axis)| {
            let field = axis.field(&self.waves, &state.law.without(g, &coarse.waves));
            Marginal::new(axis, &field.map(|v| beta * v))
        };
        let marginals = self.axes.iter().enumerate().map(of).collect();
        self.state(marginals, state.even, 2 * state.law.used())
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
        let beta = self.beta();
        let field = axis.field(&self.waves, &state.law.without(g, &self.waves));
        Marginal::new(axis, &field.map(|v| beta * v))
    }

    /// Every q_j at once by (M3).
    pub(super) fn sweep(&self, state: &MeanFieldState) -> MeanFieldState {
        let marginals = (0..self.axes.len()).map(|g| self.image(state, g)).collect();
        self.state(marginals, state.even, state.law.used())
    }

    /// Group by group, each with the others as they now stand.
    pub(super) fn sweep_in_turn(&self, state: &MeanFieldState) -> MeanFieldState {
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
        let beta = self.beta();
        let field = self.axes[g].field(&self.waves, change);
        centred(&state.marginals[g], &field.map(|v| beta * v))
    }

    /// sum_j E_{q_j}\[f_j g_j\].
    pub(super) fn inner(&self, state: &MeanFieldState, f: &[Sides], g: &[Sides]) -> f64 {
        let of = |(i, axis): (usize, &Axis)| {
            let mass = &state.marginals[i].mass;
            axis.term.count as f64 * mass.dot(&f[i].with(&g[i], |f, g| f * g))
        };
        self.axes.iter().enumerate().map(of).sum()
    }

    /// (sum_j E_{q_j}\[eta_j^2\])^(1/2).
    pub(super) fn size(&self, state: &MeanFieldState, eta: &[Sides]) -> f64 {
        self.inner(state, eta, eta).max(0.0).sqrt()
    }
}

/// f - E f.
pub(super) fn centred(marginal: &Marginal, f: &Sides) -> Sides {
    let mean = marginal.mean_of(f);
    f.map(|v| v - mean)
}

//! Product measures in three dimensions on a tensor grid, for any Gaussian mixture: mean field (M1), no reduction.

use super::gaussian_mixture::GaussianMixture;
use super::plane::{dot, normalise};
use super::plane_grid::PlaneAxis;
use super::space_grid::{density, extent, log_component};
use crate::parameter::{InvalidParameter, Part, positive};

/// Mean-field inference on a Gaussian mixture in three dimensions at one temperature,
///
/// F_beta(q) = E_q\[log q - beta log pi\],   q_j(x_j) prop. to exp(beta E_{q_-j} log pi),   mean field (M1).
///
/// Trapezoid sums, spectrally accurate: absolute errors about 1e-12 (1 + beta A^2), A the largest distance of modes in
/// deviations. A node costs eight bytes. Source: mean field 12, 13 (a).
#[derive(Debug, Clone)]
pub struct SpaceMeanField {
    pub(super) target: GaussianMixture,
    pub(super) beta: f64,
    pub(super) axes: [PlaneAxis; 3],
    /// Of the target, where the axes have their origin.
    pub(super) centre: Vec<f64>,
    /// log pi, the last coordinate fastest.
    log_density: Vec<f64>,
}

/// A state: log densities and masses of the coordinates on the grid of the [`SpaceMeanField`] that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceState {
    pub(super) logs: [Vec<f64>; 3],
    pub(super) mass: [Vec<f64>; 3],
}

/// E log pi given two of the coordinates, by rows of the first: (1, 2), (1, 3), (2, 3).
#[derive(Debug, Clone)]
pub(super) struct Pairs([Vec<f64>; 3]);

/// The coordinates of each pair.
pub(super) const PAIRS: [[usize; 2]; 3] = [[0, 1], [0, 2], [1, 2]];

/// Most nodes, 400 MB.
const MOST: f64 = 5e7;
const COLDEST: f64 = 0.05;
/// Masses that add nothing to a field.
const NOTHING: f64 = 1e-30;

impl SpaceMeanField {
    /// The fits of `target` at T = `temperature`.
    ///
    /// Errors: a target that is not of three dimensions; a temperature below 0.05 or not finite; a target that needs more than 5e7
    /// nodes.
    pub fn new(target: GaussianMixture, temperature: f64) -> Result<Self, InvalidParameter> {
        if target.dimension() != 3 {
            let rule = "be 3 for fits on a grid in space";
            return Err(InvalidParameter::new("dimension", target.dimension(), rule).of(Part::Target));
        }
        if positive("temperature", temperature)? < COLDEST {
            return Err(InvalidParameter::new("temperature", temperature, "be at least 0.05"));
        }
        let centre = target.centre();
        let halves = [0, 1, 2].map(|j| extent(target.shapes(), &centre, temperature, j));
        let nodes: f64 = halves.iter().map(|(_, half)| 2.0 * half + 1.0).product();
        if nodes.is_nan() || nodes > MOST {
            let rule = "need at most 5e7 nodes: modes closer, widths less different, or less heat";
            return Err(InvalidParameter::new("target", format!("{nodes:e} nodes large"), rule));
        }
        let axes = halves.map(|(step, half)| PlaneAxis::new(step, half as usize));
        let log_density = density(target.shapes(), &centre, &axes);
        Ok(Self { target, beta: 1.0 / temperature, axes, centre, log_density })
    }

    /// The target.
    pub fn target(&self) -> &GaussianMixture {
        &self.target
    }

    /// The state of these log densities, normalised.
    pub(super) fn state(&self, mut logs: [Vec<f64>; 3]) -> SpaceState {
        let mass = logs.each_mut().map(|logs| normalise(logs));
        SpaceState { logs, mass }
    }

    /// sum_k mass_k log pi(i, j, k), by rows i.
    fn over_last(&self, mass: &[f64]) -> Vec<f64> {
        let (low, high) = support(mass);
        let rows = self.log_density.chunks_exact(mass.len());
        rows.map(|row| dot(&row[low..high], &mass[low..high])).collect()
    }

    /// sum_ij of the masses of the first two and log pi(i, j, k).
    fn over_first_two(&self, mass: [&[f64]; 2]) -> Vec<f64> {
        let [_, n1, n2] = self.lengths();
        let mut sum = vec![0.0; n2];
        for (i, p) in mass[0].iter().enumerate().filter(|(_, p)| **p > NOTHING) {
            for (j, q) in mass[1].iter().enumerate().filter(|(_, q)| **q > NOTHING) {
                let start = (i * n1 + j) * n2;
                add(&mut sum, p * q, &self.log_density[start..start + n2]);
            }
        }
        sum
    }

    fn lengths(&self) -> [usize; 3] {
        self.axes.each_ref().map(|axis| axis.x.len())
    }

    /// beta E log pi given one coordinate, of each.
    pub(super) fn fields(&self, state: &SpaceState, pairs: &Pairs) -> [Vec<f64>; 3] {
        let [m0, m1, _] = &state.mass;
        let all = [rows(&pairs.0[0], m1), columns(&pairs.0[0], m0), columns(&pairs.0[1], m0)];
        all.map(|field| field.into_iter().map(|v| self.beta * v).collect())
    }

    /// Averages of log pi given two coordinates, in one pass.
    pub(super) fn pairs(&self, state: &SpaceState) -> Pairs {
        let [n0, n1, n2] = self.lengths();
        let [m0, m1, m2] = &state.mass;
        let (low, high) = support(m2);
        let (mut first, mut second, mut third) = (vec![0.0; n0 * n1], vec![0.0; n0 * n2], vec![0.0; n1 * n2]);
        for i in 0..n0 {
            for j in 0..n1 {
                let row = &self.log_density[(i * n1 + j) * n2..(i * n1 + j + 1) * n2];
                first[i * n1 + j] = dot(&row[low..high], &m2[low..high]);
                if m1[j] > NOTHING {
                    add(&mut second[i * n2..(i + 1) * n2], m1[j], row);
                }
                if m0[i] > NOTHING {
                    add(&mut third[j * n2..(j + 1) * n2], m0[i], row);
                }
            }
        }
        Pairs([first, second, third])
    }

    /// One sweep in turn: every q_j given the others as they now stand. F never rises.
    pub fn sweep(&self, state: &SpaceState) -> SpaceState {
        let [_, m1, m2] = &state.mass;
        let scaled = |field: Vec<f64>| field.into_iter().map(|v| self.beta * v).collect::<Vec<_>>();
        let pair = self.over_last(m2);
        let mut now = state.clone();
        now.logs[0] = scaled(rows(&pair, m1));
        now.mass[0] = normalise(&mut now.logs[0]);
        now.logs[1] = scaled(columns(&pair, &now.mass[0]));
        now.mass[1] = normalise(&mut now.logs[1]);
        now.logs[2] = scaled(self.over_first_two([&now.mass[0], &now.mass[1]]));
        now.mass[2] = normalise(&mut now.logs[2]);
        now
    }

    /// F = E_q\[log q - beta log pi\].
    pub fn objective(&self, state: &SpaceState) -> f64 {
        let entropy = |j: usize| dot(&state.mass[j], &state.logs[j]) - libm::log(self.axes[j].step);
        let last = self.over_first_two([&state.mass[0], &state.mass[1]]);
        entropy(0) + entropy(1) + entropy(2) - self.beta * dot(&last, &state.mass[2])
    }

    /// (x, q_j(x)) on the grid of coordinate `j` < 3.
    pub fn density(&self, state: &SpaceState, j: usize) -> Vec<(f64, f64)> {
        let axis = &self.axes[j];
        axis.x.iter().zip(&state.mass[j]).map(|(x, p)| (x + self.centre[j], p / axis.step)).collect()
    }

    /// E r_k(X), the mass of each mode by responsibilities.
    pub(super) fn masses(&self, state: &SpaceState) -> Vec<f64> {
        let [n0, n1, n2] = self.lengths();
        let mut total = vec![0.0; self.target.weights().len()];
        let mut terms = vec![0.0; total.len()];
        for i in (0..n0).filter(|&i| state.mass[0][i] > NOTHING) {
            for j in (0..n1).filter(|&j| state.mass[1][j] > NOTHING) {
                for k in 0..n2 {
                    let mass = state.mass[0][i] * state.mass[1][j] * state.mass[2][k];
                    if mass > NOTHING {
                        let at = [self.axes[0].x[i], self.axes[1].x[j], self.axes[2].x[k]];
                        let whole = self.log_density[(i * n1 + j) * n2 + k];
                        for (term, shape) in terms.iter_mut().zip(self.target.shapes()) {
                            *term = log_component(shape, &self.centre, at) - whole;
                        }
                        total.iter_mut().zip(&terms).for_each(|(sum, log)| *sum += mass * libm::exp(*log));
                    }
                }
            }
        }
        total
    }
}

impl Pairs {
    /// sum over the other coordinates of E log pi given x_j and x_i, times the change of the masses of i: by coordinate j.
    pub(super) fn changes(&self, change: &[Vec<f64>; 3]) -> [Vec<f64>; 3] {
        let mut sums = change.each_ref().map(|change| vec![0.0; change.len()]);
        for ([first, second], matrix) in PAIRS.into_iter().zip(&self.0) {
            let (by_rows, by_columns) = (rows(matrix, &change[second]), columns(matrix, &change[first]));
            add(&mut sums[first], 1.0, &by_rows);
            add(&mut sums[second], 1.0, &by_columns);
        }
        sums
    }
}

/// sum += by v.
fn add(sum: &mut [f64], by: f64, v: &[f64]) {
    sum.iter_mut().zip(v).for_each(|(sum, v)| *sum += by * v);
}

/// Matrix times `weight`, by rows.
fn rows(matrix: &[f64], weight: &[f64]) -> Vec<f64> {
    matrix.chunks_exact(weight.len()).map(|row| dot(row, weight)).collect()
}

/// The transposed matrix times `weight`.
fn columns(matrix: &[f64], weight: &[f64]) -> Vec<f64> {
    let n = matrix.len() / weight.len();
    let mut sum = vec![0.0; n];
    for (row, w) in matrix.chunks_exact(n).zip(weight).filter(|(_, w)| w.abs() > NOTHING) {
        add(&mut sum, *w, row);
    }
    sum
}

/// From the first mass that counts to behind the last.
fn support(mass: &[f64]) -> (usize, usize) {
    let seen = |p: &f64| *p > NOTHING;
    match (mass.iter().position(seen), mass.iter().rposition(seen)) {
        (Some(low), Some(high)) => (low, high + 1),
        _ => (0, 0),
    }
}

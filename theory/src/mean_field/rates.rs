//! How fast the Wasserstein flow forgets a perturbation of a stationary point, mean field (M9).

use std::f64::consts::PI;

use super::complex::Complex;
use super::fit::MeanField;
use super::lattice::Sides;
use super::linear::{eigenpairs, eigenvalues};
use super::scalar_sum::MeanFieldState;
use crate::parameter::InvalidParameter;

/// Eigenfunctions of L kept of each group: couplings of log cosh fall like e^(-(pi/2) (2k)^(1/2)/a) in the k-th, and count
/// squared.
const KEPT: usize = 100;
/// Most groups: the last matrix has `KEPT` rows for each.
const MOST: usize = 4;

/// A group's L in the coordinates psi = q^(1/2) eta: eigenvalues above 0, and the eigenvectors on its grid.
struct Diffusion {
    values: Vec<f64>,
    /// sqrt(mass) times the vector, which is mass times eta.
    weighted: Vec<Sides>,
}

impl MeanField {
    /// |a_perp|^2 (E sech^2 S + beta E tau(X_i)^2), tau(x) = E\[tanh(S+h)|X_i = x\], i a coordinate of group `group`: where it
    /// exceeds 1 at an even stationary point, that point is a saddle of F, mean field (M4).
    ///
    /// Errors: `group` not the index of a group.
    pub fn saddle_test(&self, state: &MeanFieldState, group: usize) -> Result<f64, InvalidParameter> {
        if group >= self.sum.axes.len() {
            let rule = format!("be below the number of groups, {}", self.sum.axes.len());
            return Err(InvalidParameter::new("group", group, rule));
        }
        let axis = &self.sum.axes[group];
        let rest = self.pair.norm() * self.pair.norm() - axis.term.slope * axis.term.slope;
        let tau = axis.slopes(&self.sum.waves, &state.law.without(group, &self.sum.waves)).0;
        let square = state.marginals[group].mean_of(&tau.map(|t| t * t));
        let kappa2 = self.sum.waves.averages(&state.law.total).2;
        Ok(rest * (kappa2 + self.pair.beta() * square))
    }

    /// The `count` smallest rates of the Wasserstein flow (M9) about a stationary point, on perturbations common to the
    /// coordinates of each group, kl clock, ascending; negative where the flow leaves: eigenvalues of L^(1/2) (I-T) L^(1/2),
    /// L_j = -(1/q_j) d_x(q_j d_x .). Absolute error about 1e-11.
    ///
    /// In psi = q^(1/2) eta, L is the Schroedinger operator -d^2 + (log q)'^2/4 + (log q)''/2, taken on the grid by the sinc
    /// method, and T is projected on its lowest eigenfunctions. The time grows like the sixth power of the largest a_j.
    ///
    /// Errors: more than four groups.
    pub fn relaxation_rates(&self, state: &MeanFieldState, count: usize) -> Result<Vec<f64>, InvalidParameter> {
        if self.sum.axes.len() > MOST {
            return Err(InvalidParameter::new("groups", self.sum.axes.len(), "be at most 4 in number for rates"));
        }
        let parts: Vec<Diffusion> = (0..self.sum.axes.len()).map(|g| self.diffusion(state, g)).collect();
        let index: Vec<(usize, usize)> =
            parts.iter().enumerate().flat_map(|(g, part)| (0..part.values.len()).map(move |i| (g, i))).collect();
        let used = state.law.used();
        let mut matrix = vec![vec![0.0; index.len()]; index.len()];
        for (column, &(h, j)) in index.iter().enumerate() {
            let share = 1.0 / (self.sum.axes[h].term.count as f64).sqrt();
            let hat = self.sum.axes[h].transform(&parts[h].weighted[j], used);
            let none = vec![Complex::default(); used];
            let mut hats = vec![none; self.sum.axes.len()];
            hats[h] = hat.into_iter().map(|c| c.scale(share)).collect();
            let changes = state.law.changes(&hats, &self.sum.waves);
            let fields: Vec<Sides> =
                self.sum.axes.iter().zip(&changes).map(|(axis, change)| axis.field(&self.sum.waves, change)).collect();
            for (row, &(g, i)) in index.iter().enumerate() {
                let response = self.pair.beta()
                    * (self.sum.axes[g].term.count as f64).sqrt()
                    * parts[g].weighted[i].dot(&fields[g]);
                let identity = f64::from(u8::from(row == column));
                matrix[row][column] = (parts[g].values[i] * parts[h].values[j]).sqrt() * (identity - response);
            }
        }
        // Symmetric up to rounding.
        for row in 0..matrix.len() {
            for column in 0..row {
                let mean = 0.5 * (matrix[row][column] + matrix[column][row]);
                (matrix[row][column], matrix[column][row]) = (mean, mean);
            }
        }
        let mut rates = eigenvalues(matrix);
        rates.truncate(count);
        Ok(rates)
    }

    fn diffusion(&self, state: &MeanFieldState, g: usize) -> Diffusion {
        let axis = &self.sum.axes[g];
        let (beta, a) = (self.pair.beta(), axis.term.slope);
        let (first, second) = axis.slopes(&self.sum.waves, &state.law.without(g, &self.sum.waves));
        let last = axis.x.len() - 1;
        let size = 2 * last + 1;
        let at = |sides: &Sides, i: usize| if i < last { sides.minus[last - i] } else { sides.plus[i - last] };
        let potential = |i: usize| {
            let slope = beta * (a * at(&first, i) - (i as f64 - last as f64) * axis.dx);
            let bend = beta * (a * a * at(&second, i) - 1.0);
            0.25 * slope * slope + 0.5 * bend
        };
        let entry = |i: usize, j: usize| {
            let n = i.abs_diff(j) as f64;
            let sign = if (i + j).is_multiple_of(2) { 1.0 } else { -1.0 };
            let kinetic = if i == j { PI * PI / 3.0 } else { 2.0 * sign / (n * n) };
            kinetic / (axis.dx * axis.dx) + if i == j { potential(i) } else { 0.0 }
        };
        let pairs = eigenpairs((0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect());
        let mass = &state.marginals[g].mass;
        let weigh = |vector: &Vec<f64>| {
            Sides::new(last + 1, |k, sign| {
                let i = if sign > 0.0 { last + k } else { last - k };
                let own = if sign > 0.0 { mass.plus[k] } else { mass.minus[k] };
                // The mass of the point 0 is shared between the two sides.
                if k == 0 { 0.5 * (2.0 * own).sqrt() * vector[i] } else { own.sqrt() * vector[i] }
            })
        };
        // The ground state is q^(1/2) itself, with eigenvalue 0.
        let kept = pairs.iter().skip(1).take(KEPT);
        Diffusion { values: kept.clone().map(|p| p.0).collect(), weighted: kept.map(|p| weigh(&p.1)).collect() }
    }
}

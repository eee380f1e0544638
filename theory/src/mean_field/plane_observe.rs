//! Averages under a product measure in the plane, and the derivative in the angle: mean field (M21)-(M22).

use super::plane::{PlaneFrame, PlaneState, dot};
use super::plane_grid::{responsibilities, turned_back};

/// Averages under a product measure in the frame x = c + R y.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneObservables {
    /// F = E_q\[log q - beta log pi\]; KL(q||pi) at T = 1.
    pub objective: f64,
    /// C_k = E_q r_k, the mass of each component by responsibilities; coverage is C_k/v_k.
    pub masses: Vec<f64>,
    /// E\[R^T x\], about the origin of x.
    pub means: [f64; 2],
    /// Var Y_j.
    pub variances: [f64; 2],
    /// M_ij = E\[g_i(Y) Y_j\], g = grad of -log pi(c + R y), by rows; mean field (M21).
    pub cross_moments: [[f64; 2]; 2],
    /// dF/d alpha per radian, the marginals as they are: beta (M_21 - M_12), mean field (M21)-(M22). With the state at its optimum
    /// this is dF*/d alpha (envelope theorem).
    pub slope: f64,
}

/// Masses of points of the grid that add nothing.
const NOTHING: f64 = 1e-24;

impl PlaneFrame<'_> {
    /// Averages under `state`.
    pub fn observe(&self, state: &PlaneState) -> PlaneObservables {
        let x = &self.plane.axis.x;
        let mut masses = vec![0.0; self.components.len()];
        let mut shares = masses.clone();
        let mut row = vec![[0.0; 3]; masses.len()];
        let mut moments = [0.0; 2];
        let mut cross_moments = [[0.0; 2]; 2];
        for (y, p) in x.iter().zip(&state.mass[0]) {
            if *p <= NOTHING {
                continue;
            }
            // Row by row: one running sum over the plane would lose two digits.
            row.iter_mut().for_each(|sums| *sums = [0.0; 3]);
            for (z, q) in x.iter().zip(&state.mass[1]) {
                if p * q <= NOTHING {
                    continue;
                }
                responsibilities(&self.components, *y, *z, &mut shares);
                for ((sums, share), component) in row.iter_mut().zip(&shares).zip(&self.components) {
                    let part = q * share;
                    let [first, second] = component.pull(*y, *z);
                    *sums = [sums[0] + part, sums[1] + part * first, sums[2] + part * second];
                    moments[0] += p * part * first * z;
                    moments[1] += p * part * second * z;
                }
            }
            for (mass, sums) in masses.iter_mut().zip(&row) {
                *mass += p * sums[0];
                cross_moments[0][0] += p * y * sums[1];
                cross_moments[1][0] += p * y * sums[2];
            }
            cross_moments[0][1] += std::mem::take(&mut moments[0]);
            cross_moments[1][1] += std::mem::take(&mut moments[1]);
        }
        let about = [0, 1].map(|j| dot(&state.mass[j], x));
        let variances = [0, 1].map(|j| {
            let square = |(p, x): (&f64, &f64)| p * (x - about[j]) * (x - about[j]);
            state.mass[j].iter().zip(x).map(square).sum()
        });
        let centre = self.plane.target.centre();
        let shift = turned_back(self.angle, [centre[0], centre[1]]);
        PlaneObservables {
            objective: self.objective(state),
            masses,
            means: [about[0] + shift[0], about[1] + shift[1]],
            variances,
            slope: self.beta * (cross_moments[1][0] - cross_moments[0][1]),
            cross_moments,
        }
    }

    /// The density of Y_j, `coordinate` j = 0 or 1, about the target's centre: pairs (y, q_j(y)).
    ///
    /// Panics where `coordinate` is neither.
    pub fn density(&self, state: &PlaneState, coordinate: usize) -> Vec<(f64, f64)> {
        let axis = &self.plane.axis;
        axis.x.iter().zip(&state.mass[coordinate]).map(|(x, p)| (*x, p / axis.step)).collect()
    }
}

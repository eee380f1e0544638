//! Perturbations of product measures in the plane.

use super::krylov::Space;
use super::plane::{PlaneFrame, PlaneState, centred};

/// Perturbations q_j (1 + eta_j) of a state, with T of mean field (M5)-(M6): (T eta)_1 = beta E\[eta_2 log pi\], centred.
pub(super) struct Perturbations<'a> {
    pub(super) frame: &'a PlaneFrame<'a>,
    pub(super) state: &'a PlaneState,
    /// Whether [`Space::apply`] is I - T, or T.
    pub(super) hessian: bool,
}

impl Space for Perturbations<'_> {
    type Vector = [Vec<f64>; 2];

    fn inner(&self, v: &Self::Vector, w: &Self::Vector) -> f64 {
        let of = |j: usize| self.state.mass[j].iter().zip(v[j].iter().zip(&w[j])).map(|(p, (v, w))| p * v * w);
        of(0).sum::<f64>() + of(1).sum::<f64>()
    }

    fn add(&self, v: &Self::Vector, s: f64, w: &Self::Vector) -> Self::Vector {
        [0, 1].map(|j| v[j].iter().zip(&w[j]).map(|(v, w)| v + s * w).collect())
    }

    fn apply(&self, v: &Self::Vector) -> Self::Vector {
        let image = [0, 1].map(|j| {
            let mass = &self.state.mass[1 - j];
            let change: Vec<f64> = mass.iter().zip(&v[1 - j]).map(|(p, eta)| p * eta).collect();
            centred(&self.state.mass[j], self.frame.field(j, &change))
        });
        if self.hessian { self.add(v, -1.0, &image) } else { image }
    }
}

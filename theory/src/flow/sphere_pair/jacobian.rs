//! The Jacobian of the paper's pair.

use super::{Local, SpherePair, SphereVariance, own_overlap};
use crate::flow::{Flow, SmoothFlow};
use crate::kernel::{LogisticJet, repulsion_jet};

impl SmoothFlow for SpherePair {
    fn jacobian(&self, beta: f64, state: &[f64], jacobian: &mut [f64]) {
        let n = self.dimension();
        let (m1, m2, s) = (state[0], state[1], state[2]);
        let local = self.local(beta, state);
        let square = self.options.radius * self.options.radius;
        let speed = self.speed(beta);
        let jet = repulsion_jet(local.gap);
        let push = jet.value / local.variance;
        // dq/ds = -2 R^2/var.
        let push_s = -2.0 * square / local.variance * jet.d1 / local.variance;
        let [tau1, tau2] = local.pulls.map(|pull| beta * (2.0 * pull.value - 1.0));
        let [slope1, slope2] = local.pulls.map(|pull| beta * 4.0 * square * pull.d1);
        let (cross1, cross2) = (m2 - m1 * s, m1 - m2 * s);
        let rows = [
            [push * s + slope1 * (1.0 - m1 * m1) - 2.0 * tau1 * m1, -push, push * m1 - push_s * cross1],
            [-push, push * s + slope2 * (1.0 - m2 * m2) - 2.0 * tau2 * m2, push * m2 - push_s * cross2],
            [
                slope1 * cross1 - tau1 * s + tau2,
                slope2 * cross2 - tau2 * s + tau1,
                4.0 * push * s - 2.0 * push_s * (1.0 - s) * (1.0 + s) - tau1 * m1 - tau2 * m2,
            ],
        ];
        for (i, row) in rows.iter().enumerate() {
            for (j, value) in row.iter().enumerate() {
                jacobian[i * n + j] = speed * value;
            }
        }
        if let SphereVariance::Lagging { dimension } = self.options.variance {
            self.variance_jacobian(beta, state, &local, dimension, jacobian);
        }
    }
}

impl SpherePair {
    /// The row and the column of log var in the Jacobian.
    fn variance_jacobian(&self, beta: f64, state: &[f64], local: &Local, dimension: f64, jacobian: &mut [f64]) {
        let (m1, m2, s) = (state[0], state[1], state[2]);
        let (square, var, q) = (self.options.radius * self.options.radius, local.variance, local.gap);
        let speed = self.speed(beta);
        let clock = self.options.clock.factor(beta);
        let jet = repulsion_jet(q);
        // dq/dlog var = -q; b = 2 R sqrt(var): db/dlog var = b/2 and dL/db = b L_aa, so dtau/dlog var = b^2 L_aa.
        let push_v = -(jet.value + q * jet.d1) / var;
        let b_square = 4.0 * square * var;
        let [tau1_v, tau2_v] = local.pulls.map(|pull| beta * b_square * pull.d2);
        let (cross1, cross2) = (m2 - m1 * s, m1 - m2 * s);
        jacobian[3] = -speed * (push_v * cross1 - tau1_v * (1.0 - m1 * m1));
        jacobian[7] = -speed * (push_v * cross2 - tau2_v * (1.0 - m2 * m2));
        jacobian[11] = -speed * (2.0 * push_v * (1.0 - s) * (1.0 + s) - tau1_v * cross1 - tau2_v * cross2);

        let overlap = own_overlap(q);
        // d/dq of L_a(-q/2, sqrt q) = (L_aaa - L_aa)/2, by dL/db = b L_aa.
        let own = q * overlap.d1 / var;
        let own_q = (overlap.d1 + q * (overlap.d3 - overlap.d2) / 2.0) / var;
        let target_m = |pull: &LogisticJet| beta * 4.0 * square * square * pull.d2;
        let target_v: f64 = local.pulls.iter().map(|pull| beta * square * b_square * pull.d3).sum();
        jacobian[12] = clock * target_m(&local.pulls[0]) / dimension;
        jacobian[13] = clock * target_m(&local.pulls[1]) / dimension;
        jacobian[14] = clock * own_q * 2.0 * square / var / dimension;
        jacobian[15] = -clock * (1.0 / var + (-own - q * own_q - target_v) / dimension);
    }
}

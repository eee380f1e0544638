//! Means and pulls of two components as half sums and half differences, so that close components keep their digits.

use crate::montecarlo::lanes::step::{LANES, Lane};
use crate::montecarlo::mixture::lanes::{MixtureLanes, Plain};

impl<const D: usize> MixtureLanes<'_, D> {
    /// x and y; on the sphere those of R mu_i/|mu_i|, so that a drift off it does not feed back.
    #[inline(always)]
    pub(crate) fn means<const N: usize>(&self, state: &[Lane; N]) -> ([Lane; D], [Lane; D]) {
        let (mut x, mut y) = ([[0.0; LANES]; D], [[0.0; LANES]; D]);
        x.copy_from_slice(&state[..D]);
        y.copy_from_slice(&state[D..2 * D]);
        let Some(radius) = self.radius else { return (x, y) };
        for l in 0..LANES {
            let (mut one, mut two, mut cross) = (0.0, 0.0, 0.0);
            for n in 0..D {
                let (p, m) = (x[n][l] + y[n][l], x[n][l] - y[n][l]);
                one += p * p;
                two += m * m;
                cross += x[n][l] * y[n][l];
            }
            let (one, two) = (one.sqrt(), two.sqrt());
            let sum = 0.5 * radius * (one + two) / (one * two);
            // 1/|mu_1| - 1/|mu_2|, from |mu_1|^2 - |mu_2|^2 = 4 x.y
            let difference = -2.0 * radius * cross / (one * two * (one + two));
            for n in 0..D {
                let (p, m) = (x[n][l], y[n][l]);
                x[n][l] = sum * p + difference * m;
                y[n][l] = sum * m + difference * p;
            }
        }
        (x, y)
    }

    /// Half sum and half difference of the pulls -dF/dmu_i/w_i of theory (2).
    #[inline(always)]
    pub(crate) fn pulls(&self, beta: f64, plain: &Plain<D>) -> [[Lane; D]; 2] {
        let mut pulls = [[[0.0; LANES]; D]; 2];
        let [w1, w2] = &plain.overlap.weights;
        for l in 0..LANES {
            let push = plain.overlap.shared[l] / plain.variance[l];
            let lean = push * (w2[l] - w1[l]);
            let [one, two] = [plain.pull.balance[0][l], plain.pull.balance[1][l]];
            let (sum, difference) = (0.5 * (one + two), 0.5 * (one - two));
            for n in 0..D {
                let (x, y, h) = (plain.x[n][l] - self.modes.centre[n], plain.y[n][l], self.modes.half[n]);
                pulls[0][n][l] = lean * y + beta * (h * sum - x);
                pulls[1][n][l] = push * y + beta * (h * difference - y);
            }
        }
        if let Some(radius) = self.radius {
            self.project(radius, plain, &mut pulls);
        }
        pulls
    }

    /// Projection on the tangent spaces: mu_i.p_i/R^2 as half sum and half difference too.
    #[inline(always)]
    fn project(&self, radius: f64, plain: &Plain<D>, pulls: &mut [[Lane; D]; 2]) {
        let inverse = 1.0 / (radius * radius);
        for l in 0..LANES {
            let (mut sum, mut difference) = (0.0, 0.0);
            for n in 0..D {
                sum += plain.x[n][l] * pulls[0][n][l] + plain.y[n][l] * pulls[1][n][l];
                difference += plain.x[n][l] * pulls[1][n][l] + plain.y[n][l] * pulls[0][n][l];
            }
            let (sum, difference) = (sum * inverse, difference * inverse);
            for n in 0..D {
                pulls[0][n][l] -= sum * plain.x[n][l] + difference * plain.y[n][l];
                pulls[1][n][l] -= difference * plain.x[n][l] + sum * plain.y[n][l];
            }
        }
    }
}

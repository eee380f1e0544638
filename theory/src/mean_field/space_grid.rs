//! The tensor grid of a target in space.

use super::gaussian_mixture::Shape;
use super::plane_grid::PlaneAxis;

/// Deviations beyond the outermost mean: density e^(-36).
const REACH: f64 = 8.5;
/// Step in the smallest conditional deviation, error e^(-2 pi^2/0.6^2); and the step times the slope of log(P_k/P_l) half way between
/// two means, where log pi has its poles: error e^(-2 pi^2/0.55), 3e-16.
const SMOOTH: f64 = 0.6;
const POLES: f64 = 0.55;
/// Differences of log densities that 1 + e^-t does not see.
const UNSEEN: f64 = 38.0;

/// Step of coordinate `j` and points on either side of the centre.
pub(super) fn extent(shapes: &[Shape], centre: &[f64], temperature: f64, j: usize) -> (f64, f64) {
    let mut step = f64::INFINITY;
    let mut reach = 0.0f64;
    for (k, a) in shapes.iter().enumerate() {
        step = step.min(SMOOTH * (temperature / a.precision[j][j]).sqrt());
        reach = reach.max((a.mean[j] - centre[j]).abs() + REACH * (temperature * a.covariance[j][j]).sqrt());
        for b in &shapes[..k] {
            let half = |i: usize| 0.5 * (b.mean[i] - a.mean[i]);
            let slope: f64 = (0..3).map(|i| (a.precision[j][i] + b.precision[j][i]) * half(i)).sum();
            step = step.min(POLES / slope.abs());
        }
    }
    (step, (reach / step).ceil())
}

/// log(v_k N(x; mu_k, Sigma_k)) at a point about the centre.
pub(super) fn log_component(shape: &Shape, centre: &[f64], at: [f64; 3]) -> f64 {
    let off = [0, 1, 2].map(|i| at[i] + centre[i] - shape.mean[i]);
    let square: f64 = (0..3).map(|i| off[i] * (0..3).map(|l| shape.precision[i][l] * off[l]).sum::<f64>()).sum();
    shape.ground - 0.5 * square
}

/// log pi at every node: along the last coordinate each component is a parabola.
pub(super) fn density(shapes: &[Shape], centre: &[f64], axes: &[PlaneAxis; 3]) -> Vec<f64> {
    let mut all = Vec::with_capacity(axes.iter().map(|axis| axis.x.len()).product());
    let mut rows: Vec<[f64; 3]> = vec![[0.0; 3]; shapes.len()];
    for x in &axes[0].x {
        for y in &axes[1].x {
            for (row, shape) in rows.iter_mut().zip(shapes) {
                let off = [x + centre[0] - shape.mean[0], y + centre[1] - shape.mean[1]];
                let p = &shape.precision;
                let square = p[0][0] * off[0] * off[0] + 2.0 * p[0][1] * off[0] * off[1] + p[1][1] * off[1] * off[1];
                let slope = p[0][2] * off[0] + p[1][2] * off[1];
                *row = [shape.ground - 0.5 * square, slope, p[2][2]];
            }
            all.extend(axes[2].x.iter().map(|z| {
                let terms = rows.iter().zip(shapes).map(|([ground, slope, precision], shape)| {
                    let off = z + centre[2] - shape.mean[2];
                    ground - off * (slope + 0.5 * precision * off)
                });
                log_sum(terms)
            }));
        }
    }
    all
}

/// log of the sum of exponentials; most places belong to one component, and cost no exponential.
fn log_sum(terms: impl Iterator<Item = f64>) -> f64 {
    terms.fold(f64::NEG_INFINITY, |sum, term| {
        let (high, low) = if term > sum { (term, sum) } else { (sum, term) };
        if high - low < UNSEEN { high + libm::log1p(libm::exp(low - high)) } else { high }
    })
}

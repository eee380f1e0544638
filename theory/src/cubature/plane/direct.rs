//! Gaussians that see up to three classes: kernels, or one integral of kernels.

use super::super::few_averages::Few;
use super::super::{few, triple};
use super::scene::{PlaneIntegrand, square};
use super::{PlaneAverages, Wanted};

/// Averages over the Gaussian of that row, which sees those classes, into `out`; false where a grid is better.
#[inline(always)]
pub(super) fn average(
    scene: &PlaneIntegrand,
    row: usize,
    seen: &[usize],
    tolerance: f64,
    wanted: Wanted,
    out: &mut PlaneAverages,
) -> bool {
    let (centre, scale) = (scene.centres[row], scene.spread / (scene.variance * scene.variance));
    let logit = |k: usize| scene.logit(k, &centre);
    let apart = |j: usize, k: usize| square(&scene.points[j], &scene.points[k]);
    let tolerance = tolerance * libm::exp(scene.spared[row]);
    let found = match *seen {
        [one] => Few { mean: [1.0, 0.0, 0.0, 0.0], log_sum: logit(one), ..Few::default() },
        [one, two] => few::pair([logit(one), logit(two)], (scale * apart(one, two)).sqrt()),
        [one, two, three] => {
            let squares = [scale * apart(two, three), scale * apart(three, one), scale * apart(one, two)];
            match triple::three(&[logit(one), logit(two), logit(three)], &squares, tolerance, wanted.traces) {
                Some(found) => found,
                None => return false,
            }
        }
        _ => return false,
    };
    out.rows.log_sum[row] = found.log_sum;
    for (i, &j) in seen.iter().enumerate() {
        for axis in 0..2 {
            out.pulls[2 * row + axis] += found.mean[i] * (scene.points[j][axis] - centre[axis]);
        }
        if wanted.traces {
            for (l, &k) in seen[..i].iter().enumerate() {
                out.rows.trace[row] += found.cross[i][l] * apart(j, k);
            }
        }
        if wanted.means {
            let n = out.rows.mean.len() / out.rows.log_sum.len();
            out.rows.mean[row * n + scene.present[j]] = found.mean[i];
        }
    }
    true
}

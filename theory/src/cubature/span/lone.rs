//! A cell in which one class is all: Gaussian integrals of linear functions over a box.

use super::cell::Cell;
use super::scene::SpanIntegrand;
use super::tile::TileSums;

/// `(Phi(b) - Phi(a), phi(a) - phi(b))`, the first from the tails on one side so that it keeps its digits.
fn interval(a: f64, b: f64) -> (f64, f64) {
    let upper = |x: f64| 0.5 * libm::erfc(x / std::f64::consts::SQRT_2);
    let mass = if a > 0.0 { upper(a) - upper(b) } else { upper(-b) - upper(-a) };
    let bell = |x: f64| libm::exp(-0.5 * x * x) / std::f64::consts::TAU.sqrt();
    (mass, bell(a) - bell(b))
}

/// Mass and first moment about the cell's centre of one Gaussian in a cell.
pub(super) fn integrate<const D: usize>(scene: &SpanIntegrand<D>, cell: &Cell<D>, gaussian: usize) -> TileSums<D> {
    let mut sums = TileSums { mass: 1.0, moment: [1.0; D], log: 0.0, trace: 0.0 };
    for a in 0..D {
        let apart = cell.centre[a] - scene.centres[gaussian][a];
        let (mass, first) = interval((apart - cell.half[a]) / scene.root, (apart + cell.half[a]) / scene.root);
        sums.mass *= mass;
        for (b, m) in sums.moment.iter_mut().enumerate() {
            *m *= if a == b { scene.root * first - apart * mass } else { mass };
        }
    }
    sums
}

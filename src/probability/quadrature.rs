//! Adaptive Gauss-Kronrod quadrature of functions that are costly and, here and there, kinked.

use collapsar_theory::numerics::{GAUSS_7, KRONROD_15, KRONROD_15_NODES};

use crate::parallel;

/// [0, 1] in two panels: where an integrand is nothing over most of it, the two rules of a single panel may agree by
/// chance.
pub(crate) const HALVES: [f64; 3] = [0.0, 0.5, 1.0];

/// Panels after which an integral is given up as it is.
const MOST_PANELS: usize = 200;

/// An integral with its error estimate.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Integral {
    /// The value.
    pub value: f64,
    /// The sum of the panels' |Kronrod - Gauss| and the weighted errors of the integrand.
    pub error: f64,
    /// Evaluations of the integrand.
    pub evaluations: usize,
}

struct QuadraturePanel {
    ends: (f64, f64),
    value: f64,
    error: f64,
    inner: f64,
}

/// An integrand: a value and an error of its own.
type Sample = (f64, f64);

/// The integral of f over the panels between `edges` (increasing), refined until the estimated error is below `tolerance`. Points are
/// visited in increasing order within a panel.
pub fn integrate(f: &mut dyn FnMut(f64) -> Sample, edges: &[f64], tolerance: f64) -> Integral {
    refine(&mut |points| points.iter().map(|&x| f(x)).collect(), edges, tolerance)
}

/// The same with the points of a panel evaluated side by side: the result does not depend on the number of threads.
pub fn integrate_parallel(f: &(dyn Fn(f64) -> Sample + Sync), edges: &[f64], tolerance: f64) -> Integral {
    refine(&mut |points| parallel::map(points, |&x| f(x)), edges, tolerance)
}

fn refine(evaluate: &mut dyn FnMut(&[f64; 15]) -> Vec<Sample>, edges: &[f64], tolerance: f64) -> Integral {
    let mut panels: Vec<QuadraturePanel> = edges.windows(2).map(|w| panel(evaluate, (w[0], w[1]))).collect();
    let mut evaluations = 15 * panels.len();
    loop {
        let error: f64 = panels.iter().map(|p| p.error).sum();
        let worst = (0..panels.len()).max_by(|&i, &j| panels[i].error.total_cmp(&panels[j].error));
        let Some(worst) = worst.filter(|_| error > tolerance && panels.len() < MOST_PANELS) else {
            let inner: f64 = panels.iter().map(|p| p.inner).sum();
            let value = panels.iter().map(|p| p.value).sum();
            return Integral { value, error: error + inner, evaluations };
        };
        let (a, b) = panels[worst].ends;
        let middle = a + (b - a) / 2.0;
        panels[worst] = panel(evaluate, (a, middle));
        panels.insert(worst + 1, panel(evaluate, (middle, b)));
        evaluations += 30;
    }
}

fn panel(evaluate: &mut dyn FnMut(&[f64; 15]) -> Vec<Sample>, ends: (f64, f64)) -> QuadraturePanel {
    let (centre, half) = (ends.0 + (ends.1 - ends.0) / 2.0, (ends.1 - ends.0) / 2.0);
    let at =
        |i: usize| if i < 7 { centre - half * KRONROD_15_NODES[i] } else { centre + half * KRONROD_15_NODES[14 - i] };
    let values = evaluate(&std::array::from_fn(at));
    let (mut kronrod, mut gauss, mut inner) = (0.0, 0.0, 0.0);
    for (i, (value, error)) in values.iter().enumerate() {
        let node = i.min(14 - i);
        kronrod += KRONROD_15[node] * value;
        inner += KRONROD_15[node] * error;
        if node % 2 == 1 {
            gauss += GAUSS_7[node / 2] * value;
        }
    }
    // The plain difference is the Gauss rule's error: pessimistic where f is smooth, honest where it has a kink.
    let error = half * (kronrod - gauss).abs();
    QuadraturePanel { ends, value: half * kronrod, error, inner: half * inner }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_estimates_hold_on_kinks() {
        let mut kink = |x: f64| ((x - 0.3).abs(), 0.0);
        let integral = integrate(&mut kink, &[-1.0, 1.0], 1e-9);
        let exact = (1.3f64.powi(2) + 0.7f64.powi(2)) / 2.0;
        // One panel holds the kink to the last: its error is a multiple of the square of its width, and rounding stays.
        assert!((integral.value - exact).abs() <= integral.error + 1e-14 && integral.error <= 1e-9, "{integral:?}");
        assert_eq!(integrate_parallel(&|x: f64| ((x - 0.3).abs(), 0.0), &[-1.0, 1.0], 1e-9), integral);
        let mut noisy = |x: f64| (x, 0.1);
        assert!((integrate(&mut noisy, &[0.0, 1.0], 1e-9).error - 0.1).abs() < 1e-12);
    }
}

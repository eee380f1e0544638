//! Quadrature of functions that are costly and, here and there, kinked: Fejer's nested rules where they converge, else
//! adaptive Gauss-Kronrod.

use collapsar_theory::numerics::{GAUSS_7, KRONROD_15, KRONROD_15_NODES};

use crate::parallel;

/// [0, 1] in two panels: where an integrand is nothing over most of it, the two rules of a single panel may agree by
/// chance.
pub(crate) const HALVES: [f64; 3] = [0.0, 0.5, 1.0];

/// Nodes of Fejer's second rules, each one less than a power of two: each holds the nodes of the one before. Fewer may miss a
/// peak.
const NESTED: [usize; 3] = [15, 31, 63];
/// A tolerance from which on the first of them may do: what it misses of a peak is about as much.
const FEW_DIGITS: f64 = 5e-3;
/// Factor on the estimate: the coefficients of a root fall like 1/m^3, and more than four times as much is left out.
const SAFETY: f64 = 6.0;
/// The same for the first rule, whose eighths are two coefficients.
const FIRST_SAFETY: f64 = 24.0;

/// Panels after which an integral is given up as it is.
const MOST_PANELS: usize = 200;

/// An integral with its error estimate.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Integral {
    /// The value.
    pub value: f64,
    /// What the rule is estimated to be off by, and the weighted errors of the integrand.
    pub error: f64,
    /// Evaluations of the integrand.
    pub evaluations: usize,
}

impl std::ops::AddAssign for Integral {
    fn add_assign(&mut self, other: Self) {
        self.value += other.value;
        self.error += other.error;
        self.evaluations += other.evaluations;
    }
}

struct QuadraturePanel {
    ends: (f64, f64),
    value: f64,
    error: f64,
    inner: f64,
}

/// An integrand: a value and an error of its own.
type Sample = (f64, f64);

/// The integral of f over the panels between `edges` (increasing), to an estimated error below `tolerance`: by one rule for all
/// of them if that converges, else by panels that are refined. Coarser rules' points are visited before those between them.
pub fn integrate(f: &mut dyn FnMut(f64) -> Sample, edges: &[f64], tolerance: f64) -> Integral {
    all(&mut |points| points.iter().map(|&x| f(x)).collect(), edges, tolerance)
}

/// The same with the points of a rule evaluated side by side: the result does not depend on the number of threads.
pub fn integrate_parallel(f: &(dyn Fn(f64) -> Sample + Sync), edges: &[f64], tolerance: f64) -> Integral {
    all(&mut |points| parallel::map(points, |&x| f(x)), edges, tolerance)
}

/// The integrand at points.
type Evaluate<'a> = &'a mut dyn FnMut(&[f64]) -> Vec<Sample>;

fn all(evaluate: Evaluate<'_>, edges: &[f64], tolerance: f64) -> Integral {
    let &[a, .., b] = edges else { return Integral::default() };
    let (found, converged) = nested(evaluate, (a, b), tolerance);
    if converged {
        return found;
    }
    let refined = refine(evaluate, edges, tolerance);
    Integral { evaluations: refined.evaluations + found.evaluations, ..refined }
}

/// Fejer's second rules of growing size (Fejer 1933; Waldvogel 2006), of 31 nodes and more, of 15 where few digits are asked for:
/// N - 1 nodes x_k = cos(k pi/N), of which the ends are none.
///
/// With f(cos t) sin t = sum_m b_m sin m t, m < N, the integral is the sum of 2 b_m/m over odd m. What is left out is of the
/// order of the next coefficients. The estimate takes them to fall as they did between the last two eighths, in the
/// largest of each: right for an exponential fall, as of an analytic integrand, and for 1/m^2, as of a kink, also where that
/// lies below a smooth part. Where nodes miss something, they do not fall.
fn nested(evaluate: Evaluate<'_>, (a, b): (f64, f64), tolerance: f64) -> (Integral, bool) {
    let (centre, half) = (a + (b - a) / 2.0, (b - a) / 2.0);
    let largest = NESTED[NESTED.len() - 1] + 1;
    let angle = |k: usize| std::f64::consts::PI * k as f64 / largest as f64;
    // By the place of the node in the largest rule.
    let mut known: Vec<Option<Sample>> = vec![None; largest];
    let mut found = Integral::default();
    for (round, nodes) in NESTED.into_iter().enumerate() {
        let stride = largest / (nodes + 1);
        // The coarser rules' nodes first; angles fall as the nodes rise.
        let mut fresh: Vec<usize> = (1..=nodes).rev().map(|k| k * stride).filter(|&k| known[k].is_none()).collect();
        fresh.sort_by_key(|k| std::cmp::Reverse(k.trailing_zeros()));
        let points: Vec<f64> = fresh.iter().map(|&k| centre + half * angle(k).cos()).collect();
        for (k, sample) in fresh.into_iter().zip(evaluate(&points)) {
            known[k] = Some(sample);
        }
        if round == 0 && tolerance < FEW_DIGITS {
            continue;
        }
        let samples: Vec<(f64, Sample)> =
            (1..=nodes).map(|k| (angle(k * stride), known[k * stride].unwrap_or_default())).collect();
        let scale = 2.0 * half / (nodes + 1) as f64;
        let mut value = 0.0;
        // The largest coefficients of each eighth.
        let mut eighths = [0.0f64; 8];
        for m in 1..=nodes {
            let terms = samples.iter().map(|(t, sample)| sample.0 * t.sin() * (m as f64 * t).sin());
            let coefficient = scale * terms.sum::<f64>();
            if m % 2 == 1 {
                value += 2.0 * coefficient / m as f64;
            }
            let eighth = &mut eighths[8 * m / (nodes + 1)];
            // What is not a number stays.
            if coefficient.is_nan() || coefficient.abs() > *eighth {
                *eighth = coefficient.abs();
            }
        }
        let safety = if round == 0 { FIRST_SAFETY } else { SAFETY };
        let error = safety * eighths[7] * (eighths[7] / eighths[6].max(f64::MIN_POSITIVE)).min(1.0);
        let weight = |t: f64| {
            let sum: f64 = (1..=nodes).step_by(2).map(|m| (m as f64 * t).sin() / m as f64).sum();
            2.0 * scale * t.sin() * sum
        };
        let own: f64 = samples.iter().map(|(t, sample)| weight(*t) * sample.1).sum();
        found = Integral { value, error: error + own, evaluations: nodes };
        // False for what is not a number.
        if error <= tolerance {
            return (found, true);
        }
    }
    (found, false)
}

fn refine(evaluate: Evaluate<'_>, edges: &[f64], tolerance: f64) -> Integral {
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

fn panel(evaluate: Evaluate<'_>, ends: (f64, f64)) -> QuadraturePanel {
    let (centre, half) = (ends.0 + (ends.1 - ends.0) / 2.0, (ends.1 - ends.0) / 2.0);
    let at =
        |i: usize| if i < 7 { centre - half * KRONROD_15_NODES[i] } else { centre + half * KRONROD_15_NODES[14 - i] };
    let values = evaluate(&std::array::from_fn::<f64, 15, _>(at));
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

    #[test]
    fn error_estimates_hold_on_smooth_functions_roots_and_peaks() {
        let pi = std::f64::consts::PI;
        let gauss = |x: f64, width: f64| (-0.5 * (x / width) * (x / width)).exp() / (width * (2.0 * pi).sqrt());
        let cases: [(&dyn Fn(f64) -> f64, f64); 6] = [
            (&|x| x.exp(), 1.0f64.exp() - (-1.0f64).exp()),
            (&|x| 1.0 / (1.0 + 25.0 * x * x), 0.4 * 5.0f64.atan()),
            (&|x| (1.0 - x * x).sqrt(), pi / 2.0),
            (&|x| if x > 0.123 { (x - 0.123).powf(1.5) } else { 0.0 }, 0.4 * 0.877f64.powf(2.5)),
            (&|x| gauss(x - 0.037, 0.02), 1.0),
            (&|x| (40.0 * x).cos(), 2.0 * 40.0f64.sin() / 40.0),
        ];
        for (i, (f, exact)) in cases.iter().enumerate() {
            for tolerance in [5e-2, 5e-3, 1e-3, 1e-5, 1e-7, 1e-9] {
                let found = integrate(&mut |x| (f(x), 0.0), &[-1.0, 0.0, 1.0], tolerance);
                assert!((found.value - exact).abs() <= found.error + 1e-13, "{i}, {tolerance:e}: {found:?}");
                assert!(found.error <= tolerance, "{i}, {tolerance:e}: {found:?}");
            }
        }
        // A weak root below a smooth part.
        let weak = |x: f64| (-4.0 * x * x).exp() + 1e-5 * (1.0 + x).sqrt();
        let exact = pi.sqrt() / 2.0 * libm::erf(2.0) + 1e-5 * 2.0 / 3.0 * 2.0f64.powf(1.5);
        for tolerance in [1e-5, 1e-6, 1e-7, 1e-8, 1e-9] {
            let found = integrate(&mut |x| (weak(x), 0.0), &[-1.0, 0.0, 1.0], tolerance);
            assert!((found.value - exact).abs() <= found.error + 1e-13, "{tolerance:e}: {found:?} for {exact}");
        }
        // A smooth integrand takes no more than one rule.
        assert!(integrate(&mut |x: f64| (x.exp(), 0.0), &HALVES, 1e-12).evaluations <= 31);
    }
}

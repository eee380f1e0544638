//! Far modes whose components are correlated: mean field 9.

use crate::numerics::{cholesky, forward};
use crate::parameter::{InvalidParameter, finite, positive};

/// min over product measures of KL(.||N(m, Lambda^-1)) = (1/2)(sum_j log Lambda_jj - log det Lambda), Lambda = `precision`
/// (row by row): what a component's correlations cost.
///
/// Errors: not a square, symmetric, positive definite matrix.
pub fn correlation_cost(precision: &[Vec<f64>]) -> Result<f64, InvalidParameter> {
    let factor = factor("precision", precision)?;
    Ok((0..precision.len()).map(|i| 0.5 * libm::log(precision[i][i]) - libm::log(factor[i][i])).sum())
}

/// R(p) = min over product measures q of p KL(q||P_+) + (1-p) KL(q||P_-) for P_+- = N(m_+-, Lambda_+-^-1), the term of mean
/// field (M25) for correlated coordinates: with Lambda_p = p Lambda_+ + (1-p) Lambda_-, delta = m_+ - m_-,
///
///   R = (1/2)(sum_j log (Lambda_p)_jj - p log det Lambda_+ - (1-p) log det Lambda_-)
///       + p (1-p) delta^T Lambda_+ Lambda_p^-1 Lambda_- delta/2,
///
/// which is -log int P_+^p P_-^(1-p) and the correlation cost of the normal law P_+^p P_-^(1-p)/int. Matrices row by row.
///
/// Errors: p outside \[0,1\], matrices that are not symmetric, positive definite and as large as `distance` is long.
pub fn correlated_divergence(
    mass: f64,
    distance: &[f64],
    precision_plus: &[Vec<f64>],
    precision_minus: &[Vec<f64>],
) -> Result<f64, InvalidParameter> {
    if !(0.0..=1.0).contains(&mass) {
        return Err(InvalidParameter::new("mass", mass, "lie between 0 and 1"));
    }
    for (name, precision) in [("precision_plus", precision_plus), ("precision_minus", precision_minus)] {
        if precision.len() != distance.len() {
            let rule = format!("have as many rows as `distance` has numbers, {}", distance.len());
            return Err(InvalidParameter::new(name, format!("{precision:?}"), rule));
        }
    }
    for &part in distance {
        finite("distance", part)?;
    }
    let plus = factor("precision_plus", precision_plus)?;
    let minus = factor("precision_minus", precision_minus)?;
    let mix = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| mass * a + (1.0 - mass) * b).collect();
    let mixed: Vec<Vec<f64>> = precision_plus.iter().zip(precision_minus).map(mix).collect();
    let both = factor("precision", &mixed)?;
    let half_log_det = |factor: &[Vec<f64>]| (0..factor.len()).map(|i| libm::log(factor[i][i])).sum::<f64>();
    let diagonal: f64 = (0..mixed.len()).map(|i| 0.5 * libm::log(mixed[i][i])).sum();
    let widths = diagonal - mass * half_log_det(&plus) - (1.0 - mass) * half_log_det(&minus);
    let right = forward(&both, &times(precision_minus, distance));
    let left = forward(&both, &times(precision_plus, distance));
    let shift: f64 = left.iter().zip(&right).map(|(l, r)| l * r).sum();
    Ok(widths + 0.5 * mass * (1.0 - mass) * shift)
}

/// The limit of KL* with two components and two or more separated coordinates: q takes one component whole,
/// min_k { -log w_k + cost_k }, cost_k = min over product measures of KL(.||P_k).
///
/// Errors: no component, a weight not positive, a cost not finite, unequal lengths.
pub fn one_mode_objective(weights: &[f64], costs: &[f64]) -> Result<f64, InvalidParameter> {
    if weights.is_empty() || weights.len() != costs.len() {
        let rule = format!("hold as many numbers as `costs`, {}, and not none", costs.len());
        return Err(InvalidParameter::new("weights", format!("{weights:?}"), rule));
    }
    let mut least = f64::INFINITY;
    for (&weight, &cost) in weights.iter().zip(costs) {
        least = least.min(finite("costs", cost)? - libm::log(positive("weights", weight)?));
    }
    Ok(least)
}

/// The lower triangle L with L L^T = `matrix`.
fn factor(name: &str, matrix: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, InvalidParameter> {
    let refused = |rule: &str| InvalidParameter::new(name, format!("{matrix:?}"), rule);
    let n = matrix.len();
    if n == 0 || matrix.iter().any(|row| row.len() != n) {
        return Err(refused("be square and not empty"));
    }
    if (0..n).any(|i| (0..i).any(|j| matrix[i][j] != matrix[j][i])) {
        return Err(refused("be symmetric"));
    }
    cholesky(matrix).ok_or_else(|| refused("be positive definite"))
}

fn times(matrix: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(v).map(|(m, v)| m * v).sum()).collect()
}

//! The target as the samples show it.

use crate::results::{ModeRecord, TargetRecord};

/// A fall of log p, in nats, that is none.
pub(super) const NO_BARRIER: f64 = 0.1;
/// Widths that differ by less are equal enough for the theory of equal widths.
pub(super) const EQUAL_WIDTHS: f64 = 1.5;
/// Distance of two modes in units of the root mean square of their spreads along the line between them where the covariances
/// are known, else over all coordinates.
pub(super) fn distance(modes: &[ModeRecord], [a, b]: [usize; 2]) -> f64 {
    let line: Vec<f64> = modes[b].mean.iter().zip(&modes[a].mean).map(|(x, y)| x - y).collect();
    let square: f64 = line.iter().map(|x| x * x).sum();
    let along = |mode: &ModeRecord| -> Option<f64> {
        if mode.covariance.is_empty() {
            return mode.variance;
        }
        let product: f64 = mode
            .covariance
            .iter()
            .zip(&line)
            .map(|(row, x)| x * row.iter().zip(&line).map(|(c, y)| c * y).sum::<f64>())
            .sum();
        Some(product / square)
    };
    match (along(&modes[a]), along(&modes[b])) {
        (Some(first), Some(second)) => (square / (0.5 * (first + second))).sqrt(),
        (Some(one), None) | (None, Some(one)) => (square / one).sqrt(),
        (None, None) => f64::NAN,
    }
}

/// The modes of which there are samples.
pub(super) fn seen(modes: &[ModeRecord]) -> Vec<usize> {
    (0..modes.len()).filter(|k| modes[*k].variance.is_some_and(|v| v > 0.0)).collect()
}

/// Of two modes and more, of which samples were seen.
pub(super) fn of(modes: &[ModeRecord], dimension: Option<usize>) -> Option<TargetRecord> {
    let seen = seen(modes);
    dimension.filter(|_| seen.len() >= 2)?;
    let pairs = seen.iter().enumerate().flat_map(|(at, a)| seen[at + 1..].iter().map(move |b| [*a, *b]));
    let (separation, nearest) = pairs.map(|pair| (distance(modes, pair), pair)).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let line: Vec<f64> = modes[nearest[1]].mean.iter().zip(&modes[nearest[0]].mean).map(|(x, y)| x - y).collect();
    let square: f64 = line.iter().map(|x| x * x).sum();
    let alignment = line.iter().map(|x| x * x / square).fold(0.0, f64::max);
    let variances = seen.iter().filter_map(|k| modes[*k].variance);
    let (least, most) = variances.fold((f64::INFINITY, 0.0f64), |(least, most), v| (least.min(v), most.max(v)));
    Some(TargetRecord {
        separation,
        nearest,
        alignment,
        angle: alignment.sqrt().min(1.0).acos().to_degrees(),
        effective_dimension: effective_dimension(modes, &seen),
        widths: most / least,
        toml: String::new(),
    })
}

fn effective_dimension(modes: &[ModeRecord], seen: &[usize]) -> Option<f64> {
    let d = modes[seen[0]].covariance.len();
    if d == 0 {
        return None;
    }
    let mean = |i: usize, j: usize| seen.iter().map(|k| modes[*k].weight * modes[*k].covariance[i][j]).sum::<f64>();
    let trace: f64 = (0..d).map(|i| mean(i, i)).sum();
    let squares: f64 = (0..d).flat_map(|i| (0..d).map(move |j| (i, j))).map(|(i, j)| mean(i, j).powi(2)).sum();
    Some(trace * trace / squares)
}

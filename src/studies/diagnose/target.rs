//! The target as the samples show it.

use crate::config::FittedFamily;
use crate::results::{ModeRecord, TargetRecord};
use crate::studies::number;

/// A fall of log p, in nats, that is none.
pub(super) const NO_BARRIER: f64 = 0.1;
/// Widths that differ by less are equal enough for the theory of equal widths.
pub(super) const EQUAL_WIDTHS: f64 = 1.5;
/// A small flow on the problem: what a design can count within minutes.
const SMALL_FLOW: &str = "\n# A small copy of the flow.\n[flow]\ncouplings = 4\nhidden = [32]\n\n[training]\nbatch = 64\nsteps = 1000\n\
    time_step = 0.02\nstep_size = 1e-3\n";
/// Coordinates of a mean that are written out.
const MOST_COORDINATES: usize = 32;

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

/// Of two modes and more, of which samples were seen.
pub(super) fn of(modes: &[ModeRecord], dimension: Option<usize>, family: Option<FittedFamily>) -> Option<TargetRecord> {
    let seen: Vec<usize> = (0..modes.len()).filter(|k| modes[*k].variance.is_some_and(|v| v > 0.0)).collect();
    let d = dimension.filter(|_| seen.len() >= 2)?;
    let pairs = seen.iter().enumerate().flat_map(|(at, a)| seen[at + 1..].iter().map(move |b| [*a, *b]));
    let (separation, nearest) = pairs.map(|pair| (distance(modes, pair), pair)).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let line: Vec<f64> = modes[nearest[1]].mean.iter().zip(&modes[nearest[0]].mean).map(|(x, y)| x - y).collect();
    let square: f64 = line.iter().map(|x| x * x).sum();
    let alignment = line.iter().map(|x| x * x / square).fold(0.0, f64::max);
    let variances = seen.iter().filter_map(|k| modes[*k].variance);
    let (least, most) = variances.fold((f64::INFINITY, 0.0f64), |(least, most), v| (least.min(v), most.max(v)));
    let target = TargetRecord {
        separation,
        nearest,
        alignment,
        angle: alignment.sqrt().min(1.0).acos().to_degrees(),
        effective_dimension: effective_dimension(modes, &seen),
        widths: most / least,
        toml: String::new(),
    };
    let toml = match family {
        Some(FittedFamily::MeanField) => components(modes, &seen),
        Some(FittedFamily::Flow) => problem(modes, &seen, d, &target) + SMALL_FLOW,
        _ => problem(modes, &seen, d, &target),
    };
    Some(TargetRecord { toml, ..target })
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

fn list(values: impl IntoIterator<Item = f64>) -> String {
    format!("[{}]", values.into_iter().map(number).collect::<Vec<_>>().join(", "))
}

/// Weights of the modes that were seen, in digits that sum to 1.
fn rounded_weights(modes: &[ModeRecord], seen: &[usize]) -> Vec<f64> {
    let all: f64 = seen.iter().map(|k| modes[*k].weight).sum();
    let mut weights: Vec<f64> = seen.iter().map(|k| (modes[*k].weight / all * 1e4).round().max(1.0) / 1e4).collect();
    let rest: f64 = weights[1..].iter().sum();
    weights[0] = ((1.0 - rest) * 1e4).round() / 1e4;
    weights
}

/// A problem of `design` in units of the spread: the modes in the span of their differences, which is all that the theory of
/// equal widths needs beside d.
fn problem(modes: &[ModeRecord], seen: &[usize], d: usize, target: &TargetRecord) -> String {
    let spread = seen.iter().filter_map(|k| Some(modes[*k].weight * modes[*k].variance?)).sum::<f64>()
        / seen.iter().map(|k| modes[*k].weight).sum::<f64>();
    let spread = spread.sqrt();
    let weights = rounded_weights(modes, seen);
    let mut text = String::from(
        "# The problem of the runs, as far as their samples show it: modes of equal widths in units of their spread, in the span\n\
         # of their differences. Next: `collapsar design` with this file.\n",
    );
    if target.widths > EQUAL_WIDTHS {
        text.push_str(&format!(
            "# The widths of the modes differ by a factor {} in variance: this problem takes their mean.\n",
            number(target.widths)
        ));
    }
    text.push_str("\n[target]\n");
    if let [a, b] = seen[..] {
        text.push_str(&format!("separation = {}\n", number(0.5 * distance(modes, [a, b]))));
    } else {
        let rows: Vec<String> =
            in_span(modes, seen, spread).into_iter().map(|row| format!("    {},\n", list(row))).collect();
        text.push_str(&format!("means = [\n{}]\n", rows.concat()));
    }
    text.push_str(&format!("weights = {}\n", list(weights.iter().copied())));
    text.push_str(&format!(
        "\n[family]\npreset = \"free\"\nweights = {}\n\n[schedule]\nkind = \"constant\"\ninitial_temperature = 1.0\n\n[start]\ndimension = {}\nscale = 1.0\nseed = 1\n\n[design]\nwanted = 0.01\n",
        list(weights),
        d.max(seen.len() - 1)
    ));
    text
}

/// The modes about the first, in an orthonormal basis of their differences.
fn in_span(modes: &[ModeRecord], seen: &[usize], spread: f64) -> Vec<Vec<f64>> {
    let off = |k: usize| -> Vec<f64> {
        modes[k].mean.iter().zip(&modes[seen[0]].mean).map(|(x, y)| (x - y) / spread).collect()
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for k in &seen[1..] {
        let mut rest = off(*k);
        for axis in &basis {
            let along = dot(axis, &rest);
            rest.iter_mut().zip(axis).for_each(|(x, a)| *x -= along * a);
        }
        let size = dot(&rest, &rest).sqrt();
        if size > 1e-3 {
            basis.push(rest.into_iter().map(|x| x / size).collect());
        }
    }
    let weight: f64 = seen.iter().map(|k| modes[*k].weight).sum();
    let rows: Vec<Vec<f64>> = seen.iter().map(|k| basis.iter().map(|axis| dot(axis, &off(*k))).collect()).collect();
    let centre: Vec<f64> = (0..basis.len())
        .map(|i| seen.iter().zip(&rows).map(|(k, row)| modes[*k].weight / weight * row[i]).sum())
        .collect();
    rows.into_iter().map(|row| row.iter().zip(&centre).map(|(x, c)| x - c).collect()).collect()
}

/// A problem of `mean-field` in the given coordinates.
fn components(modes: &[ModeRecord], seen: &[usize]) -> String {
    if modes[seen[0]].mean.len() > MOST_COORDINATES {
        return String::new();
    }
    let mut text = String::from(
        "# The problem of the runs, as far as their samples show it. Next: `collapsar mean-field` with this file.\n",
    );
    for (k, weight) in seen.iter().zip(rounded_weights(modes, seen)) {
        let mode = &modes[*k];
        text.push_str(&format!(
            "\n[[target.components]]\nweight = {}\nmean = {}\n",
            number(weight),
            list(mode.mean.iter().copied())
        ));
        let rows: Vec<String> = mode.covariance.iter().map(|row| list(row.iter().copied())).collect();
        text.push_str(&format!("covariance = [{}]\n", rows.join(", ")));
    }
    text.push_str("\n[family]\npreset = \"mean-field\"\n\n[rotation]\nrestarts = 3\n");
    text
}

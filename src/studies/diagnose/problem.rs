//! The fitted target as a problem that another verb goes on from.

use std::ops::RangeInclusive;

use crate::config::FittedFamily;
use crate::results::{ModeRecord, TargetRecord};
use crate::studies::diagnose::target::{EQUAL_WIDTHS, distance, seen};
use crate::studies::number;

/// Coordinates of a mean that are written out.
const MOST_WRITTEN: usize = 1024;
/// Coordinates in which `mean-field` turns a frame within minutes.
const TURNED: RangeInclusive<usize> = 2..=32;
/// A small flow on the problem: what a design can count within minutes.
const SMALL_FLOW: &str = "\n# A small copy of the flow.\n[flow]\ncouplings = 4\nhidden = [32]\n\n[training]\nbatch = 64\nsteps = 1000\n\
    time_step = 0.02\nstep_size = 1e-3\n";

/// The problem in d dimensions as a configuration; empty where there is none.
pub(super) fn of(modes: &[ModeRecord], d: usize, family: Option<FittedFamily>, target: &TargetRecord) -> String {
    let seen = seen(modes);
    match family {
        Some(FittedFamily::MeanField) => products(modes).unwrap_or_default(),
        Some(FittedFamily::Flow) => problem(modes, &seen, d, target) + SMALL_FLOW,
        _ => problem(modes, &seen, d, target),
    }
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

/// The modes as a problem of `mean-field`, in the given coordinates, or why there is none. Modes have their own covariances where those are
/// kept; else two of them have their common variance of each coordinate, so that everything depends on one sum (mean field
/// 14.1).
pub(super) fn products(modes: &[ModeRecord]) -> Result<String, String> {
    let seen = seen(modes);
    let d = seen.first().map_or(0, |k| modes[*k].mean.len());
    let own = seen.iter().all(|k| !modes[*k].covariance.is_empty());
    if !own && seen.len() != 2 {
        return Err(format!(
            "{} modes in {d} dimensions: covariances are kept in at most 32, and without them only two modes are one sum",
            seen.len()
        ));
    }
    if d > MOST_WRITTEN {
        return Err(format!("{d} dimensions: a problem is written in at most {MOST_WRITTEN}"));
    }
    let mut text = String::from(
        "# The problem of the runs, as far as their samples show it. Next: `collapsar mean-field` with this file.\n",
    );
    if !own {
        text.push_str("# Both modes have their common variance of each coordinate, without correlations.\n");
    }
    let weights = rounded_weights(modes, &seen);
    let common = |j: usize| seen.iter().zip(&weights).map(|(k, w)| w * modes[*k].variances[j]).sum::<f64>();
    for (k, weight) in seen.iter().zip(&weights) {
        let mode = &modes[*k];
        text.push_str(&format!(
            "\n[[target.components]]\nweight = {}\nmean = {}\n",
            number(*weight),
            list(mode.mean.iter().copied())
        ));
        if own {
            let rows: Vec<String> = mode.covariance.iter().map(|row| list(row.iter().copied())).collect();
            text.push_str(&format!("covariance = [{}]\n", rows.join(", ")));
        } else {
            text.push_str(&format!("variances = {}\n", list((0..d).map(common))));
        }
    }
    text.push_str("\n[family]\npreset = \"mean-field\"\n");
    if TURNED.contains(&d) {
        text.push_str("\n[rotation]\nrestarts = 3\n");
    }
    Ok(text)
}

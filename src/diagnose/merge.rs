//! Whether two groups of points are two modes: a dip along the line that joins them.

use nalgebra::{DMatrix, DVector};

use crate::diagnose::classes::{LinearDiscriminant, SampleClass};
use crate::diagnose::dip::{dip, significance};

/// Points of a test, at most: the statistic is sorted.
const MOST_POINTS: usize = 50_000;
/// Points on the side of the larger group, for one on the side of the smaller.
const BALANCE: f64 = 1.5;

/// A test of two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DipTest {
    /// The groups.
    pub(crate) groups: [usize; 2],
    /// D of the points between their means.
    pub(crate) dip: f64,
    /// Their number.
    pub(crate) n: usize,
    /// The probability of such a dip without two modes, at most.
    pub(crate) p: f64,
}

/// Points in a frame with the class of each.
struct Labelled<'a> {
    points: &'a [DVector<f64>],
    classes: Vec<usize>,
}

/// Which classes are one mode: the groups of the classes, counted from 0, and the tests that hold them apart.
///
/// Neighbouring groups are joined, the least different first, until all have a dip between them at `level`, shared out over
/// the pairs of neighbours. Groups were made by `known` points; `fresh` ones, of which the groups know nothing, are tested, so
/// that a unimodal law passes for two modes with that probability.
pub(crate) fn merged(
    classes: &LinearDiscriminant,
    known: &[DVector<f64>],
    fresh: &[DVector<f64>],
    level: f64,
) -> (Vec<usize>, Vec<DipTest>) {
    let label = |points: &[DVector<f64>]| points.iter().map(|y| classes.nearest(y)).collect();
    let step = fresh.len().div_ceil(MOST_POINTS).max(1);
    let fresh: Vec<DVector<f64>> = fresh.iter().step_by(step).cloned().collect();
    let known = Labelled { classes: label(known), points: known };
    let fresh = Labelled { classes: label(&fresh), points: &fresh };
    let classes = &classes.list[..];
    let mut group: Vec<usize> = (0..classes.len()).collect();
    let edges = neighbours(classes);
    let level = level / edges.len().max(1) as f64;
    let mut tests: Vec<DipTest> = Vec::new();
    loop {
        let mut pairs: Vec<[usize; 2]> = edges
            .iter()
            .map(|[a, b]| [group[*a].min(group[*b]), group[*a].max(group[*b])])
            .filter(|[a, b]| a != b)
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        tests.retain(|test| pairs.contains(&test.groups));
        for pair in pairs {
            if !tests.iter().any(|test| test.groups == pair) {
                tests.push(tested(classes, &group, &known, &fresh, pair));
            }
        }
        let worst = tests.iter().copied().filter(|test| test.p > level).max_by(|a, b| a.p.total_cmp(&b.p));
        let Some(DipTest { groups: [into, from], .. }) = worst else { break };
        group.iter_mut().filter(|g| **g == from).for_each(|g| *g = into);
        tests.retain(|test| !test.groups.contains(&into) && !test.groups.contains(&from));
    }
    // Numbers without gaps.
    let mut used: Vec<usize> = group.clone();
    used.sort_unstable();
    used.dedup();
    let place = |g: usize| used.binary_search(&g).unwrap_or(0);
    let tests = tests.into_iter().map(|test| DipTest { groups: test.groups.map(place), ..test }).collect();
    (group.into_iter().map(place).collect(), tests)
}

/// Pairs of classes with no third between them (Gabriel's graph, in the mean of their covariances).
fn neighbours(classes: &[SampleClass]) -> Vec<[usize; 2]> {
    let mut edges = Vec::new();
    for a in 0..classes.len() {
        for b in a + 1..classes.len() {
            let metric = (&classes[a].covariance + &classes[b].covariance).try_inverse();
            let Some(metric) = metric else { continue };
            let square = |i: usize, j: usize| {
                let off = &classes[i].mean - &classes[j].mean;
                off.dot(&(&metric * &off))
            };
            let between = |c: usize| square(a, c) + square(c, b) < square(a, b);
            if !(0..classes.len()).any(|c| c != a && c != b && between(c)) {
                edges.push([a, b]);
            }
        }
    }
    edges
}

fn tested(
    classes: &[SampleClass],
    group: &[usize],
    known: &Labelled<'_>,
    fresh: &Labelled<'_>,
    pair: [usize; 2],
) -> DipTest {
    let none = DipTest { groups: pair, dip: 0.0, n: 0, p: 1.0 };
    let Some(direction) = direction(classes, group, pair) else { return none };
    // Along the line, and whether the point is of the second group.
    let along = |from: &Labelled<'_>| -> Vec<(f64, bool)> {
        let of = from.points.iter().zip(&from.classes).filter(|(_, class)| pair.contains(&group[**class]));
        of.map(|(y, class)| (direction.dot(y), group[*class] == pair[1])).collect()
    };
    let mut line = along(known);
    line.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some([low, high]) = window(&line) else { return none };
    let mut values: Vec<f64> = along(fresh).into_iter().map(|(t, _)| t).filter(|t| (low..=high).contains(t)).collect();
    values.sort_by(f64::total_cmp);
    let dip = dip(&values);
    DipTest { dip, n: values.len(), p: significance(dip, values.len()), ..none }
}

/// Fisher's direction from the first group to the second.
fn direction(classes: &[SampleClass], group: &[usize], pair: [usize; 2]) -> Option<DVector<f64>> {
    let moments = pair.map(|wanted| {
        let of: Vec<&SampleClass> = classes.iter().zip(group).filter(|(_, g)| **g == wanted).map(|(c, _)| c).collect();
        let weight: f64 = of.iter().map(|c| c.weight).sum();
        let q = of[0].mean.len();
        let mean = of.iter().fold(DVector::zeros(q), |sum, c| sum + &c.mean * (c.weight / weight));
        let covariance = of.iter().fold(DMatrix::zeros(q, q), |sum, c| {
            let off = &c.mean - &mean;
            sum + (&c.covariance + &off * off.transpose()) * (c.weight / weight)
        });
        (mean, covariance)
    });
    let [(first, a), (second, b)] = moments;
    Some((a + b).try_inverse()? * (second - first))
}

/// Where to look: from the mean of the first group to that of the second, less what the larger has too much of. Any window
/// that is chosen by other points leaves a unimodal law unimodal.
fn window(line: &[(f64, bool)]) -> Option<[f64; 2]> {
    let mean = |second: bool| {
        let of = line.iter().filter(|(_, s)| *s == second).map(|(t, _)| *t);
        let (sum, n) = of.fold((0.0, 0usize), |(sum, n), t| (sum + t, n + 1));
        (n > 0).then(|| sum / n as f64)
    };
    let (low, high) = (mean(false)?, mean(true)?);
    let inside: Vec<(f64, bool)> = line.iter().copied().filter(|(t, _)| (low..=high).contains(t)).collect();
    // The border leaves as few points as can be on the wrong side.
    let mut wrong = inside.iter().filter(|(_, second)| !*second).count();
    let (mut least, mut border) = (wrong, 0);
    for (place, (_, second)) in inside.iter().enumerate() {
        if *second {
            wrong += 1
        } else {
            wrong -= 1
        }
        if wrong < least {
            (least, border) = (wrong, place + 1);
        }
    }
    let (left, right) = (border, inside.len() - border);
    let most = |of: usize| ((BALANCE * of as f64) as usize).max(1);
    let first = left.saturating_sub(most(right));
    let last = (border + right.min(most(left))).min(inside.len());
    (last > first).then(|| [inside[first].0, inside[last - 1].0])
}

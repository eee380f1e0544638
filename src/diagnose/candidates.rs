//! Groups of points that may be modes.

use hdbscan::{Hdbscan, HdbscanHyperParams};
use nalgebra::DVector;

use crate::diagnose::classes::{LinearDiscriminant, SampleClass};

/// Points that are clustered; the cost is quadratic.
const MOST_POINTS: usize = 5000;
/// Points of a group, at least, and as a share of all.
const FEWEST: usize = 10;
const SHARE: usize = 200;
/// Neighbours by which the density is judged.
const NEIGHBOURS: usize = 10;
/// A run with so large a share of its points outside all groups has found what others have not.
const OUTSIDE: f64 = 0.05;
/// Outside: so many times the squared distance that one point in a thousand of a group has.
const FAR: f64 = 2.0;
const RARE: f64 = 0.999;
/// Directions along which the points are halved, and rounds in which they are assigned anew.
const HALVED: usize = 3;
const ROUNDS: usize = 12;

/// Ways to part the points into groups, each to be tested: by density (HDBSCAN), with what single runs have outside of the
/// groups; and in two along each of the first directions, which sees modes that overlap. The points of the groups are assigned
/// anew by their normal laws.
pub(crate) fn candidates(points: &[DVector<f64>], runs: &[usize]) -> Vec<LinearDiscriminant> {
    let mut classes = LinearDiscriminant::of(points, &clustered(points));
    if classes.list.is_empty() {
        classes = LinearDiscriminant::of(points, &vec![Some(0); points.len()]);
    }
    if let Some(more) = beyond(points, runs, &classes) {
        classes = LinearDiscriminant::new([classes.list, more].concat());
    }
    let mut ways = vec![settled(points, classes)];
    let directions = points.first().map_or(0, |y| y.len()).min(HALVED);
    for axis in 0..directions {
        let labels: Vec<Option<usize>> = points.iter().map(|y| Some(usize::from(y[axis] > 0.0))).collect();
        ways.push(settled(points, LinearDiscriminant::of(points, &labels)));
    }
    ways
}

/// A label for each point; none for what HDBSCAN calls noise and for what is not clustered.
fn clustered(points: &[DVector<f64>]) -> Vec<Option<usize>> {
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let few: Vec<Vec<f64>> = points.iter().step_by(step).map(|y| y.iter().copied().collect()).collect();
    let mut labels = vec![None; points.len()];
    let size = FEWEST.max(few.len() / SHARE);
    if few.len() <= 2 * size {
        return labels;
    }
    let settings = HdbscanHyperParams::builder().min_cluster_size(size).min_samples(NEIGHBOURS).build();
    if let Ok(found) = Hdbscan::new(&few, settings).cluster() {
        for (place, label) in found.into_iter().enumerate() {
            labels[place * step] = usize::try_from(label).ok();
        }
    }
    labels
}

/// Assigns the points anew until hardly any changes its group.
pub(crate) fn settled(points: &[DVector<f64>], mut classes: LinearDiscriminant) -> LinearDiscriminant {
    let mut labels = Vec::new();
    for _ in 0..ROUNDS {
        let next: Vec<Option<usize>> = points.iter().map(|y| Some(classes.nearest(y))).collect();
        if classes.list.len() < 2 || next == labels {
            break;
        }
        classes = LinearDiscriminant::of(points, &next);
        labels = next;
    }
    classes
}

/// Groups of what runs have far outside of all groups.
fn beyond(points: &[DVector<f64>], runs: &[usize], classes: &LinearDiscriminant) -> Option<Vec<SampleClass>> {
    let labels: Vec<usize> = points.iter().map(|y| classes.nearest(y)).collect();
    let distances: Vec<f64> = points.iter().zip(&labels).map(|(y, label)| classes.list[*label].distance(y)).collect();
    let edges: Vec<f64> = (0..classes.list.len())
        .map(|class| {
            let mut own: Vec<f64> =
                distances.iter().zip(&labels).filter(|(_, label)| **label == class).map(|(d, _)| *d).collect();
            own.sort_by(f64::total_cmp);
            // Of a normal law of as many directions, where the group's own points say less.
            let q = classes.list[class].mean.len() as f64;
            let normal = q + 3.1 * (2.0 * q).sqrt() + 6.0;
            let rank = ((own.len() as f64) * RARE) as usize;
            FAR * own.get(rank.min(own.len().saturating_sub(1))).copied().unwrap_or(0.0).min(2.0 * normal).max(normal)
        })
        .collect();
    let far: Vec<bool> = distances.iter().zip(&labels).map(|(d, label)| *d > edges[*label]).collect();
    let count = runs.iter().max().map_or(0, |last| last + 1);
    let (mut all, mut outside) = (vec![0usize; count], vec![0usize; count]);
    for (run, far) in runs.iter().zip(&far) {
        all[*run] += 1;
        outside[*run] += usize::from(*far);
    }
    let strange = |run: usize| outside[run] as f64 > OUTSIDE * all[run] as f64;
    let picked: Vec<DVector<f64>> =
        (0..points.len()).filter(|i| far[*i] && strange(runs[*i])).map(|i| points[i].clone()).collect();
    if picked.len() < FEWEST {
        return None;
    }
    let labels = clustered(&picked);
    let labels = if labels.iter().all(Option::is_none) { vec![Some(0); picked.len()] } else { labels };
    let mut found = LinearDiscriminant::of(&picked, &labels).list;
    let share = picked.len() as f64 / points.len() as f64;
    found.iter_mut().for_each(|class| class.weight *= share);
    (!found.is_empty()).then_some(found)
}

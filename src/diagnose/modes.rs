//! The modes of pooled samples, and which of them a point is of.

use nalgebra::DVector;

use crate::diagnose::candidates::{candidates, settled};
use crate::diagnose::classes::{LinearDiscriminant, SampleClass};
use crate::diagnose::frame::WhitenedFrame;
use crate::diagnose::merge::{DipTest, merged};
use crate::diagnose::options::DiagnoseOptions;

/// Rounds in which modes are looked for within modes.
const ROUNDS: usize = 2;
/// Points of which it is worth while to look for modes.
const FEWEST: usize = 40;
/// Points by which groups are made.
const MOST_POINTS: usize = 20_000;

/// Samples of all runs: a point and the run that it is of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool<'a> {
    pub(crate) points: Vec<&'a [f64]>,
    pub(crate) runs: Vec<usize>,
}

/// Modes as convex cells: x is of the group whose class has the least |A (x - c) - a_k|^2 - 2 log w_k.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Modes {
    pub(crate) count: usize,
    centre: Vec<f64>,
    /// A, by rows.
    map: Vec<Vec<f64>>,
    classes: Vec<NeighbourCell>,
}

#[derive(Debug, Clone, PartialEq)]
struct NeighbourCell {
    place: Vec<f64>,
    offset: f64,
    mode: usize,
}

impl Modes {
    /// The modes of `known` points, told apart by `fresh` ones, and the tests that hold neighbours apart.
    ///
    /// Groups are looked for in the known points, then within the groups; neighbours without a dip between them in the fresh
    /// points are joined. Half of the level is for the groups that are looked at again, half for what is found at last.
    pub(crate) fn new(known: &Pool<'_>, fresh: &Pool<'_>, options: &DiagnoseOptions) -> (Self, Vec<DipTest>) {
        let Some(frame) = WhitenedFrame::new(&known.points, &known.runs, options.directions) else {
            return (Self::whole(Vec::new()), Vec::new());
        };
        let level = options.false_alarm / 2.0;
        let step = known.points.len().div_ceil(MOST_POINTS).max(1);
        let y: Vec<DVector<f64>> = known.points.iter().step_by(step).map(|x| frame.of(x)).collect();
        let runs: Vec<usize> = known.runs.iter().copied().step_by(step).collect();
        let z: Vec<DVector<f64>> = fresh.points.iter().map(|x| frame.of(x)).collect();
        let mut classes = parted(&y, &runs, &z, level);
        let (mut group, mut tests) = merged(&classes, &y, &z, level);
        for _ in 0..ROUNDS {
            let Some(finer) = refined(&classes, &group, &y, &runs, &z, level) else { break };
            let finer = settled(&y, finer);
            let found = merged(&finer, &y, &z, level);
            if found.0.iter().max() <= group.iter().max() {
                break;
            }
            (classes, (group, tests)) = (finer, found);
        }
        let modes = Self::of(&frame, &classes, &group);
        (modes, tests)
    }

    /// One mode.
    fn whole(centre: Vec<f64>) -> Self {
        Self { count: 1, centre, map: Vec::new(), classes: Vec::new() }
    }

    fn of(frame: &WhitenedFrame, classes: &LinearDiscriminant, group: &[usize]) -> Self {
        let count = group.iter().max().map_or(1, |last| last + 1);
        let whole = Self::whole(frame.centre().iter().copied().collect());
        let Some(whiten) = classes.whitening().filter(|_| count > 1) else { return whole };
        let map = &whiten * frame.basis();
        let cell = |(class, mode): (&SampleClass, &usize)| NeighbourCell {
            place: (&whiten * &class.mean).iter().copied().collect(),
            offset: -2.0 * class.weight.ln(),
            mode: *mode,
        };
        Self {
            count,
            map: map.row_iter().map(|row| row.iter().copied().collect()).collect(),
            classes: classes.list.iter().zip(group).map(cell).collect(),
            ..whole
        }
    }

    /// The cells of modes that are given: of the nearest in units of `scales`, one for each coordinate.
    pub(crate) fn given(means: &[Vec<f64>], scales: &[f64]) -> Self {
        let d = scales.len();
        let map = (0..d).map(|i| (0..d).map(|j| if i == j { 1.0 / scales[i] } else { 0.0 }).collect()).collect();
        let cell = |(mode, mean): (usize, &Vec<f64>)| NeighbourCell {
            place: mean.iter().zip(scales).map(|(m, s)| m / s).collect(),
            offset: 0.0,
            mode,
        };
        Self { count: means.len(), centre: vec![0.0; d], map, classes: means.iter().enumerate().map(cell).collect() }
    }

    /// With mode `order[k]` as number k.
    pub(crate) fn ordered(mut self, order: &[usize]) -> Self {
        for cell in &mut self.classes {
            cell.mode = order.iter().position(|mode| *mode == cell.mode).unwrap_or(cell.mode);
        }
        self
    }

    /// The mode that x is of.
    pub(crate) fn mode(&self, x: &[f64]) -> usize {
        if self.classes.is_empty() {
            return 0;
        }
        let off: Vec<f64> = x.iter().zip(&self.centre).map(|(x, c)| x - c).collect();
        let turned: Vec<f64> = self.map.iter().map(|row| row.iter().zip(&off).map(|(a, x)| a * x).sum()).collect();
        let square = |cell: &NeighbourCell| -> f64 {
            cell.offset + cell.place.iter().zip(&turned).map(|(a, y)| (a - y) * (a - y)).sum::<f64>()
        };
        let best = self.classes.iter().map(|cell| (square(cell), cell.mode)).min_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(0, |(_, mode)| mode)
    }
}

/// Of the ways to part the points the first that tells most modes apart.
fn parted(y: &[DVector<f64>], runs: &[usize], z: &[DVector<f64>], level: f64) -> LinearDiscriminant {
    let ways = candidates(y, runs);
    let share = level / ways.len().max(1) as f64;
    let tried = ways.into_iter().map(|classes| {
        let found = merged(&classes, y, z, share).0.into_iter().max().unwrap_or(0);
        (classes, found)
    });
    tried
        .reduce(|best, other| if other.1 > best.1 { other } else { best })
        .map_or_else(LinearDiscriminant::default, |best| best.0)
}

/// The classes with those groups parted further in which several modes are found; nothing if there is none.
fn refined(
    classes: &LinearDiscriminant,
    group: &[usize],
    y: &[DVector<f64>],
    runs: &[usize],
    z: &[DVector<f64>],
    level: f64,
) -> Option<LinearDiscriminant> {
    let groups = group.iter().max().map_or(1, |last| last + 1);
    if groups < 2 {
        return None;
    }
    let of = |y: &DVector<f64>| group.get(classes.nearest(y)).copied().unwrap_or(0);
    let (in_y, in_z): (Vec<usize>, Vec<usize>) = (y.iter().map(of).collect(), z.iter().map(of).collect());
    let mut list = Vec::new();
    let mut finer = false;
    for wanted in 0..groups {
        let pick = |of: &[usize]| -> Vec<usize> { (0..of.len()).filter(|i| of[*i] == wanted).collect() };
        let (here, there) = (pick(&in_y), pick(&in_z));
        if here.len() >= FEWEST && there.len() >= FEWEST {
            let own: Vec<DVector<f64>> = here.iter().map(|i| y[*i].clone()).collect();
            let fresh: Vec<DVector<f64>> = there.iter().map(|i| z[*i].clone()).collect();
            let runs: Vec<usize> = here.iter().map(|i| runs[*i]).collect();
            let parts = parted(&own, &runs, &fresh, level / groups as f64);
            let found = merged(&parts, &own, &fresh, level / groups as f64).0;
            if found.iter().any(|g| *g > 0) {
                finer = true;
                let share = here.len() as f64 / y.len() as f64;
                list.extend(parts.list.into_iter().map(|mut class| {
                    class.weight *= share;
                    class
                }));
                continue;
            }
        }
        list.extend(classes.list.iter().zip(group).filter(|(_, g)| **g == wanted).map(|(class, _)| class.clone()));
    }
    finer.then(|| LinearDiscriminant::new(list))
}

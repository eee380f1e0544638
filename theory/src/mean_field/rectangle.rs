//! Which modes on a grid of clusters a product measure can keep, mean field (M31).

use crate::parameter::{InvalidParameter, positive};

/// A product law on cells supported on occupied cells, where kl(p||w) is least.
#[derive(Debug, Clone, PartialEq)]
pub struct Rectangle {
    /// The clusters kept along each separated coordinate.
    pub clusters: Vec<Vec<usize>>,
    /// p_j over these clusters.
    pub masses: Vec<Vec<f64>>,
    /// The indices of the modes inside.
    pub modes: Vec<usize>,
    /// kl(p||w): the limit of KL* for product components of equal widths; -log w(Rect) where the weights have rank one.
    pub objective: f64,
}

/// Most supports that are looked at.
const MOST: usize = 1 << 20;
/// Sweeps of coordinate ascent on the cells, and the change at which they have converged.
const SWEEPS: usize = 100_000;
const CONVERGED: f64 = 1e-15;
/// Share of a start that lies in one cell.
const CORNER: f64 = 0.9;

/// The best product law on cells for modes at `cells` (mode k in cluster `cells\[k\]\[j\]` along coordinate j, all infinitely
/// far) of these weights, each cell at most one mode; ties go to the first found.
///
/// Every rectangle of occupied cells is tried, with coordinate ascent from its middle and from each of its cells: two-spin
/// Ising couplings beyond 1 collapse inside a full rectangle as well.
///
/// Errors: no mode or coordinate, unequal lengths, a weight not positive, two modes in a cell, more than 2^20 supports.
pub fn best_rectangle(cells: &[Vec<usize>], weights: &[f64]) -> Result<Rectangle, InvalidParameter> {
    let coordinates = check(cells, weights)?;
    let total: f64 = weights.iter().sum();
    let present = |j: usize| {
        let mut clusters: Vec<usize> = cells.iter().map(|cell| cell[j]).collect();
        clusters.sort_unstable();
        clusters.dedup();
        clusters
    };
    let clusters: Vec<Vec<usize>> = (0..coordinates).map(present).collect();
    let too_many = || InvalidParameter::new("cells", format!("{cells:?}"), "have at most 2^20 rectangles");
    let bits: usize = clusters.iter().map(Vec::len).sum();
    let supports = 1usize.checked_shl(bits as u32).filter(|&n| n <= MOST).ok_or_else(too_many)?;
    let mut best: Option<Rectangle> = None;
    for support in 1..supports {
        let mut rest = support;
        let mut kept = Vec::with_capacity(coordinates);
        for all in &clusters {
            kept.push(all.iter().enumerate().filter(|(n, _)| rest >> n & 1 == 1).map(|(_, c)| *c).collect::<Vec<_>>());
            rest >>= all.len();
        }
        let inside = |cell: &[usize]| cell.iter().zip(&kept).all(|(c, kept)| kept.contains(c));
        let modes: Vec<usize> = (0..cells.len()).filter(|&k| inside(&cells[k])).collect();
        if kept.iter().map(Vec::len).product::<usize>() != modes.len() || modes.is_empty() {
            continue;
        }
        let (masses, objective) = fitted(cells, weights, total, &kept, &modes);
        if best.as_ref().is_none_or(|b| objective < b.objective) {
            best = Some(Rectangle { clusters: kept, masses, modes, objective });
        }
    }
    // One mode alone is a rectangle: there is always a best one.
    best.ok_or_else(too_many)
}

fn check(cells: &[Vec<usize>], weights: &[f64]) -> Result<usize, InvalidParameter> {
    let coordinates = cells.first().map_or(0, Vec::len);
    if coordinates == 0 || cells.iter().any(|cell| cell.len() != coordinates) {
        let rule = "hold a cluster a coordinate for every mode, and not none";
        return Err(InvalidParameter::new("cells", format!("{cells:?}"), rule));
    }
    if weights.len() != cells.len() {
        let rule = format!("hold as many numbers as there are modes, {}", cells.len());
        return Err(InvalidParameter::new("weights", format!("{weights:?}"), rule));
    }
    for &weight in weights {
        positive("weights", weight)?;
    }
    if (0..cells.len()).any(|k| cells[..k].contains(&cells[k])) {
        return Err(InvalidParameter::new("cells", format!("{cells:?}"), "have at most one mode each"));
    }
    Ok(coordinates)
}

/// The least kl(p||w) on a rectangle, from several starts.
fn fitted(
    cells: &[Vec<usize>],
    weights: &[f64],
    total: f64,
    kept: &[Vec<usize>],
    modes: &[usize],
) -> (Vec<Vec<f64>>, f64) {
    let mut best = (Vec::new(), f64::INFINITY);
    let uniform = |j: usize| vec![1.0 / kept[j].len() as f64; kept[j].len()];
    let corner = |mode: usize, j: usize| {
        let mass =
            |c: &usize| if *c == cells[mode][j] { CORNER } else { (1.0 - CORNER) / (kept[j].len() as f64 - 1.0) };
        if kept[j].len() == 1 { vec![1.0] } else { kept[j].iter().map(mass).collect() }
    };
    let middle: Vec<Vec<f64>> = (0..kept.len()).map(uniform).collect();
    let corners = modes.iter().map(|&mode| (0..kept.len()).map(|j| corner(mode, j)).collect());
    for mut masses in std::iter::once(middle).chain(corners) {
        for _ in 0..SWEEPS {
            let change = sweep(cells, weights, kept, modes, &mut masses);
            if change <= CONVERGED {
                break;
            }
        }
        let mass = |mode: usize| probability(&cells[mode], kept, &masses, kept.len());
        let objective = modes.iter().map(|&m| mass(m) * libm::log(mass(m) * total / weights[m])).sum();
        if objective < best.1 {
            best = (masses, objective);
        }
    }
    best
}

/// prod_j p_j(c_j), coordinate `but` left out.
fn probability(cell: &[usize], kept: &[Vec<usize>], masses: &[Vec<f64>], but: usize) -> f64 {
    let factor = |j: usize| kept[j].iter().position(|c| *c == cell[j]).map_or(0.0, |n| masses[j][n]);
    (0..kept.len()).filter(|&j| j != but).map(factor).product()
}

/// p_j(c) prop. to exp E\[log w | c_j = c\], coordinate by coordinate; the largest change.
fn sweep(cells: &[Vec<usize>], weights: &[f64], kept: &[Vec<usize>], modes: &[usize], masses: &mut [Vec<f64>]) -> f64 {
    let mut change: f64 = 0.0;
    for j in 0..kept.len() {
        let mean = |c: &usize| -> f64 {
            let here = modes.iter().filter(|&&m| cells[m][j] == *c);
            here.map(|&m| probability(&cells[m], kept, masses, j) * libm::log(weights[m])).sum()
        };
        let logs: Vec<f64> = kept[j].iter().map(mean).collect();
        let top = logs.iter().fold(f64::NEG_INFINITY, |t, l| t.max(*l));
        let sum: f64 = logs.iter().map(|l| libm::exp(l - top)).sum();
        for (n, log) in logs.iter().enumerate() {
            let new = libm::exp(log - top) / sum;
            change = change.max((new - masses[j][n]).abs());
            masses[j][n] = new;
        }
    }
    change
}

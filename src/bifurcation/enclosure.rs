//! All equilibria of two pushed and pulled points in a box, by subdivision and the Krawczyk operator.

use super::forces::Forces;
use super::interval::Interval;

/// Share of a box's longer side by which it is enlarged for the test of existence, so that a solution on its edge is certified too.
const MARGIN: f64 = 0.2;

/// Share of the width below which a contracted box is kept instead of halved.
const CONTRACTION: f64 = 0.6;

/// Contractions of a certified box: each squares its width, down to the rounding of the kernels.
const TIGHTENINGS: usize = 12;

/// Settings of the search for all equilibria.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchOptions {
    /// Width, in the means or the angles, below which a box that is neither empty nor certified is unresolved.
    pub least_width: f64,
    /// Boxes examined before the rest is unresolved.
    pub most_boxes: usize,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self { least_width: 1e-9, most_boxes: 100_000 }
    }
}

/// A box of `(u1, u2)`.
pub(super) type IntervalBox = [Interval; 2];

/// What a search established.
#[derive(Debug, Clone)]
pub(super) struct Enclosure {
    /// Boxes that hold exactly one solution each, with a part of them that holds it already.
    pub(super) certified: Vec<Certified>,
    /// Boxes of which nothing is known.
    pub(super) unresolved: Vec<IntervalBox>,
    /// Boxes examined.
    pub(super) boxes: usize,
}

/// A solution with its proof.
#[derive(Debug, Clone, Copy)]
pub(super) struct Certified {
    /// Holds exactly one solution: the Krawczyk operator maps it into its interior.
    pub(super) unique: IntervalBox,
    /// Holds that solution.
    pub(super) tight: IntervalBox,
}

impl Certified {
    pub(super) fn point(&self) -> [f64; 2] {
        self.tight.map(Interval::middle)
    }
}

enum Contraction {
    Empty,
    Root(Certified),
    Undecided(IntervalBox),
}

/// Encloses every solution of the equations of `forces` in `domain`.
///
/// A box is dropped if the range of an equation, or of their sum `A(u1) + A(u2)`, excludes zero, or if the Krawczyk
/// image of the enlarged box misses it; it is settled if that image lies inside the enlarged box (existence and
/// uniqueness: Krawczyk 1969, Moore 1977). Otherwise it is contracted or halved across its wider side.
pub(super) fn enclose(forces: &dyn Forces, domain: IntervalBox, options: &SearchOptions) -> Enclosure {
    let mut found = Enclosure { certified: Vec::new(), unresolved: Vec::new(), boxes: 0 };
    let mut waiting = vec![domain];
    while let Some(cell) = waiting.pop() {
        if found.boxes >= options.most_boxes {
            found.unresolved.push(cell);
            continue;
        }
        found.boxes += 1;
        match examine(forces, cell) {
            Contraction::Empty => {}
            Contraction::Root(root) => {
                let known = |other: &Certified| (0..2).all(|i| other.tight[i].within(root.unique[i]));
                if !found.certified.iter().any(known) {
                    found.certified.push(root);
                }
            }
            Contraction::Undecided(rest) => {
                let widest = widest(&rest);
                if rest[widest].width() <= options.least_width {
                    found.unresolved.push(rest);
                } else if rest[widest].width() <= CONTRACTION * cell[self::widest(&cell)].width() {
                    waiting.push(rest);
                } else {
                    for half in rest[widest].halves() {
                        let mut part = rest;
                        part[widest] = half;
                        waiting.push(part);
                    }
                }
            }
        }
    }
    found
}

fn widest(cell: &IntervalBox) -> usize {
    usize::from(cell[1].width() > cell[0].width())
}

/// The values of a function on an interval from those at its ends if it is monotone there, else from its slope.
fn range(at: impl Fn(f64) -> Interval, slope: Interval, u: Interval) -> Interval {
    if slope.low() >= 0.0 || slope.high() <= 0.0 {
        return at(u.low()).hull(at(u.high()));
    }
    let middle = u.middle();
    at(middle) + slope * (u - Interval::point(middle))
}

fn gap(cell: &IntervalBox) -> Interval {
    cell[0] - cell[1]
}

fn examine(forces: &dyn Forces, cell: IntervalBox) -> Contraction {
    let pulls = cell.map(|u| range(|u| forces.pull_at(u), forces.pull_slope(u), u));
    let apart = gap(&cell);
    let push = range(|gap| forces.push_at(gap), forces.push_slope(apart), apart);
    let sums = [push - pulls[0], push + pulls[1], pulls[0] + pulls[1]];
    if sums.iter().any(|sum| !sum.contains(0.0)) {
        return Contraction::Empty;
    }
    // By the same length on all sides: a sliver is as hard to map into itself as its longer side is long.
    let room = cell.iter().map(|u| MARGIN * u.width().max(f64::EPSILON * u.magnitude())).fold(0.0, f64::max);
    let wide = cell.map(|u| u.widened(room));
    let Some(image) = krawczyk(forces, wide) else { return Contraction::Undecided(cell) };
    if image[0].strictly_within(wide[0]) && image[1].strictly_within(wide[1]) {
        return Contraction::Root(Certified { unique: wide, tight: tighten(forces, image) });
    }
    match (image[0].intersection(cell[0]), image[1].intersection(cell[1])) {
        (Some(first), Some(second)) => Contraction::Undecided([first, second]),
        _ => Contraction::Empty,
    }
}

fn tighten(forces: &dyn Forces, start: IntervalBox) -> IntervalBox {
    let mut cell = start;
    for _ in 0..TIGHTENINGS {
        let Some(image) = krawczyk(forces, cell) else { break };
        let (Some(first), Some(second)) = (image[0].intersection(cell[0]), image[1].intersection(cell[1])) else {
            break;
        };
        let before = cell[0].width() + cell[1].width();
        cell = [first, second];
        if cell[0].width() + cell[1].width() > 0.9 * before {
            break;
        }
    }
    cell
}

/// `c - C F(c) + (I - C J(Y)) (Y - c)` with `c` the middle of `Y` and `C` the inverse of the Jacobian's middle, which is
/// symmetric: `[[K' - A1', -K'], [-K', K' - A2']]`. `None` where that middle is singular.
fn krawczyk(forces: &dyn Forces, cell: IntervalBox) -> Option<IntervalBox> {
    let slopes = cell.map(|u| forces.pull_slope(u));
    let push = forces.push_slope(gap(&cell));
    let jacobian = [[push - slopes[0], -push], [-push, push - slopes[1]]];
    let middle = jacobian.map(|row| row.map(Interval::middle));
    let determinant = middle[0][0] * middle[1][1] - middle[0][1] * middle[1][0];
    let inverse = [
        [middle[1][1] / determinant, -middle[0][1] / determinant],
        [-middle[1][0] / determinant, middle[0][0] / determinant],
    ];
    if !inverse.iter().flatten().all(|entry| entry.is_finite()) {
        return None;
    }
    let centre = cell.map(Interval::middle);
    let apart = Interval::point(centre[0]) - Interval::point(centre[1]);
    let push_at = range(|gap| forces.push_at(gap), forces.push_slope(apart), apart);
    let residual = [push_at - forces.pull_at(centre[0]), -push_at - forces.pull_at(centre[1])];
    let image = [0, 1].map(|i| {
        let mut entry = Interval::point(centre[i]);
        for j in 0..2 {
            entry = entry - residual[j] * inverse[i][j];
            let product = jacobian[0][j] * inverse[i][0] + jacobian[1][j] * inverse[i][1];
            let unit = Interval::point(if i == j { 1.0 } else { 0.0 });
            entry = entry + (unit - product) * (cell[j] - Interval::point(centre[j]));
        }
        entry
    });
    image.iter().all(|entry| entry.low().is_finite() && entry.high().is_finite()).then_some(image)
}

//! Any modes under isotropic Gaussians: log p at nodes in the directions in which it is no square, theory 16.4.

use super::piece::Piece;
use crate::cubature::{Lattice, radial};
use crate::frame::{dot, extend};
use crate::parameter::InvalidParameter;
use crate::shape::Covariance;

/// Modes of covariances Sigma_k in R^d, by coordinates of a frame in which every other coordinate of theirs is 0.
#[derive(Debug, Clone)]
pub struct TemperedModes {
    width: usize,
    ambient: usize,
    /// A point of the modes' span, and orthonormal directions of it.
    origin: Vec<f64>,
    directions: Vec<Vec<f64>>,
    modes: Vec<Mode>,
    /// Of every mode across its span; nothing where they differ, so that log p depends on the radius there.
    across: Option<f64>,
    lattice: Lattice,
}

/// log v_k - log det Sigma_k/2 - (x - place)^T precision (x - place)/2, in coordinates of the span.
#[derive(Debug, Clone)]
struct Mode {
    level: f64,
    place: Vec<f64>,
    precision: Covariance,
    /// What multiplies the square of the distance across.
    across: f64,
}

/// A point of a normal law, and what it weighs.
type Point = (Vec<f64>, f64);

/// Deviations and natural digits of a trapezoidal rule in one, two and more directions: errors of 1e-13, 1e-7 and 1e-5.
const RULES: [(f64, f64); 3] = [(9.0, 34.0), (6.4, 18.0), (5.5, 12.0)];
/// Widest steps in a direction and in the radius.
const WIDEST: f64 = 0.25;
/// Most terms of a rule; beyond, a lattice of so many points, good to some per mille, takes its place.
const MOST_TERMS: f64 = 1_048_576.0;
const LATTICE: usize = 4096;
/// Step in the radius beside a lattice.
const COARSE: f64 = 0.15;
/// A mean so near the modes' span, in deviations, has no direction across.
const NEAR: f64 = 1e-9;

impl TemperedModes {
    /// Modes at the rows of `modes`, of `width` coordinates each, of these weights and covariances (I unless given) in
    /// dimension `dimension`.
    ///
    /// Errors: lists of other lengths, a width above the dimension, or below it where a covariance is no multiple of I.
    pub fn new(
        modes: &[f64],
        width: usize,
        weights: &[f64],
        covariances: Option<&[Covariance]>,
        dimension: usize,
    ) -> Result<Self, InvalidParameter> {
        let unit = vec![Covariance::Isotropic(1.0); weights.len()];
        let covariances = covariances.unwrap_or(&unit);
        let full = covariances.iter().any(|c| matches!(c, Covariance::Full(_)));
        if width == 0 || width > dimension || (full && width < dimension) {
            return Err(InvalidParameter::new("width", width, format!("be that of R^{dimension}, or of a span in it")));
        }
        if modes.len() != weights.len() * width || covariances.len() != weights.len() || weights.is_empty() {
            let rule = format!("hold {} rows of {width} coordinates, with a covariance each", weights.len());
            return Err(InvalidParameter::new("modes", format!("{} numbers", modes.len()), rule));
        }
        let origin = modes[..width].to_vec();
        let gap = |mode: &[f64]| -> Vec<f64> { mode.iter().zip(&origin).map(|(x, o)| x - o).collect() };
        let gaps: Vec<Vec<f64>> = modes.chunks(width).map(gap).collect();
        let mut directions = Vec::new();
        if full {
            let axis = |i: usize| (0..width).map(|j| f64::from(u8::from(i == j))).collect();
            directions.extend((0..width).map(axis));
        } else {
            gaps.iter().for_each(|gap| extend(&mut directions, gap));
        }
        let mode = |((gap, weight), covariance): ((&Vec<f64>, &f64), &Covariance)| {
            let (precision, log_determinant) = covariance.precision(dimension);
            let across = if let Covariance::Isotropic(precision) = precision { precision } else { 0.0 };
            let level = weight.ln() - 0.5 * log_determinant;
            Mode { level, place: coordinates(&directions, gap), precision, across }
        };
        let modes: Vec<Mode> = gaps.iter().zip(weights).zip(covariances).map(mode).collect();
        let common = directions.len() == dimension || modes.iter().all(|m| m.across == modes[0].across);
        let across = common.then_some(modes[0].across);
        let lattice = Lattice::new(LATTICE, 1, 1);
        Ok(Self { width, ambient: dimension, origin, directions, modes, across, lattice })
    }

    /// The coordinates of a mean.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// log p under N(mean, variance I).
    pub(super) fn piece(&self, weight: f64, mean: &[f64], variance: f64) -> Piece {
        let (span, deviation) = (self.directions.len(), variance.sqrt());
        let gap: Vec<f64> = mean.iter().zip(&self.origin).map(|(m, o)| m - o).collect();
        let at = coordinates(&self.directions, &gap);
        let across = if self.ambient > span { (dot(&gap, &gap) - dot(&at, &at)).max(0.0) } else { 0.0 };
        let mut rest = self.ambient - span;
        let offset = across.sqrt();
        // Where log p depends on the radius across, a mean off the span is one direction more, and the radius is of the others.
        let turned = self.across.is_none() && offset > NEAR * deviation;
        rest -= usize::from(turned);
        let radius = if self.across.is_none() { rest } else { 0 };
        let mut logs = Logs { modes: &self.modes, terms: vec![0.0; self.modes.len()] };
        let here = logs.at(&at, if self.across.is_none() { across } else { 0.0 });
        let mut piece = Piece {
            weight,
            variance,
            precision: self.across.unwrap_or(0.0),
            others: rest as f64,
            across: if self.across.is_some() { across } else { 0.0 },
            here,
            shares: Vec::new(),
            logs: Vec::new(),
        };
        let axes = span + usize::from(turned);
        let (nodes, circles) = self.nodes((&at, offset), variance, axes, radius);
        let mut point = at.clone();
        for (g, share) in &nodes {
            point.iter_mut().zip(&at).zip(g).for_each(|((x, m), g)| *x = m + deviation * g);
            let aside = if turned { offset + deviation * g[span] } else { 0.0 };
            for (square, of_circle) in &circles {
                piece.shares.push(share * of_circle);
                piece.logs.push(logs.at(&point, aside * aside + variance * square));
            }
        }
        let mass: f64 = piece.shares.iter().sum();
        piece.shares.iter_mut().for_each(|share| *share /= mass);
        piece
    }

    /// Points of a normal law in so many directions with what they weigh, and squares of its radius in `radius` further ones.
    fn nodes(
        &self,
        (at, offset): (&[f64], f64),
        variance: f64,
        axes: usize,
        radius: usize,
    ) -> (Vec<Point>, Vec<(f64, f64)>) {
        let (reach, digits) = RULES[(axes + usize::from(radius > 0)).clamp(1, RULES.len()) - 1];
        // Logits turn by pi at the nearest singularity, theory 3.5.
        let step = |slope: f64| (std::f64::consts::TAU * std::f64::consts::PI / (digits * slope)).min(WIDEST);
        let steps: Vec<f64> = (0..axes).map(|axis| step(self.slope((at, offset), variance, axis, reach))).collect();
        let round = step(self.slope((at, 0.0), variance, at.len(), reach + (radius as f64).sqrt()));
        let straight: f64 = steps.iter().map(|step| 2.0 * reach / step).product();
        let rings = if radius > 0 { 2.0 * reach / round } else { 1.0 };
        let whole = straight * rings * self.modes.len() as f64 <= MOST_TERMS;
        let circles = if radius > 0 {
            let step = if whole { round } else { round.max(COARSE) };
            radial(radius, step, reach * reach / 2.0).iter().map(|node| (node.at, (-node.loss).exp())).collect()
        } else {
            vec![(0.0, 1.0)]
        };
        (if whole { grid(&steps, reach) } else { self.lattice(axes) }, circles)
    }

    /// The steepest difference of two modes' logits along a direction, in deviations; the first beyond the span is across.
    fn slope(&self, (at, offset): (&[f64], f64), variance: f64, axis: usize, reach: f64) -> f64 {
        let pulls: Vec<Vec<f64>> = self.modes.iter().map(|mode| mode.pull(at)).collect();
        let mut steepest = 0.0f64;
        for (a, x) in self.modes.iter().zip(&pulls) {
            for (b, y) in self.modes.iter().zip(&pulls) {
                let (straight, bent) = if axis < at.len() {
                    let bent = (0..at.len()).map(|j| (a.entry(axis, j) - b.entry(axis, j)).abs()).sum();
                    ((x[axis] - y[axis]).abs(), bent)
                } else {
                    let bent = (a.across - b.across).abs();
                    (bent * offset, bent)
                };
                steepest = steepest.max(variance.sqrt() * straight + variance * bent * reach);
            }
        }
        steepest
    }

    fn lattice(&self, axes: usize) -> Vec<Point> {
        let coordinates: Vec<_> = (0..axes).map(|axis| self.lattice.coordinate(axis)).collect();
        let point = |i: usize| {
            let places = coordinates.iter().map(|nodes| nodes[i].place).collect();
            (places, coordinates.iter().map(|nodes| nodes[i].weight).product())
        };
        (0..LATTICE).map(point).collect()
    }
}

fn coordinates(directions: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    directions.iter().map(|direction| dot(direction, vector)).collect()
}

/// The trapezoidal rule of these steps within a ball; one point without a step.
fn grid(steps: &[f64], reach: f64) -> Vec<Point> {
    let mut points = vec![(Vec::new(), 0.0)];
    for step in steps {
        let last = (reach / step).ceil() as i64;
        let along = |(point, loss): &(Vec<f64>, f64)| {
            let line =
                (-last..=last).map(|i| step * i as f64).map(|g| ([&point[..], &[g]].concat(), loss + g * g / 2.0));
            line.filter(|(_, loss)| *loss <= reach * reach / 2.0).collect::<Vec<_>>()
        };
        points = points.iter().flat_map(along).collect();
    }
    points.into_iter().map(|(point, loss): (Vec<f64>, f64)| (point, (-loss).exp())).collect()
}

impl Mode {
    /// precision (place - x).
    fn pull(&self, at: &[f64]) -> Vec<f64> {
        let gap: Vec<f64> = self.place.iter().zip(at).map(|(p, x)| p - x).collect();
        match &self.precision {
            Covariance::Isotropic(precision) => gap.iter().map(|x| precision * x).collect(),
            Covariance::Full(rows) => rows.iter().map(|row| dot(row, &gap)).collect(),
        }
    }

    fn entry(&self, i: usize, j: usize) -> f64 {
        match &self.precision {
            Covariance::Isotropic(precision) if i == j => *precision,
            Covariance::Isotropic(_) => 0.0,
            Covariance::Full(rows) => rows[i][j],
        }
    }

    /// Its logarithm at a point of the span, and at a squared distance from it.
    fn log(&self, at: &[f64], square: f64) -> f64 {
        let gaps = || self.place.iter().zip(at).map(|(p, x)| p - x);
        let along: f64 = match &self.precision {
            Covariance::Isotropic(precision) => precision * gaps().map(|x| x * x).sum::<f64>(),
            Covariance::Full(rows) => {
                gaps().zip(rows).map(|(x, row)| x * gaps().zip(row).map(|(y, p)| y * p).sum::<f64>()).sum()
            }
        };
        self.level - 0.5 * (along + self.across * square)
    }
}

/// log p, with room for its terms.
struct Logs<'a> {
    modes: &'a [Mode],
    terms: Vec<f64>,
}

impl Logs<'_> {
    fn at(&mut self, at: &[f64], square: f64) -> f64 {
        let mut top = f64::NEG_INFINITY;
        for (term, mode) in self.terms.iter_mut().zip(self.modes) {
            *term = mode.log(at, square);
            top = top.max(*term);
        }
        top + self.terms.iter().map(|term| (term - top).exp()).sum::<f64>().ln()
    }
}

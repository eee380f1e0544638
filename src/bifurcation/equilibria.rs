//! Equilibria of a pair with their stability, and what the search for them established.

use nalgebra::DMatrix;

use super::bordered::short_directions;
use super::misuse::ContinuationMisuse;
use super::stability::{eigenvalues, eigenvector};

/// Distance of rates that are one: a multiple eigenvalue splits by rounding.
const ALIKE: f64 = 1e-9;
/// Distance of coordinates that are one to the order of a list.
const SAME: f64 = 1e-9;

/// What an equilibrium of a pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EquilibriumKind {
    /// Stable, the means on different sides of the plane between the modes' basins.
    Recovered,
    /// Stable, both means on one side.
    Collapsed,
    /// Sphere pair: the state about `s = -1` across the axis, in which the hot phase spreads the means.
    Antipodal,
    /// Unstable, none of the others.
    Saddle,
    /// Free pair: both means over one mode and apart only across the axis, unstable at an exponentially small rate.
    Metastable,
    /// Both means together on the plane between the basins.
    Origin,
}

impl EquilibriumKind {
    /// The name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Collapsed => "collapsed",
            Self::Antipodal => "antipodal",
            Self::Saddle => "saddle",
            Self::Metastable => "metastable",
            Self::Origin => "origin",
        }
    }
}

/// Which way a direction may be followed from a state without leaving the states that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admissible {
    /// Both ways.
    Both,
    /// One way: the state lies on the edge (Gram determinant zero), the direction leads off it.
    OneSided,
    /// Neither: no pair of means moves so.
    Never,
}

/// An eigenvalue of the Jacobian with its unit eigenvector.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigenmode {
    /// Rate, in the pair's own clock and metric.
    pub rate: f64,
    /// Direction in the coordinates of the state.
    pub direction: Vec<f64>,
    /// Whether means can move so.
    pub admissible: Admissible,
}

/// An equilibrium.
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibrium {
    /// `(x, y, z)` of the free pair, `(m_1, m_2, s)` of the sphere pair.
    pub coordinates: [f64; 3],
    /// Half widths of an interval proved to hold each coordinate.
    pub uncertainty: [f64; 3],
    /// Maximum norm of the flow there.
    pub residual: f64,
    /// What it is.
    pub kind: EquilibriumKind,
    /// Eigenvalues of the full Jacobian with their eigenvectors, rates falling.
    pub modes: Vec<Eigenmode>,
    /// Admissible directions that grow.
    pub unstable: usize,
}

/// Everything a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibria {
    /// The equilibria, each proved to exist and to be alone in a box, in the order of their coordinates.
    pub states: Vec<Equilibrium>,
    /// Middles of clusters of boxes that could be neither excluded nor certified: degenerate equilibria, if any.
    pub unresolved: Vec<[f64; 3]>,
    /// Boxes examined.
    pub boxes: usize,
    /// What is proved, in words.
    pub established: String,
}

impl Equilibria {
    /// The states of one kind.
    pub fn of_kind(&self, kind: EquilibriumKind) -> impl Iterator<Item = &Equilibrium> {
        self.states.iter().filter(move |state| state.kind == kind)
    }

    /// Whether nothing was left open.
    pub fn complete(&self) -> bool {
        self.unresolved.is_empty()
    }
}

/// Eigenvalues of a Jacobian given row by row with their eigenvectors, real parts falling.
pub(super) fn eigenmodes(rows: &[f64], admissible: impl Fn(&[f64]) -> Admissible) -> Vec<Eigenmode> {
    let values = eigenvalues(rows).unwrap_or_default();
    let modes = values.iter().enumerate().filter_map(|(index, value)| {
        let before = values[..index].iter().filter(|other| (other.re - value.re).abs() < ALIKE).count();
        let direction = eigenvector(rows, value.re).filter(|_| before == 0).or_else(|| nth(rows, value.re, before))?;
        Some(Eigenmode { rate: value.re, admissible: admissible(&direction), direction })
    });
    modes.collect()
}

/// The vector of number `index` of the eigenspace of a multiple eigenvalue.
fn nth(rows: &[f64], eigenvalue: f64, index: usize) -> Option<Vec<f64>> {
    let n = rows.len().isqrt();
    let shifted = DMatrix::from_row_slice(n, n, rows) - DMatrix::identity(n, n) * eigenvalue;
    let directions = short_directions(&shifted)?;
    (index < n).then(|| directions.column(index).iter().copied().collect())
}

/// The number of admissible directions that grow faster than `tolerance`.
pub(super) fn growing(modes: &[Eigenmode], tolerance: f64) -> usize {
    modes.iter().filter(|mode| mode.rate > tolerance && mode.admissible != Admissible::Never).count()
}

/// Refuses a temperature that is not positive.
pub(super) fn check_temperature(temperature: f64) -> Result<(), ContinuationMisuse> {
    if temperature > 0.0 && temperature.is_finite() {
        Ok(())
    } else {
        Err(ContinuationMisuse::Option { name: "temperature", value: temperature, rule: "0 < temperature < inf" })
    }
}

/// Middles of the clusters of boxes that touch each other, to within `slack`.
pub(super) fn clusters(mut points: Vec<[f64; 2]>, slack: f64) -> Vec<[f64; 2]> {
    let mut middles = Vec::new();
    while let Some(seed) = points.pop() {
        let mut cluster = vec![seed];
        let mut next = 0;
        while let Some(&from) = cluster.get(next) {
            let near = |p: &[f64; 2]| (p[0] - from[0]).abs().max((p[1] - from[1]).abs()) <= slack;
            cluster.extend(points.iter().copied().filter(near));
            points.retain(|p| !near(p));
            next += 1;
        }
        let mean = |i: usize| cluster.iter().map(|p| p[i]).sum::<f64>() / cluster.len() as f64;
        middles.push([mean(0), mean(1)]);
    }
    middles
}

/// Order of the coordinates, one after the other.
pub(super) fn by_coordinates(a: &Equilibrium, b: &Equilibrium) -> std::cmp::Ordering {
    // Mirror images differ by rounding alone in a coordinate; adding 0 makes -0 equal to 0.
    let rounded = |value: &f64| (value / SAME).round() + 0.0;
    let differences = a.coordinates.iter().zip(&b.coordinates).map(|(x, y)| rounded(x).total_cmp(&rounded(y)));
    differences.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
}

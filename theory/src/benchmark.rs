//! Densities on which flows are tried that are no Gaussian mixtures, with their constants and modes: theory 10.1.

mod funnel;
mod many_well;
mod moons;
mod rings;

pub use funnel::Funnel;
pub use many_well::ManyWell;
pub use moons::TwoMoons;
pub use rings::Rings;

use crate::parameter::{InvalidParameter, Part};

/// The name of a [`Benchmark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BenchmarkKind {
    /// [`ManyWell`].
    ManyWell,
    /// [`TwoMoons`].
    TwoMoons,
    /// [`Rings`].
    Rings,
    /// [`Funnel`].
    Funnel,
}

impl BenchmarkKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ManyWell, Self::TwoMoons, Self::Rings, Self::Funnel];

    /// "many-well" and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ManyWell => "many-well",
            Self::TwoMoons => "two-moons",
            Self::Rings => "rings",
            Self::Funnel => "funnel",
        }
    }
}

/// A density p(x) = e^{f(x)}/Z in R^d that is no Gaussian mixture, f as published and Z known.
///
/// Its modes come in groups of equal size: s_k(x) >= 0 sums to 1 in each group, and v_k = E_p\[s_k\].
#[derive(Debug, Clone, PartialEq)]
pub enum Benchmark {
    /// Double wells side by side.
    ManyWell(ManyWell),
    /// Two arcs of a circle.
    TwoMoons(TwoMoons),
    /// Two circles about one centre.
    Rings(Rings),
    /// One mode, as narrow as wide.
    Funnel(Funnel),
}

impl Benchmark {
    /// The density of that name in `dimension` dimensions.
    ///
    /// Errors: a dimension that it has not (two for moons and rings, an even number to 2000 for wells, 2 to 1000 for the funnel).
    pub fn new(kind: BenchmarkKind, dimension: usize) -> Result<Self, InvalidParameter> {
        let refuse = |rule: &str| {
            let rule = format!("{rule} for the density \"{}\"", kind.name());
            Err(InvalidParameter::new("dimension", dimension, rule).of(Part::Start))
        };
        match kind {
            BenchmarkKind::ManyWell if (2..=MOST).contains(&dimension) && dimension.is_multiple_of(2) => {
                Ok(Self::ManyWell(ManyWell::new(dimension / 2)))
            }
            BenchmarkKind::ManyWell => refuse("be even, from 2 to 2000,"),
            BenchmarkKind::Funnel if (2..=MOST).contains(&dimension) => Ok(Self::Funnel(Funnel::new(dimension))),
            BenchmarkKind::Funnel => refuse("lie between 2 and 2000"),
            _ if dimension != 2 => refuse("be 2"),
            BenchmarkKind::TwoMoons => Ok(Self::TwoMoons(TwoMoons::new())),
            BenchmarkKind::Rings => Ok(Self::Rings(Rings::new())),
        }
    }

    /// Which one it is.
    pub fn kind(&self) -> BenchmarkKind {
        match self {
            Self::ManyWell(_) => BenchmarkKind::ManyWell,
            Self::TwoMoons(_) => BenchmarkKind::TwoMoons,
            Self::Rings(_) => BenchmarkKind::Rings,
            Self::Funnel(_) => BenchmarkKind::Funnel,
        }
    }

    /// d.
    pub fn dimension(&self) -> usize {
        match self {
            Self::ManyWell(wells) => 2 * wells.wells(),
            Self::TwoMoons(_) | Self::Rings(_) => 2,
            Self::Funnel(funnel) => funnel.dimension(),
        }
    }

    /// log Z.
    pub fn log_z(&self) -> f64 {
        match self {
            Self::ManyWell(wells) => wells.log_z(),
            Self::TwoMoons(moons) => moons.log_z(),
            Self::Rings(rings) => rings.log_z(),
            Self::Funnel(_) => 0.0,
        }
    }

    /// v_k.
    pub fn shares(&self) -> Vec<f64> {
        match self {
            Self::ManyWell(wells) => wells.shares(),
            Self::TwoMoons(_) => vec![0.5; 2],
            Self::Rings(rings) => rings.shares().to_vec(),
            Self::Funnel(_) => vec![1.0],
        }
    }

    /// log p(x), x of length d, and s_k(x).
    ///
    /// Panics where `x` or `responsibilities` are too short.
    pub fn log_density(&self, x: &[f64], responsibilities: &mut [f64]) -> f64 {
        let energy = match self {
            Self::ManyWell(wells) => wells.at(x, responsibilities),
            Self::TwoMoons(moons) => moons.at([x[0], x[1]], responsibilities),
            Self::Rings(rings) => rings.at([x[0], x[1]], responsibilities),
            Self::Funnel(funnel) => {
                responsibilities[0] = 1.0;
                funnel.at(x)
            }
        };
        energy - self.log_z()
    }

    /// log p(x) and its gradient, both of length d. Panics as above.
    pub fn score(&self, x: &[f64], score: &mut [f64]) -> f64 {
        let energy = match self {
            Self::ManyWell(wells) => wells.score(x, score),
            Self::TwoMoons(moons) => moons.score([x[0], x[1]], score),
            Self::Rings(rings) => rings.score([x[0], x[1]], score),
            Self::Funnel(funnel) => funnel.score(x, score),
        };
        energy - self.log_z()
    }

    /// The coordinates of the plane in which it is drawn: the first of two wells, all there are, the funnel's width and one
    /// coordinate.
    pub fn plane(&self) -> [usize; 2] {
        match self {
            Self::ManyWell(wells) if wells.wells() > 1 => [0, 2],
            _ => [0, 1],
        }
    }

    /// Half of the side of a square about the origin of that plane that shows it.
    pub fn reach(&self) -> f64 {
        match self {
            Self::ManyWell(_) | Self::TwoMoons(_) | Self::Rings(_) => 3.0,
            Self::Funnel(_) => 9.0,
        }
    }

    /// The logarithm of the marginal of p^beta in that plane, up to a constant.
    pub fn in_plane(&self, beta: f64, at: [f64; 2]) -> f64 {
        match self {
            Self::ManyWell(wells) => wells.in_plane(beta, at),
            Self::TwoMoons(moons) => beta * moons.at(at, &mut [0.0; 2]),
            Self::Rings(rings) => beta * rings.at(at, &mut [0.0; 2]),
            Self::Funnel(funnel) => funnel.in_plane(beta, at),
        }
    }
}

/// Most dimensions.
const MOST: usize = 2000;

/// log(e^a + e^b), the share of each.
fn log_sum(terms: [f64; 2], shares: &mut [f64]) -> f64 {
    let top = terms[0].max(terms[1]);
    let sizes = terms.map(|term| libm::exp(term - top));
    let total = sizes[0] + sizes[1];
    shares.iter_mut().zip(sizes).for_each(|(share, size)| *share = size / total);
    top + libm::log(total)
}

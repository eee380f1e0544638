//! Pairs of diagonal covariances that differ: the scalar sum of the log ratio, in three dimensions and more.

use collapsar_theory::{
    InvalidParameter, MeanFieldStatus, UnequalGroup, UnequalMeanField, UnequalPair, UnequalSolution,
};

use crate::config::MixtureConfig;
use crate::results::ProductFit;
use crate::studies::mean_field::fit::{Fit, Fits, objective_of_units};
use crate::studies::mean_field::frame::RotatedFrame;
use crate::studies::mean_field::pair::{DiagonalPair, SAME, SHOWN, normal};
use crate::studies::{StudyError, Watch};

/// w N(m_1, D_1) + (1-w) N(m_2, D_2): the first component is the plus mode.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UnequalModes {
    coordinates: Vec<Coordinate>,
    groups: Vec<UnequalGroup>,
    weight: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Coordinate {
    centre: f64,
    /// The unit of length, and the side on which the plus mode is.
    scale: f64,
    side: f64,
    /// Half the distance of the means.
    half: f64,
    /// Its group; nothing where the modes agree.
    group: Option<usize>,
}

/// In fewer dimensions a grid gives more: saddles, slow cooling, every certificate.
const LEAST: usize = 3;

impl UnequalModes {
    /// The pair, if the target is one and no other route is better.
    pub(super) fn of(target: &MixtureConfig) -> Option<Self> {
        let [plus, minus] = &target.components[..] else { return None };
        let d = plus.mean.len();
        if d < LEAST || DiagonalPair::of(target).is_some() {
            return None;
        }
        let (variances, others) = (plus.covariance.diagonal(d)?, minus.covariance.diagonal(d)?);
        let (mut coordinates, mut groups) = (Vec::with_capacity(d), Vec::<UnequalGroup>::new());
        for j in 0..d {
            let half = 0.5 * (plus.mean[j] - minus.mean[j]);
            let (own, scale) = UnequalGroup::of(half, [variances[j], others[j]]);
            let agree = half == 0.0 && own.contrast == 0.0;
            let same = |g: &UnequalGroup| (g.half_separation, g.contrast) == (own.half_separation, own.contrast);
            let group = (!agree).then(|| match groups.iter().position(same) {
                Some(g) => {
                    groups[g].count += 1;
                    g
                }
                None => {
                    groups.push(own);
                    groups.len() - 1
                }
            });
            let centre = 0.5 * (plus.mean[j] + minus.mean[j]);
            coordinates.push(Coordinate { centre, scale, side: half.signum(), half: half.abs(), group });
        }
        // Weights sum to 1 within rounding only.
        let weight = plus.weight / (plus.weight + minus.weight);
        (!groups.is_empty()).then_some(Self { coordinates, groups, weight })
    }

    /// The same with this weight of the plus mode.
    pub(super) fn with_weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// Whether every coordinate but the first is like the second.
    pub(super) fn is_repeated(&self) -> bool {
        self.coordinates[1].group.is_some()
            && self.coordinates[1..].iter().all(|c| c.group == self.coordinates[1].group)
    }

    /// Of repeated coordinates `d` in all: the first and as many of the others as that makes.
    pub(super) fn in_dimensions(mut self, d: usize) -> Self {
        let repeated = self.coordinates[1].clone();
        let own = usize::from(self.coordinates[0].group != repeated.group);
        if let Some(group) = repeated.group {
            self.groups[group].count = d - own;
        }
        self.coordinates.resize(d, repeated);
        self
    }

    /// In units of length of its own, at `temperature`.
    pub(super) fn standard(&self, temperature: f64) -> Result<UnequalPair, InvalidParameter> {
        UnequalPair::new(self.groups.clone(), self.weight, temperature)
    }

    /// Ascents from both components, which bound every stationary point.
    pub(super) fn fits(&self, temperature: f64, watch: &dyn Watch) -> Result<Fits, StudyError> {
        let field = UnequalMeanField::new(self.standard(temperature)?);
        let plus = field.from_plus();
        if watch.cancelled() {
            return Err(StudyError::Cancelled);
        }
        let minus = field.from_minus();
        let optima = if (plus.theta - minus.theta).abs() <= SAME {
            vec![self.fit(&field, &plus, vec![1, 2])]
        } else {
            vec![self.fit(&field, &plus, vec![1]), self.fit(&field, &minus, vec![2])]
        };
        Ok(Fits { optima, saddles: Vec::new() })
    }

    fn fit(&self, field: &UnequalMeanField, found: &UnequalSolution, from: Vec<usize>) -> Fit {
        let temperature = field.pair().temperature();
        let moments = self.coordinates.iter().map(|Coordinate { centre, scale, side, group, .. }| {
            // A coordinate in which the modes agree has N(c_j, T D_jj).
            group.map_or((*centre, temperature * scale * scale), |g| {
                (centre + side * scale * found.means[g], scale * scale * found.variances[g])
            })
        });
        let (mean, variance) = moments.unzip();
        let agreeing = self.coordinates.iter().filter(|c| c.group.is_none()).count();
        let units = objective_of_units(temperature, self.coordinates.iter().map(|c| c.scale), agreeing);
        let record = ProductFit {
            objective: found.objective + units,
            mean,
            variance,
            coverage: vec![0.5 * (1.0 + found.theta), 0.5 * (1.0 - found.theta)],
            stable: found.status == MeanFieldStatus::Stable,
            coupling: found.couplings.largest(),
            residual: found.residual,
            from,
            ..ProductFit::default()
        };
        Fit { record, marginals: self.densities(field, found), frame: RotatedFrame::default() }
    }

    /// Of the coordinates in which the means differ most.
    fn densities(&self, field: &UnequalMeanField, found: &UnequalSolution) -> Vec<(usize, Vec<(f64, f64)>)> {
        let apart = |j: usize| self.coordinates[j].half / self.coordinates[j].scale;
        let mut widest: Vec<usize> = (0..self.coordinates.len()).collect();
        widest.sort_by(|&a, &b| apart(b).total_cmp(&apart(a)));
        widest.truncate(SHOWN);
        widest.sort_unstable();
        let of = |&j: &usize| {
            let Coordinate { centre, scale, side, group, .. } = self.coordinates[j];
            let standard = match group {
                Some(g) => field.density(&found.state, g),
                None => normal(field.pair().temperature()),
            };
            let placed = |&(x, p): &(f64, f64)| (centre + side * scale * x, p / scale);
            let mut points: Vec<(f64, f64)> = standard.iter().map(placed).collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            (j, points)
        };
        widest.iter().map(of).collect()
    }
}

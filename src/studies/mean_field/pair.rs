//! Pairs of one diagonal covariance: the scalar sum, in any dimension.

use std::f64::consts::TAU;

use collapsar_theory::{
    CriticalPoint, GaussianMixture, InvalidParameter, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldSolution,
    MeanFieldStart, MeanFieldStatus, critical_norm, critical_temperature,
};

use crate::config::MixtureConfig;
use crate::results::ProductFit;
use crate::studies::mean_field::fit::{Fit, Fits, objective_of_units};
use crate::studies::mean_field::frame::RotatedFrame;
use crate::studies::{StudyError, Watch};

/// w N(c + s a, D) + (1-w) N(c - s a, D): the first component is the plus mode, D = diag(scale^2).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DiagonalPair {
    centre: Vec<f64>,
    /// The half separation in deviations, with its signs.
    half: Vec<f64>,
    scale: Vec<f64>,
    weight: f64,
}

/// Thetas that differ by less are one.
pub(super) const SAME: f64 = 1e-7;
/// The least sine or cosine of an angle that is not rounding.
const RIGHT: f64 = 1e-15;
/// Coordinates whose densities are kept, the widest first.
pub(super) const SHOWN: usize = 4;
/// Most different half separations for which critical points are sought: each of some twenty fits has as many marginals.
const MOST_GROUPS: usize = 64;

impl DiagonalPair {
    /// The pair, if the target is one.
    pub(crate) fn of(target: &MixtureConfig) -> Option<Self> {
        let [plus, minus] = &target.components[..] else { return None };
        let d = plus.mean.len();
        let (variances, others) = (plus.covariance.diagonal(d)?, minus.covariance.diagonal(d)?);
        if variances != others || plus.mean == minus.mean {
            return None;
        }
        let scale: Vec<f64> = variances.iter().map(|v| v.sqrt()).collect();
        let both = || plus.mean.iter().zip(&minus.mean);
        Some(Self {
            centre: both().map(|(a, b)| 0.5 * (a + b)).collect(),
            half: both().zip(&scale).map(|((a, b), s)| 0.5 * (a - b) / s).collect(),
            scale,
            // Weights sum to 1 within rounding only.
            weight: plus.weight / (plus.weight + minus.weight),
        })
    }

    /// The half separation in deviations.
    pub(crate) fn half(&self) -> &[f64] {
        &self.half
    }

    /// The middle between the modes.
    pub(crate) fn centre(&self) -> &[f64] {
        &self.centre
    }

    /// The deviation of each coordinate, that of both components.
    pub(crate) fn deviations(&self) -> &[f64] {
        &self.scale
    }

    /// |a|, in deviations.
    pub(crate) fn norm(&self) -> f64 {
        self.half.iter().map(|a| a * a).sum::<f64>().sqrt()
    }

    /// That of the plus mode.
    pub(crate) fn weight(&self) -> f64 {
        self.weight
    }

    /// The same with this weight of the plus mode.
    pub(super) fn with_weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// The same with |a| = `norm`.
    pub(super) fn with_norm(self, norm: f64) -> Self {
        let scale = norm / self.norm();
        Self { half: self.half.iter().map(|a| a * scale).collect(), ..self }
    }

    /// The same |a| at an angle to the first coordinate, the others in their proportions.
    pub(super) fn turned(self, angle: f64) -> Self {
        let norm = self.norm();
        let rest = self.half[1..].iter().map(|a| a * a).sum::<f64>().sqrt();
        // The sine and cosine of a right angle are rounded.
        let [along, across] = [angle.cos(), angle.sin()].map(|x| if x < RIGHT { 0.0 } else { x * norm });
        let others = self.half[1..].iter().map(|a| a * across / rest);
        Self { half: std::iter::once(along).chain(others).collect(), ..self }
    }

    /// The pair as a mixture.
    pub(super) fn mixture(&self) -> Result<GaussianMixture, InvalidParameter> {
        let d = self.half.len();
        let mean = |side: f64| (0..d).map(|j| self.centre[j] + side * self.scale[j] * self.half[j]).collect();
        let entry = |i: usize, j: usize| if i == j { self.scale[j].powi(2) } else { 0.0 };
        let covariance: Vec<Vec<f64>> = (0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect();
        GaussianMixture::new(
            vec![self.weight, 1.0 - self.weight],
            vec![mean(1.0), mean(-1.0)],
            vec![covariance.clone(), covariance],
        )
    }

    /// In deviations, at `temperature`.
    pub(super) fn standard(&self, temperature: f64) -> Result<MeanFieldPair, InvalidParameter> {
        MeanFieldPair::along(&self.half)?.with_weight(self.weight)?.with_temperature(temperature)
    }

    /// The pair in deviations about its middle, as a mixture.
    pub(super) fn in_deviations(&self) -> Result<GaussianMixture, InvalidParameter> {
        let d = self.half.len();
        Self { centre: vec![0.0; d], scale: vec![1.0; d], ..self.clone() }.mixture()
    }

    /// |a|, A_c and T_c along the pair's direction.
    pub(super) fn critical(&self, temperature: f64) -> Result<Critical, StudyError> {
        let pair = self.standard(temperature)?;
        let norm = Some(pair.norm());
        if pair.groups().len() > MOST_GROUPS || pair.dimension() < 2 {
            return Ok((norm, None, None));
        }
        // Out of the domain of pairs at other norms or temperatures there is none to tell.
        let value =
            |found: Result<Option<CriticalPoint>, InvalidParameter>| found.ok().flatten().map(|point| point.value);
        Ok((norm, value(critical_norm(pair.groups(), temperature)), value(critical_temperature(pair.groups()))))
    }

    /// Whether the optimum is known to be the lowest fit or its mirror image: for equal weights at T = 1.
    pub(super) fn is_known(&self) -> Result<bool, StudyError> {
        let pair = self.standard(1.0)?;
        if self.weight != 0.5 || pair.dimension() < 2 || pair.groups().len() > MOST_GROUPS {
            return Ok(false);
        }
        Ok(MeanField::new(pair, MeanFieldOptions::default())?.certify()?.known)
    }

    /// Ascents from both components, which bound every stationary point, and the even solution where there is one.
    pub(super) fn fits(&self, temperature: f64, watch: &dyn Watch) -> Result<Fits, StudyError> {
        let field = MeanField::new(self.standard(temperature)?, MeanFieldOptions::default())?;
        let solve = |start: MeanFieldStart| match watch.cancelled() {
            true => Err(StudyError::Cancelled),
            false => Ok(field.solve(start)?),
        };
        let (plus, minus) = (solve(MeanFieldStart::Plus)?, solve(MeanFieldStart::Minus)?);
        let single = (plus.observables.theta - minus.observables.theta).abs() <= SAME;
        let optima = if single {
            // The even solution where weights are equal: neither side has a claim.
            let from = vec![1, 2];
            let even = (self.weight == 0.5).then(|| solve(MeanFieldStart::Even)).transpose()?;
            vec![self.fit(&field, &even.unwrap_or(plus), from)]
        } else {
            vec![self.fit(&field, &plus, vec![1]), self.fit(&field, &minus, vec![2])]
        };
        let mut saddles = Vec::new();
        if !single && self.weight == 0.5 {
            let even = solve(MeanFieldStart::Even)?;
            if even.status != MeanFieldStatus::NotConverged {
                saddles.push(self.fit(&field, &even, Vec::new()));
            }
        }
        Ok(Fits { optima, saddles })
    }

    fn fit(&self, field: &MeanField, solution: &MeanFieldSolution, from: Vec<usize>) -> Fit {
        let temperature = field.pair().temperature();
        let found = &solution.observables;
        let group = |half: f64| field.pair().groups().iter().position(|g| g.half_separation == half.abs());
        let moments = self.half.iter().enumerate().map(|(j, &half)| {
            let (centre, scale) = (self.centre[j], self.scale[j]);
            // A coordinate in which the modes agree has N(c_j, T D_jj).
            group(half).map_or((centre, temperature * scale * scale), |g| {
                (centre + half.signum() * scale * found.means[g], scale * scale * found.variances[g])
            })
        });
        let (mean, variance): (Vec<f64>, Vec<f64>) = moments.unzip();
        let agreeing = self.half.iter().filter(|half| **half == 0.0).count();
        let units = objective_of_units(temperature, self.scale.iter().copied(), agreeing);
        let record = ProductFit {
            objective: found.objective + units,
            mean,
            variance,
            coverage: vec![found.coverage_plus(), found.coverage_minus()],
            stable: solution.status == MeanFieldStatus::Stable,
            coupling: solution.couplings.largest(),
            residual: solution.residual,
            from,
            ..ProductFit::default()
        };
        Fit { record, marginals: self.densities(field, solution, &group), frame: RotatedFrame::default() }
    }

    /// Of the coordinates in which the modes differ most.
    fn densities(
        &self,
        field: &MeanField,
        solution: &MeanFieldSolution,
        group: &dyn Fn(f64) -> Option<usize>,
    ) -> Vec<(usize, Vec<(f64, f64)>)> {
        let temperature = field.pair().temperature();
        let mut widest: Vec<usize> = (0..self.half.len()).collect();
        widest.sort_by(|&a, &b| self.half[b].abs().total_cmp(&self.half[a].abs()));
        widest.truncate(SHOWN);
        widest.sort_unstable();
        let of = |&j: &usize| {
            let (centre, scale, side) = (self.centre[j], self.scale[j], self.half[j].signum());
            let standard = match group(self.half[j]) {
                Some(g) => field.density(&solution.state, g),
                None => normal(temperature),
            };
            let placed = |&(x, p): &(f64, f64)| (centre + side * scale * x, p / scale);
            let mut points: Vec<(f64, f64)> = standard.iter().map(placed).collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            (j, points)
        };
        widest.iter().map(of).collect()
    }
}

/// |a|, A_c, T_c.
type Critical = (Option<f64>, Option<f64>, Option<f64>);

/// N(0, variance) on a grid.
pub(super) fn normal(variance: f64) -> Vec<(f64, f64)> {
    let at = |n: i32| {
        let x = 0.08 * f64::from(n) * variance.sqrt();
        (x, (-0.5 * x * x / variance).exp() / (TAU * variance).sqrt())
    };
    (-100..=100).map(at).collect()
}

//! Fits along curves and over maps.

use collapsar_theory::{
    InvalidParameter, MeanFieldPair, UnequalPair, critical_norm, critical_norm_expansion, fold_weight,
    gaussian_critical_norm,
};

use crate::config::{MeanFieldRun, ScanAxis, ScanConfig};
use crate::parallel;
use crate::results::{CriticalMark, ProductScan, ScanLine, ScanPanel, SpreadNorm};
use crate::studies::mean_field::drawing;
use crate::studies::mean_field::pair::DiagonalPair;
use crate::studies::mean_field::scan_point::ScanPoint;
use crate::studies::mean_field::turns::turns;
use crate::studies::mean_field::unequal::UnequalModes;
use crate::studies::{StudyError, Watch};

/// A place along the axes.
type Place = [(ScanAxis, f64)];

/// The pair whose separation, direction, weight, temperature or dimension changes.
pub(super) struct Scanned<'a> {
    scan: &'a ScanConfig,
    modes: Modes,
    temperature: f64,
}

enum Modes {
    Equal(DiagonalPair),
    Unequal(UnequalModes),
}

impl<'a> Scanned<'a> {
    /// The scan of a run, if it has one.
    ///
    /// # Errors
    /// A target that is no such pair, or that has no direction to turn, no plane, no equal coordinates.
    pub(super) fn of(run: &'a MeanFieldRun) -> Result<Option<Self>, InvalidParameter> {
        let Some(scan) = &run.scan else { return Ok(None) };
        let refused = |rule: &str| {
            InvalidParameter::new("components", format!("{} components", run.target.components.len()), rule)
        };
        let temperature = run.schedule.schedule()?.final_temperature();
        let Some(pair) = DiagonalPair::of(&run.target) else {
            let Some(modes) = UnequalModes::of(&run.target) else {
                let rule = "be two components of one diagonal covariance, or in three dimensions and more of two, where [scan] is given";
                return Err(refused(rule));
            };
            let only = [ScanAxis::Weight, ScanAxis::Temperature, ScanAxis::Dimension];
            if !only.contains(&scan.x) || scan.y.0.is_some_and(|y| !only.contains(&y)) {
                return Err(refused("be of one covariance where a separation or an angle is scanned"));
            }
            if scan.has(ScanAxis::Dimension) && !modes.is_repeated() {
                return Err(refused("be alike in every coordinate but the first where the dimension is scanned"));
            }
            if !scan.panels.is_empty() {
                return Err(refused("lie in the plane where [scan] has panels"));
            }
            return Self { scan, modes: Modes::Unequal(modes), temperature }.checked();
        };
        let value = |what: &str| format!("{what} = {:?}", pair.half());
        if scan.has(ScanAxis::Angle) && pair.half()[1..].iter().all(|a| *a == 0.0) {
            let rule = "differ in another coordinate than the first where an angle is scanned";
            return Err(InvalidParameter::new("components", value("half the difference in deviations"), rule));
        }
        if scan.has(ScanAxis::Dimension) && pair.half().iter().any(|a| a.abs() != pair.half()[0].abs()) {
            let rule = "be of equal size in every coordinate where the dimension is scanned";
            return Err(InvalidParameter::new("components", value("half the difference in deviations"), rule));
        }
        if !(scan.panels.is_empty() && scan.turns.is_empty()) && pair.half().len() != 2 {
            return Err(InvalidParameter::new(
                "components",
                format!("in {} dimensions", pair.half().len()),
                "lie in the plane where [scan] has panels or turns",
            ));
        }
        Self { scan, modes: Modes::Equal(pair), temperature }.checked()
    }

    /// Itself, where every corner is in reach.
    fn checked(self) -> Result<Option<Self>, InvalidParameter> {
        for place in self.corners() {
            match &self.modes {
                Modes::Equal(pair) => self.standard(pair, &place).map(drop)?,
                Modes::Unequal(modes) => self.unequal(modes, &place).map(drop)?,
            }
        }
        Ok(Some(self))
    }

    /// The values of both axes in all combinations of their ends.
    fn corners(&self) -> Vec<Vec<(ScanAxis, f64)>> {
        let ends = |values: Vec<f64>| {
            let ends = values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], x| [a.min(*x), b.max(*x)]);
            Vec::from(ends)
        };
        let xs = ends([self.scan.x_values(), self.scan.panels.clone(), self.scan.turns.clone()].concat());
        let of = |x: f64| match self.scan.y_values() {
            None => vec![vec![(self.scan.x, x)]],
            Some((axis, values)) => ends(values).into_iter().map(|y| vec![(self.scan.x, x), (axis, y)]).collect(),
        };
        xs.into_iter().flat_map(of).collect()
    }

    /// The number of its points and panels.
    pub(super) fn size(&self) -> u64 {
        let across = self.scan.x_values().len() + self.scan.panels.len() + self.scan.turns.len();
        (across * self.scan.y_values().map_or(1, |(_, values)| values.len())) as u64
    }

    fn placed(&self, pair: &DiagonalPair, place: &Place) -> (DiagonalPair, f64) {
        let (mut pair, mut temperature) = (pair.clone(), self.temperature);
        // The direction before its length.
        for (axis, value) in place {
            match axis {
                ScanAxis::Angle => pair = pair.turned(value.to_radians()),
                ScanAxis::Weight => pair = pair.with_weight(*value),
                ScanAxis::Temperature => temperature = *value,
                ScanAxis::Separation | ScanAxis::Dimension => {}
            }
        }
        for (axis, value) in place {
            if *axis == ScanAxis::Separation {
                pair = pair.with_norm(*value);
            }
        }
        (pair, temperature)
    }

    /// In deviations.
    fn standard(&self, pair: &DiagonalPair, place: &Place) -> Result<MeanFieldPair, InvalidParameter> {
        let (pair, temperature) = self.placed(pair, place);
        let dimension = place.iter().find(|(axis, _)| *axis == ScanAxis::Dimension);
        match dimension {
            None => pair.standard(temperature),
            Some((_, d)) => MeanFieldPair::diagonal(pair.norm(), *d as usize)?
                .with_weight(pair.weight())?
                .with_temperature(temperature),
        }
    }

    /// In units of length of its own.
    fn unequal(&self, modes: &UnequalModes, place: &Place) -> Result<UnequalPair, InvalidParameter> {
        let (mut modes, mut temperature) = (modes.clone(), self.temperature);
        for (axis, value) in place {
            match axis {
                ScanAxis::Weight => modes = modes.with_weight(*value),
                ScanAxis::Temperature => temperature = *value,
                ScanAxis::Dimension => modes = modes.in_dimensions(*value as usize),
                ScanAxis::Separation | ScanAxis::Angle => {}
            }
        }
        modes.standard(temperature)
    }

    /// Every point, the critical line and the panels.
    pub(super) fn compute(&self, watch: &dyn Watch) -> Result<ProductScan, StudyError> {
        let (xs, y) = (self.scan.x_values(), self.scan.y_values());
        let places: Vec<Vec<(ScanAxis, f64)>> = match &y {
            None => xs.iter().map(|x| vec![(self.scan.x, *x)]).collect(),
            Some((axis, ys)) => {
                ys.iter().flat_map(|y| xs.iter().map(|x| vec![(self.scan.x, *x), (*axis, *y)])).collect()
            }
        };
        let (mirrored, symmetric) = (!self.scan.has(ScanAxis::Weight), self.scan.y.0.is_none());
        let points = parallel::try_map(&places, |place| {
            if watch.cancelled() {
                return Err(StudyError::Cancelled);
            }
            let point = match &self.modes {
                Modes::Equal(pair) => ScanPoint::equal(self.standard(pair, place)?, mirrored, symmetric)?,
                Modes::Unequal(modes) => ScanPoint::unequal(self.unequal(modes, place)?),
            };
            watch.advance(1);
            Ok(point)
        })?;
        let equal = match &self.modes {
            Modes::Equal(pair) => Some(pair),
            Modes::Unequal(_) => None,
        };
        let spread = equal.is_some() && self.scan.has(ScanAxis::Dimension) && self.temperature == 1.0;
        let panels = equal.iter().flat_map(|pair| self.scan.panels.iter().map(|x| self.panel(pair, *x, watch)));
        Ok(ProductScan {
            map: self.scan.is_map(),
            objective: points.iter().map(|point| point.objective).collect(),
            kept: points.iter().map(|point| point.kept).collect(),
            optima: points.iter().map(|point| point.optima).collect(),
            other: points.iter().map(|point| point.other).collect(),
            critical: equal.map_or(Ok(Vec::new()), |pair| self.critical(pair, &xs, y.as_ref()))?,
            spread: spread
                .then(critical_norm_expansion)
                .flatten()
                .map(|(square, slope)| SpreadNorm { norm: square.sqrt(), slope }),
            turns: equal.map_or(Ok(Vec::new()), |pair| turns(pair, &self.scan.turns, watch))?,
            panels: panels.collect::<Result<_, _>>()?,
            x: ScanLine { axis: self.scan.x, values: xs },
            y: y.map(|(axis, values)| ScanLine { axis, values }),
        })
    }

    /// For a map along the axis beside |a|, or, beside a weight, along |a|; for curves along the dimension.
    fn critical(
        &self,
        pair: &DiagonalPair,
        xs: &[f64],
        y: Option<&(ScanAxis, Vec<f64>)>,
    ) -> Result<Vec<CriticalMark>, StudyError> {
        use ScanAxis::{Dimension, Separation, Weight};
        let y = y.filter(|_| self.scan.is_map());
        let (along, values, norms, fold) = match (self.scan.x, y) {
            (Separation, Some((Weight, _))) => (Separation, xs, None, true),
            (Weight, Some((Separation, norms))) => (Separation, &norms[..], None, true),
            (Separation, Some((axis, values))) => (*axis, &values[..], Some(xs), false),
            (axis, Some((Separation, norms))) => (axis, xs, Some(&norms[..]), false),
            (Dimension, None) if self.scan.y.0.is_none() => (Dimension, xs, None, false),
            _ => return Ok(Vec::new()),
        };
        if !fold && pair.weight() != 0.5 {
            return Ok(Vec::new());
        }
        let largest = norms.map_or(f64::INFINITY, |norms| norms.iter().copied().fold(0.0, f64::max));
        let mark = |at: &f64| -> Result<CriticalMark, StudyError> {
            let pair = self.standard(pair, &[(along, *at)])?;
            let (groups, temperature) = (pair.groups(), pair.temperature());
            // Out of the domain of pairs at other norms there is none to tell.
            let (value, gaussian) = if fold {
                let weight = (pair.dimension() > 1).then(|| fold_weight(groups, temperature).ok().flatten()).flatten();
                (weight.map(|fold| fold.weight), None)
            } else if never(&pair, largest) {
                (None, None)
            } else {
                let norm = critical_norm(groups, temperature).ok().flatten();
                (norm.map(|point| point.value), gaussian_critical_norm(groups, temperature).ok().flatten())
            };
            Ok(CriticalMark { at: *at, value, gaussian })
        };
        parallel::try_map(values, mark)
    }

    fn panel(&self, pair: &DiagonalPair, x: f64, watch: &dyn Watch) -> Result<ScanPanel, StudyError> {
        let (pair, temperature) = self.placed(pair, &[(self.scan.x, x)]);
        let fits = pair.fits(temperature, watch)?;
        let target = pair.mixture()?;
        let optima: Vec<_> = fits.optima.into_iter().chain(fits.saddles).collect();
        let Some(plane) = drawing::plane(&target, &optima) else {
            return Err(StudyError::refused("scan.panels", x, "lie in the plane"));
        };
        watch.advance(1);
        Ok(ScanPanel { x, plane, optima: optima.into_iter().map(|fit| fit.record).collect() })
    }
}

/// Whether no |a| up to `norm` along the pair's direction collapses, by mean field theorem 2: what is left beside the largest
/// coordinate is at most 1.
fn never(pair: &MeanFieldPair, norm: f64) -> bool {
    let largest = pair.groups().iter().map(|group| group.half_separation).fold(0.0, f64::max);
    let rest = (1.0 - (largest / pair.norm()).powi(2)).max(0.0).sqrt();
    pair.dimension() < 2 || (pair.temperature() >= 1.0 && rest * norm <= 1.0)
}

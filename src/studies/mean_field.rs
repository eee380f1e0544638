//! Product measures fitted to a Gaussian mixture, in the given coordinates and in the best frame that is found.

mod certificate;
mod drawing;
mod fit;
mod found;
mod frame;
mod pair;
mod plane;
mod reach;
mod sampled;
mod scan;
mod scan_point;
mod space;
mod summary;
mod turned;
mod turns;
mod unequal;

use crate::config::{ConfigError, Document, MeanFieldRun};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{Annealed, MeanFieldRecord, PROGRAM, ProductRoute, VERSION};
use crate::studies::{Study, StudyError, Watch};
use fit::{Fit, coincide};
pub(crate) use pair::DiagonalPair;
pub(crate) use plane::flat;
use unequal::UnequalModes;

/// A fit of a mode below this share of its weight has lost it (as for mixtures, theory section 9).
const LOST: f64 = 0.5;
/// Objectives that differ by less are equal.
const TIED: f64 = 1e-10;
const DEFINITION: &str = "F = E_q[log q - log pi/T], KL(q||pi) at T = 1; q is a product measure of y, where x = R y, or x = C R y with \
    whitening; coverage is C_k = E_q r_k by responsibilities; collapsed: fits from the components differ, or the best one \
    gives a mode less than half of its weight";

/// The product measures nearest to a mixture, what is proved about them and what a rotation changes.
#[derive(Debug)]
pub struct MeanField(MeanFieldRecord);

impl Study for MeanField {
    const NAME: &'static str = "mean-field";
    const QUESTION: &'static str =
        "Fit product measures, say whether they lose a mode, and turn the frame until they do not";
    type Config = MeanFieldRun;
    type Record = MeanFieldRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        let run = MeanFieldRun::resolve(document)?;
        reach::check(&run).map_err(|refused| refused.in_document(document))?;
        Ok(run)
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        let target = config.target.mixture()?;
        let schedule = config.schedule.schedule()?;
        let temperature = schedule.final_temperature();
        let pair = DiagonalPair::of(&config.target);
        let unequal = UnequalModes::of(&config.target);
        let scanned = scan::Scanned::of(&config)?;
        let points = scanned.as_ref().map_or(0, scan::Scanned::size);
        watch.begin(1 + points + config.rotation.as_ref().map_or(0, turned::starts), 0, "fits");
        let summed = pair.is_some() || unequal.is_some();
        let space = (!summed).then(|| space::grid(&target, temperature)).flatten();
        let given = match (&pair, &unequal, &space) {
            (Some(pair), ..) => pair.fits(temperature, watch)?,
            (_, Some(unequal), _) => unequal.fits(temperature, watch)?,
            (.., Some(space)) => space::given(space, watch)?,
            _ if target.dimension() <= 2 => plane::given(&target, temperature, watch)?,
            _ => sampled::given(&target, temperature, watch)?,
        };
        watch.advance(1);
        let turned = config.rotation.as_ref().map(|rotation| turned::search(rotation, &target, watch)).transpose()?;
        let asked = turned.as_ref().map_or(&given.optima, |turned| &turned.optima);
        let certificate = match &turned {
            Some(turned) => certificate::turned(&turned.target, asked, &turned.rotation),
            None => {
                let single = summed && given.optima.len() == 1;
                certificate::given(&target, pair.as_ref(), single, asked, temperature)?
            }
        };
        let (collapsed, lost) = verdict(asked, target.weights());
        let lines = turned.as_ref().map(|turned| turned.search.clone());
        let (norm, critical_norm, critical_temperature) =
            pair.as_ref().map_or(Ok((None, None, None)), |pair| pair.critical(temperature))?;
        let annealed = plane::annealed(&target, &schedule, watch)?;
        let scan = scanned.map(|scanned| scanned.compute(watch)).transpose()?;
        let mut optima = given.optima;
        optima.extend(given.saddles);
        optima.extend(turned.into_iter().flat_map(|turned| turned.optima));
        optima.sort_by_key(height);
        let annealed = annealed.map(|(heat, end)| Annealed {
            heat,
            optimum: optima
                .iter()
                .position(|fit| fit.record.rotation.is_none() && coincide(&fit.record, &end))
                .map(|n| n + 1),
            objective: end.objective,
            coverage: end.coverage,
        });
        Ok(Self(MeanFieldRecord {
            program: PROGRAM,
            version: VERSION,
            definition: DEFINITION,
            route: match target.dimension() {
                _ if summed => ProductRoute::ScalarSum,
                _ if space.is_some() => ProductRoute::Space,
                1 | 2 => ProductRoute::Plane,
                _ => ProductRoute::Sampled,
            },
            temperature,
            norm,
            critical_norm,
            critical_temperature,
            certificate,
            collapsed,
            lost,
            rotation: lines,
            annealed,
            scan,
            marginals: drawing::marginals(&target, &optima),
            plane: drawing::plane(&target, &optima),
            optima: optima.into_iter().map(|fit| fit.record).collect(),
            config,
        }))
    }

    fn record(&self) -> &MeanFieldRecord {
        &self.0
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        self.0.csv().map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        let figure = match &self.0.scan {
            Some(scan) => plots::mean_field_scan(&self.0, scan),
            None => plots::mean_field(&self.0),
        };
        vec![(String::new(), figure)]
    }

    fn summary(&self) -> String {
        summary::summary(&self.0)
    }
}

/// The place of a fit by its F. Mirror images differ by rounding: they keep the order of the components.
fn height(fit: &Fit) -> i64 {
    (fit.record.objective / TIED).round() as i64
}

/// Whether these fits lose a mode, and which the best one does.
fn verdict(fits: &[Fit], weights: &[f64]) -> (bool, Vec<usize>) {
    let best = fits.iter().min_by_key(|fit| height(fit));
    let coverage = best.map_or(&[][..], |fit| &fit.record.coverage);
    let lost: Vec<usize> =
        coverage.iter().zip(weights).enumerate().filter(|(_, (c, v))| **c < LOST * **v).map(|(k, _)| k + 1).collect();
    (fits.len() > 1 || !lost.is_empty(), lost)
}

//! Where the starts that collapse end and those that recover begin.

mod pair;
mod trained;

use collapsar_theory::{Schedule, WeightRule};

use crate::config::{BoundaryRun, ConfigError, Document, ScheduleConfig};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{BoundaryCurve, BoundaryRecord};
use crate::studies::{Study, StudyError, Watch, number};

/// The collapse boundary of a pair: of fixed weights in the limit, of trained ones at a horizon.
#[derive(Debug)]
pub struct Boundary(BoundaryRecord);

impl Study for Boundary {
    const NAME: &'static str = "boundary";
    const QUESTION: &'static str = "Locate the boundary between collapsing and recovering starts of a pair";
    type Config = BoundaryRun;
    type Record = BoundaryRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        BoundaryRun::resolve(document)
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        if config.family.rules().weights == WeightRule::Fixed {
            pair::boundary(config, watch).map(Self)
        } else {
            trained::boundary(config, watch).map(Self)
        }
    }

    fn record(&self) -> &BoundaryRecord {
        &self.0
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        self.0.csv().map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        vec![(String::new(), plots::boundary(&self.0))]
    }

    fn summary(&self) -> String {
        summary(&self.0)
    }
}

/// The schedule, or one for each combination of the wanted initial temperatures with rates or durations.
fn schedules(config: &BoundaryRun) -> Result<Vec<Schedule>, StudyError> {
    let own = |value: Option<f64>, asked: &[f64]| -> Vec<Option<f64>> {
        if asked.is_empty() { vec![value] } else { asked.iter().copied().map(Some).collect() }
    };
    let (schedule, asked) = (&config.schedule, &config.boundary);
    let mut all = Vec::new();
    for initial_temperature in own(schedule.initial_temperature, &asked.initial_temperatures) {
        for rate in own(schedule.rate, &asked.rates) {
            for duration in own(schedule.duration, &asked.durations) {
                let other = ScheduleConfig { initial_temperature, rate, duration, ..schedule.clone() };
                all.push(other.schedule()?);
            }
        }
    }
    Ok(all)
}

/// The keys under which the curves differ.
fn varied(config: &BoundaryRun) -> Vec<&'static str> {
    let asked = &config.boundary;
    let lists = [
        (asked.initial_temperatures.as_slice(), "schedule.initial_temperature"),
        (&asked.rates, "schedule.rate"),
        (&asked.durations, "schedule.duration"),
    ];
    lists.iter().filter(|(values, _)| !values.is_empty()).map(|(_, key)| *key).collect()
}

fn summary(record: &BoundaryRecord) -> String {
    let [abscissa, ordinate, transverse] = record.axes;
    let mut lines = vec![format!("boundary    {} pair, {ordinate}({abscissa}, {transverse})", record.pair)];
    for curve in &record.curves {
        let largest = curve.ordinates.iter().copied().fold(0.0, f64::max);
        let widest = curve.widths.iter().copied().fold(0.0, f64::max);
        lines.push(format!(
            "  T0 = {:<8} {}{transverse} = {:<8} {} points, largest {ordinate} {}, widest bracket {}, undecided {}",
            number(curve.initial_temperature),
            speed(record, curve),
            number(curve.transverse),
            curve.abscissae.len(),
            number(largest),
            number(widest),
            curve.undecided
        ));
    }
    if let (Some(constant), Some(exponent)) = (record.connection_constant, record.exponent) {
        lines.push(format!("connection  x = C y^alpha' with C = {constant:.9}, alpha' = {exponent:.9}"));
    }
    lines.join("\n") + "\n"
}

/// The rate or duration of a curve if it is one of several.
fn speed(record: &BoundaryRecord, curve: &BoundaryCurve) -> String {
    let shown = |key: &str, name: &str, value: Option<f64>| {
        let value = value.filter(|_| record.varied.contains(&key));
        value.map_or_else(String::new, |v| format!("{name} = {:<8} ", number(v)))
    };
    shown("schedule.rate", "kappa", curve.rate) + &shown("schedule.duration", "t0", curve.duration)
}

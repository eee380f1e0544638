//! The free pair's flow in a plane of constant z, at constant temperatures.

mod slice;

use collapsar_theory::Pair;

use crate::bifurcation::critical_temperature;
use crate::config::{ConfigError, Document, PortraitRun};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{PROGRAM, PortraitRecord, VERSION};
use crate::studies::near::near_enough;
use crate::studies::{Study, StudyError, Watch, number};

/// Phase portraits of the free pair with equilibria and the boundary of collapse.
#[derive(Debug)]
pub struct Portrait(PortraitRecord);

impl Study for Portrait {
    const NAME: &'static str = "portrait";
    const QUESTION: &'static str =
        "Draw the flow of the free pair in a plane, with its equilibria and the collapse boundary";
    type Config = PortraitRun;
    type Record = PortraitRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        PortraitRun::resolve(document)
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        let Pair::Free(flow) = config.pair()? else {
            let rule = "be \"free\": only the free pair moves in a plane";
            return Err(StudyError::refused("family.means", "\"sphere\"", rule));
        };
        near_enough(&Pair::Free(flow))?;
        watch.begin(config.portrait.temperatures.len() as u64, 0, "portraits");
        let mut portraits = Vec::new();
        for &temperature in &config.portrait.temperatures {
            if watch.cancelled() {
                return Err(StudyError::Cancelled);
            }
            portraits.push(slice::portrait(&config, &flow, temperature)?);
            watch.advance(1);
        }
        Ok(Self(PortraitRecord {
            program: PROGRAM,
            version: VERSION,
            separation: flow.options().separation,
            transverse: config.portrait.transverse,
            critical_temperature: critical_temperature(&flow).map(|fold| fold.temperature),
            portraits,
            config,
        }))
    }

    fn record(&self) -> &PortraitRecord {
        &self.0
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        self.0.csv().map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        vec![(String::new(), plots::portrait(&self.0))]
    }

    fn summary(&self) -> String {
        summary(&self.0)
    }
}

fn summary(record: &PortraitRecord) -> String {
    let critical = record.critical_temperature.map_or("none".to_owned(), number);
    let mut lines = vec![format!(
        "portrait    free pair, rho = {}, z = {}, critical temperature {critical}",
        number(record.separation),
        number(record.transverse)
    )];
    for portrait in &record.portraits {
        lines.push(format!("at T = {}", number(portrait.temperature)));
        for point in &portrait.equilibria {
            let [x, y, z] = point.state.coordinates.map(number);
            let growing = point.state.unstable;
            lines.push(format!("  {:<11} ({x}, {y}, {z}), growing directions {growing}", point.state.kind));
        }
        let points: usize = portrait.boundary.iter().map(Vec::len).sum();
        lines.push(match portrait.boundary.len() {
            0 => "  boundary    none: no start collapses".to_owned(),
            curves => format!("  boundary    {curves} curves, {points} points"),
        });
    }
    lines.join("\n") + "\n"
}

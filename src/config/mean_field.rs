//! What `mean-field` reads: any Gaussian mixture, a temperature, and whether the frame turns.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::family::{PRESETS, Preset};
use crate::config::keys::{RotationConfig, ScanConfig, keys_of};
use crate::config::mixture::MixtureConfig;
use crate::config::resolve;
use crate::config::schedule::ScheduleConfig;

/// Product measures fitted to a Gaussian mixture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanFieldRun {
    /// The target.
    pub target: MixtureConfig,
    /// The variational family.
    pub family: ProductFamily,
    /// The annealing schedule: its last temperature is that of the fits.
    pub schedule: ScheduleConfig,
    /// Whether and how the frame turns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<RotationConfig>,
    /// What changes along curves and maps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan: Option<ScanConfig>,
}

/// `[family]` of product measures: they have no rule of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ProductFamily {
    /// "mean-field".
    pub preset: &'static str,
}

const PRESET: &str = "mean-field";

impl MeanFieldRun {
    /// Reads what `mean-field` reads.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let section = document.section("family");
        if let Some(Preset::Mixture(_)) = section.choice("preset", &PRESETS)? {
            return Err(section.breaks("preset", "be \"mean-field\" for this verb, which fits product measures"));
        }
        let others: Vec<&str> = keys_of("family").iter().map(|key| key.name).filter(|name| *name != "preset").collect();
        section.refuse(&["criterion"], "it says what `collapsar probability` and `sweep` count")?;
        section.refuse(&others, "a product measure has neither components nor rules")?;
        let target = resolve::mixture(document)?;
        let (schedule, path) = resolve::schedule(document)?;
        let rotation = document.has_section("rotation").then(|| RotationConfig::read(&document.section("rotation")));
        let rotation = rotation.transpose()?;
        if rotation.is_some() && path.final_temperature() != 1.0 {
            let key =
                if document.section("schedule").has("temperatures") { "temperatures" } else { "initial_temperature" };
            return Err(document.section("schedule").breaks(key, "end at T = 1 where the frame turns"));
        }
        let scan = document.has_section("scan").then(|| ScanConfig::resolve(&document.section("scan"))).transpose()?;
        resolve::check_rest(document, &["rotation", "scan"])?;
        Ok(Self { target, family: ProductFamily { preset: PRESET }, schedule, rotation, scan })
    }
}

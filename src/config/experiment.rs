//! `[experiment]`: what `collapsar reproduce` does with a configuration, and what it must find.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::section::Section;
use crate::config::value::{Node, Value};

/// The verb that runs a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// `collapsar solve`.
    Solve,
    /// `collapsar bifurcate`.
    Bifurcate,
    /// `collapsar boundary`.
    Boundary,
    /// `collapsar probability`.
    Probability,
    /// `collapsar sweep`.
    Sweep,
    /// `collapsar design`.
    Design,
    /// `collapsar density`.
    Density,
    /// `collapsar portrait`.
    Portrait,
    /// `collapsar realnvp`.
    RealNvp,
    /// `collapsar mean-field`.
    #[serde(rename = "mean-field")]
    MeanField,
}

/// Place in the report unless given: after those that have one.
const LAST: u64 = 1000;

pub(crate) const VERBS: [(&str, Verb); 10] = [
    ("solve", Verb::Solve),
    ("bifurcate", Verb::Bifurcate),
    ("boundary", Verb::Boundary),
    ("probability", Verb::Probability),
    ("sweep", Verb::Sweep),
    ("design", Verb::Design),
    ("density", Verb::Density),
    ("portrait", Verb::Portrait),
    ("realnvp", Verb::RealNvp),
    ("mean-field", Verb::MeanField),
];

impl Verb {
    /// Its name.
    pub fn name(self) -> &'static str {
        VERBS.iter().find(|(_, verb)| *verb == self).map_or("", |(name, _)| name)
    }
}

/// `[experiment]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExperimentConfig {
    /// What runs it.
    pub verb: Verb,
    /// Its place in the report.
    pub order: u64,
    /// Its title in the report.
    pub title: String,
    /// What to see in its figure.
    pub caption: String,
    /// The name of its target in the report's table of targets, if it has a row.
    pub row: Option<String>,
    /// Overrides of the quick setting, as for `--set`.
    pub quick: Vec<String>,
    /// About how long it takes at full size on two cores, in seconds.
    pub seconds: f64,
    /// What its record must say.
    pub checks: Vec<Check>,
}

/// `[[experiment.checks]]`: a claim about one number of the record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// The claim in words.
    pub claim: String,
    /// Where the number stands in the record: a JSON pointer.
    pub value: String,
    /// What it must obey.
    pub rule: CheckRule,
    /// Whether it only holds at full size.
    pub full: bool,
}

/// What a number must obey.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckRule {
    /// |x - value| <= tolerance.
    Equals {
        /// The value.
        value: f64,
        /// The tolerance.
        tolerance: f64,
    },
    /// x >= bound.
    AtLeast(f64),
    /// x <= bound.
    AtMost(f64),
}

impl CheckRule {
    /// Whether `x` obeys it; NaN never does.
    pub fn holds(&self, x: f64) -> bool {
        match self {
            Self::Equals { value, tolerance } => (x - value).abs() <= *tolerance,
            Self::AtLeast(bound) => x >= *bound,
            Self::AtMost(bound) => x <= *bound,
        }
    }
}

impl ExperimentConfig {
    /// Resolves the section; nothing if there is none.
    pub fn resolve(document: &Document) -> Result<Option<Self>, ConfigError> {
        let section = document.section("experiment");
        if section.is_empty() {
            return Ok(None);
        }
        let needed = |key: &str| section.text(key)?.ok_or_else(|| section.missing(key, "the report shows it"));
        let verb = section.choice("verb", &VERBS)?;
        let checks = match document.node("experiment", "checks").map(|node| &node.value) {
            None => Vec::new(),
            Some(Value::Array(items)) => items.iter().map(|node| check(document, node)).collect::<Result<_, _>>()?,
            Some(_) => return Err(section.breaks("checks", "be tables, each written [[experiment.checks]]")),
        };
        Ok(Some(Self {
            verb: verb.ok_or_else(|| section.missing("verb", "it says how the configuration is run"))?,
            order: section.count("order")?.unwrap_or(LAST),
            title: needed("title")?,
            caption: needed("caption")?,
            row: row(&section, verb)?,
            quick: section.texts("quick")?.unwrap_or_default(),
            seconds: section.positive("seconds")?.unwrap_or(1.0),
            checks,
        }))
    }
}

/// `experiment.row`, which a sweep's counts fill.
fn row(section: &Section<'_>, verb: Option<Verb>) -> Result<Option<String>, ConfigError> {
    let row = section.text("row")?;
    if row.is_some() && verb != Some(Verb::Sweep) {
        return Err(section.breaks("row", "be absent unless the verb is \"sweep\", whose counts it holds"));
    }
    Ok(row)
}

fn check(document: &Document, node: &Node) -> Result<Check, ConfigError> {
    let Value::Table(entries) = &node.value else {
        let message = ConfigError::breaking("experiment.checks", node.value.describe(), "hold tables");
        return Err(document.error(node.origin.clone(), message));
    };
    let section = Section::new(document, "experiment.checks", entries);
    section.refuse_unknown()?;
    let needed = |key: &str| section.text(key)?.ok_or_else(|| section.missing(key, "a check needs it"));
    let rule = match (section.number("equals")?, section.number("at_least")?, section.number("at_most")?) {
        (Some(value), None, None) => {
            let tolerance = section.number("tolerance")?;
            let tolerance = tolerance.ok_or_else(|| section.missing("tolerance", "`equals` needs one"))?;
            CheckRule::Equals { value, tolerance }
        }
        (None, Some(bound), None) => CheckRule::AtLeast(bound),
        (None, None, Some(bound)) => CheckRule::AtMost(bound),
        _ => {
            let message = "a check has one of `equals`, `at_least` and `at_most`";
            return Err(document.error(node.origin.clone(), message.to_owned()));
        }
    };
    Ok(Check { claim: needed("claim")?, value: needed("value")?, rule, full: section.flag("full")?.unwrap_or(false) })
}

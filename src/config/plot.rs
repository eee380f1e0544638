//! `[plot.NAME]`: how the points of a grid are drawn.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::route::Source;
use crate::config::section::Section;
use crate::config::value::{Node, Value};

/// What a plot shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PlotKind {
    /// P_c against `x`, a curve for each combination of the other axes.
    Curves,
    /// P_c over `x` and `y`, with lines of equal probability.
    Map,
    /// log P_c against log `x` with fitted slopes.
    Scaling,
    /// Standardised differences of exact and counted values.
    Agreement,
    /// The share of each mechanism of losing a mode against `x`, a panel for each combination of the other axes.
    Mechanisms,
    /// The mean number of modes that a run keeps against `x`, a curve for each combination of the other axes.
    Kept,
    /// The median of KL(q||p) of trained flows against `x`, likewise.
    Divergence,
}

/// The axes that can be logarithmic.
pub(crate) const AXES: [&str; 2] = ["x", "y"];

pub(crate) const KINDS: [(&str, PlotKind); 7] = [
    ("curves", PlotKind::Curves),
    ("map", PlotKind::Map),
    ("scaling", PlotKind::Scaling),
    ("agreement", PlotKind::Agreement),
    ("mechanisms", PlotKind::Mechanisms),
    ("kept", PlotKind::Kept),
    ("divergence", PlotKind::Divergence),
];

/// The abscissa ln(T0)/t0 of a geometric schedule, kappa of an exponential one.
pub const RATE: &str = "rate";

/// The abscissa of the time at which T = 1 is reached, within 1e-3: that of the schedule, or the mean over the runs of one that
/// watches the fit.
pub const TIME: &str = "time";

/// `[plot.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlotConfig {
    /// NAME: the figure is STEM-NAME.
    pub name: String,
    /// What it shows.
    pub kind: PlotKind,
    /// The key along the abscissa, "rate" or "time"; empty where the kind has none.
    pub x: String,
    /// The key along the ordinate of a map.
    pub y: Option<String>,
    /// Whether the abscissa is logarithmic.
    pub log_x: bool,
    /// Whether the ordinate is.
    pub log_y: bool,
    /// What is drawn; all if empty.
    pub show: Vec<Source>,
    /// Slopes that theory predicts, one for each curve of a scaling plot.
    pub slopes: Vec<f64>,
    /// The part of the abscissa over which slopes are fitted; all of it if absent.
    pub fit: Option<[f64; 2]>,
    /// The lines of equal probability of a map; if empty, tenths and quarters of the whole range.
    pub levels: Vec<f64>,
    /// Title in the report.
    pub title: String,
    /// What to see.
    pub caption: String,
}

impl PlotConfig {
    /// Whether `source` is drawn.
    pub fn shows(&self, source: Source) -> bool {
        self.show.is_empty() || self.show.contains(&source)
    }

    /// The plots of a document, in its order.
    pub(crate) fn resolve(document: &Document) -> Result<Vec<Self>, ConfigError> {
        let read = |(name, node): &(String, Node)| {
            let Value::Table(entries) = &node.value else {
                let message = ConfigError::breaking(&format!("plot.{name}"), node.value.describe(), "be a section");
                return Err(document.error(node.origin.clone(), message.and(&format!(", written [plot.{name}]"))));
            };
            Self::read(name, &Section::new(document, "plot", entries))
        };
        document.entries("plot").iter().map(read).collect()
    }

    fn read(name: &str, section: &Section<'_>) -> Result<Self, ConfigError> {
        section.refuse_unknown()?;
        if !name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) || name.starts_with('.') {
            let rule = "be made of letters, digits, `-`, `_` and `.`: it is part of a file's name";
            return Err(section.named_badly(name, rule));
        }
        let kind = section.choice("kind", &KINDS)?;
        let kind = kind.ok_or_else(|| section.missing("kind", "say what is drawn, for example \"curves\""))?;
        let log = section.texts("log")?.unwrap_or_default();
        if let Some(other) = log.iter().find(|axis| !AXES.contains(&axis.as_str())) {
            return Err(section.breaks("log", &format!("hold \"x\" or \"y\", not \"{other}\"")));
        }
        let source = |name: &String| {
            Source::all().find(|source| source.name() == name).ok_or_else(|| {
                let known = Source::all().map(Source::name).collect::<Vec<_>>().join(", ");
                section.breaks("show", &format!("hold some of {known}, not \"{name}\""))
            })
        };
        let show = section.texts("show")?.unwrap_or_default().iter().map(source).collect::<Result<_, _>>()?;
        let scaling = kind == PlotKind::Scaling;
        let on = |axis: &str| scaling || log.iter().any(|name| name == axis);
        let x = section.text("x")?;
        if x.is_none() && kind != PlotKind::Agreement {
            return Err(section.missing("x", "the key along the abscissa"));
        }
        let y = section.text("y")?;
        if y.is_none() && kind == PlotKind::Map {
            return Err(section.missing("y", "the key along the ordinate of a map"));
        }
        let levels = section.numbers("levels")?.unwrap_or_default();
        if levels.iter().any(|level| !(0.0..1.0).contains(level) || *level == 0.0) {
            return Err(section.breaks("levels", "hold probabilities between 0 and 1"));
        }
        let fit = section.numbers("fit")?;
        let fit = fit.map(|ends| <[f64; 2]>::try_from(ends).map_err(|_| section.breaks("fit", "hold two ends")));
        Ok(Self {
            name: name.to_owned(),
            kind,
            x: x.unwrap_or_default(),
            y,
            log_x: on("x"),
            log_y: on("y"),
            show,
            slopes: section.numbers("slopes")?.unwrap_or_default(),
            fit: fit.transpose()?,
            levels,
            title: section.text("title")?.unwrap_or_else(|| name.to_owned()),
            caption: section.text("caption")?.unwrap_or_default(),
        })
    }
}

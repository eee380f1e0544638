//! The interval of a rule: "1 to 256", "> 0", "≥ 1", as the reference shows it.

use serde_json::{Map, Value, json};

use crate::config::keys::{Key, Kind};

/// The interval in which a number, or each number of a list, lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Its lower end.
    pub least: f64,
    /// Whether the lower end is no value itself.
    pub open: bool,
    /// Its upper end, which is a value itself.
    pub most: Option<f64>,
}

impl Key {
    /// The interval with which its rule begins; what follows a comma or a semicolon are conditions in words.
    pub fn range(&self) -> Option<Range> {
        if !matches!(self.kind, Kind::Number | Kind::Integer | Kind::Numbers | Kind::NumberOrFalse) {
            return None;
        }
        let rule = self.rule.split([',', ';']).next().unwrap_or_default().trim();
        if let Some(least) = rule.strip_prefix("> ").and_then(number) {
            return Some(Range { least, open: true, most: None });
        }
        if let Some(least) = rule.strip_prefix("≥ ").and_then(number) {
            return Some(Range { least, open: false, most: None });
        }
        let (least, most) = rule.split_once(" to ")?;
        Some(Range { least: number(least)?, open: false, most: Some(number(most)?) })
    }

    /// The default where it is a value.
    pub fn default_value(&self) -> Option<Value> {
        let table: toml::Table = format!("default = {}", self.default).parse().ok()?;
        serde_json::to_value(table.get("default")?).ok()
    }
}

/// A number, or a power of two as "2^32".
fn number(text: &str) -> Option<f64> {
    match text.split_once('^') {
        Some((base, power)) => Some(base.parse::<f64>().ok()?.powi(power.parse().ok()?)),
        None => text.parse().ok(),
    }
}

impl Range {
    /// The bounds in the words of JSON Schema.
    pub(super) fn schema(&self) -> Map<String, Value> {
        let least = if self.open { "exclusiveMinimum" } else { "minimum" };
        let mut bounds = Map::from_iter([(least.to_owned(), plain(self.least))]);
        bounds.extend(self.most.map(|most| ("maximum".to_owned(), plain(most))));
        bounds
    }
}

/// Whole numbers without a decimal point.
fn plain(x: f64) -> Value {
    if x.fract() == 0.0 && x.abs() < 9e15 { json!(x as i64) } else { json!(x) }
}

//! The interval of a rule: "1 to 256", "> 0", "≥ 1", as the reference shows it.

use serde_json::{Map, Value, json};

use crate::config::keys::{Key, KeyKind};

/// The interval in which a number, or each number of a list, lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Its lower end.
    pub least: f64,
    /// Whether the lower end is no value itself.
    pub open: bool,
    /// Its upper end, which is a value itself.
    pub most: Option<f64>,
    /// Whether the rule names both ends together, "1 to 256".
    both: bool,
    /// Both ends as the rule writes them.
    written: (&'static str, &'static str),
}

impl Key {
    /// The interval with which its rule begins; what follows a comma or a semicolon are conditions in words.
    pub fn range(&self) -> Option<Range> {
        let numeric =
            matches!(self.kind, KeyKind::Number | KeyKind::Integer | KeyKind::IntegerOrWord(_) | KeyKind::Numbers)
                || matches!(self.kind, KeyKind::NumberOrFalse | KeyKind::NumberOrFlag | KeyKind::NumberOrNumbers);
        if !numeric {
            return None;
        }
        let mut parts = self.rule.split([',', ';']).map(str::trim);
        let rule = parts.next().unwrap_or_default();
        if let Some((least, most)) = rule.split_once(" to ") {
            let ends = (number(least)?, Some(number(most)?));
            return Some(Range { least: ends.0, open: false, most: ends.1, both: true, written: (least, most) });
        }
        let open = rule.strip_prefix("> ");
        let least = open.or_else(|| rule.strip_prefix("≥ "))?;
        let most = parts.next().and_then(|part| part.strip_prefix("at most ")).unwrap_or_default();
        let (end, open) = (number(most), open.is_some());
        Some(Range { least: number(least)?, open, most: end, both: false, written: (least, most) })
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
    /// Both ends in words.
    pub(crate) fn between(&self) -> String {
        format!("between {} and {}", self.written.0, self.written.1)
    }

    /// What a number must obey and does not.
    pub(crate) fn broken_by(&self, x: f64) -> Option<String> {
        let above = self.most.is_some_and(|most| x > most);
        let below = if self.open { x <= self.least } else { x < self.least };
        let (least, most) = self.written;
        match (below, above) {
            (false, false) => None,
            _ if self.both => Some(format!("lie {}", self.between())),
            (false, true) => Some(format!("be at most {most}")),
            (true, _) if !self.open => Some(format!("be at least {least}")),
            (true, _) if self.least == 0.0 => Some("be positive".to_owned()),
            (true, _) => Some(format!("be above {least}")),
        }
    }

    /// The same for a number of a list.
    pub(crate) fn broken_by_one(&self, x: f64) -> Option<String> {
        let rule = self.broken_by(x)?;
        Some(match rule.strip_prefix("be positive") {
            Some(_) => "hold positive numbers".to_owned(),
            // "be at least 1", "lie between 1 and 2".
            None => format!("hold numbers {}", rule.replacen("be ", "of ", 1).trim_start_matches("lie ")),
        })
    }

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

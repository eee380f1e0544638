//! An axis of a grid: lists, ranges, keys that change together, variants of a section.

use serde::{Deserialize, Serialize};

use crate::config::document::{Document, SWEEP};
use crate::config::error::{ConfigError, Fault};
use crate::config::value::{Assignment, Node, Value};

/// The key of a section's variant that names it.
const LABEL: &str = "label";

/// One value on an axis, as a table shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AxisValue {
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A word, a list, or the name of a section's variant.
    Text(String),
    /// true or false.
    Flag(bool),
}

/// An axis: one key, several keys that change together, or a whole section.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepAxis {
    /// What changes, each a column: "section.key", or "section".
    pub keys: Vec<String>,
    /// The values (position x key).
    pub values: Vec<Vec<AxisValue>>,
    /// What each position assigns.
    #[serde(skip)]
    pub(crate) assignments: Vec<Vec<Assignment>>,
}

/// One entry of the section being read.
pub(crate) struct AxisReader<'a> {
    pub(crate) document: &'a Document,
    pub(crate) key: &'a str,
    pub(crate) node: &'a Node,
}

impl AxisReader<'_> {
    pub(crate) fn invalid(&self, fault: impl Into<Fault>) -> ConfigError {
        self.document.error(self.node.origin.clone(), fault)
    }

    fn breaks(&self, rule: &str) -> ConfigError {
        let name = format!("{SWEEP}.{}", self.key);
        self.invalid(ConfigError::breaking(&name, self.node.value.describe(), rule))
    }

    /// Its number of values, without making them.
    pub(crate) fn count(&self) -> Result<usize, ConfigError> {
        let count = match &self.node.value {
            Value::Array(items) => items.len(),
            Value::Table(entries) => {
                let points = entries.iter().find(|(name, _)| name == "points").map(|(_, node)| &node.value);
                match points {
                    Some(Value::Integer(n)) => usize::try_from(*n).unwrap_or(0),
                    _ => return Err(self.breaks("have an integer `points`, as { from, to, points }")),
                }
            }
            _ => return Err(self.breaks("be a list of values, or a range { from, to, points, scale = \"log\" }")),
        };
        if count == 0 { Err(self.breaks("have at least one value")) } else { Ok(count) }
    }

    /// The axis of that many values.
    pub(crate) fn axis(&self, count: usize) -> Result<SweepAxis, ConfigError> {
        let keys: Vec<String> = self.key.split(',').map(|key| key.trim().to_owned()).collect();
        let nodes = match &self.node.value {
            Value::Table(entries) => self.range(entries, count)?,
            Value::Array(items) => items.clone(),
            _ => Vec::new(),
        };
        if let [key] = keys.as_slice()
            && !key.contains('.')
        {
            return self.variants(key, &nodes);
        }
        let mut axis = SweepAxis { keys, values: Vec::new(), assignments: Vec::new() };
        for node in nodes {
            let row = match (&node.value, axis.keys.len()) {
                (_, 1) => vec![node],
                (Value::Array(items), n) if items.len() == n => items.clone(),
                (_, n) => return Err(self.breaks(&format!("hold lists of {n} values, one for each key"))),
            };
            axis.values.push(row.iter().map(|node| shown(&node.value)).collect());
            if axis.values[..axis.values.len() - 1].contains(&axis.values[axis.values.len() - 1]) {
                let twice: Vec<String> = row.iter().map(|node| node.value.describe()).collect();
                return Err(self.breaks(&format!("hold each value once; {} is there twice", twice.join(", "))));
            }
            let pairs = axis.keys.iter().zip(row);
            axis.assignments.push(pairs.map(|(key, node)| self.assignment(key, node)).collect::<Result<_, _>>()?);
        }
        Ok(axis)
    }

    fn assignment(&self, key: &str, node: Node) -> Result<Assignment, ConfigError> {
        let Some((section, key)) = key.split_once('.') else {
            return Err(self.breaks("name keys as section.key, for example \"target.separation, schedule.rate\""));
        };
        let node = Node { origin: self.node.origin.clone(), ..node };
        Ok(Assignment { section: section.to_owned(), key: key.to_owned(), node })
    }

    /// `section = [{ key = value, ... }, ...]`: each variant replaces the keys that it has.
    fn variants(&self, section: &str, nodes: &[Node]) -> Result<SweepAxis, ConfigError> {
        let mut axis = SweepAxis { keys: vec![section.to_owned()], values: Vec::new(), assignments: Vec::new() };
        for node in nodes {
            let Value::Table(entries) = &node.value else {
                return Err(self.breaks("hold tables { key = value, .. } of that section, or be written section.key"));
            };
            let named = entries.iter().find(|(name, _)| name == LABEL).map(|(_, node)| shown(&node.value));
            let listed = || {
                let pairs = entries.iter().map(|(name, node)| format!("{name}={}", node.value.describe()));
                AxisValue::Text(pairs.collect::<Vec<_>>().join(" "))
            };
            axis.values.push(vec![named.unwrap_or_else(listed)]);
            let rest = entries.iter().filter(|(name, _)| name != LABEL);
            axis.assignments.push(
                rest.map(|(name, node)| self.assignment(&format!("{section}.{name}"), node.clone()))
                    .collect::<Result<_, _>>()?,
            );
        }
        Ok(axis)
    }

    /// `{ from, to, points, scale = "linear" | "log", integers = true }`.
    fn range(&self, entries: &[(String, Node)], count: usize) -> Result<Vec<Node>, ConfigError> {
        const KNOWN: [&str; 5] = ["from", "to", "points", "scale", "integers"];
        if let Some((name, _)) = entries.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
            return Err(self.invalid(format!(
                "`{SWEEP}.{}` has an unknown key `{name}`: known are {}",
                self.key,
                KNOWN.join(", ")
            )));
        }
        let value = |name: &str| entries.iter().find(|(n, _)| n == name).map(|(_, node)| &node.value);
        let number = |name: &str| match value(name) {
            Some(Value::Integer(i)) => Some(*i as f64),
            Some(Value::Float(x)) if x.is_finite() => Some(*x),
            _ => None,
        };
        let (Some(from), Some(to)) = (number("from"), number("to")) else {
            return Err(self.breaks("have finite numbers `from` and `to`"));
        };
        let log = match value("scale") {
            None => false,
            Some(Value::Text(text)) if text == "linear" => false,
            Some(Value::Text(text)) if text == "log" && from > 0.0 && to > 0.0 => true,
            _ => return Err(self.breaks("have `scale` = \"linear\", or \"log\" with positive `from` and `to`")),
        };
        let integers = match value("integers") {
            None | Some(Value::Boolean(false)) => false,
            Some(Value::Boolean(true)) => true,
            _ => return Err(self.breaks("have `integers` = true or false")),
        };
        let at = |i: usize| {
            // The ends exactly.
            let share = if count == 1 { 0.0 } else { i as f64 / (count - 1) as f64 };
            if i == 0 {
                from
            } else if i + 1 == count {
                to
            } else if log {
                (from.ln() + share * (to.ln() - from.ln())).exp()
            } else {
                from + share * (to - from)
            }
        };
        let node = |i: usize| {
            let value = if integers { Value::Integer(at(i).round() as i64) } else { Value::Float(at(i)) };
            Node { value, origin: self.node.origin.clone() }
        };
        Ok((0..count).map(node).collect())
    }
}

fn shown(value: &Value) -> AxisValue {
    match value {
        Value::Integer(i) => AxisValue::Integer(*i),
        Value::Float(x) => AxisValue::Number(*x),
        Value::Text(text) => AxisValue::Text(text.clone()),
        Value::Boolean(flag) => AxisValue::Flag(*flag),
        other => AxisValue::Text(other.describe()),
    }
}

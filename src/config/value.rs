//! Values of a document that know where they came from.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::error::Origin;

/// A value of the document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Integer(i64),
    Float(f64),
    Text(String),
    Boolean(bool),
    Array(Vec<Node>),
    Table(Vec<(String, Node)>),
    Other(&'static str),
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// A value for a key of a section.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assignment {
    pub(crate) section: String,
    pub(crate) key: String,
    pub(crate) node: Node,
}

impl Value {
    /// All of it in one line.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::Array(items) => {
                format!("[{}]", items.iter().map(|n| n.value.canonical()).collect::<Vec<_>>().join(", "))
            }
            Self::Table(entries) => {
                let pairs = entries.iter().map(|(key, node)| format!("{key:?}: {}", node.value.canonical()));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
            other => other.describe(),
        }
    }

    /// The value for an error message.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Integer(i) => i.to_string(),
            // Debug: 5.0 is not the integer 5.
            Self::Float(x) => format!("{x:?}"),
            Self::Text(s) => format!("{s:?}"),
            Self::Boolean(b) => b.to_string(),
            Self::Array(items) if items.len() <= 8 => {
                let items: Vec<String> = items.iter().map(|n| n.value.describe()).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Array(items) => format!("a list of {}", items.len()),
            Self::Table(_) => "a table".to_owned(),
            Self::Other(kind) => format!("a {kind}"),
        }
    }
}

/// The entries of a table in the order of the text.
pub(crate) fn convert_table(table: &DeTable<'_>, origin: &dyn Fn(usize) -> Origin) -> Vec<(String, Node)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
        .into_iter()
        .map(|(key, value)| {
            let mut node = convert(value, origin);
            // The key's line: a multi-line value begins there for the reader.
            node.origin = origin(key.span().start);
            (key.get_ref().to_string(), node)
        })
        .collect()
}

/// A parsed value as a node; `origin` knows the line of an offset.
pub(crate) fn convert(value: &Spanned<DeValue<'_>>, origin: &dyn Fn(usize) -> Origin) -> Node {
    let at = origin(value.span().start);
    let converted = match value.get_ref() {
        DeValue::String(s) => Value::Text(s.to_string()),
        DeValue::Boolean(b) => Value::Boolean(*b),
        DeValue::Datetime(_) => Value::Other("date"),
        DeValue::Integer(i) => {
            i64::from_str_radix(i.as_str(), i.radix()).map_or(Value::Other("number too large"), Value::Integer)
        }
        DeValue::Float(x) => x.as_str().parse().map_or(Value::Other("number"), Value::Float),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| convert(item, origin)).collect()),
        DeValue::Table(table) => Value::Table(convert_table(table, origin)),
    };
    Node { value: converted, origin: at }
}

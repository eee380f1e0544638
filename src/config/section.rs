//! Typed reading of one section.

use collapsar_theory::InvalidParameter;

use crate::config::document::Document;
use crate::config::error::{ConfigError, Fault, Origin};
use crate::config::keys::{Reader, declares, keys_of};
use crate::config::value::{Node, Value};

/// One section of a document.
pub(crate) struct Section<'a> {
    document: &'a Document,
    name: &'static str,
    entries: &'a [(String, Node)],
}

impl<'a> Section<'a> {
    pub(crate) fn new(document: &'a Document, name: &'static str, entries: &'a [(String, Node)]) -> Self {
        Self { document, name, entries }
    }

    fn get(&self, key: &str) -> Option<&'a Node> {
        // A key that is read and not declared would be absent for ever.
        debug_assert!(declares(self.name, key), "[{}] declares no `{key}`", self.name);
        self.entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// Whether the key is given.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the section is empty or absent.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All keys and values, in the order of the text.
    pub(crate) fn entries(&self) -> &'a [(String, Node)] {
        self.entries
    }

    /// An error about `key`, at its line if it is given.
    pub(crate) fn invalid(&self, key: &str, message: impl Into<String>) -> ConfigError {
        let value = self.get(key).map(|node| node.value.describe());
        self.at(key, Fault::about(&format!("{}.{key}", self.name), value, message.into()))
    }

    fn at(&self, key: &str, fault: Fault) -> ConfigError {
        let origin = self.get(key).map_or(Origin::Absent, |node| node.origin.clone());
        self.document.error(origin, fault)
    }

    /// The error for a value of `key` that breaks `rule`.
    pub(crate) fn breaks(&self, key: &str, rule: &str) -> ConfigError {
        let value = self.get(key).map_or("missing".to_owned(), |node| node.value.describe());
        self.at(key, ConfigError::breaking(&format!("{}.{key}", self.name), value, rule))
    }

    /// The error for a section whose own name breaks `rule`.
    pub(crate) fn named_badly(&self, name: &str, rule: &str) -> ConfigError {
        let origin = self.document.node(self.name, name).map(|node| node.origin.clone());
        let message = ConfigError::breaking(&format!("{}.{name}", self.name), "a name", rule);
        self.document.error(origin.unwrap_or(Origin::Absent), message)
    }

    /// The error for a key that is needed and absent; `why` continues "`key` is missing: ".
    pub(crate) fn missing(&self, key: &str, why: &str) -> ConfigError {
        let key = format!("{}.{key}", self.name);
        let message = format!("`{key}` is missing: {why}");
        self.document.error(Origin::Absent, Fault::about(&key, None, message))
    }

    /// Refuses the keys of `keys` that are given, with the reason.
    pub(crate) fn refuse(&self, keys: &[&str], reason: &str) -> Result<(), ConfigError> {
        match keys.iter().find(|key| self.has(key)) {
            Some(key) => Err(self.invalid(key, format!("`{}.{key}` has no meaning here: {reason}", self.name))),
            None => Ok(()),
        }
    }

    /// A refusal by the theory crate, at the line of its key.
    pub(crate) fn parameter(&self, error: &InvalidParameter) -> ConfigError {
        let (key, fault) = ConfigError::parameter(self.name, error);
        let (section, key) = key.split_once('.').unwrap_or((self.name, &key));
        let origin = match self.document.origin_of(section, key) {
            // What the family does not say itself, its preset says.
            Origin::Absent if section == "family" && key != "weights" => self.document.origin_of(section, "preset"),
            origin => origin,
        };
        self.document.error(origin, fault)
    }

    /// A number; an integer is one.
    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, ConfigError> {
        self.get(key).map(|node| number_of(node).ok_or_else(|| self.breaks(key, "be a finite number"))).transpose()
    }

    /// A positive number.
    pub(crate) fn positive(&self, key: &str) -> Result<Option<f64>, ConfigError> {
        let value = self.number(key)?;
        if value.is_some_and(|x| x <= 0.0) { Err(self.breaks(key, "be positive")) } else { Ok(value) }
    }

    /// An integer that is not negative.
    pub(crate) fn count(&self, key: &str) -> Result<Option<u64>, ConfigError> {
        let read = |node: &Node| match node.value {
            Value::Integer(i) => u64::try_from(i).ok(),
            _ => None,
        };
        self.get(key)
            .map(|node| read(node).ok_or_else(|| self.breaks(key, "be an integer that is not negative")))
            .transpose()
    }

    /// true or false.
    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        let read = |node: &Node| match node.value {
            Value::Boolean(b) => Some(b),
            _ => None,
        };
        self.get(key).map(|node| read(node).ok_or_else(|| self.breaks(key, "be true or false"))).transpose()
    }

    /// A text.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let read = |node: &Node| match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.get(key).map(|node| read(node).ok_or_else(|| self.breaks(key, "be a text"))).transpose()
    }

    /// A list of texts.
    pub(crate) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, ConfigError> {
        let item = |node: &Node| match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        let read = |node: &Node| match &node.value {
            Value::Array(items) => items.iter().map(item).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        self.get(key).map(|node| read(node).ok_or_else(|| self.breaks(key, "be a list of texts"))).transpose()
    }

    /// Refuses keys that are not declared here.
    pub(crate) fn refuse_unknown(&self) -> Result<(), ConfigError> {
        match self.entries.iter().find(|(name, _)| !declares(self.name, name)) {
            Some((name, node)) => {
                let known: Vec<&str> = keys_of(self.name).iter().map(|key| key.name).collect();
                Err(self.document.unknown(Some(self.name), name, &known, &node.origin))
            }
            None => Ok(()),
        }
    }

    /// A list of numbers.
    pub(crate) fn numbers(&self, key: &str) -> Result<Option<Vec<f64>>, ConfigError> {
        let list =
            self.get(key).map(|node| list_of(node).ok_or_else(|| self.breaks(key, "be a list of finite numbers")));
        list.transpose()
    }

    /// Whether a key holds a list.
    pub(crate) fn is_list(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| matches!(node.value, Value::Array(_)))
    }

    /// A list of lists of numbers.
    pub(crate) fn vectors(&self, key: &str) -> Result<Option<Vec<Vec<f64>>>, ConfigError> {
        let Some(node) = self.get(key) else { return Ok(None) };
        let rows = match &node.value {
            Value::Array(rows) => rows.iter().map(list_of).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        rows.map(Some).ok_or_else(|| self.breaks(key, "be a list of vectors of finite numbers, [[..], [..]]"))
    }

    /// One of the named choices.
    pub(crate) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>, ConfigError> {
        let Some(node) = self.get(key) else { return Ok(None) };
        let found = match &node.value {
            Value::Text(text) => choices.iter().find(|(name, _)| name == text).map(|(_, value)| *value),
            _ => None,
        };
        found.map(Some).ok_or_else(|| self.breaks(key, &format!("be one of {}", quoted(choices))))
    }
}

impl Section<'_> {
    /// A list of named choices.
    fn choices<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<Vec<T>>, ConfigError> {
        let Ok(Some(words)) = self.texts(key) else {
            let rule = format!("be a list of {}", quoted(choices));
            return if self.has(key) { Err(self.breaks(key, &rule)) } else { Ok(None) };
        };
        let find = |word: &String| choices.iter().find(|(name, _)| name == word).map(|(_, value)| *value);
        let found: Option<Vec<T>> = words.iter().map(find).collect();
        found.map(Some).ok_or_else(|| self.breaks(key, &format!("be a list of {}", quoted(choices))))
    }
}

impl Reader for Section<'_> {
    fn number(&self, key: &str) -> Result<Option<f64>, ConfigError> {
        self.number(key)
    }

    fn count(&self, key: &str) -> Result<Option<u64>, ConfigError> {
        self.count(key)
    }

    fn flag(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        self.flag(key)
    }

    fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        self.text(key)
    }

    fn texts(&self, key: &str) -> Result<Option<Vec<String>>, ConfigError> {
        self.texts(key)
    }

    fn vectors(&self, key: &str) -> Result<Option<Vec<Vec<f64>>>, ConfigError> {
        self.vectors(key)
    }

    fn numbers(&self, key: &str) -> Result<Option<Vec<f64>>, ConfigError> {
        self.numbers(key)
    }

    fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>, ConfigError> {
        self.choice(key, choices)
    }

    fn choices<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<Vec<T>>, ConfigError> {
        self.choices(key, choices)
    }

    fn is_false(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| node.value == Value::Boolean(false))
    }

    fn breaks(&self, key: &str, rule: &str) -> ConfigError {
        self.breaks(key, rule)
    }
}

fn quoted<T>(choices: &[(&str, T)]) -> String {
    choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

impl Document {
    /// The section of that name, empty if the text has none.
    pub(crate) fn section(&self, name: &'static str) -> Section<'_> {
        Section::new(self, name, self.entries(name))
    }

    fn origin_of(&self, section: &str, key: &str) -> Origin {
        self.node(section, key).map_or(Origin::Absent, |node| node.origin.clone())
    }
}

fn number_of(node: &Node) -> Option<f64> {
    match node.value {
        Value::Integer(i) => Some(i as f64),
        Value::Float(x) if x.is_finite() => Some(x),
        _ => None,
    }
}

fn list_of(node: &Node) -> Option<Vec<f64>> {
    match &node.value {
        Value::Array(items) => items.iter().map(number_of).collect(),
        _ => None,
    }
}

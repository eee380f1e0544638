//! The text of a configuration as a tree of values that know where they came from.

use toml::de::{DeTable, DeValue};

use crate::config::error::{ConfigError, Fault, Origin};
use crate::config::keys::{SECTIONS, section_named};
use crate::config::value::{Assignment, Node, Value, convert, convert_table};

/// The section of a grid, and its one key that is no key of another section.
pub(crate) const SWEEP: &str = "sweep";
pub(crate) const ROUTES: &str = "routes";
/// How alike a key and its suggestion must be (Jaro-Winkler): one or two slips in a word.
const SUGGESTION_SIMILARITY: f64 = 0.75;

/// One `key=value` of the command line: a dotted key and a TOML value (a bare word is a string).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override(pub String);

/// A parsed configuration: known sections and keys only.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub(crate) file: String,
    root: Vec<(String, Node)>,
}

impl Document {
    /// Parses `text`, named `file` in errors, and applies the overrides in their order.
    pub fn parse(file: &str, text: &str, overrides: &[Override]) -> Result<Self, ConfigError> {
        let table = DeTable::parse(text).map_err(|error| {
            let span = error.span();
            let mut message = error.message().trim().replace('\n', ", ");
            if message == "duplicate key" {
                let key = span.clone().and_then(|at| text.get(at)).unwrap_or_default();
                message = format!("`{key}` is given twice");
            }
            let origin = span.map_or(Origin::Absent, |at| Origin::Line(line_of(text, at.start)));
            Fault::from(message).at(file, origin)
        })?;
        let root = convert_table(table.get_ref(), &|at| Origin::Line(line_of(text, at)));
        let mut document = Self { file: file.to_owned(), root };
        document.flatten_sweep();
        document.overridden(overrides)
    }

    /// The document with these overrides, in their order.
    ///
    /// # Errors
    /// An override that reads no `section.key=value`, or an unknown key.
    pub fn overridden(&self, overrides: &[Override]) -> Result<Self, ConfigError> {
        let mut document = self.clone();
        for given in overrides {
            document.apply(given)?;
        }
        document.refuse_unknown_keys()?;
        Ok(document)
    }

    /// What errors call a configuration that comes from no file.
    pub const STANDARD_INPUT: &str = "standard input";
    /// What its results are called.
    pub const NAMELESS: &str = "run";

    /// What results of this document are called: the file's name without folder and ending.
    pub fn name(&self) -> String {
        let stem = std::path::Path::new(&self.file).file_stem().filter(|_| self.file != Self::STANDARD_INPUT);
        stem.map_or(Self::NAMELESS.into(), |stem| stem.to_string_lossy().into_owned())
    }

    /// A document of values alone, each `section.key=value` with the value in TOML (a bare word is a text).
    ///
    /// # Errors
    /// A setting that reads otherwise, or an unknown key.
    pub fn of<'a>(settings: impl IntoIterator<Item = &'a str>) -> Result<Self, ConfigError> {
        let settings: Vec<Override> = settings.into_iter().map(|text| Override(text.to_owned())).collect();
        Self::parse("settings", "", &settings)
    }

    /// `schedule.rate = ..` in the section of a grid is a table of its own in TOML: it becomes the one key that it reads
    /// as, which an override can replace.
    fn flatten_sweep(&mut self) {
        let Some((_, node)) = self.root.iter_mut().find(|(name, _)| name == SWEEP) else { return };
        let Value::Table(entries) = &mut node.value else { return };
        let flat = std::mem::take(entries).into_iter().flat_map(|(key, node)| match node.value {
            Value::Table(inner) if !key.contains('.') => {
                inner.into_iter().map(|(name, node)| (format!("{key}.{name}"), node)).collect()
            }
            _ => vec![(key, node)],
        });
        *entries = flat.collect();
    }

    fn apply(&mut self, given: &Override) -> Result<(), ConfigError> {
        let origin = Origin::Override(given.0.clone());
        let fail = |message: &str| self.error(origin.clone(), message);
        let Some((key, value)) = given.0.split_once('=') else {
            return Err(fail("an override must read key=value, for example schedule.duration=20"));
        };
        let Some((section, key)) = key.trim().split_once('.') else {
            return Err(fail("the key must be dotted, section.key, for example schedule.duration"));
        };
        let value = value.trim();
        let parsed = DeValue::parse(value).map(|v| convert(&v, &|_| origin.clone()));
        let node = parsed.unwrap_or_else(|_| Node { value: Value::Text(value.to_owned()), origin: origin.clone() });
        self.assign(section, key, node);
        Ok(())
    }

    /// The document with these values in place of its own.
    pub(crate) fn with<'a>(&self, values: impl Iterator<Item = &'a Assignment>) -> Result<Self, ConfigError> {
        let mut document = self.clone();
        for Assignment { section, key, node } in values {
            document.assign(section, key, node.clone());
        }
        document.refuse_unknown_keys()?;
        Ok(document)
    }

    fn assign(&mut self, section: &str, key: &str, node: Node) {
        let position = self.root.iter().position(|(name, _)| name == section).unwrap_or_else(|| {
            let table = Node { value: Value::Table(Vec::new()), origin: node.origin.clone() };
            self.root.push((section.to_owned(), table));
            self.root.len() - 1
        });
        // What is no table is refused with its own line by the check of the sections.
        if let Value::Table(entries) = &mut self.root[position].1.value {
            match entries.iter_mut().find(|(name, _)| name == key) {
                Some((_, old)) => *old = node,
                None => entries.push((key.to_owned(), node)),
            }
        }
    }

    fn refuse_unknown_keys(&self) -> Result<(), ConfigError> {
        for (name, node) in &self.root {
            let Some(section) = section_named(name) else {
                if !matches!(node.value, Value::Table(_)) {
                    let message = format!("`{name}` stands outside a section{}", home(name));
                    return Err(self.error(node.origin.clone(), message));
                }
                return Err(self.unknown(None, name, &SECTIONS.map(|section| section.name), &node.origin));
            };
            let Value::Table(entries) = &node.value else {
                let message =
                    ConfigError::breaking(name, node.value.describe(), &format!("be a section, written [{name}]"));
                return Err(self.error(node.origin.clone(), message));
            };
            for (key, node) in entries.iter().filter(|_| !section.open) {
                if section.key(key).is_none() {
                    return Err(self.unknown(Some(name), key, &section.names(), &node.origin));
                }
            }
        }
        Ok(())
    }

    /// The error for a section that there is not, or a key that a section does not have.
    pub(crate) fn unknown(&self, section: Option<&str>, name: &str, known: &[&str], origin: &Origin) -> ConfigError {
        let scored = known.iter().map(|k| (strsim::jaro_winkler(name, k), k));
        let best = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score >= SUGGESTION_SIMILARITY);
        let hint = match best {
            _ if !home(name).is_empty() => home(name).trim_start_matches(": ").to_owned(),
            Some((_, key)) => format!("did you mean `{key}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        let (what, key) = match section {
            None => ("section".to_owned(), name.to_owned()),
            Some(section) => (format!("key in [{section}]"), format!("{section}.{name}")),
        };
        self.error(origin.clone(), Fault::about(&key, None, format!("unknown {what} `{name}`: {hint}")))
    }

    /// The values without comments, lines and layout, but for those of one section: two documents with the same text here
    /// say the same.
    pub fn canonical_without(&self, section: &str) -> String {
        let kept = self.root.iter().filter(|(name, _)| name != section);
        let sections = kept.map(|(name, node)| format!("[{name}] {}", node.value.canonical()));
        sections.collect::<Vec<_>>().join("\n")
    }

    /// An error of this document: words, or key, value and rule.
    pub(crate) fn error(&self, origin: Origin, fault: impl Into<Fault>) -> ConfigError {
        fault.into().at(&self.file, origin)
    }

    /// The value of a key.
    pub(crate) fn node(&self, section: &str, key: &str) -> Option<&Node> {
        self.entries(section).iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// Whether a section is written, be it without a key.
    pub(crate) fn has_section(&self, section: &str) -> bool {
        self.root.iter().any(|(name, _)| name == section)
    }

    /// The keys and values of a section, in the order of the text.
    pub(crate) fn entries(&self, section: &str) -> &[(String, Node)] {
        match self.root.iter().find(|(n, _)| n == section).map(|(_, node)| &node.value) {
            Some(Value::Table(entries)) => entries,
            _ => &[],
        }
    }
}

/// ": it belongs to \[section\]" for a key that one section alone has, or nothing.
fn home(key: &str) -> String {
    let mut homes = SECTIONS.iter().filter(|section| !section.open && section.key(key).is_some());
    match (homes.next(), homes.next()) {
        (Some(section), None) => format!(": it belongs to [{}]", section.name),
        _ => String::new(),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1
}

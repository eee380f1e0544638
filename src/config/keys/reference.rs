//! The reference of all keys and the index of experiments, in Markdown.

use std::fmt::Write;

use crate::config::keys::{Key, KeyKind, READ, SECTIONS};

/// A configuration of the index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexEntry {
    /// The verb that runs it.
    pub verb: String,
    /// Its place in the report.
    pub order: u64,
    /// Its file.
    pub file: String,
    /// Its question: the title in the report.
    pub title: String,
}

const PREAMBLE: &str = "# Configurations

A configuration is a TOML file. `collapsar VERB FILE` runs it; `--set section.key=value` overrides a value (the last one
wins). `collapsar config VERB` prints a commented template for a verb.

Unknown keys are refused with a suggestion; a value that breaks a rule is reported with its key, value, rule and line.
Every number must be finite. A verb reads the sections of its row and asks for no others; sections that it does not read
are still checked. Editors complete and check by `configs/schema.json`: the first line of each file here names it. In each
file a marked line parts what is to be copied from the claims, captions and figures of the report.

This file is made by `collapsar config --reference`, the schema by `collapsar config --schema`, both from the list of keys
in `src/config/keys`.

";

/// The reference, with an index of these configurations.
pub fn reference(entries: &[IndexEntry]) -> String {
    let mut text = PREAMBLE.to_owned();
    text.push_str("| verb | sections that it reads |\n|---|---|\n");
    for (verb, sections) in READ {
        let sections: Vec<String> = sections.iter().map(|name| format!("`[{name}]`")).collect();
        line(&mut text, &format!("| `{verb}` | {} |", sections.join(" ")));
    }
    text.push_str("\n## Keys\n\n");
    for section in &SECTIONS {
        line(&mut text, &format!("### `[{}]`\n\n{}\n", section.name, sentence(section.meaning)));
        if !section.keys.is_empty() {
            text.push_str("| key | value | unless given | must | meaning |\n|---|---|---|---|---|\n");
            section.keys.iter().for_each(|key| line(&mut text, &row(key)));
            text.push('\n');
        }
    }
    text.push_str("## Experiments by question\n\n| question | verb | file |\n|---|---|---|\n");
    let mut entries = entries.to_vec();
    entries.sort_by(|a, b| (a.order, &a.file).cmp(&(b.order, &b.file)));
    for IndexEntry { verb, file, title, .. } in &entries {
        line(&mut text, &format!("| {} | `{verb}` | [{file}]({file}) |", escaped(title)));
    }
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a text does not fail.
    let _ = writeln!(text, "{line}");
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str() + ".")
}

fn row(key: &Key) -> String {
    let cells = [key.default, key.rule, key.meaning].map(escaped);
    let [default, rule, meaning] = cells;
    let default = if key.has_value() { format!("`{default}`") } else { default };
    format!("| `{}` | {} | {default} | {rule} | {meaning} |", key.name, value(key.kind))
}

/// A bar would end the cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

fn value(kind: KeyKind) -> String {
    let quoted = |words: Vec<&str>| words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
    match kind {
        KeyKind::Number => "number".to_owned(),
        KeyKind::Integer => "integer ≥ 0".to_owned(),
        KeyKind::IntegerOrWord(words) => format!("integer or {}", quoted(words())),
        KeyKind::Flag => "`true` or `false`".to_owned(),
        KeyKind::Text => "text".to_owned(),
        KeyKind::Word(words) => quoted(words()),
        KeyKind::WordOrFalse(words) => format!("`false`, {}", quoted(words())),
        KeyKind::NumberOrFalse => "number or `false`".to_owned(),
        KeyKind::NumberOrNumbers => "number or list of numbers".to_owned(),
        KeyKind::NumberOrFlag => "number, `true` or `false`".to_owned(),
        KeyKind::Numbers => "list of numbers".to_owned(),
        KeyKind::Texts => "list of texts".to_owned(),
        KeyKind::Words(words) => format!("list of {}", quoted(words())),
        KeyKind::Vectors => "list of lists of numbers".to_owned(),
        KeyKind::Tables(_) => "list of tables".to_owned(),
    }
}

//! A commented configuration for a verb, which runs as it is.

use crate::config::keys::{Key, KeyKind, READ, SectionKeys, section_named};

/// What a template gives a value: section, key and value; all else is commented out.
type Example = (&'static str, &'static str, &'static str);

/// The example of every template: two modes, cooled.
const COMMON: [Example; 5] = [
    ("target", "separation", "3.0"),
    ("family", "preset", "\"free\""),
    ("schedule", "kind", "\"exponential\""),
    ("schedule", "initial_temperature", "5.0"),
    ("schedule", "rate", "0.3"),
];

/// What single verbs need beside it.
fn own(verb: &str) -> &'static [Example] {
    match verb {
        "solve" | "density" => &[("start", "means", "[[0.9, 0.4], [0.3, -0.2]]")],
        "probability" => &[("start", "dimension", "1"), ("start", "scale", "1.0")],
        "design" => &[("start", "dimension", "1"), ("start", "scale", "1.0"), ("design", "wanted", "0.1")],
        "sweep" => &[
            ("start", "dimension", "1"),
            ("start", "scale", "1.0"),
            ("montecarlo", "samples", "10000"),
            ("sweep", "routes", "[\"exact\", \"montecarlo\"]"),
            ("sweep", "schedule.rate", "[0.1, 0.3, 1.0]"),
        ],
        "realnvp" => &[
            ("start", "dimension", "2"),
            ("flow", "couplings", "4"),
            ("flow", "hidden", "[16]"),
            ("training", "steps", "500"),
            ("training", "time_step", "0.02"),
        ],
        "mean-field" => &[
            ("target", "means", "[[1.5, 1.5], [-1.5, -1.5]]"),
            ("family", "preset", "\"mean-field\""),
            ("rotation", "restarts", "3"),
        ],
        "diagnose" => &[("diagnose", "family", "\"mixture\"")],
        _ => &[],
    }
}

/// The examples of a verb: for product measures and for runs of somebody else's only their own.
fn examples(verb: &str) -> Vec<Example> {
    let common: &[Example] = if ["mean-field", "diagnose"].contains(&verb) { &[] } else { &COMMON };
    common.iter().chain(own(verb)).copied().collect()
}

/// A commented configuration for `verb`; nothing if there is no such verb.
pub fn template(verb: &str) -> Option<String> {
    let (_, sections) = READ.iter().find(|(name, _)| *name == verb)?;
    let examples = examples(verb);
    let mut text =
        format!("# A configuration for `collapsar {verb}`: what is commented out is what holds unless given.\n");
    for section in sections.iter().filter_map(|name| section_named(name)) {
        text.push_str(&section_text(section, &examples));
    }
    Some(text)
}

fn section_text(section: &SectionKeys, examples: &[Example]) -> String {
    let given: Vec<&Example> = examples.iter().filter(|(name, ..)| *name == section.name).collect();
    // A section without a value stays a comment: some are switched on by being there.
    let mark = if given.is_empty() { "# " } else { "" };
    let named = if section.name == "plot" { "plot.NAME" } else { section.name };
    let mut text = format!("\n# {}\n{mark}[{named}]\n", section.meaning);
    for key in section.keys {
        let value = given.iter().find(|(_, name, _)| *name == key.name).map(|(_, _, value)| *value);
        text.push_str(&key_text(key, value));
    }
    let known = |name: &str| section.key(name).is_some();
    for (_, name, value) in given.iter().filter(|(_, name, _)| !known(name)) {
        text.push_str(&format!("{name} = {value}\n"));
    }
    text
}

fn key_text(key: &Key, value: Option<&str>) -> String {
    let rule = if key.rule.is_empty() { String::new() } else { format!(" ({})", key.rule) };
    let words = match key.kind {
        KeyKind::Word(words) | KeyKind::WordOrFalse(words) | KeyKind::Words(words) | KeyKind::IntegerOrWord(words) => {
            format!(": {}", words().join(", "))
        }
        _ => String::new(),
    };
    let about = format!("{}{words}{rule}", key.meaning);
    match value {
        Some(value) => format!("{} = {value}  # {about}\n", key.name),
        None if key.has_value() => format!("# {} = {}  # {about}\n", key.name, key.default),
        None => {
            let default = if key.default.is_empty() { "not given" } else { key.default };
            format!("# {} =  # {about}; unless given: {default}\n", key.name)
        }
    }
}

//! The JSON Schema of configurations, for editors that complete and check.

use serde_json::{Map, Value, json};

use crate::config::keys::{Key, Kind, SECTIONS, SectionKeys};

/// The schema of a configuration (draft 2020-12).
pub fn schema() -> Value {
    let sections: Map<String, Value> =
        SECTIONS.iter().map(|section| (section.name.to_owned(), section_schema(section))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "collapsar configuration",
        "type": "object",
        "additionalProperties": false,
        "properties": sections,
    })
}

fn section_schema(section: &SectionKeys) -> Value {
    let keys: Map<String, Value> = section.keys.iter().map(|key| (key.name.to_owned(), key_schema(key))).collect();
    let closed = json!({
        "description": section.meaning,
        "type": "object",
        "additionalProperties": section.open,
        "properties": keys,
    });
    match section.name {
        // One table a figure.
        "plot" => json!({
            "description": section.meaning,
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": false, "properties": keys},
        }),
        "compare" => json!({
            "description": section.meaning,
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        }),
        _ => closed,
    }
}

fn key_schema(key: &Key) -> Value {
    let mut schema = kind_schema(key.kind);
    let facts = [("unless given", key.default), ("must", key.rule)];
    let facts = facts.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("; {name}: {text}"));
    if let Value::Object(entries) = &mut schema {
        entries.insert("description".to_owned(), json!(key.meaning.to_owned() + &facts.collect::<String>()));
    }
    schema
}

fn kind_schema(kind: Kind) -> Value {
    let or_false = |other: Value| json!({"anyOf": [other, {"const": false}]});
    match kind {
        Kind::Number => json!({"type": "number"}),
        Kind::Integer => json!({"type": "integer", "minimum": 0}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Text => json!({"type": "string"}),
        Kind::Word(words) => json!({"enum": words()}),
        Kind::WordOrFalse(words) => or_false(json!({"enum": words()})),
        Kind::NumberOrFalse => or_false(json!({"type": "number"})),
        Kind::Numbers => json!({"type": "array", "items": {"type": "number"}}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Words(words) => json!({"type": "array", "items": {"enum": words()}}),
        Kind::Vectors => json!({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}),
        Kind::Tables => json!({"type": "array", "items": {"type": "object"}}),
    }
}

//! The JSON Schema of configurations, for editors that complete and check.

use serde_json::{Map, Value, json};

use crate::config::keys::{Key, KeyKind, SECTIONS, SectionKeys};

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

fn properties(keys: &[Key]) -> Map<String, Value> {
    keys.iter().map(|key| (key.name.to_owned(), key_schema(key))).collect()
}

fn section_schema(section: &SectionKeys) -> Value {
    let keys = properties(section.keys);
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
    let mut schema = kind_schema(key.kind, &key.range().map(|range| range.schema()).unwrap_or_default());
    let facts = [("unless given", key.default), ("must", key.rule)];
    let facts = facts.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("; {name}: {text}"));
    if let Value::Object(entries) = &mut schema {
        entries.insert("description".to_owned(), json!(key.meaning.to_owned() + &facts.collect::<String>()));
        if let Some(default) = key.default_value() {
            entries.insert("default".to_owned(), default);
        }
    }
    schema
}

/// The schema of a kind whose numbers have these bounds.
fn kind_schema(kind: KeyKind, bounds: &Map<String, Value>) -> Value {
    let or_false = |other: Value| json!({"anyOf": [other, {"const": false}]});
    let bounded = |kind: &str| {
        let mut schema = Map::from_iter([("type".to_owned(), json!(kind))]);
        schema.extend(bounds.clone());
        Value::Object(schema)
    };
    match kind {
        KeyKind::Number => bounded("number"),
        KeyKind::Integer if bounds.is_empty() => json!({"type": "integer", "minimum": 0}),
        KeyKind::Integer => bounded("integer"),
        KeyKind::IntegerOrWord(words) => json!({"anyOf": [bounded("integer"), {"enum": words()}]}),
        KeyKind::Flag => json!({"type": "boolean"}),
        KeyKind::Text => json!({"type": "string"}),
        KeyKind::Word(words) => json!({"enum": words()}),
        KeyKind::WordOrFalse(words) => or_false(json!({"enum": words()})),
        KeyKind::NumberOrFalse => or_false(bounded("number")),
        KeyKind::NumberOrNumbers => {
            json!({"anyOf": [bounded("number"), {"type": "array", "items": bounded("number")}]})
        }
        KeyKind::NumberOrFlag => json!({"anyOf": [bounded("number"), {"type": "boolean"}]}),
        KeyKind::Numbers => json!({"type": "array", "items": bounded("number")}),
        KeyKind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        KeyKind::Words(words) => json!({"type": "array", "items": {"enum": words()}}),
        KeyKind::Vectors => json!({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}),
        KeyKind::Tables(keys) => json!({
            "type": "array",
            "items": {"type": "object", "additionalProperties": false, "properties": properties(keys)},
        }),
    }
}

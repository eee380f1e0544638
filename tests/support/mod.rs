//! What several test files need.

#![allow(dead_code, reason = "each test file uses its own part")]

pub mod brute_force;
pub mod cases;
pub mod configs;
pub mod program;
pub mod refusals;

use program::collapsar;
use std::io::Write;

/// A configuration file that lives as long as the test.
pub fn config_file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().prefix("case").suffix(".toml").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// The record of `collapsar solve --json` on a configuration.
pub fn solve_json(config: &str) -> serde_json::Value {
    solve_json_with(config, &[])
}

/// The same with overrides, each `section.key=value`.
pub fn solve_json_with(config: &str, overrides: &[&str]) -> serde_json::Value {
    let file = config_file(config);
    let mut arguments = vec!["solve", file.path().to_str().unwrap(), "--json"];
    arguments.extend(overrides.iter().flat_map(|text| ["--set", text]));
    let output = collapsar(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("standard output is one JSON record")
}

/// Every number of a JSON value, in order.
pub fn numbers(value: &serde_json::Value) -> Vec<f64> {
    match value {
        serde_json::Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap_or_else(|| panic!("{other} is no number"))],
    }
}

/// The largest absolute difference of two lists of one length.
pub fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

//! Keys and values in the symbols of the theory note.

use crate::results::{AxisValue, RATE};

/// The key along which there is a best value.
pub(crate) const HOT: &str = "schedule.initial_temperature";

/// The symbol of a key.
pub(crate) fn symbol(key: &str) -> String {
    let known = match key {
        HOT => "*T*_0",
        "schedule.duration" => "*t*_0",
        "schedule.rate" => "*κ*",
        RATE => "rate",
        "start.dimension" => "*d*",
        "start.scale" => "*σ*",
        "family.components" => "*K*",
        "target.separation" => "*ρ*",
        "target.weights" => "*v*",
        "simulation.batch" => "*B*",
        "simulation.step" => "*η*",
        "stop.horizon" => "*t*",
        _ => return key.rsplit('.').next().unwrap_or(key).replace('_', " "),
    };
    known.to_owned()
}

/// The title of an axis.
pub(crate) fn axis_label(key: &str) -> String {
    let words = match key {
        HOT => "initial temperature ",
        "schedule.duration" => "duration ",
        "schedule.rate" => "rate ",
        RATE => return "rate ln(*T*_0)/*t*_0".to_owned(),
        "start.dimension" => "dimension ",
        "family.components" => "components ",
        "start.scale" => "scale of the start ",
        "target.separation" => "separation ",
        "simulation.batch" => "batch ",
        "simulation.step" => "step ",
        _ => "",
    };
    format!("{words}{}", symbol(key))
}

/// A choice in words.
pub(crate) fn choice(key: &str, text: &str) -> String {
    let words = match (key, text) {
        ("family.train_weights", "no") => "fixed weights",
        ("family.train_weights", "fisher-rao") => "trained weights",
        ("family.train_weights", "softmax") => "trained logits",
        ("family.metric", _) => return format!("{text} metric"),
        ("family.tempering", _) => return format!("{text} tempered"),
        _ => text,
    };
    words.to_owned()
}

/// A value as text.
pub(crate) fn shown(value: &AxisValue) -> String {
    match value {
        AxisValue::Integer(i) => i.to_string(),
        AxisValue::Number(x) => rounded(*x),
        AxisValue::Text(text) => text.clone(),
        AxisValue::Flag(flag) => flag.to_string(),
    }
}

/// Three digits.
fn rounded(x: f64) -> String {
    let digits = if x == 0.0 { 0.0 } else { 2.0 - x.abs().log10().floor() };
    let scale = 10f64.powf(digits);
    format!("{}", (x * scale).round() / scale)
}

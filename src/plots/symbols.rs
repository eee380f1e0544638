//! Keys and values in the symbols of the theory note.

use crate::figures::{Axis, Color, ColorMap, Dash, Marker, palette};
use crate::results::{AxisValue, RATE, Route, Source, SweepCurve, TIME};

pub(crate) const EXACT: Source = Source::Route(Route::Exact);
pub(crate) const COUNTED: Source = Source::Route(Route::MonteCarlo);
pub(crate) const FORMULA: Source = Source::Route(Route::Formula);
pub(crate) const REFINED: Source = Source::Route(Route::Refined);
pub(crate) const FLOWS: Source = Source::Route(Route::RealNvp);

/// How a source of probabilities is drawn, and what the legend calls it.
pub(crate) struct Look {
    /// The source.
    pub(crate) source: Source,
    /// Its entry in the legend.
    pub(crate) label: &'static str,
    /// The line through its values; none for points alone.
    pub(crate) line: Option<(Dash, f64)>,
    /// The mark of each value, its size and whether it is open; none for a line alone.
    pub(crate) mark: Option<(Marker, f64, bool)>,
}

const fn line(route: Route, label: &'static str, dash: Dash) -> Look {
    Look { source: Source::Route(route), label, line: Some((dash, WIDTH)), mark: None }
}

const fn marks(source: Source, label: &'static str, mark: (Marker, f64, bool)) -> Look {
    Look { source, label, line: None, mark: Some(mark) }
}

/// Width of a line that only leads the eye.
pub(crate) const THIN: f64 = 0.8;
/// Width of lines.
const WIDTH: f64 = 1.5;

/// The look of every source, in the order of the legend.
pub(crate) const LOOKS: [Look; 7] = [
    line(Route::Exact, "exact", Dash::Solid),
    line(Route::Formula, "formula", Dash::Dashed),
    line(Route::Refined, "formula (18)", Dash::Dotted),
    marks(Source::Route(Route::MonteCarlo), "counted", (Marker::Circle, 3.0, false)),
    marks(Source::Route(Route::Simulation), "descent", (Marker::Triangle, 5.0, false)),
    Look {
        // Beside counts, which are joined by solid lines where nothing else is.
        line: Some((Dash::Dashed, THIN)),
        ..marks(Source::Route(Route::RealNvp), "RealNVP", (Marker::Diamond, 5.0, false))
    },
    marks(Source::Published, "published", (Marker::Square, 5.0, true)),
];

/// The key along which there is a best value.
pub(crate) const HOT: &str = "schedule.initial_temperature";

/// The symbol of a key.
pub(crate) fn symbol(key: &str) -> String {
    let known = match key {
        HOT => "*T*_0",
        "schedule.duration" => "*t*_0",
        "schedule.rate" => "*κ*",
        RATE => "rate",
        TIME => "time",
        "start.dimension" => "*d*",
        "start.scale" => "*σ*",
        "start.variance" => "*ς*(0)",
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
        TIME => return "time until *T* = 1".to_owned(),
        RATE => return "rate ln(*T*_0)/*t*_0".to_owned(),
        "start.dimension" => "dimension ",
        "family.components" => "components ",
        "start.scale" => "scale of the start ",
        "start.variance" => "initial variance ",
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

/// The colour of a curve: of the palette, or, for more curves than it has, along a colour map.
pub(crate) fn hue(index: usize, count: usize) -> Color {
    if count <= palette::CYCLE.len() {
        return palette::cycle(index);
    }
    // Short of the lightest end, which is hard to see on white.
    ColorMap::Viridis.at(0.9 * index as f64 / (count - 1) as f64)
}

/// What is fixed along a curve.
pub(crate) fn name(curve: &SweepCurve) -> String {
    let part = |(key, value): &(String, AxisValue)| match value {
        AxisValue::Text(text) => choice(key, text),
        _ => format!("{} = {}", symbol(key), shown(value)),
    };
    curve.fixed.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// A linear or logarithmic axis.
pub(crate) fn axis(label: impl Into<String>, log: bool) -> Axis {
    if log { Axis::log(label) } else { Axis::linear(label) }
}

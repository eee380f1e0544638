//! Round numbers for axes.

use super::axis::Scale;

/// Positions within this many steps of the end of an axis count as on it; it bounds the rounding
/// of a quotient of magnitude up to 10^6.
const END_SLACK: f64 = 1e-9;

/// Steps this small against the ends of the axis cannot be told apart in a double.
const LEAST_STEP: f64 = 1e-13;

/// Ticks of one axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TickSet {
    /// Long ticks and their labels (markup), in increasing order.
    pub major: Vec<(f64, String)>,
    /// Short ticks.
    pub minor: Vec<f64>,
}

/// Round ticks between `low` and `high`, at most `most` with labels (but at least two are tried).
///
/// Linear steps are 1, 2 or 5 times a power of ten. Logarithmic axes label whole decades, leaving
/// out regularly where they are too many, and fall back on 1-2-5 or linear steps where fewer than
/// two decades are in sight. The ends may come in either order; ends that cannot be drawn give no
/// ticks.
pub fn ticks(scale: Scale, low: f64, high: f64, most: usize) -> TickSet {
    let (low, high) = (low.min(high), low.max(high));
    let most = most.max(2);
    if scale.forward(low).is_none() || scale.forward(high).is_none() || low >= high {
        return TickSet::default();
    }
    match scale {
        Scale::Linear => linear(low, high, most),
        Scale::Log10 => logarithmic(low, high, most),
    }
}

/// A number `mantissa * 10^exponent`, formed with a single rounding.
fn decimal(mantissa: f64, exponent: i32) -> f64 {
    if exponent < 0 { mantissa / 10_f64.powi(-exponent) } else { mantissa * 10_f64.powi(exponent) }
}

/// Smallest step of the form 1, 2, 5 times a power of ten that is at least `least`.
fn round_step(least: f64) -> (f64, i32) {
    let exponent = least.log10().floor() as i32;
    for (mantissa, shift) in [(1.0, 0), (2.0, 0), (5.0, 0), (1.0, 1)] {
        if decimal(mantissa, exponent + shift) >= least * (1.0 - END_SLACK) {
            return (mantissa, exponent + shift);
        }
    }
    (2.0, exponent + 1)
}

fn multiples(step: (f64, i32), low: f64, high: f64) -> Vec<f64> {
    let size = decimal(step.0, step.1);
    let first = (low / size - END_SLACK).ceil();
    let last = (high / size + END_SLACK).floor();
    let count = (last - first).clamp(-1.0, 1e3) as i64 + 1;
    (0..count).map(|index| decimal((first + index as f64) * step.0, step.1) + 0.0).collect()
}

fn linear(low: f64, high: f64, most: usize) -> TickSet {
    let span = high - low;
    if !span.is_finite() || span <= LEAST_STEP * low.abs().max(high.abs()) {
        return TickSet::default();
    }
    let mut step = round_step(span / most as f64);
    let mut values = multiples(step, low, high);
    while values.len() > most {
        step = round_step(decimal(step.0, step.1) * 1.5);
        values = multiples(step, low, high);
    }
    // A quarter of a step of 2, a fifth of the others.
    let part = match step {
        (1.0, exponent) => (2.0, exponent - 1),
        (2.0, exponent) => (5.0, exponent - 1),
        (_, exponent) => (1.0, exponent),
    };
    let size = decimal(part.0, part.1);
    let minor = multiples(part, low, high)
        .into_iter()
        .filter(|value| values.iter().all(|major| (major - value).abs() > 0.25 * size))
        .collect();
    TickSet { major: labelled(values, step.1), minor }
}

/// Labels of multiples of a step whose last digit stands at 10^`exponent`.
fn labelled(values: Vec<f64>, exponent: i32) -> Vec<(f64, String)> {
    let largest = values.iter().fold(0.0_f64, |max, value| max.max(value.abs()));
    let top = if largest > 0.0 { largest.log10().floor() as i32 } else { 0 };
    let scientific = top >= 5 || (exponent < -4 && top < -2);
    let label = |value: f64| {
        if scientific {
            let own = (value.abs().log10() + END_SLACK).floor() as i32;
            power_label(value, own, own.saturating_sub(exponent).clamp(0, 15) as usize)
        } else {
            fixed_label(value, (-exponent).clamp(0, 15) as usize)
        }
    };
    values.into_iter().map(|value| (value, label(value))).collect()
}

fn fixed_label(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('-', "\u{2212}")
}

fn power_label(value: f64, exponent: i32, decimals: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let mantissa = fixed_label(value / 10_f64.powi(exponent), decimals);
    let exponent = exponent.to_string().replace('-', "\u{2212}");
    match mantissa.as_str() {
        "1" => format!("10^{{{exponent}}}"),
        "\u{2212}1" => format!("\u{2212}10^{{{exponent}}}"),
        _ => format!("{mantissa}×10^{{{exponent}}}"),
    }
}

fn logarithmic(low: f64, high: f64, most: usize) -> TickSet {
    let (first, last) = ((low.log10() - END_SLACK).ceil() as i32, (high.log10() + END_SLACK).floor() as i32);
    if last - first < 1 {
        return within_a_decade(low, high, most);
    }
    let count = (last - first + 1) as usize;
    let stride = count.div_ceil(most) as i32;
    let decades = first..=last;
    let major = decades
        .clone()
        .filter(|decade| decade.rem_euclid(stride) == 0)
        .map(|decade| (decimal(1.0, decade), power_label(decimal(1.0, decade), decade, 0)))
        .collect();
    let minor = if stride == 1 {
        subdecades(low, high, &[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
    } else {
        decades.filter(|decade| decade.rem_euclid(stride) != 0).map(|decade| decimal(1.0, decade)).collect()
    };
    TickSet { major, minor }
}

/// Numbers `mantissa * 10^k` between `low` and `high`.
fn subdecades(low: f64, high: f64, mantissas: &[f64]) -> Vec<f64> {
    let decades = low.log10().floor() as i32..=high.log10().floor() as i32;
    decades
        .flat_map(|decade| mantissas.iter().map(move |&m| decimal(m, decade)))
        .filter(|value| (low * (1.0 - END_SLACK)..=high * (1.0 + END_SLACK)).contains(value))
        .collect()
}

fn within_a_decade(low: f64, high: f64, most: usize) -> TickSet {
    for mantissas in [&[1.0, 2.0, 3.0, 5.0][..], &[1.0, 2.0, 5.0], &[1.0, 3.0]] {
        let values = subdecades(low, high, mantissas);
        if (2..=most).contains(&values.len()) && high / low > 2.5 {
            let minor = subdecades(low, high, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
                .into_iter()
                .filter(|value| !values.contains(value))
                .collect();
            let major = values.into_iter().map(|value| (value, short_label(value))).collect();
            return TickSet { major, minor };
        }
    }
    linear(low, high, most)
}

/// A one-digit number as short as it can be written.
pub(super) fn short_label(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-3..1e5).contains(&magnitude) {
        format!("{}", (value * 1e9).round() / 1e9).replace('-', "\u{2212}")
    } else {
        let exponent = magnitude.log10().floor() as i32;
        let mantissa = value / 10_f64.powi(exponent);
        let decimals = if (mantissa - mantissa.round()).abs() < END_SLACK { 0 } else { 1 };
        power_label(value, exponent, decimals)
    }
}

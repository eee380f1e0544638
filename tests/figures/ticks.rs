//! Ticks: round, complete and written for print.

use collapsar::figures::{Axis, Panel, Scale, render_svg, ticks};

use super::{characters, one};

#[test]
fn log_ticks_are_complete() {
    let set = ticks(Scale::Log10, 1e-3, 1e2, 8);
    let labels: Vec<&str> = set.major.iter().map(|(_, label)| label.as_str()).collect();
    let expected = ["10^{−3}", "10^{−2}", "10^{−1}", "10^{0}", "10^{1}", "10^{2}"];
    assert_eq!(labels, expected);
    assert_eq!(set.minor.len(), 5 * 8);
    // Decades left out stay in step, with a short tick each.
    let wide = ticks(Scale::Log10, 1e-12, 1e12, 6);
    assert!(wide.major.len() <= 6 && wide.major.len() + wide.minor.len() == 25);
    let drawn = Panel::new(Axis::log("x").range(1e-3, 1e2), Axis::linear("y"));
    let text = characters(&render_svg(&one(drawn)).expect("svg"));
    for decade in ["10−3", "10−2", "10−1", "100", "101", "102"] {
        assert!(text.contains(decade), "{decade} is missing: {text}");
    }
}

#[test]
fn narrow_log_axis_still_has_labels() {
    for (low, high) in [(2.0, 7.0), (1.0, 1.3), (0.011, 0.019), (0.5, 20.0), (3e7, 4e7)] {
        let set = ticks(Scale::Log10, low, high, 6);
        assert!(set.major.len() >= 2, "{low}..{high}: {set:?}");
    }
}

#[test]
fn linear_ticks_are_round_increasing_and_inside() {
    let spans = [(0.0, 1.0), (-3.7, 12.2), (1e6, 1.3e6), (-2e-7, 5e-7), (99.0, 99.01), (0.0, 7e200)];
    for (low, high) in spans {
        for most in 2..12 {
            let set = ticks(Scale::Linear, low, high, most);
            let values: Vec<f64> = set.major.iter().map(|(value, _)| *value).collect();
            let slack = 1e-9 * (high - low);
            assert!((1..=most).contains(&values.len()), "{low}..{high}, {most}: {values:?}");
            assert!(values.iter().all(|v| (low - slack..=high + slack).contains(v)));
            assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
            let mut labels: Vec<&String> = set.major.iter().map(|(_, label)| label).collect();
            labels.dedup();
            assert_eq!(labels.len(), values.len(), "repeated label: {labels:?}");
            let Some(step) = values.windows(2).map(|pair| pair[1] - pair[0]).next() else {
                continue;
            };
            let mantissa = step / 10_f64.powf(step.log10().floor());
            let round = [1.0, 2.0, 5.0, 10.0];
            // Differences of neighbours near 100 carry about 1e-14 / 1e-3 of rounding.
            assert!(round.iter().any(|r| (mantissa / r - 1.0).abs() < 1e-8), "step {step}");
            assert!(set.minor.iter().all(|m| values.iter().all(|v| (v - m).abs() > 0.1 * step)));
        }
    }
}

#[test]
fn tick_labels_are_written_for_print() {
    let labels = |low, high| -> Vec<String> {
        let set = ticks(Scale::Linear, low, high, 5);
        set.major.into_iter().map(|(_, label)| label).collect()
    };
    assert_eq!(labels(-1.0, 1.0), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
    assert_eq!(labels(0.0, 8e5), ["0", "2×10^{5}", "4×10^{5}", "6×10^{5}", "8×10^{5}"]);
    assert_eq!(labels(0.0, 4e-6), ["0", "10^{−6}", "2×10^{−6}", "3×10^{−6}", "4×10^{−6}"]);
    assert_eq!(ticks(Scale::Linear, 1.0, 0.0, 5), ticks(Scale::Linear, 0.0, 1.0, 5));
    assert!(ticks(Scale::Linear, f64::NAN, 1.0, 5).major.is_empty());
    assert!(ticks(Scale::Log10, -1.0, 1.0, 5).major.is_empty());
    assert!(ticks(Scale::Linear, 2.0, 2.0, 5).major.is_empty());
}

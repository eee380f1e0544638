//! `[scan]`: what changes along curves and maps of product measures.

use serde::Serialize;

use crate::config::keys::field::section;
use crate::config::keys::named::Named;
use crate::config::keys::or_false::OrFalse;

/// What changes along an axis. In deviations of the components, a = half the difference of the two means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScanAxis {
    /// |a|.
    Separation,
    /// Degrees between a and the first coordinate, the others in their proportions.
    Angle,
    /// w of the first component.
    Weight,
    /// T.
    Temperature,
    /// The number of coordinates: equal ones at fixed |a|, or, of unequal widths, the first and others alike.
    Dimension,
}

impl Named for ScanAxis {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("separation", Self::Separation),
        ("angle", Self::Angle),
        ("weight", Self::Weight),
        ("temperature", Self::Temperature),
        ("dimension", Self::Dimension),
    ];
}

section! {
    /// `[scan]`.
    SCAN => ScanConfig {
        x: ScanAxis = "\"separation\"", "",
            "the abscissa: half the distance of the means in deviations, degrees between it and x_1, the first weight, T, or the number of \
             equal coordinates (of unequal widths: the first and as many others alike as make it)";
        #[serde(skip_serializing_if = "Option::is_none")]
        x_range: Option<[f64; 2]> = "0.5 to 4, 0 to 90, 0.5 to 0.99, 1 to 10, 2 to 100", "two, rising", "its two ends";
        y: OrFalse<ScanAxis> = "false", "other than `x`", "the ordinate of a map";
        #[serde(skip_serializing_if = "Option::is_none")]
        y_range: Option<[f64; 2]> = "as of `x`", "two, rising", "its two ends";
        curves: Vec<f64> = "[]", "at most six; needs `y`, excludes `y_range`", "a curve for each of these y in place of a map";
        points: u64 = "61", "2 to 400", "values along each axis, equidistant; dimensions in equal ratios";
        panels: Vec<f64> = "[]", "at most four; two coordinates, no `y`", "target and fits over the plane at each of these x";
        turns: Vec<f64> = "[]", "at most twelve; x = separation, two coordinates, no `y`",
            "separations at which steps are counted until the frame has turned from a degree beside the given one, cold and hot";
    }
}

//! Intervals of the angle of a coordinate on the sphere, and how they are run through.

use crate::probability::law::latitude_reach;

/// An end of an interval of angles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AngleEnd {
    pub(crate) angle: f64,
    /// Whether the integrand behaves there like a power or a root, which a square makes smooth.
    pub(crate) is_rough: bool,
}

/// The way from one end to another over v in [0, 1] and its speed: a square where an end is rough.
pub(crate) fn way(from: AngleEnd, to: AngleEnd, v: f64) -> (f64, f64) {
    let (share, speed) = match (from.is_rough, to.is_rough) {
        (false, false) => (v, 1.0),
        (true, false) => (v * v, 2.0 * v),
        (false, true) => (v * (2.0 - v), 2.0 * (1.0 - v)),
        (true, true) => (v * v * (3.0 - 2.0 * v), 6.0 * v * (1.0 - v)),
    };
    let length = to.angle - from.angle;
    (from.angle + length * share, length * speed)
}

/// The ends of the law of an angle: rough at the poles, nothing where they are out of reach.
pub(crate) fn ends(dimension: f64) -> [AngleEnd; 2] {
    let reach = latitude_reach(dimension);
    [-reach, reach].map(|angle| AngleEnd { angle, is_rough: reach == std::f64::consts::FRAC_PI_2 })
}

//! `[portrait]`: which slices of the free pair's phase space are drawn.

use collapsar_theory::FARTHEST;
use serde::Serialize;

use crate::config::error::ConfigError;
use crate::config::section::Section;

/// Most temperatures: panels of one row.
const MOST_TEMPERATURES: usize = 4;
/// Nodes of the grid along each axis unless given.
const DEFAULT_POINTS: u64 = 121;
/// Most nodes along each axis.
const MOST_POINTS: u64 = 1000;

/// `[portrait]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PortraitConfig {
    /// One panel at each of these constant temperatures.
    pub temperatures: Vec<f64>,
    /// z of the slice.
    pub transverse: f64,
    /// Least and greatest x; 0 and a quarter beyond the modes unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<[f64; 2]>,
    /// The same of y.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<[f64; 2]>,
    /// Nodes of the grid along each axis, and of the boundary.
    pub points: u64,
}

impl PortraitConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let temperatures = section.numbers("temperatures")?.unwrap_or_else(|| vec![1.0]);
        if !(1..=MOST_TEMPERATURES).contains(&temperatures.len()) || temperatures.iter().any(|&t| t < 1.0) {
            return Err(section.breaks("temperatures", "hold one to four temperatures of at least 1"));
        }
        let transverse = section.number("transverse")?.unwrap_or(0.0);
        if transverse < 0.0 {
            return Err(section.breaks("transverse", "be at least 0"));
        }
        let points = section.count("points")?.unwrap_or(DEFAULT_POINTS);
        if !(8..=MOST_POINTS).contains(&points) {
            return Err(section.breaks("points", "lie between 8 and 1000"));
        }
        if transverse > FARTHEST {
            return Err(section.breaks("transverse", "be at most 1e9"));
        }
        let rule = "be two rising numbers, [first, last], within 1e9";
        let ends = |key: &str| {
            section.ends(key, rule, |[first, last]| first < last && first.abs().max(last.abs()) <= FARTHEST)
        };
        Ok(Self { temperatures, transverse, x: ends("x")?, y: ends("y")?, points })
    }
}

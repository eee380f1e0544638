//! `[scan]`: the rules about several of its keys, and the values along its axes.

use crate::config::error::ConfigError;
use crate::config::keys::{ScanAxis, ScanConfig};
use crate::config::section::Section;

/// Most curves and most panels of a figure.
const MOST_CURVES: usize = 6;
const MOST_PANELS: usize = 4;
/// Most separations at which the frame is turned.
const MOST_TURNS: usize = 12;

impl ScanAxis {
    /// The ends unless given.
    fn ends(self) -> [f64; 2] {
        match self {
            Self::Separation => [0.5, 4.0],
            Self::Angle => [0.0, 90.0],
            Self::Weight => [0.5, 0.99],
            Self::Temperature => [1.0, 10.0],
            Self::Dimension => [2.0, 100.0],
        }
    }

    /// What a value must obey, if this one does not.
    fn broken_by(self, value: f64) -> Option<&'static str> {
        let (holds, rule) = match self {
            Self::Separation => (value > 0.0 && value <= 25.0, "hold separations above 0, at most 25"),
            Self::Angle => ((0.0..=90.0).contains(&value), "hold angles between 0 and 90"),
            Self::Weight => (value > 0.0 && value < 1.0, "hold weights strictly between 0 and 1"),
            Self::Temperature => ((0.05..=1000.0).contains(&value), "hold temperatures between 0.05 and 1000"),
            Self::Dimension => {
                let whole = value.fract() == 0.0 && (1.0..=1e6).contains(&value);
                (whole, "hold integers between 1 and 1000000")
            }
        };
        (!holds).then_some(rule)
    }

    fn values(self, range: Option<[f64; 2]>, points: u64) -> Vec<f64> {
        let [first, last] = range.unwrap_or(self.ends());
        let share = |n: u64| n as f64 / (points - 1) as f64;
        if self == Self::Dimension {
            let mut values: Vec<f64> = (0..points).map(|n| (first * (last / first).powf(share(n))).round()).collect();
            values.dedup();
            return values;
        }
        // Both ends exactly.
        (0..points).map(|n| first * (1.0 - share(n)) + last * share(n)).collect()
    }
}

impl ScanConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let found = Self::read(section)?;
        let y = found.y.0;
        if y == Some(found.x) {
            return Err(section.breaks("y", "be another axis than `scan.x`"));
        }
        if found.has(ScanAxis::Angle) && found.has(ScanAxis::Dimension) {
            return Err(section.breaks(
                "y",
                "not be beside an angle, or an angle beside a dimension: equal coordinates have one direction",
            ));
        }
        // Empty lists are those of a resolved run.
        let (curves, panels) = (!found.curves.is_empty(), !found.panels.is_empty());
        if y.is_none() {
            section.refuse(&["y_range"], "there is no `scan.y`")?;
        }
        if y.is_none() && curves {
            section.refuse(&["curves"], "there is no `scan.y`")?;
        }
        if curves {
            section.refuse(&["y_range"], "`scan.curves` are the values of y")?;
        }
        if y.is_some() && panels {
            section.refuse(&["panels"], "they are beside curves without `scan.y`")?;
        }
        if found.x == ScanAxis::Dimension && panels {
            section.refuse(&["panels"], "the plane has two coordinates")?;
        }
        if !found.turns.is_empty() && (y.is_some() || found.x != ScanAxis::Separation) {
            section.refuse(&["turns"], "they are beside curves along the separation, without `scan.y`")?;
        }
        if found.turns.len() > MOST_TURNS {
            return Err(section.breaks("turns", "hold at most twelve values"));
        }
        if found.curves.len() > MOST_CURVES {
            return Err(section.breaks("curves", "hold at most six values"));
        }
        if found.panels.len() > MOST_PANELS {
            return Err(section.breaks("panels", "hold at most four values"));
        }
        let ends = |range: Option<[f64; 2]>| range.map_or_else(Vec::new, Vec::from);
        let lists = [
            ("x_range", Some(found.x), ends(found.x_range)),
            ("y_range", y, ends(found.y_range)),
            ("curves", y, found.curves.clone()),
            ("panels", Some(found.x), found.panels.clone()),
            ("turns", Some(found.x), found.turns.clone()),
        ];
        for (key, axis, values) in lists {
            if let Some(rule) = axis.and_then(|axis| values.iter().find_map(|value| axis.broken_by(*value))) {
                return Err(section.breaks(key, rule));
            }
        }
        Ok(found)
    }

    /// Whether this changes.
    pub fn has(&self, axis: ScanAxis) -> bool {
        self.x == axis || self.y.0 == Some(axis)
    }

    /// The values of x.
    pub fn x_values(&self) -> Vec<f64> {
        self.x.values(self.x_range, self.points)
    }

    /// The second axis with its values.
    pub fn y_values(&self) -> Option<(ScanAxis, Vec<f64>)> {
        let axis = self.y.0?;
        Some((axis, if self.curves.is_empty() { axis.values(self.y_range, self.points) } else { self.curves.clone() }))
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        self.y.0.is_some() && self.curves.is_empty()
    }
}

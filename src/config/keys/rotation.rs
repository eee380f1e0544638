//! `[rotation]`: in which frames product measures are sought.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::config::error::ConfigError;
use crate::config::keys::field::{Field, Reader, section};
use crate::config::keys::named::Named;
use crate::config::keys::{Key, KeyKind};

/// Where the rotation starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FrameStart {
    /// Random frames.
    Random,
    /// The given coordinates: for equal ones a stationary point that is no minimum.
    Identity,
    /// The principal axes of the scatter between the modes, then random frames.
    Principal,
}

impl Named for FrameStart {
    const NAMES: &'static [(&'static str, Self)] =
        &[("random", Self::Random), ("identity", Self::Identity), ("principal", Self::Principal)];
}

/// The temperature at which the frame starts to turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heat {
    /// 1.
    Cold,
    /// Where the fits from all components coincide.
    Merging,
    /// This one.
    At(f64),
}

impl Serialize for Heat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Cold => serializer.serialize_bool(false),
            Self::Merging => serializer.serialize_bool(true),
            Self::At(temperature) => serializer.serialize_f64(*temperature),
        }
    }
}

impl Field for Heat {
    const KIND: KeyKind = KeyKind::NumberOrFlag;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        if let Ok(flag) = reader.flag(key.name) {
            return Ok(flag.map(|hot| if hot { Self::Merging } else { Self::Cold }));
        }
        let sound = |x: &f64| key.range().is_none_or(|range| range.broken_by(*x).is_none());
        match reader.number(key.name) {
            Ok(Some(x)) if sound(&x) => Ok(Some(Self::At(x))),
            _ => Err(reader.breaks(key.name, "be true, false, or a temperature between 1 and 1000")),
        }
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        if declared.and_then(Value::as_bool).unwrap_or(false) { Self::Merging } else { Self::Cold }
    }
}

section! {
    /// `[rotation]`.
    ROTATION => RotationConfig {
        start: FrameStart = "\"random\"", "", "the frames at the start; identity is stationary for equal coordinates";
        restarts: u64 = "3", "1 to 1000", "frames tried; the best end is kept, all are reported";
        seed: u64 = "1", "", "seed of random frames";
        heat: Heat = "true", "1 to 1000",
            "T at which the frame starts to turn, then cooled to 1; true: where the fits from all modes coincide; false: T = 1";
        whiten: bool = "false", "", "whether coordinates are first made such that the pooled covariance is I";
    }
}

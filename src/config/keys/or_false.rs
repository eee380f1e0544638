//! A key that may be switched off.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::config::error::ConfigError;
use crate::config::keys::field::{Field, Reader};
use crate::config::keys::{Key, KeyKind};

/// A value, or `false` for none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrFalse<T>(pub Option<T>);

impl<T: Serialize> Serialize for OrFalse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            None => serializer.serialize_bool(false),
            Some(value) => value.serialize(serializer),
        }
    }
}

impl Field for OrFalse<f64> {
    const KIND: KeyKind = KeyKind::NumberOrFalse;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        if reader.is_false(key.name) {
            return Ok(Some(Self(None)));
        }
        let value = reader.number(key.name).ok();
        let sound = |x: &f64| key.range().is_none_or(|range| range.broken_by(*x).is_none());
        match value {
            Some(None) => Ok(None),
            Some(Some(x)) if sound(&x) => Ok(Some(Self(Some(x)))),
            _ => Err(reader.breaks(key.name, "be a positive number or false")),
        }
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        Self(declared.and_then(Value::as_f64))
    }
}

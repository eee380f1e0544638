//! Keys whose values are words.

use serde_json::Value;

use crate::config::error::ConfigError;
use crate::config::keys::field::{Field, Reader};
use crate::config::keys::or_false::OrFalse;
use crate::config::keys::{Key, KeyKind};

/// A type whose values are words.
pub(crate) trait Named: Copy + 'static {
    /// Every value by its name.
    const NAMES: &'static [(&'static str, Self)];
}

/// The names of a type's values.
fn names<T: Named>() -> Vec<&'static str> {
    T::NAMES.iter().map(|(name, _)| *name).collect()
}

/// The name of a value.
pub(crate) fn word<T: Named + PartialEq>(value: T) -> &'static str {
    T::NAMES.iter().find(|(_, other)| *other == value).map_or("", |(name, _)| name)
}

impl<T: Named> Field for T {
    const KIND: KeyKind = KeyKind::Word(names::<T>);

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        reader.choice(key.name, T::NAMES)
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        let word = declared.and_then(Value::as_str);
        T::NAMES.iter().find(|(name, _)| Some(*name) == word).unwrap_or(&T::NAMES[0]).1
    }
}

impl<T: Named> Field for Option<T> {
    const KIND: KeyKind = KeyKind::Word(names::<T>);

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        T::given(reader, key).map(|value| value.map(Some))
    }

    fn unless_given(_: Option<&Value>) -> Self {
        None
    }
}

impl<T: Named> Field for Vec<T> {
    const KIND: KeyKind = KeyKind::Words(names::<T>);

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        reader.choices(key.name, T::NAMES)
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        let words = declared.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        words.filter_map(|word| T::NAMES.iter().find(|(name, _)| *name == word)).map(|(_, value)| *value).collect()
    }
}

impl<T: Named> Field for OrFalse<T> {
    const KIND: KeyKind = KeyKind::WordOrFalse(names::<T>);

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        if reader.is_false(key.name) {
            return Ok(Some(Self(None)));
        }
        let quoted: Vec<String> = names::<T>().iter().map(|name| format!("\"{name}\"")).collect();
        let found = reader.choice(key.name, T::NAMES).map(|value| value.map(|value| Self(Some(value))));
        found.map_err(|_| reader.breaks(key.name, &format!("be false or one of {}", quoted.join(", "))))
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        let word = declared.and_then(Value::as_str);
        Self(T::NAMES.iter().find(|(name, _)| Some(*name) == word).map(|(_, value)| *value))
    }
}

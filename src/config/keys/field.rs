//! A section declared once: its struct, its keys and how they are read.

use serde_json::Value;

use crate::config::error::ConfigError;
use crate::config::keys::{Key, KeyKind};

/// What the values of declared keys are read from.
pub(crate) trait Reader {
    /// A finite number.
    fn number(&self, key: &str) -> Result<Option<f64>, ConfigError>;
    /// An integer that is not negative.
    fn count(&self, key: &str) -> Result<Option<u64>, ConfigError>;
    /// true or false.
    fn flag(&self, key: &str) -> Result<Option<bool>, ConfigError>;
    /// A text.
    fn text(&self, key: &str) -> Result<Option<String>, ConfigError>;
    /// A list of texts.
    fn texts(&self, key: &str) -> Result<Option<Vec<String>>, ConfigError>;
    /// A list of lists of finite numbers.
    fn vectors(&self, key: &str) -> Result<Option<Vec<Vec<f64>>>, ConfigError>;
    /// A list of finite numbers.
    fn numbers(&self, key: &str) -> Result<Option<Vec<f64>>, ConfigError>;
    /// One of the named choices.
    fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>, ConfigError>;
    /// A list of named choices.
    fn choices<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<Vec<T>>, ConfigError>;
    /// Whether the key is `false`.
    fn is_false(&self, key: &str) -> bool;
    /// The error for a value of `key` that breaks `rule`.
    fn breaks(&self, key: &str, rule: &str) -> ConfigError;
}

/// The value of a declared key in the resolved configuration.
pub(crate) trait Field: Sized {
    /// What is written for it.
    const KIND: KeyKind;

    /// The value that is given, within the declared range.
    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError>;

    /// The value unless given: the declared one where that is a value; else what says that there is none, for the resolver
    /// to fill in.
    fn unless_given(declared: Option<&Value>) -> Self;
}

/// The value of `name` among `keys`.
pub(crate) fn take<T: Field>(reader: &impl Reader, keys: &[Key], name: &str) -> Result<T, ConfigError> {
    let given = keys.iter().find(|key| key.name == name).map(|key| T::given(reader, key)).transpose()?;
    Ok(given.flatten().unwrap_or_else(|| unless_given(keys, name)))
}

/// What holds unless `name` is given.
pub(crate) fn unless_given<T: Field>(keys: &[Key], name: &str) -> T {
    T::unless_given(keys.iter().find(|key| key.name == name).and_then(Key::default_value).as_ref())
}

/// Declares a section: `KEYS => Struct { field: type = "unless given", "rule", "meaning"; .. }`.
macro_rules! section {
    ($(#[$about:meta])* $keys:ident => $name:ident {
        $($(#[$attribute:meta])* $field:ident: $type:ty = $default:literal, $rule:literal, $meaning:literal;)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        pub struct $name {
            $(#[doc = concat!($meaning, ".")] $(#[$attribute])* pub $field: $type,)*
        }

        pub(super) const $keys: &[$crate::config::keys::Key] = &[$($crate::config::keys::key(
            stringify!($field), <$type as $crate::config::keys::field::Field>::KIND, $default, $rule, $meaning,
        )),*];

        impl $name {
            /// Every key as it is given, or as it is unless given.
            pub(crate) fn read(
                reader: &impl $crate::config::keys::field::Reader,
            ) -> Result<Self, $crate::config::error::ConfigError> {
                Ok(Self { $($field: $crate::config::keys::field::take(reader, $keys, stringify!($field))?,)* })
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $crate::config::keys::field::unless_given($keys, stringify!($field)),)* }
            }
        }
    };
}
pub(super) use section;

/// A number within the declared range.
fn within(reader: &impl Reader, key: &Key, x: f64) -> Result<(), ConfigError> {
    match key.range().and_then(|range| range.broken_by(x)) {
        Some(rule) => Err(reader.breaks(key.name, &rule)),
        None => Ok(()),
    }
}

impl Field for f64 {
    const KIND: KeyKind = KeyKind::Number;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        let value = reader.number(key.name)?;
        value.map_or(Ok(()), |x| within(reader, key, x))?;
        Ok(value)
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        declared.and_then(Value::as_f64).unwrap_or(Self::NAN)
    }
}

impl Field for u64 {
    const KIND: KeyKind = KeyKind::Integer;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        let value = reader.count(key.name)?;
        value.map_or(Ok(()), |n| within(reader, key, n as f64))?;
        Ok(value)
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        declared.and_then(Value::as_u64).unwrap_or(0)
    }
}

impl Field for Option<String> {
    const KIND: KeyKind = KeyKind::Text;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        reader.text(key.name).map(|value| value.map(Some))
    }

    fn unless_given(_: Option<&Value>) -> Self {
        None
    }
}

impl Field for Vec<String> {
    const KIND: KeyKind = KeyKind::Texts;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        reader.texts(key.name)
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        let texts = declared.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }
}

impl Field for Vec<Vec<f64>> {
    const KIND: KeyKind = KeyKind::Vectors;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        reader.vectors(key.name)
    }

    fn unless_given(_: Option<&Value>) -> Self {
        Vec::new()
    }
}

impl Field for bool {
    const KIND: KeyKind = KeyKind::Flag;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        reader.flag(key.name)
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        declared.and_then(Value::as_bool).unwrap_or(false)
    }
}

impl Field for Vec<f64> {
    const KIND: KeyKind = KeyKind::Numbers;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        let values = reader.numbers(key.name)?;
        let range = key.range();
        let broken = values.iter().flatten().find_map(|&x| range.and_then(|range| range.broken_by_one(x)));
        broken.map_or(Ok(values), |rule| Err(reader.breaks(key.name, &rule)))
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        declared.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64).collect()
    }
}

/// Whole numbers, at least one.
impl Field for Vec<u64> {
    const KIND: KeyKind = KeyKind::Numbers;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        let Some(values) = reader.numbers(key.name)? else { return Ok(None) };
        let range = key.range();
        let sound = |x: &f64| x.fract() == 0.0 && range.is_none_or(|range| range.broken_by(*x).is_none());
        if values.is_empty() || !values.iter().all(sound) {
            let between = range.map_or(String::new(), |range| format!(", each an integer {}", range.between()));
            return Err(reader.breaks(key.name, &format!("hold at least one width{between}")));
        }
        Ok(Some(values.iter().map(|x| *x as u64).collect()))
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        declared.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64).collect()
    }
}

/// Two rising numbers, positive if the rule says so.
impl Field for Option<[f64; 2]> {
    const KIND: KeyKind = KeyKind::Numbers;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        let Some(numbers) = reader.numbers(key.name)? else { return Ok(None) };
        let positive = key.rule.contains("positive");
        let sound = |[first, last]: &[f64; 2]| first < last && (!positive || *first > 0.0);
        let word = if positive { "positive " } else { "" };
        let ends = <[f64; 2]>::try_from(numbers).ok().filter(sound);
        let rule = format!("be two {word}rising numbers, [first, last]");
        ends.map(|ends| Some(Some(ends))).ok_or_else(|| reader.breaks(key.name, &rule))
    }

    fn unless_given(_: Option<&Value>) -> Self {
        None
    }
}

impl Field for Option<f64> {
    const KIND: KeyKind = KeyKind::Number;

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        f64::given(reader, key).map(|value| value.map(Some))
    }

    fn unless_given(_: Option<&Value>) -> Self {
        None
    }
}

//! The one error of this crate: a parameter outside its domain.

use std::fmt;

/// A parameter that breaks the rule of its domain: its name, the value received and the rule.
///
/// The text reads "`duration` is -1: it must be positive and finite".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidParameter {
    name: String,
    value: String,
    rule: String,
}

impl InvalidParameter {
    /// An error for the parameter `name`, received as `value`, that must obey `rule`
    /// (a phrase that continues "it must ...").
    pub fn new(name: impl Into<String>, value: impl fmt::Display, rule: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.to_string(), rule: rule.into() }
    }

    /// The parameter's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value received, as text.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The rule it breaks: a phrase that continues "it must ...".
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

impl fmt::Display for InvalidParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is {}: it must {}", self.name, self.value, self.rule)
    }
}

impl std::error::Error for InvalidParameter {}

/// `value` if it is finite and positive.
pub(crate) fn positive(name: &str, value: f64) -> Result<f64, InvalidParameter> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(InvalidParameter::new(name, value, "be positive and finite"))
    }
}

/// `value` if it is finite.
pub(crate) fn finite(name: &str, value: f64) -> Result<f64, InvalidParameter> {
    if value.is_finite() { Ok(value) } else { Err(InvalidParameter::new(name, value, "be finite")) }
}

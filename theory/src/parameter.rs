//! The one error of this crate: a parameter outside its domain.

use std::fmt;

/// The part of a [`Problem`](crate::Problem) that a parameter belongs to, where its name alone does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// p.
    Target,
    /// q.
    Family,
    /// The initial means.
    Start,
}

impl Part {
    /// Its name as an accessor of the problem.
    pub fn name(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Family => "family",
            Self::Start => "start",
        }
    }
}

/// Digits after which a number is written with an exponent: all that a double has, sign and point.
const LONGEST_NUMBER: usize = 24;

/// A parameter that breaks the rule of its domain: its name, the value received and the rule.
///
/// The text reads "`duration` is -1: it must be positive and finite", and with a part "`target.weights` is [..]: ..".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidParameter {
    part: Option<Part>,
    name: String,
    value: String,
    rule: String,
}

impl InvalidParameter {
    /// An error for the parameter `name`, received as `value`, that must obey `rule`
    /// (a phrase that continues "it must ...").
    pub fn new(name: impl Into<String>, value: impl fmt::Display, rule: impl Into<String>) -> Self {
        let mut value = value.to_string();
        // 1e300 is not written out.
        if value.len() > LONGEST_NUMBER
            && let Ok(number) = value.parse::<f64>()
        {
            value = format!("{number:e}");
        }
        Self { part: None, name: name.into(), value, rule: rule.into() }
    }

    /// The same, for a parameter of `part`.
    pub fn of(self, part: Part) -> Self {
        Self { part: Some(part), ..self }
    }

    /// The part of the problem that it belongs to, where its name alone does not say.
    pub fn part(&self) -> Option<Part> {
        self.part
    }

    /// The parameter's own name.
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
        let dotted = self.part.map(|part| format!("{}.", part.name())).unwrap_or_default();
        write!(f, "`{dotted}{}` is {}: it must {}", self.name, self.value, self.rule)
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

/// Times, rates and lengths lie within this of 1: beyond, differences that decide a run are lost to rounding, and no run
/// would end.
pub const FARTHEST: f64 = 1e9;

/// `value` if it is a time or a rate that a run can have: from 1e-9 to 1e9.
pub(crate) fn moderate(name: &str, value: f64) -> Result<f64, InvalidParameter> {
    let value = positive(name, value)?;
    if (1.0 / FARTHEST..=FARTHEST).contains(&value) {
        Ok(value)
    } else {
        Err(InvalidParameter::new(name, value, "be from 1e-9 to 1e9"))
    }
}

/// `value` if it is a coordinate of a mode or of a free mean: at most 1e9 in absolute value.
pub(crate) fn coordinate(name: &str, value: f64) -> Result<f64, InvalidParameter> {
    if finite(name, value)?.abs() <= FARTHEST {
        Ok(value)
    } else {
        Err(InvalidParameter::new(name, value, "be at most 1e9 in absolute value"))
    }
}

/// Why a variance has no start of its own.
pub(crate) const NOT_TRAINED: &str = "be absent: only a trained variance has an initial value of its own";

/// Why a variance has not several starts.
pub(crate) const NOT_OWN: &str = "be one number: only components with variances of their own start from several";

/// `value` if a trained variance may start from it: temperatures and their inverses.
pub(crate) fn initial_variance(value: f64) -> Result<f64, InvalidParameter> {
    let value = positive("variance", value)?;
    if (1e-12..=1e12).contains(&value) {
        Ok(value)
    } else {
        Err(InvalidParameter::new("variance", value, "be from 1e-12 to 1e12"))
    }
}

/// `value` if it is finite.
pub(crate) fn finite(name: &str, value: f64) -> Result<f64, InvalidParameter> {
    if value.is_finite() { Ok(value) } else { Err(InvalidParameter::new(name, value, "be finite")) }
}

//! What a caller can get wrong: everything else is an outcome, not an error.

use super::kind::PointKind;

/// A call that cannot be carried out as stated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ContinuationMisuse {
    /// An option breaks its rule.
    #[error("option {name} = {value} must satisfy {rule}")]
    Option {
        /// Field of the options.
        name: &'static str,
        /// Value received.
        value: f64,
        /// Inequality it breaks.
        rule: &'static str,
    },
    /// A vector of the wrong length.
    #[error("{name} has {found} entries, the problem needs {expected}")]
    Length {
        /// Argument.
        name: &'static str,
        /// Entries received.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// A starting value that is not finite.
    #[error("{name} = {value} must be finite")]
    NotFinite {
        /// Argument.
        name: &'static str,
        /// Value received.
        value: f64,
    },
    /// Branches cross only at located transcriticals and pitchforks.
    #[error("no crossing branch to switch to at a point of kind {kind:?} without a normal form of two real directions")]
    NotACrossing {
        /// Kind of the special point given.
        kind: PointKind,
    },
}

/// Checks that `state` has the length `expected`, at least one, and finite entries, and that `parameter` is finite.
pub(super) fn check_start(expected: usize, state: &[f64], parameter: f64) -> Result<(), ContinuationMisuse> {
    if state.len() != expected || expected == 0 {
        return Err(ContinuationMisuse::Length { name: "state", found: state.len(), expected: expected.max(1) });
    }
    if let Some(&value) = state.iter().find(|value| !value.is_finite()) {
        return Err(ContinuationMisuse::NotFinite { name: "state entry", value });
    }
    if !parameter.is_finite() {
        return Err(ContinuationMisuse::NotFinite { name: "parameter", value: parameter });
    }
    Ok(())
}

//! The names of the schedules.

/// The shape of a schedule; see [`crate::Schedule`] for the formulas, [`crate::AdaptiveRule`] for the last two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleKind {
    /// ln beta linear in time, the paper's choice.
    Geometric,
    /// T0 until the duration, then 1 (the paper's "step").
    Quench,
    /// T0 for ever.
    Constant,
    /// T - 1 decays at a constant rate.
    Exponential,
    /// T linear in time.
    LinearTemperature,
    /// beta linear in time.
    LinearBeta,
    /// T a power of a linear function of time.
    Power,
    /// T half a period of a cosine.
    Cosine,
    /// beta a logistic function of time.
    Sigmoid,
    /// T constant on plateaus.
    Steps,
    /// beta rises again and again.
    Cyclical,
    /// T interpolated in a table.
    Table,
    /// The fit decides, by the variance of log p: no function of time, see [`crate::AdaptiveRule`].
    AdaptiveKl,
    /// The same, by the effective sample size.
    AdaptiveEss,
}

impl ScheduleKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 14] = [
        Self::Geometric,
        Self::Quench,
        Self::Constant,
        Self::Exponential,
        Self::LinearTemperature,
        Self::LinearBeta,
        Self::Power,
        Self::Cosine,
        Self::Sigmoid,
        Self::Steps,
        Self::Cyclical,
        Self::Table,
        Self::AdaptiveKl,
        Self::AdaptiveEss,
    ];

    /// The kind's name in configurations and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Geometric => "geometric",
            Self::Quench => "quench",
            Self::Constant => "constant",
            Self::Exponential => "exponential",
            Self::LinearTemperature => "linear-temperature",
            Self::LinearBeta => "linear-beta",
            Self::Power => "power",
            Self::Cosine => "cosine",
            Self::Sigmoid => "sigmoid",
            Self::Steps => "steps",
            Self::Cyclical => "cyclical",
            Self::Table => "table",
            Self::AdaptiveKl => "adaptive-kl",
            Self::AdaptiveEss => "adaptive-ess",
        }
    }

    /// Whether its temperatures depend on the fit, so that they are no function of time.
    pub fn watches_the_fit(self) -> bool {
        matches!(self, Self::AdaptiveKl | Self::AdaptiveEss)
    }
}

//! The routes to the probability of collapse.

use serde::{Deserialize, Serialize, Serializer};

/// A route to the probability of collapse: its name on the command line, in configurations and in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// Quadrature of the start law over the boundary
    Exact,
    /// The sharp formula of the problem: (10), (15) or (22)
    Formula,
    /// Formula (18) of the sphere pair; (34) where the heat ends in a jump
    Refined,
    /// An ensemble of the closed flow
    #[cfg_attr(feature = "cli", value(name = "montecarlo"))]
    MonteCarlo,
    /// Stochastic descent in R^d
    Simulation,
    /// Training of normalizing flows
    #[cfg_attr(feature = "cli", value(name = "realnvp"))]
    RealNvp,
}

impl Route {
    /// Every route, in the order of tables and legends.
    pub const ALL: [Self; 6] =
        [Self::Exact, Self::Formula, Self::Refined, Self::MonteCarlo, Self::Simulation, Self::RealNvp];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Formula => "formula",
            Self::Refined => "refined",
            Self::MonteCarlo => "montecarlo",
            Self::Simulation => "simulation",
            Self::RealNvp => "realnvp",
        }
    }
}

/// Where a probability comes from: a route, or counts published elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Computed here.
    Route(Route),
    /// `[published]`.
    Published,
}

impl Source {
    /// Every source, in the order of tables and legends.
    pub fn all() -> impl Iterator<Item = Self> {
        Route::ALL.into_iter().map(Self::Route).chain([Self::Published])
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Route(route) => route.name(),
            Self::Published => "published",
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

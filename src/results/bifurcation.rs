//! The record of the equilibria of a pair, their branches and where collapse is possible.

use serde::Serialize;

use crate::bifurcation::{Admissible, Equilibrium, PointKind, SpecialPoint, Status};
use crate::config::BifurcationRun;

/// The record of `collapsar bifurcate`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BifurcationRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration.
    pub config: BifurcationRun,
    /// "free" or "sphere".
    pub pair: &'static str,
    /// rho, or R.
    pub separation: f64,
    /// Weight of the mode at +rho u, or +R e1.
    pub target_weight: f64,
    /// "unit" or "slaved": the variance at rest.
    pub variance: &'static str,
    /// Temperature of the equilibria and of the critical separation.
    pub temperature: f64,
    /// Where that temperature comes from: a key of the configuration.
    pub temperature_source: &'static str,
    /// Highest temperature at which collapse is possible at the separation; null if not even at T = 1.
    pub critical_temperature: Option<f64>,
    /// Smallest separation at which collapse is possible at the temperature.
    pub critical_separation: Option<f64>,
    /// What "possible" means in both.
    pub critical_definition: &'static str,
    /// R^2/T where the antipodal state loses its stability, theory (9); null for the free pair.
    pub alpha: Option<f64>,
    /// For each mode, the highest temperature with a stable collapsed state on it, heavier mode first.
    pub collapsed_states: Vec<CollapsedState>,
    /// Names of the three coordinates of every state here.
    pub coordinates: [&'static str; 3],
    /// All equilibria at the separation and temperature.
    pub equilibria: Vec<EquilibriumRecord>,
    /// Middles of places that the search could not decide.
    pub unresolved: Vec<[f64; 3]>,
    /// What the search proves.
    pub established: String,
    /// "temperature" or "separation": what the branches are drawn against.
    pub parameter: &'static str,
    /// The branches.
    pub branches: Vec<BranchRecord>,
    /// How many of the equilibria lie on none of the branches.
    pub equilibria_off_branches: usize,
    /// The special points of all branches.
    pub special_points: Vec<SpecialRecord>,
    /// Where collapse is possible in the plane of separation and temperature.
    pub critical_curve: CriticalCurve,
    /// alpha of theory (9) over R for some weights; null for the free pair.
    pub alpha_curves: Option<Vec<AlphaCurve>>,
    /// Where two components with trained weights can rest together on one mode; null unless the pair is free, its modes
    /// weigh the same and a phase diagram is drawn.
    pub trained_weights: Option<TrainedWindow>,
}

/// The temperatures between which two components with trained weights have a stable collapsed state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainedWindow {
    /// The smallest separation with such a state.
    pub least_separation: f64,
    /// Its temperature there.
    pub least_temperature: f64,
    /// m_1, m_2 and log(w_1/w_2) there.
    pub least_state: [f64; 3],
    /// Largest residual of the equations of a fold, over all of them.
    pub residual: f64,
    /// Separations and highest temperatures.
    pub upper: Vec<[f64; 2]>,
    /// Separations and lowest temperatures.
    pub lower: Vec<[f64; 2]>,
}

/// Where the stable collapsed state of a mode appears on cooling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CollapsedState {
    /// Weight of the mode.
    pub target_weight: f64,
    /// The highest temperature with that state; null if there is none.
    pub temperature: Option<f64>,
    /// The state there.
    pub coordinates: Option<[f64; 3]>,
    /// An interval that holds the temperature, where one is known.
    pub interval: Option<[f64; 2]>,
}

/// An equilibrium.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EquilibriumRecord {
    /// The state.
    pub coordinates: [f64; 3],
    /// "recovered", "collapsed", "antipodal", "saddle", "metastable" or "origin".
    pub kind: &'static str,
    /// Eigenvalues of the Jacobian, falling, in the clock and metric of the family.
    pub eigenvalues: Vec<f64>,
    /// Unit eigenvectors, in the same order.
    pub eigenvectors: Vec<Vec<f64>>,
    /// For each, whether means can move so: "both", "one-sided" or "never".
    pub admissible: Vec<&'static str>,
    /// Growing directions among those that means can move in.
    pub unstable: usize,
    /// Largest rate of the flow there.
    pub residual: f64,
    /// Proved half widths around the coordinates.
    pub uncertainty: [f64; 3],
}

/// A branch of equilibria.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BranchRecord {
    /// Values of the parameter.
    pub parameter: Vec<f64>,
    /// States.
    pub states: Vec<[f64; 3]>,
    /// Whether each is stable.
    pub stable: Vec<bool>,
    /// Largest eigenvalue, in the clock and metric of the family.
    pub growth: Vec<f64>,
    /// Why it ended.
    pub stop: String,
}

/// A special point with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpecialRecord {
    /// "fold", "pitchfork", "transcritical", "branch-point", "hopf" or "multiple".
    pub kind: &'static str,
    /// "converged" or "guessed".
    pub status: &'static str,
    /// Value of the parameter.
    pub parameter: f64,
    /// The state.
    pub coordinates: Vec<f64>,
    /// Interval of the parameter that holds it.
    pub interval: [f64; 2],
    /// Growing directions before and after, along the branch, those that means cannot move in included.
    pub unstable: [usize; 2],
    /// Whether means can move in the direction that is neutral there: "both", "one-sided", "never"; null if unknown.
    pub admissible: Option<&'static str>,
    /// Largest residual of its equations.
    pub residual: f64,
    /// Coefficients a, b of the normal form in the logarithm of the temperature, or in the separation.
    pub quadratic: Option<f64>,
    /// See there.
    pub cubic: Option<f64>,
}

/// Critical temperatures over separations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CriticalCurve {
    /// rho, or R.
    pub separations: Vec<f64>,
    /// The critical temperature (as `critical_temperature`, also below 1).
    pub temperatures: Vec<Option<f64>>,
    /// Highest temperature with a stable collapsed state on the heavier mode.
    pub heavier: Vec<Option<f64>>,
    /// The same on the lighter mode.
    pub lighter: Vec<Option<f64>>,
    /// The leading form at large separation; free pair with equal target weights.
    pub asymptotic: Vec<Option<f64>>,
}

/// alpha over R.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlphaCurve {
    /// w*.
    pub target_weight: f64,
    /// R.
    pub radii: Vec<f64>,
    /// alpha.
    pub alpha: Vec<Option<f64>>,
}

/// The name of a kind of direction.
fn side(admissible: Admissible) -> &'static str {
    match admissible {
        Admissible::Both => "both",
        Admissible::OneSided => "one-sided",
        Admissible::Never => "never",
    }
}

impl EquilibriumRecord {
    /// The record of an equilibrium.
    pub fn new(state: &Equilibrium) -> Self {
        Self {
            coordinates: state.coordinates,
            kind: state.kind.name(),
            eigenvalues: state.modes.iter().map(|mode| mode.rate).collect(),
            eigenvectors: state.modes.iter().map(|mode| mode.direction.clone()).collect(),
            admissible: state.modes.iter().map(|mode| side(mode.admissible)).collect(),
            unstable: state.unstable,
            residual: state.residual,
            uncertainty: state.uncertainty,
        }
    }
}

impl SpecialRecord {
    /// The record of a special point; `value` maps the continued parameter to the recorded one.
    pub fn new(point: &SpecialPoint, admissible: Option<Admissible>, value: impl Fn(f64) -> f64) -> Self {
        let kind = match point.kind {
            PointKind::Fold => "fold",
            PointKind::Pitchfork => "pitchfork",
            PointKind::Transcritical => "transcritical",
            PointKind::BranchPoint => "branch-point",
            PointKind::Hopf => "hopf",
            PointKind::Multiple => "multiple",
        };
        Self {
            kind,
            status: if point.status == Status::Converged { "converged" } else { "guessed" },
            parameter: value(point.parameter),
            coordinates: point.state.clone(),
            interval: point.parameter_interval.map(value),
            unstable: point.unstable,
            admissible: admissible.map(side),
            residual: point.residual,
            quadratic: point.normal_form.as_ref().map(|form| form.quadratic),
            cubic: point.normal_form.as_ref().map(|form| form.cubic),
        }
    }
}

impl SpecialRecord {
    /// Whether means can take part in it: not a crossing of rates of products of displacements alone.
    pub fn happens(&self) -> bool {
        self.admissible != Some("never")
    }
}

impl BifurcationRecord {
    /// The branches as a table: branch, parameter, coordinates, stable, growth.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let [first, second, third] = self.coordinates;
        writer.write_record(["branch", self.parameter, first, second, third, "stable", "growth"])?;
        for (index, branch) in self.branches.iter().enumerate() {
            for (i, state) in branch.states.iter().enumerate() {
                let mut row = vec![index.to_string(), branch.parameter[i].to_string()];
                row.extend(state.iter().map(f64::to_string));
                row.extend([branch.stable[i].to_string(), branch.growth[i].to_string()]);
                writer.write_record(&row)?;
            }
        }
        writer.into_inner().map_err(|error| error.into_error().into())
    }
}

//! The record of a schedule that was looked for.

use serde::Serialize;

use crate::config::{DesignRun, ScheduleConfig, ScheduleShape, VarianceStart};

/// The record of `collapsar design`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DesignRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration.
    pub config: DesignRun,
    /// What the search judged P_c by.
    pub route: &'static str,
    /// Whether what was wanted can be had.
    pub attainable: bool,
    /// The family of the schedule.
    pub kind: ScheduleShape,
    /// The schedule: the section as it is written in a configuration.
    pub schedule: ScheduleConfig,
    /// var(0), where the family chooses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<VarianceStart>,
    /// P_c of all fits together: that none of them recovers every mode. Counted afresh.
    pub probability: Counted,
    /// P_c of one fit, counted afresh.
    pub fit: Counted,
    /// Time of one fit, until it is cold.
    pub cost: f64,
    /// The same in the optimiser's clock.
    pub steps: Steps,
    /// Independent fits of which the best is kept.
    pub restarts: u64,
    /// Time of all fits: of each but one with `design.relaxation` beside its schedule.
    pub total: f64,
    /// Whether the best of several fits is told by its objective.
    pub recognition: Option<Recognition>,
    /// P_c of one fit without annealing, by the route of the search.
    pub without: f64,
    /// The configuration's own schedule, if it has one that is not T = 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// The best constant temperature of the sphere pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turnpike: Option<TurnpikeRecord>,
    /// The best of each family.
    pub families: Vec<FamilyDesign>,
    /// The best members of every duration that was tried.
    pub curve: Vec<DesignPoint>,
    /// What the best number of fits reaches in a time of all of them, by family, between the durations that were tried; empty where
    /// there is one fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restarted: Vec<DesignPoint>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// A time in the optimiser's clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Steps {
    /// "plain", "momentum" or "adam".
    pub optimiser: &'static str,
    /// Time per step.
    pub step: f64,
    /// The learning rate: time per step for plain descent and Adam, less what momentum adds; a flow's own.
    pub learning_rate: f64,
    /// Samples of a step, where they are said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<u64>,
    /// Steps of one fit, until it is cold.
    pub steps: u64,
}

/// A counted probability with its Clopper-Pearson interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Counted {
    /// The share.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Draws.
    pub n: u64,
}

/// The schedule that a configuration has itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Given {
    /// Time of one fit.
    pub cost: f64,
    /// P_c of one fit, by the route of the search.
    pub probability: f64,
}

/// The best constant temperature, theory (35).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TurnpikeRecord {
    /// T*.
    pub temperature: f64,
    /// lambda*: P_c of long schedules falls as e^(-lambda* t).
    pub rate: f64,
    /// T_c, above which the means part.
    pub critical_temperature: f64,
}

/// The objectives of fits at T = 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Recognition {
    /// KL(q|p) of a fit that starts with a component at every mode.
    pub recovered: f64,
    /// The least KL(q|p) of a fit without one of them.
    pub collapsed: f64,
    /// Whether they are apart: the collapsed one is worse by more than 0.02.
    pub by_objective: bool,
}

/// The best of a family.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyDesign {
    /// The family.
    pub kind: ScheduleShape,
    /// Its best schedule.
    pub schedule: ScheduleConfig,
    /// var(0), where the family chooses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<VarianceStart>,
    /// Time of one fit.
    pub cost: f64,
    /// Fits.
    pub restarts: u64,
    /// Time of all fits.
    pub total: f64,
    /// P_c of all fits together, by the route of the search; counted afresh where that is a formula;
    /// half a run where none of a count collapsed.
    pub probability: f64,
    /// Whether it is what was wanted.
    pub attainable: bool,
}

/// The best member of a family for a duration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DesignPoint {
    /// The family.
    pub kind: ScheduleShape,
    /// Fits.
    pub restarts: u64,
    /// Time of one fit.
    pub cost: f64,
    /// Time of all fits.
    pub total: f64,
    /// P_c of all fits together, by the route of the search.
    pub probability: f64,
}

impl DesignRecord {
    /// The curves as a CSV table.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["kind", "restarts", "cost", "total", "probability"])?;
        for point in self.curve.iter().chain(&self.restarted) {
            let numbers = [point.cost, point.total, point.probability].map(|x| x.to_string());
            writer
                .write_record([&[point.kind.name().to_owned(), point.restarts.to_string()], &numbers[..]].concat())?;
        }
        writer.into_inner().map_err(|e| e.into_error().into())
    }
}

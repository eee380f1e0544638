//! `[diagnose]`: runs that somebody else made.

use serde::Serialize;

use crate::config::keys::field::section;
use crate::config::keys::named::Named;

/// What was fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FittedFamily {
    /// Gaussian mixtures.
    Mixture,
    /// Products of densities of one coordinate.
    MeanField,
    /// Normalizing flows.
    Flow,
}

impl Named for FittedFamily {
    const NAMES: &'static [(&'static str, Self)] =
        &[("mixture", Self::Mixture), ("mean-field", Self::MeanField), ("flow", Self::Flow)];
}

section! {
    /// `[diagnose]`.
    DIAGNOSE => DiagnoseConfig {
        #[serde(skip_serializing_if = "Option::is_none")]
        family: Option<FittedFamily> = "none", "", "what was fitted: whose theory is asked for advice";
        columns: Vec<String> = "[]", "", "columns of the coordinates, or the array of samples; [] for those with the usual names";
        #[serde(skip_serializing_if = "Option::is_none")]
        log_q: Option<String> = "log_q and the like", "", "column or array of log q at each sample";
        #[serde(skip_serializing_if = "Option::is_none")]
        log_p: Option<String> = "log_p and the like", "", "column or array of log p at each sample, up to a constant";
        #[serde(skip_serializing_if = "Option::is_none")]
        run: Option<String> = "run, chain or seed", "", "column that says which run a row is of, where a file holds several";
        modes: Vec<Vec<f64>> = "[]", "", "means of the modes where they are known; [] to find them";
        weights: Vec<f64> = "[]", "not negative, sum 1", "weights of the modes where they are known; [] for those of the runs that hold all modes";
        lost_below: f64 = "0.5", "1e-6 to 1", "a mode is lost by a run that has less than this share of its weight";
        false_alarm: f64 = "0.01", "1e-6 to 0.5", "probability with which samples of one mode pass for several";
        level: f64 = "0.95", "0.5 to 0.999999", "level of the intervals";
        directions: u64 = "8", "1 to 16", "directions in which modes are looked for, at most";
        memory: u64 = "1024", "1 to 1e6", "MiB of samples that are held, at most; larger files are thinned as they are read";
        seed: u64 = "1", "", "of the draws from the mixtures of traces";
    }
}

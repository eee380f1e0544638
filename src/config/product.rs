//! `probability` and the points of `sweep` for product measures from random starts.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::family::{CRITERIA, ProductCriterion};
use crate::config::keys::{MonteCarloConfig, OptimiserConfig, StopConfig, keys_of};
use crate::config::mixture::MixtureConfig;
use crate::config::resolve::{self, DEFAULT_SEED};
use crate::config::schedule::ScheduleConfig;

/// Product measures from random starts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductRun {
    /// The target.
    pub target: MixtureConfig,
    /// The variational family.
    pub family: JudgedProducts,
    /// The annealing schedule.
    pub schedule: ScheduleConfig,
    /// The law of the starts.
    pub start: ProductStart,
    /// When runs are classified.
    pub stop: StopConfig,
    /// The count.
    pub montecarlo: MonteCarloConfig,
}

/// `[family]` of product measures whose ends are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct JudgedProducts {
    /// "mean-field".
    pub preset: &'static str,
    /// What is counted.
    pub criterion: ProductCriterion,
}

/// `[start]` of product measures: every marginal is N(mu_j, variance), mu ~ N(centre, scale^2 I).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductStart {
    /// d, at least that of the target: other coordinates have nothing to do with it.
    pub dimension: usize,
    /// sigma.
    pub scale: f64,
    /// The middle; the origin if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre: Option<Vec<f64>>,
    /// Of the draws.
    pub seed: u64,
    /// The variance of every marginal at t = 0.
    pub variance: f64,
}

impl ProductRun {
    pub(crate) fn resolve(document: &Document) -> Result<Self, ConfigError> {
        OptimiserConfig::refuse_adam(&document.section("optimiser"))?;
        document.section("formula").refuse(&["wanted", "alpha"], "they are of formula (10), of mixtures")?;
        let target = resolve::mixture(document)?;
        let family = document.section("family");
        let mine = ["preset", "criterion"];
        let others: Vec<&str> =
            keys_of("family").iter().map(|key| key.name).filter(|name| !mine.contains(name)).collect();
        family.refuse(&others, "a product measure has neither components nor rules")?;
        let single = target.has_heaviest();
        let criterion = family.choice("criterion", &CRITERIA)?;
        if criterion == Some(ProductCriterion::Minority) && !single {
            let rule = "be \"coverage\" where no mode is heavier than all others: none of them is the minority";
            return Err(family.breaks("criterion", rule));
        }
        let usual = if single { ProductCriterion::Minority } else { ProductCriterion::Coverage };
        let (schedule, path) = resolve::schedule(document)?;
        let start = ProductStart::resolve(document, target.dimension(), path.initial_temperature())?;
        let found = Self {
            family: JudgedProducts { preset: "mean-field", criterion: criterion.unwrap_or(usual) },
            schedule,
            start,
            stop: StopConfig::read(&document.section("stop"))?,
            montecarlo: MonteCarloConfig::resolve(&document.section("montecarlo"), true)?,
            target,
        };
        resolve::check_rest(document, &["stop", "montecarlo"])?;
        Ok(found)
    }
}

impl ProductStart {
    fn resolve(document: &Document, target: usize, hot: f64) -> Result<Self, ConfigError> {
        let section = document.section("start");
        section.refuse(&["means"], "a probability needs a law of the means, N(centre, scale^2 I)")?;
        let dimension = match section.count("dimension")? {
            None => target,
            Some(given) => usize::try_from(given).ok().filter(|d| *d >= target).ok_or_else(|| {
                section.breaks("dimension", &format!("be at least {target}, the dimension of the target"))
            })?,
        };
        let Some(scale) = section.positive("scale")? else {
            return Err(section.missing("scale", "means of the marginals start as N(0, scale^2)"));
        };
        let centre = section.numbers("centre")?;
        if centre.as_ref().is_some_and(|centre| centre.len() > dimension) {
            return Err(section.breaks("centre", &format!("hold at most start.dimension = {dimension} numbers")));
        }
        let variance = section.positive("variance")?.unwrap_or(hot);
        Ok(Self { dimension, scale, centre, seed: section.count("seed")?.unwrap_or(DEFAULT_SEED), variance })
    }

    /// The middle in the first `n` coordinates.
    pub fn middle(&self, n: usize) -> Vec<f64> {
        let given = self.centre.clone().unwrap_or_default();
        (0..n).map(|j| given.get(j).copied().unwrap_or(0.0)).collect()
    }
}

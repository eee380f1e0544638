//! From document to run: the only place where a value is defaulted or refused.

mod schedule;
mod target;

use collapsar_theory::{FARTHEST, MeanSpace, Rules, VarianceRule};

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::family::{
    CLOCKS, ComponentShape, FamilyConfig, MEANS, METRICS, PRESETS, Preset, SHAPES, TEMPERINGS, VARIANCES, WEIGHTS,
};
use crate::config::keys::{
    BifurcationConfig, BoundaryConfig, DensityConfig, DesignConfig, ExactConfig, FormulaConfig, LangevinConfig,
    MonteCarloConfig, OptimiserConfig, PortraitConfig, RotationConfig, ScanConfig, SimulationConfig, SolveConfig,
    StopConfig,
};
use crate::config::run::{InitialVariance, StartConfig};
use crate::config::section::Section;

pub(crate) use schedule::{any_schedule, schedule};
pub(crate) use target::{mixture, shaped_target, target};

const MOST_REPORTS: usize = 100_000;
/// Reported times unless given: this many steps from 0 ...
const DEFAULT_REPORTS: usize = 60;
/// Components of a family whose start is a law and whose weights are not given.
const DEFAULT_COMPONENTS: usize = 2;
/// Most components of equal weight.
const MOST_COMPONENTS: u64 = 256;

/// Seed of a random start unless given.
pub(crate) const DEFAULT_SEED: u64 = 1;

/// Checks the sections that are given and not read, so that a slip in them is not met later; `read` are those that are.
pub(crate) fn check_rest(document: &Document, read: &[&str]) -> Result<(), ConfigError> {
    let given = |name: &'static str| {
        Some(document.section(name)).filter(|section| !read.contains(&name) && !section.is_empty())
    };
    given("optimiser").map(|s| OptimiserConfig::resolve(&s)).transpose()?;
    given("bifurcation").map(|s| BifurcationConfig::resolve(&s)).transpose()?;
    given("exact").map(|s| ExactConfig::read(&s)).transpose()?;
    given("formula").map(|s| FormulaConfig::resolve(&s)).transpose()?;
    given("montecarlo").map(|s| MonteCarloConfig::read(&s)).transpose()?;
    given("simulation").map(|s| SimulationConfig::resolve(&s, None)).transpose()?;
    given("stop").map(|s| StopConfig::read(&s)).transpose()?;
    given("rotation").map(|s| RotationConfig::read(&s)).transpose()?;
    given("langevin").map(|s| LangevinConfig::resolve(&s, None)).transpose()?;
    given("scan").map(|s| ScanConfig::resolve(&s)).transpose()?;
    given("portrait").map(|s| PortraitConfig::resolve(&s)).transpose()?;
    given("design").map(|s| DesignConfig::resolve(&s)).transpose()?;
    given("density").map(|s| DensityConfig::resolve(&s, 0.0)).transpose()?;
    if let Some(section) = given("boundary") {
        BoundaryConfig::resolve(&section, &schedule(document)?.0)?;
    }
    if given("solve").is_some() {
        solve(document, any_schedule(document)?.1.end_of_run())?;
    }
    Ok(())
}

fn equal_weights(count: usize) -> Vec<f64> {
    vec![1.0 / count.max(1) as f64; count]
}

/// The family: w as given or equal, as many as `components` says, as there are `means` of a start, or two.
pub(crate) fn family(document: &Document, rules: Rules, means: Option<usize>) -> Result<FamilyConfig, ConfigError> {
    Ok(FamilyConfig::new(weights(&document.section("family"), means)?, rules))
}

fn weights(section: &Section<'_>, means: Option<usize>) -> Result<Vec<f64>, ConfigError> {
    let Some(components) = section.count("components")? else {
        let count = means.unwrap_or(DEFAULT_COMPONENTS);
        return Ok(section.numbers("weights")?.unwrap_or_else(|| equal_weights(count)));
    };
    section.refuse(&["weights"], "`family.components` asks for equal weights")?;
    if !(1..=MOST_COMPONENTS).contains(&components) {
        return Err(section.breaks("components", "lie between 1 and 256"));
    }
    Ok(equal_weights(components as usize))
}

/// The rules of `[family]`, one variance for all components.
pub(crate) fn rules(document: &Document) -> Result<Rules, ConfigError> {
    let found = shaped_rules(document)?;
    if found.variance.is_own() {
        let section = document.section("family");
        let verbs = "variances of their own are for solve, probability, sweep and design";
        return Err(match found.variance {
            VarianceRule::Full => section.breaks("covariance", &format!("be \"isotropic\" here: {verbs}")),
            _ => section.breaks("variance", &format!("be \"unit\", \"slaved\" or \"trained\" here: {verbs}")),
        });
    }
    Ok(found)
}

/// The rules of `[family]`.
pub(crate) fn shaped_rules(document: &Document) -> Result<Rules, ConfigError> {
    let section = document.section("family");
    let preset = match section.choice("preset", &PRESETS)? {
        None => Rules::FREE,
        Some(Preset::Mixture(rules)) => rules,
        Some(Preset::MeanField) => {
            return Err(
                section.breaks("preset", "be \"paper\" or \"free\" here: product measures have `collapsar mean-field`, and `probability` and `sweep` count them")
            );
        }
    };
    section.refuse(&["criterion"], "only product measures have one: a mixture collapses where it loses any mode")?;
    Ok(Rules {
        means: section.choice("means", &MEANS)?.unwrap_or(preset.means),
        variance: variance_rule(&section, preset.variance)?,
        weights: section.choice("train_weights", &WEIGHTS)?.unwrap_or(preset.weights),
        clock: section.choice("clock", &CLOCKS)?.unwrap_or(preset.clock),
        metric: section.choice("metric", &METRICS)?.unwrap_or(preset.metric),
        tempering: section.choice("tempering", &TEMPERINGS)?.unwrap_or(preset.tempering),
    })
}

/// How variances move; matrices are each component's own.
fn variance_rule(section: &Section<'_>, usual: VarianceRule) -> Result<VarianceRule, ConfigError> {
    let given = section.choice("variance", &VARIANCES)?;
    if section.choice("covariance", &SHAPES)? != Some(ComponentShape::Full) {
        return Ok(given.unwrap_or(usual));
    }
    if given.is_some_and(|rule| rule != VarianceRule::Own) {
        return Err(section.breaks("variance", "be absent or \"own\" beside `family.covariance = \"full\"`"));
    }
    Ok(VarianceRule::Full)
}

/// var(0), where one is given: for a trained variance.
pub(crate) fn initial_variance(document: &Document, rules: Rules) -> Result<Option<f64>, ConfigError> {
    let section = document.section("start");
    if rules.variance != VarianceRule::Trained {
        section.refuse(&["variance"], "only a trained variance has an initial value of its own")?;
    }
    section.positive("variance")
}

/// The same, or one for each component that has its own.
fn initial_variances(document: &Document, rules: Rules) -> Result<Option<InitialVariance>, ConfigError> {
    let section = document.section("start");
    if !rules.variance.is_own() {
        return Ok(initial_variance(document, rules)?.map(InitialVariance::Common));
    }
    if !section.is_list("variance") {
        return Ok(section.positive("variance")?.map(InitialVariance::Common));
    }
    let list = section.numbers("variance")?;
    if list.iter().flatten().any(|v| *v <= 0.0) {
        return Err(section.breaks("variance", "be positive"));
    }
    Ok(list.map(InitialVariance::Each))
}

/// `[start]` for these rules; beside flows a law needs no scale.
pub(crate) fn start(document: &Document, rules: Rules, flows: bool) -> Result<StartConfig, ConfigError> {
    let section = document.section("start");
    let means = section.vectors("means")?;
    let variance = initial_variances(document, rules)?;
    let start = if let Some(means) = means {
        section.refuse(&["dimension", "scale", "centre"], "`start.means` is an explicit start")?;
        // A seed is harmless beside an explicit start, and kept out of the resolved run.
        section.count("seed")?;
        StartConfig { means: Some(means), dimension: None, scale: None, centre: None, seed: None, variance }
    } else {
        let Some(dimension) = section.count("dimension")? else {
            return Err(section.missing("means", "give initial means, or a law by `start.dimension`"));
        };
        // A flow starts from its own parameters: the law of means is beside the point then.
        let usual = (flows && rules.means == MeanSpace::Free).then_some(1.0);
        let scale = section.number("scale")?.or(usual);
        if rules.means == MeanSpace::Free && scale.is_none() {
            return Err(section.missing("scale", "free means start as N(0, scale^2 I)"));
        }
        if rules.means == MeanSpace::Sphere {
            section.refuse(&["scale", "centre"], "means on the sphere start uniform on it")?;
        }
        if flows {
            section.refuse(&["centre"], "a flow starts about the origin, from its own parameters")?;
        }
        let dimension =
            usize::try_from(dimension).map_err(|_| section.breaks("dimension", "fit in memory addresses"))?;
        let centre = section.numbers("centre")?;
        if centre.as_ref().is_some_and(|centre| centre.len() > dimension) {
            return Err(section.breaks("centre", &format!("hold at most start.dimension = {dimension} numbers")));
        }
        StartConfig {
            means: None,
            dimension: Some(dimension),
            scale,
            centre,
            seed: Some(section.count("seed")?.unwrap_or(DEFAULT_SEED)),
            variance,
        }
    };
    start.start(rules.means).map_err(|e| section.parameter(&e))?;
    Ok(start)
}

/// `[solve]` of a run that ends at `end`.
pub(crate) fn solve(document: &Document, end: f64) -> Result<SolveConfig, ConfigError> {
    let section = document.section("solve");
    let mut found = SolveConfig::read(&section)?;
    if !section.has("times") {
        found.times = (0..=DEFAULT_REPORTS).map(|i| end * i as f64 / DEFAULT_REPORTS as f64).collect();
        return Ok(found);
    }
    let times = &found.times;
    if times.is_empty() || times.windows(2).any(|w| w[0] >= w[1]) {
        return Err(section.breaks("times", "hold at least one time, none negative, strictly increasing"));
    }
    if times.last().is_some_and(|&t| t > FARTHEST) {
        return Err(section.breaks("times", "end at 1e9 or before"));
    }
    if times.len() > MOST_REPORTS {
        return Err(section.breaks("times", "hold at most 100000 times"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrate::{Request, Tolerances};

    /// The library's own defaults are those of the configuration.
    #[test]
    fn defaults_of_integration() {
        let (config, library) = (SolveConfig::default(), Tolerances::default());
        assert_eq!((config.relative_tolerance, config.absolute_tolerance), (library.relative, library.absolute));
        assert_eq!(config.max_steps, Request::DEFAULT_MAX_STEPS as u64);
    }
}

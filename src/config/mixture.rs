//! `[target]` as any Gaussian mixture: `[[target.components]]`, or modes of covariance I.

use collapsar_theory::{FARTHEST, GaussianMixture, InvalidParameter, Target};
use nalgebra::{Cholesky, DMatrix};
use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::section::Section;
use crate::config::value::{Node, Value};

/// A Gaussian mixture, component by component.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MixtureConfig {
    /// `[[target.components]]`.
    pub components: Vec<ComponentConfig>,
}

/// A component.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComponentConfig {
    /// v_k.
    pub weight: f64,
    /// mu_k.
    pub mean: Vec<f64>,
    /// Sigma_k.
    #[serde(flatten)]
    pub covariance: CovarianceConfig,
}

/// Sigma_k, as it is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CovarianceConfig {
    /// A multiple of the unit matrix.
    Variance(f64),
    /// A diagonal.
    Variances(Vec<f64>),
    /// A symmetric positive definite matrix, row by row.
    Covariance(Vec<Vec<f64>>),
}

/// Largest difference of a sum of weights from 1.
const SUM: f64 = 1e-6;
/// Largest relative asymmetry of a matrix: the rounding of decimal entries.
const ASYMMETRY: f64 = 1e-9;
/// Most entries of a matrix: 1000 dimensions.
const MOST_DIMENSIONS: usize = 1000;
const KEY: &str = "components";
const TABLES: &str = "target.components";

impl CovarianceConfig {
    /// By rows, for `dimension` coordinates.
    pub fn matrix(&self, dimension: usize) -> Vec<Vec<f64>> {
        let diagonal = |of: &dyn Fn(usize) -> f64| {
            let entry = |i: usize, j: usize| if i == j { of(i) } else { 0.0 };
            (0..dimension).map(|i| (0..dimension).map(|j| entry(i, j)).collect()).collect()
        };
        match self {
            Self::Variance(variance) => diagonal(&|_| *variance),
            Self::Variances(variances) => diagonal(&|i| variances[i]),
            Self::Covariance(rows) => rows.clone(),
        }
    }

    /// The diagonal for `dimension` coordinates, if there is nothing else.
    pub fn diagonal(&self, dimension: usize) -> Option<Vec<f64>> {
        match self {
            Self::Variance(variance) => Some(vec![*variance; dimension]),
            Self::Variances(variances) => Some(variances.clone()),
            Self::Covariance(rows) => {
                let zero = |i: usize| rows[i].iter().enumerate().all(|(j, x)| i == j || *x == 0.0);
                (0..dimension).all(zero).then(|| (0..dimension).map(|i| rows[i][i]).collect())
            }
        }
    }
}

impl MixtureConfig {
    /// The mixture of these modes with covariance I; modes without weight are none.
    pub(crate) fn of_modes(target: &Target) -> Self {
        let unit = |(mean, weight): (&Vec<f64>, &f64)| {
            (*weight > 0.0).then(|| ComponentConfig {
                weight: *weight,
                mean: mean.clone(),
                covariance: CovarianceConfig::Variance(1.0),
            })
        };
        Self { components: target.modes().iter().zip(target.weights()).filter_map(unit).collect() }
    }

    /// Reads `[[target.components]]`.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub(crate) fn of_tables(document: &Document) -> Result<Self, ConfigError> {
        let section = document.section("target");
        section.refuse(&["separation", "means", "weights"], "`target.components` are the target")?;
        let tables = match document.node("target", KEY).map(|node| &node.value) {
            Some(Value::Array(items)) if !items.is_empty() => items,
            _ => return Err(section.breaks(KEY, "be tables, each written [[target.components]]")),
        };
        let components = tables.iter().map(|node| component(document, node)).collect::<Result<Vec<_>, _>>()?;
        let dimension = components[0].mean.len();
        for (component, node) in components.iter().zip(tables) {
            if component.mean.len() != dimension {
                let rule = format!("have {dimension} coordinates, as the first component's");
                return Err(tables_section(document, node)?.breaks("mean", &rule));
            }
        }
        let sum: f64 = components.iter().map(|component| component.weight).sum();
        if (sum - 1.0).abs() > SUM {
            let weights: Vec<f64> = components.iter().map(|component| component.weight).collect();
            let origin = document.node("target", KEY).map(|node| node.origin.clone());
            let fault = ConfigError::breaking(
                "target.components.weight",
                format_args!("{weights:?} (sum {sum})"),
                "sum to 1 within 1e-6",
            );
            return Err(document.error(origin.unwrap_or(crate::config::Origin::Absent), fault));
        }
        Ok(Self { components })
    }

    /// d.
    pub fn dimension(&self) -> usize {
        self.components.first().map_or(0, |component| component.mean.len())
    }

    /// Whether one mode is heavier than all others.
    pub(crate) fn has_heaviest(&self) -> bool {
        self.mixture().is_ok_and(|mixture| mixture.heaviest().is_some())
    }

    /// v.
    pub fn weights(&self) -> Vec<f64> {
        self.components.iter().map(|component| component.weight).collect()
    }

    /// The modes, if every covariance is the unit matrix.
    pub(crate) fn unit_modes(&self) -> Option<Vec<Vec<f64>>> {
        let unit =
            |c: &ComponentConfig| c.covariance.diagonal(c.mean.len()).is_some_and(|d| d.iter().all(|v| *v == 1.0));
        self.components.iter().all(unit).then(|| self.components.iter().map(|c| c.mean.clone()).collect())
    }

    /// The mixture.
    ///
    /// # Errors
    /// None for a resolved configuration.
    pub fn mixture(&self) -> Result<GaussianMixture, InvalidParameter> {
        let dimension = self.dimension();
        let means = self.components.iter().map(|component| component.mean.clone()).collect();
        let covariances = self.components.iter().map(|component| component.covariance.matrix(dimension)).collect();
        GaussianMixture::new(self.weights(), means, covariances)
    }
}

fn tables_section<'a>(document: &'a Document, node: &'a Node) -> Result<Section<'a>, ConfigError> {
    let Value::Table(entries) = &node.value else {
        let fault = ConfigError::breaking(TABLES, node.value.describe(), "hold tables");
        return Err(document.error(node.origin.clone(), fault));
    };
    Ok(Section::new(document, TABLES, entries))
}

fn component(document: &Document, node: &Node) -> Result<ComponentConfig, ConfigError> {
    let section = tables_section(document, node)?;
    section.refuse_unknown()?;
    let weight = section.positive("weight")?.ok_or_else(|| section.missing("weight", "each component has one"))?;
    let mean = section.numbers("mean")?.ok_or_else(|| section.missing("mean", "each component has one"))?;
    if mean.is_empty() || mean.iter().any(|x| x.abs() > FARTHEST) {
        return Err(section.breaks("mean", "hold at least one number, each within 1e9"));
    }
    Ok(ComponentConfig { weight, covariance: covariance(&section, mean.len())?, mean })
}

fn covariance(section: &Section<'_>, dimension: usize) -> Result<CovarianceConfig, ConfigError> {
    let given: Vec<&str> = ["variance", "variances", "covariance"].into_iter().filter(|key| section.has(key)).collect();
    if let [_, second, ..] = given[..] {
        return Err(
            section.invalid(second, format!("`{TABLES}.{}` and `{TABLES}.{second}` exclude each other", given[0]))
        );
    }
    let far = |x: &f64| !(*x > 0.0 && *x <= FARTHEST);
    if let Some(variances) = section.numbers("variances")? {
        if variances.len() != dimension || variances.iter().any(far) {
            let rule = format!("hold {dimension} positive numbers, one for each coordinate of the mean, at most 1e9");
            return Err(section.breaks("variances", &rule));
        }
        return Ok(CovarianceConfig::Variances(variances));
    }
    if let Some(rows) = section.vectors("covariance")? {
        check_matrix(&rows, dimension).map_err(|rule| section.breaks("covariance", &rule))?;
        return Ok(CovarianceConfig::Covariance(rows));
    }
    let variance = section.number("variance")?.unwrap_or(1.0);
    if far(&variance) {
        return Err(section.breaks("variance", "be positive, at most 1e9"));
    }
    Ok(CovarianceConfig::Variance(variance))
}

/// The rule that a matrix breaks.
fn check_matrix(rows: &[Vec<f64>], dimension: usize) -> Result<(), String> {
    if rows.len() != dimension || rows.iter().any(|row| row.len() != dimension) {
        return Err(format!("have {dimension} rows of {dimension} numbers, as the mean has coordinates"));
    }
    if dimension > MOST_DIMENSIONS {
        return Err(format!("have at most {MOST_DIMENSIONS} rows"));
    }
    let size = rows.iter().flatten().fold(0.0f64, |m, x| m.max(x.abs()));
    let near = |i: usize, j: usize| (rows[i][j] - rows[j][i]).abs() <= ASYMMETRY * size;
    if !(0..dimension).all(|i| (0..i).all(|j| near(i, j))) {
        return Err("be symmetric".to_owned());
    }
    let matrix = DMatrix::from_fn(dimension, dimension, |i, j| rows[i][j]);
    match Cholesky::new(matrix) {
        Some(_) if size <= FARTHEST => Ok(()),
        Some(_) => Err("hold entries within 1e9".to_owned()),
        None => Err("be positive definite".to_owned()),
    }
}

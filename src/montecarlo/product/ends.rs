//! Where runs of products may end.

use collapsar_theory::{InvalidParameter, MeanFieldStatus, PlaneMeanField, PlaneStart};

/// A minimum of F at the last temperature.
#[derive(Debug, Clone)]
pub(crate) struct ProductMinimum {
    pub(crate) moments: [[f64; 2]; 2],
    pub(crate) masses: Vec<f64>,
}

/// The different minima that ascents from the components reach.
pub(crate) fn ends(plane: &PlaneMeanField, cold: f64) -> Result<Vec<ProductMinimum>, InvalidParameter> {
    let frame = plane.frame(0.0, cold)?;
    let centre = plane.target().centre();
    let mut ends: Vec<ProductMinimum> = Vec::new();
    for k in 0..plane.target().weights().len() {
        let found = frame.minimise(PlaneStart::Component(k))?;
        let [m, v] = [found.observables.means, found.observables.variances];
        let moments = [0, 1].map(|j| [m[j] - centre[j], v[j]]);
        let known = ends.iter().any(|end| distance(&end.moments, &moments) < 1e-6);
        if found.status == MeanFieldStatus::Stable && !known {
            ends.push(ProductMinimum { moments, masses: found.observables.masses });
        }
    }
    if ends.is_empty() {
        let rule = "have a stable product measure at the last temperature";
        return Err(InvalidParameter::new("temperature", cold, rule));
    }
    Ok(ends)
}

/// The largest difference of means in deviations and of the logarithms of deviations.
pub(crate) fn distance(one: &[[f64; 2]; 2], other: &[[f64; 2]; 2]) -> f64 {
    let of = |(a, b): (&[f64; 2], &[f64; 2])| {
        let shift = (a[0] - b[0]).abs() / a[1].min(b[1]).sqrt();
        shift.max(0.5 * (a[1] / b[1]).ln().abs())
    };
    one.iter().zip(other).map(of).fold(0.0, f64::max)
}

//! Standardised differences against the normal law.

use crate::figures::{Axis, Dash, Figure, LegendPlace, Marker, Panel, Series, palette};

/// Bins of this width, centred on 0.
const BIN: f64 = 0.5;
const REACH: f64 = 4.25;

/// The figure of sorted standardised differences: their histogram over the normal density, and in order against normal
/// quantiles.
pub fn standardised(z: &[f64]) -> Figure {
    let n = z.len() as f64;
    let bins = (2.0 * REACH / BIN) as usize;
    let edges: Vec<f64> = (0..=bins).map(|i| BIN.mul_add(i as f64, -REACH)).collect();
    let density: Vec<f64> = edges
        .iter()
        .map(|low| z.iter().filter(|z| (*low..low + BIN).contains(*z)).count() as f64 / (n * BIN))
        .collect();
    let fine: Vec<f64> = (0..=160).map(|i| f64::from(i - 80) * 0.05).collect();
    let normal: Vec<f64> = fine.iter().map(|x| (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt()).collect();
    let histogram = Panel::new(Axis::linear("standardised difference *z*").range(-4.0, 4.0), Axis::linear("density"))
        .aspect(0.9)
        .legend(LegendPlace::Below)
        .with(Series::steps(&edges, &density).color(palette::BLUE).label(format!("{} problems", z.len())))
        .with(Series::line(&fine, &normal).color(palette::BLACK).dash(Dash::Dashed).label("standard normal"));
    let quantiles: Vec<f64> = (0..z.len()).map(|i| normal_quantile((i as f64 + 0.5) / n)).collect();
    let ordered =
        Panel::new(Axis::linear("normal quantile").range(-3.5, 3.5), Axis::linear("*z* in order").range(-4.0, 4.0))
            .aspect(0.9)
            .legend(LegendPlace::Below)
            .with(Series::points(&quantiles, z, Marker::Circle).color(palette::BLUE).size(3.0).label("problems"))
            .with(
                Series::line(&[-4.0, 4.0], &[-4.0, 4.0])
                    .color(palette::BLACK)
                    .dash(Dash::Dashed)
                    .label("*z* = quantile"),
            );
    Figure::two_column().row([histogram, ordered])
}

/// Phi^-1(p) by bisection: only for the places of points in a figure.
fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-9.0f64, 9.0f64);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if libm::erfc(-middle * std::f64::consts::FRAC_1_SQRT_2) / 2.0 < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

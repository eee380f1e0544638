//! Standardised differences of two routes against the normal distribution.

use crate::figures::{Axis, Dash, Figure, LegendPlace, Marker, Panel, Series, palette};

/// Steps of the normal curve.
const CURVE: u32 = 120;
/// Half width in standard deviations of a band that holds 95 of 100.
const TWO_SIDED: f64 = 1.959_964;

/// Differences over their standard errors.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgreementPlot<'a> {
    /// What is compared, for the axis.
    pub label: &'a str,
    /// z, in any order.
    pub standardised: &'a [f64],
}

/// Histogram with N(0, 1), and quantiles with the band that holds each of them in 95 of 100 samples.
pub fn agreement(plot: &AgreementPlot<'_>) -> Figure {
    let mut sorted: Vec<f64> = plot.standardised.iter().copied().filter(|z| z.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    Figure::two_column().row([histogram(plot.label, &sorted), quantiles(plot.label, &sorted)])
}

fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt()
}

/// The z with `share` of the normal distribution below, by bisection.
fn quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let below = 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2);
        if below < share { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

fn histogram(label: &str, sorted: &[f64]) -> Panel {
    let n = sorted.len().max(1) as f64;
    let largest = sorted.iter().map(|z| z.abs()).fold(3.0, f64::max);
    // Bins of half width and as many as the cube root of the sample asks for (Scott 1979, sigma = 1).
    let width = (3.49 / n.cbrt()).clamp(0.1, 1.0);
    let half = (largest / width).ceil();
    let bins = (2.0 * half) as usize;
    let left = |i: usize| width * (i as f64 - half);
    let count = |i: usize| sorted.iter().filter(|z| left(i) <= **z && **z < left(i + 1)).count() as f64;
    let bars: Vec<[f64; 3]> = (0..bins).map(|i| [left(i), left(i + 1), count(i) / (n * width)]).collect();
    let reach = half * width;
    let xs: Vec<f64> = (0..=CURVE).map(|i| reach * (2.0 * f64::from(i) / f64::from(CURVE) - 1.0)).collect();
    let curve: Vec<f64> = xs.iter().map(|x| density(*x)).collect();
    let top = bars.iter().map(|bar| bar[2]).fold(density(0.0), f64::max);
    Panel::new(Axis::linear(label).range(-reach, reach), Axis::linear("density").range(0.0, 1.32 * top))
        .with(Series::bars(bars).color(palette::SKY.with_alpha(0.6)).label(format!("{} differences", sorted.len())))
        .with(Series::line(&xs, &curve).color(palette::BLACK).label("*N*(0, 1)"))
        .legend(LegendPlace::UpperRight)
}

fn quantiles(label: &str, sorted: &[f64]) -> Panel {
    let n = sorted.len().max(1) as f64;
    let shares: Vec<f64> = (0..sorted.len()).map(|i| (i as f64 + 0.5) / n).collect();
    let expected: Vec<f64> = shares.iter().map(|share| quantile(*share)).collect();
    let error = |(share, z): (&f64, &f64)| TWO_SIDED * (share * (1.0 - share) / n).sqrt() / density(*z);
    let errors: Vec<f64> = shares.iter().zip(&expected).map(error).collect();
    let side = |sign: f64| expected.iter().zip(&errors).map(|(z, e)| z + sign * e).collect::<Vec<_>>();
    let reach = sorted.iter().chain(&expected).map(|z| z.abs()).fold(3.0, f64::max) * 1.06;
    Panel::new(Axis::linear("normal quantile").range(-reach, reach), Axis::linear(label).range(-reach, reach))
        .with(Series::band(&expected, &side(-1.0), &side(1.0)).color(palette::GRAY.with_alpha(0.18)).label("95%"))
        .with(Series::line(&[-reach, reach], &[-reach, reach]).color(palette::BLACK).dash(Dash::Dashed).width(0.9))
        .with(Series::points(&expected, sorted, Marker::Circle).color(palette::BLUE).size(3.2).label("measured"))
        .legend(LegendPlace::UpperLeft)
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_are_the_known_ones() {
        for (share, z) in [(0.5, 0.0), (0.975, super::TWO_SIDED), (0.025, -super::TWO_SIDED), (0.841_344_746, 1.0)] {
            assert!((quantile(share) - z).abs() < 1e-6, "{share}");
        }
    }
}

//! The figure of one run: overlaps, coverage, variance and temperature against time.

use crate::figures::{Axis, Dash, Figure, LegendPlace, Panel, Series, palette};
use crate::trajectory::Report;

/// Components or modes beyond which curves carry no legend: it would hide them.
const MOST_LABELS: usize = 6;

/// Four panels over the run's time: overlaps of means and modes, overlaps among means, coverage (with the target's
/// weights `targets` dashed) and temperature and variance.
pub fn trajectory(rows: &[Report], targets: &[f64]) -> Figure {
    let k = rows.first().map_or(0, |r| r.means.len());
    let own = rows.first().map_or(0, |r| r.variances.len());
    let times: Vec<f64> = rows.iter().map(|r| r.time).collect();
    let curve = |f: &dyn Fn(&Report) -> f64| Series::line(&times, &rows.iter().map(f).collect::<Vec<f64>>());
    let axis = || Axis::linear("time *t*");
    Figure::two_column()
        .row([mode_overlaps(k, targets.len(), &curve, axis()), mean_overlaps(k, &curve, axis())])
        .row([coverage(k, targets, &curve, axis()), temperature(own, &curve, axis())])
}

type StatisticCurve<'a> = dyn Fn(&dyn Fn(&Report) -> f64) -> Series + 'a;

fn named(series: Series, label: String, count: usize) -> Series {
    if count <= MOST_LABELS { series.label(label) } else { series }
}

fn mode_overlaps(k: usize, p: usize, curve: &StatisticCurve<'_>, time: Axis) -> Panel {
    let mut panel = Panel::new(time, Axis::linear("overlap *μ*_i·*ν*_k / |*ν*_k|^2"));
    // The second of two opposite modes says nothing that the first does not.
    let shown = if p == 2 { 1 } else { p };
    for i in 0..k {
        for m in 0..shown {
            let line = curve(&|r| r.gram[i][k + m] / r.gram[k + m][k + m]).color(palette::cycle(i)).dash(dash(m));
            panel = panel.with(named(line, format!("*i* = {}, *k* = {}", i + 1, m + 1), k * shown));
        }
    }
    panel.with(Series::horizontal(0.0))
}

fn mean_overlaps(k: usize, curve: &StatisticCurve<'_>, time: Axis) -> Panel {
    let mut panel = Panel::new(time, Axis::linear("overlap *μ*_i·*μ*_j / |*μ*_i||*μ*_j|").range(-1.05, 1.05));
    let pairs = k * k.saturating_sub(1) / 2;
    for i in 0..k {
        for j in 0..i {
            let line = curve(&|r| r.gram[i][j] / (r.gram[i][i] * r.gram[j][j]).sqrt());
            panel = panel.with(named(line, format!("*i* = {}, *j* = {}", j + 1, i + 1), pairs));
        }
    }
    panel.with(Series::horizontal(0.0))
}

fn coverage(k: usize, targets: &[f64], curve: &StatisticCurve<'_>, time: Axis) -> Panel {
    let mut panel = Panel::new(time, Axis::linear("coverage *C*_k, weight *w*_i").range(-0.03, 1.03));
    for (m, &v) in targets.iter().enumerate() {
        let color = palette::cycle(m);
        let line = curve(&|r| r.coverage[m]).color(color);
        panel = panel.with(named(line, format!("*C*_{}", m + 1), targets.len()));
        panel = panel.with(curve(&|_| v).color(color).dash(Dash::Dashed).width(0.8));
    }
    for i in 0..k {
        let line = curve(&|r| r.weights[i]).color(palette::GRAY).dash(Dash::Dotted);
        panel = panel.with(if i == 0 && k <= MOST_LABELS { line.label("*w*_i") } else { line });
    }
    panel
}

/// `own` is the number of components with variances of their own.
fn temperature(own: usize, curve: &StatisticCurve<'_>, time: Axis) -> Panel {
    let panel = Panel::new(time, Axis::log("temperature *T*, variance"))
        .legend(LegendPlace::Auto)
        .with(curve(&|r| r.temperature).color(palette::VERMILLION).label("*T*"));
    if own == 0 {
        return panel.with(curve(&|r| r.variance).color(palette::BLUE).dash(Dash::Dashed).label("variance"));
    }
    (0..own).fold(panel, |panel, i| {
        let line = curve(&|r| r.variances[i]).color(palette::cycle(i)).dash(Dash::Dashed);
        panel.with(named(line, format!("variance {}", i + 1), own))
    })
}

fn dash(index: usize) -> Dash {
    [Dash::Solid, Dash::Dashed, Dash::Dotted][index % 3]
}

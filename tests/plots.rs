//! Figures of the probability of collapse from synthetic numbers: what is given is drawn and named.

use std::path::Path;

use collapsar::figures::{Figure, render_png, render_svg};
use collapsar::plots::{
    AgreementPlot, CellMap, CurvesPlot, HeatMapPlot, Intervals, LagPlot, PowerLaw, ProbabilityCurve, Samples,
    ScalingPlot, ScalingSeries, agreement, curves, heat_map, lag, scaling,
};

/// Renders both ways, keeps the picture for inspection and returns the characters of the document.
fn rendered(name: &str, figure: &Figure) -> String {
    let png = render_png(figure, 2.0).expect("png");
    let picture = image::load_from_memory(&png).expect("a picture").to_rgb8();
    let inked = picture.pixels().filter(|pixel| pixel.0 != [255; 3]).count();
    assert!(inked > 2000, "{name}: {inked} pixels of ink");
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png")), png).expect("kept");
    let svg = render_svg(figure).expect("svg");
    assert!(!svg.contains("NaN"), "{name}");
    svg.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect()
}

fn named(text: &str, labels: &[&str]) {
    for label in labels {
        assert!(text.contains(label), "{label} is missing: {text}");
    }
}

#[test]
fn curves_show_every_route_that_is_given() {
    let t0: Vec<f64> = (0..25).map(|i| 10_f64.powf(f64::from(i) / 8.0)).collect();
    let p = |shift: f64| t0.iter().map(|t| 1.0 / (1.0 + (t / shift).powf(1.3))).collect::<Vec<_>>();
    let (a, b) = (p(5.0), p(20.0));
    let off: Vec<f64> = b.iter().map(|v| (v * 1.1).min(1.0)).collect();
    let few: Vec<usize> = vec![2, 8, 14, 20];
    let pick = |v: &[f64], by: f64| few.iter().map(|&i| v[i] + by).collect::<Vec<_>>();
    let (x, y, low, high) = (pick(&t0, 0.0), pick(&a, 0.01), pick(&a, -0.03), pick(&a, 0.05));
    let points = Intervals { x: &x, y: &y, low: &low, high: &high };
    let list = [
        ProbabilityCurve {
            label: "*t*_0 = 5",
            exact: Samples { x: &t0, y: &a },
            montecarlo: points,
            ..Default::default()
        },
        ProbabilityCurve {
            label: "*t*_0 = 35",
            exact: Samples { x: &t0, y: &b },
            formula: Samples { x: &t0, y: &off },
            published: points,
            ..Default::default()
        },
    ];
    let plot = CurvesPlot { x_label: "initial temperature *T*_0", log_x: true, log_y: false, curves: &list };
    let text = rendered("curves", &curves(&plot));
    named(&text, &["exact", "formula", "Monte Carlo", "published", "initial temperature", "collapse probability"]);
    let exact_only = [ProbabilityCurve { exact: Samples { x: &t0, y: &a }, ..Default::default() }];
    let text = rendered("curves-one", &curves(&CurvesPlot { curves: &exact_only, ..plot }));
    assert!(!text.contains("Monte Carlo") && !text.contains("published"), "{text}");
    rendered("curves-none", &curves(&CurvesPlot::default()));
}

#[test]
fn heat_maps_carry_iso_lines_and_published_shares() {
    let t0: Vec<f64> = (0..24).map(|i| 10_f64.powf(f64::from(i) / 8.0)).collect();
    let steps: Vec<f64> = (0..17).map(|i| 100.0 + 50.0 * f64::from(i)).collect();
    let value = |t: f64, s: f64| 1.0 / (1.0 + (t / 4.0).powf(0.2 + s / 600.0) * 0.3 + s / 2000.0);
    let over = |xs: &[f64], ys: &[f64], f: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
        ys.iter().flat_map(|y| xs.iter().map(move |x| (*x, *y))).map(|(x, y)| f(x, y)).collect()
    };
    let exact = over(&t0, &steps, &value);
    let formula = over(&t0, &steps, &|t, s| 1.08 * value(t, s));
    let (hot, long) = ([1.0, 4.0, 16.0, 64.0, 256.0], [100.0, 300.0, 500.0, 700.0, 900.0]);
    let mut counts = over(&hot, &long, &|t, s| (100.0 * value(t, s)).round() / 100.0);
    counts[7] = f64::NAN;
    let plot = HeatMapPlot {
        duration_label: "annealing steps",
        exact: CellMap { temperatures: &t0, durations: &steps, values: &exact },
        formula: Some(CellMap { temperatures: &t0, durations: &steps, values: &formula }),
        published: Some(CellMap { temperatures: &hot, durations: &long, values: &counts }),
        levels: &[0.1, 0.2, 0.4, 0.6, 0.8],
    };
    let text = rendered("heat-map", &heat_map(&plot));
    named(&text, &["annealing steps", "exact", "formula", "published", "initial temperature"]);
    named(&text, &[&format!("{:.0}", 100.0 * counts[0])]);
    rendered("heat-map-alone", &heat_map(&HeatMapPlot { published: None, formula: None, ..plot }));
    // A map whose counts disagree is left out, not drawn wrong.
    rendered("heat-map-bad", &heat_map(&HeatMapPlot { exact: CellMap { values: &[1.0], ..plot.exact }, ..plot }));
}

#[test]
fn agreement_shows_all_differences() {
    // Quantiles of the logistic distribution scaled to unit variance: nearly normal.
    let n = 200;
    let z: Vec<f64> =
        (0..n).map(|i| (f64::from(i) + 0.5) / f64::from(n)).map(|p| (p / (1.0 - p)).ln() / 1.8138).collect();
    let text =
        rendered("agreement", &agreement(&AgreementPlot { label: "(simulation − exact) / error", standardised: &z }));
    named(&text, &["200 differences", "(0, 1)", "normal quantile", "95%"]);
    rendered("agreement-none", &agreement(&AgreementPlot { label: "z", standardised: &[] }));
}

#[test]
fn scaling_states_both_slopes() {
    let x = [0.01, 0.03, 0.1, 0.3];
    let y = x.map(|x: f64| 0.9 * x.powf(0.51));
    let (low, high) = (y.map(|y| 0.9 * y), y.map(|y| 1.1 * y));
    let points = Intervals { x: &x, y: &y, low: &low, high: &high };
    let theory = Some(PowerLaw { slope: 0.5, prefactor: 0.92 });
    let series =
        [ScalingSeries { label: "simulated", points, fitted: Some(PowerLaw { slope: 0.51, prefactor: 0.9 }), theory }];
    let text = rendered("scaling", &scaling(&ScalingPlot { x_label: "*s*", y_label: "*P*_c", series: &series }));
    named(&text, &["fit, slope 0.510", "theory, slope 0.500", "simulated"]);
    rendered("scaling-none", &scaling(&ScalingPlot { series: &[ScalingSeries::default()], ..Default::default() }));
}

#[test]
fn lag_names_what_is_given() {
    let x: Vec<f64> = (0..30).map(|i| 5.0 + 2.0 * f64::from(i)).collect();
    let curve = |scale: f64| x.iter().map(|t| (-t / scale).exp()).collect::<Vec<_>>();
    let (slaved, trained) = (curve(12.0), curve(20.0));
    let (px, py) = ([10.0, 30.0, 50.0], [0.62, 0.21, 0.09]);
    let (low, high) = (py.map(|v| v - 0.04), py.map(|v| v + 0.05));
    let plot = LagPlot {
        x_label: "duration *t*_0",
        y_label: "collapse probability *P*_c",
        slaved: Samples { x: &x, y: &slaved },
        trained: Samples { x: &x, y: &trained },
        simulated: Intervals { x: &px, y: &py, low: &low, high: &high },
        ..Default::default()
    };
    let text = rendered("lag", &lag(&plot));
    named(&text, &["variance slaved", "variance trained", "simulated"]);
    assert!(!text.contains("published"));
}

//! All equilibria at a point, one critical temperature, and the critical curve by both routes.

use std::hint::black_box;

use collapsar::bifurcation::{
    ContinuationOptions, CurveOptions, FreeFamily, Orientation, PairParameter, PairPoint, SearchOptions,
    critical_separation, critical_temperature, fold_curve, free_equilibria, sphere_equilibria,
};
use collapsar_theory::{FreePair, FreePairOptions, SpherePair, SpherePairOptions};
use criterion::{Criterion, criterion_group, criterion_main};

/// Points of the scalar curve.
const POINTS: usize = 120;

fn pair(separation: f64) -> Option<FreePair> {
    FreePair::new(FreePairOptions { separation, ..FreePairOptions::default() }).ok()
}

fn equilibria(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("equilibria");
    let options = SearchOptions::default();
    if let Some(free) = pair(3.0) {
        group.bench_function("free pair, T = 2", |b| b.iter(|| free_equilibria(black_box(&free), 2.0, &options)));
    }
    if let Ok(sphere) = SpherePair::new(SpherePairOptions::default()) {
        group.bench_function("sphere pair, T = 1", |b| b.iter(|| sphere_equilibria(black_box(&sphere), 1.0, &options)));
    }
    group.finish();
}

fn curves(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("critical curve");
    group.sample_size(10);
    if let Some(free) = pair(3.0) {
        group.bench_function("one temperature", |b| b.iter(|| critical_temperature(black_box(&free))));
        group.bench_function("one separation", |b| b.iter(|| critical_separation(black_box(&free), 1.0)));
    }
    group.bench_function("scalar, 120 points to 6", |b| {
        b.iter(|| {
            let at = |i: usize| 2.26 + (6.0 - 2.26) * i as f64 / (POINTS - 1) as f64;
            (0..POINTS).filter_map(|i| critical_temperature(&pair(at(i))?)).map(|fold| fold.temperature).sum::<f64>()
        });
    });
    let point = PairPoint { temperature: 1.0, separation: 3.0, bias: 0.0 };
    let varied = [PairParameter::LogTemperature, PairParameter::Separation];
    let start = pair(2.3).and_then(|pair| critical_temperature(&pair));
    if let (Ok(family), Some(start)) = (FreeFamily::new(point, varied), start) {
        let options = CurveOptions {
            continuation: ContinuationOptions { parameter: [0.0, 20.0], ..ContinuationOptions::default() },
            second_parameter: [2.0, 6.0],
        };
        let parameters = [start.temperature.ln(), start.separation];
        group.bench_function("pseudo-arclength to 6", |b| {
            b.iter(|| fold_curve(&family, &[start.x, start.y, 0.0], parameters, Orientation::Increasing, &options));
        });
    }
    group.finish();
}

criterion_group!(benches, equilibria, curves);
criterion_main!(benches);

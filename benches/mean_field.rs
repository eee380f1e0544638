//! Product measures: fits of pairs by the law of one sum, and a map of fits on the threads of the pool.

use std::hint::black_box;

use collapsar::config::Document;
use collapsar::studies::{MeanField as Maps, Silent, Study};
use collapsar_theory::{InvalidParameter, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart};
use criterion::{Criterion, criterion_group, criterion_main};

/// |a| of the fits: collapsed, as most of a map is.
const NORM: f64 = 2.0;

/// `count` half separations, all different, of norm `NORM`.
fn distinct(count: usize) -> Vec<f64> {
    let sizes: Vec<f64> = (0..count).map(|j| 1.0 + j as f64 / count as f64).collect();
    let norm = sizes.iter().map(|a| a * a).sum::<f64>().sqrt();
    sizes.iter().map(|a| NORM * a / norm).collect()
}

fn fits(criterion: &mut Criterion) -> Result<(), InvalidParameter> {
    let cases = [
        ("2 equal coordinates", MeanFieldPair::diagonal(NORM, 2)?),
        ("2 different ones", MeanFieldPair::along(&distinct(2))?),
        ("1000 equal ones", MeanFieldPair::diagonal(NORM, 1000)?),
        ("1000 different ones", MeanFieldPair::along(&distinct(1000))?),
    ];
    let mut group = criterion.benchmark_group("product of");
    group.sample_size(10);
    for (name, pair) in cases {
        let solve =
            || MeanField::new(black_box(&pair).clone(), MeanFieldOptions::default())?.solve(MeanFieldStart::Plus);
        println!("{name}: {:?}", solve()?.status);
        group.bench_function(name, |b| b.iter(solve));
    }
    group.finish();
    Ok(())
}

fn map(criterion: &mut Criterion) {
    let text = "[target]\nmeans = [[2.0, 2.0], [-2.0, -2.0]]\n[family]\npreset = \"mean-field\"\n[scan]\nx_range = [1.0, 5.0]\n\
        y = \"angle\"\npoints = 20\n";
    let Ok(config) = Document::parse("map", text, &[]).and_then(|document| Maps::resolve(&document)) else { return };
    let mut group = criterion.benchmark_group("map");
    group.sample_size(10);
    group.bench_function("20 separations, 20 angles", |b| b.iter(|| Maps::compute(config.clone(), &Silent)));
    group.finish();
}

fn mean_field(criterion: &mut Criterion) {
    if let Err(error) = fits(criterion) {
        eprintln!("left out: {error}");
    }
    map(criterion);
}

criterion_group!(benches, mean_field);
criterion_main!(benches);

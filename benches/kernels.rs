//! The kernels of theory (6): one value, with derivatives, in batches, and from tables.

use std::hint::black_box;

use collapsar_theory::{
    PullTable, RepulsionTable, logistic_normal, logistic_normal_fast, logistic_normal_fast_array, logistic_normal_jet,
    repulsion, repulsion_jet, softplus_normal,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const BATCH: usize = 64;

/// Arguments as the flows meet them: a in [-40, 40], b in [0.3, 60].
fn arguments() -> ([f64; BATCH], [f64; BATCH]) {
    let part = |i: usize, multiplier: usize| ((i * multiplier) % BATCH) as f64 / BATCH as f64;
    (std::array::from_fn(|i| -40.0 + 80.0 * part(i, 37)), std::array::from_fn(|i| 0.3 * 200f64.powf(part(i, 23))))
}

fn kernels(criterion: &mut Criterion) {
    let (a, b) = arguments();
    let mut group = criterion.benchmark_group("kernels");
    group.throughput(Throughput::Elements(BATCH as u64));
    let mut each = |name: &str, f: &dyn Fn(f64, f64) -> f64| {
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(&a).iter().zip(black_box(&b)).map(|(&a, &b)| f(a, b)).sum::<f64>());
        });
    };
    each("logistic_normal", &logistic_normal);
    each("softplus_normal", &softplus_normal);
    each("logistic_normal_jet", &|a, b| logistic_normal_jet(a, b).d2);
    each("logistic_normal_fast", &logistic_normal_fast);
    each("repulsion", &|_, b| repulsion(b));
    each("repulsion_jet", &|_, b| repulsion_jet(b).d1);
    let push = RepulsionTable::new();
    each("repulsion_table", &|_, b| push.at(b).0);
    match PullTable::new(3.0, 0.7, 1.0, 3.0) {
        Ok(pull) => each("pull_table", &|a, _| pull.at(a / 14.0).0),
        Err(error) => eprintln!("pull_table is left out: {error}"),
    }
    group.bench_function("logistic_normal_fast_array", |bencher| {
        bencher.iter(|| logistic_normal_fast_array(*black_box(&a), *black_box(&b[3])));
    });
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);

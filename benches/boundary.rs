//! One boundary point, a boundary curve of 200 points, and a probability by the exact route.

use collapsar::probability::{FreeBoundary, Limits, SphereBoundary, free_probability, sphere_probability};
use collapsar_theory::{FreePair, FreePairOptions, Schedule, SpherePair, SpherePairOptions};
use criterion::{Criterion, criterion_group, criterion_main};
use rayon::prelude::*;
use std::hint::black_box;

fn boundary(c: &mut Criterion) {
    let schedule = Schedule::exponential(5.0, 0.3).unwrap();
    let free =
        FreeBoundary::new(FreePair::new(FreePairOptions::default()).unwrap(), &schedule, Limits::default()).unwrap();
    c.bench_function("free boundary point to 1e-10", |b| b.iter(|| free.locate(black_box(1.0), 0.5, 1e-10)));
    c.bench_function("free boundary curve, 200 points to 1e-10", |b| {
        b.iter(|| {
            (1..=200usize).into_par_iter().map(|i| free.locate(i as f64 * 0.02, 0.5, 1e-10).middle()).sum::<f64>()
        })
    });
    let pair = FreePair::new(FreePairOptions::default()).unwrap();
    let loose = FreeBoundary::new(pair, &schedule, Limits::for_tolerance(1e-6)).unwrap();
    for d in [1, 2, 50] {
        let name = format!("P_c of the free pair, d = {d}, to 1e-6");
        c.bench_function(&name, |b| b.iter(|| free_probability(&loose, black_box(d), 1.0, 1e-6)));
    }
    let schedule = Schedule::geometric(90.0, 35.0).unwrap();
    let pair = SpherePair::new(SpherePairOptions::default()).unwrap();
    let sphere = SphereBoundary::new(pair, &schedule, Limits::default()).unwrap();
    c.bench_function("sphere boundary point to 1e-10", |b| b.iter(|| sphere.locate(black_box(0.01), 0.02, 1e-10)));
    let loose = SphereBoundary::new(pair, &schedule, Limits::for_tolerance(1e-6)).unwrap();
    for d in [3, 10, 512] {
        let name = format!("P_c of the sphere pair, d = {d}, to 1e-6");
        c.bench_function(&name, |b| b.iter(|| sphere_probability(&loose, black_box(d), 1e-6)));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(std::time::Duration::from_secs(3));
    targets = boundary
}
criterion_main!(benches);

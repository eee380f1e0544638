//! Ensembles of the closed flow, level (a), and a step of stochastic descent, level (c). What one trajectory costs is
//! what criterion prints divided by the throughput's elements; `benches/peers` holds other tools on the same starts,
//! which this benchmark writes to `target/free_pair_starts.csv` and `target/sphere_pair_starts.csv`.

use std::hint::black_box;
use std::io::Write;

use collapsar::montecarlo::{
    Descent, DescentOptions, EnsembleOptions, FreeEnsemble, FreeStart, SphereEnsemble, SphereStart,
};
use collapsar_theory::{
    FreePair, FreePairOptions, InvalidParameter, Schedule, SpherePair, SpherePairOptions, SphereVariance,
};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};

const DRAWS: u64 = 16_384;
const SEED: u64 = 1;

/// Writes every start as a line of three numbers for the other tools.
fn write_starts(name: &str, draw: impl Fn(u64) -> [f64; 3]) {
    let write = || -> std::io::Result<()> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target");
        std::fs::create_dir_all(folder)?;
        let mut file = std::io::BufWriter::new(std::fs::File::create(format!("{folder}/{name}_starts.csv"))?);
        for index in 0..DRAWS {
            let [a, b, c] = draw(index);
            writeln!(file, "{a:e},{b:e},{c:e}")?;
        }
        Ok(())
    };
    if let Err(error) = write() {
        eprintln!("starts not written: {error}");
    }
}

fn free(group: &mut BenchmarkGroup<'_, WallTime>, pool: &rayon::ThreadPool) -> Result<(), InvalidParameter> {
    let pair = FreePair::new(FreePairOptions::default())?;
    let schedule = Schedule::exponential(5.0, 0.3)?;
    for dimension in [1, 100] {
        let start = FreeStart::new(dimension, 1.0)?;
        if dimension == 1 {
            write_starts("free_pair", |index| start.draw(SEED, index));
        }
        for relative in [1e-6, 1e-8] {
            for (rule, horizon, early) in
                [("fixed", Some(60.0), false), ("early", Some(60.0), true), ("limit", None, true)]
            {
                let options = EnsembleOptions { relative, horizon, early, ..EnsembleOptions::default() };
                let ensemble = FreeEnsemble::new(pair, &schedule, start, &options)?;
                let name = format!("free pair, d = {dimension}, {relative:e}, {rule}");
                println!("{name}: {:?}", pool.install(|| ensemble.tally(SEED, 0..DRAWS)));
                group.bench_function(name, |b| {
                    b.iter(|| pool.install(|| ensemble.tally(black_box(SEED), 0..DRAWS)));
                });
            }
        }
    }
    Ok(())
}

fn sphere(group: &mut BenchmarkGroup<'_, WallTime>, pool: &rayon::ThreadPool) -> Result<(), InvalidParameter> {
    let schedule = Schedule::geometric(90.0, 35.0)?;
    let lagging = SphereVariance::Lagging { dimension: f64::INFINITY };
    let start = SphereStart::new(512)?;
    write_starts("sphere_pair", |index| start.draw(SEED, index));
    for (name, variance) in [("slaved", SphereVariance::Slaved), ("lagging", lagging)] {
        let pair = SpherePair::new(SpherePairOptions { variance, ..SpherePairOptions::default() })?;
        for relative in [1e-6, 1e-8] {
            for (rule, horizon) in [("fixed", Some(60.0)), ("limit", None)] {
                let options = EnsembleOptions { relative, horizon, ..EnsembleOptions::default() };
                let ensemble = SphereEnsemble::new(pair, &schedule, start, &options)?;
                let name = format!("sphere pair, {name} variance, d = 512, {relative:e}, {rule}");
                println!("{name}: {:?}", pool.install(|| ensemble.tally(SEED, 0..DRAWS)));
                group.bench_function(name, |b| {
                    b.iter(|| pool.install(|| ensemble.tally(black_box(SEED), 0..DRAWS)));
                });
            }
        }
    }
    Ok(())
}

fn descent(criterion: &mut Criterion) -> Result<(), InvalidParameter> {
    const STEPS: usize = 50;
    let schedule = Schedule::geometric(90.0, 15.0)?;
    let variance = SphereVariance::Lagging { dimension: f64::INFINITY };
    let pair = SpherePair::new(SpherePairOptions { variance, ..SpherePairOptions::default() })?;
    let options = DescentOptions { steps: STEPS, ..DescentOptions::default() };
    let descent = Descent::sphere(pair, &schedule, SphereStart::new(512)?, options)?;
    let mut group = criterion.benchmark_group("descent");
    group.throughput(Throughput::Elements(STEPS as u64)).sample_size(10);
    group.bench_function("steps at d = 512, batch 8192", |b| b.iter(|| descent.statistics(black_box(SEED), 0)));
    group.finish();
    Ok(())
}

fn ensembles(criterion: &mut Criterion) {
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(1).build() else { return };
    let mut group = criterion.benchmark_group("ensemble");
    group.throughput(Throughput::Elements(DRAWS)).sample_size(10);
    let done = free(&mut group, &pool).and_then(|()| sphere(&mut group, &pool));
    group.finish();
    if let Err(error) = done.and_then(|()| descent(criterion)) {
        eprintln!("left out: {error}");
    }
}

criterion_group!(benches, ensembles);
criterion_main!(benches);

//! A training step of RealNVP: one seed on one core, one on two, and 64 seeds side by side. What a step of one seed
//! costs is what criterion prints divided by the throughput's elements; `benches/peers/realnvp.py` times PyTorch.

use std::hint::black_box;

use collapsar::flows::{Architecture, FlowProblem, Trainer, Training};
use collapsar_theory::{InvalidParameter, Schedule, Target};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;

const SEEDS: u64 = 64;

fn pool(threads: usize) -> rayon::ThreadPool {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool,
        Err(error) => panic!("no threads: {error}"),
    }
}

fn problem(architecture: Architecture, batch: usize) -> Result<FlowProblem, InvalidParameter> {
    let target = Target::pair(3.0, [0.8, 0.2])?;
    let training = Training { batch, clip: None, ..Training::default() };
    FlowProblem::new(architecture, target, Schedule::constant(1.0)?, training)
}

fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("realnvp");
    group.sample_size(10);
    let wide = Architecture { dimension: 16, ..Architecture::default() };
    let shapes = [
        ("d = 2", Architecture::default(), 256, 20),
        ("d = 16", wide, 256, 20),
        ("published", Architecture::published(), 1024, 1),
    ];
    for (name, architecture, batch, count) in shapes {
        let problem = match problem(architecture, batch) {
            Ok(problem) => problem,
            Err(error) => panic!("{name}: {error}"),
        };
        for threads in [1, 2] {
            let pool = pool(threads);
            let Ok(mut trainer) = Trainer::<f32>::new(&problem, 1) else { continue };
            group.throughput(Throughput::Elements(count));
            group.bench_function(format!("{name}, one seed, {threads} threads"), |b| {
                b.iter(|| pool.install(|| (0..count).for_each(|_| _ = black_box(trainer.step()))));
            });
            if count == 1 {
                continue;
            }
            let trainers = (0..SEEDS).map(|seed| Trainer::<f32>::new(&problem, seed));
            let Ok(mut trainers) = trainers.collect::<Result<Vec<_>, _>>() else { continue };
            group.throughput(Throughput::Elements(SEEDS * count));
            group.bench_function(format!("{name}, {SEEDS} seeds, {threads} threads"), |b| {
                // Each seed takes its steps in one go, as in a training run.
                let all = |t: &mut Trainer<'_, f32>| (0..count).for_each(|_| _ = black_box(t.step()));
                b.iter(|| pool.install(|| trainers.par_iter_mut().with_max_len(1).for_each(all)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);

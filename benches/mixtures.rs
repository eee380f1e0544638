//! Ensembles of the mixture flow on one core: divide what criterion prints by the throughput's elements.

use std::hint::black_box;

use collapsar::montecarlo::{MixtureEnsemble, MixtureOptions};
use collapsar_theory::{Family, InvalidParameter, Problem, Rules, Schedule, Start, Target, VarianceRule, WeightRule};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};

const SEED: u64 = 1;

struct Case {
    name: &'static str,
    rules: Rules,
    components: usize,
    dimension: usize,
    draws: u64,
}

/// P modes at distance 3 from the origin: a pair on the line, a triangle in the plane.
fn target(modes: usize) -> Result<Target, InvalidParameter> {
    if modes == 2 {
        return Target::pair(3.0, [0.5, 0.5]);
    }
    let corner = |i: usize| {
        let angle = std::f64::consts::TAU * i as f64 / modes as f64;
        vec![3.0 * angle.cos(), 3.0 * angle.sin()]
    };
    Target::new((0..modes).map(corner).collect(), vec![1.0 / modes as f64; modes])
}

fn bench(
    group: &mut BenchmarkGroup<'_, WallTime>,
    pool: &rayon::ThreadPool,
    case: &Case,
) -> Result<(), InvalidParameter> {
    let family = Family::new(vec![1.0 / case.components as f64; case.components], case.rules)?;
    let (schedule, start) = (Schedule::exponential(5.0, 0.3)?, Start::gaussian(case.dimension, 1.0)?);
    let problem = Problem::new(target(case.components)?, family, schedule, start)?;
    let ensemble = MixtureEnsemble::new(&problem, 5.0, &MixtureOptions::default())?;
    println!("{}: {:?}", case.name, pool.install(|| ensemble.tally(SEED, 0..case.draws)));
    group.throughput(Throughput::Elements(case.draws)).sample_size(10);
    group.bench_function(case.name, |b| {
        b.iter(|| pool.install(|| ensemble.tally(black_box(SEED), 0..case.draws)));
    });
    Ok(())
}

fn mixtures(criterion: &mut Criterion) {
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(1).build() else { return };
    let trained = Rules { weights: WeightRule::FisherRao, ..Rules::FREE };
    let all = Rules { variance: VarianceRule::Trained, ..trained };
    let case = |name, rules, components, dimension, draws| Case { name, rules, components, dimension, draws };
    let cases = [
        case("K = P = 2, d = 1, fixed", Rules::FREE, 2, 1, 1024),
        case("K = P = 2, d = 1, trained weights", trained, 2, 1, 1024),
        case("K = P = 2, d = 100, trained weights", trained, 2, 100, 512),
        case("K = P = 2, d = 1, weights and variance trained", all, 2, 1, 512),
        case("K = P = 3, d = 2, fixed", Rules::FREE, 3, 2, 16),
        case("K = P = 3, d = 2, trained weights", trained, 3, 2, 16),
    ];
    let mut group = criterion.benchmark_group("mixtures");
    for case in &cases {
        if let Err(error) = bench(&mut group, &pool, case) {
            eprintln!("left out: {error}");
        }
    }
    group.finish();
}

criterion_group!(benches, mixtures);
criterion_main!(benches);

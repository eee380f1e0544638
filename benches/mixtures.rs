//! The mixture flow on one core. Ensembles: divide what criterion prints by the throughput's elements. Single runs from a
//! start to its limit: many components on many modes in the plane.

use std::hint::black_box;
use std::ops::Range;

use collapsar::integrate::{Tolerances, Tsit5};
use collapsar::montecarlo::{MixtureEnsemble, MixtureOptions};
use collapsar::trajectory::{Options, follow};
use collapsar_theory::{
    CubatureOptions, Family, InvalidParameter, Problem, Rules, Schedule, Start, Target, VarianceRule, WeightRule,
};
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

/// Points without a pattern in the square of half side `size`: the fractional parts of multiples of the plastic number's
/// powers.
fn scattered(which: Range<usize>, size: f64) -> Vec<Vec<f64>> {
    let place = |i: usize, rate: f64| size * (2.0 * (0.5 + rate * i as f64).fract() - 1.0);
    which.map(|i| vec![place(i, 0.754_877_666_246_693), place(i, 0.569_840_290_998_053_2)]).collect()
}

/// As many components as modes with trained weights, from the start to the limit, steps of 1e-8.
fn bench_run(
    criterion: &mut Criterion,
    name: &str,
    modes: Vec<Vec<f64>>,
    start: Vec<Vec<f64>>,
    schedule: Schedule,
) -> Result<(), InvalidParameter> {
    let weights = vec![1.0 / modes.len() as f64; modes.len()];
    let rules = Rules { weights: WeightRule::Softmax, ..Rules::FREE };
    let family = Family::new(weights.clone(), rules)?;
    let problem = Problem::new(Target::new(modes, weights)?, family, schedule, Start::means(start)?)?;
    let (_, start) = problem.reduce();
    let integrator = Tsit5 { tolerances: Tolerances { relative: 1e-8, absolute: 1e-10 } };
    let options = Options {
        integrator: &integrator,
        cubature: CubatureOptions { tolerance: 1e-10, ..CubatureOptions::default() },
        times: &[20.0],
        variance: 1.0,
        max_steps: 1_000_000,
        progress: &|_| true,
    };
    if let Ok(run) = follow(&problem, &start, &options) {
        let limit = run.limit.map(|limit| limit.status);
        println!("{name}: {:?}, averages to {:.0e}, {limit:?}", run.statistics, run.average_error);
    }
    let mut group = criterion.benchmark_group("runs");
    group.sample_size(10);
    group.bench_function(name, |b| b.iter(|| follow(black_box(&problem), &start, &options)));
    group.finish();
    Ok(())
}

fn runs(criterion: &mut Criterion) {
    let at = |i: usize| std::f64::consts::TAU * i as f64 / 8.0;
    let ring: Vec<Vec<f64>> = (0..8).map(|i| vec![4.0 * at(i).cos(), 4.0 * at(i).sin()]).collect();
    let ring = Schedule::exponential(4.0, 0.3)
        .and_then(|schedule| bench_run(criterion, "ring of 8", ring, scattered(100..108, 0.5), schedule));
    let forty = Schedule::exponential(10.0, 0.3).and_then(|schedule| {
        bench_run(criterion, "40 on 40", scattered(0..40, 30.0), scattered(100..140, 10.0), schedule)
    });
    for error in [ring, forty].into_iter().filter_map(Result::err) {
        eprintln!("left out: {error}");
    }
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

criterion_group!(benches, mixtures, runs);
criterion_main!(benches);

//! One solve of each pair, theory (8) and (11): the own method against diffsol's explicit and implicit ones.

use std::hint::black_box;

use collapsar::integrate::{
    DiffsolBdf, DiffsolTsit5, Integrator, Request, StepResult, Stepper, System, Tempered, Tolerances, Tsit5,
};
use collapsar_theory::{
    FreePair, FreePairOptions, Schedule, SmoothFlow, SpherePair, SpherePairOptions, SphereVariance, TabulatedFreePair,
};
use criterion::{Criterion, criterion_group, criterion_main};

const TOLERANCES: Tolerances = Tolerances { relative: 1e-8, absolute: 1e-10 };
/// For the answer against which errors are printed.
const FINE: Tolerances = Tolerances { relative: 1e-13, absolute: 1e-14 };

fn solve(criterion: &mut Criterion, name: &str, flow: &dyn SmoothFlow, schedule: &Schedule, start: &[f64], end: f64) {
    let system = Tempered::new(flow, schedule);
    let request = Request::new(start, 0.0, end);
    let jacobian =
        |piece: usize, t: f64, y: &[f64], j: &mut [f64]| flow.jacobian(schedule.beta_in_piece(piece, t), y, j);
    let explicit = DiffsolTsit5 { tolerances: TOLERANCES };
    let implicit = DiffsolBdf { tolerances: TOLERANCES, jacobian: &jacobian };
    let own = Tsit5 { tolerances: TOLERANCES };
    let engines: [&dyn Integrator; 3] = [&own, &explicit, &implicit];
    let Ok(exact) = (Tsit5 { tolerances: FINE }).integrate(&system, &request) else { return };

    let mut group = criterion.benchmark_group(name);
    for engine in engines {
        if let Ok(solution) = engine.integrate(&system, &request) {
            let errors = solution.state.iter().zip(&exact.state).map(|(a, b)| (a - b).abs());
            let (error, cost) = (errors.fold(0.0, f64::max), solution.statistics);
            println!("{name}, {}: error {error:.1e}, {} steps accepted", engine.name(), cost.accepted);
        }
        group.bench_function(engine.name(), |bencher| {
            bencher.iter(|| engine.integrate(black_box(&system as &dyn System), black_box(&request)));
        });
    }
    group.finish();
}

/// The free pair as ensembles run it: tabulated kernels and the own stepper on an array.
fn tabulated(criterion: &mut Criterion, pair: FreePair, schedule: &Schedule, start: [f64; 3], end: f64) {
    let Ok(table) = TabulatedFreePair::new(pair) else { return };
    let mut rate = |t: f64, y: &[f64; 3], out: &mut [f64; 3]| *out = table.rates(schedule.beta(t), y);
    criterion.bench_function("free pair, tables/stepper", |bencher| {
        bencher.iter(|| {
            let mut stepper = Stepper::new(&mut rate, 0.0, black_box(start), TOLERANCES, end);
            while stepper.time() < end && stepper.step(&mut rate, end) == StepResult::Accepted {}
            stepper.state()[0]
        });
    });
}

fn solves(criterion: &mut Criterion) {
    let lagging =
        SpherePairOptions { variance: SphereVariance::Lagging { dimension: 512.0 }, ..SpherePairOptions::default() };
    let flows = SpherePair::new(SpherePairOptions::default())
        .and_then(|slaved| Ok((FreePair::new(FreePairOptions::default())?, slaved, SpherePair::new(lagging)?)));
    let schedules = Schedule::exponential(5.0, 0.3).and_then(|e| Ok((e, Schedule::geometric(90.0, 35.0)?)));
    match (flows, schedules) {
        (Ok((free, slaved, lagging)), Ok((exponential, geometric))) => {
            solve(criterion, "free pair", &free, &exponential, &[0.3, 0.2, 0.4], 60.0);
            tabulated(criterion, free, &exponential, [0.3, 0.2, 0.4], 60.0);
            let start = [0.05, -0.02, 0.01, 90f64.ln()];
            solve(criterion, "sphere pair, slaved", &slaved, &geometric, &start[..3], 60.0);
            solve(criterion, "sphere pair, lagging", &lagging, &geometric, &start, 60.0);
        }
        (Err(error), _) | (_, Err(error)) => eprintln!("left out: {error}"),
    }
}

criterion_group!(benches, solves);
criterion_main!(benches);

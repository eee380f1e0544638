//! Right-hand sides: the pairs, with and without tables, and the mixture flow.

use std::hint::black_box;

use collapsar_theory::{
    CubatureOptions, Family, Flow, FreePair, FreePairOptions, InvalidParameter, MixtureFlow, Problem, Rules, Schedule,
    SmoothFlow, SpherePair, SpherePairOptions, SphereVariance, Start, TabulatedFreePair, TabulatedSpherePair, Target,
    VarianceRule, WeightRule,
};
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};

const BETA: f64 = 0.2;

type Group<'a> = BenchmarkGroup<'a, WallTime>;

fn field(group: &mut Group<'_>, name: &str, flow: &dyn Flow, state: &[f64]) {
    let mut rate = vec![0.0; flow.dimension()];
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            flow.field(black_box(BETA), black_box(state), &mut rate);
            rate[0]
        });
    });
}

fn jacobian(group: &mut Group<'_>, name: &str, flow: &dyn SmoothFlow, state: &[f64]) {
    let mut matrix = vec![0.0; flow.dimension() * flow.dimension()];
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            flow.jacobian(black_box(BETA), black_box(state), &mut matrix);
            matrix[0]
        });
    });
}

fn pairs(group: &mut Group<'_>) -> Result<(), InvalidParameter> {
    let free = FreePair::new(FreePairOptions::default())?;
    field(group, "free pair", &free, &[0.3, 0.2, 0.4]);
    jacobian(group, "free pair, jacobian", &free, &[0.3, 0.2, 0.4]);
    let table = TabulatedFreePair::new(free)?;
    group.bench_function("free pair, tables", |bencher| {
        bencher.iter(|| table.rates(black_box(BETA), black_box(&[0.3, 0.2, 0.4])));
    });
    let state = [0.05, -0.02, 0.01, 5f64.ln()];
    for (name, variance) in [
        ("slaved", SphereVariance::Slaved),
        ("lagging, d = 512", SphereVariance::Lagging { dimension: 512.0 }),
        ("lagging, d = inf", SphereVariance::Lagging { dimension: f64::INFINITY }),
    ] {
        let sphere = SpherePair::new(SpherePairOptions { variance, ..SpherePairOptions::default() })?;
        let state = &state[..sphere.dimension()];
        field(group, &format!("sphere pair, {name}"), &sphere, state);
        jacobian(group, &format!("sphere pair, {name}, jacobian"), &sphere, state);
    }
    let table = TabulatedSpherePair::new(SpherePair::new(SpherePairOptions::default())?)?;
    group.bench_function("sphere pair, slaved, tables", |bencher| {
        bencher.iter(|| table.rates(black_box(BETA), black_box(&state)));
    });
    Ok(())
}

fn mixture(group: &mut Group<'_>, name: &str, rules: Rules, k: usize, p: usize) -> Result<(), InvalidParameter> {
    let corner = |i: usize, n: usize, size: f64| {
        let angle = std::f64::consts::TAU * (i as f64 + 0.1) / n as f64;
        vec![size * angle.cos(), size * angle.sin()]
    };
    let target = Target::new((0..p).map(|i| corner(i, p, 3.0)).collect(), vec![1.0 / p as f64; p])?;
    let family = Family::new(vec![1.0 / k as f64; k], rules)?;
    let start = Start::means((0..k).map(|i| corner(i, k + 1, 0.8)).collect())?;
    let problem = Problem::new(target, family, Schedule::constant(1.0 / BETA)?, start)?;
    let (_, coordinates) = problem.reduce();
    let flow = MixtureFlow::new(&problem, coordinates.modes, coordinates.dimension, &CubatureOptions::default())?;
    let state = flow.initial_state(&coordinates.means, 1.0 / BETA)?;
    field(group, name, &flow, &state);
    Ok(())
}

fn mixtures(group: &mut Group<'_>) -> Result<(), InvalidParameter> {
    let trained = Rules { variance: VarianceRule::Trained, weights: WeightRule::FisherRao, ..Rules::FREE };
    mixture(group, "mixture K = 2, P = 2, fixed", Rules::FREE, 2, 2)?;
    mixture(group, "mixture K = 2, P = 2, all trained", trained, 2, 2)?;
    mixture(group, "mixture K = 3, P = 2, fixed", Rules::FREE, 3, 2)?;
    mixture(group, "mixture K = 3, P = 3, fixed", Rules::FREE, 3, 3)?;
    mixture(group, "mixture K = 3, P = 3, all trained", trained, 3, 3)
}

fn fields(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fields");
    if let Err(error) = pairs(&mut group).and_then(|()| mixtures(&mut group)) {
        eprintln!("left out: {error}");
    }
    group.finish();
}

criterion_group!(benches, fields);
criterion_main!(benches);

//! The table of `benches/adam.md`: counts under Adam's flow beside descent with Adam and the closed flow of plain descent,
//! for modes on a coordinate axis and on the diagonal.
//!
//!     cargo run --release --example adam > benches/adam.md

use collapsar::adam::Adam;
use collapsar::montecarlo::{
    AdamEnsemble, AdamOptions, DescentOptions, Estimate, MixtureDescent, MixtureDescentOptions, MixtureEnsemble,
    MixtureOptions, Optimiser,
};
use collapsar_theory::{Family, InvalidParameter, Problem, Rules, Schedule, Start, Target, VarianceRule};

const DIMENSION: usize = 10;
const SEPARATION: f64 = 3.0;
const RUNS: u64 = 300;
/// Learning rate of Adam; the schedules cool over 1750 of 2500 of its steps.
const STEP: f64 = 0.01;
const COOLING: f64 = 17.5;
const HORIZON: f64 = 25.0;
/// Plain descent runs as many steps of 0.02.
const PLAIN: f64 = 2.0;

fn problem(diagonal: bool, schedule: Schedule, variance: f64) -> Result<Problem, InvalidParameter> {
    let mut mode = vec![0.0; DIMENSION];
    if diagonal {
        mode.fill(SEPARATION / (DIMENSION as f64).sqrt());
    } else {
        mode[0] = SEPARATION;
    }
    let target = Target::new(vec![mode.clone(), mode.iter().map(|x| -x).collect()], vec![0.5; 2])?;
    let family = Family::new(vec![0.5; 2], Rules { variance: VarianceRule::Trained, ..Rules::FREE })?;
    Problem::new(target, family, schedule, Start::gaussian(DIMENSION, 1.0)?)?.with_initial_variance(variance)
}

fn share(estimate: &Estimate) -> String {
    let share = estimate.probability.map_or("-".to_owned(), |p| format!("{p:.3}"));
    format!("{share} [{:.3}, {:.3}]", estimate.low, estimate.high)
}

fn descent(problem: &Problem, batch: usize, common: bool, runs: u64) -> Result<String, InvalidParameter> {
    let options = DescentOptions {
        batch,
        step: STEP,
        steps: (HORIZON / STEP).round() as usize,
        score: false,
        optimiser: Optimiser::Adam(Adam::default()),
        ..DescentOptions::default()
    };
    let own = MixtureDescentOptions { antithetic: true, common, ..MixtureDescentOptions::default() };
    Ok(share(&MixtureDescent::new(problem, options, own)?.estimate(1, runs)))
}

type Row = (&'static str, fn(f64) -> Result<Schedule, InvalidParameter>, f64);

fn main() -> Result<(), InvalidParameter> {
    let rows: [Row; 5] = [
        ("no annealing, var(0) = 1", |_| Schedule::constant(1.0), 1.0),
        ("no annealing, var(0) = 100", |_| Schedule::constant(1.0), 100.0),
        ("no annealing, var(0) = 8000", |_| Schedule::constant(1.0), 8000.0),
        ("hold at 4, var(0) = 4", |pace| Schedule::quench(4.0, pace * COOLING), 4.0),
        ("geometric from 12, var(0) = 12", |pace| Schedule::geometric(12.0, pace * COOLING), 12.0),
    ];
    println!("# Adam's flow against Adam\n\n`cargo run --release --example adam`. Theory (27).\n");
    println!(
        "Two components with free means and a trained variance on modes at distance {SEPARATION} from the origin, d = {DIMENSION}, means \
         from N(0, I). Share of {RUNS} runs that lost a mode ({} with B = 1024, {} of the closed flow) after a time of {HORIZON} at a \
         learning rate of {STEP}, of which {COOLING} are cooling; plain descent has twice that time for as many steps of {}.\n",
        RUNS / 3,
        20 * RUNS,
        PLAIN * STEP
    );
    println!("| schedule | modes | Adam's flow | Adam, B = 1024, common var | Adam, B = 128 | plain, closed flow |");
    println!("|---|---|---:|---:|---:|---:|");
    for (name, schedule, variance) in rows {
        for diagonal in [false, true] {
            let adam = problem(diagonal, schedule(1.0)?, variance)?;
            let options = AdamOptions { step: STEP, horizon: HORIZON, ..AdamOptions::default() };
            let flow = share(&AdamEnsemble::new(&adam, options)?.estimate(1, RUNS));
            let plain = problem(diagonal, schedule(PLAIN)?, variance)?;
            let options = MixtureOptions { horizon: Some(PLAIN * HORIZON), ..MixtureOptions::default() };
            let plain = share(&MixtureEnsemble::new(&plain, variance, &options)?.estimate(1, 20 * RUNS).any);
            let (large, small) = (descent(&adam, 1024, true, RUNS / 3)?, descent(&adam, 128, false, RUNS)?);
            let modes = if diagonal { "diagonal" } else { "axis" };
            println!("| {name} | {modes} | {flow} | {large} | {small} | {plain} |");
        }
    }
    Ok(())
}

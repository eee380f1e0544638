//! The tables of `benches/validity.md`: the closed forms minus the exact route over the parameters of both pairs.
//!
//!     cargo run --release --example validity > benches/validity.md

use collapsar::probability::{
    FreeBoundary, Limits, SphereBoundary, connection, free_probability, small_start_probability, sphere_probability,
};
use collapsar_theory::{
    EquatorFormula, FreePair, FreePairOptions, InvalidParameter, Schedule, SharpFormula, SmallStart, SpherePair,
    SpherePairOptions, SphereVariance,
};

/// Tolerance of the exact route, of which its error is a few hundredths for the sphere pair.
const TOLERANCE: f64 = 1e-3;
const LAGGING: SphereVariance = SphereVariance::Lagging { dimension: f64::INFINITY };

/// Root mean square and largest absolute value.
fn spread(values: &[f64]) -> String {
    let rms = (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt();
    format!("{rms:.3} | {:.3}", values.iter().fold(0.0f64, |m, v| m.max(v.abs())))
}

/// R = 3: beta_i R^2, duration, w*, d, variance.
fn sphere_cells() -> Vec<(f64, f64, f64, usize, SphereVariance)> {
    let mut cells = Vec::new();
    for hot in [1e-3, 1e-2, 0.03, 0.1, 0.2, 0.4, 0.8, 2.0] {
        for duration in [5.0, 15.0, 40.0] {
            for variance in [SphereVariance::Slaved, LAGGING] {
                cells.push((hot, duration, 0.8, 512, variance));
            }
        }
        cells.push((hot, 15.0, 0.6, 512, SphereVariance::Slaved));
        cells.push((hot, 15.0, 0.95, 512, SphereVariance::Slaved));
        cells.push((hot, 15.0, 0.8, 32, SphereVariance::Slaved));
        cells.push((hot, 30.0, 0.8, 20_000, SphereVariance::Slaved));
    }
    cells
}

struct Gap {
    hot: f64,
    slaved: bool,
    differences: [f64; 3],
}

fn sphere() -> Result<(), InvalidParameter> {
    println!("## Sphere pair, R = 3, geometric cooling: (10), (10) with the gain by relaxation, (18)\n");
    println!(
        "| beta_i R^2 | t0 | w* | d | variance | exact | (10) | relaxed | (18) \
         |\n|---:|---:|---:|---:|---|---:|---:|---:|---:|"
    );
    let mut gaps = Vec::new();
    for (hot, duration, weight, dimension, variance) in sphere_cells() {
        let schedule = Schedule::geometric(9.0 / hot, duration)?;
        let options = SpherePairOptions { target_weight: weight, variance, ..SpherePairOptions::default() };
        let pair = SpherePair::new(options)?;
        let boundary = SphereBoundary::new(pair, &schedule, Limits::default())?;
        let exact = sphere_probability(&boundary, dimension, TOLERANCE).value;
        let (sharp, d) = (SharpFormula::new(3.0, weight, None)?, dimension as f64);
        let formulas = [
            sharp.probability(d, &schedule),
            sharp.relaxed_probability(d, &schedule),
            EquatorFormula::new(pair)?.probability(d, &schedule),
        ];
        let differences = formulas.map(|p| p - exact);
        let slaved = variance == SphereVariance::Slaved;
        let [plain, relaxed, linear] = differences;
        println!(
            "| {hot} | {duration} | {weight} | {dimension} | {} | {exact:.4} | {plain:+.4} | {relaxed:+.4} | \
             {linear:+.4} |",
            if slaved { "slaved" } else { "lagging" }
        );
        gaps.push(Gap { hot, slaved, differences });
    }
    println!(
        "\nBy regime:\n\n| beta_i R^2 | variance | (10): rms | largest | relaxed: rms | largest | (18): rms | largest |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    for (low, high, name) in
        [(0.0, 0.03, "0.001 to 0.03"), (0.05, 0.1, "0.1"), (0.15, 0.4, "0.2, 0.4"), (0.5, 2.0, "0.8, 2")]
    {
        for slaved in [true, false] {
            let inside = |g: &&Gap| g.slaved == slaved && g.hot > low && g.hot <= high;
            let of = |n: usize| spread(&gaps.iter().filter(inside).map(|g| g.differences[n]).collect::<Vec<_>>());
            let variance = if slaved { "slaved" } else { "lagging" };
            println!("| {name} | {variance} | {} | {} | {} |", of(0), of(1), of(2));
        }
    }
    println!();
    Ok(())
}

/// rho, T0, kappa, d, s.
fn free_cells() -> Vec<(f64, f64, f64, usize, f64)> {
    let mut cells = Vec::new();
    for s in [0.003, 0.03, 0.1, 0.2, 0.5, 1.0] {
        cells.extend([
            (3.0, 1.0, 1.0, 1, s),
            (3.0, 5.0, 0.3, 1, s),
            (3.0, 5.0, 3.0, 1, s),
            (4.0, 2.0, 1.0, 1, s),
            (4.0, 50.0, 1.0, 1, s),
            (4.0, 10.0, 0.1, 1, s),
            (5.0, 20.0, 1.0, 1, s),
            (3.0, 5.0, 1.0, 3, s),
            (4.0, 10.0, 1.0, 10, s),
        ]);
    }
    for s in [0.003, 0.01, 0.03, 0.1] {
        cells.extend([(4.0, 10.0, 1.0, 100, s), (3.0, 2.0, 1.0, 1000, s)]);
    }
    cells
}

fn free() -> Result<(), Box<dyn std::error::Error>> {
    println!("## Free pair, exponential cooling: (15)\n");
    println!(
        "| s | rho | T0 | kappa | d | s sqrt(d) | exact | (15) - exact | relative \
         |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    let mut constants: Vec<(f64, f64)> = Vec::new();
    for (rho, hot, rate, dimension, s) in free_cells() {
        let pair = FreePair::new(FreePairOptions { separation: rho, ..FreePairOptions::default() })?;
        if !constants.iter().any(|c| c.0 == rho) {
            constants.push((rho, connection(pair, 1.0)?.ok_or("no boundary at T = 1")?.constant));
        }
        let constant = constants.iter().find(|c| c.0 == rho).map_or(f64::NAN, |c| c.1);
        let schedule = Schedule::exponential(hot, rate)?;
        let scale = s * std::f64::consts::SQRT_2;
        let tolerance = 1e-5 * s.powf(0.5);
        let exact =
            free_probability(&FreeBoundary::new(pair, &schedule, Limits::default())?, dimension, scale, tolerance)
                .value;
        let formula =
            small_start_probability(&SmallStart::new(rho, constant)?, &schedule, dimension, scale, tolerance).value;
        println!(
            "| {s} | {rho} | {hot} | {rate} | {dimension} | {:.3} | {exact:.6} | {:+.6} | {:+.2}% |",
            s * (dimension as f64).sqrt(),
            formula - exact,
            100.0 * (formula / exact - 1.0)
        );
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("# Where the formulas hold\n");
    println!(
        "`cargo run --release --example validity`: the formulas minus the exact route at tolerance {TOLERANCE:e} \
         (sphere) and"
    );
    println!("1e-5 sqrt(s) (free).\n");
    sphere()?;
    free()
}

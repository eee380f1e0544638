//! The table of `benches/agreement.md`: exact and counted probabilities of collapse on the grid of
//! `tests/agreement.rs` and the slow problems that it leaves out.
//!
//!     cargo run --release --example agreement [DRAWS] > benches/agreement.md

#[path = "../tests/agreement/grid.rs"]
mod grid;

use std::time::Instant;

use collapsar::montecarlo::{Agreement, Comparison};

/// Tolerance of the exact route: a few hundredths of a standard error of 10^6 draws.
const TOLERANCE: f64 = 1e-5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let draws: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    println!("# Exact route and ensemble\n");
    println!(
        "`cargo run --release --example agreement {draws}`: {draws} draws a problem, exact route at tolerance \
         {TOLERANCE:e}."
    );
    println!("z = (exact - counted)/sqrt(p (1-p)/n).\n");
    println!("| pair | target | start | schedule | exact | its error | counted | z |");
    println!("|---|---|---|---|---:|---:|---:|---:|");
    let (mut differences, mut open) = (Vec::new(), 0);
    let mut seconds = [0.0; 2];
    for (seed, case) in grid::cases()?.iter().enumerate() {
        let began = Instant::now();
        let exact = case.exact(TOLERANCE)?;
        seconds[0] += began.elapsed().as_secs_f64();
        let began = Instant::now();
        let estimate = case.count(seed as u64, draws)?;
        seconds[1] += began.elapsed().as_secs_f64();
        open += estimate.undecided + estimate.failures;
        let (count, n) = (estimate.collapsed, estimate.n);
        let compared = Comparison { probability: exact.value, error: 0.0, count, n };
        let z = -compared.standardised().ok_or("too few ends of one kind")?;
        let counted = estimate.collapsed as f64 / estimate.n as f64;
        let words = case.describe().join(" | ");
        println!("| {words} | {:.6} | {:.0e} | {counted:.6} | {z:.2} |", exact.value, exact.error);
        differences.push(z);
    }
    let joint = Agreement::of_differences(&differences).ok_or("no problem")?;
    println!(
        "\nJointly, {} problems: sum z^2 = {:.1}, two-sided p = {:.3};",
        differences.len(),
        joint.chi_square,
        joint.chi_square_p
    );
    println!(
        "largest |z| = {:.2}, p = {:.3} corrected for their number. Runs without a verdict: {open}.",
        joint.largest, joint.largest_p
    );
    println!("Exact route {:.0} s, counting {:.0} s in all.", seconds[0], seconds[1]);
    Ok(())
}

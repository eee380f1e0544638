//! What a diagnosis of many runs costs: files of NumPy's, read from memory within the budget of `diagnose.memory`, and judged.
//!
//! Two modes 6 apart; a quarter of the runs has the first only. Prints the table of benches/README.md.

use std::io::Cursor;
use std::process::ExitCode;
use std::time::Instant;

use collapsar::config::Document;
use collapsar::random::stream;
use collapsar::runs::{self, Run};
use collapsar::studies::{Diagnose, Silent, Study};
use rand_distr::{Distribution, StandardNormal};

/// Runs, samples of each, dimensions.
const CASES: [(usize, usize, usize); 4] = [(20, 1000, 2), (20, 10_000, 16), (200, 1000, 128), (200, 10_000, 128)];

/// n x d numbers of 4 bytes as NumPy writes them.
fn npy(n: usize, d: usize, of: impl Iterator<Item = f32>) -> Vec<u8> {
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({n}, {d}), }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.into_bytes());
    bytes.extend(of.flat_map(f32::to_le_bytes));
    bytes
}

fn file(place: usize, n: usize, d: usize) -> Vec<u8> {
    let mut rng = stream(1, place as u64);
    let whole = !place.is_multiple_of(4);
    let number = |i: usize| -> f32 {
        let z: f64 = StandardNormal.sample(&mut rng);
        let side = if whole && (i / d) % 2 == 1 { -3.0 } else { 3.0 };
        (if i % d == d / 2 { side + z } else { z }) as f32
    };
    npy(n, d, (0..n * d).map(number))
}

fn main() -> ExitCode {
    println!("| runs | samples | d | kept of each | read | judged | modes | collapsed |");
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (count, n, d) in CASES {
        if let Err(error) = case(count, n, d) {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn case(count: usize, n: usize, d: usize) -> Result<(), Box<dyn std::error::Error>> {
    let document = Document::parse("settings", "", &[])?;
    let mut config = Diagnose::resolve(&document)?;
    let (columns, most) = (config.columns(), config.most_numbers(count));
    let mut all: Vec<Run> = Vec::new();
    let mut read = 0.0;
    for i in 0..count {
        let bytes = file(i, n, d);
        let started = Instant::now();
        all.extend(runs::read(&format!("{i}.npy"), Cursor::new(bytes), &columns, most)?);
        read += started.elapsed().as_secs_f64();
    }
    config.runs = all;
    let started = Instant::now();
    let found = Diagnose::compute(config, &Silent)?;
    let judged = started.elapsed().as_secs_f64();
    let record = found.record();
    let kept = record.runs[0].samples.unwrap_or(0);
    let (modes, lost) = (record.modes.len(), record.probability.count);
    println!("| {count} | {n} | {d} | {kept} | {read:.2} s | {judged:.2} s | {modes} | {lost} of {count} |");
    Ok(())
}

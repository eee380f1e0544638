//! `collapsar design` on the paper's pair, one collapse in a hundred allowed: by the formulas, and by the exact route.
//!
//! What is timed is the whole question, the fresh count of 100000 draws with it.

use std::hint::black_box;
use std::time::Duration;

use collapsar::config::{Document, Override};
use collapsar::studies::{Design, Silent, Study, StudyError};
use criterion::{Criterion, criterion_group, criterion_main};

const PAIR: &str = "[target]\nseparation = 3.0\nweights = [0.8, 0.2]\n[family]\npreset = \"paper\"\nvariance = \"slaved\"\n\
    [start]\ndimension = 512\n[design]\nwanted = 0.01\n";

/// The time of the fit that is found.
fn cost(overrides: &[&str]) -> Result<f64, StudyError> {
    let overrides: Vec<Override> = overrides.iter().map(|text| Override((*text).to_owned())).collect();
    let document = Document::parse("design.toml", PAIR, &overrides)?;
    Ok(Design::compute(Design::resolve(&document)?, &Silent)?.record().cost)
}

fn designs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("design");
    group.sample_size(10).measurement_time(Duration::from_secs(30));
    for (name, route) in [("formula", "design.route=\"formula\""), ("exact", "design.route=\"exact\"")] {
        for (families, schedules) in
            [("geometric", "design.schedules=[\"geometric\"]"), ("hold", "design.schedules=[\"hold\"]")]
        {
            let asked = [route, schedules];
            println!("{name}, {families}: time of a fit {:?}", cost(&asked).ok());
            group.bench_function(format!("{name}/{families}"), |bencher| bencher.iter(|| cost(black_box(&asked)).ok()));
        }
    }
    group.finish();
}

criterion_group!(benches, designs);
criterion_main!(benches);

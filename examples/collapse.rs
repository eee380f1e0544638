//! The probability of collapse from Rust: no file, no TOML.

use collapsar::studies::{Probability, ProbabilityConfig, Silent, Study, StudyError};
use collapsar::theory::{Family, Problem, Rules, Schedule, Start, Target};

fn main() -> Result<(), StudyError> {
    let target = Target::pair(3.0, [0.5, 0.5])?;
    let family = Family::new(vec![0.5, 0.5], Rules::FREE)?;
    let problem = Problem::new(target, family, Schedule::exponential(5.0, 0.3)?, Start::gaussian(10, 1.0)?)?;
    let found = Probability::compute(ProbabilityConfig::from(&problem), &Silent)?;
    for (route, answer) in &found.record().routes.by_route {
        let [value, low, high] = answer.interval();
        println!("{:<10} {value:.5} in [{low:.5}, {high:.5}]", route.name());
    }
    Ok(())
}

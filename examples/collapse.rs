//! The probability of collapse from Rust: no file, no TOML.

use collapsar::config::{Document, Route};
use collapsar::studies::{Probability, Silent, Study, StudyError};

fn main() -> Result<(), StudyError> {
    let settings = ["target.separation=3", "schedule.kind=exponential", "schedule.initial_temperature=5"];
    let start = ["schedule.rate=0.3", "start.dimension=10", "start.scale=1", "montecarlo.samples=20000"];
    let document = Document::of(settings.into_iter().chain(start))?;
    let found = Probability::compute(Probability::resolve(&document)?, &Silent)?;
    for route in [Route::Exact, Route::MonteCarlo] {
        if let Some([value, low, high]) = found.record().routes.get(route).map(|answer| answer.interval()) {
            println!("{}: P_c = {value:.5} in [{low:.5}, {high:.5}]", route.name());
        }
    }
    Ok(())
}

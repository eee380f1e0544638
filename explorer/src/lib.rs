//! The studies of `collapsar` in a browser: text in TOML in, the record of the command line out.

mod watch;

use std::io::Cursor;

use collapsar::config::{ConfigError, Document, Origin, Override, Route, ScheduleConfig};
use collapsar::runs::{self, Run};
use collapsar::studies::{
    Bifurcate, Boundary, Density, Design, Diagnose, DiagnoseRun, MeanField, Portrait, Probability, RealNvp, Solve,
    Study, StudyError, Sweep,
};
use collapsar::theory::Schedule;
use js_sys::{Error, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use watch::watched;

/// What a configuration is called in errors.
const NAME: &str = "configuration";

/// What a study found.
#[wasm_bindgen]
pub struct Answer {
    record: String,
    summary: String,
}

#[wasm_bindgen]
impl Answer {
    /// The record in one line of JSON: what `collapsar VERB --json` prints.
    #[wasm_bindgen(getter)]
    pub fn record(&self) -> String {
        self.record.clone()
    }

    /// What a person wants to know first, in lines.
    #[wasm_bindgen(getter)]
    pub fn summary(&self) -> String {
        self.summary.clone()
    }
}

/// The version of the program.
#[wasm_bindgen]
pub fn version() -> String {
    collapsar::results::VERSION.to_owned()
}

/// Answers the question `verb` of a configuration in TOML; `told(kind, number, text)` hears of progress.
///
/// # Errors
/// An `Error` with a `message` and, for a refused configuration, `key`, `value`, `rule` and `line`.
#[wasm_bindgen]
pub fn ask(verb: &str, text: &str, routes: Vec<String>, told: Function) -> Result<Answer, Error> {
    let document = Document::parse(NAME, text, &[] as &[Override]).map_err(|error| refused(&error))?;
    let routes = routes.iter().map(|name| route(name)).collect::<Result<Vec<Route>, Error>>()?;
    watched(told, || match verb {
        Solve::NAME => answer::<Solve>(&document, |_| ()),
        Bifurcate::NAME => answer::<Bifurcate>(&document, |_| ()),
        Boundary::NAME => answer::<Boundary>(&document, |_| ()),
        Probability::NAME => answer::<Probability>(&document, |config| config.routes = routes),
        Design::NAME => answer::<Design>(&document, |_| ()),
        Sweep::NAME => answer::<Sweep>(&document, |_| ()),
        Density::NAME => answer::<Density>(&document, |_| ()),
        Portrait::NAME => answer::<Portrait>(&document, |_| ()),
        RealNvp::NAME => answer::<RealNvp>(&document, |_| ()),
        MeanField::NAME => answer::<MeanField>(&document, |_| ()),
        _ => Err(Error::new(&format!("there is no question {verb:?}"))),
    })
}

/// Judges runs: the bytes of files, and what they are called.
///
/// # Errors
/// As for [`ask`]; and what is wrong with a file.
#[wasm_bindgen]
pub fn diagnose(text: &str, names: Vec<String>, files: Vec<Uint8Array>, told: Function) -> Result<Answer, Error> {
    let document = Document::parse(NAME, text, &[] as &[Override]).map_err(|error| refused(&error))?;
    let given = Diagnose::resolve(&document).map_err(|error| refused(&error))?;
    let (columns, most) = (given.columns(), given.most_numbers(files.len()));
    let mut all: Vec<Run> = Vec::new();
    for (name, file) in names.iter().zip(&files) {
        let found = runs::read(name, Cursor::new(file.to_vec()), &columns, most);
        all.extend(found.map_err(|error| Error::new(&error.to_string()))?);
    }
    watched(told, || found(Diagnose::compute(DiagnoseRun { runs: all, ..given }, &watch::Told)))
}

/// The schedule of `[schedule]` to a thousandth of its last temperature: `points` times, and then T at them.
///
/// # Errors
/// As for [`ask`].
#[wasm_bindgen]
pub fn schedule(text: &str, points: usize) -> Result<Vec<f64>, Error> {
    let document = Document::parse(NAME, text, &[] as &[Override]).map_err(|error| refused(&error))?;
    let config = ScheduleConfig::resolve(&document).map_err(|error| refused(&error))?;
    let schedule = config.schedule().map_err(|error| failed(&StudyError::Parameter(error)))?;
    let end = schedule.settling_time(Schedule::SETTLED);
    let times: Vec<f64> = (0..points).map(|i| end * i as f64 / (points.max(2) - 1) as f64).collect();
    let temperatures: Vec<f64> = times.iter().map(|t| schedule.temperature(*t)).collect();
    Ok([times, temperatures].concat())
}

fn route(name: &str) -> Result<Route, Error> {
    let found = Route::ALL.into_iter().find(|route| route.name() == name);
    found.ok_or_else(|| Error::new(&format!("there is no route {name:?}")))
}

fn answer<S: Study>(document: &Document, adjust: impl FnOnce(&mut S::Config)) -> Result<Answer, Error> {
    let mut config = S::resolve(document).map_err(|error| refused(&error))?;
    adjust(&mut config);
    found(S::compute(config, &watch::Told))
}

fn found<S: Study>(result: Result<S, StudyError>) -> Result<Answer, Error> {
    let study = result.map_err(|error| failed(&error))?;
    if let Some(failure) = study.failure() {
        return Err(failed(&failure));
    }
    let record = serde_json::to_string(study.record()).map_err(|error| Error::new(&error.to_string()))?;
    Ok(Answer { record, summary: study.summary() })
}

fn failed(error: &StudyError) -> Error {
    match error {
        StudyError::Config(error) => refused(error),
        StudyError::Parameter(error) => {
            with(&error.to_string(), [Some(error.name()), Some(error.value()), Some(error.rule())], None)
        }
        error => {
            let parts = error.parameter().map(|(key, value, rule)| [Some(key), Some(value), Some(rule)]);
            with(&error.to_string(), parts.unwrap_or_default(), None)
        }
    }
}

fn refused(error: &ConfigError) -> Error {
    let line = match error.origin {
        Origin::Line(line) => Some(line),
        _ => None,
    };
    with(&error.message, [error.key(), error.value(), error.rule()], line)
}

fn with(message: &str, parts: [Option<&str>; 3], line: Option<usize>) -> Error {
    let error = Error::new(message);
    let parts = ["key", "value", "rule"].into_iter().zip(parts);
    let parts = parts.filter_map(|(name, part)| part.map(|part| (name, JsValue::from_str(part))));
    for (name, value) in parts.chain(line.map(|line| ("line", JsValue::from_f64(line as f64)))) {
        // An error of ours is an object that takes properties.
        let _ = Reflect::set(&error, &JsValue::from_str(name), &value);
    }
    error
}

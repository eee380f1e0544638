//! What is accepted acts: two values of a key that a route or a verb takes give two answers, or one of them is refused, or
//! theory says why it can not matter. A key of the problem is a part of the question for every route and every verb.
//!
//! `cargo test --test accepted_keys -- --nocapture` prints the table.

#[path = "accepted_keys/question.rs"]
mod question;
#[path = "accepted_keys/settings.rs"]
mod settings;

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Mutex;

use collapsar::config::keys::{READ, SECTIONS};
use collapsar::config::{Document, Override, Route};
use collapsar::studies::{
    Bifurcate, Boundary, Density, Design, MeanField, Portrait, Probability, ProbabilityConfig, RealNvp, Silent, Solve,
    Study, StudyError, Sweep,
};
use question::{BASES, COOLED, INVARIANT, PROBES, Probe, QUICK, concerns};
use rayon::prelude::*;
use serde_json::Value;
use settings::SETTINGS;

/// Who is asked: a route to the probability, or a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Route(Route),
    Verb(&'static str),
}
use Asked::Verb;

/// The sections that are the question.
const QUESTION: [&str; 6] = ["target", "family", "schedule", "start", "stop", "optimiser"];

fn document(base: &str, overrides: &[String]) -> Document {
    let overrides: Vec<Override> = overrides.iter().cloned().map(Override).collect();
    Document::parse("base.toml", base, &overrides).unwrap()
}

/// What a study found, without the question: in numbers, and in its table. A question that resolves to one asked before has
/// its answer: what is computed is a function of the resolved configuration.
fn found<S: Study>(config: S::Config) -> Result<Value, StudyError>
where
    S::Config: Debug,
{
    static ANSWERS: Mutex<BTreeMap<String, Value>> = Mutex::new(BTreeMap::new());
    let question = format!("{} {:?}", type_name::<S>(), config);
    let known = ANSWERS.lock().unwrap().get(&question).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let study = S::compute(config, &Silent)?;
    let mut record = serde_json::to_value(study.record()).unwrap();
    record.as_object_mut().unwrap().remove("config");
    record["table"] = serde_json::to_value(study.table().unwrap()).unwrap();
    ANSWERS.lock().unwrap().insert(question, record.clone());
    Ok(record)
}

fn studied<S: Study>(document: &Document) -> Result<Value, StudyError>
where
    S::Config: Debug,
{
    found::<S>(S::resolve(document)?)
}

/// The answer, or why there is none.
fn answer(asked: Asked, base: &str, overrides: &[String]) -> Result<Value, String> {
    let quick = QUICK.iter().filter(|set| {
        let section = set.split('.').next().unwrap();
        let reader = match asked {
            Asked::Route(route) => match route {
                Route::Refined => "formula",
                other => other.name(),
            },
            Verb("density") => "solve",
            Verb("bifurcate") => "bifurcation",
            Verb(verb) => verb,
        };
        section == reader || section == "exact"
    });
    let all: Vec<String> = quick.map(|set| (*set).to_owned()).chain(overrides.iter().cloned()).collect();
    let document = document(base, &all);
    let said = match asked {
        Asked::Route(route) => Probability::resolve(&document).map_err(StudyError::from).and_then(|config| {
            // The name of the pair is no answer.
            found::<Probability>(ProbabilityConfig { routes: vec![route], ..config }).map(|mut said| {
                said.as_object_mut().unwrap().remove("pair");
                said
            })
        }),
        Verb("solve") => studied::<Solve>(&document),
        Verb("bifurcate") => studied::<Bifurcate>(&document),
        Verb("boundary") => studied::<Boundary>(&document),
        Verb("density") => studied::<Density>(&document),
        Verb("design") => studied::<Design>(&document),
        Verb("portrait") => studied::<Portrait>(&document),
        Verb("realnvp") => studied::<RealNvp>(&document),
        Verb("mean-field") => studied::<MeanField>(&document),
        Verb("sweep") => studied::<Sweep>(&document),
        Verb(other) => panic!("{other} is no verb"),
    };
    said.map_err(|error| {
        let limit = error.to_string().contains("`solve.max_steps`");
        assert!(error.is_usage() || limit, "{asked:?} failed: {error}");
        error.to_string()
    })
}

/// Every route and every verb. A grid and a design ask the routes; `probability` is its routes; `diagnose` has no question but
/// runs.
fn everyone() -> Vec<Asked> {
    let verbs = READ
        .iter()
        .map(|(verb, _)| *verb)
        .filter(|verb| !["sweep", "design", "probability", "diagnose"].contains(verb));
    Route::ALL.into_iter().map(Asked::Route).chain(verbs.map(Verb)).collect()
}

/// The sections that are read.
fn read(asked: Asked) -> &'static [&'static str] {
    let verb = match asked {
        Asked::Route(_) => "probability",
        Verb(verb) => verb,
    };
    READ.iter().find(|(name, _)| *name == verb).unwrap().1
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Outcome {
    Acts,
    Refused,
    Invariant,
}

/// What two values of a key do about a base.
fn probe(asked: Asked, base: &str, (key, with, values): Probe) -> Result<Outcome, String> {
    let with: Vec<String> = with.iter().map(|set| (*set).to_owned()).collect();
    let plain = if with.is_empty() { COOLED.map(str::to_owned).to_vec() } else { with };
    let [a, b] = values.map(|value| {
        let set = format!("{key}={value}");
        answer(asked, base, &[plain.clone(), vec![set]].concat())
    });
    match (a, b) {
        (Ok(a), Ok(b)) if a != b => Ok(Outcome::Acts),
        (Ok(_), Ok(_)) => Err(format!("{key} = {} and {} say the same", values[0], values[1])),
        _ => Ok(Outcome::Refused),
    }
}

#[test]
fn a_key_of_a_setting_acts() {
    let base = |name| BASES.iter().find(|(known, _)| *known == name).unwrap().1;
    for &(asked, about, one) in SETTINGS {
        assert_eq!(probe(asked, base(about), one), Ok(Outcome::Acts), "{asked:?}, {about}: {}", one.0);
    }
    // A limit of steps is met or not.
    let few = answer(Verb("solve"), base("given means"), &["solve.max_steps=10".to_owned()]);
    assert!(few.is_err_and(|why| why.contains("`solve.max_steps`")));
    // What is not here is about grids, the report and runs in files, and tested there.
    const ELSEWHERE: [&str; 5] = ["sweep", "plot", "published", "experiment", "diagnose"];
    let others = SECTIONS.iter().filter(|section| !QUESTION.contains(&section.name));
    for section in others.filter(|section| !ELSEWHERE.contains(&section.name)) {
        for key in section.keys {
            let name = format!("{}.{}", section.name, key.name);
            let probed = SETTINGS.iter().any(|(.., (key, ..))| *key == name) || name == "solve.max_steps";
            assert!(probed, "{name} has no probe");
        }
    }
}

/// What one of them makes of every key of the question.
#[derive(Default)]
struct Row {
    table: BTreeMap<(&'static str, Asked), BTreeSet<Outcome>>,
    /// Keys that do nothing.
    silent: Vec<String>,
    /// Entries of the invariants that held.
    used: BTreeSet<usize>,
}

fn row(asked: Asked) -> Row {
    let Row { mut table, mut silent, mut used } = Row::default();
    for (name, base) in BASES.into_iter().filter(|(name, _)| concerns(name, asked)) {
        for &one in PROBES.iter().filter(|(key, ..)| read(asked).contains(&section(key))) {
            // A schedule is one thing to whoever reads it: its shapes need be tried once.
            let shape = section(one.0) == "schedule" && one.1 != COOLED;
            let told = |outcomes: &BTreeSet<Outcome>| outcomes.iter().any(|outcome| *outcome != Outcome::Refused);
            if shape && table.get(&(one.0, asked)).is_some_and(told) {
                continue;
            }
            let outcome = probe(asked, base, one);
            let known = INVARIANT.iter().position(|(who, about, key, _)| {
                *who == asked && (about.is_empty() || *about == name) && (*key == one.0 || *key == section(one.0))
            });
            let outcome = match (outcome, known) {
                (Ok(outcome), _) => outcome,
                (Err(_), Some(n)) => {
                    used.insert(n);
                    Outcome::Invariant
                }
                (Err(what), None) => {
                    silent.push(format!("{asked:?}, {name}: {what}"));
                    continue;
                }
            };
            table.entry((one.0, asked)).or_default().insert(outcome);
        }
    }
    Row { table, silent, used }
}

#[test]
fn a_key_of_the_question_acts_or_is_refused() {
    // Side by side: much of what is asked runs on one core.
    let rows: Vec<Row> = everyone().into_par_iter().map(row).collect();
    let Row { mut table, mut silent, mut used } = Row::default();
    for row in rows {
        table.extend(row.table);
        silent.extend(row.silent);
        used.extend(row.used);
    }
    print(&table);
    assert!(silent.is_empty(), "taken and not read:\n{}", silent.join("\n"));
    for (n, (who, about, key, why)) in INVARIANT.iter().enumerate() {
        assert!(used.contains(&n), "{who:?} {about} {key}: acts, though \"{why}\"");
    }
    for section in SECTIONS.iter().filter(|section| QUESTION.contains(&section.name)) {
        for key in section.keys {
            let name = format!("{}.{}", section.name, key.name);
            for asked in everyone().into_iter().filter(|&asked| read(asked).contains(&section.name)) {
                let row = table.iter().find(|((key, who), _)| *key == name && *who == asked);
                assert!(row.is_some(), "{name} is put to {asked:?} by no probe");
            }
        }
    }
}

fn section(key: &str) -> &str {
    key.split('.').next().unwrap()
}

/// Rows are keys, columns who is asked: + acts for some base, x refused for some, = can not matter for some.
fn print(table: &BTreeMap<(&str, Asked), BTreeSet<Outcome>>) {
    let name = |asked: &Asked| match asked {
        Asked::Route(route) => route.name(),
        Verb(verb) => verb,
    };
    let everyone = everyone();
    println!("{:28} {}", "", everyone.iter().map(name).collect::<Vec<_>>().join(" "));
    let keys: BTreeSet<&str> = table.keys().map(|(key, _)| *key).collect();
    for key in keys {
        let cell = |asked: &Asked| {
            let signs = table.get(&(key, *asked)).map_or(String::from("."), |outcomes| {
                let sign = |outcome: &Outcome| match outcome {
                    Outcome::Acts => '+',
                    Outcome::Refused => 'x',
                    Outcome::Invariant => '=',
                };
                outcomes.iter().map(sign).collect()
            });
            format!("{signs:width$}", width = name(asked).len())
        };
        println!("{key:28} {}", everyone.iter().map(cell).collect::<Vec<_>>().join(" "));
    }
}

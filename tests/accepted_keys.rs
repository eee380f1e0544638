//! What is accepted acts: two values of a key that a route or a verb takes give two answers, or one of them is refused, or
//! theory says why it can not matter. A key of the problem is a part of the question for every route and every verb.
//!
//! `cargo test --test accepted_keys -- --nocapture` prints the table.

use std::collections::{BTreeMap, BTreeSet};

use collapsar::config::keys::{READ, SECTIONS};
use collapsar::config::{Document, Override, Route};
use collapsar::studies::{
    Bifurcate, Boundary, Density, MeanField, Portrait, Probability, ProbabilityConfig, RealNvp, Silent, Solve, Study,
    StudyError, Sweep,
};
use serde_json::Value;

/// Who is asked: a route to the probability, or a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Route(Route),
    Verb(&'static str),
}
use Asked::Verb;

/// The sections that are the question.
const QUESTION: [&str; 5] = ["target", "family", "schedule", "start", "stop"];

/// A problem to start from.
type Base = (&'static str, &'static str);

/// Who is asked about it: flows and product measures have problems of their own.
fn concerns(base: &str, asked: Asked) -> bool {
    match asked {
        Asked::Route(Route::RealNvp) | Verb("realnvp") => base == "normalizing flow",
        Verb("mean-field") => base == "product measure",
        Verb("solve" | "density") => ["free pair", "sphere pair", "mixture", "given means"].contains(&base),
        // Their formula is (22); what else there is about weights is put to the mixture.
        FORMULA | Verb("boundary") if base == "starving weights" => true,
        _ => ["free pair", "sphere pair", "mixture"].contains(&base),
    }
}

const BASES: [Base; 8] = [
    (
        "free pair",
        "target = { means = [[3.0], [-3.0]], weights = [0.5, 0.5] }\nfamily = { preset = \"free\" }\n\
         start = { dimension = 1, scale = 1.0 }\n",
    ),
    (
        "sphere pair",
        "target = { separation = 3.0, weights = [0.8, 0.2] }\nfamily = { preset = \"paper\" }\nstart = { dimension = 64 }\n",
    ),
    (
        "mixture",
        "target = { components = [{ weight = 0.6, mean = [3.0] }, { weight = 0.4, mean = [-2.0] }] }\nfamily = { weights = [0.4, 0.6], train_weights = \"softmax\" }\n\
         start = { dimension = 1, scale = 1.0 }\nstop = { horizon = 12.0 }\n",
    ),
    (
        "starving weights",
        "target = { separation = 3.0 }\nfamily = { train_weights = \"fisher-rao\" }\n\
         start = { dimension = 40, scale = 1.0 }\nstop = { horizon = 20.0 }\n",
    ),
    (
        "given means",
        "target = { separation = 3.0, weights = [0.8, 0.2] }\nfamily = { variance = \"trained\" }\n\
         start = { means = [[1.0, 0.5, 0.2], [0.4, -0.6, 0.1]] }\n",
    ),
    (
        "normalizing flow",
        "target = { means = [[2.0, 0.0], [-2.0, 0.0]], weights = [0.5, 0.5] }\nstart = { dimension = 2 }\n\
         flow = { couplings = 2, hidden = [4] }\ntraining = { steps = 12, batch = 16, samples = 64, runs = 2, time_step = 0.2 }\n",
    ),
    (
        "product measure",
        "target = { means = [[1.7], [-1.7]], weights = [0.6, 0.4] }\nfamily = { preset = \"mean-field\" }\n",
    ),
    (
        "turned product measure",
        "target = { means = [[1.2, 1.2], [-1.2, -1.2]], weights = [0.6, 0.4] }\nfamily = { preset = \"mean-field\" }\n",
    ),
];

/// Settings that make every answer quick.
const QUICK: [&str; 10] = [
    "exact.tolerance=0.03",
    "montecarlo.samples=200",
    "simulation.batch=8",
    "simulation.runs=200",
    "simulation.step=0.2",
    "boundary.points=3",
    "boundary.width=1e-4",
    "portrait.points=9",
    "bifurcation.points=6",
    "solve.times=[0.0, 5.0, 12.0]",
];

/// The schedule of every base.
const COOLED: [&str; 3] = ["schedule.kind=\"geometric\"", HOT, "schedule.duration=4"];

/// Slow enough, and by batches large enough, that descent with trained weights does not always lose a mode.
const SLOWLY: [&str; 5] =
    ["schedule.kind=\"geometric\"", HOT, "schedule.duration=12", "family.variance=\"slaved\"", "simulation.batch=64"];

/// A key, what else is set, and the two values that are compared.
type Probe = (&'static str, &'static [&'static str], [&'static str; 2]);

const HOT: &str = "schedule.initial_temperature=25";

const PROBES: &[Probe] = &[
    ("target.separation", &[], ["2.5", "3.5"]),
    ("target.means", &[], ["[[2.5, 0.0], [-2.5, 0.0]]", "[[1.5, 1.0], [-1.5, -1.0]]"]),
    ("target.means", &[], ["[[2.5], [-2.5]]", "[[3.5], [-3.5]]"]),
    ("target.weights", &[], ["[0.55, 0.45]", "[0.75, 0.25]"]),
    (
        "target.components",
        &[],
        [
            "[{ weight = 0.5, mean = [3.0] }, { weight = 0.5, mean = [-3.0] }]",
            "[{ weight = 0.5, mean = [3.0] }, { weight = 0.5, mean = [-2.0] }]",
        ],
    ),
    ("family.preset", &[], ["\"free\"", "\"paper\""]),
    ("family.weights", &[], ["[0.5, 0.5]", "[0.3, 0.7]"]),
    ("family.components", &[], ["2", "3"]),
    ("family.train_weights", &[], ["\"no\"", "\"fisher-rao\""]),
    ("family.train_weights", &SLOWLY, ["\"softmax\"", "\"fisher-rao\""]),
    ("family.means", &[], ["\"free\"", "\"sphere\""]),
    ("family.variance", &[], ["\"unit\"", "\"slaved\""]),
    ("family.variance", &[], ["\"trained\"", "\"slaved\""]),
    ("family.clock", &[], ["\"kl\"", "\"free-energy\""]),
    ("family.metric", &[], ["\"euclidean\"", "\"natural\""]),
    ("family.tempering", &[], ["\"density\"", "\"modes\""]),
    ("schedule.kind", &[HOT, "schedule.duration=4"], ["\"geometric\"", "\"quench\""]),
    ("schedule.kind", &[HOT, "schedule.duration=4"], ["\"linear-temperature\"", "\"linear-beta\""]),
    ("schedule.initial_temperature", &COOLED, ["4", "100"]),
    ("schedule.duration", &COOLED, ["2", "6"]),
    ("schedule.rate", &["schedule.kind=\"exponential\"", HOT], ["1.0", "3.0"]),
    ("schedule.exponent", &["schedule.kind=\"power\"", HOT, "schedule.duration=4"], ["0.5", "4"]),
    ("schedule.steepness", &["schedule.kind=\"sigmoid\"", HOT, "schedule.duration=4"], ["1", "60"]),
    ("schedule.levels", &["schedule.kind=\"steps\"", HOT, "schedule.duration=4"], ["1", "5"]),
    ("schedule.cycles", &["schedule.kind=\"cyclical\"", HOT, "schedule.duration=4"], ["1", "3"]),
    ("schedule.ratio", &["schedule.kind=\"cyclical\"", HOT, "schedule.duration=4"], ["0.2", "0.9"]),
    (
        "schedule.times",
        &["schedule.kind=\"table\"", "schedule.temperatures=[9.0, 8.0, 1.0]"],
        ["[0.0, 1.0, 3.0]", "[0.0, 4.0, 5.0]"],
    ),
    (
        "schedule.temperatures",
        &["schedule.kind=\"table\"", "schedule.times=[0.0, 2.0, 4.0]"],
        ["[9.0, 1.5, 1.0]", "[9.0, 12.0, 1.0]"],
    ),
    ("start.means", &COOLED, ["[[1.0, 0.5], [0.4, -0.6]]", "[[1.0, 0.5], [0.9, -0.6]]"]),
    ("start.dimension", &COOLED, ["30", "60"]),
    ("start.scale", &COOLED, ["0.5", "1.5"]),
    ("start.centre", &COOLED, ["[0.5]", "[1.5]"]),
    ("start.seed", &COOLED, ["1", "2"]),
    (
        "start.variance",
        &["family.variance=\"trained\"", "schedule.kind=\"quench\"", HOT, "schedule.duration=0.2"],
        ["0.1", "300"],
    ),
    ("stop.horizon", &COOLED, ["3", "14"]),
    ("stop.horizon", &COOLED, ["4.1", "25"]),
];

/// What can not matter: who is asked, about which base (all if empty), which key, and why.
/// What can not matter: who is asked, about which base (all if empty), which key (all of a section if it is one), and why.
const INVARIANT: &[(Asked, &str, &str, &str)] = &[
    (EXACT, "", "start.seed", NO_DRAWS),
    (FORMULA, "", "start.seed", NO_DRAWS),
    (REFINED, "", "start.seed", NO_DRAWS),
    (FORMULA, "", "stop.horizon", COLD),
    (REFINED, "", "stop.horizon", COLD),
    (FORMULA, "sphere pair", "family.variance", "(10) neglects the lag of a variance that starts at 1/beta"),
    (FORMULA, "starving weights", "target.separation", FAR),
    (FORMULA, "starving weights", "target.weights", FAR),
    (Verb("boundary"), "starving weights", "family.tempering", LEVEL),
    (
        Asked::Route(Route::RealNvp),
        "",
        "family",
        "a flow is a family of its own; that of the section is of the routes beside",
    ),
    (Asked::Route(Route::RealNvp), "", "start.scale", BESIDE),
    (Asked::Route(Route::RealNvp), "", "start.variance", BESIDE),
    (TRAINED, "", "start.scale", BESIDE),
    (Verb("solve"), "given means", "start.seed", NO_DRAWS),
    (Verb("density"), "given means", "start.seed", NO_DRAWS),
    (Verb("bifurcate"), "", "schedule", "equilibria are those of one temperature: T0"),
    (
        Verb("bifurcate"),
        "sphere pair",
        "family.variance",
        "at rest a trained variance is 1/beta, to leading order in 1/d",
    ),
    (Verb("boundary"), "", "start", "the boundary parts all starts"),
    (Verb("portrait"), "", "family.clock", "at constant temperature the clock is the pace along the same curves"),
    (Verb("mean-field"), "", "schedule", "slow cooling, of the plane only: its first and last temperature"),
];
const EXACT: Asked = Asked::Route(Route::Exact);
const FORMULA: Asked = Asked::Route(Route::Formula);
const REFINED: Asked = Asked::Route(Route::Refined);
const MONTECARLO: Asked = Asked::Route(Route::MonteCarlo);
const NO_DRAWS: &str = "nothing is drawn";
const COLD: &str = "once it is cold the limit is decided, and noted to be what is meant";
const FAR: &str = "(22) holds where the modes are much closer to the origin than the means";
const LEVEL: &str = "modes of equal weight are level at every temperature";
const BESIDE: &str = "the law of means is that of the routes beside";

/// Keys of other sections: each acts where it is read, about one of the bases.
const SETTINGS: &[(Asked, &str, Probe)] = &[
    (Verb("solve"), "given means", ("solve.times", &[], ["[0.0, 5.0]", "[0.0, 6.0]"])),
    (Verb("solve"), "given means", ("solve.engine", &[], ["\"tsit5\"", "\"diffsol\""])),
    (Verb("solve"), "given means", ("solve.relative_tolerance", &[], ["1e-10", "1e-4"])),
    (Verb("solve"), "given means", ("solve.absolute_tolerance", &["solve.relative_tolerance=1e-5"], ["1e-12", "1e-6"])),
    (Verb("density"), "given means", ("density.times", &[], ["[0.0, 5.0]", "[0.0, 6.0]"])),
    (Verb("density"), "given means", ("density.reach", &[], ["5.0", "6.0"])),
    (Verb("bifurcate"), "free pair", ("bifurcation.temperature", &[], ["1.0", "2.0"])),
    (Verb("bifurcate"), "free pair", ("bifurcation.draw", &[], ["\"branches\"", "\"phase-diagram\""])),
    (Verb("bifurcate"), "free pair", ("bifurcation.parameter", &[], ["\"temperature\"", "\"separation\""])),
    (Verb("bifurcate"), "free pair", ("bifurcation.range", &[], ["[1.0, 2.0]", "[1.0, 3.0]"])),
    (Verb("bifurcate"), "free pair", ("bifurcation.separations", &[], ["[2.0, 4.0]", "[2.0, 5.0]"])),
    (Verb("bifurcate"), "free pair", ("bifurcation.points", &[], ["5", "6"])),
    (Verb("boundary"), "free pair", ("boundary.transverse", &[], ["[0.0]", "[0.5]"])),
    (Verb("boundary"), "free pair", ("boundary.initial_temperatures", &[], ["[2.0]", "[3.0]"])),
    (
        Verb("boundary"),
        "free pair",
        ("boundary.rates", &["schedule.kind=\"exponential\"", HOT, "schedule.rate=1"], ["[1.0]", "[2.0]"]),
    ),
    (Verb("boundary"), "free pair", ("boundary.durations", &[], ["[3.0]", "[4.0]"])),
    (Verb("boundary"), "free pair", ("boundary.reach", &[], ["2.0", "3.0"])),
    (Verb("boundary"), "free pair", ("boundary.points", &[], ["3", "4"])),
    (Verb("boundary"), "free pair", ("boundary.width", &[], ["1e-2", "1e-4"])),
    (Verb("portrait"), "free pair", ("portrait.temperatures", &[], ["[1.0]", "[2.0]"])),
    (Verb("portrait"), "free pair", ("portrait.transverse", &[], ["0.0", "0.5"])),
    (Verb("portrait"), "free pair", ("portrait.x", &[], ["[0.0, 3.0]", "[0.0, 4.0]"])),
    (Verb("portrait"), "free pair", ("portrait.y", &[], ["[0.0, 3.0]", "[0.0, 4.0]"])),
    (Verb("portrait"), "free pair", ("portrait.points", &[], ["9", "10"])),
    (Verb("mean-field"), "turned product measure", ("rotation.start", &[], ["\"random\"", "\"principal\""])),
    (Verb("mean-field"), "turned product measure", ("rotation.restarts", &[], ["1", "2"])),
    (Verb("mean-field"), "turned product measure", ("rotation.seed", &[], ["1", "2"])),
    (Verb("mean-field"), "turned product measure", ("rotation.heat", &[], ["false", "3"])),
    (Verb("mean-field"), "turned product measure", ("schedule.initial_temperature", &COOLED, ["1.1", "30"])),
    (Verb("mean-field"), "turned product measure", ("rotation.whiten", &[], ["true", "false"])),
    (EXACT, "free pair", ("exact.tolerance", &[], ["1e-2", "1e-4"])),
    (FORMULA, "sphere pair", ("formula.alpha", &[], ["0.5", "0.7"])),
    (FORMULA, "sphere pair", ("formula.wanted", &[], ["0.1", "0.2"])),
    (MONTECARLO, "free pair", ("montecarlo.samples", &[], ["50", "60"])),
    (DESCENT, "free pair", ("simulation.batch", &[], ["4", "64"])),
    (DESCENT, "free pair", ("simulation.step", &[], ["0.05", "0.5"])),
    (DESCENT, "free pair", ("simulation.momentum", &["simulation.optimiser=\"momentum\""], ["0.3", "0.99"])),
    (DESCENT, "free pair", ("simulation.antithetic", &[], ["true", "false"])),
    (DESCENT, "sphere pair", ("simulation.variance", &[], ["\"bures-wasserstein\"", "\"log\""])),
    (DESCENT, "sphere pair", ("simulation.common", &[], ["true", "false"])),
    (DESCENT, "free pair", ("simulation.runs", &[], ["20", "30"])),
    (DESCENT, "free pair", ("simulation.optimiser", &[], ["\"plain\"", "\"adam\""])),
    (DESCENT, "free pair", ("simulation.score", &["simulation.runs=200", "simulation.batch=4"], ["true", "false"])),
    (TRAINED, FLOW, ("flow.couplings", &[], ["2", "3"])),
    (TRAINED, FLOW, ("flow.hidden", &[], ["[4]", "[6]"])),
    (TRAINED, FLOW, ("flow.activation", &[], ["\"tanh\"", "\"relu\""])),
    (TRAINED, FLOW, ("flow.batch_norm", &[], ["\"hidden\"", "\"input\""])),
    (TRAINED, FLOW, ("flow.scale_bound", &[], ["1.0", "2.0"])),
    (TRAINED, FLOW, ("flow.mask", &[], ["\"halves\"", "\"checkerboard\""])),
    (TRAINED, FLOW, ("flow.conditioner", &[], ["\"joint\"", "\"separate\""])),
    (TRAINED, FLOW, ("flow.initial", &[], ["\"identity\"", "\"uniform\""])),
    (TRAINED, FLOW, ("flow.precision", &[], ["\"single\"", "\"double\""])),
    (TRAINED, FLOW, ("training.steps", &[], ["10", "12"])),
    (TRAINED, FLOW, ("training.batch", &[], ["8", "16"])),
    (TRAINED, FLOW, ("training.step_size", &[], ["1e-3", "1e-2"])),
    (TRAINED, FLOW, ("training.time_step", &[], ["0.2", "0.1"])),
    (TRAINED, FLOW, ("training.settle", &[], ["0.0", "0.5"])),
    (TRAINED, FLOW, ("training.clip", &[], ["0.1", "false"])),
    (TRAINED, FLOW, ("training.every", &[], ["2", "3"])),
    (TRAINED, FLOW, ("training.samples", &[], ["50", "60"])),
    (Asked::Route(Route::RealNvp), FLOW, ("training.runs", &[], ["1", "2"])),
    (TRAINED, FLOW, ("training.criterion", &[], ["\"spread\"", "\"coverage\""])),
    (TRAINED, FLOW, ("training.threshold", &[], ["0.2", "2.0"])),
];
const DESCENT: Asked = Asked::Route(Route::Simulation);
const TRAINED: Asked = Verb("realnvp");
const FLOW: &str = "normalizing flow";

fn document(base: &str, overrides: &[String]) -> Document {
    let overrides: Vec<Override> = overrides.iter().cloned().map(Override).collect();
    Document::parse("base.toml", base, &overrides).unwrap()
}

/// What a study found, without the question: in numbers, and in its table.
fn found<S: Study>(config: S::Config) -> Result<Value, StudyError> {
    let study = S::compute(config, &Silent)?;
    let mut record = serde_json::to_value(study.record()).unwrap();
    record.as_object_mut().unwrap().remove("config");
    record["table"] = serde_json::to_value(study.table().unwrap()).unwrap();
    Ok(record)
}

fn studied<S: Study>(document: &Document) -> Result<Value, StudyError> {
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

/// Every route and every verb. A grid asks the routes; `probability` is its routes.
fn everyone() -> Vec<Asked> {
    let verbs = READ.iter().map(|(verb, _)| *verb).filter(|verb| !["sweep", "probability"].contains(verb));
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
    // What is not here is about grids and the report, and tested there.
    const ELSEWHERE: [&str; 4] = ["sweep", "plot", "published", "experiment"];
    let others = SECTIONS.iter().filter(|section| !QUESTION.contains(&section.name));
    for section in others.filter(|section| !ELSEWHERE.contains(&section.name)) {
        for key in section.keys {
            let name = format!("{}.{}", section.name, key.name);
            let probed = SETTINGS.iter().any(|(.., (key, ..))| *key == name) || name == "solve.max_steps";
            assert!(probed, "{name} has no probe");
        }
    }
}

#[test]
fn a_key_of_the_question_acts_or_is_refused() {
    let mut table: BTreeMap<(&str, Asked), BTreeSet<Outcome>> = BTreeMap::new();
    let (mut silent, mut used) = (Vec::new(), BTreeSet::new());
    for asked in everyone() {
        for (name, base) in BASES.into_iter().filter(|(name, _)| concerns(name, asked)) {
            for &one in PROBES.iter().filter(|(key, ..)| read(asked).contains(&section(key))) {
                // A schedule is one thing to whoever reads it: its shapes need be tried once.
                let shape = section(one.0) == "schedule" && one.1 != COOLED;
                if shape && table.get(&(one.0, asked)).is_some_and(|outcomes| outcomes.contains(&Outcome::Acts)) {
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

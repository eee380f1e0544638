//! Who may import whom, what the leaf crate may not touch, and how large and how named files are.
//!
//! Each rule is a function from sources to complaints: the project must have none, and a planted offence must give one.

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use circles::circles;
use source::{Source, read_all};

/// Each module of the library with the modules that it may use.
const MODULES: [(&str, &str); 22] = [
    ("parallel", ""),
    // Streams of random numbers by seed, purpose and index: no other room makes one.
    ("random", ""),
    ("adam", ""),
    ("integrate", ""),
    // Columns of Jacobians side by side.
    ("trajectory", "integrate parallel"),
    ("bifurcation", ""),
    ("probability", "integrate parallel"),
    // Never probability: the two routes to one number stay independent.
    ("montecarlo", "integrate trajectory parallel random adam"),
    ("density", ""),
    // Files of runs, in bytes: no other room knows a format.
    ("runs", "random"),
    ("diagnose", "runs trajectory montecarlo parallel random"),
    ("flows", "parallel random adam"),
    ("config", "integrate trajectory bifurcation probability montecarlo flows"),
    ("results", "config integrate trajectory bifurcation probability montecarlo flows"),
    ("figures", ""),
    ("plots", "results trajectory figures"),
    ("report", ""),
    // Path-free: no word to a terminal, no file.
    (
        "studies",
        "config integrate trajectory bifurcation probability montecarlo density flows runs diagnose results report figures plots parallel random adam",
    ),
    // Glue only: what computes is a study.
    ("commands", "cli config montecarlo flows runs results figures plots report studies"),
    ("cli", ""),
    ("main", ""),
    ("lib", ""),
];

/// The modules that may use the leaf crate.
const USE_THEORY: [&str; 12] = [
    "random",
    "adam",
    "integrate",
    "trajectory",
    "bifurcation",
    "probability",
    "montecarlo",
    "config",
    "results",
    "studies",
    "flows",
    // Hands it on to users of the library.
    "lib",
];

/// Where the structures of options are declared, the only things that `config` may take from what it configures.
const OPTIONS: [&str; 5] =
    ["options.rs", "flows/architecture.rs", "flows/kind.rs", "flows/langevin.rs", "flows/training.rs"];

/// Rooms whose circles of files are still to be opened: `config` reads through its sections, `commands` and `plots` hand
/// work to and fro, `results` ranks what it sweeps.
const ROOMS_WITH_CIRCLES: [&str; 0] = [];

/// Modules that compute or draw: values in, values out.
const PURE: [&str; 18] = [
    "parallel",
    "random",
    "adam",
    "integrate",
    "trajectory",
    "bifurcation",
    "probability",
    "montecarlo",
    "density",
    "diagnose",
    "flows",
    "config",
    "figures",
    "plots",
    "studies",
    "report",
    "cli",
    "lib",
];
/// The modules that compute.
const COMPUTING: [&str; 8] =
    ["integrate", "trajectory", "bifurcation", "probability", "montecarlo", "density", "diagnose", "flows"];
const EFFECTS: [&str; 9] =
    ["std::fs", "std::net", "std::process", "std::env", "File::", "println!", "eprintln!", "print!", "eprint!"];

/// What the leaf crate does without: files, threads, clocks, network, random numbers, solvers, words on a terminal.
const NOT_IN_THEORY: [&str; 16] = [
    "std::fs",
    "std::io",
    "std::thread",
    "std::time",
    "std::net",
    "std::env",
    "std::process",
    "File::",
    "rand",
    "rayon",
    "diffsol",
    "nalgebra",
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
];

/// Who writes files: results whole, and the journal of unfinished work.
const WRITERS: [&str; 2] = ["results/store.rs", "results/journal.rs"];
const PANICS: [&str; 6] = ["unwrap()", "expect(", "panic!", "todo!", "unimplemented!", "unreachable!"];
const NAMES_THAT_SAY_NOTHING: [&str; 7] = ["common", "utils", "util", "helpers", "helper", "misc", "types"];
const MOST_LINES: usize = 400;
/// Beyond, a file has its reason here.
const USUAL_LINES: usize = 250;
/// Files that are longer, and why they are one thing.
const LONG: [(&str, &str); 14] = [
    ("basin/free.rs", "one set, its walls and the height that bounds it"),
    ("commands/registry.rs", "a table: the verbs, what each needs and writes"),
    ("config/keys.rs", "a table: the sections, and the kinds of which every key is one"),
    ("config/section.rs", "one reader: all that a section is asked"),
    ("montecarlo/simulation/mixture_sums.rs", "one kernel: its stages share the rows of a batch"),
    ("probability/sphere.rs", "one boundary: its kinks, brackets and integrals follow the same flow"),
    ("results/bifurcation.rs", "the fields of one record with their meaning"),
    ("results/diagnose.rs", "the fields of one record with their meaning"),
    ("results/probability.rs", "the fields of one record with their meaning, and what routes become in it"),
    ("studies/design.rs", "one search, from the question to its record"),
    ("studies/mean_field/scan.rs", "one scan over the pairs that have one"),
    ("tempered_fit/modes.rs", "one quadrature: the modes, their nodes and sums"),
    ("trajectory/follow.rs", "one run, from its start to its limit"),
    ("trajectory/watched.rs", "one run whose schedule watches it, with what it may be asked"),
];
const MOST_LINES_OF_MAIN: usize = 40;

/// Imports between modules, of the leaf crate, of diffsol and of rayon.
fn imports(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        let module = source.module();
        let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == module) else {
            complaints.push(format!("{}: `{module}` is not in the import table", source.path));
            continue;
        };
        for path in source.paths_from("crate") {
            let used = path.split("::").next().unwrap_or_default();
            let item = path.rsplit("::").next().unwrap_or_default();
            if used != module
                && MODULES.iter().any(|(name, _)| *name == used)
                && !allowed.split(' ').any(|name| name == used)
            {
                complaints.push(format!("{}: `{module}` uses crate::{path}", source.path));
            }
            if module == "config" && used != module && !is_option(sources, used, item) {
                complaints
                    .push(format!("{}: `config` uses crate::{path}, which no file of options holds", source.path));
            }
        }
        if module == "main" {
            let foreign = source.paths_from("collapsar").into_iter();
            let foreign = foreign.filter(|p| !p.starts_with("cli::") && !p.starts_with("commands::"));
            complaints.extend(foreign.map(|p| format!("{}: `main` uses collapsar::{p}", source.path)));
        }
        let climbs = source.code.contains("super::super") || (!source.path.contains('/') && source.mentions("super::"));
        if climbs {
            complaints.push(format!("{}: `super` leaves the module", source.path));
        }
        if source.mentions("collapsar_theory") && !USE_THEORY.contains(&module) {
            complaints.push(format!("{}: `{module}` uses collapsar_theory", source.path));
        }
        if source.mentions("diffsol") && module != "integrate" {
            complaints.push(format!("{}: only `integrate` may use diffsol", source.path));
        }
        if source.mentions("rayon") && module != "parallel" {
            complaints.push(format!("{}: only `parallel` may use rayon", source.path));
        }
    }
    complaints
}

/// Whether a file of options in `module` declares the type `item`.
fn is_option(sources: &[Source], module: &str, item: &str) -> bool {
    let mut files = sources.iter().filter(|s| s.module() == module && OPTIONS.iter().any(|end| s.path.ends_with(end)));
    files.any(|s| s.mentions(&format!("pub struct {item}")) || s.mentions(&format!("pub enum {item}")))
}

/// Circles of files inside a room.
fn circles_in_rooms(sources: &[Source]) -> Vec<String> {
    let complaints = circles(sources, |source| source.module().to_owned());
    complaints
        .into_iter()
        .filter(|c| !ROOMS_WITH_CIRCLES.iter().any(|room| c.starts_with(&format!("{room}:"))))
        .collect()
}

/// The leaf crate is one room.
fn circles_in_theory(sources: &[Source]) -> Vec<String> {
    circles(sources, |_| "theory".to_owned())
}

/// What computes names its own parameters, not the keys of a configuration.
fn keys(sources: &[Source]) -> Vec<String> {
    let sections = ["target", "family", "schedule", "start", "stop", "simulation", "flow", "training"];
    let found = sources.iter().flat_map(|s| {
        let keys = s.literals.iter().filter(|l| sections.iter().any(|name| l.starts_with(&format!("{name}."))));
        keys.map(|key| format!("{}: \"{key}\"", s.path))
    });
    found.collect()
}

/// Files, processes and words: only the store writes files, only commands and main speak.
fn effects(sources: &[Source]) -> Vec<String> {
    let pure =
        |s: &&Source| PURE.contains(&s.module()) || (s.module() == "results" && !WRITERS.contains(&s.path.as_str()));
    let found = sources.iter().filter(pure).flat_map(|s| EFFECTS.iter().filter(|e| s.mentions(e)).map(move |e| (s, e)));
    found.map(|(s, effect)| format!("{}: {effect}", s.path)).collect()
}

/// The leaf crate has no effects and no solver.
fn leaf(sources: &[Source]) -> Vec<String> {
    let found = sources.iter().flat_map(|s| NOT_IN_THEORY.iter().filter(|w| s.mentions(w)).map(move |w| (s, w)));
    let words = found.map(|(s, word)| format!("{}: {word}", s.path));
    words.chain(sources.iter().filter(|s| s.mentions("collapsar")).map(|s| format!("{}: collapsar", s.path))).collect()
}

/// The leaf crate depends on nothing but libm.
fn leaf_dependencies(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let tables =
        manifest.iter().filter(|(key, _)| matches!(key.as_str(), "dependencies" | "build-dependencies" | "target"));
    let names = tables.flat_map(|(key, table)| {
        let names = table.as_table().into_iter().flat_map(|t| t.keys()).map(move |name| format!("{key}.{name}"));
        names.collect::<Vec<_>>()
    });
    names.filter(|name| name != "dependencies.libm").collect()
}

/// Names and lengths of files.
fn files(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        let most = if source.path == "main.rs" { MOST_LINES_OF_MAIN } else { MOST_LINES };
        if source.lines > most {
            complaints.push(format!("{}: {} lines before its tests, at most {most}", source.path, source.lines));
        }
        let (long, listed) = (source.lines > USUAL_LINES, LONG.iter().any(|(path, _)| *path == source.path));
        if long && !listed {
            complaints.push(format!("{}: {} lines, without a reason in LONG", source.path, source.lines));
        } else if listed && !long {
            complaints.push(format!("{}: in LONG, with {} lines", source.path, source.lines));
        }
        let mut names = source.path.split('/').map(|part| part.trim_end_matches(".rs"));
        if let Some(name) = names.find(|name| NAMES_THAT_SAY_NOTHING.contains(name)) {
            complaints.push(format!("{}: the name `{name}` says nothing", source.path));
        }
    }
    complaints
}

/// Library code returns errors.
fn panics(sources: &[Source]) -> Vec<String> {
    let library = sources.iter().filter(|s| !s.path.ends_with("/tests.rs"));
    let found = library.flat_map(|s| PANICS.iter().filter(|w| s.mentions(w)).map(move |w| (s, w)));
    found.map(|(s, word)| format!("{}: {word}", s.path)).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

type Rule = fn(&[Source]) -> Vec<String>;

#[test]
fn the_library_obeys_the_import_table() {
    assert_eq!(imports(&read_all(&root().join("src"))), [""; 0]);
}

#[test]
fn only_the_store_writes_and_only_commands_speak() {
    assert_eq!(effects(&read_all(&root().join("src"))), [""; 0]);
}

#[test]
fn theory_is_a_leaf() {
    assert_eq!(leaf(&read_all(&root().join("theory/src"))), [""; 0]);
    let manifest = std::fs::read_to_string(root().join("theory/Cargo.toml")).unwrap();
    assert_eq!(leaf_dependencies(&manifest), [""; 0]);
}

#[test]
fn mathematics_speaks_of_its_own_parameters() {
    assert_eq!(keys(&read_all(&root().join("theory/src"))), [""; 0]);
    let rooms = read_all(&root().join("src")).into_iter().filter(|s| COMPUTING.contains(&s.module()));
    assert_eq!(keys(&rooms.collect::<Vec<_>>()), [""; 0]);
}

#[test]
fn files_need_each_other_in_one_direction() {
    assert_eq!(circles_in_rooms(&read_all(&root().join("src"))), [""; 0]);
    assert_eq!(circles_in_theory(&read_all(&root().join("theory/src"))), [""; 0]);
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    for folder in ["src", "theory/src"] {
        assert_eq!(files(&read_all(&root().join(folder))), [""; 0], "{folder}");
    }
}

#[test]
fn the_library_never_panics_on_purpose() {
    for folder in ["src", "theory/src"] {
        assert_eq!(panics(&read_all(&root().join(folder))), [""; 0], "{folder}");
    }
}

#[test]
fn every_rule_bites() {
    let offences: [(Rule, &str, &str, &str); 27] = [
        (imports, "integrate/own.rs", "use crate::config::RunConfig;", "uses crate::config::RunConfig"),
        (imports, "montecarlo.rs", "fn f() { crate::probability::g() }", "uses crate::probability::g"),
        (imports, "bifurcation/fold.rs", "use crate::{integrate::Tsit5};", "uses crate::integrate::Tsit5"),
        (
            imports,
            "plots/a.rs",
            "use crate::{\n    figures::{Axis, Series as S},\n    config,\n};",
            "uses crate::config",
        ),
        (
            imports,
            "config/run.rs",
            "use crate::integrate::{Tolerances, Tsit5};",
            "crate::integrate::Tsit5, which no file of options holds",
        ),
        (imports, "cli.rs", "use crate::commands::run;", "uses crate::commands::run"),
        (imports, "figures/png.rs", "use super::super::results::Store;", "leaves the module"),
        (imports, "figures.rs", "use super::results::Store;", "leaves the module"),
        (imports, "figures/axis.rs", "use collapsar_theory::Schedule;", "`figures` uses collapsar_theory"),
        (imports, "trajectory/follow.rs", "use diffsol::OdeBuilder;", "only `integrate` may use diffsol"),
        (imports, "flows/trainer.rs", "use rayon::prelude::*;", "only `parallel` may use rayon"),
        (imports, "main.rs", "use collapsar::results::Store;", "`main` uses collapsar::results::Store"),
        (imports, "tools.rs", "", "not in the import table"),
        (effects, "integrate/own.rs", "fn f() { println!(\"x\") }", "println!"),
        (effects, "results/solve.rs", "use std::fs;", "std::fs"),
        (imports, "config/flow.rs", "use crate::flows::TrainerOptions;", "which no file of options holds"),
        (keys, "start.rs", "fn f() { g(\"start.scale\") }", "\"start.scale\""),
        (leaf, "kernel.rs", "use std::time::Instant;", "std::time"),
        (leaf, "start.rs", "use rand::Rng;", "rand"),
        (leaf, "flow.rs", "use std::{thread, fs};\nuse std::thread;", "std::thread"),
        (files, "misc.rs", "", "says nothing"),
        (files, "config/utils/a.rs", "", "says nothing"),
        (files, "main.rs", &"// a line\n".repeat(41), "41 lines"),
        (files, "cli.rs", &"// a line\n".repeat(401), "401 lines"),
        (files, "cli.rs", &"// a line\n".repeat(251), "without a reason"),
        (files, "basin/free.rs", "", "in LONG, with 0 lines"),
        (panics, "cli.rs", "fn f() { g().unwrap(); }", "unwrap()"),
    ];
    for (rule, path, text, expected) in offences {
        let complaints = rule(&[Source::new(path, text)]);
        assert!(complaints.iter().any(|c| c.contains(expected)), "{path} with {text:?} gives {complaints:?}");
    }
    assert_eq!(leaf_dependencies("[dependencies]\nlibm = \"0.2\"\nrand = \"0.9\""), ["dependencies.rand"]);
}

#[test]
fn what_the_compiler_does_not_read_is_not_an_offence() {
    let text = "//! [`crate::config`]\nconst A: &str = \"crate::config::x // println!\"; // use crate::cli;\n\
                \n#[cfg(test)]\nmod tests { use crate::results; fn f() { g().unwrap() } }\n";
    let source = Source::new("integrate/own.rs", text);
    assert_eq!((imports(&[source]), effects(&[Source::new("cli.rs", text)])), (vec![], vec![]));
    assert_eq!(panics(&[Source::new("cli.rs", text)]), [""; 0]);
}

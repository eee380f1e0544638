//! The list of keys against all that is made from it and all that reads it.

mod support;

use std::path::Path;

use collapsar::config::keys::{KeyKind, READ, SECTIONS, schema, template};
use collapsar::config::{
    BifurcationRun, BoundaryRun, CollapseRun, DensityRun, DesignRun, DiagnoseConfig, Document, FlowRun, MeanFieldRun,
    Override, PortraitRun, SolveRun, SweepConfig,
};
use collapsar::results::DiagnoseSettings;
use serde_json::Value;
use support::program::{collapsar, refused, text};

/// What a verb resolves of a document, as the record of its study shows it.
fn resolved(verb: &str, document: &Document) -> Result<Value, String> {
    fn json<T: serde::Serialize>(found: Result<T, collapsar::config::ConfigError>) -> Result<Value, String> {
        found.map(|run| serde_json::to_value(run).unwrap()).map_err(|error| error.to_string())
    }
    match verb {
        "solve" => json(SolveRun::resolve(document)),
        "bifurcate" => json(BifurcationRun::resolve(document)),
        "probability" => json(CollapseRun::resolve(document)),
        "boundary" => json(BoundaryRun::resolve(document)),
        "sweep" => json(SweepConfig::resolve(document.clone()).and_then(|sweep| sweep.point(0))),
        "design" => json(DesignRun::resolve(document)),
        "density" => json(DensityRun::resolve(document)),
        "portrait" => json(PortraitRun::resolve(document)),
        "realnvp" => json(FlowRun::resolve(document)),
        "mean-field" => json(MeanFieldRun::resolve(document)),
        "diagnose" => json(DiagnoseConfig::resolve(document).map(|diagnose| DiagnoseSettings { diagnose })),
        other => panic!("{other} reads no configuration"),
    }
}

fn document(text: &str, overrides: &[&str]) -> Document {
    let overrides: Vec<Override> = overrides.iter().map(|text| Override((*text).to_owned())).collect();
    Document::parse("template.toml", text, &overrides).unwrap()
}

#[test]
fn committed_files_are_the_generated_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (flag, file) in [("--schema", "configs/schema.json"), ("--reference", "configs/README.md")] {
        let output = collapsar(&["config", flag]);
        let committed = std::fs::read_to_string(root.join(file)).unwrap();
        assert!(text(&output.stdout) == committed, "{file} is not what `collapsar config {flag}` prints");
    }
}

#[test]
fn every_template_resolves_and_one_runs() {
    for (verb, sections) in READ {
        let text = template(verb).unwrap();
        let found = resolved(verb, &document(&text, &[])).unwrap_or_else(|error| panic!("{verb}: {error}\n{text}"));
        let keys: Vec<&String> = found.as_object().unwrap().keys().collect();
        assert!(keys.iter().all(|key| sections.contains(&key.as_str())), "{verb} reads {keys:?}");
    }
    let file = support::config_file(&template("solve").unwrap());
    let output = collapsar(&["solve", file.path().to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(refused(&collapsar(&["config", "solv"])).contains("known are solve, bifurcate"));
}

/// A default that is written as a value is the value that is resolved.
#[test]
fn declared_defaults_are_those_that_hold() {
    let mut compared = 0;
    for (verb, sections) in READ {
        let template = template(verb).unwrap();
        // A simulation is resolved where its section is there.
        let found = resolved(verb, &document(&template, &[])).unwrap();
        for section in SECTIONS.iter().filter(|s| sections.contains(&s.name) && !s.open) {
            for key in section.keys {
                let Ok(declared) = format!("x = {}", key.default).parse::<toml::Table>() else { continue };
                // Where the rule says so, a design has defaults of its own.
                if verb == "design" && key.rule.contains("design:") {
                    continue;
                }
                let given = template.lines().any(|line| line.starts_with(&format!("{} = ", key.name)));
                let Some(resolved) = found.get(section.name).and_then(|s| s.get(key.name)).filter(|_| !given) else {
                    continue;
                };
                assert_eq!(
                    number(&serde_json::to_value(&declared["x"]).unwrap()),
                    number(resolved),
                    "{verb} {}.{}",
                    section.name,
                    key.name
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "{compared} defaults");
}

/// Integers and floats are one kind of number here.
fn number(value: &Value) -> Value {
    match value {
        Value::Number(x) => serde_json::json!(x.as_f64()),
        Value::Array(items) => items.iter().map(number).collect(),
        other => other.clone(),
    }
}

/// Counts beside the grid of the template.
const PUBLISHED: &str = "[published]\nsource = \"x\"\nkeys = [\"schedule.rate\"]\ncells = [[0.1, 10, 1]]\n";

/// A value of no known kind is refused under every key by a verb that reads it: no key is dead, none is taken unseen.
#[test]
fn every_key_is_read() {
    for section in SECTIONS.iter().filter(|section| !section.open && section.name != "experiment") {
        let readers: Vec<&str> =
            READ.iter().filter(|(_, s)| s.contains(&section.name)).map(|(verb, _)| *verb).collect();
        assert!(!readers.is_empty(), "[{}] is read by no verb", section.name);
        for key in section.keys {
            let set = format!("{}.{}=1979-05-27", section.name, key.name);
            let beside = if section.name == "published" { PUBLISHED } else { "" };
            let refusals = readers.iter().filter(|verb| {
                let found = resolved(verb, &document(&(template(verb).unwrap() + beside), &[&set]));
                found.is_err_and(|error| error.contains(key.name))
            });
            assert!(refusals.count() > 0, "{set} is refused by none of {readers:?}");
        }
    }
}

/// Parts what is to be copied from what the report says.
const MARK: &str = "# ---- For the report: what follows can be left out of a copy. ----";

#[test]
fn shipped_configurations_obey_the_schema() {
    let schema = schema();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for (folder, first) in [("configs", "#:schema ./schema.json"), ("configs/long", "#:schema ../schema.json")] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|e| e != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(text.lines().next(), Some(first), "{}", path.display());
            let table: toml::Table = text.parse().unwrap();
            // What a user copies comes first, and runs without the rest.
            let (copied, report) = text.split_once(MARK).unwrap();
            let sections = |text: &str| text.parse::<toml::Table>().unwrap().keys().cloned().collect::<Vec<_>>();
            let of_report = |name: &String| ["experiment", "plot", "published"].contains(&name.as_str());
            assert!(sections(report).iter().all(of_report) && !sections(copied).iter().any(of_report), "{path:?}");
            let found = check(&schema, &serde_json::to_value(table).unwrap(), "");
            assert_eq!(found, None, "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 35);
    // The checker sees what is wrong.
    let bad = |text: &str| check(&schema, &serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap(), "");
    assert!(bad("[target]\nseparations = 3").unwrap().contains("separations"));
    assert!(bad("[target]\nseparation = \"3\"").is_some() && bad("[family]\nmeans = \"fre\"").is_some());
    assert!(bad("[solve]\nmax_steps = 0").is_some() && bad("[stop]\nhorizon = 0").is_some());
    assert!(bad("[exact]\ntolerance = 0.2").is_some());
    assert!(bad("[[experiment.checks]]\nclam = \"\"").unwrap().contains("clam"));
    assert!(bad("[training]\nclip = true").is_some() && bad("[training]\nclip = false").is_none());
}

/// The first fault by the part of the standard that the schema uses.
fn check(schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(any) = schema.get("anyOf") {
        let any = any.as_array().unwrap();
        return any.iter().all(|one| check(one, value, at).is_some()).then(|| format!("{at}: none of {any:?}"));
    }
    if let Some(words) = schema.get("enum") {
        return (!words.as_array().unwrap().contains(value)).then(|| format!("{at}: {value} is none of {words}"));
    }
    if let Some(constant) = schema.get("const") {
        return (constant != value).then(|| format!("{at}: {value} is not {constant}"));
    }
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or("");
    let fits = match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        _ => true,
    };
    if !fits {
        return Some(format!("{at}: {value} is no {kind}"));
    }
    let bound = |word: &str| schema.get(word).and_then(Value::as_f64);
    if let Some(x) = value.as_f64() {
        let inside = bound("minimum").is_none_or(|least| x >= least)
            && bound("exclusiveMinimum").is_none_or(|least| x > least)
            && bound("maximum").is_none_or(|most| x <= most);
        return (!inside).then(|| format!("{at}: {value} is out of bounds"));
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        return list.iter().find_map(|item| check(items, item, at));
    }
    let entries = value.as_object()?;
    entries.iter().find_map(|(key, value)| {
        let at = format!("{at}.{key}");
        match (schema.get("properties").and_then(|p| p.get(key)), schema.get("additionalProperties")) {
            (Some(own), _) => check(own, value, &at),
            (None, Some(Value::Bool(false))) => Some(format!("{at}: unknown")),
            (None, Some(other @ Value::Object(_))) => check(other, value, &at),
            _ => None,
        }
    })
}

/// What a rule says in numbers is what the resolvers refuse, and nothing inside is refused for it.
#[test]
fn declared_ranges_are_those_that_hold() {
    let mut compared = 0;
    for section in SECTIONS.iter().filter(|section| !section.open && section.name != "experiment") {
        for key in section.keys {
            let Some(range) = key.range() else { continue };
            let written = |x: f64| match key.kind {
                KeyKind::Integer | KeyKind::IntegerOrWord(_) => format!("{x:.0}"),
                KeyKind::Numbers if key.name == "hidden" => format!("[{x:.0}]"),
                KeyKind::Numbers => format!("[{x:?}]"),
                _ => format!("{x:?}"),
            };
            let whole = matches!(key.kind, KeyKind::Integer | KeyKind::IntegerOrWord(_)) || key.name == "hidden";
            let beyond = |x: f64, up: f64| if whole || x == 0.0 { x + up } else { x * (1.0 + 1e-3 * up) };
            let name = format!("{}.{}", section.name, key.name);
            // Whether each verb that reads the key refuses the value; some, as flows, ask for more than the key's own rule.
            let refusals = |x: f64| -> Vec<bool> {
                let set = format!("{name}={}", written(x));
                let readers = READ.iter().filter(|(_, sections)| sections.contains(&section.name));
                let found = readers.map(|(verb, _)| resolved(verb, &document(&example(verb, &name), &[&set])));
                found.map(|found| found.is_err_and(|error| error.contains(&format!("`{name}` is ")))).collect()
            };
            let refused = |x: f64| refusals(x).contains(&true);
            let taken = |x: f64| refusals(x).contains(&false);
            let below = if range.open { range.least } else { beyond(range.least, -1.0) };
            assert!(refused(below), "{name} = {} is taken", written(below));
            assert!(range.open || taken(range.least), "{name} = {} is refused", written(range.least));
            if let Some(most) = range.most {
                assert!(refused(beyond(most, 1.0)), "{name} = {} is taken", written(beyond(most, 1.0)));
                assert!(taken(most), "{name} = {} is refused", written(most));
            }
            compared += 1;
        }
    }
    assert!(compared > 35, "{compared} ranges");
}

/// A template in which a key of the schedule has a meaning.
fn example(verb: &str, name: &str) -> String {
    let template = template(verb).unwrap();
    let (from, to) = ("kind = \"exponential\"", "rate = 0.3");
    match name {
        "schedule.duration" | "boundary.durations" => {
            template.replacen(from, "kind = \"geometric\"", 1).replacen(to, "duration = 5.0", 1)
        }
        "schedule.steepness" | "schedule.levels" | "schedule.cycles" | "schedule.ratio" => {
            let kind = match name {
                "schedule.steepness" => "kind = \"sigmoid\"",
                "schedule.levels" => "kind = \"steps\"",
                _ => "kind = \"cyclical\"",
            };
            template.replacen(from, kind, 1).replacen(to, "duration = 5.0", 1)
        }
        "schedule.times" | "schedule.temperatures" => template
            .replacen(from, "kind = \"table\"", 1)
            .replacen("initial_temperature = 5.0", "times = [1.0]", 1)
            .replacen(to, "temperatures = [2.0]", 1),
        "schedule.tau" | "schedule.interval" => {
            template.replacen(from, "kind = \"adaptive-kl\"", 1).replacen(to, "tau = 0.5", 1)
        }
        "schedule.kappa" | "schedule.corrected" => {
            template.replacen(from, "kind = \"adaptive-ess\"", 1).replacen(to, "kappa = 0.5", 1)
        }
        // As many gradients as there may be chains.
        "langevin.chains" => template.replacen("steps = 500", "steps = 500\nbatch = 16777216", 1),
        "start.variance" => template.replacen("preset = \"free\"", "preset = \"free\"\nvariance = \"trained\"", 1),
        _ => template,
    }
}

#[test]
fn no_key_is_declared_twice() {
    for section in &SECTIONS {
        let mut names: Vec<&str> = section.keys.iter().map(|key| key.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        let words = section.keys.iter().filter_map(|key| match key.kind {
            KeyKind::Word(words) | KeyKind::Words(words) | KeyKind::WordOrFalse(words) => Some(words()),
            _ => None,
        });
        assert!(words.into_iter().all(|words| words.len() > 1), "[{}]", section.name);
    }
}

//! Configurations put together from the list of keys, their edges and damage, and what the program may do with them.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use collapsar::config::keys::{Key, KeyKind, READ, SectionKeys, section_named, template};

/// How a configuration differs from the template of its verb: choices by number, taken modulo what there is.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The verb.
    pub verb: usize,
    /// Keys that are given: section, key and value.
    pub keys: Vec<[usize; 3]>,
    /// A byte of the file that is another: place and value.
    pub damage: Option<(usize, u8)>,
}

/// Keys that say how much work is wanted: large values mean long work and are tried only where they are refused.
const SIZES: [&str; 13] = [
    "points",
    "samples",
    "runs",
    "steps",
    "batch",
    "max_steps",
    "couplings",
    "components",
    "every",
    "hidden",
    "curve_points",
    "evaluation",
    "verify",
];

/// What keeps the work small, unless the key is tried itself.
const SMALL: [(&str, &str); 18] = [
    ("solve.max_steps", "20000"),
    ("boundary.points", "4"),
    ("boundary.tolerance", "1e-3"),
    ("portrait.points", "8"),
    ("bifurcation.points", "8"),
    ("montecarlo.samples", "64"),
    ("exact.tolerance", "1e-2"),
    ("training.steps", "8"),
    ("training.batch", "8"),
    ("training.samples", "16"),
    ("training.runs", "2"),
    ("simulation.runs", "2"),
    ("simulation.batch", "8"),
    ("simulation.step", "0.1"),
    ("rotation.restarts", "1"),
    ("design.route", "\"formula\""),
    ("design.samples", "100"),
    ("design.verify", "100"),
];

/// Longest that such work may take.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Values of a key: ordinary ones, its edges and beyond, and what it is not.
fn values(key: &Key) -> Vec<String> {
    let strings = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let mut found = match key.kind {
        KeyKind::Number | KeyKind::NumberOrFalse | KeyKind::NumberOrFlag | KeyKind::NumberOrNumbers => strings(&[
            "0",
            "0.0",
            "-1.0",
            "1e-300",
            "1e-17",
            "1e-9",
            "0.01",
            "0.5",
            "0.999",
            "1.0",
            "1.5",
            "3.0",
            "8.0",
            "25.0",
            "93.0",
            "1e3",
            "1e6",
            "1e9",
            "1e12",
            "1e16",
            "1e300",
            "nan",
            "inf",
            "-inf",
            "\"three\"",
            "true",
            "[]",
        ]),
        KeyKind::Integer | KeyKind::IntegerOrWord(_) => strings(&[
            "0",
            "1",
            "2",
            "3",
            "7",
            "50",
            "1000000000",
            "9007199254740992",
            "9223372036854775807",
            "-1",
            "1.5",
        ]),
        KeyKind::Flag => strings(&["true", "false", "0", "\"yes\""]),
        KeyKind::Text => strings(&["\"\"", "\"a/b\"", "\"x\"", "3"]),
        KeyKind::Numbers => strings(&[
            "[]",
            "[0.0]",
            "[1.0]",
            "[0.7, 0.3]",
            "[1.0, 1e-17]",
            "[1.0, 0.0]",
            "[0.0, 1.0, 1.0, 2.0]",
            "[2.0, 1.0]",
            "[-1.0, 3.0]",
            "[0.0, 1e15]",
            "[5.0, 3.0, 1.0]",
            "[4.0, 1.0]",
            "[0.5, 2.0]",
            "[1e300]",
            "[nan]",
            "[\"a\"]",
            "7.0",
            "[0.0, 30.0]",
        ]),
        KeyKind::Texts => strings(&["[]", "[\"x\"]", "[1]"]),
        KeyKind::Vectors => strings(&[
            "[]",
            "[[]]",
            "[[0.0]]",
            "[[0.0], [0.0]]",
            "[[3.0], [-3.0]]",
            "[[0.3, 0.8], [-0.2, -0.5]]",
            "[[0.0, 0.0], [10.0, 10.0]]",
            "[[1e300, 0.0], [0.0, 1.0]]",
            "[[2.0], [0.0], [-2.0]]",
            "[[1.0, 2.0], [3.0]]",
            "[[1e9], [-1e9]]",
            "[[nan]]",
        ]),
        KeyKind::Tables(_) => strings(&["[]", "[{}]", "3"]),
        KeyKind::Word(words) | KeyKind::WordOrFalse(words) | KeyKind::Words(words) => {
            let mut all: Vec<String> = words().iter().map(|word| format!("\"{word}\"")).collect();
            all.extend(words().iter().map(|word| format!("[\"{word}\"]")));
            all.extend(strings(&["\"nonsense\"", "false", "1"]));
            all
        }
    };
    if let Some(range) = key.range() {
        let ends = [Some(range.least), range.most].into_iter().flatten();
        let integer = matches!(key.kind, KeyKind::Integer);
        found.extend(ends.flat_map(|end| {
            let beyond = if integer { [end - 1.0, end + 1.0] } else { [end * (1.0 - 1e-9), end * (1.0 + 1e-9)] };
            [end, beyond[0], beyond[1]].map(|x| if integer { format!("{x}") } else { format!("{x:e}") })
        }));
    }
    if SIZES.contains(&key.name) {
        found.retain(|value| value.parse::<f64>().map_or(true, |x| x <= 8.0) || refused_size(key, value));
    }
    found.retain(|value| !fine(key, value));
    found
}

/// Whether the declared range excludes a size.
fn refused_size(key: &Key, value: &str) -> bool {
    let most = key.range().and_then(|range| range.most);
    value.parse::<f64>().ok().zip(most).is_some_and(|(x, most)| x > most)
}

/// Whether a tolerance asks for minutes of work, as it may.
fn fine(key: &Key, value: &str) -> bool {
    key.name == "tolerance" && value.parse::<f64>().is_ok_and(|x| (1e-9..1e-5).contains(&x))
}

/// The arguments and the text of a recipe: the verb, the overrides, the file.
pub fn configuration(recipe: &Recipe) -> (&'static str, Vec<String>, Vec<u8>) {
    let (verb, names) = READ[recipe.verb % READ.len()];
    let sections: Vec<&SectionKeys> =
        names.iter().filter_map(|name| section_named(name)).filter(|section| !section.keys.is_empty()).collect();
    let mut sets: Vec<(String, String)> = Vec::new();
    for [section, key, value] in &recipe.keys {
        let section = sections[section % sections.len()];
        let key = &section.keys[key % section.keys.len()];
        let choices = values(key);
        if !choices.is_empty() && section.name != "plot" && section.name != "experiment" {
            sets.push((format!("{}.{}", section.name, key.name), choices[value % choices.len()].clone()));
        }
    }
    for (name, value) in SMALL {
        let section = name.split('.').next().unwrap_or_default();
        let read = names.contains(&section);
        // A section that is switched on by being there stays off unless it is tried; a flow or its training brings the other.
        let switches: &[&str] = match section {
            "flow" | "training" => &["flow", "training"],
            "simulation" => &["simulation"],
            _ => &[],
        };
        let tried = |(set, value): &(String, String)| {
            switches.iter().any(|name| set.starts_with(&format!("{name}.")) || value.contains(name))
        };
        let on = switches.is_empty() || verb == "realnvp" || sets.iter().any(tried);
        if read && on && sets.iter().all(|(set, _)| set != name) {
            sets.push((name.to_owned(), value.to_owned()));
        }
    }
    let mut text = template(verb).unwrap_or_default().into_bytes();
    if let Some((place, byte)) = recipe.damage {
        let place = place % text.len();
        text[place] = byte;
    }
    (verb, sets.into_iter().map(|(name, value)| format!("{name}={value}")).collect(), text)
}

/// Runs the program on a recipe: what is wrong, if anything is.
pub fn run(program: &str, recipe: &Recipe) -> Result<(), String> {
    let (verb, sets, text) = configuration(recipe);
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let file = folder.path().join("fuzz.toml");
    std::fs::write(&file, text).map_err(|e| e.to_string())?;
    let mut command = Command::new(program);
    command.arg(verb).arg(&file).arg("--json").env("RAYON_NUM_THREADS", "2");
    for set in &sets {
        command.args(["--set", set]);
    }
    let told =
        format!("{verb} {}{}", sets.join(" "), recipe.damage.map_or(String::new(), |d| format!(" damaged {d:?}")));
    let started = Instant::now();
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|e| format!("{program}: {e}"))?;
    // Read beside the wait: a full pipe would stop the program.
    let mut pipes = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || {
        let mut out = Vec::new();
        pipes.0.iter_mut().for_each(|pipe| drop(pipe.read_to_end(&mut out)));
        let mut err = String::new();
        pipes.1.iter_mut().for_each(|pipe| drop(pipe.read_to_string(&mut err)));
        (out, err)
    });
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            break status;
        }
        if started.elapsed() > LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("over-long (more than {LIMIT:?}): {told}"));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let (out, err) = reader.join().map_err(|_| "the reader failed".to_owned())?;
    let bad = |what: &str| Err(format!("{what}: {told}\n{err}"));
    match status.code() {
        _ if err.contains("panicked") => bad("panic"),
        Some(0) => match serde_json::from_slice::<serde_json::Value>(&out) {
            Ok(record) if answers_are_numbers(&record) => Ok(()),
            Ok(_) => bad("an answer that is no number"),
            Err(_) => bad("no record"),
        },
        // A grid says in its record which points failed, and why.
        Some(1) if verb == "sweep" && serde_json::from_slice::<serde_json::Value>(&out).is_ok() => Ok(()),
        Some(1 | 2) if !out.is_empty() => bad("partial output"),
        Some(1 | 2) if !err.starts_with("error: ") => bad("no word on what is wrong"),
        Some(1 | 2) => Ok(()),
        code => bad(&format!("exit code {code:?}")),
    }
}

/// Whether every `value` with its interval in a record is a number: one that is not is written as null. The critical line of a
/// map has none where there is none.
fn answers_are_numbers(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(entries) => entries.iter().all(|(name, entry)| {
            let number =
                !["value", "low", "high", "means", "coverage", "objective", "variance"].contains(&name.as_str());
            let critical = name == "value" && entries.contains_key("gaussian");
            (number || critical || !has_null(entry)) && answers_are_numbers(entry)
        }),
        serde_json::Value::Array(items) => items.iter().all(answers_are_numbers),
        _ => true,
    }
}

fn has_null(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => true,
        serde_json::Value::Array(items) => items.iter().any(has_null),
        _ => false,
    }
}

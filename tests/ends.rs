//! Inputs that once hung, aborted or misled: each ends, with an answer that is one or a word on what is out of reach.

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::config_file;
use support::program::{FAILED, SUCCESS, code, collapsar, files, path, refused, text};

/// Two modes, cooled; a law of starts in the plane.
const PAIR: &str = r#"
target = { separation = 3.0 }
schedule = { kind = "exponential", initial_temperature = 5.0, rate = 0.3 }
start = { dimension = 2, scale = 1.0, seed = 1 }
montecarlo = { samples = 200 }
portrait = { temperatures = [1.0], points = 8 }
boundary = { points = 4 }
"#;

/// A refusal ends within this.
const SOON: Duration = Duration::from_secs(5);

fn run(verb: &str, text: &str, sets: &[&str], more: &[&str]) -> std::process::Output {
    let file = config_file(text);
    let mut arguments = vec![verb, path(file.path()), "--json"];
    arguments.extend(sets.iter().flat_map(|set| ["--set", *set]));
    arguments.extend(more);
    collapsar(&arguments)
}

fn record(verb: &str, text: &str, sets: &[&str], more: &[&str]) -> Value {
    let output = run(verb, text, sets, more);
    assert_eq!(code(&output), SUCCESS, "{sets:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_is_out_of_reach_is_refused_at_once_with_key_value_and_limit() {
    let cases: [(&str, &[&str], &str); 16] = [
        (
            "density",
            &["schedule.initial_temperature=1e12"],
            "`target.separation` is 3: it must leave the tempered target",
        ),
        ("density", &["target.separation=1e6"], "`target.separation` is 1000000: it must leave the tempered target"),
        ("portrait", &["target.separation=93"], "`target.separation` is 93: it must be at most 25"),
        ("portrait", &["target.separation=1e12"], "`target.separation` is 1000000000000: it must be at most 1e9"),
        ("boundary", &["target.separation=1000"], "`target.separation` is 1000: it must be at most 25"),
        ("bifurcate", &["target.separation=26"], "`target.separation` is 26: it must be at most 25"),
        ("solve", &["solve.times=[0, 1e15]"], "it must end at 1e9 or before"),
        ("solve", &["schedule.rate=1e-300"], "`schedule.rate` is 1e-300: it must be from 1e-9 to 1e9"),
        ("solve", &["target.separation=1e16"], "it must be at most 1e9 in absolute value"),
        ("probability", &["stop.horizon=1e300"], "it must be at most 1e9"),
        ("probability", &["start.scale=1e300"], "`start.scale` is 1e300: it must be from 1e-100 to 1e9"),
        ("probability", &["start.scale=1e-300"], "`start.scale` is 1e-300: it must be from 1e-100 to 1e9"),
        (
            "probability",
            &["simulation.runs=2", "start.dimension=9007199254740992"],
            "`start.dimension` is 9007199254740992",
        ),
        ("realnvp", &["flow.couplings=2", "flow.hidden=[65536, 65536]"], "it must leave at most 67108864 parameters"),
        (
            "realnvp",
            &["flow.couplings=2", "training.batch=16777216", "flow.hidden=[4096]"],
            "activations for a backward pass",
        ),
        (
            "realnvp",
            &["flow.couplings=2", "flow.hidden=[8]", "target.separation=1e9"],
            "it must leave the tempered target",
        ),
    ];
    for (verb, sets, words) in cases {
        let started = Instant::now();
        let routes: &[&str] =
            if sets.iter().any(|set| set.starts_with("simulation")) { &["--route", "simulation"] } else { &[] };
        let message = refused(&run(verb, PAIR, sets, routes));
        assert!(message.contains(words), "{verb} {sets:?}: {message}");
        assert!(started.elapsed() < SOON, "{verb} {sets:?}: {:?}", started.elapsed());
    }
}

#[test]
fn a_fit_that_collapsed_for_a_million_units_is_said_to_have_collapsed() {
    let text = r#"
target = { separation = 4.0, weights = [0.7, 0.3] }
family = { train_weights = "softmax" }
start = { dimension = 50, scale = 1.0, seed = 1 }
montecarlo = { samples = 64 }
"#;
    let solved = record("solve", text, &[], &[]);
    assert_eq!((&solved["at_end"]["collapsed"], &solved["at_end"]["time"]), (&Value::Bool(true), &Value::from(30.0)));
    assert_eq!(solved["at_end"]["lost_modes"], Value::from(vec![0]));
    assert_eq!(solved["collapsed"], Value::Bool(false));
    let since = solved["limit"]["since"].as_f64().unwrap();
    assert!((1e5..1e6).contains(&since), "{since}");
    // The verdict turns there and not before: coverage passes half of the weight.
    let at = |t: f64| {
        let times = format!("solve.times=[{t}]");
        record("solve", text, &[&times], &[])["at_end"]["collapsed"].clone()
    };
    assert_eq!((at(0.999 * since), at(1.001 * since)), (Value::Bool(true), Value::Bool(false)));

    let counted = record("probability", text, &[], &[]);
    let route = &counted["montecarlo"];
    let number = |value: &Value| value.as_f64().unwrap();
    assert_eq!(number(&route["at_horizon"]["time"]), 30.0);
    assert!(number(&route["at_horizon"]["low"]) > 0.8, "{route}");
    let (open, n) = (number(&route["undecided"]), number(&route["n"]));
    assert!(open > 0.25 * n, "{route}");
    // Neither extreme is the value.
    assert_eq!(number(&route["value"]), (number(&route["collapsed"]) + open / 2.0) / n);
    assert!(!route["valid"].as_bool().unwrap());
    let file = config_file(text);
    let words = text_of(&collapsar(&[
        "probability",
        path(file.path()),
        "--out",
        path(&tempfile::tempdir().unwrap().path().join("o")),
    ]));
    assert!(words.contains("at t = 30") && words.contains("in the limit") && words.contains(" to "), "{words}");
}

fn text_of(output: &std::process::Output) -> String {
    assert_eq!(code(output), SUCCESS, "{}", String::from_utf8_lossy(&output.stderr));
    text(&output.stdout)
}

#[test]
fn small_weights_are_covered_as_what_they_are() {
    // Under the component on the heavy mode E s_2 = int N_1 v_2 N_2/p, v_2 itself as long as v_2 N_2 stays below N_1 where N_2
    // lies: as far as v_2 e^18 is small.
    for (weight, within) in [(1e-9, 0.5), (1e-16, 1e-2), (1e-17, 1e-2), (1e-100, 1e-4)] {
        let solved = record("solve", PAIR, &[&format!("target.weights=[1.0, {weight:e}]")], &[]);
        let share = solved["limit"]["coverage"][1].as_f64().unwrap() / weight;
        assert!((share - 1.0).abs() < within, "{weight:e}: {share}");
        assert_eq!(solved["collapsed"], Value::Bool(false), "{weight:e}");
    }
}

#[test]
fn extremes_of_the_domain_are_answered_or_said_not_to_be() {
    let far = record("solve", PAIR, &["target.separation=1e9"], &[]);
    assert_eq!(far["outcome"], "reached");
    let small = record("probability", PAIR, &["start.scale=1e-100", "exact.tolerance=1e-3"], &["--route", "exact"]);
    assert!((0.0..0.02).contains(&small["exact"]["value"].as_f64().unwrap()), "{small}");
    // Colder than the target: answered by the routes that hold there.
    let sharp = record("probability", PAIR, &["schedule.initial_temperature=0.2"], &[]);
    assert!(sharp["exact"].is_null() && sharp["montecarlo"]["n"] == 200, "{sharp}");
    assert!(
        sharp["notes"][0].as_str().unwrap().contains("`initial_temperature` is 0.2: it must be at least 1"),
        "{sharp}"
    );
    let output = run("probability", PAIR, &["schedule.initial_temperature=0.2"], &["--route", "exact"]);
    assert!(refused(&output).contains("must be at least 1"));
}

#[test]
fn a_wish_that_cannot_be_had_is_an_error() {
    let message = refused(&run("probability", PAIR, &["formula.wanted=0.01"], &["--route", "formula"]));
    assert!(message.contains("`formula.wanted` is 0.01") && message.contains("only formula (10)"), "{message}");
}

#[test]
fn a_schedule_that_ends_hot_another_clock_and_a_far_pair_are_said() {
    const QUICK: [&str; 3] = ["simulation.runs=1", "simulation.step=0.1", "simulation.batch=4"];
    let note = |text: &str, sets: &[&str], words: &str| {
        let found = record("probability", text, sets, &["--route", "montecarlo", "--route", "simulation"]);
        let notes = found["notes"].to_string();
        assert!(notes.contains(words), "{sets:?}: {notes}");
    };
    note(PAIR, &[&QUICK[..], &["simulation.optimiser=\"adam\""]].concat(), "its clock and its P_c are its own");
    let hot = PAIR.replace(
        "{ kind = \"exponential\", initial_temperature = 5.0, rate = 0.3 }",
        "{ kind = \"table\", times = [0, 2], temperatures = [5, 3] }",
    );
    note(&hot, &QUICK, "ends at T = 3");
    let far = PAIR.replace("separation = 3.0", "means = [[0.0, 0.0], [10.0, 10.0]]");
    note(&far, &QUICK, "start.centre = [5, 5]");
    let found = record("probability", &far, &QUICK, &["--route", "exact", "--route", "simulation"]);
    assert!(found["notes"].to_string().contains("the exact route is for pairs, and this is none"), "{found}");
    assert_eq!(found["simulation"]["n"], 1);
}

#[test]
fn standard_input_is_a_configuration() {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_collapsar"))
        .args(["solve", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PAIR.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found, record("solve", PAIR, &[], &[]));
}

#[test]
fn a_summary_of_many_modes_says_how_many_are_lost() {
    let means: Vec<String> = (0..12).map(|k| format!("[{}.0]", 6 * k - 33)).collect();
    let text = format!(
        "target = {{ means = [{}] }}\nfamily = {{ components = 2 }}\nschedule = {{ kind = \"constant\" }}\n\
         start = {{ dimension = 1, scale = 1.0 }}\nsolve = {{ times = [1.0] }}\n",
        means.join(", ")
    );
    let (file, folder) = (config_file(&text), tempfile::tempdir().unwrap());
    let words = text_of(&collapsar(&["solve", path(file.path()), "--out", path(folder.path())]));
    assert!(words.contains("of 12 lost, the worst mode"), "{words}");
}

const GRID: &str = r#"
target = { separation = 3.0 }
schedule = { kind = "exponential", initial_temperature = 5.0, rate = 0.3 }
start = { dimension = 1, scale = 1.0, seed = 1 }
montecarlo = { samples = 2000 }
sweep = { routes = ["montecarlo"], schedule.rate = [0.1, 0.3, 1.0], start.scale = [0.5, 1.0] }
"#;

#[test]
fn a_grid_refuses_before_it_computes() {
    let message = refused(&run("sweep", GRID, &["sweep.schedule.rate=[0.1, 0.3, 0.1]"], &[]));
    assert!(message.contains("hold each value once; 0.1 is there twice"), "{message}");
    let plot = format!("{GRID}\n[plot.\"a/b\"]\nkind = \"curves\"\nx = \"schedule.rate\"\n");
    let message = refused(&run("sweep", &plot, &[], &[]));
    assert!(message.contains("line 8") && message.contains("part of a file's name"), "{message}");
}

#[test]
fn a_scaling_plot_of_one_point_has_no_slope() {
    let plot = format!("{GRID}\n[plot.s]\nkind = \"scaling\"\nx = \"schedule.rate\"\nfit = [0.05, 0.2]\n");
    let (file, folder) = (config_file(&plot), tempfile::tempdir().unwrap());
    text_of(&collapsar(&["sweep", path(file.path()), "--out", path(folder.path())]));
    let drawn = files(folder.path());
    let svg = drawn.iter().find(|(name, _)| name.ends_with("-s.svg")).map(|(_, bytes)| text(bytes)).unwrap();
    assert!(svg.contains("no slope") && !svg.contains("NaN"), "{svg}");
}

#[test]
fn a_journal_is_read_as_input_from_a_stranger() {
    let (file, folder) = (config_file(GRID), tempfile::tempdir().unwrap());
    let out = path(folder.path());
    let stem = file.path().file_stem().unwrap().to_string_lossy().into_owned();
    let whole = || {
        text_of(&collapsar(&["sweep", path(file.path()), "--out", out]));
        files(folder.path())
    };
    let first = whole();
    // A shard is a journal; its lines are damaged in every way that would pass for a point.
    let shard = folder.path().join(format!("{stem}.shard-1-of-1.jsonl"));
    text_of(&collapsar(&["sweep", path(file.path()), "--out", out, "--shard", "1/1", "--force"]));
    let lines: Vec<String> = std::fs::read_to_string(&shard).unwrap().lines().map(str::to_owned).collect();
    std::fs::remove_file(&shard).unwrap();
    let journal = folder.path().join(format!("{stem}.journal.jsonl"));
    let damaged = |line: &str| {
        std::fs::write(&journal, [lines[0].as_str(), line, &lines[2], ""].join("\n")).unwrap();
        std::fs::remove_file(folder.path().join(format!("{stem}.json"))).unwrap();
        let output = collapsar(&["sweep", path(file.path()), "--out", out]);
        assert_eq!(code(&output), SUCCESS, "{}", text(&output.stderr));
        assert_eq!(files(folder.path()), first, "{line}");
        text(&output.stderr)
    };
    let point: Value = serde_json::from_str(&lines[1]).unwrap();
    let with = |pointer: &str, value: Value| {
        let mut other = point.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        other.to_string()
    };
    let cases = [
        (with("/index", 77.into()), "point 77, but the grid has 6"),
        (with("/index", 5.into()), "has other values in this grid"),
        (with("/seed", 5.into()), "has the seed 5"),
        (with("/montecarlo/value", 7.0.into()), "`value` is 7: it must be from 0 to 1"),
        (with("/montecarlo/collapsed", 3.into()), "`n` is 2000: it must be the sum of its ends"),
        ("{ \"garbled".to_owned(), "no point"),
    ];
    for (line, why) in cases {
        let said = damaged(&line);
        assert!(
            said.contains(".journal.jsonl, line 2: ") && said.contains(why) && said.contains("computed anew"),
            "{said}"
        );
    }
    assert_eq!(damaged(""), "", "a blank line is nothing");
    // Forced work takes nothing from a journal, whatever it holds.
    std::fs::write(&journal, "other work\n").unwrap();
    let output = collapsar(&["sweep", path(file.path()), "--out", out]);
    assert_eq!(code(&output), FAILED);
    assert!(text(&output.stderr).contains("belongs to other work"));
    text_of(&collapsar(&["sweep", path(file.path()), "--out", out, "--force"]));
    assert_eq!(files(folder.path()), first);
}

/// A verb in mid-run: SIGINT ends it within a second with exit code 130, nothing is half written, and what was finished
/// is kept.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_every_verb_and_loses_nothing() {
    let slow = r#"
target = { separation = 3.0 }
schedule = { kind = "exponential", initial_temperature = 5.0, rate = 0.3 }
start = { dimension = 2, scale = 1.0, seed = 1 }
"#;
    let long: [(&str, &[&str]); 8] = [
        ("solve", &["solve.times=[0, 1e8]"]),
        ("bifurcate", &["target.separation=25"]),
        ("probability", &["exact.tolerance=1e-9"]),
        ("boundary", &["boundary.points=10000"]),
        ("density", &["density.times=[0, 1e8]"]),
        ("portrait", &["target.separation=25", "portrait.temperatures=[1, 1.5, 2, 3]"]),
        ("realnvp", &["flow.couplings=8", "flow.hidden=[256]", "training.steps=1000000"]),
        ("sweep", &["sweep.start.scale={ from = 0.1, to = 1.0, points = 400 }"]),
    ];
    let (file, folder) = (config_file(slow), tempfile::tempdir().unwrap());
    for (verb, sets) in long {
        let out = folder.path().join(verb);
        let mut command = Command::new(env!("CARGO_BIN_EXE_collapsar"));
        command.args([verb, path(file.path()), "--out", path(&out)]).stdout(Stdio::null()).stderr(Stdio::piped());
        for set in sets.iter() {
            command.args(["--set", set]);
        }
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(800));
        assert!(child.try_wait().unwrap().is_none(), "{verb} is at work");
        let sent = Instant::now();
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(130), "{verb}");
        assert!(sent.elapsed() < Duration::from_secs(1), "{verb}: {:?}", sent.elapsed());
        for (name, bytes) in if out.exists() { files(&out) } else { Vec::new() } {
            assert!(name.ends_with(".journal.jsonl"), "{verb} left {name}");
            assert_eq!(bytes.last(), Some(&b'\n'), "{verb}: whole lines");
        }
    }
}

/// Below the separation at which a mean alone has two attractors nothing collapses, and no trajectory is followed to say so.
#[test]
fn close_modes_have_no_collapse_and_say_so_at_once() {
    let started = Instant::now();
    for (separation, scale, tolerance) in [("1e-17", "1.0", "1e-2"), ("0.01", "0.01", "1.0000000010000002e-9")] {
        let sets = [
            format!("target.separation={separation}"),
            format!("start.scale={scale}"),
            format!("exact.tolerance={tolerance}"),
        ];
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let found = record("probability", PAIR, &sets, &["--route", "exact", "--route", "montecarlo"]);
        assert_eq!((&found["exact"]["value"], &found["exact"]["error"]), (&Value::from(0.0), &Value::from(0.0)));
        assert_eq!(found["montecarlo"]["collapsed"], Value::from(0));
    }
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

/// Trajectories of a boundary at a horizon that would take hours together.
#[test]
fn a_boundary_at_a_far_horizon_is_refused_with_the_one_that_is_not() {
    let sets = ["family.train_weights=softmax", "stop.horizon=1e6", "boundary.points=4", "boundary.tolerance=1e-3"];
    let message = refused(&run("boundary", PAIR, &sets, &[]));
    assert!(message.contains("`stop.horizon` is 1000000: it must be at most"), "{message}");
}

/// Eight components on eight modes in fifty dimensions once stalled where an average jumped; their averages are sampled.
#[test]
fn many_components_in_many_dimensions_end() {
    let mode = |k: usize| (0..50).map(|a| if a == k { "5.0" } else { "0.0" }).collect::<Vec<_>>().join(", ");
    let means = (0..8).map(|k| format!("[{}]", mode(k))).collect::<Vec<_>>().join(", ");
    let text = format!(
        r#"
target = {{ means = [{means}] }}
family = {{ preset = "free", components = 8, train_weights = "softmax" }}
schedule = {{ kind = "exponential", initial_temperature = 4.0, rate = 0.3 }}
start = {{ dimension = 50, scale = 1.0, seed = 1 }}
solve = {{ times = [0.0, 3.0], relative_tolerance = 1e-4, absolute_tolerance = 1e-6 }}
"#
    );
    let found = record("solve", &text, &[], &[]);
    let evaluations = found["steps"]["evaluations"].as_u64().unwrap();
    assert!(found["outcome"] == "reached" && evaluations < 200, "{} {evaluations}", found["outcome"]);
    assert!(found["limit"].is_null() && found["collapsed"].is_null(), "{}", found["limit"]);
    let error = found["average_error"].as_f64().unwrap();
    let notes = found["notes"].to_string();
    assert!(error > 1e-6 && notes.contains("no limit is looked for"), "{error} {notes}");
}

//! `collapsar realnvp`, `sample` and the route of trained flows: files, bytes, resumption and refusals.

#[path = "realnvp_cli/products.rs"]
mod products;
#[path = "realnvp_cli/targets.rs"]
mod targets;

mod support;

use std::path::Path;
use std::process::Command;

use support::program::{SUCCESS, code, collapsar, files, path, refused, text};
use support::{config_file, numbers};

/// A training of a moment.
const RUN: &str = "[target]\nseparation = 3.0\nweights = [0.8, 0.2]\n[schedule]\nkind = \"geometric\"\n\
    initial_temperature = 4.0\nduration = 0.2\n[start]\ndimension = 2\nseed = 3\n\
    [flow]\ncouplings = 2\nhidden = [6]\ninitial = \"uniform\"\n\
    [training]\nsteps = 60\nbatch = 16\nstep_size = 1e-2\nevery = 20\nsamples = 200\nruns = 3\n";

const GRID: &str = "[sweep]\nroutes = [\"realnvp\", \"formula\"]\nschedule.initial_temperature = [1.0, 4.0]\n\
    schedule.duration = [0.1, 0.2]\n[family]\npreset = \"paper\"\n\
    [plot.map]\nkind = \"map\"\nx = \"schedule.initial_temperature\"\ny = \"schedule.duration\"\n\
    [plot.rate]\nkind = \"curves\"\nx = \"rate\"\nshow = [\"realnvp\"]\n";

fn succeed(arguments: &[&str]) -> String {
    let output = collapsar(arguments);
    assert_eq!((code(&output), text(&output.stderr).as_str()), (SUCCESS, ""), "{arguments:?}");
    text(&output.stdout)
}

/// The record, weights, table and figure of a run, and its words.
fn train(config: &str, out: &Path, extra: &[&str]) -> (serde_json::Value, String) {
    let file = config_file(config);
    let renamed = out.parent().unwrap().join("case.toml");
    std::fs::copy(file.path(), &renamed).unwrap();
    let words = succeed(&[&["realnvp", path(&renamed), "--out", path(out)], extra].concat());
    let record = std::fs::read(out.join("case.json")).unwrap();
    (serde_json::from_slice(&record).unwrap(), words)
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_training_writes_record_weights_table_and_figure() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (record, words) = train(RUN, &out, &[]);
    assert_eq!(names(&out), ["case.csv", "case.json", "case.png", "case.safetensors", "case.svg"]);
    let run = &record["variants"][0];
    assert!(run["collapsed"].is_boolean() && run["diverged_at"].is_null() && run["seed"] == 3, "{run}");
    // Two couplings of 1 -> 6 -> 2: 12 + 14 each.
    assert_eq!((&run["parameters"], &run["weights"]), (&52.into(), &"case.safetensors".into()));
    let coverage: Vec<f64> =
        run["evaluation"]["coverage"].as_array().unwrap().iter().map(|c| c["value"].as_f64().unwrap()).collect();
    assert!((coverage.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{coverage:?}");
    // Half way between 1 and sqrt(1 + 36 * 0.16).
    assert!(run["criterion"].as_str().unwrap().contains("below 1.8;"), "{}", run["criterion"]);
    let moments: Vec<u64> = run["moments"].as_array().unwrap().iter().map(|m| m["step"].as_u64().unwrap()).collect();
    assert_eq!(moments, [0, 20, 40, 59]);
    let shots = run["snapshots"].as_array().unwrap();
    let steps: Vec<u64> = shots.iter().map(|s| s["steps"].as_u64().unwrap()).collect();
    assert_eq!((steps[0], *steps.last().unwrap()), (0, 60));
    // The density of the flow over the window holds nearly all of its mass at the end.
    let nodes = numbers(&run["nodes"]);
    let cell = (nodes[1] - nodes[0]).powi(2);
    let mass = cell * numbers(&shots.last().unwrap()["fit"]).iter().sum::<f64>();
    assert!((0.9..1.02).contains(&mass), "{mass}");
    for line in ["variant     the flow: ", "  flow      d = 2, 52 parameters", "  coverage ", "cost        60 steps"] {
        assert!(words.contains(line), "{line}: {words}");
    }
    let table = String::from_utf8(files(&out)[0].1.clone()).unwrap();
    assert!(table.starts_with("step,time,temperature,objective,divergence,kl_reverse,C_1,C_2,spread\n"), "{table}");
}

#[test]
fn variants_share_a_figure_and_higher_dimensions_are_shown_by_samples() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let config = RUN.replace("dimension = 2", "dimension = 5")
        + "[compare]\nhot = []\ncold = [\"schedule.kind=constant\", \"schedule.initial_temperature=1\"]\n";
    let cold = "schedule.kind=constant";
    let output = {
        let file = config_file(&config);
        collapsar(&["realnvp", path(file.path()), "--json"])
    };
    // A constant schedule has no duration: the variant is refused with its name.
    assert!(refused(&output).contains("variant \"cold\""), "{cold}");
    let config = config.replace("\"schedule.kind=constant\", ", "");
    let (record, _) = train(&config, &out, &["--set", "flow.precision=double"]);
    assert!(names(&out).contains(&"case-2.safetensors".to_owned()));
    let variants = record["variants"].as_array().unwrap();
    assert_eq!((variants.len(), &variants[1]["label"]), (2, &"cold".into()));
    let shot = &variants[0]["snapshots"][0];
    assert!(shot["fit"].as_array().unwrap().is_empty() && shot["points"].as_array().unwrap().len() > 100);
}

#[test]
fn samples_depend_on_weights_and_seed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    train(RUN, &out, &["--quiet"]);
    let weights = out.join("case.safetensors");
    let draw = |seed: &str, count: &str| succeed(&["sample", path(&weights), "--count", count, "--seed", seed]);
    let table = draw("5", "40");
    assert_eq!(table.lines().count(), 41);
    assert!(table.starts_with("x_1,x_2,log_q\n"));
    assert_eq!(table, draw("5", "40"));
    assert_ne!(table, draw("6", "40"));
    // Fewer points are the first of more.
    assert!(table.starts_with(&draw("5", "7")));
    let many = ["sample", path(&weights), "--count", "18446744073709551615"];
    assert!(refused(&collapsar(&many)).contains("it must be at most 134217728 in 2 dimensions"));
    let file = folder.path().join("deep/points.csv");
    assert_eq!(succeed(&["sample", path(&weights), "--count", "40", "--seed", "5", "--out", path(&file)]), "");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), table);
}

#[test]
fn what_is_no_flow_is_refused() {
    let file = config_file(RUN);
    let message = refused(&collapsar(&["sample", path(file.path())]));
    assert!(message.contains("holds no flow that `collapsar realnvp` wrote"), "{message}");
    let message = refused(&collapsar(&["sample", "not/there.safetensors"]));
    assert!(message.contains("cannot read the weights not/there.safetensors"), "{message}");
    let refusal = |change: (&str, &str)| {
        let file = config_file(&RUN.replace(change.0, change.1));
        refused(&collapsar(&["realnvp", path(file.path()), "--json"]))
    };
    let cases = [
        (("hidden = [6]", "hiden = [6]"), "unknown key in [flow] `hiden`: did you mean `hidden`?"),
        (("dimension = 2", "dimension = 1"), "`start.dimension` is 1: it must lie between 2 and 4096"),
        (
            ("dimension = 2", "dimension = 2\ncentre = [1.0]"),
            "`start.centre` has no meaning here: a flow starts from its own",
        ),
        (("couplings = 2", "couplings = 0"), "`flow.couplings` is 0: it must lie between 1 and 256"),
        (
            ("hidden = [6]", "hidden = [6]\nbatch_norm = true"),
            "`flow.batch_norm` is true: it must be false or one of \"input\"",
        ),
        (("hidden = [6]", "hidden = [6, 1.5]"), "`flow.hidden` is [6, 1.5]: it must hold at least one width"),
        (("batch = 16", "batch = 1"), "`training.batch` is 1: it must lie between 2 and"),
        (("runs = 3", "runs = 3\nclip = 0"), "`training.clip` is 0: it must be a positive number or false"),
        (("runs = 3", "runs = 0"), "`training.runs` is 0: it must lie between 1 and 2^20"),
        (("runs = 3", "criterion = \"spred\""), "`training.criterion` is \"spred\": it must be one of"),
        (("runs = 3", "criterion = \"coverage\"\nthreshold = 2"), "`training.threshold` has no meaning here"),
        (("separation = 3.0\nweights = [0.8, 0.2]", "means = [[1.0], [2.0], [3.0]]\n"), ""),
    ];
    for (change, expected) in cases {
        if expected.is_empty() {
            let config = RUN.replace(change.0, change.1) + "criterion = \"spread\"\n";
            let message = refused(&collapsar(&["realnvp", path(config_file(&config).path()), "--json"]));
            assert!(message.contains("be \"coverage\" unless the target has two modes"), "{message}");
            continue;
        }
        let message = refusal(change);
        assert!(message.contains(expected) && message.contains("line"), "{message}");
    }
    let bare = &RUN[..RUN.find("[flow]").unwrap()];
    let message = refused(&collapsar(&["realnvp", path(config_file(bare).path())]));
    assert!(message.contains("`flow` is missing"), "{message}");
    let grid = bare.replace("dimension = 2", "dimension = 2\nscale = 1.0")
        + "[sweep]\nroutes = [\"realnvp\"]\nschedule.duration = [1.0]\n";
    let message = refused(&collapsar(&["sweep", path(config_file(&grid).path()), "--json"]));
    assert!(message.contains("`flow` is missing"), "{message}");
}

#[test]
fn grids_of_trained_flows_end_with_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("grid.toml");
    std::fs::write(&config, format!("{RUN}{GRID}")).unwrap();
    let sweep = |out: &str, threads: &str| {
        let out = folder.path().join(out);
        let status = Command::new(env!("CARGO_BIN_EXE_collapsar"))
            .args(["sweep", path(&config), "--out", path(&out), "--quiet"])
            .env("RAYON_NUM_THREADS", threads)
            .status()
            .unwrap();
        assert!(status.success());
        files(&out)
    };
    let calm = sweep("calm", "1");
    assert_eq!(calm, sweep("many", "3"));
    let record: serde_json::Value =
        serde_json::from_slice(&calm.iter().find(|f| f.0 == "grid.json").unwrap().1).unwrap();
    // What a killed run leaves behind: some points in the journal, one cut short.
    let interrupted = folder.path().join("interrupted");
    std::fs::create_dir(&interrupted).unwrap();
    let header = succeed(&["sweep", path(&config), "--out", path(&interrupted), "--shard", "1/2"]);
    assert!(header.contains("2 of 4 points"), "{header}");
    let shard = interrupted.join("grid.shard-1-of-2.jsonl");
    let lines = std::fs::read_to_string(&shard).unwrap();
    std::fs::remove_file(&shard).unwrap();
    std::fs::write(interrupted.join("grid.journal.jsonl"), format!("{lines}{{\"index\":3,\"va")).unwrap();
    assert_eq!(calm, sweep("interrupted", "2"));
    // The trainings of an unfinished point count as they were noted: two of three, and one whose verdict was changed.
    let trainings: Vec<&str> = lines.lines().filter(|line| line.contains("\"run\":")).collect();
    assert_eq!(trainings.len(), 6, "{lines}");
    let header = lines.lines().next().unwrap();
    let resumed = |out: &str, noted: &[String]| {
        let out_folder = folder.path().join(out);
        std::fs::create_dir(&out_folder).unwrap();
        let text = format!("{header}\n{}\n", noted.join("\n"));
        std::fs::write(out_folder.join("grid.journal.jsonl"), text).unwrap();
        sweep(out, "2")
    };
    let noted: Vec<String> = trainings[..2].iter().map(|line| line.to_string()).collect();
    assert_eq!(calm, resumed("noted", &noted));
    let (yes, no) = ("\"collapsed\":true", "\"collapsed\":false");
    let swapped = if noted[0].contains(yes) { noted[0].replace(yes, no) } else { noted[0].replace(no, yes) };
    assert_ne!(calm, resumed("swapped", &[swapped]));

    let points = record["points"].as_array().unwrap();
    for point in points {
        let found = &point["realnvp"];
        let count = |key: &str| found[key].as_u64().unwrap();
        assert_eq!(count("n"), 3);
        assert_eq!(count("collapsed") + count("recovered") + count("failures"), 3, "{found}");
        assert!(found["low"].as_f64() <= found["value"].as_f64() && found["high"].as_f64() > found["value"].as_f64());
    }
    let ranks = &record["ranks"];
    assert_eq!(ranks["best"].as_array().unwrap().len(), 2);
    assert!(ranks["definition"].as_str().unwrap().contains("Spearman"));
    let table = String::from_utf8(calm.iter().find(|f| f.0 == "grid.csv").unwrap().1.clone()).unwrap();
    assert!(
        table.lines().next().unwrap().contains("realnvp_collapsed,realnvp_diverged,realnvp_lost_a_mode"),
        "{table}"
    );
}

#[test]
fn divergence_is_counted_and_shown() {
    let file = config_file(&RUN.replace("step_size = 1e-2", "step_size = 1e30"));
    let output = collapsar(&["probability", path(file.path()), "--route", "realnvp", "--json"]);
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = &record["realnvp"];
    assert_eq!((&found["failures"], &found["n"], &found["high"]), (&3.into(), &3.into(), &1.0.into()), "{found}");
    assert_eq!(found["median_divergence"], serde_json::Value::Null);
}

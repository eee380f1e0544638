//! `collapsar sweep` and `merge`: grids, interruptions, shards and refusals.

mod support;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::program::{collapsar, files};

const GRID: &str = "[target]\nseparation = 3.0\n[family]\npreset = \"free\"\n[schedule]\nkind = \"exponential\"\n\
    [start]\ndimension = 2\nscale = 1.0\nseed = 3\n[montecarlo]\nsamples = 60000\n\
    [sweep]\nroutes = [\"montecarlo\"]\nschedule.initial_temperature = { from = 1, to = 9, points = 3, scale = \"log\" }\n\
    schedule.rate = [0.2, 0.5, 1.0]\n";

/// A folder with the grid in `grid.toml`.
fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("grid.toml"), config).unwrap();
    folder
}

fn arguments<'a>(verb: &'a str, config: &'a str, out: &'a str) -> Vec<&'a str> {
    vec![verb, config, "--out", out, "--quiet"]
}

fn sweep(folder: &Path, out: &str, extra: &[&str]) -> std::process::Output {
    let (config, out) = (folder.join("grid.toml"), folder.join(out));
    let base = arguments("sweep", config.to_str().unwrap(), out.to_str().unwrap());
    collapsar(&[base.as_slice(), extra].concat())
}

fn succeed(output: &std::process::Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn killed_many_times_it_ends_with_the_same_bytes() {
    let folder = folder(GRID);
    succeed(&sweep(folder.path(), "calm", &[]));
    let journal = folder.path().join("killed/grid.journal.jsonl");
    let lines = || std::fs::read(&journal).map_or(0, |bytes| bytes.iter().filter(|&&b| b == b'\n').count());
    let (config, out) = (folder.path().join("grid.toml"), folder.path().join("killed"));
    let mut kills = 0;
    for _ in 0..3 {
        let before = lines();
        let mut child = Command::new(env!("CARGO_BIN_EXE_collapsar"))
            .args(arguments("sweep", config.to_str().unwrap(), out.to_str().unwrap()))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        // Killed after one more point at least, whatever the machine's speed.
        while lines() < before + 2 && child.try_wait().unwrap().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        kills += usize::from(!child.wait().unwrap().success());
        if journal.exists() {
            // What a crash of the system may leave of a line.
            let bytes = std::fs::read(&journal).unwrap();
            std::fs::write(&journal, [bytes.as_slice(), b"{\"index\":7,\"se"].concat()).unwrap();
        }
    }
    assert!(kills >= 2, "the runs were too short to be killed");
    succeed(&sweep(folder.path(), "killed", &[]));
    assert_eq!(files(&folder.path().join("calm")), files(&folder.path().join("killed")));
}

#[test]
fn shards_join_to_the_same_bytes() {
    let folder = folder(GRID);
    succeed(&sweep(folder.path(), "whole", &[]));
    let config = folder.path().join("grid.toml");
    let out = folder.path().join("parts");
    let merge = || collapsar(&arguments("merge", config.to_str().unwrap(), out.to_str().unwrap()));
    assert_eq!(sweep(folder.path(), "parts", &["--shard", "1/2"]).status.code(), Some(0));
    let early = merge();
    assert_eq!(early.status.code(), Some(1));
    let said = String::from_utf8_lossy(&early.stderr).into_owned();
    assert!(said.contains("4 of 9 points are missing"), "{said}");
    succeed(&sweep(folder.path(), "parts", &["--shard", "2/2"]));
    succeed(&merge());
    let joined: Vec<_> =
        files(&folder.path().join("parts")).into_iter().filter(|(name, _)| !name.contains("shard")).collect();
    assert_eq!(files(&folder.path().join("whole")), joined);
    // A shard of another grid is refused.
    let changed = GRID.replace("60000", "50000");
    std::fs::write(&config, changed).unwrap();
    let foreign = merge();
    assert_eq!(foreign.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&foreign.stderr).contains("belongs to other work"));
}

#[test]
fn one_thread_or_many_and_what_is_there_is_not_computed_again() {
    let folder = folder(GRID);
    succeed(&sweep(folder.path(), "many", &[]));
    let alone = Command::new(env!("CARGO_BIN_EXE_collapsar"))
        .args(arguments(
            "sweep",
            folder.path().join("grid.toml").to_str().unwrap(),
            folder.path().join("one").to_str().unwrap(),
        ))
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    succeed(&alone);
    let before = files(&folder.path().join("many"));
    assert_eq!(before, files(&folder.path().join("one")));
    // A lost table is restored from the record alone.
    std::fs::remove_file(folder.path().join("many/grid.csv")).unwrap();
    let out = folder.path().join("many");
    let again =
        collapsar(&["sweep", folder.path().join("grid.toml").to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("0 new points"), "{again:?}");
    assert_eq!(before, files(&folder.path().join("many")));
}

#[test]
fn axes_of_every_form() {
    let config = GRID.split("[sweep]").next().unwrap().replace("60000", "500").to_owned()
        + "[sweep]\nroutes = [\"montecarlo\"]\n\
        schedule = [{ initial_temperature = 4.0, rate = 0.3, label = \"slow\" }, \
        { kind = \"linear-beta\", initial_temperature = 4.0, duration = 3.0 }]\n\
        \"target.separation, start.scale\" = [[3.0, 1.0], [4.0, 0.5]]\n\
        start.dimension = { from = 1, to = 100, points = 3, scale = \"log\", integers = true }\n";
    let folder = folder(&config);
    succeed(&sweep(folder.path(), "out", &[]));
    let table = std::fs::read_to_string(folder.path().join("out/grid.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let columns: Vec<String> = rows.headers().unwrap().iter().take(7).map(String::from).collect();
    assert_eq!(columns[..4], ["schedule", "target.separation", "start.scale", "start.dimension"]);
    assert_eq!(columns[4..], ["rate", "pair", "seed"]);
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 12);
    // The last axis runs fastest; seeds differ from point to point.
    let cells = |row: &csv::StringRecord| row.iter().take(4).map(String::from).collect::<Vec<_>>();
    assert_eq!(cells(&rows[1]), ["slow", "3", "1", "10"]);
    assert_eq!(cells(&rows[11]), ["kind=\"linear-beta\" initial_temperature=4.0 duration=3.0", "4", "0.5", "100"]);
    let seeds: std::collections::BTreeSet<&str> = rows.iter().map(|row| &row[6]).collect();
    assert_eq!(seeds.len(), 12);
}

#[test]
fn a_point_is_the_probability_of_its_configuration() {
    let folder = folder(GRID);
    succeed(&sweep(folder.path(), "out", &[]));
    let record: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out/grid.json")).unwrap()).unwrap();
    let point = &record["points"][4];
    let config = folder.path().join("grid.toml");
    let seed = format!("start.seed={}", point["seed"]);
    let sets = ["--set", "schedule.initial_temperature=3", "--set", "schedule.rate=0.5", "--set", &seed];
    let output = collapsar(
        &[["probability", config.to_str().unwrap(), "--json", "--route", "montecarlo"].as_slice(), &sets].concat(),
    );
    let single: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // sqrt(9) by logarithms is 3 up to rounding, and so is all else.
    assert_eq!(point["montecarlo"]["n"], single["montecarlo"]["n"]);
    let value = |record: &serde_json::Value| record["montecarlo"]["value"].as_f64().unwrap();
    assert!((value(point) - value(&single)).abs() < 1e-4);
}

#[test]
fn refusals_name_key_value_rule_and_line() {
    let base = GRID.split("schedule.initial_temperature = {").next().unwrap();
    for (axes, expected) in [
        ("schedule.rate = { from = 1, to = 2, points = 1000000000 }", "grid of 1000000000 points"),
        ("schedule.rate = []", "`sweep.schedule.rate` is []: it must have at least one value"),
        ("schedule.rate = 3", "`sweep.schedule.rate` is 3: it must be a list of values, or a range"),
        ("schedule.rate = { from = 0, to = 2, points = 3, scale = \"log\" }", "positive `from` and `to`"),
        ("schedule.rate = { from = 0.1, to = 2, steps = 3 }", "integer `points`"),
        ("schedule.rate = { from = 0.1, to = 2, points = 3, base = 2 }", "unknown key `base`"),
        ("schedule.rat = [1, 2]", "unknown key in [schedule] `rat`: did you mean `rate`?"),
        ("schedule.rate = [0.5, -1]", "`schedule.rate` is -1"),
        ("start.dimension = [0, 1]", "`start.dimension` is 0"),
        ("montecarlo.samples = [0]", "`montecarlo.samples` is 0"),
        ("start.scale = [-1.0]", "`start.scale` is -1"),
        ("schedule.initial_temperature = [0.005, 2]", "`schedule.initial_temperature` is 0.005"),
        ("\"target.separation, start.scale\" = [[3.0]]", "hold lists of 2 values"),
        ("nowhere = [1]", "`sweep.nowhere` is [1]: it must hold tables"),
        ("", "`sweep` has no axis"),
    ] {
        let config = format!("{base}{axes}\n")
            .replace("kind = \"exponential\"\n", "kind = \"exponential\"\ninitial_temperature = 2.0\nrate = 0.5\n");
        let folder = folder(&config);
        let output = sweep(folder.path(), "out", &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{axes}: {said}");
        assert!(said.contains(expected), "{axes}: {said}");
        assert!(axes.is_empty() || said.contains(", line 17"), "{axes}: {said}");
        assert!(!folder.path().join("out").exists(), "no partial output");
    }
    let folder = folder(GRID);
    for shard in ["0/3", "4/3", "x", "1/0"] {
        assert_eq!(sweep(folder.path(), "out", &["--shard", shard]).status.code(), Some(2), "{shard}");
    }
    // Nothing is computed when it could not be kept.
    std::fs::write(folder.path().join("file"), "").unwrap();
    let output = sweep(folder.path(), "file", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write"));
}

/// A limit on the size of files stands in for a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing_that_was_finished() {
    let folder = folder(GRID);
    succeed(&sweep(folder.path(), "calm", &[]));
    let script = "trap '' XFSZ; ulimit -f 6; exec \"$0\" sweep \"$1\" --out \"$2\" --quiet";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_collapsar")])
        .arg(folder.path().join("grid.toml"))
        .arg(folder.path().join("full"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write") && said.contains("grid.j"), "{said}");
    let kept = std::fs::read_to_string(folder.path().join("full/grid.journal.jsonl")).unwrap();
    assert!(kept.lines().count() >= 2, "{kept}");
    succeed(&sweep(folder.path(), "full", &[]));
    assert_eq!(files(&folder.path().join("calm")), files(&folder.path().join("full")));
}

/// Published counts, fitted powers and figures.
#[test]
fn a_grid_is_judged_and_drawn() {
    let config = "[target]\nseparation = 3.0\n[family]\npreset = \"free\"\n[start]\ndimension = 1\n\
        [exact]\ntolerance = 1e-7\n[sweep]\nroutes = [\"exact\", \"formula\"]\nstart.scale = [1e-4, 1e-3, 1e-2]\n\
        [published]\nsource = \"made up\"\nkeys = [\"start.scale\"]\ncells = [[1e-4, 100, 1], [1e-2, 100, 0]]\n\
        [plot.power]\nkind = \"scaling\"\nx = \"start.scale\"\nslopes = [0.7731]\n\
        [plot.line]\nkind = \"curves\"\nx = \"start.scale\"\nlog = [\"x\", \"y\"]\n";
    let folder = folder(config);
    succeed(&sweep(folder.path(), "out", &[]));
    let names: Vec<String> = files(&folder.path().join("out")).into_iter().map(|(name, _)| name).collect();
    let expected = ["grid-line.png", "grid-line.svg", "grid-power.png", "grid-power.svg", "grid.csv", "grid.json"];
    assert_eq!(names, expected);
    let bytes = std::fs::read(folder.path().join("out/grid.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let number = |pointer: &str| record.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")).as_f64().unwrap();
    // P_c ~ sigma^(1/(c-1)), c = 2.2934996: the leading order, to the square of the largest scale.
    assert!((number("/fits/0/slope") - 1.0 / 1.293_499_6).abs() < 1e-4);
    assert!((number("/fits/0/deviation") - (number("/fits/0/slope") - 0.7731).abs()).abs() < 1e-12);
    let p = |index: usize| number(&format!("/points/{index}/exact/value"));
    let (first, second) = (p(0) - 0.01, p(2));
    assert_eq!(number("/published/exact/points"), 2.0);
    assert!((number("/published/exact/rms") - ((first * first + second * second) / 2.0).sqrt()).abs() < 1e-12);
    assert!((number("/published/exact/largest") - first.abs().max(second.abs())).abs() < 1e-12);
    assert!(number("/formulas/formula/everywhere/largest") < 1e-4 && record["agreement"].is_null());
    for (bad, expected) in [
        (
            "x = \"start.scal\"\nslopes",
            "`plot.power` is along `start.scal`: it must be a key of the grid: start.scale, rate",
        ),
        ("x = \"start.scale\"\nslope", "unknown key in [plot] `slope`: did you mean `slopes`?"),
        ("slopes", "`plot.x` is missing"),
    ] {
        std::fs::write(folder.path().join("grid.toml"), config.replace("x = \"start.scale\"\nslopes", bad)).unwrap();
        let output = sweep(folder.path(), "bad", &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains(expected), "{said}");
    }
}

/// The seed is that of the problem: keys of other verbs and routes change no count.
#[test]
fn no_unrelated_key_changes_a_count() {
    let folder = folder(&GRID.replace("60000", "2000"));
    let count = |sets: &[&str]| -> serde_json::Value {
        let config = folder.path().join("grid.toml");
        let sets: Vec<&str> = sets.iter().flat_map(|text| ["--set", *text]).collect();
        let output = collapsar(&[["sweep", config.to_str().unwrap(), "--json"].as_slice(), &sets].concat());
        succeed(&output);
        let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let points = record["points"].as_array().unwrap().iter();
        points.map(|p| serde_json::json!([p["seed"], p["montecarlo"]["collapsed"]])).collect()
    };
    let base = count(&[]);
    for set in [
        "portrait.points=122",
        "bifurcation.points=121",
        "solve.relative_tolerance=1e-9",
        "exact.tolerance=1e-5",
        "density.times=[0, 1]",
        "boundary.points=7",
        "simulation.batch=64",
    ] {
        assert_eq!(count(&[set]), base, "{set}");
    }
    assert_eq!(count(&["sweep.routes=[\"montecarlo\", \"exact\"]", "exact.tolerance=1e-3"]), base, "another route");
    // What the problem is does change it.
    for set in ["start.seed=4", "target.separation=3.1", "start.dimension=3", "start.scale=1.1"] {
        assert_ne!(count(&[set]), base, "{set}");
    }
}

/// The array of `docs/slurm-array.sh`, task by task as Slurm starts them: in any order, one of them twice.
#[cfg(unix)]
#[test]
fn the_slurm_scripts_end_with_the_bytes_of_one_run() {
    let folder = folder(GRID);
    succeed(&sweep(folder.path(), "alone", &[]));
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let (config, out) = (folder.path().join("grid.toml"), folder.path().join("results"));
    let script = |name: &str| {
        let mut command = Command::new(docs.join(name));
        command.args([&config, &out]).env("COLLAPSAR", env!("CARGO_BIN_EXE_collapsar"));
        command
    };
    for (task, offset) in [(3, 0), (1, 0), (0, 1), (2, 0), (3, 0)] {
        // The second task is of an array from 0 that was submitted alone.
        let mut command = script("slurm-array.sh");
        command.env("SLURM_ARRAY_TASK_ID", task.to_string()).env("SLURM_CPUS_PER_TASK", "2");
        match offset {
            0 => command.env("SLURM_ARRAY_TASK_COUNT", "3"),
            _ => command.envs([("SLURM_ARRAY_TASK_COUNT", "1"), ("COLLAPSAR_TASKS", "3"), ("COLLAPSAR_FIRST", "0")]),
        };
        succeed(&command.output().unwrap());
    }
    succeed(&script("slurm-merge.sh").output().unwrap());
    let results: Vec<_> = files(&out).into_iter().filter(|(name, _)| !name.contains("shard")).collect();
    assert_eq!(results, files(&folder.path().join("alone")));
    let refused = Command::new(docs.join("slurm-array.sh")).arg(&config).env_remove("SLURM_ARRAY_TASK_COUNT").output();
    assert!(!refused.unwrap().status.success());
}

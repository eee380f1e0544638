//! Flows on named densities and on modes with shapes, from the command line.

use super::support::config_file;
use super::support::program::{code, collapsar, path, text};
use super::{succeed, train};

/// A training of a moment on a named density.
const MOONS: &str = "[target]\ndensity = \"two-moons\"\n[schedule]\nkind = \"geometric\"\n\
    initial_temperature = 4.0\nduration = 0.2\n[start]\ndimension = 2\nseed = 3\n\
    [flow]\ncouplings = 2\nhidden = [6]\ninitial = \"uniform\"\n\
    [training]\nsteps = 60\nbatch = 16\nstep_size = 1e-2\nevery = 20\nsamples = 200\nruns = 3\n";

#[test]
fn flows_are_trained_and_counted_on_named_densities() {
    let folder = tempfile::tempdir().unwrap();
    let (record, words) = train(MOONS, &folder.path().join("out"), &[]);
    let run = &record["variants"][0];
    assert_eq!((&run["shares"], &run["modes"]), (&serde_json::json!([0.5, 0.5]), &serde_json::json!([])));
    assert!(run["evaluation"]["coverage"].as_array().unwrap().len() == 2 && run["evaluation"]["spread"].is_null());
    assert!(run["snapshots"].as_array().unwrap().iter().all(|shot| !shot["tempered"].as_array().unwrap().is_empty()));
    assert!(words.contains("a mode has C_k/v_k < 1/2") || words.contains("coverage"), "{words}");

    let file = config_file(MOONS);
    let record = succeed(&["probability", path(file.path()), "--json"]);
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!((&record["pair"], &record["realnvp"]["n"]), (&"flow".into(), &3.into()), "{record}");
    let count = &record["realnvp"];
    let lost: Vec<u64> = count["modes_lost"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    assert_eq!((lost.len(), lost.iter().sum::<u64>()), (3, 3 - count["failures"].as_u64().unwrap()));
    let quartile = |i: usize| count["divergence_quartiles"][i].as_f64().unwrap();
    let median = count["median_divergence"].as_f64().unwrap();
    assert!(quartile(0) <= median && median <= quartile(1), "{count}");

    let grid = config_file(&format!(
        "{MOONS}[sweep]\nschedule.initial_temperature = [1.0, 4.0]\n\
         [plot.kept]\nkind = \"kept\"\nx = \"schedule.initial_temperature\"\n\
         [plot.divergence]\nkind = \"divergence\"\nx = \"schedule.initial_temperature\"\nlog = [\"y\"]\n"
    ));
    let out = folder.path().join("grid");
    let record = succeed(&["sweep", path(grid.path()), "--json", "--out", path(&out)]);
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    let drawn: Vec<String> =
        std::fs::read_dir(&out).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert!(
        ["-kept.png", "-divergence.png"].iter().all(|end| drawn.iter().any(|name| name.ends_with(end))),
        "{drawn:?}"
    );
    let seeds: Vec<&serde_json::Value> = record["points"].as_array().unwrap().iter().map(|p| &p["seed"]).collect();
    assert!(seeds.len() == 2 && seeds[0] != seeds[1], "{seeds:?}");
}

#[test]
fn named_densities_are_refused_where_they_have_no_meaning() {
    for (config, arguments, rule) in [
        (MOONS.to_owned(), &["solve"][..], "only flows are trained on a density"),
        (MOONS.to_owned(), &["mean-field"], "only flows are trained on a density"),
        (MOONS.to_owned(), &["probability", "--route", "montecarlo"], "must be a mixture for the montecarlo route"),
        (MOONS.replace("dimension = 2", "dimension = 3"), &["realnvp"], "be 2 for the density \"two-moons\""),
        (MOONS.replace("two-moons", "three-moons"), &["realnvp"], "be one of \"many-well\""),
        (MOONS.replace("density =", "separation = 2.0\ndensity ="), &["realnvp"], "`target.density` is the target"),
        (
            MOONS.replace(
                "[target]\ndensity = \"two-moons\"",
                "[[target.components]]\nweight = 1.0\nmean = [0.0]\nvariances = [2.0]",
            ),
            &["realnvp"],
            "have the 2 dimensions of the flow",
        ),
    ] {
        let file = config_file(&config);
        let output = collapsar(&[&arguments[..1], &[path(file.path())], &arguments[1..]].concat());
        let message = text(&output.stderr);
        assert_eq!(code(&output), 2, "{message}");
        assert!(message.contains(rule), "{message}");
    }
}

/// Modes with shapes: a flow, counts of the closed flow and of descents beside it, and why the other routes say nothing.
#[test]
fn shapes_are_counted_by_three_routes() {
    let config = MOONS.replace(
        "[target]\ndensity = \"two-moons\"",
        "[[target.components]]\nweight = 0.5\nmean = [2.0, 0.0]\nvariances = [0.5, 2.0]\n\
         [[target.components]]\nweight = 0.5\nmean = [-2.0, 0.0]\nvariances = [2.0, 0.5]\n",
    );
    let config = config.replace("seed = 3", "seed = 3\nscale = 1.0")
        + "[montecarlo]\nsamples = 4\n[simulation]\nruns = 2\nbatch = 64\n";
    let file = config_file(&config);
    let record: serde_json::Value =
        serde_json::from_str(&succeed(&["probability", path(file.path()), "--json"])).unwrap();
    assert_eq!((&record["montecarlo"]["n"], &record["realnvp"]["n"]), (&4.into(), &3.into()), "{record}");
    assert!(record["exact"].is_null() && record["simulation"]["n"] == 2, "{record}");
    let notes = record["notes"].to_string();
    assert!(
        notes.contains("are for pairs") && notes.contains("`target.components` is covariances of their own"),
        "{notes}"
    );
}

//! Product measures trained as flows, from the command line.

use super::support::config_file;
use super::support::program::{collapsar, path, refused};
use super::{succeed, train};

/// A training of a moment.
const PRODUCT: &str = "[target]\nmeans = [[1.6, 1.6], [-1.6, -1.6]]\nweights = [0.6, 0.4]\n\
    [start]\ndimension = 2\nseed = 3\n[flow]\nkind = \"mean-field\"\nknots = 9\n\
    [training]\nsteps = 800\nbatch = 64\nstep_size = 2e-2\nsettle = 0.5\nevery = 100\nsamples = 4000\nruns = 2\n";

#[test]
fn products_are_trained_kept_sampled_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (record, words) = train(PRODUCT, &out, &[]);
    let run = &record["variants"][0];
    // Of both coordinates a shift, nine log-slopes and eight distances.
    assert_eq!((&run["parameters"], &run["collapsed"]), (&36.into(), &true.into()), "{words}");
    // The record names what there is, and no coupling.
    let flow = serde_json::json!({"kind": "mean-field", "knots": 9, "rotation": false, "initial": "identity", "precision": "single"});
    assert_eq!(run["config"]["flow"], flow);
    // Every optimum of products is on one mode: its divergence by the mean-field equations.
    let divergence = run["evaluation"]["kl_reverse"]["value"].as_f64().unwrap();
    assert!((divergence - 0.469).abs() < 0.03, "{divergence}");

    let weights = out.join("case.safetensors");
    let table = succeed(&["sample", path(&weights), "--count", "3"]);
    assert!(table.starts_with("x_1,x_2,log_q\n") && table.lines().count() == 4, "{table}");

    let file = config_file(PRODUCT);
    let record = succeed(&["probability", path(file.path()), "--route", "realnvp", "--json"]);
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["realnvp"]["value"], 1.0, "{record}");
}

/// With a rotation that is trained too the same target is a product, and Langevin Monte Carlo stands beside it.
#[test]
fn a_rotation_and_langevin_monte_carlo_beside_it() {
    let cooled =
        "[schedule]\nkind = \"geometric\"\ninitial_temperature = 8.0\nduration = 8.0\n[langevin]\nchains = 400\n";
    let folder = tempfile::tempdir().unwrap();
    let product = PRODUCT.replace("knots = 9", "knots = 9\nrotation = true") + cooled;
    let (record, words) = train(&product, &folder.path().join("out"), &[]);
    let run = &record["variants"][0];
    assert_eq!((&run["parameters"], &run["collapsed"]), (&37.into(), &false.into()), "{words}");
    assert!(run["evaluation"]["kl_reverse"]["value"].as_f64().unwrap() < 0.05, "{words}");
    let beside = &run["langevin"];
    assert_eq!((&beside["steps"], &beside["gradients"]), (&128.into(), &51_200.into()));
    let coverage: Vec<f64> = (0..2).map(|k| beside["coverage"][k]["value"].as_f64().unwrap()).collect();
    assert!((coverage[0] + coverage[1] - 1.0).abs() < 1e-9 && words.contains("Langevin  51200 gradients as well"));
    let mean = |of: &str| {
        let distances = beside["distances"][of].as_array().unwrap();
        distances.iter().map(|d| d.as_f64().unwrap()).sum::<f64>() / distances.len() as f64
    };
    // A fit that is the target is as near to a sample of it as another sample is.
    assert!(mean("flow") < 3.0 * mean("exact") + 0.1, "{beside}");
    assert_eq!(beside["points"].as_array().unwrap().len(), 400);
    for (config, message) in [
        (product.replace("chains = 400", "chains = 1"), "`langevin.chains` is 1: it must lie between 2 and"),
        (product.replace("chains = 400", "chains = 60000"), "be at most the gradients of the training, 51200"),
        (product.replace("chains = 400", "step = 0.0"), "`langevin.step` is 0"),
    ] {
        let file = config_file(&config);
        let said = refused(&collapsar(&["realnvp", path(file.path())]));
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn keys_of_another_kind_are_refused() {
    for (config, message) in [
        (PRODUCT.replace("knots = 9", "couplings = 4"), "`flow.couplings` has no meaning here: `flow.kind` is"),
        (PRODUCT.replace("knots = 9", "hidden = [4]"), "`flow.hidden` has no meaning here"),
        (PRODUCT.replace("kind = \"mean-field\"\nknots = 9", "rotation = true"), "`flow.rotation` has no meaning here"),
        (PRODUCT.replace("kind = \"mean-field\"\n", ""), "`flow.knots` has no meaning here: `flow.kind` is"),
        (PRODUCT.replace("knots = 9", "knots = 1026"), "`flow.knots` is 1026: it must lie between 1 and 1025"),
        (PRODUCT.replace("mean-field", "meanfield"), "must be one of \"realnvp\", \"mean-field\""),
    ] {
        let file = config_file(&config);
        let said = refused(&collapsar(&["realnvp", path(file.path())]));
        assert!(said.contains(message), "{said}");
    }
}

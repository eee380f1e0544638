//! Densities of a run by their command: masses, moments and agreement with the run, and refusals.

mod support;

use serde_json::Value;
use support::program::{SUCCESS, code, collapsar, path, refused, text};
use support::{config_file, numbers, solve_json_with};

const CONFIG: &str = "configs/density.toml";

fn json(config: &str, overrides: &[&str]) -> Value {
    let mut arguments = vec!["density", config, "--json"];
    arguments.extend(overrides.iter().flat_map(|text| ["--set", text]));
    let output = collapsar(&arguments);
    assert_eq!((code(&output), text(&output.stderr).as_str()), (SUCCESS, ""));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The trapezoid rule, which converges faster than any power on densities that end within the window.
fn mass(nodes: &[f64], values: &[f64]) -> f64 {
    (nodes[1] - nodes[0]) * values.iter().sum::<f64>()
}

#[test]
fn every_density_has_mass_one_and_the_moments_of_its_mixture() {
    // At T = 5 the tempered target has standard deviation 2.2 around its modes: 20 holds it to 1e-13.
    let record = json(CONFIG, &["density.reach=20"]);
    let variants = record["variants"].as_array().unwrap();
    assert_eq!((&variants[0]["collapsed"], &variants[1]["collapsed"]), (&true.into(), &false.into()));
    for variant in variants {
        let (axis, nodes) = (numbers(&variant["axis"]), numbers(&variant["nodes"]));
        for shot in variant["snapshots"].as_array().unwrap() {
            for key in ["marginal_target", "marginal_tempered", "marginal_fit"] {
                let total = mass(&axis, &numbers(&shot[key]));
                assert!((total - 1.0).abs() < 1e-10, "{key}: {total}");
            }
            // 81 nodes: a step of 1/2 leaves e^(-2 pi^2/0.25) of a Gaussian of variance 1 and, with the singularities of
            // p^beta at pi/6 from the axis, e^(-6.6) of the little that depends on them.
            for (key, tolerance) in [("tempered", 1e-4), ("fit", 1e-10)] {
                let total = (nodes[1] - nodes[0]) * mass(&nodes, &numbers(&shot[key]));
                assert!((total - 1.0).abs() < tolerance, "{key}: {total}");
            }
            let means = numbers(&shot["means"]);
            let first: Vec<f64> = axis.iter().zip(numbers(&shot["marginal_fit"])).map(|(x, f)| x * f).collect();
            assert!((mass(&axis, &first) - 0.5 * (means[0] + means[2])).abs() < 1e-10);
            let weights = numbers(&shot["tempered_weights"]);
            assert!((weights[0] - 0.5).abs() < 1e-12 && (weights[1] - 0.5).abs() < 1e-12, "equal modes stay equal");
        }
        // At T = 1 the tempered target is the target.
        let last = variant["snapshots"].as_array().unwrap().last().unwrap();
        let (p, tempered) = (numbers(&last["marginal_target"]), numbers(&last["marginal_tempered"]));
        // exp(-0.3 x 30) times 4 is left of the heat.
        assert!(p.iter().zip(&tempered).all(|(a, b)| (a - b).abs() < 1e-3));
    }
}

#[test]
fn moments_are_those_of_the_run() {
    let record = json(CONFIG, &["density.times=[2, 7]"]);
    let text = std::fs::read_to_string(CONFIG).unwrap();
    let solved = solve_json_with(&text, &["solve.times=[2, 7]"]);
    for (variant, run) in record["variants"].as_array().unwrap().iter().zip(solved["variants"].as_array().unwrap()) {
        assert_eq!(variant["label"], run["label"]);
        for (i, shot) in variant["snapshots"].as_array().unwrap().iter().enumerate() {
            assert_eq!((&shot["temperature"], &shot["coverage"]), (&run["temperature"][i], &run["coverage"][i]));
            let (shown, means) = (numbers(&shot["means"]), numbers(&run["means"][i]));
            // d = 2: the plane is the whole space, with the mode axis along the first coordinate.
            for (a, b) in shown.iter().zip(&means) {
                assert!((a - b).abs() < 1e-12, "{shown:?} against {means:?}");
            }
        }
    }
}

#[test]
fn a_run_without_variants_and_three_modes_in_a_plane_are_shown() {
    let record = json("configs/three-components.toml", &["density.times=[0, 10, 60]"]);
    let variants = record["variants"].as_array().unwrap();
    assert_eq!((variants.len(), &variants[0]["label"]), (1, &"".into()));
    let shots = variants[0]["snapshots"].as_array().unwrap();
    assert!(
        numbers(&shots[0]["tempered_weights"])[0] < 0.4
            && (numbers(&shots[2]["tempered_weights"])[0] - 0.5).abs() < 1e-3
    );
    let default = json("configs/three-components.toml", &[]);
    assert_eq!(default["variants"][0]["snapshots"].as_array().unwrap().len(), 4);
}

#[test]
fn files_are_written_and_bad_requests_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = collapsar(&["density", CONFIG, "--out", path(folder.path())]);
    assert_eq!(code(&output), SUCCESS);
    assert!(text(&output.stdout).contains("variant     no annealing: collapses\n"));
    for end in ["json", "csv", "png", "svg"] {
        assert!(folder.path().join(format!("density.{end}")).exists(), "{end}");
    }
    let mut table = csv::Reader::from_path(folder.path().join("density.csv")).unwrap();
    let header: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header, ["variant", "time", "temperature", "position", "target", "tempered", "fit"]);
    assert_eq!(table.records().count(), 2 * 4 * 241);
    for (setting, reason) in [
        (
            "density.times=[]",
            "`density.times` is []: it must hold one to eight times, none negative, strictly increasing",
        ),
        ("density.times=[2,1]", "`density.times` is [2, 1]"),
        ("density.reach=0", "`density.reach` is 0: it must be positive"),
        ("density.time=0", "unknown key in [density] `time`: did you mean `times`?"),
        ("start.means=[[1.0],[0.5]]", "`start.means` is of dimension 1: it must be at least 2"),
    ] {
        let message = refused(&collapsar(&["density", CONFIG, "--set", setting]));
        assert!(message.contains(reason), "{message}");
    }
    let solid = config_file(
        "[target]\nmeans = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]\n\
         [start]\nmeans = [[0.1, 0, 0], [0, 0.2, 0], [0, 0, 0.3], [0.1, 0.1, 0.1]]\n",
    );
    let message = refused(&collapsar(&["density", path(solid.path())]));
    assert!(message.contains("the modes extend in 3 directions about their middle"), "{message}");
}

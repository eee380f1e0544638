//! Trajectories of `solve` against references that share nothing with the code under test.

mod support;

use support::brute_force::BruteForce;
use support::{largest_difference, solve_json};

/// Agreement demanded of reported numbers.
const AGREEMENT: f64 = 1e-6;

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    match value {
        serde_json::Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().expect("a number")],
    }
}

#[test]
fn solve_reproduces_the_reference_trajectories() {
    let text = include_str!("reference/trajectories.json");
    let reference: serde_json::Value = serde_json::from_str(text).unwrap();
    let cases = reference["cases"].as_object().unwrap();
    assert_eq!(cases.len(), 3);
    for (name, case) in cases {
        let train = match case["weights"].as_str().unwrap() {
            "fixed" => "no",
            other => other,
        };
        let config = format!(
            "[target]\nmeans = {}\nweights = {}\n[family]\nweights = {}\ntrain_weights = \"{train}\"\n\
             [schedule]\nkind = \"exponential\"\ninitial_temperature = {}\nrate = {}\n\
             [start]\nmeans = {}\n[solve]\ntimes = {}\n",
            case["nu"], case["v"], case["w0"], case["T0"], case["kappa"], case["mu0"], case["t"]
        );
        let record = solve_json(&config);
        let means = largest_difference(&numbers(&record["means"]), &numbers(&case["mu"]));
        let weights = largest_difference(&numbers(&record["weights"]), &numbers(&case["w"]));
        println!("{name}: means {means:.1e}, weights {weights:.1e}");
        assert!(means < AGREEMENT && weights < AGREEMENT, "{name}: means {means:e}, weights {weights:e}");
    }
}

/// A reference given for the paper's preset in d = 2 (R = 3, v = (0.8, 0.2), T0 = 20, geometric over 12,
/// start (0.3, 2), (-0.2, 1) scaled to the sphere), state at t = 1: it was made with a tensor trapezoid of step 0.17 in
/// units of the component's standard deviation.
const COARSE_REFERENCE: [f64; 5] = [
    0.941_901_356_423_647_7,
    2.848_301_570_193_326_5,
    -0.984_876_951_511_281_2,
    2.833_728_531_525_568_7,
    21.641_474_655_948_894,
];

/// Half-width of the quadrature's square in standard deviations.
const REACH: f64 = 8.5;

fn paper_preset() -> BruteForce {
    BruteForce {
        modes: vec![vec![3.0, 0.0], vec![-3.0, 0.0]],
        target_weights: vec![0.8, 0.2],
        weights: vec![0.5, 0.5],
        sphere: Some(3.0),
        trained_variance: true,
        free_energy_clock: true,
        nodes: 101,
        steps: 80,
        reach: REACH,
    }
}

/// The rule of step 0.17 reproduces that reference to 1e-6; refined until it has converged it agrees with `solve` to
/// 1e-8, and `solve` differs from the reference by 2.7e-2. At b = |nu_1 - nu_2| sqrt(var) = 26.8 the poles of the
/// responsibilities lie at pi/26.8 from the axis, and step 0.17 does not resolve them.
#[test]
fn the_hot_reference_is_under_resolved_and_solve_is_right() {
    let schedule = collapsar_theory::Schedule::geometric(20.0, 12.0).unwrap();
    let scale = |v: [f64; 2]| v.map(|x| 3.0 * x / (v[0] * v[0] + v[1] * v[1]).sqrt());
    let start = [scale([0.3, 2.0]).to_vec(), scale([-0.2, 1.0]).to_vec(), vec![20.0]].concat();
    let coarse = paper_preset().run(&schedule, &start, 1.0);
    let fine = BruteForce { nodes: 581, steps: 80, ..paper_preset() }.run(&schedule, &start, 0.5);
    let record = solve_json(
        "[target]\nseparation = 3.0\nweights = [0.8, 0.2]\n[family]\npreset = \"paper\"\n\
         [schedule]\nkind = \"geometric\"\ninitial_temperature = 20.0\nduration = 12.0\n\
         [start]\nmeans = [[0.3, 2.0], [-0.2, 1.0]]\n[solve]\ntimes = [0.5, 1.0]\n",
    );
    let at = |i: usize| [numbers(&record["means"][i]), numbers(&record["variance"][i])].concat();
    assert!(largest_difference(&coarse, &COARSE_REFERENCE) < AGREEMENT, "{coarse:?}");
    assert!(largest_difference(&fine, &at(0)) < 1e-8, "{fine:?} against {:?}", at(0));
    let gap = largest_difference(&at(1), &COARSE_REFERENCE);
    assert!((1e-2..5e-2).contains(&gap), "{gap}");
}

/// Free means against brute force in three dimensions, with trained weights and variance, unequal weights.
#[test]
fn solve_agrees_with_brute_force_in_three_dimensions() {
    let brute = BruteForce {
        modes: vec![vec![1.2, 0.3, -0.2], vec![-1.0, 0.5, 0.4], vec![0.1, -1.1, 0.6]],
        target_weights: vec![0.5, 0.3, 0.2],
        weights: vec![0.6, 0.4],
        sphere: None,
        trained_variance: true,
        free_energy_clock: false,
        nodes: 61,
        steps: 20,
        reach: 8.0,
    };
    let schedule = collapsar_theory::Schedule::exponential(1.5, 0.5).unwrap();
    let fine = brute.run(&schedule, &[0.3, 0.1, -0.4, -0.2, 0.5, 0.2, 1.5], 2.0);
    let record = solve_json(
        "[target]\nmeans = [[1.2, 0.3, -0.2], [-1.0, 0.5, 0.4], [0.1, -1.1, 0.6]]\nweights = [0.5, 0.3, 0.2]\n\
         [family]\nweights = [0.6, 0.4]\nvariance = \"trained\"\n\
         [schedule]\nkind = \"exponential\"\ninitial_temperature = 1.5\nrate = 0.5\n\
         [start]\nmeans = [[0.3, 0.1, -0.4], [-0.2, 0.5, 0.2]]\n[solve]\ntimes = [2.0]\n",
    );
    let ours = [numbers(&record["means"]), numbers(&record["variance"])].concat();
    assert!(largest_difference(&fine, &ours) < 1e-8, "{fine:?} against {ours:?}");
}

/// Eight modes on a circle, as a list of the configuration and as vectors.
fn ring(radius: f64) -> (String, Vec<Vec<f64>>) {
    let at = |i: usize| std::f64::consts::TAU * i as f64 / 8.0;
    let modes: Vec<Vec<f64>> = (0..8).map(|i| vec![radius * at(i).cos(), radius * at(i).sin()]).collect();
    (format!("{modes:?}"), modes)
}

/// Starts of eight components without a pattern.
const EIGHT: [[f64; 2]; 8] = [
    [-0.36, 0.41],
    [0.83, 0.22],
    [0.1, -0.73],
    [-0.9, -0.35],
    [0.47, 0.94],
    [0.62, -0.51],
    [-0.14, 1.1],
    [-0.58, -0.87],
];

/// Small and not hot, so that the grid's steps of 0.17 deviations resolve the poles at pi/4.9 from the axis.
#[test]
fn a_ring_of_eight_agrees_with_brute_force() {
    let (list, modes) = ring(2.0);
    let brute = BruteForce {
        modes,
        target_weights: vec![0.125; 8],
        weights: vec![0.125; 8],
        sphere: None,
        trained_variance: true,
        free_energy_clock: true,
        nodes: 101,
        steps: 24,
        reach: REACH,
    };
    let schedule = collapsar_theory::Schedule::geometric(1.5, 2.0).unwrap();
    let start = [EIGHT.concat(), vec![1.5]].concat();
    let record = solve_json(&format!(
        "[target]\nmeans = {list}\nweights = {:?}\n[family]\nweights = {:?}\nvariance = \"trained\"\nclock = \"free-energy\"\n\
         [schedule]\nkind = \"geometric\"\ninitial_temperature = 1.5\nduration = 2.0\n\
         [start]\nmeans = {EIGHT:?}\n[solve]\ntimes = [0.5]\n",
        [0.125; 8], [0.125; 8]
    ));
    let found = [numbers(&record["means"][0]), numbers(&record["variance"][0])].concat();
    let difference = largest_difference(&brute.run(&schedule, &start, 0.5), &found);
    assert!(difference < 1e-8, "{difference:e}");
}

/// From near the modes, with weights that are off, the ring is found: the limit is p itself.
#[test]
fn a_ring_of_eight_ends_on_its_modes_with_their_weights() {
    let (list, modes) = ring(4.0);
    let near: Vec<Vec<f64>> =
        modes.iter().zip(EIGHT).map(|(m, e)| vec![0.8 * m[0] + 0.3 * e[0], 0.8 * m[1] + 0.3 * e[1]]).collect();
    let record = solve_json(&format!(
        "[target]\nmeans = {list}\nweights = {:?}\n[family]\nweights = [0.2, 0.05, 0.1, 0.15, 0.1, 0.2, 0.05, 0.15]\n\
         train_weights = \"softmax\"\n[schedule]\nkind = \"exponential\"\ninitial_temperature = 2.0\nrate = 0.5\n\
         [start]\nmeans = {near:?}\n[solve]\ntimes = [1.0]\nrelative_tolerance = 1e-8\n",
        [0.125; 8]
    ));
    assert_eq!(record["limit"]["status"], "equilibrium", "{}", record["limit"]);
    let coverage = numbers(&record["limit"]["coverage"]);
    let off = coverage.iter().map(|c| (c - 0.125).abs()).fold(0.0, f64::max);
    assert!(off < 1e-8, "{coverage:?}");
}

/// Steps of tolerance 1e-6 tremble about this limit by more than a state at rest may move.
#[test]
fn a_limit_is_found_with_loose_steps() {
    let solve = |tolerance: f64| {
        solve_json(&format!(
            "[target]\nseparation = 2.5\nweights = [0.7, 0.3]\n[family]\npreset = \"free\"\n\
             [schedule]\nkind = \"constant\"\ninitial_temperature = 1.0\n[start]\nmeans = [[0.31], [0.67]]\n\
             [solve]\ntimes = [20.0]\nrelative_tolerance = {tolerance:e}\nmax_steps = 5000\n"
        ))
    };
    let (loose, tight) = (solve(1e-6), solve(1e-10));
    for record in [&loose, &tight] {
        assert_eq!(record["limit"]["status"], "equilibrium", "{}", record["limit"]);
    }
    let difference = largest_difference(&numbers(&loose["limit"]["coverage"]), &numbers(&tight["limit"]["coverage"]));
    assert!(difference < 1e-7, "{difference:e}");
}

/// Six components on three modes share them for a long time: the limit, which implicit steps reach, is where small explicit steps
/// end at that time.
#[test]
fn a_slow_way_ends_where_small_steps_end() {
    let until = |time: f64| {
        format!(
            "[target]\nmeans = [[4.0, 0.0], [-2.0, 3.5], [-2.0, -3.5]]\n[family]\ncomponents = 6\ntrain_weights = \"fisher-rao\"\n\
             [schedule]\nkind = \"constant\"\n[start]\ndimension = 2\nscale = 3.0\nseed = 2\n\
             [solve]\ntimes = [{time:?}]\nrelative_tolerance = 1e-7\nabsolute_tolerance = 1e-9\n"
        )
    };
    let found = solve_json(&until(20.0));
    let time = found["limit"]["time"].as_f64().unwrap();
    assert!(time > 1e3 && found["limit"]["status"] == "equilibrium", "{}", found["limit"]);
    let small = solve_json(&until(time));
    let apart = largest_difference(&numbers(&found["limit"]["coverage"]), &numbers(&small["coverage"][0]));
    println!("limit at t = {time}, coverage within {apart:.1e}");
    assert!(apart < AGREEMENT, "{apart:e}");
}

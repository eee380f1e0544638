//! The pair with trained weights: its closed field, and where its components can rest together on one mode.

use collapsar::bifurcation::{
    MixtureFamily, NewtonOptions, OneParameter, PairParameter, PairPoint, ParametricProblem, TwoParameterProblem,
    WeightedFamily, eigenvalues, newton, weight_window,
};
use collapsar::probability::{FreeBoundary, Limits};
use collapsar::trajectory::HorizonBoundary;
use collapsar_theory::{
    CubatureOptions, Family, Flow, FreePair, FreePairOptions, Metric, MixtureFlow, Pair, Problem, Rules, Schedule,
    Start, Target, Tempering, WeightRule,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const VARIED: [PairParameter; 2] = [PairParameter::LogTemperature, PairParameter::Separation];

/// The general flow on the line against modes of weights v, 1 - v.
fn general(separation: f64, v: f64, metric: Metric) -> MixtureFlow {
    let rules = Rules { weights: WeightRule::FisherRao, metric, ..Rules::FREE };
    let family = Family::new(vec![0.5, 0.5], rules).unwrap();
    let start = Start::means(vec![vec![1.0], vec![2.0]]).unwrap();
    let target = Target::pair(separation, [v, 1.0 - v]).unwrap();
    let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
    reduced(&problem).0
}

/// The flow of a problem in its own frame, with its state at the start.
fn reduced(problem: &Problem) -> (MixtureFlow, Vec<f64>) {
    let (_, at) = problem.reduce();
    let options = CubatureOptions::default();
    let flow = MixtureFlow::new(problem, at.modes.clone(), at.dimension, &options).unwrap();
    let state = flow.initial_state(&at.means, 1.0).unwrap();
    (flow, state)
}

fn family(separation: f64, temperature: f64, bias: f64) -> WeightedFamily {
    WeightedFamily::new(PairPoint { temperature, separation, bias }, VARIED).unwrap()
}

fn field(family: &WeightedFamily, state: &[f64], parameters: [f64; 2]) -> [f64; 3] {
    let mut out = [0.0; 3];
    family.residual(state, parameters, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(27), ..ProptestConfig::default() })]
    /// The closed field is the general flow, and its derivatives are its differences.
    #[test]
    fn closed_field_is_the_general_flow(
        state in [-5.0..5.0f64, -5.0..5.0f64, -4.0..4.0f64],
        (temperature, separation, v) in (1.0..20.0f64, 1.0..4.0f64, 0.2..0.8f64),
    ) {
        let family = family(separation, temperature, 0.5 * (v / (1.0 - v)).ln());
        let here = [temperature.ln(), separation];
        let rates = field(&family, &state, here);
        let flow = general(separation, v, Metric::Natural);
        let mut full = [0.0; 4];
        flow.field(1.0 / temperature, &[state[0], state[1], state[2], 0.0], &mut full);
        let expected = [full[0], full[1], full[2] - full[3]].map(|rate| rate * temperature);
        for (a, b) in rates.iter().zip(expected) {
            // Averages to 1e-12 of logarithms of size T (q/2 + |l|) up to 1e3.
            prop_assert!((a - b).abs() < 1e-9, "{rates:?} {expected:?}");
        }
        let mut rows = [0.0; 9];
        family.jacobian(&state, here, &mut rows);
        let (mut first, mut second) = ([0.0; 3], [0.0; 3]);
        family.parameter_derivatives(&state, here, &mut first, &mut second);
        let h = 1e-5;
        for j in 0..5 {
            let moved = |by: f64| {
                let (mut state, mut parameters) = (state, here);
                if j < 3 { state[j] += by } else { parameters[j - 3] += by }
                field(&family, &state, parameters)
            };
            let (up, down) = (moved(h), moved(-h));
            for i in 0..3 {
                let analytic = if j < 3 { rows[3 * i + j] } else { [first, second][j - 3][i] };
                // h^2 times a third derivative of order T rho^3, and rounding of 1e3 over h.
                prop_assert!((analytic - (up[i] - down[i]) / (2.0 * h)).abs() < 1e-5, "{i} {j}");
            }
        }
    }
}

/// Both ends of the window at rho = 4 carry an equilibrium with a zero eigenvalue, found again by the general flow.
#[test]
fn the_window_opens_beyond_a_separation_and_closes_below_the_fixed_critical_temperature() {
    let window = weight_window(6.0).unwrap().unwrap();
    // rho_c of fixed weights is 2.2596; T_c(4) of fixed weights 25.457.
    assert!((window.least.separation - 3.308_510_3).abs() < 1e-6, "{:?}", window.least);
    let nearest = |folds: &[collapsar::bifurcation::WeightFold]| {
        folds.iter().min_by(|a, b| (a.separation - 4.0).abs().total_cmp(&(b.separation - 4.0).abs())).unwrap().clone()
    };
    let (upper, lower) = (nearest(&window.upper), nearest(&window.lower));
    assert!((upper.separation - 4.0).abs() < 1e-9 && (upper.temperature - 19.600_032_3).abs() < 1e-6, "{upper:?}");
    assert!(lower.temperature > 1.0 && lower.temperature < 1.04, "{lower:?}");
    for fold in [&window.least, &upper, &lower] {
        let flow = general(fold.separation, 0.5, Metric::Euclidean);
        let family = MixtureFamily::new(&flow);
        let (mut rate, mut rows) = ([0.0; 3], [0.0; 9]);
        family.residual(&fold.state, fold.temperature, &mut rate);
        assert!(rate.iter().all(|r| r.abs() < 1e-10), "{fold:?} {rate:?}");
        family.jacobian(&fold.state, fold.temperature, &mut rows);
        let values = eigenvalues(&rows).unwrap();
        let smallest = values.iter().map(|value| value.norm()).fold(f64::INFINITY, f64::min);
        assert!(smallest < 1e-7 && fold.residual < 1e-9, "{fold:?} {values:?}");
    }
    for pair in window.upper.windows(2).chain(window.lower.windows(2)) {
        assert!(pair[1].separation > pair[0].separation, "{pair:?}");
    }
    assert!(window.lower.iter().all(|fold| fold.temperature > 1.0));
}

/// Inside the window the collapsed state is stable in the flow's own metric; below and above it Newton's method from
/// many starts finds none with both means beyond the plane and apart.
#[test]
fn collapsed_states_outside_the_window_do_not_exist() {
    let apart = |separation: f64, temperature: f64| -> usize {
        let family = family(separation, temperature, 0.0);
        let section = OneParameter::along_first(&family, separation);
        let mut found = 0;
        for i in 0..400 {
            let draw = |k: usize| ((i * 3 + k) as f64 * 0.618_033_988_75).fract();
            let start = [6.5 * draw(0), 6.5 * draw(1), 6.0 * draw(2) - 3.0];
            let end = newton(&section, &start, temperature.ln(), &NewtonOptions::default()).unwrap();
            let [a, b, l] = [end.state[0], end.state[1], end.state[2]];
            let split = (a - b).abs() > 0.05 && a.min(b) > 0.05 && l.abs() < 20.0;
            found += usize::from(end.converged() && split);
        }
        found
    };
    for (separation, temperature) in [(4.0, 1.05), (4.0, 3.0), (4.0, 19.5), (3.32, 1.8)] {
        assert!(apart(separation, temperature) > 0, "rho = {separation}, T = {temperature}");
    }
    for (separation, temperature) in [(4.0, 1.0), (4.0, 1.02), (4.0, 19.7), (3.3, 1.8), (3.0, 1.0), (3.0, 3.0)] {
        assert_eq!(apart(separation, temperature), 0, "rho = {separation}, T = {temperature}");
    }
}

/// Theory (23): how fast a component without weight grows beside a lone mean at rest, in three dimensions.
#[test]
fn a_component_without_weight_grows_wherever_it_is() {
    let rho = 3.0;
    let pair = FreePair::new(FreePairOptions { separation: rho, ..FreePairOptions::default() }).unwrap();
    let mut rest = rho;
    for _ in 0..200 {
        rest = rho * pair.pull(rest).0;
    }
    let rules = Rules { weights: WeightRule::FisherRao, ..Rules::FREE };
    for temperature in [1.0, 4.0] {
        for place in [[-1.19, 9.7, 0.0], [4.5, 0.3, -2.0], [2.5, 0.0, 0.0]] {
            let family = Family::new(vec![1.0 - 1e-300, 1e-300], rules).unwrap();
            let means = vec![vec![rest, 0.0, 0.0], place.to_vec()];
            let start = Start::means(means).unwrap();
            let schedule = Schedule::constant(temperature).unwrap();
            let target = Target::pair(rho, [0.5, 0.5]).unwrap();
            let problem = Problem::new(target, family, schedule, start).unwrap();
            let (flow, state) = reduced(&problem);
            let mut rate = vec![0.0; state.len()];
            flow.field(1.0 / temperature, &state, &mut rate);
            let growth = rate[state.len() - 1] - rate[state.len() - 2];
            // Simpson's rule on tau(m) - tau(m_1), step 1e-3 of the way: errors of order 1e-12.
            let (n, span) = (1000, place[0] - rest);
            let tau = |i: usize| pair.pull(rest + span * i as f64 / n as f64).0 - pair.pull(rest).0;
            let weight = |i: usize| if i == 0 || i == n { 1.0 } else { 2.0 + 2.0 * (i % 2) as f64 };
            let integral = span / (3 * n) as f64 * (0..=n).map(|i| weight(i) * tau(i)).sum::<f64>();
            let distance = span * span + place[1] * place[1] + place[2] * place[2];
            let beta = 1.0 / temperature;
            let expected = 0.5 * (1.0 - beta) * distance + beta * rho * integral;
            assert!(
                (growth - expected).abs() < 1e-9 && growth > 0.0,
                "T = {temperature}, {place:?}: {growth} {expected}"
            );
        }
    }
}

/// Theory (19)-(20): on distant modes the weights rest at v_k^beta, renormalised; tempered one by one, at v_k.
#[test]
fn weights_on_distant_modes_are_those_of_the_tempered_target() {
    let v = [0.9, 0.05, 0.05];
    let modes = [-12.0, 0.0, 12.0].map(|x| vec![x]);
    for (tempering, temperature) in [(Tempering::Density, 10.0), (Tempering::Modes, 4.0), (Tempering::Density, 5.0)] {
        let beta: f64 = 1.0 / temperature;
        let weigh = |v: f64| if tempering == Tempering::Density { v.powf(beta) } else { v };
        let total: f64 = v.iter().map(|&v| weigh(v)).sum();
        let weights: Vec<f64> = v.iter().map(|&v| weigh(v) / total).collect();
        let rules = Rules { weights: WeightRule::FisherRao, tempering, ..Rules::FREE };
        let family = Family::new(weights.clone(), rules).unwrap();
        let start = Start::means(modes.to_vec()).unwrap();
        let target = Target::new(modes.to_vec(), v.to_vec()).unwrap();
        let problem = Problem::new(target, family, Schedule::constant(temperature).unwrap(), start).unwrap();
        let (flow, state) = reduced(&problem);
        let mut rate = vec![0.0; state.len()];
        flow.field(beta, &state, &mut rate);
        // Overlaps of modes 12 apart are of order exp(-12^2/8) = 1e-8; powers v^T shift the planes between them.
        assert!(rate[3..].iter().all(|r| r.abs() < 1e-5), "{tempering:?} {temperature}: {rate:?}");
        let lost = weights[0] < 0.5 * v[0];
        assert_eq!(lost, tempering == Tempering::Density && temperature > 5.87);
    }
}

/// With fixed weights the boundary at a late horizon is that of the limit, by a route that knows only the limit.
#[test]
fn the_boundary_at_a_horizon_is_that_of_the_limit_for_fixed_weights() {
    let schedule = Schedule::exponential(5.0, 0.3).unwrap();
    let start = Start::gaussian(2, 1.0).unwrap();
    let family = Family::new(vec![0.5, 0.5], Rules::FREE).unwrap();
    let problem = Problem::new(Target::pair(3.0, [0.5, 0.5]).unwrap(), family, schedule, start).unwrap();
    let boundary = HorizonBoundary::new(&problem, 400.0).unwrap();
    let Ok(Pair::Free(flow)) = Pair::of(&problem) else { panic!("a free pair") };
    let limit = FreeBoundary::new(flow, problem.schedule(), Limits::default()).unwrap();
    for (x, z) in [(0.7, 0.0), (2.0, 0.0), (1.5, 0.6)] {
        let bracket = boundary.locate(x, z, 1e-5).unwrap();
        let exact = limit.locate(x, z, 1e-9).middle();
        assert!(bracket.low - 1e-5 < exact && exact < bracket.high + 1e-5, "{x} {z}: {bracket:?} {exact}");
    }
    assert!(HorizonBoundary::new(&problem, 0.0).unwrap_err().to_string().contains("horizon"));
}

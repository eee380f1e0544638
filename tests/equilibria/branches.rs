//! The pairs as families for continuation: derivatives, and branches through all equilibria.

use collapsar::bifurcation::{
    Diagram, Equilibria, FreeFamily, OneParameter, PairParameter, PairPoint, ParametricProblem, PointKind,
    SphereFamily, TwoParameterProblem, critical_temperature, pair_continuation, violations,
};

use crate::{VARIED, all_free, all_sphere, distance, free, sphere};

/// Branches through all equilibria at a few temperatures are sound, and hold all those at another.
fn check_diagram<P: TwoParameterProblem>(
    family: &P,
    separation: f64,
    range: [f64; 2],
    find: &dyn Fn(f64) -> Equilibria,
) -> Diagram {
    let problem = OneParameter::along_first(family, separation);
    let logs = range.map(f64::ln);
    let mut seeds = Vec::new();
    for i in 0..6 {
        let log = logs[0] + (logs[1] - logs[0]) * (f64::from(i) + 0.5) / 6.0;
        seeds.extend(find(log.exp()).states.iter().map(|state| (log, state.coordinates.to_vec())));
    }
    let options = pair_continuation(logs);
    let diagram = Diagram::through(&problem, &seeds, &options).unwrap();
    for branch in &diagram.branches {
        assert_eq!(violations(&problem, branch, &options), [], "{:?}", branch.special);
    }
    let between = 0.63 * logs[0] + 0.37 * logs[1];
    for state in &find(between.exp()).states {
        assert!(diagram.holds(&problem, &state.coordinates, between, &options), "{state:?}");
    }
    diagram
}

#[test]
fn branches_are_sound_and_leave_nothing_out() {
    for weight in [0.5, 0.7] {
        let pair = free(3.0, weight);
        let family =
            FreeFamily::new(PairPoint { temperature: 1.0, separation: 3.0, bias: pair.bias() }, VARIED).unwrap();
        let diagram = check_diagram(&family, 3.0, [0.8, 9.0], &|temperature| all_free(&pair, temperature));
        let folds: Vec<f64> =
            diagram.special_points().iter().filter(|p| p.kind == PointKind::Fold).map(|p| p.parameter.exp()).collect();
        let critical = critical_temperature(&pair).unwrap().temperature;
        assert!(folds.iter().any(|fold| (fold / critical - 1.0).abs() < 1e-9), "{folds:?} {critical}");
    }
    let pair = sphere(3.0, 0.8, true);
    let family = SphereFamily::new(PairPoint { temperature: 1.0, separation: 3.0, bias: pair.bias() }, true, VARIED);
    check_diagram(&family.unwrap(), 3.0, [0.9, 40.0], &|temperature| all_sphere(&pair, temperature));
}

/// The analytic derivatives of both families in all three parameters against differences.
#[test]
fn families_have_the_derivatives_they_state() {
    use PairParameter::{Bias, LogTemperature, Separation};
    let point = PairPoint { temperature: 2.3, separation: 2.7, bias: 0.35 };
    for varied in [[LogTemperature, Separation], [Bias, LogTemperature]] {
        let free = FreeFamily::new(point, varied).unwrap();
        check_derivatives(&free, &[1.1, 0.7, 0.4], varied.map(|p| point.value(p)));
        check_derivatives(&free.in_plane(), &[1.1, 0.7], varied.map(|p| point.value(p)));
        for slaved in [true, false] {
            let sphere = SphereFamily::new(point, slaved, varied).unwrap();
            check_derivatives(&sphere, &[0.3, -0.5, 0.2], varied.map(|p| point.value(p)));
        }
    }
}

fn check_derivatives<P: TwoParameterProblem>(problem: &P, state: &[f64], parameters: [f64; 2]) {
    const STEP: f64 = 1e-5;
    let n = problem.dimension();
    let difference = |low: Vec<f64>, high: Vec<f64>| -> Vec<f64> {
        low.iter().zip(high).map(|(a, b)| (b - a) / (2.0 * STEP)).collect()
    };
    let residual = |state: &[f64], parameters| {
        let mut out = vec![0.0; n];
        problem.residual(state, parameters, &mut out);
        out
    };
    let mut rows = vec![0.0; n * n];
    problem.jacobian(state, parameters, &mut rows);
    for j in 0..n {
        let moved = |step: f64| (0..n).map(|i| state[i] + if i == j { step } else { 0.0 }).collect::<Vec<f64>>();
        let column = difference(residual(&moved(-STEP), parameters), residual(&moved(STEP), parameters));
        let own: Vec<f64> = (0..n).map(|i| rows[i * n + j]).collect();
        // STEP^2 times third derivatives of order 100.
        assert!(distance(&column, &own) < 1e-7, "{column:?} {own:?}");
    }
    let mut own = [vec![0.0; n], vec![0.0; n]];
    let [first, second] = &mut own;
    problem.parameter_derivatives(state, parameters, first, second);
    for (k, own) in own.iter().enumerate() {
        let moved = |step: f64| [0, 1].map(|i| parameters[i] + if i == k { step } else { 0.0 });
        let column = difference(residual(state, moved(-STEP)), residual(state, moved(STEP)));
        assert!(distance(&column, own) < 1e-7, "{column:?} {own:?}");
    }
    assert!(OneParameter::along_first(problem, parameters[1]).in_domain(state, parameters[0]));
}

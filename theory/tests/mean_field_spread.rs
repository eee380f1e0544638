//! The limit d -> infinity of mean-field fits, its flow, and Gaussian mean field.

use collapsar_theory::{
    Clock, GaussianMeanField, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldSolution, MeanFieldStart, Schedule,
    SpreadFlow, SpreadPair, critical_norm_diagonal, critical_norm_expansion, direction_correction,
    gaussian_critical_norm, spread_critical_norm, spread_critical_temperature, spread_fold_weight,
    spread_pitchfork_amplitude,
};

fn table(text: &'static str) -> Vec<Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect()).collect()
}

fn solve(pair: MeanFieldPair, start: MeanFieldStart) -> MeanFieldSolution {
    MeanField::new(pair, MeanFieldOptions::default()).unwrap().solve(start).unwrap()
}

fn close(a: f64, b: f64, error: f64) -> bool {
    (a - b).abs() <= error
}

#[test]
fn states_agree_with_an_independent_program() {
    let rows: Vec<Vec<f64>> = table(include_str!("data/mean_field_spread.csv"))
        .iter()
        .map(|cells| cells.iter().map(|cell| cell.parse().unwrap()).collect())
        .collect();
    for case in rows.chunk_by(|a, b| a[..3] == b[..3]) {
        let states = SpreadPair::new(case[0][0], case[0][1], case[0][2]).unwrap().states();
        assert_eq!(states.len(), case.len());
        for (state, row) in states.iter().zip(case) {
            let error = row[6];
            assert!(close(state.theta, row[3], error) && close(state.kappa2, row[5], error), "{state:?} {row:?}");
            assert!(close(state.objective, row[4], error), "{state:?} {row:?}");
        }
        let outer_stable = states.len() == 1 || (states[0].stable && !states[1].stable && states[2].stable);
        assert!(outer_stable);
    }
    // Unequal weights, five digits.
    let thetas: Vec<f64> = SpreadPair::new(3.0, 0.6, 1.0).unwrap().states().iter().map(|s| s.theta).collect();
    for (theta, expected) in thetas.iter().zip([-0.99468, -0.039_953, 0.99651]) {
        assert!(close(*theta, expected, 5e-6), "{thetas:?}");
    }
}

#[test]
fn critical_points_of_the_limit() {
    for cells in table(include_str!("data/mean_field_critical.csv")).iter().filter(|cells| cells[1] == "inf") {
        let number = |i: usize| cells[i].parse::<f64>().unwrap();
        let found = match cells[0] {
            "norm" => spread_critical_norm(number(2)),
            "temperature" => spread_critical_temperature(number(2)),
            _ => continue,
        };
        assert!(close(found.unwrap().unwrap(), number(3), number(4)), "{cells:?}");
    }
    // T_c -> 2 A^2/pi; A_c -> 1 for T -> 0; nothing below.
    let hot = spread_critical_temperature(5.0).unwrap().unwrap();
    assert!(close(hot, 15.883, 5e-4) && close(hot / (50.0 / std::f64::consts::PI), 1.0, 3e-3));
    assert!(close(spread_critical_norm(1e-6).unwrap().unwrap(), 1.0, 1e-6));
    assert_eq!(spread_critical_temperature(1.0).unwrap(), None);
    let (weight, theta) = spread_fold_weight(2.0, 1.0).unwrap().unwrap();
    assert!(close(weight, 0.753_229_127_721_546_8, 1e-13) && close(theta, -0.613_561_0, 1e-7));
    for (norm, fold) in [(1.6, 0.53371), (2.5, 0.96323), (3.0, 0.99829)] {
        assert!(close(spread_fold_weight(norm, 1.0).unwrap().unwrap().0, fold, 5e-6));
    }
    assert_eq!(spread_fold_weight(1.4, 1.0).unwrap(), None);
    // The number of states changes there.
    let states = |weight: f64| SpreadPair::new(2.0, weight, 1.0).unwrap().states().len();
    assert_eq!((states(weight - 1e-9), states(weight + 1e-9)), (3, 1));
}

/// (M10) and (M16) against fits of many coordinates.
#[test]
fn many_coordinates_approach_the_limit() {
    let (s, c) = critical_norm_expansion().unwrap();
    assert!(close(s, 2.134_035_859_779_546, 1e-13) && close(c, 1.276_483_015_8, 1e-10));
    for (dimension, scaled) in [(256, 1.28070), (1024, 1.27753)] {
        let norm = critical_norm_diagonal(dimension, 1.0).unwrap().unwrap().value;
        let found = dimension as f64 * (norm * norm - s);
        assert!(close(found, scaled, 6e-6), "{found}");
        // What is left is of order 1/d.
        assert!(close(found, c, 1.2 / dimension as f64), "{found}");
    }
    // d (F - F_inf) for the even solution at A = 2.
    let limit = SpreadPair::new(2.0, 0.5, 1.0).unwrap().states()[1];
    for (dimension, scaled) in [(64, -0.535_131), (256, -0.532_884)] {
        let found = solve(MeanFieldPair::diagonal(2.0, dimension).unwrap(), MeanFieldStart::Even);
        let gap = dimension as f64 * (found.observables.objective - limit.objective);
        assert!(close(gap, scaled, 6e-7), "{gap}");
        let b = vec![2.0 / (dimension as f64).sqrt(); dimension];
        let predicted = dimension as f64 * direction_correction(limit.kappa2, &b);
        assert!(close(predicted, -0.532_137, 6e-7) && close(gap, predicted, 0.2 / dimension as f64));
    }
    // The same on a collapsed branch with unequal weights, in a direction that is not the diagonal.
    let weight = 0.6;
    let limit = SpreadPair::new(2.0, weight, 1.0).unwrap().states()[2];
    let shape: Vec<f64> = (0..400).map(|j| 1.0 + f64::from(j % 3)).collect();
    let length = shape.iter().map(|x| x * x).sum::<f64>().sqrt();
    let b: Vec<f64> = shape.iter().map(|x| 2.0 * x / length).collect();
    let found = solve(MeanFieldPair::along(&b).unwrap().with_weight(weight).unwrap(), MeanFieldStart::Plus);
    let (gap, predicted) = (found.observables.objective - limit.objective, direction_correction(limit.kappa2, &b));
    assert!(close(gap, predicted, 0.02 * predicted.abs()), "{gap} {predicted}");
}

/// theta^2 = k (A/A_c - 1): the limit's k, and the fitted one of finite d.
#[test]
fn amplitudes_of_the_pitchfork() {
    let k = spread_pitchfork_amplitude().unwrap();
    assert!(close(k, 4.7004, 5e-5), "{k}");
    let critical = spread_critical_norm(1.0).unwrap().unwrap();
    let beyond = SpreadPair::new(critical * (1.0 + 1e-6), 0.5, 1.0).unwrap().states()[2].theta;
    assert!(close(beyond * beyond / 1e-6, k, 1e-4), "{beyond}");
    for (dimension, amplitude) in [(2, 6.6530), (3, 5.9302), (8, 5.0823), (32, 4.7865)] {
        let critical = critical_norm_diagonal(dimension, 1.0).unwrap().unwrap().value;
        let scaled = |step: f64| {
            let pair = MeanFieldPair::diagonal(critical * (1.0 + step), dimension).unwrap();
            solve(pair, MeanFieldStart::Plus).observables.theta.powi(2) / step
        };
        // One step of extrapolation: the error of k is of second order in the step.
        let found = 2.0 * scaled(5e-4) - scaled(1e-3);
        assert!(close(found, amplitude, 1e-3), "{dimension}: {found}");
    }
}

#[test]
fn flow_of_the_limit() {
    // (A, w, T0, kappa, theta0, v0, t, theta, v), computed by an independent program to 1e-10.
    let cases = [
        [3.0, 0.6, 10.0, 0.3, -0.3, 10.0, 5.0, -0.244_868_498_217_396_84, 4.975_698_047_790_575],
        [2.0, 0.7, 5.0, 1.0, -0.8, 5.0, 8.0, -0.588_436_870_289_850_8, 1.002_715_570_595_021_7],
        [2.5, 0.55, 1.0, 1.0, -0.2, 1.0, 10.0, -0.975_220_602_981_006_4, 1.0],
    ];
    for [norm, weight, hot, rate, theta0, v0, t, theta, v] in cases {
        let schedule = Schedule::exponential(hot, rate).unwrap();
        let flow = SpreadFlow::new(norm, weight, Clock::Kl).unwrap();
        let found = flow.evolve(&schedule, [theta0, v0], t).unwrap();
        assert!(close(found[0], theta, 1e-10) && close(found[1], v, 1e-10), "{found:?}");
    }
}

#[test]
fn which_mode_the_limit_chooses() {
    // (A, w, T0, kappa, v0, theta_sep, P), sigma = 1, to 1e-8.
    let cases = [
        [3.0, 0.6, 10.0, 1.0, 10.0, -0.075_215_675_320_735_86, 0.410_737_981_269_010_4],
        [3.0, 0.6, 10.0, 0.3, 10.0, -0.097_008_839_082_724_67, 0.385_515_519_504_955_83],
        [2.5, 0.55, 5.0, 0.3, 5.0, -0.073_801_930_264_192_52, 0.426_808_720_908_542_94],
    ];
    for [norm, weight, hot, rate, v0, separatrix, probability] in cases {
        let schedule = Schedule::exponential(hot, rate).unwrap();
        let flow = SpreadFlow::new(norm, weight, Clock::Kl).unwrap();
        let found = flow.separatrix(&schedule, v0).unwrap().unwrap();
        assert!(close(found, separatrix, 1e-8), "{found}");
        let found = flow.minority_probability(&schedule, v0, 1.0).unwrap().unwrap();
        assert!(close(found, probability, 1e-8), "{found}");
        // Starts on either side end on either mode.
        let end = |theta: f64| flow.evolve(&schedule, [theta, v0], 60.0).unwrap()[0];
        assert!(end(separatrix - 1e-6) < -0.5 && end(separatrix + 1e-6) > 0.5);
    }
    // The linear formula, five digits; T = 1 is the unstable state itself.
    let flow = SpreadFlow::new(3.0, 0.6, Clock::Kl).unwrap();
    let linear =
        |hot: f64, rate: f64| flow.linear_separatrix(&Schedule::exponential(hot, rate).unwrap(), hot).unwrap().unwrap();
    for (hot, rate, expected) in
        [(1.0, 1.0, -0.04006), (10.0, 1.0, -0.07532), (10.0, 0.3, -0.09708), (10.0, 0.1, -0.14776)]
    {
        assert!(close(linear(hot, rate), expected, 5.1e-6), "{hot} {rate}: {}", linear(hot, rate));
    }
    let cold = Schedule::constant(1.0).unwrap();
    assert!(close(flow.separatrix(&cold, 1.0).unwrap().unwrap(), -0.039_953, 5e-7));
    // Slow cooling in either clock; the other mode is the minority for w < 1/2; equal weights give 1/2.
    let slow = Schedule::exponential(10.0, 0.1).unwrap();
    assert!(close(flow.minority_probability(&slow, 10.0, 1.0).unwrap().unwrap(), 0.32859, 6e-6));
    let mirrored = SpreadFlow::new(3.0, 0.4, Clock::Kl).unwrap();
    assert!(close(mirrored.minority_probability(&slow, 10.0, 1.0).unwrap().unwrap(), 0.32859, 6e-6));
    let even = SpreadFlow::new(3.0, 0.5, Clock::FreeEnergy).unwrap();
    assert!(close(even.minority_probability(&slow, 10.0, 1.0).unwrap().unwrap(), 0.5, 1e-12));
    assert_eq!(SpreadFlow::new(1.4, 0.6, Clock::Kl).unwrap().separatrix(&slow, 1.0).unwrap(), None);
}

#[test]
fn jacobian_of_the_flow() {
    for clock in [Clock::Kl, Clock::FreeEnergy] {
        let flow = SpreadFlow::new(2.3, 0.7, clock).unwrap();
        let (beta, state, step) = (0.4, [0.3, 1.7], 1e-5);
        let jacobian = flow.jacobian(beta, state);
        for j in 0..2 {
            let at = |sign: f64| {
                let mut moved = state;
                moved[j] += sign * step;
                flow.field(beta, moved)
            };
            let (up, down) = (at(1.0), at(-1.0));
            for i in 0..2 {
                // Central differences: step^2 f'''/6 and 1e-14/step.
                assert!(close(jacobian[i][j], (up[i] - down[i]) / (2.0 * step), 2e-9));
            }
        }
    }
}

#[test]
fn gaussian_mean_field() {
    // Computed by an independent program to 1e-13.
    for (dimension, norm) in [(2, 1.870_833_556_783_2), (4, 1.603_570_494_910_193_7), (64, 1.467_762_573_964_076_7)] {
        let pair = MeanFieldPair::diagonal(1.0, dimension).unwrap();
        let found = gaussian_critical_norm(pair.groups(), 1.0).unwrap().unwrap();
        assert!(close(found, norm, 1e-13), "{dimension}: {found}");
        assert!(found > critical_norm_diagonal(dimension, 1.0).unwrap().unwrap().value);
    }
    // d/(d-1) acts as a temperature of the limit.
    let two = gaussian_critical_norm(MeanFieldPair::diagonal(1.0, 2).unwrap().groups(), 1.5).unwrap().unwrap();
    assert!(close(two, spread_critical_norm(3.0).unwrap().unwrap(), 1e-13));
    assert_eq!(gaussian_critical_norm(MeanFieldPair::diagonal(1.0, 1).unwrap().groups(), 1.0).unwrap(), None);
    // The pitchfork is where the extreme solutions part.
    let theta = |norm: f64| {
        let pair = MeanFieldPair::diagonal(norm, 4).unwrap();
        GaussianMeanField::solve(&pair, MeanFieldStart::Plus).unwrap().unwrap().theta
    };
    assert!(theta(1.58).abs() < 1e-10 && theta(1.63) > 0.1, "{} {}", theta(1.58), theta(1.63));
}

/// One coordinate: the broad state never loses its stability, the collapsed one appears between A = 2.4 and 2.5 and wins at
/// 2.80008222. The full product family is exact there.
#[test]
fn gaussian_mean_field_is_first_order_on_an_axis() {
    let objective = |norm: f64, start: MeanFieldStart| {
        let pair = MeanFieldPair::diagonal(norm, 1).unwrap();
        GaussianMeanField::solve(&pair, start).unwrap().unwrap()
    };
    assert!(objective(2.4, MeanFieldStart::Plus).theta.abs() < 1e-9);
    assert!(objective(2.5, MeanFieldStart::Plus).theta > 0.5);
    let gap =
        |norm: f64| objective(norm, MeanFieldStart::Plus).objective - objective(norm, MeanFieldStart::Even).objective;
    assert!(gap(2.800_082_2) > 0.0 && gap(2.800_082_25) < 0.0, "{} {}", gap(2.800_082_2), gap(2.800_082_25));
}

/// A smaller family has a larger F, and in many dimensions there is no difference.
#[test]
fn gaussian_mean_field_is_above_the_product_family() {
    for (a, weight, temperature) in
        [(vec![1.0, 1.3], 0.6, 1.0), (vec![0.4; 20], 0.5, 1.0), (vec![0.7, 0.9, 1.1], 0.5, 1.7)]
    {
        let pair =
            MeanFieldPair::along(&a).unwrap().with_weight(weight).unwrap().with_temperature(temperature).unwrap();
        let gaussian = GaussianMeanField::solve(&pair, MeanFieldStart::Plus).unwrap().unwrap();
        let product = solve(pair, MeanFieldStart::Plus);
        assert!(gaussian.objective >= product.observables.objective - 1e-14, "{a:?}");
        assert!(gaussian.objective - product.observables.objective < 0.2, "{a:?}");
    }
    let many = MeanFieldPair::diagonal(2.0, 20_000).unwrap();
    let gaussian = GaussianMeanField::solve(&many, MeanFieldStart::Plus).unwrap().unwrap();
    let product = solve(many, MeanFieldStart::Plus);
    // Both miss the limit by (M16) and the difference is of order 1/d^2.
    assert!(close(gaussian.objective, product.observables.objective, 1e-8));
}

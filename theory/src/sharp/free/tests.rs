use super::*;

#[test]
fn numbers_of_the_boundary() {
    // Values computed outside this project.
    assert!((growth_number(3.0) - 2.293_499_6).abs() < 5e-8);
    assert!((boundary_exponent(3.0, 1.0).unwrap() - 0.563_985_1).abs() < 5e-8);
    assert_eq!(boundary_exponent(0.9, 1.0), None);
    assert!((growth_number(1e3) / (1e3 * (2.0 / std::f64::consts::PI).sqrt()) - 1.0).abs() < 1e-5);
}

/// Against the trapezoidal rule with 2 10^5 nodes, elsewhere; without dimension's pull on the variance it is 1/(c - 1).
#[test]
fn numbers_of_a_broad_start() {
    assert!((broad_start_exponent(3.0, 10.0).unwrap() - 0.748_463_31).abs() < 5e-8);
    let flat = broad_start_exponent(3.0, 1e12).unwrap();
    assert!((flat - 1.0 / (growth_number(3.0) - 1.0)).abs() < 1e-9, "{flat}");
    assert_eq!(broad_start_exponent(0.9, 10.0), None);
}

#[test]
fn regime_of_the_formula() {
    let formula = SmallStart::new(3.0, 1.170_856).unwrap();
    let schedule = |hot: f64, rate: f64| Schedule::exponential(hot, rate).unwrap();
    assert!(formula.holds_for(0.1, 1.0, &schedule(5.0, 3.0)));
    assert!(!formula.holds_for(0.2, 1.0, &schedule(5.0, 3.0)), "large starts");
    assert!(!formula.holds_for(0.1, 1000.0, &schedule(5.0, 3.0)), "distant means");
    assert!(!formula.holds_for(0.1, 1.0, &schedule(5.0, 0.3)), "slow cooling: 20% off");
    assert!(!formula.holds_for(0.01, 1.0, &Schedule::constant(2.0).unwrap()), "never cold");
}

/// Against Runge-Kutta of [0, t_x] itself in 4000 steps, from a bend of the schedule to the next.
#[test]
fn one_path_serves_all_starts() {
    let formula = SmallStart::new(3.0, 1.17).unwrap();
    for (schedule, kinks) in [
        (Schedule::geometric(10.0, 3.0).unwrap(), vec![3.0]),
        (Schedule::constant(1.0).unwrap(), vec![]),
        (Schedule::table(vec![0.0, 1.25, 5.0], vec![8.0, 2.0, 1.0]).unwrap(), vec![1.25, 5.0]),
    ] {
        for z in [0.01f64, 0.4, 2.0] {
            let mut at = formula.at(z, &schedule);
            for x in [0.3f64, 1e-2, 0.9, 1e-5] {
                let end = formula.leave(x, &schedule);
                let path = SmallStartAt { path: vec![], ..at.clone() };
                let (mut log_z, mut spread, mut t) = (z.ln(), 0.0, 0.0);
                let ends = kinks.iter().copied().filter(|kink| *kink < end).chain([end]);
                for to in ends {
                    let h = (to - t) / 4000.0;
                    for _ in 0..4000 {
                        // Heun's third-order method.
                        let k1 = path.rate(t, log_z);
                        let k2 = path.rate(t + h / 3.0, log_z + h / 3.0 * k1.0);
                        let k3 = path.rate(t + 2.0 * h / 3.0, log_z + 2.0 * h / 3.0 * k2.0);
                        log_z += h / 4.0 * (k1.0 + 3.0 * k3.0);
                        spread += h / 4.0 * (k1.1 + 3.0 * k3.1);
                        t += h;
                    }
                    t = to;
                }
                let direct = formula.prefactor * x * (-spread / 2.0).exp();
                let error = at.boundary(x) / direct - 1.0;
                // A bend within a step costs its square.
                assert!(error.abs() < if kinks.len() > 1 { 1e-5 } else { 2e-7 }, "{error:e} at {x}, {z}");
            }
        }
    }
}

/// A first start that leaves at once says nothing of the steps that later ones need.
#[test]
fn long_paths_take_longer_steps() {
    let formula = SmallStart::new(3.0, 1.17).unwrap();
    let schedule = Schedule::geometric(100.0, 1e7).unwrap();
    let mut at = formula.at(0.4, &schedule);
    assert!(at.boundary(1.5) > 0.0 && at.path.len() < 4);
    let late = at.boundary(1e-3);
    assert!((0.0..1e-3).contains(&late) && at.path.len() as f64 <= MOST_STEPS, "{late} {}", at.path.len());
    assert_eq!(at.boundary(1e-3), late);
}

#[test]
fn exponential_schedule_has_the_closed_form() {
    // Theory (16): exp(-t_x/2) = x^{-1} ... [T0 x^{-2 kappa/(c-1)} - (T0-1)]^{-1/(2 kappa)} at z = 0.
    let formula = SmallStart::new(4.0, 1.1).unwrap();
    let (hot, rate) = (50.0, 1.0);
    let schedule = Schedule::exponential(hot, rate).unwrap();
    for x in [1e-4f64, 1e-2, 0.3] {
        let bracket = hot * x.powf(-2.0 * rate / formula.excess()) - (hot - 1.0);
        let closed = formula.prefactor * x * bracket.powf(-1.0 / (2.0 * rate));
        assert!((formula.boundary(x, 0.0, &schedule) / closed - 1.0).abs() < 1e-10);
        // A tiny z follows the same path.
        assert!((formula.boundary(x, 1e-9, &schedule) / closed - 1.0).abs() < 1e-6);
        assert!(formula.boundary(x, 3.0, &schedule) > closed, "distant means repel less");
    }
}

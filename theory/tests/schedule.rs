//! Schedules: the primitive of beta, its inverse, ends, and what is refused.

use collapsar_theory::Schedule;

fn all(t_hot: f64) -> Vec<Schedule> {
    vec![
        Schedule::geometric(t_hot, 7.0).unwrap(),
        Schedule::quench(t_hot, 7.0).unwrap(),
        Schedule::constant(t_hot).unwrap(),
        Schedule::exponential(t_hot, 0.3).unwrap(),
        Schedule::linear_temperature(t_hot, 7.0).unwrap(),
        Schedule::linear_beta(t_hot, 7.0).unwrap(),
        Schedule::power(t_hot, 7.0, 2.0).unwrap(),
        Schedule::power(t_hot, 7.0, -1.5).unwrap(),
        Schedule::cosine(t_hot, 7.0).unwrap(),
        Schedule::sigmoid(t_hot, 7.0, 12.0).unwrap(),
        Schedule::sigmoid(t_hot, 7.0, 0.1).unwrap(),
        Schedule::sigmoid(t_hot, 7.0, 1000.0).unwrap(),
        Schedule::steps(t_hot, 7.0, 5).unwrap(),
        Schedule::steps(t_hot, 7.0, 1).unwrap(),
        Schedule::cyclical(t_hot, 7.0, 3, 0.5).unwrap(),
        Schedule::cyclical(t_hot, 7.0, 7, 1.0).unwrap(),
        Schedule::table(vec![1.0, 3.0, 7.0], vec![t_hot, 2.0, 1.0]).unwrap(),
        Schedule::table(vec![0.0, 1.0, 1.0, 2.0, 7.0, 7.0], vec![t_hot, t_hot, 3.0, 1.5, 4.0, 1.0]).unwrap(),
        Schedule::table(vec![0.0], vec![t_hot]).unwrap(),
    ]
}

/// Composite Simpson on each smooth piece: the independent route to B.
fn simpson(schedule: &Schedule, t: f64) -> f64 {
    let mut edges = vec![0.0];
    edges.extend(schedule.breakpoints().into_iter().filter(|&b| b < t));
    edges.push(t);
    let n = 4000;
    edges
        .windows(2)
        .enumerate()
        .map(|(piece, w)| {
            let h = (w[1] - w[0]) / n as f64;
            let f = |i: usize| schedule.beta_in_piece(piece, w[0] + h * i as f64);
            let inner: f64 = (1..n).map(|i| f(i) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
            h / 3.0 * (f(0) + inner + f(n))
        })
        .sum()
}

#[test]
fn primitive_is_the_integral_of_beta() {
    for t_hot in [0.1, 0.3, 1.0, 1.0 + 1e-9, 4.0, 90.0] {
        for schedule in all(t_hot) {
            for t in [0.0, 1e-3, 0.8, 3.0, 6.9, 7.0, 20.0] {
                let (closed, numeric) = (schedule.beta_integral(t), simpson(&schedule, t));
                // Simpson with 4000 cells is good to 1e-10 on these smooth pieces.
                assert!((closed - numeric).abs() <= 1e-9 * (1.0 + numeric), "{schedule:?} {t}: {closed} {numeric}");
            }
        }
    }
}

#[test]
fn inverse_undoes_the_primitive_even_when_hot() {
    for t_hot in [0.02, 0.7, 1.0, 1.5, 90.0, 1e6] {
        for schedule in all(t_hot) {
            for t in [0.0, 1e-6, 0.01, 2.0, 6.5, 7.5, 50.0, 500.0] {
                let back = schedule.inverse_beta_integral(schedule.beta_integral(t));
                // Rounding of B is amplified by T when the last stage is as hot as 1e6.
                assert!((back - t).abs() <= 1e-9 * (1.0 + t), "{schedule:?} {t}: {back}");
            }
        }
    }
}

#[test]
fn ends_and_pieces() {
    for schedule in all(90.0) {
        assert!((schedule.temperature(0.0) - schedule.initial_temperature()).abs() < 1e-12 * 90.0);
        assert!((schedule.temperature(1e4) - schedule.final_temperature()).abs() < 1e-12);
        let settled = schedule.temperature(schedule.settling_time(1e-6));
        assert!((settled - schedule.final_temperature()).abs() < 1.01e-6, "{schedule:?}");
        for t in [0.3, 5.0, 9.0] {
            assert!((schedule.beta(t) * schedule.temperature(t) - 1.0).abs() < 1e-14);
        }
    }
    let quench = Schedule::quench(5.0, 2.0).unwrap();
    assert_eq!((quench.beta_in_piece(0, 2.0), quench.beta_in_piece(1, 2.0), quench.beta(2.0)), (0.2, 1.0, 1.0));
}

/// The limits from the left and from the right at each jump, by piece; beta itself is right-continuous.
#[test]
fn jumps_are_right_continuous() {
    let table = Schedule::table(vec![0.0, 1.0, 1.0, 2.0], vec![8.0, 8.0, 4.0, 2.0]).unwrap();
    assert_eq!(table.breakpoints(), [1.0, 2.0]);
    assert_eq!([0.0, 0.5, 1.0, 1.5, 2.0, 9.0].map(|t| table.temperature(t)), [8.0, 8.0, 4.0, 3.0, 2.0, 2.0]);
    assert_eq!((table.beta_in_piece(0, 1.0), table.beta_in_piece(1, 1.0)), (0.125, 0.25));
    // 8, 8^(2/3) = 4, 2, then 1.
    let steps = Schedule::steps(8.0, 3.0, 3).unwrap();
    assert_eq!(steps.breakpoints(), [1.0, 2.0, 3.0]);
    for (t, want) in [(0.0, 8.0), (0.99, 8.0), (1.0, 4.0), (2.5, 2.0), (3.0, 1.0), (4.0, 1.0)] {
        assert!((steps.temperature(t) - want).abs() < 1e-14 * want, "{t}");
    }
    let cyclical = Schedule::cyclical(5.0, 4.0, 2, 0.5).unwrap();
    assert_eq!(cyclical.breakpoints(), [1.0, 2.0, 3.0]);
    assert_eq!(
        [0.0, 0.5, 1.0, 1.9, 2.0, 2.5, 3.0, 9.0].map(|t| cyclical.beta(t)),
        [0.2, 0.6, 1.0, 1.0, 0.2, 0.6, 1.0, 1.0]
    );
    assert_eq!((cyclical.beta_in_piece(1, 2.0), cyclical.beta_in_piece(2, 2.0)), (1.0, 0.2));
    assert_eq!((cyclical.cooling_from(), steps.cooling_from()), (2.0, 0.0));
    // Inside every piece the piece and the time agree.
    for schedule in all(30.0) {
        let mut edges = vec![0.0];
        edges.extend(schedule.breakpoints());
        edges.push(edges[edges.len() - 1] + 1.0);
        for (piece, w) in edges.windows(2).enumerate() {
            for x in [0.0, 0.3, 0.999] {
                let t = w[0] + (w[1] - w[0]) * x;
                let (by_piece, by_time) = (schedule.beta_in_piece(piece, t), schedule.beta(t));
                assert!((by_piece - by_time).abs() < 1e-13, "{schedule:?} {piece} {t}: {by_piece} {by_time}");
            }
        }
    }
}

#[test]
fn cosine_and_sigmoid_at_their_centres() {
    let cosine = Schedule::cosine(9.0, 4.0).unwrap();
    assert!((cosine.temperature(2.0) - 5.0).abs() < 1e-14 && cosine.temperature(4.0) == 1.0);
    assert!((cosine.beta_integral(4.0) - 4.0 / 3.0).abs() < 1e-14);
    let sigmoid = Schedule::sigmoid(9.0, 4.0, 12.0).unwrap();
    assert!((sigmoid.beta(2.0) - 5.0 / 9.0).abs() < 1e-14);
    // A gentle one is linear in beta, a steep one a quench at half the time.
    let (gentle, linear) = (Schedule::sigmoid(9.0, 4.0, 0.1).unwrap(), Schedule::linear_beta(9.0, 4.0).unwrap());
    let steep = Schedule::sigmoid(9.0, 4.0, 1000.0).unwrap();
    for t in [0.3, 1.0, 1.9, 2.1, 3.5] {
        assert!((gentle.beta(t) - linear.beta(t)).abs() < 1e-3);
        assert!((steep.beta(t) - if t < 2.0 { 1.0 / 9.0 } else { 1.0 }).abs() < 1e-9, "{t}");
    }
}

#[test]
fn power_law_contains_the_linear_and_geometric_laws() {
    let (linear_t, linear_b) =
        (Schedule::linear_temperature(9.0, 3.0).unwrap(), Schedule::linear_beta(9.0, 3.0).unwrap());
    let geometric = Schedule::geometric(9.0, 3.0).unwrap();
    for t in [0.0, 0.7, 2.9] {
        let power = |p: f64| Schedule::power(9.0, 3.0, p).unwrap().beta(t);
        assert!((power(-1.0) - linear_t.beta(t)).abs() < 1e-14);
        assert!((power(1.0) - linear_b.beta(t)).abs() < 1e-14);
        // First correction in 1/p.
        assert!((power(1e7) - geometric.beta(t)).abs() < 1e-6);
    }
}

#[test]
fn refusals_name_value_and_rule() {
    let error = Schedule::geometric(0.001, 1.0).unwrap_err();
    assert_eq!(error.to_string(), "`initial_temperature` is 0.001: it must be at least 0.01 and at most 1e12");
    assert_eq!(Schedule::geometric(2.0, 1e300).unwrap_err().name(), "duration");
    assert_eq!(Schedule::exponential(2.0, 1e-300).unwrap_err().name(), "rate");
    assert!(Schedule::geometric(f64::NAN, 1.0).is_err());
    assert_eq!(Schedule::quench(2.0, 0.0).unwrap_err().name(), "duration");
    assert_eq!(Schedule::power(2.0, 1.0, 0.0).unwrap_err().name(), "exponent");
    assert_eq!(Schedule::table(vec![], vec![]).unwrap_err().name(), "times");
    assert_eq!(Schedule::table(vec![0.0, 0.0], vec![2.0, 1.0]).unwrap_err().name(), "times");
    assert_eq!(Schedule::table(vec![0.0, 1.0, 1.0, 1.0], vec![2.0; 4]).unwrap_err().name(), "times");
    assert_eq!(Schedule::sigmoid(2.0, 1.0, 0.0).unwrap_err().name(), "steepness");
    assert_eq!(Schedule::steps(2.0, 1.0, 0).unwrap_err().name(), "levels");
    assert_eq!(Schedule::cyclical(2.0, 1.0, 1_000_000, 0.5).unwrap_err().name(), "cycles");
    assert_eq!(Schedule::cyclical(2.0, 1.0, 4, 0.0).unwrap_err().name(), "ratio");
    assert_eq!(Schedule::table(vec![0.0], vec![2.0, 1.0]).unwrap_err().name(), "temperatures");
    assert_eq!(Schedule::exponential(2.0, f64::INFINITY).unwrap_err().name(), "rate");
}

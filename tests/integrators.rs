//! Every integrator on every reference problem; orders, events, breakpoints and outcomes.

use collapsar::integrate::{
    Crossing, DiffsolBdf, DiffsolTsit5, Event, Integrator, Outcome, Request, RequestMisuse, StepResult, Stepper,
    System, Tempered, Tolerances, Tsit5,
};
use collapsar_theory::{
    FreePair, FreePairOptions, Schedule, SmoothFlow, SpherePair, SpherePairOptions, SphereVariance,
};

/// (piece, t, y) to the rate.
type Rate<'a> = &'a dyn Fn(usize, f64, &[f64], &mut [f64]);

/// A right-hand side as a system.
struct Plain<'a> {
    dimension: usize,
    breakpoints: &'a [f64],
    rate: Rate<'a>,
}

impl System for Plain<'_> {
    fn dimension(&self) -> usize {
        self.dimension
    }
    fn breakpoints(&self) -> &[f64] {
        self.breakpoints
    }
    fn rate(&self, piece: usize, t: f64, state: &[f64], rate: &mut [f64]) {
        (self.rate)(piece, t, state, rate);
    }
}

/// A problem with a known answer at `end`.
struct Reference {
    name: &'static str,
    start: Vec<f64>,
    end: f64,
    breakpoints: Vec<f64>,
    rate: fn(usize, f64, &[f64], &mut [f64]),
    jacobian: fn(usize, f64, &[f64], &mut [f64]),
    exact: Vec<f64>,
}

/// Closed forms: logistic growth, a rotation, a rate that jumps at t = 1, a forced decay.
fn references() -> Vec<Reference> {
    vec![
        Reference {
            name: "logistic",
            start: vec![0.1],
            end: 5.0,
            breakpoints: vec![],
            rate: |_, _, y, r| r[0] = y[0] * (1.0 - y[0]),
            jacobian: |_, _, y, j| j[0] = 1.0 - 2.0 * y[0],
            exact: vec![1.0 / (1.0 + 9.0 * (-5.0f64).exp())],
        },
        Reference {
            name: "rotation",
            start: vec![1.0, 0.0],
            end: 20.0,
            breakpoints: vec![],
            rate: |_, _, y, r| (r[0], r[1]) = (-y[1], y[0]),
            jacobian: |_, _, _, j| j.copy_from_slice(&[0.0, -1.0, 1.0, 0.0]),
            exact: vec![20f64.cos(), 20f64.sin()],
        },
        Reference {
            name: "jump",
            start: vec![2.0],
            end: 3.0,
            breakpoints: vec![1.0],
            rate: |piece, _, y, r| r[0] = if piece == 0 { -y[0] } else { 3.0 * y[0] },
            jacobian: |piece, _, _, j| j[0] = if piece == 0 { -1.0 } else { 3.0 },
            exact: vec![2.0 * 5f64.exp()],
        },
        Reference {
            name: "forced",
            start: vec![1.0],
            end: 4.0,
            breakpoints: vec![],
            rate: |_, t, y, r| r[0] = -2.0 * t * y[0],
            jacobian: |_, t, _, j| j[0] = -2.0 * t,
            exact: vec![(-16f64).exp()],
        },
    ]
}

#[test]
fn every_integrator_solves_every_reference_problem() {
    let tolerances = Tolerances { relative: 1e-10, absolute: 1e-12 };
    for reference in references() {
        let bdf = DiffsolBdf { tolerances, jacobian: &reference.jacobian };
        let engines: [(&dyn Integrator, f64); 3] = [
            (&Tsit5 { tolerances }, 2e-9),
            (&DiffsolTsit5 { tolerances }, 2e-9),
            // BDF controls a divided difference, not the error itself: its global error is some 30 times larger.
            (&bdf, 1e-7),
        ];
        let system =
            Plain { dimension: reference.start.len(), breakpoints: &reference.breakpoints, rate: &reference.rate };
        for (engine, bound) in engines {
            let request = Request::new(&reference.start, 0.0, reference.end);
            let solution = engine.integrate(&system, &request).unwrap();
            assert_eq!(solution.outcome, Outcome::Reached, "{} on {}", engine.name(), reference.name);
            for (got, want) in solution.state.iter().zip(&reference.exact) {
                let error = (got - want).abs() / want.abs().max(1.0);
                assert!(error < bound, "{} on {}: {error:e}", engine.name(), reference.name);
            }
        }
    }
}

#[test]
fn engines_agree_on_both_pairs() {
    let tolerances = Tolerances { relative: 1e-11, absolute: 1e-13 };
    let free = FreePair::new(FreePairOptions::default()).unwrap();
    let sphere = SpherePair::new(SpherePairOptions {
        variance: SphereVariance::Lagging { dimension: 100.0 },
        ..SpherePairOptions::default()
    })
    .unwrap();
    let cases: [(&dyn SmoothFlow, Schedule, Vec<f64>); 3] = [
        (&free, Schedule::exponential(5.0, 0.3).unwrap(), vec![0.3, 0.2, 0.4]),
        (&sphere, Schedule::geometric(90.0, 10.0).unwrap(), vec![0.05, -0.02, 0.01, 90f64.ln()]),
        (&sphere, Schedule::quench(20.0, 5.0).unwrap(), vec![0.05, -0.02, 0.01, 20f64.ln()]),
    ];
    for (flow, schedule, start) in cases {
        let system = Tempered::new(flow, &schedule);
        let times = [1.0, 5.0, 7.5, 30.0];
        let mut request = Request::new(&start, 0.0, 30.0);
        request.times = &times;
        let jacobian =
            |piece: usize, t: f64, y: &[f64], j: &mut [f64]| flow.jacobian(schedule.beta_in_piece(piece, t), y, j);
        let own = Tsit5 { tolerances }.integrate(&system, &request).unwrap();
        let explicit = DiffsolTsit5 { tolerances }.integrate(&system, &request).unwrap();
        let implicit = DiffsolBdf { tolerances, jacobian: &jacobian }.integrate(&system, &request).unwrap();
        for (other, bound) in [(&explicit, 1e-8), (&implicit, 1e-7)] {
            assert_eq!(other.at_times.len(), 4, "{:?}", other.outcome);
            for (a, b) in own.at_times.iter().flatten().zip(other.at_times.iter().flatten()) {
                assert!((a - b).abs() < bound, "{a} against {b}");
            }
        }
    }
}

/// The slope of log(error) against log(step) for fixed steps, by least squares.
fn fitted_order(steps: &[usize], error: impl Fn(usize) -> f64) -> f64 {
    let points: Vec<(f64, f64)> = steps.iter().map(|&n| (-(n as f64).ln(), error(n).ln())).collect();
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let (num, den) = points.iter().fold((0.0, 0.0), |(a, b), p| (a + (p.0 - mx) * (p.1 - my), b + (p.0 - mx).powi(2)));
    num / den
}

/// Takes n equal steps over [0, 3] of y' = y cos t, by tolerances so loose that every step is accepted.
fn march(n: usize) -> Stepper<1> {
    let mut f = |t: f64, y: &[f64; 1], r: &mut [f64; 1]| r[0] = y[0] * t.cos();
    let loose = Tolerances { relative: 1e6, absolute: 1e6 };
    let mut stepper = Stepper::new(&mut f, 0.0, [1.0], loose, 3.0 / n as f64);
    for i in 1..=n {
        let limit = 3.0 * i as f64 / n as f64;
        while stepper.time() < limit {
            assert_eq!(stepper.step(&mut f, limit), StepResult::Accepted);
        }
    }
    stepper
}

#[test]
fn order_five_in_the_step_and_four_inside_it() {
    let steps = [20, 40, 80, 160];
    let end = fitted_order(&steps, |n| (march(n).state()[0] - 3f64.sin().exp()).abs());
    assert!((end - 5.0).abs() < 0.15, "order {end}");
    let inside = fitted_order(&steps, |n| {
        // A third into the last step: the interpolant's local error is of order 5, like the global one.
        let (stepper, h) = (march(n), 3.0 / n as f64);
        let t = 3.0 - 2.0 * h / 3.0;
        let exact =
            (stepper.state()[0] - 3f64.sin().exp()).abs().max((stepper.interpolate(t)[0] - t.sin().exp()).abs());
        exact.max((stepper.interpolate(3.0 - h / 3.0)[0] - (3.0 - h / 3.0).sin().exp()).abs())
    });
    assert!((inside - 5.0).abs() < 0.3, "order {inside}");
}

#[test]
fn error_follows_the_tolerance() {
    let reference = &references()[1];
    let system = Plain { dimension: 2, breakpoints: &[], rate: &reference.rate };
    let error = |exponent: i32| {
        let tolerance = 10f64.powi(exponent);
        let engine = Tsit5 { tolerances: Tolerances { relative: tolerance, absolute: tolerance } };
        let solution = engine.integrate(&system, &Request::new(&reference.start, 0.0, reference.end)).unwrap();
        (solution.state[0] - reference.exact[0]).hypot(solution.state[1] - reference.exact[1])
    };
    for exponent in [-6, -8, -10, -12] {
        assert!(error(exponent) < 100.0 * 10f64.powi(exponent), "{exponent}: {:e}", error(exponent));
    }
}

#[test]
fn events_stop_on_the_crossing_in_the_wanted_direction() {
    let rate = |_: usize, _: f64, y: &[f64], r: &mut [f64]| (r[0], r[1]) = (y[1], -y[0]);
    let system = Plain { dimension: 2, breakpoints: &[], rate: &rate };
    let tolerances = Tolerances { relative: 1e-10, absolute: 1e-12 };
    // y = sin t: falls through 0 at pi, rises at 2 pi; the start at 0 is not an event.
    let height = |_: f64, y: &[f64]| y[0];
    let engines: [&dyn Integrator; 2] = [&Tsit5 { tolerances }, &DiffsolTsit5 { tolerances }];
    for engine in engines {
        for (direction, time) in [
            (Crossing::Falling, std::f64::consts::PI),
            (Crossing::Rising, std::f64::consts::TAU),
            (Crossing::Either, std::f64::consts::PI),
        ] {
            let events = [Event { function: &height, direction }];
            let mut request = Request::new(&[0.0, 1.0], 0.0, 10.0);
            request.events = &events;
            let solution = engine.integrate(&system, &request).unwrap();
            assert_eq!(solution.outcome, Outcome::Event(0));
            assert!((solution.time - time).abs() < 2e-8, "{} {direction:?}: {}", engine.name(), solution.time);
            assert!(solution.state[0].abs() < 2e-8);
        }
    }
}

#[test]
fn two_crossings_in_one_step_are_seen() {
    let rate = |_: usize, _: f64, _: &[f64], r: &mut [f64]| r[0] = 1.0;
    let system = Plain { dimension: 1, breakpoints: &[], rate: &rate };
    // Negative only for 4.0 < t < 5.0, inside the one long step that a constant rate allows.
    let dip = |t: f64, _: &[f64]| (t - 4.0) * (t - 5.0);
    let events = [Event { function: &dip, direction: Crossing::Falling }];
    let mut request = Request::new(&[0.0], 0.0, 6.0);
    request.events = &events;
    let solution = Tsit5::default().integrate(&system, &request).unwrap();
    assert_eq!(solution.outcome, Outcome::Event(0));
    assert!((solution.time - 4.0).abs() < 1e-9, "{}", solution.time);
}

#[test]
fn stops_are_outcomes() {
    let blow_up = |_: usize, _: f64, y: &[f64], r: &mut [f64]| r[0] = y[0] * y[0];
    let root = |_: usize, _: f64, y: &[f64], r: &mut [f64]| r[0] = -y[0].sqrt();
    let tolerances = Tolerances::default();
    let engines: [&dyn Integrator; 2] = [&Tsit5 { tolerances }, &DiffsolTsit5 { tolerances }];
    for engine in engines {
        let system = Plain { dimension: 1, breakpoints: &[], rate: &blow_up };
        let solution = engine.integrate(&system, &Request::new(&[1.0], 0.0, 2.0)).unwrap();
        assert_ne!(solution.outcome, Outcome::Reached, "{}: y' = y^2 ends at t = 1", engine.name());
        assert!((solution.time - 1.0).abs() < 1e-3);

        let system = Plain { dimension: 1, breakpoints: &[], rate: &root };
        let solution = engine.integrate(&system, &Request::new(&[1.0], 0.0, 5.0)).unwrap();
        assert_ne!(solution.outcome, Outcome::Reached, "{}: the square root has no value past t = 2", engine.name());
        assert!(solution.state[0].is_finite() || solution.outcome == Outcome::NonFinite);

        let mut request = Request::new(&[1.0], 0.0, 0.9);
        request.max_steps = 3;
        let system = Plain { dimension: 1, breakpoints: &[], rate: &blow_up };
        assert_eq!(engine.integrate(&system, &request).unwrap().outcome, Outcome::StepLimit);

        let solution = engine.integrate(&system, &Request::new(&[f64::NAN], 0.0, 1.0)).unwrap();
        assert_eq!(solution.outcome, Outcome::NonFinite);
        let solution = engine.integrate(&system, &Request::new(&[1.0], 0.5, 0.5)).unwrap();
        assert_eq!((solution.outcome, solution.state[0]), (Outcome::Reached, 1.0));
    }
}

#[test]
fn misuse_is_named() {
    let rate = |_: usize, _: f64, _: &[f64], r: &mut [f64]| r.fill(0.0);
    let system = Plain { dimension: 2, breakpoints: &[], rate: &rate };
    let engine = Tsit5::default();
    let error = engine.integrate(&system, &Request::new(&[0.0], 0.0, 1.0)).unwrap_err();
    assert_eq!(error, RequestMisuse::Dimension { expected: 2, got: 1 });
    let error = engine.integrate(&system, &Request::new(&[0.0, 0.0], 1.0, 0.0)).unwrap_err();
    assert_eq!(error, RequestMisuse::Interval { start: 1.0, end: 0.0 });
    let mut request = Request::new(&[0.0, 0.0], 0.0, 1.0);
    request.times = &[0.5, 0.2];
    assert_eq!(engine.integrate(&system, &request).unwrap_err(), RequestMisuse::Times { time: 0.2 });
    let large = Plain { dimension: 300, breakpoints: &[], rate: &rate };
    let state = vec![0.0; 300];
    assert!(matches!(engine.integrate(&large, &Request::new(&state, 0.0, 1.0)), Err(RequestMisuse::TooLarge { .. })));
}

#[test]
fn cost_of_a_canonical_run_is_known() {
    let free = FreePair::new(FreePairOptions::default()).unwrap();
    let schedule = Schedule::exponential(5.0, 0.3).unwrap();
    let system = Tempered::new(&free, &schedule);
    let solution = Tsit5::default().integrate(&system, &Request::new(&[0.3, 0.2, 0.4], 0.0, 60.0)).unwrap();
    let statistics = solution.statistics;
    assert!(statistics.accepted.abs_diff(335) <= 15, "{statistics:?}");
    assert!(statistics.rejected <= 5, "{statistics:?}");
    assert_eq!(statistics.evaluations, 2 + 6 * (statistics.accepted + statistics.rejected));
}

/// Breakpoints one floating-point number apart, as a jump that a user spells out.
#[test]
fn pieces_of_one_spacing_are_no_obstacle() {
    let after = 1.0 + f64::EPSILON;
    let rate: Rate<'_> = &|piece, _, y, rate| rate[0] = [-1.0, 5.0, -2.0][piece] * y[0];
    let system = Plain { dimension: 1, breakpoints: &[1.0, after], rate };
    let expected = (-3.0f64).exp();
    let engines: [&dyn Integrator; 2] = [&Tsit5::default(), &DiffsolTsit5::default()];
    for engine in engines {
        let request = Request { times: &[0.5, 1.0, after, 2.0], ..Request::new(&[1.0], 0.0, 2.0) };
        let found = engine.integrate(&system, &request).unwrap();
        assert_eq!(found.outcome, Outcome::Reached);
        assert!((found.state[0] - expected).abs() < 1e-9, "{}", found.state[0]);
        assert_eq!(found.at_times.len(), 4);
        assert!((found.at_times[2][0] - (-1.0f64).exp()).abs() < 1e-9, "{:?}", found.at_times);
    }
}

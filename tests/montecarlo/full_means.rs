//! Level (b) against level (a), trajectory by trajectory: full means in R^d against the closed flow of their
//! statistics.

use collapsar::integrate::{Integrator, Request, Tempered, Tolerances, Tsit5};
use collapsar::montecarlo::{
    EnsembleOptions, FreeEnsemble, FreeStart, GradientFlow, GradientFlowOptions, RunEnd, SphereStart,
};
use collapsar::probability::{Ending, FreeBoundary, Limits, SphereBoundary};
use collapsar_theory::{
    Clock, Flow, FreePair, FreePairOptions, Metric, Schedule, SpherePair, SpherePairOptions, SphereVariance,
};

use crate::{LAG, free, sphere, z};

/// One schedule of each kind that cools within about 8 units of time, and one that heats on its way.
fn schedules() -> Vec<Schedule> {
    vec![
        Schedule::constant(2.0).unwrap(),
        Schedule::exponential(5.0, 0.3).unwrap(),
        Schedule::geometric(90.0, 8.0).unwrap(),
        Schedule::quench(20.0, 3.0).unwrap(),
        Schedule::linear_temperature(30.0, 6.0).unwrap(),
        Schedule::linear_beta(30.0, 6.0).unwrap(),
        Schedule::power(50.0, 7.0, 2.0).unwrap(),
        Schedule::table(vec![0.0, 1.0, 3.0, 7.0], vec![4.0, 12.0, 3.0, 1.0]).unwrap(),
    ]
}

/// Errors of both integrations at these tolerances, amplified by an instability of rate below 1 over a time of 11: seen
/// to stay below 1e-9.
const TIGHT: Tolerances = Tolerances { relative: 1e-11, absolute: 1e-13 };
const EQUAL: f64 = 1e-8;

fn compare(
    full: &GradientFlow<'_>,
    closed: &impl Flow,
    schedule: &Schedule,
    state: impl Fn([f64; 3]) -> Vec<f64>,
    end: f64,
) {
    for index in 0..2 {
        let start = full.draw(9, index);
        let statistics = state(full.statistics(&start));
        let full_end = full.statistics(&full.follow(&start, 0.0, end, TIGHT).unwrap().state);
        let system = Tempered::new(closed, schedule);
        let request = Request::new(&statistics, 0.0, end);
        let closed_end = Tsit5 { tolerances: TIGHT }.integrate(&system, &request).unwrap().state;
        for (a, b) in full_end.iter().zip(&closed_end) {
            assert!((a - b).abs() < EQUAL, "draw {index}, {schedule:?}: {full_end:?} against {closed_end:?}");
        }
    }
}

/// Every schedule with every clock and metric; the dimension goes along.
#[test]
fn free_means_follow_the_closed_flow() {
    let dimensions = [1usize, 2, 3, 20, 200, 1000, 7, 50];
    for (schedule, d) in schedules().iter().zip(dimensions) {
        for (clock, metric, target_weight) in [
            (Clock::Kl, Metric::Euclidean, 0.5),
            (Clock::FreeEnergy, Metric::Euclidean, 0.8),
            (Clock::Kl, Metric::Natural, 0.3),
        ] {
            let pair = FreePair::new(FreePairOptions { separation: 3.0, target_weight, clock, metric }).unwrap();
            let flow = GradientFlow::free(pair, schedule, FreeStart::new(d, 0.5).unwrap());
            compare(&flow, &pair, schedule, |y| y.to_vec(), 8.0);
        }
    }
}

/// Every schedule with every rule of the variance, lagging in the means' own finite dimension too.
#[test]
fn means_on_the_sphere_follow_the_closed_flow() {
    let dimensions = [2usize, 3, 20, 200, 1000, 7, 50, 12];
    for (schedule, d) in schedules().iter().zip(dimensions) {
        let finite = SphereVariance::Lagging { dimension: d as f64 };
        for (variance, target_weight) in
            [(SphereVariance::Unit, 0.6), (SphereVariance::Slaved, 0.8), (LAG, 0.8), (finite, 0.8), (finite, 0.3)]
        {
            let options = SpherePairOptions { variance, target_weight, ..SpherePairOptions::default() };
            let pair = SpherePair::new(options).unwrap();
            let flow = GradientFlow::sphere(pair, schedule, SphereStart::new(d).unwrap());
            let lags = matches!(variance, SphereVariance::Lagging { .. });
            let hot = schedule.initial_temperature().ln();
            let state = |y: [f64; 3]| if lags { vec![y[0], y[1], y[2], hot] } else { y.to_vec() };
            compare(&flow, &pair, schedule, state, 11.0);
        }
    }
}

/// The ends of full runs against the certain ends of their statistics by trapping regions: not one differs.
#[test]
fn full_means_end_as_their_statistics() {
    const RUNS: u64 = 60;
    let expected = |ending: Ending| match ending {
        Ending::Collapsed => RunEnd::Collapsed,
        Ending::Recovered => RunEnd::Recovered,
        Ending::Undecided => RunEnd::Undecided,
    };
    let same = |flow: &GradientFlow<'_>, ending: &dyn Fn([f64; 3]) -> Ending| {
        let mut collapsed = 0;
        for index in 0..RUNS {
            let end = flow.end(6, index, &GradientFlowOptions::default()).unwrap();
            assert_eq!(end, expected(ending(flow.statistics(&flow.draw(6, index)))), "draw {index}");
            collapsed += u64::from(end == RunEnd::Collapsed);
        }
        // Both ends occur, or the comparison says little.
        assert!(collapsed > 0 && collapsed < RUNS, "{collapsed}");
    };
    for (schedule, d) in [(Schedule::exponential(3.0, 0.5).unwrap(), 3), (Schedule::quench(4.0, 1.0).unwrap(), 20)] {
        let flow = GradientFlow::free(free(3.0), &schedule, FreeStart::new(d, 1.0).unwrap());
        let boundary = FreeBoundary::new(free(3.0), &schedule, Limits::default()).unwrap();
        same(&flow, &|y| boundary.ending(y));
    }
    let cooling = Schedule::geometric(30.0, 10.0).unwrap();
    for (variance, d) in [(SphereVariance::Slaved, 40), (LAG, 40), (SphereVariance::Unit, 8)] {
        let flow = GradientFlow::sphere(sphere(variance), &cooling, SphereStart::new(d).unwrap());
        let boundary = SphereBoundary::new(sphere(variance), &cooling, Limits::default()).unwrap();
        same(&flow, &|y| boundary.ending(y));
    }
}

#[test]
fn full_means_end_as_often_collapsed_as_their_statistics() {
    let schedule = Schedule::exponential(3.0, 0.5).unwrap();
    let start = FreeStart::new(3, 1.0).unwrap();
    let full = GradientFlow::free(free(3.0), &schedule, start);
    let counted = full.estimate(4, 400, &GradientFlowOptions::default()).unwrap();
    let ensemble = FreeEnsemble::new(free(3.0), &schedule, start, &EnsembleOptions::default()).unwrap();
    let precise = ensemble.estimate(5, 100_000);
    assert!(z(&counted, precise.probability.unwrap()).abs() < 4.0, "{counted:?} against {precise:?}");
    assert_eq!((counted.undecided, counted.failures), (0, 0));
}

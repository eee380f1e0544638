//! The flow of product measures in the plane: its limit is the ascent's, its rates are the linearisation's, its order.

use collapsar_theory::{
    GaussianMixture, MeanFieldStatus, PlaneFlow, PlaneFlowState, PlaneMeanField, PlaneOptions, PlaneStart, Schedule,
};

fn pair(m: f64, weight: f64, variances: [f64; 2]) -> GaussianMixture {
    let covariance = |v: f64| vec![vec![v, 0.0], vec![0.0, v]];
    let means = vec![vec![m, m], vec![-m, -m]];
    GaussianMixture::new(vec![weight, 1.0 - weight], means, variances.map(covariance).to_vec()).unwrap()
}

fn plane(target: GaussianMixture, hottest: f64) -> PlaneMeanField {
    PlaneMeanField::new(target, PlaneOptions { hottest, ..PlaneOptions::default() }).unwrap()
}

fn mean(flow: &PlaneFlow<'_>, state: &PlaneFlowState) -> f64 {
    flow.moments(state)[0][0]
}

/// After long times the flow stands where coordinate ascent ends, to rounding, though the grid and the steps are coarse.
#[test]
fn the_limit_of_time_is_the_ascents() {
    for (target, hot) in [(pair(2.0, 0.6, [1.0, 1.0]), 4.0), (pair(2.0, 0.4, [1.4, 0.7]), 3.0)] {
        let plane = plane(target, hot);
        let flow = plane.flow(0.0, 1.0).unwrap();
        let frame = plane.frame(0.0, 1.0).unwrap();
        let schedule = Schedule::geometric(hot, 2.0).unwrap();
        for (side, component) in [([2.0, 1.0], 0), ([-1.0, -3.0], 1)] {
            let start = flow.start(side, hot).unwrap();
            let end = flow.state(&flow.advance(&start, &schedule, 0.0, 120.0));
            let known = frame.solve_from(&end);
            assert_eq!(known.status, MeanFieldStatus::Stable);
            let found = frame.observe(&end);
            assert!((found.objective - known.observables.objective).abs() < 1e-11);
            for (a, b) in found.means.iter().zip(known.observables.means) {
                assert!((a - b).abs() < 1e-10, "{a} {b}");
            }
            // Cooled slowly enough at equal widths each side keeps its own.
            let own = frame.solve(PlaneStart::Component(component)).unwrap();
            assert!((own.observables.objective - found.objective).abs() < 1e-10, "{component}");
        }
    }
}

/// theory 14: for d = 2, A = 2 on the diagonal the even state is left at the rate 0.09367622 and the collapsed one reached at
/// the rate 0.19502, values of an independent program. Errors of the grid fall to a quarter when it is twice as fine.
#[test]
fn rates_are_those_of_the_linearisation() {
    let rates = |fineness: f64| {
        let plane = PlaneMeanField::new(
            pair(2f64.sqrt(), 0.5, [1.0, 1.0]),
            PlaneOptions { fineness, ..PlaneOptions::default() },
        )
        .unwrap();
        let flow = plane.flow(0.0, fineness).unwrap();
        let cold = Schedule::constant(1.0).unwrap();
        let mut state = flow.start([1e-5, 1e-5], 1.0).unwrap();
        state = flow.advance(&state, &cold, 0.0, 20.0);
        let early = mean(&flow, &state);
        state = flow.advance(&state, &cold, 0.0, 20.0);
        let growth = (mean(&flow, &state) / early).ln() / 20.0;
        let end = plane.frame(0.0, 1.0).unwrap().solve(PlaneStart::Component(0)).unwrap().observables.means[0];
        state = flow.advance(&flow.start([2.0, 2.0], 1.0).unwrap(), &cold, 0.0, 30.0);
        let early = mean(&flow, &state) - end;
        state = flow.advance(&state, &cold, 0.0, 20.0);
        let decay = -((mean(&flow, &state) - end) / early).ln() / 20.0;
        [growth - 0.093_676_22, decay - 0.195_02]
    };
    let (coarse, fine) = (rates(1.0), rates(2.0));
    println!("{coarse:?} {fine:?}");
    assert!(coarse.iter().all(|error| error.abs() < 2e-3), "{coarse:?}");
    assert!((coarse[0] / fine[0] - 4.0).abs() < 0.5 && fine[1].abs() < 5e-4, "{coarse:?} {fine:?}");
}

/// An even start stays even until rounding pushes it off: what it stands on is a saddle, and is said to be one.
#[test]
fn an_even_start_stands_on_a_saddle() {
    let plane = plane(pair(2.0, 0.5, [1.0, 1.0]), 1.0);
    let flow = plane.flow(0.0, 1.0).unwrap();
    let cold = Schedule::constant(1.0).unwrap();
    let state = flow.advance(&flow.start([0.0, 0.0], 1.0).unwrap(), &cold, 0.0, 15.0);
    assert!(mean(&flow, &state).abs() < 1e-9);
    let frame = plane.frame(0.0, 1.0).unwrap();
    let even = frame.solve(PlaneStart::Even).unwrap();
    assert!((frame.objective(&flow.state(&state)) - even.observables.objective).abs() < 1e-2);
    assert_eq!(even.status, MeanFieldStatus::Unstable);
    // The same a little to the side ends far away.
    let pushed = flow.advance(&flow.start([1e-3, 0.0], 1.0).unwrap(), &cold, 0.0, 60.0);
    assert!(mean(&flow, &pushed) > 1.5);
}

/// Theorem 1 along the flow: a start above another one stays above it, also under a schedule; F falls at constant temperature.
#[test]
fn the_flow_keeps_the_order_and_goes_down() {
    let plane = plane(pair(1.5, 0.6, [1.0, 1.0]), 5.0);
    let flow = plane.flow(0.0, 1.0).unwrap();
    let schedule = Schedule::exponential(5.0, 0.5).unwrap();
    let (mut low, mut high) = (flow.start([-0.6, 0.1], 5.0).unwrap(), flow.start([-0.4, 0.1], 5.0).unwrap());
    let mut now = 0.0;
    for _ in 0..30 {
        (low, high) = (flow.advance(&low, &schedule, now, now + 0.5), flow.advance(&high, &schedule, now, now + 0.5));
        now += 0.5;
        let frame = plane.frame(0.0, 1.0).unwrap();
        for j in 0..2 {
            let [a, b] = [&low, &high].map(|state| frame.density(&flow.state(state), j));
            let (mut below, mut above) = (0.0, 0.0);
            for ((_, p), (_, q)) in a.iter().zip(&b) {
                (below, above) = (below + p, above + q);
                assert!(below >= above - 1e-10, "{now} {j}: {below} {above}");
            }
        }
    }
    let cold = Schedule::constant(1.0).unwrap();
    let frame = plane.frame(0.0, 1.0).unwrap();
    let (mut state, mut before) = (flow.start([-0.3, 0.2], 4.0).unwrap(), f64::INFINITY);
    for n in 0..40 {
        state = flow.advance(&state, &cold, 0.0, if n < 20 { 0.05 } else { 1.0 });
        let now = frame.objective(&flow.state(&state));
        assert!(now <= before + 1e-12, "{n}: {now} {before}");
        before = now;
    }
}

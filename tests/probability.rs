//! The exact route and the sharp formulas against values computed elsewhere, and in their limits.

use collapsar::integrate::Tolerances;
use collapsar::probability::{
    Ending, FreeBoundary, Limits, SphereBoundary, connection, free_probability, small_start_probability,
    sphere_probability,
};
use collapsar_theory::{
    EquatorFormula, FreePair, FreePairOptions, Schedule, SharpFormula, SmallStart, SpherePair, SpherePairOptions,
    SphereVariance, TransverseFormula, growth_number,
};

fn pair(separation: f64) -> FreePair {
    FreePair::new(FreePairOptions { separation, ..FreePairOptions::default() }).unwrap()
}

fn free(separation: f64, schedule: &Schedule) -> FreeBoundary<'_> {
    FreeBoundary::new(pair(separation), schedule, Limits::default()).unwrap()
}

fn sphere(variance: SphereVariance, schedule: &Schedule) -> SphereBoundary<'_> {
    let pair = SpherePair::new(SpherePairOptions { variance, ..SpherePairOptions::default() }).unwrap();
    SphereBoundary::new(pair, schedule, Limits::default()).unwrap()
}

/// d = 1, sigma = 1, exponential schedule; computed outside this project by boundary bisection and quadrature, last digit
/// uncertain.
#[test]
fn reference_probabilities_of_the_free_pair() {
    for (separation, temperature, rate, expected) in [
        (3.0, 1.0, 1.0, 0.307_645_17),
        (3.0, 5.0, 0.3, 0.119_156_14),
        (4.0, 10.0, 0.3, 0.127_994_10),
        (2.5, 1.0, 1.0, 0.215_379_10),
    ] {
        let schedule = Schedule::exponential(temperature, rate).unwrap();
        let found = free_probability(&free(separation, &schedule), 1, 1.0, 1e-8);
        println!("rho = {separation}, T0 = {temperature}: {:.9} +- {:.1e}", found.value, found.error);
        assert!((found.value - expected).abs() < 2e-8, "rho = {separation}, T0 = {temperature}: {found:?}");
        assert!(found.error < 1e-8);
    }
}

/// A boundary that leaves the wall far from the centre of the start law: few collapse, and a loose tolerance sees it with
/// few points. The true value is the one that tolerances from 1e-6 on agree upon.
#[test]
fn error_estimates_hold_where_little_collapses() {
    let schedule = Schedule::exponential(100.0, 0.3).unwrap();
    let at = |tolerance: f64| {
        let boundary = FreeBoundary::new(pair(3.0), &schedule, Limits::for_tolerance(tolerance)).unwrap();
        free_probability(&boundary, 1, 1.0, tolerance)
    };
    let fine = at(1e-8);
    assert!((fine.value - 0.003_673_780).abs() < 1e-8, "{fine:?}");
    for tolerance in [1e-2, 1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5, 1e-5, 1e-6, 1e-7] {
        let rough = at(tolerance);
        println!("{tolerance:.0e}: {:.9} +- {:.1e}, off by {:.1e}", rough.value, rough.error, rough.value - fine.value);
        assert!(
            (rough.value - fine.value).abs() <= rough.error + fine.error,
            "{tolerance}: {rough:?} against {fine:?}"
        );
    }
}

/// Looser steps for looser tolerances: the error stays within what was asked for.
#[test]
fn limits_for_a_tolerance_keep_it() {
    for (separation, temperature, rate, expected) in [(3.0, 5.0, 0.3, 0.119_156_14), (4.0, 10.0, 0.3, 0.127_994_10)] {
        let schedule = Schedule::exponential(temperature, rate).unwrap();
        for tolerance in [1e-3, 1e-4, 1e-5, 1e-6, 1e-8] {
            let limits = Limits::for_tolerance(tolerance);
            let boundary = FreeBoundary::new(pair(separation), &schedule, limits).unwrap();
            let found = free_probability(&boundary, 1, 1.0, tolerance);
            // The expected values have eight digits.
            assert!((found.value - expected).abs() < tolerance + 1e-8, "{tolerance}: {found:?} against {expected}");
        }
    }
}

#[test]
fn error_estimates_hold_and_nothing_collapses_below_the_critical_separation() {
    let schedule = Schedule::exponential(5.0, 0.3).unwrap();
    let fine = free_probability(&free(3.0, &schedule), 1, 1.0, 1e-8).value;
    for tolerance in [1e-3, 1e-5, 1e-6] {
        let rough = free_probability(&free(3.0, &schedule), 1, 1.0, tolerance);
        assert!(
            (rough.value - fine).abs() <= rough.error && rough.error <= 10.0 * tolerance,
            "{rough:?} against {fine}"
        );
    }
    // rho_c(T = 1) = 2.2596.
    let cold = Schedule::constant(1.0).unwrap();
    assert!(free_probability(&free(2.2, &cold), 1, 1.0, 1e-5).value < 1e-6);
    assert!(free_probability(&free(2.3, &cold), 1, 1.0, 1e-5).value > 0.1);
    // T_c(2.5) = 1.4567: a slow cooling from above nearly empties the region, one from below does not.
    let slow = Schedule::exponential(1.8, 0.01).unwrap();
    let slow = free_probability(&free(2.5, &slow), 1, 1.0, 1e-3).value;
    println!("cooled from above T_c: {slow}");
    let late = Schedule::exponential(1.3, 0.01).unwrap();
    let late = free_probability(&free(2.5, &late), 1, 1.0, 1e-3).value;
    println!("cooled from below T_c: {late}");
    assert!((slow - 0.005_502).abs() < 1e-3 && late > 0.1, "{slow} {late}");
}

#[test]
fn connection_constant_of_the_boundary() {
    let found = connection(pair(3.0), 1.0).unwrap().unwrap();
    assert!((found.constant - 1.170_856).abs() < 1e-6 && found.error < 1e-7, "{found:?}");
    assert!((found.exponent - 0.563_985_1).abs() < 1e-7);
    // Values computed outside this project, from the stable manifold of the saddle.
    for (separation, constant) in [(4.0, 1.064_89), (5.0, 1.032_07)] {
        let found = connection(pair(separation), 1.0).unwrap().unwrap();
        assert!((found.constant - constant).abs() < 5e-6, "{separation}: {found:?}");
    }
    assert_eq!(connection(pair(2.0), 1.0).unwrap(), None, "nothing collapses below rho_c");
}

/// The manifold of the saddle, and brackets of starts that end on one mode and on both.
#[test]
fn the_manifold_is_the_boundary() {
    let tolerances = Tolerances { relative: 1e-10, absolute: 1e-17 };
    for (separation, temperature) in
        [(2.5, 1.0), (3.0, 1.0), (3.0, 1.25), (4.0, 2.0), (6.0, 1.0), (12.0, 3.0), (40.0, 1.0)]
    {
        let found = connection(pair(separation), temperature).unwrap().unwrap();
        let schedule = Schedule::constant(temperature).unwrap();
        let limits = Limits { tolerances, ..Limits::default() };
        let boundary = FreeBoundary::new(pair(separation), &schedule, limits).unwrap();
        let at = |x: f64| {
            let rough = boundary.locate(x, 0.0, 1e-3 * x).middle();
            x / boundary.locate(x, 0.0, 1e-9 * rough).middle().powf(found.exponent)
        };
        let [a, b, c] = [at(0.04), at(0.02), at(0.01)];
        let (first, second) = ((4.0 * b - a) / 3.0, (4.0 * c - b) / 3.0);
        let bracketed = (16.0 * second - first) / 15.0;
        println!("rho = {separation}, T = {temperature}: C = {}, by brackets {bracketed}", found.constant);
        assert!((found.constant / bracketed - 1.0).abs() < 3e-9, "{found:?}, {bracketed}");
    }
}

/// Theory (16) at rho = 4, s = 0.01, T0 = 50, kappa = 1: 0.01004, where a simulation gave 0.00995 +- 0.0007.
#[test]
fn small_start_formula_and_its_error() {
    let constant = connection(pair(4.0), 1.0).unwrap().unwrap().constant;
    let formula = SmallStart::new(4.0, constant).unwrap();
    let schedule = Schedule::exponential(50.0, 1.0).unwrap();
    for (s, excess) in [(0.001, 2e-5), (0.01, 2e-4), (0.03, 1e-3), (0.1, 6e-3), (0.3, 0.09)] {
        let sigma = s * 2f64.sqrt();
        let approximate = small_start_probability(&formula, &schedule, 1, sigma, 1e-9).value;
        let exact = free_probability(&free(4.0, &schedule), 1, sigma, 1e-8).value;
        println!("s = {s}: formula {approximate:.7}, exact {exact:.7}");
        assert!((approximate / exact - 1.0).abs() < excess, "s = {s}: {approximate} against {exact}");
        assert!(s != 0.01 || (approximate - 0.010_04).abs() < 5e-6);
    }
}

/// P_c ~ s^(1/(c-1)) when cooling is fast, s^(T0/(c-1)) when it is slow.
#[test]
fn exponents_of_the_start_scale() {
    let excess = growth_number(3.0) - 1.0;
    for (t0, rate, expected, slack) in
        [(1.0, 1.0, 1.0 / excess, 5e-4), (4.0, 1e3, 1.0 / excess, 5e-4), (2.0, 1e-3, 2.0 / excess, 0.03)]
    {
        let schedule = Schedule::exponential(t0, rate).unwrap();
        let boundary = free(3.0, &schedule);
        let p = |s: f64| free_probability(&boundary, 1, s * 2f64.sqrt(), 1e-9).value;
        let slope = (p(1e-2) / p(1e-3)).log10();
        assert!((slope - expected).abs() < slack, "T0 = {t0}, rate {rate}: {slope} against {expected}");
    }
}

#[test]
fn distant_means_collapse_half_of_the_time() {
    let schedule = Schedule::exponential(5.0, 0.3).unwrap();
    let p = |d: usize| free_probability(&free(3.0, &schedule), d, 1.0, 1e-4).value;
    let values = [1, 10, 1_000_000].map(p);
    assert!(values.windows(2).all(|w| w[0] < w[1]), "{values:?}");
    assert!((values[2] - 0.5).abs() < 2e-4, "{values:?}");
}

#[test]
fn boundary_brackets_are_certain_and_symmetric() {
    let schedule = Schedule::exponential(2.0, 0.5).unwrap();
    let boundary = free(3.0, &schedule);
    for (x, z) in [(0.3, 0.0), (1.0, 0.5), (2.0, 2.0)] {
        let bracket = boundary.locate(x, z, 1e-10);
        assert!(bracket.width() <= 1e-10 && !bracket.undecided, "{bracket:?}");
        for sign in [1.0, -1.0] {
            assert_eq!(boundary.ending([sign * x, bracket.low, z]), Ending::Collapsed);
            assert_eq!(boundary.ending([sign * x, -bracket.high, z]), Ending::Recovered);
        }
    }
    // Fast cooling is no cooling: the boundary at constant temperature.
    let cold = Schedule::constant(1.0).unwrap();
    let fast = Schedule::exponential(2.0, 1e7).unwrap();
    let gap = free(3.0, &fast).locate(1.0, 0.5, 1e-10).middle() - free(3.0, &cold).locate(1.0, 0.5, 1e-10).middle();
    assert!(gap.abs() < 1e-6, "{gap}");
}

#[test]
fn unequal_targets_mirror() {
    let schedule = Schedule::exponential(3.0, 0.3).unwrap();
    let p = |weight: f64| {
        let options = FreePairOptions { target_weight: weight, ..FreePairOptions::default() };
        let boundary = FreeBoundary::new(FreePair::new(options).unwrap(), &schedule, Limits::default()).unwrap();
        free_probability(&boundary, 1, 1.0, 1e-7)
    };
    let (light, heavy) = (p(0.3), p(0.7));
    assert!((light.value - heavy.value).abs() <= light.error + heavy.error, "{light:?} {heavy:?}");
    assert!(heavy.value > p(0.5).value, "an unequal target collapses more often");
}

/// Theory (10) with its gain by relaxation against the flow in the hot regime, and the regime where it saturates wrongly.
#[test]
fn formula_and_flow_of_the_sphere_pair() {
    for (t0, duration, hot) in [(90.0, 35.0, true), (1e3, 45.0, true), (9.0, 25.0, false)] {
        let schedule = Schedule::geometric(t0, duration).unwrap();
        let formula = SharpFormula::new(3.0, 0.8, None).unwrap();
        let exact = sphere_probability(&sphere(SphereVariance::Slaved, &schedule), 512, 1e-3).value;
        let (plain, relaxed) = (formula.probability(512.0, &schedule), formula.relaxed_probability(512.0, &schedule));
        println!("T0 = {t0}, t0 = {duration}: exact {exact:.4}, (10) {plain:.4}, relaxed {relaxed:.4}");
        assert_eq!(formula.holds_for(&schedule), hot);
        if hot {
            assert!((relaxed - exact).abs() < 0.03 && (relaxed - exact).abs() < (plain - exact).abs());
        } else {
            assert!(plain - exact > 0.3, "saturation");
        }
    }
}

/// Theory (18) where (10) does not hold: starts too cold for a hot phase, the lagging variance, the relaxation of s.
#[test]
fn linear_flow_about_the_plane_meets_the_exact_route_in_every_regime() {
    let lagging = SphereVariance::Lagging { dimension: f64::INFINITY };
    for (t0, duration, variance) in [
        (9e3, 15.0, SphereVariance::Slaved),
        (9e3, 25.0, lagging),
        (90.0, 35.0, SphereVariance::Slaved),
        (30.0, 20.0, lagging),
        (9.0, 25.0, SphereVariance::Slaved),
        (4.0, 3.0, SphereVariance::Unit),
    ] {
        let schedule = Schedule::geometric(t0, duration).unwrap();
        let options = SpherePairOptions { variance, ..SpherePairOptions::default() };
        let formula = EquatorFormula::new(SpherePair::new(options).unwrap()).unwrap().probability(512.0, &schedule);
        let exact = sphere_probability(&sphere(variance, &schedule), 512, 1e-3).value;
        println!("T0 = {t0}, t0 = {duration}, {variance:?}: exact {exact:.4}, (18) {formula:.4}");
        // The largest error of the measured table in d = 512, w* = 0.8, is 0.022.
        assert!((formula - exact).abs() < 0.025, "T0 = {t0}, t0 = {duration}, {variance:?}: {formula} against {exact}");
    }
}

/// Theory (34) where the heat ends in a jump, which (18) does not know how to judge.
#[test]
fn linear_flow_in_the_gap_meets_the_exact_route_after_a_jump() {
    let lagging = SphereVariance::Lagging { dimension: f64::INFINITY };
    let hold = |hot: f64, duration: f64| Schedule::quench(hot, duration).unwrap();
    let arcs = Schedule::table(vec![0.94, 0.94, 32.2, 32.2, 35.0, 35.0], vec![1.0, 22.6, 22.6, 229.0, 229.0, 1.0]);
    for (schedule, variance, d) in [
        (hold(18.0, 25.0), SphereVariance::Slaved, 512),
        (hold(20.0, 35.0), SphereVariance::Slaved, 512),
        (hold(22.3, 15.0), SphereVariance::Slaved, 512),
        (hold(22.3, 25.0), lagging, 512),
        (hold(40.0, 25.0), SphereVariance::Slaved, 512),
        (hold(40.0, 25.0), lagging, 32),
        (hold(22.3, 35.0), SphereVariance::Slaved, 20_000),
        (arcs.unwrap(), SphereVariance::Slaved, 512),
    ] {
        let options = SpherePairOptions { variance, ..SpherePairOptions::default() };
        let pair = SpherePair::new(options).unwrap();
        let formula = TransverseFormula::new(pair).unwrap();
        assert!(formula.holds_for(&schedule));
        let found = formula.probability(d as f64, &schedule);
        let exact = sphere_probability(&sphere(variance, &schedule), d, 1e-2 * found).value;
        let plane = EquatorFormula::new(pair).unwrap().probability(d as f64, &schedule);
        println!("{schedule:?}, d = {d}, {variance:?}: exact {exact:.6}, (34) {found:.6}, (18) {plane:.6}");
        assert!((found / exact).ln().abs() < 0.25, "{found} against {exact}");
    }
}

/// P_c depends on (d, w*) only through eps sqrt(d) in the hot regime.
#[test]
fn hot_sphere_pair_depends_on_one_number() {
    let schedule = Schedule::geometric(300.0, 30.0).unwrap();
    let p = |weight: f64, dimension: usize| {
        let options = SpherePairOptions { target_weight: weight, ..SpherePairOptions::default() };
        let pair = SpherePair::new(options).unwrap();
        let boundary = SphereBoundary::new(pair, &schedule, Limits::default()).unwrap();
        sphere_probability(&boundary, dimension, 1e-3).value
    };
    // eps halves where the odds' logarithm does: w* = 2/3 against 0.8, and so on; d makes up for it.
    let odds = |log: f64| 1.0 / (1.0 + (-log).exp());
    let log = 4f64.ln();
    let values = [p(odds(log), 512), p(odds(log / 2.0), 2048), p(odds(log / 4.0), 8192), p(odds(log / 8.0), 32768)];
    println!("eps sqrt(d) fixed, eps falling from 0.077: {values:?}");
    let change: Vec<f64> = values.windows(2).map(|w| (w[1] / w[0] - 1.0).abs()).collect();
    // At eps = 0.077 the law is not there yet; what is missing halves with eps.
    assert!(change[0] > 0.1 && change[1] < 0.65 * change[0] && change[2] < 0.65 * change[1], "{change:?}");
}

/// On the circle P(collapse | s) has kinks that no Gauss rule sees.
#[test]
fn few_dimensions_of_the_sphere_reach_the_tolerance() {
    let schedule = Schedule::geometric(90.0, 35.0).unwrap();
    let boundary = sphere(SphereVariance::Slaved, &schedule);
    let [coarse, fine] = [1e-3, 1e-5].map(|tolerance| sphere_probability(&boundary, 2, tolerance));
    assert!(fine.error < 2e-5 && coarse.error < 2e-3, "{coarse:?} {fine:?}");
    assert!((coarse.value - fine.value).abs() < coarse.error, "{coarse:?} {fine:?}");
    // 22734 of 10^6 draws of the ensemble collapsed: four standard errors.
    assert!((fine.value - 0.022_734).abs() < 4.0 * 1.5e-4, "{fine:?}");
    // In three the share of collapsing starts has roots at the poles, which a Gauss rule in u and s misses by 1e-4.
    let found = sphere_probability(&boundary, 3, 1e-5);
    assert!(found.error < 2e-5, "{found:?}");
    // 138334 of 2 10^7 draws collapsed: four standard errors.
    assert!((found.value - 0.006_916_7).abs() < 4.0 * 1.9e-5 + found.error, "{found:?}");
    // The kink comes into reach between s = 0.945 and 0.962: a rule on each side converges, where one over both did not.
    let limits = Limits::for_tolerance(1e-6);
    let pair = SpherePair::new(SpherePairOptions::default()).unwrap();
    let finer = sphere_probability(&SphereBoundary::new(pair, &schedule, limits).unwrap(), 3, 1e-6);
    assert!(finer.evaluations == 62 && finer.error < 1e-6, "{finer:?}");
    // To 3e-8 it is 0.0069070660(43).
    assert!((finer.value - 0.006_907_066).abs() < finer.error + 5e-9, "{finer:?}");
    assert!((finer.value - found.value).abs() < found.error, "{finer:?} {found:?}");
}

//! Theory 16: the formula in the gap alone, and the best constant temperature.

use collapsar_theory::{
    EquatorFormula, Flow, Schedule, SmoothFlow, SpherePair, SpherePairOptions, SphereVariance, TransverseFormula,
    Turnpike, antipodal_threshold, repulsion_jet,
};

const INFINITE: SphereVariance = SphereVariance::Lagging { dimension: f64::INFINITY };

fn pair(radius: f64, target_weight: f64, variance: SphereVariance) -> SpherePair {
    SpherePair::new(SpherePairOptions { radius, target_weight, variance, ..SpherePairOptions::default() }).unwrap()
}

fn critical(radius: f64, target_weight: f64) -> f64 {
    radius * radius / antipodal_threshold(radius, target_weight).unwrap()
}

/// T from `first` to `until`, `hold` to `flash_from`, `flash` to `end`, then 1.
fn arcs(until: f64, hold: f64, flash_from: f64, flash: f64, end: f64) -> Schedule {
    let times = vec![until, until, flash_from, flash_from, end, end];
    Schedule::table(times, vec![1.0, hold, hold, flash, flash, 1.0]).unwrap()
}

/// At rest in the flow (8) itself, and the growth of the gap from its Jacobian.
#[test]
fn rest_and_rate_are_those_of_the_flow() {
    for (radius, weight) in [(3.0, 0.8), (2.5, 0.6), (5.0, 0.95), (3.0, 0.2)] {
        let slaved = pair(radius, weight, SphereVariance::Slaved);
        let tc = critical(radius, weight);
        for temperature in [1.05 * tc, 1.5 * tc, 4.0 * tc] {
            let found = Turnpike::at(&slaved, temperature);
            // The heavy mode may be the other one.
            let m = if weight < 0.5 { -found.mean } else { found.mean };
            let state = [m, m, found.overlap];
            let (mut rate, mut jacobian) = ([0.0; 3], [0.0; 9]);
            slaved.field(1.0 / temperature, &state, &mut rate);
            assert!(rate.iter().all(|r| r.abs() < 1e-13), "{rate:?}");
            slaved.jacobian(1.0 / temperature, &state, &mut jacobian);
            assert!((jacobian[0] - jacobian[1] - found.rate).abs() < 1e-12);
        }
        // A lagging variance rests at T: the same turnpike.
        let (best, lagging) =
            (Turnpike::new(&slaved).unwrap(), Turnpike::new(&pair(radius, weight, INFINITE)).unwrap());
        assert!((best.temperature / lagging.temperature - 1.0).abs() < 1e-6);
        assert!(
            [0.7, 0.9, 0.99, 1.01, 1.1, 2.0, 20.0]
                .iter()
                .all(|by| Turnpike::at(&slaved, by * best.temperature).rate < best.rate)
        );
    }
}

/// Values computed outside this project, by the flow in m and s .
#[test]
fn published_turnpikes() {
    for (radius, weight, temperature, rate, mean, overlap) in
        [(3.0, 0.8, 22.317, 0.22796, 0.1879, -0.92937), (2.5, 0.6, 13.061, 0.25888, 0.1497, -0.95519)]
    {
        let found = Turnpike::new(&pair(radius, weight, SphereVariance::Slaved)).unwrap();
        assert!((found.temperature - temperature).abs() < 6e-4, "{found:?}");
        assert!((found.rate - rate).abs() < 6e-6 && (found.mean - mean).abs() < 6e-5, "{found:?}");
        assert!((found.overlap - overlap).abs() < 6e-6, "{found:?}");
    }
    // Equal weights: the threshold itself, at sqrt(alpha/(2 pi)) where the modes are far apart.
    let even = Turnpike::new(&pair(30.0, 0.5, SphereVariance::Slaved)).unwrap();
    assert!((even.rate - (0.583_429_51 / std::f64::consts::TAU).sqrt()).abs() < 1e-3, "{even:?}");
    let unit = Turnpike::new(&pair(3.0, 0.8, SphereVariance::Unit)).unwrap_err().to_string();
    assert!(unit.contains("variance"), "{unit}");
}

/// Theory (36): far modes, small offset.
#[test]
fn small_offsets_follow_the_imperfect_pitchfork() {
    let alpha = 0.583_429_51;
    let (s, slope) = ((2.0 * alpha / std::f64::consts::PI).sqrt(), repulsion_jet(4.0 * alpha).d1);
    let (k, c) = (s / 2.0 - 8.0 * alpha * slope, alpha * s / 6.0 - 8.0 * alpha * slope);
    let mut off = Vec::new();
    for radius in [100.0, 1000.0] {
        let found = Turnpike::new(&pair(radius, 0.8, SphereVariance::Slaved)).unwrap();
        let epsilon = 4f64.ln() / 2.0 / (radius * radius);
        let m = (s * epsilon / (2.0 * (k * (4.0 + alpha) - c))).cbrt();
        let delta = (s * epsilon / m - c * m * m) / k;
        let lost = delta / 2.0 + (2.0 + alpha / 2.0) * m * m;
        println!("{} {}", delta / epsilon.powf(2.0 / 3.0), lost / epsilon.powf(2.0 / 3.0));
        let excess = found.temperature / critical(radius, 0.8) - 1.0;
        off.push((excess / delta - 1.0).abs().max((found.mean / m - 1.0).abs()));
        assert!(((1.0 - 2.0 * found.rate / s) / lost - 1.0).abs() < 0.01, "{found:?}");
    }
    assert!(off[0] < 0.02 && off[1] < 0.003, "{off:?}");
}

/// Exact values (routes of `collapsar probability`, R = 3, w* = 0.8, d = 512) of schedules that end in a quench, where (18) is
/// off by two and more.
#[test]
fn formula_in_the_gap_meets_exact_values() {
    let slaved = pair(3.0, 0.8, SphereVariance::Slaved);
    let (gap, plane) = (TransverseFormula::new(slaved).unwrap(), EquatorFormula::new(slaved).unwrap());
    for (schedule, exact) in [
        (Schedule::quench(20.0, 35.0).unwrap(), 0.00119),
        (Schedule::quench(22.06, 35.0).unwrap(), 0.00116),
        (arcs(0.94, 22.6, 32.2, 229.0, 35.0), 0.000_677),
    ] {
        assert!(gap.holds_for(&schedule));
        let (found, linear) = (gap.probability(512.0, &schedule), plane.probability(512.0, &schedule));
        println!("{exact} {found} {linear}");
        assert!((found / exact - 1.0).abs() < 0.15, "{found} {exact}");
    }
    // A steep ramp is as good as a jump.
    let ramp = Schedule::table(vec![35.0, 35.1], vec![22.06, 1.0]).unwrap();
    let (steep, jump) =
        (gap.probability(512.0, &ramp), gap.probability(512.0, &Schedule::quench(22.06, 35.0).unwrap()));
    assert!(gap.holds_for(&ramp) && (steep / jump - 1.0).abs() < 0.05, "{steep} {jump}");
    // Cooling slowly through T_c, and holding well below it, are not for it.
    for schedule in [Schedule::geometric(90.0, 35.0), Schedule::quench(13.0, 35.0), Schedule::constant(1.0)] {
        assert!(!gap.holds_for(&schedule.unwrap()));
    }
}

/// P_c falls by e^(-lambda* t): two holds at T*, by (34).
#[test]
fn the_turnpike_rules_long_schedules() {
    for variance in [SphereVariance::Slaved, INFINITE] {
        let pair = pair(3.0, 0.8, variance);
        let (best, formula) = (Turnpike::new(&pair).unwrap(), TransverseFormula::new(pair).unwrap());
        let log_p = |t: f64| formula.probability(512.0, &Schedule::quench(best.temperature, t).unwrap()).ln();
        let slope = (log_p(40.0) - log_p(60.0)) / 20.0;
        assert!((slope / best.rate - 1.0).abs() < 1e-3, "{slope} {}", best.rate);
        for wanted in [1e-2, 1e-4] {
            let found = log_p(best.growth(512.0, wanted) / best.rate) - f64::ln(wanted);
            assert!((-0.5..0.0).contains(&found), "{found}");
        }
    }
}

/// Complex numbers, as little of them as is needed.
#[derive(Clone, Copy)]
struct Complex(f64, f64);

impl Complex {
    fn times(self, other: Self) -> Self {
        Self(self.0 * other.0 - self.1 * other.1, self.0 * other.1 + self.1 * other.0)
    }

    fn over(self, other: Self) -> Self {
        let square = other.0 * other.0 + other.1 * other.1;
        let up = self.times(Self(other.0, -other.1));
        Self(up.0 / square, up.1 / square)
    }
}

/// The second-order test of periodic control ("pi test", theory 16.3): H = lambda + p.f at the best constant temperature,
/// in (m, s, log T). Pi(omega) < 0 says that no small periodic change of T with this frequency does better.
#[test]
fn small_cycles_do_not_beat_the_constant() {
    for (radius, weight) in [(3.0, 0.8), (2.5, 0.6), (3.0, 0.95), (5.0, 0.8)] {
        let pair = pair(radius, weight, SphereVariance::Slaved);
        let best = Turnpike::new(&pair).unwrap();
        let at = [best.mean, best.overlap, best.temperature.ln()];
        // (f_m, f_s, lambda) at (m, s, log T).
        let all = |z: &[f64; 3]| {
            let beta = (-z[2]).exp();
            let (mut rate, mut jacobian) = ([0.0; 3], [0.0; 9]);
            pair.field(beta, &[z[0], z[0], z[1]], &mut rate);
            pair.jacobian(beta, &[z[0], z[0], z[1]], &mut jacobian);
            [rate[0], rate[2], jacobian[0] - jacobian[1]]
        };
        let moved = |steps: [f64; 3]| std::array::from_fn(|i| at[i] + 1e-4 * steps[i]);
        let unit = |i: usize, by: f64| std::array::from_fn(|j| if i == j { by } else { 0.0 });
        let slope = |i: usize| -> [f64; 3] {
            let (up, down) = (all(&moved(unit(i, 1.0))), all(&moved(unit(i, -1.0))));
            std::array::from_fn(|n| (up[n] - down[n]) / 2e-4)
        };
        let slopes = [slope(0), slope(1), slope(2)];
        // p.f_x = -lambda_x.
        let a = [[slopes[0][0], slopes[1][0]], [slopes[0][1], slopes[1][1]]];
        let det = a[0][0] * a[1][1] - a[0][1] * a[1][0];
        let (l0, l1) = (-slopes[0][2], -slopes[1][2]);
        let p = [(l0 * a[1][1] - l1 * a[1][0]) / det, (l1 * a[0][0] - l0 * a[0][1]) / det];
        let still = slopes[2][2] + p[0] * slopes[2][0] + p[1] * slopes[2][1];
        assert!(still.abs() < 1e-6, "dH/dlog T = {still}");
        let h = |z: &[f64; 3]| all(z)[2] + p[0] * all(z)[0] + p[1] * all(z)[1];
        let second = |i: usize, j: usize| {
            let by = |a: f64, b: f64| {
                let mut steps = [0.0; 3];
                steps[i] += a;
                steps[j] += b;
                h(&moved(steps))
            };
            (by(1.0, 1.0) - by(1.0, -1.0) - by(-1.0, 1.0) + by(-1.0, -1.0)) / 4e-8
        };
        let b = [slopes[2][0], slopes[2][1]];
        let pi = |omega: f64| {
            // G = (i omega - A)^(-1) B.
            let m = [
                [Complex(-a[0][0], omega), Complex(-a[0][1], 0.0)],
                [Complex(-a[1][0], 0.0), Complex(-a[1][1], omega)],
            ];
            let (d0, d1) = (m[0][0].times(m[1][1]), m[0][1].times(m[1][0]));
            let det = Complex(d0.0 - d1.0, d0.1 - d1.1);
            let scaled = |c: Complex, by: f64| Complex(c.0 * by, c.1 * by);
            let difference = |x: Complex, y: Complex| Complex(x.0 - y.0, x.1 - y.1);
            let g = [
                difference(scaled(m[1][1], b[0]), scaled(m[0][1], b[1])).over(det),
                difference(scaled(m[0][0], b[1]), scaled(m[1][0], b[0])).over(det),
            ];
            let inner = |x: Complex, y: Complex| x.0 * y.0 + x.1 * y.1;
            let mut total = second(2, 2);
            for i in 0..2 {
                total += 2.0 * second(i, 2) * g[i].0;
                for j in 0..2 {
                    total += second(i, j) * inner(g[i], g[j]);
                }
            }
            total
        };
        let worst = (0..=60).map(|i| pi(1e-3 * 1e5f64.powf(f64::from(i) / 60.0))).fold(f64::MIN, f64::max);
        println!("R = {radius}, w* = {weight}: greatest Pi {worst:.4}, at rest {:.4}", pi(0.0));
        assert!(worst < 0.0, "{worst}");
    }
}

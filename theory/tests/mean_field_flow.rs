//! Mean-field fits by two slower routes: the Wasserstein flow on a grid, and Monte Carlo.

use collapsar_theory::{MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldSolution, MeanFieldStart};

fn solve(pair: MeanFieldPair, start: MeanFieldStart) -> (MeanField, MeanFieldSolution) {
    let fit = MeanField::new(pair, MeanFieldOptions::default()).unwrap();
    let found = fit.solve(start).unwrap();
    (fit, found)
}

fn log_cosh(t: f64) -> f64 {
    t.abs() + (-2.0 * t.abs()).exp().ln_1p() - std::f64::consts::LN_2
}

/// The flow (M9) of a pair of two equal coordinates, T = 1, w = 1/2: fluxes of Scharfetter and Gummel, whose stationary
/// states are exactly q prop. to e^-V on the grid, and Heun's method in time.
struct GridFlow {
    a: f64,
    dx: f64,
    x: Vec<f64>,
    /// f(a (x_k + x_l)).
    energies: Vec<Vec<f64>>,
    mass: Vec<f64>,
}

impl GridFlow {
    fn new(a: f64, dx: f64, mean: f64) -> Self {
        let half = ((a + 8.5) / dx).ceil();
        let x: Vec<f64> = (0..=2 * half as usize).map(|k| (k as f64 - half) * dx).collect();
        let energies = x.iter().map(|x0| x.iter().map(|x1| log_cosh(a * (x0 + x1))).collect()).collect();
        let mass: Vec<f64> = x.iter().map(|x| (-0.5 * (x - mean).powi(2)).exp()).collect();
        let sum: f64 = mass.iter().sum();
        Self { a, dx, x, energies, mass: mass.iter().map(|m| m / sum).collect() }
    }

    fn rate(&self, mass: &[f64]) -> Vec<f64> {
        let mean = |row: &Vec<f64>| row.iter().zip(mass).map(|(f, m)| f * m).sum::<f64>();
        let potential: Vec<f64> = self.x.iter().zip(&self.energies).map(|(x, row)| 0.5 * x * x - mean(row)).collect();
        let bernoulli = |z: f64| if z == 0.0 { 1.0 } else { z / z.exp_m1() };
        let mut rate = vec![0.0; mass.len()];
        for k in 1..mass.len() {
            let rise = potential[k] - potential[k - 1];
            let flux = (mass[k - 1] * bernoulli(rise) - mass[k] * bernoulli(-rise)) / (self.dx * self.dx);
            rate[k - 1] -= flux;
            rate[k] += flux;
        }
        rate
    }

    fn run(&mut self, time: f64) {
        let steps = (time / (0.3 * self.dx * self.dx)).ceil() as usize;
        let h = time / steps as f64;
        for _ in 0..steps {
            let first = self.rate(&self.mass);
            let ahead: Vec<f64> = self.mass.iter().zip(&first).map(|(m, r)| m + h * r).collect();
            let second = self.rate(&ahead);
            for (m, (r, s)) in self.mass.iter_mut().zip(first.iter().zip(&second)) {
                *m += 0.5 * h * (r + s);
            }
        }
    }

    fn mean(&self) -> f64 {
        self.x.iter().zip(&self.mass).map(|(x, m)| x * m).sum()
    }
}

/// Below A_c the flow forgets a small mean at the slowest rate; errors of the fluxes are of second order in the step.
#[test]
fn the_flow_relaxes_at_the_slowest_rate() {
    let norm: f64 = 1.0;
    let measured = |dx: f64| {
        let mut flow = GridFlow::new(norm / 2f64.sqrt(), dx, 0.01);
        flow.run(6.0);
        let before = flow.mean();
        flow.run(2.0);
        (before / flow.mean()).ln() / 2.0
    };
    let (coarse, fine) = (measured(0.4), measured(0.2));
    let extrapolated = (4.0 * fine - coarse) / 3.0;
    let (fit, found) = solve(MeanFieldPair::diagonal(norm, 2).unwrap(), MeanFieldStart::Even);
    let rate = fit.relaxation_rates(&found.state, 1).unwrap()[0];
    assert!((extrapolated - rate).abs() < 1e-3 * rate, "{coarse} {fine} {extrapolated} {rate}");
}

/// Beyond A_c it ends on the collapsed state, whatever the step: the state is that of coordinate ascent.
#[test]
fn the_flow_ends_where_ascent_ends() {
    let norm = 2.4;
    let mut flow = GridFlow::new(norm / 2f64.sqrt(), 0.15, 0.5);
    flow.run(60.0);
    let (_, found) = solve(MeanFieldPair::diagonal(norm, 2).unwrap(), MeanFieldStart::Plus);
    assert!((flow.mean() - found.observables.means[0]).abs() < 1e-9, "{} {}", flow.mean(), found.observables.means[0]);
    assert!((flow.mean() / flow.a - found.observables.theta).abs() < 1e-9);
}

/// KL and theta as averages over samples of the product measure, 64 coordinates: four standard errors.
#[test]
fn samples_of_the_product_measure() {
    let (count, samples) = (64, 20_000);
    let pair = MeanFieldPair::diagonal(2.0, count).unwrap().with_weight(0.55).unwrap();
    let a = pair.groups()[0].half_separation;
    let (norm, bias) = (pair.norm(), pair.bias());
    let (fit, found) = solve(pair, MeanFieldStart::Plus);
    let density = fit.density(&found.state, 0);
    let dx = density[1].0 - density[0].0;
    // The grid's own masses: their sums are the averages to rounding.
    let cumulated: Vec<f64> = density
        .iter()
        .scan(0.0, |sum, (_, q)| {
            *sum += q * dx;
            Some(*sum)
        })
        .collect();
    let mut seed: u64 = 7;
    let mut uniform = || {
        // Steele, Lea and Flood's SplitMix64.
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    let (mut sums, mut squares) = ([0.0; 2], [0.0; 2]);
    for _ in 0..samples {
        let (mut sum, mut relative) = (0.0, 0.0);
        for _ in 0..count {
            let u = uniform();
            let k = cumulated.partition_point(|c| *c < u).min(density.len() - 1);
            let (x, q) = density[k];
            sum += a * x;
            relative += q.ln() + 0.5 * x * x + 0.5 * std::f64::consts::TAU.ln();
        }
        let kl = relative + 0.5 * norm * norm + log_cosh(bias) - log_cosh(sum + bias);
        for (i, value) in [kl, (sum + bias).tanh()].into_iter().enumerate() {
            sums[i] += value;
            squares[i] += value * value;
        }
    }
    let n = f64::from(samples);
    for (i, exact) in [found.observables.objective, found.observables.theta].into_iter().enumerate() {
        let mean = sums[i] / n;
        let error = ((squares[i] / n - mean * mean) / n).sqrt();
        assert!((mean - exact).abs() < 4.0 * error && error < 0.02, "{mean} +- {error} against {exact}");
    }
}

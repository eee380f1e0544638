//! Mean-field fits by other routes: laws on a lattice by convolution, with coordinate ascent alone.

use collapsar_theory::{Group, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldSolution, MeanFieldStart};

/// Common step of a_j x: poles of log cosh give e^(-pi^2/h), 7e-22 at 0.2.
const STEP: f64 = 0.2;

fn log_cosh(t: f64) -> f64 {
    t.abs() + (-2.0 * t.abs()).exp().ln_1p() - std::f64::consts::LN_2
}

/// Masses at STEP k, |k| <= n.
type Masses = Vec<f64>;

fn convolve(p: &Masses, q: &Masses) -> Masses {
    let mut sum = vec![0.0; p.len() + q.len() - 1];
    for (i, p) in p.iter().enumerate() {
        for (j, q) in q.iter().enumerate() {
            sum[i + j] += p * q;
        }
    }
    sum
}

fn offset(masses: &Masses, k: usize) -> f64 {
    STEP * (k as f64 - (masses.len() / 2) as f64)
}

/// Coordinates by hand: no groups, no frequencies, no Newton.
struct Lattice {
    a: Vec<f64>,
    bias: f64,
    temperature: f64,
    even: bool,
    masses: Vec<Masses>,
}

impl Lattice {
    fn new(a: &[f64], bias: f64, temperature: f64, side: f64, even: bool) -> Self {
        let masses = a.iter().map(|&a| {
            let reach = ((a + 9.5 * temperature.sqrt()) * a / STEP).ceil() as usize;
            normalised((0..=2 * reach).map(|k| {
                let x = STEP * (k as f64 - reach as f64) / a;
                -(x - side * a).powi(2) / (2.0 * temperature)
            }))
        });
        Self { a: a.to_vec(), bias, temperature, even, masses: masses.collect() }
    }

    fn field(&self, t: f64, without: &Masses) -> f64 {
        without.iter().enumerate().map(|(k, p)| p * log_cosh(t + offset(without, k) + self.bias)).sum()
    }

    fn without(&self, j: usize) -> Masses {
        let others = (0..self.a.len()).filter(|&i| i != j);
        others.fold(vec![1.0], |law, i| convolve(&law, &self.masses[i]))
    }

    /// One coordinate after the other; the even solution by half steps of log q, all coordinates at once.
    fn sweep(&mut self) {
        let images: Vec<Masses> = (0..self.a.len()).map(|j| self.image(j)).collect();
        for j in 0..self.a.len() {
            if self.even {
                let half = images[j].iter().zip(&self.masses[j]).map(|(new, old)| 0.5 * (new * old).ln());
                let symmetric: Vec<f64> = half.collect();
                let mirrored = symmetric.iter().rev().zip(&symmetric).map(|(a, b)| 0.5 * (a + b));
                self.masses[j] = normalised(mirrored);
            } else {
                self.masses[j] = self.image(j);
            }
        }
    }

    fn image(&self, j: usize) -> Masses {
        let without = self.without(j);
        let old = &self.masses[j];
        normalised((0..old.len()).map(|k| {
            let t = offset(old, k);
            let x = t / self.a[j];
            (-0.5 * x * x + self.field(t, &without)) / self.temperature
        }))
    }

    /// F, theta, Var X_j.
    fn values(&self) -> (f64, f64, Vec<f64>) {
        let law = self.without(self.a.len());
        let mean = |f: &dyn Fn(f64) -> f64| -> f64 {
            law.iter().enumerate().map(|(k, p)| p * f(offset(&law, k) + self.bias)).sum()
        };
        let beta = 1.0 / self.temperature;
        let norm2: f64 = self.a.iter().map(|a| a * a).sum();
        let log_2pi = std::f64::consts::TAU.ln();
        let mut objective = beta * (norm2 / 2.0 + log_cosh(self.bias) - mean(&log_cosh));
        let mut variances = Vec::new();
        for (a, masses) in self.a.iter().zip(&self.masses) {
            let dx = STEP / a;
            let moment =
                |n: i32| -> f64 { masses.iter().enumerate().map(|(k, p)| p * (offset(masses, k) / a).powi(n)).sum() };
            let entropy: f64 = masses.iter().filter(|p| **p > 0.0).map(|p| p * (p / dx).ln()).sum();
            objective += entropy + beta * (moment(2) + log_2pi) / 2.0;
            variances.push(moment(2) - moment(1).powi(2));
        }
        (objective, mean(&|t| t.tanh()), variances)
    }
}

fn normalised(logs: impl Iterator<Item = f64>) -> Masses {
    let logs: Vec<f64> = logs.collect();
    let top = logs.iter().fold(f64::NEG_INFINITY, |m: f64, l| m.max(*l));
    let masses: Vec<f64> = logs.iter().map(|l| (l - top).exp()).collect();
    let sum: f64 = masses.iter().sum();
    masses.iter().map(|m| m / sum).collect()
}

fn solved(groups: &[(f64, usize)], weight: f64, temperature: f64, start: MeanFieldStart) -> MeanFieldSolution {
    let groups = groups.iter().map(|&(half_separation, count)| Group { half_separation, count }).collect();
    let pair = MeanFieldPair::new(groups, weight, temperature).unwrap();
    MeanField::new(pair, MeanFieldOptions::default()).unwrap().solve(start).unwrap()
}

/// Three coordinates, equal and unequal weights, hot and cold, collapsed and even.
#[test]
fn convolution_on_a_lattice_gives_the_same() {
    let cases = [
        (vec![(1.0, 2)], 0.6, 1.0, MeanFieldStart::Minus, 80),
        (vec![(2.0, 1), (1.4, 1)], 0.5, 1.0, MeanFieldStart::Plus, 120),
        (vec![(1.2, 1), (0.9, 1)], 0.4, 2.0, MeanFieldStart::Plus, 120),
        (vec![(2.0, 1), (1.0, 2)], 0.5, 1.0, MeanFieldStart::Even, 80),
    ];
    for (groups, weight, temperature, start, sweeps) in cases {
        let a: Vec<f64> = groups.iter().flat_map(|&(a, n)| vec![a; n]).collect();
        let bias = 0.5 * (weight / (1.0f64 - weight)).ln();
        let side = match start {
            MeanFieldStart::Plus => 1.0,
            MeanFieldStart::Minus => -1.0,
            _ => 0.0,
        };
        let mut lattice = Lattice::new(&a, bias, temperature, side, start == MeanFieldStart::Even);
        for _ in 0..sweeps {
            lattice.sweep();
        }
        let (objective, theta, variances) = lattice.values();
        let found = solved(&groups, weight, temperature, start);
        assert!((objective - found.observables.objective).abs() < 4e-14, "{groups:?}: {objective}");
        assert!((theta - found.observables.theta).abs() < 4e-14, "{groups:?}: {theta}");
        assert!((variances[0] - found.observables.variances[0]).abs() < 1e-13, "{groups:?}: {variances:?}");
        let last = found.observables.variances[found.observables.variances.len() - 1];
        assert!((variances[a.len() - 1] - last).abs() < 1e-13, "{groups:?}: {variances:?}");
    }
}

/// The densities on their grids have the moments that are reported, and F is the mean of log q - log pi.
#[test]
fn densities_are_those_of_the_observables() {
    let pair = MeanFieldPair::along(&[1.5, 0.7]).unwrap().with_weight(0.6).unwrap();
    let fit = MeanField::new(pair, MeanFieldOptions::default()).unwrap();
    let found = fit.solve(MeanFieldStart::Plus).unwrap();
    let grids = [fit.density(&found.state, 0), fit.density(&found.state, 1)];
    let step = |g: &[(f64, f64)]| g[1].0 - g[0].0;
    for (j, grid) in grids.iter().enumerate() {
        let moment = |n: i32| step(grid) * grid.iter().map(|(x, q)| q * x.powi(n)).sum::<f64>();
        assert!((moment(0) - 1.0).abs() < 1e-14 && (moment(1) - found.observables.means[j]).abs() < 1e-14);
    }
    // KL on the tensor grid, from the mixture itself.
    let normal = |x: f64, y: f64| (-(x * x + y * y) / 2.0).exp() / std::f64::consts::TAU;
    let mut total = 0.0;
    for (x, q) in &grids[0] {
        for (y, r) in &grids[1] {
            let pi = 0.6 * normal(x - 1.5, y - 0.7) + 0.4 * normal(x + 1.5, y + 0.7);
            total += q * r * (q * r / pi).ln();
        }
    }
    total *= step(&grids[0]) * step(&grids[1]);
    assert!((total - found.observables.objective).abs() < 1e-13, "{total}");
}

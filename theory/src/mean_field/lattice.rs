//! The grid of a coordinate, and the two transforms between it and the frequencies of S.

use std::f64::consts::TAU;

use super::complex::Complex;
use super::waves::Waves;

/// Largest step of a_j x. The marginals have the poles of log cosh at a_j x = i pi/2: the trapezoid rule errs by
/// e^(-pi^2/step), and at om = pi/step = 22, where grids no longer know psi_j, it has fallen by e^(-pi^2/(2 step)) = 5e-16.
const SHARP: f64 = 0.14;
/// Largest step in units of T^(1/2): a Gaussian of that deviation has e^(-(pi/step)^2/2) = 3e-18 beyond pi/step.
const SMOOTH: f64 = 0.35;
/// Deviations T^(1/2) kept beyond the means +-a_j of the extreme marginals: density e^(-45), 2e-20.
const REACH: f64 = 9.5;

/// x_k = k dx, k = 0..K, with +x and -x side by side, so that an even law stays even to the last bit.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) count: usize,
    pub(super) half_separation: f64,
    pub(super) dx: f64,
    pub(super) x: Vec<f64>,
    /// log of dx phi_beta(x_k), halved at x = 0, which belongs to both sides.
    pub(super) log_base: Vec<f64>,
    pub(super) base: Vec<f64>,
    /// Half angles om_0 a x/2, and their advance from one frequency to the next.
    start: Turns,
    advance: Turns,
}

/// Cosines and sines of an angle at every point.
#[derive(Debug, Clone)]
struct Turns {
    cos: Vec<f64>,
    sin: Vec<f64>,
}

impl Turns {
    fn new(angles: impl Iterator<Item = f64>) -> Self {
        let (sin, cos) = angles.map(libm::sincos).unzip();
        Self { cos, sin }
    }

    /// Advances every angle.
    fn turn(&mut self, by: &Self) {
        let count = self.cos.len();
        let (cos, sin) = (&mut self.cos[..count], &mut self.sin[..count]);
        let (by_cos, by_sin) = (&by.cos[..count], &by.sin[..count]);
        for k in 0..count {
            let c = cos[k] * by_cos[k] - sin[k] * by_sin[k];
            sin[k] = sin[k] * by_cos[k] + cos[k] * by_sin[k];
            cos[k] = c;
        }
    }
}

/// Numbers at +x_k and at -x_k.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sides {
    pub(super) plus: Vec<f64>,
    pub(super) minus: Vec<f64>,
}

impl Sides {
    /// `f(k, sign)` at every point.
    pub(super) fn new(count: usize, f: impl Fn(usize, f64) -> f64) -> Self {
        Self { plus: (0..count).map(|k| f(k, 1.0)).collect(), minus: (0..count).map(|k| f(k, -1.0)).collect() }
    }

    /// Both values, point by point.
    pub(super) fn zip<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (f64, f64)> + 'a {
        let both = |a: &'a [f64], b: &'a [f64]| a.iter().copied().zip(b.iter().copied());
        both(&self.plus, &other.plus).chain(both(&self.minus, &other.minus))
    }

    /// The sum of the products.
    pub(super) fn dot(&self, other: &Self) -> f64 {
        self.zip(other).map(|(a, b)| a * b).sum()
    }

    /// `f` of every value.
    pub(super) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        let side = |values: &[f64]| values.iter().map(|&v| f(v)).collect();
        Self { plus: side(&self.plus), minus: side(&self.minus) }
    }

    /// `f` of the values of both.
    pub(super) fn with(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let side = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect();
        Self { plus: side(&self.plus, &other.plus), minus: side(&self.minus, &other.minus) }
    }
}

impl Axis {
    /// The grid of `count` coordinates a_j = `half_separation` at temperature T, `fineness` times finer than needed.
    pub(super) fn new(half_separation: f64, count: usize, temperature: f64, waves: &Waves, fineness: f64) -> Self {
        let deviation = temperature.sqrt();
        let dx = (SHARP / half_separation).min(SMOOTH * deviation) / fineness;
        let points = ((half_separation + REACH * deviation) / dx).ceil() as usize + 1;
        let x: Vec<f64> = (0..points).map(|k| k as f64 * dx).collect();
        let ground = libm::log(dx / (deviation * TAU.sqrt()));
        let weigh = |(k, x): (usize, &f64)| {
            let shared = if k == 0 { std::f64::consts::LN_2 } else { 0.0 };
            ground - shared - 0.5 * x * x / temperature
        };
        let log_base: Vec<f64> = x.iter().enumerate().map(weigh).collect();
        let base = log_base.iter().map(|&l| libm::exp(l)).collect();
        let half = 0.5 * waves.step * half_separation;
        let start = Turns::new(x.iter().map(|x| 0.5 * half * x));
        let advance = Turns::new(x.iter().map(|x| half * x));
        Self { count, half_separation, dx, x, log_base, base, start, advance }
    }

    /// sum_k p_k (e^(i om_m a x_k) - 1) at the first `count` frequencies.
    ///
    /// Half angles, cos u - 1 = -2 sin^2(u/2), keep the relative accuracy of factors close to 1, on which the law of many
    /// coordinates rests.
    pub(super) fn transform(&self, masses: &Sides, count: usize) -> Vec<Complex> {
        let even: Vec<f64> = masses.plus.iter().zip(&masses.minus).map(|(p, m)| p + m).collect();
        let odd: Vec<f64> = masses.plus.iter().zip(&masses.minus).map(|(p, m)| p - m).collect();
        let mut turns = self.start.clone();
        let mut psi = Vec::with_capacity(count);
        for _ in 0..count {
            psi.push(projections(&turns, &even, &odd));
            turns.turn(&self.advance);
        }
        psi
    }

    /// G(a x_k) - G(0), G(t) = -sum_m k_m Re\[c_m e^(i om_m t)\], at every point.
    pub(super) fn field(&self, waves: &Waves, coefficients: &[Complex]) -> Sides {
        let count = self.x.len();
        let (mut even, mut odd) = (vec![0.0; count], vec![0.0; count]);
        let mut turns = self.start.clone();
        for (c, weight) in coefficients.iter().zip(&waves.weight) {
            let (re, im) = (2.0 * weight * c.re, 2.0 * weight * c.im);
            let (cos, sin) = (&turns.cos[..count], &turns.sin[..count]);
            for k in 0..count {
                even[k] += re * sin[k] * sin[k];
                odd[k] += im * sin[k] * cos[k];
            }
            turns.turn(&self.advance);
        }
        let minus = even.iter().zip(&odd).map(|(e, o)| e - o).collect();
        even.iter_mut().zip(&odd).for_each(|(e, o)| *e += o);
        Sides { plus: even, minus }
    }
}

impl Axis {
    /// G'(a x_k) and G''(a x_k) of the same G.
    pub(super) fn slopes(&self, waves: &Waves, coefficients: &[Complex]) -> (Sides, Sides) {
        let count = self.x.len();
        let (mut first, mut second) = (Sides::new(count, |_, _| 0.0), Sides::new(count, |_, _| 0.0));
        let mut turns = self.start.clone();
        for (m, c) in coefficients.iter().enumerate() {
            let speed = waves.weight[m] * waves.omega[m];
            let (first_re, first_im) = (speed * c.re, speed * c.im);
            let (second_re, second_im) = (waves.omega[m] * first_re, waves.omega[m] * first_im);
            for k in 0..count {
                let (half_sin, half_cos) = (turns.sin[k], turns.cos[k]);
                let (cos, sin) = (1.0 - 2.0 * half_sin * half_sin, 2.0 * half_sin * half_cos);
                first.plus[k] += first_im * cos + first_re * sin;
                first.minus[k] += first_im * cos - first_re * sin;
                second.plus[k] += second_re * cos - second_im * sin;
                second.minus[k] += second_re * cos + second_im * sin;
            }
            turns.turn(&self.advance);
        }
        (first, second)
    }
}

/// sum_k even_k (-2 sin^2) + i odd_k 2 sin cos.
fn projections(turns: &Turns, even: &[f64], odd: &[f64]) -> Complex {
    // Four sums at once: one alone would wait for each addition.
    const LANES: usize = 4;
    let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
    let mut add = |lane: usize, s: f64, c: f64, e: f64, o: f64| {
        re[lane] += e * s * s;
        im[lane] += o * s * c;
    };
    let count = even.len();
    let (sin, cos, even, odd) = (&turns.sin[..count], &turns.cos[..count], &even[..count], &odd[..count]);
    let whole = count - count % LANES;
    for k in (0..whole).step_by(LANES) {
        for lane in 0..LANES {
            add(lane, sin[k + lane], cos[k + lane], even[k + lane], odd[k + lane]);
        }
    }
    for k in whole..count {
        add(0, sin[k], cos[k], even[k], odd[k]);
    }
    Complex { re: -2.0 * re.iter().sum::<f64>(), im: 2.0 * im.iter().sum::<f64>() }
}

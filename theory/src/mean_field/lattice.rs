//! The grid of a coordinate, and the two transforms between it and the frequencies of S.

use std::f64::consts::TAU;

use super::complex::Complex;
pub(super) use super::term::Term;
use super::waves::Waves;

/// x_k = k dx, k = 0..K, with +x and -x side by side, so that an even law stays even to the last bit.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) term: Term,
    pub(super) dx: f64,
    pub(super) x: Vec<f64>,
    /// log of dx phi_beta(x_k), halved at x = 0, which belongs to both sides.
    pub(super) log_base: Vec<f64>,
    pub(super) base: Vec<f64>,
    start: Angles,
    advance: Angles,
}

/// Half angles om s(x)/2 at a frequency, or their advance from one frequency to the next.
#[derive(Debug, Clone)]
struct Angles {
    /// om a x/2.
    odd: Turns,
    /// om b x^2/2, where b is not 0.
    even: Option<Turns>,
}

impl Angles {
    /// At half the frequency `half`.
    fn new(term: Term, x: &[f64], half: f64) -> Self {
        let odd = Turns::new(x.iter().map(|x| half * term.slope * x));
        let even = (term.bend != 0.0).then(|| Turns::new(x.iter().map(|x| half * term.bend * x * x)));
        Self { odd, even }
    }

    fn turn(&mut self, by: &Self) {
        self.odd.turn(&by.odd);
        if let (Some(even), Some(by)) = (&mut self.even, &by.even) {
            even.turn(by);
        }
    }
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
    /// The grid of the coordinates of `term` at temperature T, `fineness` times finer than needed.
    pub(super) fn new(term: Term, temperature: f64, waves: &Waves, fineness: f64) -> Self {
        let deviation = temperature.sqrt();
        let (step, reach) = term.resolution(temperature);
        let dx = step / fineness;
        let points = (reach / dx).ceil() as usize + 1;
        let x: Vec<f64> = (0..points).map(|k| k as f64 * dx).collect();
        let ground = libm::log(dx / (deviation * TAU.sqrt()));
        let weigh = |(k, x): (usize, &f64)| {
            let shared = if k == 0 { std::f64::consts::LN_2 } else { 0.0 };
            ground - shared - 0.5 * x * x / temperature
        };
        let log_base: Vec<f64> = x.iter().enumerate().map(weigh).collect();
        let base = log_base.iter().map(|&l| libm::exp(l)).collect();
        let start = Angles::new(term, &x, 0.25 * waves.step);
        let advance = Angles::new(term, &x, 0.5 * waves.step);
        Self { term, dx, x, log_base, base, start, advance }
    }

    /// sum_k p_k (e^(i om_m s(x_k)) - 1) at the first `count` frequencies.
    ///
    /// Half angles, cos u - 1 = -2 sin^2(u/2), keep the relative accuracy of factors close to 1, on which the law of many
    /// coordinates rests.
    pub(super) fn transform(&self, masses: &Sides, count: usize) -> Vec<Complex> {
        let even: Vec<f64> = masses.plus.iter().zip(&masses.minus).map(|(p, m)| p + m).collect();
        let odd: Vec<f64> = masses.plus.iter().zip(&masses.minus).map(|(p, m)| p - m).collect();
        let mut turns = self.start.clone();
        let mut psi = Vec::with_capacity(count);
        for _ in 0..count {
            psi.push(match &turns.even {
                None => projections(&turns.odd, &even, &odd),
                Some(bent) => bent_projections(&turns.odd, bent, masses),
            });
            turns.turn(&self.advance);
        }
        psi
    }

    /// G(s(x_k)) - G(0), G(t) = -sum_m k_m Re\[c_m e^(i om_m t)\], at every point.
    pub(super) fn field(&self, waves: &Waves, coefficients: &[Complex]) -> Sides {
        let count = self.x.len();
        let (mut even, mut odd) = (vec![0.0; count], vec![0.0; count]);
        let mut turns = self.start.clone();
        for (c, weight) in coefficients.iter().zip(&waves.weight) {
            let (re, im) = (2.0 * weight * c.re, 2.0 * weight * c.im);
            let (cos, sin) = (&turns.odd.cos[..count], &turns.odd.sin[..count]);
            if let Some(bent) = &turns.even {
                for k in 0..count {
                    let [plus, other] = both(sin[k], cos[k], bent.sin[k], bent.cos[k]);
                    // The even and the odd part of the two sides.
                    let [plus, other] = [plus, other].map(|(s, c)| re * s * s + im * s * c);
                    even[k] += 0.5 * (plus + other);
                    odd[k] += 0.5 * (plus - other);
                }
            } else {
                for k in 0..count {
                    even[k] += re * sin[k] * sin[k];
                    odd[k] += im * sin[k] * cos[k];
                }
            }
            turns.turn(&self.advance);
        }
        let minus = even.iter().zip(&odd).map(|(e, o)| e - o).collect();
        even.iter_mut().zip(&odd).for_each(|(e, o)| *e += o);
        Sides { plus: even, minus }
    }
}

impl Axis {
    /// G'(a x_k) and G''(a x_k) of the same G, s(x) = a x.
    pub(super) fn slopes(&self, waves: &Waves, coefficients: &[Complex]) -> (Sides, Sides) {
        let count = self.x.len();
        let (mut first, mut second) = (Sides::new(count, |_, _| 0.0), Sides::new(count, |_, _| 0.0));
        let mut turns = self.start.clone();
        for (m, c) in coefficients.iter().enumerate() {
            let speed = waves.weight[m] * waves.omega[m];
            let (first_re, first_im) = (speed * c.re, speed * c.im);
            let (second_re, second_im) = (waves.omega[m] * first_re, waves.omega[m] * first_im);
            for k in 0..count {
                let (half_sin, half_cos) = (turns.odd.sin[k], turns.odd.cos[k]);
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

/// (sin, cos) of v + u and of v - u, from those of u and of v.
fn both(sin: f64, cos: f64, bent_sin: f64, bent_cos: f64) -> [(f64, f64); 2] {
    let (sc, cs) = (bent_sin * cos, bent_cos * sin);
    let (cc, ss) = (bent_cos * cos, bent_sin * sin);
    [(sc + cs, cc - ss), (sc - cs, cc + ss)]
}

/// sum_k p_k (-2 sin^2 + 2 i sin cos) of the half angles v + u on the plus side and v - u on the other.
fn bent_projections(turns: &Turns, bent: &Turns, masses: &Sides) -> Complex {
    let (mut re, mut im) = (0.0, 0.0);
    for k in 0..masses.plus.len() {
        let [plus, minus] = both(turns.sin[k], turns.cos[k], bent.sin[k], bent.cos[k]);
        for ((s, c), p) in [(plus, masses.plus[k]), (minus, masses.minus[k])] {
            re += p * s * s;
            im += p * s * c;
        }
    }
    Complex { re: -2.0 * re, im: 2.0 * im }
}

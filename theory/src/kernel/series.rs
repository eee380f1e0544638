//! Chebyshev series of smooth functions on an interval, evaluated for several arguments at once.

/// Numbers of nodes tried, up to the last whatever the error.
const NODES: [usize; 7] = [8, 12, 16, 32, 64, 128, 256];

/// A function on [low, high] as a Chebyshev series; beyond the ends it stays at its end values.
///
/// Formula: f(x) = sum_k c_k T_k(2 (x - low)/(high - low) - 1), with the coefficients of interpolation at Chebyshev
/// nodes, cut where the sum of those left out is below the tolerance asked for (the error, while the function is smooth
/// enough for 256 nodes). No table look-ups, hence vector instructions across the arguments. Summed as a polynomial where
/// that loses less than a quarter of the tolerance to rounding, else by Clenshaw's recurrence. NaN gives NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    low: f64,
    high: f64,
    scale: f64,
    sum: Sum,
}

/// A function with f(centre + u) = -f(centre - u) on |u| <= reach, as u times a series in u^2: half the terms.
///
/// Formula: f = t sum_k c_k T_k(2 t^2 - 1), t = u/reach; otherwise like [`Series`].
#[derive(Debug, Clone, PartialEq)]
pub struct OddSeries {
    centre: f64,
    reach: f64,
    sum: Sum,
}

/// A series on [-1, 1] in the form in which it is summed.
#[derive(Debug, Clone, PartialEq)]
enum Sum {
    /// Powers of w, lowest first; how many fours are in use.
    Powers {
        terms: Box<[[f64; 4]; MOST]>,
        count: usize,
    },
    Chebyshev(Vec<f64>),
}

/// Most fours of powers: longer series have coefficients that cancel.
const MOST: usize = 16;

impl Series {
    /// The series of `f` on [`low`, `high`] (finite, `low` < `high`) to the absolute `tolerance`.
    pub fn fit(low: f64, high: f64, tolerance: f64, f: impl Fn(f64) -> f64) -> Self {
        let half = (high - low) / 2.0;
        let coefficients = coefficients(tolerance, |w| f(low + half * (1.0 + w)));
        Self { low, high, scale: 1.0 / half, sum: Sum::new(coefficients, tolerance) }
    }

    /// The values at `x`.
    #[inline(always)]
    pub fn at<const L: usize>(&self, x: &[f64; L]) -> [f64; L] {
        let mut w = [0.0; L];
        for l in 0..L {
            w[l] = (clamp(x[l], self.low, self.high) - self.low) * self.scale - 1.0;
        }
        self.sum.at(&w)
    }
}

impl OddSeries {
    /// The series of `f`, odd about `centre`, to the absolute `tolerance` on |x - centre| <= `reach` (positive).
    pub fn fit(centre: f64, reach: f64, tolerance: f64, f: impl Fn(f64) -> f64) -> Self {
        let coefficients = coefficients(tolerance, |w| {
            // Chebyshev nodes lie inside (-1, 1), so t > 0.
            let t = ((1.0 + w) / 2.0).sqrt();
            f(centre + reach * t) / t
        });
        Self { centre, reach, sum: Sum::new(coefficients, tolerance) }
    }

    /// The values at `x`.
    #[inline(always)]
    pub fn at<const L: usize>(&self, x: &[f64; L]) -> [f64; L] {
        let inverse = 1.0 / self.reach;
        let (mut t, mut w) = ([0.0; L], [0.0; L]);
        for l in 0..L {
            t[l] = clamp((x[l] - self.centre) * inverse, -1.0, 1.0);
            w[l] = 2.0 * t[l] * t[l] - 1.0;
        }
        let mut out = self.sum.at(&w);
        for l in 0..L {
            out[l] *= t[l];
        }
        out
    }
}

impl Sum {
    /// Powers if they agree with the recurrence to a quarter of the tolerance at a hundred points: their coefficients grow
    /// with the length of the series, and cancel, where it converges slowly.
    fn new(coefficients: Vec<f64>, tolerance: f64) -> Self {
        let powers = powers(&coefficients);
        let series = Self::Chebyshev(coefficients);
        let close = |powers: &Self| {
            let points = (-50..=50).map(|i| [f64::from(i) * 0.02]);
            points.into_iter().all(|w| (powers.at(&w)[0] - series.at(&w)[0]).abs() <= tolerance / 4.0)
        };
        powers.filter(close).unwrap_or(series)
    }

    #[inline(always)]
    fn at<const L: usize>(&self, w: &[f64; L]) -> [f64; L] {
        // The other form writes through a reference, so that the two are not merged lane by lane.
        let mut out = [0.0; L];
        match self {
            Self::Powers { terms, count } => horner(terms, *count, w, &mut out),
            Self::Chebyshev(coefficients) => clenshaw(coefficients, w, &mut out),
        }
        out
    }
}

/// The same polynomial by powers of w, if it fits.
fn powers(coefficients: &[f64]) -> Option<Sum> {
    const N: usize = 4 * MOST;
    if coefficients.len() > N {
        return None;
    }
    let mut sum = [0.0; N];
    // T_k and T_(k+1) by T_(k+1) = 2 w T_k - T_(k-1).
    let (mut now, mut next) = ([0.0; N + 1], [0.0; N + 1]);
    (now[0], next[1]) = (1.0, 1.0);
    for c in coefficients {
        sum.iter_mut().zip(&now).for_each(|(s, t)| *s += c * t);
        let after = std::array::from_fn(|i| if i == 0 { 0.0 } else { 2.0 * next[i - 1] } - now[i]);
        now = std::mem::replace(&mut next, after);
    }
    let terms = Box::new(std::array::from_fn(|i| std::array::from_fn(|j| sum[4 * i + j])));
    Some(Sum::Powers { terms, count: coefficients.len().div_ceil(4).max(1) })
}

/// A polynomial as four interleaved ones in w^4: independent chains of operations, so that the additions and
/// multiplications of one need not wait for each other.
#[inline(always)]
fn horner<const L: usize>(terms: &[[f64; 4]; MOST], count: usize, w: &[f64; L], out: &mut [f64; L]) {
    let (mut square, mut fourth) = ([0.0; L], [0.0; L]);
    for l in 0..L {
        square[l] = w[l] * w[l];
        fourth[l] = square[l] * square[l];
    }
    let (mut a, mut b, mut c, mut d) = ([0f64; L], [0f64; L], [0f64; L], [0f64; L]);
    let mut i = count;
    // At least one turn, and an index that needs no check: nothing for the compiler to take apart.
    loop {
        i = i.wrapping_sub(1);
        let four = &terms[i % MOST];
        for l in 0..L {
            a[l] = a[l] * fourth[l] + four[0];
            b[l] = b[l] * fourth[l] + four[1];
            c[l] = c[l] * fourth[l] + four[2];
            d[l] = d[l] * fourth[l] + four[3];
        }
        if i == 0 || i >= MOST {
            break;
        }
    }
    for l in 0..L {
        out[l] = (a[l] + w[l] * b[l]) + square[l] * (c[l] + w[l] * d[l]);
    }
}

/// `x` kept in [low, high], in a form that becomes two vector instructions; NaN stays NaN.
#[inline(always)]
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// sum_k c_k T_k(w).
#[inline(never)]
fn clenshaw<const L: usize>(coefficients: &[f64], w: &[f64; L], out: &mut [f64; L]) {
    for (out, w) in out.iter_mut().zip(w) {
        let (mut b1, mut b2) = (0.0, 0.0);
        for c in coefficients.iter().skip(1).rev() {
            (b1, b2) = ((c - b2) + 2.0 * w * b1, b1);
        }
        *out = (coefficients.first().unwrap_or(&0.0) - b2) + w * b1;
    }
}

/// The coefficients of `f` on [-1, 1]: interpolation at more and more Chebyshev nodes until the last quarter of the
/// coefficients is below the tolerance; then the tail is cut while it sums to less than the tolerance.
fn coefficients(tolerance: f64, f: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut found = Vec::new();
    for n in NODES {
        found = interpolation(n, &f);
        let tail: f64 = found[n - n / 4..].iter().map(|c| c.abs()).sum();
        if tail <= tolerance / 4.0 {
            break;
        }
    }
    let mut left_out = 0.0;
    while let Some(last) = found.last() {
        left_out += last.abs();
        if left_out > tolerance / 2.0 || found.len() == 1 {
            break;
        }
        found.pop();
    }
    found
}

/// The coefficients of the interpolant at the n zeros of T_n: c_k = (2/n) sum_j f(w_j) T_k(w_j), half of it for k = 0.
fn interpolation(n: usize, f: &impl Fn(f64) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; n];
    for j in 0..n {
        let w = libm::cos(std::f64::consts::PI * (j as f64 + 0.5) / n as f64);
        let value = f(w);
        let (mut now, mut next) = (1.0, w);
        for sum in &mut sums {
            *sum += value * now;
            (now, next) = (next, 2.0 * w * next - now);
        }
    }
    let scale = 2.0 / n as f64;
    sums.iter().enumerate().map(|(k, sum)| if k == 0 { sum / n as f64 } else { sum * scale }).collect()
}

#[cfg(test)]
mod tests;

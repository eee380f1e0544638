//! What counts of collapsed runs say: exact statements on binomial laws.

use statrs::function::gamma::ln_gamma;

/// Runs of each kind that a comparison is tried with, at most: the power takes their cube.
pub const MOST_COMPARED: u64 = 200;

/// Runs of which none collapses that say "below p" with the confidence `level`.
pub fn runs_to_say(p: f64, level: f64) -> u64 {
    ((1.0 - level).ln() / (-p).ln_1p()).ceil() as u64
}

/// The probability that at least one of k runs is whole, if each collapses with probability p.
pub fn best_of(k: u64, p: f64) -> f64 {
    1.0 - p.powf(k as f64)
}

/// The least k of which at least one run is whole with the probability `sure`; none if every run collapses.
pub fn restarts_for(sure: f64, p: f64) -> Option<u64> {
    match p {
        p if p >= 1.0 => None,
        p if p <= 1.0 - sure => Some(1),
        // 1 - p^k >= sure, where rounding may leave k an integer.
        p => Some(((1.0 - sure).ln() / p.ln() - 1e-9).ceil() as u64),
    }
}

/// Fisher's exact test, on two sides: the probability of a table of the same margins that is no more probable than `a` of `n`
/// beside `b` of `m`.
pub fn fisher(a: u64, n: u64, b: u64, m: u64) -> f64 {
    let total = a + b;
    let log = |x: u64| log_choose(n, x) + log_choose(m, total - x) - log_choose(n + m, total);
    let (low, high) = (total.saturating_sub(m), total.min(n));
    let own = log(a);
    // Equal but for rounding counts as equal.
    let sum: f64 = (low..=high).map(log).filter(|l| *l <= own + 1e-7).map(f64::exp).sum();
    sum.min(1.0)
}

/// The power of that test at 1 - `level` with n runs of each kind that collapse with probability p and q.
pub fn power(n: u64, p: f64, q: f64, level: f64) -> f64 {
    let chance = |x: u64, p: f64| {
        let (x, n) = (x as f64, n as f64);
        if p <= 0.0 || p >= 1.0 {
            return f64::from(u8::from((p <= 0.0 && x == 0.0) || (p >= 1.0 && x == n)));
        }
        (log_choose(n as u64, x as u64) + x * p.ln() + (n - x) * (-p).ln_1p()).exp()
    };
    let of_p: Vec<f64> = (0..=n).map(|x| chance(x, p)).collect();
    let of_q: Vec<f64> = (0..=n).map(|x| chance(x, q)).collect();
    let mut sum = 0.0;
    for a in (0..=n).filter(|a| of_p[*a as usize] > 1e-12) {
        for b in (0..=n).filter(|b| of_q[*b as usize] > 1e-12) {
            if fisher(a, n, b, n) <= 1.0 - level {
                sum += of_p[a as usize] * of_q[b as usize];
            }
        }
    }
    sum
}

/// Runs of each kind by which Fisher's test at 1 - `level` tells p from q with the probability `wanted`: none within
/// [`MOST_COMPARED`].
pub fn runs_to_tell(p: f64, q: f64, level: f64, wanted: f64) -> Option<u64> {
    if p == q {
        return None;
    }
    let enough = |n: u64| power(n, p, q, level) >= wanted;
    let mut n = 4;
    while !enough(n) {
        n = (n * 5).div_ceil(4);
        if n > MOST_COMPARED {
            return None;
        }
    }
    // The power has teeth: the first that is enough above the last step.
    ((n * 4 / 5).max(2)..=n).find(|n| enough(*n))
}

fn log_choose(n: u64, k: u64) -> f64 {
    let (n, k) = (n as f64, k as f64);
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_on_no_collapse() {
        // None of 299 has probability .99^299 = .0495 at 1%, none of 298 still .0500.
        assert_eq!(runs_to_say(0.01, 0.95), 299);
        assert!(0.99f64.powi(299) < 0.05 && 0.99f64.powi(298) > 0.05);
    }

    #[test]
    fn restarts() {
        assert_eq!(restarts_for(0.99, 0.5), Some(7));
        assert_eq!(restarts_for(0.99, 0.1), Some(2));
        assert_eq!(restarts_for(0.99, 0.0), Some(1));
        assert_eq!(restarts_for(0.99, 1.0), None);
        for p in [0.03, 0.2, 0.5, 0.9, 0.99] {
            let k = restarts_for(0.99, p).unwrap();
            assert!(best_of(k, p) >= 0.99 - 1e-9 && (k == 1 || best_of(k - 1, p) < 0.99));
        }
    }

    #[test]
    fn fisher_is_the_lady_tasting_tea() {
        assert!((fisher(3, 4, 1, 4) - 0.485_714_285_714).abs() < 1e-9);
        assert!((fisher(4, 4, 0, 4) - 0.028_571_428_571).abs() < 1e-9);
        assert!((fisher(0, 10, 0, 10) - 1.0).abs() < 1e-12);
        // Twice (C(20,12) C(20,3) + C(20,13) C(20,2) + C(20,14) C(20,1) + C(20,15)) of C(40,15).
        let tail = 125_970.0 * 1140.0 + 77_520.0 * 190.0 + 38_760.0 * 20.0 + 15_504.0;
        assert!((fisher(12, 20, 3, 20) - 2.0 * tail / 40_225_345_056.0).abs() < 1e-12);
    }

    #[test]
    fn power_grows_with_the_runs() {
        let found = runs_to_tell(0.6, 0.1, 0.95, 0.8).unwrap();
        assert!(power(found, 0.6, 0.1, 0.95) >= 0.8 && power(found / 2, 0.6, 0.1, 0.95) < 0.8);
        assert!((15..=25).contains(&found), "{found}");
        assert_eq!(runs_to_tell(0.3, 0.3, 0.95, 0.8), None);
    }
}

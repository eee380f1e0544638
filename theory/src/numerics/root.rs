//! Roots of functions of one variable.

/// A root with its evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CriticalPoint {
    /// The root.
    pub value: f64,
    /// The interval at whose ends the function has opposite signs.
    pub bracket: (f64, f64),
    /// The function at the root.
    pub residual: f64,
}

/// The root of a function that is negative at `low` and positive at `high`, to the last bit; `None` if it is not.
pub fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> Option<f64> {
    if !(f(low) < 0.0 && f(high) > 0.0) {
        return None;
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return Some(middle);
        }
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
}

/// Steps of the method; each at least halves the interval every third time.
const STEPS: usize = 200;

/// The root of `f` between `low` and `high`, where it has opposite signs, to a few ulps: inverse interpolation guarded by
/// bisection (Chandrupatla's criterion). `None` where the signs agree or a value is not finite.
pub(crate) fn root(low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> Option<CriticalPoint> {
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (f(a), f(b));
    if !(fa.is_finite() && fb.is_finite()) || fa * fb > 0.0 {
        return None;
    }
    let mut share: f64 = 0.5;
    for _ in 0..STEPS {
        // b is the newest point, a lies on the other side; c below is the one that the newest replaced.
        let (best, f_best) = if fa.abs() < fb.abs() { (a, fa) } else { (b, fb) };
        let least = 2.0 * f64::EPSILON * best.abs() / (a - b).abs();
        if f_best == 0.0 || least >= 0.5 || !least.is_finite() {
            return Some(CriticalPoint { value: best, bracket: (a.min(b), a.max(b)), residual: f_best });
        }
        let x = b + share.clamp(least, 1.0 - least) * (a - b);
        let fx = f(x);
        if !fx.is_finite() {
            return None;
        }
        let mut before = (b, fb);
        if (fx > 0.0) != (fb > 0.0) {
            before = (a, fa);
            (a, fa) = (b, fb);
        }
        let (c, fc) = before;
        (b, fb) = (x, fx);
        share = interpolated([a, b, c], [fa, fb, fc]);
    }
    Some(CriticalPoint { value: b, bracket: (a.min(b), a.max(b)), residual: fb })
}

/// Where on the way from b to a the inverse parabola vanishes, or the middle where it cannot be trusted.
fn interpolated([a, b, c]: [f64; 3], [fa, fb, fc]: [f64; 3]) -> f64 {
    let (xi, phi) = ((b - a) / (c - a), (fb - fa) / (fc - fa));
    if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
        fb / (fa - fb) * fc / (fa - fc) + (c - b) / (a - b) * fb / (fc - fb) * fa / (fc - fa)
    } else {
        0.5
    }
}

/// The root nearest to `start` on the geometric ladder start factor^n, n = 1, 2, .., up to `end`.
///
/// `None` where the sign never changes.
pub(crate) fn root_beyond(start: f64, factor: f64, end: f64, mut f: impl FnMut(f64) -> f64) -> Option<CriticalPoint> {
    let first = f(start);
    let mut low = start;
    let inside = |x: f64| if factor > 1.0 { x < end } else { x > end };
    while inside(low) {
        let high = if inside(low * factor) { low * factor } else { end };
        if f(high) * first <= 0.0 {
            return root(low, high, f);
        }
        low = high;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planted_roots_are_found() {
        for planted in [1e-9, 0.3, 1.0, 7.7] {
            let cubic = |x: f64| (x - planted) * (1.0 + (x - planted).powi(2));
            let found = root(0.0, 10.0, cubic).unwrap();
            assert!((found.value - planted).abs() <= 4.0 * f64::EPSILON * planted);
            assert!(found.bracket.0 <= found.value && found.value <= found.bracket.1);
            // A triple root, where interpolation is useless, and a jump.
            let flat = root(-1.0, 10.0, |x: f64| (x - planted).powi(3)).unwrap();
            assert!((flat.value - planted).abs() < 1e-14);
            let jump = root(0.0, 10.0, |x: f64| if x < planted { -1.0 } else { 2.0 }).unwrap();
            assert!((jump.value - planted).abs() <= 1e-14 * planted);
            let halved = bisect(-1.0, 10.0, |x| x.powi(3) - planted.powi(3)).unwrap();
            assert!((halved - planted).abs() <= 4.0 * f64::EPSILON * planted);
        }
        assert_eq!((bisect(1.0, 2.0, |x| x), bisect(-1.0, 1.0, |x: f64| -x)), (None, None));
        assert_eq!(root(1.0, 2.0, |x| x), None);
        assert_eq!(root(1.0, 2.0, |_| f64::NAN), None);
        let down = root_beyond(8.0, 0.5, 0.1, |x| x - 0.7).unwrap();
        assert!((down.value - 0.7).abs() < 1e-15 && root_beyond(1.0, 2.0, 100.0, |x| x).is_none());
    }
}

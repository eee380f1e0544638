use super::*;

#[test]
fn log_array_agrees_with_libm() {
    let mut x: f64 = 1e-300;
    while x < 1e300 {
        let block = [x, 1.0 + 1.0 / x.max(1.0), 1.0, 0.5f64.sqrt(), 2.0, 2f64.sqrt(), 1.0 - 1e-9, 64.0];
        for (found, x) in log_array(&block).iter().zip(block) {
            let truth = libm::log(x);
            assert!((found - truth).abs() <= 4e-16 * truth.abs().max(1.0), "{x:e}: {found:e} {truth:e}");
        }
        x *= 1.37;
    }
}

#[test]
fn tail_agrees_with_erfc() {
    // Both sides carry about x^2/2 ulps in the exponent and a few ulps elsewhere.
    for i in 0..=3750 {
        let x = f64::from(i) * 0.01;
        let (bell, upper) = tail(x);
        let tolerance = 2e-15 + x * x * 4e-16;
        let bell_true = libm::exp(-0.5 * x * x);
        let upper_true = 0.5 * libm::erfc(x / SQRT_2);
        assert!((bell / bell_true - 1.0).abs() < tolerance, "bell at {x}");
        assert!((upper / upper_true - 1.0).abs() < tolerance, "tail at {x}: {upper} {upper_true}");
        // 4e-13 over (1 + sqrt2 x) R, which is at least 1/2, and the exponential's 3e-13.
        assert!((tail_short(x) / upper_true - 1.0).abs() < 2e-12, "short tail at {x}");
    }
}

#[test]
fn tail_is_frozen_beyond_its_end_and_passes_nan() {
    assert_eq!(tail(f64::INFINITY), tail(TAIL_END));
    assert_eq!(tail(TAIL_END + 1e-12), tail(TAIL_END));
    assert!(tail(TAIL_END).0 > 0.0 && tail(TAIL_END).1 < 1e-305);
    assert!(tail(f64::NAN).1.is_nan());
}

#[test]
fn exponentials_of_both_signs_and_their_bounds() {
    for i in -7000..=7000 {
        let x = f64::from(i) * 0.1;
        assert!((exp_array(&[x])[0] / libm::exp(x) - 1.0).abs() < 1e-15 + 2e-16 * x.abs(), "{x}");
    }
    let [a, b, c] = exp_array(&[1e9, -1e9, f64::NAN]);
    assert!(a == exp_array(&[700.0])[0] && b == exp_array(&[-700.0])[0] && c.is_nan());
}

#[test]
fn half_at_zero() {
    let (bell, upper) = tail(0.0);
    assert!((bell - 1.0).abs() < 4e-16 && (upper - 0.5).abs() < 4e-16);
}

use super::*;
use crate::kernel::{logistic_normal, repulsion};

#[test]
fn kernels_are_met_to_the_tolerance() {
    for tolerance in [1e-7, 1e-9, 1e-11] {
        for b in [4.0, 6.0, 40.0] {
            let tau = |m: f64| 2.0 * logistic_normal(b * (m + 0.2), b) - 1.0;
            let series = OddSeries::fit(-0.2, 8.0, tolerance, tau);
            for i in -90..=90 {
                let x = 0.1 * f64::from(i);
                let [found] = series.at(&[x]);
                assert!((found - tau(x.clamp(-8.2, 7.8))).abs() < tolerance, "{b} {x}");
            }
        }
        let series = Series::fit(1.0, 14.0, tolerance, |u| repulsion(u * u - 1.0));
        for i in 10..=140 {
            let u = 0.1 * f64::from(i);
            assert!((series.at(&[u])[0] - repulsion(u * u - 1.0)).abs() < tolerance, "{u}");
        }
    }
}

#[test]
fn polynomials_are_exact_and_short() {
    let series = Series::fit(-1.0, 3.0, 1e-12, |x| x * x * x - x);
    assert!(matches!(&series.sum, Sum::Powers { count: 1, .. }));
    for x in [-1.0, 0.3, 2.9, 3.0] {
        assert!((series.at(&[x])[0] - (x * x * x - x)).abs() < 1e-13);
    }
    let odd = OddSeries::fit(0.0, 2.0, 1e-12, |x| x * x * x - x);
    assert!(matches!(&odd.sum, Sum::Powers { terms, count: 1 } if terms[0][2..] == [0.0, 0.0]));
    assert_eq!(odd.at(&[0.0]), [0.0]);
}

#[test]
fn slow_series_are_summed_by_the_recurrence() {
    // Poles at +-0.1i: the coefficients fall by a tenth each, those of the powers grow without bound.
    let f = |x: f64| 1.0 / (1.0 + 100.0 * x * x);
    let series = Series::fit(-1.0, 1.0, 1e-8, f);
    assert!(matches!(&series.sum, Sum::Chebyshev(_)));
    assert!((-100..=100).all(|i| (series.at(&[0.01 * f64::from(i)])[0] - f(0.01 * f64::from(i))).abs() < 1e-8));
    assert!(matches!(Series::fit(0.0, 1.0, 1e-12, f64::exp).sum, Sum::Powers { .. }));
}

#[test]
fn lanes_do_not_see_each_other_and_nan_is_passed_on() {
    let series = Series::fit(0.0, 1.0, 1e-10, f64::exp);
    let (alone, [a, b, c]) = (series.at(&[0.3])[0], series.at(&[f64::NAN, 0.3, 7.0]));
    assert!(a.is_nan() && b.to_bits() == alone.to_bits() && (c - 1f64.exp()).abs() < 1e-10);
}

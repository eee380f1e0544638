use super::*;
use crate::numerics::kronrod::distance;
use crate::{logistic_normal, softplus_normal};

/// E sigma and E log(1+e^u) by the general rule, at every scale and on both sides of the switch to panels.
#[test]
fn reproduces_the_kernels() {
    for b in [0.0, 1e-6, 0.3, 1.0, 5.0, 13.9, 14.1, 60.0, 1e4] {
        for a in [-20.0, -1.0, 0.0, 0.4, 7.0, 33.0] {
            let features = [Feature { place: if b > 0.0 { -a / b } else { 0.0 }, width: 1.0 / (b + 1e-9) }];
            let shape = IntegrandShape { scale: b, features: &features, tolerance: 1e-12 };
            let (value, error) = average(&shape, &mut |g| {
                [crate::kernel::sigmoid(a + b * g), crate::kernel::softplus(a + b * g) / (1.0 + b)]
            });
            let truth = [logistic_normal(a, b), softplus_normal(a, b) / (1.0 + b)];
            let missed = distance(&value, &truth);
            assert!(missed < 1e-12 && error < 2e-12, "{a} {b}: {missed:e} {error:e}");
            // The kernel itself is good to a few ulps of values up to 30.
            assert!(missed <= error + 1e-14, "{a} {b}: {missed:e} {error:e}");
        }
    }
}

#[test]
fn unknown_features_are_found_by_bisection() {
    let shape = IntegrandShape { scale: 50.0, features: &[], tolerance: 1e-12 };
    let (value, _) = average(&shape, &mut |g| [crate::kernel::sigmoid(50.0 * (g - 0.7313))]);
    assert!((value[0] - logistic_normal(-50.0 * 0.7313, 50.0)).abs() < 1e-12);
}

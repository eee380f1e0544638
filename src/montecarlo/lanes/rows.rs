//! Products of rows of numbers. Sums have one order on every machine: as many partial sums as [`LANES`].

use pulp::Simd;

use crate::montecarlo::lanes::step::LANES;

/// y += a x.
#[inline(always)]
pub(crate) fn add_times<S: Simd>(simd: S, a: f64, x: &[f64], y: &mut [f64]) {
    let factor = simd.splat_f64s(a);
    let ((x, x_rest), (y, y_rest)) = (S::as_simd_f64s(x), S::as_mut_simd_f64s(y));
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = simd.add_f64s(*y, simd.mul_f64s(factor, x)));
    y_rest.iter_mut().zip(x_rest).for_each(|(y, x)| *y += a * x);
}

/// x.y of rows whose length is a multiple of [`LANES`].
#[inline(always)]
pub(crate) fn dot<S: Simd>(simd: S, x: &[f64], y: &[f64]) -> f64 {
    sum(simd, x, |n, x| simd.mul_f64s(x, S::as_simd_f64s(y).0[n]))
}

/// The sum of a row whose length is a multiple of [`LANES`].
#[inline(always)]
pub(crate) fn total<S: Simd>(simd: S, x: &[f64]) -> f64 {
    sum(simd, x, |_, x| x)
}

#[inline(always)]
fn sum<S: Simd>(simd: S, x: &[f64], term: impl Fn(usize, S::f64s) -> S::f64s) -> f64 {
    debug_assert!(x.len().is_multiple_of(LANES), "a row of {}", x.len());
    let wide = LANES / S::F64_LANES;
    let (x, mut lanes) = (S::as_simd_f64s(x).0, [0.0; LANES]);
    for (v, lane) in S::as_mut_simd_f64s(&mut lanes).0.iter_mut().enumerate() {
        let mut partial = simd.splat_f64s(0.0);
        for n in (v..x.len()).step_by(wide) {
            partial = simd.add_f64s(partial, term(n, x[n]));
        }
        *lane = partial;
    }
    let mut half = LANES / 2;
    while half > 0 {
        (0..half).for_each(|l| lanes[l] += lanes[l + half]);
        half /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use pulp::{Arch, Scalar, WithSimd};

    use super::*;

    struct Products<'a>(&'a [f64], &'a [f64]);

    impl WithSimd for Products<'_> {
        type Output = ([f64; 2], Vec<f64>);

        fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
            let mut y = self.1.to_vec();
            add_times(simd, -0.3, self.0, &mut y);
            ([dot(simd, self.0, self.1), total(simd, self.0)], y)
        }
    }

    /// The same bits with and without vectors, and the sums in any order to rounding.
    #[test]
    fn one_order_on_every_machine() {
        let row = |a: f64| (0..7 * LANES).map(|n| (a * n as f64).sin()).collect::<Vec<f64>>();
        let (x, y) = (row(1.3), row(0.7));
        let plain = Products(&x, &y).with_simd(Scalar::new());
        assert_eq!(Arch::new().dispatch(Products(&x, &y)), plain);
        let product: f64 = x.iter().zip(&y).map(|(a, b)| a * b).sum();
        assert!((plain.0[0] - product).abs() < 1e-13, "{plain:?} {product}");
        assert!((plain.0[1] - x.iter().sum::<f64>()).abs() < 1e-13, "{plain:?}");
        assert!((plain.1[5] - (y[5] - 0.3 * x[5])).abs() < 1e-15);
    }
}

//! The hyperbolic tangent of a whole register.

use pulp::Simd;

/// Beyond it tanh is 1 to the accuracy of the fit: 1 - tanh 8 = 2.3e-7.
const LIMIT_F32: f32 = 8.0;
/// x P(x^2)/Q(x^2) on [-8, 8], the minimax fit of the largest absolute error, 1.3e-7 (reweighted least squares).
const P: [f32; 4] = [0.999_999_36, 0.129_136_45, 0.002_938_832_1, 1.131_026_6e-5];
const Q: [f32; 5] = [1.0, 0.462_467_44, 0.023_763_845, 0.000_237_029_06, 2.423_854e-7];

/// tanh x in single precision: absolute error at most 5e-7 for every x, 3.6e-7 of it rounding. NaN gives NaN.
///
/// A rational fit, because the functions of the standard library do not work on registers.
#[inline(always)]
pub(crate) fn f32<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let x = simd.max_f32s(simd.splat_f32s(-LIMIT_F32), x);
    let x = simd.min_f32s(simd.splat_f32s(LIMIT_F32), x);
    let u = simd.mul_f32s(x, x);
    let mut p = simd.splat_f32s(P[3]);
    for i in (0..3).rev() {
        p = simd.mul_add_f32s(p, u, simd.splat_f32s(P[i]));
    }
    let mut q = simd.splat_f32s(Q[4]);
    for i in (0..4).rev() {
        q = simd.mul_add_f32s(q, u, simd.splat_f32s(Q[i]));
    }
    simd.div_f32s(simd.mul_f32s(x, p), q)
}

/// 1 - tanh 20 = 8e-18.
const LIMIT_F64: f64 = 20.0;
/// Doublings of the argument: the fraction is used for |y| <= 20/32.
const DOUBLINGS: usize = 5;
/// Lambert's continued fraction tanh y = y/(1 + y^2/(3 + y^2/(5 + ...))) cut at 17, as y A(y^2)/B(y^2). The first
/// neglected term is y^19/(17!! 19!!) < 1e-20.
const A: [f64; 5] = [34_459_425.0, 4_729_725.0, 135_135.0, 990.0, 1.0];
const B: [f64; 5] = [34_459_425.0, 16_216_200.0, 945_945.0, 13_860.0, 45.0];

/// tanh x in double precision: absolute error at most 2e-15 (five doublings tanh 2y = 2 tanh y/(1 + tanh^2 y), each of
/// which rounds three times). NaN gives NaN.
#[inline(always)]
pub(crate) fn f64<S: Simd>(simd: S, x: S::f64s) -> S::f64s {
    let x = simd.max_f64s(simd.splat_f64s(-LIMIT_F64), x);
    let x = simd.min_f64s(simd.splat_f64s(LIMIT_F64), x);
    let y = simd.mul_f64s(x, simd.splat_f64s(1.0 / (1 << DOUBLINGS) as f64));
    let u = simd.mul_f64s(y, y);
    let (mut a, mut b) = (simd.splat_f64s(A[4]), simd.splat_f64s(B[4]));
    for i in (0..4).rev() {
        a = simd.mul_add_f64s(a, u, simd.splat_f64s(A[i]));
        b = simd.mul_add_f64s(b, u, simd.splat_f64s(B[i]));
    }
    let mut t = simd.div_f64s(simd.mul_f64s(y, a), b);
    for _ in 0..DOUBLINGS {
        t = simd.div_f64s(simd.add_f64s(t, t), simd.mul_add_f64s(t, t, simd.splat_f64s(1.0)));
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_to_the_standard_library() {
        let scalar = pulp::Scalar::new();
        for i in -6000..=6000 {
            let x = f64::from(i) * 0.005;
            let single = f32(scalar, x as f32);
            assert!((f64::from(single) - f64::from(x as f32).tanh()).abs() < 5e-7, "{x}: {single}");
            let double = f64(scalar, x);
            assert!((double - x.tanh()).abs() < 2e-15, "{x}: {double}");
        }
    }

    #[test]
    fn the_fraction_is_lamberts() {
        // tanh y = y/(1 + y^2/(3 + ... (15 + y^2/17))), evaluated as it is written.
        let u: f64 = 0.3;
        let tail = (0..8).rev().fold(17.0, |below, k| f64::from(2 * k + 1) + u / below);
        let at = |c: &[f64; 5]| c.iter().rev().fold(0.0, |sum, c| sum * u + c);
        assert!((at(&A) / at(&B) - 1.0 / tail).abs() < 1e-15);
    }
}

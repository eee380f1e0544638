//! Normal density and upper tail together, in a form that the compiler can vectorise.

use std::f64::consts::{LOG2_E, SQRT_2};

/// 1/sqrt(2 pi).
pub(crate) const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// Arguments of [`tail`] stop here: `e^(-x^2/2)` is 5e-306, the last decade that is not subnormal.
pub(crate) const TAIL_END: f64 = 37.5;

/// 1.5 * 2^52: adding it rounds to an integer, held in the low bits of the sum.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts, the first with 32 trailing zero bits, so that its product with an exponent is exact.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// Coefficients of a polynomial, lowest power first, in rows of four, the last filled up with zeros.
const fn in_fours<const N: usize, const M: usize>(c: [f64; N]) -> [[f64; 4]; M] {
    assert!(N <= 4 * M && 4 * M < N + 4);
    let mut rows = [[0.0; 4]; M];
    let mut k = 0;
    while k < N {
        rows[k / 4][k % 4] = c[k];
        k += 1;
    }
    rows
}

/// 1/k! for k = 0 to 13: on |r| <= ln(2)/2 the first term left out is below 5e-18.
const EXP: [[f64; 4]; 4] = in_fours([
    1.0,
    1.0,
    0.5,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
]);

/// Its first 11 terms.
const EXP_SHORT: [[f64; 4]; 3] = {
    let mut short = [EXP[0], EXP[1], EXP[2]];
    short[2][3] = 0.0;
    short
};

/// Its first 8 terms.
const EXP_ROUGH: [[f64; 4]; 2] = [EXP[0], EXP[1]];

/// Centre of the variable `t = (x - k)/(x + k)` of [`TAIL`].
const TAIL_CENTRE: f64 = 4.5;

/// `(1 + sqrt2 x) e^(x^2/2) Phi(-x)` as a polynomial in `t`, lowest power first: its Chebyshev series cut where the
/// terms fall below 1e-17 (`theory/tests/data/kernel_rules.py gauss`).
const TAIL: [[f64; 4]; 7] = in_fours([
    0.6244888747512267,
    -0.06898826458548976,
    -0.01629541532647362,
    0.05895861705112336,
    -0.05973618328164753,
    0.03866942016434801,
    -0.016731327701170483,
    0.003948179737469218,
    0.00029137880755009007,
    -0.0005417516891264429,
    9.547870013787776e-05,
    5.373986082940212e-05,
    -2.1145076954803022e-05,
    -5.87318082699315e-06,
    3.6573035067855027e-06,
    8.658145336504311e-07,
    -6.131128694368152e-07,
    -1.7306799987794623e-07,
    9.974017415486393e-08,
    3.7784004464772554e-08,
    -1.4565468121830235e-08,
    -6.78971236961508e-09,
    1.637535385822487e-09,
    6.747254919105601e-10,
    -1.0166884962900919e-10,
]);

/// The same to degree 18: error 4e-13.
const TAIL_SHORT: [[f64; 4]; 5] = in_fours([
    0.6244888747512412,
    -0.06898826458449954,
    -0.016295415329385294,
    0.05895861699082892,
    -0.059736183184681,
    0.03866942124536056,
    -0.016731328956598106,
    0.003948170879668295,
    0.0002913870885726777,
    -0.000541712052332664,
    9.544717331015058e-05,
    5.363431234603696e-05,
    -2.1071440131714205e-05,
    -5.699473171412982e-06,
    3.549423596347842e-06,
    6.88493665757232e-07,
    -5.150915059033334e-07,
    -6.403803405001199e-08,
    4.7339473309007505e-08,
]);

/// The same to degree 11: error 1e-8.
const TAIL_ROUGH: [[f64; 4]; 3] = in_fours([
    0.6244888808123347,
    -0.06898825256434005,
    -0.016295858439600363,
    0.05895827653661,
    -0.059730901016812214,
    0.038672189507478735,
    -0.016754612287924013,
    0.003938442887903794,
    0.00033880928862231043,
    -0.0005248125843334284,
    4.847900358447888e-05,
    3.894886010869523e-05,
]);

/// A polynomial as four interleaved ones in `t^4`: a chain of dependent operations a quarter as long. Short loops without
/// remainders: whatever the level of optimisation they are unrolled, and what calls this is vectorised.
#[inline(always)]
fn polynomial<const M: usize>(c: &[[f64; 4]; M], t: f64) -> f64 {
    let t2 = t * t;
    let t4 = t2 * t2;
    let mut parts = [0.0; 4];
    for row in c.iter().rev() {
        for j in 0..4 {
            parts[j] = parts[j] * t4 + row[j];
        }
    }
    (parts[0] + t * parts[1]) + t2 * (parts[2] + t * parts[3])
}

/// `e^(-y)` for `-708 <= y <= 708` from the first terms of the exponential series: relative error 3e-16 with all 14,
/// 3e-13 with 11, 6e-9 with 8.
#[inline(always)]
fn exp_minus<const M: usize>(series: &[[f64; 4]; M], y: f64) -> f64 {
    let rounded = ROUNDER - y * LOG2_E;
    let k = rounded - ROUNDER;
    let r = (-y - k * LN_2_HIGH) - k * LN_2_LOW;
    polynomial(series, r) * f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52)
}

/// Arguments of [`exp_array`] are kept within these bounds, where the result is a normal number.
const EXP_REACH: f64 = 700.0;

/// `e^x` for `N` arguments, written so that they share vector instructions.
///
/// Relative error 1e-15 + |x| 1e-16. Arguments beyond +-700 count as +-700; NaN stays NaN.
#[inline(always)]
pub fn exp_array<const N: usize>(x: &[f64; N]) -> [f64; N] {
    let mut out = [0.0; N];
    for i in 0..N {
        let y = if x[i] > EXP_REACH { EXP_REACH } else { x[i] };
        let y = if y < -EXP_REACH { -EXP_REACH } else { y };
        out[i] = exp_minus(&EXP, -y);
    }
    out
}

/// 2/(2k+1) for k = 0 to 10: `log((1+s)/(1-s)) = s sum_k 2 s^(2k)/(2k+1)`; for |s| <= (sqrt2-1)/(sqrt2+1) the first
/// term left out is below 1e-17.
const LOG: [[f64; 4]; 3] = in_fours([
    2.0,
    2.0 / 3.0,
    2.0 / 5.0,
    2.0 / 7.0,
    2.0 / 9.0,
    2.0 / 11.0,
    2.0 / 13.0,
    2.0 / 15.0,
    2.0 / 17.0,
    2.0 / 19.0,
    2.0 / 21.0,
]);

/// The bits of sqrt(1/2): what lies above them by less than one exponent is in [sqrt(1/2), sqrt 2).
const HALF_ROOT: u64 = 0x3fe6_a09e_667f_3bcd;

/// `log x` of positive normal numbers, written so that they share vector instructions; absolute error 3e-16 for x in [1/2, 2],
/// relative error 3e-16 beyond. Anything else gives a number without meaning, NaN stays NaN.
#[inline(always)]
pub(crate) fn log_array<const N: usize>(x: &[f64; N]) -> [f64; N] {
    let mut out = [0.0; N];
    for i in 0..N {
        let shifted = x[i].to_bits().wrapping_sub(HALF_ROOT);
        // The exponent, rounded down, in the low bits of ROUNDER as `exp_minus` has it.
        let exponent = f64::from_bits(ROUNDER.to_bits().wrapping_add_signed((shifted as i64) >> 52)) - ROUNDER;
        let m = f64::from_bits((shifted & 0x000f_ffff_ffff_ffff).wrapping_add(HALF_ROOT));
        let s = (m - 1.0) / (m + 1.0);
        let series = s * polynomial(&LOG, s * s);
        out[i] = exponent * LN_2_HIGH + (exponent * LN_2_LOW + series);
    }
    out
}

/// `(e^(-x^2/2), Phi(-x))` for `x >= 0`; relative error 1e-15 + x^2 1e-16. Frozen beyond [`TAIL_END`]; NaN stays NaN.
#[inline(always)]
pub(crate) fn tail(x: f64) -> (f64, f64) {
    tail_by(&EXP, &TAIL, x)
}

/// `Phi(-x)` for `x >= 0` with relative error 2e-12, from shorter polynomials.
#[inline(always)]
pub(crate) fn tail_short(x: f64) -> f64 {
    tail_by(&EXP_SHORT, &TAIL_SHORT, x).1
}

/// `(e^(-x^2/2), Phi(-x))` for `x >= 0` with relative errors 3e-13 and 2e-12, from shorter polynomials.
#[inline(always)]
pub(crate) fn tail_pair_short(x: f64) -> (f64, f64) {
    tail_by(&EXP_SHORT, &TAIL_SHORT, x)
}

/// The same with relative errors 6e-9 and 2e-8.
#[inline(always)]
pub(crate) fn tail_pair_rough(x: f64) -> (f64, f64) {
    tail_by(&EXP_ROUGH, &TAIL_ROUGH, x)
}

#[inline(always)]
fn tail_by<const E: usize, const T: usize>(series: &[[f64; 4]; E], ratio: &[[f64; 4]; T], x: f64) -> (f64, f64) {
    let x = if x > TAIL_END { TAIL_END } else { x };
    let bell = exp_minus(series, 0.5 * x * x);
    let (plus, root) = (x + TAIL_CENTRE, 1.0 + SQRT_2 * x);
    let inverse = 1.0 / (plus * root);
    let t = (x - TAIL_CENTRE) * root * inverse;
    (bell, bell * polynomial(ratio, t) * plus * inverse)
}

#[cfg(test)]
mod tests;

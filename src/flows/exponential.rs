//! The exponential in operations that vectorise, one number at a time, for both number types of a flow.
//!
//! Not theory's `exp_array`: that has no single precision, and its polynomial in four chains, for a few numbers at once, is half
//! as accurate; long loops over slices hide the single chain, and trainings keep their bits.

/// Coefficients 1/k! of e^r.
const INVERSE_FACTORIALS: [f64; 14] = {
    let mut c = [1.0; 14];
    let mut k = 1;
    while k < 14 {
        c[k] = c[k - 1] / k as f64;
        k += 1;
    }
    c
};

/// Adding 1.5 2^23 rounds to an integer, which then stands in the low bits.
const SHIFT_F32: f32 = 12_582_912.0;
/// Adding 1.5 2^52 does the same in double precision.
const SHIFT_F64: f64 = 6_755_399_441_055_744.0;
/// ln 2 in two parts; products of the first with integers up to 2^9 are exact.
const LN2_F32: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
const LN2_F64: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];

/// e^x = 2^n e^r with |r| <= ln(2)/2, Taylor's series to r^7 (next term 5e-9): relative error 2e-7 for x in [-87, 88],
/// outside of which the nearer end is taken. NaN gives NaN.
#[inline(always)]
pub(crate) fn f32(x: f32) -> f32 {
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + SHIFT_F32;
    let n = shifted - SHIFT_F32;
    let r = (x - n * LN2_F32[0]) - n * LN2_F32[1];
    let mut sum = INVERSE_FACTORIALS[7] as f32;
    for k in (0..7).rev() {
        sum = sum * r + INVERSE_FACTORIALS[k] as f32;
    }
    // 2^n: its biased exponent.
    let bits = shifted.to_bits().wrapping_sub(SHIFT_F32.to_bits()).wrapping_add(127) << 23;
    sum * f32::from_bits(bits)
}

/// The same in double precision, to r^13 (next term 4e-18): relative error 4e-16 for x in [-700, 700].
#[inline(always)]
pub(crate) fn f64(x: f64) -> f64 {
    let x = if x < -700.0 { -700.0 } else { x };
    let x = if x > 700.0 { 700.0 } else { x };
    let shifted = x * std::f64::consts::LOG2_E + SHIFT_F64;
    let n = shifted - SHIFT_F64;
    let r = (x - n * LN2_F64[0]) - n * LN2_F64[1];
    let mut sum = INVERSE_FACTORIALS[13];
    for k in (0..13).rev() {
        sum = sum * r + INVERSE_FACTORIALS[k];
    }
    let bits = shifted.to_bits().wrapping_sub(SHIFT_F64.to_bits()).wrapping_add(1023) << 52;
    sum * f64::from_bits(bits)
}

#[cfg(test)]
mod tests {
    #[test]
    fn close_to_the_standard_library() {
        for i in -8700..=8700 {
            let x = f64::from(i) * 0.01;
            let single = f64::from(super::f32(x as f32));
            let exact = f64::from(x as f32).exp();
            assert!((single / exact - 1.0).abs() < 2e-7, "{x}: {single}");
            assert!((super::f64(x) / x.exp() - 1.0).abs() < 4e-16, "{x}");
        }
        assert!(super::f32(f32::NAN).is_nan() && super::f64(f64::NAN).is_nan());
        // ln 2 is LN_2 + 2.319046813846e-17: the two parts together hold it beyond the double.
        let rest = (std::f64::consts::LN_2 - super::LN2_F64[0]) - super::LN2_F64[1];
        assert!((rest + 2.319_046_813_846e-17).abs() < 1e-25, "{rest:e}");
    }
}

//! Gauss rules with their Kronrod extensions (Piessens et al., QUADPACK, 1983) on [-1, 1].

/// Nodes of the 21-point rule: the positive ones, falling, then 0. Those of odd index are the nodes of the 10-point Gauss rule.
const NODES: [f64; 11] = [
    0.995_657_163_025_808_1,
    0.973_906_528_517_171_7,
    0.930_157_491_355_708_2,
    0.865_063_366_688_984_5,
    0.780_817_726_586_416_9,
    0.679_409_568_299_024_4,
    0.562_757_134_668_604_7,
    0.433_395_394_129_247_2,
    0.294_392_862_701_460_2,
    0.148_874_338_981_631_22,
    0.0,
];

const KRONROD: [f64; 11] = [
    0.011_694_638_867_371_874,
    0.032_558_162_307_964_725,
    0.054_755_896_574_351_995,
    0.075_039_674_810_919_96,
    0.093_125_454_583_697_6,
    0.109_387_158_802_297_64,
    0.123_491_976_262_065_84,
    0.134_709_217_311_473_34,
    0.142_775_938_577_060_09,
    0.147_739_104_901_338_49,
    0.149_445_554_002_916_9,
];

const GAUSS: [f64; 5] = [
    0.066_671_344_308_688_14,
    0.149_451_349_150_580_6,
    0.219_086_362_515_982_04,
    0.269_266_719_309_996_35,
    0.295_524_224_714_752_87,
];

/// Nodes of the 15-point rule: the positive ones, falling, then 0. Those of odd index are the nodes of the 7-point Gauss rule.
pub const KRONROD_15_NODES: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_4,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_48,
    0.0,
];

/// Weights of the 15-point rule, exact to degree 23.
pub const KRONROD_15: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_56,
    0.104_790_010_322_250_18,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_4,
    0.204_432_940_075_298_9,
    0.209_482_141_084_727_82,
];

/// Weights of the 7-point Gauss rule, exact to degree 13.
pub const GAUSS_7: [f64; 4] =
    [0.129_484_966_168_869_7, 0.279_705_391_489_276_64, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

/// The integral of `f` over `[a, b]` and an estimate of its error: QUADPACK's `(200 |K - G|)^(3/2)`, at most `|K - G|`.
pub(crate) fn panel<const M: usize>(a: f64, b: f64, f: &mut impl FnMut(f64) -> [f64; M]) -> ([f64; M], f64) {
    let (centre, half) = (0.5 * (a + b), 0.5 * (b - a));
    let mut fine = f(centre).map(|v| v * KRONROD[10]);
    let mut coarse = [0.0; M];
    for (i, node) in NODES[..10].iter().enumerate() {
        let (left, right) = (f(centre - half * node), f(centre + half * node));
        for m in 0..M {
            let pair = left[m] + right[m];
            fine[m] += KRONROD[i] * pair;
            if i % 2 == 1 {
                coarse[m] += GAUSS[i / 2] * pair;
            }
        }
    }
    let difference = half * distance(&fine, &coarse);
    (fine.map(|v| v * half), difference.min((200.0 * difference).powf(1.5)))
}

/// Largest difference of two results; infinite when one is not a number.
pub(crate) fn distance<const M: usize>(a: &[f64; M], b: &[f64; M]) -> f64 {
    distance_scaled((a, 1.0), (b, 1.0))
}

/// The same of results that are each to be multiplied by a factor.
pub(crate) fn distance_scaled((a, p): (&[f64], f64), (b, q): (&[f64], f64)) -> f64 {
    a.iter().zip(b).fold(0.0, |worst: f64, (x, y)| {
        let d = (p * x - q * y).abs();
        if d.is_nan() { f64::INFINITY } else { worst.max(d) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 21-point Kronrod rule is exact to degree 31, its 10-point Gauss rule to degree 19.
    #[test]
    fn exact_to_the_defining_degrees() {
        for degree in 0..=31_i32 {
            let exact = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            let (value, _) = panel(-1.0, 1.0, &mut |x| [x.powi(degree)]);
            assert!((value[0] - exact).abs() < 1e-15, "{degree}");
            if degree <= 19 {
                let gauss: f64 =
                    (0..5).map(|i| GAUSS[i] * (NODES[2 * i + 1].powi(degree) + (-NODES[2 * i + 1]).powi(degree))).sum();
                assert!((gauss - exact).abs() < 1e-15, "{degree}");
            }
        }
        let (value, error) = panel(-1.0, 1.0, &mut |x| [x.powi(32)]);
        assert!((value[0] - 2.0 / 33.0).abs() > 1e-15 && error > 0.0);
    }

    #[test]
    fn the_shorter_pair_too() {
        let moment = |degree: i32, gauss: bool| {
            let term = |i: usize| {
                let weight = if gauss { if i % 2 == 1 { GAUSS_7[i / 2] } else { 0.0 } } else { KRONROD_15[i] };
                weight * KRONROD_15_NODES[i].powi(degree) * if i == 7 { 1.0 } else { 2.0 }
            };
            (0..8).map(term).sum::<f64>()
        };
        for degree in (0..=22).step_by(2) {
            let exact = 2.0 / (f64::from(degree) + 1.0);
            assert!((moment(degree, false) - exact).abs() < 1e-15, "Kronrod, degree {degree}");
            if degree <= 12 {
                assert!((moment(degree, true) - exact).abs() < 1e-15, "Gauss, degree {degree}");
            }
        }
    }
}

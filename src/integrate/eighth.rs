//! The explicit Runge-Kutta triple of Dormand and Prince, order 8(5,3).
//!
//! P. J. Prince and J. R. Dormand, "High order embedded Runge-Kutta formulae", J. Comput. Appl. Math. 7 (1981) 67-75; coefficients and
//! estimate of the error by E. Hairer, S. P. Norsett and G. Wanner, Solving ODEs I (1993), II.5. For paths that are followed to many
//! digits and of which only the end is wanted: what lies within a step is interpolated to order 3.

use crate::integrate::control::Controller;
use crate::integrate::formulas::{Formulas, Rate, combined};

const STAGES: usize = 12;

/// Nodes c.
#[rustfmt::skip]
const C: [f64; STAGES] = [
    0.0, 0.052_600_151_958_767_73, 0.078_900_227_938_151_6, 0.118_350_341_907_227_4, 0.281_649_658_092_772_6,
    0.333_333_333_333_333_3, 0.25, 0.307_692_307_692_307_7, 0.651_282_051_282_051_3, 0.6, 0.857_142_857_142_857_1,
    1.0,
];

/// Rows of A; the last one is b.
#[rustfmt::skip]
const A: [[f64; STAGES]; STAGES + 1] = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.052_600_151_958_767_73, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.019_725_056_984_537_9, 0.059_175_170_953_613_7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.029_587_585_476_806_85, 0.0, 0.088_762_756_430_420_54, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [
        0.241_365_134_159_266_7, 0.0, -0.884_549_479_328_286_1, 0.924_834_003_261_792, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
        0.0, 0.0,
    ],
    [
        0.037_037_037_037_037_035, 0.0, 0.0, 0.170_828_608_729_473_86, 0.125_467_687_566_822_42, 0.0, 0.0, 0.0, 0.0,
        0.0, 0.0, 0.0,
    ],
    [
        0.037_109_375, 0.0, 0.0, 0.170_252_211_019_544_05, 0.060_216_538_980_455_96, -0.017_578_125, 0.0, 0.0, 0.0,
        0.0, 0.0, 0.0,
    ],
    [
        0.037_092_000_118_504_79, 0.0, 0.0, 0.170_383_925_712_239_98, 0.107_262_030_446_373_28,
        -0.015_319_437_748_624_402, 0.008_273_789_163_814_023, 0.0, 0.0, 0.0, 0.0, 0.0,
    ],
    [
        0.624_110_958_716_075_7, 0.0, 0.0, -3.360_892_629_446_941_4, -0.868_219_346_841_726, 27.592_099_699_446_71,
        20.154_067_550_477_894, -43.489_884_181_069_96, 0.0, 0.0, 0.0, 0.0,
    ],
    [
        0.477_662_536_438_264_34, 0.0, 0.0, -2.488_114_619_971_667_7, -0.590_290_826_836_843, 21.230_051_448_181_193,
        15.279_233_632_882_423, -33.288_210_968_984_86, -0.020_331_201_708_508_627, 0.0, 0.0, 0.0,
    ],
    [
        -0.937_142_430_085_987_3, 0.0, 0.0, 5.186_372_428_844_064, 1.091_437_348_996_729_5, -8.149_787_010_746_927,
        -18.520_065_659_996_96, 22.739_487_099_350_505, 2.493_605_552_679_652_3, -3.046_764_471_898_219_6, 0.0, 0.0,
    ],
    [
        2.273_310_147_516_538, 0.0, 0.0, -10.534_495_466_737_25, -2.000_872_058_224_862_5, -17.958_931_863_118_8,
        27.948_884_529_419_96, -2.858_998_277_135_023_5, -8.872_856_933_530_63, 12.360_567_175_794_303,
        0.643_392_746_015_763_6, 0.0,
    ],
    [
        0.054_293_734_116_568_765, 0.0, 0.0, 0.0, 0.0, 4.450_312_892_752_409, 1.891_517_899_314_500_3,
        -5.801_203_960_010_585, 0.311_164_366_957_819_9, -0.152_160_949_662_516_1, 0.201_365_400_804_030_34,
        0.044_710_615_727_772_59,
    ],
];

/// b minus the weights of the embedded method of order 5.
#[rustfmt::skip]
const E5: [f64; STAGES] = [
    0.013_120_044_994_194_88, 0.0, 0.0, 0.0, 0.0, -1.225_156_446_376_204_4, -0.495_758_949_657_250_2,
    1.664_377_182_454_986_4, -0.350_328_848_749_973_66, 0.334_179_118_713_017_5, 0.081_923_206_485_115_71,
    -0.022_355_307_863_886_294,
];

/// b minus the weights of the embedded method of order 3.
#[rustfmt::skip]
const E3: [f64; STAGES] = [
    -0.189_800_754_072_407_62, 0.0, 0.0, 0.0, 0.0, 4.450_312_892_752_409, 1.891_517_899_314_500_3,
    -5.801_203_960_010_585, -0.422_682_321_323_791_9, -0.152_160_949_662_516_1, 0.201_365_400_804_030_34,
    0.022_651_792_198_360_82,
];

/// The formulas, with f at the ends of the last step and at that of the last attempt.
#[derive(Debug, Clone)]
pub struct DormandPrince<const N: usize> {
    first: [f64; N],
    last: [f64; N],
    next: [f64; N],
}

impl<const N: usize> Formulas<N> for DormandPrince<N> {
    const CONTROLLER: Controller = Controller::EIGHTH_ORDER;
    const EVALUATIONS: usize = STAGES;

    fn at(rate: [f64; N]) -> Self {
        Self { first: rate, last: rate, next: rate }
    }

    fn rate(&self) -> &[f64; N] {
        &self.last
    }

    fn is_finite(&self) -> bool {
        self.next.iter().all(|x| x.is_finite())
    }

    #[inline]
    fn attempt(
        &mut self,
        f: &mut impl Rate<N>,
        (t, start): (f64, &[f64; N]),
        h: f64,
        scale: impl Fn(f64, f64) -> f64,
    ) -> ([f64; N], f64) {
        let mut stages = [[0.0; N]; STAGES];
        stages[0] = self.last;
        let mut y = *start;
        for i in 1..=STAGES {
            y = combined(start, h, &A[i][..i], &stages[..i]);
            let to = if i < STAGES { &mut stages[i] } else { &mut self.next };
            f(t + C.get(i).map_or(h, |c| c * h), &y, to);
        }
        let (mut fifth, mut third) = (0.0, 0.0);
        for n in 0..N {
            let (mut e5, mut e3) = (0.0, 0.0);
            for i in 0..STAGES {
                e5 += E5[i] * stages[i][n];
                e3 += E3[i] * stages[i][n];
            }
            let scale = scale(start[n], y[n]);
            fifth += (h * e5 / scale) * (h * e5 / scale);
            third += (h * e3 / scale) * (h * e3 / scale);
        }
        // The square of |e5|^2/sqrt(|e5|^2 + 0.01 |e3|^2), which is of order 8 in h.
        let square = if fifth == 0.0 { 0.0 } else { fifth * (fifth / (fifth + 0.01 * third)) };
        let finite = y.iter().chain(&self.next).all(|x| x.is_finite()) && square.is_finite();
        (y, if finite { square } else { f64::INFINITY })
    }

    fn accept(&mut self) {
        (self.first, self.last) = (self.last, self.next);
    }

    /// By Hermite's cubic.
    fn interpolate(&self, (from, to): (&[f64; N], &[f64; N]), h: f64, theta: f64) -> [f64; N] {
        std::array::from_fn(|n| {
            let step = to[n] - from[n];
            let (rise, fall) = (h * self.first[n] - step, h * self.last[n] - step);
            from[n] + theta * (step + (1.0 - theta) * ((1.0 - theta) * rise - theta * fall))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrate::{EighthOrderStepper, Stepper, Tolerances};

    #[test]
    fn row_sums_are_the_nodes_and_the_weights_integrate_powers() {
        for i in 0..STAGES {
            assert!((A[i].iter().sum::<f64>() - C[i]).abs() < 2e-14, "row {i}");
        }
        for power in 0..8i32 {
            let moment = |weights: &[f64; STAGES]| (0..STAGES).map(|i| weights[i] * C[i].powi(power)).sum::<f64>();
            let exact = 1.0 / f64::from(power + 1);
            assert!((moment(&A[STAGES]) - exact).abs() < 2e-14, "power {power}");
            // The embedded methods are of order 5 and 3, and of no more.
            assert_eq!(moment(&E5).abs() < 1e-13, power < 5, "power {power}: {:e}", moment(&E5));
            assert_eq!(moment(&E3).abs() < 1e-13, power < 3, "power {power}: {:e}", moment(&E3));
        }
    }

    /// A step of length h errs by h^9: 2^9 times less at half of it.
    #[test]
    fn a_step_has_order_eight() {
        // y'' = -sin y with a drive: y_1' = y_2, y_2' = -sin y_1 + cos t.
        let mut f = |t: f64, y: &[f64; 2], rate: &mut [f64; 2]| *rate = [y[1], -y[0].sin() + t.cos()];
        let start = [0.7, -0.3];
        let mut rate = [0.0; 2];
        f(0.2, &start, &mut rate);
        let mut reach = |parts: i32, whole: f64| {
            let mut y = start;
            let h = whole / f64::from(parts);
            let mut formulas = DormandPrince::at(rate);
            for i in 0..parts {
                y = formulas.attempt(&mut f, (0.2 + f64::from(i) * h, &y), h, |_, _| 1.0).0;
                formulas.accept();
            }
            y
        };
        let mut off = |whole: f64| (reach(1, whole)[0] - reach(64, whole)[0]).abs();
        let [coarse, fine] = [1.6, 0.8].map(&mut off);
        let order = (coarse / fine).log2();
        assert!((8.3..10.5).contains(&order), "{order}: {coarse:e}, {fine:e}");
    }

    /// The same path by both pairs, and fewer evaluations where digits are asked for.
    #[test]
    fn both_formulas_follow_the_same_path() {
        let mut f = |t: f64, y: &[f64; 2], rate: &mut [f64; 2]| *rate = [y[1], -y[0].sin() - 0.1 * y[1] + t.cos()];
        let tolerances = Tolerances { relative: 1e-10, absolute: 1e-12 };
        let end = 12.0;
        let mut fifth = Stepper::new(&mut f, 0.0, [1.0, 0.0], tolerances, end);
        while fifth.time() < end {
            assert_eq!(fifth.step(&mut f, end), crate::integrate::StepResult::Accepted);
        }
        let mut eighth: EighthOrderStepper<2> =
            EighthOrderStepper::of_order_eight(&mut f, 0.0, [1.0, 0.0], tolerances, end);
        while eighth.time() < end {
            let (t, y) = (eighth.time(), *eighth.state());
            assert_eq!(eighth.step(&mut f, end), crate::integrate::StepResult::Accepted);
            // The interpolant meets both ends.
            let [from, to] = [t, eighth.time()].map(|t| eighth.interpolate(t));
            assert!((from[0] - y[0]).abs() < 1e-14 && to == *eighth.state());
        }
        assert!((fifth.state()[0] - eighth.state()[0]).abs() < 2e-8, "{:?} {:?}", fifth.state(), eighth.state());
        let [many, few] = [fifth.statistics().evaluations, eighth.statistics().evaluations];
        assert!(2 * few < many, "{few} and {many} evaluations");
    }
}

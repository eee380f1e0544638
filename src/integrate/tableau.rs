//! The explicit Runge-Kutta pair of Tsitouras, order 5(4), with its interpolant of order 4.
//!
//! Ch. Tsitouras, "Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying assumption",
//! Computers and Mathematics with Applications 62 (2011) 770-775. The tests check the order conditions.

/// Number of stages; the last one is the first of the next step.
pub(crate) const STAGES: usize = 7;

/// Nodes c.
pub(crate) const C: [f64; STAGES] = [0.0, 0.161, 0.327, 0.9, 0.980_025_540_904_509_7, 1.0, 1.0];

/// Rows of A; the last one is b.
#[rustfmt::skip]
pub(crate) const A: [[f64; STAGES - 1]; STAGES] = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.161, 0.0, 0.0, 0.0, 0.0, 0.0],
    [-0.008_480_655_492_356_989, 0.335_480_655_492_357, 0.0, 0.0, 0.0, 0.0],
    [2.897_153_057_105_493_5, -6.359_448_489_975_075, 4.362_295_432_869_581_5, 0.0, 0.0, 0.0],
    [5.325_864_828_439_257, -11.748_883_564_062_828, 7.495_539_342_889_836_5, -0.092_495_066_361_755_25, 0.0, 0.0],
    [5.861_455_442_946_42, -12.920_969_317_847_11, 8.159_367_898_576_159, -0.071_584_973_281_401, -0.028_269_050_394_068_383, 0.0],
    [0.096_460_766_818_065_23, 0.01, 0.479_889_650_414_499_6, 1.379_008_574_103_742, -3.290_069_515_436_081, 2.324_710_524_099_774],
];

/// b minus the weights of the embedded fourth-order method.
pub(crate) const E: [f64; STAGES] = [
    -0.001_780_011_052_225_777,
    -0.000_816_434_459_656_746_9,
    0.007_880_878_010_261_995,
    -0.144_711_007_173_262_9,
    0.582_357_165_452_555_2,
    -0.458_082_105_929_186_97,
    1.0 / 66.0,
];

/// The interpolant's weights b_i(theta) = sum_p D\[i\]\[p\] theta^(p+1).
pub(crate) const D: [[f64; 4]; STAGES] = [
    [1.0, -2.763_706_197_274_826, 2.913_255_461_821_912_6, -1.053_088_497_729_021_6],
    [0.0, 0.131_7, -0.223_4, 0.101_7],
    [0.0, 3.930_296_236_894_751_6, -5.941_033_872_131_505, 2.490_627_285_651_253],
    [0.0, -12.411_077_166_933_676, 30.338_188_630_282_32, -16.548_102_889_244_902],
    [0.0, 37.509_313_416_511_04, -88.178_904_894_766_4, 47.379_521_962_819_28],
    [0.0, -27.896_526_289_197_286, 65.091_894_674_793_66, -34.870_657_861_496_61],
    [0.0, 1.5, -4.0, 2.5],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn a(i: usize, j: usize) -> f64 {
        if j < STAGES - 1 { A[i][j] } else { 0.0 }
    }

    /// The elementary weights of all rooted trees up to order 5 with weights b, as (order, sum, 1/gamma).
    fn conditions(b: &[f64; STAGES]) -> Vec<(usize, f64, f64)> {
        let sum = |f: &dyn Fn(usize) -> f64| (0..STAGES).map(|i| b[i] * f(i)).sum::<f64>();
        let inner = |i: usize, f: &dyn Fn(usize) -> f64| (0..STAGES).map(|j| a(i, j) * f(j)).sum::<f64>();
        let c = |p: i32| move |i: usize| C[i].powi(p);
        let ac = |p: i32| move |i: usize| (0..STAGES).map(|j| a(i, j) * C[j].powi(p)).sum::<f64>();
        vec![
            (1, sum(&|_| 1.0), 1.0),
            (2, sum(&c(1)), 1.0 / 2.0),
            (3, sum(&c(2)), 1.0 / 3.0),
            (3, sum(&ac(1)), 1.0 / 6.0),
            (4, sum(&c(3)), 1.0 / 4.0),
            (4, sum(&|i| C[i] * ac(1)(i)), 1.0 / 8.0),
            (4, sum(&ac(2)), 1.0 / 12.0),
            (4, sum(&|i| inner(i, &ac(1))), 1.0 / 24.0),
            (5, sum(&c(4)), 1.0 / 5.0),
            (5, sum(&|i| C[i] * C[i] * ac(1)(i)), 1.0 / 10.0),
            (5, sum(&|i| ac(1)(i).powi(2)), 1.0 / 20.0),
            (5, sum(&|i| C[i] * ac(2)(i)), 1.0 / 15.0),
            (5, sum(&|i| C[i] * inner(i, &ac(1))), 1.0 / 30.0),
            (5, sum(&ac(3)), 1.0 / 20.0),
            (5, sum(&|i| inner(i, &|j| C[j] * ac(1)(j))), 1.0 / 40.0),
            (5, sum(&|i| inner(i, &ac(2))), 1.0 / 60.0),
            (5, sum(&|i| inner(i, &|j| inner(j, &ac(1)))), 1.0 / 120.0),
        ]
    }

    #[test]
    fn row_sums_are_the_nodes() {
        for i in 0..STAGES {
            let sum: f64 = A[i].iter().sum();
            assert!((sum - C[i]).abs() < 4e-15, "row {i}: {sum}");
        }
    }

    #[test]
    fn weights_have_order_five_and_the_embedded_ones_four() {
        let b: [f64; STAGES] = std::array::from_fn(|i| a(6, i));
        let embedded: [f64; STAGES] = std::array::from_fn(|i| b[i] - E[i]);
        // 2e-14: the coefficients are up to 13 in size and given to 16 digits.
        for (order, sum, exact) in conditions(&b) {
            assert!((sum - exact).abs() < 2e-14, "order {order}: {sum} against {exact}");
        }
        for (order, sum, exact) in conditions(&embedded).into_iter().filter(|c| c.0 <= 4) {
            assert!((sum - exact).abs() < 2e-14, "order {order}: {sum} against {exact}");
        }
        let order_five = conditions(&embedded).into_iter().filter(|c| c.0 == 5);
        assert!(order_five.map(|c| (c.1 - c.2).abs()).fold(0.0, f64::max) > 1e-4, "the error estimate would vanish");
    }

    #[test]
    fn interpolant_has_order_four_and_meets_the_step() {
        for theta in [0.1f64, 0.37, 0.5, 0.9, 1.0] {
            let b: [f64; STAGES] =
                std::array::from_fn(|i| D[i].iter().rev().fold(0.0, |sum, coefficient| (sum + coefficient) * theta));
            for (order, sum, exact) in conditions(&b).into_iter().filter(|c| c.0 <= 4) {
                let scaled = exact * theta.powi(order as i32);
                assert!((sum - scaled).abs() < 1e-13, "theta {theta}, order {order}: {sum} against {scaled}");
            }
        }
        for (i, row) in D.iter().enumerate() {
            let end: f64 = row.iter().sum();
            assert!((end - a(6, i)).abs() < 1e-13, "weight {i}: {end}");
        }
    }
}

//! Rates of the Wasserstein flow about stationary points of mean-field fits, and the test of Theorem 3.

use collapsar_theory::{
    MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart, critical_norm_diagonal, spread_critical_norm,
};

fn fit(norm: f64, dimension: usize) -> MeanField {
    MeanField::new(MeanFieldPair::diagonal(norm, dimension).unwrap(), MeanFieldOptions::default()).unwrap()
}

#[test]
fn rates_agree_with_an_independent_program() {
    use MeanFieldStart::{Even, Plus};
    // (d, A, start, three rates), computed by an independent program to 1e-11.
    let cases = [
        (2, 1.0, Even, [0.445_535_464_212_414_9, 1.631_055_003_516_180_4, 2.334_236_844_052_844_3]),
        (2, 2.0, Even, [-0.093_676_223_533_527_75, 1.419_292_637_076_649_4, 1.629_173_270_686_450_3]),
        (4, 2.0, Even, [-0.255_073_540_223_304_7, 1.651_823_390_504_101_8, 2.173_348_113_590_579]),
        (4, 2.0, Plus, [0.467_766_005_121_515_7, 1.720_852_971_549_653_9, 2.538_804_311_722_876_7]),
        (64, 2.0, Even, [-0.445_030_870_116_956_9, 1.973_911_222_534_939_8, 2.932_833_233_542_565_8]),
    ];
    for (dimension, norm, start, rates) in cases {
        let fit = fit(norm, dimension);
        let ours = fit.relaxation_rates(&fit.solve(start).unwrap().state, 3).unwrap();
        for (a, b) in ours.iter().zip(rates) {
            assert!((a - b).abs() < 1e-11, "{dimension} {norm}: {a} against {b}");
        }
    }
}

/// Without coupling the rates are beta, 2 beta, ..; in many dimensions the slowest is 1 - A^2 E sech^2(A g); at A_c it is 0.
#[test]
fn limits_of_the_rates() {
    let weak = MeanFieldPair::along(&[1e-4, 2e-4]).unwrap().with_temperature(2.0).unwrap();
    let weak = MeanField::new(weak, MeanFieldOptions::default()).unwrap();
    let rates = weak.relaxation_rates(&weak.solve(MeanFieldStart::Even).unwrap().state, 4).unwrap();
    for (rate, expected) in rates.iter().zip([0.5, 0.5, 1.0, 1.0]) {
        assert!((rate - expected).abs() < 1e-7, "{rates:?}");
    }
    let slowest = |norm: f64, dimension: usize| {
        let fit = fit(norm, dimension);
        fit.relaxation_rates(&fit.solve(MeanFieldStart::Even).unwrap().state, 1).unwrap()[0]
    };
    let gap = |dimension: usize| slowest(2.0, dimension) + 0.458_955_06;
    assert!(gap(1000).abs() < 1e-3 && (gap(250) / gap(1000) - 4.0).abs() < 0.1, "{} {}", gap(250), gap(1000));
    for dimension in [3, 12] {
        let critical = critical_norm_diagonal(dimension, 1.0).unwrap().unwrap().value;
        assert!(slowest(critical, dimension).abs() < 1e-11, "{dimension}");
    }
}

/// One group of two and two groups of one: the same rates of what is common, and more.
#[test]
fn rates_of_groups() {
    let common = fit(1.5, 2);
    let common = common.relaxation_rates(&common.solve(MeanFieldStart::Even).unwrap().state, 2).unwrap();
    let a = 1.5 / 2f64.sqrt();
    let split = MeanFieldPair::along(&[a, a * (1.0 + 1e-9)]).unwrap();
    assert_eq!(split.groups().len(), 2);
    let split = MeanField::new(split, MeanFieldOptions::default()).unwrap();
    let all = split.relaxation_rates(&split.solve(MeanFieldStart::Even).unwrap().state, 6).unwrap();
    for rate in common {
        assert!(all.iter().any(|other| (rate - other).abs() < 1e-7), "{rate} in {all:?}");
    }
    let many: Vec<f64> = (1..=5).map(f64::from).collect();
    let many = MeanField::new(MeanFieldPair::along(&many).unwrap(), MeanFieldOptions::default()).unwrap();
    let state = many.start(MeanFieldStart::Plus).unwrap();
    assert_eq!(many.relaxation_rates(&state, 1).unwrap_err().name(), "groups");
}

/// (M4) is above the truth, and exact in many dimensions.
#[test]
fn saddles_are_recognised() {
    let test = |norm: f64, dimension: usize| {
        let fit = fit(norm, dimension);
        fit.saddle_test(&fit.solve(MeanFieldStart::Even).unwrap().state, 0).unwrap()
    };
    for (dimension, norm) in [(2, 1.856_706), (3, 1.669_562), (4, 1.602_435), (8, 1.522_613)] {
        assert!(test(norm - 1e-6, dimension) < 1.0 && test(norm + 1e-6, dimension) > 1.0, "{dimension}");
        assert!(critical_norm_diagonal(dimension, 1.0).unwrap().unwrap().value < norm);
    }
    let critical = spread_critical_norm(1.0).unwrap().unwrap();
    assert!((test(critical, 4000) - 1.0).abs() < 1e-3);
    let pair = fit(2.0, 3);
    let state = pair.start(MeanFieldStart::Even).unwrap();
    assert_eq!(pair.saddle_test(&state, 1).unwrap_err().name(), "group");
}

//! Critical points of mean-field fits.

use collapsar_theory::{
    MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart, MeanFieldStatus, critical_norm_diagonal, critical_rest,
    critical_temperature, odd_coupling,
};

/// (kind, dimension, what is given, value, error); dimension 0 stands for infinitely many.
fn table() -> Vec<(&'static str, usize, f64, f64, f64)> {
    let lines = include_str!("data/mean_field_critical.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |i: usize| cells[i].parse::<f64>().unwrap();
        (cells[0], cells[1].parse().unwrap_or(0), number(2), number(3), number(4))
    };
    lines.map(row).collect()
}

#[test]
fn critical_points_agree_with_an_independent_program() {
    for (kind, dimension, given, value, error) in table().into_iter().filter(|row| row.1 > 0) {
        let found = match kind {
            "norm" => critical_norm_diagonal(dimension, given),
            "temperature" => critical_temperature(MeanFieldPair::diagonal(given, dimension).unwrap().groups()),
            _ => critical_rest(given, dimension, 1.0),
        };
        let found = found.unwrap().unwrap();
        assert!((found.value - value).abs() <= error, "{kind} {dimension} {given}: {found:?} against {value}");
        assert!(found.residual.abs() < 1e-14 && found.bracket.0 <= found.value && found.value <= found.bracket.1);
    }
}

/// Values of four digits, a second source.
#[test]
fn critical_norms_of_the_diagonal() {
    for (dimension, norm) in [(4, 1.5921), (5, 1.5618), (6, 1.5429), (10, 1.5077), (32, 1.4748), (64, 1.4677)] {
        let found = critical_norm_diagonal(dimension, 1.0).unwrap().unwrap();
        assert!((found.value - norm).abs() <= 5e-5, "{dimension}: {}", found.value);
    }
}

/// T_c(A) is the inverse of A_c(T), and B_c is symmetric under exchange of two coordinates.
#[test]
fn critical_curves_are_consistent() {
    for (dimension, temperature) in [(3, 2.5), (50, 0.6), (7, 1.0)] {
        let norm = critical_norm_diagonal(dimension, temperature).unwrap().unwrap().value;
        let back = critical_temperature(MeanFieldPair::diagonal(norm, dimension).unwrap().groups()).unwrap().unwrap();
        assert!((back.value - temperature).abs() < 1e-12, "{back:?}");
    }
    let rest = critical_rest(1.75, 1, 1.0).unwrap().unwrap().value;
    assert!((critical_rest(rest, 1, 1.0).unwrap().unwrap().value - 1.75).abs() < 1e-11);
    // The diagonal is a point of the curve.
    let half = critical_norm_diagonal(2, 1.0).unwrap().unwrap().value / 2f64.sqrt();
    assert!((critical_rest(half, 1, 1.0).unwrap().unwrap().value - half).abs() < 1e-13);
}

/// Theorem 3: E sech^2 bounds, (M4), are above the truth; the fits from both ends part where the eigenvalue crosses 1.
#[test]
fn the_extreme_solutions_part_at_the_critical_norm() {
    for dimension in [2, 5, 40] {
        let critical = critical_norm_diagonal(dimension, 1.0).unwrap().unwrap().value;
        let theta = |norm: f64| {
            let pair = MeanFieldPair::diagonal(norm, dimension).unwrap();
            let fit = MeanField::new(pair, MeanFieldOptions::default()).unwrap();
            let found = [MeanFieldStart::Plus, MeanFieldStart::Minus].map(|start| fit.solve(start).unwrap());
            assert!(found.iter().all(|f| f.status == MeanFieldStatus::Stable), "{norm}");
            let [plus, minus] = found.map(|f| f.observables.theta);
            assert!((plus + minus).abs() < 1e-12);
            plus
        };
        assert!(theta(critical * 0.999).abs() < 1e-11);
        // theta^2 = k (A/A_c - 1) with k between 4.7 and 6.7, mean field (M11).
        let k = theta(critical * 1.001).powi(2) / 1e-3;
        assert!((4.5..6.8).contains(&k), "{dimension}: {k}");
    }
}

/// Two equal coordinates: the even solution with equal marginals breaks their symmetry at A = 3.92322402, where the least
/// eigenvalue is -1 and undamped even sweeps begin to oscillate.
#[test]
fn equal_marginals_of_the_even_solution_become_unstable() {
    let couplings = |norm: f64| {
        let fit = MeanField::new(MeanFieldPair::diagonal(norm, 2).unwrap(), MeanFieldOptions::default()).unwrap();
        fit.solve(MeanFieldStart::Even).unwrap().couplings
    };
    let (before, beyond) = (couplings(3.923_224_01), couplings(3.923_224_03));
    assert!(before.relative < 1.0 && beyond.relative > 1.0, "{before:?} {beyond:?}");
    assert!((before.relative + before.common_least).abs() < 1e-13);
    assert!(before.largest() == before.common && !before.stable());
}

#[test]
fn what_never_collapses_has_no_critical_point() {
    assert_eq!(critical_norm_diagonal(1, 1.0).unwrap(), None);
    assert_eq!(critical_temperature(MeanFieldPair::diagonal(0.9, 4).unwrap().groups()).unwrap(), None);
    assert_eq!(critical_norm_diagonal(0, 1.0).unwrap_err().name(), "dimension");
    assert_eq!(critical_norm_diagonal(2, -1.0).unwrap_err().name(), "temperature");
    assert_eq!(critical_rest(1.0, 0, 1.0).unwrap_err().to_string(), "`others` is 0: it must be at least 1");
    let unequal = MeanFieldPair::diagonal(1.0, 2).unwrap().with_weight(0.6).unwrap();
    assert_eq!(odd_coupling(unequal).unwrap_err().name(), "weight");
}

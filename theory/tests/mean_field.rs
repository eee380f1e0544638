//! Mean-field fits of a pair: values of an independent program, halved grids, large dimensions, refusals.

use collapsar_theory::{
    Group, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldSolution, MeanFieldStart, MeanFieldStatus,
};

fn fit(pair: MeanFieldPair) -> MeanField {
    MeanField::new(pair, MeanFieldOptions::default()).unwrap()
}

/// A row of the table.
struct Row {
    pair: MeanFieldPair,
    start: MeanFieldStart,
    cells: Vec<Vec<f64>>,
}

const START: usize = 3;
const OBJECTIVE: usize = 4;

fn rows() -> Vec<Row> {
    let lines = include_str!("data/mean_field_pairs.csv").lines().filter(|line| !line.starts_with('#'));
    lines.skip(1).map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.split(',').collect();
    let groups = cells[0].split('+').map(|group| {
        let (a, n) = group.split_once('*').unwrap();
        Group { half_separation: a.parse().unwrap(), count: n.parse().unwrap() }
    });
    let pair = MeanFieldPair::new(groups.collect(), cells[1].parse().unwrap(), cells[2].parse().unwrap()).unwrap();
    let start = match cells[START] {
        "plus" => MeanFieldStart::Plus,
        "minus" => MeanFieldStart::Minus,
        "zero" => MeanFieldStart::Zero,
        "even" => MeanFieldStart::Even,
        other => panic!("no start is called {other}"),
    };
    let numbers = |cell: &&str| cell.split(';').map(|number| number.parse().unwrap()).collect();
    Row { pair, start, cells: cells[OBJECTIVE..].iter().map(numbers).collect() }
}

/// What the columns of the table hold from `objective` on.
fn values(found: &MeanFieldSolution) -> Vec<(&'static str, Vec<f64>)> {
    let o = &found.observables;
    vec![
        ("objective", vec![o.objective]),
        ("theta", vec![o.theta]),
        ("coverage_plus", vec![o.coverage_plus()]),
        ("above_zero", vec![o.above_zero]),
        ("above_boundary", vec![o.above_boundary]),
        ("above", o.above.clone()),
        ("means", o.means.clone()),
        ("variances", o.variances.clone()),
        ("kappa2", vec![o.kappa2]),
        ("coupling", vec![found.couplings.largest()]),
    ]
}

#[test]
fn fits_agree_with_an_independent_program() {
    for Row { pair, start, cells } in rows() {
        let found = fit(pair.clone()).solve(start).unwrap();
        assert_eq!(found.status == MeanFieldStatus::Stable, found.couplings.stable(), "{pair:?}");
        let error = cells[cells.len() - 1][0];
        for ((name, ours), theirs) in values(&found).iter().zip(&cells) {
            assert_eq!(ours.len(), theirs.len());
            for (a, b) in ours.iter().zip(theirs) {
                // The floor of the stated errors, 2e-14, is that of numbers of order one.
                assert!((a - b).abs() <= error * (1.0 + b.abs()), "{pair:?} {start:?}: {name} {a} against {b}");
            }
        }
    }
}

/// Grids twice as fine and waves of twice the period move nothing.
#[test]
fn finer_grids_give_the_same() {
    for Row { pair, start, .. } in rows().into_iter().step_by(7) {
        let coarse = fit(pair.clone()).solve(start).unwrap();
        let fine = MeanField::new(pair.clone(), MeanFieldOptions { fineness: 2.0 }).unwrap().solve(start).unwrap();
        for ((name, a), (_, b)) in values(&coarse).iter().zip(values(&fine)) {
            for (a, b) in a.iter().zip(b) {
                assert!((a - b).abs() < 3e-14 * (1.0 + b.abs()), "{pair:?}: {name} {a} against {b}");
            }
        }
    }
}

/// An axis-aligned pair is a product measure: KL = 0 at any separation.
#[test]
fn one_coordinate_is_exact() {
    for (a, weight) in [(0.3, 0.5), (2.0, 0.7), (8.0, 0.5), (20.0, 0.35)] {
        let pair = MeanFieldPair::diagonal(a, 1).unwrap().with_weight(weight).unwrap();
        let found = fit(pair).solve(MeanFieldStart::Minus).unwrap();
        let objective = found.observables.objective;
        assert!(
            objective.abs() < 1e-14 * (1.0 + a * a) && found.status == MeanFieldStatus::Stable,
            "{a}: {objective:e}"
        );
        assert!((found.observables.coverage_plus() - weight).abs() < 1e-13, "{}", found.observables.theta);
        let above = (weight * libm::erfc(-a / 2f64.sqrt()) + (1.0 - weight) * libm::erfc(a / 2f64.sqrt())) / 2.0;
        assert!((found.observables.above_zero - above).abs() < 1e-13);
        assert!((found.observables.above[0] - above).abs() < 1e-13);
    }
}

/// Many distinct coordinates, as many equal ones of their mean square, and the same ones in two groups of halves.
#[test]
fn a_thousand_distinct_coordinates() {
    let a: Vec<f64> = (0..1000).map(|j| 0.05 + 0.04 * f64::from(j) / 1000.0).collect();
    let pair = MeanFieldPair::along(&a).unwrap();
    assert_eq!((pair.dimension(), pair.groups().len()), (1000, 1000));
    let norm = pair.norm();
    let distinct = fit(pair).solve(MeanFieldStart::Plus).unwrap();
    let equal = fit(MeanFieldPair::diagonal(norm, 1000).unwrap()).solve(MeanFieldStart::Plus).unwrap();
    // The direction enters by sum a_j^4: mean field (M16).
    let quartic = |a: &[f64]| a.iter().map(|a| a.powi(4)).sum::<f64>();
    let kappa2 = equal.observables.kappa2;
    let expected = -(quartic(&a) - norm.powi(4) / 1000.0) * kappa2 * kappa2 / 4.0;
    let gap = distinct.observables.objective - equal.observables.objective;
    assert!((gap - expected).abs() < 0.03 * expected.abs(), "{gap} {expected}");
    for (mean, group) in distinct.observables.means.iter().zip(distinct_groups(&a)) {
        assert!((mean - group * distinct.observables.theta).abs() < 1e-14);
    }
}

fn distinct_groups(a: &[f64]) -> Vec<f64> {
    let mut sorted = a.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    sorted
}

/// An even start stays even to the last bit, stable or not, and is called what it is.
#[test]
fn even_stays_even() {
    let fit = fit(MeanFieldPair::diagonal(3.0 * 2f64.sqrt(), 2).unwrap());
    let mut state = fit.start(MeanFieldStart::Zero).unwrap();
    for _ in 0..60 {
        state = fit.sweep(&state);
    }
    let observed = fit.observe(&state);
    assert_eq!((observed.theta, observed.means[0]), (0.0, 0.0));
    for start in [MeanFieldStart::Zero, MeanFieldStart::Even] {
        let found = fit.solve(start).unwrap();
        assert_eq!((found.status, found.observables.theta), (MeanFieldStatus::Unstable, 0.0));
        assert!((found.observables.objective - 4.397_410_169_886_188).abs() < 1e-11);
    }
}

#[test]
fn ten_thousand_equal_coordinates() {
    let pair = MeanFieldPair::diagonal(2.0, 10_000).unwrap();
    let found = fit(pair).solve(MeanFieldStart::Plus).unwrap();
    assert_eq!(found.status, MeanFieldStatus::Stable);
    assert!((found.observables.means[0] - 0.02 * found.observables.theta).abs() < 1e-15);
}

#[test]
fn parameters_outside_their_domain_are_refused() {
    let group = |half_separation: f64, count: usize| Group { half_separation, count };
    let refused = |groups: Vec<Group>, weight: f64, temperature: f64| {
        MeanFieldPair::new(groups, weight, temperature).unwrap_err().to_string()
    };
    assert_eq!(refused(vec![], 0.5, 1.0), "`groups` is []: it must hold at least one group");
    let text = refused(vec![group(-1.0, 2)], 0.5, 1.0);
    assert_eq!(text, "`half_separation` is -1: it must be positive and finite");
    assert_eq!(refused(vec![group(1.0, 0)], 0.5, 1.0), "`count` is 0: it must be between 1 and 1000000");
    let text = refused(vec![group(1.0, 2)], 1.0, 1.0);
    assert_eq!(text, "`weight` is 1: it must lie strictly between 0 and 1");
    let text = refused(vec![group(1.0, 2)], 0.5, 0.01);
    assert_eq!(text, "`temperature` is 0.01: it must be finite and at least 0.05");
    let text = refused(vec![group(26.0, 1)], 0.5, 1.0);
    assert!(text.starts_with("`norm` is 26: it must keep |a|"), "{text}");
    let text = refused(vec![group(0.01, 1_000_000), group(1.0, 1)], 0.5, 1.0);
    assert_eq!(text, "`dimension` is 1000001: it must be at most 1000000");
    let text = MeanFieldPair::diagonal(1.0, 0).unwrap_err().to_string();
    assert_eq!(text, "`dimension` is 0: it must be at least 1");
    assert_eq!(MeanFieldPair::along(&[0.0]).unwrap_err().name(), "groups");
    let pair = MeanFieldPair::diagonal(1.0, 2).unwrap();
    let text = MeanField::new(pair.clone(), MeanFieldOptions { fineness: 0.5 }).unwrap_err().to_string();
    assert_eq!(text, "`fineness` is 0.5: it must lie between 1 and 16");
    let text = fit(pair.with_weight(0.6).unwrap()).solve(MeanFieldStart::Even).unwrap_err().to_string();
    assert_eq!(text, "`weight` is 0.6: it must be 1/2 for an even solution");
}

//! Mean-field fits of Gaussian mixtures in the plane: values of an independent program, finer grids, refusals.

mod mean_field_targets;

use collapsar_theory::{
    GaussianMixture, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart, MeanFieldStatus, PlaneMeanField,
    PlaneObservables, PlaneOptions, PlaneSolution, PlaneStart,
};
use mean_field_targets::{numbers, table, target};

fn plane(name: &str, options: PlaneOptions) -> PlaneMeanField {
    PlaneMeanField::new(target(name), options).unwrap()
}

/// What the columns of the table hold from `objective` on.
fn values(found: &PlaneSolution) -> Vec<(&'static str, Vec<f64>)> {
    let PlaneObservables { objective, masses, means, variances, slope, .. } = &found.observables;
    vec![
        ("objective", vec![*objective]),
        ("masses", masses.clone()),
        ("means", means.to_vec()),
        ("variances", variances.to_vec()),
        ("slope", vec![*slope]),
        ("coupling", vec![found.coupling]),
    ]
}

#[test]
fn fits_agree_with_an_independent_program() {
    for row in table(include_str!("data/mean_field_plane.csv")) {
        let (angle, start): (f64, usize) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        let error: f64 = row[9].parse().unwrap();
        let plane = plane(row[0], PlaneOptions::default());
        let found = plane.frame(angle.to_radians(), 1.0).unwrap().solve(PlaneStart::Component(start)).unwrap();
        assert_eq!(found.status, MeanFieldStatus::Stable, "{row:?}: {} {}", found.coupling, found.residual);
        for ((name, ours), theirs) in values(&found).iter().zip(&row[3..9]) {
            for (a, b) in ours.iter().zip(numbers(theirs)) {
                assert!((a - b).abs() <= error * (1.0 + b.abs()), "{row:?}: {name} {a} against {b}, {:e}", a - b);
            }
        }
    }
}

/// Grids twice as fine and with more room move nothing.
#[test]
fn finer_and_wider_grids_give_the_same() {
    for row in table(include_str!("data/mean_field_plane.csv")) {
        let (angle, start): (f64, usize) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        let fits = [1.0, 2.0].map(|fineness| {
            let plane = plane(row[0], PlaneOptions { fineness, hottest: fineness.sqrt(), ..PlaneOptions::default() });
            plane.frame(angle.to_radians(), 1.0).unwrap().solve(PlaneStart::Component(start)).unwrap()
        });
        for ((name, one), (_, other)) in values(&fits[0]).iter().zip(values(&fits[1])) {
            for (a, b) in one.iter().zip(other) {
                assert!((a - b).abs() <= 4e-14 * (1.0 + b.abs()), "{row:?}: {name} {a} against {b}, {:e}", a - b);
            }
        }
    }
}

fn pair(a: [f64; 2], weight: f64) -> GaussianMixture {
    let unit = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
    let means = vec![a.to_vec(), vec![-a[0], -a[1]]];
    GaussianMixture::new(vec![weight, 1.0 - weight], means, vec![unit.clone(), unit]).unwrap()
}

/// The pair of unit variances by the scalar sum: (M3) knows no grid in the plane.
#[test]
fn the_scalar_sum_gives_the_same() {
    for (a, weight, temperature, angle) in [
        ([1.0, 1.0], 0.6, 1.0, 0.0),
        ([2.0, 1.1], 0.4, 1.0, 0.2),
        ([1.5, 0.8], 0.5, 2.0, 0.3),
        ([2.0, 2.0], 0.5, 0.7, 0.1),
    ] {
        let options = PlaneOptions { coldest: 0.7, hottest: 2.0, ..PlaneOptions::default() };
        let plane = PlaneMeanField::new(pair(a, weight), options).unwrap();
        let frame = plane.frame(angle, temperature).unwrap();
        let found = frame.solve(PlaneStart::Component(0)).unwrap();
        let (sin, cos) = f64::sin_cos(angle);
        let b = [cos * a[0] + sin * a[1], cos * a[1] - sin * a[0]];
        assert!(b[0] > b[1] || a[0] == a[1]);
        let scalar =
            MeanFieldPair::along(&b).unwrap().with_weight(weight).unwrap().with_temperature(temperature).unwrap();
        let scalar = MeanField::new(scalar, MeanFieldOptions::default()).unwrap();
        let truth = scalar.solve(MeanFieldStart::Plus).unwrap();
        let (ours, theirs) = (&found.observables, &truth.observables);
        assert!((ours.objective - theirs.objective).abs() < 1e-13, "{a:?} {} {}", ours.objective, theirs.objective);
        assert!((ours.masses[0] - theirs.coverage_plus()).abs() < 1e-13);
        assert!((found.coupling - truth.couplings.largest()).abs() < 1e-12, "{} {:?}", found.coupling, truth.couplings);
        let slope =
            if scalar.pair().groups().len() == 2 { scalar.rotation_slope(&truth.state, 0, 1).unwrap() } else { 0.0 };
        // The frame turns by alpha, b by -alpha.
        assert!((ours.slope + slope).abs() < 1e-13, "{} {slope}", ours.slope);
    }
}

/// An even start of a far pair stays even and is a saddle: never called stable, and left to either side.
#[test]
fn an_even_start_is_known_for_a_saddle() {
    let plane = PlaneMeanField::new(pair([1.5, 1.5], 0.5), PlaneOptions::default()).unwrap();
    let frame = plane.frame(0.0, 1.0).unwrap();
    for start in [PlaneStart::Even, PlaneStart::Origin] {
        let even = frame.solve(start).unwrap();
        assert_eq!(even.status, MeanFieldStatus::Unstable, "{}", even.coupling);
        assert!((even.observables.masses[0] - 0.5).abs() < 1e-9 && (even.observables.objective - 0.73202).abs() < 1e-5);
        let sides = [1.0, -1.0].map(|side| frame.leave(&even, side));
        for (side, found) in [1.0, -1.0].iter().zip(&sides) {
            assert_eq!(found.status, MeanFieldStatus::Stable);
            assert!(side * found.observables.means[0] > 0.5 && (found.observables.objective - 0.60395).abs() < 1e-5);
        }
        let best = frame.minimise(start).unwrap();
        assert!((best.observables.objective - sides[0].observables.objective).abs() < 1e-13);
    }
    // Close modes: the even solution is the optimum, and is said to be.
    let plane = PlaneMeanField::new(pair([1.0, 1.0], 0.5), PlaneOptions::default()).unwrap();
    let even = plane.frame(0.0, 1.0).unwrap().solve(PlaneStart::Even).unwrap();
    assert!(even.status == MeanFieldStatus::Stable && even.coupling < 1.0);
    assert!((even.observables.objective - 0.2225941257134).abs() < 1e-12);
}

#[test]
fn what_breaks_a_rule_is_refused() {
    let unit = || vec![vec![1.0, 0.0], vec![0.0, 1.0]];
    let name = |weights: Vec<f64>, means: Vec<Vec<f64>>, covariances: Vec<Vec<Vec<f64>>>| {
        GaussianMixture::new(weights, means, covariances).unwrap_err().name().to_owned()
    };
    assert_eq!(name(vec![0.5, 0.4], vec![vec![0.0; 2]; 2], vec![unit(), unit()]), "weights");
    assert_eq!(name(vec![], vec![], vec![]), "weights");
    assert_eq!(name(vec![1.0], vec![], vec![unit()]), "means");
    assert_eq!(name(vec![1.0], vec![vec![]], vec![vec![]]), "means");
    assert_eq!(name(vec![0.5, 0.5], vec![vec![0.0; 2], vec![0.0; 3]], vec![unit(), unit()]), "means");
    assert_eq!(name(vec![1.0], vec![vec![f64::NAN, 0.0]], vec![unit()]), "means");
    assert_eq!(name(vec![1.0], vec![vec![0.0; 2]], vec![]), "covariances");
    for covariance in [
        vec![vec![1.0, 0.2], vec![0.1, 1.0]],
        vec![vec![1.0, 2.0], vec![2.0, 1.0]],
        vec![vec![1.0, f64::NAN], vec![f64::NAN, 1.0]],
        vec![vec![f64::INFINITY, 0.0], vec![0.0, 1.0]],
        vec![vec![1.0]],
    ] {
        assert_eq!(name(vec![1.0], vec![vec![0.0; 2]], vec![covariance]), "covariances");
    }
    let line = GaussianMixture::new(vec![1.0], vec![vec![0.0]], vec![vec![vec![1.0]]]).unwrap();
    let refused = |target: &GaussianMixture, fineness, coldest, hottest| {
        let options = PlaneOptions { fineness, coldest, hottest };
        PlaneMeanField::new(target.clone(), options).unwrap_err().name().to_owned()
    };
    let near = pair([1.0, 1.0], 0.6);
    assert_eq!(refused(&line, 1.0, 1.0, 1.0), "dimension");
    assert_eq!(refused(&near, 0.1, 1.0, 1.0), "fineness");
    assert_eq!(refused(&near, 1.0, 0.0, 1.0), "coldest");
    assert_eq!(refused(&near, 1.0, 1.0, 0.9), "hottest");
    assert_eq!(refused(&near, 1.0, f64::NAN, 1.0), "coldest");
    assert_eq!(refused(&pair([300.0, 0.0], 0.5), 1.0, 1.0, 1.0), "target");
    let plane = PlaneMeanField::new(near, PlaneOptions::default()).unwrap();
    assert_eq!(plane.frame(0.0, 2.0).unwrap_err().name(), "temperature");
    assert_eq!(plane.frame(f64::INFINITY, 1.0).unwrap_err().name(), "angle");
    let frame = plane.frame(0.0, 1.0).unwrap();
    assert_eq!(frame.solve(PlaneStart::Component(2)).unwrap_err().name(), "component");
    assert_eq!(frame.solve(PlaneStart::Even).unwrap_err().name(), "means");
}

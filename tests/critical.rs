//! Where collapse becomes possible: reference numbers, and the scalar reduction against the generic fold curve.

use collapsar::bifurcation::{
    ContinuationOptions, CurveOptions, DifferenceLadder, Direction, FreeFamily, NewtonOptions, PairParameter,
    PairPoint, Section, collapse_fold, critical_separation, critical_temperature, critical_temperature_asymptotic,
    fold_curve, locate_fold,
};
use collapsar_theory::{FreePair, FreePairOptions};

fn free(separation: f64, target_weight: f64) -> FreePair {
    FreePair::new(FreePairOptions { separation, target_weight, ..FreePairOptions::default() }).unwrap()
}

/// Theory (12), computed outside this project.
#[test]
fn reference_temperatures_and_separation() {
    let known = [(2.5, 1.456_740_723_6), (3.0, 3.312_999_348_2), (4.0, 25.457_496_863_7), (5.0, 396.287_032_805_8)];
    for (separation, temperature) in known {
        let fold = critical_temperature(&free(separation, 0.5)).unwrap();
        // Ten decimals are given.
        assert!((fold.temperature / temperature - 1.0).abs() < 5e-11, "{separation}: {fold:?}");
        assert!(fold.interval[0] < fold.temperature && fold.temperature < fold.interval[1]);
    }
    let fold = critical_separation(&free(1.0, 0.5), 1.0).unwrap().unwrap();
    eprintln!("{fold:?}");
    assert!((fold.separation - 2.259_607_57).abs() < 6e-9, "{fold:?}");
    assert!((fold.x - 1.901_974_25).abs() < 6e-8 && (fold.y - 0.796_359_08).abs() < 6e-8, "{fold:?}");
    assert_eq!(critical_temperature(&free(2.25, 0.5)), None);
    for s in [2.3, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0] {
        let f = critical_temperature(&free(s, 0.5)).unwrap();
        eprintln!(
            "{s} {:e} {:e} ratio {}",
            f.temperature,
            f.residual,
            f.temperature / critical_temperature_asymptotic(s)
        );
    }
    for w in [0.5, 0.6, 0.8, 0.95] {
        eprintln!("w {w}: {:?} {:?}", collapse_fold(&free(3.0, w), true), collapse_fold(&free(3.0, w), false));
    }
}

#[test]
fn curve() {
    let point = PairPoint { temperature: 3.0, separation: 3.0, bias: 0.0 };
    let family = FreeFamily::new(point, [PairParameter::LogTemperature, PairParameter::Separation]).unwrap();
    let fold = critical_temperature(&free(3.0, 0.5)).unwrap();
    let sec = Section::along_first(&family, 3.0);
    let l = locate_fold(
        &sec,
        &[fold.x, fold.y, 0.0],
        fold.temperature.ln(),
        &NewtonOptions::default(),
        DifferenceLadder::default(),
    );
    eprintln!("{l:?} {}", fold.temperature.ln());
    let options = CurveOptions {
        continuation: ContinuationOptions { parameter: [0.0, 20.0], ..ContinuationOptions::default() },
        second_parameter: [1.0, 6.0],
    };
    for d in [Direction::Increasing, Direction::Decreasing] {
        let c = fold_curve(&family, &[fold.x, fold.y, 0.0], [fold.temperature.ln(), 3.0], d, &options).unwrap();
        eprintln!("{:?} {} {:?}", c.stop, c.points.len(), c.points.last().map(|p| (p.state.clone(), p.parameters)));
        for p in c.points.iter() {
            let f = collapse_fold(&free(p.parameters[1], 0.5), true).unwrap();
            assert!((f.temperature.ln() - p.parameters[0]).abs() < 1e-9, "{:?} {f:?}", p.parameters);
        }
    }
}

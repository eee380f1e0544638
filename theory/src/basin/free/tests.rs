use super::*;
use crate::flow::FreePairOptions;

#[test]
fn the_known_states_lie_where_they_should() {
    let pair = FreePair::new(FreePairOptions::default()).unwrap();
    let basin = FreeBasin::new(pair, &Schedule::constant(1.0).unwrap()).unwrap();
    // Stable collapsed state and saddle of theory (12) at rho = 3, T = 1.
    assert_eq!(basin.verdict(0.0, 1.0, &[2.98468, 0.20599, 0.0]), Verdict::Collapsed);
    assert_eq!(basin.verdict(0.0, 1.0, &[1.75221, 1.52830, 0.0]), Verdict::Open);
    assert_eq!(basin.verdict(0.0, 1.0, &[0.1, -3.0, 0.5]), Verdict::Recovered);
    // The pass is the highest point of the way down to the wall.
    let pass = pair.objective(1.0, &[1.75221, 1.52830, 0.0]);
    let well = pair.objective(1.0, &[2.98468, 0.20599, 0.0]);
    assert!(well < basin.heights[0].spatial[0] && basin.heights[0].spatial[0] < pass);
}

#[test]
fn a_shallow_well_near_the_fold_is_a_bowl() {
    // rho_c(T = 1) = 2.2596; the wall is lower than the well at 2.3.
    let pair = FreePair::new(FreePairOptions { separation: 2.3, ..FreePairOptions::default() }).unwrap();
    let basin = FreeBasin::new(pair, &Schedule::constant(1.0).unwrap()).unwrap();
    let mut state = [2.1, 0.5, 0.0];
    let mut rate = [0.0; 3];
    assert_eq!(basin.verdict(0.0, 1.0, &state), Verdict::Open);
    for _ in 0..4000 {
        pair.field(1.0, &state, &mut rate);
        state.iter_mut().zip(&rate).for_each(|(y, r)| *y += 0.1 * r);
    }
    assert!(pair.objective(1.0, &state) > basin.heights[0].planar[0]);
    assert_eq!(basin.verdict(0.0, 1.0, &state), Verdict::Collapsed);
    let matrix = [2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.5];
    assert!((least_eigenvalue(&matrix, 2) - 1.0).abs() < 1e-8 && (least_eigenvalue(&matrix, 3) - 0.5).abs() < 1e-8);
}

#[test]
fn the_first_look_rules_out_nothing_that_is_trapped() {
    for (separation, target_weight) in [(2.3, 0.5), (3.0, 0.7), (2.6, 0.5)] {
        let pair = FreePair::new(FreePairOptions { separation, target_weight, ..Default::default() }).unwrap();
        let basin = FreeBasin::new(pair, &Schedule::constant(1.0).unwrap()).unwrap();
        let mut bottom = [separation, 0.3, 0.0];
        for _ in 0..4000 {
            let rate = basin.flow.rates(1.0, &bottom);
            bottom.iter_mut().zip(rate).for_each(|(y, r)| *y += 0.1 * r);
        }
        let (mut far, mut bowls) = (0.0_f64, 0);
        for i in 0..4000 {
            let share = |k: u32| (f64::from(i) * f64::from(k).sqrt()).fract();
            let spread = 10f64.powf(1.0 - 6.0 * share(7));
            let z = if i % 2 == 0 { 0.0 } else { spread * share(5) };
            let state = [bottom[0] + spread * (2.0 * share(2) - 1.0), bottom[1] + spread * share(3), z];
            let beta = 0.3 + 0.7 * share(11);
            far = far.max((basin.objective.at(beta, &state) - pair.objective(beta, &state)).abs());
            if basin.in_bowl(&state) {
                bowls += 1;
                assert!(basin.may_be_bowl(&state), "{state:?}");
            }
        }
        assert!(far < 0.1 * TABULATED * (1.0 + separation), "{far}");
        assert!(bowls > 30, "{separation}: {bowls}");
    }
}

#[test]
fn the_wall_of_unequal_targets_is_a_root_between_the_modes() {
    let pair = FreePair::new(FreePairOptions { target_weight: 0.7, ..FreePairOptions::default() }).unwrap();
    let basin = FreeBasin::new(pair, &Schedule::constant(1.0).unwrap()).unwrap();
    let m = basin.wall();
    assert!(m < 0.0 && m > -1.0, "{m}");
    assert!((m - 3.0 * pair.pull(m).0).abs() < 1e-12);
    let lopsided =
        FreePair::new(FreePairOptions { target_weight: 0.999_999, separation: 1.2, ..pair.options() }).unwrap();
    assert!(FreeBasin::new(lopsided, &Schedule::constant(1.0).unwrap()).is_err());
}

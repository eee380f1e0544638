//! All equilibria of both pairs.
use collapsar::bifurcation::{
    Equilibria, SearchOptions, antipodal_separation, antipodal_temperature, free_equilibria, sphere_equilibria,
    stable_collapse_temperature,
};
use collapsar_theory::{FreePair, FreePairOptions, SpherePair, SpherePairOptions, SphereVariance};

fn show(e: &Equilibria, t: f64) {
    eprintln!("T = {t}: {} boxes {}", e.boxes, e.established);
    for s in &e.states {
        eprintln!(
            "  {:?} {:?} res {:.1e} unc {:.1e} {} {:?}",
            s.coordinates,
            s.kind,
            s.residual,
            s.uncertainty[0],
            s.unstable,
            s.modes.iter().map(|m| (m.rate, m.admissible)).collect::<Vec<_>>()
        );
    }
    for u in &e.unresolved {
        eprintln!("  unresolved {u:?}");
    }
}

#[test]
fn explore() {
    for (rho, v, t) in [
        (3.0, 0.5, 1.0),
        (3.0, 0.5, 2.0),
        (3.0, 0.5, 3.3129993482),
        (3.0, 0.5, 5.0),
        (5.0, 0.5, 100.0),
        (3.0, 0.8, 1.5),
        (6.0, 0.5, 1.0),
        (6.0, 0.5, 1e4),
        (1.0, 0.5, 1.0),
        (0.5, 0.5, 2.0),
    ] {
        let pair = FreePair::new(FreePairOptions { separation: rho, target_weight: v, ..Default::default() }).unwrap();
        let start = std::time::Instant::now();
        let e = free_equilibria(&pair, t, &SearchOptions::default()).unwrap();
        eprintln!("rho {rho} v {v} {:?}", start.elapsed());
        show(&e, t);
    }
}
#[test]
fn explore_sphere() {
    for (r, v, a, var) in [
        (3.0, 0.5, 0.5, true),
        (3.0, 0.5, 0.6, true),
        (3.0, 0.5, 9.0, true),
        (3.0, 0.8, 9.0, true),
        (3.0, 0.8, 0.1, true),
        (5.0, 0.8, 25.0, true),
        (6.0, 0.5, 36.0, true),
        (3.0, 0.8, 0.9, false),
    ] {
        let pair = SpherePair::new(SpherePairOptions {
            radius: r,
            target_weight: v,
            variance: if var { SphereVariance::Slaved } else { SphereVariance::Unit },
            ..Default::default()
        })
        .unwrap();
        let t = r * r / a;
        let start = std::time::Instant::now();
        let e = sphere_equilibria(&pair, t, &SearchOptions::default()).unwrap();
        eprintln!(
            "R {r} w {v} a {a} {var} {:?}; T_a {:?} R_c {:?} stable {:?} {:?}",
            start.elapsed(),
            antipodal_temperature(&pair),
            antipodal_separation(&pair, 1.0),
            stable_collapse_temperature(&pair, true),
            stable_collapse_temperature(&pair, false)
        );
        show(&e, t);
    }
}

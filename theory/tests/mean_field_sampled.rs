mod mean_field_targets;
use collapsar_theory::*;
use mean_field_targets::target;
use std::time::Instant;

fn rotation(angle: f64) -> Vec<Vec<f64>> {
    let (s, c) = angle.sin_cos();
    vec![vec![c, -s], vec![s, c]]
}

#[test]
fn explore() {
    for name in ["equal_cov", "unequal_cov", "three", "wide_minor"] {
        for (degrees, k) in [(0.0f64, 0), (20.0, 1), (70.0, 1)] {
            let plane = PlaneMeanField::new(target(name), PlaneOptions::default()).unwrap();
            let truth = plane.frame(degrees.to_radians(), 1.0).unwrap().solve(PlaneStart::Component(k)).unwrap();
            println!(
                "{name} {degrees} {k}: F {} mass {:?} coupling2 {}",
                truth.observables.objective,
                truth.observables.masses,
                truth.coupling.powi(2)
            );
            for points in [256, 1024] {
                for seed in [1, 2, 3] {
                    let t = Instant::now();
                    let fit =
                        SampledMeanField::new(target(name), SampledOptions { points, seed, fineness: 1.0 }).unwrap();
                    let frame = fit.frame(&rotation(degrees.to_radians()), 1.0).unwrap();
                    let f = frame.solve(SampledStart::Component(k)).unwrap();
                    let o = &f.observables;
                    println!(
                        "   {points} {seed}: dF {:.2e} (+-{:.1e}) dm {:.2e} (+-{:.1e}) dgrad {:.2e} virial {:.1e} contraction {:.5} res {:.1e} edge {:.1e} sweeps {} {:?} grid {} {:.0?}",
                        o.objective - truth.observables.objective,
                        o.objective_error,
                        o.masses[0] - truth.observables.masses[0],
                        o.mass_errors[0],
                        o.gradient[1][0] - truth.observables.slope,
                        o.cross_moments[0][0] - 1.0,
                        f.contraction,
                        f.residual,
                        f.edge,
                        f.sweeps,
                        f.status,
                        frame.density(&f.state, 0).len(),
                        t.elapsed()
                    );
                }
            }
        }
    }
}

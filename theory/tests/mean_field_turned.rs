use collapsar_theory::*;
use std::time::Instant;

type Matrix = Vec<Vec<f64>>;

/// A random-like orthogonal matrix: Gram-Schmidt of sines.
fn generic(d: usize, phase: f64) -> Matrix {
    let mut rows: Matrix = (0..d)
        .map(|i| {
            (0..d).map(|j| ((1.0 + i as f64) * (2.3 + 1.7 * j as f64 + phase) + (i * j) as f64 * 0.37).sin()).collect()
        })
        .collect();
    for _ in 0..2 {
        for i in 0..d {
            for k in 0..i {
                let dot: f64 = (0..d).map(|j| rows[i][j] * rows[k][j]).sum();
                for j in 0..d {
                    rows[i][j] -= dot * rows[k][j];
                }
            }
            let norm = rows[i].iter().map(|x| x * x).sum::<f64>().sqrt();
            rows[i].iter_mut().for_each(|x| *x /= norm);
        }
    }
    rows
}

/// Two coordinates of two modes, the others normal of distinct widths.
fn product(d: usize, m: f64, rotation: &Matrix) -> GaussianMixture {
    let (mut weights, mut means, mut covariances) = (vec![], vec![], vec![]);
    for (v, a, s) in [(0.6, -m, 1.0), (0.4, m, 0.7)] {
        for (w, b, t) in [(0.3, -0.8 * m, 0.8), (0.7, 0.8 * m, 1.1)] {
            weights.push(v * w);
            let mut mean = vec![0.0; d];
            mean[0] = a;
            mean[1] = b;
            let variances: Vec<f64> = (0..d)
                .map(|j| match j {
                    0 => s,
                    1 => t,
                    _ => 0.5 + 0.15 * j as f64,
                })
                .collect();
            means.push((0..d).map(|i| (0..d).map(|j| rotation[i][j] * mean[j]).sum()).collect());
            covariances.push(
                (0..d)
                    .map(|i| {
                        (0..d).map(|j| (0..d).map(|k| rotation[i][k] * variances[k] * rotation[j][k]).sum()).collect()
                    })
                    .collect(),
            );
        }
    }
    GaussianMixture::new(weights, means, covariances).unwrap()
}

#[test]
fn explore() {
    for (d, m) in [(2, 2.0), (2, 3.0), (5, 2.0), (5, 3.0), (20, 2.0), (20, 3.0)] {
        let target = product(d, m, &generic(d, 0.1));
        for heat in [RotationHeat::Cold, RotationHeat::At(8.0)] {
            for start in
                [TurnStart::Given(generic(d, 1.3)), TurnStart::Modes, TurnStart::Covariance, TurnStart::Identity]
            {
                let t = Instant::now();
                let name = format!("{start:?}");
                let options = TurnOptions {
                    starts: vec![start],
                    heat,
                    sampled: SampledOptions { points: 256.max(0), ..SampledOptions::default() },
                    ..TurnOptions::default()
                };
                match turned_fit(&target, &options) {
                    Ok(f) => println!(
                        "d {d} m {m} {heat:?} {}: F {:.3e} steep {:.1e} {:?} {:?} single {} steps {} masses {:.4?} {:.0?}",
                        &name[..5],
                        f.solution.observables.objective,
                        f.solution.observables.steepness(),
                        f.status,
                        f.solution.status,
                        f.is_single(),
                        f.path.len(),
                        f.solution.observables.masses,
                        t.elapsed()
                    ),
                    Err(e) => println!("{e}"),
                }
            }
        }
    }
}

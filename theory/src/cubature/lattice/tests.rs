//! The points and their map to the normal law.

use super::*;

#[test]
fn quantile_inverts_the_cdf_on_every_branch() {
    for i in 0..=330 {
        let x = -8.2 + 0.05 * f64::from(i);
        let p = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
        // In the right tail p itself is rounded: half an ulp of 1 over the density.
        let density = 0.4 * libm::exp(-0.5 * x * x);
        let tolerance = 2e-14 + 1.2e-16 / density * f64::from(u8::from(x > 0.0));
        assert!((normal_quantile(p) - x).abs() < tolerance, "{x}: {}", normal_quantile(p));
    }
    assert!(normal_quantile(0.0) < -8.0 && normal_quantile(1.0) > 8.0);
}

#[test]
fn every_coordinate_is_a_permuted_grid() {
    let lattice = Lattice::new(64, 2, 5);
    for direction in 0..GENERATOR.len() {
        let nodes = lattice.coordinate(direction);
        let mean = nodes.iter().map(|n| n.weight * n.place).sum::<f64>() / 128.0;
        let total = nodes.iter().map(|n| n.weight).sum::<f64>() / 128.0;
        // A shifted grid of 64 points averages an odd function to O(1/64^2), and the weights, a cosine, exactly.
        assert!(mean.abs() < 0.05 && (total - 1.0).abs() < 1e-14, "{direction}: {mean} {total}");
    }
    let beyond = lattice.coordinate(GENERATOR.len());
    // 128 independent values: four standard errors.
    assert!((beyond.iter().map(|n| n.place).sum::<f64>() / 128.0).abs() < 0.36);
}

#[test]
fn sidi_map_on_both_sides_of_its_series() {
    for x in [0.999_999e-4_f64, 1.000_001e-4, 1.0 - 0.999_999e-4, 1.0 - 1.000_001e-4] {
        let end: f64 = x.min(1.0 - x);
        let exact = 2.0 * PI * PI * end.powi(3) / 3.0 * (1.0 - PI * PI * end * end / 5.0);
        let uniform = 0.5 * libm::erfc(LatticeNode::at(x, true).place.abs() / std::f64::consts::SQRT_2);
        // The series leaves out 2e-8 of itself, the difference rounds to 1e-20 of 6.6e-12; the quantile of the upper
        // end is that of 1 - 6.6e-12, rounded to 1e-16: 2e-5 of it.
        assert!((uniform / exact - 1.0).abs() < 4e-5, "{x}: {uniform:e} {exact:e}");
    }
}

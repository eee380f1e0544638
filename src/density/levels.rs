//! Levels of a density by the mass that they enclose.

/// For each share, the level above which the cells of an even grid hold that share of the grid's sum. A share that is not
/// reached gives the least value.
pub fn enclosing_levels(values: &[f64], shares: &[f64]) -> Vec<f64> {
    let mut falling: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    falling.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = falling.iter().sum();
    let level = |share: &f64| {
        let mut held = 0.0;
        let reached = falling.iter().find(|value| {
            held += **value;
            held >= share * total
        });
        reached.or(falling.last()).copied().unwrap_or(0.0)
    };
    shares.iter().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::enclosing_levels;

    #[test]
    fn a_gaussian_has_its_level_where_its_tail_begins() {
        // In the plane N(0, I) holds 1 - e^(-r^2/2) within r: the level of a share is (1 - share)/(2 pi).
        let nodes: Vec<f64> = (0..401).map(|i| (f64::from(i) - 200.0) * 0.03).collect();
        let density = |x: f64, y: f64| (-0.5 * (x * x + y * y)).exp() / std::f64::consts::TAU;
        let values: Vec<f64> = nodes.iter().flat_map(|y| nodes.iter().map(move |x| density(*x, *y))).collect();
        for (share, level) in [0.5, 0.9].iter().zip(enclosing_levels(&values, &[0.5, 0.9])) {
            let exact = (1.0 - share) / std::f64::consts::TAU;
            // Cells of 0.03: 4 nodes move the sum by 4e-4, the level by as much.
            assert!((level - exact).abs() < 1e-3 * exact + 1e-4, "{share}: {level} for {exact}");
        }
        assert_eq!(enclosing_levels(&[], &[0.5]), [0.0]);
        assert_eq!(enclosing_levels(&[1.0, f64::NAN, 3.0], &[0.5, 0.9, 2.0]), [3.0, 1.0, 1.0]);
    }
}

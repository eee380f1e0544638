//! The targets of `data/mean_field_targets.csv`.

use collapsar_theory::GaussianMixture;

/// The numbers of a cell.
pub fn numbers(cell: &str) -> Vec<f64> {
    cell.split(';').map(|number| number.parse().unwrap()).collect()
}

/// The rows of a table after its comments and its header.
pub fn table(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect())
}

/// The target of that name.
pub fn target(name: &str) -> GaussianMixture {
    let (mut weights, mut means, mut covariances) = (Vec::new(), Vec::new(), Vec::new());
    for row in table(include_str!("../data/mean_field_targets.csv")).filter(|row| row[0] == name) {
        weights.push(row[1].parse().unwrap());
        means.push(numbers(row[2]));
        let c = numbers(row[3]);
        covariances.push(vec![vec![c[0], c[1]], vec![c[1], c[2]]]);
    }
    GaussianMixture::new(weights, means, covariances).unwrap()
}

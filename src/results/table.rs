//! Trajectories as tables.

use crate::trajectory::Report;

/// Largest number of coordinates of a mean that a table writes out: beyond, the Gram matrix says it all.
const MOST_COORDINATES: usize = 8;

/// A CSV table of a trajectory: time, temperature, variance, objective, variances var_i of components that
/// have their own, weights w_i, coverages C_k, the overlaps
/// mu_i.mu_j (i <= j) and mu_i.nu_k and, in few dimensions, the means' coordinates in the run's frame.
pub fn trajectory_csv(rows: &[Report]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    writer.write_record(columns(first))?;
    for row in rows {
        writer.write_record(values(row).iter().map(f64::to_string))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

/// The names of the columns of a trajectory with rows like `first`.
pub(crate) fn columns(first: &Report) -> Vec<String> {
    let (k, p, width) = (first.means.len(), first.coverage.len(), first.means[0].len());
    let coordinates = if width <= MOST_COORDINATES { width } else { 0 };
    let mut header: Vec<String> = ["time", "temperature", "variance", "objective"].map(String::from).to_vec();
    header.extend((1..=first.variances.len()).map(|i| format!("var_{i}")));
    header.extend((1..=k).map(|i| format!("w_{i}")));
    header.extend((1..=p).map(|m| format!("C_{m}")));
    header.extend((1..=k).flat_map(|i| (i..=k).map(move |j| format!("mu_{i}.mu_{j}"))));
    header.extend((1..=k).flat_map(|i| (1..=p).map(move |m| format!("mu_{i}.nu_{m}"))));
    header.extend((1..=k).flat_map(|i| (1..=coordinates).map(move |axis| format!("mu_{i}[{axis}]"))));
    header
}

/// The values of a row, in the order of [`columns`].
pub(crate) fn values(row: &Report) -> Vec<f64> {
    let (k, width) = (row.means.len(), row.means[0].len());
    let coordinates = if width <= MOST_COORDINATES { width } else { 0 };
    let mut values = vec![row.time, row.temperature, row.variance, row.objective];
    values.extend(&row.variances);
    values.extend(&row.weights);
    values.extend(&row.coverage);
    values.extend((0..k).flat_map(|i| row.gram[i][i..k].iter()));
    values.extend((0..k).flat_map(|i| row.gram[i][k..].iter()));
    values.extend(row.means.iter().flat_map(|mean| &mean[..coordinates]));
    values
}

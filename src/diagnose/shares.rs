//! What the modes weigh, and which of them a run has lost.

/// Rounds until the runs that hold all modes are known.
const ROUNDS: usize = 20;
/// A share of a run that is more than a stray sample, until the weights are known.
const HELD: f64 = 0.02;

/// The weights of modes, by the shares that runs have of them (run x mode): the mean over the runs that hold all, where a mode
/// is held by a share of at least `lost_below` times its weight. If no run holds all, each mode by the runs that hold it,
/// brought to sum 1.
pub fn weights(coverage: &[Vec<f64>], lost_below: f64) -> Vec<f64> {
    let modes = coverage.first().map_or(0, Vec::len);
    let held = |k: usize| {
        let of = coverage.iter().map(|run| run[k]).filter(|c| *c > HELD);
        let (sum, n) = of.fold((0.0, 0usize), |(sum, n), c| (sum + c, n + 1));
        if n > 0 { sum / n as f64 } else { 0.0 }
    };
    let mut weights = normalised((0..modes).map(held).collect());
    for _ in 0..ROUNDS {
        let whole: Vec<&Vec<f64>> = coverage.iter().filter(|run| lost(run, &weights, lost_below).is_empty()).collect();
        if whole.is_empty() {
            break;
        }
        let mean = |k: usize| whole.iter().map(|run| run[k]).sum::<f64>() / whole.len() as f64;
        let next = normalised((0..modes).map(mean).collect());
        if next == weights {
            break;
        }
        weights = next;
    }
    weights
}

fn normalised(weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 { weights.iter().map(|w| w / sum).collect() } else { weights }
}

/// The modes of positive weight of which a run has less than `lost_below` times that weight, counted from 0.
pub fn lost(coverage: &[f64], weights: &[f64], lost_below: f64) -> Vec<usize> {
    (0..weights.len()).filter(|&k| weights[k] > 0.0 && coverage[k] < lost_below * weights[k]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_those_of_the_whole_runs() {
        let mut runs = vec![vec![1.0, 0.0]; 9];
        runs.extend(vec![vec![0.0, 1.0]; 5]);
        runs.push(vec![0.8, 0.2]);
        runs.push(vec![0.7, 0.3]);
        let found = weights(&runs, 0.5);
        assert!((found[0] - 0.75).abs() < 1e-12 && (found[1] - 0.25).abs() < 1e-12, "{found:?}");
        assert_eq!(lost(&runs[0], &found, 0.5), [1]);
        assert_eq!(lost(&runs[10], &found, 0.5), [0]);
        assert!(lost(&runs[14], &found, 0.5).is_empty());
    }

    #[test]
    fn without_a_whole_run_every_mode_counts_by_those_that_hold_it() {
        let runs = vec![vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, 0.0]];
        assert_eq!(weights(&runs, 0.5), [0.5, 0.5]);
        assert_eq!(weights(&[vec![1.0]], 0.5), [1.0]);
    }
}

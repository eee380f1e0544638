//! What the runs of a count keep of many modes, and how far flows are from the target.

use crate::results::probability::{Answer, Detail};

/// How many modes the runs of a count keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModesKept {
    /// Of a run in the mean.
    pub mean: f64,
    /// The standard error of the mean; 0 for a single run.
    pub error: f64,
    /// P.
    pub modes: usize,
}

impl ModesKept {
    /// From the numbers of runs that lost 0, 1, .., P modes; `None` without a run.
    pub fn of(lost: &[u64]) -> Option<Self> {
        let modes = lost.len().checked_sub(1)?;
        let over = |of: &dyn Fn(f64) -> f64| (0..=modes).map(|k| lost[k] as f64 * of((modes - k) as f64)).sum::<f64>();
        let runs = over(&|_| 1.0);
        let mean = over(&|kept| kept) / runs;
        let square = over(&|kept| (kept - mean) * (kept - mean)) / (runs - 1.0).max(1.0);
        (runs > 0.0).then(|| Self { mean, error: (square / runs).sqrt(), modes })
    }
}

impl Answer {
    /// Runs that lost 0, 1, .., P modes, where that is known.
    pub fn modes_lost(&self) -> Option<&[u64]> {
        match &self.detail {
            Detail::Count(detail) => detail.modes_lost.as_deref(),
            Detail::Training { modes_lost, .. } => Some(modes_lost),
            _ => None,
        }
    }

    /// Runs that lost a mode, where that is known.
    pub fn lost_a_mode(&self) -> Option<u64> {
        Some(self.modes_lost()?.iter().skip(1).sum())
    }

    /// How many modes the runs keep, where that is known.
    pub fn modes_kept(&self) -> Option<ModesKept> {
        ModesKept::of(self.modes_lost()?)
    }

    /// Lower quartile, median and upper quartile of KL(q||p) over trained flows.
    pub fn divergence(&self) -> Option<[f64; 3]> {
        let Detail::Training { median_divergence, divergence_quartiles, .. } = &self.detail else { return None };
        let [low, high] = (*divergence_quartiles)?;
        Some([low, (*median_divergence)?, high])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_what_is_kept_has_its_standard_error() {
        // Two keep both modes, one a single mode, one none.
        let found = ModesKept::of(&[2, 1, 1]);
        let error = ((2.0 * 0.75_f64.powi(2) + 0.25_f64.powi(2) + 1.25_f64.powi(2)) / 3.0 / 4.0).sqrt();
        assert_eq!(found, Some(ModesKept { mean: 1.25, error, modes: 2 }));
        assert_eq!(ModesKept::of(&[0, 1]), Some(ModesKept { mean: 0.0, error: 0.0, modes: 1 }));
        assert_eq!((ModesKept::of(&[0, 0]), ModesKept::of(&[])), (None, None));
    }
}

//! What the order says of starts that were not followed.

use collapsar_theory::GaussianMixture;

/// For two components of one diagonal covariance the flow keeps the stochastic order, coordinates signed so that one component
/// lies above the other (mean field, theorem 1): what starts above a run that ended on the highest state ends there too, and
/// what starts below one that ended on the lowest.
#[derive(Debug, Clone)]
pub(super) struct Order {
    signs: [f64; 2],
    /// Ends at the top and at the bottom, with starts that are known to reach them.
    top: Option<(usize, Vec<[f64; 2]>)>,
    bottom: Option<(usize, Vec<[f64; 2]>)>,
}

impl Order {
    /// The order of a target, if it has one.
    pub(super) fn of(target: &GaussianMixture) -> Option<Self> {
        let flat = |k: usize| target.covariance_of(k)[0][1] == 0.0 && target.covariance_of(k)[1][0] == 0.0;
        let pair = target.weights().len() == 2 && target.dimension() == 2;
        if !pair || !flat(0) || target.covariance_of(0) != target.covariance_of(1) {
            return None;
        }
        let (plus, minus) = (target.mean_of(0), target.mean_of(1));
        let signs = [0, 1].map(|j: usize| if plus[j] >= minus[j] { 1.0 } else { -1.0 });
        Some(Self { signs, top: None, bottom: None })
    }

    fn below(&self, low: &[f64; 2], high: &[f64; 2]) -> bool {
        (0..2).all(|j| self.signs[j] * low[j] <= self.signs[j] * high[j])
    }

    /// The end of a start, if the order decides it.
    pub(super) fn end(&self, mean: [f64; 2]) -> Option<usize> {
        let above = |known: &[[f64; 2]]| known.iter().any(|start| self.below(start, &mean));
        let under = |known: &[[f64; 2]]| known.iter().any(|start| self.below(&mean, start));
        let top = self.top.as_ref().filter(|(_, known)| above(known)).map(|(k, _)| *k);
        top.or_else(|| self.bottom.as_ref().filter(|(_, known)| under(known)).map(|(k, _)| *k))
    }

    /// The run from `mean` ended on end `k`, one of those with these means.
    pub(super) fn learn(&mut self, mean: [f64; 2], k: usize, means: impl Iterator<Item = [f64; 2]>) {
        let means: Vec<[f64; 2]> = means.collect();
        let highest = means.iter().all(|other| self.below(other, &means[k]));
        let lowest = means.iter().all(|other| self.below(&means[k], other));
        if highest {
            self.top.get_or_insert((k, Vec::new())).1.push(mean);
        }
        if lowest {
            self.bottom.get_or_insert((k, Vec::new())).1.push(mean);
        }
    }
}

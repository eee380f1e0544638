//! A batch and its objective, whatever the flow.

/// The objective of a batch in the two forms that a run is judged by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Losses {
    /// F_beta = E_q[log q - beta log p], theory (1), what is minimised.
    pub objective: f64,
    /// The same at beta = 1: KL(q||p).
    pub divergence: f64,
}

/// A batch at a temperature: how many points it has, and the sums over those that were seen.
pub(crate) struct Batch<'a> {
    pub(crate) beta: f64,
    pub(crate) points: usize,
    sums: [f64; 2],
    /// log p and log q, where they are kept.
    densities: Option<&'a mut [Vec<f64>; 2]>,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(beta: f64, points: usize, mut densities: Option<&'a mut [Vec<f64>; 2]>) -> Self {
        densities.iter_mut().flat_map(|kept| kept.iter_mut()).for_each(Vec::clear);
        Self { beta, points, sums: [0.0; 2], densities }
    }

    /// Takes log q and log p of the points of a block.
    pub(crate) fn take(&mut self, logs: impl Iterator<Item = (f64, f64)>) {
        let mut part = [0.0; 2];
        for (log_q, log_p) in logs {
            part[0] += log_q - self.beta * log_p;
            part[1] += log_q - log_p;
            if let Some([of_p, of_q]) = &mut self.densities {
                of_p.push(log_p);
                of_q.push(log_q);
            }
        }
        self.sums = [self.sums[0] + part[0], self.sums[1] + part[1]];
    }

    /// The means over the batch.
    pub(crate) fn losses(&self) -> Losses {
        let [objective, divergence] = self.sums.map(|sum| sum / self.points as f64);
        Losses { objective, divergence }
    }
}

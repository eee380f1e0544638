//! What heat does to the weights of far modes, theory 16.5.

/// The weights of far modes in p^beta, theory (40): v_k^beta |Sigma_k|^((1-beta)/2) over their sum. `log_determinants` are those
/// of the covariances, one for each weight.
pub fn tempered_weights(weights: &[f64], log_determinants: &[f64], beta: f64) -> Vec<f64> {
    let logs: Vec<f64> =
        weights.iter().zip(log_determinants).map(|(v, volume)| beta * v.ln() + (1.0 - beta) / 2.0 * volume).collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logs.iter().map(|l| (l - top).exp()).sum();
    logs.iter().map(|l| (l - top).exp() / total).collect()
}

/// What tempering does to the weights of far modes on the way to T = 1: annealing may lead to the wrong mode.
#[derive(Debug, Clone, PartialEq)]
pub struct TemperingDrift {
    /// The mode that is the heaviest above a temperature, if it is not the heaviest at T = 1, and that temperature.
    pub heaviest: Option<(usize, f64)>,
    /// Modes with less than half of their weight above a temperature, and that temperature.
    pub halved: Vec<(usize, f64)>,
}

/// Values of beta that are looked at.
const BETAS: usize = 400;

impl TemperingDrift {
    /// The drift between T = 1 and `hottest` >= 1; temperatures are the lowest at which it shows, to one part in 400 of the
    /// way in beta.
    pub fn new(weights: &[f64], log_determinants: &[f64], hottest: f64) -> Self {
        let heaviest = |weights: &[f64]| (0..weights.len()).fold(0, |a, b| if weights[b] > weights[a] { b } else { a });
        let (at_end, mut found) = (heaviest(weights), Self { heaviest: None, halved: Vec::new() });
        for i in 0..=BETAS {
            let beta = 1.0 - (1.0 - 1.0 / hottest) * i as f64 / BETAS as f64;
            let now = tempered_weights(weights, log_determinants, beta);
            let heavy = heaviest(&now);
            // Rounding does not make one heavier.
            if found.heaviest.is_none() && now[heavy] > now[at_end] * (1.0 + 1e-9) {
                found.heaviest = Some((heavy, 1.0 / beta));
            }
            for (k, (share, weight)) in now.iter().zip(weights).enumerate() {
                if *share < weight / 2.0 && !found.halved.iter().any(|(mode, _)| *mode == k) {
                    found.halved.push((k, 1.0 / beta));
                }
            }
        }
        found
    }
}

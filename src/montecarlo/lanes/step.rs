//! Several trajectories advanced together: one step of Tsitouras' pair for all lanes of a vector.

use crate::integrate::tableau::{A, C, E};

/// Trajectories stepped together: two vectors of eight numbers where the machine has them, four of four, eight of two.
pub(crate) const LANES: usize = 16;

/// One statistic of that many trajectories.
pub(crate) type Lane = [f64; LANES];

/// Times within a step at which the field is needed, in units of the step: the nodes of the pair (its last two coincide).
pub(crate) const NODES: [f64; 6] = [C[0], C[1], C[2], C[3], C[4], C[5]];

/// A closed flow of N statistics whose dependence on time is the same for every draw, so that its constants at one time
/// are worked out once for the whole ensemble.
pub(crate) trait LaneSystem<const N: usize>: Sync {
    /// The constants of the field at one time.
    type Stage: Send + Sync;

    /// The constants at time `t` in piece `piece` of the schedule.
    fn stage(&self, piece: usize, t: f64) -> Self::Stage;

    /// The field; lanes do not see each other.
    fn rates(&self, stage: &Self::Stage, state: &[Lane; N]) -> [Lane; N];
}

/// What one step leads to.
pub(crate) struct Stepped<const N: usize> {
    pub(crate) state: [Lane; N],
    /// The field at the end, the first stage of the next step.
    pub(crate) rate: [Lane; N],
    /// The estimated error of each entry.
    pub(crate) error: [Lane; N],
}

/// One step of length `h` from `state`, where the field is `first`.
#[inline(always)]
pub(crate) fn step<const N: usize, S: LaneSystem<N>>(
    system: &S,
    h: f64,
    stages: &[S::Stage; NODES.len()],
    state: &[Lane; N],
    first: &[Lane; N],
) -> Stepped<N> {
    let mut k = [[[0.0; LANES]; N]; 7];
    k[0] = *first;
    let mut y = *state;
    for i in 1..7 {
        for n in 0..N {
            let mut sum = [0.0; LANES];
            for j in 0..i {
                let a = A[i][j];
                for l in 0..LANES {
                    sum[l] += a * k[j][n][l];
                }
            }
            for l in 0..LANES {
                y[n][l] = state[n][l] + h * sum[l];
            }
        }
        k[i] = system.rates(&stages[i.min(5)], &y);
    }
    let mut error = [[0.0; LANES]; N];
    for n in 0..N {
        for (weight, stage) in E.iter().zip(&k) {
            for l in 0..LANES {
                error[n][l] += weight * stage[n][l];
            }
        }
        for l in 0..LANES {
            error[n][l] *= h;
        }
    }
    Stepped { state: y, rate: k[6], error }
}

/// The scale that entry `n` of an error is measured in: absolute + relative max(|y|, |y new|).
#[inline(always)]
pub(crate) fn scale(relative: f64, absolute: f64, before: f64, after: f64) -> f64 {
    let (a, b) = (before.abs(), after.abs());
    absolute + relative * if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// y' = -y in lane-dependent units.
    struct Decay;

    impl LaneSystem<1> for Decay {
        type Stage = f64;

        fn stage(&self, _: usize, t: f64) -> f64 {
            // d/dt exp(-t^2/2) = -t exp(-t^2/2): a field that depends on time.
            t
        }

        fn rates(&self, stage: &f64, state: &[Lane; 1]) -> [Lane; 1] {
            [state[0].map(|y| -stage * y)]
        }
    }

    #[test]
    fn order_five_and_an_honest_error() {
        let run = |steps: usize| {
            let h = 1.0 / steps as f64;
            let mut y = [std::array::from_fn(|l| 1.0 + l as f64)];
            let mut estimated: f64 = 0.0;
            for i in 0..steps {
                let stages = NODES.map(|c| Decay.stage(0, h * (i as f64 + c)));
                let done = step(&Decay, h, &stages, &y, &Decay.rates(&stages[0], &y));
                estimated = estimated.max(done.error[0][0].abs());
                y = done.state;
            }
            // Every lane has its own scale.
            assert!((y[0][7] / y[0][0] - 8.0).abs() < 1e-12);
            ((y[0][0] - (-0.5f64).exp()).abs(), estimated)
        };
        let ((coarse, guess), (fine, finer_guess)) = (run(8), run(16));
        // On this decay the leading error term is small: the slope lies between 5 and 6.
        assert!((4.8..6.2).contains(&(coarse / fine).log2()), "{coarse} {fine}");
        assert!(((guess / finer_guess).log2() - 5.0).abs() < 0.5 && guess > coarse / 8.0);
    }
}

//! The draws that are followed together.

use crate::montecarlo::lanes::step::{LANES, Lane};

/// First step in units of the fastest draw's |y|/|y'|.
const FIRST: f64 = 1e-2;

/// States and rates of draws in lanes: entry i is lane i % LANES of chunk i / LANES.
pub(crate) struct Lanes<const N: usize> {
    draws: Vec<usize>,
    states: Vec<[Lane; N]>,
    rates: Vec<[Lane; N]>,
}

impl<const N: usize> Lanes<N> {
    /// No draw yet, of `capacity`.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        let chunks = capacity.div_ceil(LANES);
        Self {
            draws: Vec::with_capacity(capacity),
            states: Vec::with_capacity(chunks),
            rates: Vec::with_capacity(chunks),
        }
    }

    /// Adds a draw; its rate is 0 until one is set.
    pub(crate) fn push(&mut self, draw: usize, state: &[f64; N]) {
        let l = self.draws.len() % LANES;
        if l == 0 {
            // Unused lanes repeat the first, so that they hold ordinary numbers.
            self.states.push(state.map(|x| [x; LANES]));
            self.rates.push([[0.0; LANES]; N]);
        } else if let Some(chunk) = self.states.last_mut() {
            (0..N).for_each(|n| chunk[n][l] = state[n]);
        }
        self.draws.push(draw);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.draws.is_empty()
    }

    /// How many draws there are.
    pub(crate) fn len(&self) -> usize {
        self.draws.len()
    }

    /// The draw of an entry.
    pub(crate) fn draw(&self, entry: usize) -> usize {
        self.draws[entry]
    }

    /// Chunks with a draw in them.
    pub(crate) fn chunks(&self) -> usize {
        self.draws.len().div_ceil(LANES)
    }

    /// Lanes of a chunk with a draw in them.
    pub(crate) fn filled(&self, chunk: usize) -> usize {
        LANES.min(self.draws.len() - chunk * LANES)
    }

    /// States and rates of a chunk.
    pub(crate) fn chunk(&self, chunk: usize) -> (&[Lane; N], &[Lane; N]) {
        (&self.states[chunk], &self.rates[chunk])
    }

    /// States and rates of every chunk.
    #[inline(always)]
    pub(crate) fn chunks_mut(&mut self) -> impl Iterator<Item = (&mut [Lane; N], &mut [Lane; N])> {
        let chunks = self.chunks();
        self.states.iter_mut().zip(&mut self.rates).take(chunks)
    }

    /// The state of an entry.
    pub(crate) fn state(&self, entry: usize) -> [f64; N] {
        lane(&self.states[entry / LANES], entry % LANES)
    }

    /// The rate of an entry.
    pub(crate) fn rate(&self, entry: usize) -> [f64; N] {
        lane(&self.rates[entry / LANES], entry % LANES)
    }

    /// Drops an entry, whose draw is returned: the last one takes its place.
    pub(crate) fn remove(&mut self, entry: usize) -> usize {
        let last = self.draws.len() - 1;
        let (state, rate) = (self.state(last), self.rate(last));
        for n in 0..N {
            self.states[entry / LANES][n][entry % LANES] = state[n];
            self.rates[entry / LANES][n][entry % LANES] = rate[n];
        }
        self.draws.swap_remove(entry)
    }

    /// A first step that no draw finds long, at most `longest`.
    pub(crate) fn first_step(&self, longest: f64) -> f64 {
        let size = |v: [f64; N]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let times = (0..self.len()).map(|entry| FIRST * size(self.state(entry)) / size(self.rate(entry)));
        // False for a time that is not a number.
        times.fold(longest, |least, time| if time > 0.0 && time < least { time } else { least })
    }
}

/// One lane.
#[inline(always)]
pub(crate) fn lane<const N: usize>(lanes: &[Lane; N], l: usize) -> [f64; N] {
    std::array::from_fn(|n| lanes[n][l])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is removed, each draw keeps its state and its rate.
    #[test]
    fn draws_keep_their_states() {
        let mut lanes = Lanes::<2>::with_capacity(40);
        for draw in 0..40 {
            lanes.push(draw, &[draw as f64, -1.0]);
        }
        for (c, (_, rate)) in lanes.chunks_mut().enumerate() {
            rate[0] = std::array::from_fn(|l| 2.0 * (c * LANES + l) as f64);
        }
        assert_eq!((lanes.chunks(), lanes.filled(0), lanes.filled(2)), (3, LANES, 40 - 2 * LANES));
        for entry in [39, 0, 7, 7, 20, 0, 33] {
            lanes.remove(entry);
        }
        assert_eq!((lanes.len(), lanes.chunks()), (33, 3));
        for entry in 0..lanes.len() {
            let draw = lanes.draw(entry) as f64;
            assert_eq!((lanes.state(entry), lanes.rate(entry)), ([draw, -1.0], [2.0 * draw, 0.0]));
        }
        // |y| = sqrt(draw^2 + 1) and |y'| = 2 draw: the fastest is the last that is left.
        let last = (0..lanes.len()).map(|entry| lanes.draw(entry)).max().unwrap() as f64;
        assert!(last < 39.0 && (lanes.first_step(1.0) - 1e-2 * last.hypot(1.0) / (2.0 * last)).abs() < 1e-17);
        assert_eq!(lanes.first_step(1e-9), 1e-9);
    }
}

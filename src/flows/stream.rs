//! Random numbers by index.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

use crate::flows::real::Arithmetic;

/// What a stream of random numbers is for: each purpose has 2^56 streams of its own under one seed.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Base points of a training step, by its number.
    Step = 0,
    /// Initial parameters, by coupling and network.
    Initial = 1,
    /// Samples of the flow, by block.
    Flow = 2,
    /// Samples of the target, by block.
    Target = 3,
}

/// The random numbers number `index` for `purpose` under `seed`: ChaCha with 8 rounds, the seed as its key and the
/// index as its stream, so that they depend neither on what was drawn before nor on the thread.
pub(crate) fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index | (purpose as u64) << 56);
    rng
}

/// One standard normal number.
pub(crate) fn normal<T: Arithmetic>(rng: &mut ChaCha8Rng) -> T {
    let value: f64 = StandardNormal.sample(rng);
    T::of(value)
}

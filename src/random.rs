//! Random numbers by purpose and index: what is drawn depends neither on what was drawn before nor on the thread.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// The random numbers of draw `index` under `seed`: ChaCha with 8 rounds, the seed as its key and the index as its stream.
pub fn stream(seed: u64, index: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index);
    rng
}

/// What a flow draws for: each purpose has 2^56 streams of its own under one seed.
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
    /// Langevin Monte Carlo, by block of chains.
    Langevin = 4,
}

/// The random numbers number `index` for `purpose` under `seed`.
pub(crate) fn stream_for(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    stream(seed, index | (purpose as u64) << 56)
}

/// One standard normal number.
pub(crate) fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Bits that look drawn, for a place that needs no stream.
pub(crate) fn scattered(place: u64) -> u64 {
    collapsar_theory::split_mix(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

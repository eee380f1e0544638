//! One stream of random numbers for each draw.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The random numbers of draw `index` under `seed`: ChaCha with 8 rounds, the seed as its key and the index as its
/// stream, so that a draw does not depend on which others were made, or on which thread.
pub fn stream(seed: u64, index: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index);
    rng
}

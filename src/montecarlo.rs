//! Random numbers and what is made of them; this room never sees the exact routes it is compared with.

mod sample;
mod stream;

pub use sample::draw_start;
pub use stream::stream;

//! The exact route to the probability of collapse: the boundary of the collapse region, and the start law over it.
//!
//! Deterministic: no random number enters this room.

mod angle;
mod bracket;
mod budget;
mod connection;
mod ending;
mod free;
mod law;
mod neighbours;
mod quadrature;
mod small_start;
mod sphere;

pub use bracket::Bracket;
pub use connection::{Connection, connection};
pub use ending::{Ending, Limits};
pub use free::{FreeBoundary, free_probability};
pub use quadrature::{Integral, integrate, integrate_parallel};
pub use small_start::small_start_probability;
pub use sphere::{SphereBoundary, sphere_probability};

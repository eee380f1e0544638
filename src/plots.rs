//! The project's figures: records in, [`crate::figures::Figure`] out.

mod trajectory;

pub use trajectory::trajectory;

//! Plain records: the only serialised shapes, and the one store that writes files.

mod solve;
mod store;
mod table;

pub use solve::{LimitRecord, SolveRecord, StepCounts};
pub use store::{Store, StoreError};
pub use table::trajectory_csv;

/// Who made a record.
pub const PROGRAM: &str = "collapsar";
/// Its version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

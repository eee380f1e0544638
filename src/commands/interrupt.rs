//! What Ctrl-C does.

use anyhow::Context;

use crate::commands::Failure;
use crate::results::writing;

/// The exit code of what was interrupted: 128 and the number of SIGINT.
const INTERRUPTED: i32 = 130;

/// From now on Ctrl-C, SIGTERM and SIGHUP end the process at once with exit code 130, but for a file that is being
/// written, which is finished first: nothing is left half written, and what a journal holds is whole.
///
/// # Errors
/// The system refuses a handler, or there is one already.
pub fn end_on_interrupt() -> Result<(), Failure> {
    let end = || {
        let _whole = writing();
        eprintln!("\ninterrupted");
        std::process::exit(INTERRUPTED);
    };
    ctrlc::set_handler(end).context("cannot listen for an interrupt").map_err(Failure::computation)
}

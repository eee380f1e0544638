//! The `collapsar` command: parse, dispatch, report the error.

use std::io::IsTerminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    match collapsar::commands::run(&collapsar::commands::command().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let label = if colour { "\x1b[1;31merror:\x1b[0m" } else { "error:" };
            eprintln!("{label} {failure}");
            failure.exit_code()
        }
    }
}

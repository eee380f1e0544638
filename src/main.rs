//! The `collapsar` command: parse, dispatch, report the error.

use std::io::IsTerminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Help is broken into lines for a terminal, whatever its width, and left whole in a file.
    let command = collapsar::commands::command();
    let command = if std::io::stdout().is_terminal() { command } else { command.term_width(0) };
    let matches = command.get_matches();
    let run = || collapsar::commands::end_on_interrupt().and_then(|()| collapsar::commands::run(&matches));
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let label = if colour { "\x1b[1;31merror:\x1b[0m" } else { "error:" };
            eprintln!("{label} {failure}");
            failure.exit_code()
        }
    }
}

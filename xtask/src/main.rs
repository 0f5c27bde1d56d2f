//! `cargo xtask tidy`: the rules of the house that neither compiler nor tests see.

mod borders;
mod licences;
mod sources;
mod sql;
mod words;

use std::io::Write as _;
use std::process::ExitCode;

use sources::Source;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => tidy(),
        _ => {
            say("cargo xtask tidy");
            ExitCode::FAILURE
        }
    }
}

fn tidy() -> ExitCode {
    let sources = sources::all();
    let metadata = licences::metadata();
    let wrong: Vec<String> = [
        licences::check(&metadata),
        borders::check(&metadata),
        sql::check(&sources),
        words::check(&sources),
    ]
    .concat();
    for line in &wrong {
        say(line);
    }
    say(&format!("tidy: {} files, {} wrong", sources.len(), wrong.len()));
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(line: &str) {
    // Whoever closed the other end has read enough.
    let _ = writeln!(std::io::stdout(), "{line}");
}

//! The program: `wijland demo`, `wijland serve`, and the commands around them.

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("WIJLAND_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,wijland=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
    let command = wijland::commands::Wijland::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(command.run()),
        Err(error) => {
            tracing::error!(%error, "the system gives no threads");
            ExitCode::FAILURE
        }
    }
}

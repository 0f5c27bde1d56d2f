//! `wijland generate`

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use import_rules::columns::Kind;
use kernel::local;

use super::{kind, say};
use crate::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
    #[arg(value_parser = kind, value_name = "KIND")]
    kind: Kind,
    #[arg(long, value_name = "N")]
    rows: u64,
    /// The same seed invents the same people
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Who gets the invented promises, in turn: logins with a comma between
    #[arg(long, value_delimiter = ',', default_value = "noor", value_name = "LOGIN")]
    owners: Vec<String>,
    file: PathBuf,
}

pub(crate) fn run(wish: &Wish) -> Result<(), Failure> {
    let cannot = || format!("{} cannot be written", wish.file.display());
    let file = File::create(&wish.file).map_err(Failure::file(cannot()))?;
    let owners: Vec<&str> = wish.owners.iter().map(String::as_str).collect();
    let made = import::synthetic::Wish {
        kind: wish.kind,
        rows: wish.rows,
        seed: wish.seed,
        today: local(db::Clock::real().now()).date(),
        owners: &owners,
    };
    import::synthetic::write(made, BufWriter::new(file))
        .map_err(|error| Failure::file(cannot())(error.into()))?;
    say(format!("{} rows in {}", wish.rows, wish.file.display()));
    Ok(())
}

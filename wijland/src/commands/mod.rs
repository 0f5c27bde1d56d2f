//! What can be typed behind `wijland`.

mod backup;
mod doctor;
mod files;
mod generate;
mod init;
mod keys;
mod out;
mod telephone;
mod token;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use db::Clock;
use import_rules::columns::Kind;

pub(crate) use out::{say, warn};

use crate::{Failure, Place, Server, Settings, demo, serve, telling};

/// Members of trade unions and trade associations: won, kept and served.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Wijland {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows everything with an invented union
    Demo(demo::Wish),
    /// Plays the story of a working day and compares every figure
    Story(telling::Wish),
    /// Serves an installation
    Serve {
        /// The settings; each can also be given as WIJLAND_…
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Listen here instead of where the settings say
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
        /// A database without a password in it
        #[arg(long, value_name = "URL")]
        database: Option<String>,
    },
    /// Runs the telephone of an installation in a process of its own (sound.socket in the settings)
    Telephone(#[command(flatten)] Place),
    /// Makes a new installation with its first administrator
    Init(init::Wish),
    /// Looks whether all is well and says what is not
    Doctor(#[command(flatten)] Place),
    /// Copies an installation into one file, while it runs
    Backup {
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Puts a backup in the place of what is there
    Restore {
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Brings the database up to date without serving
    Migrate(#[command(flatten)] Place),
    /// Takes a file in, or takes an import back: `import KIND FILE`, `import undo ID`
    Import(files::ImportWish),
    /// Writes all of a kind into a file that can be taken in again
    Export {
        #[arg(value_parser = kind, value_name = "KIND")]
        kind: Kind,
        /// Ends in .csv or .xlsx
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Invents people by the number
    Generate(generate::Wish),
    /// With what account numbers are sealed
    Keys {
        #[command(subcommand)]
        command: keys::Command,
    },
    /// Tokens of the API
    Token {
        #[command(subcommand)]
        command: token::Command,
    },
}

/// The kind of a file as it is typed.
fn kind(typed: &str) -> Result<Kind, String> {
    typed.parse().map_err(|_| {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        format!("one of {}", kinds.join(", "))
    })
}

impl Wijland {
    pub async fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Demo(wish) => Box::pin(demo::run(wish)).await.map(|()| ExitCode::SUCCESS),
            Command::Story(wish) => telling::run(wish).await,
            Command::Serve { config, listen, database } => {
                run_server(config, listen, database).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Telephone(place) => telephone::run(place).await.map(|()| ExitCode::SUCCESS),
            Command::Init(wish) => init::run(wish).await.map(|()| ExitCode::SUCCESS),
            Command::Doctor(place) => doctor::run(place).await,
            Command::Backup { file, place } => {
                backup::backup(&file, place).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Restore { file, place } => {
                backup::restore(&file, place).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Migrate(place) => migrate(place).await.map(|()| ExitCode::SUCCESS),
            Command::Import(wish) => files::import(wish).await,
            Command::Export { kind, file, place } => {
                files::export(kind, &file, place).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Generate(wish) => generate::run(&wish).map(|()| ExitCode::SUCCESS),
            Command::Keys { command } => keys::run(command).await.map(|()| ExitCode::SUCCESS),
            Command::Token { command } => token::run(command).await.map(|()| ExitCode::SUCCESS),
        };
        done.unwrap_or_else(|failure| {
            warn(failure.in_full());
            ExitCode::FAILURE
        })
    }
}

async fn run_server(
    config: Option<PathBuf>,
    listen: Option<SocketAddr>,
    database: Option<String>,
) -> Result<(), Failure> {
    let mut settings = Settings::read(config.as_deref())?;
    if let Some(url) = database {
        if holds_password(&url) {
            return Err(Failure::told(
                "a password on the command line is seen by everybody on this machine: put the database into the settings or into WIJLAND_DATABASE",
            ));
        }
        settings.database = Some(url);
    }
    if let Some(listen) = listen {
        settings.listen = listen;
    }
    let listen = settings.listens();
    let scheme = if listen.tls.is_some() { "https" } else { "http" };
    let installation = crate::Installation::open(settings, Clock::real()).await?;
    let (app, areas) = installation.app(None).await?;
    let server: Server = serve::start(&app, areas, listen).await?;
    say(format!("{} answers on {scheme}://{}", app.settings().association, server.address));
    if let Some(from) = server.leads_from {
        say(format!("and leads there from http://{from}"));
    }
    server.run_until(serve::told_to_stop()).await?;
    installation.db.close().await;
    Ok(())
}

/// Whether a URL is `scheme://user:password@…`, or names a password in its query.
fn holds_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || url.contains("password=")
}

async fn migrate(place: Place) -> Result<(), Failure> {
    let installation = crate::Installation::open(place.settings()?, Clock::real()).await?;
    say("the database is up to date");
    installation.db.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_hang_together() {
        use clap::CommandFactory as _;
        Wijland::command().debug_assert();
    }

    #[test]
    fn a_password_in_a_url_is_seen() {
        assert!(holds_password("postgres://wijland:geheim@db/wijland"));
        assert!(holds_password("postgres://db/wijland?user=w&password=geheim"));
        assert!(!holds_password("postgres://wijland@db:5432/wijland"));
        assert!(!holds_password("postgres:///wijland?host=/run/postgresql"));
    }
}

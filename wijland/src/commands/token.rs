//! `wijland token`

use access::token::{NewToken, Scope};
use kernel::Actor;

use super::{say, warn};
use crate::{Failure, Place};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Makes a token for a user; it is shown this once, alone on the last line
    Create {
        /// The login of the user in whose name a program works
        #[arg(long, value_name = "NAME")]
        user: String,
        #[arg(long, value_delimiter = ',', value_parser = scope, default_value = "read", value_name = "read,write,admin")]
        scope: Vec<Scope>,
        /// Ends after so many days
        #[arg(long, value_name = "D")]
        days: Option<u32>,
        #[command(flatten)]
        place: Place,
    },
}

fn scope(typed: &str) -> Result<Scope, String> {
    typed.parse().map_err(|_| "read, write or admin".to_owned())
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    let Command::Create { user, scope, days, place } = command;
    let installation = place.open().await?;
    let token = installation
        .db
        .write(Actor::SYSTEM, async |tx| {
            let Some(id) = access::users::by_login(tx, &user).await? else {
                return Ok::<_, db::Error>(None);
            };
            let token = NewToken { user: id, name: "command line".into(), scopes: scope, days };
            access::token::create(tx, token).await.map(Some)
        })
        .await?;
    installation.db.close().await;
    let token = token.ok_or_else(|| Failure::told(format!("there is no user {user}")))?;
    warn("keep this token as you keep a password; it is not shown again");
    say(token);
    Ok(())
}

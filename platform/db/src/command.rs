//! Commands that may be sent twice: the first to write its key does the work, every later one gets its answer.

use jiff::SignedDuration;
use kernel::{CommandKey, UserId};

use crate::{Error, Tx, args};

/// So long a command that is sent again is the same one (INV13).
const COMMANDS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Writes the key of a command, or finds that an earlier request did.
pub(crate) async fn take(tx: &mut Tx, command: CommandKey) -> Result<(), Error> {
    let (user, now) = (tx.actor.user, tx.now);
    tx.execute(
        "insert into commands (user_id, key, request, at) values ($1, $2, $3, $4)
         on conflict (user_id, key) do update
            set request = excluded.request, at = excluded.at, route = null, status = null, body = null
          where commands.at <= $5",
        args![user, command.key.as_str(), command.request, now, now - COMMANDS_KEPT],
    )
    .await?;
    let first: i64 = tx
        .value(
            "select request as value from commands where user_id = $1 and key = $2",
            args![user, command.key],
        )
        .await?;
    if first == command.request { Ok(()) } else { Err(Error::AlreadyDone) }
}

/// What is known of a command with some key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Earlier {
    None,
    /// Somebody is at it, or it was carried out and its answer was lost with the process.
    Running,
    /// Carried out under another address: the key belongs to something else.
    OtherRoute,
    Answered {
        status: u16,
        body: String,
    },
}

crate::row! {
    struct Kept { route: Option<String>, status: Option<u32>, body: Option<String> }
}

impl Tx {
    /// What became of an earlier command of this user with this key.
    pub async fn earlier_command(
        &mut self,
        user: UserId,
        key: &str,
        route: &str,
    ) -> Result<Earlier, Error> {
        let since = self.now() - COMMANDS_KEPT;
        let kept: Option<Kept> = self
            .one(
                "select route, status, body from commands where user_id = $1 and key = $2 and at > $3",
                args![user, key, since],
            )
            .await?;
        Ok(match kept {
            None => Earlier::None,
            Some(Kept { route: Some(found), .. }) if found != route => Earlier::OtherRoute,
            Some(Kept { status: Some(status), body, .. }) => Earlier::Answered {
                status: u16::try_from(status).map_err(|_| Error::Column("status"))?,
                body: body.unwrap_or_default(),
            },
            Some(_) => Earlier::Running,
        })
    }

    /// Keeps the answer beside the key. An answer that changed nothing is not kept: the key is free again,
    /// because no step wrote it.
    pub async fn keep_answer(
        &mut self,
        user: UserId,
        command: &CommandKey,
        route: &str,
        status: u16,
        body: String,
    ) -> Result<(), Error> {
        let long_ago = self.now() - COMMANDS_KEPT;
        self.execute("delete from commands where at < $1", args![long_ago]).await?;
        self.execute(
            "update commands set route = $1, status = $2, body = $3
              where user_id = $4 and key = $5 and request = $6",
            args![route, i64::from(status), body, user, command.key.as_str(), command.request],
        )
        .await
        .map(drop)
    }
}

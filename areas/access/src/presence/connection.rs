//! Whether somebody's pages are heard of: the third part of presence, which nobody chooses (state machines §4.4).

use access_rules::presence::{Connection, Intent};
use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{Actor, ActorKind, Event, EventKind, Fact, TeamId, UserId, local};

use super::store::Seen;

db::row! {
    struct Line { connection: Option<Connection>, connection_since_at: Option<Timestamp>, intent: Intent }
}

async fn line(tx: &mut Tx, user: UserId) -> Result<Option<Line>, Error> {
    tx.one(
        "select connection, connection_since_at, intent from presence where user_id = $1",
        args![user],
    )
    .await
}

/// A page of the acting user is heard of; at work, the line is well from now on.
pub(super) async fn heard(tx: &mut Tx) -> Result<(), Error> {
    let (user, at) = (tx.actor().user, tx.now());
    let Some(line) = line(tx, user).await? else { return Ok(()) };
    if line.intent == Intent::SignedOut || line.connection == Some(Connection::Ok) {
        return Ok(());
    }
    let was_lost = line.connection == Some(Connection::Lost);
    change(tx, user, &line, Some(Connection::Ok), at).await?;
    if was_lost { told(tx, Connection::Ok, at).await } else { Ok(()) }
}

/// Somebody comes to work with a page, or goes: the chain begins or ends with it.
pub(super) async fn follows(
    tx: &mut Tx,
    user: UserId,
    to: Option<Connection>,
    at: Timestamp,
) -> Result<(), Error> {
    match line(tx, user).await? {
        Some(line) => change(tx, user, &line, to, at).await,
        None => Ok(()),
    }
}

/// Nothing is heard of somebody's pages since then; `false` if they were heard of again.
pub async fn lose(tx: &mut Tx, silent: Seen) -> Result<bool, Error> {
    let Seen { user_id: user, seen_at } = silent;
    let Some(line) = line(tx, user).await? else { return Ok(false) };
    let unchanged: i64 = tx
        .value(
            "select count(*) as value from presence where user_id = $1 and seen_at = $2",
            args![user, seen_at],
        )
        .await?;
    if unchanged == 0 || line.connection != Some(Connection::Ok) {
        return Ok(false);
    }
    let at = line.connection_since_at.map_or(seen_at, |since| since.max(seen_at));
    change(tx, user, &line, Some(Connection::Lost), at).await?;
    let actor = tx.actor().clone();
    let team: Option<TeamId> =
        tx.value("select team_id as value from users where id = $1", args![user]).await?;
    tx.act_as(Actor { kind: ActorKind::System, user, team, command: None });
    told(tx, Connection::Lost, at).await?;
    tx.act_as(actor);
    Ok(true)
}

/// Ends the stretch that runs and begins the next at the same instant: no gap, no overlap.
async fn change(
    tx: &mut Tx,
    user: UserId,
    before: &Line,
    to: Option<Connection>,
    at: Timestamp,
) -> Result<(), Error> {
    if before.connection == to {
        return Ok(());
    }
    let mut at = at;
    if let Some((connection, since)) = before.connection.zip(before.connection_since_at) {
        at = at.max(since);
        tx.change_one(
            "insert into presence_connections (id, user_id, connection, from_at, until_at)
             values ($1, $2, $3, $4, $5)",
            args![new_id(), user, connection, since, at],
        )
        .await?;
    }
    tx.change_one(
        "update presence set connection = $1, connection_since_at = $2 where user_id = $3",
        args![to, to.map(|_| at), user],
    )
    .await
}

async fn told(tx: &mut Tx, to: Connection, at: Timestamp) -> Result<(), Error> {
    let event = Event::new(EventKind::ConnectionChanged, local(at).date())
        .with("connection", Fact::Code(to.code()));
    activity::record(tx, event).await
}

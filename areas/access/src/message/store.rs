use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{Event, EventKind, Fact, TeamId, UserId, local};

db::row! {
    /// A line that waits to be read.
    #[derive(Clone, Debug)]
    pub struct Message { pub id: i64, pub from_name: String, pub text: String, pub sent_at: Timestamp }
}

/// What waits for somebody, the oldest first.
pub async fn unread(tx: &mut Tx, user: UserId) -> Result<Vec<Message>, Error> {
    tx.all(
        "select m.id, u.first_name as from_name, m.text, m.sent_at
           from messages m join users u on u.id = m.from_id
          where m.to_id = $1 and m.read_at is null order by m.id limit 20",
        args![user],
    )
    .await
}

/// Sends a line to a colleague of the same team; `false` if there is no such colleague.
pub async fn send(
    tx: &mut Tx,
    to: UserId,
    team: Option<TeamId>,
    text: &str,
) -> Result<bool, Error> {
    let (from, now) = (tx.actor().user, tx.now());
    let sent = tx
        .execute(
            "insert into messages (id, from_id, to_id, text, sent_at)
             select $1, $2, u.id, $3, $4 from users u
              where u.id = $5 and u.ended_at is null and u.team_id = $6",
            args![new_id(), from, text, now, to, team],
        )
        .await?;
    if sent == 1 {
        let event =
            Event::new(EventKind::MessageSent, local(now).date()).with("to", Fact::Number(to.0));
        activity::record(tx, event).await?;
    }
    Ok(sent == 1)
}

pub(super) async fn read(tx: &mut Tx, id: i64) -> Result<(), Error> {
    let (user, now) = (tx.actor().user, tx.now());
    tx.execute(
        "update messages set read_at = $1 where id = $2 and to_id = $3 and read_at is null",
        args![now, id, user],
    )
    .await?;
    let event = Event::new(EventKind::MessageRead, local(now).date());
    activity::record(tx, event).await
}

/// Raises or lowers the acting user's hand.
pub async fn help(tx: &mut Tx, wanted: bool) -> Result<(), Error> {
    let (user, now) = (tx.actor().user, tx.now());
    let at = wanted.then_some(now);
    tx.execute("update presence set help_at = $1 where user_id = $2", args![at, user]).await?;
    let event = Event::new(EventKind::HelpAsked, local(now).date())
        .with("wanted", Fact::Code(if wanted { "yes" } else { "no" }));
    activity::record(tx, event).await
}

//! The table of messages. Only this file writes it.

use db::{Error, Tx, args, new_id};
use jiff::{SignedDuration, Timestamp};
use kernel::{Event, EventKind, Fact, MailId, PersonId, Pii, WordingId, local};

use crate::outside::Outcome;
use crate::reason::Reason;
use crate::retry;
use crate::send::{Channel, Purpose};

kernel::codes! {
    pub enum State {
        Waiting = "waiting",
        Sent = "sent",
        /// Nothing is set up to send it, so that it stays here.
        Kept = "kept",
        Failed = "failed",
        /// It was not to go any more before it went.
        Stopped = "stopped",
    }
}

pub(crate) struct NewMessage {
    pub person: PersonId,
    pub channel: Channel,
    pub purpose: Purpose,
    pub wording: WordingId,
    pub name: Pii<String>,
    pub address: Pii<String>,
    pub title: Pii<String>,
    pub text: Pii<String>,
    pub html: Pii<String>,
    pub tokens: String,
}

pub(crate) async fn insert(tx: &mut Tx, message: NewMessage) -> Result<MailId, Error> {
    let NewMessage { person, channel, purpose, wording, name, address, title, text, html, tokens } =
        message;
    let (id, by, now) = (MailId(new_id()), tx.actor().user, tx.now());
    tx.change_one(
        "insert into outbox (id, person_id, channel, purpose, wording_id, name, address, title, body_text, body_html,
                             tokens, made_by, made_at, state, since_at, due_at, claim, tries, status)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting', $14, $15, 0, 0, '')",
        args![id, person, channel, purpose, wording, name, address, title, text, html, tokens, by, now, now, now],
    )
    .await?;
    Ok(id)
}

db::row! {
    /// A message that this program may send now, and nobody else.
    #[derive(Clone, Debug)]
    pub(crate) struct Claimed {
        pub id: MailId,
        pub claim: i64,
        pub person_id: PersonId,
        pub channel: Channel,
        pub purpose: Purpose,
        pub language: texts::Language,
        pub name: Pii<String>,
        pub address: Pii<String>,
        pub title: Pii<String>,
        pub body_text: Pii<String>,
        pub body_html: Pii<String>,
        pub tokens: Pii<String>,
        pub made_at: Timestamp,
        pub since_at: Timestamp,
        pub tries: u32,
    }
}

/// So many are taken at once: few enough to be sent well within the claim.
pub(crate) const AT_ONCE: i64 = 20;
/// Longer than all of them take with a server that hardly answers; after that another program may try.
pub(crate) const CLAIMED_FOR: SignedDuration = SignedDuration::from_mins(30);

/// Takes what is due, for this program alone.
pub(crate) async fn claim(tx: &mut Tx, channel: Channel) -> Result<Vec<Claimed>, Error> {
    let now = tx.now();
    let mut due = db::Query::new("select id from outbox where state = 'waiting' and channel = ");
    due.bind(channel).push(" and due_at <= ").bind(now);
    due.push(" and (claimed_until is null or claimed_until <= ").bind(now);
    due.push(") order by due_at, id limit ").bind(AT_ONCE).push(tx.lock_and_skip());
    db::row! {
        struct Due { id: MailId }
    }
    let mut claimed = Vec::new();
    for Due { id } in tx.list::<Due>(due).await? {
        tx.change_one(
            "update outbox set claimed_until = $1, claim = claim + 1 where id = $2",
            args![now + CLAIMED_FOR, id],
        )
        .await?;
        let found: Option<Claimed> = tx
            .one(
                "select o.id, o.claim, o.person_id, o.channel, o.purpose, w.language, o.name, o.address, o.title,
                        o.body_text, o.body_html, o.tokens, o.made_at, o.since_at, o.tries
                   from outbox o join wordings w on w.id = o.wording_id where o.id = $1",
                args![id],
            )
            .await?;
        claimed.extend(found);
    }
    Ok(claimed)
}

/// Whether anything is due: a look, so that a program that waits writes nothing.
pub(crate) async fn is_due(tx: &mut Tx, channel: Channel) -> Result<bool, Error> {
    let now = tx.now();
    let due: i64 = tx
        .value(
            "select count(*) as value from (
                select id from outbox where state = 'waiting' and channel = $1 and due_at <= $2
                   and (claimed_until is null or claimed_until <= $3) limit 1) one",
            args![channel, now, now],
        )
        .await?;
    Ok(due > 0)
}

/// Lets go of what was taken and not tried.
pub(crate) async fn release(tx: &mut Tx, claimed: &Claimed) -> Result<(), Error> {
    tx.execute(
        "update outbox set claimed_until = null where (id, claim) = ($1, $2)",
        args![claimed.id, claimed.claim],
    )
    .await
    .map(drop)
}

/// Writes down what came of a try; `true` if that was the last. Nothing is written if another program took the message
/// over meanwhile.
pub(crate) async fn settle(
    tx: &mut Tx,
    claimed: &Claimed,
    outcome: &Outcome,
    retry_hours: i64,
) -> Result<bool, Error> {
    let now = tx.now();
    let (state, reason, status) = match outcome {
        Outcome::Sent => (State::Sent, None, ""),
        Outcome::Kept => (State::Kept, None, ""),
        Outcome::Never { reason, status } => (State::Failed, Some(*reason), status.as_str()),
        Outcome::Later { reason, status } => {
            match retry::next(claimed.tries + 1, claimed.since_at, now, retry_hours) {
                Some(at) => {
                    put_off(tx, claimed, at, *reason, status).await?;
                    return Ok(false);
                }
                None => (State::Failed, Some(*reason), status.as_str()),
            }
        }
    };
    // What has gone need not be readable here: the links in it are keys to somebody's membership.
    let (text, html) = match state {
        State::Sent => (without(&claimed.body_text, claimed), without(&claimed.body_html, claimed)),
        _ => (claimed.body_text.clone(), claimed.body_html.clone()),
    };
    // One that was stopped while it was on its way has gone all the same.
    let or = if state == State::Sent { State::Stopped } else { State::Waiting };
    let tokens = if state == State::Sent { Pii::default() } else { claimed.tokens.clone() };
    let is_mine = tx
        .execute(
            "update outbox set state = $1, reason = $2, status = $3, ended_at = $4, tries = tries + 1,
                    claimed_until = null, body_text = $5, body_html = $6, tokens = $7
              where (id, claim) = ($8, $9) and state in ('waiting', $10)",
            args![state, reason, status, now, text, html, tokens, claimed.id, claimed.claim, or],
        )
        .await?
        == 1;
    if !is_mine {
        return Ok(true);
    }
    let (kind, name, code) = match state {
        State::Failed => (EventKind::MailFailed, "reason", reason.map_or("refused", Reason::code)),
        state => (EventKind::MailSent, "how", state.code()),
    };
    let event = Event::new(kind, local(now).date())
        .about(claimed.person_id)
        .with("message", Fact::Number(claimed.id.0))
        .with("channel", Fact::Code(claimed.channel.code()))
        .with("purpose", Fact::Code(claimed.purpose.code()))
        .with(name, Fact::Code(code));
    activity::record(tx, event).await?;
    Ok(true)
}

async fn put_off(
    tx: &mut Tx,
    claimed: &Claimed,
    at: Timestamp,
    reason: Reason,
    status: &str,
) -> Result<(), Error> {
    tx.execute(
        "update outbox set due_at = $1, reason = $2, status = $3, tries = tries + 1, claimed_until = null
          where (id, claim) = ($4, $5) and state = 'waiting'",
        args![at, reason, status, claimed.id, claimed.claim],
    )
    .await
    .map(drop)
}

/// The words without the secret of their links.
fn without(words: &Pii<String>, claimed: &Claimed) -> Pii<String> {
    let tokens = claimed.tokens.reveal().lines().filter(|token| !token.is_empty());
    Pii::new(tokens.fold(words.reveal().clone(), |words, token| words.replace(token, "…")))
}

/// A letter is in the post. Pressed twice, it is in the post once.
pub(crate) async fn posted(tx: &mut Tx, id: MailId) -> Result<(), Error> {
    let now = tx.now();
    db::row! {
        struct Posted { person_id: PersonId, purpose: Purpose }
    }
    let letter: Option<Posted> = tx
        .one(
            "update outbox set state = 'sent', ended_at = $1
              where id = $2 and channel = 'letter' and state = 'waiting' returning person_id, purpose",
            args![now, id],
        )
        .await?;
    let Some(Posted { person_id, purpose }) = letter else { return Ok(()) };
    let event = Event::new(EventKind::MailSent, local(now).date())
        .about(person_id)
        .with("message", Fact::Number(id.0))
        .with("channel", Fact::Code(Channel::Letter.code()))
        .with("purpose", Fact::Code(purpose.code()))
        .with("how", Fact::Code("posted"));
    activity::record(tx, event).await
}

/// Stops what has not gone yet to this person, letters that are to be printed included. What is sent after this, in the
/// same step too, goes.
pub async fn stop(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    let now = tx.now();
    let stopped = tx
        .execute(
            "update outbox set state = 'stopped', ended_at = $1 where person_id = $2 and state = 'waiting'",
            args![now, person],
        )
        .await?;
    if stopped > 0 {
        let messages = i64::try_from(stopped).unwrap_or(i64::MAX);
        let event = Event::new(EventKind::MailStopped, local(now).date())
            .about(person)
            .with("messages", Fact::Number(messages));
        activity::record(tx, event).await?;
    }
    Ok(())
}

/// Lets a message go again that failed, or that was kept while nothing was set up. `false` if it is in neither state,
/// or if what it said is wiped.
pub(crate) async fn again(tx: &mut Tx, id: MailId) -> Result<bool, Error> {
    let now = tx.now();
    let changed = tx
        .execute(
            "update outbox set state = 'waiting', since_at = $1, due_at = $2, tries = 0, ended_at = null,
                    claimed_until = null
              where id = $3 and state in ('failed', 'kept') and cleared_at is null",
            args![now, now, id],
        )
        .await?;
    if changed == 1 {
        let event =
            Event::new(EventKind::MailAgain, local(now).date()).with("message", Fact::Number(id.0));
        activity::record(tx, event).await?;
        tx.announce();
    }
    Ok(changed == 1)
}

/// Wipes what ended before `before`: that there was a message stays, not where it went and what it said.
pub(crate) async fn clear(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    let now = tx.now();
    tx.execute(
        "update outbox set name = '', address = '', title = '', body_text = '', body_html = '', tokens = '',
                cleared_at = $1
          where ended_at < $2 and cleared_at is null",
        args![now, before],
    )
    .await
}

db::row! {
    /// What may be known of a message by whoever may know that there was one.
    #[derive(Clone, Debug)]
    pub struct Message {
        pub id: MailId,
        pub channel: Channel,
        /// Of the text that was sent; see `wording::about`.
        pub key: String,
        pub state: State,
        pub made_at: Timestamp,
        pub due_at: Timestamp,
        pub ended_at: Option<Timestamp>,
        pub cleared_at: Option<Timestamp>,
        pub tries: u32,
        pub reason: Option<Reason>,
        pub status: String,
    }
}

/// The last messages to a person, newest first.
pub async fn of_person(tx: &mut Tx, person: PersonId, most: i64) -> Result<Vec<Message>, Error> {
    tx.all(
        "select o.id, o.channel, w.key, o.state, o.made_at, o.due_at, o.ended_at, o.cleared_at, o.tries, o.reason, o.status
           from outbox o join wordings w on w.id = o.wording_id
          where o.person_id = $1 order by o.id desc limit $2",
        args![person, most],
    )
    .await
}

/// The messages in this state, those that wait longest or ended last first.
pub(crate) async fn in_state(tx: &mut Tx, state: State, most: i64) -> Result<Vec<Message>, Error> {
    let mut query = db::Query::new(
        "select o.id, o.channel, w.key, o.state, o.made_at, o.due_at, o.ended_at, o.cleared_at, o.tries, o.reason, o.status
           from outbox o join wordings w on w.id = o.wording_id where o.state = ",
    );
    query.bind(state);
    query.push(if state == State::Waiting {
        " and o.channel <> 'letter' order by o.made_at, o.id limit "
    } else {
        " order by o.ended_at desc, o.id desc limit "
    });
    query.bind(most);
    tx.list(query).await
}

/// How many messages of each channel are in each state; of those that ended, since `since`.
pub(crate) async fn counts(
    tx: &mut Tx,
    since: Timestamp,
) -> Result<Vec<(Channel, State, i64)>, Error> {
    db::row! {
        struct Count { channel: Channel, state: State, messages: i64 }
    }
    let counts: Vec<Count> = tx
        .all(
            "select channel, state, count(*) as messages from outbox
              where state in ('waiting', 'failed') or ended_at >= $1
              group by channel, state order by channel, state",
            args![since],
        )
        .await?;
    Ok(counts.into_iter().map(|count| (count.channel, count.state, count.messages)).collect())
}

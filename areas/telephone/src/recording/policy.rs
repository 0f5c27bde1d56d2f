//! Which calls are recorded: what an administrator set for a queue, or for the calls that we make, under what the rules allow.

use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, QueueId, QueuedCallId, RecordingPolicyId, local};
use rulebook::{Missing, Rulebook};
use telephone_rules::record::{self, Allowed, Policy, Purpose};

db::row! {
    /// As it was set, for the page; its sound is read apart.
    #[derive(Clone, Debug)]
    pub(super) struct Stored {
        pub id: RecordingPolicyId,
        pub queue_id: Option<QueueId>,
        pub purpose: Option<Purpose>,
        pub words_nl: String,
        pub words_en: String,
        pub has_sound: bool,
        pub keep_days: u16,
        pub may_refuse: bool,
        pub made_at: Timestamp,
        pub made_by: String,
    }
}

const STORED: &str = "select p.id, p.queue_id, p.purpose, p.words_nl, p.words_en, (p.sound is not null) as has_sound, p.keep_days,
        p.may_refuse, p.made_at, u.name as made_by
   from recording_policies p join users u on u.id = p.made_by where ";

impl Stored {
    pub(super) fn policy(&self) -> Option<Policy> {
        let Self { keep_days, may_refuse, .. } = *self;
        self.purpose.map(|purpose| Policy { purpose, keep_days, may_refuse })
    }
}

/// Whose calls a policy is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Line {
    /// Those that we make.
    Out,
    Queue(QueueId),
}

impl Line {
    pub(super) fn queue(self) -> Option<QueueId> {
        match self {
            Self::Out => None,
            Self::Queue(id) => Some(id),
        }
    }
}

/// What the rules say of a purpose on that day.
///
/// # Errors
///
/// [`Missing`] if a rule is not there: then nothing is recorded.
pub(super) fn allowed(book: &Rulebook, purpose: Purpose, day: Date) -> Result<Allowed, Missing> {
    let key = match purpose {
        Purpose::Training => "record.training",
        Purpose::Dispute => "record.dispute",
        Purpose::SignUp => "record.sign_up",
    };
    let has = |key, word: &str| -> Result<bool, Missing> {
        Ok(book.words(key, day)?.iter().any(|found| found == word))
    };
    let days = book.part("record.days_max", purpose.code(), day)?;
    Ok(Allowed {
        is_on: has(key, "yes")?,
        days_max: u16::try_from(days).unwrap_or(0),
        may_refuse: has("record.may_refuse", purpose.code())?,
    })
}

/// What was set last for each.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Stored>, Error> {
    let mut query = db::Query::new(STORED);
    query.push(
        "p.id in (select max(l.id) from recording_policies l group by l.queue_id) order by p.id",
    );
    tx.list(query).await
}

pub(super) async fn of_line(tx: &mut Tx, line: Line) -> Result<Option<Stored>, Error> {
    let mut query = db::Query::new(STORED);
    match line {
        Line::Out => query.push("p.queue_id is null"),
        Line::Queue(id) => query.push("p.queue_id = ").bind(id),
    };
    query.push(" order by p.id desc limit 1");
    Ok(tx.list(query).await?.pop())
}

pub(super) async fn by_id(tx: &mut Tx, id: RecordingPolicyId) -> Result<Option<Stored>, Error> {
    let mut query = db::Query::new(STORED);
    query.push("p.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// What whoever is on the line is told before, in Dutch and in English.
pub(crate) async fn words(
    tx: &mut Tx,
    id: RecordingPolicyId,
) -> Result<Option<(String, String)>, Error> {
    Ok(by_id(tx, id).await?.map(|stored| (stored.words_nl, stored.words_en)))
}

/// What somebody spoke, to be played before.
pub(super) async fn sound(tx: &mut Tx, id: RecordingPolicyId) -> Result<Option<Vec<u8>>, Error> {
    db::row! { struct Sound { sound: Option<Vec<u8>> } }

    let found: Option<Sound> =
        tx.one("select sound from recording_policies where id = $1", args![id]).await?;
    Ok(found.and_then(|row| row.sound))
}

/// Whose call it is that came in; none if it came past the queues.
pub(super) async fn line_of(tx: &mut Tx, call: QueuedCallId) -> Result<Option<Line>, Error> {
    let queue: Option<QueueId> = tx
        .value("select max(queue_id) as value from queued_calls where id = $1", args![call])
        .await?;
    Ok(queue.map(Line::Queue))
}

/// What holds for a call on this line that begins today; `None`: it is not recorded.
pub(super) fn holds(
    book: &Rulebook,
    stored: &Stored,
    today: Date,
) -> Result<Option<Policy>, Missing> {
    let Some(policy) = stored.policy() else { return Ok(None) };
    Ok(record::recorded(policy, allowed(book, policy.purpose, today)?))
}

/// What is set.
#[derive(Clone, Debug)]
pub(super) struct NewPolicy {
    pub line: Line,
    /// None: not recorded from now on.
    pub policy: Option<Policy>,
    pub words_nl: String,
    pub words_en: String,
    pub sound: Option<Vec<u8>>,
}

pub(super) async fn set(tx: &mut Tx, new: NewPolicy) -> Result<(), Error> {
    let NewPolicy { line, policy, words_nl, words_en, sound } = new;
    let (by, now) = (tx.actor().user, tx.now());
    let (purpose, keep_days, may_refuse) = match policy {
        Some(Policy { purpose, keep_days, may_refuse }) => (Some(purpose), keep_days, may_refuse),
        None => (None, 0, true),
    };
    tx.change_one(
        "insert into recording_policies (id, queue_id, purpose, words_nl, words_en, sound, keep_days, may_refuse, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            new_id(),
            line.queue(),
            purpose,
            words_nl,
            words_en,
            sound,
            i64::from(keep_days),
            may_refuse,
            by,
            now
        ],
    )
    .await?;
    let event = Event::new(EventKind::RecordingSet, local(now).date())
        .with("queue", Fact::Number(line.queue().map_or(0, |queue| queue.0)))
        .with("purpose", Fact::Code(purpose.map_or("none", Purpose::code)))
        .with("days", Fact::Number(i64::from(keep_days)));
    activity::record(tx, event).await
}

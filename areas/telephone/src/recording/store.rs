//! What is known of recordings: when, of whom, until when, in how many pieces, and what stood against them.

use std::collections::BTreeMap;

use db::{Db, Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{
    Actor, AttemptId, Event, EventKind, Fact, LineId, PersonId, RecordingId, RecordingPlayId,
    RecordingPolicyId, TeamId, UserId, local,
};
use telephone_rules::record::Purpose;
use telephony_proto::g711::SAMPLES_PER_SECOND;
use telephony_proto::record::Pause;
use vault::{KeyRing, OwnKey, Sealed};

kernel::codes! {
    /// Why a recording was deleted.
    pub enum Because {
        /// It was kept as long as it may be.
        Period = "period",
        /// The member asked for it.
        Request = "request",
        /// Whoever was on the line said no.
        Refused = "refused",
    }
}

kernel::codes! {
    /// Why somebody listens.
    pub enum Reason {
        Feedback = "feedback",
        Complaint = "complaint",
        Proof = "proof",
        /// Who was recorded may hear it.
        MemberAsked = "member_asked",
    }
}

/// The word of a pause in column and log.
pub(super) fn pause_code(pause: Pause) -> &'static str {
    match pause {
        Pause::Hold => "hold",
        Pause::Form => "form",
        Pause::Agent => "agent",
    }
}

/// Where the key of a recording opens.
fn key_place(id: RecordingId) -> String {
    format!("recordings {id}")
}

/// Where a piece opens, and the name under which it is kept.
pub(super) fn piece_name(id: RecordingId, nr: i64) -> String {
    format!("{id}/{nr:06}")
}

/// A recording that begins.
#[derive(Clone, Debug)]
pub(super) struct NewRecording {
    pub id: RecordingId,
    pub attempt: AttemptId,
    pub agent: UserId,
    pub policy: RecordingPolicyId,
    pub purpose: Purpose,
    pub line: LineId,
    pub keep_until: Timestamp,
}

/// Why nothing begins.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotBegun {
    #[error(transparent)]
    Db(#[from] Error),
    #[error(transparent)]
    Vault(#[from] vault::Error),
}

/// Begins it; whose voice it is.
pub(super) async fn begin(
    tx: &mut Tx,
    keys: &KeyRing,
    key: &OwnKey,
    new: &NewRecording,
) -> Result<PersonId, NotBegun> {
    db::row! { struct Of { person_id: PersonId } }

    let NewRecording { id, attempt, agent, policy, purpose, line, keep_until } = *new;
    let Sealed { key, bytes } = key.sealed(keys, &key_place(id))?;
    let now = tx.now();
    let sql = "select person_id from attempts where id = $1 and ended_at is null";
    let found: Option<Of> = tx.one(sql, args![attempt]).await?;
    // It ended a moment ago.
    let Of { person_id } = found.ok_or(Error::Raced)?;
    tx.change_one(
        "insert into recordings (id, attempt_id, person_id, agent_id, policy_id, purpose, line, began_at, keep_until, key_nr, key_sealed)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![id, attempt, person_id, agent, policy, purpose, line, now, keep_until, key, bytes],
    )
    .await?;
    let event = about(tx, EventKind::RecordingBegan, id, person_id)
        .with("attempt", Fact::Number(attempt.0))
        .with("purpose", Fact::Code(purpose.code()));
    activity::record(tx, event).await?;
    Ok(person_id)
}

fn about(tx: &Tx, kind: EventKind, id: RecordingId, person: PersonId) -> Event {
    Event::new(kind, local(tx.now()).date()).about(person).with("recording", Fact::Number(id.0))
}

/// A piece is about to be kept.
pub(super) async fn piece(tx: &mut Tx, id: RecordingId, nr: i64, pairs: i64) -> Result<(), Error> {
    tx.change_one(
        "insert into recording_pieces (recording_id, nr, pairs) values ($1, $2, $3)",
        args![id, nr, pairs],
    )
    .await
}

/// From here on, behind so much sound, this stands against it.
pub(super) async fn paused(
    tx: &mut Tx,
    (id, person): (RecordingId, PersonId),
    why: Pause,
    after_pairs: i64,
) -> Result<(), Error> {
    let (user, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into recording_pauses (id, recording_id, why, user_id, after_pairs, from_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![new_id(), id, pause_code(why), user, after_pairs, now],
    )
    .await?;
    let event =
        about(tx, EventKind::RecordingPaused, id, person).with("why", Fact::Code(pause_code(why)));
    activity::record(tx, event).await
}

pub(super) async fn resumed(
    tx: &mut Tx,
    (id, person): (RecordingId, PersonId),
    why: Pause,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update recording_pauses set until_at = $1
          where recording_id = $2 and why = $3 and until_at is null",
        args![now, id, pause_code(why)],
    )
    .await?;
    let event =
        about(tx, EventKind::RecordingResumed, id, person).with("why", Fact::Code(pause_code(why)));
    activity::record(tx, event).await
}

/// Nothing more comes. Whatever ended it before, it ended then.
pub(super) async fn ended(tx: &mut Tx, id: RecordingId, person: PersonId) -> Result<(), Error> {
    let now = tx.now();
    let sql = "update recordings set ended_at = $1 where id = $2 and ended_at is null";
    if tx.execute(sql, args![now, id]).await? == 0 {
        return Ok(());
    }
    tx.execute(
        "update recording_pauses set until_at = $1 where recording_id = $2 and until_at is null",
        args![now, id],
    )
    .await?;
    let pairs: i64 = tx
        .value(
            "select cast(coalesce(sum(pairs), 0) as bigint) as value from recording_pieces where recording_id = $1",
            args![id],
        )
        .await?;
    let mut event = about(tx, EventKind::RecordingEnded, id, person);
    event.amount = Some(seconds(pairs));
    activity::record(tx, event).await
}

/// Rounded up.
pub(super) fn seconds(pairs: i64) -> i64 {
    let per_second = i64::from(SAMPLES_PER_SECOND);
    (pairs + per_second - 1).div_euclid(per_second)
}

/// Destroys its key: nothing of it can be heard from then on. `false` if it was deleted before.
pub(super) async fn delete(tx: &mut Tx, id: RecordingId, because: Because) -> Result<bool, Error> {
    db::row! { struct Of { person_id: PersonId } }

    let sql = "select person_id from recordings where id = $1 and deleted_at is null";
    let Some(Of { person_id }) = tx.one(sql, args![id]).await? else { return Ok(false) };
    let now = tx.now();
    let changed = tx
        .execute(
            "update recordings set deleted_at = $1, deleted_because = $2, key_nr = null, key_sealed = null
              where id = $3 and deleted_at is null",
            args![now, because, id],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    let event = about(tx, EventKind::RecordingDeleted, id, person_id)
        .with("because", Fact::Code(because.code()));
    activity::record(tx, event).await?;
    Ok(true)
}

/// Every piece was taken away, and looked for in vain.
pub(super) async fn gone(tx: &mut Tx, id: RecordingId, pieces: i64) -> Result<(), Error> {
    db::row! { struct Of { person_id: PersonId } }

    let now = tx.now();
    let sql = "select person_id from recordings where id = $1 and gone_at is null and deleted_at is not null and ended_at is not null";
    let Some(Of { person_id }) = tx.one(sql, args![id]).await? else { return Ok(()) };
    tx.change_one(
        "update recordings set gone_at = $1 where id = $2 and gone_at is null",
        args![now, id],
    )
    .await?;
    tx.execute("delete from recording_pieces where recording_id = $1", args![id]).await?;
    let event =
        about(tx, EventKind::RecordingGone, id, person_id).with("pieces", Fact::Number(pieces));
    activity::record(tx, event).await
}

/// Whoever is on the line of this attempt said no; what was recorded by then, if anything was, is deleted.
pub(super) async fn refused(
    tx: &mut Tx,
    attempt: AttemptId,
    recording: Option<RecordingId>,
) -> Result<(), Error> {
    if let Some(id) = recording {
        delete(tx, id, Because::Refused).await?;
    }
    let person: Option<PersonId> = tx
        .value("select max(person_id) as value from attempts where id = $1", args![attempt])
        .await?;
    let mut event = Event::new(EventKind::RecordingRefused, local(tx.now()).date())
        .with("attempt", Fact::Number(attempt.0))
        .with("recording", Fact::Number(recording.map_or(0, |id| id.0)));
    event.person = person;
    activity::record(tx, event).await
}

/// Which recordings somebody may know of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sight {
    All,
    /// For training, of calls of this team.
    Team(Option<TeamId>),
}

db::row! {
    /// One of them.
    #[derive(Clone, Debug)]
    pub(super) struct Recording {
        pub id: RecordingId,
        pub person_id: PersonId,
        pub agent_name: String,
        pub purpose: Purpose,
        pub direction: String,
        pub began_at: Timestamp,
        pub ended_at: Option<Timestamp>,
        pub keep_until: Timestamp,
        pub deleted_at: Option<Timestamp>,
        pub deleted_because: Option<Because>,
        pub gone_at: Option<Timestamp>,
        pub pairs: i64,
    }
}

const RECORDINGS: &str = "select r.id, r.person_id, u.name as agent_name, r.purpose, a.direction, r.began_at, r.ended_at, r.keep_until,
        r.deleted_at, r.deleted_because, r.gone_at,
        (select cast(coalesce(sum(p.pairs), 0) as bigint) from recording_pieces p where p.recording_id = r.id) as pairs
   from recordings r join users u on u.id = r.agent_id join attempts a on a.id = r.attempt_id where ";

fn seen(sight: Sight) -> Query {
    let mut query = Query::new(RECORDINGS);
    match sight {
        Sight::All => query.push("true"),
        Sight::Team(team) => query.push("r.purpose = 'training' and u.team_id = ").bind(team),
    };
    query
}

const SHOWN_MAX: i64 = 100;

/// The latest, before that one.
pub(super) async fn list(
    tx: &mut Tx,
    sight: Sight,
    before: Option<RecordingId>,
) -> Result<Vec<Recording>, Error> {
    let mut query = seen(sight);
    if let Some(before) = before {
        query.push(" and r.id < ").bind(before);
    }
    query.push(" order by r.id desc limit ").bind(SHOWN_MAX);
    tx.list(query).await
}

/// Those of one person, the latest first.
pub(super) async fn of_person(
    tx: &mut Tx,
    sight: Sight,
    person: PersonId,
) -> Result<Vec<Recording>, Error> {
    let mut query = seen(sight);
    query.push(" and r.person_id = ").bind(person);
    query.push(" order by r.id desc limit ").bind(SHOWN_MAX);
    tx.list(query).await
}

pub(super) async fn find(
    tx: &mut Tx,
    sight: Sight,
    id: RecordingId,
) -> Result<Option<Recording>, Error> {
    let mut query = seen(sight);
    query.push(" and r.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

db::row! {
    /// A stretch that is not in it.
    #[derive(Clone, Debug)]
    pub(super) struct Gap {
        pub why: String,
        pub user_name: String,
        pub after_pairs: i64,
        pub from_at: Timestamp,
        pub until_at: Option<Timestamp>,
    }
}

pub(super) async fn gaps(tx: &mut Tx, id: RecordingId) -> Result<Vec<Gap>, Error> {
    tx.all(
        "select p.why, coalesce(u.name, '–') as user_name, p.after_pairs, p.from_at, p.until_at
           from recording_pauses p left join users u on u.id = p.user_id
          where p.recording_id = $1 order by p.id limit 500",
        args![id],
    )
    .await
}

db::row! {
    #[derive(Clone, Debug)]
    pub(super) struct Piece { pub nr: i64, pub pairs: i64 }
}

pub(super) async fn pieces(tx: &mut Tx, id: RecordingId) -> Result<Vec<Piece>, Error> {
    tx.all("select nr, pairs from recording_pieces where recording_id = $1 order by nr", args![id])
        .await
}

/// The key of one that was not deleted.
pub(super) async fn key(
    tx: &mut Tx,
    keys: &KeyRing,
    id: RecordingId,
) -> Result<Option<OwnKey>, NotBegun> {
    db::row! { struct Kept { key_nr: Option<i64>, key_sealed: Option<Vec<u8>> } }

    let sql = "select key_nr, key_sealed from recordings where id = $1";
    let kept: Option<Kept> = tx.one(sql, args![id]).await?;
    let Some(Kept { key_nr: Some(key), key_sealed: Some(bytes) }) = kept else { return Ok(None) };
    Ok(Some(OwnKey::opened(keys, &key_place(id), &Sealed { key, bytes })?))
}

/// Somebody listens, and says why: kept with the recording, in the log, and among those who read about this person.
pub(super) async fn plays(
    tx: &mut Tx,
    recording: &Recording,
    reason: Reason,
    words: &str,
) -> Result<RecordingPlayId, Error> {
    let play = RecordingPlayId(new_id());
    let (user, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into recording_plays (id, recording_id, user_id, reason, words, played_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![play, recording.id, user, reason, words, now],
    )
    .await?;
    activity::log_read(tx, recording.person_id, activity::Why::Recording).await?;
    let event = about(tx, EventKind::RecordingPlayed, recording.id, recording.person_id)
        .with("play", Fact::Number(play.0))
        .with("reason", Fact::Code(reason.code()));
    activity::record(tx, event).await?;
    Ok(play)
}

db::row! {
    #[derive(Clone, Debug)]
    pub(super) struct Played {
        pub id: RecordingPlayId,
        pub user_id: UserId,
        pub user_name: String,
        pub reason: Reason,
        pub words: String,
        pub at: Timestamp,
    }
}

/// Who listened, the latest first.
pub(super) async fn played(tx: &mut Tx, id: RecordingId) -> Result<Vec<Played>, Error> {
    tx.all(
        "select p.id, p.user_id, coalesce(u.name, '–') as user_name, p.reason, p.words, p.played_at as at
           from recording_plays p left join users u on u.id = p.user_id
          where p.recording_id = $1 order by p.id desc limit 200",
        args![id],
    )
    .await
}

db::row! {
    struct Due { id: RecordingId }
}

const AT_ONCE: i64 = 200;

/// Those that were kept as long as they may be.
pub(super) async fn due(tx: &mut Tx) -> Result<Vec<RecordingId>, Error> {
    let now = tx.now();
    let rows: Vec<Due> = tx
        .all(
            "select id from recordings where deleted_at is null and keep_until <= $1 order by keep_until limit $2",
            args![now, AT_ONCE],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Those whose pieces are still there after they were deleted, behind that one.
pub(super) async fn not_gone(tx: &mut Tx, after: RecordingId) -> Result<Vec<RecordingId>, Error> {
    let rows: Vec<Due> = tx
        .all(
            "select id from recordings
              where deleted_at is not null and gone_at is null and ended_at is not null and id > $1
              order by id limit $2",
            args![after, AT_ONCE],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

db::row! {
    struct LeftOpen { id: RecordingId, person_id: PersonId }
}

/// Ends those that a process left behind which is gone.
pub(super) async fn end_left(tx: &mut Tx) -> Result<usize, Error> {
    let left: Vec<LeftOpen> = tx
        .all(
            "select id, person_id from recordings
              where ended_at is null and line not in (select id from lines) order by id limit $1",
            args![AT_ONCE],
        )
        .await?;
    for LeftOpen { id, person_id } in &left {
        ended(tx, *id, *person_id).await?;
    }
    Ok(left.len())
}

/// How many recordings each key of the ring opens.
pub async fn keys_in_use(tx: &mut Tx) -> Result<BTreeMap<i64, i64>, Error> {
    db::row! { struct Used { key_nr: i64, n: i64 } }

    let used: Vec<Used> = tx
        .all(
            "select key_nr, count(*) as n from recordings where key_nr is not null group by key_nr",
            args![],
        )
        .await?;
    Ok(used.into_iter().map(|used| (used.key_nr, used.n)).collect())
}

/// Why a key was not sealed anew.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NotSealed(#[from] NotBegun);

/// Seals the keys of all recordings with the newest of the ring, some at a time; how many there were.
///
/// # Errors
///
/// The ring has no key, or lacks one that was used.
pub async fn reseal(db: &Db, keys: &KeyRing) -> Result<u64, NotSealed> {
    let newest = keys.numbers().last().ok_or(NotBegun::Vault(vault::Error::NoKey))?;
    let mut all = 0;
    loop {
        let step = db.write(Actor::SYSTEM, async |tx| step(tx, keys, newest).await).await?;
        all += step;
        if step == 0 {
            return Ok(all);
        }
    }
}

async fn step(tx: &mut Tx, keys: &KeyRing, newest: i64) -> Result<u64, NotBegun> {
    let old: Vec<Due> = tx
        .all(
            "select id from recordings where key_nr <> $1 order by id limit $2",
            args![newest, AT_ONCE],
        )
        .await?;
    let mut changed = 0;
    for Due { id } in old {
        let Some(own) = key(tx, keys, id).await? else { continue };
        let Sealed { key, bytes } = own.sealed(keys, &key_place(id))?;
        changed += tx
            .execute(
                "update recordings set key_nr = $1, key_sealed = $2 where id = $3 and deleted_at is null",
                args![key, bytes, id],
            )
            .await?;
    }
    Ok(changed)
}

/// Whether something of it can be heard still.
pub(super) async fn is_kept(tx: &mut Tx, id: RecordingId) -> Result<bool, Error> {
    let kept: i64 = tx
        .value(
            "select count(*) as value from recordings where id = $1 and deleted_at is null",
            args![id],
        )
        .await?;
    Ok(kept > 0)
}

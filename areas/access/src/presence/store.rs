use std::collections::BTreeMap;

use access_rules::presence::{self as rules, Choice, Connection, Intent, Place, Stretch};
use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Actor, ActorKind, Event, EventKind, Fact, TeamId, UserId, local};
use web::HookFuture;

use super::connection::{follows, heard};

db::row! {
    /// What somebody chose.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Now {
        pub intent: Intent,
        pub place: Place,
        pub since_at: Timestamp,
        /// Chosen during a call; begins after it.
        pub pending_intent: Option<Intent>,
    }
}

pub async fn now(tx: &mut Tx, user: UserId) -> Result<Option<Now>, Error> {
    tx.one(
        "select intent, place, since_at, pending_intent from presence where user_id = $1",
        args![user],
    )
    .await
}

/// Whether the next record may come to this user. Somebody who never chose anything works through a
/// program of their own, and may.
pub async fn takes_records(tx: &mut Tx, user: UserId) -> Result<bool, Error> {
    let now = now(tx, user).await?;
    Ok(now.is_none_or(|now| now.intent.takes_records() && now.pending_intent.is_none()))
}

/// A call, or one that waits for its outcome, is on the desk.
pub(crate) async fn is_busy(tx: &mut Tx, user: UserId) -> Result<bool, Error> {
    let busy: i64 = tx
        .value(
            "select count(*) as value from claims where agent_id = $1 and released_at is null and busy",
            args![user],
        )
        .await?;
    Ok(busy > 0)
}

/// The acting user chooses what to do now; during a call it begins after it.
pub async fn choose(tx: &mut Tx, wish: Intent, place: Option<Place>) -> Result<Choice, Error> {
    let user = tx.actor().user;
    let current = now(tx, user).await?;
    let intent = current.as_ref().map_or(Intent::SignedOut, |now| now.intent);
    let place = place.or(current.as_ref().map(|now| now.place)).unwrap_or(Place::Office);
    let at = tx.now();
    let choice = rules::choose(intent, wish, is_busy(tx, user).await?);
    match choice {
        Choice::Same if current.is_some() => {
            tx.change_one(
                "update presence set place = $1, pending_intent = null where user_id = $2",
                args![place, user],
            )
            .await?;
        }
        Choice::Afterwards => {
            tx.change_one(
                "update presence set place = $1, pending_intent = $2 where user_id = $3",
                args![place, wish, user],
            )
            .await?;
        }
        Choice::Same | Choice::Now => begin(tx, user, current, wish, place, at).await?,
    }
    let event = Event::new(EventKind::IntentChosen, local(tx.now()).date())
        .with("intent", Fact::Code(wish.code()))
        .with("place", Fact::Code(place.code()));
    activity::record(tx, event).await?;
    // Who chooses through the API has no page that can be closed.
    if tx.actor().kind == ActorKind::Token {
        tx.execute("update presence set seen_at = null where user_id = $1", args![user]).await?;
        follows(tx, user, None, at).await?;
    }
    Ok(choice)
}

/// A page of the acting user is open.
pub fn seen(tx: &mut Tx) -> HookFuture<'_> {
    Box::pin(async move {
        let (user, at) = (tx.actor().user, tx.now());
        tx.execute("update presence set seen_at = $1 where user_id = $2", args![at, user]).await?;
        heard(tx).await
    })
}

db::row! {
    /// Somebody at work whose pages are watched.
    #[derive(Clone, Copy, Debug)]
    pub struct Seen { pub user_id: UserId, pub seen_at: Timestamp }
}

/// Everybody at work who has, or had, a page open.
pub async fn watched(tx: &mut Tx) -> Result<Vec<Seen>, Error> {
    tx.all(
        "select user_id, seen_at from presence where intent <> 'signed_out' and seen_at is not null",
        args![],
    )
    .await
}

/// Signs somebody off who was last seen then: the lid was closed. `false` if the user came back, or has a
/// call on the desk, which waits for its outcome.
pub async fn sign_off(tx: &mut Tx, gone: Seen, rule: &str) -> Result<bool, Error> {
    let Seen { user_id: user, seen_at } = gone;
    let current = now(tx, user).await?.filter(|current| current.intent != Intent::SignedOut);
    let Some(current) = current else { return Ok(false) };
    let unchanged: i64 = tx
        .value(
            "select count(*) as value from presence where user_id = $1 and seen_at = $2",
            args![user, seen_at],
        )
        .await?;
    if unchanged == 0 || is_busy(tx, user).await? {
        return Ok(false);
    }
    let team: Option<TeamId> =
        tx.value("select team_id as value from users where id = $1", args![user]).await?;
    tx.act_as(Actor { kind: ActorKind::System, user, team, command: None });
    let (at, place) = (seen_at.max(current.since_at), current.place);
    begin(tx, user, Some(current), Intent::SignedOut, place, at).await?;
    let mut event = Event::new(EventKind::IntentChosen, local(at).date())
        .with("intent", Fact::Code(Intent::SignedOut.code()))
        .with("place", Fact::Code(place.code()));
    event.rule = Some(rule.to_owned());
    activity::record(tx, event).await?;
    Ok(true)
}

/// The desk of the acting user became empty: what was chosen during the call begins.
pub async fn desk_cleared(tx: &mut Tx) -> Result<(), Error> {
    let user = tx.actor().user;
    let Some(current) = now(tx, user).await? else { return Ok(()) };
    let Some(wish) = current.pending_intent else { return Ok(()) };
    let (place, at) = (current.place, tx.now());
    begin(tx, user, Some(current), wish, place, at).await
}

/// Ends the stretch that runs and begins another at the same instant: no gap, no overlap (INV16).
async fn begin(
    tx: &mut Tx,
    user: UserId,
    before: Option<Now>,
    intent: Intent,
    place: Place,
    at: Timestamp,
) -> Result<(), Error> {
    if let Some(before) = before.filter(|before| before.intent != Intent::SignedOut) {
        let Now { intent, place, since_at, pending_intent: _ } = before;
        tx.change_one(
            "insert into presence_stretches (id, user_id, intent, place, from_at, until_at)
             values ($1, $2, $3, $4, $5, $6)",
            args![new_id(), user, intent, place, since_at, at.max(since_at)],
        )
        .await?;
        let mut ended = Event::new(EventKind::IntentEnded, local(since_at).date())
            .with("intent", Fact::Code(intent.code()));
        ended.amount = Some(at.duration_since(since_at).as_secs().max(0));
        activity::record(tx, ended).await?;
    }
    tx.change_one(
        "insert into presence (user_id, intent, place, since_at) values ($1, $2, $3, $4)
         on conflict (user_id) do update set intent = excluded.intent, place = excluded.place,
            since_at = excluded.since_at, pending_intent = null,
            help_at = case when excluded.intent = 'signed_out' then null else presence.help_at end",
        args![user, intent, place, at],
    )
    .await?;
    if intent == Intent::SignedOut { follows(tx, user, None, at).await } else { Ok(()) }
}

/// Signing in is coming to work; who signs in on a second browser goes on with what runs.
pub(crate) fn signed_in(tx: &mut Tx) -> HookFuture<'_> {
    Box::pin(async move {
        let user = tx.actor().user;
        let current = now(tx, user).await?;
        if current.as_ref().is_some_and(|now| now.intent != Intent::SignedOut) {
            return Ok(());
        }
        let place = current.as_ref().map_or(Place::Office, |now| now.place);
        let at = tx.now();
        begin(tx, user, current, Intent::Available, place, at).await?;
        follows(tx, user, Some(Connection::Ok), at).await
    })
}

pub(crate) fn signed_out(tx: &mut Tx) -> HookFuture<'_> {
    Box::pin(async move {
        let user = tx.actor().user;
        let current = now(tx, user).await?;
        let place = current.as_ref().map_or(Place::Office, |now| now.place);
        let at = tx.now();
        begin(tx, user, current, Intent::SignedOut, place, at).await
    })
}

/// The account of this user ends: so does what runs.
pub(crate) async fn leaves(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    let current = now(tx, user).await?.filter(|current| current.intent != Intent::SignedOut);
    let Some(current) = current else { return Ok(()) };
    let (place, at) = (current.place, tx.now());
    let actor = tx.actor().clone();
    let team: Option<TeamId> =
        tx.value("select team_id as value from users where id = $1", args![user]).await?;
    // The seconds of the stretch are hers, whoever ends it.
    tx.act_as(Actor { kind: ActorKind::System, user, team, command: None });
    begin(tx, user, Some(current), Intent::SignedOut, place, at).await?;
    tx.act_as(actor);
    Ok(())
}

db::row! {
    /// A colleague as the team sees them.
    #[derive(Clone, Debug)]
    pub struct Mate {
        pub id: UserId,
        pub name: String,
        pub first_name: String,
        pub intent: Option<Intent>,
        pub place: Option<Place>,
        pub since_at: Option<Timestamp>,
        /// Since when this colleague asks for help.
        pub help_at: Option<Timestamp>,
        pub in_call: bool,
        pub after_call: bool,
        pub on_desk: bool,
        /// `None` for who works by a program of their own.
        pub connection: Option<Connection>,
    }
}

impl Mate {
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.intent.is_some_and(|intent| intent != Intent::SignedOut)
    }
}

const MATE: &str =
    "select u.id, u.name, u.first_name, p.intent, p.place, p.since_at, p.help_at, p.connection,
            exists (select 1 from attempts a where a.agent_id = u.id and a.ended_at is null) as in_call,
            exists (select 1 from claims c where c.agent_id = u.id and c.released_at is null and c.busy) as after_call,
            exists (select 1 from claims c where c.agent_id = u.id and c.released_at is null) as on_desk
       from users u
       left join presence p on p.user_id = u.id
      where u.ended_at is null and u.team_id = ";

/// The colleagues of a team, by name, without `me`.
pub async fn mates_of(tx: &mut Tx, team: Option<TeamId>, me: UserId) -> Result<Vec<Mate>, Error> {
    let Some(team) = team else { return Ok(vec![]) };
    let mut query = Query::new(MATE);
    query.bind(team).push(" and u.id <> ").bind(me).push(" order by u.name limit ").bind(200_i64);
    tx.list(query).await
}

/// Everybody of a team: who asks for help first, then who is there, by name.
pub async fn everybody(tx: &mut Tx, team: TeamId) -> Result<Vec<Mate>, Error> {
    let mut query = Query::new(MATE);
    query.bind(team).push(
        " order by (p.help_at is null), (coalesce(p.intent, 'signed_out') = 'signed_out'), u.name limit ",
    );
    query.bind(2_000_i64);
    tx.list(query).await
}

db::row! {
    struct StretchRow { intent: Intent, from_at: Timestamp, until_at: Timestamp }
}

/// The stretches of a user that began on a day, the one that runs included, up to now.
pub async fn stretches_of_day(tx: &mut Tx, user: UserId, day: Date) -> Result<Vec<Stretch>, Error> {
    let begin = day.in_tz(kernel::AMSTERDAM).map_err(|_| Error::Column("day"))?.timestamp();
    let end = day
        .tomorrow()
        .and_then(|next| next.in_tz(kernel::AMSTERDAM))
        .map_err(|_| Error::Column("day"))?
        .timestamp();
    let rows: Vec<StretchRow> = tx
        .all(
            "select intent, from_at, until_at from presence_stretches
              where user_id = $1 and from_at >= $2 and from_at < $3 order by from_at, id",
            args![user, begin, end],
        )
        .await?;
    let mut stretches: Vec<Stretch> = rows
        .into_iter()
        .map(|row| Stretch { intent: row.intent, from: row.from_at, until: row.until_at })
        .collect();
    let at = tx.now();
    let running = now(tx, user).await?.filter(|now| now.intent != Intent::SignedOut);
    stretches.extend(running.filter(|now| (begin..end).contains(&now.since_at)).map(|now| {
        Stretch { intent: now.intent, from: now.since_at, until: at.max(now.since_at) }
    }));
    Ok(stretches)
}

/// Seconds by intent on a day, the running stretch included.
#[must_use]
pub fn seconds_of_day(stretches: &[Stretch]) -> BTreeMap<Intent, i64> {
    let mut seconds = BTreeMap::new();
    for stretch in stretches {
        *seconds.entry(stretch.intent).or_default() +=
            stretch.until.duration_since(stretch.from).as_secs();
    }
    seconds
}

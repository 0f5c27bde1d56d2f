use calls_rules::callback::{self as rules, Plan, Warmth, Wish};
use calls_rules::ladder::Level;
use calls_rules::outcome::Settings;
use db::{Error, Query, Tx, args, new_id};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use kernel::{
    CallRecordId, CallbackId, Event, EventKind, Fact, PersonId, PersonName, Sex, TeamId, UserId,
    local,
};

use super::Purpose;

db::row! {
    /// A promise as it is listed.
    #[derive(Clone, Debug)]
    pub struct Callback {
        pub id: CallbackId,
        pub person_id: PersonId,
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
        pub sex: Option<Sex>,
        pub owner_id: Option<UserId>,
        pub owner_name: Option<String>,
        pub due_on: Date,
        pub from_time: Time,
        pub until_time: Time,
        pub from_at: Timestamp,
        pub until_at: Timestamp,
        pub check_at: Timestamp,
        pub tries: u16,
        pub warmth: Option<Warmth>,
        pub opening: Option<String>,
        pub words: Option<String>,
        pub made_at: Timestamp,
        pub made_by: Option<String>,
        pub moves: i64,
        pub level: i64,
        pub stand_in_id: Option<UserId>,
        pub stand_in_name: Option<String>,
        /// On somebody's desk, and there in a call or waiting for its outcome.
        pub on_desk: Option<bool>,
        pub ended_at: Option<Timestamp>,
        pub ended_as: Option<String>,
        pub ended_why: Option<String>,
    }
}

impl Callback {
    #[must_use]
    pub fn name(&self) -> PersonName {
        PersonName {
            initials: self.initials.clone(),
            first_name: self.first_name.clone(),
            call_name: self.call_name.clone(),
            prefix: self.prefix.clone(),
            surname: self.surname.clone(),
        }
    }

    #[must_use]
    pub fn level(&self) -> Level {
        Level::read(self.level)
    }

    /// `scheduled`, `due`, `offered`, `in_attempt`, `retrying`, `overdue`, `escalated`, or how it ended.
    /// Follows from the clock; a promise ends by being kept or after real tries, never by time alone (INV11).
    #[must_use]
    pub fn state(&self, now: Timestamp) -> String {
        match &self.ended_as {
            Some(ended) => ended.clone(),
            None => self.open_state(now).into(),
        }
    }

    fn open_state(&self, now: Timestamp) -> &'static str {
        match self.on_desk {
            Some(true) => "in_attempt",
            Some(false) => "offered",
            None if self.level() != Level::Owner => "escalated",
            None if self.tries > 0 => "retrying",
            None if self.until_at <= now => "overdue",
            None if self.from_at <= now => "due",
            None => "scheduled",
        }
    }

    /// Whether this colleague may move it, give it away or end it: whose it is, to whom it climbed, or who leads.
    #[must_use]
    pub fn is_for(&self, user: UserId, leads: bool) -> bool {
        let climbed = self.level();
        leads
            || self.owner_id.is_none_or(|owner| owner == user)
            || (climbed >= Level::StandIn && self.stand_in_id == Some(user))
            || climbed >= Level::Team
    }
}

const LIST: &str = "select b.id, b.person_id, p.initials, p.first_name, p.call_name, p.prefix, p.surname, p.sex,
        b.owner_id, u.name as owner_name, b.due_on, b.from_time, b.until_time, b.from_at, b.until_at,
        b.check_at, b.tries, b.warmth, b.opening, b.words, b.made_at, m.name as made_by, b.moves, b.level,
        b.stand_in_id, s.name as stand_in_name, c.busy as on_desk, b.ended_at, b.ended_as, b.ended_why
   from callbacks b
   join people p on p.id = b.person_id
   left join users u on u.id = b.owner_id
   left join users s on s.id = b.stand_in_id
   left join users m on m.id = b.made_by
   left join claims c on c.callback_id = b.id and c.released_at is null
  where true";

/// Which promises a list shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Show {
    /// My own, and those that climbed to me as a stand-in.
    Mine,
    /// Those of the team as well.
    Team,
}

/// What a list leaves out besides.
#[derive(Clone, Debug, Default)]
pub struct Only {
    /// Up to and including this day.
    pub until: Option<Date>,
    pub owner: Option<UserId>,
    /// A state as [`Callback::state`] says it.
    pub state: Option<String>,
}

fn push_whose(query: &mut Query, show: Show, user: UserId, team: Option<TeamId>) {
    match show {
        Show::Mine => {
            query.push(" and (b.owner_id = ").bind(user);
            query.push(" or (b.stand_in_id = ").bind(user).push(" and b.level >= 1))");
        }
        Show::Team => {
            let team = team.unwrap_or(TeamId(0));
            query
                .push(" and (b.owner_id = ")
                .bind(user)
                .push(" or b.team_id = ")
                .bind(team)
                .push(" or b.owner_id in (select id from users where team_id = ")
                .bind(team)
                .push(") or (b.stand_in_id = ")
                .bind(user)
                .push(" and b.level >= 1))");
        }
    }
}

/// Open promises of a team that need somebody: their window is over and nobody tried, or they climbed. What a team
/// lead sees on the board.
pub async fn at_risk(
    tx: &mut Tx,
    user: UserId,
    team: TeamId,
    limit: usize,
) -> Result<Vec<Callback>, Error> {
    let now = tx.now();
    let today = Only { until: Some(local(now).date()), ..Only::default() };
    let mut open = list(tx, Show::Team, user, Some(team), &today, 500).await?;
    open.retain(|callback| {
        callback.level() != Level::Owner || (callback.tries == 0 && callback.until_at <= now)
    });
    open.truncate(limit);
    Ok(open)
}

/// Open promises, the one that presses most first.
pub async fn list(
    tx: &mut Tx,
    show: Show,
    user: UserId,
    team: Option<TeamId>,
    only: &Only,
    limit: i64,
) -> Result<Vec<Callback>, Error> {
    let now = tx.now();
    let mut query = Query::new(LIST);
    query.push(" and b.ended_at is null");
    push_whose(&mut query, show, user, team);
    if let Some(until) = only.until {
        query.push(" and b.due_on <= ").bind(until);
    }
    if let Some(owner) = only.owner {
        query.push(" and b.owner_id = ").bind(owner);
    }
    query.push(" order by b.level desc, b.check_at, b.id limit ").bind(limit);
    let mut found: Vec<Callback> = tx.list(query).await?;
    if let Some(state) = &only.state {
        found.retain(|callback| callback.state(now) == *state);
    }
    Ok(found)
}

/// Promises that ended after real tries without an answer, until somebody wrote a message: own ones, and those
/// of the team, to which everything falls of which nobody is the owner any more.
pub(super) async fn unreached(
    tx: &mut Tx,
    user: UserId,
    team: Option<TeamId>,
) -> Result<Vec<Callback>, Error> {
    let mut query = Query::new(LIST);
    query.push(" and b.ended_as = 'closed_unreached' and b.followed_up_at is null");
    push_own_or_nobodys(&mut query, user, team);
    query.push(" order by b.ended_at limit ").bind(100_i64);
    tx.list(query).await
}

fn push_own_or_nobodys(query: &mut Query, user: UserId, team: Option<TeamId>) {
    query
        .push(" and (b.owner_id = ")
        .bind(user)
        .push(" or (b.owner_id is null and b.team_id = ")
        .bind(team)
        .push("))");
}

/// The message is written: nothing is left to do.
pub(super) async fn followed_up(
    tx: &mut Tx,
    id: CallbackId,
    user: UserId,
    team: Option<TeamId>,
) -> Result<bool, Error> {
    let now = tx.now();
    let mut query = Query::new("update callbacks set followed_up_at = ");
    query.bind(now).push(
        " where id in (select b.id from callbacks b
              where b.ended_as = 'closed_unreached' and b.followed_up_at is null and b.id = ",
    );
    query.bind(id);
    push_own_or_nobodys(&mut query, user, team);
    query.push(")");
    Ok(tx.execute_query(query).await? == 1)
}

/// The next own promise that begins within `ahead`, or has begun and waits.
pub async fn near(
    tx: &mut Tx,
    user: UserId,
    ahead: SignedDuration,
) -> Result<Option<Callback>, Error> {
    let now = tx.now();
    let mut query = Query::new(LIST);
    query.push(" and b.ended_at is null and b.owner_id = ").bind(user);
    query.push(" and b.check_at <= ").bind(now + ahead);
    query.push(" order by b.check_at, b.id limit ").bind(1_i64);
    Ok(tx.list(query).await?.pop())
}

/// The promises of one day, kept ones included: what the counter of the day counts.
pub async fn of_day(tx: &mut Tx, user: UserId, day: Date) -> Result<Vec<Callback>, Error> {
    let mut query = Query::new(LIST);
    query
        .push(" and b.owner_id = ")
        .bind(user)
        .push(" and b.due_on = ")
        .bind(day)
        .push(" and (b.ended_as is null or b.ended_as in ('kept', 'closed_unreached')) order by b.from_at, b.id limit 500");
    tx.list(query).await
}

/// A promise that this user may see: an own one, or one of the team.
pub async fn by_id(
    tx: &mut Tx,
    id: CallbackId,
    user: UserId,
    team: Option<TeamId>,
) -> Result<Option<Callback>, Error> {
    let mut query = Query::new(LIST);
    query.push(" and b.id = ").bind(id);
    push_whose(&mut query, Show::Team, user, team);
    Ok(tx.list(query).await?.pop())
}

db::row! {
    struct Matter { id: CallRecordId, campaign_id: kernel::CampaignId }
}

/// The call record, and its campaign, in which a promise was made.
pub(crate) async fn record_of(
    tx: &mut Tx,
    id: CallbackId,
) -> Result<Option<(CallRecordId, kernel::CampaignId)>, Error> {
    let found: Option<Matter> = tx
        .one(
            "select r.id, r.campaign_id from callbacks b join call_records r on r.id = b.call_record_id
              where b.id = $1",
            args![id],
        )
        .await?;
    Ok(found.map(|row| (row.id, row.campaign_id)))
}

db::row! {
    struct Before { id: CallbackId, call_record_id: Option<CallRecordId> }
}

/// Ends the open promise for the same purpose, which a new one replaces; gives the call record that waits for it.
async fn replace(
    tx: &mut Tx,
    person: PersonId,
    purpose: Purpose,
    by_record: Option<CallRecordId>,
) -> Result<Option<CallRecordId>, Error> {
    let now = tx.now();
    let before: Option<Before> = tx
        .one(
            "select id, call_record_id from callbacks
              where person_id = $1 and purpose = $2 and ended_at is null",
            args![person, purpose],
        )
        .await?;
    let Some(Before { id, call_record_id }) = before else { return Ok(by_record) };
    tx.change_one(
        "update callbacks set ended_at = $1, ended_as = 'replaced' where id = $2 and ended_at is null",
        args![now, id],
    )
    .await?;
    // A record of another campaign no longer waits for a promise of its own; the gate says for what it does.
    if by_record.is_some() && by_record != call_record_id {
        tx.execute(
            "update call_records set state = 'waiting', changed_at = $1 where id = $2 and state = 'promised'",
            args![now, call_record_id],
        )
        .await?;
    }
    let event = Event::new(EventKind::CallbackEnded, local(now).date())
        .about(person)
        .with("callback", Fact::Number(id.0))
        .with("how", Fact::Code("replaced"));
    activity::record(tx, event).await?;
    Ok(by_record.or(call_record_id))
}

/// Makes a promise. One for the same purpose that is open is replaced by it (INV8).
pub async fn make(
    tx: &mut Tx,
    person: PersonId,
    record: Option<CallRecordId>,
    purpose: Purpose,
    plan: &Plan,
) -> Result<CallbackId, Error> {
    let Plan { owner, from, until, made_at, words, warmth, opening } = plan;
    let (by, team) = (tx.actor().user, tx.actor().team);
    let record = replace(tx, person, purpose, record).await?;
    let until_at =
        from.with().time(*until).build().map_err(|_| Error::Column("until_time"))?.timestamp();
    let id = CallbackId(new_id());
    tx.change_one(
        "insert into callbacks (id, person_id, call_record_id, purpose, owner_id, team_id, due_on, from_time,
                                until_time, zone, from_at, until_at, check_at, tries, warmth, opening, words,
                                made_by, made_at, moves)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15, $16, $17, $18, 0)",
        args![
            id,
            person,
            record,
            purpose,
            *owner,
            team,
            from.date(),
            from.time(),
            *until,
            kernel::AMSTERDAM,
            from.timestamp(),
            until_at,
            from.timestamp(),
            *warmth,
            opening.clone(),
            words.clone(),
            by,
            *made_at,
        ],
    )
    .await?;
    Ok(id)
}

/// Gives a promise another time, or another owner. The person's new yes replaces the old one.
pub async fn move_to(
    tx: &mut Tx,
    id: CallbackId,
    person: PersonId,
    plan: &Plan,
    asked_by_member: bool,
) -> Result<(), Error> {
    let Plan { owner, from, until, made_at: _, words, warmth, opening } = plan;
    let team = tx.actor().team;
    let until_at =
        from.with().time(*until).build().map_err(|_| Error::Column("until_time"))?.timestamp();
    tx.change_one(
        "update callbacks set owner_id = $1, team_id = coalesce(team_id, $2), due_on = $3, from_time = $4,
                until_time = $5, from_at = $6, until_at = $7, check_at = $8, moves = moves + 1,
                level = 0, level_at = null, stand_in_id = null, noticed_at = null, held_until_at = null,
                warmth = coalesce($9, warmth), opening = coalesce($10, opening), words = coalesce($11, words)
          where id = $12 and ended_at is null",
        args![
            *owner,
            team,
            from.date(),
            from.time(),
            *until,
            from.timestamp(),
            until_at,
            from.timestamp(),
            *warmth,
            opening.clone(),
            words.clone(),
            id,
        ],
    )
    .await?;
    let event = Event::new(EventKind::CallbackMoved, local(tx.now()).date())
        .about(person)
        .with("callback", Fact::Number(id.0))
        .with("due_on", Fact::Day(from.date()))
        .with("asked_by", Fact::Code(if asked_by_member { "member" } else { "us" }));
    activity::record(tx, event).await
}

/// Gives an open promise to somebody else, or to the team. The time stays as it was promised.
pub async fn give(tx: &mut Tx, promise: &Callback, owner: Option<UserId>) -> Result<(), Error> {
    let team = tx.actor().team;
    tx.change_one(
        "update callbacks set owner_id = $1, team_id = coalesce(team_id, $2), level = 0, level_at = null,
                stand_in_id = null, noticed_at = null, held_until_at = null
          where id = $3 and ended_at is null",
        args![owner, team, promise.id],
    )
    .await?;
    let event = Event::new(EventKind::CallbackMoved, local(tx.now()).date())
        .about(promise.person_id)
        .with("callback", Fact::Number(promise.id.0))
        .with("due_on", Fact::Day(promise.due_on))
        .with("owner", Fact::Number(owner.map_or(0, |owner| owner.0)));
    activity::record(tx, event).await
}

db::row! {
    struct Handed { id: CallbackId, person_id: PersonId, due_on: Date }
}

/// The promises of somebody who leaves become the team's: to be kept by whoever is there. So does what is still
/// to be written to whom she did not reach.
pub(crate) async fn hand_over(
    tx: &mut Tx,
    owner: UserId,
    heir: Option<TeamId>,
) -> Result<(), Error> {
    let handed: Vec<Handed> = tx
        .all(
            "select id, person_id, due_on from callbacks where owner_id = $1 and ended_at is null order by id",
            args![owner],
        )
        .await?;
    for Handed { id, person_id, due_on } in handed {
        tx.change_one(
            "update callbacks set owner_id = null, team_id = coalesce($1, team_id), moves = moves + 1 where id = $2",
            args![heir, id],
        )
        .await?;
        record_handed(tx, id, person_id, due_on).await?;
    }
    let written: Vec<Handed> = tx
        .all(
            "select id, person_id, due_on from callbacks
              where owner_id = $1 and ended_as = 'closed_unreached' and followed_up_at is null
                and coalesce($2, team_id) is not null",
            args![owner, heir],
        )
        .await?;
    for Handed { id, person_id, due_on } in written {
        tx.change_one(
            "update callbacks set owner_id = null, team_id = coalesce($1, team_id) where id = $2",
            args![heir, id],
        )
        .await?;
        record_handed(tx, id, person_id, due_on).await?;
    }
    Ok(())
}

/// It is the team's now.
async fn record_handed(
    tx: &mut Tx,
    id: CallbackId,
    person: PersonId,
    due_on: Date,
) -> Result<(), Error> {
    let event = Event::new(EventKind::CallbackMoved, local(tx.now()).date())
        .about(person)
        .with("callback", Fact::Number(id.0))
        .with("due_on", Fact::Day(due_on))
        .with("owner", Fact::Number(0));
    activity::record(tx, event).await
}

kernel::codes! {
    /// Why a promise need not be kept.
    pub enum CancelWhy {
        /// The person does not want the call any more.
        MemberSaidSo = "member_said_so",
        /// What it was about is done.
        Settled = "settled",
        /// Made by mistake, or twice.
        Mistake = "mistake",
        Objection = "objection",
    }
}

/// Ends a promise that need not be kept, because the person or a team lead said so.
pub async fn cancel(
    tx: &mut Tx,
    id: CallbackId,
    person: PersonId,
    why: CancelWhy,
) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update callbacks set ended_at = $1, ended_as = 'cancelled', ended_why = $2
          where id = $3 and ended_at is null",
        args![now, why, id],
    )
    .await?;
    tx.execute(
        "update call_records set state = 'done', changed_at = $1
          where state = 'promised' and id in (select call_record_id from callbacks where id = $2)",
        args![now, id],
    )
    .await?;
    ended(tx, id, person, why).await
}

db::row! {
    struct Objected { id: CallbackId, person_id: PersonId, call_record_id: Option<CallRecordId> }
}

/// An objection ends the open promises that it covers, except what the person asked for afterwards; a death
/// ends all of them. `person`: only those to this person. Returns how many ended.
pub(crate) async fn end_forbidden(tx: &mut Tx, person: Option<PersonId>) -> Result<usize, Error> {
    let now = tx.now();
    let mut query = Query::new(
        "select b.id, b.person_id, b.call_record_id from callbacks b join people p on p.id = b.person_id
          where b.ended_at is null
            and (p.death_reported_at is not null
                 or exists (select 1 from objections o
                     where o.person_id = b.person_id and o.channel = 'phone' and o.withdrawn_at is null
                       and (o.purpose = 'any' or o.purpose = b.purpose)
                       and (o.made_at > b.made_at or b.words is null)))",
    );
    if let Some(person) = person {
        query.push(" and b.person_id = ").bind(person);
    }
    let forbidden: Vec<Objected> = tx.list(query).await?;
    for promise in &forbidden {
        tx.change_one(
            "update callbacks set ended_at = $1, ended_as = 'cancelled', ended_why = $2
              where id = $3 and ended_at is null",
            args![now, CancelWhy::Objection, promise.id],
        )
        .await?;
        if let Some(record) = promise.call_record_id {
            // The gate says why, when it judges the record again.
            tx.execute(
                "update call_records set state = 'waiting', changed_at = $1 where id = $2 and state = 'promised'",
                args![now, record],
            )
            .await?;
        }
        ended(tx, promise.id, promise.person_id, CancelWhy::Objection).await?;
    }
    Ok(forbidden.len())
}

/// Something about this person changed: whether a promise may be kept is asked again at once.
pub(crate) async fn look_again(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    tx.execute(
        "update callbacks set held_until_at = null
          where person_id = $1 and ended_at is null and held_until_at is not null",
        args![person],
    )
    .await
    .map(drop)
}

async fn ended(tx: &mut Tx, id: CallbackId, person: PersonId, why: CancelWhy) -> Result<(), Error> {
    let event = Event::new(EventKind::CallbackEnded, local(tx.now()).date())
        .about(person)
        .with("callback", Fact::Number(id.0))
        .with("how", Fact::Code("cancelled"))
        .with("why", Fact::Code(why.code()));
    activity::record(tx, event).await
}

/// Plans and makes a promise outside a call.
///
/// # Errors
///
/// [`NoPromise::Refused`] by the rule: an objection, a day on which nobody works.
pub async fn promise(
    tx: &mut Tx,
    person: PersonId,
    purpose: Purpose,
    wish: Wish,
    now: &ZonedDateTime,
    settings: &Settings,
) -> Result<(CallbackId, Plan), NoPromise> {
    let objection = objection(tx, person).await?;
    let agent = tx.actor().user;
    let (calendar, hours) = (&settings.calendar, settings.office_hours);
    let plan = rules::plan(wish, agent, objection, now, calendar, hours)?;
    let id = make(tx, person, None, purpose, &plan).await?;
    record_made(tx, person, &plan).await?;
    Ok((id, plan))
}

/// Why a promise was not made.
#[derive(Debug, thiserror::Error)]
pub enum NoPromise {
    #[error(transparent)]
    Refused(#[from] rules::Refused),
    #[error(transparent)]
    Broken(#[from] Error),
}

/// Says in the log that a promise was made outside a call; within one, the outcome says it.
pub(crate) async fn record_made(tx: &mut Tx, person: PersonId, plan: &Plan) -> Result<(), Error> {
    let mut event = Event::new(EventKind::CallbackMade, local(tx.now()).date())
        .about(person)
        .with("due_on", Fact::Day(plan.from.date()));
    if let Some(warmth) = plan.warmth {
        event = event.with("warmth", Fact::Code(warmth.code()));
    }
    activity::record(tx, event).await
}

/// Since when this person objects to calls.
pub(crate) async fn objection(tx: &mut Tx, person: PersonId) -> Result<Option<Timestamp>, Error> {
    tx.value(
        "select max(made_at) as value from objections
          where person_id = $1 and channel = 'phone' and withdrawn_at is null",
        args![person],
    )
    .await
}

use calls_rules::callback::{Plan, Warmth};
use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
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
        pub ended_at: Option<Timestamp>,
        pub ended_as: Option<String>,
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

    /// `scheduled`, `due`, `retrying`, `overdue`, or how it ended. Follows from the clock; a promise
    /// ends by being kept or after real tries, never by time alone (INV11).
    #[must_use]
    pub fn state(&self, now: Timestamp) -> String {
        match &self.ended_as {
            Some(ended) => ended.clone(),
            None if self.tries > 0 => "retrying".into(),
            None if self.until_at <= now => "overdue".into(),
            None if self.from_at <= now => "due".into(),
            None => "scheduled".into(),
        }
    }
}

const LIST: &str = "select b.id, b.person_id, p.initials, p.first_name, p.call_name, p.prefix, p.surname, p.sex,
        b.owner_id, u.name as owner_name, b.due_on, b.from_time, b.until_time, b.from_at, b.until_at,
        b.check_at, b.tries, b.warmth, b.opening, b.words, b.made_at, b.ended_at, b.ended_as
   from callbacks b
   join people p on p.id = b.person_id
   left join users u on u.id = b.owner_id
  where true";

/// Which promises a list shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Show {
    Mine,
    Team,
}

fn push_whose(query: &mut Query, show: Show, user: UserId, team: Option<TeamId>) {
    match show {
        Show::Mine => {
            query.push(" and b.owner_id = ").bind(user);
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
                .push("))");
        }
    }
}

/// Open promises up to and including a day, the one that presses most first.
pub async fn list(
    tx: &mut Tx,
    show: Show,
    user: UserId,
    team: Option<TeamId>,
    until: Option<Date>,
    limit: i64,
) -> Result<Vec<Callback>, Error> {
    let mut query = Query::new(LIST);
    query.push(" and b.ended_at is null");
    push_whose(&mut query, show, user, team);
    if let Some(until) = until {
        query.push(" and b.due_on <= ").bind(until);
    }
    query.push(" order by b.check_at, b.id limit ").bind(limit);
    tx.list(query).await
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
    tx.execute(
        "update callbacks set ended_at = $1, ended_as = 'replaced'
          where person_id = $2 and purpose = $3 and ended_at is null",
        args![*made_at, person, purpose],
    )
    .await?;
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
) -> Result<(), Error> {
    let Plan { owner, from, until, made_at: _, words, warmth, opening } = plan;
    let team = tx.actor().team;
    let until_at =
        from.with().time(*until).build().map_err(|_| Error::Column("until_time"))?.timestamp();
    tx.change_one(
        "update callbacks set owner_id = $1, team_id = coalesce(team_id, $2), due_on = $3, from_time = $4,
                until_time = $5, from_at = $6, until_at = $7, check_at = $8, moves = moves + 1,
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
        .with("due_on", Fact::Day(from.date()));
    activity::record(tx, event).await
}

db::row! {
    struct Handed { id: CallbackId, person_id: PersonId, due_on: Date }
}

/// The promises of somebody who leaves become the team's: to be kept by whoever is there.
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
        let event = Event::new(EventKind::CallbackMoved, local(tx.now()).date())
            .about(person_id)
            .with("due_on", Fact::Day(due_on))
            .with("to", Fact::Code("team"));
        activity::record(tx, event).await?;
    }
    Ok(())
}

/// Ends a promise that need not be kept, because the person or a team lead said so.
pub async fn cancel(tx: &mut Tx, id: CallbackId, person: PersonId) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update callbacks set ended_at = $1, ended_as = 'cancelled' where id = $2 and ended_at is null",
        args![now, id],
    )
    .await?;
    tx.execute(
        "update call_records set state = 'done', changed_at = $1
          where state = 'promised' and id in (select call_record_id from callbacks where id = $2)",
        args![now, id],
    )
    .await?;
    ended(tx, person).await
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
            "update callbacks set ended_at = $1, ended_as = 'cancelled' where id = $2 and ended_at is null",
            args![now, promise.id],
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
        ended(tx, promise.person_id).await?;
    }
    Ok(forbidden.len())
}

async fn ended(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    let event = Event::new(EventKind::CallbackEnded, local(tx.now()).date())
        .about(person)
        .with("how", Fact::Code("cancelled"));
    activity::record(tx, event).await
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

use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kernel::{Event, EventKind, Fact, OrganisationId, PersonId, TeamId, UserId, VisitId, local};
use visits_rules::report::{
    DropWhy, Field, Merged, NotMetWhy, Refused, Stands, State, Write, merge,
};
use visits_rules::way::Point;
use web::Leaver;

db::row! {
    /// A visit as it is shown.
    #[derive(Clone, Debug)]
    pub struct Visit {
        pub id: VisitId,
        pub place_id: OrganisationId,
        pub place: String,
        pub street: String,
        pub house_number: Option<u32>,
        pub addition: String,
        pub postcode: String,
        pub town: String,
        pub formula: String,
        pub lat_e6: Option<i64>,
        pub lon_e6: Option<i64>,
        pub member_id: OrganisationId,
        pub member: String,
        pub user_id: UserId,
        pub visitor: String,
        pub state: State,
        pub planned_on: Option<Date>,
        pub planned_time: Option<Time>,
        pub visited_on: Option<Date>,
        pub why: Option<String>,
        pub moves: i64,
        pub version: i64,
    }
}

impl Visit {
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        Some(Point { lat_e6: self.lat_e6?, lon_e6: self.lon_e6? })
    }

    /// `Lage Zijde 14`
    #[must_use]
    pub fn street_line(&self) -> String {
        let number = self.house_number.map(|number| number.to_string()).unwrap_or_default();
        [self.street.as_str(), &number, &self.addition]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Its day passed without a report.
    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        self.state == State::Planned && self.planned_on.is_some_and(|day| day < today)
    }
}

const COLUMNS: &str = "select v.id, v.place_id, o.name as place, o.street, o.house_number, o.addition, o.postcode, o.town,
       o.formula, q.lat_e6, q.lon_e6, v.member_id, m.name as member, v.user_id, u.name as visitor, v.state,
       v.planned_on, v.planned_time, v.visited_on, v.why, v.moves, v.version
  from visits v
  join organisations o on o.id = v.place_id
  join organisations m on m.id = v.member_id
  join users u on u.id = v.user_id
  left join place_points q on q.organisation_id = v.place_id
 where ";

/// Whose visits somebody may see and change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whose {
    Own(UserId),
    /// Of whoever is in the team, and of who is in none.
    Team(UserId, Option<TeamId>),
}

impl Whose {
    fn push(self, query: &mut Query) {
        match self {
            Self::Own(user) => {
                query.push(" and v.user_id = ").bind(user);
            }
            Self::Team(user, team) => {
                query
                    .push(" and (v.user_id = ")
                    .bind(user)
                    .push(" or u.team_id is null or u.team_id = ");
                query.bind(team).push(")");
            }
        }
    }
}

pub(super) async fn by_id(tx: &mut Tx, id: VisitId) -> Result<Option<Visit>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("v.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// A visit that this user may see and change, else none.
pub async fn of_whose(tx: &mut Tx, id: VisitId, whose: Whose) -> Result<Option<Visit>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("v.id = ").bind(id);
    whose.push(&mut query);
    Ok(tx.list(query).await?.pop())
}

/// What is planned, and what is late.
pub async fn planned(tx: &mut Tx, whose: Whose, limit: i64) -> Result<Vec<Visit>, Error> {
    let mut query = Query::new(COLUMNS);
    // Which they are comes first: five thousand plans are sorted without the addresses of all of them.
    query.push(
        "v.id in (select v.id from visits v join users u on u.id = v.user_id where v.state = 'planned'",
    );
    whose.push(&mut query);
    query.push(" order by v.planned_on, v.planned_time is null, v.planned_time, v.id limit ");
    query.bind(limit);
    query.push(") order by v.planned_on, v.planned_time is null, v.planned_time, v.id");
    tx.list(query).await
}

/// What happened at a member's or is planned there, latest first.
pub(super) async fn of_member(
    tx: &mut Tx,
    organisation: OrganisationId,
    limit: i64,
) -> Result<Vec<Visit>, Error> {
    let mut query = Query::new(COLUMNS);
    query
        .push("(v.member_id = ")
        .bind(organisation)
        .push(" or v.place_id = ")
        .bind(organisation)
        .push(") and v.state in ('planned', 'reported') order by coalesce(v.visited_on, v.planned_on) desc, v.id desc limit ")
        .bind(limit);
    tx.list(query).await
}

/// What a list of the API is narrowed to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Only {
    pub state: Option<State>,
    pub organisation: Option<OrganisationId>,
    pub after: VisitId,
}

/// In the order in which they were planned or reported.
pub(super) async fn list(
    tx: &mut Tx,
    whose: Whose,
    only: Only,
    limit: i64,
) -> Result<Vec<Visit>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("v.id > ").bind(only.after);
    whose.push(&mut query);
    if let Some(state) = only.state {
        query.push(" and v.state = ").bind(state);
    }
    if let Some(organisation) = only.organisation {
        query.push(" and (v.member_id = ").bind(organisation).push(" or v.place_id = ");
        query.bind(organisation).push(")");
    }
    query.push(" order by v.id limit ").bind(limit);
    tx.list(query).await
}

/// A plan as somebody makes it.
#[derive(Clone, Copy, Debug)]
pub struct NewVisit {
    pub place: OrganisationId,
    pub visitor: UserId,
    pub on: Date,
    pub at: Option<Time>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Refused(#[from] Refused),
    /// V1.
    #[error("a visit to this place is planned already")]
    PlannedAlready,
    #[error(transparent)]
    Broken(#[from] Error),
}

/// Plans a visit.
///
/// # Errors
///
/// [`Failed::PlannedAlready`]; [`Refused::DayPast`].
pub async fn plan(tx: &mut Tx, new: NewVisit) -> Result<VisitId, Failed> {
    let now = tx.now();
    let today = local(now).date();
    if new.on < today {
        return Err(Refused::DayPast.into());
    }
    let member = membership::member_of(tx, new.place, today).await?;
    let id = VisitId(new_id());
    let me = tx.actor().user;
    let planned = tx.change_one(
        "insert into visits (id, place_id, member_id, user_id, state, planned_on, planned_time, moves, made_by,
                             made_at, version)
         values ($1, $2, $3, $4, 'planned', $5, $6, 0, $7, $8, 1)",
        args![id, new.place, member, new.visitor, new.on, new.at, me, now],
    );
    planned.await.map_err(|error| match error {
        Error::Duplicate => Failed::PlannedAlready,
        error => Failed::Broken(error),
    })?;
    let event = event(EventKind::VisitPlanned, today, id, new.place)
        .with("visitor", Fact::Number(new.visitor.0))
        .with("on", Fact::Day(new.on));
    activity::record(tx, event).await?;
    Ok(id)
}

fn event(kind: EventKind, day: Date, id: VisitId, place: OrganisationId) -> Event {
    Event::new(kind, day).of_organisation(place).with("visit", Fact::Number(id.0))
}

/// One thing that is done with a plan; see `docs/states.md` §1.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    Move { on: Date, at: Option<Time> },
    Give(UserId),
    NotMet(NotMetWhy),
    Drop(DropWhy),
}

/// Changes a plan as it was read.
///
/// # Errors
///
/// [`Refused::Over`], [`Refused::DayPast`]; [`Error::Raced`] if somebody changed it in between.
pub async fn change(tx: &mut Tx, visit: &Visit, change: Change) -> Result<(), Failed> {
    if visit.state != State::Planned {
        return Err(Refused::Over.into());
    }
    let today = local(tx.now()).date();
    let mut query = Query::new("update visits set version = version + 1");
    let changed = |what| {
        event(EventKind::VisitChanged, today, visit.id, visit.place_id)
            .with("change", Fact::Code(what))
    };
    let event = match change {
        Change::Move { on, at } => {
            if on < today {
                return Err(Refused::DayPast.into());
            }
            query.push(", moves = moves + 1, planned_on = ").bind(on);
            query.push(", planned_time = ").bind(at);
            changed("moved").with("on", Fact::Day(on))
        }
        Change::Give(user) => {
            query.push(", user_id = ").bind(user);
            changed("handed_over").with("visitor", Fact::Number(user.0))
        }
        Change::NotMet(why) => {
            query.push(", state = 'not_met', why = ").bind(why);
            // Whoever went earlier than was planned stood there today.
            if visit.planned_on.is_some_and(|day| day > today) {
                query.push(", planned_on = ").bind(today);
            }
            changed("not_met").with("why", Fact::Code(why.code()))
        }
        Change::Drop(why) => {
            query.push(", state = 'dropped', why = ").bind(why);
            changed("dropped").with("why", Fact::Code(why.code()))
        }
    };
    query.push(" where id = ").bind(visit.id).push(" and version = ").bind(visit.version);
    if tx.execute_query(query).await? == 0 {
        return Err(Error::Raced.into());
    }
    activity::record(tx, event).await?;
    Ok(())
}

/// Somebody's account ends: the plans go to whoever leads the team that goes on, else to another who leads or travels, to
/// be given away (V7).
pub(crate) async fn leave(tx: &mut Tx, leaver: Leaver) -> Result<(), Error> {
    let Leaver { user, heir: team } = leaver;

    db::row! { struct Heir { id: UserId } }

    let mut query = Query::new(COLUMNS);
    query.push("v.state = 'planned' and v.user_id = ").bind(user);
    let visits: Vec<Visit> = tx.list(query).await?;
    if visits.is_empty() {
        return Ok(());
    }
    let heir: Option<Heir> = tx
        .one(
            "select u.id from users u
              where u.ended_at is null and u.id <> $1 and (u.roles like '%field%' or u.roles like '%team_lead%')
              order by case when u.roles like '%team_lead%' then 0 else 1 end,
                       case when u.team_id = $2 then 0 else 1 end, u.id limit 1",
            args![user, team],
        )
        .await?;
    let Some(Heir { id }) = heir else { return Ok(()) };
    for visit in visits {
        match change(tx, &visit, Change::Give(id)).await {
            Ok(()) => {}
            Err(Failed::Broken(error)) => return Err(error),
            Err(Failed::Refused(_) | Failed::PlannedAlready) => return Err(Error::Raced),
        }
    }
    Ok(())
}

db::row! {
    /// What stands in a field of a report.
    #[derive(Clone, Debug)]
    pub struct Standing {
        pub field: Field,
        pub nr: i64,
        pub value: String,
        pub by: Option<String>,
        pub at: Timestamp,
    }
}

/// The values that stand.
pub async fn values(tx: &mut Tx, visit: VisitId) -> Result<Vec<Standing>, Error> {
    tx.all(
        "select f.field, f.nr, f.value, u.name as by, f.at
           from visit_fields f left join users u on u.id = f.by_id
          where f.visit_id = $1
            and f.nr = (select max(g.nr) from visit_fields g where g.visit_id = f.visit_id and g.field = f.field)",
        args![visit],
    )
    .await
}

db::row! {
    /// Words that wait for a choice.
    #[derive(Clone, Debug)]
    pub struct Conflict {
        pub id: i64,
        pub field: Field,
        pub value: String,
        pub by: Option<String>,
        pub at: Timestamp,
    }
}

pub(super) async fn conflicts(tx: &mut Tx, visit: VisitId) -> Result<Vec<Conflict>, Error> {
    tx.all(
        "select c.id, c.field, c.value, u.name as by, c.at
           from visit_conflicts c left join users u on u.id = c.by_id
          where c.visit_id = $1 and c.settled_at is null order by c.id",
        args![visit],
    )
    .await
}

/// Settles a conflict: `take` writes its words over what stands, otherwise they go. Both stay in the history. `seen_nr` is
/// the number of the value that the one who chooses saw.
///
/// # Errors
///
/// [`Error::Raced`] if somebody settled it already, or wrote something else meanwhile.
pub(super) async fn settle(
    tx: &mut Tx,
    visit: &Visit,
    conflict: i64,
    seen_nr: i64,
    take: bool,
) -> Result<(), Error> {
    lock(tx, visit.id).await?;
    let waiting = conflicts(tx, visit.id).await?;
    let found = waiting.into_iter().find(|waiting| waiting.id == conflict).ok_or(Error::Raced)?;
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update visit_conflicts set settled_at = $1, settled_by = $2 where id = $3 and settled_at is null",
        args![now, me, conflict],
    )
    .await?;
    let stands = stands(tx, visit.id, found.field).await?;
    if stands.nr != seen_nr {
        return Err(Error::Raced);
    }
    if take {
        write(tx, visit.id, found.field, stands.nr + 1, &found.value).await?;
    }
    changed_report(tx, visit, if take { "conflict_taken" } else { "conflict_left" }).await
}

/// Holds a visit until the end of the step: of two who write in a report, one waits.
pub(super) async fn lock(tx: &mut Tx, visit: VisitId) -> Result<(), Error> {
    tx.change_one("update visits set version = version + 1 where id = $1", args![visit]).await
}

async fn stands(tx: &mut Tx, visit: VisitId, field: Field) -> Result<Stands, Error> {
    db::row! { struct Row { nr: i64, value: String } }

    let row: Option<Row> = tx
        .one(
            "select nr, value from visit_fields where visit_id = $1 and field = $2 order by nr desc limit 1",
            args![visit, field],
        )
        .await?;
    Ok(row.map_or(Stands { nr: 0, value: String::new() }, |Row { nr, value }| Stands { nr, value }))
}

async fn write(
    tx: &mut Tx,
    visit: VisitId,
    field: Field,
    nr: i64,
    value: &str,
) -> Result<(), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into visit_fields (visit_id, field, nr, value, by_id, at) values ($1, $2, $3, $4, $5, $6)",
        args![visit, field, nr, value, me, now],
    )
    .await?;
    if field == Field::Spoke {
        tx.execute("delete from visit_people where visit_id = $1", args![visit]).await?;
        for person in value.split(',').filter_map(|id| id.parse::<PersonId>().ok()) {
            tx.execute(
                "insert into visit_people (visit_id, person_id) values ($1, $2) on conflict do nothing",
                args![visit, person],
            )
            .await?;
        }
    }
    Ok(())
}

pub(super) async fn changed_report(
    tx: &mut Tx,
    visit: &Visit,
    what: &'static str,
) -> Result<(), Error> {
    let today = local(tx.now()).date();
    let event = event(EventKind::VisitChanged, today, visit.id, visit.place_id)
        .with("change", Fact::Code(what));
    activity::record(tx, event).await
}

/// Merges fields with what stands there; gives those that are in conflict. Where a value is written, the report was
/// amended or made.
pub(super) async fn merge_all(
    tx: &mut Tx,
    visit: VisitId,
    writes: &[Write],
) -> Result<(bool, Vec<Field>), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    let (mut written, mut conflicts) = (false, Vec::new());
    for wanted in writes {
        match merge(wanted, &stands(tx, visit, wanted.field).await?) {
            Merged::Same => {}
            Merged::Written { nr } => {
                write(tx, visit, wanted.field, nr, &wanted.value).await?;
                written = true;
            }
            Merged::Conflict => {
                // The same words sent twice wait once.
                tx.execute(
                    "insert into visit_conflicts (id, visit_id, field, value, by_id, at)
                     values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
                    args![new_id(), visit, wanted.field, &wanted.value, me, now],
                )
                .await?;
                conflicts.push(wanted.field);
            }
        }
    }
    Ok((written, conflicts))
}

/// Marks a planned visit as reported, or makes one that was not planned.
pub(super) async fn mark_reported(
    tx: &mut Tx,
    planned: Option<&Visit>,
    place: OrganisationId,
    visited_on: Date,
    device_key: Option<&str>,
) -> Result<VisitId, Error> {
    let now = tx.now();
    let me = tx.actor().user;
    // Whom it counts for is decided by the day of the visit, and then stays.
    let member = membership::member_of(tx, place, visited_on).await?;
    let (id, visitor) = match planned {
        Some(visit) => {
            tx.change_one(
                "update visits set state = 'reported', visited_on = $1, member_id = $2, device_key = $3,
                        version = version + 1
                  where id = $4 and state = 'planned'",
                args![visited_on, member, device_key, visit.id],
            )
            .await?;
            (visit.id, visit.user_id)
        }
        None => {
            let id = VisitId(new_id());
            tx.change_one(
                "insert into visits (id, place_id, member_id, user_id, state, visited_on, moves, device_key, made_by,
                                     made_at, version)
                 values ($1, $2, $3, $4, 'reported', $5, 0, $6, $7, $8, 1)",
                args![id, place, member, me, visited_on, device_key, me, now],
            )
            .await?;
            (id, me)
        }
    };
    // It counts on the day on which the visit was, whenever it is reported.
    let event = event(EventKind::VisitReported, visited_on, id, place)
        .with("member", Fact::Number(member.0))
        .with("visitor", Fact::Number(visitor.0));
    activity::record(tx, event).await?;
    Ok(id)
}

/// The visit that this key of a device of this user made, if it did.
pub(super) async fn by_device_key(tx: &mut Tx, key: &str) -> Result<Option<Visit>, Error> {
    let mut query = Query::new(COLUMNS);
    query
        .push("v.made_by = ")
        .bind(tx.actor().user)
        .push(" and v.device_key = ")
        .bind(key.to_owned());
    Ok(tx.list(query).await?.pop())
}

/// Where a place is, as it was typed or stood on.
pub async fn put_point(
    tx: &mut Tx,
    place: OrganisationId,
    point: Point,
    source: &'static str,
) -> Result<(), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    tx.execute(
        "insert into place_points (organisation_id, lat_e6, lon_e6, source, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (organisation_id) do update
            set lat_e6 = excluded.lat_e6, lon_e6 = excluded.lon_e6, source = excluded.source,
                made_by = excluded.made_by, made_at = excluded.made_at",
        args![place, point.lat_e6, point.lon_e6, source, me, now],
    )
    .await
    .map(drop)
}

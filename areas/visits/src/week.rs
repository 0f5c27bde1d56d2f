//! One press makes the plan of a week.

use db::{Error, Tx, args};
use jiff::civil::{Date, Weekday};
use kernel::{OrganisationId, TeamId, UserId, Window, WorkCalendar};
use rulebook::{Missing, Rulebook};
use service::Colleague;
use visits_rules::plan::{Candidate, Traveller, plan};
use visits_rules::way::Point;

use crate::visit::{self, NewVisit};

/// The Monday after `today`.
pub(crate) fn next_week(today: Date) -> Date {
    let ahead = 7 - today.weekday().to_monday_zero_offset();
    today.saturating_add(jiff::Span::new().days(ahead))
}

/// What a week is planned by.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    monday: Date,
    /// The last day that the list looks ahead to.
    until: Date,
    /// So many visits fit on a day.
    per_day: usize,
    calendar: WorkCalendar,
    office: Window,
}

impl Wish {
    /// The coming week, as the rules have it.
    pub(crate) fn of(book: &Rulebook, today: Date) -> Result<Self, Missing> {
        Ok(Self {
            monday: next_week(today),
            until: crate::due::until(book, today)?,
            per_day: usize::try_from(book.number("visits.per_day", today)?).unwrap_or(0),
            calendar: book.calendar.clone(),
            office: book.window("callback.office_hours", today)?,
        })
    }
}

/// For whom a week is planned.
#[derive(Clone, Copy, Debug)]
pub(crate) enum For {
    One(UserId),
    /// Whoever travels and is in this team, or in none.
    Team(Option<TeamId>),
}

impl For {
    fn is_meant(self, colleague: &Colleague) -> bool {
        match self {
            Self::One(user) => colleague.id == user,
            Self::Team(team) => colleague.team_id.is_none() || colleague.team_id == team,
        }
    }
}

/// Who travels, or leads those who do.
pub(crate) async fn travellers(tx: &mut Tx) -> Result<Vec<Colleague>, Error> {
    tx.all(
        "select id, name, team_id from users
          where ended_at is null and (roles like '%field%' or roles like '%team_lead%') order by name",
        args![],
    )
    .await
}

db::row! {
    struct Found {
        organisation_id: OrganisationId,
        due_on: Date,
        visitor_id: Option<UserId>,
        lat_e6: Option<i64>,
        lon_e6: Option<i64>,
    }
}

db::row! {
    struct Full { user_id: UserId, planned_on: Date, n: i64 }
}

/// Plans the week for everybody who travels, or for one of them; gives how many visits were planned.
///
/// A member with several shops is visited at the shop that was seen longest ago.
pub(crate) async fn plan_week(tx: &mut Tx, wish: &Wish, whom: For) -> Result<usize, Error> {
    let travellers = days_of(tx, wish, whom).await?;
    let room: usize = travellers.iter().flat_map(|one| &one.days).map(|(_, room)| room).sum();
    // More than fit, so that who is full can be relieved by another.
    let limit = i64::try_from(room.saturating_mul(3)).unwrap_or(i64::MAX);
    let mut query = db::Query::new(
        "select d.organisation_id, d.due_on, d.visitor_id, q.lat_e6, q.lon_e6
           from visit_dues d left join place_points q on q.organisation_id = d.organisation_id
          where d.due_on <= ",
    );
    query.bind(wish.until).push(
        " and not exists (select 1 from visits v where v.member_id = d.organisation_id and v.state = 'planned')
           and not exists (select 1 from visits v where v.place_id = d.organisation_id and v.state = 'planned')",
    );
    if let For::One(user) = whom {
        query.push(" and d.visitor_id = ").bind(user);
    }
    query.push(" order by d.due_on, d.organisation_id limit ").bind(limit);
    let found: Vec<Found> = tx.list(query).await?;
    let candidates: Vec<Candidate> = found
        .iter()
        .map(|found| Candidate {
            place: found.organisation_id,
            due_on: found.due_on,
            visitor: found.visitor_id,
            point: found.lat_e6.zip(found.lon_e6).map(|(lat_e6, lon_e6)| Point { lat_e6, lon_e6 }),
        })
        .collect();
    let mut made = 0;
    for planned in plan(&candidates, &travellers) {
        let place = door(tx, planned.place).await?;
        let new = NewVisit { place, visitor: planned.user, on: planned.day, at: None };
        match visit::plan(tx, new).await {
            Ok(_) => made += 1,
            Err(visit::Failed::Broken(error)) => return Err(error),
            // Somebody planned this door meanwhile, or the day is over: it is planned, or comes back.
            Err(visit::Failed::PlannedAlready) => return Err(Error::Raced),
            Err(visit::Failed::Refused(_)) => {}
        }
    }
    Ok(made)
}

/// On which days of the week each travels, and how much fits besides what is planned.
async fn days_of(tx: &mut Tx, wish: &Wish, whom: For) -> Result<Vec<Traveller>, Error> {
    let sunday = wish.monday.saturating_add(jiff::Span::new().days(6));
    let full: Vec<Full> = tx
        .all(
            "select user_id, planned_on, count(*) as n from visits
              where state = 'planned' and planned_on >= $1 and planned_on <= $2 group by user_id, planned_on",
            args![wish.monday, sunday],
        )
        .await?;
    let roster = access::roster::load(tx, wish.monday).await?;
    let fields: Vec<Colleague> = tx
        .all(
            "select id, name, team_id from users where ended_at is null and roles like '%field%' order by id",
            args![],
        )
        .await?;
    let days: Vec<Date> = wish
        .monday
        .series(jiff::Span::new().days(1))
        .take(7)
        .filter(|day| wish.calendar.is_working_day(*day) && day.weekday() != Weekday::Sunday)
        .collect();
    Ok(fields
        .into_iter()
        .filter(|colleague| whom.is_meant(colleague))
        .map(|colleague| {
            let room = |day: Date| {
                let planned = full
                    .iter()
                    .find(|full| full.user_id == colleague.id && full.planned_on == day)
                    .map_or(0, |full| usize::try_from(full.n).unwrap_or(0));
                wish.per_day.saturating_sub(planned)
            };
            let travels =
                |day: &&Date| roster.away_all_along(colleague.id, **day, wish.office).is_none();
            let days = days.iter().filter(travels).map(|day| (*day, room(*day))).collect();
            Traveller { user: colleague.id, days }
        })
        .collect())
}

/// The door of a member to knock at: the branch that was visited longest ago, or the member itself.
async fn door(tx: &mut Tx, member: OrganisationId) -> Result<OrganisationId, Error> {
    db::row! { struct Door { id: OrganisationId } }

    let branch: Option<Door> = tx
        .one(
            "select o.id from organisations o
              where o.parent_id = $1 and o.kind = 'branch'
                and not exists (select 1 from visits v where v.place_id = o.id and v.state = 'planned')
              order by coalesce((select max(v.visited_on) from visits v
                                  where v.place_id = o.id and v.state = 'reported'), ''), o.id limit 1",
            args![member],
        )
        .await?;
    Ok(branch.map_or(member, |door| door.id))
}

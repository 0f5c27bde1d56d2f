//! What wishes and agreements have in common: an owner, a day, and a ladder that they climb.

use db::{Error, Query, Tx, args};
use jiff::civil::Date;
use kernel::{Action, Event, EventKind, Fact, Roles, TeamId, UserId, WorkCalendar, local};
use rulebook::{Missing, Rulebook};
use service_rules::ladder::{Ladder, Level};
use service_rules::owner::Owner;
use web::Leaver;

/// Which of the two.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Thing {
    Wish,
    Agreement,
}

impl Thing {
    pub(crate) const ALL: [Self; 2] = [Self::Wish, Self::Agreement];

    /// In the payload of an event.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Wish => "wish",
            Self::Agreement => "agreement",
        }
    }

    fn changed(self) -> EventKind {
        match self {
            Self::Wish => EventKind::WishChanged,
            Self::Agreement => EventKind::AgreementChanged,
        }
    }

    fn update(self) -> &'static str {
        match self {
            Self::Wish => "update wishes set ",
            Self::Agreement => "update agreements set ",
        }
    }

    fn is_open(self) -> &'static str {
        match self {
            Self::Wish => " state in ('open', 'answered')",
            Self::Agreement => " state = 'open'",
        }
    }
}

/// Who and what an event of either is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub thing: Thing,
    pub id: i64,
    pub person: Option<kernel::PersonId>,
    pub organisation: Option<kernel::OrganisationId>,
}

impl About {
    pub(crate) fn event(self, kind: EventKind, day: Date) -> Event {
        let mut event = Event::new(kind, day).with(self.thing.name(), Fact::Number(self.id));
        event.person = self.person;
        event.organisation = self.organisation;
        event
    }
}

/// Gives it to somebody else.
///
/// # Errors
///
/// [`Error::Raced`] if it ended, or if somebody changed it since `version` was read.
pub(crate) async fn hand_over(
    tx: &mut Tx,
    about: About,
    version: i64,
    owner: Owner,
) -> Result<(), Error> {
    let mut query = Query::new(about.thing.update());
    query
        .push("owner_user_id = ")
        .bind(owner.user())
        .push(", owner_team_id = ")
        .bind(owner.team())
        .push(", version = version + 1 where id = ")
        .bind(about.id)
        .push(" and version = ")
        .bind(version)
        .push(" and")
        .push(about.thing.is_open());
    if tx.execute_query(query).await? == 0 {
        return Err(Error::Raced);
    }
    let to = owner.user().map_or(0, |user| user.0);
    let event = about
        .event(about.thing.changed(), local(tx.now()).date())
        .with("change", Fact::Code("handed_over"))
        .with("owner", Fact::Number(to));
    activity::record(tx, event).await
}

/// Somebody's account ends: what she had to do becomes the team's, so that nothing lies without an owner.
///
/// Without a team it becomes the first that there is; without any team there is nobody left to do it, and it stays.
pub(crate) async fn leave(tx: &mut Tx, leaver: Leaver) -> Result<(), Error> {
    db::row! {
        struct Mine {
            id: i64,
            version: i64,
            person_id: Option<kernel::PersonId>,
            organisation_id: Option<kernel::OrganisationId>,
        }
    }

    let Leaver { user, heir } = leaver;
    let heir = match heir {
        Some(team) => Some(team),
        None => access::teams::all(tx).await?.first().map(|team| team.id),
    };
    let Some(team) = heir else { return Ok(()) };
    for thing in Thing::ALL {
        let mut query = Query::new("select id, version, person_id, organisation_id from ");
        query.push(match thing {
            Thing::Wish => "wishes",
            Thing::Agreement => "agreements",
        });
        query.push(" where owner_user_id = ").bind(user).push(" and").push(thing.is_open());
        let mine: Vec<Mine> = tx.list(query).await?;
        for Mine { id, version, person_id: person, organisation_id: organisation } in mine {
            let about = About { thing, id, person, organisation };
            hand_over(tx, about, version, Owner::Team(team)).await?;
        }
    }
    Ok(())
}

/// After how many working days something climbs, as valid on `day`.
pub(crate) fn ladder(book: &Rulebook, day: Date) -> Result<Ladder, Missing> {
    let part = |part| {
        let days = book.part("service.ladder", part, day)?;
        Ok(u16::try_from(days).unwrap_or(u16::MAX))
    };
    Ok(Ladder { lead_after: part("lead_days")?, director_after: part("director_days")? })
}

/// Lets everything climb that is overdue, once for each step; gives how many climbed.
pub(crate) async fn climb(
    tx: &mut Tx,
    ladder: Ladder,
    calendar: &WorkCalendar,
) -> Result<usize, Error> {
    db::row! {
        struct Overdue {
            id: i64,
            due_on: Date,
            level: i64,
            person_id: Option<kernel::PersonId>,
            organisation_id: Option<kernel::OrganisationId>,
        }
    }

    let today = local(tx.now()).date();
    let before = ladder.due_before(Level::Lead, today, calendar);
    let before_director = ladder.due_before(Level::Director, today, calendar);
    let mut climbed = 0;
    for thing in Thing::ALL {
        let overdue: Vec<Overdue> = tx
            .all(
                match thing {
                    Thing::Wish => {
                        "select id, due_on, level, person_id, organisation_id from wishes
                          where state in ('open', 'answered') and due_on < $1
                            and (level = 0 or (level = 1 and due_on < $2)) order by id limit 500"
                    }
                    Thing::Agreement => {
                        "select id, due_on, level, person_id, organisation_id from agreements
                          where state = 'open' and due_on < $1
                            and (level = 0 or (level = 1 and due_on < $2)) order by id limit 500"
                    }
                },
                args![before, before_director],
            )
            .await?;
        for Overdue { id, due_on, level, person_id: person, organisation_id: organisation } in
            overdue
        {
            let to = ladder.level(due_on, today, calendar);
            let mut query = Query::new(thing.update());
            query
                .push("level = ")
                .bind(to.nr())
                .push(" where id = ")
                .bind(id)
                .push(" and level = ")
                .bind(level)
                .push(" and due_on = ")
                .bind(due_on)
                .push(" and")
                .push(thing.is_open());
            // Several programs may look at once: the first takes the step.
            if tx.execute_query(query).await? == 1 {
                let about = About { thing, id, person, organisation };
                let event = about
                    .event(EventKind::OverdueClimbed, today)
                    .with("level", Fact::Code(to.code()));
                activity::record(tx, event).await?;
                climbed += 1;
            }
        }
    }
    Ok(climbed)
}

db::row! {
    /// Somebody who can own a wish or an agreement.
    #[derive(Clone, Debug)]
    pub struct Colleague {
        pub id: UserId,
        pub name: String,
        pub team_id: Option<TeamId>,
    }
}

/// Everybody who works here now and keeps agreements: who only looks, or only administers, has no list to do them from.
pub async fn colleagues(tx: &mut Tx) -> Result<Vec<Colleague>, Error> {
    db::row! { struct Found { id: UserId, name: String, team_id: Option<TeamId>, roles: String } }

    let found: Vec<Found> = tx
        .all(
            "select id, name, team_id, roles from users where ended_at is null order by name",
            args![],
        )
        .await?;
    Ok(found
        .into_iter()
        .filter(|found| Roles::read(&found.roles).may(Action::KeepAgreements))
        .map(|Found { id, name, team_id, .. }| Colleague { id, name, team_id })
        .collect())
}

/// As [`colleagues`], but for this one.
pub async fn others(tx: &mut Tx, me: UserId) -> Result<Vec<Colleague>, Error> {
    let mut found = colleagues(tx).await?;
    found.retain(|colleague| colleague.id != me);
    Ok(found)
}

/// What a form or a program gives as an owner: `me`, a user's id, or `team-` and the id of a team.
///
/// # Errors
///
/// [`Error`] of the database; `None` if nobody is called so, or not any more.
pub async fn read_owner(tx: &mut Tx, typed: &str) -> Result<Option<Owner>, Error> {
    let me = tx.actor().user;
    if typed.is_empty() || typed == "me" {
        return Ok(Some(Owner::User(me)));
    }
    if let Some(team) = typed.strip_prefix("team-") {
        let Ok(id) = team.parse::<TeamId>() else { return Ok(None) };
        let found = access::teams::all(tx).await?.into_iter().any(|team| team.id == id);
        return Ok(found.then_some(Owner::Team(id)));
    }
    let Ok(id) = typed.parse::<UserId>() else { return Ok(None) };
    let found = colleagues(tx).await?.into_iter().any(|colleague| colleague.id == id);
    Ok(found.then_some(Owner::User(id)))
}

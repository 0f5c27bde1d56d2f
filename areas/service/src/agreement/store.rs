use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{
    AgreementId, EventKind, Fact, OrganisationId, PersonId, PersonName, TeamId, UserId, local,
};
use people::Sight;
use service_rules::agreement::{Days, DropWhy, NewAgreement, Refused, Source, State};
use service_rules::owner::Owner;

use crate::mention;
use crate::owned::{self, About, Thing};

db::row! {
    /// An agreement as it is shown.
    #[derive(Clone, Debug)]
    pub struct Agreement {
        pub id: AgreementId,
        pub what: String,
        pub person_id: Option<PersonId>,
        pub initials: Option<String>,
        pub first_name: Option<String>,
        pub call_name: Option<String>,
        pub prefix: Option<String>,
        pub surname: Option<String>,
        pub organisation_id: Option<OrganisationId>,
        pub organisation: Option<String>,
        pub source: Source,
        pub owner_user_id: Option<UserId>,
        pub owner_team_id: Option<TeamId>,
        pub owner: Option<String>,
        pub promised_on: Date,
        pub due_on: Date,
        pub level: i64,
        pub state: State,
        pub done_on: Option<Date>,
        pub dropped_why: Option<DropWhy>,
        pub made_by: Option<String>,
        pub made_at: Timestamp,
        pub version: i64,
        /// The target for which colleagues agreed it among themselves.
        pub target_id: Option<i64>,
    }
}

impl Agreement {
    /// With whom, if it was a person whom this user may see.
    #[must_use]
    pub fn with(&self) -> Option<PersonName> {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        self.person_id.map(|_| PersonName {
            initials: text(&self.initials),
            first_name: text(&self.first_name),
            call_name: text(&self.call_name),
            prefix: text(&self.prefix),
            surname: text(&self.surname),
        })
    }

    #[must_use]
    pub fn days(&self) -> Days {
        Days { promised_on: self.promised_on, due_on: self.due_on }
    }

    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state == State::Open && self.due_on < today
    }

    /// Empty if it is about a person alone, or about nobody.
    #[must_use]
    pub fn organisation_name(&self) -> &str {
        self.organisation.as_deref().unwrap_or_default()
    }

    fn about(&self) -> About {
        About {
            thing: Thing::Agreement,
            id: self.id.0,
            person: self.person_id,
            organisation: self.organisation_id,
        }
    }
}

/// The name of a person whom this user may not see stays away; what was agreed does not.
const COLUMNS: &str = "select a.id, a.what, p.id as person_id, p.initials, p.first_name, p.call_name, p.prefix, p.surname,
       a.organisation_id, o.name as organisation, a.source, a.owner_user_id, a.owner_team_id,
       coalesce(u.name, t.name) as owner, a.promised_on, a.due_on, a.level, a.state, a.done_on, a.dropped_why,
       m.name as made_by, a.made_at, a.version, a.target_id
  from agreements a
  left join organisations o on o.id = a.organisation_id
  left join users u on u.id = a.owner_user_id
  left join teams t on t.id = a.owner_team_id
  left join users m on m.id = a.made_by
  left join people p on p.id = a.person_id";

/// Whose agreements somebody may see.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whose {
    /// Own ones, and those that she made for others.
    Own(UserId),
    /// As `Own`, and what lies with the team.
    OwnOrTeams(UserId, Option<TeamId>),
    /// Those of the team, of whoever is in it, and of who is in no team.
    Team(UserId, Option<TeamId>),
    All,
    /// Everything about one member, for whoever opens that file.
    OfOrganisation(OrganisationId),
    OfPerson(PersonId),
    /// Everything for one target, or of one meeting: what colleagues agreed among themselves.
    OfTarget(i64),
    OfSession(i64),
}

impl Whose {
    fn push(self, query: &mut Query) {
        match self {
            Self::Own(user) => {
                query.push(" and (a.owner_user_id = ").bind(user).push(" or a.made_by = ");
                query.bind(user).push(")");
            }
            Self::OwnOrTeams(user, team) => {
                query.push(" and (a.owner_user_id = ").bind(user).push(" or a.made_by = ");
                query.bind(user).push(" or a.owner_team_id = ").bind(team).push(")");
            }
            Self::Team(user, team) => {
                query
                    .push(" and (a.owner_team_id = ")
                    .bind(team)
                    .push(" or u.team_id = ")
                    .bind(team)
                    .push(" or (a.owner_user_id is not null and u.team_id is null) or a.made_by = ")
                    .bind(user)
                    .push(")");
            }
            Self::All => {}
            Self::OfOrganisation(organisation) => {
                query.push(" and a.organisation_id = ").bind(organisation);
            }
            Self::OfPerson(person) => {
                query.push(" and a.person_id = ").bind(person);
            }
            Self::OfTarget(target) => {
                query.push(" and a.target_id = ").bind(target);
            }
            Self::OfSession(session) => {
                query.push(" and a.session_id = ").bind(session);
            }
        }
    }
}

fn seen(whose: Whose, sight: Sight) -> Query {
    let mut query = Query::new(COLUMNS);
    sight.push(&mut query);
    query.push(" where true");
    whose.push(&mut query);
    query
}

/// What a list is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Only {
    /// Also what is done or dropped.
    pub all: bool,
    /// Only what is this one's to do.
    pub owner: Option<Owner>,
    /// Only what this one promised for somebody else to do.
    pub made_by: Option<UserId>,
    /// Behind this one, in the order of ids: for paging through all.
    pub after: Option<AgreementId>,
}

/// What presses most first; behind `after` in the order in which they were made where that is asked for.
pub async fn list(
    tx: &mut Tx,
    whose: Whose,
    only: Only,
    sight: Sight,
    limit: i64,
) -> Result<Vec<Agreement>, Error> {
    let mut query = seen(whose, sight);
    if !only.all {
        query.push(" and a.state = 'open'");
    }
    match only.owner {
        Some(Owner::User(user)) => {
            query.push(" and a.owner_user_id = ").bind(user);
        }
        Some(Owner::Team(team)) => {
            query.push(" and a.owner_team_id = ").bind(team);
        }
        None => {}
    }
    if let Some(user) = only.made_by {
        query
            .push(" and a.made_by = ")
            .bind(user)
            .push(" and (a.owner_user_id is null or a.owner_user_id <> ");
        query.bind(user).push(")");
    }
    match only.after {
        None => query
            .push(" order by case when a.state = 'open' then 0 else 1 end, a.due_on, a.id limit "),
        Some(after) => query.push(" and a.id > ").bind(after).push(" order by a.id limit "),
    };
    query.bind(limit);
    tx.list(query).await
}

pub async fn by_id(
    tx: &mut Tx,
    id: AgreementId,
    whose: Whose,
    sight: Sight,
) -> Result<Option<Agreement>, Error> {
    let mut query = seen(whose, sight);
    query.push(" and a.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// Writes an agreement down. One with a key that is there already is that one.
pub async fn add(
    tx: &mut Tx,
    agreement: &NewAgreement,
    device_key: Option<&str>,
) -> Result<AgreementId, Error> {
    db::row! { struct Known { id: AgreementId } }

    if let Some(key) = device_key {
        let known: Option<Known> = tx
            .one(
                "select id from agreements where made_by = $1 and device_key = $2",
                args![tx.actor().user, key],
            )
            .await?;
        if let Some(Known { id }) = known {
            return Ok(id);
        }
    }
    let id = AgreementId(new_id());
    let (me, now) = (tx.actor().user, tx.now());
    let NewAgreement { what, owner, due_on, person, organisation, source } = agreement;
    tx.change_one(
        "insert into agreements (id, what, person_id, organisation_id, source, owner_user_id, owner_team_id,
                                 promised_on, due_on, level, state, device_key, made_by, made_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 'open', $10, $11, $12, 1)",
        args![
            id, what.trim(), *person, *organisation, *source, owner.user(), owner.team(), *due_on, *due_on,
            device_key, me, now,
        ],
    )
    .await?;
    let about =
        About { thing: Thing::Agreement, id: id.0, person: *person, organisation: *organisation };
    let event = about
        .event(EventKind::AgreementMade, local(now).date())
        .with("source", Fact::Code(source.code()));
    activity::record(tx, event).await?;
    mention::note(tx, what, mention::Thing::Agreement, id.0).await?;
    Ok(id)
}

/// Says for which target an agreement is, and in which meeting it was made.
pub async fn is_for(
    tx: &mut Tx,
    id: AgreementId,
    target: Option<i64>,
    session: Option<i64>,
) -> Result<(), Error> {
    tx.change_one(
        "update agreements set target_id = $1, session_id = $2 where id = $3",
        args![target, session, id],
    )
    .await
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Broken(#[from] Error),
}

/// One thing that is done with an open agreement; see `docs/states.md` §4.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// Today.
    Done,
    /// `by_member` says who wanted the other day.
    Move {
        to: Date,
        by_member: bool,
    },
    Give(Owner),
    Drop(DropWhy),
}

/// Changes an agreement as it was read.
///
/// # Errors
///
/// [`Refused::NotOpen`], [`Refused::DayPast`]; [`Error::Raced`] if somebody changed it in between.
pub async fn change(tx: &mut Tx, agreement: &Agreement, change: Change) -> Result<(), Failed> {
    if agreement.state != State::Open {
        return Err(Refused::NotOpen.into());
    }
    let (me, now) = (tx.actor().user, tx.now());
    let today = local(now).date();
    let mut query = Query::new("update agreements set version = version + 1");
    let changed = |what| {
        let event = agreement.about().event(EventKind::AgreementChanged, today);
        event.with("change", Fact::Code(what))
    };
    let event = match change {
        Change::Done => {
            query.push(", state = 'done', done_on = ").bind(today).push(", done_by = ").bind(me);
            let on_time = if agreement.days().is_kept(today) { "yes" } else { "no" };
            let event = agreement.about().event(EventKind::AgreementDone, today);
            event.with("on_time", Fact::Code(on_time))
        }
        Change::Move { to, by_member } => {
            let Days { promised_on, due_on } = agreement.days().moved(to, by_member, today)?;
            query
                .push(", level = 0, promised_on = ")
                .bind(promised_on)
                .push(", due_on = ")
                .bind(due_on);
            changed(if by_member { "moved_by_member" } else { "moved" }).with("due", Fact::Day(to))
        }
        Change::Give(owner) => {
            let about = agreement.about();
            return Ok(owned::hand_over(tx, about, agreement.version, owner).await?);
        }
        Change::Drop(why) => {
            query.push(", state = 'dropped', dropped_why = ").bind(why);
            changed("dropped").with("why", Fact::Code(why.code()))
        }
    };
    query.push(" where id = ").bind(agreement.id).push(" and version = ").bind(agreement.version);
    if tx.execute_query(query).await? == 0 {
        return Err(Error::Raced.into());
    }
    activity::record(tx, event).await?;
    Ok(())
}

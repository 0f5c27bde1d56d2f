use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{
    Event, EventKind, Fact, OrganisationId, PersonId, PersonName, TeamId, ThemeId, UserId, WishId,
    local,
};
use people::Sight;
use service_rules::owner::Owner;
use service_rules::wish::{How, Kind, NewWish, Refused, Source, State, Step, WithdrawWhy};

use crate::mention;
use crate::owned::{self, About, Thing};

db::row! {
    /// A wish as it is shown.
    #[derive(Clone, Debug)]
    pub struct Wish {
        pub id: WishId,
        pub kind: Kind,
        pub theme_id: ThemeId,
        pub theme_nl: String,
        pub theme_en: String,
        pub person_id: Option<PersonId>,
        pub initials: Option<String>,
        pub first_name: Option<String>,
        pub call_name: Option<String>,
        pub prefix: Option<String>,
        pub surname: Option<String>,
        pub organisation_id: Option<OrganisationId>,
        pub organisation: Option<String>,
        pub words: String,
        pub source: Source,
        pub owner_user_id: Option<UserId>,
        pub owner_team_id: Option<TeamId>,
        pub owner: Option<String>,
        pub due_on: Date,
        pub level: i64,
        pub state: State,
        pub answer: Option<String>,
        pub answered_by: Option<String>,
        pub answered_at: Option<Timestamp>,
        pub told_at: Option<Timestamp>,
        pub told_how: Option<How>,
        pub solved: Option<bool>,
        pub withdrawn_why: Option<WithdrawWhy>,
        pub made_by: Option<String>,
        pub made_at: Timestamp,
        pub version: i64,
    }
}

impl Wish {
    /// Who said it, if it was a person.
    #[must_use]
    pub fn said_by(&self) -> Option<PersonName> {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        self.person_id.map(|_| PersonName {
            initials: text(&self.initials),
            first_name: text(&self.first_name),
            call_name: text(&self.call_name),
            prefix: text(&self.prefix),
            surname: text(&self.surname),
        })
    }

    /// Empty if it is about a person alone.
    #[must_use]
    pub fn organisation_name(&self) -> &str {
        self.organisation.as_deref().unwrap_or_default()
    }

    pub(crate) fn about(&self) -> About {
        About {
            thing: Thing::Wish,
            id: self.id.0,
            person: self.person_id,
            organisation: self.organisation_id,
        }
    }

    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state.is_open() && self.due_on < today
    }
}

/// A person whom this user may not see takes the wish along, unless an organisation asked it.
const COLUMNS: &str = "select w.id, w.kind, w.theme_id, h.name_nl as theme_nl, h.name_en as theme_en,
       p.id as person_id, p.initials, p.first_name, p.call_name, p.prefix, p.surname,
       w.organisation_id, o.name as organisation, w.words, w.source, w.owner_user_id, w.owner_team_id,
       coalesce(u.name, t.name) as owner, w.due_on, w.level, w.state, w.answer, a.name as answered_by,
       w.answered_at, w.told_at, w.told_how, w.solved, w.withdrawn_why, m.name as made_by, w.made_at, w.version
  from wishes w
  join themes h on h.id = w.theme_id
  left join organisations o on o.id = w.organisation_id
  left join users u on u.id = w.owner_user_id
  left join teams t on t.id = w.owner_team_id
  left join users a on a.id = w.answered_by
  left join users m on m.id = w.made_by
  left join people p on p.id = w.person_id";

fn seen(sight: Sight) -> Query {
    let mut query = Query::new(COLUMNS);
    sight.push(&mut query);
    query.push(" where (p.id is not null or w.organisation_id is not null)");
    query
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Only {
    /// Open and answered, or also what is over.
    pub all: bool,
    pub theme: Option<ThemeId>,
    pub owner: Option<Owner>,
    pub organisation: Option<OrganisationId>,
    pub person: Option<PersonId>,
    /// Behind this one, in the order of ids: for paging through all.
    pub after: Option<WishId>,
}

/// What presses most first; behind `after` in the order of registration where that is asked for.
pub async fn list(tx: &mut Tx, only: &Only, sight: Sight, limit: i64) -> Result<Vec<Wish>, Error> {
    let mut query = seen(sight);
    if !only.all {
        query.push(" and w.state in ('open', 'answered')");
    }
    if let Some(theme) = only.theme {
        query.push(" and w.theme_id = ").bind(theme);
    }
    match only.owner {
        Some(Owner::User(user)) => {
            query.push(" and w.owner_user_id = ").bind(user);
        }
        Some(Owner::Team(team)) => {
            query.push(" and w.owner_team_id = ").bind(team);
        }
        None => {}
    }
    if let Some(organisation) = only.organisation {
        query.push(" and w.organisation_id = ").bind(organisation);
    }
    if let Some(person) = only.person {
        query.push(" and w.person_id = ").bind(person);
    }
    match only.after {
        None => query.push(
            " order by case when w.state in ('open', 'answered') then 0 else 1 end, w.due_on, w.id limit ",
        ),
        Some(after) => {
            query.push(" and w.id > ").bind(after).push(" order by w.id limit ")
        }
    };
    query.bind(limit);
    tx.list(query).await
}

pub async fn by_id(tx: &mut Tx, id: WishId, sight: Sight) -> Result<Option<Wish>, Error> {
    let mut query = seen(sight);
    query.push(" and w.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// What members heard before about the same theme, latest first: who asks again need not wait.
pub(super) async fn answered_before(
    tx: &mut Tx,
    wish: &Wish,
    sight: Sight,
) -> Result<Vec<Wish>, Error> {
    let mut query = seen(sight);
    query
        .push(" and w.state = 'told' and w.solved and w.theme_id = ")
        .bind(wish.theme_id)
        .push(" and w.id <> ")
        .bind(wish.id)
        .push(" order by w.answered_at desc limit 5");
    tx.list(query).await
}

/// Registers a wish. One with a key that is there already is that one: its id comes back, and nothing is written.
pub async fn add(tx: &mut Tx, wish: &NewWish, device_key: Option<&str>) -> Result<WishId, Error> {
    db::row! { struct Known { id: WishId } }

    if let Some(key) = device_key {
        let known: Option<Known> = tx
            .one(
                "select id from wishes where made_by = $1 and device_key = $2",
                args![tx.actor().user, key],
            )
            .await?;
        if let Some(Known { id }) = known {
            return Ok(id);
        }
    }
    let id = WishId(new_id());
    let (me, now) = (tx.actor().user, tx.now());
    let NewWish { kind, theme, words, person, organisation, source, owner, due_on } = wish;
    tx.change_one(
        "insert into wishes (id, kind, theme_id, person_id, organisation_id, words, source, owner_user_id,
                             owner_team_id, due_on, level, state, device_key, made_by, made_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 'open', $11, $12, $13, 1)",
        args![
            id, *kind, *theme, *person, *organisation, words.trim(), *source, owner.user(), owner.team(),
            *due_on, device_key, me, now,
        ],
    )
    .await?;
    let about =
        About { thing: Thing::Wish, id: id.0, person: *person, organisation: *organisation };
    let today = local(now).date();
    let event = about
        .event(EventKind::WishMade, today)
        .with("theme", Fact::Number(theme.0))
        .with("source", Fact::Code(source.code()));
    let event = for_member(tx, event, *organisation, today).await?;
    activity::record(tx, event).await?;
    mention::note(tx, words, mention::Thing::Wish, id.0).await?;
    Ok(id)
}

/// Says for which member it counts: the one above the place, on this day.
async fn for_member(
    tx: &mut Tx,
    event: Event,
    organisation: Option<OrganisationId>,
    today: Date,
) -> Result<Event, Error> {
    let Some(place) = organisation else { return Ok(event) };
    let member = membership::member_of(tx, place, today).await?;
    Ok(event.with("member", Fact::Number(member.0)))
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Broken(#[from] Error),
}

/// Takes a step with a wish as it was read.
///
/// # Errors
///
/// [`Refused`] if the step does not begin in this state; [`Error::Raced`] if somebody changed it in between.
pub async fn take(tx: &mut Tx, wish: &Wish, step: &Step) -> Result<(), Failed> {
    let (me, now) = (tx.actor().user, tx.now());
    let today = local(now).date();
    let to = wish.state.after(step, today)?;
    let mut query = Query::new("update wishes set version = version + 1, state = ");
    query.bind(to);
    let event = |kind| wish.about().event(kind, today);
    let event: Event = match step {
        Step::Answer { words } => {
            query
                .push(", answer = ")
                .bind(words.trim().to_owned())
                .push(", answered_by = ")
                .bind(me)
                .push(", answered_at = ")
                .bind(now);
            mention::note(tx, words, mention::Thing::Wish, wish.id.0).await?;
            event(EventKind::WishAnswered)
        }
        Step::Tell { how, solved } => {
            query
                .push(", told_at = ")
                .bind(now)
                .push(", told_by = ")
                .bind(me)
                .push(", told_how = ")
                .bind(*how)
                .push(", solved = ")
                .bind(*solved);
            let told = event(EventKind::WishTold)
                .with("how", Fact::Code(how.code()))
                .with("solved", Fact::Code(if *solved { "yes" } else { "no" }));
            for_member(tx, told, wish.organisation_id, today).await?
        }
        Step::Reopen { due_on } => {
            query
                .push(", level = 0, told_at = null, told_by = null, told_how = null, solved = null, due_on = ")
                .bind(*due_on);
            event(EventKind::WishChanged).with("change", Fact::Code("reopened"))
        }
        Step::Withdraw { why } => {
            query.push(", withdrawn_why = ").bind(*why);
            event(EventKind::WishChanged).with("change", Fact::Code("withdrawn"))
        }
    };
    query.push(" where id = ").bind(wish.id).push(" and version = ").bind(wish.version);
    if tx.execute_query(query).await? == 0 {
        return Err(Error::Raced.into());
    }
    activity::record(tx, event).await?;
    Ok(())
}

/// Gives an open wish to somebody else.
///
/// # Errors
///
/// [`Error::Raced`] if it ended, or if somebody changed it in between.
pub async fn hand_over(tx: &mut Tx, wish: &Wish, owner: Owner) -> Result<(), Error> {
    owned::hand_over(tx, wish.about(), wish.version, owner).await
}

db::row! {
    /// How many members of a sector asked about a theme.
    pub(super) struct Count { pub theme_id: ThemeId, pub sector: String, pub n: i64 }
}

/// From `since` until before `until`, by theme and by sector of who asked; whatever came of it, but for what was withdrawn.
/// Whoever asked five times is one: five questions of one shop are no five shops.
pub(super) async fn counts(
    tx: &mut Tx,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Count>, Error> {
    tx.all(
        "select w.theme_id, coalesce(nullif(o.sector, ''), nullif(p.sector, ''), '') as sector,
                count(distinct coalesce(w.organisation_id, w.person_id)) as n
           from wishes w
           left join organisations o on o.id = w.organisation_id
           left join people p on p.id = w.person_id
          where w.made_at >= $1 and w.made_at < $2 and w.state <> 'withdrawn'
          group by w.theme_id, coalesce(nullif(o.sector, ''), nullif(p.sector, ''), '')",
        args![since, until],
    )
    .await
}

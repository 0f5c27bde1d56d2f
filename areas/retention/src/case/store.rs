use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{
    AttemptId, CancellationId, Cents, Event, EventKind, Fact, MembershipId, OrganisationId,
    PersonId, TeamId, UserId, local,
};
use membership::Holder;
use retention_rules::case::{Case, Channel, EndedAs, State};
use web::Leaver;

use super::decide::Refused;

db::row! {
    /// A case as it is kept.
    #[derive(Clone, Debug)]
    pub struct Stored {
        pub id: CancellationId,
        pub membership_id: MembershipId,
        pub person_id: Option<PersonId>,
        pub organisation_id: Option<OrganisationId>,
        pub channel: Channel,
        pub received_on: Date,
        pub wished_on: Option<Date>,
        pub state: State,
        pub reason_nr: Option<i64>,
        pub words: String,
        pub avoidable: Option<bool>,
        pub no_offers: bool,
        pub ends_on: Option<Date>,
        pub ended_as: Option<EndedAs>,
        pub because: Option<String>,
        pub right_id: Option<i64>,
        pub due_cents: Option<Cents>,
        pub kept_with: Option<i64>,
        pub aftercare_on: Option<Date>,
        pub attempt_id: Option<AttemptId>,
        pub owner_id: Option<UserId>,
        pub team_id: Option<TeamId>,
        pub owner: Option<String>,
        pub opened_at: Timestamp,
        pub decided_by: Option<String>,
        pub decided_at: Option<Timestamp>,
        pub offers: i64,
        pub version: i64,
    }
}

impl Stored {
    #[must_use]
    pub fn holder(&self) -> Holder {
        match (self.person_id, self.organisation_id) {
            (Some(person), _) => Holder::Person(person),
            (None, organisation) => Holder::Organisation(organisation.unwrap_or(OrganisationId(0))),
        }
    }

    pub(super) fn case(&self) -> Case {
        Case {
            state: self.state,
            ends_on: self.ends_on,
            no_offers: self.no_offers,
            offers: self.offers,
        }
    }

    fn event(&self, kind: EventKind, today: Date) -> Event {
        let mut event = Event::new(kind, today).with("case", Fact::Number(self.id.0));
        (event.person, event.organisation) = (self.person_id, self.organisation_id);
        event
    }
}

const CASE: &str = "select c.id, c.membership_id, c.person_id, c.organisation_id, c.channel, c.received_on, c.wished_on,
       c.state, c.reason_nr, c.words, c.avoidable, c.no_offers, c.ends_on, c.ended_as, c.because, c.right_id,
       c.due_cents, c.kept_with, c.aftercare_on, c.attempt_id, c.owner_id, c.team_id,
       coalesce(o.name, t.name) as owner, c.opened_at, d.name as decided_by, c.decided_at,
       (select count(*) from case_arguments a where a.case_id = c.id and a.is_offer) as offers, c.version
  from cancellation_cases c
  left join users o on o.id = c.owner_id
  left join teams t on t.id = c.team_id and c.owner_id is null
  left join users d on d.id = c.decided_by
 where true";

pub async fn by_id(tx: &mut Tx, id: CancellationId) -> Result<Option<Stored>, Error> {
    let mut query = Query::new(CASE);
    query.push(" and c.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// The cases of a membership's holder, newest first.
pub(super) async fn of_holder(tx: &mut Tx, holder: Holder) -> Result<Vec<Stored>, Error> {
    let mut query = Query::new(CASE);
    match holder {
        Holder::Person(person) => query.push(" and c.person_id = ").bind(person),
        Holder::Organisation(organisation) => {
            query.push(" and c.organisation_id = ").bind(organisation)
        }
    };
    query.push(" order by c.id desc limit 50");
    tx.list(query).await
}

async fn open_of(tx: &mut Tx, membership: MembershipId) -> Result<Option<Stored>, Error> {
    let mut query = Query::new(CASE);
    query.push(" and c.state in ('open', 'offered') and c.membership_id = ").bind(membership);
    Ok(tx.list(query).await?.pop())
}

/// A notice as it came in.
#[derive(Clone, Copy, Debug)]
pub struct NewNotice {
    pub membership: MembershipId,
    pub channel: Channel,
    pub received_on: Date,
    /// The last day that was asked for; none for as soon as possible.
    pub wished_on: Option<Date>,
    /// The call in which it was said.
    pub attempt: Option<AttemptId>,
    /// By its kind others who wanted to leave are compared with this member: `pension`, `young`, `working`, `company`.
    pub member_kind: &'static str,
}

/// Opens a case, or adds the notice to the one that is open (C1). `true` if it is a new one.
///
/// # Errors
///
/// [`Refused::NoMembership`] if there is no such membership, or it is over already.
pub async fn open(tx: &mut Tx, notice: NewNotice) -> Result<(CancellationId, bool), Refused> {
    let NewNotice { membership, channel, received_on, wished_on, attempt, member_kind } = notice;
    let now = tx.now();
    let today = local(now).date();
    if received_on > today {
        return Err(Refused::NotYetReceived);
    }
    let Some((held, holder)) = membership::by_id(tx, membership).await? else {
        return Err(Refused::NoMembership);
    };
    if held.ends_on.is_some_and(|end| end < received_on) {
        return Err(Refused::NoMembership);
    }
    // Two who open one at once: the second sees the first.
    let (person, organisation) = match holder {
        Holder::Person(person) => {
            people::person::hold(tx, person).await?;
            (Some(person), None)
        }
        Holder::Organisation(organisation) => {
            people::organisation::hold(tx, organisation).await?;
            (None, Some(organisation))
        }
    };
    let (me, team) = (tx.actor().user, tx.actor().team);
    let known = open_of(tx, membership).await?;
    let is_new = known.is_none();
    let case = if let Some(case) = known {
        tx.execute(
            "update cancellation_cases
                set attempt_id = coalesce($1, attempt_id), wished_on = coalesce($2, wished_on), version = version + 1
              where id = $3",
            args![attempt, wished_on, case.id],
        )
        .await?;
        case.id
    } else {
        let id = CancellationId(new_id());
        let owner = (me != UserId(0)).then_some(me);
        tx.change_one(
            "insert into cancellation_cases (id, membership_id, person_id, organisation_id, channel, received_on, wished_on, state,
                                             words, no_offers, attempt_id, owner_id, team_id, opened_by, opened_at, member_kind,
                                             version)
             values ($1, $2, $3, $4, $5, $6, $7, 'open', '', false, $8, $9, $10, $11, $12, $13, 1)",
            args![
                id, membership, person, organisation, channel, received_on, wished_on, attempt, owner, team, me,
                now, member_kind,
            ],
        )
        .await?;
        id
    };
    tx.change_one(
        "insert into cancellation_notices (id, case_id, channel, received_on, wished_on, told_by, told_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![new_id(), case, channel, received_on, wished_on, me, now],
    )
    .await?;
    let mut event = Event::new(EventKind::CancellationOpened, today)
        .with("case", Fact::Number(case.0))
        .with("channel", Fact::Code(channel.code()));
    (event.person, event.organisation) = (person, organisation);
    activity::record(tx, event).await?;
    Ok((case, is_new))
}

/// The longest that own words may be.
pub(super) const WORDS_MAX: usize = 2_000;

/// Writes down why, in the member's own words too; each may be left out. Whether it could have been avoided follows from the reason
/// unless an agent says otherwise.
///
/// # Errors
///
/// [`Refused::Rule`] if it was decided already.
pub async fn note(
    tx: &mut Tx,
    case: &Stored,
    reason: Option<(i64, bool)>,
    words: &str,
    no_offers: bool,
) -> Result<(), Refused> {
    case.case().note()?;
    let words: String = words.trim().chars().take(WORDS_MAX).collect();
    let (nr, avoidable) = reason.unzip();
    if (case.reason_nr, case.words.as_str(), case.no_offers) == (nr, words.as_str(), no_offers) {
        return Ok(());
    }
    tx.change_one(
        "update cancellation_cases
            set reason_nr = $1, avoidable = $2, words = $3, no_offers = $4, version = version + 1
          where id = $5 and state in ('open', 'offered')",
        args![nr, avoidable, words, no_offers, case.id],
    )
    .await?;
    let change = if no_offers && !case.no_offers { "no_offers" } else { "reason" };
    changed(tx, case, change).await?;
    Ok(())
}

pub(super) async fn changed(tx: &mut Tx, case: &Stored, change: &'static str) -> Result<(), Error> {
    let event = case
        .event(EventKind::CancellationChanged, local(tx.now()).date())
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

/// What was brought forward, by number.
pub(super) async fn brought(tx: &mut Tx, case: CancellationId) -> Result<Vec<i64>, Error> {
    db::row! { struct Brought { argument_nr: i64 } }

    let found: Vec<Brought> = tx
        .all(
            "select argument_nr from case_arguments where case_id = $1 order by at, argument_nr",
            args![case],
        )
        .await?;
    Ok(found.into_iter().map(|row| row.argument_nr).collect())
}

/// What was decided, as it is written.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub state: State,
    pub ends_on: Option<Date>,
    pub ended_as: Option<EndedAs>,
    pub because: Option<&'static str>,
    pub terms: Option<i64>,
    pub right: Option<i64>,
    pub due: Option<Cents>,
    pub kept_with: Option<i64>,
    pub aftercare_on: Option<Date>,
    /// The days on which is looked whether the member stayed.
    pub stays_on: Date,
    pub year_on: Date,
    /// What it counts as where no call says so.
    pub counts: Option<&'static str>,
    /// Which terms decided, with their version.
    pub rule: Option<String>,
}

/// Writes a decision. Taken apart without `..`, so that a new part of it cannot be forgotten.
///
/// # Errors
///
/// [`Error::Raced`] if somebody decided meanwhile.
pub(super) async fn decided(tx: &mut Tx, case: &Stored, decision: Decision) -> Result<(), Error> {
    let Decision {
        state,
        ends_on,
        ended_as,
        because,
        terms,
        right,
        due,
        kept_with,
        aftercare_on,
        stays_on,
        year_on,
        counts,
        rule,
    } = decision;
    let (me, now) = (tx.actor().user, tx.now());
    let today = local(now).date();
    tx.change_one(
        "update cancellation_cases
            set state = $1, ends_on = $2, ended_as = $3, because = $4, terms_id = $5, right_id = $6, due_cents = $7,
                kept_with = $8, aftercare_on = $9, stays_on = $10, year_on = $11, decided_by = $12, decided_on = $13,
                decided_at = $14, version = version + 1
          where id = $15 and version = $16",
        args![
            state, ends_on, ended_as, because, terms, right, due, kept_with, aftercare_on, stays_on, year_on, me,
            today, now, case.id, case.version,
        ],
    )
    .await?;
    let mut event =
        case.event(EventKind::CancellationDecided, today).with("decided", Fact::Code(state.code()));
    if let Some(ends_on) = ends_on {
        event = event.with("ends_on", Fact::Day(ends_on));
    }
    if let Some(counts) = counts {
        event = event.with("outcome", Fact::Code(counts));
    }
    event.rule = rule;
    activity::record(tx, event).await
}

/// A membership was withdrawn as if it had never begun: there is nothing left to decide about it.
pub async fn void(tx: &mut Tx, membership: MembershipId, on: Date) -> Result<(), Error> {
    let Some(case) = open_of(tx, membership).await? else { return Ok(()) };
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update cancellation_cases
            set state = 'taken_back', ends_on = $1, ended_as = 'cancelled', because = 'withdrawn', decided_by = $2,
                decided_on = $3, decided_at = $4, version = version + 1
          where id = $5 and version = $6",
        args![on, me, local(now).date(), now, case.id, case.version],
    )
    .await?;
    let event = case
        .event(EventKind::CancellationDecided, local(now).date())
        .with("decided", Fact::Code(State::TakenBack.code()));
    activity::record(tx, event).await
}

/// A notice that was taken back: who decided and when stay as they were.
pub(super) async fn taken_back(tx: &mut Tx, case: &Stored, state: State) -> Result<(), Error> {
    tx.change_one(
        "update cancellation_cases set state = $1, version = version + 1 where id = $2 and version = $3",
        args![state, case.id, case.version],
    )
    .await?;
    let event = case
        .event(EventKind::CancellationDecided, local(tx.now()).date())
        .with("decided", Fact::Code(state.code()));
    activity::record(tx, event).await
}

/// What a list of cases is narrowed to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Show {
    Open,
    Decided,
}

db::row! {
    /// A case in a list.
    #[derive(Clone, Debug)]
    pub(super) struct Listed {
        pub id: CancellationId,
        pub person_id: Option<PersonId>,
        pub initials: Option<String>,
        pub first_name: Option<String>,
        pub call_name: Option<String>,
        pub prefix: Option<String>,
        pub surname: Option<String>,
        pub organisation: Option<String>,
        pub channel: Channel,
        pub received_on: Date,
        pub state: State,
        pub ends_on: Option<Date>,
        pub aftercare_on: Option<Date>,
        pub reason_nr: Option<i64>,
        pub owner_id: Option<UserId>,
        pub owner: Option<String>,
    }
}

/// Cases of this colleague and of the team; the open ones oldest first, the others newest first; behind `after`.
pub(super) async fn list(
    tx: &mut Tx,
    show: Show,
    (user, team): (UserId, Option<TeamId>),
    after: CancellationId,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let mut query = Query::new(
        "select c.id, c.person_id, p.initials, p.first_name, p.call_name, p.prefix, p.surname, g.name as organisation,
                c.channel, c.received_on, c.state, c.ends_on, c.aftercare_on, c.reason_nr, c.owner_id,
                coalesce(o.name, t.name) as owner
           from cancellation_cases c
           left join people p on p.id = c.person_id
           left join organisations g on g.id = c.organisation_id
           left join users o on o.id = c.owner_id
           left join teams t on t.id = c.team_id and c.owner_id is null
          where (c.owner_id = ",
    );
    query.bind(user).push(" or c.team_id is null or c.team_id = ").bind(team).push(")");
    match show {
        Show::Open => {
            query.push(" and c.state in ('open', 'offered') and c.id > ").bind(after);
            query.push(" order by c.id limit ");
        }
        Show::Decided => {
            query.push(" and c.state in ('kept', 'ended', 'taken_back')");
            if after != CancellationId(0) {
                query.push(" and c.id < ").bind(after);
            }
            query.push(" order by c.id desc limit ");
        }
    }
    query.bind(limit);
    tx.list(query).await
}

/// Gives an open case to a colleague.
pub(super) async fn take_over(tx: &mut Tx, case: &Stored) -> Result<(), Error> {
    let me = tx.actor().user;
    tx.change_one(
        "update cancellation_cases set owner_id = $1, version = version + 1
          where id = $2 and state in ('open', 'offered')",
        args![me, case.id],
    )
    .await?;
    changed(tx, case, "owner").await
}

/// Somebody's account ends: open cases go to the team that goes on.
pub(crate) async fn leave(tx: &mut Tx, leaver: Leaver) -> Result<(), Error> {
    let Leaver { user, heir } = leaver;
    tx.execute(
        "update cancellation_cases set owner_id = null, team_id = coalesce($1, team_id), version = version + 1
          where owner_id = $2 and state in ('open', 'offered')",
        args![heir, user],
    )
    .await
    .map(drop)
}

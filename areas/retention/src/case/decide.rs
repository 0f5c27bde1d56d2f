//! Deciding a case: what the rules say, and everything that follows from it in the same step (E1).

use calls::callback::NoPromise;
use calls::outcome::{About, NoCall, Said};
use calls_rules::callback::{Owner, When, Wish};
use calls_rules::outcome::{Code, Outcome, Settings};
use db::{Error, Tx, args};
use dues_rules::amount::Cancelled;
use jiff::ToSpan as _;
use jiff::ZonedDateTime;
use jiff::civil::Date;
use kernel::{AttemptId, Cents, Fence, MembershipId, PersonId, Pii};
use membership::Holder;
use membership_rules::Ended;
use membership_rules::tariff::due_until;
use people_rules::check::NotChecked;
use people_rules::representative::Scope;
use retention_rules::case::{self, EndedAs, Offer};
use retention_rules::notice::{Because, End, Notice, earliest_end};
use rulebook::Missing;
use web::App;

use super::store::{self, Decision, Stored};
use super::told;
use crate::terms;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no membership that can end")]
    NoMembership,
    #[error("a notice cannot come in on a day to come")]
    NotYetReceived,
    #[error("nobody dies on a day to come, nor before the membership began")]
    NotThatDay,
    #[error("no outcome was chosen")]
    NoOutcome,
    #[error("nothing says how a membership of this kind ends")]
    NoTerms,
    #[error(transparent)]
    Rule(#[from] case::Refused),
    /// Somebody rings, and was not checked for this.
    #[error("check first who is on the line")]
    NotChecked(NotChecked),
    /// A text cannot be filled in: an administrator changed it.
    #[error("{0}")]
    Message(String),
    /// The call in which it is decided cannot have this outcome.
    #[error(transparent)]
    Call(NoCall),
    #[error(transparent)]
    Broken(#[from] Error),
}

impl From<NoCall> for Refused {
    fn from(error: NoCall) -> Self {
        match error {
            NoCall::Broken(error) => Self::Broken(error),
            error => Self::Call(error),
        }
    }
}

/// The rule data that deciding depends on, as valid on one day.
#[derive(Clone)]
pub struct Rules {
    pub app: App,
    pub now: ZonedDateTime,
    pub calls: Settings,
    /// So many days after a member was kept somebody asks how it is.
    pub aftercare_days: i64,
    /// A member was kept who still is one so many days later.
    pub stays_days: i64,
    /// Fewer cases say nothing about an argument.
    pub cases_min: i64,
}

/// Reads them from the rule book.
pub fn rules(app: &App) -> Result<Rules, Missing> {
    let (book, now) = (app.rulebook(), app.now());
    let day = now.date();
    Ok(Rules {
        app: app.clone(),
        calls: calls::outcome_settings(&book, day)?,
        aftercare_days: book.number("retention.aftercare_days", day)?,
        stays_days: book.number("retention.stays_days", day)?,
        cases_min: book.number("retention.cases_min", day)?,
        now,
    })
}

impl Rules {
    pub(super) fn association(&self) -> String {
        self.app.settings().association.clone()
    }

    fn today(&self) -> Date {
        self.now.date()
    }

    fn days_on(&self, days: i64) -> Date {
        self.today().checked_add(days.days()).unwrap_or(Date::MAX)
    }
}

/// The acting agent's own call with this member, if there is one that waits for its outcome.
pub(super) async fn own_call(
    tx: &mut Tx,
    holder: Holder,
) -> Result<Option<(PersonId, Fence, AttemptId)>, Error> {
    let Holder::Person(person) = holder else { return Ok(None) };
    let me = tx.actor().user;
    let claim = calls::claim::of_agent(tx, me).await?.filter(|claim| claim.person_id == person);
    let Some(claim) = claim else { return Ok(None) };
    let attempt = calls::attempt::of_claim(tx, claim.id).await?;
    Ok(attempt.map(|attempt| (person, claim.fence, attempt.id)))
}

/// Nobody changes a membership for a voice that was not checked.
pub(super) async fn checked(tx: &mut Tx, holder: Holder) -> Result<(), Refused> {
    let Holder::Person(person) = holder else { return Ok(()) };
    let checked = people::check::require(tx, person, Scope::Cancellation).await?;
    checked.map_err(Refused::NotChecked)
}

/// Says in the call what came of it; outside a call the case counts by itself.
async fn log_call(
    tx: &mut Tx,
    case: &Stored,
    code: Code,
    note: Option<&str>,
    rules: &Rules,
) -> Result<bool, Refused> {
    let Some((person, fence, _)) = own_call(tx, case.holder()).await? else { return Ok(false) };
    let said = Said { note, objection_offered: false, chosen: None };
    let about = About::Person(person);
    let outcome = Outcome::Plain(code);
    let logged =
        calls::outcome::log(tx, fence, about, outcome, said, &rules.now, &rules.calls).await;
    logged.map(|_| true).map_err(Refused::from)
}

/// Brings something forward, once.
///
/// # Errors
///
/// [`Refused::Rule`]: decided already, not for this agent or this member, or one offer too many.
pub async fn bring(tx: &mut Tx, case: &Stored, argument: i64, offer: Offer) -> Result<(), Refused> {
    if store::brought(tx, case.id).await?.contains(&argument) {
        return Ok(());
    }
    let to = case.case().bring(offer)?;
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into case_arguments (case_id, argument_nr, is_offer, by_user, at) values ($1, $2, $3, $4, $5)",
        args![case.id, argument, offer.is_offer, me, now],
    )
    .await?;
    tx.change_one(
        "update cancellation_cases set state = $1, version = version + 1
          where id = $2 and state in ('open', 'offered')",
        args![to, case.id],
    )
    .await?;
    store::changed(tx, case, if offer.is_offer { "offer" } else { "argument" }).await?;
    Ok(())
}

/// How a member is kept.
#[derive(Clone, Debug, Default)]
pub struct Keeping<'a> {
    /// The argument with which.
    pub with: Option<i64>,
    /// The member said yes to being asked later how it is, in these words.
    pub aftercare: Option<&'a str>,
    /// What the agent wrote in the call.
    pub note: Option<&'a str>,
}

/// The member stays. Plans the after-care to whoever kept the member; in a call its outcome is written with it.
///
/// # Errors
///
/// [`Refused`].
pub async fn keep(
    tx: &mut Tx,
    case: &Stored,
    keeping: Keeping<'_>,
    rules: &Rules,
) -> Result<Option<Date>, Refused> {
    let state = case.case().keep()?;
    checked(tx, case.holder()).await?;
    let costs = membership::tariff::costs(tx, case.membership_id, rules.today()).await?;
    let in_call = log_call(tx, case, Code::Retained, keeping.note, rules).await?;
    let aftercare_on = match (case.person_id, keeping.aftercare) {
        (Some(person), Some(words)) => aftercare(tx, person, words, rules).await?,
        _ => None,
    };
    let case = again(tx, case).await?;
    let decision = Decision {
        state,
        ends_on: None,
        ended_as: None,
        because: None,
        terms: None,
        right: None,
        due: None,
        kept_with: keeping.with,
        aftercare_on,
        stays_on: rules.days_on(rules.stays_days),
        year_on: rules.today().checked_add(1.year()).unwrap_or(Date::MAX),
        counts: (!in_call).then_some("retained"),
        rule: None,
    };
    store::decided(tx, &case, decision).await?;
    told::kept(tx, &case, costs.as_ref(), rules).await?;
    Ok(aftercare_on)
}

/// The case as it is after what was written in this step.
async fn again(tx: &mut Tx, case: &Stored) -> Result<Stored, Error> {
    store::by_id(tx, case.id).await?.ok_or(Error::Raced)
}

/// A promise on the first working day after the days of the rule; none to who does not want to be called.
async fn aftercare(
    tx: &mut Tx,
    person: PersonId,
    words: &str,
    rules: &Rules,
) -> Result<Option<Date>, Refused> {
    let calendar = &rules.calls.calendar;
    let day = rules.days_on(rules.aftercare_days);
    let day = if calendar.is_working_day(day) { day } else { calendar.working_days_after(day, 1) };
    let wish = Wish {
        when: When::On(day),
        window: None,
        owner: Owner::Me,
        words: Some(Pii::new(words.to_owned())),
        warmth: None,
        opening: None,
    };
    let purpose = calls::campaign::Purpose::Retention;
    match calls::callback::promise(tx, person, purpose, wish, &rules.now, &rules.calls).await {
        Ok((_, plan)) => Ok(Some(plan.from.date())),
        Err(NoPromise::Refused(_)) => Ok(None),
        Err(NoPromise::Broken(error)) => Err(error.into()),
    }
}

/// What ending now would mean.
#[derive(Clone, Debug)]
pub struct Would {
    pub end: End,
    pub terms: i64,
    pub terms_from: Date,
    pub due: Cents,
}

/// The earliest last day by the terms and rights of the day on which the notice came in, and what is still due until then.
///
/// # Errors
///
/// [`Refused::NoTerms`], [`Refused::NoMembership`].
pub async fn would_end(
    tx: &mut Tx,
    membership: MembershipId,
    (received_on, wished_on): (Date, Option<Date>),
    today: Date,
) -> Result<Would, Refused> {
    let Some((held, _)) = membership::by_id(tx, membership).await? else {
        return Err(Refused::NoMembership);
    };
    let found = terms::on(tx, &held.tariff, received_on).await?;
    let (valid_from, terms) = found.ok_or(Refused::NoTerms)?;
    let since = held.starts_on;
    let right = terms::right_on(tx, &held.tariff, since, received_on).await?;
    let notice = Notice { received_on, wished_on, since };
    let mut end = earliest_end(&terms, right.as_ref(), &notice);
    // What was late on our side does not end a membership in the past.
    end.on = end.on.max(since.unwrap_or(end.on));
    let due = match membership::tariff::costs(tx, membership, today).await? {
        Some(costs) => due_until(&costs.tables, &costs.ages, &costs.facts, today, end.on)
            .into_iter()
            .map(|(_, cents)| cents)
            .sum(),
        None => Cents(0),
    };
    // What was asked and did not come in is still due besides.
    let due = due + dues::outstanding(tx, membership, today).await?;
    Ok(Would { end, terms: terms.id, terms_from: valid_from, due })
}

/// How a membership ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// By the member: on the earliest day that is permitted, not before the one that was asked for.
    Cancelled { wished_on: Option<Date> },
    /// As before, to another union or association.
    Transfer { wished_on: Option<Date> },
    /// On the day of death, whatever the terms say (BW 2:35).
    Died { on: Date },
}

/// The membership ends: its last day is written, and everything that follows.
///
/// # Errors
///
/// [`Refused`].
pub async fn end(
    tx: &mut Tx,
    case: &Stored,
    ending: Ending,
    note: Option<&str>,
    rules: &Rules,
) -> Result<Date, Refused> {
    let state = case.case().end()?;
    checked(tx, case.holder()).await?;
    let today = rules.today();
    let (ended_as, wished_on) = match ending {
        Ending::Cancelled { wished_on } => (EndedAs::Cancelled, wished_on),
        Ending::Transfer { wished_on } => (EndedAs::Transfer, wished_on),
        Ending::Died { on } => return died(tx, case, on, note, rules).await,
    };
    let would = would_end(tx, case.membership_id, (case.received_on, wished_on), today).await?;
    let ended = if ended_as == EndedAs::Transfer { Ended::Transfer } else { Ended::Cancelled };
    end_membership(tx, case, would.end.on, ended).await?;
    dues::stop(tx, case.membership_id, would.end.on, Cancelled::MembershipEnds).await?;
    let in_call = log_call(tx, case, Code::Cancelled, note, rules).await?;
    let case = again(tx, case).await?;
    let decision = Decision {
        state,
        ends_on: Some(would.end.on),
        ended_as: Some(ended_as),
        because: Some(because_code(would.end.because)),
        terms: Some(would.terms),
        right: match would.end.because {
            Because::LeaveRight(right) => Some(right),
            _ => None,
        },
        due: Some(would.due),
        kept_with: None,
        aftercare_on: None,
        stays_on: rules.days_on(rules.stays_days),
        year_on: today.checked_add(1.year()).unwrap_or(Date::MAX),
        counts: (!in_call).then_some("cancelled"),
        rule: Some(format!("cancel.terms.{}@{}", would.terms, would.terms_from)),
    };
    store::decided(tx, &case, decision).await?;
    told::ended(tx, &case, (would.end.on, would.due), rules).await?;
    Ok(would.end.on)
}

fn because_code(because: Because) -> &'static str {
    match because {
        Because::Terms => "terms",
        Because::TooLateInYear => "too_late_in_year",
        Because::MinTerm => "min_term",
        Because::Wished => "wished",
        Because::LeaveRight(_) => "leave_right",
    }
}

async fn end_membership(tx: &mut Tx, case: &Stored, on: Date, ended: Ended) -> Result<(), Refused> {
    match membership::end(tx, case.membership_id, on, ended).await {
        Ok(()) => Ok(()),
        Err(membership::Refused::Broken(error)) => Err(error.into()),
        Err(_) => Err(Refused::NotThatDay),
    }
}

/// A member died: the membership ended on that day, and nobody calls or writes any more from this moment on.
async fn died(
    tx: &mut Tx,
    case: &Stored,
    on: Date,
    note: Option<&str>,
    rules: &Rules,
) -> Result<Date, Refused> {
    let state = case.case().end()?;
    if on > rules.today() {
        return Err(Refused::NotThatDay);
    }
    end_membership(tx, case, on, Ended::Deceased).await?;
    dues::stop(tx, case.membership_id, on, Cancelled::Died).await?;
    if !log_call(tx, case, Code::Deceased, note, rules).await?
        && let Some(person) = case.person_id
    {
        calls::report_death(tx, person).await?;
    }
    let case = again(tx, case).await?;
    let decision = Decision {
        state,
        ends_on: Some(on),
        ended_as: Some(EndedAs::Deceased),
        because: Some("died"),
        terms: None,
        right: None,
        due: Some(Cents(0)),
        kept_with: None,
        aftercare_on: None,
        stays_on: rules.days_on(rules.stays_days),
        year_on: rules.today().checked_add(1.year()).unwrap_or(Date::MAX),
        counts: None,
        rule: None,
    };
    store::decided(tx, &case, decision).await?;
    told::died(tx, &case, on, rules).await?;
    Ok(on)
}

/// The member takes a notice back before its last day: the membership goes on as it was.
///
/// # Errors
///
/// [`Refused::Rule`].
pub async fn take_back(tx: &mut Tx, case: &Stored, rules: &Rules) -> Result<(), Refused> {
    let state = case.case().take_back(rules.today())?;
    checked(tx, case.holder()).await?;
    if case.ended_as == Some(EndedAs::Deceased) {
        return Err(case::Refused::Decided.into());
    }
    membership::go_on(tx, case.membership_id).await?;
    dues::go_on(tx, case.membership_id).await?;
    store::taken_back(tx, case, state).await?;
    Ok(())
}

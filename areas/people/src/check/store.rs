use std::collections::BTreeSet;

use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{CheckId, Event, EventKind, Fact, PersonId, PhoneNumber, RepresentativeId, local};
use people_rules::check::{Before, FactCode, Judged, Known, Line, Refused, Said, judge};

use super::CheckRules;
use crate::representative::{self, Representative};
use crate::{Sight, person};

/// Who says to be on the line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Who {
    Member,
    Representative(RepresentativeId),
    SomebodyElse,
}

impl Who {
    fn representative(self) -> Option<RepresentativeId> {
        match self {
            Self::Representative(id) => Some(id),
            Self::Member | Self::SomebodyElse => None,
        }
    }
}

db::row! {
    /// The call of the acting user with this person, until its outcome is logged.
    #[derive(Clone, Debug)]
    pub(super) struct Call {
        pub direction: String,
        pub number: Option<PhoneNumber>,
        pub started_at: Timestamp,
    }
}

pub(super) async fn call(tx: &mut Tx, person: PersonId) -> Result<Option<Call>, Error> {
    let user = tx.actor().user;
    tx.one(
        "select a.direction, a.number, a.started_at
           from claims c join attempts a on a.claim_id = c.id
          where c.agent_id = $1 and c.person_id = $2 and c.released_at is null
            and not exists (select 1 from outcomes o where o.attempt_id = a.id)
          order by a.id desc limit 1",
        args![user, person],
    )
    .await
}

/// What a check of one person depends on, for the user who asks.
pub struct Asked {
    pub person: PersonId,
    pub(super) known: Known,
    wrong_today: usize,
    said: Vec<SaidRow>,
    /// Those who speak for the member today.
    pub representatives: Vec<Representative>,
}

db::row! {
    struct SaidRow { representative_id: Option<RepresentativeId>, right_facts: String }
}

db::row! {
    struct Number { number: PhoneNumber }
}

impl Asked {
    /// What this voice said earlier.
    #[must_use]
    pub fn before(&self, who: Who) -> Before {
        let of_voice =
            self.said.iter().filter(|said| said.representative_id == who.representative());
        let right = of_voice
            .flat_map(|said| said.right_facts.split(','))
            .filter_map(|code| code.parse().ok())
            .collect();
        Before { right, wrong_today: self.wrong_today }
    }

    pub(super) fn line(&self, who: Who) -> Line {
        match who {
            Who::Member => Line::Member,
            Who::SomebodyElse => Line::SomebodyElse,
            Who::Representative(id) => Line::Representative {
                holds: self.representatives.iter().any(|found| found.id == id),
            },
        }
    }
}

/// `None` if there is nobody with this id.
pub async fn look(
    tx: &mut Tx,
    person: PersonId,
    rules: &CheckRules,
) -> Result<Option<Asked>, Error> {
    let Some(stored) = person::by_id(tx, person, Sight::All).await? else { return Ok(None) };
    let (user, now) = (tx.actor().user, tx.now());
    let phones: Vec<Number> = tx
        .all(
            "select number from phones
              where person_id = $1 and number is not null and unusable_at is null",
            args![person],
        )
        .await?;
    let phones: Vec<PhoneNumber> = phones.into_iter().map(|row| row.number).collect();
    let call = call(tx, person).await?;
    let on_line = call.as_ref().and_then(|call| call.number.clone());
    let we_began = call.as_ref().is_some_and(|call| call.direction == "out");
    let called = we_began && on_line.as_ref().is_some_and(|number| phones.contains(number));
    // A voice is one voice within a call; without a call, as long as a check is good for.
    let since = call.map_or(now - rules.valid, |call| call.started_at);
    let said = tx
        .all(
            "select representative_id, right_facts from caller_checks
              where person_id = $1 and user_id = $2 and checked_at >= $3",
            args![person, user, since],
        )
        .await?;
    let today = local(now).date();
    let midnight = today.in_tz(kernel::AMSTERDAM).map_err(|_| Error::Column("checked_at"))?;
    let wrong_today: Option<i64> = tx
        .value(
            "select cast(sum(wrong) as bigint) as value from caller_checks
              where person_id = $1 and checked_at >= $2",
            args![person, midnight.timestamp()],
        )
        .await?;
    let person::Stored { person: known, .. } = stored;
    Ok(Some(Asked {
        person,
        known: Known {
            birth_date: known.birth_date,
            postcode: known.address.postcode,
            house_number: known.address.house_number,
            addition: known.address.addition,
            member_number: known.member_number,
            email: known.email.and_then(|email| email.usable),
            phones,
            on_line,
            called,
        },
        wrong_today: wrong_today.and_then(|wrong| usize::try_from(wrong).ok()).unwrap_or(0),
        said,
        representatives: representative::speaking(tx, person, today).await?,
    }))
}

/// Compares what whoever is on the line said, and keeps which of it was right; never what was said.
///
/// # Errors
///
/// [`Error::Raced`] if there is nobody with this id.
pub async fn ask(
    tx: &mut Tx,
    person: PersonId,
    who: Who,
    said: &[Said],
    rules: &CheckRules,
) -> Result<Result<Judged, Refused>, Error> {
    // Two tries at once would each count only the wrong ones before both.
    person::hold(tx, person).await?;
    let asked = look(tx, person, rules).await?.ok_or(Error::Raced)?;
    let judged = judge(&asked.known, &asked.before(who), asked.line(who), said, &rules.rules);
    if let Ok(judged) = &judged {
        keep(tx, person, who.representative(), judged, rules).await?;
    }
    Ok(judged)
}

async fn keep(
    tx: &mut Tx,
    person: PersonId,
    representative: Option<RepresentativeId>,
    judged: &Judged,
    rules: &CheckRules,
) -> Result<(), Error> {
    let (id, user, now) = (CheckId(new_id()), tx.actor().user, tx.now());
    let count = |facts: &BTreeSet<FactCode>| i64::try_from(facts.len()).unwrap_or(i64::MAX);
    let (right, wrong) = (count(&judged.right), count(&judged.wrong));
    let codes: Vec<&str> = judged.right.iter().map(|fact| fact.code()).collect();
    let valid_until = judged.passed().then(|| now + rules.valid);
    tx.change_one(
        "insert into caller_checks (id, person_id, user_id, representative_id, right_facts, wrong, checked_at, valid_until_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, person, user, representative, codes.join(","), wrong, now, valid_until],
    )
    .await?;
    let kind =
        if judged.passed() { EventKind::CallerChecked } else { EventKind::CallerCheckFailed };
    let mut event = Event::new(kind, local(now).date())
        .about(person)
        .with("check", Fact::Number(id.0))
        .with("right", Fact::Number(right))
        .with("wrong", Fact::Number(wrong))
        .with("representative", Fact::Number(representative.map_or(0, |id| id.0)));
    event.rule = Some(rules.version.clone());
    activity::record(tx, event).await
}

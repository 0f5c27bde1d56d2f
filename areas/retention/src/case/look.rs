//! Everything that the page of a case shows, read at once.

use db::{Error, Tx};
use jiff::Unit;
use jiff::civil::Date;
use kernel::{CancellationId, OrganisationId, PersonId};
use membership::tariff::{Costs, HolderKind, StoredRow};
use membership::{Holder, Membership};
use membership_rules::pension::{PensionDay, reaches};
use membership_rules::tariff::years_on;
use people::person::Found;
use retention_rules::advice::{MemberKind, Says, Tally};
use web::User;

use super::decide::{Refused, Rules, Would, own_call, would_end};
use super::store::{self, Stored};
use crate::advice::tallies;
use crate::argument::{self, Argument, Kind, Needs};
use crate::article::{self, Article};
use crate::reason::{self, Reason};

/// Who wants to leave.
#[expect(clippy::large_enum_variant, reason = "one on a page, and nearly always a person")]
pub(super) enum Who {
    Person(Found),
    Organisation { id: OrganisationId, name: String },
}

/// Something to bring forward, with what it did for others.
pub(super) struct Shown {
    pub argument: Argument,
    pub is_brought: bool,
    /// The agent may bring it forward and the member can have it.
    pub may: bool,
    pub says: Says,
    /// Among those who are alike; otherwise among everybody with this reason.
    pub of_alike: bool,
    pub article: Option<Article>,
}

pub(super) struct Look {
    pub case: Stored,
    pub who: Who,
    pub membership: Membership,
    pub costs: Option<Costs>,
    pub class_rows: Vec<StoredRow>,
    pub pension: Option<PensionDay>,
    pub reasons: Vec<Reason>,
    pub shown: Vec<Shown>,
    /// None where nothing says how such a membership ends, or the case is decided.
    pub would: Option<Would>,
    pub in_call: bool,
}

impl Look {
    /// The reason of the first level that was given.
    pub(super) fn top(&self) -> Option<i64> {
        let nr = self.case.reason_nr?;
        self.reasons.iter().find(|reason| reason.nr == nr).map(Reason::top)
    }
}

/// The kind of members that a holder is compared with.
pub async fn kind_of(tx: &mut Tx, holder: Holder, today: Date) -> Result<MemberKind, Error> {
    let Holder::Person(person) = holder else { return Ok(MemberKind::Company) };
    let born = people::person::find(tx, person, today).await?.and_then(|found| found.birth_date);
    let ages = membership::pension::rows(tx, today).await?;
    let months = born.and_then(|born| match reaches(&ages, born) {
        None => Some(0),
        Some(pension) => {
            let span = today.until((Unit::Month, pension.on)).ok()?;
            Some(i64::from(span.get_years()) * 12 + i64::from(span.get_months()))
        }
    });
    Ok(MemberKind::of_person(born.map(|born| years_on(born, today)), months))
}

pub(super) async fn look(
    tx: &mut Tx,
    id: CancellationId,
    user: &User,
    rules: &Rules,
) -> Result<Option<Look>, Error> {
    let today = rules.now.date();
    let Some(case) = store::by_id(tx, id).await? else { return Ok(None) };
    let Some((held, holder)) = membership::by_id(tx, case.membership_id).await? else {
        return Ok(None);
    };
    let Some(who) = who(tx, holder, today).await? else { return Ok(None) };
    let kind = match holder {
        Holder::Person(_) => HolderKind::Person,
        Holder::Organisation(_) => HolderKind::Organisation,
    };
    let reasons = reason::all(tx, kind).await?;
    let costs = membership::tariff::costs(tx, case.membership_id, today).await?;
    let versions = membership::tariff::with_rows(tx, kind).await?;
    let class_rows = versions.into_iter().rev().flat_map(|(_, rows)| rows).collect();
    let pension = match &who {
        Who::Person(found) => {
            let ages = membership::pension::rows(tx, today).await?;
            found.birth_date.and_then(|born| reaches(&ages, born))
        }
        Who::Organisation { .. } => None,
    };
    let would = if case.state.is_open() {
        match would_end(tx, case.membership_id, (case.received_on, case.wished_on), today).await {
            Ok(would) => Some(would),
            Err(Refused::Broken(error)) => return Err(error),
            Err(_) => None,
        }
    } else {
        None
    };
    let in_call = own_call(tx, holder).await?.is_some();
    let mut look = Look {
        case,
        who,
        membership: held,
        costs,
        class_rows,
        pension,
        reasons,
        shown: vec![],
        would,
        in_call,
    };
    look.shown = shown(tx, &look, (kind, holder), user, rules).await?;
    Ok(Some(look))
}

async fn who(tx: &mut Tx, holder: Holder, today: Date) -> Result<Option<Who>, Error> {
    Ok(match holder {
        Holder::Person(person) => people::person::find(tx, person, today).await?.map(Who::Person),
        Holder::Organisation(id) => people::organisation::by_id(tx, id)
            .await?
            .map(|found| Who::Organisation { id, name: found.draft.name }),
    })
}

/// What answers the reason that was given, best kept first; where nothing is known yet in the association's own order.
async fn shown(
    tx: &mut Tx,
    look: &Look,
    (kind, holder): (HolderKind, Holder),
    user: &User,
    rules: &Rules,
) -> Result<Vec<Shown>, Error> {
    let (Some(nr), Some(top)) = (look.case.reason_nr, look.top()) else { return Ok(vec![]) };
    let today = rules.now.date();
    let alike = kind_of(tx, holder, today).await?;
    let of_alike = tallies(tx, top, Some(alike.code()), today).await?;
    let of_all = tallies(tx, top, None, today).await?;
    let brought = store::brought(tx, look.case.id).await?;
    let articles = article::all(tx).await?;
    let mut shown = Vec::new();
    for argument in argument::all(tx, kind).await? {
        let is_brought = brought.contains(&argument.nr);
        if !is_brought && !argument.answers(nr, top) {
            continue;
        }
        let says_of = |tallies: &std::collections::HashMap<i64, Tally>| {
            tallies.get(&argument.nr).copied().unwrap_or_default().says(rules.cases_min)
        };
        let (mut says, mut is_of_alike) = (says_of(&of_alike), true);
        if matches!(says, Says::TooFew { .. }) {
            (says, is_of_alike) = (says_of(&of_all), false);
        }
        shown.push(Shown {
            is_brought,
            may: argument.authority.is_held_by(user) && is_eligible(look, &argument),
            says,
            of_alike: is_of_alike,
            article: argument
                .article_nr
                .and_then(|nr| articles.iter().find(|article| article.nr == nr).cloned()),
            argument,
        });
    }
    let rate = |shown: &Shown| match shown.says {
        Says::Share { share, .. } => share,
        Says::TooFew { .. } => -1.0,
    };
    // Stable: those of which nothing is known keep their order, behind the others.
    shown.sort_by(|one, other| rate(other).total_cmp(&rate(one)));
    Ok(shown)
}

/// Whether the member can have it.
pub(super) fn is_eligible(look: &Look, argument: &Argument) -> bool {
    match argument.needs {
        Needs::Nothing => true,
        Needs::LowerTariff => look.costs.as_ref().is_some_and(|costs| {
            let mut amounts = costs.ahead.iter().map(|(_, priced)| priced);
            let Some(now) = amounts.next() else { return false };
            now.with_proof.is_some()
                || amounts.any(|later| later.cents < now.cents)
                // Whether there is a row that fits, only the member can tell.
                || argument.kind == Kind::Tariff && look.pension.is_none()
        }),
    }
}

impl Who {
    pub(super) fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(found) => Some(found.id),
            Self::Organisation { .. } => None,
        }
    }
}

//! A sign-up names a code (docs/states-membership.md §5, join).

use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, MembershipId, PersonId, ReferralId, local};
use referral_rules::earn::{State, claw_until};
use referral_rules::join::{Newcomer, NotJoined as Rule, join as may_join};
use rulebook::{Missing, Rulebook};
use texts::Texts;

use crate::board::is_excluded;
use crate::code::by_code;
use crate::{Broken, settings};

/// Why nobody counts as the referrer of a new member. The sign-up itself goes on.
#[derive(Debug, thiserror::Error)]
pub enum NotJoined {
    #[error("nobody has this code")]
    UnknownCode,
    #[error(transparent)]
    Rule(#[from] Rule),
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl From<Error> for NotJoined {
    fn from(error: Error) -> Self {
        Self::Broken(error.into())
    }
}

impl From<Missing> for NotJoined {
    fn from(missing: Missing) -> Self {
        Self::Broken(missing.into())
    }
}

impl NotJoined {
    /// What to say to who signs up, or to the colleague who does it for them; `None` if the program is broken.
    #[must_use]
    pub fn sentence(&self, t: &Texts) -> Option<String> {
        Some(match self {
            Self::UnknownCode => t.get("referral-not-unknown"),
            Self::Rule(Rule::Oneself) => t.get("referral-not-oneself"),
            Self::Rule(Rule::SameAccount) => t.get("referral-not-account"),
            Self::Rule(Rule::Excluded) => t.get("referral-not-excluded"),
            Self::Rule(Rule::AlreadyReferred) => t.get("referral-not-twice"),
            Self::Rule(Rule::WasMember { months }) => t.with("referral-not-new", "months", *months),
            Self::Broken(_) => return None,
        })
    }
}

/// Writes down that `person` became a member with this code, in the step of the sign-up. `account` is the keyed hash of the
/// account that the new member pays from, as `dues` keeps it (`KeyRing::look_up`).
///
/// # Errors
///
/// [`NotJoined`]: nothing was written, and the sign-up can go on without a referrer.
pub async fn join(
    tx: &mut Tx,
    book: &Rulebook,
    code: &str,
    person: PersonId,
    membership: MembershipId,
    account: Option<&str>,
) -> Result<ReferralId, NotJoined> {
    let today = local(tx.now()).date();
    let referrer = by_code(tx, code).await?.ok_or(NotJoined::UnknownCode)?.person;
    let newcomer = Newcomer {
        is_referrer: referrer == person,
        same_account: match account {
            Some(account) => is_known_account(tx, referrer, person, account).await?,
            None => false,
        },
        is_excluded: is_excluded(tx, book, referrer, today).await?
            || is_excluded(tx, book, person, today).await?,
        left: left(tx, person, membership).await?,
        is_referred: is_referred(tx, person, membership).await?,
    };
    may_join(newcomer, today, book.number("referral.lookback_months", today)?)?;

    let settings::Promise { cents, rule, clawback_days } = settings::promise(book, today)?;
    let (id, now) = (ReferralId(new_id()), tx.now());
    let added = tx
        .execute(
            "insert into referrals (id, referrer_id, person_id, membership_id, state, joined_on, cents, rule, claw_until, made_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict do nothing",
            args![
                id, referrer, person, membership, State::Joined, today, cents, rule.as_str(),
                claw_until(today, clawback_days), now,
            ],
        )
        .await?;
    if added == 0 {
        // Somebody else named a code for the same sign-up at this moment.
        return Err(Rule::AlreadyReferred.into());
    }
    let mut event = Event::new(EventKind::ReferralJoined, today)
        .about(referrer)
        .with("referral", Fact::Number(id.0))
        .with("membership", Fact::Number(membership.0));
    event.rule = Some(rule);
    event.amount = Some(cents.0);
    activity::record(tx, event).await?;
    Ok(id)
}

/// The account is the referrer's, or of somebody whom the same referrer recruited before and who ends or ended: recruit, cancel,
/// recruit again. Two in one house who both stay may share one.
async fn is_known_account(
    tx: &mut Tx,
    referrer: PersonId,
    person: PersonId,
    account: &str,
) -> Result<bool, Error> {
    let known: i64 = tx
        .value(
            "select count(*) as value from accounts a
              where a.look_up = $1 and a.person_id <> $2
                and (a.person_id = $3
                     or exists (select 1 from referrals r left join memberships m on m.id = r.membership_id
                                 where r.person_id = a.person_id and r.referrer_id = $4
                                   and (m.id is null or m.ends_on is not null)))",
            args![account, person, referrer, referrer],
        )
        .await?;
    Ok(known > 0)
}

/// The last day of an earlier membership. One that ended before it began never was.
async fn left(
    tx: &mut Tx,
    person: PersonId,
    membership: MembershipId,
) -> Result<Option<Date>, Error> {
    tx.value(
        "select max(coalesce(ends_on, '9999-12-31')) as value from memberships
          where person_id = $1 and id <> $2
            and (ends_on is null or starts_on is null or starts_on <= ends_on)",
        args![person, membership],
    )
    .await
}

async fn is_referred(
    tx: &mut Tx,
    person: PersonId,
    membership: MembershipId,
) -> Result<bool, Error> {
    let referrals: i64 = tx
        .value(
            "select count(*) as value from referrals where membership_id = $1 or (person_id = $2 and state = 'joined')",
            args![membership, person],
        )
        .await?;
    Ok(referrals > 0)
}

//! Who joined with a member's code, and what became of each premium.

use db::{Error, Tx, args};
use dues_rules::amount::State as Due;
use jiff::civil::Date;
use kernel::{Cents, PersonId, ReferralId};
use referral_rules::earn::{State, Why};
use texts::Texts;

db::row! {
    /// One new member. The name is not here: the member who passed the code on need not be told who used it.
    #[derive(Clone, Debug)]
    pub struct Line {
        pub id: ReferralId,
        /// Who joined.
        pub person_id: PersonId,
        pub state: State,
        pub why: Option<Why>,
        pub joined_on: Date,
        pub earned_on: Option<Date>,
        pub ended_on: Option<Date>,
        pub cents: Cents,
        /// Where the amount is that pays it.
        pub due: Option<Due>,
        pub paid_on: Option<Date>,
    }
}

/// More are not shown: nobody reads them.
const SHOWN: i64 = 100;

/// Everybody who joined with this member's code, the latest first.
pub async fn of_member(tx: &mut Tx, referrer: PersonId) -> Result<Vec<Line>, Error> {
    tx.all(
        "select r.id, r.person_id, r.state, r.why, r.joined_on, r.earned_on, r.ended_on, r.cents, d.state as due, d.paid_on
           from referrals r
           left join referral_lines l on l.referral_id = r.id and l.kind = 'premium'
           left join referral_payments p on p.id = l.payment_id
           left join dues d on d.id = p.due_id
          where r.referrer_id = $1 order by r.id desc limit $2",
        args![referrer, SHOWN],
    )
    .await
}

/// Whose code this person joined with, the latest.
pub async fn referrer_of(tx: &mut Tx, person: PersonId) -> Result<Option<PersonId>, Error> {
    db::row! { struct Found { referrer_id: PersonId } }

    let found: Option<Found> = tx
        .one(
            "select referrer_id from referrals where person_id = $1 order by id desc limit 1",
            args![person],
        )
        .await?;
    Ok(found.map(|found| found.referrer_id))
}

/// How many invitations a member got to pass on.
pub(crate) async fn given(tx: &mut Tx, person: PersonId) -> Result<i64, Error> {
    tx.value(
        "select cast(coalesce(sum(number), 0) as bigint) as value from referral_invitations where person_id = $1",
        args![person],
    )
    .await
}

impl Line {
    /// `Verdiend op 27 januari 2027`: what became of it, for the member and for colleagues.
    #[must_use]
    pub fn says(&self, t: &Texts) -> String {
        let on = |text, day: Option<Date>| {
            t.with(text, "day", day.map(|day| t.date(day)).unwrap_or_default())
        };
        match (self.state, self.why) {
            (State::Joined, _) => on("referral-state-joined", Some(self.joined_on)),
            (State::Earned, _) => on("referral-state-earned", self.earned_on),
            (State::Paid, _) => match self.due {
                Some(Due::Paid | Due::Settled) => on("referral-state-paid", self.paid_on),
                _ => t.get("referral-state-paying"),
            },
            (_, why) => {
                let why = why.map(|why| t.get(why_text(why))).unwrap_or_default();
                match self.state {
                    State::TakenBack => t.with("referral-state-taken-back", "why", why),
                    _ => t.with("referral-state-not-earned", "why", why),
                }
            }
        }
    }

    /// The class of its badge.
    #[must_use]
    pub fn tone(&self) -> &'static str {
        match self.state {
            State::Joined => "badge--line",
            State::Earned | State::Paid => "badge--good",
            State::NotEarned | State::TakenBack => "badge--warn",
        }
    }
}

fn why_text(why: Why) -> &'static str {
    match why {
        Why::Withdrawn => "referral-why-withdrawn",
        Why::Lapsed => "referral-why-lapsed",
        Why::Left => "referral-why-left",
        Why::MoneyBack => "referral-why-money-back",
        Why::OverLimit => "referral-why-over-limit",
        Why::ReferrerGone => "referral-why-referrer-gone",
    }
}

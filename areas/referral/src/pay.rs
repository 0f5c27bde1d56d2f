//! What referrers have to come, and the step to the pay-outs (docs/states-membership.md §5, pay).

use db::{Error, Query, Tx, args, new_id};
use dues::amount::{Failed as NotPaid, NewPayOut, Refused};
use dues_rules::amount::Purpose;
use kernel::{Cents, PersonId, ReferralId, local};
use membership::Holder;
use referral_rules::earn::State;

use crate::Broken;
use crate::decide::record;

db::row! {
    /// What one referrer has to come over all lines that no payment took along yet.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Owed {
        pub referrer_id: PersonId,
        pub premiums: i64,
        /// Premiums that were taken back, below zero.
        pub taken_back: Cents,
        /// Premiums less what was taken back; below zero it waits for the next premium.
        pub cents: Cents,
    }
}

const OPEN: &str =
    "select l.person_id as referrer_id, sum(case when l.kind = 'premium' then 1 else 0 end) as premiums,
        cast(sum(case when l.kind = 'clawback' then l.cents else 0 end) as bigint) as taken_back,
        cast(sum(l.cents) as bigint) as cents
   from referral_lines l where l.payment_id is null";

/// By referrer, behind `after`. Who has exactly nothing to come is not among them.
pub async fn owed(tx: &mut Tx, after: PersonId, limit: i64) -> Result<Vec<Owed>, Error> {
    let mut query = Query::new(OPEN);
    query
        .push(" and l.person_id > ")
        .bind(after)
        .push(" group by l.person_id having sum(l.cents) <> 0 order by l.person_id limit ");
    query.bind(limit);
    tx.list(query).await
}

/// What was handed over to the pay-outs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Handed {
    pub members: i64,
    pub cents: Cents,
}

/// Hands everything over that one referrer has to come. Whoever does it a second time, or at the same moment, finds nothing.
pub async fn pay(tx: &mut Tx, referrer: PersonId) -> Result<Option<Cents>, Broken> {
    people::person::hold(tx, referrer).await?;
    let mut query = Query::new(OPEN);
    query.push(" and l.person_id = ").bind(referrer).push(" group by l.person_id");
    let owed: Option<Owed> = tx.list(query).await?.pop();
    let Some(cents) = owed.map(|owed| owed.cents).filter(|cents| *cents > Cents(0)) else {
        return Ok(None);
    };
    let today = local(tx.now()).date();
    let held = membership::current(tx, Holder::Person(referrer), today).await?;
    let held = match held {
        Some(held) => Some(held),
        None => membership::of_person(tx, referrer).await?.into_iter().next(),
    };
    // An import that was taken back took the membership along: there is nobody to pay to by it.
    let Some(membership) = held else { return Ok(None) };
    let (id, me, now) = (new_id(), tx.actor().user, tx.now());
    let new = NewPayOut {
        membership: membership.id,
        for_what: id.to_string(),
        purpose: Purpose::ReferralBonus,
        cents,
        account: None,
    };
    let due = match dues::pay_out(tx, &new).await {
        Ok(due) => due.ok_or(Error::Raced)?,
        Err(NotPaid::Broken(broken)) => return Err(broken.into()),
        // Both were asked just now, in the same step.
        Err(NotPaid::Refused(Refused::NoMembership | Refused::Nothing | Refused::NotNow(_))) => {
            return Err(Error::Raced.into());
        }
    };
    tx.change_one(
        "insert into referral_payments (id, person_id, cents, due_id, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![id, referrer, cents, due, me, now],
    )
    .await?;
    tx.execute(
        "update referral_lines set payment_id = $1 where person_id = $2 and payment_id is null",
        args![id, referrer],
    )
    .await?;
    handed_over(tx, id).await?;
    Ok(Some(cents))
}

/// Every premium in the payment that still stands is paid by it.
async fn handed_over(tx: &mut Tx, payment: i64) -> Result<(), Error> {
    db::row! { struct Premium { id: ReferralId, referrer_id: PersonId, cents: Cents } }

    let premiums: Vec<Premium> = tx
        .all(
            "select r.id, r.referrer_id, r.cents from referrals r join referral_lines l on l.referral_id = r.id
              where l.payment_id = $1 and l.kind = 'premium' and r.state = 'earned' order by r.id",
            args![payment],
        )
        .await?;
    for Premium { id, referrer_id, cents } in premiums {
        tx.change_one(
            "update referrals set state = 'paid' where id = $1 and state = 'earned'",
            args![id],
        )
        .await?;
        record(tx, id, referrer_id, cents, State::Paid, None).await?;
    }
    Ok(())
}

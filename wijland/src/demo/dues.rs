//! How the members of the demo pay, so that finance finds a month that can be collected.

use db::{Tx, args};
use dues::amount::{NewDue, NewPayOut, Priced};
use dues::creditor::NewCreditor;
use dues::mandate::Given;
use dues_rules::amount::Purpose;
use dues_rules::mandate::Method;
use jiff::civil::Date;
use kernel::{Actor, Cents, Iban, MembershipId, Pii, local};

use crate::{Failure, Installation};

/// Enough to look at; the rest of the invented members pay in another way.
const MEMBERS: i64 = 150;

/// Mandates of some members and what they owe for this month and the next.
pub(super) async fn seed(installation: &Installation, name: &str) -> Result<(), Failure> {
    let Installation { db, keys, .. } = installation;
    let today = local(db.clock().now()).date();
    let done: Result<(), Failed> = db
        .write(Actor::SYSTEM, async |tx| {
            let creditor = NewCreditor {
                name: name.to_owned(),
                code: "NL79ZZZ999999990000".parse().expect("the example of the domain facts"),
                iban: Pii::new(account(0)),
            };
            dues::creditor::add(tx, keys, &creditor).await?;
            for (nr, payer) in payers(tx).await?.into_iter().enumerate() {
                let mandate = given(&payer, nr, today);
                dues::give_mandate(tx, keys, &mandate).await?;
                owes(tx, payer.id, today).await?;
                if nr == 0 {
                    let bonus = NewPayOut {
                        membership: payer.id,
                        for_what: "demo".into(),
                        purpose: Purpose::ReferralBonus,
                        cents: Cents(1000),
                        account: None,
                    };
                    dues::pay_out(tx, &bonus).await?;
                }
            }
            Ok(())
        })
        .await;
    done.map_err(|failed| Failure::told(format!("the demo has no dues: {failed}")))
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Dues(#[from] dues::Broken),
    #[error(transparent)]
    Mandate(#[from] dues::mandate::Failed),
    #[error(transparent)]
    Amount(#[from] dues::amount::Failed),
}

db::row! {
    struct Payer { id: MembershipId, holder: String }
}

async fn payers(tx: &mut Tx) -> Result<Vec<Payer>, db::Error> {
    tx.all(
        "select m.id, coalesce(o.name, trim(p.initials || ' ' || trim(p.prefix || ' ' || p.surname))) as holder
           from memberships m
           left join people p on p.id = m.person_id
           left join organisations o on o.id = m.organisation_id
          where m.ends_on is null
          order by m.id desc limit $1",
        args![MEMBERS],
    )
    .await
}

/// Most signed on paper or at their bank; some said yes on the telephone and did not sign yet.
fn given(payer: &Payer, nr: usize, today: Date) -> Given {
    let method = match nr % 10 {
        0..=5 => Method::Paper,
        6 | 7 => Method::Emandate,
        8 => Method::Web,
        _ => Method::Voice,
    };
    let given_on = today.first_of_month();
    Given {
        membership: payer.id,
        iban: Pii::new(account(nr + 1)),
        holder: Pii::new(payer.holder.clone()),
        method,
        wording: None,
        given_on,
        signed_on: (method != Method::Voice).then_some(given_on),
        reference: None,
        last_used_on: None,
    }
}

/// What this period and the next cost by the tariff, told at the beginning of this one.
async fn owes(tx: &mut Tx, membership: MembershipId, today: Date) -> Result<(), Failed> {
    let Some(now) = membership::tariff::amount_on(tx, membership, today).await? else {
        return Ok(());
    };
    let this = now.per.first_day(today);
    for first in std::iter::once(this).chain(now.per.next(today)) {
        let Some(priced) = membership::tariff::amount_on(tx, membership, first).await? else {
            continue;
        };
        if priced.cents == Cents(0) {
            continue;
        }
        let new = NewDue {
            membership,
            period: priced.per.name(first),
            purpose: Purpose::Contribution,
            for_day: first,
            due_on: first,
            priced: Priced {
                cents: priced.cents,
                version: Some(priced.table),
                class: priced.class,
            },
        };
        dues::amount::due(tx, &new).await?;
    }
    dues::amount::announce(tx, membership, this).await?;
    Ok(())
}

/// An account number that exists by its form only: the bank of the examples, and a number of our own.
fn account(nr: usize) -> Iban {
    let digits = format!("{:010}", 417_000_000 + nr);
    // ABNA and NL in the digits of ISO 13616, with 00 where the check digits come.
    let rest = format!("10112310{digits}232100")
        .bytes()
        .fold(0, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
    format!("NL{:02}ABNA{digits}", 98 - rest).parse().expect("the check digits were worked out")
}

#[cfg(test)]
mod tests {
    use super::account;

    #[test]
    fn every_invented_account_exists_by_its_form() {
        let all: std::collections::BTreeSet<String> =
            (0..500).map(|nr| account(nr).electronic().to_owned()).collect();
        assert_eq!(all.len(), 500);
    }
}

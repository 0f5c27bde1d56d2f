//! What memberships owe for the periods that begin on a day, or in the middle of which they began.

use db::{Error, Tx};
use jiff::civil::Date;
use kernel::MembershipId;
use membership_rules::tariff::{INTRO, NoTariff, Priced, price, table_on};

use super::base::{Covered, page};
use super::store::{HolderKind, tables};
use crate::pension;

/// Which periods are asked for: those that begin on `day`, and what is left of those in the middle of which a membership began
/// from `begun_from` until `until`, both included.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub day: Date,
    pub begun_from: Date,
    pub until: Date,
}

/// One period of one membership.
#[derive(Clone, Debug)]
pub struct Owed {
    pub membership: MembershipId,
    /// The first day that it pays for.
    pub from: Date,
    /// What it costs, less what it is not for; a surcharge comes on top.
    pub priced: Result<Priced, NoTariff>,
}

/// A page of `limit` memberships behind `after`, and the last of them; `None` when there are no more.
pub async fn owed(
    tx: &mut Tx,
    holder: HolderKind,
    asked: Asked,
    after: MembershipId,
    limit: i64,
) -> Result<(Vec<Owed>, Option<MembershipId>), Error> {
    let Asked { day, begun_from, until } = asked;
    let (tables, ages) = (tables(tx, holder).await?, pension::rows(tx, day).await?);
    // Without any tariff everybody is named, so that somebody sets one.
    let begins = table_on(&tables, day).is_none_or(|table| table.per.first_day(day) == day);
    let page = page(tx, holder, (begun_from.min(day), until), after, limit).await?;
    let last = page.last().map(|covered| covered.id);
    let mut found = Vec::new();
    for Covered { id, period, facts } in page {
        let in_the_middle = period
            .starts_on
            .filter(|starts| (begun_from..=until).contains(starts) && !(begins && *starts == day));
        if let Some(starts) = in_the_middle {
            let mut priced = price(&tables, &ages, &facts, starts);
            if let (Ok(priced), Some(table)) = (&mut priced, table_on(&tables, starts))
                && priced.class != INTRO
            {
                priced.cents = table.pro_rata.part(priced.cents, table.per, starts);
            }
            found.push(Owed { membership: id, from: starts, priced });
        }
        if begins && period.covers(day) {
            let priced = price(&tables, &ages, &facts, day);
            found.push(Owed { membership: id, from: day, priced });
        }
    }
    Ok((found, last))
}

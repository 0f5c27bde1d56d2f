use db::{Error, Tx};
use jiff::civil::Date;
use membership_rules::tariff::Priced;
use texts::Texts;

use super::base::costs;
use super::store::with_rows;
use super::words::{class_name, per_text};
use crate::Membership;

/// What a member pays now, and what from when, in words.
pub(crate) struct Said {
    pub now: String,
    pub later: Vec<String>,
    pub less_with_proof: bool,
}

/// What the membership of today costs; `None` for who is no member.
pub(crate) async fn said(
    tx: &mut Tx,
    t: &Texts,
    memberships: &[Membership],
    today: Date,
) -> Result<Option<Said>, Error> {
    let current = memberships.iter().find(|membership| membership.period().covers(today));
    let Some(current) = current else { return Ok(None) };
    let Some(costs) = costs(tx, current.id, today).await? else { return Ok(None) };
    let Some((_, now)) = costs.ahead.first() else {
        let now = t.get("membership-dues-unknown");
        return Ok(Some(Said { now, later: vec![], less_with_proof: false }));
    };
    let versions = with_rows(tx, costs.holder).await?;
    let class = |priced: &Priced| {
        let rows = versions.iter().rev().flat_map(|(_, rows)| rows);
        class_name(t, rows, &priced.class)
    };
    let amount =
        |priced: &Priced| format!("{} {}", t.money(priced.cents), t.get(per_text(priced.per)));
    let later = costs.ahead[1..].iter().map(|(on, priced)| {
        t.fill(
            "membership-dues-from",
            [
                ("day", t.date(*on).into()),
                ("amount", amount(priced).into()),
                ("class", class(priced).into()),
            ],
        )
    });
    Ok(Some(Said {
        now: format!("{} ({})", amount(now), class(now)),
        later: later.collect(),
        less_with_proof: now.with_proof.is_some(),
    }))
}

//! Companies and their branches.

use db::{Error, Tx};
use import_rules::row::{Cells, Refused, organisation};
use kernel::{OrganisationId, PersonId};
use people::organisation::{Given, Written, put};

use super::step::{Action, Outcome, Step};

pub(super) async fn write(tx: &mut Tx, step: &Step<'_>) -> Result<Vec<Outcome>, Error> {
    let mut outcomes = Vec::with_capacity(step.rows.len());
    for row in step.rows {
        let understood =
            Cells::new(step.mapping, &row.cells).and_then(|cells| organisation(&cells));
        outcomes.push(match understood {
            Err(refused) => Outcome::refused(refused),
            Ok(row) => one(tx, row).await?,
        });
    }
    Ok(outcomes)
}

async fn one(tx: &mut Tx, row: import_rules::row::OrganisationRow) -> Result<Outcome, Error> {
    let membership = row.membership.clone();
    let given = Given {
        name: row.name,
        external_id: row.external_id,
        member_number: row.member_number,
        kvk: row.kvk,
        branch_number: row.branch_number,
        legal_form: row.legal_form.to_owned(),
        formula: row.formula,
        sector: row.sector,
        address: row.address,
        phone: row.phone,
        email: row.email,
    };
    let (id, action, before) = match put(tx, &given).await? {
        Written::Added(id) => (id, Action::Added, None),
        Written::Unchanged(id) => (id, Action::Unchanged, None),
        Written::Changed { id, before } => (id, Action::Changed, Some(before)),
        Written::KeyTaken => return Ok(Outcome::refused(Refused::KeyTaken)),
    };
    if let Some(membership) = membership {
        membership::put_organisation(
            tx,
            id,
            membership.since,
            membership.until,
            &membership.tariff,
        )
        .await?;
    }
    let mut outcome = Outcome::of(action, PersonId(0));
    outcome.person = None;
    outcome.subject = Some(OrganisationId::into(id));
    outcome.before = before;
    Ok(outcome)
}

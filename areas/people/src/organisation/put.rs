//! Organisations of a file: recognised, written over, and brought back.

use db::{Error, Tx, args, new_id};
use kernel::{OrganisationId, PhoneNumber, fold};
use people_rules::person::Address;
use serde::{Deserialize, Serialize};

/// An organisation as a form or a file gives it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Given {
    pub name: String,
    pub external_id: String,
    pub member_number: String,
    /// Eight digits, or empty.
    pub kvk: String,
    /// Twelve digits, or empty: with it, this is a branch of the company with the same `kvk`.
    pub branch_number: String,
    /// `bv`, `vof` and so on; empty if unknown, and then a call needs a ground.
    pub legal_form: String,
    pub formula: String,
    pub sector: String,
    pub address: Address,
    pub phone: String,
    pub email: String,
}

/// What [`put`] did; `before` is JSON that [`restore`] brings back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Written {
    Added(OrganisationId),
    Changed {
        id: OrganisationId,
        before: String,
    },
    Unchanged(OrganisationId),
    /// The trade register number belongs to another organisation with another key.
    KeyTaken,
}

db::row! {
    #[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
    struct Row {
        id: i64,
        parent_id: Option<i64>,
        name: String,
        external_id: Option<String>,
        member_number: Option<String>,
        kvk: String,
        branch_number: String,
        legal_form: String,
        formula: String,
        sector: String,
        street: String,
        house_number: Option<u32>,
        addition: String,
        postcode: String,
        town: String,
        country: String,
        phone: Option<String>,
        phone_written: String,
        email: String,
    }
}

const COLUMNS: &str = "select id, parent_id, name, external_id, member_number, kvk, branch_number, legal_form,
       formula, sector, street, house_number, addition, postcode, town, country, phone, phone_written, email
  from organisations where ";

/// Writes an organisation. It is recognised by its external key, else by trade register and branch
/// number; an empty field says nothing, and what is there stays.
pub async fn put(tx: &mut Tx, given: &Given) -> Result<Written, Error> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut found: Option<Row> = None;
    if !given.external_id.is_empty() {
        let mut query = db::Query::new(COLUMNS);
        query.push("external_id = ").bind(given.external_id.as_str());
        found = tx.list(query).await?.pop();
    }
    if !given.kvk.is_empty() {
        let mut query = db::Query::new(COLUMNS);
        query
            .push("kvk <> '' and kvk = ")
            .bind(given.kvk.as_str())
            .push(" and branch_number = ")
            .bind(given.branch_number.as_str());
        let by_kvk: Option<Row> = tx.list(query).await?.pop();
        match (&found, by_kvk) {
            (Some(by_key), Some(other)) if by_key.id != other.id => return Ok(Written::KeyTaken),
            (None, by_kvk) => found = by_kvk,
            _ => {}
        }
    }
    let own =
        |given: &str, stored: String| if given.is_empty() { stored } else { given.to_owned() };
    let phone = given.phone.parse::<PhoneNumber>().ok().map(|number| number.e164().to_owned());
    let Some(before) = found else {
        let parent_id = company_of(tx, &given.kvk, &given.branch_number).await?;
        let row = Row {
            id: new_id(),
            parent_id: parent_id.map(|id| id.0),
            name: given.name.clone(),
            external_id: some(&given.external_id),
            member_number: some(&given.member_number),
            kvk: given.kvk.clone(),
            branch_number: given.branch_number.clone(),
            legal_form: given.legal_form.clone(),
            formula: given.formula.clone(),
            sector: given.sector.clone(),
            street: given.address.street.clone(),
            house_number: given.address.house_number,
            addition: given.address.addition.clone(),
            postcode: given.address.postcode.clone(),
            town: given.address.town.clone(),
            country: given.address.country.clone(),
            phone,
            phone_written: given.phone.clone(),
            email: given.email.clone(),
        };
        insert(tx, &row).await?;
        return Ok(Written::Added(OrganisationId(row.id)));
    };
    let after = Row {
        id: before.id,
        parent_id: before.parent_id,
        name: own(&given.name, before.name.clone()),
        external_id: some(&given.external_id).or_else(|| before.external_id.clone()),
        member_number: some(&given.member_number).or_else(|| before.member_number.clone()),
        kvk: own(&given.kvk, before.kvk.clone()),
        branch_number: own(&given.branch_number, before.branch_number.clone()),
        legal_form: own(&given.legal_form, before.legal_form.clone()),
        formula: own(&given.formula, before.formula.clone()),
        sector: own(&given.sector, before.sector.clone()),
        street: own(&given.address.street, before.street.clone()),
        house_number: given.address.house_number.or(before.house_number),
        addition: own(&given.address.addition, before.addition.clone()),
        postcode: own(&given.address.postcode, before.postcode.clone()),
        town: own(&given.address.town, before.town.clone()),
        country: own(&given.address.country, before.country.clone()),
        phone: phone.or_else(|| before.phone.clone()),
        phone_written: own(&given.phone, before.phone_written.clone()),
        email: own(&given.email, before.email.clone()),
    };
    let id = OrganisationId(before.id);
    if after == before {
        return Ok(Written::Unchanged(id));
    }
    update(tx, &after).await?;
    Ok(Written::Changed { id, before: serde_json::to_string(&before).expect("text and numbers") })
}

/// The company that a branch belongs to: the organisation with the same trade register number and no
/// branch number.
pub(super) async fn company_of(
    tx: &mut Tx,
    kvk: &str,
    branch_number: &str,
) -> Result<Option<OrganisationId>, Error> {
    db::row! { struct Id { id: OrganisationId } }

    if kvk.is_empty() || branch_number.is_empty() {
        return Ok(None);
    }
    let found: Option<Id> = tx
        .one(
            "select id from organisations where kvk <> '' and kvk = $1 and branch_number = ''",
            args![kvk],
        )
        .await?;
    Ok(found.map(|row| row.id))
}

async fn insert(tx: &mut Tx, row: &Row) -> Result<(), Error> {
    let now = tx.now();
    let kind = if row.branch_number.is_empty() { "company" } else { "branch" };
    tx.change_one(
        "insert into organisations (id, parent_id, kind, name, sort_key, external_id, member_number, kvk,
             branch_number, legal_form, formula, sector, street, house_number, addition, postcode, town,
             country, phone, phone_written, email, created_at, changed_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                 $21, $22, $23, 1)",
        args![
            row.id, row.parent_id, kind, &row.name, fold(&row.name), row.external_id.as_deref(),
            row.member_number.as_deref(), &row.kvk, &row.branch_number, &row.legal_form, &row.formula,
            &row.sector, &row.street, row.house_number, &row.addition, &row.postcode, &row.town,
            &row.country, row.phone.as_deref(), &row.phone_written, &row.email, now, now,
        ],
    )
    .await
}

async fn update(tx: &mut Tx, row: &Row) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update organisations set parent_id = $1, name = $2, sort_key = $3, external_id = $4,
                member_number = $5, kvk = $6, branch_number = $7, legal_form = $8, formula = $9, sector = $10,
                street = $11, house_number = $12, addition = $13, postcode = $14, town = $15, country = $16,
                phone = $17, phone_written = $18, email = $19, changed_at = $20, version = version + 1
          where id = $21",
        args![
            row.parent_id, &row.name, fold(&row.name), row.external_id.as_deref(),
            row.member_number.as_deref(), &row.kvk, &row.branch_number, &row.legal_form, &row.formula,
            &row.sector, &row.street, row.house_number, &row.addition, &row.postcode, &row.town,
            &row.country, row.phone.as_deref(), &row.phone_written, &row.email, now, row.id,
        ],
    )
    .await
}

/// Brings back what [`put`] changed; `false` if what was kept cannot be read.
pub async fn restore(tx: &mut Tx, before: &str) -> Result<bool, Error> {
    let Ok(row) = serde_json::from_str::<Row>(before) else { return Ok(false) };
    update(tx, &row).await?;
    Ok(true)
}

/// Takes an organisation out that nothing else speaks of; `false` if something does.
pub async fn delete(tx: &mut Tx, id: OrganisationId) -> Result<bool, Error> {
    let used: i64 = tx
        .value(
            "select (select count(*) from organisations where parent_id = $1)
                  + (select count(*) from contact_persons where organisation_id = $2)
                  + (select count(*) from visits where place_id = $3 or member_id = $4)
                  + (select count(*) from place_points where organisation_id = $5)
                  + (select count(*) from wishes where organisation_id = $6)
                  + (select count(*) from agreements where organisation_id = $7) as value",
            args![id, id, id, id, id, id, id],
        )
        .await?;
    if used > 0 {
        return Ok(false);
    }
    tx.execute("delete from organisations where id = $1", args![id]).await.map(|gone| gone == 1)
}

use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Email, Event, EventKind, Fact, OrganisationId, PhoneNumber, fold, local};
use people_rules::organisation::{Digits, Draft, Kind, LegalForm, Organisation};
use people_rules::person::Address;

use super::put::company_of;
use crate::search::after;

/// An organisation as it stands there: fields as they would be typed, because a file may have brought
/// what no form would take.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: OrganisationId,
    pub parent: Option<OrganisationId>,
    pub kind: Kind,
    pub draft: Draft,
    pub created_at: Timestamp,
    /// Grows with every change; a form that was opened before somebody else's change is refused.
    pub version: i64,
}

db::row! {
    struct Row {
        id: OrganisationId,
        parent_id: Option<OrganisationId>,
        kind: Kind,
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
        phone: Option<PhoneNumber>,
        phone_written: String,
        email: String,
        created_at: Timestamp,
        version: i64,
    }
}

impl From<Row> for Stored {
    fn from(row: Row) -> Self {
        let draft = Draft {
            kind: row.kind.code().to_owned(),
            name: row.name,
            external_id: row.external_id.unwrap_or_default(),
            member_number: row.member_number.unwrap_or_default(),
            kvk: row.kvk,
            branch_number: row.branch_number,
            legal_form: row.legal_form,
            formula: row.formula,
            sector: row.sector,
            street: row.street,
            house_number: row.house_number.map(|number| number.to_string()).unwrap_or_default(),
            addition: row.addition,
            postcode: row.postcode,
            town: row.town,
            country: row.country,
            phone: row.phone.map_or(row.phone_written, |number| number.e164().to_owned()),
            email: row.email,
        };
        Self {
            id: row.id,
            parent: row.parent_id,
            kind: row.kind,
            draft,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

const COLUMNS: &str = "select o.id, o.parent_id, o.kind, o.name, o.external_id, o.member_number, o.kvk, o.branch_number,
       o.legal_form, o.formula, o.sector, o.street, o.house_number, o.addition, o.postcode, o.town, o.country,
       o.phone, o.phone_written, o.email, o.created_at, o.version
  from organisations o where ";

pub async fn by_id(tx: &mut Tx, id: OrganisationId) -> Result<Option<Stored>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("o.id = ").bind(id);
    let row: Option<Row> = tx.list(query).await?.pop();
    Ok(row.map(Stored::from))
}

/// The organisation that another system calls so.
pub async fn by_external_id(
    tx: &mut Tx,
    external_id: &str,
) -> Result<Option<OrganisationId>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("o.external_id = ").bind(external_id);
    let row: Option<Row> = tx.list(query).await?.pop();
    Ok(row.map(|row| row.id))
}

/// A page of all behind `after` or of what a text can mean, whole: for the API.
pub(super) async fn page(
    tx: &mut Tx,
    text: &str,
    after: OrganisationId,
    limit: i64,
) -> Result<Vec<Stored>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("o.id > ").bind(after);
    push_means(&mut query, text);
    query.push(" order by o.id limit ").bind(limit);
    let rows: Vec<Row> = tx.list(query).await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// Adds an organisation under `parent`; without one, a branch comes under the company with its trade
/// register number.
///
/// # Errors
///
/// [`Error::Duplicate`] if the trade register and branch number or the external key is taken.
pub async fn add(
    tx: &mut Tx,
    organisation: &Organisation,
    parent: Option<OrganisationId>,
) -> Result<OrganisationId, Error> {
    let id = OrganisationId(new_id());
    let now = tx.now();
    let Columns { kvk, branch_number, legal_form, phone, email } = Columns::of(organisation);
    let parent = match parent {
        Some(parent) => Some(parent),
        None => company_of(tx, &kvk, &branch_number).await?,
    };
    let Organisation { kind, name, external_id, member_number, formula, sector, address, .. } =
        organisation;
    let Address { street, house_number, addition, postcode, town, country } = address;
    tx.change_one(
        "insert into organisations (id, parent_id, kind, name, sort_key, external_id, member_number, kvk,
             branch_number, legal_form, formula, sector, street, house_number, addition, postcode, town,
             country, phone, phone_written, email, created_at, changed_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                 $21, $22, $23, 1)",
        args![
            id, parent, *kind, name, fold(name), external_id.as_deref(), member_number.as_deref(), kvk,
            branch_number, legal_form, formula, sector, street, *house_number, addition, postcode, town,
            country, phone.clone(), phone.unwrap_or_default(), email, now, now,
        ],
    )
    .await?;
    let event = Event::new(EventKind::OrganisationAdded, local(now).date()).of_organisation(id);
    activity::record(tx, event).await?;
    Ok(id)
}

/// # Errors
///
/// [`Error::Raced`] if somebody changed the organisation since `version` was read,
/// [`Error::Duplicate`] as with [`add`].
pub async fn change(
    tx: &mut Tx,
    id: OrganisationId,
    version: i64,
    organisation: &Organisation,
) -> Result<(), Error> {
    let now = tx.now();
    let Columns { kvk, branch_number, legal_form, phone, email } = Columns::of(organisation);
    let Organisation { kind, name, external_id, member_number, formula, sector, address, .. } =
        organisation;
    let Address { street, house_number, addition, postcode, town, country } = address;
    tx.change_one(
        "update organisations set kind = $1, name = $2, sort_key = $3, external_id = $4, member_number = $5,
                kvk = $6, branch_number = $7, legal_form = $8, formula = $9, sector = $10, street = $11,
                house_number = $12, addition = $13, postcode = $14, town = $15, country = $16, phone = $17,
                phone_written = $18, email = $19, changed_at = $20, version = version + 1
          where id = $21 and version = $22",
        args![
            *kind, name, fold(name), external_id.as_deref(), member_number.as_deref(), kvk, branch_number,
            legal_form, formula, sector, street, *house_number, addition, postcode, town, country,
            phone.clone(), phone.unwrap_or_default(), email, now, id, version,
        ],
    )
    .await?;
    let event = Event::new(EventKind::OrganisationChanged, local(now).date()).of_organisation(id);
    activity::record(tx, event).await
}

/// Nobody else takes a step with this organisation until this one is done; whether it is there. By a write that changes
/// nothing, because SQLite has no lock of its own for a row.
pub async fn hold(tx: &mut Tx, id: OrganisationId) -> Result<bool, Error> {
    let sql = "update organisations set version = version where id = $1";
    Ok(tx.execute(sql, args![id]).await? == 1)
}

/// Puts an organisation under another, or under none: a branch that was sold, a shop that joined a formula. What was
/// done there before stays with whom it was done for.
///
/// # Errors
///
/// [`Error::Raced`] if `parent` stands under `id` itself.
pub async fn place_under(
    tx: &mut Tx,
    id: OrganisationId,
    parent: Option<OrganisationId>,
) -> Result<(), Error> {
    db::row! { struct Above { parent_id: Option<OrganisationId> } }

    // Read by a write that changes nothing, so that PostgreSQL holds every organisation on the way up until the end: two
    // moves at once could make a ring that neither of them sees.
    let held = "update organisations set parent_id = parent_id where id = $1 returning parent_id";
    let before: Option<Above> = tx.one(held, args![id]).await?;
    let before = before.ok_or(Error::Raced)?.parent_id;
    let mut above = parent;
    while let Some(found) = above {
        if found == id {
            return Err(Error::Raced);
        }
        let row: Option<Above> = tx.one(held, args![found]).await?;
        above = row.and_then(|row| row.parent_id);
    }
    let now = tx.now();
    tx.change_one(
        "update organisations set parent_id = $1, changed_at = $2, version = version + 1 where id = $3",
        args![parent, now, id],
    )
    .await?;
    let event = Event::new(EventKind::OrganisationChanged, local(now).date())
        .of_organisation(id)
        .with("change", Fact::Code("moved"))
        .with("from", Fact::Number(before.map_or(0, |parent| parent.0)));
    activity::record(tx, event).await
}

/// What is optional for the rule and empty text in its column.
struct Columns {
    kvk: String,
    branch_number: String,
    legal_form: &'static str,
    phone: Option<String>,
    email: String,
}

impl Columns {
    fn of(organisation: &Organisation) -> Self {
        Self {
            kvk: organisation.kvk.as_ref().map(Digits::to_string).unwrap_or_default(),
            branch_number: organisation
                .branch_number
                .as_ref()
                .map(Digits::to_string)
                .unwrap_or_default(),
            legal_form: organisation.legal_form.map_or("", LegalForm::code),
            phone: organisation.phone.as_ref().map(|number| number.e164().to_owned()),
            email: organisation.email.as_ref().map(Email::to_string).unwrap_or_default(),
        }
    }
}

db::row! {
    /// An organisation in a list or in a tree.
    #[derive(Clone, Debug)]
    pub struct Listed {
        pub id: OrganisationId,
        pub parent_id: Option<OrganisationId>,
        pub parent_name: Option<String>,
        pub kind: Kind,
        pub name: String,
        pub sort_key: String,
        pub kvk: String,
        pub formula: String,
        pub sector: String,
        pub town: String,
        pub is_member: bool,
        pub was_member: bool,
    }
}

/// The beginning of a list; conditions follow. Membership is a function of dates (`today`).
pub(super) fn listed_query(today: Date) -> Query {
    let mut query = Query::new(
        "select o.id, o.parent_id, (select r.name from organisations r where r.id = o.parent_id) as parent_name,
                o.kind, o.name, o.sort_key, o.kvk, o.formula, o.sector, o.town,
                exists (select 1 from memberships m where m.organisation_id = o.id
                        and (m.starts_on is null or m.starts_on <= ",
    );
    query.bind(today).push(") and (m.ends_on is null or m.ends_on >= ").bind(today).push(
        ")) as is_member,
                exists (select 1 from memberships m where m.organisation_id = o.id) as was_member
           from organisations o where true",
    );
    query
}

/// A number is looked for from so many digits on: two digits are half of everybody.
const DIGITS_MIN: usize = 4;

/// Adds what a typed text can mean: the beginning of a word of the name, or the beginning of a number
/// of the trade register, a member number or a telephone number.
///
/// It looks at every organisation. An association knows thousands of them, not millions, and `Linde`
/// must find De Linde.
pub(super) fn push_means(query: &mut Query, text: &str) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let word: String = fold(text).chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
    query.push(" and ((' ' || o.sort_key) like ").bind(format!("% {word}%"));
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    if digits.len() >= DIGITS_MIN && digits.bytes().all(|b| b.is_ascii_digit()) {
        for column in ["o.kvk", "o.branch_number", "o.member_number"] {
            push_begins(query, column, &digits);
        }
    } else {
        query.push(" or o.member_number = ").bind(text);
    }
    if let Some(number) = PhoneNumber::prefix(text) {
        push_begins(query, "o.phone", &number);
    }
    query.push(")");
}

fn push_begins(query: &mut Query, column: &'static str, beginning: &str) {
    query.push(" or (").push(column).push(" >= ").bind(beginning);
    if let Some(end) = after(beginning) {
        query.push(" and ").push(column).push(" < ").bind(end);
    }
    query.push(")");
}

/// What was typed so far, as a few organisations.
pub(crate) async fn suggest(
    tx: &mut Tx,
    text: &str,
    today: Date,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    if text.trim().is_empty() {
        return Ok(vec![]);
    }
    let mut query = listed_query(today);
    push_means(&mut query, text);
    query.push(" order by o.sort_key, o.id limit ").bind(limit);
    tx.list(query).await
}

/// Where an organisation stands among others.
#[derive(Debug)]
pub(super) struct Tree {
    /// Those above it, the highest first.
    pub above: Vec<Listed>,
    pub own: Listed,
    pub below: Vec<Listed>,
    /// There are more below than are shown.
    pub more: bool,
}

const LEVELS_MAX: usize = 5;
const BELOW_MAX: usize = 100;

pub(super) async fn tree(
    tx: &mut Tx,
    id: OrganisationId,
    today: Date,
) -> Result<Option<Tree>, Error> {
    let Some(own) = listed(tx, id, today).await? else { return Ok(None) };
    let mut above: Vec<Listed> = Vec::new();
    let mut next = own.parent_id;
    while let Some(parent) = next
        && above.len() < LEVELS_MAX
        && let Some(found) = listed(tx, parent, today).await?
    {
        next = found.parent_id;
        above.insert(0, found);
    }
    let mut query = listed_query(today);
    query.push(" and o.parent_id = ").bind(id);
    query
        .push(" order by o.sort_key, o.id limit ")
        .bind(i64::try_from(BELOW_MAX + 1).unwrap_or(i64::MAX));
    let mut below: Vec<Listed> = tx.list(query).await?;
    let more = below.len() > BELOW_MAX;
    below.truncate(BELOW_MAX);
    Ok(Some(Tree { above, own, below, more }))
}

async fn listed(tx: &mut Tx, id: OrganisationId, today: Date) -> Result<Option<Listed>, Error> {
    let mut query = listed_query(today);
    query.push(" and o.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// Whether there is none at all yet.
pub(super) async fn is_empty(tx: &mut Tx) -> Result<bool, Error> {
    let some: i64 = tx
        .value(
            "select count(*) as value from (select id from organisations limit 1) as first",
            args![],
        )
        .await?;
    Ok(some == 0)
}

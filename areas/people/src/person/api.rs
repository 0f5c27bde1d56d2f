//! `/api/v1/people`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use kernel::PersonId;
use people_rules::person::{Draft, Person, Phone, PhoneKind, Wrong};
use people_rules::representative::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, FileReader, Json, List, Problem};

use super::store::{self, Stored, found_query};
use crate::Sight;
use crate::check::{refuse_api, require};
use crate::contact::{What, timeline};
use crate::search::{Vocabulary, search};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, change))
        .routes(routes!(person_timeline))
}

/// A person. On input every field is optional but the surname (or `name`, a whole name that is taken apart).
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct PersonBody {
    #[serde(skip_deserializing)]
    pub id: String,
    pub member_number: Option<String>,
    pub external_id: Option<String>,
    pub initials: Option<String>,
    pub first_name: Option<String>,
    pub call_name: Option<String>,
    pub prefix: Option<String>,
    pub last_name: Option<String>,
    pub name: Option<String>,
    /// ISO 8601. Only shown to a user who may see whole birth dates.
    pub birth_date: Option<String>,
    /// `f`, `m` or `x`.
    pub sex: Option<String>,
    pub street: Option<String>,
    pub house_number: Option<String>,
    pub addition: Option<String>,
    pub postcode: Option<String>,
    pub town: Option<String>,
    pub country: Option<String>,
    /// E.164 on output, any notation on input.
    pub phone: Option<String>,
    pub mobile: Option<String>,
    pub email: Option<String>,
    pub sector: Option<String>,
    pub employer: Option<String>,
    pub occupation: Option<String>,
    pub source: Option<String>,
    pub interest: Option<String>,
    pub language: Option<String>,
    /// Grows with every change; give it back with PATCH to refuse overwriting somebody else's.
    pub version: Option<i64>,
}

impl PersonBody {
    fn of(stored: &Stored, may_unmask: bool) -> Self {
        let Person { name, address, .. } = &stored.person;
        let draft = Draft::from(&stored.person);
        let some = |text: String| (!text.is_empty()).then_some(text);
        let phone = |kind| {
            let of_kind = |phone: &&Phone| phone.kind == kind;
            let number = &stored.person.phones.iter().find(of_kind)?.number;
            Some(
                number
                    .usable
                    .as_ref()
                    .map_or_else(|| number.written.clone(), |usable| usable.e164().to_owned()),
            )
        };
        Self {
            id: stored.id.to_string(),
            member_number: stored.person.member_number.clone(),
            external_id: stored.person.external_id.clone(),
            initials: some(name.initials.clone()),
            first_name: some(name.first_name.clone()),
            call_name: some(name.call_name.clone()),
            prefix: some(name.prefix.clone()),
            last_name: some(name.surname.clone()),
            name: some(name.short()),
            birth_date: some(draft.birth_date).filter(|_| may_unmask),
            sex: some(draft.sex),
            street: some(address.street.clone()),
            house_number: some(draft.house_number),
            addition: some(address.addition.clone()),
            postcode: some(address.postcode.clone()),
            town: some(address.town.clone()),
            country: some(address.country.clone()),
            phone: phone(PhoneKind::Phone),
            mobile: phone(PhoneKind::Mobile),
            email: some(draft.email),
            sector: some(stored.person.sector.clone()),
            employer: some(stored.person.employer.clone()),
            occupation: some(stored.person.occupation.clone()),
            source: some(stored.person.source.clone()),
            interest: some(stored.person.interest.clone()),
            language: some(stored.person.language.clone()),
            version: Some(stored.version),
        }
    }

    /// The fields that were given, over those that are there.
    fn over(self, draft: Draft) -> Draft {
        Draft {
            member_number: self.member_number.unwrap_or(draft.member_number),
            external_id: self.external_id.unwrap_or(draft.external_id),
            initials: self.initials.unwrap_or(draft.initials),
            first_name: self.first_name.unwrap_or(draft.first_name),
            call_name: self.call_name.unwrap_or(draft.call_name),
            prefix: self.prefix.unwrap_or(draft.prefix),
            last_name: self.last_name.unwrap_or(draft.last_name),
            name: self.name.unwrap_or(draft.name),
            birth_date: self.birth_date.unwrap_or(draft.birth_date),
            sex: self.sex.unwrap_or(draft.sex),
            street: self.street.unwrap_or(draft.street),
            house_number: self.house_number.unwrap_or(draft.house_number),
            addition: self.addition.unwrap_or(draft.addition),
            postcode: self.postcode.unwrap_or(draft.postcode),
            town: self.town.unwrap_or(draft.town),
            country: self.country.unwrap_or(draft.country),
            phone: self.phone.unwrap_or(draft.phone),
            mobile: self.mobile.unwrap_or(draft.mobile),
            email: self.email.unwrap_or(draft.email),
            sector: self.sector.unwrap_or(draft.sector),
            employer: self.employer.unwrap_or(draft.employer),
            occupation: self.occupation.unwrap_or(draft.occupation),
            source: self.source.unwrap_or(draft.source),
            interest: self.interest.unwrap_or(draft.interest),
            language: self.language.unwrap_or(draft.language),
        }
    }
}

fn wrong(wrong: &[Wrong]) -> ApiError {
    let first = wrong.first().copied();
    let (field, why) = first.map_or(("body", "wrong"), |wrong| (wrong.field, wrong.why.code()));
    ApiError::wrong(field, why)
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// A name, number, postcode, member number or e-mail address, or the beginning of one.
    #[serde(default)]
    search: String,
    /// 50 if not given, 200 at most.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: String,
}

const LIMIT: usize = 50;
const LIMIT_MAX: usize = 200;

/// People whom a searched text can mean, or everybody in pages.
#[utoipa::path(get, path = "/people", tag = "people", params(Asked),
    responses((status = 200, body = List<PersonBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    reader: Api<FileReader>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<PersonBody>>, ApiError> {
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let today = app.now().date();
    let sight = Sight::of(reader.scope, reader.id);
    let vocabulary = app.state::<Vocabulary>();
    let may_unmask = reader.may(kernel::Action::Unmask);
    let after = asked.cursor.parse().unwrap_or(0);
    let (items, next_cursor) = app
        .db()
        .write(reader.actor(), async |tx| {
            let found = if asked.search.trim().is_empty() {
                let mut query = found_query(today);
                sight.push(&mut query);
                let at_most = i64::try_from(limit).unwrap_or(i64::MAX);
                query
                    .push(" and p.id > ")
                    .bind(PersonId(after))
                    .push(" order by p.id limit ")
                    .bind(at_most);
                tx.list(query).await?
            } else {
                search(tx, &vocabulary, &asked.search, sight, today, limit).await?
            };
            let ids: Vec<PersonId> = found.iter().map(|person| person.id).collect();
            for id in &ids {
                activity::log_read(tx, *id, activity::Why::Api).await?;
            }
            let mut stored = store::by_ids(tx, &ids).await?;
            // In the order in which they were found.
            stored.sort_by_key(|person| ids.iter().position(|id| *id == person.id));
            let full = asked.search.trim().is_empty() && ids.len() == limit;
            let next = full.then(|| ids.last().map(ToString::to_string)).flatten();
            let items: Vec<_> =
                stored.iter().map(|person| PersonBody::of(person, may_unmask)).collect();
            Ok::<_, db::Error>((items, next))
        })
        .await?;
    Ok(Json(List { items, next_cursor }))
}

/// Adds a person.
#[utoipa::path(post, path = "/people", tag = "people", request_body = PersonBody,
    responses((status = 201, body = PersonBody), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<PersonBody>,
) -> Result<(StatusCode, Json<PersonBody>), ApiError> {
    let read = body.over(Draft::default()).read(app.now().date()).map_err(|all| wrong(&all))?;
    let may_unmask = caller.may(kernel::Action::Unmask);
    let stored = app
        .db()
        .write(caller.actor(), async |tx| {
            let id = store::add(tx, &read.person).await?;
            store::by_id(tx, id, Sight::All).await?.ok_or(db::Error::Raced)
        })
        .await
        .map_err(taken)?;
    Ok((StatusCode::CREATED, Json(PersonBody::of(&stored, may_unmask))))
}

fn taken(error: db::Error) -> ApiError {
    match error {
        db::Error::Duplicate => {
            ApiError::refused("number-taken", "the member number or external id is somebody else's")
        }
        db::Error::Raced => {
            ApiError::refused("changed-meanwhile", "somebody changed this person; read it again")
        }
        error => error.into(),
    }
}

/// One person. The reading is logged.
#[utoipa::path(get, path = "/people/{id}", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = PersonBody), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<PersonId>,
) -> Result<Json<PersonBody>, ApiError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let found = store::by_id(tx, id, sight).await?;
            if let Err(no) = require(tx, id, Scope::Information).await? {
                return Ok::<_, db::Error>(Err(no));
            }
            if found.is_some() {
                activity::log_read(tx, id, activity::Why::Api).await?;
            }
            Ok(Ok(found))
        })
        .await?;
    let stored = found.map_err(refuse_api)?.ok_or(ApiError::NotFound)?;
    Ok(Json(PersonBody::of(&stored, reader.may(kernel::Action::Unmask))))
}

/// Changes the fields that are given.
#[utoipa::path(patch, path = "/people/{id}", tag = "people", params(("id" = String, Path)), request_body = PersonBody,
    responses((status = 200, body = PersonBody), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<PersonId>,
    Json(body): Json<PersonBody>,
) -> Result<Json<PersonBody>, ApiError> {
    let today = app.now().date();
    let may_unmask = caller.may(kernel::Action::Unmask);
    let before = app
        .db()
        .read(caller.actor(), async |tx| store::by_id(tx, id, Sight::All).await)
        .await?
        .ok_or(ApiError::NotFound)?;
    let version = body.version.unwrap_or(before.version);
    let read = body.over(Draft::from(&before.person)).read(today).map_err(|all| wrong(&all))?;
    let stored = app
        .db()
        .write(caller.actor(), async |tx| {
            if let Err(no) = require(tx, id, Scope::Changes).await? {
                return Ok(Err(no));
            }
            store::change(tx, id, version, &read.person).await?;
            store::by_id(tx, id, Sight::All).await?.ok_or(db::Error::Raced).map(Ok)
        })
        .await
        .map_err(taken)?
        .map_err(refuse_api)?;
    Ok(Json(PersonBody::of(&stored, may_unmask)))
}

/// One moment of contact.
#[derive(Serialize, ToSchema)]
struct MomentBody {
    #[schema(value_type = String)]
    at: Timestamp,
    /// `brochure`, `outcome_logged`, `callback_made` and so on.
    kind: String,
    subject: Option<String>,
    outcome: Option<String>,
    by: Option<String>,
    note: Option<String>,
}

const MOMENTS: usize = 200;

/// Everything we did together, latest first. The reading is logged.
#[utoipa::path(get, path = "/people/{id}/timeline", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = List<MomentBody>), (status = 404, body = Problem)))]
async fn person_timeline(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<PersonId>,
) -> Result<Json<List<MomentBody>>, ApiError> {
    let sight = Sight::of(reader.scope, reader.id);
    let now = app.db().clock().now();
    let moments = app
        .db()
        .write(reader.actor(), async |tx| {
            if store::by_id(tx, id, sight).await?.is_none() {
                return Ok::<_, db::Error>(Ok(None));
            }
            if let Err(no) = require(tx, id, Scope::Information).await? {
                return Ok(Err(no));
            }
            activity::log_read(tx, id, activity::Why::Api).await?;
            timeline(tx, id, now, MOMENTS).await.map(|moments| Ok(Some(moments)))
        })
        .await?
        .map_err(refuse_api)?
        .ok_or(ApiError::NotFound)?;
    let items = moments
        .into_iter()
        .map(|moment| {
            let (kind, subject, outcome) = match moment.what {
                What::Contact { kind, subject, .. } => {
                    (kind.code().to_owned(), Some(subject), None)
                }
                What::Requested { subject } => ("call_requested".to_owned(), Some(subject), None),
                What::Allowed { purpose, .. } => {
                    ("consent_given".to_owned(), Some(purpose.code().to_owned()), None)
                }
                What::Logged { kind, outcome, .. } => (kind, None, outcome),
            };
            MomentBody { at: moment.at, kind, subject, outcome, by: moment.who, note: moment.note }
        })
        .collect();
    Ok(Json(List { items, next_cursor: None }))
}

//! `/api/v1/organisations`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use kernel::OrganisationId;
use people_rules::organisation::{Draft, Organisation};
use people_rules::person::Wrong;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, FileReader, Json, List, Problem};

use super::store::{self, Stored};
use crate::Sight;
use crate::contact_person::{self, Spokesperson};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, change))
        .routes(routes!(organisation_timeline))
}

/// An organisation. On input every field is optional but the name.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub(super) struct OrganisationBody {
    #[serde(skip_deserializing)]
    pub id: String,
    /// The organisation above this one. Without it, a new branch comes under the company with its `kvk`, and one that is
    /// changed stays where it is; empty takes it out of the tree.
    pub parent: Option<String>,
    /// `concern`, `company`, `branch` or `formula`.
    pub kind: Option<String>,
    pub name: Option<String>,
    pub member_number: Option<String>,
    pub external_id: Option<String>,
    /// Eight digits.
    pub kvk: Option<String>,
    /// Twelve digits; only of a branch.
    pub branch_number: Option<String>,
    /// `bv`, `nv`, `stichting`, `vereniging`, `cooperatie`, `vof`, `maatschap`, `cv` or `eenmanszaak`.
    pub legal_form: Option<String>,
    pub formula: Option<String>,
    pub sector: Option<String>,
    pub street: Option<String>,
    pub house_number: Option<String>,
    pub addition: Option<String>,
    pub postcode: Option<String>,
    pub town: Option<String>,
    pub country: Option<String>,
    /// E.164 on output, any notation on input.
    pub phone: Option<String>,
    pub email: Option<String>,
    /// Grows with every change; give it back with PATCH to refuse overwriting somebody else's.
    pub version: Option<i64>,
    /// Only of one organisation, not in lists.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub contact_persons: Option<Vec<ContactPersonBody>>,
}

/// Somebody who speaks for an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ContactPersonBody {
    pub person: String,
    pub name: String,
    pub role: String,
    pub from: Option<String>,
    /// The last day of the role; absent as long as it lasts.
    pub until: Option<String>,
}

impl From<&Spokesperson> for ContactPersonBody {
    fn from(contact: &Spokesperson) -> Self {
        Self {
            person: contact.person_id.to_string(),
            name: contact.name().short(),
            role: contact.role.clone(),
            from: contact.from_on.map(|day| day.to_string()),
            until: contact.until_on.map(|day| day.to_string()),
        }
    }
}

impl OrganisationBody {
    fn of(stored: &Stored) -> Self {
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        let draft = &stored.draft;
        Self {
            id: stored.id.to_string(),
            parent: stored.parent.map(|parent| parent.to_string()),
            kind: some(&draft.kind),
            name: some(&draft.name),
            member_number: some(&draft.member_number),
            external_id: some(&draft.external_id),
            kvk: some(&draft.kvk),
            branch_number: some(&draft.branch_number),
            legal_form: some(&draft.legal_form),
            formula: some(&draft.formula),
            sector: some(&draft.sector),
            street: some(&draft.street),
            house_number: some(&draft.house_number),
            addition: some(&draft.addition),
            postcode: some(&draft.postcode),
            town: some(&draft.town),
            country: some(&draft.country),
            phone: some(&draft.phone),
            email: some(&draft.email),
            version: Some(stored.version),
            contact_persons: None,
        }
    }

    /// The fields that were given, over those that are there.
    fn over(self, draft: Draft) -> Draft {
        Draft {
            kind: self.kind.unwrap_or(draft.kind),
            name: self.name.unwrap_or(draft.name),
            external_id: self.external_id.unwrap_or(draft.external_id),
            member_number: self.member_number.unwrap_or(draft.member_number),
            kvk: self.kvk.unwrap_or(draft.kvk),
            branch_number: self.branch_number.unwrap_or(draft.branch_number),
            legal_form: self.legal_form.unwrap_or(draft.legal_form),
            formula: self.formula.unwrap_or(draft.formula),
            sector: self.sector.unwrap_or(draft.sector),
            street: self.street.unwrap_or(draft.street),
            house_number: self.house_number.unwrap_or(draft.house_number),
            addition: self.addition.unwrap_or(draft.addition),
            postcode: self.postcode.unwrap_or(draft.postcode),
            town: self.town.unwrap_or(draft.town),
            country: self.country.unwrap_or(draft.country),
            phone: self.phone.unwrap_or(draft.phone),
            email: self.email.unwrap_or(draft.email),
        }
    }

    fn read(self, over: Draft) -> Result<Organisation, ApiError> {
        self.over(over).read().map_err(|wrong| wrong_input(&wrong))
    }
}

fn wrong_input(wrong: &[Wrong]) -> ApiError {
    let first = wrong.first().copied();
    let (field, why) = first.map_or(("body", "wrong"), |wrong| (wrong.field, wrong.why.code()));
    ApiError::wrong(field, why)
}

fn refused(error: db::Error) -> ApiError {
    match error {
        db::Error::Duplicate => ApiError::refused(
            "number-taken",
            "the trade register number or external id is another organisation's",
        ),
        db::Error::Raced => ApiError::refused(
            "changed-meanwhile",
            "somebody changed this organisation; read it again",
        ),
        error => error.into(),
    }
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// The beginning of a word of the name, or of a trade register, member or telephone number.
    #[serde(default)]
    search: String,
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: String,
}

const LIMIT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// Organisations in pages, all of them or what a searched text can mean.
#[utoipa::path(get, path = "/organisations", tag = "people", params(Asked),
    responses((status = 200, body = List<OrganisationBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    reader: Api<FileReader>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<OrganisationBody>>, ApiError> {
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let after = OrganisationId(asked.cursor.parse().unwrap_or(0));
    let found = app
        .db()
        .read(reader.actor(), async |tx| store::page(tx, &asked.search, after, limit).await)
        .await?;
    let full = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next_cursor = full.then(|| found.last().map(|last| last.id.to_string())).flatten();
    Ok(Json(List { items: found.iter().map(OrganisationBody::of).collect(), next_cursor }))
}

/// Adds an organisation.
#[utoipa::path(post, path = "/organisations", tag = "people", request_body = OrganisationBody,
    responses((status = 201, body = OrganisationBody), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<OrganisationBody>,
) -> Result<(StatusCode, Json<OrganisationBody>), ApiError> {
    let parent = body.parent.clone();
    let parent: Option<OrganisationId> = parent
        .map(|parent| parent.parse().map_err(|_| ApiError::wrong("parent", "not an id")))
        .transpose()?;
    let organisation = body.read(Draft::default())?;
    let stored = app
        .db()
        .write(caller.actor(), async |tx| {
            if let Some(parent) = parent
                && store::by_id(tx, parent).await?.is_none()
            {
                return Ok(None);
            }
            let id = store::add(tx, &organisation, parent).await?;
            store::by_id(tx, id).await
        })
        .await
        .map_err(refused)?;
    let stored =
        stored.ok_or_else(|| ApiError::wrong("parent", "there is no such organisation"))?;
    Ok((StatusCode::CREATED, Json(OrganisationBody::of(&stored))))
}

/// One organisation with its contact persons. Reading their names is logged.
#[utoipa::path(get, path = "/organisations/{id}", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = OrganisationBody), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<OrganisationId>,
) -> Result<Json<OrganisationBody>, ApiError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let Some(stored) = store::by_id(tx, id).await? else { return Ok::<_, db::Error>(None) };
            let contacts = contact_person::of_organisation(tx, id, sight).await?;
            for person in contacts.people() {
                activity::log_read(tx, person, activity::Why::Api).await?;
            }
            Ok(Some((stored, contacts)))
        })
        .await?;
    let (stored, contacts) = found.ok_or(ApiError::NotFound)?;
    let contact_persons = contacts.shown.iter().map(ContactPersonBody::from).collect();
    Ok(Json(OrganisationBody {
        contact_persons: Some(contact_persons),
        ..OrganisationBody::of(&stored)
    }))
}

/// Changes the fields that are given. Another `parent` moves the organisation, with what stands under it; what was done
/// there before stays with whom it was done for.
#[utoipa::path(patch, path = "/organisations/{id}", tag = "people", params(("id" = String, Path)),
    request_body = OrganisationBody,
    responses((status = 200, body = OrganisationBody), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<OrganisationId>,
    Json(body): Json<OrganisationBody>,
) -> Result<Json<OrganisationBody>, ApiError> {
    let before = app
        .db()
        .read(caller.actor(), async |tx| store::by_id(tx, id).await)
        .await?
        .ok_or(ApiError::NotFound)?;
    let under = match body.parent.as_deref() {
        None => before.parent,
        Some("") => None,
        Some(id) => Some(id.parse().map_err(|_| ApiError::wrong("parent", "not an id"))?),
    };
    let version = body.version.unwrap_or(before.version);
    let organisation = body.read(before.draft)?;
    let stored = app
        .db()
        .write(caller.actor(), async |tx| {
            store::change(tx, id, version, &organisation).await.map_err(refused)?;
            if under != before.parent {
                if let Some(parent) = under
                    && store::by_id(tx, parent).await?.is_none()
                {
                    return Err(ApiError::wrong("parent", "no such organisation"));
                }
                store::place_under(tx, id, under).await.map_err(|error| match error {
                    db::Error::Raced => {
                        ApiError::wrong("parent", "that one stands under this organisation itself")
                    }
                    error => error.into(),
                })?;
            }
            store::by_id(tx, id).await?.ok_or(ApiError::NotFound)
        })
        .await?;
    Ok(Json(OrganisationBody::of(&stored)))
}

/// One change of an organisation.
#[derive(Serialize, ToSchema)]
struct ChangeBody {
    #[schema(value_type = String)]
    at: Timestamp,
    /// `organisation_added`, `organisation_changed` or `contact_person_changed`.
    kind: String,
    /// `added` or `ended`, of a contact person.
    change: Option<String>,
    by: Option<String>,
}

const CHANGES: i64 = 200;

/// What was changed, latest first.
#[utoipa::path(get, path = "/organisations/{id}/timeline", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = List<ChangeBody>), (status = 404, body = Problem)))]
async fn organisation_timeline(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<OrganisationId>,
) -> Result<Json<List<ChangeBody>>, ApiError> {
    let lines = app
        .db()
        .read(reader.actor(), async |tx| {
            if store::by_id(tx, id).await?.is_none() {
                return Ok(None);
            }
            activity::of_organisation(tx, id, CHANGES).await.map(Some)
        })
        .await?
        .ok_or(ApiError::NotFound)?;
    let items = lines
        .into_iter()
        .map(|line| ChangeBody {
            change: line.code("change"),
            at: line.at,
            kind: line.kind,
            by: line.actor_name,
        })
        .collect();
    Ok(Json(List { items, next_cursor: None }))
}

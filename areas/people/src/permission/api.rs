//! `/api/v1/people/{id}/consents` and `/objections`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use kernel::{PersonId, Pii};
use people_rules::representative::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, FileReader, Json, List, Problem};

use super::page::{ConsentForm, Wrong};
use super::store::{
    Channel, Consent, NewObjection, Objection, Purpose, add_consent, consents, object, objections,
};
use crate::Sight;
use crate::check::{refuse_api, require};
use crate::person::by_id;
use crate::sight::may_write;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_consents, make_consent))
        .routes(routes!(list_objections, make_objection))
}

/// What a person allowed, with the proof of it.
#[derive(Serialize, ToSchema)]
struct ConsentAnswer {
    id: String,
    /// `any recruitment retention service newsletter`
    purpose: String,
    /// `phone email sms post`
    channel: String,
    /// `consent`; a ground of lid 5: `donation volunteer event`; or `published` (lid 3, a), with its number.
    basis: String,
    number: Option<String>,
    #[schema(value_type = String)]
    given_at: Timestamp,
    text: String,
    source: String,
    until: Option<String>,
    #[schema(value_type = Option<String>)]
    first_used_at: Option<Timestamp>,
    #[schema(value_type = Option<String>)]
    withdrawn_at: Option<Timestamp>,
}

impl From<&Consent> for ConsentAnswer {
    fn from(consent: &Consent) -> Self {
        Self {
            id: consent.id.to_string(),
            purpose: consent.purpose.code().into(),
            channel: consent.channel.code().into(),
            basis: consent.basis.code().into(),
            number: consent.number.as_ref().map(|number| number.e164().to_owned()),
            given_at: consent.given_at,
            text: consent.text_shown.clone(),
            source: consent.source.clone(),
            until: consent.until_on.map(|day| day.to_string()),
            first_used_at: consent.first_used_at,
            withdrawn_at: consent.withdrawn_at,
        }
    }
}

/// Opens a file for a program, and says so in the read log; `false` if there is no such file for this user.
async fn opened(tx: &mut db::Tx, id: PersonId, sight: Sight) -> Result<bool, db::Error> {
    if by_id(tx, id, sight).await?.is_none() {
        return Ok(false);
    }
    activity::log_read(tx, id, activity::Why::Api).await?;
    Ok(true)
}

/// Everything this person ever allowed, latest first.
#[utoipa::path(get, path = "/people/{id}/consents", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = List<ConsentAnswer>), (status = 404, body = Problem)))]
async fn list_consents(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<PersonId>,
) -> Result<Json<List<ConsentAnswer>>, ApiError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            if !opened(tx, id, sight).await? {
                return Ok::<_, db::Error>(None);
            }
            consents(tx, id).await.map(Some)
        })
        .await?;
    let found = found.ok_or(ApiError::NotFound)?;
    Ok(Json(List { items: found.iter().map(ConsentAnswer::from).collect(), next_cursor: None }))
}

#[derive(Deserialize, ToSchema)]
struct ConsentBody {
    purpose: String,
    /// `phone`, if not given.
    channel: Option<String>,
    /// `consent`, if not given.
    basis: Option<String>,
    /// Of `published`: which number of this person.
    number: Option<String>,
    /// The day of the yes; today, if not given.
    given_on: Option<String>,
    /// What the person read or heard when saying yes.
    text: String,
    source: String,
    /// The last day, if a term stood with the question.
    until: Option<String>,
}

/// Keeps a consent with its proof.
#[utoipa::path(post, path = "/people/{id}/consents", tag = "people", params(("id" = String, Path)),
    request_body = ConsentBody,
    responses((status = 201, body = ConsentAnswer), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn make_consent(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<PersonId>,
    Json(body): Json<ConsentBody>,
) -> Result<(StatusCode, Json<ConsentAnswer>), ApiError> {
    if !may_write(&reader) {
        return Err(ApiError::Forbidden);
    }
    let now = app.now();
    let channel = body.channel.unwrap_or_else(|| Channel::Phone.code().to_owned());
    if channel.parse::<Channel>().is_err() {
        return Err(ApiError::wrong("channel", "phone, email, sms or post"));
    }
    let basis = body.basis.unwrap_or_else(|| "consent".to_owned());
    if basis.parse::<super::Basis>().is_err() {
        return Err(ApiError::wrong("basis", "consent, donation, volunteer, event or published"));
    }
    let form = ConsentForm {
        purpose: body.purpose,
        channel,
        basis,
        given_on: body.given_on.unwrap_or_else(|| now.date().to_string()),
        text: Pii::new(body.text),
        source: body.source,
        until: body.until.unwrap_or_default(),
        number: body.number.unwrap_or_default(),
    };
    let sight = Sight::of(reader.scope, reader.id);
    let found = app.db().read(reader.actor(), async |tx| by_id(tx, id, sight).await).await?;
    let numbers = found.ok_or(ApiError::NotFound)?.person.numbers();
    let new = form.read(id, &numbers, &now).map_err(|wrong| wrong_input(&wrong))?;
    let kept = app
        .db()
        .write(reader.actor(), async |tx| {
            if let Err(no) = require(tx, id, Scope::Changes).await? {
                return Ok(Err(no));
            }
            let added = add_consent(tx, new.clone()).await?;
            let all = consents(tx, id).await?;
            let kept = all.into_iter().find(|consent| Some(consent.id) == added);
            Ok::<_, db::Error>(Ok(kept))
        })
        .await?;
    let kept = kept.map_err(refuse_api)?.ok_or_else(|| {
        ApiError::refused("known", "this consent is there already; withdraw it to replace it")
    })?;
    Ok((StatusCode::CREATED, Json(ConsentAnswer::from(&kept))))
}

fn wrong_input(wrong: &[Wrong]) -> ApiError {
    match wrong.first() {
        Some(Wrong::GivenOn) => ApiError::wrong("given_on", "a day that does not lie ahead"),
        Some(Wrong::Text) => {
            ApiError::wrong("text", "what was read or heard, 1,000 characters at most")
        }
        Some(Wrong::Source) => ApiError::wrong("source", "where it was said"),
        Some(Wrong::Number) => ApiError::wrong("number", "a number of this person, for calls"),
        Some(Wrong::Until) => ApiError::wrong("until", "a day on or after the day of the yes"),
        _ => ApiError::wrong("purpose", "any, recruitment, retention, service or newsletter"),
    }
}

/// What a person does not want.
#[derive(Serialize, ToSchema)]
struct ObjectionAnswer {
    id: String,
    purpose: String,
    channel: String,
    #[schema(value_type = String)]
    made_at: Timestamp,
    words: String,
    #[schema(value_type = Option<String>)]
    withdrawn_at: Option<Timestamp>,
}

impl From<&Objection> for ObjectionAnswer {
    fn from(objection: &Objection) -> Self {
        Self {
            id: objection.id.to_string(),
            purpose: objection.purpose.code().into(),
            channel: objection.channel.code().into(),
            made_at: objection.made_at,
            words: objection.words.clone(),
            withdrawn_at: objection.withdrawn_at,
        }
    }
}

/// Everything this person ever objected to, latest first.
#[utoipa::path(get, path = "/people/{id}/objections", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = List<ObjectionAnswer>), (status = 404, body = Problem)))]
async fn list_objections(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<PersonId>,
) -> Result<Json<List<ObjectionAnswer>>, ApiError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            if !opened(tx, id, sight).await? {
                return Ok::<_, db::Error>(None);
            }
            objections(tx, id).await.map(Some)
        })
        .await?;
    let found = found.ok_or(ApiError::NotFound)?;
    Ok(Json(List { items: found.iter().map(ObjectionAnswer::from).collect(), next_cursor: None }))
}

#[derive(Deserialize, ToSchema)]
struct ObjectionBody {
    /// `any`, if not given.
    purpose: Option<String>,
    /// `phone`, if not given.
    channel: Option<String>,
    source: String,
    /// What the person said.
    #[serde(default)]
    words: String,
}

/// The person does not want this; it counts at once, everywhere. Said twice, it changes nothing.
#[utoipa::path(post, path = "/people/{id}/objections", tag = "people", params(("id" = String, Path)),
    request_body = ObjectionBody,
    responses((status = 201, body = List<ObjectionAnswer>), (status = 422, body = Problem)))]
async fn make_objection(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<PersonId>,
    Json(body): Json<ObjectionBody>,
) -> Result<(StatusCode, Json<List<ObjectionAnswer>>), ApiError> {
    if !may_write(&reader) {
        return Err(ApiError::Forbidden);
    }
    let purpose = match body.purpose.as_deref() {
        None => Purpose::Any,
        Some(code) => code.parse().map_err(|_| {
            ApiError::wrong("purpose", "any, recruitment, retention, service or newsletter")
        })?,
    };
    let channel = match body.channel.as_deref() {
        None => Channel::Phone,
        Some(code) => {
            code.parse().map_err(|_| ApiError::wrong("channel", "phone, email, sms or post"))?
        }
    };
    let new = NewObjection {
        person: id,
        channel,
        purpose,
        source: body.source.trim().chars().take(200).collect(),
        words: body.words.trim().chars().take(500).collect(),
    };
    let sight = Sight::of(reader.scope, reader.id);
    let kept = app
        .db()
        .write(reader.actor(), async |tx| {
            if by_id(tx, id, sight).await?.is_none() {
                return Ok::<_, db::Error>(None);
            }
            object(tx, new.clone()).await?;
            objections(tx, id).await.map(Some)
        })
        .await?;
    let kept = kept.ok_or(ApiError::NotFound)?;
    let items = kept.iter().map(ObjectionAnswer::from).collect();
    Ok((StatusCode::CREATED, Json(List { items, next_cursor: None })))
}

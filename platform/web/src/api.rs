//! The JSON face: bearer tokens, problems instead of pages, commands that may be sent twice.

use std::ops::Deref;

use axum::body::{Body, to_bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use db::{Earlier, Error, args};
use kernel::{Action, Actor, ActorKind, CommandKey, Roles, TeamId, TokenId, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use texts::Language;

use crate::error::log_failure;
use crate::permit::Permit;
use crate::session::token_hash;
use crate::{App, User, WebError};

/// Somebody's token, with the right that the route asks for.
///
/// `Api<Caller>` in the arguments of a handler is all that it takes.
pub struct Api<P> {
    permit: P,
    command: Option<CommandKey>,
}

impl<P: Permit> Api<P> {
    /// The actor for [`db::Db::write`]: the command key travels with it.
    pub fn actor(&self) -> Actor {
        let user = self.permit.user();
        Actor {
            kind: ActorKind::Token,
            user: user.id,
            team: user.team,
            command: self.command.clone(),
        }
    }
}

impl<P> Deref for Api<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.permit
    }
}

impl<P: Permit> FromRequestParts<App> for Api<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let bearer = bearer(app, &parts.headers).await?;
        let needed = if parts.method == Method::GET { "read" } else { "write" };
        if !bearer.scopes.split(',').any(|scope| scope == needed || scope == "admin") {
            return Err(ApiError::Forbidden);
        }
        if P::ACTION == Action::Administer
            && !bearer.scopes.split(',').any(|scope| scope == "admin")
        {
            return Err(ApiError::Forbidden);
        }
        let scope = bearer.user.scope(P::ACTION).ok_or(ApiError::Forbidden)?;
        let command = parts.extensions.get::<CommandKey>().cloned();
        Ok(Self { permit: P::of(bearer.user, scope), command })
    }
}

struct Bearer {
    user: User,
    scopes: String,
}

db::row! {
    struct FoundToken {
        id: UserId,
        token_id: TokenId,
        name: String,
        first_name: String,
        roles: String,
        team_id: Option<TeamId>,
        language: Language,
        scopes: String,
    }
}

async fn bearer(app: &App, headers: &HeaderMap) -> Result<Bearer, ApiError> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(ApiError::Unauthorized)?;
    let found: Option<FoundToken> = app
        .db()
        .read(Actor::SYSTEM, async |tx| {
            let now = tx.now();
            tx.one(
                "select u.id, t.id as token_id, u.name, u.first_name, u.roles, u.team_id,
                        u.language, t.scopes
                   from api_tokens t
                   join users u on u.id = t.user_id
                  where t.token_hash = $1 and t.revoked_at is null and u.ended_at is null
                        and (t.ends_at is null or t.ends_at > $2)",
                args![token_hash(token.trim()), now],
            )
            .await
        })
        .await?;
    let FoundToken { id, token_id: _, name, first_name, roles, team_id, language, scopes } =
        found.ok_or(ApiError::Unauthorized)?;
    let user = User {
        id,
        name,
        first_name,
        roles: Roles::read(&roles),
        team: team_id,
        language,
        must_choose: false,
    };
    Ok(Bearer { user, scopes })
}

/// A list answers in pages by key.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Give it back as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A body in JSON; what cannot be read is answered as a problem.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::JsonDataError(error)) => {
                Err(ApiError::wrong("body", error.body_text()))
            }
            Err(error) => Err(ApiError::wrong("body", error.body_text())),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Why a call of the API did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("a token is needed")]
    Unauthorized,
    #[error("this token may not do that")]
    Forbidden,
    #[error("there is no such thing, or not for this token")]
    NotFound,
    /// The input makes no sense.
    #[error("{field}: {detail}")]
    Wrong { field: String, detail: String },
    /// A rule says no. `kind` is the last word of `type`.
    #[error("{detail}")]
    Refused { kind: &'static str, detail: String },
    #[error("carried out before")]
    AlreadyDone,
    #[error(transparent)]
    Broken(#[from] crate::Broken),
}

impl ApiError {
    pub fn wrong(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Wrong { field: field.into(), detail: detail.into() }
    }

    pub fn refused(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused { kind, detail: detail.into() }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match WebError::from(error) {
            WebError::AlreadyDone => Self::AlreadyDone,
            WebError::Raced => {
                Self::refused("changed-meanwhile", "it is no longer as it was; look again")
            }
            WebError::Broken(broken) => Self::Broken(broken),
            other => Self::Broken(crate::Broken::new(other)),
        }
    }
}

impl From<rulebook::Missing> for ApiError {
    fn from(error: rulebook::Missing) -> Self {
        Self::Broken(crate::Broken::new(error))
    }
}

/// RFC 9457. Never holds a stack or personal data.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `urn:wijland:problem:old-fence` and the like: what a program can decide by.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The part of the input that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, kind, title) = match &self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "A bearer token is needed")
            }
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "This token may not do that"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::Wrong { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "wrong-input", "The input makes no sense")
            }
            Self::Refused { kind, .. } => (StatusCode::CONFLICT, *kind, "Refused"),
            Self::AlreadyDone => (
                StatusCode::CONFLICT,
                "already-done",
                "A command with this key was carried out before",
            ),
            Self::Broken(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "broken", "Something broke on our side")
            }
        };
        let (detail, field) = match self {
            Self::Wrong { field, detail } => (Some(detail), Some(field)),
            Self::Refused { detail, .. } => (Some(detail), None),
            Self::Broken(error) => (Some(format!("operation {}", log_failure(&error))), None),
            _ => (None, None),
        };
        let problem = Problem {
            kind: format!("urn:wijland:problem:{kind}"),
            title,
            status: status.as_u16(),
            detail,
            field,
        };
        let body = serde_json::to_string(&problem).expect("text and numbers");
        (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}

const ANSWER_MAX: usize = 1 << 20;

/// `Idempotency-Key` on a POST: the first carries it out, every later one gets the same answer.
pub async fn idempotent(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
    let Some(key) = key.filter(|_| request.method() == Method::POST).map(str::to_owned) else {
        return next.run(request).await;
    };
    if key.is_empty() || key.len() > 200 {
        return ApiError::wrong("Idempotency-Key", "1 to 200 characters").into_response();
    }
    let user = match bearer(&app, request.headers()).await {
        Ok(bearer) => bearer.user.id,
        Err(error) => return error.into_response(),
    };
    let route = format!("{} {}", request.method(), request.uri().path());
    let earlier =
        app.db().read(Actor::SYSTEM, async |tx| tx.earlier_command(user, &key, &route).await).await;
    match earlier {
        Ok(Earlier::None) => {}
        Ok(Earlier::Answered { status, body }) => {
            let kind = [(header::CONTENT_TYPE, "application/json"), (REPLAYED, "true")];
            return (StatusCode::from_u16(status).unwrap_or_default(), kind, body).into_response();
        }
        Ok(Earlier::OtherRoute) => {
            return ApiError::refused("key-reused", "this key belongs to another command")
                .into_response();
        }
        Ok(Earlier::Running) => return ApiError::AlreadyDone.into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    }

    let command = CommandKey { key: key.clone(), request: db::new_id() };
    request.extensions_mut().insert(command.clone());
    let response = next.run(request).await;
    match keep_answer(&app, user, &command, &route, response).await {
        Ok(response) => response,
        Err(error) => ApiError::from(error).into_response(),
    }
}

const REPLAYED: header::HeaderName = header::HeaderName::from_static("idempotency-replayed");

/// Keeps the answer beside the key.
async fn keep_answer(
    app: &App,
    user: UserId,
    command: &CommandKey,
    route: &str,
    response: Response,
) -> Result<Response, Error> {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_MAX).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = parts.status.as_u16();
    app.db()
        .write(Actor::SYSTEM, async |tx| tx.keep_answer(user, command, route, status, text).await)
        .await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

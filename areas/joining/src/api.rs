//! `/api/v1/sign-ups`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use joining_rules::sign_up::Method;
use kernel::{PhoneNumber, Pii, SignUpId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, Problem};

use crate::sign_up::{self, By, SignUp, own_call};
use crate::typed::Typed;
use crate::{Refused, settings};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(make))
        .routes(routes!(answer))
        .routes(routes!(show))
        .routes(routes!(confirm))
        .routes(routes!(withdraw))
}

/// Somebody who became a member.
#[derive(Debug, Serialize, ToSchema)]
struct SignUpBody {
    id: String,
    person: String,
    /// No such membership is there any more once it was withdrawn or lapsed.
    membership: String,
    mandate: Option<String>,
    /// `phone_out`, `phone_in`, `web` or `visit`.
    method: String,
    /// `email`, `sms`, `letter` or `paper`.
    way: String,
    /// `provisional`, `confirmed`, `withdrawn` or `lapsed`.
    state: String,
    starts_on: String,
    /// Cents for the first period.
    cents: i64,
    /// Cents for each usual one.
    usual_cents: i64,
    /// `month`, `quarter`, `half_year` or `year`.
    per: String,
    intro_until: Option<String>,
    /// The last day on which it can be confirmed.
    lapse_on: Option<String>,
    /// The last day on which it can be withdrawn.
    withdraw_until: Option<String>,
    referral: Option<String>,
}

fn shown(sign_up: &SignUp) -> SignUpBody {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let referral = &sign_up.referral_code;
    SignUpBody {
        id: sign_up.id.to_string(),
        person: sign_up.person_id.to_string(),
        membership: sign_up.membership_id.to_string(),
        mandate: sign_up.mandate_id.map(|id| id.to_string()),
        method: sign_up.method.to_string(),
        way: sign_up.way.to_string(),
        state: sign_up.state.to_string(),
        starts_on: sign_up.starts_on.to_string(),
        cents: sign_up.cents.0,
        usual_cents: sign_up.usual_cents.0,
        per: sign_up.per.to_string(),
        intro_until: day(sign_up.intro_until),
        lapse_on: day(sign_up.lapse_on),
        withdraw_until: day(sign_up.withdraw_until),
        referral: (!referral.is_empty()).then(|| referral.clone()),
    }
}

/// Makes somebody a member. The same `key` twice is one sign-up (200). In the call that this user has with the person its outcome
/// is logged with it.
#[utoipa::path(post, path = "/sign-ups", tag = "joining", request_body = Typed,
    responses((status = 201, body = SignUpBody), (status = 200, body = SignUpBody, description = "made before"),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn make(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(mut typed): Json<Typed>,
) -> Result<(StatusCode, Json<SignUpBody>), ApiError> {
    let (book, today) = (app.rulebook(), app.now().date());
    let starts_on = settings::starts_on(&book, today)?;
    if typed.key.is_empty() {
        typed.key = db::new_id().to_string();
    }
    let call = match typed.person_id() {
        Some(person) => {
            app.db().read(caller.actor(), async |tx| own_call(tx, person).await).await?
        }
        None => None,
    };
    let method = call.map(|call| call.method).or_else(|| typed.method.parse().ok());
    let method: Method =
        method.ok_or_else(|| ApiError::wrong("method", "phone_out, phone_in, web or visit"))?;
    let new = typed.read(&app.texts(caller.language), method, (today, starts_on));
    let new = new.map_err(|wrong| {
        let (field, says) = wrong.into_iter().next().unwrap_or(("body", String::new()));
        ApiError::wrong(field, says)
    })?;
    let done =
        app.db().write(caller.actor(), async |tx| sign_up::commit(tx, &app, &new).await).await;
    let done = answered(done)?;
    let status = if done.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(shown(&done.sign_up))))
}

/// One sign-up.
#[utoipa::path(get, path = "/sign-ups/{id}", tag = "joining", params(("id" = String, Path)),
    responses((status = 200, body = SignUpBody), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<SignUpId>,
) -> Result<Json<SignUpBody>, ApiError> {
    let found = app
        .db()
        .write(caller.actor(), async |tx| {
            let found = sign_up::by_id(tx, id).await?;
            if let Some(sign_up) = &found {
                activity::log_read(tx, sign_up.person_id, activity::Why::Api).await?;
            }
            Ok::<_, db::Error>(found)
        })
        .await?;
    found.map(|sign_up| Json(shown(&sign_up))).ok_or(ApiError::NotFound)
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ConfirmBody {
    /// When it was signed; today if not given.
    signed_on: Option<String>,
    /// A parent signed too, for who is too young to decide alone.
    parent: bool,
}

/// A letter came back signed. Answers 409 if it was confirmed before, or its days are over.
#[utoipa::path(post, path = "/sign-ups/{id}/confirm", tag = "joining", params(("id" = String, Path)),
    request_body = ConfirmBody,
    responses((status = 200, body = SignUpBody), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
async fn confirm(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<SignUpId>,
    Json(body): Json<ConfirmBody>,
) -> Result<Json<SignUpBody>, ApiError> {
    let today = app.now().date();
    let signed_on = match body.signed_on.as_deref() {
        None => today,
        Some(text) => kernel::parse_day(text)
            .filter(|day| *day <= today)
            .ok_or_else(|| ApiError::wrong("signed_on", "not a day that was"))?,
    };
    let by = By::Letter { signed_on };
    let done = app
        .db()
        .write(caller.actor(), async |tx| sign_up::confirm(tx, &app, id, by, body.parent).await)
        .await;
    Ok(Json(shown(&answered(done)?)))
}

/// The new member takes it back: as if it had never begun. Answers 409 if the period is over.
#[utoipa::path(post, path = "/sign-ups/{id}/withdraw", tag = "joining", params(("id" = String, Path)),
    responses((status = 200, body = SignUpBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn withdraw(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<SignUpId>,
) -> Result<Json<SignUpBody>, ApiError> {
    let done = app
        .db()
        .write(caller.actor(), async |tx| {
            sign_up::withdraw(tx, &app, id).await?;
            sign_up::by_id(tx, id).await?.ok_or(Refused::NotFound)
        })
        .await;
    Ok(Json(shown(&answered(done)?)))
}

/// An answer by text message, as the gateway passes it on.
#[derive(Deserialize, ToSchema)]
struct AnswerBody {
    /// The number that it came from.
    #[schema(value_type = String)]
    from: Pii<String>,
    #[schema(value_type = String)]
    text: Pii<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct AnswerTaken {
    /// The sign-up that it confirmed; none if it said something else, or nobody waits for it.
    confirmed: Option<String>,
}

/// Takes an answer to the text message that asks to confirm. Where two people wait for an answer from one number it confirms
/// neither of them.
#[utoipa::path(post, path = "/sign-ups/sms-replies", tag = "joining", request_body = AnswerBody,
    responses((status = 200, body = AnswerTaken), (status = 422, body = Problem)))]
async fn answer(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<AnswerBody>,
) -> Result<Json<AnswerTaken>, ApiError> {
    let number: PhoneNumber =
        body.from.reveal().parse().map_err(|_| ApiError::wrong("from", "not a number"))?;
    if !joining_rules::reply::is_yes(body.text.reveal()) {
        return Ok(Json(AnswerTaken { confirmed: None }));
    }
    let done = app
        .db()
        .write(caller.actor(), async |tx| {
            let waiting = sign_up::awaited(tx, &number).await?;
            let [only] = waiting.as_slice() else { return Ok(None) };
            sign_up::confirm(tx, &app, only.id, By::Sms, false).await.map(Some)
        })
        .await;
    let confirmed = answered(done)?.map(|sign_up| sign_up.id.to_string());
    Ok(Json(AnswerTaken { confirmed }))
}

fn answered<T>(done: Result<T, Refused>) -> Result<T, ApiError> {
    use joining_rules::sign_up::Refused as Rule;

    done.map_err(|refused| {
        let says = refused.to_string();
        match refused {
            Refused::NotFound => ApiError::NotFound,
            Refused::Rule(Rule::NoBirthDate | Rule::TooYoung { .. }) => {
                ApiError::wrong("birth_date", says)
            }
            Refused::Rule(Rule::NoParent { .. }) => ApiError::wrong("parent", says),
            Refused::Rule(Rule::ParentInWriting) | Refused::Unreachable => {
                ApiError::wrong("way", says)
            }
            Refused::Rule(Rule::NotTold) => ApiError::wrong("told", says),
            Refused::Rule(Rule::NoYes) => ApiError::wrong("yes", says),
            Refused::Stays(_) => ApiError::refused("sign-up-stays", says),
            Refused::AlreadyMember => ApiError::refused("already-member", says),
            Refused::LooksKnown => ApiError::refused("looks-known", says),
            Refused::NoTariff => ApiError::refused("no-tariff", says),
            Refused::NotChecked(no) => people::check::refuse_api(no),
            Refused::Mandate(_) => ApiError::wrong("iban", says),
            Refused::Referral(_) => ApiError::wrong("referral", says),
            Refused::Call(_) => ApiError::refused("call", says),
            Refused::Broken(error) => error.into(),
        }
    })
}

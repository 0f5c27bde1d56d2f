//! `/api/v1/referrals`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use db::Tx;
use kernel::PersonId;
use people::Sight;
use people::check::{refuse_api, require};
use people_rules::representative::Scope;
use referral_rules::give::Refused as Rule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, FileReader, Json, Problem};

use crate::code;
use crate::give::{self, Handing, Refused};
use crate::line::{Line, given, of_member};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hand_out)).routes(routes!(of_person))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GiveBody {
    /// The member who passes them on.
    person: String,
    /// From 1 to 20.
    number: i64,
    /// `email` and `sms` send the code to the member; `card` is printed.
    channel: String,
}

/// The code of a member, to be passed on.
#[derive(Serialize, ToSchema)]
struct CodeBody {
    code: String,
    /// Where whoever got the code signs up.
    link: String,
}

/// Hands out invitations to a member. Of whoever they are passed on to nothing is kept, and nobody is called because of it.
#[utoipa::path(post, path = "/referrals", tag = "referral", request_body = GiveBody,
    responses((status = 201, body = CodeBody), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
async fn hand_out(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<GiveBody>,
) -> Result<(StatusCode, Json<CodeBody>), ApiError> {
    let GiveBody { person, number, channel } = body;
    let handing = Handing {
        person: person.parse().map_err(|_| ApiError::wrong("person", "an id"))?,
        number,
        channel: channel.parse().map_err(|_| ApiError::wrong("channel", "email, sms or card"))?,
    };
    let step = async |tx: &mut Tx| give::give(tx, &app, handing).await;
    let code = app.db().write(caller.actor(), step).await.map_err(answer)?;
    let link = give::link(&app, &code);
    Ok((StatusCode::CREATED, Json(CodeBody { code: code.to_string(), link })))
}

fn answer(refused: Refused) -> ApiError {
    match refused {
        Refused::NoPerson => ApiError::NotFound,
        Refused::Rule(rule @ Rule::Number) => ApiError::wrong("number", rule.to_string()),
        Refused::Rule(rule @ Rule::NoAddress(_)) => ApiError::wrong("channel", rule.to_string()),
        Refused::Rule(rule @ (Rule::NotAMember | Rule::Died | Rule::Excluded)) => {
            ApiError::refused("no-referrer", rule.to_string())
        }
        Refused::NotChecked(no) => refuse_api(no),
        Refused::Broken(broken) => broken.into(),
    }
}

#[derive(Serialize, ToSchema)]
struct ReferralsBody {
    /// If the member has one.
    code: Option<String>,
    /// How many invitations the member got.
    given: i64,
    /// Who joined with the code, the latest first, 100 at most.
    joined: Vec<LineBody>,
}

#[derive(Serialize, ToSchema)]
struct LineBody {
    id: String,
    /// Who joined.
    person: String,
    /// `joined`, `earned`, `paid`, `not_earned` or `taken_back`.
    state: String,
    /// Why there is no premium: `withdrawn`, `lapsed`, `left`, `money_back`, `over_limit` or `referrer_gone`.
    why: Option<String>,
    joined_on: String,
    earned_on: Option<String>,
    /// The premium, in whole cents.
    cents: i64,
    /// The day on which the bank paid it.
    paid_on: Option<String>,
}

impl From<Line> for LineBody {
    fn from(line: Line) -> Self {
        Self {
            id: line.id.to_string(),
            person: line.person_id.to_string(),
            state: line.state.to_string(),
            why: line.why.map(|why| why.to_string()),
            joined_on: line.joined_on.to_string(),
            earned_on: line.earned_on.map(|day| day.to_string()),
            cents: line.cents.0,
            paid_on: line.paid_on.map(|day| day.to_string()),
        }
    }
}

/// What a member recruited, and what became of it.
#[utoipa::path(get, path = "/people/{id}/referrals", tag = "referral", params(("id" = String, Path)),
    responses((status = 200, body = ReferralsBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn of_person(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<PersonId>,
) -> Result<Json<ReferralsBody>, ApiError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            if people::person::by_id(tx, id, sight).await?.is_none() {
                return Ok(None);
            }
            if let Err(no) = require(tx, id, Scope::Information).await? {
                return Ok(Some(Err(no)));
            }
            activity::log_read(tx, id, activity::Why::Api).await?;
            Ok::<_, db::Error>(Some(Ok(ReferralsBody {
                code: code::of_person(tx, id).await?.map(|code| code.to_string()),
                given: given(tx, id).await?,
                joined: of_member(tx, id).await?.into_iter().map(LineBody::from).collect(),
            })))
        })
        .await?;
    let body = found.ok_or(ApiError::NotFound)?.map_err(refuse_api)?;
    Ok(Json(body))
}

//! `/api/v1/people/{id}/checks`

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use jiff::Timestamp;
use kernel::{PersonId, Pii};
use people_rules::check::{FactCode, Judged, Refused, Said, Wrong, read};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, Problem};

use super::gate::passed;
use super::store::{Who, ask};
use crate::{Sight, person};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check))
}

/// What whoever is on the line said. It is compared and not kept.
#[derive(Deserialize, ToSchema)]
struct CheckBody {
    /// `birth_date`, `postcode` (with the house number: `1234AB 5`), `member_number`, `email`, `phone` (another than of this call).
    #[schema(value_type = BTreeMap<String, String>)]
    facts: BTreeMap<String, Pii<String>>,
    /// Who speaks for the member, if it is not the member.
    representative: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct CheckAnswer {
    passed: bool,
    /// Facts of this try that were right.
    right: Vec<&'static str>,
    wrong: Vec<&'static str>,
    /// We do not know these of this person, or do not ask them.
    not_compared: Vec<&'static str>,
    /// How many facts are still missing.
    missing: usize,
    /// Until when the check that passed holds.
    #[schema(value_type = Option<String>)]
    valid_until: Option<Timestamp>,
}

/// Compares what whoever is on the line says with what we know, before anything is told or changed in a call that came in.
#[utoipa::path(post, path = "/people/{id}/checks", tag = "people", params(("id" = String, Path)), request_body = CheckBody,
    responses((status = 200, body = CheckAnswer), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn check(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<PersonId>,
    Json(body): Json<CheckBody>,
) -> Result<Json<CheckAnswer>, ApiError> {
    let who = match body.representative.as_deref() {
        None => Who::Member,
        Some(text) => Who::Representative(
            text.parse().map_err(|_| ApiError::wrong("representative", "not an id"))?,
        ),
    };
    let said = body.facts.into_iter().map(|(code, words)| {
        let fact = code.parse().map_err(|_| ApiError::wrong("facts", "an unknown kind of fact"))?;
        Ok(Said { fact, words })
    });
    let said = said.collect::<Result<Vec<Said>, ApiError>>()?;
    let said = read(said).map_err(|wrong| ApiError::wrong(field(wrong), wrong.to_string()))?;
    let rules = super::rules(&app.rulebook(), app.now().date())?;
    let asked = app
        .db()
        .write(caller.actor(), async |tx| {
            if person::by_id(tx, id, Sight::All).await?.is_none() {
                return Ok::<_, db::Error>(None);
            }
            let asked = ask(tx, id, who, &said, &rules).await?;
            Ok(Some((asked, passed(tx, id).await?)))
        })
        .await?;
    let (judged, passed) = asked.ok_or(ApiError::NotFound)?;
    let judged = judged.map_err(|no| ApiError::refused(kind(no), no.to_string()))?;
    let valid_until = passed.filter(|_| judged.passed()).map(|passed| passed.until);
    let (passed, missing) = (judged.passed(), judged.missing);
    let Judged { right, wrong, not_compared, missing: _ } = judged;
    Ok(Json(CheckAnswer {
        passed,
        right: codes(&right),
        wrong: codes(&wrong),
        not_compared: codes(&not_compared),
        missing,
        valid_until,
    }))
}

fn codes(facts: &BTreeSet<FactCode>) -> Vec<&'static str> {
    facts.iter().map(|fact| fact.code()).collect()
}

fn field(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Bsn(fact) => fact.code(),
        Wrong::Nothing => "facts",
    }
}

fn kind(no: Refused) -> &'static str {
    match no {
        Refused::SomebodyElse | Refused::RepresentativeOver => "not-a-representative",
        Refused::TooFewKnown { .. } => "too-few-known",
        Refused::TooManyWrong { .. } => "too-many-wrong",
    }
}

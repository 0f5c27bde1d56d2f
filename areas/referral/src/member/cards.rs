use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use kernel::PersonId;
use referral_rules::code::Code;
use referral_rules::give::NUMBER_MAX;
use serde::Deserialize;
use texts::Texts;
use web::{App, Caller, Page, WebError};

use crate::{code, give};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    aantal: i64,
}

#[derive(Template)]
#[template(path = "referral_cards.html")]
struct CardsPage<'a> {
    t: &'a Texts,
    person: PersonId,
    association: &'a str,
    code: Code,
    link: String,
    number: i64,
}

/// The code to be printed, so often. Shows nothing of the member: a card goes to somebody else.
pub(super) async fn cards(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<PersonId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    people::check::before_reading(&app, &caller, person).await?;
    let code = app.db().read(caller.actor(), async |tx| code::of_person(tx, person).await).await?;
    let code = code.ok_or(WebError::NotFound)?;
    let t = app.texts(caller.language);
    let body = CardsPage {
        t: &t,
        person,
        association: &app.settings().association,
        link: give::link(&app, &code),
        code,
        number: asked.aantal.clamp(1, NUMBER_MAX),
    };
    web::show(&app, &caller, Page::new(t.get("referral-cards"), "/werving"), &body).await
}

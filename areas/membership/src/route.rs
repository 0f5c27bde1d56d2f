//! `/lidmaatschap`: an organisation becomes a member, or stops being one, from a day and for a reason that the figures tell apart.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::civil::Date;
use kernel::{MembershipId, OrganisationId};
use membership_rules::{Began, Ended};
use web::{App, Caller, Fields, Form, Page, WebError};

use crate::panel::EditPage;
use crate::store::{self, Holder, Refused};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/lidmaatschap/nieuw/{organisation}", get(show_new).post(begin))
        .route("/lidmaatschap/{id}/einde", get(show_end).post(end))
}

/// What the form is about.
pub(crate) enum About {
    New(OrganisationId),
    End(MembershipId, OrganisationId),
}

impl About {
    fn organisation(&self) -> OrganisationId {
        match self {
            Self::New(organisation) | Self::End(_, organisation) => *organisation,
        }
    }
}

async fn render(
    app: &App,
    caller: &Caller,
    about: About,
    typed: &Fields,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let id = about.organisation();
    let found =
        app.db().read(caller.actor(), async |tx| people::organisation::by_id(tx, id).await).await?;
    let name = found.ok_or(WebError::NotFound)?.draft.name;
    let t = app.texts(caller.language);
    let body = EditPage { t: &t, about, name, typed, wrong };
    let page = Page::new(t.get("membership-title"), "/organisaties");
    match wrong {
        None => web::show(app, caller, page, &body).await,
        Some(_) => web::again(app, caller, page, &body).await,
    }
}

fn today(app: &App) -> Fields {
    let mut typed = Fields::default();
    typed.push("dag", app.now().date().to_string());
    typed
}

async fn show_new(
    State(app): State<App>,
    caller: Caller,
    Path(organisation): Path<OrganisationId>,
) -> Result<Response, WebError> {
    render(&app, &caller, About::New(organisation), &today(&app), None).await
}

async fn begin(
    State(app): State<App>,
    caller: Caller,
    Path(organisation): Path<OrganisationId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let (day, began) = (day(&typed), typed.text("soort").parse::<Began>());
    let wrong = match (day, began) {
        (Some(day), Ok(began)) => {
            let tariff = typed.text("tarief");
            let done = app
                .db()
                .write(caller.actor(), async |tx| {
                    let holder = Holder::Organisation(organisation);
                    store::begin(tx, holder, day, tariff, began).await
                })
                .await;
            match done {
                Ok(_) => return Ok(to(organisation)),
                Err(Refused::NoHolder) => return Err(WebError::NotFound),
                Err(Refused::Already) => "membership-already",
                Err(Refused::Over) => "membership-over",
                Err(Refused::Broken(error)) => return Err(error.into()),
            }
        }
        _ => "membership-no-day",
    };
    render(&app, &caller, About::New(organisation), &typed, Some(wrong)).await
}

fn day(typed: &Fields) -> Option<Date> {
    kernel::parse_day(typed.text("dag"))
}

fn to(organisation: OrganisationId) -> Response {
    Redirect::to(&format!("/organisaties/{organisation}?gedaan=gewijzigd")).into_response()
}

/// The organisation that holds a membership.
async fn holder(app: &App, caller: &Caller, id: MembershipId) -> Result<OrganisationId, WebError> {
    let found =
        app.db().read(caller.actor(), async |tx| store::organisation_of(tx, id).await).await?;
    found.ok_or(WebError::NotFound)
}

async fn show_end(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MembershipId>,
) -> Result<Response, WebError> {
    let organisation = holder(&app, &caller, id).await?;
    render(&app, &caller, About::End(id, organisation), &today(&app), None).await
}

async fn end(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MembershipId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let organisation = holder(&app, &caller, id).await?;
    let wrong = match (day(&typed), typed.text("reden").parse::<Ended>()) {
        (Some(day), Ok(ended)) => {
            let done = app
                .db()
                .write(caller.actor(), async |tx| store::end(tx, id, day, ended).await)
                .await;
            match done {
                Ok(()) => return Ok(to(organisation)),
                Err(Refused::NoHolder) => return Err(WebError::NotFound),
                Err(Refused::Already) => "membership-already",
                Err(Refused::Over) => "membership-over",
                Err(Refused::Broken(error)) => return Err(error.into()),
            }
        }
        _ => "membership-no-day",
    };
    render(&app, &caller, About::End(id, organisation), &typed, Some(wrong)).await
}

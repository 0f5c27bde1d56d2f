//! `/beheer`: the pages of administration, as the areas name them.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use texts::Texts;

use crate::{App, Nav, Page, Section, User, WebError};

pub(crate) const PATH: &str = "/beheer";

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/beheer", get(show))
}

/// The place in the rail, for whoever may open one of the sections.
pub(crate) fn nav(section: &Section) -> Nav {
    Nav { rank: 0, path: PATH, icon: "gear", text: "web-sections", action: section.action }
}

#[derive(Template)]
#[template(path = "sections.html")]
struct SectionsPage<'a> {
    t: &'a Texts,
    sections: Vec<&'a Section>,
}

async fn show(State(app): State<App>, user: User) -> Result<Response, WebError> {
    let sections = app.sections(&user);
    if sections.is_empty() {
        return Err(WebError::Forbidden);
    }
    let t = app.texts(user.language);
    let body = SectionsPage { t: &t, sections };
    crate::show(&app, &user, Page::new(t.get("web-sections"), PATH), &body).await
}

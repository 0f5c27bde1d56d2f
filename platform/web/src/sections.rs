//! `/beheer`: the pages of administration, as the areas name them.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::Feature;
use texts::Texts;

use crate::{App, FirstStep, Nav, Page, Section, User, WebError};

pub(crate) const PATH: &str = "/beheer";

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/beheer", get(show))
}

/// The place in the rail, for whoever may open one of the sections.
pub(crate) fn nav(section: &Section) -> Nav {
    Nav {
        rank: 0,
        path: PATH,
        icon: "gear",
        text: "web-sections",
        action: section.action,
        part_of: None,
    }
}

fn name_of(feature: Feature) -> &'static str {
    match feature {
        Feature::CallCentre => "web-feature-call-centre",
        Feature::Visits => "web-feature-visits",
    }
}

#[derive(Template)]
#[template(path = "sections.html")]
struct SectionsPage<'a> {
    t: &'a Texts,
    name: &'a str,
    steps: Vec<Step<'a>>,
    sections: Vec<&'a Section>,
    /// What this association does not use, by its name.
    unused: Vec<String>,
}

struct Step<'a> {
    what: &'a FirstStep,
    is_done: bool,
    /// The first that is not done.
    is_next: bool,
}

impl SectionsPage<'_> {
    fn next(&self) -> Option<&FirstStep> {
        self.steps.iter().find(|step| step.is_next).map(|step| step.what)
    }
}

async fn show(State(app): State<App>, user: User) -> Result<Response, WebError> {
    let sections = app.sections(&user);
    if sections.is_empty() {
        return Err(WebError::Forbidden);
    }
    let steps = app.first_steps(&user).await?;
    let next = steps.iter().position(|(_, is_done)| !is_done);
    let steps = steps
        .into_iter()
        .enumerate()
        .map(|(nr, (step, is_done))| Step { what: step, is_done, is_next: next == Some(nr) })
        .collect();
    let t = app.texts(user.language);
    let unused = Feature::ALL
        .iter()
        .filter(|feature| !app.settings().uses(**feature))
        .map(|feature| t.get(name_of(*feature)))
        .collect();
    let body = SectionsPage { t: &t, name: &user.first_name, steps, sections, unused };
    crate::show(&app, &user, Page::new(t.get("web-sections"), PATH), &body).await
}

//! The frame around every page: rail, top bar and telephone stay, `<main>` changes.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use texts::Texts;

use crate::ui::{Html as SafeHtml, rendered};
use crate::{App, Nav, Slot, User, WebError, asset_path, demo_clock, sections};

/// What the frame needs to know of a page.
#[derive(Clone, Debug)]
pub struct Page {
    /// In the browser's tab and, as the place, in the top bar.
    pub title: String,
    /// The place in the rail that it belongs to.
    pub nav: &'static str,
    /// A desk fills the screen, with the telephone beside it.
    pub desk: bool,
}

impl Page {
    #[must_use]
    pub fn new(title: String, nav: &'static str) -> Self {
        Self { title, nav, desk: false }
    }

    #[must_use]
    pub fn desk(title: String, nav: &'static str) -> Self {
        Self { title, nav, desk: true }
    }
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    t: &'a Texts,
    page: &'a Page,
    user: &'a User,
    association: &'a str,
    /// The day and time of a clock that is not the world's.
    demo_clock: Option<DemoClock>,
    nav: Vec<&'a Nav>,
    end: Option<Nav>,
    day: SafeHtml,
    presence: SafeHtml,
    phone: SafeHtml,
    mates: SafeHtml,
    main: SafeHtml,
    version: String,
    may_search: bool,
}

impl Shell<'_> {
    fn asset(&self, name: &str) -> String {
        asset_path(name)
    }

    fn is_here(&self, nav: &Nav) -> bool {
        nav.path == self.page.nav
    }
}

/// The page in its frame.
pub async fn show(
    app: &App,
    user: &User,
    page: Page,
    body: &impl Template,
) -> Result<Response, WebError> {
    framed(app, user, &page, body, StatusCode::OK).await
}

/// The same page again, with what was typed and what was wrong with it.
pub async fn again(
    app: &App,
    user: &User,
    page: Page,
    body: &impl Template,
) -> Result<Response, WebError> {
    framed(app, user, &page, body, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn framed(
    app: &App,
    user: &User,
    page: &Page,
    body: &impl Template,
    status: StatusCode,
) -> Result<Response, WebError> {
    let t = app.texts(user.language);
    let main = rendered(body.render()?);
    let part = async |slot| app.part(slot, user).await.map(rendered);
    let shell = Shell {
        page,
        user,
        association: &app.settings().association,
        demo_clock: app.settings().demo.is_some().then(|| {
            let now = app.now();
            DemoClock {
                shows: format!("{}, {}", t.day(now.date()), t.time(now.time())),
                choices: demo_clock::choices(&t, &now),
            }
        }),
        nav: app.nav().iter().filter(|nav| user.may(nav.action)).take(6).collect(),
        end: app.sections(user).first().map(|section| sections::nav(section)),
        day: part(Slot::Day).await?,
        presence: part(Slot::Presence).await?,
        phone: part(Slot::Phone).await?,
        mates: part(Slot::Mates).await?,
        main,
        version: asset_path(""),
        may_search: user.may(kernel::Action::OpenFiles),
        t: &t,
    };
    Ok((status, Html(shell.render()?)).into_response())
}

/// The time of the demo, and where it can go on to.
struct DemoClock {
    shows: String,
    choices: Vec<demo_clock::Choice>,
}

#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorTemplate<'a> {
    pub t: &'a Texts,
    pub text: &'a str,
    pub operation: Option<&'a str>,
    pub styles: String,
}

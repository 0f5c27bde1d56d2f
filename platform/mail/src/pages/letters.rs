//! `/brieven`: letters for those without mail. They wait until somebody printed them and said that they are in the post.

use activity::Why;
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State as FromApp};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{MailId, PersonId};
use serde::Deserialize;
use texts::{Language, Texts};
use web::{App, Caller, Page, WebError};

use super::words;
use crate::outbox;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/brieven", get(list))
        .route("/brieven/{id}", get(show))
        .route("/brieven/{id}/blad", get(sheet))
        .route("/brieven/{id}/gepost", post(posted))
}

db::row! {
    struct Letter {
        id: MailId,
        person_id: PersonId,
        key: String,
        language: Language,
        address: String,
        title: String,
        body_html: String,
        made_at: Timestamp,
        ended_at: Option<Timestamp>,
    }
}

impl Letter {
    /// The first line of the envelope.
    fn to(&self) -> &str {
        self.address.lines().next().unwrap_or_default()
    }

    fn lines(&self) -> Vec<&str> {
        self.address.lines().collect()
    }
}

const ON_A_PAGE: i64 = 200;

async fn waiting(tx: &mut Tx) -> Result<Vec<Letter>, Error> {
    tx.all(
        "select o.id, o.person_id, w.key, w.language, o.address, o.title, o.body_html, o.made_at, o.ended_at
           from outbox o join wordings w on w.id = o.wording_id
          where o.channel = 'letter' and o.state = 'waiting' order by o.made_at, o.id limit $1",
        args![ON_A_PAGE],
    )
    .await
}

/// One letter; that it was looked at is written down, as with a file.
async fn one(app: &App, caller: &Caller, id: MailId) -> Result<Letter, WebError> {
    let read = app.db().write(caller.actor(), async |tx| {
        let letter: Option<Letter> = tx
            .one(
                "select o.id, o.person_id, w.key, w.language, o.address, o.title, o.body_html, o.made_at, o.ended_at
                   from outbox o join wordings w on w.id = o.wording_id
                  where o.id = $1 and o.channel = 'letter' and o.cleared_at is null",
                args![id],
            )
            .await?;
        if let Some(letter) = &letter {
            activity::log_read(tx, letter.person_id, Why::File).await?;
        }
        Ok::<_, Error>(letter)
    });
    read.await?.ok_or(WebError::NotFound)
}

#[derive(Template)]
#[template(path = "letters.html")]
struct ToPrint<'a> {
    t: &'a Texts,
    now: Timestamp,
    letters: Vec<Letter>,
    done: bool,
}

impl ToPrint<'_> {
    fn about(&self, letter: &Letter) -> String {
        words::about(self.t, &letter.key)
    }

    fn moment(&self, at: &Timestamp) -> String {
        self.t.moment(*at, self.now)
    }
}

#[derive(Template)]
#[template(path = "letter.html")]
struct OneLetter<'a> {
    t: &'a Texts,
    now: Timestamp,
    letter: Letter,
}

impl OneLetter<'_> {
    fn about(&self) -> String {
        words::about(self.t, &self.letter.key)
    }

    fn posted(&self) -> Option<String> {
        let at = self.letter.ended_at?;
        Some(self.t.with("mail-state-posted", "when", self.t.moment(at, self.now)))
    }
}

/// What goes into the envelope.
#[derive(Template)]
#[template(path = "letter_sheet.html")]
struct Sheet<'a> {
    language: Language,
    to: Vec<&'a str>,
    day: String,
    title: &'a str,
    body: web::ui::Html,
}

#[derive(Deserialize)]
struct Asked {
    gepost: Option<String>,
}

async fn list(
    FromApp(app): FromApp<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let letters = app.db().read(caller.actor(), async |tx| waiting(tx).await).await?;
    let t = app.texts(caller.language);
    let done = asked.gepost.is_some();
    let body = ToPrint { t: &t, now: app.db().clock().now(), letters, done };
    web::show(&app, &caller, Page::new(t.get("mail-letters"), "/leden"), &body).await
}

async fn show(
    FromApp(app): FromApp<App>,
    caller: Caller,
    Path(id): Path<MailId>,
) -> Result<Response, WebError> {
    let letter = one(&app, &caller, id).await?;
    let t = app.texts(caller.language);
    let body = OneLetter { t: &t, now: app.db().clock().now(), letter };
    let page = Page::new(t.get("mail-letters"), "/leden");
    web::show(&app, &caller, page, &body).await
}

/// Its own styles, no script, and nothing that leads out.
const OF_A_SHEET: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// The letter alone: what the printer gets.
async fn sheet(
    FromApp(app): FromApp<App>,
    caller: Caller,
    Path(id): Path<MailId>,
) -> Result<Response, WebError> {
    let letter = one(&app, &caller, id).await?;
    let sheet = Sheet {
        language: letter.language,
        to: letter.lines(),
        day: app.texts(letter.language).date(kernel::local(letter.made_at).date()),
        title: &letter.title,
        // Made of our own texts with the values escaped in them (`wording::fill`).
        body: web::ui::rendered(letter.body_html.clone()),
    };
    let headers =
        [(header::CONTENT_SECURITY_POLICY, OF_A_SHEET), (header::X_FRAME_OPTIONS, "SAMEORIGIN")];
    Ok((headers, Html(sheet.render()?)).into_response())
}

async fn posted(
    FromApp(app): FromApp<App>,
    caller: Caller,
    Path(id): Path<MailId>,
) -> Result<Redirect, WebError> {
    app.db().write(caller.actor(), async |tx| outbox::posted(tx, id).await).await?;
    Ok(Redirect::to("/brieven?gepost=ja"))
}

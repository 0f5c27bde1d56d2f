//! `/post`: what the demo would have sent, to read and to click. Not there outside the demo.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State as FromApp};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::MailId;
use texts::{Language, Texts};
use web::{App, Page, User, WebError};

use super::words;
use crate::compose;
use crate::deliver::footer;
use crate::send::{Channel, Failed};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/post", get(list))
        .route("/post/{id}", get(show))
        .route("/post/{id}/html", get(html))
}

db::row! {
    struct Captured {
        id: MailId,
        channel: Channel,
        key: String,
        language: Language,
        name: String,
        address: String,
        title: String,
        body_text: String,
        body_html: String,
        made_at: Timestamp,
    }
}

const ON_A_PAGE: i64 = 100;

async fn newest(tx: &mut Tx) -> Result<Vec<Captured>, Error> {
    tx.all(
        "select o.id, o.channel, w.key, w.language, o.name, o.address, o.title, o.body_text, o.body_html, o.made_at
           from outbox o join wordings w on w.id = o.wording_id
          where o.cleared_at is null order by o.id desc limit $1",
        args![ON_A_PAGE],
    )
    .await
}

async fn one(tx: &mut Tx, id: MailId) -> Result<Option<Captured>, Error> {
    tx.one(
        "select o.id, o.channel, w.key, w.language, o.name, o.address, o.title, o.body_text, o.body_html, o.made_at
           from outbox o join wordings w on w.id = o.wording_id
          where o.id = $1 and o.cleared_at is null",
        args![id],
    )
    .await
}

#[derive(Template)]
#[template(path = "captured.html")]
struct List<'a> {
    t: &'a Texts,
    now: Timestamp,
    messages: Vec<Captured>,
}

impl List<'_> {
    fn heading(&self, message: &Captured) -> String {
        if message.title.is_empty() { message.body_text.clone() } else { message.title.clone() }
    }

    fn channel(&self, message: &Captured) -> String {
        words::channel(self.t, message.channel)
    }

    fn about(&self, message: &Captured) -> String {
        words::about(self.t, &message.key)
    }

    fn moment(&self, at: &Timestamp) -> String {
        self.t.moment(*at, self.now)
    }
}

#[derive(Template)]
#[template(path = "captured_one.html")]
struct One<'a> {
    t: &'a Texts,
    now: Timestamp,
    message: Captured,
    /// As a mail program without HTML shows it.
    text: String,
}

impl One<'_> {
    fn channel(&self) -> String {
        words::channel(self.t, self.message.channel)
    }

    fn about(&self) -> String {
        words::about(self.t, &self.message.key)
    }

    fn has_html(&self) -> bool {
        self.message.channel != Channel::Sms
    }

    /// The addresses in it: a text message and the words of a mail have no other way to follow them.
    fn links(&self) -> Vec<&str> {
        let is_link = |word: &&str| word.starts_with("http://") || word.starts_with("https://");
        let mut links: Vec<&str> = self.text.split_whitespace().filter(is_link).collect();
        links.dedup();
        links
    }
}

fn only_in_the_demo(app: &App) -> Result<(), WebError> {
    if app.settings().demo.is_some() { Ok(()) } else { Err(WebError::NotFound) }
}

async fn list(FromApp(app): FromApp<App>, user: User) -> Result<Response, WebError> {
    only_in_the_demo(&app)?;
    let messages = app.db().read(user.actor(), async |tx| newest(tx).await).await?;
    let t = app.texts(user.language);
    let body = List { t: &t, now: app.db().clock().now(), messages };
    web::show(&app, &user, Page::new(t.get("mail-captured"), "/post"), &body).await
}

/// A message and what stands below it.
async fn found(
    app: &App,
    user: &User,
    id: MailId,
) -> Result<(Captured, wording::Filled), WebError> {
    only_in_the_demo(app)?;
    let today = app.now().date();
    let read = app.db().read(user.actor(), async |tx| {
        let Some(message) = one(tx, id).await? else { return Ok(None) };
        let footer = footer(tx, message.language, today, &app.settings().association).await?;
        Ok::<_, Failed>(Some((message, footer)))
    });
    read.await?.ok_or(WebError::NotFound)
}

async fn show(
    FromApp(app): FromApp<App>,
    user: User,
    Path(id): Path<MailId>,
) -> Result<Response, WebError> {
    let (message, footer) = found(&app, &user, id).await?;
    let text = if message.channel == Channel::Email {
        compose::text(&message.body_text, &footer.text)
    } else {
        message.body_text.clone()
    };
    let t = app.texts(user.language);
    let body = One { t: &t, now: app.db().clock().now(), message, text };
    let page = Page::new(t.get("mail-captured"), "/post");
    web::show(&app, &user, page, &body).await
}

/// The mail in its frame: its own styles and no script; its links open beside the page.
const OF_A_MAIL: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; \
     sandbox allow-popups allow-popups-to-escape-sandbox";

async fn html(
    FromApp(app): FromApp<App>,
    user: User,
    Path(id): Path<MailId>,
) -> Result<Response, WebError> {
    let (message, footer) = found(&app, &user, id).await?;
    let below = if message.channel == Channel::Email { footer.html.as_str() } else { "" };
    let page = compose::html(message.language, &message.title, &message.body_html, below);
    let page = page.replace("<head>", "<head>\n<base target=\"_blank\">");
    let headers =
        [(header::CONTENT_SECURITY_POLICY, OF_A_MAIL), (header::X_FRAME_OPTIONS, "SAMEORIGIN")];
    Ok((headers, Html(page)).into_response())
}

//! `/resultaat`: goal → agreement → contact → number → what we change, on one page that can be read from across a room; and a
//! link to it that ends by itself. Whoever has the link sees the targets of the whole association only, and no colleague's name;
//! what was agreed and decided is in it only where whoever made the link chose so, because colleagues write names in it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::{Error, Tx, args, new_id};
use figures::figure::{line, universe_of, written};
use figures_rules::{Dim, Figure, Month, Universe};
use jiff::{Timestamp, ToSpan as _};
use kernel::{Action, Event, EventKind, Fact, local};
use texts::{Language, Texts};
use web::{App, Fields, FigureReader, Form, Page, User, WebError};

use crate::proposer::Proposer;
use crate::session::decisions_about;
use crate::target::{Read, Shown, all, may_propose, name, outlook_of, sees, shown};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/resultaat", get(show))
        .route("/resultaat/deel", post(share))
        .route("/resultaat/deel/{id}/stop", post(stop))
        .route("/gedeeld/{token}", get(show_shared))
}

/// One target from goal to what we change.
pub(crate) struct Row {
    read: Read,
    goal: String,
    contacts: String,
    change: Option<String>,
}

/// For whom the page is.
#[derive(Clone, Copy)]
enum For<'a> {
    /// Somebody who works here: what she sees elsewhere, but for what one person must reach, which is hers and her lead's.
    Colleague(&'a User),
    /// Whoever has the link.
    Anybody { words: bool },
}

/// Everything on the page.
async fn rows(tx: &mut Tx, t: &Texts, universe: Universe, who: For<'_>) -> Result<Vec<Row>, Error> {
    let today = local(tx.now()).date();
    let now = Month::of(today);
    let mut rows = Vec::new();
    for target in all(tx).await? {
        let is_shown = match who {
            For::Colleague(user) => sees(user, &target) && !matches!(target.dim, Dim::User(_)),
            For::Anybody { .. } => target.dim == Dim::All,
        };
        let Some(version) = target.current().filter(|_| is_shown && target.holds(now)) else {
            continue;
        };
        let (from, to) = (version.from, version.to.min(now));
        let (outlook, so_far) = outlook_of(tx, &target, version, universe).await?;
        let whose = service::agreement::Whose::OfTarget(target.id);
        let only = service::agreement::Only::default();
        let open = service::agreement::list(tx, whose, only, people::Sight::Nobody, 100).await?;
        let contacts = line(tx, Figure::Contacts, universe, &target.dim, from, to).await?;
        let decisions = decisions_about(tx, target.id).await?;
        let (words, names) = match who {
            For::Colleague(user) => (true, user.may(Action::KeepAgreements)),
            For::Anybody { words } => (words, false),
        };
        let agreed = (open.len(), decisions.len());
        let change = decisions.into_iter().next().filter(|_| words);
        let goal = name(t, &target);
        let mut read =
            shown(t, &Shown { target, outlook: Some(outlook), so_far, open }, names, today);
        if !words {
            read.agreements = count(t, "steering-shared-agreements", agreed.0);
        }
        rows.push(Row {
            read,
            goal,
            contacts: written(t, Figure::Contacts, contacts.over(from, to)),
            change: match change {
                Some((words, _)) => Some(words),
                None => count(t, "steering-shared-decisions", agreed.1).pop().filter(|_| !words),
            },
        });
    }
    Ok(rows)
}

/// How many there are, for who reads no words; nothing of none.
fn count(t: &Texts, text: &str, n: usize) -> Vec<String> {
    (n > 0).then(|| t.with(text, "n", n)).into_iter().collect()
}

db::row! {
    struct Link { id: i64, ends_at: Timestamp, with_words: bool }
}

/// A link that was just made.
struct Made {
    path: String,
    address: String,
}

#[derive(Template)]
#[template(path = "results.html")]
struct ResultsPage<'a> {
    t: &'a Texts,
    rows: Vec<Row>,
    /// Links that hold, for who may make them.
    links: Vec<Link>,
    may_share: bool,
    /// A link that was just made; it is shown once.
    made: Option<Made>,
    now: Timestamp,
}

impl ResultsPage<'_> {
    fn until(&self, link: &Link) -> String {
        self.t.moment(link.ends_at, self.now)
    }
}

/// The same for the wall, and for whoever has the link.
#[derive(Template)]
#[template(path = "results_wall.html")]
struct WallPage<'a> {
    t: &'a Texts,
    association: &'a str,
    rows: Vec<Row>,
    /// Until when the link holds.
    until: Option<String>,
}

impl WallPage<'_> {
    fn asset(&self, name: &str) -> String {
        web::asset_path(name)
    }
}

async fn show(
    State(app): State<App>,
    reader: FigureReader,
    Query(asked): Query<Fields>,
) -> Result<Response, WebError> {
    render(&app, &reader, asked.text("toon") == "muur", None).await
}

async fn render(
    app: &App,
    reader: &FigureReader,
    is_wall: bool,
    made: Option<Made>,
) -> Result<Response, WebError> {
    let universe = universe_of(app);
    let t = app.texts(reader.language);
    let may_share = may_propose(reader);
    let (rows, links) = app
        .db()
        .read(reader.actor(), async |tx| {
            let now = tx.now();
            let links: Vec<Link> = tx
                .all(
                    "select id, ends_at, with_words from result_links
                      where ends_at > $1 and revoked_at is null order by id desc",
                    args![now],
                )
                .await?;
            Ok::<_, Error>((rows(tx, &t, universe, For::Colleague(reader)).await?, links))
        })
        .await?;
    let association = app.settings().association.as_str();
    if is_wall {
        let body = WallPage { t: &t, association, rows, until: None };
        return Ok(Html(body.render()?).into_response());
    }
    let now = app.now().timestamp();
    let body = ResultsPage { t: &t, rows, links, may_share, made, now };
    let page = Page::new(t.get("steering-nav"), "/cijfers");
    web::show(app, reader, page, &body).await
}

/// Makes a link that ends by itself.
async fn share(
    State(app): State<App>,
    reader: Proposer,
    headers: HeaderMap,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let days = app.rulebook().number("results.link_days", app.now().date())?;
    let token = web::new_token();
    let with_words = typed.text("woorden") == "ja";
    app.db()
        .write(reader.actor(), async |tx| {
            let (me, now) = (tx.actor().user, tx.now());
            let ends_at = now + (24 * days).hours();
            tx.change_one(
                "insert into result_links (id, token_hash, ends_at, with_words, made_by, made_at)
                 values ($1, $2, $3, $4, $5, $6)",
                args![new_id(), web::token_hash(&token), ends_at, with_words, me, now],
            )
            .await?;
            record(tx, "results_linked").await
        })
        .await?;
    // With the address of the house in front, as the browser knows it, so that it can be sent to somebody.
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let path = format!("/gedeeld/{token}");
    let made = Made { address: format!("{}{path}", origin.unwrap_or_default()), path };
    render(&app, &reader, false, Some(made)).await
}

async fn stop(
    State(app): State<App>,
    reader: Proposer,
    Path(id): Path<i64>,
) -> Result<Redirect, WebError> {
    app.db()
        .write(reader.actor(), async |tx| {
            let now = tx.now();
            tx.change_one(
                "update result_links set revoked_at = $1 where id = $2 and revoked_at is null",
                args![now, id],
            )
            .await?;
            record(tx, "results_unlinked").await
        })
        .await?;
    Ok(Redirect::to("/resultaat"))
}

pub(crate) async fn record(tx: &mut Tx, change: &'static str) -> Result<(), Error> {
    let event = Event::new(EventKind::FiguresShared, local(tx.now()).date())
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

/// Whoever has the link reads, and nothing else. A link that ended is not there.
async fn show_shared(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(asked): Query<Fields>,
) -> Result<Response, WebError> {
    let language = if asked.text("lang") == "en" { Language::English } else { Language::Dutch };
    let t = app.texts(language);
    let universe = universe_of(&app);
    let found = app
        .db()
        .read(kernel::Actor::SYSTEM, async |tx| {
            let now = tx.now();
            let link: Option<Link> = tx
                .one(
                    "select id, ends_at, with_words from result_links
                      where token_hash = $1 and ends_at > $2 and revoked_at is null",
                    args![web::token_hash(&token), now],
                )
                .await?;
            let Some(link) = link else { return Ok(None) };
            let who = For::Anybody { words: link.with_words };
            Ok::<_, Error>(Some((rows(tx, &t, universe, who).await?, link.ends_at)))
        })
        .await?;
    let (rows, ends_at) = found.ok_or(WebError::NotFound)?;
    let until = Some(t.moment(ends_at, app.now().timestamp()));
    let body = WallPage { t: &t, association: &app.settings().association, rows, until };
    Ok(Html(body.render()?).into_response())
}

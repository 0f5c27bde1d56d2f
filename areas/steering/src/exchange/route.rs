use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use figures::chart;
use figures::figure::{figure_name, universe_of};
use jiff::Timestamp;
use texts::Texts;
use web::ui::Html;
use web::{App, Fields, Page, WebError};

use super::file::{Row, Wrong};
use super::store::{self, Compared, Failed, FromOther};
use crate::proposer::Proposer;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/uitwisseling", get(show).post(take).layer(DefaultBodyLimit::max(LARGEST)))
        .route("/uitwisseling/{contributor}/{period}/weg", post(remove))
        .route("/uitwisseling/bestand", get(download))
}

#[derive(Template)]
#[template(path = "exchange.html")]
struct ExchangePage<'a> {
    t: &'a Texts,
    now: Timestamp,
    /// The quarter and what may be told of it.
    own: Option<(String, Vec<Row>)>,
    key: Option<String>,
    least: i64,
    fewest: i64,
    taken: Vec<FromOther>,
    compared: Vec<Compared>,
    /// What the association was to be called, where its file was refused.
    label: &'a str,
    wrong: Option<&'static str>,
    notice: Option<String>,
}

impl ExchangePage<'_> {
    fn name(&self, code: &str) -> String {
        code.parse().map_or_else(|_| code.to_owned(), |figure| figure_name(self.t, figure))
    }

    fn place(&self, row: &Row) -> String {
        if row.place.is_empty() { self.t.get("steering-whole") } else { row.place.clone() }
    }

    fn compared_name(&self, compared: &Compared) -> String {
        figure_name(self.t, compared.figure)
    }

    fn chart(&self, compared: &Compared) -> Html {
        let among = &compared.among;
        let low = compared.own.map_or(among.ends.0, |own| own.min(among.ends.0));
        let high = compared.own.map_or(among.ends.1, |own| own.max(among.ends.1));
        chart::among(among.low, among.middle, among.high, (low, high), compared.own)
    }

    fn said(&self, compared: &Compared) -> String {
        self.t.fill(
            "steering-among",
            [
                ("period", compared.period.clone().into()),
                ("own", compared.own.map_or("–".into(), |own| self.t.percent(own)).into()),
                ("middle", self.t.percent(compared.among.middle).into()),
                ("n", compared.among.contributors.into()),
            ],
        )
    }

    fn when(&self, taken: &FromOther) -> String {
        self.t.moment(taken.taken_at, self.now)
    }

    fn short(&self, key: &str) -> String {
        key.chars().take(12).collect()
    }
}

async fn show(
    State(app): State<App>,
    reader: Proposer,
    Query(asked): Query<Fields>,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let notice = match asked.text("gedaan") {
        "genomen" => Some(t.get("steering-done-taken")),
        "weg" => Some(t.get("steering-done-removed")),
        _ => None,
    };
    render(&app, &reader, "", None, notice).await
}

async fn render(
    app: &App,
    reader: &Proposer,
    label: &str,
    wrong: Option<&'static str>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let universe = universe_of(app);
    let today = app.now().date();
    let least = app.rulebook().number("exchange.least", today)?;
    let fewest = app.rulebook().number("exchange.fewest", today)?;
    let (own, key, taken, compared) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, db::Error>((
                store::own_rows(tx, universe, least).await?,
                store::own_key(tx).await?,
                store::taken(tx).await?,
                store::compared(tx, universe, fewest).await?,
            ))
        })
        .await?;
    let t = app.texts(reader.language);
    let now = app.now().timestamp();
    let t = &t;
    let body =
        ExchangePage { t, now, own, key, least, fewest, taken, compared, label, wrong, notice };
    let page = Page::new(t.get("steering-nav"), "/cijfers");
    match wrong {
        None => web::show(app, reader, page, &body).await,
        Some(_) => web::again(app, reader, page, &body).await,
    }
}

async fn download(State(app): State<App>, reader: Proposer) -> Result<Response, WebError> {
    let universe = universe_of(&app);
    let least = app.rulebook().number("exchange.least", app.now().date())?;
    let made = app
        .db()
        .write(reader.actor(), async |tx| store::own_file(tx, universe, least).await)
        .await?;
    let (period, signed) = made.ok_or(WebError::NotFound)?;
    let name = format!("attachment; filename=\"cijfers-{period}.json\"");
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, signed).into_response())
}

fn wrong_text(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::NoFile => "steering-file-none",
        Wrong::Signature => "steering-file-signature",
        Wrong::Format => "steering-file-format",
        Wrong::Rows => "steering-file-rows",
        Wrong::Own => "steering-file-own",
    }
}

/// Larger is no file of figures.
const LARGEST: usize = 1 << 20;

const LABEL_MAX: usize = 80;

/// What was sent: the file and what its association is called. What is too large is not read to its end.
async fn read(form: &mut Multipart) -> Result<(String, String), &'static str> {
    let (mut text, mut label) = (String::new(), String::new());
    while let Some(field) = form.next_field().await.map_err(|_| "steering-file-large")? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|_| "steering-file-large")?;
        let content = String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "bestand" => text = content,
            "naam" => label = content.trim().chars().take(LABEL_MAX).collect(),
            _ => {}
        }
    }
    Ok((text, label))
}

async fn take(
    State(app): State<App>,
    reader: Proposer,
    mut form: Multipart,
) -> Result<Response, WebError> {
    let (text, label) = match read(&mut form).await {
        Ok(sent) => sent,
        Err(wrong) => return render(&app, &reader, "", Some(wrong), None).await,
    };
    if text.is_empty() {
        return render(&app, &reader, &label, Some("steering-file-choose"), None).await;
    }
    let taken =
        app.db().write(reader.actor(), async |tx| store::put(tx, &text, &label).await).await;
    match taken {
        Ok(()) => Ok(Redirect::to("/uitwisseling?gedaan=genomen").into_response()),
        Err(Failed::Wrong(wrong)) => {
            render(&app, &reader, &label, Some(wrong_text(wrong)), None).await
        }
        Err(Failed::Broken(error)) => Err(error.into()),
    }
}

async fn remove(
    State(app): State<App>,
    reader: Proposer,
    Path((contributor, period)): Path<(String, String)>,
) -> Result<Redirect, WebError> {
    app.db()
        .write(reader.actor(), async |tx| store::remove(tx, &contributor, &period).await)
        .await?;
    Ok(Redirect::to("/uitwisseling?gedaan=weg"))
}

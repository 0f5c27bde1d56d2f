use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use web::{App, FileReader, WebError};

use super::page::SearchList;
use super::{Vocabulary, search};
use crate::Sight;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/zoek", get(suggest))
}

const SHOWN: usize = 8;

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    q: String,
}

/// What was typed so far, as a list of people. Names and towns only: no file is opened.
async fn suggest(
    State(app): State<App>,
    reader: FileReader,
    Query(typed): Query<Typed>,
) -> Result<Response, WebError> {
    let vocabulary = app.state::<Vocabulary>();
    let today = app.now().date();
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .read(reader.actor(), async |tx| {
            search(tx, &vocabulary, &typed.q, sight, today, SHOWN).await
        })
        .await?;
    let t = app.texts(reader.language);
    Ok(Html(SearchList { t: &t, found: &found }.render()?).into_response())
}

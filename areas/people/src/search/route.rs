use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use web::{App, FileReader, WebError};

use super::page::SearchList;
use super::{Vocabulary, search};
use crate::{Sight, organisation};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/zoek", get(suggest))
}

const SHOWN: usize = 8;
const ORGANISATIONS_SHOWN: i64 = 3;

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    q: String,
}

/// What was typed so far, as a list of people and organisations. Names and towns only: no file is opened.
async fn suggest(
    State(app): State<App>,
    reader: FileReader,
    Query(typed): Query<Typed>,
) -> Result<Response, WebError> {
    let vocabulary = app.state::<Vocabulary>();
    let today = app.now().date();
    let sight = Sight::of(reader.scope, reader.id);
    let (found, organisations) = app
        .db()
        .read(reader.actor(), async |tx| {
            let found = search(tx, &vocabulary, &typed.q, sight, today, SHOWN).await?;
            let organisations =
                organisation::suggest(tx, &typed.q, today, ORGANISATIONS_SHOWN).await?;
            Ok::<_, db::Error>((found, organisations))
        })
        .await?;
    let t = app.texts(reader.language);
    Ok(Html(SearchList { t: &t, found: &found, organisations: &organisations }.render()?)
        .into_response())
}

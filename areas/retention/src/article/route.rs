//! `/kennis`: what an argument rests on.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use web::{App, Caller, Page, WebError};

use super::page::ArticlePage;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/kennis/{nr}", get(show))
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(nr): Path<i64>,
) -> Result<Response, WebError> {
    let articles = app.db().read(caller.actor(), async |tx| super::all(tx).await).await?;
    let article = articles.into_iter().find(|article| article.nr == nr);
    let article = article.ok_or(WebError::NotFound)?;
    let t = app.texts(caller.language);
    let title = article.title(&t).to_owned();
    let body = ArticlePage { t: &t, article, today: app.now().date() };
    web::show(&app, &caller, Page::new(title, "/behoud"), &body).await
}

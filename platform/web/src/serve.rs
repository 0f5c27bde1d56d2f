//! All routes of the program in one router, with what holds for every request around them.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::error::ErrorPage;
use crate::session::{accepted_language, asked_language, language_cookie, language_of};
use crate::shell::ErrorTemplate;
use crate::{App, WebError, asset_path, assets, demo_clock, guard, live_route, sections, sign_in};

/// Everything: pages under the guards of a browser, `api` beside them.
pub fn router(app: App, pages: Router<App>, api: Router<App>) -> Router {
    let pages = Router::new()
        .merge(sign_in::routes())
        .merge(sections::routes())
        .merge(demo_clock::routes())
        .merge(pages)
        .route("/live", get(live_route::stream))
        .route("/deel/{slot}", get(live_route::part))
        .route("/static/{checksum}/{name}", get(assets::serve))
        .fallback(async || WebError::NotFound)
        .method_not_allowed_fallback(page_of_a_form)
        .layer(from_fn(guard::same_site))
        .layer(from_fn_with_state(app.clone(), in_the_readers_language));
    Router::new()
        .route("/health", get(health))
        .merge(api)
        .merge(pages)
        .layer(from_fn_with_state(app.clone(), guard::headers))
        .with_state(app)
}

/// After a form that was refused its own address stands in the browser; whoever reloads that gets the page of the form.
async fn page_of_a_form(method: Method, uri: Uri) -> Response {
    match uri.path().rsplit_once('/') {
        Some((page, _)) if method == Method::GET => {
            Redirect::to(if page.is_empty() { "/" } else { page }).into_response()
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// 200 when the database answers.
async fn health(State(app): State<App>) -> Result<&'static str, WebError> {
    app.db()
        .read(kernel::Actor::SYSTEM, async |tx| tx.value::<i64>("select 1 as value", vec![]).await)
        .await?;
    Ok("ok")
}

/// Keeps the language that was asked for, and turns an error into a page in it.
async fn in_the_readers_language(State(app): State<App>, request: Request, next: Next) -> Response {
    let asked = asked_language(request.uri().query());
    let (parts, body) = request.into_parts();
    let language = language_of(&parts).unwrap_or_else(|| accepted_language(&parts.headers));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(page) = response.extensions_mut().remove::<ErrorPage>() {
        let t = app.texts(language);
        let template = ErrorTemplate {
            t: &t,
            text: page.text,
            operation: page.operation.as_deref(),
            styles: asset_path("wijland.css"),
        };
        let html = askama::Template::render(&template).unwrap_or_default();
        response = (response.status(), Html(html)).into_response();
    }
    if let Some(language) = asked {
        let cookie = language_cookie(language, app.settings().secure);
        response.headers_mut().append(axum::http::header::SET_COOKIE, cookie);
    }
    response
}

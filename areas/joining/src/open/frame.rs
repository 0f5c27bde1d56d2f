//! The frame of a page for whoever has no account: the association, the words, nothing else. No script.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use texts::{Language, Texts};
use web::ui::{Html as SafeHtml, rendered};
use web::{App, WebError, asset_path};

#[derive(Template)]
#[template(path = "open.html")]
struct Frame<'a> {
    t: &'a Texts,
    association: &'a str,
    title: &'a str,
    styles: String,
    icon: String,
    main: SafeHtml,
}

pub(super) fn page(
    app: &App,
    t: &Texts,
    title: &str,
    status: StatusCode,
    body: &impl Template,
) -> Result<Response, WebError> {
    let frame = Frame {
        t,
        association: &app.settings().association,
        title,
        styles: asset_path("wijland.css"),
        icon: asset_path("favicon.svg"),
        main: rendered(body.render()?),
    };
    Ok((status, Html(frame.render()?)).into_response())
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "open_says.html")]
struct Says<'a> {
    title: &'a str,
    says: &'a str,
}

pub(super) fn says(
    app: &App,
    t: &Texts,
    (title, says): (&str, &str),
    status: StatusCode,
) -> Result<Response, WebError> {
    page(app, t, title, status, &Says { title, says })
}

/// What a browser asks for, where nobody is known yet.
pub(super) fn language(headers: &HeaderMap, asked: &str) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    asked.parse().unwrap_or_else(|_| Language::accepted(accepted.unwrap_or_default()))
}

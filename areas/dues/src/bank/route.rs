//! `/incasso/bank`: files of the bank are read in.

use std::io::{Seek as _, Write as _};

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::Timestamp;
use texts::Texts;
use web::{App, Page, Treasurer, WebError};

use super::parse::WrongFile;
use super::read::{ReadFailed, read};
use crate::Broken;

/// A statement of a month in which a million members paid.
pub(super) const FILE_MAX: usize = 2 << 30;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/incasso/bank", get(show).post(upload).layer(DefaultBodyLimit::max(FILE_MAX)))
}

db::row! {
    struct Kept {
        kind: String, name: String, reader: Option<String>, read_at: Timestamp,
        booked: i64, returned: i64, known: i64, others: i64,
    }
}

#[derive(Template)]
#[template(path = "bank.html")]
struct BankPage<'a> {
    t: &'a Texts,
    files: Vec<Kept>,
    wrong: Option<String>,
    now: Timestamp,
}

async fn show(State(app): State<App>, user: Treasurer) -> Result<Response, WebError> {
    render(&app, &user, None).await
}

async fn render(
    app: &App,
    user: &Treasurer,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let files = app
        .db()
        .read(user.actor(), async |tx| {
            tx.all(
                "select f.kind, f.name, u.name as reader, f.read_at, f.booked, f.returned, f.known, f.others
                   from bank_files f left join users u on u.id = f.read_by order by f.id desc limit 50",
                db::args![],
            )
            .await
        })
        .await?;
    let t = app.texts(user.language);
    let is_wrong = wrong.is_some();
    let wrong = wrong.map(|wrong| t.get(wrong));
    let body = BankPage { t: &t, files, wrong, now: app.now().timestamp() };
    let page = Page::new(t.get("dues-bank"), "/incasso");
    if is_wrong {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}

/// Receives an upload into a file without a name: it is gone when it was read, whatever happens. `None` if there was none.
pub(super) async fn receive(
    mut multipart: Multipart,
) -> Result<Option<(String, std::fs::File)>, Broken> {
    let broken_off = |_| std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    while let Some(mut field) = multipart.next_field().await.map_err(broken_off)? {
        if field.name() != Some("file") {
            continue;
        }
        let name: String = field.file_name().unwrap_or_default().chars().take(120).collect();
        let mut file = tempfile::tempfile()?;
        while let Some(chunk) = field.chunk().await.map_err(broken_off)? {
            file.write_all(&chunk)?;
        }
        file.rewind()?;
        return Ok(Some((name, file)).filter(|(name, _)| !name.is_empty()));
    }
    Ok(None)
}

async fn upload(
    State(app): State<App>,
    user: Treasurer,
    multipart: Multipart,
) -> Result<Response, WebError> {
    let Ok(Some((name, file))) = receive(multipart).await else {
        return render(&app, &user, Some("dues-bank-no-file")).await;
    };
    match read(&app, user.actor(), &name, file).await {
        Ok(_) => Ok(Redirect::to("/incasso/bank").into_response()),
        Err(ReadFailed::Wrong(WrongFile::NotXml)) => {
            render(&app, &user, Some("dues-bank-not-xml")).await
        }
        Err(ReadFailed::Wrong(WrongFile::OtherMessage)) => {
            render(&app, &user, Some("dues-bank-other-message")).await
        }
        Err(ReadFailed::Broken(broken)) => Err(broken.into()),
    }
}

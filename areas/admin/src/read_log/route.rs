use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use texts::Texts;
use web::{App, Page, PrivacyOfficer, WebError};

use super::page::{Filter, ReadLogPage, why_text};
use super::store::{self, Read};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/beheer/leeslog", get(show)).route("/beheer/leeslog.csv", get(download))
}

const ON_A_PAGE: usize = 100;
/// More than anybody reads; a longer period is asked for in parts.
const IN_A_FILE: usize = 50_000;

async fn show(
    State(app): State<App>,
    officer: PrivacyOfficer,
    Query(filter): Query<Filter>,
) -> Result<Response, WebError> {
    let wanted = filter.wanted();
    let mut reads = match &wanted {
        Some(wanted) => {
            let list = async |tx: &mut db::Tx| store::list(tx, wanted, ON_A_PAGE + 1).await;
            app.db().read(officer.actor(), list).await?
        }
        None => vec![],
    };
    let next = (reads.len() > ON_A_PAGE).then(|| {
        reads.truncate(ON_A_PAGE);
        reads.last().map_or(0, |last| last.id)
    });
    let t = app.texts(officer.language);
    let body = ReadLogPage { t: &t, now: app.db().clock().now(), filter: &filter, reads, next };
    let page = Page::new(t.get("admin-reads"), "/beheer");
    if wanted.is_none() {
        return web::again(&app, &officer, page, &body).await;
    }
    web::show(&app, &officer, page, &body).await
}

async fn download(
    State(app): State<App>,
    officer: PrivacyOfficer,
    Query(filter): Query<Filter>,
) -> Result<Response, WebError> {
    let Some(wanted) = filter.wanted() else {
        // The page says which day it is about.
        return show(State(app), officer, Query(filter.clone())).await;
    };
    let reads = app
        .db()
        .write(officer.actor(), async |tx| {
            let reads = store::list(tx, &wanted, IN_A_FILE).await?;
            store::record_export(tx, reads.len()).await?;
            Ok::<_, db::Error>(reads)
        })
        .await?;
    let t = app.texts(officer.language);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"leeslog.csv\""),
    ];
    Ok((headers, csv_of(&reads, &t)).into_response())
}

fn csv_of(reads: &[Read], t: &Texts) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["at", "colleague", "person", "member_number", "why"])
        .expect("into memory");
    for read in reads {
        let cells = [
            read.at.to_string(),
            read.user_name.clone(),
            read.name().sorted(),
            read.member_number.clone().unwrap_or_default(),
            t.get(why_text(read.why)),
        ];
        writer.write_record(cells.iter().map(|cell| kernel::protect(cell))).expect("into memory");
    }
    writer.into_inner().expect("into memory")
}

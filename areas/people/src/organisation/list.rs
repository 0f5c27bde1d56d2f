//! The list of organisations: everything, or what a filter leaves.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use db::{Error, Tx};
use jiff::civil::Date;
use kernel::OrganisationId;
use people_rules::organisation::Kind;
use serde::Deserialize;
use texts::Texts;
use web::{App, FileReader, Page, WebError};

use super::page::{kind_text, status_text};
use super::store::{Listed, is_empty, listed_query, push_means};
use crate::address_bar::encoded;
use crate::sight::may_write;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/organisaties", get(list))
}

const ON_A_PAGE: usize = 50;

/// What the page was asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Filter {
    q: String,
    soort: String,
    sector: String,
    plaats: String,
    /// The last row of the page before: `sort_key`, then the id.
    na: String,
}

async fn list(
    State(app): State<App>,
    reader: FileReader,
    Query(filter): Query<Filter>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let (mut found, empty) = app
        .db()
        .read(reader.actor(), async |tx| {
            let found = filtered(tx, &filter, today).await?;
            let empty = found.is_empty() && is_empty(tx).await?;
            Ok::<_, Error>((found, empty))
        })
        .await?;
    let next = (found.len() > ON_A_PAGE).then(|| {
        found.truncate(ON_A_PAGE);
        found.last().map(|last| format!("{} {}", last.sort_key, last.id)).unwrap_or_default()
    });
    let t = app.texts(reader.language);
    let body = ListPage { t: &t, filter: &filter, found, next, empty, may_add: may_write(&reader) };
    web::show(&app, &reader, Page::new(t.get("people-organisations-nav"), "/organisaties"), &body)
        .await
}

async fn filtered(tx: &mut Tx, filter: &Filter, today: Date) -> Result<Vec<Listed>, Error> {
    let mut query = listed_query(today);
    push_means(&mut query, &filter.q);
    if let Ok(kind) = filter.soort.parse::<Kind>() {
        query.push(" and o.kind = ").bind(kind);
    }
    let sector = filter.sector.trim();
    if !sector.is_empty() {
        query.push(" and o.sector = ").bind(sector);
    }
    let town = filter.plaats.trim();
    if !town.is_empty() {
        query.push(" and o.town = ").bind(town);
    }
    if let Some((sort_key, id)) = filter.na.rsplit_once(' ')
        && let Ok(id) = id.parse::<OrganisationId>()
    {
        query.push(" and (o.sort_key, o.id) > (").bind(sort_key).push(", ").bind(id).push(")");
    }
    query
        .push(" order by o.sort_key, o.id limit ")
        .bind(i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX));
    tx.list(query).await
}

#[derive(Template)]
#[template(path = "organisations.html")]
struct ListPage<'a> {
    t: &'a Texts,
    filter: &'a Filter,
    found: Vec<Listed>,
    next: Option<String>,
    /// There is no organisation yet.
    empty: bool,
    may_add: bool,
}

impl ListPage<'_> {
    fn kind(&self, organisation: &Listed) -> String {
        self.t.get(kind_text(organisation.kind))
    }

    fn status(&self, organisation: &Listed) -> String {
        self.t.get(status_text(organisation))
    }

    fn kinds(&self) -> impl Iterator<Item = (Kind, &'static str)> {
        Kind::ALL.iter().map(|kind| (*kind, kind_text(*kind)))
    }

    fn is_kind(&self, kind: &Kind) -> bool {
        self.filter.soort == kind.code()
    }

    fn is_filtered(&self) -> bool {
        let Filter { q, soort, sector, plaats, na } = self.filter;
        [q, soort, sector, plaats, na].iter().any(|text| !text.trim().is_empty())
    }

    /// The address of the next page: the same filter, behind the last row.
    fn next_address(&self, after: &str) -> String {
        let Filter { q, soort, sector, plaats, na: _ } = self.filter;
        format!(
            "/organisaties?q={}&soort={}&sector={}&plaats={}&na={}",
            encoded(q),
            encoded(soort),
            encoded(sector),
            encoded(plaats),
            encoded(after)
        )
    }
}

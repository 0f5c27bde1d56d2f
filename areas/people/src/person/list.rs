//! The list of people: everything, or what a filter or a search leaves.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use db::{Error, Tx};
use jiff::civil::Date;
use kernel::PersonId;
use serde::Deserialize;
use texts::Texts;
use web::{App, FileReader, Page, WebError};

use super::store::{Found, Standing, found_query, is_empty, push_standing};
use crate::Sight;
use crate::address_bar::encoded;
use crate::search::page::status;
use crate::search::{Vocabulary, search};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/leden", get(list))
}

const ON_A_PAGE: usize = 50;
const SEARCHED: usize = 100;

kernel::codes! {
    pub enum Status {
        Any = "",
        Member = "lid",
        Former = "oud-lid",
        None = "geen-lid",
    }
}

/// What the page was asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    pub q: String,
    pub status: String,
    pub sector: String,
    /// A town, or a postcode or its beginning.
    pub plaats: String,
    /// The last row of the page before: `sort_key`, then the id.
    pub na: String,
}

async fn list(
    State(app): State<App>,
    reader: FileReader,
    Query(filter): Query<Filter>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let sight = Sight::of(reader.scope, reader.id);
    let vocabulary = app.state::<Vocabulary>();
    let searched = !filter.q.trim().is_empty();
    let (mut found, empty) = app
        .db()
        .read(reader.actor(), async |tx| {
            let found = if searched {
                search(tx, &vocabulary, &filter.q, sight, today, SEARCHED).await?
            } else {
                filtered(tx, &filter, sight, today).await?
            };
            let empty = found.is_empty() && is_empty(tx).await?;
            Ok::<_, Error>((found, empty))
        })
        .await?;
    let next = (!searched && found.len() > ON_A_PAGE).then(|| {
        found.truncate(ON_A_PAGE);
        found
            .last()
            .map(|last| format!("{} {}", last.name().sort_key(), last.id))
            .unwrap_or_default()
    });
    let t = app.texts(reader.language);
    let may_add = reader.may(kernel::Action::WorkCalls);
    let body = ListPage { t: &t, filter: &filter, found, next, empty, may_add };
    web::show(&app, &reader, Page::new(t.get("people-nav"), "/leden"), &body).await
}

async fn filtered(
    tx: &mut Tx,
    filter: &Filter,
    sight: Sight,
    today: Date,
) -> Result<Vec<Found>, Error> {
    let mut query = found_query(today);
    sight.push(&mut query);
    let standing = match filter.status.parse() {
        Ok(Status::Member) => Some(Standing::Member),
        Ok(Status::Former) => Some(Standing::Former),
        Ok(Status::None) => Some(Standing::Stranger),
        Ok(Status::Any) | Err(_) => None,
    };
    if let Some(standing) = standing {
        push_standing(&mut query, standing, today);
    }
    let sector = filter.sector.trim();
    if !sector.is_empty() {
        query.push(" and p.sector <> '' and p.sector = ").bind(sector);
    }
    let place = filter.plaats.trim();
    if place.starts_with(|c: char| c.is_ascii_digit()) {
        let compact = people_rules::search::compact(place);
        if let Some(end) = crate::search::after(&compact) {
            query.push(" and p.postcode >= ").bind(compact).push(" and p.postcode < ").bind(end);
        }
    } else if !place.is_empty() {
        query.push(" and p.town <> '' and lower(p.town) = ").bind(place.to_lowercase());
    }
    if let Some((sort_key, id)) = filter.na.rsplit_once(' ')
        && let Ok(id) = id.parse::<PersonId>()
    {
        query.push(" and (p.sort_key, p.id) > (").bind(sort_key).push(", ").bind(id).push(")");
    }
    query
        .push(" order by p.sort_key, p.id limit ")
        .bind(i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX));
    tx.list(query).await
}

#[derive(Template)]
#[template(path = "people.html")]
struct ListPage<'a> {
    t: &'a Texts,
    filter: &'a Filter,
    found: Vec<Found>,
    next: Option<String>,
    /// There is nobody in the member base yet.
    empty: bool,
    may_add: bool,
}

impl ListPage<'_> {
    fn status(&self, person: &Found) -> String {
        status(self.t, person)
    }

    fn statuses(&self) -> [(Status, &'static str); 4] {
        [
            (Status::Any, "people-filter-any"),
            (Status::Member, "people-status-member"),
            (Status::Former, "people-status-former"),
            (Status::None, "people-status-none"),
        ]
    }

    fn is_status(&self, status: &Status) -> bool {
        self.filter.status == status.code()
    }

    fn is_filtered(&self) -> bool {
        let Filter { q, status, sector, plaats, na } = self.filter;
        [q, status, sector, plaats, na].iter().any(|text| !text.trim().is_empty())
    }

    /// The address of the next page: the same filter, behind the last row.
    fn next_address(&self, after: &str) -> String {
        let Filter { q: _, status, sector, plaats, na: _ } = self.filter;
        format!(
            "/leden?status={}&sector={}&plaats={}&na={}",
            encoded(status),
            encoded(sector),
            encoded(plaats),
            encoded(after)
        )
    }
}

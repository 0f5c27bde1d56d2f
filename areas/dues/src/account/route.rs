//! A whole account number, for whoever may see one; each time is a line in the read log.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use db::Error;
use kernel::{AccountId, Event, EventKind, Fact, PersonId, local};
use texts::Texts;
use web::{App, Fields, Form, Page, Unmasker, WebError};

use super::store::whole;
use crate::Broken;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/rekening/{id}", post(show))
}

kernel::codes! {
    /// Why somebody looks at a whole number.
    pub enum Reason {
        /// The member asks which it is.
        Asked = "asked",
        /// The bank says something about it.
        Bank = "bank",
        /// To compare it with a letter or a file.
        Compare = "compare",
    }
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    t: &'a Texts,
    back: String,
    holder: String,
    number: String,
}

async fn show(
    State(app): State<App>,
    reader: Unmasker,
    Path(id): Path<AccountId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    db::row! {
        struct Whose { person_id: Option<PersonId>, organisation_id: Option<kernel::OrganisationId>, holder: String }
    }

    // Without a reason nothing is shown.
    let why: Reason = typed.text("waarom").parse().map_err(|_| WebError::Unreadable)?;
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let whose: Option<Whose> = tx
                .one(
                    "select person_id, organisation_id, holder from accounts where id = $1",
                    db::args![id],
                )
                .await?;
            let (Some(whose), Some(iban)) = (whose, whole(tx, app.keys(), id).await?) else {
                return Ok::<_, Broken>(None);
            };
            if let Some(person) = whose.person_id {
                activity::log_read(tx, person, activity::Why::Account).await?;
            }
            let mut event = Event::new(EventKind::AccountShown, local(tx.now()).date())
                .with("account", Fact::Number(id.0))
                .with("why", Fact::Code(why.code()));
            (event.person, event.organisation) = (whose.person_id, whose.organisation_id);
            activity::record(tx, event).await?;
            Ok(Some((whose, iban)))
        })
        .await?;
    let (whose, iban) = found.ok_or(WebError::NotFound)?;
    let back = match (whose.person_id, whose.organisation_id) {
        (Some(person), _) => format!("/leden/{person}"),
        (None, Some(organisation)) => format!("/organisaties/{organisation}"),
        (None, None) => return Err(Error::Column("person_id").into()),
    };
    let t = app.texts(reader.language);
    let number = grouped(iban.reveal().electronic());
    let body = AccountPage { t: &t, back, holder: whose.holder, number };
    let page = Page::new(t.get("dues-account"), "/leden");
    web::show(&app, &reader, page, &body).await
}

/// In fours, as it stands on a card.
fn grouped(number: &str) -> String {
    number
        .as_bytes()
        .chunks(4)
        .map(|four| String::from_utf8_lossy(four).into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

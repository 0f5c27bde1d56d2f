//! Whoever is named with `@` in what a colleague wrote finds it on top of her list.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::routing::post;
use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{Event, EventKind, Fact, UserId, local};
use service_rules::mention::named;
use web::{AgreementKeeper, App, WebError};

use crate::owned::colleagues;

kernel::codes! {
    /// Where somebody was named, by what opens it.
    pub enum Thing {
        Wish = "wish",
        Agreement = "agreement",
        /// In the report of a visit there.
        Organisation = "organisation",
        /// A target that waits for the answer of who is named.
        Target = "target",
    }
}

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/genoemd/{id}/gezien", post(seen))
}

/// Notes whom a text names, but for whoever writes it.
pub async fn note(tx: &mut Tx, text: &str, thing: Thing, thing_id: i64) -> Result<(), Error> {
    if !text.contains('@') {
        return Ok(());
    }
    let everybody = colleagues(tx).await?;
    let names: Vec<(UserId, &str)> =
        everybody.iter().map(|colleague| (colleague.id, colleague.name.as_str())).collect();
    for user in named(text, &names) {
        tell(tx, user, thing, thing_id).await?;
    }
    Ok(())
}

/// Puts something on top of the list of a colleague, but for whoever does it.
pub async fn tell(tx: &mut Tx, user: UserId, thing: Thing, thing_id: i64) -> Result<(), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    if user == me {
        return Ok(());
    }
    tx.execute(
        "insert into mentions (id, user_id, by_id, thing, thing_id, at) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        args![new_id(), user, me, thing, thing_id, now],
    )
    .await?;
    let event = Event::new(EventKind::Mentioned, local(now).date())
        .with("user", Fact::Number(user.0))
        .with("thing", Fact::Code(thing.code()));
    activity::record(tx, event).await
}

/// What somebody was named for is done: it leaves her list.
pub async fn answered(tx: &mut Tx, user: UserId, thing: Thing, thing_id: i64) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update mentions set seen_at = $1
          where user_id = $2 and thing = $3 and thing_id = $4 and seen_at is null",
        args![now, user, thing, thing_id],
    )
    .await?;
    Ok(())
}

db::row! {
    /// Where somebody was named and has not looked.
    #[derive(Clone, Debug)]
    pub(crate) struct Mention {
        pub id: i64,
        pub by: String,
        pub thing: Thing,
        pub thing_id: i64,
        pub at: Timestamp,
        /// The place, where it is one.
        pub place: Option<String>,
    }
}

impl Mention {
    pub(crate) fn href(&self) -> String {
        let place = match self.thing {
            Thing::Wish => "wensen",
            Thing::Agreement => "afspraken",
            Thing::Organisation => "organisaties",
            Thing::Target => "doelen",
        };
        format!("/{place}/{}", self.thing_id)
    }
}

/// The latest first.
pub(crate) async fn unseen(tx: &mut Tx, user: UserId) -> Result<Vec<Mention>, Error> {
    tx.all(
        "select m.id, u.name as by, m.thing, m.thing_id, m.at, o.name as place
           from mentions m
           join users u on u.id = m.by_id
           left join organisations o on o.id = m.thing_id and m.thing = 'organisation'
          where m.user_id = $1 and m.seen_at is null order by m.id desc limit 50",
        args![user],
    )
    .await
}

async fn seen(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Path(id): Path<i64>,
) -> Result<Redirect, WebError> {
    app.db()
        .write(keeper.actor(), async |tx| {
            let (me, now) = (tx.actor().user, tx.now());
            // Seen twice is seen.
            tx.execute(
                "update mentions set seen_at = $1 where id = $2 and user_id = $3 and seen_at is null",
                args![now, id, me],
            )
            .await
        })
        .await?;
    Ok(Redirect::to("/afspraken"))
}

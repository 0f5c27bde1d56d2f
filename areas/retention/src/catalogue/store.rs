use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Cents, Event, EventKind, Fact, UserId, local};
use membership::tariff::HolderKind;

use crate::argument::{Authority, Kind, Needs};

/// A reason as an administrator writes it.
#[derive(Clone, Debug)]
pub(super) struct NewReason {
    /// None for another one.
    pub nr: Option<i64>,
    pub parent_nr: Option<i64>,
    pub holder: HolderKind,
    pub name_nl: String,
    pub name_en: String,
    pub avoidable: bool,
    pub position: i64,
    pub ended: bool,
}

/// An argument as an administrator writes it.
#[derive(Clone, Debug)]
pub(super) struct NewArgument {
    pub nr: Option<i64>,
    pub holder: HolderKind,
    pub kind: Kind,
    pub name_nl: String,
    pub name_en: String,
    pub says_nl: String,
    pub says_en: String,
    pub say_nl: String,
    pub say_en: String,
    pub reasons: String,
    pub needs: Needs,
    pub authority: Authority,
    pub cost: Cents,
    pub article_nr: Option<i64>,
    pub position: i64,
    pub ended: bool,
}

/// An article as an administrator writes it.
#[derive(Clone, Debug)]
pub(super) struct NewArticle {
    pub nr: Option<i64>,
    pub title_nl: String,
    pub title_en: String,
    pub body_nl: String,
    pub body_en: String,
    pub owner: Option<UserId>,
    pub expires_on: Option<Date>,
    pub ended: bool,
}

pub(super) async fn keep_reason(tx: &mut Tx, new: &NewReason) -> Result<(), Error> {
    let NewReason { nr, parent_nr, holder, name_nl, name_en, avoidable, position, ended } = new;
    let nr = match nr {
        Some(nr) => *nr,
        None => {
            tx.value("select coalesce(max(nr), 0) + 1 as value from leave_reasons", args![]).await?
        }
    };
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into leave_reasons (id, nr, parent_nr, holder, name_nl, name_en, avoidable, position, ended, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            new_id(), nr, *parent_nr, *holder, name_nl, name_en, *avoidable, *position, *ended, me, now,
        ],
    )
    .await?;
    record(tx, "reason", nr).await
}

pub(super) async fn keep_argument(tx: &mut Tx, new: &NewArgument) -> Result<(), Error> {
    let NewArgument {
        nr,
        holder,
        kind,
        name_nl,
        name_en,
        says_nl,
        says_en,
        say_nl,
        say_en,
        reasons,
        needs,
        authority,
        cost,
        article_nr,
        position,
        ended,
    } = new;
    let nr = match nr {
        Some(nr) => *nr,
        None => {
            tx.value("select coalesce(max(nr), 0) + 1 as value from retention_arguments", args![])
                .await?
        }
    };
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into retention_arguments (id, nr, holder, kind, name_nl, name_en, says_nl, says_en, say_nl, say_en, reasons,
                                          needs, authority, cost_cents, article_nr, position, ended, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        args![
            new_id(), nr, *holder, *kind, name_nl, name_en, says_nl, says_en, say_nl, say_en, reasons, *needs,
            *authority, *cost, *article_nr, *position, *ended, me, now,
        ],
    )
    .await?;
    record(tx, "argument", nr).await
}

pub(super) async fn keep_article(tx: &mut Tx, new: &NewArticle) -> Result<(), Error> {
    let NewArticle { nr, title_nl, title_en, body_nl, body_en, owner, expires_on, ended } = new;
    let nr = match nr {
        Some(nr) => *nr,
        None => {
            tx.value("select coalesce(max(nr), 0) + 1 as value from knowledge_articles", args![])
                .await?
        }
    };
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into knowledge_articles (id, nr, title_nl, title_en, body_nl, body_en, owner_id, expires_on, ended, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            new_id(), nr, title_nl, title_en, body_nl, body_en, *owner, *expires_on, *ended, me, now,
        ],
    )
    .await?;
    record(tx, "article", nr).await
}

async fn record(tx: &mut Tx, what: &'static str, nr: i64) -> Result<(), Error> {
    let event = Event::new(EventKind::RetentionChanged, local(tx.now()).date())
        .with("what", Fact::Code(what))
        .with("nr", Fact::Number(nr));
    activity::record(tx, event).await
}

db::row! {
    /// A colleague who can keep an article.
    pub(super) struct Colleague { pub id: UserId, pub name: String }
}

pub(super) async fn colleagues(tx: &mut Tx) -> Result<Vec<Colleague>, Error> {
    tx.all("select id, name from users where ended_at is null order by name limit 500", args![])
        .await
}

use db::{Error, Query, Tx, args, new_id};
use dues_rules::amount::Kind;
use dues_rules::run::{Open, Refused, State};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Cents, Event, EventKind, Fact, PaymentRunId, UserId, local};
use rulebook::Rulebook;

use super::release::Failed;
use crate::settings::run_rules;

db::row! {
    #[derive(Clone, Debug)]
    pub struct PaymentRun {
        pub id: PaymentRunId,
        pub kind: Kind,
        pub creditor_id: i64,
        pub creditor: String,
        pub day: Date,
        pub state: State,
        pub filled_until: i64,
        pub row_count: i64,
        pub cents: Cents,
        pub made_by: UserId,
        pub maker: Option<String>,
        pub made_at: Timestamp,
        pub releaser: Option<String>,
        pub released_at: Option<Timestamp>,
        pub hash: Option<String>,
        pub file_bytes: Option<i64>,
    }
}

impl PaymentRun {
    pub(super) fn open(&self) -> Open {
        Open { state: self.state, made_by: self.made_by, day: self.day }
    }

    /// The name under which a browser keeps the file.
    pub(crate) fn file_name(&self) -> String {
        let format = match self.kind {
            Kind::Collection => "pain.008",
            Kind::PayOut => "pain.001",
        };
        format!("{format}-{}-{}.xml", self.day, crate::base36(self.id.0))
    }
}

const COLUMNS: &str = "select r.id, r.kind, r.creditor_id, c.name as creditor, r.day, r.state, r.filled_until, r.row_count, r.cents,
       r.made_by, m.name as maker, r.made_at, l.name as releaser, r.released_at, r.hash, r.file_bytes
  from payment_runs r
  join creditors c on c.id = r.creditor_id
  left join users m on m.id = r.made_by
  left join users l on l.id = r.released_by";

pub async fn by_id(tx: &mut Tx, id: PaymentRunId) -> Result<Option<PaymentRun>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where r.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// The latest first, from before `before`.
pub async fn latest(
    tx: &mut Tx,
    kind: Kind,
    before: PaymentRunId,
    limit: i64,
) -> Result<Vec<PaymentRun>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where r.kind = ").bind(kind).push(" and r.id < ").bind(before);
    query.push(" order by r.id desc limit ").bind(limit);
    tx.list(query).await
}

/// Those that a program that ended left half full.
pub(super) async fn unfinished(tx: &mut Tx) -> Result<Vec<PaymentRunId>, Error> {
    db::row! { struct Id { id: PaymentRunId } }

    let found: Vec<Id> =
        tx.all("select id from payment_runs where state = 'filling' order by id", args![]).await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

/// Begins a run for a day on which banks settle; [`fill`](super::fill()) puts the rows in.
pub async fn make(
    tx: &mut Tx,
    book: &Rulebook,
    kind: Kind,
    creditor: i64,
    day: Date,
) -> Result<PaymentRunId, Failed> {
    let (me, now) = (tx.actor().user, tx.now());
    let today = local(now).date();
    let rules = run_rules(book, day)?;
    dues_rules::run::plan(day, today, &rules, &book.calendar)?;
    let waiting: i64 = tx
        .value(
            "select count(*) as value from (select id from dues where kind = $1 and state = 'due' and due_on <= $2 limit 1) one",
            args![kind, day],
        )
        .await?;
    if waiting == 0 {
        return Err(Refused::Empty.into());
    }
    let id = PaymentRunId(new_id());
    tx.change_one(
        "insert into payment_runs (id, kind, creditor_id, day, state, filled_until, row_count, cents, made_by, made_at)
         values ($1, $2, $3, $4, 'filling', 0, 0, 0, $5, $6)",
        args![id, kind, creditor, day, me, now],
    )
    .await?;
    Ok(id)
}

pub(super) async fn record(
    tx: &mut Tx,
    run: &PaymentRun,
    change: &'static str,
) -> Result<(), Error> {
    let mut event = Event::new(EventKind::PaymentRunChanged, local(tx.now()).date())
        .with("run", Fact::Number(run.id.0))
        .with("change", Fact::Code(change))
        .with("rows", Fact::Number(run.row_count));
    event.amount = Some(run.cents.0);
    activity::record(tx, event).await
}

/// The run of a file that goes out of the house once more, and the line that says so.
pub(crate) async fn file_of(tx: &mut Tx, id: PaymentRunId) -> Result<Option<PaymentRun>, Error> {
    let found = by_id(tx, id).await?.filter(|run| run.state == State::Released);
    if let Some(run) = &found {
        record(tx, run, "downloaded").await?;
    }
    Ok(found)
}

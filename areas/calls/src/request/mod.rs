//! Calls that people asked for.

use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{CallRequestId, Event, EventKind, PersonId, local};

#[derive(Clone, Debug)]
pub struct NewRequest {
    pub person: PersonId,
    /// What the call should be about.
    pub subject: String,
    pub source: String,
    pub asked_at: Timestamp,
    pub from: Timestamp,
}

pub async fn add(tx: &mut Tx, request: NewRequest) -> Result<(), Error> {
    let NewRequest { person, subject, source, asked_at, from } = request;
    tx.change_one(
        "insert into call_requests (id, person_id, subject, source, asked_at, from_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![CallRequestId(new_id()), person, subject, source, asked_at, from],
    )
    .await?;
    let day = local(tx.now()).date();
    activity::record(tx, Event::new(EventKind::CallRequested, day).about(person)).await
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Request { pub subject: String, pub source: String, pub asked_at: Timestamp, pub from_at: Timestamp }
}

/// The latest request that was not answered yet.
pub async fn open(tx: &mut Tx, person: PersonId) -> Result<Option<Request>, Error> {
    tx.one(
        "select subject, source, asked_at, from_at from call_requests
          where person_id = $1 and used_at is null order by asked_at desc limit 1",
        args![person],
    )
    .await
}

/// Takes a request out that nobody answered yet: the undo of an import.
pub async fn forget(tx: &mut Tx, person: PersonId, asked_at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "delete from call_requests where person_id = $1 and asked_at = $2 and used_at is null",
        args![person, asked_at],
    )
    .await
    .map(drop)
}

/// The person was reached: what was asked for is done.
pub(crate) async fn answered(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update call_requests set used_at = $1 where person_id = $2 and used_at is null",
        args![now, person],
    )
    .await
    .map(drop)
}

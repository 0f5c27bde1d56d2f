use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{Event, EventKind, TeamId, UserId, local};

use super::throttle::Bucket;

db::row! {
    /// Somebody who may try to sign in.
    #[derive(Clone, Debug)]
    pub(crate) struct Account {
        pub id: UserId,
        pub password_hash: String,
        pub team_id: Option<TeamId>,
        pub totp_secret: Option<String>,
    }
}

/// By sign-in name or e-mail address; an account that ended is not there.
pub(crate) async fn account(tx: &mut Tx, name: &str) -> Result<Option<Account>, Error> {
    tx.one(
        "select id, password_hash, team_id, totp_secret from users
          where (login = $1 or email_fold = $1) and ended_at is null",
        args![name.trim().to_lowercase()],
    )
    .await
}

db::row! {
    struct StoredBucket { failures: u32, last_at: Timestamp, closed_until_at: Timestamp }
}

pub(crate) async fn bucket(tx: &mut Tx, name: &str) -> Result<Option<Bucket>, Error> {
    let found: Option<StoredBucket> = tx
        .one(
            "select failures, last_at, closed_until_at from sign_in_failures where bucket = $1",
            args![name],
        )
        .await?;
    Ok(found.map(|row| Bucket {
        failures: row.failures,
        last_at: row.last_at,
        closed_until: row.closed_until_at,
    }))
}

pub(crate) async fn keep_bucket(tx: &mut Tx, name: &str, bucket: Bucket) -> Result<(), Error> {
    let Bucket { failures, last_at, closed_until } = bucket;
    tx.change_one(
        "insert into sign_in_failures (bucket, failures, last_at, closed_until_at)
         values ($1, $2, $3, $4)
         on conflict (bucket) do update set failures = excluded.failures,
            last_at = excluded.last_at, closed_until_at = excluded.closed_until_at",
        args![name, failures, last_at, closed_until],
    )
    .await
}

pub(crate) async fn empty_bucket(tx: &mut Tx, name: &str) -> Result<(), Error> {
    tx.execute("delete from sign_in_failures where bucket = $1", args![name]).await.map(drop)
}

pub(crate) async fn record(tx: &mut Tx, kind: EventKind) -> Result<(), Error> {
    let day = local(tx.now()).date();
    activity::record(tx, Event::new(kind, day)).await
}

/// The secret of a user who signs in with a code as well.
pub(crate) async fn totp_secret(tx: &mut Tx, user: UserId) -> Result<Option<String>, Error> {
    tx.value(
        "select totp_secret as value from users where id = $1 and ended_at is null",
        args![user],
    )
    .await
}

/// Uses a step of the code up; `false` if it, or a later one, was used before.
pub(crate) async fn use_code(tx: &mut Tx, user: UserId, step: i64) -> Result<bool, Error> {
    let changed = tx
        .execute(
            "insert into used_codes (user_id, step) values ($1, $2)
             on conflict (user_id) do update set step = excluded.step
              where used_codes.step < excluded.step",
            args![user, step],
        )
        .await?;
    Ok(changed == 1)
}

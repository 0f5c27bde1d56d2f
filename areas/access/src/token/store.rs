use db::{Error, Tx, args, new_id};
use jiff::{SignedDuration, Timestamp};
use kernel::{Event, EventKind, Fact, TokenId, UserId, local};
use sha2::{Digest, Sha256};

kernel::codes! {
    /// What a token may do, within the rights of its user.
    pub enum Scope {
        Read = "read",
        Write = "write",
        Admin = "admin",
    }
}

#[derive(Clone, Debug)]
pub struct NewToken {
    pub user: UserId,
    pub name: String,
    pub scopes: Vec<Scope>,
    /// `None`: until it is revoked.
    pub days: Option<u32>,
}

/// Makes a token. It is shown this once; only its hash is kept.
pub async fn create(tx: &mut Tx, token: NewToken) -> Result<String, Error> {
    let NewToken { user, name, scopes, days } = token;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    let secret: String = std::iter::once("wl_".to_owned())
        .chain(bytes.iter().map(|byte| format!("{byte:02x}")))
        .collect();
    let scopes: Vec<&str> = scopes.into_iter().map(Scope::code).collect();
    let now = tx.now();
    let ends_at = days.map(|days| now + SignedDuration::from_hours(24 * i64::from(days)));
    tx.change_one(
        "insert into api_tokens (id, user_id, name, token_hash, scopes, created_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![
            TokenId(new_id()),
            user,
            name,
            Sha256::digest(secret.as_bytes()).to_vec(),
            scopes.join(","),
            now,
            ends_at,
        ],
    )
    .await?;
    activity::record(tx, Event::new(EventKind::TokenMade, local(now).date())).await?;
    Ok(secret)
}

db::row! {
    /// A token as it is listed: never the token itself.
    pub(super) struct Listed {
        pub id: TokenId,
        pub name: String,
        pub user_name: String,
        pub scopes: String,
        pub created_at: Timestamp,
        pub ends_at: Option<Timestamp>,
    }
}

/// The tokens that let somebody in now, newest first.
pub(super) async fn valid(tx: &mut Tx) -> Result<Vec<Listed>, Error> {
    let now = tx.now();
    tx.all(
        "select k.id, k.name, u.name as user_name, k.scopes, k.created_at, k.ends_at
           from api_tokens k join users u on u.id = k.user_id
          where k.revoked_at is null and (k.ends_at is null or k.ends_at > $1) and u.ended_at is null
          order by k.id desc limit 500",
        args![now],
    )
    .await
}

/// # Errors
///
/// [`Error::Raced`] if it is not there or was revoked before.
pub(super) async fn revoke(tx: &mut Tx, id: TokenId) -> Result<(), Error> {
    let now = tx.now();
    let revoked = tx
        .execute(
            "update api_tokens set revoked_at = $1 where id = $2 and revoked_at is null",
            args![now, id],
        )
        .await?;
    if revoked == 0 {
        return Err(Error::Raced);
    }
    let event =
        Event::new(EventKind::TokenRevoked, local(now).date()).with("token", Fact::Number(id.0));
    activity::record(tx, event).await
}

/// No program works in the name of somebody who left.
pub(crate) async fn revoke_all(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    let now = tx.now();
    let revoked = tx
        .execute(
            "update api_tokens set revoked_at = $1 where user_id = $2 and revoked_at is null",
            args![now, user],
        )
        .await?;
    if revoked == 0 {
        return Ok(());
    }
    let event =
        Event::new(EventKind::TokenRevoked, local(now).date()).with("user", Fact::Number(user.0));
    activity::record(tx, event).await
}

use db::{Error, Tx, args, new_id};
use jiff::SignedDuration;
use kernel::{Event, EventKind, TokenId, UserId, local};
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

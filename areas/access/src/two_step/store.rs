use db::{Error, Tx, args};
use kernel::{Event, EventKind, Fact, UserId, local};
use web::{SessionToken, two_step};

db::row! {
    pub(super) struct Account {
        pub login: String,
        pub password_hash: String,
        pub totp_secret: Option<String>,
    }
}

pub(super) async fn account(tx: &mut Tx, user: UserId) -> Result<Account, Error> {
    let found: Option<Account> = tx
        .one("select login, password_hash, totp_secret from users where id = $1", args![user])
        .await?;
    found.ok_or(Error::Raced)
}

/// Switches it on and gives the recovery codes. Other browsers have to sign in again: with a code.
///
/// # Errors
///
/// [`Error::Raced`] if it was on already: the app of another page holds another secret.
pub(super) async fn switch_on(
    tx: &mut Tx,
    user: UserId,
    secret: &str,
    step: i64,
    stays: &SessionToken,
) -> Result<Vec<String>, Error> {
    let changed = tx
        .execute(
            "update users set totp_secret = $1 where id = $2 and totp_secret is null",
            args![secret, user],
        )
        .await?;
    if changed == 0 {
        return Err(Error::Raced);
    }
    let codes = two_step::begin(tx, user, step).await?;
    web::end_others(tx, user, stays).await?;
    record(tx, "two_step_on").await?;
    Ok(codes)
}

pub(super) async fn switch_off(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    tx.change_one("update users set totp_secret = null where id = $1", args![user]).await?;
    two_step::end(tx, user).await?;
    record(tx, "two_step_off").await
}

async fn record(tx: &mut Tx, what: &'static str) -> Result<(), Error> {
    let day = local(tx.now()).date();
    activity::record(tx, Event::new(EventKind::UserChanged, day).with("what", Fact::Code(what)))
        .await
}

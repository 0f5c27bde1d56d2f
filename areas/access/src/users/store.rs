use std::collections::BTreeMap;

use access_rules::account::{Account, Refused, Region, Standing, may_end, may_get};
use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{Event, EventKind, Fact, Role, Roles, TeamId, UserId, local};
use texts::Language;
use web::{App, Leaver, two_step};

use crate::{presence, teams, token};

/// An account to be made; the password is hashed already (`web::password::hash`).
#[derive(Clone, Debug)]
pub struct NewUser {
    pub login: String,
    pub email: String,
    pub name: String,
    pub first_name: String,
    pub password_hash: String,
    pub roles: Roles,
    pub team: Option<TeamId>,
    pub language: Language,
}

/// # Errors
///
/// [`Error::Duplicate`] if the login or the e-mail address is somebody's already.
pub async fn add_user(tx: &mut Tx, user: NewUser) -> Result<UserId, Error> {
    let NewUser { login, email, name, first_name, password_hash, roles, team, language } = user;
    let (id, now) = (UserId(new_id()), tx.now());
    tx.change_one(
        "insert into users (id, login, email, email_fold, name, first_name, password_hash, roles,
                            team_id, language, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            id,
            login.trim().to_lowercase(),
            email.trim(),
            email.trim().to_lowercase(),
            name.trim(),
            first_name.trim(),
            password_hash,
            roles.stored(),
            team,
            language,
            now,
        ],
    )
    .await?;
    record(tx, "account_added", id).await?;
    Ok(id)
}

db::row! {
    struct Found { id: UserId }
}

pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<UserId>, Error> {
    let found: Option<Found> = tx
        .one(
            "select id from users where login = $1 and ended_at is null",
            args![login.trim().to_lowercase()],
        )
        .await?;
    Ok(found.map(|user| user.id))
}

pub(crate) async fn set_language(
    tx: &mut Tx,
    user: UserId,
    language: Language,
) -> Result<(), Error> {
    tx.change_one("update users set language = $1 where id = $2", args![language, user]).await
}

/// The user's own choice: no longer one that somebody else knows.
pub(crate) async fn set_password(
    tx: &mut Tx,
    user: UserId,
    password_hash: &str,
) -> Result<(), Error> {
    tx.change_one("update users set password_hash = $1 where id = $2", args![password_hash, user])
        .await?;
    tx.execute("delete from temporary_passwords where user_id = $1", args![user]).await?;
    record(tx, "password_chosen", user).await
}

/// A password that the acting administrator tells the user: it opens one page, where an own one is chosen.
/// Whoever was signed in with the old one is no longer.
pub(super) async fn give_password(
    tx: &mut Tx,
    user: UserId,
    password_hash: &str,
) -> Result<(), Error> {
    let (by, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update users set password_hash = $1 where id = $2 and ended_at is null",
        args![password_hash, user],
    )
    .await?;
    tx.change_one(
        "insert into temporary_passwords (user_id, given_by, given_at) values ($1, $2, $3)
         on conflict (user_id) do update set given_by = excluded.given_by, given_at = excluded.given_at",
        args![user, by, now],
    )
    .await?;
    web::end_all(tx, user).await?;
    record(tx, "password_given", user).await
}

db::row! {
    /// A colleague as the list shows her.
    pub(super) struct Listed {
        pub id: UserId,
        pub name: String,
        pub login: String,
        pub roles: String,
        pub team_name: Option<String>,
        pub in_two_steps: bool,
        pub ended_at: Option<Timestamp>,
    }
}

pub(super) const ON_A_PAGE: usize = 100;

/// Colleagues by name, or those whose name, sign-in name or address holds what was typed; one more than a
/// page, so that one sees whether there is another.
pub(super) async fn list(
    tx: &mut Tx,
    typed: &str,
    ended: bool,
    after: Option<(&str, UserId)>,
) -> Result<Vec<Listed>, Error> {
    let mut query = Query::new(
        "select u.id, u.name, u.login, u.roles, t.name as team_name, u.totp_secret is not null as in_two_steps,
                u.ended_at
           from users u left join teams t on t.id = u.team_id
          where true",
    );
    query.push(if ended { " and u.ended_at is not null" } else { " and u.ended_at is null" });
    let typed = typed.trim().to_lowercase();
    if !typed.is_empty() {
        let within = format!("%{}%", typed.replace('%', ""));
        query
            .push(" and (lower(u.name) like ")
            .bind(within.as_str())
            .push(" or u.login like ")
            .bind(within.as_str())
            .push(" or u.email_fold like ")
            .bind(within.as_str())
            .push(")");
    }
    if let Some((name, id)) = after {
        query.push(" and (u.name, u.id) > (").bind(name).push(", ").bind(id).push(")");
    }
    query
        .push(" order by u.name, u.id limit ")
        .bind(i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX));
    tx.list(query).await
}

db::row! {
    /// An account as its page shows it.
    #[derive(Clone, Debug)]
    pub(super) struct Stored {
        pub id: UserId,
        pub name: String,
        pub first_name: String,
        pub login: String,
        pub email: String,
        pub roles: String,
        pub team_id: Option<TeamId>,
        pub language: Language,
        pub in_two_steps: bool,
        /// The password is one that an administrator gave.
        pub temporary: bool,
        pub created_at: Timestamp,
        pub ended_at: Option<Timestamp>,
        pub promises: i64,
    }
}

pub(super) async fn by_id(tx: &mut Tx, id: UserId) -> Result<Option<Stored>, Error> {
    tx.one(
        "select u.id, u.name, u.first_name, u.login, u.email, u.roles, u.team_id, u.language,
                u.totp_secret is not null as in_two_steps,
                exists (select 1 from temporary_passwords p where p.user_id = u.id) as temporary,
                u.created_at, u.ended_at,
                (select count(*) from callbacks b where b.owner_id = u.id and b.ended_at is null) as promises
           from users u where u.id = $1",
        args![id],
    )
    .await
}

db::row! {
    struct RegionRow { postcode_from: String, postcode_until: String }
}

pub(super) async fn regions(tx: &mut Tx, id: UserId) -> Result<Vec<Region>, Error> {
    let rows: Vec<RegionRow> = tx
        .all(
            "select postcode_from, postcode_until from user_regions where user_id = $1 order by postcode_from",
            args![id],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Region { from: row.postcode_from, until: row.postcode_until })
        .collect())
}

/// Where a travelling colleague may open files; replaces what was there.
pub async fn set_regions(tx: &mut Tx, id: UserId, regions: &[Region]) -> Result<(), Error> {
    tx.execute("delete from user_regions where user_id = $1", args![id]).await?;
    for Region { from, until } in regions {
        tx.execute(
            "insert into user_regions (user_id, postcode_from, postcode_until) values ($1, $2, $3)
             on conflict (user_id, postcode_from) do update set postcode_until = excluded.postcode_until",
            args![id, from.as_str(), until.as_str()],
        )
        .await?;
    }
    Ok(())
}

/// Whether somebody else, ended or not, has this sign-in name.
pub(super) async fn is_login_taken(
    tx: &mut Tx,
    login: &str,
    but: Option<UserId>,
) -> Result<bool, Error> {
    let others: i64 = tx
        .value(
            "select count(*) as value from users where login = $1 and id <> $2",
            args![login, but.unwrap_or(UserId(0))],
        )
        .await?;
    Ok(others > 0)
}

/// The account as it is now, and what the rules have to know before it changes or ends.
///
/// # Errors
///
/// [`Error::Raced`] if it is gone.
async fn standing(tx: &mut Tx, id: UserId, heir: Option<TeamId>) -> Result<Standing, Error> {
    // Two administrators who end each other at the same moment would each see the other: whoever changes an
    // account passes one row, one after the other.
    tx.execute(
        "update users set ended_at = ended_at where id = (select min(id) from users)",
        args![],
    )
    .await?;
    let stored = by_id(tx, id).await?.ok_or(Error::Raced)?;
    let roles: Vec<RolesRow> =
        tx.all("select roles from users where ended_at is null and id <> $1", args![id]).await?;
    let is_administrator = |roles: &str| Roles::read(roles).has(Role::Administrator);
    let other_administrators = roles.iter().filter(|row| is_administrator(&row.roles)).count();
    Ok(Standing {
        is_oneself: tx.actor().user == id,
        is_administrator: is_administrator(&stored.roles),
        other_administrators: i64::try_from(other_administrators).unwrap_or(i64::MAX),
        in_call: presence::is_busy(tx, id).await?,
        promises: stored.promises,
        has_heir: heir.is_some(),
    })
}

db::row! {
    struct RolesRow { roles: String }
}

/// # Errors
///
/// [`Error::Duplicate`] if the e-mail address is somebody else's.
pub(super) async fn change(
    tx: &mut Tx,
    id: UserId,
    account: &Account,
    team: Option<TeamId>,
    language: Language,
) -> Result<Result<(), Refused>, Error> {
    let Account { name, first_name, login, email, roles, regions } = account;
    if let Err(refused) = may_get(standing(tx, id, None).await?, roles) {
        return Ok(Err(refused));
    }
    tx.change_one(
        "update users set name = $1, first_name = $2, login = $3, email = $4, email_fold = $5, roles = $6,
                team_id = $7, language = $8
          where id = $9 and ended_at is null",
        args![
            name.as_str(),
            first_name.as_str(),
            login.as_str(),
            email.as_str(),
            email.to_lowercase(),
            roles.stored(),
            team,
            language,
            id,
        ],
    )
    .await?;
    set_regions(tx, id, regions).await?;
    record(tx, "account_changed", id).await?;
    Ok(Ok(()))
}

/// Ends an account: signed out everywhere, tokens revoked, and what was hers goes on with the team.
pub(super) async fn end(
    tx: &mut Tx,
    app: &App,
    user: UserId,
    heir: Option<TeamId>,
) -> Result<Result<(), Refused>, Error> {
    // A team that ended keeps no promise.
    let heir = match heir {
        Some(team) if teams::is_there(tx, team).await? => Some(team),
        _ => None,
    };
    if let Err(refused) = may_end(standing(tx, user, heir).await?) {
        return Ok(Err(refused));
    }
    let now = tx.now();
    let ended = tx
        .execute(
            "update users set ended_at = $1 where id = $2 and ended_at is null",
            args![now, user],
        )
        .await?;
    if ended == 0 {
        return Err(Error::Raced);
    }
    web::end_all(tx, user).await?;
    token::revoke_all(tx, user).await?;
    presence::leaves(tx, user).await?;
    for hook in app.on_leave() {
        hook(tx, Leaver { user, heir }).await?;
    }
    record(tx, "account_ended", user).await?;
    Ok(Ok(()))
}

/// Somebody comes back: the account opens again, with a password that was just given.
pub(super) async fn reopen(tx: &mut Tx, user: UserId, password_hash: &str) -> Result<(), Error> {
    let reopened = tx
        .execute(
            "update users set ended_at = null where id = $1 and ended_at is not null",
            args![user],
        )
        .await?;
    if reopened == 0 {
        return Err(Error::Raced);
    }
    give_password(tx, user, password_hash).await?;
    record(tx, "account_reopened", user).await
}

/// For a colleague who lost her telephone and her recovery codes.
pub(super) async fn end_two_steps(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    tx.change_one("update users set totp_secret = null where id = $1", args![user]).await?;
    two_step::end(tx, user).await?;
    record(tx, "two_step_off", user).await
}

async fn record(tx: &mut Tx, what: &'static str, user: UserId) -> Result<(), Error> {
    let event = Event::new(EventKind::UserChanged, local(tx.now()).date())
        .with("what", Fact::Code(what))
        .with("user", Fact::Number(user.0));
    activity::record(tx, event).await
}

/// What these colleagues are called; whoever is not there any more is not in it.
pub async fn names(tx: &mut Tx, users: &[UserId]) -> Result<BTreeMap<UserId, String>, Error> {
    db::row! { struct Named { id: UserId, name: String } }

    let mut query = Query::new("select u.id, u.name from users u where u.id in ");
    query.bind_list(users.iter().copied());
    let named: Vec<Named> = tx.list(query).await?;
    Ok(named.into_iter().map(|named| (named.id, named.name)).collect())
}

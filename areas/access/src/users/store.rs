use db::{Error, Tx, args, new_id};
use kernel::{Event, EventKind, Roles, TeamId, UserId, local};
use texts::Language;

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
    changed(tx).await?;
    Ok(id)
}

pub async fn add_team(tx: &mut Tx, name: &str) -> Result<TeamId, Error> {
    let id = TeamId(new_id());
    tx.change_one("insert into teams (id, name) values ($1, $2)", args![id, name.trim()]).await?;
    changed(tx).await?;
    Ok(id)
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Team { pub id: TeamId, pub name: String }
}

pub async fn teams(tx: &mut Tx) -> Result<Vec<Team>, Error> {
    tx.all("select id, name from teams where ended_at is null order by name", args![]).await
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

pub async fn set_language(tx: &mut Tx, user: UserId, language: Language) -> Result<(), Error> {
    tx.change_one("update users set language = $1 where id = $2", args![language, user]).await
}

pub async fn set_password(tx: &mut Tx, user: UserId, password_hash: &str) -> Result<(), Error> {
    tx.change_one("update users set password_hash = $1 where id = $2", args![password_hash, user])
        .await?;
    changed(tx).await
}

async fn changed(tx: &mut Tx) -> Result<(), Error> {
    let day = local(tx.now()).date();
    activity::record(tx, Event::new(EventKind::UserChanged, day)).await
}

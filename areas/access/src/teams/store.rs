use db::{Error, Tx, args, new_id};
use kernel::{Event, EventKind, Fact, TeamId, local};

db::row! {
    #[derive(Clone, Debug)]
    pub struct Team { pub id: TeamId, pub name: String }
}

/// The teams that are there, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Team>, Error> {
    tx.all("select id, name from teams where ended_at is null order by name", args![]).await
}

/// Whether this is a team that has not ended.
pub(crate) async fn is_there(tx: &mut Tx, id: TeamId) -> Result<bool, Error> {
    let there: i64 = tx
        .value("select count(*) as value from teams where id = $1 and ended_at is null", args![id])
        .await?;
    Ok(there > 0)
}

/// # Errors
///
/// [`Error::Duplicate`] if a team has this name, or had it before it ended.
pub async fn add(tx: &mut Tx, name: &str) -> Result<TeamId, Error> {
    let id = TeamId(new_id());
    tx.change_one("insert into teams (id, name) values ($1, $2)", args![id, name.trim()]).await?;
    record(tx, "team_added", id).await?;
    Ok(id)
}

db::row! {
    /// A team with whoever is in it.
    pub(super) struct Staffed { pub id: TeamId, pub name: String, pub people: i64 }
}

pub(super) async fn staffed(tx: &mut Tx) -> Result<Vec<Staffed>, Error> {
    tx.all(
        "select t.id, t.name,
                (select count(*) from users u where u.team_id = t.id and u.ended_at is null) as people
           from teams t where t.ended_at is null order by t.name",
        args![],
    )
    .await
}

/// # Errors
///
/// [`Error::Duplicate`] if another team has this name; [`Error::Raced`] if the team is gone.
pub(super) async fn rename(tx: &mut Tx, id: TeamId, name: &str) -> Result<(), Error> {
    let changed = tx
        .execute(
            "update teams set name = $1 where id = $2 and ended_at is null",
            args![name.trim(), id],
        )
        .await?;
    if changed == 0 {
        return Err(Error::Raced);
    }
    record(tx, "team_renamed", id).await
}

db::row! {
    struct Member { name: String }
}

/// Ends a team that nobody is in and that owes nobody a call, an answer or a deed; otherwise gives the names of who is in
/// it, and the number of its promises.
pub(super) async fn end(tx: &mut Tx, id: TeamId) -> Result<Result<(), (Vec<String>, i64)>, Error> {
    let members: Vec<Member> = tx
        .all(
            "select name from users where team_id = $1 and ended_at is null order by name",
            args![id],
        )
        .await?;
    let promises: i64 = tx
        .value(
            "select (select count(*) from callbacks where team_id = $1 and owner_id is null and ended_at is null)
                  + (select count(*) from wishes where owner_team_id = $2 and state in ('open', 'answered'))
                  + (select count(*) from agreements where owner_team_id = $3 and state = 'open') as value",
            args![id, id, id],
        )
        .await?;
    if !members.is_empty() || promises > 0 {
        return Ok(Err((members.into_iter().map(|member| member.name).collect(), promises)));
    }
    let now = tx.now();
    let ended = tx
        .execute(
            "update teams set ended_at = $1 where id = $2 and ended_at is null",
            args![now, id],
        )
        .await?;
    if ended == 0 {
        return Err(Error::Raced);
    }
    record(tx, "team_ended", id).await?;
    Ok(Ok(()))
}

async fn record(tx: &mut Tx, what: &'static str, team: TeamId) -> Result<(), Error> {
    let event = Event::new(EventKind::UserChanged, local(tx.now()).date())
        .with("what", Fact::Code(what))
        .with("team", Fact::Number(team.0));
    activity::record(tx, event).await
}

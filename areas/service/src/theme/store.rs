use db::{Error, Tx, args, new_id};
use kernel::{Event, EventKind, Fact, ThemeId, UserId, fold, local};
use service_rules::owner::Owner;

db::row! {
    /// What members ask about.
    #[derive(Clone, Debug)]
    pub struct Theme {
        pub id: ThemeId,
        pub name_nl: String,
        pub name_en: String,
        pub position: i64,
    }
}

/// In the order of the association.
pub async fn all(tx: &mut Tx) -> Result<Vec<Theme>, Error> {
    tx.all(
        "select id, name_nl, name_en, position from themes where ended_at is null order by position, id",
        args![],
    )
    .await
}

/// Whether members can ask about this now.
pub(crate) async fn is_there(tx: &mut Tx, id: ThemeId) -> Result<bool, Error> {
    let there: i64 = tx
        .value("select count(*) as value from themes where id = $1 and ended_at is null", args![id])
        .await?;
    Ok(there > 0)
}

/// Adds a theme, or writes over the one with this id.
///
/// # Errors
///
/// [`Error::Duplicate`] if another has this name, however it is written; [`Error::Raced`] if there is no such theme any more.
pub async fn keep(
    tx: &mut Tx,
    id: Option<ThemeId>,
    name_nl: &str,
    name_en: &str,
    experts: &[UserId],
) -> Result<ThemeId, Error> {
    let same = |theme: &Theme| Some(theme.id) != id && fold(&theme.name_nl) == fold(name_nl);
    if all(tx).await?.iter().any(same) {
        return Err(Error::Duplicate);
    }
    let id = match id {
        Some(id) => {
            tx.change_one(
                "update themes set name_nl = $1, name_en = $2 where id = $3 and ended_at is null",
                args![name_nl, name_en, id],
            )
            .await?;
            id
        }
        None => {
            let id = ThemeId(new_id());
            let last: i64 =
                tx.value("select coalesce(max(position), 0) as value from themes", args![]).await?;
            tx.change_one(
                "insert into themes (id, name_nl, name_en, position) values ($1, $2, $3, $4)",
                args![id, name_nl, name_en, last + 1],
            )
            .await?;
            id
        }
    };
    tx.execute("delete from theme_experts where theme_id = $1", args![id]).await?;
    for user in experts {
        tx.execute(
            "insert into theme_experts (theme_id, user_id) values ($1, $2) on conflict do nothing",
            args![id, *user],
        )
        .await?;
    }
    record(tx, id).await?;
    Ok(id)
}

/// Nobody can ask about it any more; what was asked stays.
///
/// # Errors
///
/// [`Error::Raced`] if it ended already.
pub(super) async fn end(tx: &mut Tx, id: ThemeId) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update themes set ended_at = $1 where id = $2 and ended_at is null",
        args![now, id],
    )
    .await?;
    record(tx, id).await
}

async fn record(tx: &mut Tx, id: ThemeId) -> Result<(), Error> {
    let day = local(tx.now()).date();
    let event = Event::new(EventKind::ThemeChanged, day).with("theme", Fact::Number(id.0));
    activity::record(tx, event).await
}

db::row! {
    /// A colleague who knows about a theme: who was named for it, or answered about it.
    #[derive(Clone, Debug)]
    pub struct Expert {
        pub theme_id: ThemeId,
        pub id: UserId,
        pub name: String,
        /// Whether an administrator named this one.
        pub is_named: bool,
        /// How many answers about it are this one's.
        pub answers: i64,
    }
}

/// Who knows about what: those who were named first, then whoever answered most.
pub async fn experts(tx: &mut Tx, theme: Option<ThemeId>) -> Result<Vec<Expert>, Error> {
    let mut query = db::Query::new(
        "select k.theme_id, u.id, u.name, max(k.named) = 1 as is_named, cast(sum(k.answers) as bigint) as answers
           from (select theme_id, user_id, 1 as named, 0 as answers from theme_experts
                 union all
                 select theme_id, answered_by as user_id, 0 as named, count(*) as answers from wishes
                  where answered_by is not null group by theme_id, answered_by) k
           join users u on u.id = k.user_id
          where u.ended_at is null",
    );
    if let Some(theme) = theme {
        query.push(" and k.theme_id = ").bind(theme);
    }
    query.push(
        " group by k.theme_id, u.id, u.name
          order by k.theme_id, max(k.named) desc, sum(k.answers) desc, u.name",
    );
    tx.list(query).await
}

/// Whoever knows most about a theme; else whoever asks.
pub async fn who_knows(tx: &mut Tx, theme: ThemeId) -> Result<Owner, Error> {
    let experts = experts(tx, Some(theme)).await?;
    Ok(Owner::User(experts.first().map_or(tx.actor().user, |expert| expert.id)))
}

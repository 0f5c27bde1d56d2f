use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{ImportId, UserId};

use import_rules::columns::Kind;

kernel::codes! {
    pub enum State {
        /// The file is here; its columns can be looked at.
        Uploaded = "uploaded",
        Checking = "checking",
        /// A dry run said what will happen.
        Checked = "checked",
        Running = "running",
        Done = "done",
        Failed = "failed",
        Undoing = "undoing",
        Undone = "undone",
    }
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Import {
        pub id: ImportId,
        pub kind: Kind,
        pub file_name: String,
        pub state: State,
        pub mapping: String,
        pub rows: i64,
        pub added: i64,
        pub changed: i64,
        pub unchanged: i64,
        pub refused: i64,
        pub doubts: i64,
        pub problem: Option<String>,
        pub made_by: UserId,
        pub made_at: Timestamp,
        pub ended_at: Option<Timestamp>,
    }
}

pub async fn by_id(tx: &mut Tx, id: ImportId) -> Result<Option<Import>, Error> {
    tx.one(
        "select id, kind, file_name, state, mapping, rows, added, changed, unchanged, refused, doubts,
                problem, made_by, made_at, ended_at
           from imports where id = $1",
        args![id],
    )
    .await
}

/// The latest imports.
pub async fn list(tx: &mut Tx) -> Result<Vec<Import>, Error> {
    tx.all(
        "select id, kind, file_name, state, mapping, rows, added, changed, unchanged, refused, doubts,
                problem, made_by, made_at, ended_at
           from imports order by id desc limit 100",
        args![],
    )
    .await
}

pub(crate) async fn insert(
    tx: &mut Tx,
    id: ImportId,
    kind: Kind,
    file_name: &str,
    mapping: &str,
) -> Result<(), Error> {
    let (user, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into imports (id, kind, file_name, state, mapping, rows, added, changed, unchanged,
                              refused, doubts, made_by, made_at)
         values ($1, $2, $3, 'uploaded', $4, 0, 0, 0, 0, 0, 0, $5, $6)",
        args![id, kind, file_name, mapping, user, now],
    )
    .await
}

/// Moves an import on; [`Error::Raced`] if it is not in one of the states that this follows.
pub(crate) async fn set_state(
    tx: &mut Tx,
    id: ImportId,
    from: &[State],
    to: State,
) -> Result<(), Error> {
    let now = tx.now();
    let ended = matches!(to, State::Done | State::Failed | State::Undone).then_some(now);
    let mut query = db::Query::new("update imports set state = ");
    query
        .bind(to)
        .push(", ended_at = ")
        .bind(ended)
        .push(" where id = ")
        .bind(id)
        .push(" and state in (");
    for (nr, state) in from.iter().enumerate() {
        query.push(if nr == 0 { "" } else { ", " }).bind(*state);
    }
    query.push(")");
    if tx.execute_query(query).await? == 1 { Ok(()) } else { Err(Error::Raced) }
}

pub(crate) async fn set_mapping(
    tx: &mut Tx,
    import: &Import,
    headers: &str,
    mapping: &str,
) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one("update imports set mapping = $1 where id = $2", args![mapping, import.id])
        .await?;
    tx.change_one(
        "insert into import_mappings (kind, headers, mapping, saved_at) values ($1, $2, $3, $4)
         on conflict (kind, headers) do update set mapping = excluded.mapping, saved_at = excluded.saved_at",
        args![import.kind, headers, mapping, now],
    )
    .await
}

db::row! {
    struct Saved { mapping: String }
}

/// How somebody mapped a file with these headers before.
pub(crate) async fn saved_mapping(
    tx: &mut Tx,
    kind: Kind,
    headers: &str,
) -> Result<Option<String>, Error> {
    let saved: Option<Saved> = tx
        .one(
            "select mapping from import_mappings where kind = $1 and headers = $2",
            args![kind, headers],
        )
        .await?;
    Ok(saved.map(|row| row.mapping))
}

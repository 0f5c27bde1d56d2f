use std::collections::BTreeMap;

use calls_rules::choice::{Choice, Then, Wanted};
use calls_rules::outcome::Code;
use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{Event, EventKind, Fact, OutcomeChoiceId, local};

db::row! {
    struct Row {
        id: OutcomeChoiceId,
        nr: i64,
        version: i64,
        parent: Option<i64>,
        code: Code,
        label_nl: String,
        label_en: String,
        hotkey: String,
        place: i64,
        is_folded: bool,
        again_minutes: Option<i64>,
        tries_max: Option<i64>,
        is_done: bool,
        is_offered: bool,
        made_by: Option<String>,
        made_at: Timestamp,
    }
}

const CHOICES: &str =
    "select c.id, c.nr, c.version, c.parent, c.code, c.label_nl, c.label_en, c.hotkey, c.place,
        c.is_folded, c.again_minutes, c.tries_max, (c.then_what = 'done') as is_done, c.is_offered,
        u.name as made_by, c.made_at
   from outcome_choices c left join users u on u.id = c.made_by";

fn choice(row: Row) -> Choice {
    let then = match row.again_minutes.zip(row.tries_max) {
        Some((minutes, tries_max)) => Then::Again { minutes, tries_max },
        None if row.is_done => Then::Done,
        None => Then::AsUsual,
    };
    Choice {
        id: row.id,
        nr: row.nr,
        version: row.version,
        parent: row.parent,
        code: row.code,
        label_nl: row.label_nl,
        label_en: row.label_en,
        key: row.hotkey,
        place: row.place,
        is_folded: row.is_folded,
        then,
        is_offered: row.is_offered,
    }
}

/// Every choice as it stands, in the order of the desk; also those that it does not offer any more.
pub(crate) async fn tree(tx: &mut Tx) -> Result<Vec<Choice>, Error> {
    tree_as_of(tx, None).await
}

/// Every choice as it stood when the latest version was `last`: what an agent saw, whatever was changed since. Ids
/// grow with time.
pub(crate) async fn tree_as_of(
    tx: &mut Tx,
    last: Option<OutcomeChoiceId>,
) -> Result<Vec<Choice>, Error> {
    let last = last.unwrap_or(OutcomeChoiceId(i64::MAX));
    let mut query = Query::new(CHOICES);
    query
        .push(" where c.version = (select max(d.version) from outcome_choices d where d.nr = c.nr and d.id <= ")
        .bind(last)
        .push(") order by c.place, c.nr");
    let rows: Vec<Row> = tx.list(query).await?;
    Ok(rows.into_iter().map(choice).collect())
}

/// One version of a choice.
pub(super) struct Version {
    pub choice: Choice,
    /// `None`: the program came with it.
    pub by: Option<String>,
    pub at: Timestamp,
}

/// Every version of a choice, the last one first.
pub(super) async fn versions(tx: &mut Tx, nr: i64) -> Result<Vec<Version>, Error> {
    let mut query = Query::new(CHOICES);
    query.push(" where c.nr = ").bind(nr).push(" order by c.version desc");
    let rows: Vec<Row> = tx.list(query).await?;
    let version = |row: Row| {
        let (by, at) = (row.made_by.clone(), row.made_at);
        Version { choice: choice(row), by, at }
    };
    Ok(rows.into_iter().map(version).collect())
}

/// Keeps a choice that was checked as its next version; gives its number. [`Error::Duplicate`] if somebody changed the
/// tree at the same moment: what was checked may not hold any more.
pub(super) async fn keep(tx: &mut Tx, wanted: &Wanted) -> Result<i64, Error> {
    let Wanted { nr, parent, code, label_nl, label_en, key, place, is_folded, then, is_offered } =
        wanted;
    let (by, now) = (tx.actor().user, tx.now());
    let nr = match nr {
        Some(nr) => *nr,
        None => {
            let last: i64 =
                tx.value("select max(nr) as value from outcome_choices", args![]).await?;
            last + 1
        }
    };
    let version: Option<i64> = tx
        .value("select max(version) as value from outcome_choices where nr = $1", args![nr])
        .await?;
    let version = version.unwrap_or(0) + 1;
    let (then_what, minutes, tries_max) = match then {
        Then::AsUsual => ("as_usual", None, None),
        Then::Again { minutes, tries_max } => ("again", Some(*minutes), Some(*tries_max)),
        Then::Done => ("done", None, None),
    };
    tx.change_one(
        "insert into outcome_choices (id, nr, version, parent, code, label_nl, label_en, hotkey, place, is_folded,
                                      then_what, again_minutes, tries_max, is_offered, made_by, made_at, edit)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, max(edit) + 1
           from outcome_choices",
        args![
            OutcomeChoiceId(new_id()),
            nr,
            version,
            *parent,
            *code,
            label_nl.trim(),
            label_en.trim(),
            key.as_str(),
            *place,
            *is_folded,
            then_what,
            minutes,
            tries_max,
            *is_offered,
            by,
            now,
        ],
    )
    .await?;
    let event = Event::new(EventKind::OutcomeChoiceChanged, local(now).date())
        .with("choice", Fact::Number(nr))
        .with("version", Fact::Number(version));
    activity::record(tx, event).await?;
    Ok(nr)
}

db::row! {
    struct Chosen { nr: i64, n: i64 }
}

/// How often each choice was made since a moment, corrected outcomes left out.
pub(super) async fn chosen_since(
    tx: &mut Tx,
    since: Timestamp,
) -> Result<BTreeMap<i64, i64>, Error> {
    let mut counts = BTreeMap::new();
    for column in ["result_id", "reason_id"] {
        let mut query = Query::new(
            "select c.nr, count(*) as n from outcomes o join outcome_choices c on c.id = o.",
        );
        query.push(column).push(" where o.logged_at >= ").bind(since).push(
            " and not exists (select 1 from outcomes k where k.corrects_id = o.id) group by c.nr",
        );
        let rows: Vec<Chosen> = tx.list(query).await?;
        counts.extend(rows.into_iter().map(|row| (row.nr, row.n)));
    }
    Ok(counts)
}

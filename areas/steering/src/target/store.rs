use std::collections::BTreeMap;

use db::{Error, Query, Tx, args, new_id};
use figures::figure::Line;
use figures_rules::outlook::{Known, Outlook, outlook};
use figures_rules::{Dim, Figure, Month, Universe};
use jiff::Timestamp;
use kernel::{Event, EventKind, Fact, UserId, local};
use service::mention;
use steering_rules::target::{Answer, Refused, State, WORDS_MAX, Wanted, is_agreed, state};

/// One version of a target.
#[derive(Clone, Debug)]
pub struct Version {
    pub nr: i64,
    pub from: Month,
    pub to: Month,
    pub number_e6: i64,
    pub reason: String,
    pub proposed_by: String,
    pub proposed_at: Timestamp,
    pub agreed_at: Option<Timestamp>,
    pub is_current: bool,
    pub people: Vec<Person>,
}

impl Version {
    /// As it is compared with a figure.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "millionths of counts fit a double")]
    pub fn number(&self) -> f64 {
        self.number_e6 as f64 / 1e6
    }
}

db::row! {
    /// Somebody who must reach it.
    #[derive(Clone, Debug)]
    pub struct Person {
        pub user_id: UserId,
        pub name: String,
        pub answer: Option<Answer>,
        pub words: String,
    }
}

/// A target with its versions, oldest first.
#[derive(Clone, Debug)]
pub struct Target {
    pub id: i64,
    pub figure: Figure,
    pub dim: Dim,
    /// What the place on the line is called; empty for the whole association.
    pub place: String,
    pub made_by: UserId,
    pub withdrawn_why: Option<String>,
    pub versions: Vec<Version>,
}

impl Target {
    /// The version that is agreed.
    #[must_use]
    pub fn current(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.is_current)
    }

    /// The version that is put to people and not agreed yet, behind the one that is.
    #[must_use]
    pub fn proposed(&self) -> Option<&Version> {
        let is_open = self.withdrawn_why.is_none();
        self.versions.last().filter(|version| is_open && version.agreed_at.is_none())
    }

    /// The version that is looked at: the agreed one, else the proposed.
    #[must_use]
    pub fn shown(&self) -> &Version {
        let last = self.versions.last().expect("a target has a version");
        self.current().unwrap_or(last)
    }

    #[must_use]
    pub fn state(&self, now: Month) -> State {
        let agreed_to = self.current().map(|version| version.to);
        state(self.withdrawn_why.is_some(), agreed_to, now)
    }

    /// Whether it is agreed and its period goes on: those are the ones that boards and meetings are about.
    #[must_use]
    pub fn holds(&self, now: Month) -> bool {
        self.state(now) == State::Agreed
    }

    /// Whether this user sees how it stands. Of one colleague nobody else does before everybody who was named has agreed;
    /// of what was withdrawn nobody does, because nobody has to reach it.
    #[must_use]
    pub fn tells(&self, viewer: UserId) -> bool {
        match self.dim {
            _ if self.withdrawn_why.is_some() => false,
            Dim::User(id) => {
                let named = |version: &Version| {
                    version.people.iter().any(|person| person.user_id == viewer)
                };
                let agreed = self.current();
                id == viewer.0
                    || agreed.is_some_and(|version| self.made_by == viewer || named(version))
            }
            _ => true,
        }
    }

    /// Whether this user was named in any version, or proposed it.
    #[must_use]
    pub fn concerns(&self, user: UserId) -> bool {
        let named = |version: &Version| version.people.iter().any(|person| person.user_id == user);
        self.made_by == user || self.versions.iter().any(named)
    }
}

db::row! {
    struct Row {
        id: i64,
        figure: Figure,
        dim: String,
        key: String,
        made_by: UserId,
        withdrawn_why: Option<String>,
    }
}

db::row! {
    struct VersionRow {
        target_id: i64,
        nr: i64,
        from_month: Month,
        to_month: Month,
        number_e6: i64,
        reason: String,
        proposed_by: Option<String>,
        proposed_at: Timestamp,
        agreed_at: Option<Timestamp>,
        is_current: bool,
    }
}

db::row! {
    struct PersonRow {
        target_id: i64,
        nr: i64,
        user_id: UserId,
        name: String,
        answer: Option<Answer>,
        words: String,
    }
}

fn of_these(sql: &'static str, rows: &[Row], order: &'static str) -> Query {
    let mut query = Query::new(sql);
    for (nr, row) in rows.iter().enumerate() {
        query.push(if nr == 0 { " where target_id in (" } else { ", " }).bind(row.id);
    }
    query.push(order);
    query
}

async fn with_versions(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Target>, Error> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let versions: Vec<VersionRow> = tx
        .list(of_these(
            "select v.target_id, v.nr, v.from_month, v.to_month, v.number_e6, v.reason, u.name as proposed_by,
                    v.proposed_at, v.agreed_at, v.is_current
               from target_versions v left join users u on u.id = v.proposed_by",
            &rows,
            ") order by v.target_id, v.nr",
        ))
        .await?;
    let people: Vec<PersonRow> = tx
        .list(of_these(
            "select p.target_id, p.nr, p.user_id, u.name, p.answer, p.words
               from target_people p join users u on u.id = p.user_id",
            &rows,
            ") order by u.name, u.id",
        ))
        .await?;
    let mut people_of: BTreeMap<(i64, i64), Vec<Person>> = BTreeMap::new();
    for PersonRow { target_id, nr, user_id, name, answer, words } in people {
        people_of.entry((target_id, nr)).or_default().push(Person { user_id, name, answer, words });
    }
    let mut versions_of: BTreeMap<i64, Vec<Version>> = BTreeMap::new();
    for row in versions {
        versions_of.entry(row.target_id).or_default().push(Version {
            nr: row.nr,
            from: row.from_month,
            to: row.to_month,
            number_e6: row.number_e6,
            reason: row.reason,
            proposed_by: row.proposed_by.unwrap_or_default(),
            proposed_at: row.proposed_at,
            agreed_at: row.agreed_at,
            is_current: row.is_current,
            people: people_of.remove(&(row.target_id, row.nr)).unwrap_or_default(),
        });
    }
    let mut names_of: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut targets = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(dim) = Dim::read(&row.dim, &row.key) else { continue };
        if !names_of.contains_key(&row.dim) {
            names_of.insert(row.dim.clone(), figures::figure::names(tx, &row.dim).await?);
        }
        let place = match dim {
            Dim::All => String::new(),
            _ => names_of[&row.dim].get(&row.key).cloned().unwrap_or(row.key),
        };
        let Row { id, figure, made_by, withdrawn_why, .. } = row;
        let versions = versions_of.remove(&id).unwrap_or_default();
        targets.push(Target { id, figure, dim, place, made_by, withdrawn_why, versions });
    }
    Ok(targets)
}

const COLUMNS: &str = "select id, figure, dim, key, made_by, withdrawn_why from targets where ";

/// Targets that were not withdrawn, the latest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Target>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("withdrawn_at is null order by id desc limit 200");
    let rows = tx.list(query).await?;
    with_versions(tx, rows).await
}

/// A target for a step with it: nobody else takes one until this is done.
async fn locked(tx: &mut Tx, id: i64) -> Result<Target, Failed> {
    tx.change_one("update targets set figure_version = figure_version where id = $1", args![id])
        .await?;
    let target = by_id(tx, id).await?.ok_or(Error::Raced)?;
    if target.withdrawn_why.is_some() {
        return Err(Refused::Over.into());
    }
    Ok(target)
}

/// Targets that were withdrawn, the latest first.
pub(super) async fn withdrawn(tx: &mut Tx) -> Result<Vec<Target>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("withdrawn_at is not null order by withdrawn_at desc, id desc limit 50");
    let rows = tx.list(query).await?;
    with_versions(tx, rows).await
}

pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Target>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("id = ").bind(id);
    let rows = tx.list(query).await?;
    Ok(with_versions(tx, rows).await?.pop())
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Broken(#[from] Error),
}

/// Proposes a target. Whoever proposes it and must reach it herself has said yes.
///
/// # Errors
///
/// [`Refused`] as the first thing that is wrong.
pub async fn propose(tx: &mut Tx, wanted: Wanted) -> Result<i64, Failed> {
    let now = tx.now();
    let wanted = wanted.check(Month::of(local(now).date()), true)?;
    let (id, me) = (new_id(), tx.actor().user);
    let (dim, key) = wanted.dim.stored();
    let same: i64 = tx
        .value(
            "select count(*) as value from targets t join target_versions v on v.target_id = t.id
              where t.figure = $1 and t.dim = $2 and t.key = $3 and t.withdrawn_at is null
                and v.from_month <= $4 and v.to_month >= $5
                and (v.is_current or not exists (select 1 from target_versions c where c.target_id = t.id and c.is_current))",
            args![wanted.figure, dim, &key, wanted.to, wanted.from],
        )
        .await?;
    if same > 0 {
        return Err(Refused::Double.into());
    }
    tx.change_one(
        "insert into targets (id, figure, figure_version, dim, key, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![id, wanted.figure, wanted.figure.version(), dim, key, me, now],
    )
    .await?;
    add_version(tx, id, 1, &wanted).await?;
    Ok(id)
}

async fn add_version(tx: &mut Tx, id: i64, nr: i64, wanted: &Wanted) -> Result<(), Failed> {
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into target_versions (target_id, nr, from_month, to_month, number_e6, reason, proposed_by, proposed_at,
                                      is_current)
         values ($1, $2, $3, $4, $5, $6, $7, $8, false)",
        args![id, nr, wanted.from, wanted.to, wanted.number_e6, &wanted.reason, me, now],
    )
    .await?;
    for user in &wanted.people {
        tx.change_one(
            "insert into target_people (target_id, nr, user_id, words) values ($1, $2, $3, '')",
            args![id, nr, *user],
        )
        .await?;
        mention::tell(tx, *user, mention::Thing::Target, id).await?;
    }
    record(tx, id, nr, "proposed").await?;
    if wanted.people.contains(&me) {
        answer_version(tx, id, nr, Answer::Yes, "").await?;
    }
    Ok(())
}

/// Proposes another version; the one that was agreed holds until it is.
///
/// # Errors
///
/// [`Refused`] as the first thing that is wrong; [`Refused::Over`] if the target was withdrawn.
///
/// Whoever has agreed to the version that holds is asked too, unless `may_release`: else one of them could undo what the
/// others agreed to.
pub async fn change(
    tx: &mut Tx,
    id: i64,
    mut wanted: Wanted,
    may_release: bool,
) -> Result<(), Failed> {
    let target = locked(tx, id).await?;
    if let Some(version) = target.current().filter(|_| !may_release) {
        wanted.people.extend(version.people.iter().map(|person| person.user_id));
    }
    let wanted = wanted.check(Month::of(local(tx.now()).date()), false)?;
    let nr = target.versions.last().map_or(0, |version| version.nr) + 1;
    add_version(tx, id, nr, &wanted).await
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answered {
    /// Others have to answer, or somebody objected.
    Waits,
    /// Everybody said yes: it holds.
    Agreed,
}

/// Agrees with the version that is proposed, or objects to it; whoever objected may still agree.
///
/// # Errors
///
/// [`Refused::NotAsked`]; [`Refused::Words`] for an objection without words; [`Refused::Over`].
pub async fn answer(tx: &mut Tx, id: i64, answer: Answer, words: &str) -> Result<Answered, Failed> {
    let now = Month::of(local(tx.now()).date());
    let target = locked(tx, id).await?;
    let version = target.proposed().ok_or(Refused::NotAsked)?;
    if version.to < now {
        return Err(Refused::Over.into());
    }
    if answer == Answer::No && words.trim().is_empty() {
        return Err(Refused::Words.into());
    }
    if words.chars().count() > WORDS_MAX {
        return Err(Refused::TooLong.into());
    }
    let me = tx.actor().user;
    let asked = version.people.iter().find(|person| person.user_id == me);
    if asked.is_none_or(|person| person.answer == Some(Answer::Yes)) {
        return Err(Refused::NotAsked.into());
    }
    answer_version(tx, id, version.nr, answer, words.trim()).await
}

async fn answer_version(
    tx: &mut Tx,
    id: i64,
    nr: i64,
    answer: Answer,
    words: &str,
) -> Result<Answered, Failed> {
    db::row! { struct Said { answer: Option<Answer> } }

    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update target_people set answer = $1, words = case when $2 = '' then words else $3 end, answered_at = $4
          where target_id = $5 and nr = $6 and user_id = $7",
        args![answer, words, words, now, id, nr, me],
    )
    .await?;
    mention::answered(tx, me, mention::Thing::Target, id).await?;
    let change = if answer == Answer::Yes { "agreed_to" } else { "objected_to" };
    record(tx, id, nr, change).await?;
    let said: Vec<Said> = tx
        .all("select answer from target_people where target_id = $1 and nr = $2", args![id, nr])
        .await?;
    let answers: Vec<Option<Answer>> = said.into_iter().map(|said| said.answer).collect();
    if !is_agreed(&answers) {
        return Ok(Answered::Waits);
    }
    tx.execute(
        "update target_versions set is_current = false where target_id = $1 and is_current",
        args![id],
    )
    .await?;
    tx.change_one(
        "update target_versions set agreed_at = $1, is_current = true where target_id = $2 and nr = $3",
        args![now, id, nr],
    )
    .await?;
    record(tx, id, nr, "agreed").await?;
    Ok(Answered::Agreed)
}

/// # Errors
///
/// [`Refused::Over`] if it was withdrawn already; [`Refused::Reason`] without one.
pub async fn withdraw(tx: &mut Tx, id: i64, why: &str) -> Result<(), Failed> {
    let target = locked(tx, id).await?;
    if why.trim().is_empty() {
        return Err(Refused::Reason.into());
    }
    if why.chars().count() > WORDS_MAX {
        return Err(Refused::TooLong.into());
    }
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update targets set withdrawn_at = $1, withdrawn_by = $2, withdrawn_why = $3 where id = $4",
        args![now, me, why.trim(), id],
    )
    .await?;
    let nr = target.versions.last().map_or(0, |version| version.nr);
    record(tx, id, nr, "withdrawn").await?;
    Ok(())
}

async fn record(tx: &mut Tx, id: i64, nr: i64, change: &'static str) -> Result<(), Error> {
    let event = Event::new(EventKind::TargetChanged, local(tx.now()).date())
        .with("target", Fact::Number(id))
        .with("version", Fact::Number(nr))
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

/// What a target is compared with, month by month of its period until today: of what adds up the sum so far, of what a period
/// has a value of its own for that of the period so far, else what it is at the end of each. `None` where it is not known.
#[must_use]
fn so_far(line: &Line, version: &Version) -> Vec<Option<f64>> {
    let figure = line.figure;
    let is_of_the_period = figure.adds_up() || figure.is_of_a_period();
    version
        .from
        .to(version.to)
        .map(|month| {
            let from = if is_of_the_period { version.from } else { month };
            (month <= line.now).then(|| line.over(from, month).number()).flatten()
        })
        .collect()
}

/// Where a version of a target will end, with the season of the year before where that is known; and what it was, month by
/// month ([`so_far`]).
pub async fn outlook_of(
    tx: &mut Tx,
    target: &Target,
    version: &Version,
    universe: Universe,
) -> Result<(Outlook, Vec<Option<f64>>), Error> {
    let figure = target.figure;
    let today = local(tx.now()).date();
    let now = Month::of(today);
    let (from, to) = (version.from, version.to);
    let first = from.plus(-12);
    let line = figures::figure::line(tx, figure, universe, &target.dim, first, to).await?;
    let known_since = figures::count::first_month(tx).await?.unwrap_or(now);
    let values = so_far(&line, version);
    // What adds up is set against a season, month for month; the rest against itself a month before.
    let each: Vec<Option<f64>> = if figure.adds_up() {
        from.to(to.min(now)).map(|month| line.at(month).number()).collect()
    } else {
        values.clone()
    };
    let months_over = usize::try_from(to.min(now.plus(-1)).since(from) + 1).unwrap_or(0);
    let over: Vec<f64> = each.iter().take(months_over).copied().flatten().collect();
    let part = f64::from(today.day()) / f64::from(now.last().day());
    let is_under_way = from <= now && now <= to;
    let under_way = if is_under_way {
        each.get(months_over).copied().flatten().map(|value| (value, part))
    } else {
        None
    };
    let before: Vec<f64> = from
        .plus(-12)
        .to(to.plus(-12))
        .map(|month| line.at(month).number().unwrap_or(0.0))
        .collect();
    // A season that is only partly known is none.
    let is_known = known_since <= first && to.plus(-12) < now;
    let began_at = match figure {
        // They begin at nothing with each period.
        _ if figure.begins_at_nothing() => Some(0.0),
        _ if figure.is_of_a_period() => None,
        _ => (from.plus(-1) >= known_since && from <= now)
            .then(|| line.at(from.plus(-1)).number())
            .flatten(),
    };
    let months = usize::try_from(to.since(from) + 1).unwrap_or(1);
    #[expect(clippy::cast_precision_loss, reason = "a period has few months")]
    let passed =
        months_over as f64 + if is_under_way && !figure.needs_whole_months() { part } else { 0.0 };
    let outlook = outlook(&Known {
        target: version.number(),
        adds_up: figure.adds_up(),
        less_is_better: figure.less_is_better(),
        is_share: figure.shown() == figures_rules::Shown::Percent && figure != Figure::Growth,
        months,
        over: &over,
        passed,
        under_way,
        year_before: is_known.then_some(before.as_slice()),
        began_at,
    });
    Ok((outlook, values))
}

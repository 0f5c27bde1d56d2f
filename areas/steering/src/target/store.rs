use db::{Error, Query, Tx, args, new_id};
use figures_rules::outlook::{Known, Outlook, outlook};
use figures_rules::{Dim, Figure, Month, Universe};
use jiff::Timestamp;
use kernel::{Event, EventKind, Fact, UserId, local};
use steering_rules::target::{Answer, Refused, State, Wanted, is_agreed, state};

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
        self.versions.last().filter(|version| version.agreed_at.is_none())
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

async fn with_versions(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Target>, Error> {
    db::row! {
        struct VersionRow {
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

    let mut targets = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(dim) = Dim::read(&row.dim, &row.key) else { continue };
        let place = match dim {
            Dim::All => String::new(),
            _ => figures::figure::names(tx, &row.dim).await?.remove(&row.key).unwrap_or(row.key),
        };
        let found: Vec<VersionRow> = tx
            .all(
                "select v.nr, v.from_month, v.to_month, v.number_e6, v.reason, u.name as proposed_by, v.proposed_at,
                        v.agreed_at, v.is_current
                   from target_versions v left join users u on u.id = v.proposed_by
                  where v.target_id = $1 order by v.nr",
                args![row.id],
            )
            .await?;
        let mut versions = Vec::with_capacity(found.len());
        for version in found {
            let people: Vec<Person> = tx
                .all(
                    "select p.user_id, u.name, p.answer, p.words from target_people p join users u on u.id = p.user_id
                      where p.target_id = $1 and p.nr = $2 order by u.name, u.id",
                    args![row.id, version.nr],
                )
                .await?;
            versions.push(Version {
                nr: version.nr,
                from: version.from_month,
                to: version.to_month,
                number_e6: version.number_e6,
                reason: version.reason,
                proposed_by: version.proposed_by.unwrap_or_default(),
                proposed_at: version.proposed_at,
                agreed_at: version.agreed_at,
                is_current: version.is_current,
                people,
            });
        }
        let Row { id, figure, made_by, withdrawn_why, .. } = row;
        targets.push(Target { id, figure, dim, place, made_by, withdrawn_why, versions });
    }
    Ok(targets)
}

const COLUMNS: &str = "select id, figure, dim, key, made_by, withdrawn_why from targets where ";

/// Targets that were not withdrawn, in the order in which they were made.
pub async fn all(tx: &mut Tx) -> Result<Vec<Target>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("withdrawn_at is null order by id limit 200");
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
pub async fn change(tx: &mut Tx, target: &Target, wanted: Wanted) -> Result<(), Failed> {
    if target.withdrawn_why.is_some() {
        return Err(Refused::Over.into());
    }
    let wanted = wanted.check(Month::of(local(tx.now()).date()), false)?;
    let nr = target.versions.last().map_or(0, |version| version.nr) + 1;
    add_version(tx, target.id, nr, &wanted).await
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
pub async fn answer(
    tx: &mut Tx,
    target: &Target,
    answer: Answer,
    words: &str,
) -> Result<Answered, Failed> {
    let now = Month::of(local(tx.now()).date());
    let version = target.proposed().ok_or(Refused::NotAsked)?;
    if target.withdrawn_why.is_some() || version.to < now {
        return Err(Refused::Over.into());
    }
    if answer == Answer::No && words.trim().is_empty() {
        return Err(Refused::Words.into());
    }
    let me = tx.actor().user;
    let asked = version.people.iter().find(|person| person.user_id == me);
    if asked.is_none_or(|person| person.answer == Some(Answer::Yes)) {
        return Err(Refused::NotAsked.into());
    }
    answer_version(tx, target.id, version.nr, answer, words.trim()).await
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
    // Of two who answer at once, the second sees the first.
    tx.change_one("update targets set figure_version = figure_version where id = $1", args![id])
        .await?;
    tx.change_one(
        "update target_people set answer = $1, words = $2, answered_at = $3
          where target_id = $4 and nr = $5 and user_id = $6",
        args![answer, words, now, id, nr, me],
    )
    .await?;
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
pub async fn withdraw(tx: &mut Tx, target: &Target, why: &str) -> Result<(), Failed> {
    if why.trim().is_empty() {
        return Err(Refused::Reason.into());
    }
    let (me, now) = (tx.actor().user, tx.now());
    let changed = tx
        .execute(
            "update targets set withdrawn_at = $1, withdrawn_by = $2, withdrawn_why = $3
              where id = $4 and withdrawn_at is null",
            args![now, me, why.trim(), target.id],
        )
        .await?;
    if changed == 0 {
        return Err(Refused::Over.into());
    }
    let nr = target.versions.last().map_or(0, |version| version.nr);
    record(tx, target.id, nr, "withdrawn").await?;
    Ok(())
}

async fn record(tx: &mut Tx, id: i64, nr: i64, change: &'static str) -> Result<(), Error> {
    let event = Event::new(EventKind::TargetChanged, local(tx.now()).date())
        .with("target", Fact::Number(id))
        .with("version", Fact::Number(nr))
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

/// Where a version of a target will end, with the season of the year before where that is known.
pub async fn outlook_of(
    tx: &mut Tx,
    target: &Target,
    version: &Version,
    universe: Universe,
) -> Result<Outlook, Error> {
    let figure = target.figure;
    let today = local(tx.now()).date();
    let now = Month::of(today);
    let (from, to) = (version.from, version.to);
    let first = from.plus(-12);
    let line = figures::figure::line(tx, figure, universe, &target.dim, first, to).await?;
    let known_since = figures::count::first_month(tx).await?.unwrap_or(now);
    let value = |month: Month| line.at(month).number();
    let over: Vec<f64> =
        from.to(to.min(now.plus(-1))).map(|month| value(month).unwrap_or(0.0)).collect();
    let under_way = (from <= now && now <= to).then(|| {
        let passed = f64::from(today.day()) / f64::from(now.last().day());
        (value(now).unwrap_or(0.0), passed)
    });
    let before: Vec<f64> =
        from.plus(-12).to(to.plus(-12)).map(|month| value(month).unwrap_or(0.0)).collect();
    // A season that is only partly known is none.
    let is_known = known_since <= first && to.plus(-12) < now;
    let began_at =
        (from.plus(-1) >= known_since && from <= now).then(|| value(from.plus(-1))).flatten();
    let months = usize::try_from(to.since(from) + 1).unwrap_or(1);
    Ok(outlook(&Known {
        target: version.number(),
        adds_up: figure.adds_up(),
        less_is_better: figure.less_is_better(),
        is_share: figure.shown() == figures_rules::Shown::Percent,
        months,
        over: &over,
        under_way,
        year_before: is_known.then_some(before.as_slice()),
        began_at,
    }))
}

use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Event, EventKind, PersonId, UserId, local};
use membership_rules::pension::{AgeRow, WrongTable, check};

db::row! {
    /// One version of one row of the table.
    #[derive(Clone, Debug)]
    pub(super) struct StoredAge {
        pub born_from: Date,
        pub years: i64,
        pub months: i64,
        pub is_estimate: bool,
        pub ended: bool,
        pub valid_from: Date,
        pub source: String,
        pub grade: String,
        pub made_by: UserId,
    }
}

impl StoredAge {
    pub(super) fn row(&self) -> AgeRow {
        let StoredAge { born_from, years, months, is_estimate, .. } = self;
        AgeRow { born_from: *born_from, years: *years, months: *months, is_estimate: *is_estimate }
    }

    pub(super) fn is_unverified(&self) -> bool {
        matches!(self.grade.as_str(), "C" | "U")
    }
}

/// Every version of every row, by birth, oldest version first.
pub(super) async fn versions(tx: &mut Tx) -> Result<Vec<StoredAge>, Error> {
    tx.all(
        "select born_from, years, months, is_estimate, ended, valid_from, source, grade, made_by
           from pension_ages order by born_from, valid_from, id",
        args![],
    )
    .await
}

/// The rows that hold on a day, out of all versions, in the order of birth.
pub(super) fn valid_on(versions: &[StoredAge], day: Date) -> Vec<&StoredAge> {
    versions
        .chunk_by(|one, next| one.born_from == next.born_from)
        .filter_map(|row| row.iter().rfind(|version| version.valid_from <= day))
        .filter(|version| !version.ended)
        .collect()
}

/// The table as it is known on `day`, for the rule.
pub async fn rows(tx: &mut Tx, day: Date) -> Result<Vec<AgeRow>, Error> {
    let versions = versions(tx).await?;
    Ok(valid_on(&versions, day).into_iter().map(StoredAge::row).collect())
}

/// The day of birth, if we know it.
pub(crate) async fn born(tx: &mut Tx, id: PersonId) -> Result<Option<Date>, Error> {
    db::row! { struct Born { birth_date: Option<Date> } }

    let found: Option<Born> =
        tx.one("select birth_date from people where id = $1", args![id]).await?;
    Ok(found.and_then(|found| found.birth_date))
}

/// A row as an administrator writes it.
#[derive(Clone, Debug)]
pub(super) struct NewAge {
    pub row: AgeRow,
    pub ended: bool,
    pub valid_from: Date,
    pub source: String,
}

/// Why a row was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error(transparent)]
    Table(#[from] WrongTable),
    #[error(transparent)]
    Broken(#[from] Error),
}

/// Adds a version of a row, or the first of a new one. What was known before stays for the days before.
pub(super) async fn keep(tx: &mut Tx, age: &NewAge) -> Result<(), Refused> {
    let NewAge { row, ended, valid_from, source } = age;
    let mut versions = versions(tx).await?;
    let (me, now) = (tx.actor().user, tx.now());
    versions.push(StoredAge {
        born_from: row.born_from,
        years: row.years,
        months: row.months,
        is_estimate: row.is_estimate,
        ended: *ended,
        valid_from: *valid_from,
        source: source.clone(),
        grade: "A".into(),
        made_by: me,
    });
    versions.sort_by_key(|version| (version.born_from, version.valid_from));
    // On that day and on each later one on which something else changes.
    for day in versions.iter().map(|version| version.valid_from).filter(|day| day >= valid_from) {
        let rows: Vec<AgeRow> = valid_on(&versions, day).into_iter().map(StoredAge::row).collect();
        check(&rows)?;
    }
    let AgeRow { born_from, years, months, is_estimate } = *row;
    tx.change_one(
        "insert into pension_ages (id, born_from, years, months, is_estimate, ended, valid_from, source, grade, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'A', $9, $10)",
        args![new_id(), born_from, years, months, is_estimate, *ended, *valid_from, source, me, now],
    )
    .await?;
    let mut event = Event::new(EventKind::RuleChanged, local(now).date());
    event.rule = Some(format!("aow.age.{born_from}@{valid_from}"));
    activity::record(tx, event).await?;
    Ok(())
}

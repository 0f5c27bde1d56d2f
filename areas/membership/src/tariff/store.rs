use std::collections::HashMap;

use db::{Error, Tx, args};
use jiff::civil::Date;
use kernel::{Cents, UserId};
use membership_rules::tariff::{Band, Intro, Per, ProRata, Row, Situation, Table, When};

kernel::codes! {
    /// Whose memberships a tariff is for.
    pub enum HolderKind {
        Person = "person",
        Organisation = "organisation",
    }
}

kernel::codes! {
    pub enum State {
        /// May be changed, computes nothing.
        Draft = "draft",
        Set = "set",
    }
}

db::row! {
    /// One version of a tariff, as it is kept.
    #[derive(Clone, Debug)]
    pub struct StoredTable {
        pub id: i64,
        pub holder: HolderKind,
        pub state: State,
        pub per: Per,
        pub pro_rata: ProRata,
        pub surcharge: Cents,
        pub intro_months: Option<i64>,
        pub intro_cents: Option<Cents>,
        pub intro_not_classes: String,
        pub intro_not_transfer: bool,
        pub intro_not_within: Option<i64>,
        pub valid_from: Date,
        pub source: String,
        pub grade: String,
        pub made_by: UserId,
    }
}

db::row! {
    /// One row of a version, as it is kept.
    #[derive(Clone, Debug, Default)]
    pub struct StoredRow {
        pub id: i64,
        pub table_id: i64,
        pub class: String,
        pub name_nl: String,
        pub name_en: String,
        pub cents: Cents,
        pub each_branch: Cents,
        pub age_from: Option<i64>,
        pub age_until: Option<i64>,
        pub pension: Option<bool>,
        pub situations: String,
        pub kinds: String,
        pub income_from: Option<i64>,
        pub income_until: Option<i64>,
        pub hours_from: Option<i64>,
        pub hours_until: Option<i64>,
        pub branches_from: Option<i64>,
        pub branches_until: Option<i64>,
        pub floor_from: Option<i64>,
        pub floor_until: Option<i64>,
        pub needs_proof: bool,
    }
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty())
}

impl StoredTable {
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        matches!(self.grade.as_str(), "C" | "U")
    }

    /// As the rule takes it.
    #[must_use]
    pub fn table(&self, rows: &[StoredRow]) -> Table {
        let intro = self.intro_months.zip(self.intro_cents).map(|(months, cents)| Intro {
            months,
            cents,
            not_classes: words(&self.intro_not_classes).map(str::to_owned).collect(),
            not_transfer: self.intro_not_transfer,
            not_within_months: self.intro_not_within,
        });
        Table {
            id: self.id,
            valid_from: self.valid_from,
            per: self.per,
            pro_rata: self.pro_rata,
            surcharge: self.surcharge,
            intro,
            rows: rows.iter().map(StoredRow::row).collect(),
        }
    }
}

impl StoredRow {
    #[must_use]
    pub fn row(&self) -> Row {
        let band = |from, until| Band { from, until };
        Row {
            id: self.id,
            class: self.class.clone(),
            cents: self.cents,
            each_branch: self.each_branch,
            needs_proof: self.needs_proof,
            when: When {
                age: band(self.age_from, self.age_until),
                pension: self.pension,
                situations: self.situations().collect(),
                kinds: words(&self.kinds).map(str::to_owned).collect(),
                income: band(self.income_from, self.income_until),
                hours: band(self.hours_from, self.hours_until),
                branches: band(self.branches_from, self.branches_until),
                floor: band(self.floor_from, self.floor_until),
            },
        }
    }

    /// The situations in which it holds; the check of a draft lets no other words in.
    pub(super) fn situations(&self) -> impl Iterator<Item = Situation> {
        words(&self.situations).filter_map(|word| word.parse().ok())
    }
}

/// Every version for this kind of holder with its rows, in the order of its day; drafts last.
pub async fn with_rows(
    tx: &mut Tx,
    holder: HolderKind,
) -> Result<Vec<(StoredTable, Vec<StoredRow>)>, Error> {
    let tables: Vec<StoredTable> = tx
        .all(
            "select id, holder, state, per, pro_rata, surcharge, intro_months, intro_cents, intro_not_classes,
                    intro_not_transfer, intro_not_within, valid_from, source, grade, made_by
               from tariff_tables where holder = $1 order by state desc, valid_from, id",
            args![holder],
        )
        .await?;
    let rows: Vec<StoredRow> = tx
        .all(
            "select r.id, r.table_id, r.class, r.name_nl, r.name_en, r.cents, r.each_branch, r.age_from, r.age_until,
                    r.pension, r.situations, r.kinds, r.income_from, r.income_until, r.hours_from, r.hours_until,
                    r.branches_from, r.branches_until, r.floor_from, r.floor_until, r.needs_proof
               from tariff_rows r join tariff_tables t on t.id = r.table_id
              where t.holder = $1 order by r.table_id, r.position",
            args![holder],
        )
        .await?;
    let mut by_table: HashMap<i64, Vec<StoredRow>> = HashMap::new();
    for row in rows {
        by_table.entry(row.table_id).or_default().push(row);
    }
    Ok(tables
        .into_iter()
        .map(|table| {
            let rows = by_table.remove(&table.id).unwrap_or_default();
            (table, rows)
        })
        .collect())
}

/// The versions that are set, in the order of their days, for the rule.
pub async fn tables(tx: &mut Tx, holder: HolderKind) -> Result<Vec<Table>, Error> {
    let stored = with_rows(tx, holder).await?;
    Ok(stored
        .iter()
        .filter(|(table, _)| table.state == State::Set)
        .map(|(table, rows)| table.table(rows))
        .collect())
}

use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, UserId, local};
use visits_rules::norm::{Applies, Norm};

db::row! {
    /// One version of a norm, as it is kept.
    #[derive(Clone, Debug)]
    pub struct StoredNorm {
        pub id: i64,
        pub nr: i64,
        pub name_nl: String,
        pub name_en: String,
        pub position: i64,
        pub applies: Applies,
        pub branches_min: i64,
        pub sector: String,
        pub every_months: Option<i64>,
        pub after_days: String,
        pub ended: bool,
        pub valid_from: Date,
        pub source: String,
        pub made_by: UserId,
    }
}

impl StoredNorm {
    /// As the rule takes it.
    #[must_use]
    pub fn norm(&self) -> Norm {
        Norm {
            nr: self.nr,
            applies: self.applies,
            branches_min: self.branches_min,
            sector: self.sector.clone(),
            every_months: self.every_months,
            after_days: self
                .after_days
                .split(',')
                .filter_map(|day| day.trim().parse().ok())
                .collect(),
        }
    }
}

/// Every version, by norm, oldest first.
pub async fn versions(tx: &mut Tx) -> Result<Vec<StoredNorm>, Error> {
    tx.all(
        "select id, nr, name_nl, name_en, position, applies, branches_min, sector, every_months, after_days, ended,
                valid_from, source, made_by
           from contact_norms order by nr, valid_from, id",
        args![],
    )
    .await
}

/// What is valid on a day, in the order in which a member is compared with them.
pub async fn valid_on(tx: &mut Tx, day: Date) -> Result<Vec<StoredNorm>, Error> {
    let mut valid: Vec<StoredNorm> = Vec::new();
    for version in versions(tx).await?.into_iter().filter(|version| version.valid_from <= day) {
        match valid.iter_mut().find(|found| found.nr == version.nr) {
            Some(found) => *found = version,
            None => valid.push(version),
        }
    }
    valid.retain(|norm| !norm.ended);
    valid.sort_by_key(|norm| (norm.position, norm.nr));
    Ok(valid)
}

/// A norm as an administrator writes it.
#[derive(Clone, Debug)]
pub struct NewNorm {
    /// None for a class of its own.
    pub nr: Option<i64>,
    pub name_nl: String,
    pub name_en: String,
    pub position: i64,
    pub applies: Applies,
    pub branches_min: i64,
    pub sector: String,
    pub every_months: Option<i64>,
    pub after_days: Vec<i64>,
    pub ended: bool,
    pub valid_from: Date,
    pub source: String,
}

/// Adds a version; what was valid before stays for the days before.
pub async fn keep(tx: &mut Tx, norm: &NewNorm) -> Result<i64, Error> {
    let nr = match norm.nr {
        Some(nr) => nr,
        None => {
            let last: i64 = tx
                .value("select coalesce(max(nr), 0) as value from contact_norms", args![])
                .await?;
            last + 1
        }
    };
    let (me, now) = (tx.actor().user, tx.now());
    let after_days = norm.after_days.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    tx.change_one(
        "insert into contact_norms (id, nr, name_nl, name_en, position, applies, branches_min, sector, every_months,
                                    after_days, ended, valid_from, source, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            new_id(), nr, &norm.name_nl, &norm.name_en, norm.position, norm.applies, norm.branches_min,
            &norm.sector, norm.every_months, after_days, norm.ended, norm.valid_from, &norm.source, me, now,
        ],
    )
    .await?;
    let event =
        Event::new(EventKind::NormChanged, local(now).date()).with("norm", Fact::Number(nr));
    activity::record(tx, event).await?;
    Ok(nr)
}

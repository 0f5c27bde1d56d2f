use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, local};
use retention_rules::notice::{Boundary, LeaveRight, Terms, Unit, YearDay};

db::row! {
    /// One version of the terms for one kind of membership.
    #[derive(Clone, Debug)]
    pub(super) struct StoredTerms {
        pub id: i64,
        pub kind: String,
        pub notice_n: i64,
        pub notice_unit: Unit,
        pub boundary: Boundary,
        pub financial_year_ends: String,
        pub latest_day: String,
        pub min_term_months: i64,
        pub ended: bool,
        pub valid_from: Date,
        pub source: String,
        pub grade: String,
    }
}

impl StoredTerms {
    /// As the rule takes it.
    fn terms(&self) -> Terms {
        Terms {
            id: self.id,
            notice: (self.notice_n, self.notice_unit),
            boundary: self.boundary,
            financial_year_ends: YearDay::parse(&self.financial_year_ends).unwrap_or(YearDay::LAST),
            latest_day: YearDay::parse(&self.latest_day),
            min_term_months: self.min_term_months,
        }
    }
}

/// Every version, by kind, oldest first.
pub(super) async fn versions(tx: &mut Tx) -> Result<Vec<StoredTerms>, Error> {
    tx.all(
        "select id, kind, notice_n, notice_unit, boundary, financial_year_ends, latest_day, min_term_months, ended,
                valid_from, source, grade
           from notice_terms order by kind, valid_from, id",
        args![],
    )
    .await
}

/// The version for one kind that holds on a day; `None` if there is none or it ended.
pub(super) fn valid<'v>(
    versions: &'v [StoredTerms],
    kind: &str,
    day: Date,
) -> Option<&'v StoredTerms> {
    versions
        .iter()
        .rfind(|version| version.kind == kind && version.valid_from <= day)
        .filter(|version| !version.ended)
}

/// The terms for a kind of membership on a day, or those for every other kind, with the day from which they hold.
pub(crate) async fn on(tx: &mut Tx, kind: &str, day: Date) -> Result<Option<(Date, Terms)>, Error> {
    let versions = versions(tx).await?;
    let found = valid(&versions, kind, day).or_else(|| valid(&versions, "", day));
    Ok(found.map(|found| (found.valid_from, found.terms())))
}

/// Terms as an administrator writes them.
#[derive(Clone, Debug)]
pub struct NewTerms {
    /// A kind of membership, or empty for every other.
    pub kind: String,
    pub notice: (i64, Unit),
    pub boundary: Boundary,
    pub financial_year_ends: YearDay,
    pub latest_day: Option<YearDay>,
    pub min_term_months: i64,
    pub ended: bool,
    pub valid_from: Date,
    pub source: String,
}

/// Adds a version. What was valid before stays for notices that came in before.
pub async fn keep(tx: &mut Tx, new: &NewTerms) -> Result<(), Error> {
    let NewTerms {
        kind,
        notice: (n, unit),
        boundary,
        financial_year_ends,
        latest_day,
        min_term_months,
        ended,
        valid_from,
        source,
    } = new;
    let (id, me, now) = (new_id(), tx.actor().user, tx.now());
    let latest = latest_day.map(YearDay::stored).unwrap_or_default();
    tx.change_one(
        "insert into notice_terms (id, kind, notice_n, notice_unit, boundary, financial_year_ends, latest_day,
                                   min_term_months, ended, valid_from, source, grade, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'A', $12, $13)",
        args![
            id, kind, *n, *unit, *boundary, financial_year_ends.stored(), latest, *min_term_months, *ended,
            *valid_from, source, me, now,
        ],
    )
    .await?;
    record(tx, "terms", id).await
}

async fn record(tx: &mut Tx, what: &'static str, nr: i64) -> Result<(), Error> {
    let event = Event::new(EventKind::RetentionChanged, local(tx.now()).date())
        .with("what", Fact::Code(what))
        .with("nr", Fact::Number(nr));
    activity::record(tx, event).await
}

db::row! {
    /// A decision after which members may leave at once.
    #[derive(Clone, Debug)]
    pub(super) struct StoredRight {
        pub id: i64,
        pub name_nl: String,
        pub name_en: String,
        pub kind: String,
        pub sent_on: Date,
        pub until_on: Date,
        pub source: String,
    }
}

pub(super) async fn rights(tx: &mut Tx) -> Result<Vec<StoredRight>, Error> {
    tx.all(
        "select id, name_nl, name_en, kind, sent_on, until_on, source from leave_rights
          where ended_at is null order by sent_on desc, id desc limit 200",
        args![],
    )
    .await
}

/// The decision whose window holds a notice of `received_on`, of a membership of this kind that was there when it was told.
pub(crate) async fn right_on(
    tx: &mut Tx,
    kind: &str,
    since: Option<Date>,
    received_on: Date,
) -> Result<Option<LeaveRight>, Error> {
    let rights = rights(tx).await?;
    Ok(rights
        .iter()
        .find(|right| {
            (right.kind.is_empty() || right.kind == kind)
                && right.sent_on <= received_on
                && received_on <= right.until_on
                && since.is_none_or(|since| since <= right.sent_on)
        })
        .map(|right| LeaveRight { id: right.id, sent_on: right.sent_on, until: right.until_on }))
}

/// A decision as an administrator writes it down.
#[derive(Clone, Debug)]
pub(super) struct NewRight {
    pub name_nl: String,
    pub name_en: String,
    pub kind: String,
    pub sent_on: Date,
    pub until_on: Date,
    pub source: String,
}

pub(super) async fn add_right(tx: &mut Tx, new: &NewRight) -> Result<(), Error> {
    let NewRight { name_nl, name_en, kind, sent_on, until_on, source } = new;
    let (id, me, now) = (new_id(), tx.actor().user, tx.now());
    tx.change_one(
        "insert into leave_rights (id, name_nl, name_en, kind, sent_on, until_on, source, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![id, name_nl, name_en, kind, *sent_on, *until_on, source, me, now],
    )
    .await?;
    record(tx, "right", id).await
}

/// Takes a decision out that was written down by mistake. Cases that were decided by it stay.
pub(super) async fn end_right(tx: &mut Tx, id: i64) -> Result<bool, Error> {
    let now = tx.now();
    let ended = tx
        .execute(
            "update leave_rights set ended_at = $1 where id = $2 and ended_at is null",
            args![now, id],
        )
        .await?;
    if ended == 1 {
        record(tx, "right", id).await?;
    }
    Ok(ended == 1)
}

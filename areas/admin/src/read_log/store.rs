use activity::Why;
use db::{Error, Query, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, PersonId, PersonName, local};

db::row! {
    /// One opening of one file.
    pub(super) struct Read {
        pub id: i64,
        pub at: Timestamp,
        pub user_name: String,
        pub person_id: PersonId,
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
        pub member_number: Option<String>,
        pub why: Why,
    }
}

impl Read {
    pub(super) fn name(&self) -> PersonName {
        PersonName {
            initials: self.initials.clone(),
            first_name: self.first_name.clone(),
            call_name: self.call_name.clone(),
            prefix: self.prefix.clone(),
            surname: self.surname.clone(),
        }
    }
}

/// What the log is searched by; empty means all.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// Sign-in name or name of the colleague.
    pub colleague: &'a str,
    pub member_number: &'a str,
    pub from: Option<Date>,
    /// Included.
    pub until: Option<Date>,
    /// The last row of the page before.
    pub before: Option<i64>,
}

/// Latest first.
pub(super) async fn list(
    tx: &mut Tx,
    wanted: &Wanted<'_>,
    limit: usize,
) -> Result<Vec<Read>, Error> {
    let Wanted { colleague, member_number, from, until, before } = wanted;
    let mut query = Query::new(
        "select r.id, r.at, coalesce(u.name, '–') as user_name, r.person_id, coalesce(p.initials, '') as initials,
                coalesce(p.first_name, '') as first_name, coalesce(p.call_name, '') as call_name,
                coalesce(p.prefix, '') as prefix, coalesce(p.surname, '') as surname, p.member_number, r.why
           from reads r
           left join users u on u.id = r.user_id
           left join people p on p.id = r.person_id
          where true",
    );
    let colleague = colleague.trim();
    if !colleague.is_empty() {
        let name = colleague.to_lowercase();
        query
            .push(" and r.user_id in (select id from users where login = ")
            .bind(name.as_str())
            .push(" or lower(name) = ")
            .bind(name.as_str())
            .push(")");
    }
    let number = member_number.trim();
    if !number.is_empty() {
        query
            .push(" and r.person_id in (select id from people where member_number = ")
            .bind(number)
            .push(")");
    }
    let midnight = |day: Date| day.in_tz(kernel::AMSTERDAM).ok().map(|at| at.timestamp());
    if let Some(from) = from.and_then(midnight) {
        query.push(" and r.at >= ").bind(from);
    }
    if let Some(end) = until.and_then(|day| day.tomorrow().ok()).and_then(midnight) {
        query.push(" and r.at < ").bind(end);
    }
    if let Some(before) = before {
        query.push(" and r.id < ").bind(*before);
    }
    query.push(" order by r.id desc limit ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.list(query).await
}

/// The log itself left the house: that is told, too.
pub(super) async fn record_export(tx: &mut Tx, rows: usize) -> Result<(), Error> {
    let event = Event::new(EventKind::ExportMade, local(tx.now()).date())
        .with("kind", Fact::Code("reads"))
        .with("rows", Fact::Number(i64::try_from(rows).unwrap_or(i64::MAX)));
    activity::record(tx, event).await
}

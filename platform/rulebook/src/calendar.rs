use db::{Error, Tx, args};
use jiff::civil::{Date, Time};
use kernel::{CalendarDay, Event, EventKind, WorkCalendar, local};

db::row! {
    /// A day as it stands in the calendar, with where we know it from.
    #[derive(Clone, Debug)]
    pub struct StoredDay {
        pub day: Date,
        pub name: String,
        pub legal_term_holiday: bool,
        pub office_closed: bool,
        pub phone_lines_closed: bool,
        pub outbound_forbidden: bool,
        pub outbound_until: Option<Time>,
        pub target2_closed: bool,
        pub source: String,
        pub grade: String,
    }
}

pub(crate) async fn load(tx: &mut Tx) -> Result<WorkCalendar, Error> {
    let stored = days(tx, Date::MIN, Date::MAX).await?;
    Ok(WorkCalendar::new(stored.into_iter().map(|stored| {
        let StoredDay {
            day,
            name,
            legal_term_holiday,
            office_closed,
            phone_lines_closed,
            outbound_forbidden,
            outbound_until,
            target2_closed,
            source: _,
            grade: _,
        } = stored;
        let flags = CalendarDay {
            name,
            legal_term_holiday,
            office_closed,
            phone_lines_closed,
            outbound_forbidden,
            outbound_until,
            target2_closed,
        };
        (day, flags)
    })))
}

/// The special days from `from` to `until`, both included.
pub async fn days(tx: &mut Tx, from: Date, until: Date) -> Result<Vec<StoredDay>, Error> {
    tx.all(
        "select day, name, legal_term_holiday, office_closed, phone_lines_closed,
                outbound_forbidden, outbound_until, target2_closed, source, grade
           from calendar_days where day >= $1 and day <= $2 order by day",
        args![from, until],
    )
    .await
}

/// Writes what is different on one day, over what stood there.
pub async fn change_day(tx: &mut Tx, day: StoredDay) -> Result<(), Error> {
    let by = tx.actor().user;
    let changed = day.day;
    write(tx, day, Some(by.0)).await?;
    record(tx, changed).await
}

/// The day becomes a day like any other.
pub async fn remove_day(tx: &mut Tx, day: Date) -> Result<(), Error> {
    tx.change_one("delete from calendar_days where day = $1", args![day]).await?;
    record(tx, day).await
}

async fn record(tx: &mut Tx, day: Date) -> Result<(), Error> {
    let mut event = Event::new(EventKind::RuleChanged, local(tx.now()).date());
    event.rule = Some(format!("calendar@{day}"));
    activity::record(tx, event).await
}

pub(crate) async fn write(tx: &mut Tx, stored: StoredDay, by: Option<i64>) -> Result<(), Error> {
    let StoredDay {
        day,
        name,
        legal_term_holiday,
        office_closed,
        phone_lines_closed,
        outbound_forbidden,
        outbound_until,
        target2_closed,
        source,
        grade,
    } = stored;
    let now = tx.now();
    tx.change_one(
        "insert into calendar_days (day, name, legal_term_holiday, office_closed,
                phone_lines_closed, outbound_forbidden, outbound_until, target2_closed, source,
                grade, changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (day) do update
            set name = excluded.name, legal_term_holiday = excluded.legal_term_holiday,
                office_closed = excluded.office_closed,
                phone_lines_closed = excluded.phone_lines_closed,
                outbound_forbidden = excluded.outbound_forbidden,
                outbound_until = excluded.outbound_until, target2_closed = excluded.target2_closed,
                source = excluded.source, grade = excluded.grade,
                changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        args![
            day,
            name,
            legal_term_holiday,
            office_closed,
            phone_lines_closed,
            outbound_forbidden,
            outbound_until,
            target2_closed,
            source,
            grade,
            by,
            now,
        ],
    )
    .await
}

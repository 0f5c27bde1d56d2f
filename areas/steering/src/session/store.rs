use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kernel::{Event, EventKind, Fact, local};

db::row! {
    /// A series with whether what was agreed in it was kept.
    #[derive(Clone, Debug)]
    pub(super) struct Series {
        pub id: i64,
        pub name: String,
        pub meetings: i64,
        /// Agreements whose day has come.
        pub due: i64,
        pub in_time: i64,
    }
}

db::row! {
    #[derive(Clone, Debug)]
    pub(super) struct Session {
        pub id: i64,
        pub series_id: i64,
        pub series: String,
        pub meetings: i64,
        pub nr: i64,
        pub held_on: Date,
        pub ended_at: Option<Timestamp>,
    }
}

db::row! {
    #[derive(Clone, Debug)]
    pub(super) struct Decision {
        pub id: i64,
        pub target_id: Option<i64>,
        pub words: String,
        pub made_at: Timestamp,
    }
}

pub(super) async fn series(tx: &mut Tx) -> Result<Vec<Series>, Error> {
    let today = local(tx.now()).date();
    tx.all(
        "select s.id, s.name, s.meetings,
                (select count(*) from agreements a join meetings m on m.id = a.session_id
                  where m.series_id = s.id and a.state <> 'dropped' and a.promised_on <= $1) as due,
                (select count(*) from agreements a join meetings m on m.id = a.session_id
                  where m.series_id = s.id and a.state = 'done' and a.promised_on <= $2
                    and a.done_on <= a.promised_on) as in_time
           from meeting_series s order by s.id desc limit 50",
        args![today, today],
    )
    .await
}

/// Meetings, those of one series in their order.
pub(super) async fn sessions(tx: &mut Tx) -> Result<Vec<Session>, Error> {
    tx.all(
        "select m.id, m.series_id, s.name as series, s.meetings, m.nr, m.held_on, m.ended_at
           from meetings m join meeting_series s on s.id = m.series_id order by m.series_id desc, m.nr limit 500",
        args![],
    )
    .await
}

pub(super) async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Session>, Error> {
    tx.one(
        "select m.id, m.series_id, s.name as series, s.meetings, m.nr, m.held_on, m.ended_at
           from meetings m join meeting_series s on s.id = m.series_id where m.id = $1",
        args![id],
    )
    .await
}

/// The meetings of a series before this one.
pub(super) async fn before(tx: &mut Tx, session: &Session) -> Result<Vec<i64>, Error> {
    db::row! { struct Id { id: i64 } }

    let rows: Vec<Id> = tx
        .all(
            "select id from meetings where series_id = $1 and nr < $2 order by nr",
            args![session.series_id, session.nr],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A series as it is planned.
#[derive(Clone, Debug)]
pub(super) struct NewSeries {
    pub name: String,
    pub meetings: i64,
    pub first: Date,
    pub every_weeks: i64,
}

pub(super) async fn plan(tx: &mut Tx, new: &NewSeries) -> Result<i64, Error> {
    let (id, me, now) = (new_id(), tx.actor().user, tx.now());
    tx.change_one(
        "insert into meeting_series (id, name, meetings, made_by, made_at) values ($1, $2, $3, $4, $5)",
        args![id, &new.name, new.meetings, me, now],
    )
    .await?;
    let mut first = 0;
    for nr in 1..=new.meetings {
        let session = new_id();
        if nr == 1 {
            first = session;
        }
        let held_on = new.first.saturating_add(((nr - 1) * new.every_weeks).weeks());
        tx.change_one(
            "insert into meetings (id, series_id, nr, held_on, version) values ($1, $2, $3, $4, 1)",
            args![session, id, nr, held_on],
        )
        .await?;
    }
    record(tx, first, "planned").await?;
    Ok(first)
}

pub(super) async fn decide(
    tx: &mut Tx,
    session: i64,
    target: Option<i64>,
    words: &str,
) -> Result<(), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into meeting_decisions (id, meeting_id, target_id, words, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![new_id(), session, target, words, me, now],
    )
    .await?;
    record(tx, session, "decided").await
}

/// A meeting that goes on stays open until this step is done.
///
/// # Errors
///
/// [`Error::Raced`] if it was ended.
pub(super) async fn hold_open(tx: &mut Tx, session: i64) -> Result<(), Error> {
    tx.change_one(
        "update meetings set version = version + 1 where id = $1 and ended_at is null",
        args![session],
    )
    .await
}

/// # Errors
///
/// [`Error::Raced`] if it was ended already.
pub(super) async fn end(tx: &mut Tx, session: i64) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update meetings set ended_at = $1, version = version + 1 where id = $2 and ended_at is null",
        args![now, session],
    )
    .await?;
    record(tx, session, "ended").await
}

/// Moves a meeting that was not held yet.
///
/// # Errors
///
/// [`Error::Raced`] if it was ended.
pub(super) async fn move_to(tx: &mut Tx, session: i64, day: Date) -> Result<(), Error> {
    tx.change_one(
        "update meetings set held_on = $1, version = version + 1 where id = $2 and ended_at is null",
        args![day, session],
    )
    .await?;
    record(tx, session, "moved").await
}

async fn record(tx: &mut Tx, session: i64, change: &'static str) -> Result<(), Error> {
    let event = Event::new(EventKind::SessionChanged, local(tx.now()).date())
        .with("session", Fact::Number(session))
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

pub(super) async fn decisions(tx: &mut Tx, session: i64) -> Result<Vec<Decision>, Error> {
    tx.all(
        "select id, target_id, words, made_at from meeting_decisions where meeting_id = $1 order by id",
        args![session],
    )
    .await
}

/// What was decided about a target, latest first.
pub(crate) async fn decisions_about(
    tx: &mut Tx,
    target: i64,
) -> Result<Vec<(String, Timestamp)>, Error> {
    let found: Vec<Decision> = tx
        .all(
            "select id, target_id, words, made_at from meeting_decisions where target_id = $1
              order by id desc limit 20",
            args![target],
        )
        .await?;
    Ok(found.into_iter().map(|decision| (decision.words, decision.made_at)).collect())
}

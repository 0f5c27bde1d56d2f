//! Queues in versions, and what the rules need of them.

use std::collections::BTreeMap;

use db::{Error, Tx, args, new_id};
use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, Timestamp};
use kernel::{Event, EventKind, Fact, QueueId, SkillId, TeamId, Window, WorkCalendar, local};
use rulebook::{Missing, Rulebook};
use telephone_rules::hours::{Hours, Period};
use telephone_rules::settings::{Circle, Queue, Settings, Then, Thresholds, Who};

/// What holds for every queue, as valid on one day.
#[derive(Clone, Debug)]
pub struct QueueRules {
    pub thresholds: Thresholds,
    pub calendar: WorkCalendar,
    /// When somebody is called back whose queue never opens again.
    pub office: Window,
}

/// # Errors
///
/// [`Missing`] if a rule is not there.
pub fn queue_rules(book: &Rulebook, day: Date) -> Result<QueueRules, Missing> {
    let prefer = |part| book.part("queue.prefer", part, day);
    let missed_max = book.number("queue.missed_max", day)?;
    Ok(QueueRules {
        thresholds: Thresholds {
            missed_max: u16::try_from(missed_max)
                .map_err(|_| Missing { key: "queue.missed_max" })?,
            again_after: SignedDuration::from_secs(book.number("queue.again_seconds", day)?),
            prefer_for: SignedDuration::from_secs(prefer("seconds")?),
            dropped: SignedDuration::from_mins(prefer("dropped_minutes")?),
            tried: SignedDuration::from_hours(24 * prefer("tried_days")?),
            last: SignedDuration::from_hours(24 * prefer("spoke_days")?),
        },
        calendar: book.calendar.clone(),
        office: book.window("callback.office_hours", day)?,
    })
}

/// The settings as they held at `at`; a queue that has ended since is not among them.
pub async fn settings(tx: &mut Tx, rules: &QueueRules, at: Timestamp) -> Result<Settings, Error> {
    let queues = all(tx, at).await?.into_iter().map(|stored| (stored.id, stored.queue)).collect();
    Ok(Settings { queues, calendar: rules.calendar.clone(), thresholds: rules.thresholds })
}

/// A queue as it stands in the database.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub id: QueueId,
    pub version: i64,
    pub name: String,
    pub queue: Queue,
    pub made_at: Timestamp,
    /// `None`: the program came with it.
    pub made_by: Option<String>,
}

db::row! {
    struct Row {
        id: i64,
        queue_id: QueueId,
        version: i64,
        name: String,
        priority: i64,
        team_id: TeamId,
        keeps_holidays: bool,
        rings_seconds: i64,
        previewing_after_seconds: Option<i64>,
        waiting_max: u16,
        wait_max_seconds: i64,
        call_me_back_after_seconds: Option<i64>,
        closed_then: String,
        closed_queue_id: Option<QueueId>,
        full_then: String,
        full_queue_id: Option<QueueId>,
        too_long_then: String,
        too_long_queue_id: Option<QueueId>,
        closing_then: String,
        closing_queue_id: Option<QueueId>,
        answer_within_seconds: i64,
        abandoned_after_seconds: i64,
        made_at: Timestamp,
        made_by: Option<String>,
    }
}

db::row! {
    struct PeriodRow { version_id: i64, weekday: i64, from_time: Time, until_time: Time }
}

db::row! {
    struct DayRow { version_id: i64, day: Date, from_time: Option<Time>, until_time: Option<Time> }
}

db::row! {
    struct CircleRow {
        version_id: i64,
        after_seconds: i64,
        who: String,
        team_id: Option<TeamId>,
        skill_id: Option<SkillId>,
    }
}

const VERSIONS: &str = "select v.id, v.queue_id, v.version, v.name, v.priority, v.team_id, v.keeps_holidays,
        v.rings_seconds, v.previewing_after_seconds, v.waiting_max, v.wait_max_seconds,
        v.call_me_back_after_seconds, v.closed_then, v.closed_queue_id, v.full_then, v.full_queue_id,
        v.too_long_then, v.too_long_queue_id, v.closing_then, v.closing_queue_id, v.answer_within_seconds,
        v.abandoned_after_seconds, v.made_at, u.name as made_by
   from queue_versions v
   join queues q on q.id = v.queue_id
   left join users u on u.id = v.made_by";

/// Every queue as it stood at `at`, the one that goes first in front.
pub(super) async fn all(tx: &mut Tx, at: Timestamp) -> Result<Vec<Stored>, Error> {
    let mut query = db::Query::new(VERSIONS);
    query
        .push(" where (q.ended_at is null or q.ended_at > ")
        .bind(at)
        .push(") and v.version = (select max(w.version) from queue_versions w where w.queue_id = v.queue_id and w.made_at <= ")
        .bind(at)
        .push(") order by v.priority, v.name, v.queue_id");
    let rows = tx.list(query).await?;
    with_parts(tx, rows).await
}

/// What each queue that is there is called now.
pub(crate) async fn names(tx: &mut Tx) -> Result<Vec<(QueueId, String)>, Error> {
    let now = tx.now();
    Ok(all(tx, now).await?.into_iter().map(|stored| (stored.id, stored.name)).collect())
}

/// Every version of a queue, the last one first.
pub(super) async fn versions(tx: &mut Tx, id: QueueId) -> Result<Vec<Stored>, Error> {
    let mut query = db::Query::new(VERSIONS);
    query.push(" where v.queue_id = ").bind(id).push(" order by v.version desc");
    let rows = tx.list(query).await?;
    with_parts(tx, rows).await
}

async fn with_parts(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Stored>, Error> {
    let of_these = |columns| {
        let mut query = db::Query::new(columns);
        query.bind_list(rows.iter().map(|row| row.id));
        query
    };
    let periods: Vec<PeriodRow> = tx
        .list(of_these("select version_id, weekday, from_time, until_time from queue_periods where version_id in "))
        .await?;
    let days: Vec<DayRow> = tx
        .list(of_these(
            "select version_id, day, from_time, until_time from queue_days where version_id in ",
        ))
        .await?;
    let circles: Vec<CircleRow> = tx
        .list(of_these(
            "select version_id, after_seconds, who, team_id, skill_id from queue_circles where version_id in ",
        ))
        .await?;
    Ok(rows.into_iter().map(|row| stored(row, &periods, &days, &circles)).collect())
}

fn stored(row: Row, periods: &[PeriodRow], days: &[DayRow], circles: &[CircleRow]) -> Stored {
    let seconds = SignedDuration::from_secs;
    let mut own_days: BTreeMap<Date, Vec<Window>> = BTreeMap::new();
    for day in days.iter().filter(|day| day.version_id == row.id) {
        let window = day.from_time.zip(day.until_time);
        let windows = own_days.entry(day.day).or_default();
        windows.extend(window.map(|(from, until)| Window { from, until }));
    }
    let week = periods.iter().filter(|period| period.version_id == row.id);
    let mut circles: Vec<Circle> = circles
        .iter()
        .filter(|circle| circle.version_id == row.id)
        .filter_map(|circle| {
            Some(Circle { after: seconds(circle.after_seconds), who: who(circle)? })
        })
        .collect();
    circles.sort_by_key(|circle| circle.after);
    Stored {
        id: row.queue_id,
        version: row.version,
        name: row.name,
        queue: Queue {
            hours: Hours {
                week: week.filter_map(period).collect(),
                keeps_holidays: row.keeps_holidays,
                days: own_days,
            },
            priority: u8::try_from(row.priority).unwrap_or(u8::MAX),
            team: row.team_id,
            circles,
            rings: seconds(row.rings_seconds),
            previewing_after: row.previewing_after_seconds.map(seconds),
            waiting_max: row.waiting_max,
            wait_max: seconds(row.wait_max_seconds),
            call_me_back_after: row.call_me_back_after_seconds.map(seconds),
            closed: then(&row.closed_then, row.closed_queue_id),
            full: then(&row.full_then, row.full_queue_id),
            too_long: then(&row.too_long_then, row.too_long_queue_id),
            closing: (row.closing_then != ANSWERED)
                .then(|| then(&row.closing_then, row.closing_queue_id)),
            answer_within: seconds(row.answer_within_seconds),
            abandoned_after: seconds(row.abandoned_after_seconds),
        },
        made_at: row.made_at,
        made_by: row.made_by,
    }
}

fn period(row: &PeriodRow) -> Option<Period> {
    let day = Weekday::from_monday_one_offset(i8::try_from(row.weekday).ok()?).ok()?;
    Some(Period { day, window: Window { from: row.from_time, until: row.until_time } })
}

fn who(row: &CircleRow) -> Option<Who> {
    match row.who.as_str() {
        "team" => row.team_id.map(Who::Team),
        "skilled" => row.skill_id.map(Who::Skilled),
        _ => Some(Who::Everybody),
    }
}

/// Those who wait when it closes are answered still.
const ANSWERED: &str = "answered";

fn then(code: &str, queue: Option<QueueId>) -> Then {
    match (code, queue) {
        ("queue", Some(queue)) => Then::Queue(queue),
        ("call_me_back", _) => Then::CallMeBack,
        _ => Then::HangUp,
    }
}

fn then_columns(then: Option<Then>) -> (&'static str, Option<QueueId>) {
    match then {
        None => (ANSWERED, None),
        Some(Then::HangUp) => ("hang_up", None),
        Some(Then::CallMeBack) => ("call_me_back", None),
        Some(Then::Queue(queue)) => ("queue", Some(queue)),
    }
}

/// A queue that was checked.
#[derive(Clone, Debug)]
pub struct NewQueue {
    /// `None`: a new one.
    pub id: Option<QueueId>,
    pub name: String,
    pub queue: Queue,
}

/// Keeps a queue as its next version; valid at once.
///
/// # Errors
///
/// [`Error::Duplicate`] if somebody changed it at the same moment.
pub async fn keep(tx: &mut Tx, new: NewQueue) -> Result<QueueId, Error> {
    let NewQueue { id, name, queue } = new;
    let now = tx.now();
    let id = match id {
        Some(id) => id,
        None => {
            let id = QueueId(new_id());
            tx.change_one("insert into queues (id, made_at) values ($1, $2)", args![id, now])
                .await?;
            id
        }
    };
    let before: Option<i64> = tx
        .value("select max(version) as value from queue_versions where queue_id = $1", args![id])
        .await?;
    let version = before.unwrap_or(0) + 1;
    insert_version(tx, id, version, &name, &queue).await?;
    record(tx, Some(id), if version == 1 { "added" } else { "changed" }).await?;
    Ok(id)
}

async fn insert_version(
    tx: &mut Tx,
    id: QueueId,
    version: i64,
    name: &str,
    queue: &Queue,
) -> Result<(), Error> {
    let Queue {
        hours,
        priority,
        team,
        circles,
        rings,
        previewing_after,
        waiting_max,
        wait_max,
        call_me_back_after,
        closed,
        full,
        too_long,
        closing,
        answer_within,
        abandoned_after,
    } = queue;
    let (now, row) = (tx.now(), new_id());
    let by = (tx.actor().user != kernel::Actor::SYSTEM.user).then_some(tx.actor().user);
    let seconds = |of: &Option<SignedDuration>| of.map(|of| of.as_secs());
    let (closed, full) = (then_columns(Some(*closed)), then_columns(Some(*full)));
    let (too_long, closing) = (then_columns(Some(*too_long)), then_columns(*closing));
    tx.change_one(
        "insert into queue_versions (id, queue_id, version, name, priority, team_id, keeps_holidays, rings_seconds,
                previewing_after_seconds, waiting_max, wait_max_seconds, call_me_back_after_seconds, closed_then,
                closed_queue_id, full_then, full_queue_id, too_long_then, too_long_queue_id, closing_then,
                closing_queue_id, answer_within_seconds, abandoned_after_seconds, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24)",
        args![
            row,
            id,
            version,
            name,
            i64::from(*priority),
            *team,
            hours.keeps_holidays,
            rings.as_secs(),
            seconds(previewing_after),
            *waiting_max,
            wait_max.as_secs(),
            seconds(call_me_back_after),
            closed.0,
            closed.1,
            full.0,
            full.1,
            too_long.0,
            too_long.1,
            closing.0,
            closing.1,
            answer_within.as_secs(),
            abandoned_after.as_secs(),
            by,
            now,
        ],
    )
    .await?;
    insert_hours(tx, row, hours).await?;
    for Circle { after, who } in circles {
        let (who, team, skill) = match who {
            Who::Team(team) => ("team", Some(*team), None),
            Who::Skilled(skill) => ("skilled", None, Some(*skill)),
            Who::Everybody => ("everybody", None, None),
        };
        tx.change_one(
            "insert into queue_circles (version_id, after_seconds, who, team_id, skill_id) values ($1, $2, $3, $4, $5)",
            args![row, after.as_secs(), who, team, skill],
        )
        .await?;
    }
    Ok(())
}

async fn insert_hours(tx: &mut Tx, row: i64, hours: &Hours) -> Result<(), Error> {
    for Period { day, window } in &hours.week {
        tx.change_one(
            "insert into queue_periods (version_id, weekday, from_time, until_time) values ($1, $2, $3, $4)",
            args![row, i64::from(day.to_monday_one_offset()), window.from, window.until],
        )
        .await?;
    }
    for (day, windows) in &hours.days {
        let mut times: Vec<Option<Window>> = windows.iter().copied().map(Some).collect();
        if times.is_empty() {
            times.push(None);
        }
        for (nr, window) in (1_i64..).zip(times) {
            let (from, until) = window.map(|window| (window.from, window.until)).unzip();
            tx.change_one(
                "insert into queue_days (version_id, day, nr, from_time, until_time) values ($1, $2, $3, $4, $5)",
                args![row, *day, nr, from, until],
            )
            .await?;
        }
    }
    Ok(())
}

/// Why a queue cannot end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum InUse {
    /// A number leads to it, or another queue does.
    LeadsHere,
    /// Calls wait in it.
    Waiting,
}

/// No call comes into it any more; what came stays.
pub(super) async fn end(tx: &mut Tx, id: QueueId) -> Result<Result<(), InUse>, Error> {
    let now = tx.now();
    let waiting: i64 = tx
        .value(
            "select count(*) as value from queued_calls where queue_id = $1 and ended_at is null",
            args![id],
        )
        .await?;
    if waiting > 0 {
        return Ok(Err(InUse::Waiting));
    }
    let numbers: i64 = tx
        .value("select count(*) as value from dialled_numbers where queue_id = $1", args![id])
        .await?;
    let leads_here = |other: &Stored| {
        let Queue { closed, full, too_long, closing, .. } = &other.queue;
        let thens = [Some(*closed), Some(*full), Some(*too_long), *closing];
        other.id != id && thens.contains(&Some(Then::Queue(id)))
    };
    if numbers > 0 || all(tx, now).await?.iter().any(leads_here) {
        return Ok(Err(InUse::LeadsHere));
    }
    tx.change_one(
        "update queues set ended_at = $1 where id = $2 and ended_at is null",
        args![now, id],
    )
    .await?;
    record(tx, Some(id), "ended").await?;
    Ok(Ok(()))
}

pub(super) async fn record(
    tx: &mut Tx,
    queue: Option<QueueId>,
    change: &'static str,
) -> Result<(), Error> {
    let event = Event::new(EventKind::QueueChanged, local(tx.now()).date())
        .with("queue", Fact::Number(queue.map_or(0, |queue| queue.0)))
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

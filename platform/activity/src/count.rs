//! What the log counts, and the counters themselves.

use std::collections::BTreeMap;

use db::{Error, Tx, args};
use jiff::civil::Date;
use kernel::{Event, EventKind};

use crate::timeline::Line;

kernel::codes! {
    /// A counter has one dimension.
    pub enum Dim {
        All = "all",
        Campaign = "campaign",
        Team = "team",
        User = "user",
    }
}

/// So many of one kind, and how many seconds they took.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Counted {
    pub kind: &'static str,
    pub n: i64,
    pub seconds: i64,
}

/// Which counters one event moves. This function is the definition of every daily figure.
pub(crate) fn counted(event: &Event) -> Vec<Counted> {
    let seconds = event.amount.unwrap_or(0);
    let one = |kind| Counted { kind, n: 1, seconds: 0 };
    let timed = |kind| Counted { kind, n: 1, seconds };
    match event.kind {
        EventKind::AttemptMade if event.code("direction") == Some("out") => vec![one("attempts")],
        EventKind::CallEnded => vec![timed("talking")],
        // Both ends of a correction are talks: only what came of them changes.
        EventKind::OutcomeCorrected => {
            let back = special(event.code("from")).map(|kind| Counted { kind, n: -1, seconds: 0 });
            back.into_iter().chain(special(event.code("outcome")).map(one)).collect()
        }
        EventKind::OutcomeLogged => {
            let reached = event.code("reached") == Some("yes");
            let special = special(event.code("outcome"));
            reached.then_some("conversations").into_iter().chain(special).map(one).collect()
        }
        EventKind::LeaseEnded => {
            let cause = match event.code("cause") {
                Some("page_closed") => Some("missed.page_closed"),
                Some("signed_out") => Some("missed.signed_out"),
                Some("left") => Some("missed.left"),
                _ => None,
            };
            let missed = cause.map(|_| "missed_offers");
            missed.into_iter().chain(cause).map(one).collect()
        }
        EventKind::CallbackMade => {
            let warm = event.code("warmth") == Some("warm");
            [Some("callbacks_made"), warm.then_some("callbacks_made_warm")]
                .into_iter()
                .flatten()
                .map(one)
                .collect()
        }
        EventKind::CallbackKept => {
            let on_time = event.code("on_time") == Some("yes");
            [Some("callbacks_kept"), on_time.then_some("callbacks_kept_on_time")]
                .into_iter()
                .flatten()
                .map(one)
                .collect()
        }
        // In a call its outcome counts.
        EventKind::CancellationDecided | EventKind::SignUpCommitted => {
            special(event.code("outcome")).into_iter().map(one).collect()
        }
        EventKind::SignUpEnded => match event.code("ended") {
            Some("withdrawn") => vec![one("sign_ups_withdrawn")],
            Some("lapsed") => vec![one("sign_ups_lapsed")],
            _ => vec![],
        },
        EventKind::WishMade => vec![one("wishes")],
        EventKind::WishTold => {
            let solved = event.code("solved") == Some("yes");
            [Some("wishes_told"), solved.then_some("wishes_solved")]
                .into_iter()
                .flatten()
                .map(one)
                .collect()
        }
        EventKind::AgreementMade => vec![one("agreements_made")],
        EventKind::AgreementDone => {
            let on_time = event.code("on_time") == Some("yes");
            [Some("agreements_done"), on_time.then_some("agreements_kept")]
                .into_iter()
                .flatten()
                .map(one)
                .collect()
        }
        EventKind::VisitReported => vec![one("visits")],
        EventKind::IntentEnded => match event.code("intent") {
            Some("available") => vec![timed("intent.available")],
            Some("outbound_only") => vec![timed("intent.outbound_only")],
            Some("break") => vec![timed("intent.break")],
            Some("lunch") => vec![timed("intent.lunch")],
            Some("coaching") => vec![timed("intent.coaching")],
            Some("meeting") => vec![timed("intent.meeting")],
            Some("admin") => vec![timed("intent.admin")],
            _ => vec![],
        },
        _ => vec![],
    }
}

/// The figure of its own that an outcome has.
fn special(outcome: Option<&str>) -> Option<&'static str> {
    match outcome {
        Some("joined") => Some("new_members"),
        Some("retained") => Some("retained_members"),
        Some("cancelled") => Some("cancellations"),
        _ => None,
    }
}

pub(crate) async fn add(
    tx: &mut Tx,
    dim: Dim,
    key: i64,
    day: Date,
    counted: &Counted,
) -> Result<(), Error> {
    tx.execute(
        "insert into rollup_day (dim, day, key, kind, n, seconds) values ($1, $2, $3, $4, $5, $6)
         on conflict (dim, key, day, kind) do update
            set n = rollup_day.n + excluded.n, seconds = rollup_day.seconds + excluded.seconds",
        args![dim, day, key, counted.kind, counted.n, counted.seconds],
    )
    .await
    .map(drop)
}

db::row! {
    struct Found { kind: String, n: i64, seconds: i64 }
}

/// All counters of one key in a period, both days included: kind → (number, seconds).
pub async fn counts(
    tx: &mut Tx,
    dim: Dim,
    key: i64,
    from: Date,
    until: Date,
) -> Result<BTreeMap<String, (i64, i64)>, Error> {
    let found: Vec<Found> = tx
        .all(
            "select kind, cast(sum(n) as bigint) as n, cast(sum(seconds) as bigint) as seconds
               from rollup_day
              where dim = $1 and key = $2 and day >= $3 and day <= $4
              group by kind",
            args![dim, key, from, until],
        )
        .await?;
    Ok(found.into_iter().map(|row| (row.kind, (row.n, row.seconds))).collect())
}

/// What a recount from the log found.
#[derive(Debug, Default)]
pub struct Recount {
    pub events: u64,
    /// Counters that were not what the log says. Anything but zero is a defect.
    pub differences: u64,
}

db::row! {
    struct Logged {
        id: i64,
        day: Date,
        kind: String,
        actor_id: i64,
        campaign_id: Option<i64>,
        team_id: Option<i64>,
        amount: Option<i64>,
        payload: String,
    }
}

db::row! {
    struct Kept { dim: String, day: Date, key: i64, kind: String, n: i64, seconds: i64 }
}

type Counters = BTreeMap<(String, i64, Date, String), (i64, i64)>;

/// Counts everything again from the log and compares. Changes nothing.
pub async fn recount(tx: &mut Tx) -> Result<Recount, Error> {
    const AT_ONCE: usize = 10_000;

    let mut counters = Counters::new();
    let (mut last, mut events) = (0, 0);
    loop {
        let page: Vec<Logged> = tx
            .all(
                "select id, day, kind, actor_id, campaign_id, team_id, amount, payload
                   from events where id > $1 order by id limit 10000",
                args![last],
            )
            .await?;
        for line in &page {
            count_again(&mut counters, line);
        }
        events += page.len() as u64;
        match page.last() {
            Some(line) if page.len() == AT_ONCE => last = line.id,
            _ => break,
        }
    }

    let kept: Vec<Kept> =
        tx.all("select dim, day, key, kind, n, seconds from rollup_day", args![]).await?;
    let mut differences = 0;
    for row in kept {
        let counted = counters.remove(&(row.dim, row.key, row.day, row.kind)).unwrap_or_default();
        differences += u64::from(counted != (row.n, row.seconds));
    }
    differences += counters.len() as u64;
    Ok(Recount { events, differences })
}

/// An event as it was counted when it was written, read back from the log; `None` for a kind of an older version.
fn event_of(kind: &str, day: Date, amount: Option<i64>, payload: &str) -> Option<Event> {
    let mut event = Event::new(kind.parse().ok()?, day);
    event.amount = amount;
    let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
    event.payload = CODES_THAT_COUNT
        .iter()
        .filter_map(|(name, codes)| {
            let found = payload.get(name)?.as_str()?;
            let code = codes.iter().find(|code| **code == found)?;
            Some((*name, kernel::Fact::Code(code)))
        })
        .collect();
    Some(event)
}

/// What a line of the log counts: the definition of the daily figures, for whoever adds them up in another way.
#[must_use]
pub fn counted_in(line: &Line) -> Vec<Counted> {
    let event = event_of(&line.kind, line.day, line.amount, &line.payload);
    event.map(|event| counted(&event)).unwrap_or_default()
}

fn count_again(counters: &mut Counters, line: &Logged) {
    let Some(event) = event_of(&line.kind, line.day, line.amount, &line.payload) else { return };
    let keys = [
        (Dim::All, Some(0)),
        (Dim::Campaign, line.campaign_id),
        (Dim::Team, line.team_id),
        (Dim::User, Some(line.actor_id)),
    ];
    for (dim, key) in keys {
        for counted in counted(&event) {
            if let Some(key) = key {
                let at = (dim.code().to_owned(), key, line.day, counted.kind.to_owned());
                let sum = counters.entry(at).or_default();
                sum.0 += counted.n;
                sum.1 += counted.seconds;
            }
        }
    }
}

/// The codes that [`counted`] looks at, so that they can be read back from the log.
const CODES_THAT_COUNT: &[(&str, &[&str])] = &[
    ("direction", &["out", "in"]),
    ("reached", &["yes", "no"]),
    ("outcome", &["joined", "retained", "cancelled"]),
    ("from", &["joined", "retained", "cancelled"]),
    ("cause", &["page_closed", "signed_out", "left"]),
    ("warmth", &["warm", "lukewarm", "cool"]),
    ("on_time", &["yes", "no"]),
    ("solved", &["yes", "no"]),
    ("intent", &["available", "outbound_only", "break", "lunch", "coaching", "meeting", "admin"]),
    ("ended", &["withdrawn", "lapsed"]),
];

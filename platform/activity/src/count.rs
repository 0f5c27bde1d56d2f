//! What the log counts, and the counters themselves.

use std::collections::BTreeMap;

use db::{Error, Tx, args};
use jiff::civil::Date;
use kernel::{CampaignId, Event, EventKind, Fact, TeamId, UserId};

use crate::timeline::{self, Line};

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
        EventKind::CallQueued => vec![one("calls_queued")],
        EventKind::CallAnswered if event.code("on_line") == Some("no") => {
            vec![timed("calls_called_back")]
        }
        EventKind::CallAnswered => {
            let in_time = event.code("in_time") == Some("yes");
            let counted = in_time.then(|| one("calls_answered_in_time"));
            std::iter::once(timed("calls_answered")).chain(counted).collect()
        }
        // Who hangs up at once heard no queue; it is shown beside the figure and not in it.
        EventKind::CallAbandoned if event.code("short") == Some("yes") => {
            vec![one("calls_hung_up_at_once")]
        }
        EventKind::CallAbandoned => vec![timed("calls_abandoned")],
        EventKind::CallToCallback => vec![one("calls_to_callback")],
        EventKind::CallTurnedAway => vec![one("calls_turned_away")],
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
        EventKind::LeaseEnded | EventKind::OfferMissed => {
            let cause = match event.code("cause") {
                Some("page_closed") => Some("missed.page_closed"),
                Some("signed_out") => Some("missed.signed_out"),
                Some("left") => Some("missed.left"),
                Some("no_reaction") => Some("missed.no_reaction"),
                Some("no_device") => Some("missed.no_device"),
                Some("no_microphone") => Some("missed.no_microphone"),
                Some("connection_lost") => Some("missed.connection_lost"),
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

/// With whom a line counts: what becomes of a sign-up counts with the colleague who signed up, whoever or whatever ends it.
fn colleague(event: &Event, actor: UserId) -> UserId {
    event.number(SIGNED_UP_BY).map_or(actor, UserId)
}

/// The counters that a line moves.
pub(crate) fn keys(event: &Event, actor: UserId) -> [(Dim, Option<i64>); 4] {
    // Always in this order, so that two transactions never wait for each other crosswise.
    [
        (Dim::All, Some(0)),
        (Dim::Campaign, event.campaign.map(i64::from)),
        (Dim::Team, event.team.map(i64::from)),
        (Dim::User, Some(colleague(event, actor).0)),
    ]
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
        actor_id: UserId,
        campaign_id: Option<CampaignId>,
        team_id: Option<TeamId>,
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
fn event_of(
    (kind, day): (&str, Date),
    (campaign, team): (Option<CampaignId>, Option<TeamId>),
    amount: Option<i64>,
    payload: &str,
) -> Option<Event> {
    let mut event = Event::new(kind.parse().ok()?, day);
    (event.campaign, event.team, event.amount) = (campaign, team, amount);
    let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
    let codes = CODES_THAT_COUNT.iter().filter_map(|(name, codes)| {
        let found = payload.get(name)?.as_str()?;
        let code = codes.iter().find(|code| **code == found)?;
        Some((*name, Fact::Code(code)))
    });
    let colleague = payload.get(SIGNED_UP_BY).and_then(serde_json::Value::as_i64);
    event.payload = codes.chain(colleague.map(|id| (SIGNED_UP_BY, Fact::Number(id)))).collect();
    Some(event)
}

/// What a line of the log counts: the definition of the daily figures, for whoever adds them up in another way.
#[must_use]
pub fn counted_in(line: &Line) -> Vec<Counted> {
    event_in(line).map(|event| counted(&event)).unwrap_or_default()
}

/// The colleague with whom a line counts.
#[must_use]
pub fn counts_with(line: &Line) -> UserId {
    event_in(line).map_or(line.actor_id, |event| colleague(&event, line.actor_id))
}

fn event_in(line: &Line) -> Option<Event> {
    event_of((&line.kind, line.day), (line.campaign_id, line.team_id), line.amount, &line.payload)
}

/// Kinds of lines whose counters are about members, so that somebody may ask who they are.
const ABOUT_MEMBERS: &[EventKind] = &[
    EventKind::OutcomeLogged,
    EventKind::OutcomeCorrected,
    EventKind::CancellationDecided,
    EventKind::SignUpCommitted,
    EventKind::SignUpEnded,
];

/// The lines behind a counter about members, on one day, oldest first, each with what it added: the sum is what [`counts`] says.
pub async fn behind(
    tx: &mut Tx,
    (dim, key): (Dim, i64),
    day: Date,
    counter: &str,
) -> Result<Vec<(Line, i64)>, Error> {
    let lines = timeline::of_days(tx, day, day, ABOUT_MEMBERS, i64::MAX).await?;
    let added = |line: Line| {
        let event = event_in(&line)?;
        if !keys(&event, line.actor_id).contains(&(dim, Some(key))) {
            return None;
        }
        let n =
            counted(&event).iter().filter(|found| found.kind == counter).map(|found| found.n).sum();
        (n != 0).then_some((line, n))
    };
    Ok(lines.into_iter().filter_map(added).collect())
}

fn count_again(counters: &mut Counters, line: &Logged) {
    let places = (line.campaign_id, line.team_id);
    let event = event_of((&line.kind, line.day), places, line.amount, &line.payload);
    let Some(event) = event else { return };
    for (dim, key) in keys(&event, line.actor_id) {
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
    (
        "cause",
        &[
            "page_closed",
            "signed_out",
            "left",
            "no_reaction",
            "no_device",
            "no_microphone",
            "connection_lost",
        ],
    ),
    ("on_line", &["yes", "no"]),
    ("in_time", &["yes", "no"]),
    ("short", &["yes", "no"]),
    ("warmth", &["warm", "lukewarm", "cool"]),
    ("on_time", &["yes", "no"]),
    ("solved", &["yes", "no"]),
    ("intent", &["available", "outbound_only", "break", "lunch", "coaching", "meeting", "admin"]),
    ("ended", &["withdrawn", "lapsed"]),
];

/// The fact of a line that names who signed a member up.
const SIGNED_UP_BY: &str = "signed_up_by";

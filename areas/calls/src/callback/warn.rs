//! What is worth knowing before a promise is made: nothing here forbids it.

use calls_rules::gate::Ground;
use db::{Error, Tx, args};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{UserId, Window, WorkCalendar, local};
use texts::Texts;

use crate::settings::GateRules;

/// A promise as it is about to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposed {
    /// `None`: the team.
    pub owner: Option<UserId>,
    pub day: Date,
    pub window: Window,
    /// Whether the person asked for it in own words.
    pub own_yes: bool,
}

/// So far is looked for a day on which the owner works.
const DAYS_AHEAD: i64 = 30;

/// Sentences, the most important first; none if all is well.
pub(crate) async fn warnings(
    tx: &mut Tx,
    t: &Texts,
    proposed: Proposed,
    too_many: i64,
    calendar: &WorkCalendar,
    rules: &GateRules,
) -> Result<Vec<String>, Error> {
    let Proposed { owner, day, window, own_yes } = proposed;
    let mut warnings = Vec::new();
    if let Some(owner) = owner {
        let roster = access::roster::load(tx, local(tx.now()).date()).await?;
        let is_there = |day| roster.away_all_along(owner, day, window).is_none();
        if !is_there(day) {
            let next = (1..=DAYS_AHEAD)
                .filter_map(|ahead| day.checked_add(ahead.days()).ok())
                .find(|day| calendar.is_working_day(*day) && is_there(*day));
            warnings.push(match next {
                Some(next) => t.with("calls-warn-away", "day", t.day(next)),
                None => t.get("calls-warn-away-long"),
            });
        }
        let others: i64 = tx
            .value(
                "select count(*) as value from callbacks
                  where owner_id = $1 and ended_at is null and due_on = $2 and from_time < $3 and until_time > $4",
                args![owner, day, window.until, window.from],
            )
            .await?;
        if others >= too_many {
            warnings.push(t.with("calls-warn-busy", "n", others));
        }
    }
    if !own_yes
        && let Err(Some(again)) = rules.hours.closed(Ground::Consent, day.to_datetime(window.from))
    {
        let (day, time) = (t.day(again.date()), t.time(again.time()));
        warnings.push(t.with2("calls-warn-hours", "day", day, "time", time));
    }
    Ok(warnings)
}

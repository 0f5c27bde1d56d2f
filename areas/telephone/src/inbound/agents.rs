//! Who may be rung, as the rules want to see it.

use std::collections::BTreeSet;

use access_rules::presence::{Connection, Intent};
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{Action, Roles, TeamId, UserId};
use telephone_rules::agent::{Agent, Engagement, reach};

use crate::exchange::{Exchange, Stage};
use crate::queue::{log, skills_of};

db::row! {
    struct AtWork {
        user_id: UserId,
        team_id: Option<TeamId>,
        roles: String,
        intent: Intent,
        pending_intent: Option<Intent>,
        since_at: Timestamp,
        has_desk: bool,
        busy: bool,
        is_on_line: bool,
        last_at: Option<Timestamp>,
    }
}

/// Everybody at work whose role it is to call; what their calls show is asked of `engagement`.
pub(super) async fn at_work(
    tx: &mut Tx,
    seen: impl Fn(UserId) -> (Option<Connection>, Option<Engagement>),
) -> Result<Vec<Agent>, Error> {
    let rows: Vec<AtWork> = tx
        .all(
            "select p.user_id, u.team_id, u.roles, p.intent, p.pending_intent, p.since_at,
                    (c.id is not null) as has_desk, coalesce(c.busy, false) as busy,
                    exists (select 1 from attempts l where l.claim_id = c.id and l.line is not null and l.ended_at is null) as is_on_line,
                    (select max(a.ended_at) from attempts a where a.agent_id = p.user_id and a.started_at >= p.since_at) as last_at
               from presence p
               join users u on u.id = p.user_id and u.ended_at is null
               left join claims c on c.agent_id = p.user_id and c.released_at is null
              where p.intent <> 'signed_out'",
            args![],
        )
        .await?;
    let mut missed = log::missed_in_a_row(tx).await?;
    let mut skills = skills_of(tx).await?;
    let calls = |row: &AtWork| Roles::read(&row.roles).may(Action::WorkCalls);
    Ok(rows
        .into_iter()
        .filter(calls)
        .map(|row| {
            let (connection, in_call) = seen(row.user_id);
            let at_desk = match (row.has_desk, row.busy) {
                // Her conversation broke off and waits to go on.
                (_, true) if row.is_on_line => Engagement::Idle,
                (_, true) => Engagement::WrapUp,
                (true, false) => Engagement::Previewing,
                (false, false) => Engagement::Idle,
            };
            let engagement = in_call.unwrap_or(at_desk);
            Agent {
                user: row.user_id,
                team: row.team_id,
                skills: skills.remove(&row.user_id).unwrap_or_else(BTreeSet::new),
                reach: reach(row.intent, row.pending_intent, engagement, connection),
                idle_since: row.last_at.map_or(row.since_at, |at| at.max(row.since_at)),
                wraps_up_until: None,
                missed: missed.remove(&row.user_id).unwrap_or(0),
            }
        })
        .collect())
}

/// Whether somebody can be heard, and what her calls show.
pub(super) fn seen(exchange: &Exchange, user: UserId) -> (Option<Connection>, Option<Engagement>) {
    let connection = exchange.is_reachable(user).then_some(Connection::Ok);
    let mut calls = exchange.of(user);
    let Some(first) = calls.next() else { return (connection, None) };
    let engagement = match (first.stage, calls.next().is_some()) {
        (_, true) => Engagement::Consulting,
        (Stage::RingsHere, _) => Engagement::Offered,
        (Stage::Dials, _) => Engagement::Dialling,
        (Stage::RingsThere | Stage::Early, _) => Engagement::RingingOut,
        (Stage::Speaks, _) if first.is_held => Engagement::Holding,
        (Stage::Speaks, _) => Engagement::Talking,
    };
    (connection, Some(engagement))
}

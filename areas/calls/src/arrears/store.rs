use calls_rules::arrears::first_window;
use calls_rules::callback::{Owner, Wish};
use calls_rules::gate::Ground;
use calls_rules::outcome::Settings;
use db::{Error, Tx, args};
use dues_rules::amount::Purpose as DuePurpose;
use jiff::ZonedDateTime;
use kernel::{Actor, CallbackId, DueId, PersonId, TeamId};

use crate::callback::{CancelWhy, NoPromise, cancel, promise};
use crate::campaign::{Promise, Purpose, judge_person};
use crate::settings::GateRules;

/// What decides about these calls today.
pub(super) struct Rules {
    pub gate: GateRules,
    pub outcome: Settings,
    pub now: ZonedDateTime,
}

/// The team that keeps what is nobody's: the first that calls.
pub(super) async fn team(tx: &mut Tx) -> Result<Option<TeamId>, Error> {
    tx.value(
        "select min(t.id) as value from teams t
          where t.ended_at is null and exists (select 1 from users u
                where u.team_id = t.id and u.ended_at is null and u.roles like '%agent%')",
        args![],
    )
    .await
}

/// Makes the call for an amount that waits, or adds it to the one that the person gets anyway. Whether one was made.
///
/// None to who died, objected or is no member any more: the gate is asked as for every call. None as long as a colleague
/// promised a call about the membership: theirs is not replaced, and it is tried again later.
pub(super) async fn make(
    tx: &mut Tx,
    (due, person): (DueId, PersonId),
    team: TeamId,
    rules: &Rules,
) -> Result<bool, Error> {
    let judged =
        judge_person(tx, person, Ground::Service, Purpose::Service, Promise::Proposed, &rules.gate)
            .await?;
    if judged.verdict.is_err() {
        return Ok(false);
    }
    let now = tx.now();
    let added = tx
        .execute(
            "insert into arrears_calls (due_id, callback_id, made_at) values ($1, null, $2) on conflict do nothing",
            args![due, now],
        )
        .await?;
    if added == 0 {
        return Ok(false);
    }
    let callback = match open(tx, person).await? {
        Some(Open { id, is_arrears: true }) => Some(id),
        Some(Open { is_arrears: false, .. }) => None,
        None => call(tx, person, team, rules).await?,
    };
    let Some(callback) = callback else {
        tx.change_one("delete from arrears_calls where due_id = $1", args![due]).await?;
        return Ok(false);
    };
    tx.change_one(
        "update arrears_calls set callback_id = $1 where due_id = $2",
        args![callback, due],
    )
    .await?;
    Ok(true)
}

db::row! {
    struct Open { id: CallbackId, is_arrears: bool }
}

/// The call about the membership that this person gets anyway.
async fn open(tx: &mut Tx, person: PersonId) -> Result<Option<Open>, Error> {
    tx.one(
        "select b.id, exists (select 1 from arrears_calls a where a.callback_id = b.id) as is_arrears
           from callbacks b where b.person_id = $1 and b.purpose = $2 and b.ended_at is null",
        args![person, Purpose::Service],
    )
    .await
}

/// Plans the call for the team; `None` if the rules of promises do not let it be made.
async fn call(
    tx: &mut Tx,
    person: PersonId,
    team: TeamId,
    rules: &Rules,
) -> Result<Option<CallbackId>, Error> {
    let Rules { outcome, now, .. } = rules;
    let (when, window) = first_window(now, &outcome.calendar, outcome.office_hours);
    let wish = Wish { when, window, owner: Owner::Team, words: None, warmth: None, opening: None };
    let system = tx.actor().clone();
    tx.act_as(Actor { team: Some(team), ..Actor::SYSTEM });
    let made = promise(tx, person, Purpose::Service, wish, now, outcome).await;
    tx.act_as(system);
    match made {
        Ok((id, _)) => Ok(Some(id)),
        Err(NoPromise::Refused(_)) => Ok(None),
        Err(NoPromise::Broken(error)) => Err(error),
    }
}

db::row! {
    struct Over { id: CallbackId, person_id: PersonId }
}

/// Ends the calls of which nothing waits any more: the amount came in, is asked again or is no longer asked. One that is on a
/// desk is left to whoever has it there.
pub(super) async fn end_settled(tx: &mut Tx) -> Result<usize, Error> {
    let over: Vec<Over> = tx
        .all(
            "select b.id, b.person_id from callbacks b
              where b.ended_at is null and b.purpose = $1
                and exists (select 1 from arrears_calls a where a.callback_id = b.id)
                and not exists (select 1 from arrears_calls a join dues d on d.id = a.due_id
                                 where a.callback_id = b.id and d.waits_as is not null)
                and not exists (select 1 from claims c where c.callback_id = b.id and c.released_at is null)
              order by b.id",
            args![Purpose::Service],
        )
        .await?;
    for Over { id, person_id } in &over {
        cancel(tx, *id, *person_id, CancelWhy::Settled).await?;
    }
    Ok(over.len())
}

db::row! {
    /// An amount that did not come in, as the desk says it.
    #[derive(Clone, Debug)]
    pub struct Arrears { pub period: String, pub purpose: DuePurpose, pub returned_code: Option<String> }
}

/// Which amounts a call is about that still wait, the oldest first.
pub(crate) async fn of_callback(tx: &mut Tx, callback: CallbackId) -> Result<Vec<Arrears>, Error> {
    tx.all(
        "select d.period, d.purpose, d.returned_code
           from arrears_calls a join dues d on d.id = a.due_id
          where a.callback_id = $1 and d.waits_as is not null order by d.for_day, d.id",
        args![callback],
    )
    .await
}

use calls_rules::callback::{OpenCallback, Plan, Tried};
use calls_rules::choice::Chosen;
use calls_rules::gate::Ground;
use calls_rules::outcome::{
    self, Consequence, EndCall, Line, Logged, MoveCallback, MoveRecord, NewOutcome, OpenCall,
    OpenRecord, Outcome, OwnRetries, RecordState, Refused, Release, Saved, Settings, log_outcome,
};
use db::{Error, Tx, args, new_id};
use jiff::{Timestamp, ZonedDateTime};
use kernel::{
    AttemptId, CallRecordId, CallbackId, CampaignId, Fence, OutcomeId, PersonId, PhoneNumber,
    UserId, local,
};
use people::permission::{Channel, NewObjection};

use crate::attempt::{self, Over};
use crate::callback::Purpose;
use crate::claim::Claim;

db::row! {
    struct Found {
        attempt_id: AttemptId,
        person_id: PersonId,
        agent_id: UserId,
        direction: String,
        channel: attempt::Channel,
        ground: Option<Ground>,
        number: Option<PhoneNumber>,
        started_at: Timestamp,
        answered_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
        record_id: Option<CallRecordId>,
        campaign_id: Option<CampaignId>,
        record_tries: Option<u16>,
        tries_max: Option<i64>,
        rest_minutes: Option<i64>,
        callback_id: Option<CallbackId>,
        callback_record_id: Option<CallRecordId>,
        callback_from_at: Option<Timestamp>,
        callback_until_at: Option<Timestamp>,
        callback_tries: Option<u16>,
        claim_fence: Option<Fence>,
        logged_by: Option<UserId>,
        logged_at: Option<Timestamp>,
        objected_at: Option<Timestamp>,
        other_numbers: i64,
    }
}

/// The call as the rule wants to see it: the acting agent's latest try under this fence, or `None`.
///
/// The right to see it is part of the query. An agent whose claim ended does find the own try: saying
/// no to an old fence is the rule's work.
pub async fn open_call(tx: &mut Tx, fence: Fence, about: About) -> Result<Option<OpenCall>, Error> {
    let agent = tx.actor().user;
    let mut query = db::Query::new(
        "select a.id as attempt_id, a.person_id, a.agent_id, a.direction, a.channel, a.ground, a.number, a.started_at,
                a.answered_at, a.ended_at,
                a.call_record_id as record_id, r.campaign_id, r.tries as record_tries, g.tries_max, g.rest_minutes,
                a.callback_id, b.call_record_id as callback_record_id, b.from_at as callback_from_at,
                b.until_at as callback_until_at, b.tries as callback_tries,
                c.fence as claim_fence, o.logged_by, o.logged_at,
                (select max(j.made_at) from objections j
                  where j.person_id = a.person_id and j.channel = 'phone' and j.withdrawn_at is null) as objected_at,
                (select count(*) from phones n
                  where n.person_id = a.person_id and n.number is not null and n.unusable_at is null
                        and n.number <> coalesce(a.number, '')) as other_numbers
           from attempts a
           left join call_records r on r.id = a.call_record_id
           left join campaigns g on g.id = r.campaign_id
           left join callbacks b on b.id = a.callback_id and b.ended_at is null
           left join claims c on c.person_id = a.person_id and c.agent_id = a.agent_id and c.released_at is null
           left join outcomes o on o.attempt_id = a.id and o.corrects_id is null
          where a.agent_id = ",
    );
    query.bind(agent).push(" and a.fence = ").bind(fence);
    match about {
        About::Person(person) => query.push(" and a.person_id = ").bind(person),
        About::Item(id) => query
            .push(" and (a.call_record_id = ")
            .bind(id)
            .push(" or a.callback_id = ")
            .bind(id)
            .push(" or a.person_id = ")
            .bind(id)
            .push(")"),
    };
    query.push(" order by a.id desc limit ").bind(1_i64);
    Ok(tx.list(query).await?.pop().map(|row| open(row, fence)))
}

/// Which call: by the person, or by the call record, callback or person that was offered.
#[derive(Clone, Copy, Debug)]
pub enum About {
    Person(PersonId),
    Item(i64),
}

fn open(row: Found, fence: Fence) -> OpenCall {
    let record = row.record_id.zip(row.campaign_id).map(|(id, campaign)| OpenRecord {
        id,
        campaign,
        tries: row.record_tries.unwrap_or_default(),
        own: OwnRetries { tries_max: row.tries_max, rest_minutes: row.rest_minutes },
    });
    let callback = row.callback_id.zip(row.callback_from_at.zip(row.callback_until_at)).map(
        |(id, (from, until))| OpenCallback {
            id,
            record: row.callback_record_id,
            from,
            until,
            tries: row.callback_tries.unwrap_or_default(),
        },
    );
    OpenCall {
        attempt: row.attempt_id,
        person: row.person_id,
        agent: row.agent_id,
        record,
        callback,
        fence,
        claim: row.claim_fence,
        saved: row.logged_by.zip(row.logged_at).map(|(by, at)| Saved { by, at }),
        inbound: row.direction == "in",
        line: match row.channel {
            attempt::Channel::OwnPhone => Line::OwnPhone,
            attempt::Channel::Browser => Line::Ours { answered: row.answered_at.is_some() },
        },
        ground: row.ground,
        started_at: row.started_at,
        ended_at: row.ended_at,
        number: row.number,
        other_number: row.other_numbers > 0,
        objection: row.objected_at,
    }
}

/// Why an outcome could not be logged.
#[derive(Debug, thiserror::Error)]
pub enum NoCall {
    #[error("no such call for this agent")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("the call could not begin")]
    NotDialled(attempt::Refused),
    #[error(transparent)]
    Broken(#[from] Error),
}

/// What the agent says besides the outcome.
#[derive(Clone, Debug, Default)]
pub struct Said<'a> {
    /// Replaces what was saved while typing.
    pub note: Option<&'a str>,
    /// The person heard that an objection is possible.
    pub objection_offered: bool,
    /// What was chosen from the tree to say the outcome.
    pub chosen: Option<Chosen>,
}

/// Logs the outcome of the acting agent's call: reads, decides, stores, in the caller's step.
pub async fn log(
    tx: &mut Tx,
    fence: Fence,
    about: About,
    outcome: Outcome,
    said: Said<'_>,
    now: &ZonedDateTime,
    settings: &Settings,
) -> Result<Logged, NoCall> {
    let open = open_call(tx, fence, about).await?.ok_or(NoCall::NotFound)?;
    let reached = outcome.code().is_reached();
    let Said { note, objection_offered, chosen } = said;
    let said = outcome::Said { objection_offered, chosen };
    let logged = log_outcome(&open, outcome, &said, now, settings)?;
    if let Some(text) = note {
        crate::note::save(tx, open.person, fence, text).await?;
    }
    store(tx, &open, &logged).await?;
    if reached {
        crate::request::answered(tx, open.person).await?;
    }
    access::presence::desk_cleared(tx).await?;
    Ok(logged)
}

/// Stores a decision. Taking `logged` apart without `..` is deliberate: a new consequence in the rules
/// does not compile until it is stored here.
async fn store(tx: &mut Tx, open: &OpenCall, logged: &Logged) -> Result<(), Error> {
    let Logged { outcome, end_call, release, record, callback, plan, consequence, events } = logged;
    release_claim(tx, *release).await?;
    if let Some(EndCall { attempt, at }) = end_call {
        tx.change_one(
            "update attempts set ended_at = $1 where id = $2 and ended_at is null",
            args![*at, *attempt],
        )
        .await?;
    }
    insert_outcome(tx, outcome).await?;
    if let Some(record) = record {
        move_record(tx, *record).await?;
    }
    if let Some(callback) = callback {
        move_callback(tx, *callback).await?;
    }
    let purpose = purpose_of(tx, open).await?;
    if let Some(plan) = plan {
        insert_plan(tx, open, plan, purpose).await?;
    }
    match consequence {
        Some(Consequence::Objection) => {
            let objection = NewObjection::all(open.person, Channel::Phone, "call");
            people::permission::object(tx, objection).await?;
            crate::callback::end_forbidden(tx, Some(open.person)).await?;
        }
        Some(Consequence::NumberIsWrong(number)) => {
            people::person::number_is_wrong(tx, open.person, number).await?;
        }
        Some(Consequence::Death) => {
            crate::report_death(tx, open.person).await?;
        }
        None => {}
    }
    for event in events {
        activity::record(tx, event.clone()).await?;
    }
    Ok(())
}

/// First of all: if the claim was taken over since we read it, no row changes, and the whole step ends
/// with [`Error::Raced`].
async fn release_claim(tx: &mut Tx, release: Release) -> Result<(), Error> {
    let Release { person, fence, at } = release;
    tx.change_one(
        "update claims set released_at = $1, released_as = 'outcome', busy = false
          where person_id = $2 and fence = $3 and released_at is null",
        args![at, person, fence],
    )
    .await
}

async fn insert_outcome(tx: &mut Tx, outcome: &NewOutcome) -> Result<(), Error> {
    let NewOutcome { attempt, code, by, at, objection_offered, result, reason } = outcome;
    tx.change_one(
        "insert into outcomes (id, attempt_id, kind, logged_by, logged_at, objection_offered, result_id, reason_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            OutcomeId(new_id()), *attempt, *code, *by, *at, *objection_offered,
            result.map(|result| result.id), reason.map(|reason| reason.id),
        ],
    )
    .await
}

async fn move_record(tx: &mut Tx, record: MoveRecord) -> Result<(), Error> {
    let MoveRecord { id, to } = record;
    let now = tx.now();
    let (state, blocked_why, rest_until) = match to {
        RecordState::Done => ("done", None, None),
        RecordState::Promised => ("promised", None, None),
        RecordState::Resting { until } => ("resting", None, Some(until)),
        RecordState::Exhausted => ("exhausted", None, None),
        RecordState::BlockedByObjection => ("blocked", Some("objection"), None),
        RecordState::BlockedNoNumber => ("blocked", Some("no_number"), None),
        RecordState::BlockedDeceased => ("blocked", Some("deceased"), None),
    };
    tx.change_one(
        "update call_records set state = $1, blocked_why = $2, rest_until_at = $3, tries = tries + 1,
                changed_at = $4
          where id = $5",
        args![state, blocked_why, rest_until, now, id],
    )
    .await
}

async fn move_callback(tx: &mut Tx, callback: MoveCallback) -> Result<(), Error> {
    let MoveCallback { open, tried } = callback;
    let now = tx.now();
    let ended = match tried {
        Tried::Again { at } => {
            return tx
                .change_one(
                    "update callbacks set tries = tries + 1, check_at = $1 where id = $2 and ended_at is null",
                    args![at, open.id],
                )
                .await;
        }
        Tried::Kept { .. } => "kept",
        Tried::ClosedUnreached => "closed_unreached",
    };
    tx.change_one(
        "update callbacks set tries = tries + 1, ended_at = $1, ended_as = $2
          where id = $3 and ended_at is null",
        args![now, ended, open.id],
    )
    .await
}

async fn purpose_of(tx: &mut Tx, open: &OpenCall) -> Result<Purpose, Error> {
    match open.record {
        Some(record) => {
            tx.value("select purpose as value from campaigns where id = $1", args![record.campaign])
                .await
        }
        None => {
            let today = local(tx.now()).date();
            let found = people::person::find(tx, open.person, today).await?;
            let is_member = found.is_some_and(|person| person.is_member);
            Ok(if is_member { Purpose::Retention } else { Purpose::Recruitment })
        }
    }
}

/// A second promise for the same purpose replaces the first.
async fn insert_plan(
    tx: &mut Tx,
    open: &OpenCall,
    plan: &Plan,
    purpose: Purpose,
) -> Result<(), Error> {
    let record = open.record.map(|record| record.id);
    crate::callback::make(tx, open.person, record, purpose, plan).await.map(drop)
}

/// The try under a claim, begun now if the agent called without pressing the button.
pub(crate) async fn begun(
    tx: &mut Tx,
    claim: &Claim,
    rules: &crate::settings::GateRules,
) -> Result<(), NoCall> {
    match attempt::dial(tx, claim.person_id, claim.fence, rules, Over::OwnPhone).await? {
        Ok(_) => Ok(()),
        Err(refused) => Err(NoCall::NotDialled(refused)),
    }
}

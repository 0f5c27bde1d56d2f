use calls_rules::gate::{Blocked, Ground};
use calls_rules::outcome::{Line, call_ended};
use db::{Error, Tx, args, new_id};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    AttemptId, CallRecordId, CampaignId, ClaimId, Event, EventKind, Fact, Fence, LineId, PersonId,
    PhoneNumber, UserId, local,
};

use super::grounds::{self, Grounds};
use super::line::EndedAs;
use crate::claim::{Claim, Taken, held, make_busy, of_agent, of_person, take};
use crate::settings::GateRules;

db::row! {
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Attempt {
        pub id: AttemptId,
        pub direction: String,
        pub channel: Channel,
        /// On which ground we called.
        pub ground: Option<Ground>,
        pub number: Option<PhoneNumber>,
        pub started_at: Timestamp,
        /// On a line of ours: when it rang there, and when somebody answered.
        pub rang_at: Option<Timestamp>,
        pub answered_at: Option<Timestamp>,
        pub ended_at: Option<Timestamp>,
        /// Why it ended, as a line of ours said.
        pub result: Option<EndedAs>,
    }
}

kernel::codes! {
    /// Over which telephone.
    pub enum Channel {
        OwnPhone = "own_phone",
        Browser = "browser",
    }
}

/// Over which telephone a call begins.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Over {
    OwnPhone,
    /// A line of this process; for whoever calls us, with the number that the network tells.
    Line {
        line: LineId,
        caller: Option<PhoneNumber>,
    },
}

impl Attempt {
    /// What the rule wants to know of the line.
    #[must_use]
    pub fn line(&self) -> Line {
        match self.channel {
            Channel::OwnPhone => Line::OwnPhone,
            Channel::Browser => Line::Ours { answered: self.answered_at.is_some() },
        }
    }

    #[must_use]
    pub fn is_inbound(&self) -> bool {
        self.direction == "in"
    }
}

/// The latest try under a claim that has no outcome yet.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Option<Attempt>, Error> {
    tx.one(
        "select a.id, a.direction, a.channel, a.ground, a.number, a.started_at, a.rang_at, a.answered_at,
                a.ended_at, a.result
           from attempts a
          where a.claim_id = $1 and not exists (select 1 from outcomes o where o.attempt_id = a.id)
          order by a.id desc limit 1",
        args![claim],
    )
    .await
}

/// Whether a call of this agent goes on, also one of which the outcome was logged already.
pub async fn is_in_call(tx: &mut Tx, agent: UserId) -> Result<bool, Error> {
    let live: i64 = tx
        .value(
            "select count(*) as value from attempts where agent_id = $1 and ended_at is null",
            args![agent],
        )
        .await?;
    Ok(live > 0)
}

/// Why no call began.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refused {
    /// The page was old: the person is no longer on this desk.
    ClaimEnded,
    /// Between offer and call something changed: an objection, a withdrawn consent.
    Blocked(Blocked),
    /// Somebody is calling this number now.
    NumberBusy,
    /// Somebody has this person on the desk.
    OnAnotherDesk { agent: UserId },
    /// The agent has somebody else on the desk.
    DeskNotEmpty,
    /// A call without a ground that we know of.
    NoGround,
    /// An hour or a day at which nobody is called who did not ask for it; when that may be again.
    NotNow { again: Option<DateTime> },
    /// The campaign was paused or ended since.
    CampaignStopped,
    /// The agent speaks with somebody in the browser.
    InCall,
}

/// A call that began.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dialled {
    pub attempt: AttemptId,
    pub started_at: Timestamp,
    /// Whom to dial, if we call.
    pub number: Option<PhoneNumber>,
    pub campaign: Option<CampaignId>,
    /// It was pressed twice: this call began before.
    pub is_again: bool,
}

db::row! {
    struct Number { number: PhoneNumber }
}

/// The number to call: the first that is not known to be wrong, and on which nobody else objected if there is
/// one. A number that the person published to be called on comes before others: on that ground it is the only one.
pub async fn usable_number(tx: &mut Tx, person: PersonId) -> Result<Option<PhoneNumber>, Error> {
    let found: Option<Number> = tx
        .one(
            "select n.number from phones n
              where n.person_id = $1 and n.number is not null and n.unusable_at is null
              order by exists (select 1 from phones n2 join objections o on o.person_id = n2.person_id
                         where n2.number = n.number and n2.person_id <> n.person_id
                           and o.channel = 'phone' and o.withdrawn_at is null),
                       not exists (select 1 from consents s
                         where s.person_id = n.person_id and s.basis = 'published' and s.number = n.number
                           and s.withdrawn_at is null),
                       n.position, n.id limit 1",
            args![person],
        )
        .await?;
    Ok(found.map(|row| row.number))
}

/// Begins a call to the person on the agent's desk. The gate is asked again, now with the number;
/// its ground, rule and version are kept with the try (INV4).
pub async fn dial(
    tx: &mut Tx,
    person: PersonId,
    fence: Fence,
    rules: &GateRules,
    over: Over,
) -> Result<Result<Dialled, Refused>, Error> {
    let now = tx.now();
    let Some(claim) = held(tx, person, fence).await? else {
        return Ok(Err(Refused::ClaimEnded));
    };
    // Pressing twice begins one call.
    if let Some(live) = of_claim(tx, claim.id).await? {
        let Attempt { id: attempt, started_at, number, .. } = live;
        let campaign = claim.campaign_id;
        return Ok(Ok(Dialled { attempt, started_at, number, campaign, is_again: true }));
    }
    let grounds = match grounds::of_claim(tx, &claim, rules).await? {
        Ok(grounds) => grounds,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(number) = usable_number(tx, claim.person_id).await? else {
        return Ok(Err(Refused::Blocked(Blocked::NoNumber)));
    };
    let begun = Begun {
        direction: "out",
        number: Some(number),
        grounds: Some(grounds),
        started_at: now,
        over,
    };
    begin(tx, &claim, begun).await
}

struct Begun {
    direction: &'static str,
    number: Option<PhoneNumber>,
    /// `None`: they called us.
    grounds: Option<Grounds>,
    started_at: Timestamp,
    over: Over,
}

async fn begin(
    tx: &mut Tx,
    claim: &Claim,
    begun: Begun,
) -> Result<Result<Dialled, Refused>, Error> {
    let Begun { direction, number, grounds, started_at, over } = begun;
    let (channel, line) = match over {
        Over::OwnPhone => (Channel::OwnPhone, None),
        Over::Line { line, .. } => (Channel::Browser, Some(line)),
    };
    let (ground, rule, inputs, consent) = match grounds {
        Some(Grounds { ground, rule, inputs, consent }) => {
            (Some(ground), Some(rule), Some(inputs), consent)
        }
        None => (None, None, None, None),
    };
    let (agent, now) = (tx.actor().user, tx.now());
    let attempt = AttemptId(new_id());
    let made = tx
        .execute(
            "insert into attempts (id, claim_id, person_id, agent_id, call_record_id, callback_id, fence,
                                   direction, channel, number, ground, rule, inputs, started_at, line)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             on conflict do nothing",
            args![
                attempt, claim.id, claim.person_id, agent, claim.call_record_id, claim.callback_id,
                claim.fence, direction, channel, number.clone(), ground, rule.as_deref(), inputs, started_at, line,
            ],
        )
        .await?;
    if made == 0 {
        return Ok(Err(Refused::NumberBusy));
    }
    make_busy(tx, claim).await?;
    if let Some(consent) = consent {
        people::permission::used(tx, consent).await?;
    }
    if let Some(record) = claim.call_record_id {
        tx.execute(
            "update call_records set state = 'in_attempt', changed_at = $1 where id = $2",
            args![now, record],
        )
        .await?;
    }
    tx.execute(
        "update notes set attempt_id = $1 where claim_id = $2 and attempt_id is null",
        args![attempt, claim.id],
    )
    .await?;
    let mut event = Event::new(EventKind::AttemptMade, local(now).date())
        .about(claim.person_id)
        .with("direction", Fact::Code(direction))
        .with("channel", Fact::Code(channel.code()))
        .with("attempt", Fact::Number(attempt.0));
    event.call_record = claim.call_record_id;
    event.campaign = claim.campaign_id;
    event.rule = rule;
    activity::record(tx, event).await?;
    if line.is_some() && direction == "in" {
        // Whoever calls us is spoken to as soon as somebody answers.
        super::line::answered(tx, attempt).await?;
    }
    let campaign = claim.campaign_id;
    Ok(Ok(Dialled { attempt, started_at, number, campaign, is_again: false }))
}

/// Somebody who is in contact with us outside a list.
#[derive(Clone, Debug)]
pub struct Inbound {
    pub person: PersonId,
    /// `None`: they called us, which needs no ground.
    pub outbound: Option<Grounds>,
    pub started_at: Timestamp,
    pub lease: SignedDuration,
    pub over: Over,
}

/// Puts a person on the desk and begins the call at once: somebody rings, or is called from the file.
pub async fn ring_in(
    tx: &mut Tx,
    call: Inbound,
) -> Result<Result<(Claim, Dialled), Refused>, Error> {
    let Inbound { person, outbound, started_at, lease, over } = call;
    let agent = tx.actor().user;
    crate::claim::release_expired(tx).await?;
    if let Some(claim) = of_agent(tx, agent).await? {
        if claim.person_id != person || claim.busy {
            return Ok(Err(Refused::DeskNotEmpty));
        }
        // The person on the desk is the one who rings: the same claim goes on.
        return begin_outside(tx, claim, outbound, started_at, over).await;
    }
    // An open promise or record of this person is what the call is about.
    let about = open_matter(tx, person).await?;
    let taken =
        Taken { person, record: about.record, callback: about.callback, campaign: about.campaign };
    let Some(claim) = take(tx, taken, lease).await? else {
        let agent = of_person(tx, person).await?.map_or(UserId(0), |claim| claim.agent_id);
        return Ok(Err(Refused::OnAnotherDesk { agent }));
    };
    begin_outside(tx, claim, outbound, started_at, over).await
}

async fn begin_outside(
    tx: &mut Tx,
    claim: Claim,
    outbound: Option<Grounds>,
    started_at: Timestamp,
    over: Over,
) -> Result<Result<(Claim, Dialled), Refused>, Error> {
    let number = match (&outbound, &over) {
        (Some(_), _) => usable_number(tx, claim.person_id).await?,
        (None, Over::Line { caller, .. }) => caller.clone(),
        (None, Over::OwnPhone) => None,
    };
    let direction = if outbound.is_some() { "out" } else { "in" };
    let begun = Begun { direction, number, grounds: outbound, started_at, over };
    Ok(begin(tx, &claim, begun).await?.map(|dialled| (claim, dialled)))
}

#[derive(Default)]
pub(super) struct Matter {
    record: Option<CallRecordId>,
    pub(super) callback: Option<kernel::CallbackId>,
    campaign: Option<kernel::CampaignId>,
}

db::row! {
    struct PromiseRow {
        id: kernel::CallbackId,
        call_record_id: Option<CallRecordId>,
        campaign_id: Option<kernel::CampaignId>,
    }
}

/// A promise to this person that is open: whoever rings first, it is kept by this call.
pub(super) async fn open_matter(tx: &mut Tx, person: PersonId) -> Result<Matter, Error> {
    let promise: Option<PromiseRow> = tx
        .one(
            "select b.id, b.call_record_id, r.campaign_id
               from callbacks b left join call_records r on r.id = b.call_record_id
              where b.person_id = $1 and b.ended_at is null order by b.until_at limit 1",
            args![person],
        )
        .await?;
    Ok(promise.map_or_else(Matter::default, |row| Matter {
        record: row.call_record_id,
        callback: Some(row.id),
        campaign: row.campaign_id,
    }))
}

/// What became of hanging up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// Its outcome is due.
    Done,
    /// The page was old.
    Old,
    /// A line of ours ends when it does: hang up there.
    OnALine,
}

/// The agent says that the call on an own telephone ended.
pub async fn end(tx: &mut Tx, person: PersonId, fence: Fence) -> Result<Ended, Error> {
    let now = tx.now();
    let Some(claim) = held(tx, person, fence).await? else {
        return Ok(Ended::Old);
    };
    let Some(attempt) = of_claim(tx, claim.id).await? else { return Ok(Ended::Old) };
    if attempt.ended_at.is_some() {
        return Ok(Ended::Done);
    }
    if attempt.channel == Channel::Browser {
        return Ok(Ended::OnALine);
    }
    tx.change_one(
        "update attempts set ended_at = $1 where id = $2 and ended_at is null",
        args![now, attempt.id],
    )
    .await?;
    if let Some(record) = claim.call_record_id {
        tx.execute(
            "update call_records set state = 'outcome_due', changed_at = $1
              where id = $2 and state = 'in_attempt'",
            args![now, record],
        )
        .await?;
    }
    let mut event = Event::new(EventKind::CallEnded, local(now).date()).about(claim.person_id);
    event.call_record = claim.call_record_id;
    event.campaign = claim.campaign_id;
    activity::record(tx, call_ended(event, attempt.started_at, now)).await?;
    Ok(Ended::Done)
}

/// Says afterwards when a call ended that was logged as a whole.
pub(crate) async fn end_at(
    tx: &mut Tx,
    attempt: AttemptId,
    ended_at: Timestamp,
) -> Result<(), Error> {
    tx.change_one(
        "update attempts set ended_at = $1 where id = $2 and ended_at is null",
        args![ended_at, attempt],
    )
    .await
}

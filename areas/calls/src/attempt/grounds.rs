//! What a call by us rests on: asked when it is offered and again when it begins, and kept with the try (INV4).

use calls_rules::gate::{Blocked, Ground, Passed, Request};
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{CallRecordId, CallbackId, CampaignId, ConsentId, PersonId, local};

use super::store::Refused;
use crate::campaign::{self, Judged, Promise, Purpose, judge_person, judge_record};
use crate::claim::Claim;
use crate::settings::GateRules;

/// The ground of one call, by which rule it counted, and what was known of the person then.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grounds {
    pub ground: Ground,
    /// Row of the matrix and version of its rule: `P4 permission.p4@2026-07-01`.
    pub rule: String,
    /// JSON, for whoever asks later why this call was made.
    pub inputs: String,
    /// The consent that was used, if it was one.
    pub consent: Option<ConsentId>,
}

/// What the call to the person on the desk rests on, at this moment.
pub(super) async fn of_claim(
    tx: &mut Tx,
    claim: &Claim,
    rules: &GateRules,
) -> Result<Result<Grounds, Refused>, Error> {
    let now = tx.now();
    if let Some(callback) = claim.callback_id {
        return of_promise(tx, claim.person_id, callback, rules).await;
    }
    match claim.call_record_id.zip(claim.campaign_id) {
        Some((record, campaign)) => of_record(tx, record, campaign, now, rules).await,
        None => of_person(tx, claim.person_id, now, rules).await,
    }
}

/// Somebody from a list: the gate, and whether the campaign still calls at this moment.
async fn of_record(
    tx: &mut Tx,
    record: CallRecordId,
    campaign: CampaignId,
    at: Timestamp,
    rules: &GateRules,
) -> Result<Result<Grounds, Refused>, Error> {
    let campaign = campaign::by_id(tx, campaign, None).await?.ok_or(Error::Raced)?;
    if campaign.state != campaign::State::Active {
        return Ok(Err(Refused::CampaignStopped));
    }
    let judged = judge_record(tx, record, rules).await?.ok_or(Error::Raced)?;
    let closed = rules.hours.closed_for(campaign.ground, campaign.own(), local(at).datetime());
    Ok(allowed(judged, at, rules)
        .and_then(|grounds| closed.map(|()| grounds).map_err(|again| Refused::NotNow { again })))
}

/// The ground of the list from which somebody is on the desk; a promise has its own.
pub async fn campaign_ground(tx: &mut Tx, claim: &Claim) -> Result<Option<Ground>, Error> {
    let Some(campaign) = claim.campaign_id.filter(|_| claim.callback_id.is_none()) else {
        return Ok(None);
    };
    tx.value("select max(ground) as value from campaigns where id = $1", args![campaign]).await
}

db::row! {
    struct Promised {
        purpose: Purpose,
        ground: Option<Ground>,
        words: Option<String>,
        made_at: Timestamp,
        from_at: Timestamp,
    }
}

/// Keeping a promise. With the person's own yes it is a call that was asked for, at the time that was asked
/// for or later (domain facts §3.4, `call.exception_hours`); without, or earlier, it needs the ground that
/// the talk had in which it was proposed.
pub(crate) async fn of_promise(
    tx: &mut Tx,
    person: PersonId,
    callback: CallbackId,
    rules: &GateRules,
) -> Result<Result<Grounds, Refused>, Error> {
    let at = tx.now();
    let promised: Promised = tx
        .one(
            "select b.purpose, c.ground, b.words, b.made_at, b.from_at
               from callbacks b
               left join call_records r on r.id = b.call_record_id
               left join campaigns c on c.id = r.campaign_id
              where b.id = $1",
            args![callback],
        )
        .await?
        .ok_or(Error::Raced)?;
    let Promised { purpose, ground, words, made_at, from_at } = promised;
    let own_yes = words.is_some_and(|words| !words.trim().is_empty());
    let from = from_at - rules.promise_early;
    if own_yes && from <= at {
        let asked = Promise::Asked(Request { asked_at: made_at, from });
        let judged = judge_person(tx, person, Ground::RequestedCall, purpose, asked, rules).await?;
        return Ok(allowed(judged, at, rules));
    }
    // A call that was asked for was answered by the talk in which this was proposed.
    let grounds = match ground {
        Some(ground) if ground != Ground::RequestedCall => &[ground][..],
        _ => &[Ground::Service, Ground::Consent, Ground::LegalPerson, Ground::Exception],
    };
    let found = first_of(tx, person, grounds, purpose, Promise::Proposed, at, rules).await?;
    Ok(match found {
        Err(Refused::Blocked(Blocked::NoGround)) if own_yes => {
            Err(Refused::NotNow { again: Some(local(from_at).datetime()) })
        }
        found => found,
    })
}

/// Somebody who is called from the file: a promise first, then as asked for, as a member, or by consent.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    at: Timestamp,
    rules: &GateRules,
) -> Result<Result<Grounds, Refused>, Error> {
    if let Some(callback) = super::store::open_matter(tx, person).await?.callback {
        return of_promise(tx, person, callback, rules).await;
    }
    let grounds = [
        Ground::RequestedCall,
        Ground::Service,
        Ground::Consent,
        Ground::LegalPerson,
        Ground::Exception,
    ];
    first_of(tx, person, &grounds, crate::desk::OUTSIDE, Promise::None, at, rules).await
}

/// The first ground that holds now; else the refusal that says most.
async fn first_of(
    tx: &mut Tx,
    person: PersonId,
    grounds: &[Ground],
    purpose: Purpose,
    promise: Promise,
    at: Timestamp,
    rules: &GateRules,
) -> Result<Result<Grounds, Refused>, Error> {
    let mut refused = Refused::Blocked(Blocked::NoGround);
    for ground in grounds {
        let purpose = if *ground == Ground::Service { Purpose::Service } else { purpose };
        let judged = judge_person(tx, person, *ground, purpose, promise, rules).await?;
        match allowed(judged, at, rules) {
            Ok(grounds) => return Ok(Ok(grounds)),
            Err(Refused::Blocked(Blocked::NoGround)) => {}
            Err(why) => refused = why,
        }
    }
    Ok(Err(refused))
}

/// A verdict as what a call rests on, if it may begin at this moment.
fn allowed(judged: Judged, at: Timestamp, rules: &GateRules) -> Result<Grounds, Refused> {
    let Judged { record: _, facts, verdict } = judged;
    let Passed { row, evidence, proof, rule, from } =
        verdict.map_err(|refusal| Refused::Blocked(refusal.why))?;
    let ground = facts.ground;
    if let Some(from) = from.filter(|from| *from > at) {
        return Err(Refused::NotNow { again: Some(local(from).datetime()) });
    }
    rules.hours.closed(ground, local(at).datetime()).map_err(|again| Refused::NotNow { again })?;
    let inputs = serde_json::json!({
        "standing": facts.standing.code(),
        "evidence": evidence.code(),
        "proof": proof.map(|id| id.to_string()),
        "objection": facts.objection.map(|at| at.to_string()),
        "asked_at": facts.request.map(|request| request.asked_at.to_string()),
        "at_legal_person": facts.at_legal_person,
        "budget_until": facts.budget_until.map(|at| at.to_string()),
        "hours": rules.hours.rule,
    });
    Ok(Grounds {
        ground,
        rule: format!("{row} {rule}"),
        inputs: inputs.to_string(),
        consent: (evidence == calls_rules::gate::Evidence::Consent)
            .then(|| proof.map(ConsentId))
            .flatten(),
    })
}

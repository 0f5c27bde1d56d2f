use db::{Error, Tx, args, new_id};
use kernel::{Event, Fact};
use serde_json::{Map, Value as Json};

use crate::count;

/// Writes one line of the log and moves the counters with it. Nothing else writes either.
pub async fn record(tx: &mut Tx, mut event: Event) -> Result<(), Error> {
    let actor = tx.actor();
    let (actor_kind, actor_id) = (actor.kind, actor.user);
    event.team = event.team.or(actor.team);
    let (counted, keys) = (count::counted(&event), count::keys(&event, actor_id));
    let Event {
        kind,
        day,
        person,
        organisation,
        call_record,
        campaign,
        team,
        rule,
        amount,
        payload,
    } = event;
    let payload: Map<String, Json> =
        payload.into_iter().map(|(name, fact)| (name.to_owned(), json(fact))).collect();
    let now = tx.now();
    tx.change_one(
        "insert into events (id, at, day, kind, actor_kind, actor_id, person_id, organisation_id,
                             call_record_id, campaign_id, team_id, rule, amount, payload)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            new_id(),
            now,
            day,
            kind,
            actor_kind,
            actor_id,
            person,
            organisation,
            call_record,
            campaign,
            team,
            rule,
            amount,
            Json::Object(payload).to_string(),
        ],
    )
    .await?;

    for (dim, key) in keys {
        for counted in &counted {
            if let Some(key) = key {
                count::add(tx, dim, key, day, counted).await?;
            }
        }
    }
    tx.announce();
    Ok(())
}

fn json(fact: Fact) -> Json {
    match fact {
        Fact::Code(code) => code.into(),
        Fact::Number(number) => number.into(),
        Fact::Day(day) => day.to_string().into(),
    }
}

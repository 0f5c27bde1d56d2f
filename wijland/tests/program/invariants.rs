//! What the tables themselves refuse, whatever a program does (state machines §4.5). What no constraint can hold is
//! tested where it happens: INV5 to INV7 in `permission`, INV10 and INV11 in `promises`, INV12 and INV13 in `calling`,
//! INV16 in `presence`, INV20 in `team`, INV21 in `commands::killed`, INV22 in `month`.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::on_each_engine;

/// Each statement does what an invariant forbids to the one call that is open.
const BREAKS: [(&str, &str); 12] = [
    (
        "INV1: a person on two desks",
        "insert into claims (id, person_id, agent_id, fence, claimed_at, lease_until_at, busy)
         select 1, c.person_id, (select max(u.id) from users u where u.id <> c.agent_id), c.fence + 1, c.claimed_at,
                c.lease_until_at, c.busy from claims c where c.released_at is null",
    ),
    (
        "INV3: an agent with two people on the desk",
        "insert into claims (id, person_id, agent_id, fence, claimed_at, lease_until_at, busy)
         select 1, (select max(p.id) from people p where p.id <> c.person_id), c.agent_id, 99, c.claimed_at,
                c.lease_until_at, c.busy from claims c where c.released_at is null",
    ),
    (
        "INV3: an agent in two calls",
        "insert into attempts (id, person_id, agent_id, direction, channel, started_at)
         select 1, person_id, agent_id, 'in', channel, started_at from attempts where ended_at is null",
    ),
    (
        "INV2: a number that two call at once",
        "insert into attempts (id, person_id, agent_id, direction, channel, number, ground, rule, inputs, started_at)
         select 1, a.person_id, (select max(u.id) from users u where u.id <> a.agent_id), a.direction, a.channel,
                a.number, a.ground, a.rule, a.inputs, a.started_at from attempts a where a.ended_at is null",
    ),
    (
        "INV4: a call by us that rests on nothing",
        "insert into attempts (id, person_id, agent_id, direction, channel, ground, rule, started_at, ended_at)
         select 1, person_id, agent_id, direction, channel, ground, rule, started_at, started_at
           from attempts where ended_at is null",
    ),
    (
        "INV8: two promises for one purpose",
        "insert into callbacks (id, person_id, purpose, owner_id, due_on, from_time, until_time, zone, from_at, until_at,
                                check_at, tries, made_by, made_at, moves)
         select 1, person_id, purpose, owner_id, due_on, from_time, until_time, zone, from_at, until_at, check_at, 0,
                made_by, made_at, 0 from callbacks where id = (select min(id) from callbacks where ended_at is null)",
    ),
    (
        "INV9: a promise of nobody",
        "update callbacks set owner_id = null, team_id = null where ended_at is null",
    ),
    ("INV9: a promise that nobody looks at", "update callbacks set check_at = null where ended_at is null"),
    ("INV15: an outcome that is changed", "update outcomes set kind = 'joined'"),
    (
        "INV15: an outcome that is corrected twice",
        "insert into outcomes (id, attempt_id, corrects_id, kind, logged_by, logged_at, reason)
         select 1, attempt_id, corrects_id, kind, logged_by, logged_at, reason from outcomes
          where corrects_id is not null",
    ),
    (
        "INV15: a promise that ended twice",
        "update callbacks set ended_as = 'kept' where ended_at is not null",
    ),
    ("INV15: a choice that is changed", "update outcome_choices set label_nl = 'x' where nr = 1"),
];

#[tokio::test]
async fn what_must_never_be_is_refused_by_the_tables() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let noor = world.program("noor").await;
        // An outcome that was corrected, a promise that ended, a call that is open.
        let person = world.person("1840227").await;
        let rang = json!({"direction": "in", "person": person.to_string(), "outcome": "joined"});
        let call = noor.post("/calls", &rang).await.json()["id"].as_str().unwrap().to_owned();
        let right = [("outcome", "retained"), ("why", "wrong_key")];
        let address = format!("/leden/{person}/gesprekken/{call}/corrigeer");
        let corrected = world.browser("noor").await.post(&address, &right).await;
        assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", corrected.text);
        let promise =
            noor.get("/callbacks").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        noor.patch(&format!("/callbacks/{promise}"), &json!({"state": "cancelled"})).await;
        let next = noor.post("/call-records/next", &json!({})).await.json();
        let attempts = format!("/call-records/{}/attempts", next["id"].as_str().unwrap());
        let dial = json!({"fence": next["fence"], "channel": "own_phone"});
        assert_eq!(noor.post(&attempts, &dial).await.status, StatusCode::CREATED);
        for (what, statement) in BREAKS {
            let broken = world
                .db
                .write(kernel::Actor::SYSTEM, async |tx| tx.execute(statement, db::args![]).await)
                .await;
            let refused = broken.expect_err(what).to_string();
            // Refused by the table, not because the statement is wrong.
            assert!(
                ["there already", "constraint", "INV"]
                    .iter()
                    .any(|word| refused.to_lowercase().contains(&word.to_lowercase())),
                "{what}: {refused}"
            );
        }
    })
    .await;
}

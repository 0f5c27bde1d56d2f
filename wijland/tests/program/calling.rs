//! Nobody is given out twice, nobody is lost, nobody is called who may not be.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use db::{Bulk, args, new_id};
use jiff::SignedDuration;
use kernel::{Actor, PersonId, UserId};
use serde_json::{Value, json};

use crate::harness::{Program, World, on_each_empty_engine, on_each_engine};

async fn next(program: &Program<'_>) -> Option<Value> {
    let answer = program.post("/call-records/next", &json!({})).await;
    match answer.status {
        StatusCode::OK => Some(answer.json()),
        StatusCode::NO_CONTENT => None,
        other => panic!("{other}: {}", answer.text),
    }
}

async fn finish(program: &Program<'_>, next: &Value, outcome: &str) {
    let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
    let begun = program
        .post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"}))
        .await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
    let logged =
        program.post(&path("outcome"), &json!({"fence": next["fence"], "outcome": outcome})).await;
    assert_eq!(logged.status, StatusCode::OK, "{}", logged.text);
}

#[tokio::test]
async fn who_asked_to_be_called_comes_at_the_hour_that_was_asked() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        let arslan = world.person("W-1001").await.to_string();
        // At 8:20 there is nobody: she asked for half past eight, and lists are silent until nine.
        assert_eq!(next(&noor).await, None);
        let mut desk = world.browser("noor").await;
        desk.get("/werkplek?gedaan=niemand").await.shows("verder op di 24 november om 9:00");
        world.clock("08:31");
        let second = next(&noor).await.unwrap();
        assert_eq!(second["person"]["id"], arslan.as_str());
        assert_eq!(second["ground"], "requested_call");
        let reason = second["reason"].as_str().unwrap();
        assert!(reason.contains("brochure Werkdruk"), "{reason}");
        // Asked again, the same.
        assert_eq!(next(&noor).await.unwrap()["fence"], second["fence"]);
    })
    .await;
}

#[tokio::test]
async fn without_the_tick_nobody_is_offered_and_the_list_says_why() {
    on_each_engine(async |world| {
        let ingrid = world.program("ingrid").await;
        let campaigns = ingrid.get("/campaigns").await.json();
        let asked = campaigns["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["ground"] == "requested_call")
            .unwrap();
        let funnel = ingrid
            .get(&format!("/campaigns/{}/funnel", asked["id"].as_str().unwrap()))
            .await
            .json();
        let counts =
            ["people", "no_ground", "promised", "later"].map(|name| funnel[name].as_i64().unwrap());
        assert_eq!(counts, [5, 2, 2, 1], "{funnel}");
    })
    .await;
}

#[tokio::test]
async fn an_objection_works_at_once() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        // One agent has somebody on the desk; that person objects by another way.
        let on_desk = next(&noor).await.unwrap();
        let person = on_desk["person"]["id"].as_str().unwrap();
        let mut browser = world.browser("marit").await;
        let objected = browser.post(&format!("/leden/{person}/bezwaar"), &[]).await;
        assert_eq!(objected.status, StatusCode::SEE_OTHER, "{}", objected.text);
        let path = format!("/call-records/{}/attempts", on_desk["id"].as_str().unwrap());
        let refused =
            noor.post(&path, &json!({"fence": on_desk["fence"], "channel": "own_phone"})).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert_eq!(refused.json()["type"], "urn:wijland:problem:blocked");
        // And nobody is offered this person again.
        for _ in 0..45 {
            let Some(other) = next(&marit).await else { break };
            assert_ne!(other["person"]["id"], person);
            finish(&marit, &other, "not_interested").await;
        }
    })
    .await;
}

#[tokio::test]
async fn on_a_day_of_mourning_only_those_who_asked_are_called() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        let campaigns = world.program("ingrid").await.get("/campaigns").await.json();
        let of_ground = |ground: &str| {
            let all = campaigns["items"].as_array().unwrap();
            let one = all.iter().find(|campaign| campaign["ground"] == ground).unwrap();
            json!({"campaign": one["id"]})
        };
        let by_consent = noor.post("/call-records/next", &of_ground("consent")).await.json();
        let mut anna = world.browser("anna").await;
        let day = [
            ("day", "2026-11-24"),
            ("name", "Dag van nationale rouw"),
            ("outbound", "ja"),
            ("source", "Besluit van het kabinet"),
        ];
        assert_eq!(anna.post("/beheer/kalender", &day).await.status, StatusCode::SEE_OTHER);

        // Who is on the desk already is not called either.
        let path = format!("/call-records/{}/attempts", by_consent["id"].as_str().unwrap());
        let begun = json!({"fence": by_consent["fence"], "channel": "own_phone"});
        let refused = noor.post(&path, &begun).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert_eq!(refused.json()["type"], "urn:wijland:problem:not-now");
        let form = [
            ("person", by_consent["person"]["id"].as_str().unwrap().to_owned()),
            ("fence", by_consent["fence"].to_string()),
        ];
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut desk = world.browser("noor").await;
        desk.post("/werkplek/bel", &form)
            .await
            .shows("De andere lijsten gaan verder op wo 25 november om 9:00");

        let nobody = marit.post("/call-records/next", &of_ground("consent")).await;
        assert_eq!(nobody.status, StatusCode::NO_CONTENT);
        let asked = marit.post("/call-records/next", &of_ground("requested_call")).await.json();
        let path = format!("/call-records/{}/attempts", asked["id"].as_str().unwrap());
        let begun = json!({"fence": asked["fence"], "channel": "own_phone"});
        assert_eq!(marit.post(&path, &begun).await.status, StatusCode::CREATED);

        anna.post("/beheer/kalender/2026-11-24/weg", &[]).await;
        let path = format!("/call-records/{}/attempts", by_consent["id"].as_str().unwrap());
        let begun = json!({"fence": by_consent["fence"], "channel": "own_phone"});
        assert_eq!(noor.post(&path, &begun).await.status, StatusCode::CREATED);
        let named = world
            .count("select count(*) as value from events where rule = 'calendar@2026-11-24'")
            .await;
        assert_eq!(named, 2, "the log says which day was changed");
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_ended_gives_the_person_back_and_the_old_page_is_refused() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        let hers = next(&noor).await.unwrap();
        world.clock("09:00");
        let now_marits = next(&marit).await.unwrap();
        assert_eq!(now_marits["person"]["id"], hers["person"]["id"], "first in the list again");
        assert!(now_marits["fence"].as_i64() > hers["fence"].as_i64());
        let path = format!("/call-records/{}/attempts", hers["id"].as_str().unwrap());
        let late = noor.post(&path, &json!({"fence": hers["fence"], "channel": "own_phone"})).await;
        assert_eq!(
            (late.status, late.json()["type"].clone()),
            (StatusCode::CONFLICT, json!("urn:wijland:problem:old-fence"))
        );
        // It counts with her who missed it, whoever found out; with its cause.
        for (who, missed) in [(&noor, 1), (&marit, 0)] {
            let day = who.get("/days/2026-11-24/summary").await.json();
            assert_eq!(day["missed_offers"], missed, "{day}");
        }
        let cause = "select cast(sum(n) as bigint) as value from rollup_day where kind = 'missed.page_closed' and dim = 'user'";
        assert_eq!(world.count(cause).await, 1);
        world.browser("noor").await.get("/mijn-dag").await.shows("1 aanbod gemist");
        let recounted =
            world.db.read(kernel::Actor::SYSTEM, async |tx| activity::recount(tx).await).await;
        assert_eq!(recounted.unwrap().differences, 0);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_not_finished_stays_on_its_desk() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let noor = world.program("noor").await;
        let hers = next(&noor).await.unwrap();
        let path = |what: &str| format!("/call-records/{}/{what}", hers["id"].as_str().unwrap());
        noor.post(&path("attempts"), &json!({"fence": hers["fence"], "channel": "own_phone"}))
            .await;
        noor.post(&path("hang-up"), &json!({"fence": hers["fence"]})).await;
        // Lunch, a meeting, a crash: whatever it was, the outcome is still asked for.
        world.clock("11:00");
        assert_eq!(next(&noor).await.unwrap()["fence"], hers["fence"]);
        let logged = noor
            .post(&path("outcome"), &json!({"fence": hers["fence"], "outcome": "not_interested"}))
            .await;
        assert_eq!(logged.status, StatusCode::OK, "{}", logged.text);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_true_is_not_logged() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let noor = world.program("noor").await;
        let hers = next(&noor).await.unwrap();
        let path = |what: &str| format!("/call-records/{}/{what}", hers["id"].as_str().unwrap());
        noor.post(&path("attempts"), &json!({"fence": hers["fence"], "channel": "own_phone"}))
            .await;
        world.clock("08:53");
        let no_answer = noor
            .post(&path("outcome"), &json!({"fence": hers["fence"], "outcome": "no_answer"}))
            .await;
        assert_eq!(
            no_answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a call of five minutes was answered: {}",
            no_answer.text
        );
        let nonsense =
            noor.post(&path("outcome"), &json!({"fence": hers["fence"], "outcome": "klaar"})).await;
        assert_eq!(nonsense.json()["field"], "outcome");
        // Nothing was lost by the two refusals.
        let right = noor
            .post(&path("outcome"), &json!({"fence": hers["fence"], "outcome": "not_interested"}))
            .await;
        assert_eq!(right.status, StatusCode::OK, "{}", right.text);
    })
    .await;
}

/// People, all of them members with a number, in three campaigns of everybody.
async fn many(world: &World, people: usize) {
    let file = world.file("many.csv", {
        let mut out = Vec::new();
        let today = "2026-11-24".parse().unwrap();
        let wish = import::synthetic::Wish {
            kind: import_rules::columns::Kind::Persons,
            rows: people as u64,
            seed: 3,
            today,
            owners: &[],
        };
        import::synthetic::write(wish, &mut out).unwrap();
        out
    });
    crate::imports::take_in(world, "persons", &file).await;
    let team: i64 =
        world.count("select min(team_id) as value from users where team_id is not null").await;
    world
        .db
        .write(Actor::SYSTEM, async |tx| {
            let ids: Vec<Row> = tx.all("select id from people order by id", args![]).await?;
            let now = tx.now();
            // A membership without dates: everybody may be called about it today.
            tx.execute("update memberships set starts_on = null, ends_on = null", args![]).await?;
            for _ in 0..CAMPAIGNS {
                let campaign = new_id();
                tx.execute(
                    "insert into campaigns (id, name, ground, purpose, state, source, priority, team_id, made_by, made_at)
                     values ($1, 'Alle leden', 'service', 'service', 'active', '{}', 0, $2, 0, $3)",
                    args![campaign, team, now],
                )
                .await?;
                let mut records = Bulk::new(
                    "insert into call_records (id, campaign_id, person_id, state, priority, tries, skips, changed_at) values",
                    "",
                );
                for row in &ids {
                    records.push(args![new_id(), campaign, row.id, "waiting", 0_i64, 0_i64, 0_i64, now]);
                }
                records.write(tx).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await
        .unwrap();
}

db::row! {
    struct Row { id: PersonId }
}

/// Campaigns that share all their people.
const CAMPAIGNS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_agents_at_once_get_everybody_once_in_each_campaign() {
    const AGENTS: u32 = 200;
    const PEOPLE: usize = 1_000;

    on_each_empty_engine(async |world| {
        world.clock("10:00");
        many(&world, PEOPLE).await;
        let team =
            world.count("select min(team_id) as value from users where team_id is not null").await;
        let rules = calls::gate_rules(&world.app.rulebook(), world.app.now().date()).unwrap();
        let mut agents = Vec::new();
        for nr in 0..AGENTS {
            let user = access::users::NewUser {
                login: format!("agent{nr}"),
                email: format!("agent{nr}@werkbond.example"),
                name: format!("Agent {nr}"),
                first_name: "Agent".into(),
                password_hash: "-".into(),
                roles: kernel::Roles::new([kernel::Role::Agent]),
                team: Some(kernel::TeamId(team)),
                language: texts::Language::Dutch,
            };
            agents.push(
                world
                    .db
                    .write(Actor::SYSTEM, async |tx| access::users::add_user(tx, user).await)
                    .await
                    .unwrap(),
            );
        }
        let work = agents.into_iter().map(|agent| {
            let (db, rules) = (world.db.clone(), rules.clone());
            tokio::spawn(async move {
                let mut mine = Vec::new();
                while let Some(person) = claim_and_finish(&db, agent, team, &rules).await {
                    mine.push(person);
                }
                mine
            })
        });
        let mut all = Vec::new();
        for agent in work.collect::<Vec<_>>() {
            all.extend(agent.await.unwrap());
        }
        let different: BTreeSet<PersonId> = all.iter().copied().collect();
        assert_eq!(different.len(), PEOPLE, "somebody was lost");
        assert_eq!(all.len(), PEOPLE * CAMPAIGNS, "somebody was given twice in one campaign");
        let done =
            world.count("select count(*) as value from call_records where state = 'done'").await;
        assert_eq!(usize::try_from(done).unwrap(), PEOPLE * CAMPAIGNS);
        // Nobody was on two desks: whoever was claimed again had been let go before.
        let fences =
            "select count(*) as value from (select person_id from claims group by person_id
                        having max(fence) <> count(*)) as wrong";
        assert_eq!(world.count(fences).await, 0);
    })
    .await;
}

/// The next person of one agent, called and done with. Another process may have been faster: then again.
async fn claim_and_finish(
    db: &db::Db,
    agent: UserId,
    team: i64,
    rules: &calls::GateRules,
) -> Option<PersonId> {
    let actor = Actor { team: Some(kernel::TeamId(team)), ..Actor::user(agent) };
    let asked = calls::claim::Asked {
        team: actor.team,
        campaign: None,
        lease: SignedDuration::from_mins(5),
    };
    loop {
        let claimed =
            db.write(actor.clone(), async |tx| calls::claim::next(tx, asked, rules).await).await;
        let claim = match claimed {
            Ok(Some(claim)) => claim,
            Ok(None) => {
                let left: i64 = db
                    .read(Actor::SYSTEM, async |tx| {
                        tx.value(
                            "select count(*) as value from call_records where state <> 'done'",
                            args![],
                        )
                        .await
                    })
                    .await
                    .unwrap();
                if left == 0 {
                    return None;
                }
                tokio::task::yield_now().await;
                continue;
            }
            Err(error) if error.is_passing() => continue,
            Err(error) => panic!("{error}"),
        };
        // Done by hand, so that this test is about the claim and nothing else.
        let finished: Result<(), db::Error> = db
            .write(actor.clone(), async |tx| {
                tx.change_one(
                    "update call_records set state = 'done' where id = $1 and state = 'claimed'",
                    args![claim.call_record_id],
                )
                .await?;
                let now = tx.now();
                tx.change_one(
                    "update claims set released_at = $1, released_as = 'done' where id = $2 and released_at is null",
                    args![now, claim.id],
                )
                .await
            })
            .await;
        finished.unwrap();
        return Some(claim.person_id);
    }
}

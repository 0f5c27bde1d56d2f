//! A campaign: who is meant, in which order they come, when and how often.

use axum::http::StatusCode;
use kernel::EventId;
use serde_json::{Value, json};

use crate::harness::{Program, World, on_each_empty_engine, on_each_engine};

const PEOPLE: &str = "\
extern_id;lidnummer;achternaam;geboortedatum;mobiel;sector;werkgever;woonplaats;interesse;lid_sinds;lid_tot
A;;Aa;2000-11-24;0612007001;Zorg;De Linde;Apeldoorn;Werkdruk;;
B;;Bee;1999-11-24;0612007002;Zorg;De Linde;Ede;;;
C;;Cee;1960-01-01;0612007003;Metaal;Gieterij;Ede;;;
;4004;Dee;1990-01-01;0612007004;Metaal;gieterij;ede;;2010-01-01;
;4005;Ee;1990-01-01;0612007005;Bouw;;;;2010-01-01;2025-12-31
";

async fn people(world: &World) {
    let file = world.file("mensen.csv", PEOPLE);
    crate::imports::take_in(world, "persons", &file).await;
    let mut consents = String::from("extern_id;lidnummer;doel;kanaal;grond;datum;tekst;herkomst\n");
    for (external, number) in [("A", ""), ("B", ""), ("C", ""), ("", "4004"), ("", "4005")] {
        consents +=
            &format!("{external};{number};werving;telefoon;toestemming;2026-09-01;Ja;web\n");
    }
    let file = world.file("ja.csv", consents);
    crate::imports::take_in(world, "consents", &file).await;
}

async fn made(ingrid: &Program<'_>, body: Value) -> Value {
    let made = ingrid.post("/campaigns", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()
}

async fn funnel(ingrid: &Program<'_>, campaign: &Value) -> Value {
    let id = campaign["id"].as_str().unwrap();
    ingrid.get(&format!("/campaigns/{id}/funnel")).await.json()
}

#[tokio::test]
async fn each_condition_means_what_it_says() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        people(&world).await;
        let mut lead = world.browser("ingrid").await;
        let file = world.file(
            "vragen.csv",
            "extern_id;soort;onderwerp;datum;herkomst\nB;vraag;Cao;2026-11-01;web\n",
        );
        crate::imports::take_in(&world, "contacts", &file).await;
        for (fields, expected) in [
            ("", "Aa Bee Cee Dee Ee"),
            ("status=member", "Dee"),
            ("status=former", "Ee"),
            ("status=none", "Aa Bee Cee"),
            ("sector=Metaal", "Cee Dee"),
            ("sector=Metaal,+Bouw", "Cee Dee Ee"),
            ("employer=Gieterij", "Cee Dee"),
            ("town=Ede", "Bee Cee Dee"),
            ("interest=Werkdruk", "Aa"),
            ("interest=Cao", "Bee"),
            // Birthdays count to the day: A becomes 26 today, B becomes 27.
            ("age_from=26&age_until=26", "Aa"),
            ("age_from=27", "Bee Cee Dee Ee"),
            ("age_until=26", "Aa"),
            ("quiet_months=3", "Aa Cee Dee Ee"),
            ("sector=Zorg&town=Ede", "Bee"),
        ] {
            let page = lead.get(&format!("/campagnes/wie?{fields}")).await;
            let found: Vec<&str> = ["Aa", "Bee", "Cee", "Dee", "Ee"]
                .into_iter()
                .filter(|name| page.text.contains(&format!("{name}<")))
                .collect();
            assert_eq!(found.join(" "), expected, "{fields}: {}", page.text);
        }
        lead.get("/campagnes/wie?age_from=40&age_until=30").await.shows("de laagste eerst");
        lead.get("/campagnes/wie").await.shows("Dit zijn 5 mensen");
        // With a ground it says how many may be called: nobody asked for a call, all allowed one.
        let callable = |n: i64| format!("Van de eerste 5 mogen er nu {n} gebeld worden");
        lead.get("/campagnes/wie?ground=requested_call").await.shows(&callable(0));
        lead.get("/campagnes/wie?ground=consent").await.shows(&callable(5));
        // A frozen list of nobody is a mistake.
        let nobody = [
            ("name", "Niemand"),
            ("ground", "consent"),
            ("source", "filter"),
            ("town", "Nergenshuizen"),
        ];
        lead.post("/campagnes", &nobody).await.shows("Deze voorwaarden bedoelen niemand.");
        let some = [
            ("name", "Ede"),
            ("ground", "consent"),
            ("source", "filter"),
            ("town", "Ede"),
            ("sector", "Metaal"),
        ];
        assert_eq!(lead.post("/campagnes", &some).await.status, StatusCode::SEE_OTHER);
        let id = world.count("select max(id) as value from campaigns").await;
        let page = lead.get(&format!("/campagnes/{id}")).await;
        page.shows("Sector: Metaal. Woonplaats: Ede.");
        let ended = lead.post(&format!("/campagnes/{id}/stand"), &[("state", "ended")]).await;
        lead.get(ended.location()).await.shows("Beëindigd.");
    })
    .await;
}

#[tokio::test]
async fn a_living_list_follows_its_conditions_and_a_frozen_one_does_not() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        people(&world).await;
        let ingrid = world.program("ingrid").await;
        let filter = json!({"town": "Ede"});
        let body = |living: bool| {
            json!({"name": "Ede", "ground": "consent",
            "source": {"kind": "filter", "filter": filter, "living": living}})
        };
        let (living, frozen) = (made(&ingrid, body(true)).await, made(&ingrid, body(false)).await);
        assert_eq!(funnel(&ingrid, &living).await["people"], 3);
        // A moves to Ede, C moves away; an import tells so.
        let moved = "extern_id;achternaam;woonplaats\nA;Aa;Ede\nC;Cee;Zwolle\n";
        let file = world.file("verhuisd.csv", moved);
        crate::imports::take_in(&world, "persons", &file).await;
        calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        let now = funnel(&ingrid, &living).await;
        assert_eq!(
            (now["people"].as_i64(), now["withdrawn"].as_i64()),
            (Some(4), Some(1)),
            "{now}"
        );
        assert_eq!(funnel(&ingrid, &frozen).await["people"], 3);
        // Whom the team lead has to look at stays with her, whatever the conditions say.
        let skipped = async |tx: &mut db::Tx| {
            let sql = "update call_records set state = 'blocked', blocked_why = 'skipped'
                where person_id in (select id from people where external_id = 'B')";
            tx.execute(sql, db::args![]).await
        };
        world.db.write(kernel::Actor::SYSTEM, skipped).await.unwrap();
        let file = world.file("weg.csv", "extern_id;achternaam;woonplaats\nB;Bee;Zwolle\n");
        crate::imports::take_in(&world, "persons", &file).await;
        calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        let now = funnel(&ingrid, &living).await;
        assert_eq!(
            (now["skipped"].as_i64(), now["withdrawn"].as_i64()),
            (Some(1), Some(1)),
            "{now}"
        );
        // Back again.
        let file = world.file("terug.csv", "extern_id;achternaam;woonplaats\nC;Cee;Ede\n");
        crate::imports::take_in(&world, "persons", &file).await;
        calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        assert_eq!(funnel(&ingrid, &living).await["withdrawn"], 0);
    })
    .await;
}

#[tokio::test]
async fn who_asked_something_lately_comes_first_and_the_card_says_why() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        people(&world).await;
        let contacts = "extern_id;lidnummer;soort;onderwerp;datum;herkomst\n;4004;brochure;Pensioen;2026-11-10;website\nC;;bijeenkomst;Congres;2026-11-15;Ede\n";
        let file = world.file("vroeg.csv", contacts);
        crate::imports::take_in(&world, "contacts", &file).await;
        let (ingrid, noor) = (world.program("ingrid").await, world.program("noor").await);
        let list = made(&ingrid, json!({"name": "Allen", "ground": "consent",
            "source": {"kind": "filter", "filter": {}}, "settings": {"opening": "Fijn dat u opneemt!"}})).await;
        let mut order = Vec::new();
        for minute in 0..5 {
            world.clock(&format!("10:0{minute}"));
            let next = noor.post("/call-records/next", &json!({"campaign": list["id"]})).await.json();
            order.push(next["person"]["name"].as_str().unwrap().to_owned());
            if minute == 0 {
                let mut desk = world.browser("noor").await;
                let page = desk.get("/werkplek").await;
                page.shows("Waarom nu: vroeg kort geleden iets");
                page.shows("Fijn dat u opneemt!");
            }
            let skip = format!("/call-records/{}/skip", next["id"].as_str().unwrap());
            noor.post(&skip, &json!({"fence": next["fence"], "reason": "not_now"})).await;
        }
        assert!(order[0].contains("Dee") && order[1].contains("Cee"), "{order:?}");
    })
    .await;
}

#[tokio::test]
async fn a_campaign_keeps_its_own_days_hours_and_tries() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        people(&world).await;
        let (ingrid, noor) = (world.program("ingrid").await, world.program("noor").await);
        let body = json!({"name": "Avond", "ground": "consent", "source": {"kind": "filter", "filter": {"town": "Apeldoorn"}},
            "settings": {"from": "18:00", "until": "21:00", "tries_max": 1, "ends_on": "2026-11-25"}});
        let list = made(&ingrid, body).await;
        assert_eq!(list["settings"]["from"], "18:00");
        let ask = json!({"campaign": list["id"]});
        assert_eq!(noor.post("/call-records/next", &ask).await.status, StatusCode::NO_CONTENT);
        let before = funnel(&ingrid, &list).await;
        assert_eq!((before["later"].as_i64(), before["opens_at"].as_str()), (Some(1), Some("2026-11-24T17:00:00Z")));
        world.clock("18:00");
        let next = noor.post("/call-records/next", &ask).await.json();
        let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
        // Taken at the last minute, dialled after it; or when the campaign was paused meanwhile.
        let dial = json!({"fence": next["fence"], "channel": "own_phone"});
        world.clock("21:01");
        let late = noor.post(&path("attempts"), &dial).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        assert!(late.text.contains("not-now") && late.text.contains("2026-11-25T18:00"), "{}", late.text);
        world.clock("18:01");
        let campaign = format!("/campaigns/{}", list["id"].as_str().unwrap());
        ingrid.patch(&campaign, &json!({"status": "paused"})).await;
        let stopped = noor.post(&path("attempts"), &dial).await;
        assert!(stopped.text.contains("campaign-stopped"), "{}", stopped.text);
        world.browser("noor").await.get("/werkplek").await.shows("Aa");
        ingrid.patch(&campaign, &json!({"status": "active"})).await;
        noor.post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"})).await;
        noor.post(&path("outcome"), &json!({"fence": next["fence"], "outcome": "no_answer"})).await;
        assert_eq!(funnel(&ingrid, &list).await["exhausted"], 1, "one try, says the campaign");

        // Changed by hand, with a mistake first; what was typed stays.
        let id = list["id"].as_str().unwrap();
        let mut lead = world.browser("ingrid").await;
        let wrong = [("name", "Avond"), ("from", "21:00"), ("until", "18:00"), ("tries_max", "2")];
        let again = lead.post(&format!("/campagnes/{id}"), &wrong).await;
        again.shows("de vroegste eerst");
        again.shows("value=\"21:00\"");
        let right = [("name", "Avonden"), ("from", "17:00"), ("until", "21:00"), ("priority", "1")];
        let changed = lead.post(&format!("/campagnes/{id}"), &right).await;
        lead.get(changed.location()).await.shows("Het geldt vanaf het volgende gesprek.");
        let all = ingrid.get("/campaigns").await.json();
        assert_eq!(all["items"][0]["settings"]["priority"], 1);
        assert_eq!(all["items"][0]["name"], "Avonden");
        let quieter = json!({"status": "paused", "settings": {"priority": -1}});
        let patched = ingrid.patch(&format!("/campaigns/{id}"), &quieter).await.json();
        assert_eq!((patched["status"].as_str(), patched["settings"]["priority"].as_i64()), (Some("paused"), Some(-1)));
        assert_eq!(patched["settings"]["from"], Value::Null, "all settings are given at once");
        assert_eq!(patched["name"], "Avonden");
        let noors = noor.patch(&format!("/campaigns/{id}"), &quieter).await;
        assert_eq!(noors.status, StatusCode::FORBIDDEN);
        let refused = ingrid
            .post("/campaigns", &json!({"name": "x", "ground": "consent", "source": {"kind": "filter", "filter": {}}, "settings": {"tries_max": 0}}))
            .await;
        assert_eq!(refused.json()["field"], "tries_max", "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn whom_a_colleague_spoke_to_a_few_days_ago_is_said_before_the_call() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        let person = world.person("W-1101").await.to_string();
        let rang = json!({"direction": "in", "person": person, "outcome": "not_interested"});
        assert_eq!(marit.post("/calls", &rang).await.status, StatusCode::CREATED);
        world.clock_on("2026-11-26", "10:00");
        // A budget of thirty days would keep this person away: in a service list it is set aside here.
        let mut anna = world.browser("anna").await;
        let outside = [
            ("keuze_consent", "ja"),
            ("valid_from", "2026-11-26"),
            ("source", "proef"),
            ("grade", "D"),
        ];
        anna.post("/beheer/regels/call.budget_outside", &outside).await;
        let mut desk = world.browser("noor").await;
        for _ in 0..40 {
            let next = noor.post("/call-records/next", &json!({})).await;
            if next.status != StatusCode::OK {
                break;
            }
            let next = next.json();
            if next["person"]["id"] == person.as_str() {
                desk.get("/werkplek").await.shows("2 dagen geleden gesproken door Marit");
                return;
            }
            let path =
                |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
            noor.post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"}))
                .await;
            noor.post(
                &path("outcome"),
                &json!({"fence": next["fence"], "outcome": "not_interested"}),
            )
            .await;
        }
        panic!("nobody offered the person to Noor");
    })
    .await;
}

#[tokio::test]
async fn a_campaign_that_a_stopped_program_left_half_full_is_filled_by_the_next() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        people(&world).await;
        let ingrid = world.program("ingrid").await;
        let source = json!({"kind": "filter", "filter": {"town": "Ede"}});
        let list = made(&ingrid, json!({"name": "Ede", "ground": "consent", "source": source})).await;
        let starts = "select count(*) as value from events where kind = 'campaign_started'";
        assert_eq!((funnel(&ingrid, &list).await["people"].as_i64(), world.count(starts).await), (Some(3), 1));
        // As it is in the middle: some are in it, the state is still to come.
        let half = async |tx: &mut db::Tx| {
            tx.execute("delete from call_records where person_id in (select id from people where external_id = 'B')", db::args![]).await?;
            tx.execute("update campaigns set state = 'paused', fills_to = 'active'", db::args![]).await
        };
        world.db.write(kernel::Actor::SYSTEM, half).await.unwrap();
        world.browser("ingrid").await.get("/campagnes").await.shows("wordt gevuld");
        let day = world.app.now().date();
        let rules = calls::gate_rules(&world.app.rulebook(), day).unwrap();
        for _ in 0..2 {
            calls::campaign::complete_begun(&world.app, &rules).await.unwrap();
        }
        assert_eq!((funnel(&ingrid, &list).await["people"].as_i64(), world.count(starts).await), (Some(3), 2));
        assert_eq!(ingrid.get("/campaigns").await.json()["items"][0]["status"], "active");
    })
    .await;
}

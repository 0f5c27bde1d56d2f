//! A promise to call back: on the day that was promised, by whom it was promised, never forgotten.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Program, World, on_each_engine};

async fn promised(
    world: &World,
    program: &Program<'_>,
    key: &str,
    body: Value,
) -> crate::harness::Answer {
    let mut body = body;
    body["person"] = json!(world.person(key).await.to_string());
    program.post("/callbacks", &body).await
}

#[tokio::test]
async fn three_working_days_pass_over_weekends_and_holidays() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        for (today, days, expected) in [
            ("2026-11-24", 3, "2026-11-27"),
            ("2026-11-26", 3, "2026-12-01"),
            // Both Christmas days and a weekend between.
            ("2026-12-23", 3, "2026-12-29"),
            // On Good Friday the office is open, on Easter Monday it is not.
            ("2027-03-26", 3, "2027-04-01"),
        ] {
            world.clock_on(today, "09:00");
            let made =
                promised(&world, &noor, "W-1103", json!({"working_days": days, "owner": "me"}))
                    .await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            assert_eq!(made.json()["due_on"], expected, "{days} working days after {today}");
        }
        // One open promise a person: each replaced the one before.
        assert_eq!(
            world
                .count("select count(*) as value from callbacks where ended_as = 'replaced'")
                .await,
            3
        );
    })
    .await;
}

#[tokio::test]
async fn a_promise_comes_to_its_owner_first_and_to_nobody_else() {
    on_each_engine(async |world| {
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        // Jansen, 9:15, is Noor's.
        world.clock("09:16");
        let jansen = world.person("W-1004").await.to_string();
        for _ in 0..3 {
            let other = marit.post("/call-records/next", &json!({})).await.json();
            assert_ne!(other["person"]["id"], jansen.as_str());
            let skip = format!("/call-records/{}/skip", other["id"].as_str().unwrap());
            marit.post(&skip, &json!({"fence": other["fence"], "reason": "not_now"})).await;
        }
        let first = noor.post("/call-records/next", &json!({})).await.json();
        assert_eq!(
            (first["kind"].as_str(), first["person"]["id"].as_str()),
            (Some("callback"), Some(jansen.as_str()))
        );
    })
    .await;
}

#[tokio::test]
async fn the_ladder_brings_a_forgotten_promise_to_the_team() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        world.clock_on("2026-11-25", "09:00");
        let mine = noor.get("/callbacks").await.json();
        let states: Vec<&str> = mine["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|callback| callback["state"].as_str().unwrap())
            .collect();
        assert_eq!(states, vec!["overdue"; 5], "nothing of yesterday is gone");
    })
    .await;
}

#[tokio::test]
async fn not_reached_is_tried_again_and_reached_is_kept() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        world.clock("09:16");
        let jansen = noor.post("/call-records/next", &json!({})).await.json();
        let path = |what: &str| format!("/call-records/{}/{what}", jansen["id"].as_str().unwrap());
        noor.post(&path("attempts"), &json!({"fence": jansen["fence"], "channel": "own_phone"}))
            .await;
        let tried = noor
            .post(&path("outcome"), &json!({"fence": jansen["fence"], "outcome": "no_answer"}))
            .await;
        assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
        let still = noor.get("/callbacks").await.json();
        let state = |list: &Value, person: &Value| {
            list["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|c| c["person"] == *person)
                .map(|c| c["state"].clone())
        };
        assert_eq!(state(&still, &jansen["person"]["id"]), Some(json!("retrying")));
        let summary = noor.get("/days/2026-11-24/summary").await.json();
        assert_eq!(
            (summary["callbacks_due"].as_i64(), summary["callbacks_kept"].as_i64()),
            (Some(5), Some(0))
        );

        world.clock("11:45");
        loop {
            let next = noor.post("/call-records/next", &json!({})).await.json();
            let path =
                |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
            noor.post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"}))
                .await;
            let outcome = json!({"fence": next["fence"], "outcome": "not_interested"});
            assert_eq!(noor.post(&path("outcome"), &outcome).await.status, StatusCode::OK);
            if next["person"]["id"] == jansen["person"]["id"] {
                break;
            }
        }
        let after = noor.get("/callbacks").await.json();
        assert_eq!(state(&after, &jansen["person"]["id"]), None, "kept");
        let kept =
            world.count("select count(*) as value from callbacks where ended_as = 'kept'").await;
        let summary = noor.get("/days/2026-11-24/summary").await.json();
        assert_eq!(summary["callbacks_kept"].as_i64(), Some(kept));
    })
    .await;
}

#[tokio::test]
async fn a_promise_can_be_moved_given_away_and_cancelled() {
    on_each_engine(async |world| {
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        let mine = noor.get("/callbacks").await.json();
        let first = mine["items"][0]["id"].as_str().unwrap().to_owned();
        let marits_id = world.count("select id as value from users where login = 'marit'").await.to_string();
        let moved = noor
            .patch(&format!("/callbacks/{first}"), &json!({"date": "2026-11-26", "from": "14:00", "until": "15:00", "owner": marits_id}))
            .await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
        assert_eq!(marit.get("/callbacks").await.json()["items"].as_array().unwrap().len(), 1);

        let weekend = marit.patch(&format!("/callbacks/{first}"), &json!({"date": "2026-11-29", "owner": "me"})).await;
        assert_eq!(weekend.status, StatusCode::UNPROCESSABLE_ENTITY, "a Sunday: {}", weekend.text);
        let past = marit.patch(&format!("/callbacks/{first}"), &json!({"date": "2026-11-23", "owner": "me"})).await;
        assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY, "yesterday: {}", past.text);

        let gone = marit.patch(&format!("/callbacks/{first}"), &json!({"state": "cancelled"})).await;
        assert_eq!(gone.json()["state"], "cancelled");
        let again = marit.patch(&format!("/callbacks/{first}"), &json!({"state": "cancelled"})).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_desk_makes_the_same_promise_with_a_form() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let mut noor = world.browser("noor").await;
        noor.post("/werkplek/volgende", &[]).await;
        let desk = noor.get("/werkplek").await;
        desk.shows("Mevrouw S. Arslan");
        desk.shows("brochure Werkdruk");
        let person = desk.between("name=\"person\" value=\"", "\"").to_owned();
        let fence = desk.between("name=\"fence\" value=\"", "\"").to_owned();
        let about = [("person", person.as_str()), ("fence", fence.as_str())];
        noor.post("/werkplek/bel", &about).await;
        noor.post("/werkplek/notitie", &[about[0], about[1], ("note", "Werkt in wijkteam Noord")])
            .await;
        let outcome = [
            about[0],
            about[1],
            ("outcome", "callback"),
            ("note", "Werkt in wijkteam Noord"),
            ("day", "3"),
            ("time", "ochtend"),
            ("owner", "ik"),
            ("warmth", "warm"),
            ("words", "Vrijdagochtend is goed"),
        ];
        let saved = noor.post("/werkplek/uitkomst", &outcome).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let list = noor.get("/terugbellen").await;
        list.shows("vr 27 nov");
        list.shows("Vrijdagochtend is goed");

        // The same page once more, with a wrong day: what was typed stays.
        let late = noor.post("/werkplek/uitkomst", &outcome).await;
        assert!(late.status.is_client_error() || late.status.is_redirection(), "{}", late.status);
        noor.get(&format!("/leden/{person}")).await.shows("Werkt in wijkteam Noord");
    })
    .await;
}

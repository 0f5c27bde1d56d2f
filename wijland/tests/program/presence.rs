//! What somebody chose, and what becomes of it: lunch after the call, a closed lid, the paid hours.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::on_each_engine;

#[tokio::test]
async fn what_is_chosen_in_a_call_begins_after_it() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let noor = world.program("noor").await;
        noor.put("/presence", &json!({"intent": "available", "place": "home"})).await;
        let next = noor.post("/call-records/next", &json!({})).await.json();
        let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
        noor.post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"}))
            .await;

        let chosen = noor.put("/presence", &json!({"intent": "lunch"})).await.json();
        assert_eq!(
            (chosen["intent"].as_str(), chosen["pending_intent"].as_str()),
            (Some("available"), Some("lunch"))
        );
        // The last choice wins, and it can be taken back.
        let changed = noor.put("/presence", &json!({"intent": "break"})).await.json();
        assert_eq!(changed["pending_intent"], "break");
        let taken_back = noor.put("/presence", &json!({"intent": "available"})).await.json();
        assert!(taken_back["pending_intent"].is_null());
        noor.put("/presence", &json!({"intent": "lunch"})).await;

        world.clock("08:55");
        noor.post(&path("outcome"), &json!({"fence": next["fence"], "outcome": "not_interested"}))
            .await;
        let team = noor.get("/presence").await.json();
        let own = team["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|mate| mate["name"] == "Noor Bakker")
            .unwrap();
        assert_eq!((own["intent"].as_str(), own["place"].as_str()), (Some("lunch"), Some("home")));
        assert_eq!(
            noor.post("/call-records/next", &json!({})).await.status,
            StatusCode::NO_CONTENT
        );

        world.clock("09:25");
        noor.put("/presence", &json!({"intent": "available"})).await;
        world.clock("10:00");
        let day = noor.get("/days/2026-11-24/summary").await.json();
        // From 8:48 to 10:00, half an hour of it lunch.
        assert_eq!(day["seconds_by_intent"], json!({"available": 42 * 60, "lunch": 30 * 60}));
        assert_eq!(day["paid_seconds"], 42 * 60);
    })
    .await;
}

#[tokio::test]
async fn signing_in_and_out_begins_and_ends_the_day() {
    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        noor.get("/werkplek").await.shows("Beschikbaar");
        world.clock("12:00");
        noor.post("/status", &[("intent", "lunch")]).await;
        world.clock("12:30");
        noor.post("/status", &[("intent", "available")]).await;
        world.clock("16:00");
        noor.post("/uitloggen", &[]).await;
        let day = world.program("noor").await.get("/days/2026-11-24/summary").await.json();
        assert_eq!(day["paid_seconds"], 7 * 3600, "{day}");
        // Signed in at 8:20, while the lines open at 8:30: that is another figure.
        assert_eq!(day["seconds_by_intent"]["available"], (7 * 60 + 10) * 60);
    })
    .await;
}

#[tokio::test]
async fn a_closed_lid_signs_off_from_when_it_was_closed() {
    use access::presence::{sign_off, watched};
    use kernel::Actor;

    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        // What an open page does by itself.
        world.clock("15:58");
        noor.looks_on().await;
        world.clock("16:40");
        let seen = world.db.read(Actor::SYSTEM, async |tx| watched(tx).await).await.unwrap();
        assert_eq!(seen.len(), 1);
        let off = async |gone| {
            world
                .db
                .write(Actor::SYSTEM, async |tx| sign_off(tx, gone, "test").await)
                .await
                .unwrap()
        };
        assert!(off(seen[0]).await);
        assert!(!off(seen[0]).await, "once");
        let program = world.program("noor").await;
        let day = program.get("/days/2026-11-24/summary").await.json();
        assert_eq!(day["paid_seconds"], (7 * 60 + 28) * 60, "from 8:30 to 15:58: {day}");

        // Who works through the API has no lid, and who is in a call stays.
        program.put("/presence", &json!({"intent": "available"})).await;
        assert_eq!(
            world.db.read(Actor::SYSTEM, async |tx| watched(tx).await).await.unwrap().len(),
            0
        );
        noor.looks_on().await;
        let next = program.post("/call-records/next", &json!({})).await.json();
        let path = format!("/call-records/{}/attempts", next["id"].as_str().unwrap());
        program.post(&path, &json!({"fence": next["fence"], "channel": "own_phone"})).await;
        let seen = world.db.read(Actor::SYSTEM, async |tx| watched(tx).await).await.unwrap();
        assert!(!off(seen[0]).await, "a call waits for its outcome");
    })
    .await;
}

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

#[tokio::test]
async fn a_lost_line_is_measured_without_gap_and_ends_with_the_working_day() {
    on_each_engine(async |world| {
        world.clock("09:00");
        let mut noor = world.browser("noor").await;
        let ingrid = world.program("ingrid").await;
        let noors = world.count("select id as value from users where login = 'noor'").await;
        let connection = async || {
            let team = ingrid.get("/presence").await.json();
            let items = team["items"].as_array().unwrap();
            items.iter().find(|mate| mate["name"] == "Noor Bakker").unwrap()["connection"].clone()
        };
        assert_eq!(connection().await, "ok");
        let user = kernel::UserId(noors);
        let hers = kernel::Actor { user, ..kernel::Actor::SYSTEM };
        let seen = async || {
            world.db.write(hers.clone(), async |tx| access::presence::seen(tx).await).await.unwrap();
        };
        let lost = async || {
            let watched = async |tx: &mut db::Tx| access::presence::watched(tx).await;
            let silent = world.db.read(kernel::Actor::SYSTEM, watched).await.unwrap();
            let hers = silent.into_iter().find(|silent| silent.user_id == user).unwrap();
            let lose = async |tx: &mut db::Tx| access::presence::lose(tx, hers).await;
            world.db.write(kernel::Actor::SYSTEM, lose).await.unwrap()
        };
        world.clock("09:10");
        seen().await;
        world.clock("09:12");
        assert!(lost().await);
        assert!(!lost().await, "once");
        assert_eq!(connection().await, "lost");
        world.browser("ingrid").await.get("/team/bord").await.shows("beschikbaar, geen verbinding");
        world.clock("09:20");
        seen().await;
        assert_eq!(connection().await, "ok");
        world.clock("09:30");
        noor.post("/uitloggen", &[]).await;
        assert!(connection().await.is_null());
        // From coming to going, each minute once (INV16): ten well, ten lost, ten well.
        db::row! { struct Part { connection: String, minutes: i64 } }
        let parts: Vec<Part> = world
            .db
            .read(kernel::Actor::SYSTEM, async |tx| {
                tx.all(
                    "select connection, (until_at - from_at) / 60000 as minutes from presence_connections
                      where user_id = $1 order by from_at",
                    db::args![user],
                )
                .await
            })
            .await
            .unwrap();
        let parts: Vec<_> = parts.iter().map(|part| (part.connection.as_str(), part.minutes)).collect();
        assert_eq!(parts, [("ok", 10), ("lost", 10), ("ok", 10)]);
        let gaps = "select count(*) as value from presence_connections a where a.until_at <> 0
            and not exists (select 1 from presence_connections b where b.user_id = a.user_id and b.from_at = a.until_at)";
        assert_eq!(world.count(gaps).await, 1, "only the end of the day is followed by nothing");
    })
    .await;
}

//! Why somebody was called, what came of it, and how a mistake is put right.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::on_each_engine;

#[tokio::test]
async fn a_mistake_is_corrected_by_a_row_that_follows_and_the_figures_go_along() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let noor = world.program("noor").await;
        let person = world.person("1840227").await;
        let call = json!({"direction": "in", "person": person.to_string(), "outcome": "joined"});
        let logged = noor.post("/calls", &call).await.json();
        let attempt = logged["id"].as_str().unwrap();
        let figures = async || {
            let day = noor.get("/days/2026-11-24/summary").await.json();
            let board = noor.get("/team/board").await.json();
            for name in ["new_members", "retained_members", "conversations"] {
                assert_eq!(day[name], board[name], "{name}");
            }
            ["new_members", "retained_members", "conversations"]
                .map(|name| day[name].as_i64().unwrap())
        };
        assert_eq!(figures().await, [1, 0, 1]);
        let address = format!("/leden/{person}/gesprekken/{attempt}/corrigeer");
        let right = [("outcome", "retained"), ("why", "wrong_key")];
        // A colleague's call is not hers to correct.
        let marits = world.browser("marit").await.post(&address, &right).await;
        assert_eq!(marits.status, StatusCode::NOT_FOUND);
        let mut hers = world.browser("noor").await;
        let done = hers.post(&address, &right).await;
        hers.get(done.location()).await.shows("uitkomst gecorrigeerd van Aangemeld naar Behouden");
        assert_eq!(figures().await, [0, 1, 1]);
        // So do the members behind them.
        for (count, n) in [("new_members", 0), ("retained_members", 1)] {
            let behind = noor.get(&format!("/days/2026-11-24/members?count={count}")).await.json();
            assert_eq!((&behind["n"], behind["rows"].as_array().unwrap().len()), (&json!(n), n));
        }
        // The team lead may, the next day as well; the figures of the day of the call follow.
        world.clock_on("2026-11-25", "10:00");
        let lead = [("outcome", "not_interested"), ("why", "checked")];
        let done = world.browser("ingrid").await.post(&address, &lead).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let day = noor.get("/days/2026-11-24/summary").await.json();
        assert_eq!(
            (day["retained_members"].as_i64(), day["conversations"].as_i64()),
            (Some(0), Some(1))
        );
        // A second correction of the same row is refused by the table, not only by whoever was first to look.
        let twice = async |tx: &mut db::Tx| {
            tx.execute(
                "insert into outcomes (id, attempt_id, corrects_id, kind, logged_by, logged_at, reason)
                 select 1, attempt_id, corrects_id, kind, logged_by, logged_at, reason from outcomes
                  where corrects_id is not null",
                db::args![],
            )
            .await
        };
        assert!(world.db.write(kernel::Actor::SYSTEM, twice).await.is_err());
        let cannot = [("outcome", "no_answer"), ("why", "checked")];
        world
            .browser("ingrid")
            .await
            .post(&address, &cannot)
            .await
            .shows("kan hier niet gecorrigeerd worden");
        let rows = "select count(*) as value from outcomes";
        assert_eq!(world.count(rows).await, 3, "nothing was overwritten");
        let recounted = world
            .db
            .read(kernel::Actor::SYSTEM, async |tx| activity::recount(tx).await)
            .await
            .unwrap();
        assert_eq!(recounted.differences, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_why_reads_it_in_plain_words() {
    on_each_engine(async |world| {
        world.clock("10:40");
        let marit = world.program("marit").await;
        let next = marit.post("/call-records/next", &json!({})).await.json();
        let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
        marit
            .post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"}))
            .await;
        let outcome = json!({"fence": next["fence"], "outcome": "no_answer"});
        marit.post(&path("outcome"), &outcome).await;
        let person = next["person"]["id"].as_str().unwrap();
        let page = world.browser("ingrid").await.get(&format!("/leden/{person}/gesprekken")).await;
        page.shows("Marit Hoekstra: Geen gehoor");
        page.shows("permission.p");
        page.shows("Kwam op het bureau van Marit Hoekstra.");
        page.shows("retry.no_answer@2026-01-01");
        page.shows("Rust tot");
        page.hides("calls-explain");
        world
            .browser("ingrid")
            .await
            .get(&format!("/leden/{person}"))
            .await
            .shows("Marit Hoekstra: Geen gehoor");
    })
    .await;
}

#[tokio::test]
async fn a_note_is_saved_and_says_what_does_not_belong_in_it() {
    on_each_engine(async |world| {
        world.clock("10:40");
        let next = world.program("marit").await.post("/call-records/next", &json!({})).await.json();
        let mut marit = world.browser("marit").await;
        let person = next["person"]["id"].as_str().unwrap();
        let fence = next["fence"].to_string();
        let save = async |browser: &mut crate::harness::Browser<'_>, note: &str| {
            let form = [("person", person), ("fence", fence.as_str()), ("note", note)];
            browser.post("/werkplek/notitie", &form).await.text
        };
        assert!(!save(&mut marit, "Bel na vijven").await.contains("BSN"));
        assert!(save(&mut marit, "Haar bsn is 111222333").await.contains("Dit lijkt een BSN"));
        assert!(save(&mut marit, "Is lang ziek geweest").await.contains("over gezondheid"));
        let kept = "select count(*) as value from notes where text = 'Is lang ziek geweest'";
        assert_eq!(world.count(kept).await, 1, "nothing that was typed is thrown away");
    })
    .await;
}

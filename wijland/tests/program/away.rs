//! The day's list on a telephone: what it gets, what it brings home, and one that was lost.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Browser, World, on_each_trade_engine};

/// Plans a visit of Joris for tomorrow.
async fn planned_at(world: &World, key: &'static str) -> String {
    let joris = world.program("joris").await;
    let place = world.organisation(key).await;
    let visit = json!({"organisation": place, "planned_on": "2026-11-25"});
    let planned = joris.post("/visits", &visit).await;
    assert_eq!(planned.status, StatusCode::CREATED, "{}", planned.text);
    planned.json()["id"].as_str().unwrap().to_owned()
}

async fn takes_along(browser: &mut Browser<'_>) -> Value {
    let taken = browser.post_json("/onderweg/dag", &json!({"devices": []})).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    taken.json()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// The key of the form of a visit, as it was taken along.
fn key_of(taken: &Value, nr: usize) -> String {
    let html = text(&taken["visits"][nr], "html");
    let rest = html.split("name=\"key\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_telephone_holds_the_day_and_only_the_day() {
    on_each_trade_engine(async |world| {
        let visit = planned_at(&world, "T-11").await;
        let other = world.organisation("T-12").await;
        let joris = world.program("joris").await;
        let later = json!({"organisation": other, "planned_on": "2026-11-26"});
        joris.post("/visits", &later).await;

        let mut browser = world.browser("joris").await;
        let page = browser.get("/onderweg").await;
        page.hides("Bakkerij");
        page.shows("Neem je dag mee");
        let reads = "select count(*) as value from reads where why = 'visit'";
        let before = world.count(reads).await;
        let taken = takes_along(&mut browser).await;
        assert_eq!(taken["visits"].as_array().unwrap().len(), 1);
        assert_eq!(text(&taken["visits"][0], "id"), visit);
        assert!(text(&taken, "list").contains(text(&taken["visits"][0], "place")));
        assert!(world.count(reads).await > before, "who is named on it was read");
        assert_eq!(text(&taken["key"], "secret").len(), 64);
        assert_eq!(taken["key_lasts_s"], 86_400);

        // Refreshed, it keeps its key; without one it gets another, and the one before for what waits.
        let devices = json!([taken["device"]]);
        let refreshed = browser
            .post_json("/onderweg/dag", &json!({"devices": devices, "has_key": true}))
            .await
            .json();
        assert_eq!(refreshed["key"], Value::Null);
        assert_eq!(refreshed["device"], taken["device"]);
        let again = browser.post_json("/onderweg/dag", &json!({"devices": devices})).await.json();
        assert_ne!(again["key"]["secret"], taken["key"]["secret"]);
        assert_eq!(again["old_keys"], json!([taken["key"]]));

        // Another colleague on the same telephone gets neither the list nor the keys.
        let mut kees = world.browser("kees").await;
        let asked = json!({"devices": devices, "has_key": true});
        let his = kees.post_json("/onderweg/dag", &asked).await.json();
        assert_ne!(his["device"], taken["device"]);
        assert_eq!(his["old_keys"], json!([]));
        assert_eq!(his["visits"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_the_road_brings_home_is_there_once() {
    on_each_trade_engine(async |world| {
        let visit = planned_at(&world, "T-11").await;
        let gerrit = world.person("C-11").await.to_string();
        let energy = world.theme("Energie").await;
        let mut browser = world.browser("joris").await;
        let taken = takes_along(&mut browser).await;
        let path = format!("/onderweg/verslag/{visit}");
        let (key, device) = (key_of(&taken, 0), text(&taken, "device").to_owned());
        let mut report = vec![
            ("device", device.as_str()),
            ("key", key.as_str()),
            ("lives", "Dochter neemt het over."),
            ("visited_on", "2026-11-24"),
            ("wish_words", "Subsidie voor de oven?"),
            ("wish_theme", energy.as_str()),
            ("point", "52126000,4656000"),
        ];
        let wrong = browser.post(&path, &report).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text(&wrong.json(), "text").starts_with("Kies wie je sprak."));
        report.push(("spoke", gerrit.as_str()));
        // An answer that was lost on the way: sent again, nothing is there twice.
        for _ in 0..2 {
            let sent = browser.post(&path, &report).await;
            assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
            assert_eq!(sent.json(), json!({"text": "Verslag verstuurd. Het kantoor ziet het nu."}));
        }
        assert_eq!(world.count("select count(*) as value from wishes").await, 1);
        assert_eq!(world.count("select count(*) as value from visit_conflicts").await, 0);
        let stood = "select lat_e6 as value from place_points where source = 'visit'";
        assert_eq!(world.count(stood).await, 52_126_000);

        // A telephone that did not take a visit along brings none home.
        let other = planned_at(&world, "T-12").await;
        report[0].1 = "geen";
        let refused = browser.post(&format!("/onderweg/verslag/{other}"), &report).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        report[0].1 = &device;
        let refused = browser.post(&format!("/onderweg/verslag/{other}"), &report).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_report_survives_what_became_of_its_plan() {
    on_each_trade_engine(async |world| {
        let given = planned_at(&world, "T-11").await;
        let dropped = planned_at(&world, "T-12").await;
        let mut browser = world.browser("joris").await;
        let taken = takes_along(&mut browser).await;
        // Meanwhile the office gives one to a colleague and drops the other.
        let corine = world.program("corine").await;
        let kees = world.user("kees").await;
        corine.patch(&format!("/visits/{given}"), &json!({"visitor": kees})).await;
        let drop = json!({"state": "dropped", "why": "no_need"});
        corine.patch(&format!("/visits/{dropped}"), &drop).await;

        let device = text(&taken, "device").to_owned();
        for (nr, visit) in taken["visits"].as_array().unwrap().iter().enumerate() {
            let person = world.person(if text(visit, "id") == given { "C-11" } else { "C-12" });
            let person = person.await.to_string();
            let key = key_of(&taken, nr);
            let report = [
                ("device", device.as_str()),
                ("key", key.as_str()),
                ("spoke", person.as_str()),
                ("lives", "Was er wel"),
                ("visited_on", "2026-11-24"),
            ];
            let path = format!("/onderweg/verslag/{}", text(visit, "id"));
            for _ in 0..2 {
                let sent = browser.post(&path, &report).await;
                assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
            }
        }
        let own = "select count(*) as value from visits v join visit_fields f on f.visit_id = v.id
                    where f.value = 'Was er wel' and v.state = 'reported'";
        assert_eq!(world.count(own).await, 2, "each report is a visit of its own, once");
        let plan = "select count(*) as value from visits where state = 'planned'";
        assert_eq!(world.count(plan).await, 1, "the colleague's plan stands");
        // That nobody was met at a visit that is over needs no line any more.
        let nobody = [("device", device.as_str()), ("nobody", "closed")];
        let said = browser.post(&format!("/onderweg/verslag/{dropped}"), &nobody).await;
        assert_eq!(said.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_lost_telephone_opens_nothing_any_more() {
    on_each_trade_engine(async |world| {
        let visit = planned_at(&world, "T-11").await;
        let mut phone = world.browser("joris").await;
        let taken = takes_along(&mut phone).await;
        let devices = json!({"devices": [taken["device"]]});
        let kept = phone.post_json("/onderweg/toestel", &devices).await;
        assert_eq!((kept.status, kept.json()), (StatusCode::OK, json!({"gone": []})));
        // A colleague took his day along on the same telephone.
        let mut shared = world.browser("kees").await;
        let his = shared.post_json("/onderweg/dag", &devices).await.json();

        let id = world.count("select min(id) as value from away_devices").await;
        let wipe = format!("/bezoeken/toestellen/{id}/wis");
        let mut kees = world.browser("kees").await;
        kees.get("/bezoeken/toestellen").await.hides("Joris");
        assert_eq!(kees.post(&wipe, &[]).await.status, StatusCode::NOT_FOUND);

        let mut corine = world.browser("corine").await;
        corine.get("/bezoeken/toestellen").await.shows("1 bezoek");
        assert!(corine.post(&wipe, &[]).await.location().contains("gedaan=wis"));
        corine
            .get("/bezoeken/toestellen")
            .await
            .shows("wist zichzelf bij het eerstvolgende contact");
        // Whoever holds it is signed out, and its first contact says what to do.
        let out = phone.post_json("/onderweg/dag", &devices).await;
        assert_eq!(out.status, StatusCode::UNAUTHORIZED);
        let both = json!({"devices": [his["device"], taken["device"]]});
        let said = phone.post_json("/onderweg/toestel", &both).await.json();
        assert_eq!(said, json!({"gone": [taken["device"]]}), "the colleague's part stays");
        assert_eq!(world.count("select count(*) as value from away_keys").await, 1);
        let again = shared.post_json("/onderweg/dag", &both).await;
        assert_eq!((again.status, &again.json()["device"]), (StatusCode::OK, &his["device"]));
        let mut phone = world.browser("joris").await;
        assert_eq!(phone.post_json("/onderweg/dag", &devices).await.status, StatusCode::GONE);
        let report = [("device", text(&taken, "device")), ("nobody", "closed")];
        let sent = phone.post(&format!("/onderweg/verslag/{visit}"), &report).await;
        assert_eq!(sent.status, StatusCode::GONE);
        let emptied = json!({"devices": [taken["device"]], "wiped": true});
        phone.post_json("/onderweg/toestel", &emptied).await;
        corine.get("/bezoeken/toestellen").await.shows("Gewist");
        let said = "select count(*) as value from events where kind = 'device_changed'";
        assert_eq!(world.count(said).await, 5, "taken along, wipe asked, wiped; his twice");
    })
    .await;
}

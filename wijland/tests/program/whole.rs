//! What must hold for the whole: the description of the API, the register of personal data, the log.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{on_each_empty_engine, on_each_engine};

#[test]
fn the_description_of_the_api_is_what_was_agreed() {
    let description = api::description(&wijland::areas("uploads".into()));
    let description = serde_json::to_value(description).unwrap();
    let paths: BTreeSet<&str> =
        description["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    for path in [
        "/people",
        "/people/{id}",
        "/people/{id}/timeline",
        "/organisations",
        "/organisations/{id}",
        "/organisations/{id}/timeline",
        "/memberships",
        "/memberships/{id}",
        "/imports",
        "/imports/{id}",
        "/imports/{id}/undo",
        "/campaigns",
        "/campaigns/{id}/funnel",
        "/call-records/next",
        "/call-records/{id}/attempts",
        "/call-records/{id}/outcome",
        "/calls",
        "/callbacks",
        "/callbacks/{id}",
        "/presence",
        "/days/{date}/summary",
        "/days/{date}/summary.csv",
        "/events",
        "/visits",
        "/wishes",
        "/agreements",
    ] {
        assert!(paths.contains(path), "{path} is missing in {paths:?}");
    }
}

#[test]
fn every_table_about_a_person_is_registered() {
    let registered: BTreeSet<&str> = wijland::areas("uploads".into())
        .iter()
        .flat_map(|area| area.personal_data)
        .map(|data| data.table)
        .collect();
    // The log and the read log are kept without the person by design; see the register.
    let platform = BTreeSet::from(["events", "reads"]);
    let steps = wijland::migrations(&wijland::areas("uploads".into()));
    let mut about_people: BTreeSet<String> = BTreeSet::new();
    for statement in steps.iter().flat_map(|step| step.sql.split(';')) {
        // A statement may stand behind a comment.
        let words = |verb: &str| {
            let rest = statement.split(verb).nth(1)?;
            Some(rest.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        };
        if let Some(words) = words("create table ") {
            about_people
                .extend(words.first().filter(|_| statement.contains("person_id ")).cloned());
        } else if let Some(words) = words("drop table ") {
            about_people.remove(&words[0]);
        } else if let Some([old, _, _, new]) = words("alter table ").as_deref()
            && statement.contains(" rename to ")
            && about_people.remove(old)
        {
            about_people.insert(new.clone());
        }
    }
    assert!(about_people.contains("notes") && about_people.contains("phones"), "{about_people:?}");
    for table in &about_people {
        assert!(
            registered.contains(table.as_str()) || platform.contains(table.as_str()),
            "{table} holds something about a person and no area says what becomes of it"
        );
    }
    // These speak of people in their words, or by an id that may also be an organisation's: without a column that says of whom.
    let in_words = BTreeSet::from(["people", "visit_fields", "visit_conflicts", "figure_members"]);
    for table in registered {
        let known = about_people.contains(table) || in_words.contains(table);
        assert!(known, "{table} is registered and holds nothing about a person");
    }
}

#[tokio::test]
async fn the_same_command_twice_happens_once() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let noor = world.program("noor").await;
        let body = json!({"person": world.person("W-1102").await.to_string(), "working_days": 3, "owner": "me", "words": "graag"});
        let first = noor.post_once("/callbacks", &body, "een").await;
        let second = noor.post_once("/callbacks", &body, "een").await;
        assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", second.text);
        assert_eq!(first.text, second.text);
        assert_eq!(second.headers["idempotency-replayed"], "true");
        assert_eq!(world.count("select count(*) as value from callbacks where ended_at is null").await, 6);

        // The key belongs to that command; it is free again the day after.
        let other = noor.post_once("/call-records/next", &json!({}), "een").await;
        assert_eq!(other.status, StatusCode::CONFLICT);
        world.clock_on("2026-11-26", "09:00");
        let third = noor.post_once("/callbacks", &body, "een").await;
        assert_eq!(third.status, StatusCode::CREATED);
        assert_ne!(first.json()["id"], third.json()["id"]);
    })
    .await;
}

#[tokio::test]
async fn an_error_says_what_to_do_and_nothing_of_a_person() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        let wrong = noor.post("/people", &json!({"last_name": "", "mobile": "06 12"})).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let problem = wrong.json();
        assert_eq!(problem["type"], "urn:wijland:problem:wrong-input");
        assert!(problem["field"].is_string() && problem["detail"].is_string(), "{problem}");
        let unknown = noor.get("/people/1").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        let nowhere = noor.get("/nergens").await;
        assert_eq!(
            (nowhere.status, nowhere.json()["status"].clone()),
            (StatusCode::NOT_FOUND, json!(404))
        );
        let broken = noor.post("/callbacks", &json!({"person": "x"})).await;
        assert_eq!(broken.json()["field"], "person");
    })
    .await;
}

#[tokio::test]
async fn the_log_tells_everything_and_nothing_about_people() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let noor = world.program("noor").await;
        let next = noor.post("/call-records/next", &json!({})).await.json();
        let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
        let fence = next["fence"].clone();
        noor.post(&path("attempts"), &json!({"fence": fence, "channel": "own_phone"})).await;
        let note = "Werkt bij De Linde, leidinggevende heet Joost";
        let outcome = json!({"fence": fence, "outcome": "callback", "note": note,
            "callback": {"working_days": 3, "owner": "me", "words": "Bel me vrijdag", "opening": "Hoe was het?"}});
        let logged = noor.post(&path("outcome"), &outcome).await;
        assert_eq!(logged.status, StatusCode::OK, "{}", logged.text);

        let anna = world.program("anna").await;
        let (mut after, mut all) = (String::from("0"), String::new());
        loop {
            let page = anna.get(&format!("/events?after={after}&limit=50")).await;
            let body = page.json();
            if body["items"].as_array().unwrap().is_empty() {
                break;
            }
            body["next_cursor"].as_str().unwrap().clone_into(&mut after);
            all += &page.text;
        }
        for kind in ["record_claimed", "attempt_made", "outcome_logged", "callback_made", "import_done", "campaign_started"] {
            assert!(all.contains(&format!("\"{kind}\"")), "no {kind} in {all}");
        }
        for private in ["Arslan", "Joost", "Linde", "+31", "vrijdag", "Hoe was", "example"] {
            assert!(!all.contains(private), "{private} stands in the log");
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_installation_says_what_to_do_first() {
    on_each_empty_engine(async |world| {
        let mut noor = world.browser("noor").await;
        noor.get("/leden").await.shows("Er staan nog geen mensen in.");
        let desk = noor.get("/werkplek").await;
        assert_eq!(desk.status, StatusCode::OK);
        desk.shows("Niets beloofd voor vandaag.");
        let next = world.program("noor").await.post("/call-records/next", &json!({})).await;
        assert_eq!(next.status, StatusCode::NO_CONTENT);
    })
    .await;
}

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

async fn look(world: &World) {
    calls::callback::look(&world.app).await.unwrap();
}

/// How a promise to this person stands, as the API says it to a program.
async fn standing(program: &Program<'_>, person: &str) -> (String, String) {
    let list = program.get("/callbacks?show=team").await.json();
    let found =
        list["items"].as_array().unwrap().iter().find(|one| one["person"] == person).cloned();
    let found = found.unwrap_or_else(|| panic!("no promise to {person} in {list}"));
    let text = |name: &str| found[name].as_str().unwrap().to_owned();
    (text("state"), text("level"))
}

#[tokio::test]
async fn a_promise_that_is_left_climbs_to_the_team_and_the_team_lead_and_never_dies() {
    on_each_engine(async |world| {
        let (noor, marit, ingrid) =
            (world.program("noor").await, world.program("marit").await, world.program("ingrid").await);
        let jansen = world.person("W-1004").await.to_string();
        // Promised between 9:15 and 9:45, by Noor, who works but lets it lie.
        world.clock("09:06");
        look(&world).await;
        let near = "select count(*) as value from events where kind = 'callback_near'";
        assert_eq!(world.count(near).await, 1, "ten minutes before");
        noor.get("/callbacks").await;
        let mut desk = world.browser("noor").await;
        desk.get("/werkplek").await.shows("Om 9:15: Dhr. Jansen terugbellen");
        for (time, state, level) in [
            ("09:20", "due", "owner"),
            ("09:59", "overdue", "owner"),
            // Nobody was named to stand in.
            ("10:00", "escalated", "team"),
            ("15:59", "escalated", "team"),
            ("16:00", "escalated", "lead"),
        ] {
            world.clock(time);
            look(&world).await;
            look(&world).await;
            assert_eq!(standing(&noor, &jansen).await, (state.into(), level.into()), "{time}");
        }
        // The next morning it is there still, on top of anybody's next.
        world.clock_on("2026-11-25", "08:30");
        look(&world).await;
        assert_eq!(standing(&ingrid, &jansen).await.1, "lead");
        let told = "select count(*) as value from events where kind = 'callback_climbed' and person_id = ";
        let told = world.count(Box::leak(format!("{told}{jansen}").into_boxed_str())).await;
        assert_eq!(told, 2, "each step is told once");
        let next = marit.post("/call-records/next", &json!({})).await.json();
        assert_eq!(next["kind"], "callback", "{next}");
        assert!(next["reason"].as_str().unwrap().contains("beloofde Noor"), "{next}");

        // Its story can be read.
        let id = world
            .count("select b.id as value from callbacks b join people p on p.id = b.person_id where p.external_id = 'W-1004'")
            .await;
        let page = world.browser("ingrid").await.get(&format!("/terugbellen/{id}")).await;
        page.shows("kreeg bericht dat het bijna tijd is");
        page.shows("Het ging naar het hele team.");
        page.shows("de teamleider moet bellen, verzetten of laten vervallen");
        page.shows("callback.ladder@2026-01-01");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_ill_is_replaced_at_once_and_has_hers_back_when_she_returns() {
    on_each_engine(async |world| {
        let (noor, marit, david) = (
            world.program("noor").await,
            world.program("marit").await,
            world.program("ingrid").await,
        );
        let id = async |login: &'static str| {
            let sql = format!("select id as value from users where login = '{login}'");
            world.count(Box::leak(sql.into_boxed_str())).await.to_string()
        };
        let (noors, marits) = (id("noor").await, id("marit").await);
        let jansen = world.person("W-1004").await.to_string();
        world.clock("08:25");
        let mut lead = world.browser("ingrid").await;
        let ill = [("kind", "sick"), ("from", "2026-11-24"), ("stand_in", marits.as_str())];
        let reported = lead.post(&format!("/rooster/{noors}/afwezig"), &ill).await;
        assert_eq!(reported.status, StatusCode::SEE_OTHER, "{}", reported.text);
        lead.get(reported.location()).await.shows("Er staan nog 5 beloften voor vandaag open.");
        look(&world).await;
        assert_eq!(standing(&david, &jansen).await.1, "owner", "not before its time");
        world.clock("09:15");
        look(&world).await;
        assert_eq!(standing(&david, &jansen).await.1, "stand_in");
        let next = marit.post("/call-records/next", &json!({})).await.json();
        assert_eq!(next["person"]["id"], jansen.as_str());
        let skip = format!("/call-records/{}/skip", next["id"].as_str().unwrap());
        marit.post(&skip, &json!({"fence": next["fence"], "reason": "not_now"})).await;
        // An agent who is not part of it may not end it.
        let mut hers = world.browser("marit").await;
        hers.get("/terugbellen").await.shows("Jansen");

        // Back again: what is open is hers, and comes to her first.
        let absence = world.count("select max(id) as value from absences").await;
        lead.post(&format!("/rooster/{noors}/terug/{absence}"), &[]).await;
        let back = noor.post("/call-records/next", &json!({})).await.json();
        assert_eq!(back["person"]["id"], jansen.as_str());
    })
    .await;
}

#[tokio::test]
async fn shortly_before_an_own_promise_nobody_comes_from_a_list() {
    on_each_engine(async |world| {
        world.clock("09:08");
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        let list = noor.post("/call-records/next", &json!({})).await;
        assert_eq!(list.status, StatusCode::OK);
        let list = list.json();
        let skip = format!("/call-records/{}/skip", list["id"].as_str().unwrap());
        noor.post(&skip, &json!({"fence": list["fence"], "reason": "not_now"})).await;
        world.clock("09:10");
        let none = noor.post("/call-records/next", &json!({})).await;
        assert_eq!(none.status, StatusCode::NO_CONTENT, "{}", none.text);
        let mut desk = world.browser("noor").await;
        desk.get("/werkplek?gedaan=niemand").await.shows("Om 9:15 bel je iemand terug.");
        // A colleague without a promise goes on.
        assert_eq!(marit.post("/call-records/next", &json!({})).await.status, StatusCode::OK);
        world.clock("09:15");
        assert_eq!(noor.post("/call-records/next", &json!({})).await.json()["kind"], "callback");
    })
    .await;
}

#[tokio::test]
async fn what_is_worth_knowing_is_said_before_it_is_promised() {
    on_each_engine(async |world| {
        world.clock("09:00");
        let mut noor = world.browser("noor").await;
        let noors =
            world.count("select id as value from users where login = 'noor'").await.to_string();
        let week = [
            ("ma", "8:30-16:00"),
            ("di", "8:30-16:00"),
            ("wo", "8:30-16:00"),
            ("do", "8:30-16:00"),
        ];
        noor.post(&format!("/rooster/{noors}/week"), &week).await;
        let wrong = noor.post(&format!("/rooster/{noors}/week"), &[("vr", "ochtend")]).await;
        wrong.shows("Schrijf de uren van Vrijdag als 8:30-16:00.");
        // Three working days from Tuesday is a Friday.
        let ask = async |noor: &mut crate::harness::Browser<'_>, day: &str, words: &str| {
            noor.get(&format!("/terugbellen/let-op?day={day}&time=ochtend&owner=ik&words={words}"))
                .await
                .text
        };
        let friday = ask(&mut noor, "3", "ja").await;
        assert!(friday.contains("Kan wel: ma 30 november"), "{friday}");
        assert_eq!(ask(&mut noor, "2", "ja").await, "");
        // Somebody else's roster is not hers to change.
        let marits = world.count("select id as value from users where login = 'marit'").await;
        let other = noor.post(&format!("/rooster/{marits}/week"), &week).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn two_programs_that_look_at_once_tell_each_step_once() {
    on_each_engine(async |world| {
        world.clock("16:30");
        for _ in 0..3 {
            let (one, other) =
                tokio::join!(calls::callback::look(&world.app), calls::callback::look(&world.app));
            // One of two that meet may have to begin again; nothing of it is written.
            assert!(one.is_ok() || other.is_ok());
        }
        look(&world).await;
        let twice = "select count(*) as value from (select person_id from events
            where kind = 'callback_climbed' group by person_id, payload having count(*) > 1) as twice";
        assert_eq!(world.count(twice).await, 0);
        let waits = "select count(*) as value from callbacks where ended_at is null and level = 3";
        assert_eq!(world.count(waits).await, 5);
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
        let elsewhere = noor.post("/call-records/next", &json!({})).await.json();
        assert_ne!(elsewhere["person"]["id"], jansen["person"]["id"], "not again in the morning");
        let skip = format!("/call-records/{}/skip", elsewhere["id"].as_str().unwrap());
        noor.post(&skip, &json!({"fence": elsewhere["fence"], "reason": "not_now"})).await;
        world.clock("13:05");
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

        let stranger = marit.patch(&format!("/callbacks/{first}"), &json!({"date": "2026-11-26", "from": "14:00", "until": "15:00", "owner": "1"})).await;
        assert!(stranger.text.contains("nobody of the team who calls"), "{}", stranger.text);
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

/// The id of a colleague.
async fn user(world: &World, login: &str) -> String {
    let sql = format!("select id as value from users where login = '{login}'");
    world.count(Box::leak(sql.into_boxed_str())).await.to_string()
}

#[tokio::test]
async fn only_a_colleague_of_the_team_who_calls_and_is_there_stands_in() {
    on_each_engine(async |world| {
        world.clock("08:25");
        let noors = user(&world, "noor").await;
        // Anna administers; she is no colleague who calls.
        let (annas, marits) = (user(&world, "anna").await, user(&world, "marit").await);
        let mut lead = world.browser("ingrid").await;
        for (what, more) in [("week", ("ma", "8:30-16:00")), ("afwezig", ("kind", "sick"))] {
            let wrong = [more, ("stand_in", annas.as_str())];
            lead.post(&format!("/rooster/{noors}/{what}"), &wrong)
                .await
                .shows("Kies als vervanger een collega uit het team die belt.");
        }
        assert_eq!(world.count("select count(*) as value from absences").await, 0);
        let week = [("ma", "8:30-16:00"), ("di", "8:30-16:00"), ("stand_in", marits.as_str())];
        lead.post(&format!("/rooster/{noors}/week"), &week).await;
        let at = "2026-11-24T09:15:00".parse().unwrap();
        let stand_in = async || {
            let day = "2026-11-24".parse().unwrap();
            let read = async |tx: &mut db::Tx| access::roster::load(tx, day).await;
            let roster = world.db.read(kernel::Actor::SYSTEM, read).await.unwrap();
            roster.stand_in(noors.parse().unwrap(), at)
        };
        assert_eq!(stand_in().await, marits.parse().ok());
        // Her account ends: nobody stands in any more.
        let ended = async |tx: &mut db::Tx| {
            let sql = "update users set ended_at = $1 where login = 'marit'";
            tx.execute(sql, db::args![tx.now()]).await
        };
        world.db.write(kernel::Actor::SYSTEM, ended).await.unwrap();
        assert_eq!(stand_in().await, None);
    })
    .await;
}

#[tokio::test]
async fn a_promise_that_may_not_be_kept_is_not_offered_and_one_passed_by_goes_to_a_colleague() {
    on_each_engine(async |world| {
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        let jansen = world.person("W-1004").await;
        world.clock("09:20");
        let next = noor.post("/call-records/next", &json!({})).await.json();
        assert_eq!(next["person"]["id"], jansen.to_string());
        let skip = async |who: &Program<'_>, next: &Value| {
            let path = format!("/call-records/{}/skip", next["id"].as_str().unwrap());
            who.post(&path, &json!({"fence": next["fence"], "reason": "not_now"})).await;
        };
        skip(&noor, &next).await;
        let other = noor.post("/call-records/next", &json!({})).await.json();
        assert_ne!(other["person"]["id"], jansen.to_string(), "she just passed it by");
        skip(&noor, &other).await;
        world.clock("09:31");
        let back = noor.post("/call-records/next", &json!({})).await.json();
        assert_eq!(back["person"]["id"], jansen.to_string(), "it did not go away");
        skip(&noor, &back).await;
        // Nobody can be called without a number: it stays on the list, and climbs.
        let no_number = async |tx: &mut db::Tx| {
            let sql = "update phones set unusable_at = $1, unusable_why = 'wrong_number' where person_id = $2";
            tx.execute(sql, db::args![tx.now(), jansen]).await
        };
        world.db.write(kernel::Actor::SYSTEM, no_number).await.unwrap();
        world.clock("10:10");
        look(&world).await;
        assert_eq!(standing(&noor, &jansen.to_string()).await.1, "team");
        for who in [&noor, &marit] {
            let next = who.post("/call-records/next", &json!({})).await.json();
            assert_ne!(next["person"]["id"], jansen.to_string());
        }
        // A number again: asked at once, not only when the half hour is over.
        let number = async |tx: &mut db::Tx| {
            let sql = "update phones set unusable_at = null, unusable_why = null where person_id = $1";
            tx.execute(sql, db::args![jansen]).await?;
            let event = kernel::Event::new(kernel::EventKind::PersonChanged, "2026-11-24".parse().unwrap());
            activity::record(tx, event.about(kernel::PersonId(jansen))).await
        };
        world.db.write(kernel::Actor::SYSTEM, number).await.unwrap();
        calls::campaign::rejudge_since(&world.app, kernel::EventId(0)).await.unwrap();
        let ingrid = world.program("ingrid").await;
        let next = ingrid.post("/call-records/next", &json!({})).await.json();
        assert_eq!(next["person"]["id"], jansen.to_string());
    })
    .await;
}

#[tokio::test]
async fn a_promise_that_replaces_another_takes_over_the_call_record_and_says_so() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let noor = world.program("noor").await;
        let next = noor.post("/call-records/next", &json!({})).await.json();
        let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
        noor.post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"}))
            .await;
        let promised = json!({"fence": next["fence"], "outcome": "callback",
            "callback": {"working_days": 3, "owner": "me", "words": "Ja, vrijdag"}});
        noor.post(&path("outcome"), &promised).await;
        let person = next["person"]["id"].as_str().unwrap();
        let waits = format!(
            "select count(*) as value from call_records r join callbacks b on b.call_record_id = r.id
              where r.state = 'promised' and b.ended_at is null and b.person_id = {person}"
        );
        let waits: &'static str = Box::leak(waits.into_boxed_str());
        assert_eq!(world.count(waits).await, 1);
        let earlier = json!({"person": person, "working_days": 2, "owner": "me", "words": "Toch donderdag"});
        let made = noor.post("/callbacks", &earlier).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(world.count(waits).await, 1, "the record waits for the new one");
        let replaced = "select count(*) as value from events where kind = 'callback_ended' and payload like '%replaced%'";
        assert_eq!(world.count(replaced).await, 1);
        let old = format!("select id as value from callbacks where ended_as = 'replaced' and person_id = {person}");
        let old = world.count(Box::leak(old.into_boxed_str())).await;
        let story = world.browser("noor").await.get(&format!("/terugbellen/{old}")).await;
        story.shows("maakte een nieuwe afspraak in plaats van deze");
    })
    .await;
}

#[tokio::test]
async fn whom_nobody_reached_is_written_to_by_the_team_when_the_owner_is_gone() {
    on_each_engine(async |world| {
        world.clock("09:20");
        let noor = world.program("noor").await;
        let jansen = world.person("W-1004").await.to_string();
        for time in ["09:20", "13:05", "15:30"] {
            world.clock(time);
            let mine = noor.get("/callbacks").await.json();
            let promise = mine["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["person"] == jansen.as_str());
            let id = promise.unwrap()["id"].as_str().unwrap().to_owned();
            let mut desk = world.browser("noor").await;
            desk.post(&format!("/werkplek/terugbellen/{id}"), &[]).await;
            let page = desk.get("/werkplek").await;
            let fence = page.between("name=\"fence\" value=\"", "\"").to_owned();
            let about = [("person", jansen.as_str()), ("fence", fence.as_str())];
            desk.post("/werkplek/bel", &about).await;
            let saved = desk
                .post("/werkplek/uitkomst", &[about[0], about[1], ("outcome", "no_answer")])
                .await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        }
        world.browser("noor").await.get("/terugbellen").await.shows("Bericht gestuurd");
        let mut marit = world.browser("marit").await;
        marit.get("/terugbellen").await.hides("Bericht gestuurd");
        // Noor leaves.
        let noors = user(&world, "noor").await;
        let team = world
            .count("select team_id as value from users where login = 'noor'")
            .await
            .to_string();
        let mut anna = world.browser("anna").await;
        let ended =
            anna.post(&format!("/beheer/collegas/{noors}/stopt"), &[("team", team.as_str())]).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text);
        let page = marit.get("/terugbellen").await;
        page.shows("Bericht gestuurd");
        let address = page.between("action=\"/terugbellen/", "/bericht\"").to_owned();
        let done = marit.post(&format!("/terugbellen/{address}/bericht"), &[]).await;
        assert_eq!(done.location(), "/terugbellen?gedaan=bericht");
        marit.get("/terugbellen").await.hides("Bericht gestuurd");
    })
    .await;
}

//! A member wants to leave: kept with the right amount, or ended on the right day; never refused.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{World, on_each_engine, on_each_trade_engine};

/// Mr Van Vliet rings; the agent presses Z and is at his case.
async fn rings(world: &World) -> (crate::harness::Browser<'_>, String) {
    let mut noor = world.browser("noor").await;
    let person = world.person("1840227").await;
    noor.is_rung_by(person).await;
    noor.checks(person).await;
    let desk = noor.get("/werkplek").await;
    let fence = desk.between("name=\"fence\" value=\"", "\"").to_owned();
    let person = person.to_string();
    let form = [
        ("person", person.as_str()),
        ("fence", fence.as_str()),
        ("outcome", "cancelled"),
        ("note", "Stopt in januari."),
    ];
    let sent = noor.post("/werkplek/uitkomst", &form).await;
    assert_eq!((sent.status, sent.location()), (StatusCode::TEMPORARY_REDIRECT, "/behoud/nieuw"));
    let opened = noor.post("/behoud/nieuw", &form).await;
    let path = opened.location().to_owned();
    (noor, path)
}

async fn summary(world: &World, login: &str) -> Value {
    world.program(login).await.get("/days/2026-11-24/summary").await.json()
}

async fn until(world: &World, key: &str) -> Option<String> {
    let person = world.person(key).await;
    let noor = world.program("noor").await;
    let found = noor.get(&format!("/memberships?person={person}")).await.json();
    found["items"][0]["until"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn half_past_eight_a_member_calls_to_cancel_and_stays() {
    on_each_engine(async |world| {
        world.clock("08:30");
        let (mut noor, path) = rings(&world).await;
        let page = noor.get(&path).await;
        page.shows("Bedank eerst: 42 jaar lid.");
        page.shows("Kies eerst een reden.");
        // The reason shows what works and what it costs, with what little is known said to be little.
        noor.post(&path, &[("doen", "toon"), ("reden", "1")]).await;
        let page = noor.get(&path).await;
        page.shows("Pensioentarief vanaf de AOW");
        page.shows("te weinig gesprekken (0)");
        page.shows("‘Op 14 januari 2027 bereikt u de AOW-leeftijd. Vanaf 1 februari 2027 betaalt u nog maar € 8,75, en alles blijft zoals het is.’");
        page.shows("€ 9,75 minder, € 117,00 per jaar");
        page.shows("AOW op 14 januari 2027 (67 jaar)");
        world.clock("08:40");
        let keep = [
            ("doen", "vast"),
            ("reden", "1"),
            ("reden2", "11"),
            ("woorden", "Stopt in januari. Denkt dat de bond er alleen is voor wie werkt."),
            ("arg", "1"),
            ("arg", "2"),
            ("uitkomst", "behouden"),
            ("nabellen", "ja"),
        ];
        let kept = noor.post(&path, &keep).await;
        assert_eq!(kept.location(), "/werkplek?gedaan=retained");
        assert_eq!(summary(&world, "noor").await["retained_members"], 1);
        // A month later falls on Christmas Eve, a working day.
        noor.get(&path).await.shows("Je belt op 24 december 2026 hoe het gaat.");
        let promised = world
            .count("select count(*) as value from callbacks where purpose = 'retention' and due_on = '2026-12-24' and ended_at is null")
            .await;
        assert_eq!(promised, 1);
        assert_eq!(until(&world, "1840227").await, None);
        // It is confirmed by mail, with the amounts.
        let mail = world.last_mail().await;
        assert!(mail.contains("Vanaf 1 februari 2027 betaalt u € 8,75 per maand"), "{mail}");
        // The same press twice changes nothing.
        let twice = noor.post(&path, &keep).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        twice.shows("Een collega heeft dit al besloten.");
        assert_eq!(summary(&world, "noor").await["retained_members"], 1);
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_leaves_by_a_voice_that_was_not_checked() {
    on_each_engine(async |world| {
        world.clock("08:30");
        let mut noor = world.browser("noor").await;
        let person = world.person("1840227").await;
        noor.is_rung_by(person).await;
        let opened = noor.post("/behoud/nieuw", &[("person", &person.to_string())]).await;
        let path = opened.location().to_owned();
        assert_eq!(noor.get(&path).await.location(), format!("/leden/{person}/controle"));
        let end = [("doen", "vast"), ("uitkomst", "opzeggen")];
        let refused = noor.post(&path, &end).await;
        assert!(refused.status != StatusCode::SEE_OTHER || refused.location().contains("controle"));
        assert_eq!(until(&world, "1840227").await, None);
        noor.checks(person).await;
        noor.post(&path, &end).await;
        assert_eq!(until(&world, "1840227").await.as_deref(), Some("2026-12-31"));
    })
    .await;
}

#[tokio::test]
async fn what_is_decided_holds_at_once_and_everywhere() {
    on_each_engine(async |world| {
        let person = world.person("2287730").await;
        let noor = world.program("noor").await;
        let petra = world.program("petra").await;
        let found = noor.get(&format!("/memberships?person={person}")).await.json();
        let membership = found["items"][0]["id"].as_str().unwrap().to_owned();
        for (period, day) in [("2026-12", "2026-12-01"), ("2027-01", "2027-01-01")] {
            let due =
                json!({"membership": membership, "period": period, "cents": 1850, "for_day": day});
            let asked = petra.post("/dues", &due).await;
            assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
        }
        let body = json!({"person": person.to_string(), "channel": "letter"});
        let id = noor.post("/cancellations", &body).await.json()["id"].as_str().unwrap().to_owned();
        noor.post(&format!("/cancellations/{id}/outcome"), &json!({"outcome": "cancelled"})).await;
        // Collections: December is still asked, January no more.
        let dues = petra.get(&format!("/dues?membership={membership}")).await.json();
        let state = |period: &str| {
            let dues = dues["items"].as_array().unwrap();
            dues.iter().find(|due| due["period"] == period).unwrap()["state"].clone()
        };
        assert_eq!((state("2026-12"), state("2027-01")), ("due".into(), "cancelled".into()));
        // Letters: Mr De Boer has no e-mail, so a letter waits to be printed.
        let letters = "select count(*) as value from outbox where channel = 'letter'";
        assert_eq!(world.count(letters).await, 1);
        // Segments: after the last day nobody who means members means him.
        let mut lead = world.browser("ingrid").await;
        lead.get("/campagnes/wie?status=member&sector=Metaal").await.shows("de Boer");
        world.clock_on("2027-01-01", "10:00");
        let mut lead = world.browser("ingrid").await;
        lead.get("/campagnes/wie?status=member&sector=Metaal").await.hides("de Boer");
        lead.get("/campagnes/wie?status=former&sector=Metaal").await.shows("de Boer");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_writes_what_members_are_kept_with() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        anna.get("/beheer/behoud").await.shows("Eén maand geen contributie");
        let mut argument = vec![
            ("naam", "Samen sparen"),
            ("zeg", "U spaart {premie} per jaar."),
            ("van", "person"),
            ("soort", "argument"),
            ("nodig", "nothing"),
            ("wie", "agent"),
            ("bij", "2"),
        ];
        let wrong = anna.post("/beheer/behoud/argument/nieuw", &argument).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Tussen accolades kan alleen wat hieronder staat.");
        wrong.shows("value=\"Samen sparen\"");
        argument[1].1 = "U betaalt nu {nu}.";
        anna.post("/beheer/behoud/argument/nieuw", &argument).await;
        let (mut noor, path) = rings(&world).await;
        noor.post(&path, &[("doen", "toon"), ("reden", "2")]).await;
        noor.get(&path).await.shows("‘U betaalt nu € 18,50.’");
        // An article that is past its day says so.
        let article =
            [("naam", "Minder betalen"), ("tekst", "**Bewijs** is nodig."), ("tot", "2026-11-23")];
        anna.post("/beheer/behoud/artikel/3", &article).await;
        noor.get(&path).await.shows("verlopen");
        let read = noor.get("/kennis/3").await;
        read.shows("<strong>Bewijs</strong>");
        read.shows("Dit artikel is verlopen.");
        assert_eq!(anna.get("/beheer/behoud/reden/999").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn leaving_is_as_easy_as_staying() {
    on_each_engine(async |world| {
        world.clock("08:30");
        let (mut noor, path) = rings(&world).await;
        // Without a reason, without a word.
        let page = noor.get(&path).await;
        page.shows("Lid tot en met 31 december 2026. Nog te betalen tot dan: € 18,50.");
        let ended = noor.post(&path, &[("doen", "vast"), ("uitkomst", "opzeggen")]).await;
        assert_eq!(ended.location(), "/werkplek?gedaan=cancelled");
        assert_eq!(until(&world, "1840227").await.as_deref(), Some("2026-12-31"));
        let outcomes =
            world.count("select count(*) as value from outcomes where kind = 'cancelled'").await;
        assert_eq!(outcomes, 1);
        noor.get(&path).await.shows("De opzegtermijn van de statuten");
        // The member thinks better of it, until the last day; the day after it is too late.
        noor.post(&format!("{path}/terug"), &[]).await;
        assert_eq!(until(&world, "1840227").await, None);
        let twice = noor.post(&format!("{path}/terug"), &[]).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        // The figures follow the membership.
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_letter_opens_one_case_and_terms_are_those_of_its_day() {
    on_each_engine(async |world| {
        let person = world.person("2210418").await.to_string();
        let noor = world.program("noor").await;
        let notice = |received: &str, wished: Value| {
            json!({"person": person, "channel": "letter", "received_on": received, "wished_on": wished})
        };
        let future = noor.post("/cancellations", &notice("2026-11-25", Value::Null)).await;
        assert_eq!(future.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(future.json()["field"], "received_on");
        let first = noor.post("/cancellations", &notice("2026-11-20", Value::Null)).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        let id = first.json()["id"].as_str().unwrap().to_owned();
        // Who writes twice has one case, with two notices.
        let second = noor.post("/cancellations", &notice("2026-11-23", Value::Null)).await;
        assert_eq!((second.status, &second.json()["id"]), (StatusCode::OK, &id.as_str().into()));
        let notices = "select count(*) as value from cancellation_notices";
        assert_eq!(world.count(notices).await, 2);

        // The administrator makes it a month to the end of a month, from today on.
        let mut anna = world.browser("anna").await;
        let mut terms = vec![
            ("aantal", "1"),
            ("eenheid", "months"),
            ("grens", "month_end"),
            ("boekjaar", "31-12"),
            ("vanaf", "2026-11-23"),
            ("bron", "Statuten, artikel 6"),
        ];
        let past = anna.post("/beheer/opzegtermijnen/soort/overig", &terms).await;
        assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
        past.shows("value=\"Statuten, artikel 6\"");
        terms[4].1 = "2026-11-24";
        anna.post("/beheer/opzegtermijnen/soort/overig", &terms).await;
        anna.get("/beheer/opzegtermijnen").await.shows("1 maand, tegen het einde van een maand");

        // The letter of the 20th goes by the law: to the end of the year, four weeks ahead.
        let ended = noor.post(&format!("/cancellations/{id}/outcome"), &json!({"outcome": "cancelled", "reason": 2})).await;
        assert_eq!(ended.status, StatusCode::OK, "{}", ended.text);
        let ended = ended.json();
        assert_eq!((&ended["ends_on"], &ended["because"], &ended["avoidable"]), (&"2026-12-31".into(), &"terms".into(), &true.into()));
        let twice = noor.post(&format!("/cancellations/{id}/outcome"), &json!({"outcome": "retained"})).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        // One of today by the new terms, and not before the day that is asked for.
        for (key, wished, expected) in [
            ("2304512", Value::Null, "2026-12-31"),
            ("2287730", "2027-01-15".into(), "2027-01-31"),
        ] {
            let person = world.person(key).await.to_string();
            let body = json!({"person": person, "channel": "mail", "wished_on": wished});
            let id = noor.post("/cancellations", &body).await.json()["id"].as_str().unwrap().to_owned();
            let ended = noor.post(&format!("/cancellations/{id}/outcome"), &json!({"outcome": "cancelled"})).await.json();
            assert_eq!(ended["ends_on"], expected, "{key}");
        }
        // Outside a call the cases count by themselves.
        let day = world.count("select cast(coalesce(sum(n), 0) as bigint) as value from rollup_day where dim = 'all' and kind = 'cancellations'").await;
        assert_eq!(day, 3);
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_death_ends_everything_on_its_day() {
    on_each_engine(async |world| {
        let person = world.person("2304512").await;
        let noor = world.program("noor").await;
        let promise = json!({"person": person.to_string(), "working_days": 3, "words": "Bel maar."});
        assert_eq!(noor.post("/callbacks", &promise).await.status, StatusCode::CREATED);
        let body = json!({"person": person.to_string(), "channel": "heir"});
        let id = noor.post("/cancellations", &body).await.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/cancellations/{id}/outcome");
        let no_day = noor.post(&path, &json!({"outcome": "deceased"})).await;
        assert_eq!(no_day.json()["field"], "died_on");
        let tomorrow = json!({"outcome": "deceased", "died_on": "2026-11-25"});
        assert_eq!(noor.post(&path, &tomorrow).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let died = noor.post(&path, &json!({"outcome": "deceased", "died_on": "2026-11-19"})).await;
        assert_eq!(died.json()["ends_on"], "2026-11-19", "{}", died.text);
        assert_eq!(until(&world, "2304512").await.as_deref(), Some("2026-11-19"));
        let open = "select count(*) as value from callbacks where ended_at is null and person_id in (select id from people where death_reported_at is not null)";
        assert_eq!(world.count(open).await, 0);
        // Nobody calls, from no list and not from the file.
        let mut browser = world.browser("noor").await;
        let call = browser.post(&format!("/leden/{person}/gesprek"), &[("direction", "out")]).await;
        assert_eq!(call.status, StatusCode::UNPROCESSABLE_ENTITY);
        let back = noor.post(&format!("/cancellations/{id}/take-back"), &json!({})).await;
        assert_eq!(back.status, StatusCode::CONFLICT);
        // It is no cancellation.
        let counted = "select cast(coalesce(sum(n), 0) as bigint) as value from rollup_day where kind = 'cancellations'";
        assert_eq!(world.count(counted).await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_offer_is_made_by_who_may_and_not_twice_against_the_wish() {
    on_each_engine(async |world| {
        world.clock("08:30");
        let (mut noor, path) = rings(&world).await;
        noor.post(&path, &[("doen", "toon"), ("reden", "2")]).await;
        noor.get(&path).await.shows("Eén maand geen contributie");
        // Only the team lead may give a month away.
        let refused = noor.post(&path, &[("doen", "toon"), ("reden", "2"), ("arg", "7")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.shows("Alleen de teamleider mag dit aanbieden.");
        let mut ingrid = world.browser("ingrid").await;
        ingrid.post(&path, &[("doen", "toon"), ("reden", "2"), ("arg", "7")]).await;
        ingrid.get(&path).await.shows("Wil opzeggen, aanbod gedaan");
        let offers = "select count(*) as value from case_arguments where is_offer";
        assert_eq!(world.count(offers).await, 1);
        // The same one again is still one.
        ingrid.post(&path, &[("doen", "toon"), ("reden", "2"), ("arg", "7")]).await;
        assert_eq!(world.count(offers).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_right_to_leave_opens_the_door_for_a_month() {
    on_each_trade_engine(async |world| {
        let mut ron = world.browser("ron").await;
        let mut right = vec![
            ("naam", "Fusie met de Gebrabond"),
            ("naam_en", ""),
            ("verstuurd", "2026-11-20"),
            ("tot", "2026-11-19"),
            ("soort", ""),
            ("bron", "Besluit ledenvergadering"),
        ];
        let turned = ron.post("/beheer/opzegtermijnen/vertrekrecht", &right).await;
        assert_eq!(turned.status, StatusCode::UNPROCESSABLE_ENTITY);
        right[3].1 = "2026-12-20";
        ron.post("/beheer/opzegtermijnen/vertrekrecht", &right).await;
        let shop = world.organisation("T-11").await;
        let corine = world.program("corine").await;
        let open = json!({"organisation": shop, "channel": "visit"});
        let case = corine.post("/cancellations", &open).await.json();
        let id = case["id"].as_str().unwrap();
        let ended = corine
            .post(&format!("/cancellations/{id}/outcome"), &json!({"outcome": "cancelled"}))
            .await
            .json();
        assert_eq!(
            (&ended["ends_on"], &ended["because"]),
            (&"2026-11-24".into(), &"leave_right".into())
        );
        // Without it: the end of the year.
        let other = world.organisation("T-10").await;
        let open = json!({"organisation": other, "channel": "letter", "received_on": "2026-11-19"});
        let case = corine.post("/cancellations", &open).await.json();
        let id = case["id"].as_str().unwrap();
        let ended = corine
            .post(&format!("/cancellations/{id}/outcome"), &json!({"outcome": "cancelled"}))
            .await
            .json();
        assert_eq!((&ended["ends_on"], &ended["because"]), (&"2026-12-31".into(), &"terms".into()));
    })
    .await;
}

#[tokio::test]
async fn who_was_kept_counts_again_after_ninety_days() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        let mut ids = Vec::new();
        for key in ["2210418", "2304512", "2287730"] {
            let person = world.person(key).await.to_string();
            let body = json!({"person": person, "channel": "mail"});
            let id =
                noor.post("/cancellations", &body).await.json()["id"].as_str().unwrap().to_owned();
            let kept = noor
                .post(
                    &format!("/cancellations/{id}/outcome"),
                    &json!({"outcome": "retained", "reason": 2}),
                )
                .await;
            assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
            ids.push(person);
        }
        // One of them gives notice again in January.
        world.clock_on("2027-01-12", "10:00");
        let body = json!({"person": ids[0], "channel": "mail"});
        let id = noor.post("/cancellations", &body).await.json()["id"].as_str().unwrap().to_owned();
        noor.post(&format!("/cancellations/{id}/outcome"), &json!({"outcome": "cancelled"})).await;
        // Three cases say something when the rule asks for three.
        let rule = "update rules set value = '3' where key = 'retention.cases_min'";
        let write = async |tx: &mut db::Tx| tx.execute(rule, vec![]).await;
        world.db.write(kernel::Actor::SYSTEM, write).await.unwrap();
        world.app.reload_rules().await.unwrap();
        world.clock_on("2027-02-22", "10:00");
        let mut lead = world.browser("ingrid").await;
        lead.get("/behoud").await.shows("te weinig gesprekken (0)");
        world.clock_on("2027-02-23", "10:00");
        let mut lead = world.browser("ingrid").await;
        let page = lead.get("/behoud").await;
        // Four decided, three of them kept at the time; of the three whose ninety days are over two are still members.
        page.shows("75%");
        page.shows("67%");
    })
    .await;
}

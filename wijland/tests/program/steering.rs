//! Targets in versions, meetings about what lags, results for whoever has the link, and what leaves the house.

use axum::http::StatusCode;
use figures::count::Follower;
use figures_rules::Universe;
use kernel::Actor;
use serde_json::{Value, json};
use steering::exchange::{File, Row, sign, verify};

use crate::harness::{Answer, Browser, World, on_each_trade_engine};

async fn caught_up(world: &World) {
    let mut dues = visits::due::Follower::default();
    dues.catch_up(&world.app).await.unwrap();
    Follower::catch_up(&world.app).await.unwrap();
}

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_target_holds_when_those_who_must_reach_it_agree() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let corine = world.program("corine").await;
        let joris = world.program("joris").await;
        let (joris_id, kees_id) = (world.user("joris").await, world.user("kees").await);
        let wanted = json!({"figure": "contacts", "from": "2026-01", "to": "2026-12", "number": 200.0,
            "people": [joris_id, kees_id]});
        assert_eq!(joris.post("/targets", &wanted).await.status, StatusCode::FORBIDDEN);
        let nobody = json!({"figure": "visits", "from": "2026-01", "to": "2026-12", "number": 200.0, "people": []});
        let wrong = corine.post("/targets", &nobody).await;
        assert_eq!((wrong.status, &wrong.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("people")));
        let made = corine.post("/targets", &wanted).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let path = format!("/targets/{}", id(&made.json()));
        assert_eq!(made.json()["state"], "proposed");
        // A second one for the same would be another version of it.
        let twice = corine.post("/targets", &wanted).await;
        assert_eq!((twice.status, &twice.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("dim")));

        // An objection has words; whoever was not asked has no answer.
        let no = joris.patch(&path, &json!({"answer": "no"})).await;
        assert_eq!(no.status, StatusCode::UNPROCESSABLE_ENTITY);
        let said = joris.patch(&path, &json!({"answer": "no", "words": "Te veel zonder vierde collega"})).await;
        assert_eq!(said.json()["state"], "proposed", "{}", said.text);
        let fatima = world.program("fatima").await;
        let refused = fatima.patch(&path, &json!({"answer": "yes"})).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Whoever objected may still agree; it holds once the last did.
        joris.patch(&path, &json!({"answer": "yes"})).await;
        let kees = world.program("kees").await;
        let agreed = kees.patch(&path, &json!({"answer": "yes"})).await.json();
        assert_eq!((&agreed["state"], &agreed["number"]), (&json!("agreed"), &json!(200.0)));
        // 2026 without a known year before would be flat; De Toonbank has one, so there is a forecast and a band.
        assert!(agreed["forecast"]["low"].as_f64().unwrap() <= agreed["forecast"]["high"].as_f64().unwrap());

        // Another number needs a reason, and the one before holds until it is agreed to (T1).
        let fewer = json!({"version": {"from": "2026-01", "to": "2026-12", "number": 150.0,
            "people": [joris_id], "reason": ""}});
        assert_eq!(corine.patch(&path, &fewer).await.json()["field"], "reason");
        let fewer = json!({"version": {"from": "2026-01", "to": "2026-12", "number": 150.0,
            "people": [joris_id], "reason": "Eén collega minder"}});
        let proposed = corine.patch(&path, &fewer).await.json();
        assert_eq!((&proposed["state"], &proposed["number"]), (&json!("agreed"), &json!(200.0)));
        // Kees agreed to the one that holds: without him it does not become another.
        let waits = joris.patch(&path, &json!({"answer": "yes"})).await.json();
        assert_eq!(waits["number"], 200.0);
        let changed = kees.patch(&path, &json!({"answer": "yes"})).await.json();
        assert_eq!(changed["number"], 150.0);
        let rewrite = async |tx: &mut db::Tx| {
            tx.execute("update target_versions set number_e6 = 1", db::args![]).await
        };
        assert!(world.db.write(Actor::SYSTEM, rewrite).await.is_err(), "a version is followed");

        let withdrawn = corine.patch(&path, &json!({"withdraw": "Overgenomen door een ander doel"})).await;
        assert_eq!(withdrawn.json()["state"], "withdrawn");
        assert_eq!(withdrawn.json()["actual"], Value::Null, "nobody has to reach it");
        let mut page = world.browser("corine").await;
        page.get("/doelen").await.shows("Ingetrokken doelen");
        page.get(&format!("/doelen/{}", id(&made.json()))).await.hides("geldt</span>");
        let late = corine.patch(&path, &fewer).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told = "select count(*) as value from events where kind = 'target_changed'";
        assert!(world.count(told).await > 8);
    })
    .await;
}

#[tokio::test]
async fn what_is_one_persons_is_seen_by_whom_it_concerns() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let corine = world.program("corine").await;
        let joris_id = world.user("joris").await;
        let own = json!({"figure": "visits", "dim": "user", "key": joris_id, "from": "2026-01", "to": "2026-12",
            "number": 60.0, "people": [joris_id]});
        let made = corine.post("/targets", &own).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let target = id(&made.json());
        // It is on top of his list, until he answers.
        let mut list = world.browser("joris").await;
        list.get("/afspraken").await.shows("Corine Vos noemt je bij een doel dat op je antwoord wacht");
        // Until he agrees, how he stands is his alone to see, and nobody does anything for it.
        let early = json!({"what": "Rijden", "due_on": "2026-12-01"});
        let refused = corine.post(&format!("/targets/{target}/agreements"), &early).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        let path = format!("/targets/{target}");
        assert_eq!(made.json()["actual"], Value::Null);
        let joris = world.program("joris").await;
        assert!(joris.get(&path).await.json()["actual"].is_number());
        let mut page = world.browser("corine").await;
        page.get(&format!("/doelen/{target}")).await.shows("Hoe het staat, ziet alleen wie het moet halen");
        joris.patch(&path, &json!({"answer": "no", "words": "Liever zestig"})).await;
        let agreed = joris.patch(&path, &json!({"answer": "yes"})).await.json();
        // What he said first is not forgotten.
        assert_eq!(agreed["versions"][0]["people"][0]["words"], "Liever zestig");
        list.get("/afspraken").await.hides("op je antwoord wacht");
        assert!(corine.get(&path).await.json()["actual"].is_number());
        // It is put to him, and a lead sets none outside her team.
        let kees = world.user("kees").await;
        let past_him = json!({"figure": "visits", "dim": "user", "key": joris_id, "from": "2027-01", "to": "2027-12",
            "number": 60.0, "people": [kees]});
        assert_eq!(corine.post("/targets", &past_him).await.json()["field"], "people");
        let arie = world.user("arie").await;
        let elsewhere = json!({"figure": "agreements_kept", "dim": "user", "key": arie, "from": "2026-01",
            "to": "2026-12", "number": 0.9, "people": [arie]});
        assert_eq!(corine.post("/targets", &elsewhere).await.json()["field"], "dim");
        let sees = async |login: &str| {
            let program = world.program(login).await;
            program.get(&format!("/targets/{target}")).await.status == StatusCode::OK
        };
        assert!(sees("joris").await && sees("corine").await);
        for login in ["kees", "marloes", "bert", "sietske"] {
            assert!(!sees(login).await, "{login}");
        }
        // Members stand with no colleague.
        let wrong = json!({"figure": "joined", "dim": "user", "key": joris_id, "from": "2026-01", "to": "2026-12",
            "number": 6.0, "people": [joris_id]});
        assert_eq!(corine.post("/targets", &wrong).await.json()["field"], "dim");
        // The figure itself: one's own, and nobody else's.
        let kees = world.program("kees").await;
        let path = format!("/figures/visits?dim=user&key={joris_id}");
        assert_eq!(kees.get(&path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.program("joris").await.get(&path).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_director_finds_what_lags_and_who_acts_on_it() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let mut marloes = world.browser("marloes").await;
        let board = marloes.get("/cijfers").await;
        board.shows("Hoe staan we ervoor?");
        board.shows("Achter loopt");
        board.shows("en daar doet nog niemand iets aan.");
        let target = board.between("href=\"/doelen/", "\"").to_owned();
        let path = format!("/doelen/{target}");
        marloes.get(&path).await.shows("wordt niet gehaald");
        // Without a day nothing is agreed, and what was typed stands there.
        let kees = world.user("kees").await;
        let typed = [("what", "Twee dagen extra in Hoorn"), ("owner", kees.as_str()), ("due", "")];
        let wrong = marloes.post(&format!("{path}/afspraak"), &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Twee dagen extra in Hoorn");
        let typed = [
            ("what", "Twee dagen extra in Hoorn"),
            ("owner", kees.as_str()),
            ("due", "2026-12-10"),
        ];
        let agreed = marloes.post(&format!("{path}/afspraak"), &typed).await;
        assert!(agreed.location().ends_with("gedaan=afspraak"), "{}", agreed.text);
        marloes.get("/cijfers").await.shows("Twee dagen extra in Hoorn · Kees Ruiter");
        world.browser("kees").await.get("/afspraken").await.shows("Twee dagen extra in Hoorn");

        // Colleagues say what they notice; the adviser reads it without the name.
        let mut joris = world.browser("joris").await;
        joris.post("/cijfers/visits/opmerking", &[("opmerking", "De herfst was druk")]).await;
        marloes.get("/cijfers/visits").await.shows("Joris Hoek");
        // The adviser sees how it stands, and nobody's name.
        let mut bert = world.browser("bert").await;
        for page in ["/cijfers", &path, "/doelen", "/resultaat", "/cijfers/visits"] {
            let seen = bert.get(page).await;
            assert_eq!(seen.status, StatusCode::OK, "{page}");
            seen.hides("Kees Ruiter");
            seen.hides("Joris Hoek");
        }
        bert.get("/cijfers/visits").await.shows("De herfst was druk");
        let said = bert.post("/cijfers/visits/opmerking", &[("opmerking", "Goed zo")]).await;
        assert_eq!(said.status, StatusCode::FORBIDDEN);
        bert.get("/cijfers").await.shows("Twee dagen extra in Hoorn");
        let behind = bert.get("/cijfers/joined/achter?maand=2026-10").await;
        assert_eq!(behind.status, StatusCode::FORBIDDEN);
        // The lead sees who is behind a number, by the rule that counted it.
        let mut corine = world.browser("corine").await;
        let joined = world
            .program("corine")
            .await
            .get("/figures/joined?from=2026-08&to=2026-08&by=total")
            .await;
        let n = joined.json()["items"][0]["of"].as_i64().unwrap();
        assert!(n > 0, "{}", joined.text);
        let rows = corine.get("/cijfers/joined/achter?maand=2026-08").await;
        let listed = rows.text.matches("href=\"/organisaties/").count();
        assert_eq!(i64::try_from(listed).unwrap(), n, "{}", rows.text);
        corine
            .get("/cijfers/joined")
            .await
            .shows("Voor het eerst lid + terug na meer dan 30 dagen");
        let file = corine.get("/cijfers/joined/csv").await;
        assert!(
            file.text.starts_with("figure,version,dim,key,month,value,of,per,closed,corrected\n")
        );
        assert!(
            file.text.contains(&format!("joined,1,all,,2026-08,{n},{n},,true,\n")),
            "{}",
            file.text
        );
    })
    .await;
}

#[tokio::test]
async fn a_meeting_follows_from_the_figures_and_what_was_agreed_is_counted() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let mut corine = world.browser("corine").await;
        let wrong =
            corine.post("/bijeenkomsten", &[("naam", "Samen sterker"), ("aantal", "acht")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("value=\"Samen sterker\"");
        wrong.shows("Vul in hoeveel keer: 1 tot en met 52.");
        let past =
            [("naam", "Samen sterker"), ("aantal", "8"), ("eerste", "2025-11-24"), ("weken", "4")];
        corine.post("/bijeenkomsten", &past).await.shows("Kies een dag die niet voorbij is.");
        let series =
            [("naam", "Samen sterker"), ("aantal", "8"), ("eerste", "2026-11-24"), ("weken", "4")];
        let planned = corine.post("/bijeenkomsten", &series).await;
        let first = planned.location().split('?').next().unwrap().to_owned();
        let page = corine.get(&first).await;
        page.shows("Samen sterker, 1 van 8");
        // What will be missed comes first.
        let agenda = page.between("id=\"agenda\"", "id=\"eerder\"");
        let missed = agenda.find("wordt niet gehaald").expect("something lags");
        assert!(agenda.find("wordt gehaald").is_none_or(|reached| missed < reached));
        let target = agenda.split("/doelen/").nth(1).unwrap().split('"').next().unwrap().to_owned();

        let decided =
            [("besluit", "Elke maandag plant ieder vijf bezoeken"), ("bdoel", target.as_str())];
        corine.post(&format!("{first}/besluit"), &decided).await;
        let joris = world.user("joris").await;
        let agreed = [
            ("what", "Vijf bezoeken plannen"),
            ("owner", joris.as_str()),
            ("due", "2026-11-25"),
            ("adoel", target.as_str()),
        ];
        corine.post(&format!("{first}/afspraak"), &agreed).await;
        corine
            .get(&format!("/doelen/{target}"))
            .await
            .shows("Elke maandag plant ieder vijf bezoeken");
        let agreement = world.count("select max(id) as value from agreements").await;
        world
            .program("joris")
            .await
            .patch(&format!("/agreements/{agreement}"), &json!({"state": "done"}))
            .await;
        // What is typed beside it is not lost, and the meeting does not end over it.
        let both =
            [("besluit", "Vaker bellen"), ("what", "Lijst maken"), ("owner", joris.as_str())];
        let beside = corine.post(&format!("{first}/besluit"), &both).await;
        beside.shows("Besluit vastgelegd");
        beside.shows("value=\"Lijst maken\"");
        let unsaved = corine.post(&format!("{first}/sluit"), &[("what", "Lijst maken")]).await;
        unsaved.shows("Er staat nog iets wat niet is vastgelegd.");
        // Reloading what a form answered leads to its page.
        assert_eq!(corine.get(&format!("{first}/besluit")).await.location(), first);
        corine.post(&format!("{first}/sluit"), &[]).await;
        let over = corine.post(&format!("{first}/besluit"), &decided).await;
        over.shows("Dit is intussen door iemand anders gewijzigd.");
        world.clock_on("2026-11-26", "09:00");
        let mut corine = world.browser("corine").await;
        corine.get("/bijeenkomsten").await.shows("Afspraken: 1 van 1 op tijd (100%)");
        caught_up(&world).await;
        let kept = world
            .program("corine")
            .await
            .get("/figures/agreements_kept?by=total&from=2026-11&to=2026-11")
            .await;
        assert_eq!(kept.json()["items"][0]["value"], 1.0, "{}", kept.text);

        // The results, for who has the link and until it is stopped; nobody's name is in it, and words only where chosen.
        corine.get("/resultaat").await.shows("Elke maandag plant ieder vijf bezoeken");
        let shared = corine.post("/resultaat/deel", &[]).await;
        let link = format!("/gedeeld/{}", shared.between("href=\"/gedeeld/", "\""));
        let mut anybody = world.stranger();
        let seen = anybody.get(&link).await;
        assert_eq!(seen.status, StatusCode::OK);
        seen.shows("1 besluit");
        seen.hides("Elke maandag plant ieder vijf bezoeken");
        seen.hides("Koken en tafelen");
        seen.hides("Joris Hoek");
        let shared = corine.post("/resultaat/deel", &[("woorden", "ja")]).await;
        let link = format!("/gedeeld/{}", shared.between("href=\"/gedeeld/", "\""));
        let seen = anybody.get(&link).await;
        seen.shows("Elke maandag plant ieder vijf bezoeken");
        seen.hides("Joris Hoek");
        assert_eq!(anybody.get("/gedeeld/0123").await.status, StatusCode::NOT_FOUND);
        world.clock_on("2026-12-27", "09:00");
        assert_eq!(anybody.get(&link).await.status, StatusCode::NOT_FOUND, "it ended by itself");
        world.clock_on("2026-12-01", "09:00");
        let held = world.count("select max(id) as value from result_links").await;
        let mut marloes = world.browser("marloes").await;
        marloes.post(&format!("/resultaat/deel/{held}/stop"), &[]).await;
        assert_eq!(anybody.get(&link).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

async fn sent(browser: &mut Browser<'_>, file: &str) -> Answer {
    let named = [("naam", "Papierkring")];
    browser.post_file("/uitwisseling", &named, ("bestand", "cijfers.json", file)).await
}

#[tokio::test]
async fn the_file_of_a_small_association_gives_nobody_away() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let mut corine = world.browser("corine").await;
        let mut joris = world.browser("joris").await;
        assert_eq!(joris.get("/uitwisseling").await.status, StatusCode::FORBIDDEN);
        let told = corine.get("/uitwisseling/bestand").await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        let (key, file) = verify(&told.text).unwrap();
        assert_eq!(file.period, "2026-Q3");
        // Some fifty members: hardly anything may be told, and never a count.
        let members = world.count(
            "select cast(coalesce(sum(n), 0) as bigint) as value from figure_month
              where universe = 'organisations' and measure = 'members' and dim = 'all' and month = '2026-09'",
        );
        let members = members.await;
        for row in &file.rows {
            let base: i64 = row.base.parse().unwrap();
            assert!(base >= 50 && base <= members, "{row:?} of {members}");
            assert!((1..100).contains(&row.percent) || row.percent < 0, "{row:?}");
        }
        let text = &told.text;
        for name in ["Toonbank", "Van Leeuwen", "Corine"] {
            assert!(!text.contains(name), "{name}");
        }
        // Six invented associations told theirs: enough to compare; with one less than five it is not shown.
        let page = corine.get("/uitwisseling").await;
        page.shows("van 6 verenigingen");
        let fewer = async |tx: &mut db::Tx| {
            tx.execute(
                "delete from exchange_rows where contributor in (select contributor from exchange_files where label in ('Bloem & Blad', 'Houtgilde'))",
                db::args![],
            )
            .await
        };
        world.db.write(Actor::SYSTEM, fewer).await.unwrap();
        corine.get("/uitwisseling").await.shows("Nog te weinig verenigingen");
        assert_eq!(key.len(), 64);
        // Our own file is no other's; nonsense, and nothing at all, are said to be so and the name stays.
        sent(&mut corine, &told.text).await.shows("Dit is het bestand van ons zelf.");
        let nonsense = sent(&mut corine, "geen cijfers").await;
        assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
        nonsense.shows("value=\"Papierkring\"");
        sent(&mut corine, "").await.shows("Kies eerst een bestand.");
        // What people told is not set beside what shops told.
        let persons = |nr: u8| {
            let row = Row { figure: "retention".into(), version: 1, line: "all".into(), place: String::new(),
                percent: 80, base: "500".into() };
            let file = File::new(Universe::Persons, "2026-Q3".into(), vec![row]);
            sign(&file, &format!("{nr:02x}").repeat(32)).unwrap()
        };
        for nr in 1..=5 {
            let taken = sent(&mut corine, &persons(nr)).await;
            assert!(taken.location().ends_with("gedaan=genomen"), "{}", taken.text);
        }
        let page = corine.get("/uitwisseling").await;
        page.shows("Nog te weinig verenigingen");
        let remove = page.between("action=\"/uitwisseling/", "\"").to_owned();
        corine.post(&format!("/uitwisseling/{remove}"), &[]).await;
        corine.get("/uitwisseling").await.hides(&remove);
    })
    .await;
}

#[tokio::test]
async fn how_people_like_their_work_is_seen_from_eight_answers_on_when_the_week_is_over() {
    on_each_trade_engine(async |world| {
        let logins = ["joris", "fatima", "kees", "rianne", "mees", "corine", "sietske", "arie"];
        for (nr, login) in logins.iter().enumerate() {
            let mut browser = world.browser(login).await;
            assert_eq!(
                browser.post("/plezier", &[]).await.status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
            let answer = if nr < 6 { "5" } else { "2" };
            browser.post("/plezier", &[("antwoord", answer)]).await;
            // Once a week.
            browser.post("/plezier", &[("antwoord", "1")]).await;
        }
        assert_eq!(
            world.count("select cast(sum(n) as bigint) as value from pulse_answers").await,
            8
        );
        let mut marloes = world.browser("marloes").await;
        marloes.get("/plezier").await.hides("heeft plezier in het werk");
        world.clock_on("2026-11-30", "09:00");
        let mut marloes = world.browser("marloes").await;
        marloes.get("/plezier").await.shows("75% heeft plezier in het werk (8 antwoorden)");
        // Seven in the next week are too few.
        for login in &logins[..7] {
            world.browser(login).await.post("/plezier", &[("antwoord", "4")]).await;
        }
        world.clock_on("2026-12-07", "09:00");
        let mut marloes = world.browser("marloes").await;
        marloes.get("/plezier").await.hides("7 antwoorden");
        let logged = "select count(*) as value from events where kind like 'pulse%'";
        assert_eq!(
            world.count(logged).await,
            0,
            "the log says who and when, and so nothing of this"
        );
    })
    .await;
}

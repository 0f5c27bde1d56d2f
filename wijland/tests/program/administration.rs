//! Rules and calendar as an administrator changes them; what the privacy officer sees.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{on_each_empty_engine, on_each_engine};

#[tokio::test]
async fn an_empty_installation_says_what_comes_first() {
    on_each_empty_engine(async |world| {
        let mut anna = world.browser("anna").await;
        assert_eq!(anna.get("/").await.location(), "/beheer");
        let page = anna.get("/beheer").await;
        page.shows("Welkom, Anna. Waar beginnen we?");
        page.shows("<li class=\"is-on\" aria-current=\"step\"><a href=\"/import\">Leden erin</a>");
        page.shows("<li class=\"is-done\"><a href=\"/beheer/teams\">");
        page.shows("<a class=\"btn btn--next btn--big\" href=\"/import\">");
        let mut wim = world.browser("wim").await;
        wim.get("/beheer").await.hides("Waar beginnen we?");

        let person = [("last_name", "Bakker"), ("mobile", "06 12 34 56 78")];
        let mut ingrid = world.browser("ingrid").await;
        let made = ingrid.post("/leden/nieuw", &person).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        anna.get("/beheer").await.shows("Noem waar leden naar vragen");
        let theme = [("name_nl", "Werkdruk"), ("name_en", "Work pressure")];
        anna.post("/beheer/themas/nieuw", &theme).await;
        anna.get("/beheer").await.hides("Waar beginnen we?");
        assert_ne!(anna.get("/").await.location(), "/beheer", "nothing is left to do first");
    })
    .await;
}

#[tokio::test]
async fn every_rule_has_a_name_and_a_form() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let list = anna.get("/beheer/regels").await;
        list.hides("admin-rule-");
        list.hides("admin-group-");
        let keys: Vec<&str> = list
            .text
            .split("href=\"/beheer/regels/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(keys.len() >= 15, "{keys:?}");
        for key in keys {
            let page = anna.get(&format!("/beheer/regels/{key}")).await;
            assert_eq!(page.status, StatusCode::OK, "{key}");
            let has_field = ["name=\"deel_", "name=\"keuze_"];
            assert!(has_field.iter().any(|field| page.text.contains(field)), "{key}");
            page.hides("admin-choice-");
            page.hides("admin-part-");
        }
    })
    .await;
}

#[tokio::test]
async fn a_rule_changes_from_its_day_on_and_what_was_valid_stays() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let address = "/beheer/regels/callback.default_working_days";
        let form = |value: &'static str, from: &'static str| {
            [
                ("deel_", value),
                ("valid_from", from),
                ("source", "Besluit van het bestuur"),
                ("grade", "D"),
            ]
        };
        let wrong = anna.post(address, &form("drie", "2026-11-23")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Vul een heel getal in");
        wrong.shows("Kies vandaag of later");
        wrong.shows("value=\"drie\"");
        wrong.shows("value=\"Besluit van het bestuur\"");

        assert_eq!(
            anna.post(address, &form("5", "2026-12-01")).await.status,
            StatusCode::SEE_OTHER
        );
        anna.get("/beheer/regels").await.shows("Vanaf 1 december 2026: 5");
        let backwards = [
            ("deel_from", "16:00"),
            ("deel_until", "8:30"),
            ("valid_from", "2026-12-01"),
            ("source", "Vergissing"),
            ("grade", "D"),
        ];
        anna.post("/beheer/regels/lines.hours", &backwards)
            .await
            .shows("Dit is niet later dan het begin.");
        let days = |day| {
            let book = world.app.rulebook();
            book.number("callback.default_working_days", day).unwrap()
        };
        assert_eq!(days(jiff::civil::date(2026, 11, 30)), 3);
        assert_eq!(days(jiff::civil::date(2026, 12, 1)), 5, "this process knows it at once");

        let mut wim = world.browser("wim").await;
        let read = wim.get(address).await;
        read.shows("Anna");
        read.hides("<button class=\"btn btn--next\"");
        assert_eq!(wim.post(address, &form("9", "2026-12-02")).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_certain_is_shown_so_until_somebody_confirms_it() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let newest = |key: &'static str| {
            let db = &world.db;
            async move {
                let rules =
                    db.read(kernel::Actor::SYSTEM, async |tx| rulebook::history(tx).await).await;
                rules.unwrap().into_iter().find(|rule| rule.key == key).unwrap()
            }
        };
        let valid_from = jiff::civil::date(2026, 11, 1);
        let key = newest("import.undo_days").await;
        let key = rulebook::Rule { grade: "U".into(), valid_from, ..key };
        world
            .db
            .write(kernel::Actor::SYSTEM, async |tx| rulebook::change(tx, key.clone()).await)
            .await
            .unwrap();
        let address = format!("/beheer/regels/{}", key.key);
        let before = anna.get(&address).await;
        before.shows("niet bevestigd");
        let value =
            before.between("id=\"deel_", ">").split("value=\"").nth(1).unwrap().replace('"', "");
        let value = value.split(" required").next().unwrap().to_owned();
        let form = [
            ("deel_", value.as_str()),
            ("valid_from", "2026-11-24"),
            ("source", "Nagezocht in de wet"),
            ("grade", "A"),
        ];
        assert_eq!(anna.post(&address, &form).await.status, StatusCode::SEE_OTHER);
        let after = anna.get(&address).await;
        after.hides("niet bevestigd");
        after.shows("Nagezocht in de wet");
    })
    .await;
}

#[tokio::test]
async fn a_promise_in_three_working_days_follows_the_calendar() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let nothing = [("day", "2026-11-26"), ("name", ""), ("source", "")];
        let wrong = anna.post("/beheer/kalender", &nothing).await;
        for text in ["Geef de dag een naam.", "Kies wat er die dag anders is.", "Schrijf waar dit staat"] {
            wrong.shows(text);
        }
        let day = [
            ("day", "2026-11-26"),
            ("name", "Dag van nationale rouw"),
            ("office", "ja"),
            ("lines", "ja"),
            ("outbound", "ja"),
            ("source", "Besluit van het kabinet"),
        ];
        assert_eq!(anna.post("/beheer/kalender", &day).await.status, StatusCode::SEE_OTHER);
        anna.get("/beheer/kalender").await.shows("Dag van nationale rouw");

        world.clock("08:48");
        let noor = world.program("noor").await;
        let next = noor.post("/call-records/next", &json!({})).await.json();
        let id = next["id"].as_str().unwrap();
        let fence = &next["fence"];
        let began = json!({ "fence": fence, "channel": "own_phone" });
        noor.post(&format!("/call-records/{id}/attempts"), &began).await;
        let outcome =
            json!({ "fence": fence, "outcome": "callback", "callback": { "working_days": 3, "owner": "me" } });
        let logged = noor.post(&format!("/call-records/{id}/outcome"), &outcome).await;
        assert!(logged.status.is_success(), "{}", logged.text);
        let promised = "select count(*) as value from callbacks where ended_at is null and due_on = '2026-11-30'
                         and made_at = (select max(made_at) from callbacks)";
        assert_eq!(world.count(promised).await, 1, "Thursday is none, so it is Monday");

        anna.post("/beheer/kalender/2026-11-26/weg", &[]).await;
        anna.get("/beheer/kalender").await.hides("Dag van nationale rouw");
        let mut wim = world.browser("wim").await;
        assert_eq!(wim.post("/beheer/kalender", &day).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn the_privacy_officer_sees_who_read_what() {
    on_each_engine(async |world| {
        let person = world.person("W-1001").await;
        world.browser("noor").await.get(&format!("/leden/{person}")).await.shows("Arslan");
        let mut wim = world.browser("wim").await;
        let log = wim.get("/beheer/leeslog?collega=noor&van=2026-11-24&tot=2026-11-24").await;
        log.shows("Noor Bakker");
        log.shows("Arslan");
        log.shows("dossier geopend");
        wim.get("/beheer/leeslog?collega=noor&tot=2026-11-23").await.shows("Niets gevonden.");
        wim.get("/beheer/leeslog?collega=ingrid").await.hides("Noor Bakker</td>");

        let exports = "select count(*) as value from events where kind = 'export_made'";
        let before = world.count(exports).await;
        for path in ["/beheer/leeslog?van=gisteren", "/beheer/leeslog.csv?tot=31-02-2026"] {
            let refused = wim.get(path).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            refused.shows("Deze dag kan niet gelezen worden.");
            refused.hides("Noor Bakker</td>");
        }

        let file = wim.get("/beheer/leeslog.csv?collega=noor").await;
        assert!(file.text.starts_with("at,colleague,person,member_number,why\n"), "{}", file.text);
        assert_eq!(world.count(exports).await, before + 1);
        let mut anna = world.browser("anna").await;
        assert_eq!(anna.get("/beheer/leeslog").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn one_file_opens_by_force_for_a_while_and_the_privacy_officer_sees_it() {
    on_each_engine(async |world| {
        let (person, other) = (world.person("2287730").await, world.person("W-1001").await);
        let mut david = world.browser("david").await;
        let file = format!("/leden/{person}");
        assert_eq!(david.get(&file).await.status, StatusCode::FORBIDDEN);
        david.get("/mijn-account").await.shows("href=\"/leden/noodtoegang\"");

        let short = david
            .post("/leden/noodtoegang", &[("member_number", "2287730"), ("reason", "ja")])
            .await;
        short.shows("minstens 10 tekens");
        short.shows("value=\"2287730\"");
        let reason = "Zijn dochter staat aan de balie";
        let nobody = [("member_number", "999999999"), ("reason", reason)];
        david.post("/leden/noodtoegang", &nobody).await.shows("Er is niemand met dit lidnummer.");

        let form = [("member_number", "2287730"), ("reason", reason)];
        assert_eq!(david.post("/leden/noodtoegang", &form).await.location(), file);
        let opened = david.get(&file).await;
        assert_eq!(opened.status, StatusCode::OK);
        opened.hides(&format!("/leden/{person}/wijzig"));
        let refused = david.get(&format!("/leden/{person}/wijzig")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "to read only");
        assert_eq!(
            david.get(&format!("/leden/{other}")).await.status,
            StatusCode::FORBIDDEN,
            "one file"
        );
        let mut youssef = world.browser("youssef").await;
        assert_eq!(youssef.get(&file).await.status, StatusCode::FORBIDDEN, "one colleague");
        let reads = "select count(*) as value from reads where why = 'forced'";
        assert_eq!(world.count(reads).await, 1);

        let mut wim = world.browser("wim").await;
        let seen = wim.get("/beheer/noodtoegang").await;
        seen.shows("David");
        seen.shows(reason);
        let id = world.count("select max(id) as value from forced_files").await;
        wim.post(&format!("/beheer/noodtoegang/{id}/gezien"), &[]).await;
        wim.get("/beheer/noodtoegang").await.hides("/gezien");

        world.clock("08:51");
        assert_eq!(david.get(&file).await.status, StatusCode::FORBIDDEN, "half an hour is over");
    })
    .await;
}

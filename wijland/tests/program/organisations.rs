//! Employers, their branches and who speaks for them.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{Answer, Browser, World, on_each_engine};

const PRESS: &str = "select min(id) as value from organisations where external_id = 'O-3'";
const LINDE: &str = "select min(id) as value from organisations where external_id = 'O-1'";
const READS: &str = "select count(*) as value from reads where why = 'organisation'";

#[tokio::test]
async fn an_employer_shows_where_it_stands_and_who_speaks_for_it() {
    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        let list = noor.get("/organisaties").await;
        list.shows("Drukkerij De IJssel");
        list.shows("van De Linde Thuiszorg");
        let press = world.count(PRESS).await;
        let page = noor.get(&format!("/organisaties/{press}")).await;
        for shown in [
            "Drukkerij De IJssel, binderij",
            "Voorzitter ondernemingsraad",
            "Willem van Vliet",
            "81000022",
            "0575 12 34 00",
        ] {
            page.shows(shown);
        }
        let branch = world
            .count("select min(id) as value from organisations where external_id = 'O-7'")
            .await;
        let page = noor.get(&format!("/organisaties/{branch}")).await;
        page.shows(&format!("href=\"/organisaties/{press}\""));
        page.shows("Nog geen contactpersoon.");

        let vliet = world.person("1840227").await;
        let file = noor.get(&format!("/leden/{vliet}")).await;
        file.shows("Contactpersoon bij");
        file.shows(&format!("href=\"/organisaties/{press}\""));
    })
    .await;
}

#[tokio::test]
async fn seeing_who_speaks_for_an_employer_is_written_down() {
    on_each_engine(async |world| {
        let press = world.count(PRESS).await;
        let linde = world.count(LINDE).await;
        let mut noor = world.browser("noor").await;
        noor.get("/organisaties?q=drukkerij").await.shows("Drukkerij");
        noor.get(&format!("/organisaties/{linde}")).await.shows("Nog geen contactpersoon.");
        assert_eq!(world.count(READS).await, 0, "nobody was named");
        noor.get(&format!("/organisaties/{press}")).await.shows("Willem van Vliet");
        assert_eq!(world.count(READS).await, 1);
        // A name on another page is not an opened file.
        let vliet = world.person("1840227").await;
        let mut marit = world.browser("marit").await;
        marit.get(&format!("/leden/{vliet}")).await.shows("Eén collega opende dit dossier");
        let before = world.count("select count(*) as value from reads where why = 'api'").await;
        let program = world.program("noor").await;
        let read = program.get(&format!("/organisations/{press}")).await.json();
        assert_eq!(read["contact_persons"][0]["role"], "Voorzitter ondernemingsraad");
        assert_eq!(
            world.count("select count(*) as value from reads where why = 'api'").await,
            before + 1
        );
    })
    .await;
}

#[tokio::test]
async fn employers_are_found_by_whatever_is_known_of_them() {
    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        for typed in
            ["drukk", "ijssel", "De IJ", "81000022", "8100 0022", "0575 12 34 00", "0575-1234"]
        {
            let typed = typed.replace(' ', "%20");
            noor.get(&format!("/organisaties?q={typed}")).await.shows(">Drukkerij De IJssel<");
            noor.get(&format!("/zoek?q={typed}")).await.shows("Drukkerij De IJssel");
        }
        let found = noor.get("/organisaties?q=%25").await;
        assert_eq!(found.status, StatusCode::OK);
        let none = noor.get("/organisaties?q=bestaatniet").await;
        none.shows("Geen organisatie voldoet hieraan.");
        let branches = noor.get("/organisaties?soort=branch&sector=Grafisch&plaats=Zutphen").await;
        branches.shows("binderij");
        branches.hides(">Drukkerij De IJssel<");
        branches.hides("wijkteam");
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_said_beside_its_field_and_stays() {
    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        let count = "select count(*) as value from organisations";
        let before = world.count(count).await;
        let typed = [
            ("kind", "company"),
            ("name", "Bakkerij Zuid"),
            ("kvk", "1234"),
            ("branch_number", "000081000099"),
            ("phone", "06 12"),
            ("email", "geen adres"),
            ("postcode", "1234"),
        ];
        let wrong = noor.post("/organisaties/nieuw", &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["kvk", "branch_number", "phone", "email", "postcode"] {
            wrong.shows(&format!("id=\"{field}-fout\""));
        }
        for kept in ["Bakkerij Zuid", "value=\"1234\"", "geen adres", "06 12"] {
            wrong.shows(kept);
        }
        let nameless = noor.post("/organisaties/nieuw", &[("kind", "company")]).await;
        nameless.shows("Vul een naam in.");
        let taken = noor
            .post(
                "/organisaties/nieuw",
                &[("kind", "company"), ("name", "Nog een drukkerij"), ("kvk", "81000022")],
            )
            .await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        taken.shows("al van een andere organisatie");
        taken.shows("value=\"Nog een drukkerij\"");
        assert_eq!(world.count(count).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_branch_comes_under_its_company() {
    on_each_engine(async |world| {
        let press = world.count(PRESS).await.to_string();
        let mut noor = world.browser("noor").await;
        let form = noor.get(&format!("/organisaties/nieuw?onder={press}")).await;
        form.shows("Onder Drukkerij De IJssel");
        form.shows("value=\"81000022\"");
        let typed = [
            ("parent", press.as_str()), ("kind", "branch"), ("name", "De IJssel, Deventer"), ("kvk", "81000022"),
            ("branch_number", "000081000029"), ("town", "Deventer"),
        ];
        let made = noor.post("/organisaties/nieuw", &typed).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let page = noor.get(made.location()).await;
        page.shows("Toegevoegd.");
        page.shows("Organisatie toegevoegd");
        noor.get(&format!("/organisaties/{press}")).await.shows("De IJssel, Deventer");
        // Without being told, by its number in the trade register.
        let program = world.program("noor").await;
        let body = json!({"name": "De IJssel, Zwolle", "kvk": "81000022", "branch_number": "000081000030"});
        let made = program.post("/organisations", &body).await.json();
        assert_eq!((made["parent"].as_str(), made["kind"].as_str()), (Some(press.as_str()), Some("branch")));
        let nobody = noor.get("/organisaties/nieuw?onder=1").await;
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_crosses_another_loses_nothing() {
    on_each_engine(async |world| {
        let path = format!("/organisaties/{}/wijzig", world.count(PRESS).await);
        let mut noor = world.browser("noor").await;
        let mut marit = world.browser("marit").await;
        let version = noor.get(&path).await.between("name=\"version\" value=\"", "\"").to_owned();
        let typed = |town: &'static str| {
            [("version", version.as_str()), ("kind", "company"), ("name", "Drukkerij De IJssel"), ("kvk", "81000022"), ("town", town)]
        };
        let saved = marit.post(&path, &typed("Deventer")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let crossed = noor.post(&path, &typed("Zwolle")).await;
        assert_eq!(crossed.status, StatusCode::UNPROCESSABLE_ENTITY);
        crossed.shows("value=\"Zwolle\"");
        crossed.shows("<dd>Deventer</dd>");
        // Whoever has seen it may save over it.
        let version = crossed.between("name=\"version\" value=\"", "\"").to_owned();
        let mut again = typed("Zwolle");
        again[0].1 = &version;
        assert_eq!(noor.post(&path, &again).await.status, StatusCode::SEE_OTHER);
        let town = "select count(*) as value from organisations where kvk = '81000022' and town = 'Zwolle'";
        assert_eq!(world.count(town).await, 1);
    })
    .await;
}

async fn add_contact(
    browser: &mut Browser<'_>,
    organisation: i64,
    person: i64,
    role: &str,
    from: &str,
) -> Answer {
    let person = person.to_string();
    let typed = [("q", "kaya"), ("person", person.as_str()), ("role", role), ("from", from)];
    browser.post(&format!("/organisaties/{organisation}/contactpersonen/nieuw"), &typed).await
}

async fn contacts(world: &World) -> (i64, i64) {
    let all = world.count("select count(*) as value from contact_persons").await;
    (all, world.count("select count(*) as value from contact_persons where until_on is null").await)
}

#[tokio::test]
async fn a_contact_person_comes_and_goes() {
    on_each_engine(async |world| {
        let linde = world.count(LINDE).await;
        let kaya = world.person("2304512").await;
        let (all, open) = contacts(&world).await;
        let mut noor = world.browser("noor").await;
        let path = format!("/organisaties/{linde}/contactpersonen/nieuw");
        let found = noor.get(&format!("{path}?q=2304512")).await;
        found.shows(&format!("name=\"person\" value=\"{kaya}\" checked"));

        let wrong = noor
            .post(&path, &[("q", "2304512"), ("role", "Hoofd HR"), ("from", "25-11-2026")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for shown in
            ["Kies een persoon.", "Deze dag is nog niet geweest.", "value=\"Hoofd HR\"", "Kaya"]
        {
            wrong.shows(shown);
        }
        let added = add_contact(&mut noor, linde, kaya, "Hoofd HR", "1-3-2024").await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
        let twice = add_contact(&mut noor, linde, kaya, "Hoofd HR", "1-3-2024").await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        twice.shows("al contactpersoon");
        assert_eq!(contacts(&world).await, (all + 1, open + 1));

        let page = noor.get(&format!("/organisaties/{linde}")).await;
        page.shows("Hoofd HR");
        page.shows("Contactpersoon toegevoegd");
        let role = page
            .text
            .split("/einde\"")
            .next()
            .and_then(|before| before.rsplit('/').next())
            .unwrap();
        let end = format!("/organisaties/{linde}/contactpersonen/{role}/einde");
        noor.get(&end).await.shows("value=\"24-11-2026\"");
        let early = noor.post(&end, &[("until", "1-1-2020")]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        early.shows("De laatste dag is eerder dan de eerste.");
        assert_eq!(noor.post(&end, &[("until", "24-11-2026")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            noor.post(&end, &[("until", "24-11-2026")]).await.status,
            StatusCode::NOT_FOUND,
            "it ended already"
        );
        let page = noor.get(&format!("/organisaties/{linde}")).await;
        page.shows("1 maart 2024 tot en met 24 november 2026");
        page.shows("Contactpersoon gestopt");
        assert_eq!(contacts(&world).await, (all + 1, open));
        // Somebody may come back.
        assert_eq!(
            add_contact(&mut noor, linde, kaya, "Directeur", "").await.status,
            StatusCode::SEE_OTHER
        );

        let timeline =
            world.program("noor").await.get(&format!("/organisations/{linde}/timeline")).await;
        let changes: Vec<String> = timeline.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["change"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(changes, ["added", "ended", "added"]);
        let log = world.program("anna").await.get("/events?after=0&limit=500").await.text;
        for private in ["Kaya", "Hoofd HR", "Linde"] {
            assert!(!log.contains(private), "{private} stands in the log");
        }
    })
    .await;
}

#[tokio::test]
async fn employers_are_for_those_who_may_and_changed_by_those_who_work_with_them() {
    on_each_engine(async |world| {
        let press = world.count(PRESS).await;
        let kaya = world.person("2304512").await;
        let before = contacts(&world).await;
        let mut anna = world.browser("anna").await;
        for path in [
            "/organisaties".to_owned(),
            format!("/organisaties/{press}"),
            "/organisaties/nieuw".to_owned(),
        ] {
            assert_eq!(anna.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(
            add_contact(&mut anna, press, kaya, "Hoofd HR", "").await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            world.program("anna").await.get("/memberships").await.status,
            StatusCode::FORBIDDEN
        );

        let login = |role| {
            story::UNION.colleagues.iter().find(|colleague| colleague.role == role).unwrap().login
        };
        let mut finance = world.browser(login(kernel::Role::Finance)).await;
        let page = finance.get(&format!("/organisaties/{press}")).await;
        page.shows("Willem van Vliet");
        page.hides("/einde");
        page.hides(&format!("/organisaties/{press}/wijzig"));
        assert_eq!(
            add_contact(&mut finance, press, kaya, "Hoofd HR", "").await.status,
            StatusCode::FORBIDDEN
        );
        let change = finance.post(&format!("/organisaties/{press}/wijzig"), &[("name", "x")]).await;
        assert_eq!(change.status, StatusCode::FORBIDDEN);

        // Somebody with a region sees the employer, and of its people those who live there: nobody.
        let reads = world.count(READS).await;
        let mut field = world.browser(login(kernel::Role::Field)).await;
        let page = field.get(&format!("/organisaties/{press}")).await;
        page.shows("Drukkerij De IJssel");
        page.hides("van Vliet");
        page.shows("Nog één contactpersoon wordt hier niet getoond.");
        assert_eq!(world.count(READS).await, reads, "nobody was named");
        let memberships =
            world.program(login(kernel::Role::Field)).await.get("/memberships").await.json();
        assert_eq!(memberships["items"], json!([]));
        assert_eq!(contacts(&world).await, before);
    })
    .await;
}

#[tokio::test]
async fn an_employer_by_the_api_is_what_was_sent() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        let body = json!({"name": "Zorg Zuid", "kind": "company", "kvk": "8200 0011", "phone": "055-123 45 70",
            "legal_form": "stichting", "town": "Apeldoorn", "external_id": "Z-1"});
        let made = noor.post_once("/organisations", &body, "zuid").await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(noor.post_once("/organisations", &body, "zuid").await.text, made.text);
        let path = format!("/organisations/{}", made.json()["id"].as_str().unwrap());
        let read = noor.get(&path).await.json();
        assert_eq!((read["kvk"].as_str(), read["phone"].as_str()), (Some("82000011"), Some("+31551234570")));
        assert_eq!(read["contact_persons"], json!([]));

        let changed = noor.patch(&path, &json!({"town": "Zutphen", "version": read["version"]})).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        assert_eq!((changed.json()["town"].as_str(), changed.json()["kvk"].as_str()), (Some("Zutphen"), Some("82000011")));
        let late = noor.patch(&path, &json!({"town": "Epe", "version": read["version"]})).await;
        assert_eq!((late.status, late.json()["type"].as_str()), (StatusCode::CONFLICT, Some("urn:wijland:problem:changed-meanwhile")));
        let taken = noor.post("/organisations", &json!({"name": "Zorg Zuid 2", "kvk": "82000011"})).await;
        assert_eq!((taken.status, taken.json()["type"].as_str()), (StatusCode::CONFLICT, Some("urn:wijland:problem:number-taken")));
        let wrong = noor.patch(&path, &json!({"kvk": "1"})).await;
        assert_eq!((wrong.status, wrong.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("kvk")));
        let nowhere = noor.post("/organisations", &json!({"name": "x", "parent": "1"})).await;
        assert_eq!(nowhere.json()["field"], "parent");
        assert_eq!(noor.get("/organisations/1").await.status, StatusCode::NOT_FOUND);
        let kinds: Vec<String> = noor.get(&format!("{path}/timeline")).await.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["kind"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(kinds, ["organisation_changed", "organisation_added"]);
        let found = noor.get("/organisations?search=zuid").await.json();
        assert_eq!(found["items"].as_array().unwrap().len(), 2, "{found}");
    })
    .await;
}

#[tokio::test]
async fn the_lists_go_on_where_they_stopped() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        for nr in 0..60 {
            // Every second one has the same name as the one before.
            let made = noor
                .post("/organisations", &json!({"name": format!("Winkel {:02}", nr / 2)}))
                .await;
            assert_eq!(made.status, StatusCode::CREATED);
        }
        let all = world.count("select count(*) as value from organisations").await;
        let mut browser = world.browser("noor").await;
        let mut seen = std::collections::BTreeSet::new();
        let mut address = "/organisaties".to_owned();
        let mut pages = 0;
        loop {
            let page = browser.get(&address).await;
            pages += 1;
            for row in page.text.split("<th scope=\"row\"><a href=\"/organisaties/").skip(1) {
                assert!(
                    seen.insert(row.split('"').next().unwrap().to_owned()),
                    "twice in the list"
                );
            }
            if !page.text.contains("Volgende 50") {
                break;
            }
            let more = page.between("<p class=\"more\"><a class=\"btn\" href=\"", "\"");
            address = more.replace("&#38;", "&").replace("&amp;", "&");
        }
        assert_eq!((i64::try_from(seen.len()).unwrap(), pages), (all, 2));

        for (path, table) in [
            ("/organisations?limit=7", all),
            (
                "/memberships?limit=3",
                world.count("select count(*) as value from memberships").await,
            ),
        ] {
            let (mut seen, mut cursor) = (0, String::new());
            loop {
                let page = noor.get(&format!("{path}{cursor}")).await.json();
                seen += i64::try_from(page["items"].as_array().unwrap().len()).unwrap();
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen, table, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn memberships_are_read_by_the_api_and_that_is_written_down() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        let vliet = world.person("1840227").await;
        let reads = "select count(*) as value from reads";
        let before = world.count(reads).await;
        let found = noor.get(&format!("/memberships?person={vliet}")).await.json();
        let membership = &found["items"][0];
        assert_eq!(
            (membership["since"].as_str(), membership["current"].as_bool()),
            (Some("1984-03-01"), Some(true)),
            "{found}"
        );
        assert_eq!(membership["person"], vliet.to_string());
        let one =
            noor.get(&format!("/memberships/{}", membership["id"].as_str().unwrap())).await.json();
        assert_eq!(&one, membership);
        assert_eq!(world.count(reads).await, before + 2);
        assert_eq!(noor.get("/memberships/1").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

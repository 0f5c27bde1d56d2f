//! Finding people, opening their file, changing it; and what is written down about that.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::on_each_engine;

#[tokio::test]
async fn people_are_found_by_whatever_is_known_of_them() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        let vliet = world.person("1840227").await.to_string();
        world.app.state::<people::search::Vocabulary>().load(&world.db).await.unwrap();
        for typed in [
            "vliet",
            "van vliet",
            "Vliet, W. van",
            "willem vliet",
            "0575 12 34 56",
            "+31575123456",
            "0575-123",
            "1840227",
            "184 0227",
            "7201ES",
            "7201 es 12",
            "w.vanvliet@",
            "vlit",
            "vleit",
        ] {
            let found = noor
                .get(&format!("/people?search={}", typed.replace(' ', "%20").replace('+', "%2B")))
                .await
                .json();
            let ids: Vec<&str> = found["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|p| p["id"].as_str().unwrap())
                .collect();
            assert!(ids.contains(&vliet.as_str()), "{typed} finds {found}");
        }
        let none = noor.get("/people?search=bestaatniet").await.json();
        assert_eq!(none["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn opening_a_file_is_written_down() {
    on_each_engine(async |world| {
        let vliet = world.person("1840227").await;
        let before = world.count("select count(*) as value from reads").await;
        let mut noor = world.browser("noor").await;
        let page = noor.get(&format!("/leden/{vliet}")).await;
        page.shows("De heer W. van Vliet");
        page.shows("1840227");
        assert_eq!(world.count("select count(*) as value from reads").await, before + 1);
        // A search opens nothing.
        noor.get("/zoek?q=vliet").await.shows("Vliet");
        assert_eq!(world.count("select count(*) as value from reads").await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_crosses_another_loses_nothing() {
    on_each_engine(async |world| {
        let vliet = world.person("1840227").await;
        let mut noor = world.browser("noor").await;
        let mut marit = world.browser("marit").await;
        let form = noor.get(&format!("/leden/{vliet}/wijzig")).await;
        let version = form.between("name=\"version\" value=\"", "\"").to_owned();
        let change = |town: &'static str, version: String| {
            [
                ("version".to_owned(), version),
                ("last_name".to_owned(), "Vliet".to_owned()),
                ("prefix".to_owned(), "van".to_owned()),
                ("initials".to_owned(), "W.".to_owned()),
                ("town".to_owned(), town.to_owned()),
            ]
        };
        let of = |fields: [(String, String); 5]| fields.to_vec();
        let first = of(change("Deventer", version.clone()));
        let first: Vec<(&str, &str)> =
            first.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let saved = marit.post(&format!("/leden/{vliet}/wijzig"), &first).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);

        let second = of(change("Zwolle", version));
        let second: Vec<(&str, &str)> =
            second.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let crossed = noor.post(&format!("/leden/{vliet}/wijzig"), &second).await;
        assert_eq!(crossed.status, StatusCode::UNPROCESSABLE_ENTITY);
        crossed.shows("value=\"Zwolle\"");
        noor.get(&format!("/leden/{vliet}")).await.shows("Deventer");
    })
    .await;
}

#[tokio::test]
async fn a_person_by_the_api_is_what_was_sent() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        let body = json!({"first_name": "Ayşe", "last_name": "Demir", "mobile": "06-12 34 56 79", "postcode": "7315hk",
            "house_number": "4", "town": "Apeldoorn", "email": "ayse@voorbeeld.example", "interest": "Loon"});
        let made = noor.post("/people", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let read = noor.get(&format!("/people/{id}")).await.json();
        assert_eq!((read["last_name"].as_str(), read["first_name"].as_str()), (Some("Demir"), Some("Ayşe")));
        assert!(read.to_string().contains("+31612345679"), "{read}");
        let changed = noor.patch(&format!("/people/{id}"), &json!({"town": "Zutphen"})).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        let read = noor.get(&format!("/people/{id}")).await.json();
        assert_eq!((read["town"].as_str(), read["first_name"].as_str()), (Some("Zutphen"), Some("Ayşe")), "the rest stays");
        let wrong = noor.patch(&format!("/people/{id}"), &json!({"birth_date": "31-02-1990"})).await;
        assert_eq!(wrong.json()["field"], "birth_date");
        let line = noor.get(&format!("/people/{id}/timeline")).await;
        assert_eq!(line.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_list_goes_on_where_it_stopped() {
    on_each_engine(async |world| {
        let noor = world.program("noor").await;
        let all = world.count("select count(*) as value from people").await;
        let (mut seen, mut cursor) = (std::collections::BTreeSet::new(), None::<String>);
        loop {
            let path = match &cursor {
                None => "/people?limit=7".to_owned(),
                Some(cursor) => format!("/people?limit=7&cursor={cursor}"),
            };
            let page = noor.get(&path).await.json();
            for person in page["items"].as_array().unwrap() {
                assert!(
                    seen.insert(person["id"].as_str().unwrap().to_owned()),
                    "twice in the list"
                );
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!(i64::try_from(seen.len()).unwrap(), all);
    })
    .await;
}

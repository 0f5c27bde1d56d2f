//! Who reaches the state pension age, by a table that an administrator changes.

use axum::http::StatusCode;
use kernel::Actor;
use membership_rules::pension::reaches;

use crate::harness::{World, on_each_engine};

async fn reached(world: &World, day: &str, born: &str) -> String {
    let day = day.parse().unwrap();
    let read = async |tx: &mut db::Tx| membership::pension::rows(tx, day).await;
    let rows = world.db.read(Actor::SYSTEM, read).await.unwrap();
    let pension = reaches(&rows, born.parse().unwrap()).expect("in the table");
    format!("{}{}", pension.on, if pension.is_estimate { "?" } else { "" })
}

#[tokio::test]
async fn the_shipped_table_gives_the_days_of_the_law() {
    on_each_engine(async |world| {
        for (born, expected) in [
            ("1948-01-01", "2013-02-01"),
            ("1948-11-30", "2013-12-30"),
            ("1950-08-31", "2015-12-01"),
            ("1953-08-31", "2019-12-31"),
            ("1956-05-31", "2022-12-31"),
            ("1956-06-01", "2023-04-01"),
            ("1957-02-28", "2023-12-28"),
            ("1957-03-01", "2024-03-01"),
            ("1959-03-15", "2026-03-15"),
            ("1960-12-31", "2027-12-31"),
            ("1961-01-01", "2028-04-01"),
            ("1961-10-01", "2029-01-01"),
            ("1964-09-30", "2031-12-30"),
            ("1964-10-01", "2032-01-01?"),
        ] {
            assert_eq!(reached(&world, "2026-11-24", born).await, expected, "born {born}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_desk_sees_who_reaches_it_months_ahead() {
    on_each_engine(async |world| {
        world.clock("09:00");
        let mut noor = world.browser("noor").await;
        // Mr Van Vliet was born on 14 January 1960: the pension comes on 14 January 2027.
        let list = noor.get("/aow?maanden=3").await;
        list.shows("van Vliet");
        list.shows("januari 2027");
        list.hides("14 januari 2027");
        noor.get("/aow?maanden=1").await.hides("van Vliet");
        let vliet = world.person("1840227").await;
        noor.get(&format!("/leden/{vliet}")).await.shows("januari 2027 (67 jaar)");

        let api = world.program("noor").await.get("/pension-dates?months=3").await.json();
        let item = &api["items"][0];
        assert_eq!(
            (&item["person"], &item["month"]),
            (&vliet.to_string().into(), &"2027-01".into())
        );
        let wrong = world.program("noor").await.get("/pension-dates?months=61").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

        // A team lead makes a campaign of them; the conditions are filled in.
        let mut ingrid = world.browser("ingrid").await;
        let offered = ingrid.get("/aow?maanden=3").await;
        offered.shows("/campagnes?status=member&amp;aow_months=3");
        ingrid
            .get("/campagnes?status=member&aow_months=3")
            .await
            .shows("name=\"aow_months\" inputmode=\"numeric\" value=\"3\"");
        ingrid.get("/campagnes/wie?status=member&aow_months=3").await.shows("van Vliet");
        ingrid.get("/campagnes/wie?status=member&aow_months=1").await.hides("van Vliet");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_changes_an_age_and_the_past_does_not_change() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        anna.get("/beheer/aow").await.shows("67 jaar en 3 maanden");
        // The decision about 2032 comes: born from October 1964 it is 67 and a half.
        let mut decided = vec![
            ("years", "66"),
            ("months", "6"),
            ("valid_from", "2026-12-01"),
            ("source", "Besluit minister, december 2026"),
        ];
        let lower = anna.post("/beheer/aow/1964-10-01", &decided).await;
        assert_eq!(lower.status, StatusCode::UNPROCESSABLE_ENTITY);
        lower.shows("De leeftijd gaat nooit omlaag.");
        lower.shows("value=\"Besluit minister, december 2026\"");
        decided[0].1 = "67";
        decided[2].1 = "2026-11-01";
        anna.post("/beheer/aow/1964-10-01", &decided).await.shows("vanaf vandaag");
        decided[2].1 = "2026-12-01";
        let kept = anna.post("/beheer/aow/1964-10-01", &decided).await;
        assert_eq!(kept.location(), "/beheer/aow?gedaan=ja");
        anna.get("/beheer/aow")
            .await
            .shows("Vanaf 01-12-2026 geldt voor wie geboren is vanaf 01-10-1964");

        assert_eq!(reached(&world, "2026-11-30", "1964-10-01").await, "2032-01-01?");
        assert_eq!(reached(&world, "2026-12-01", "1964-10-01").await, "2032-04-01");
        assert_eq!(reached(&world, "2026-12-01", "1964-09-30").await, "2031-12-30");

        // What is not decided comes after what is.
        let estimate = [
            ("born_from", "1-7-1965"),
            ("years", "67"),
            ("months", "6"),
            ("is_estimate", "ja"),
            ("valid_from", "2026-12-01"),
            ("source", "Laatst bekende leeftijd"),
        ];
        anna.post("/beheer/aow/nieuw", &estimate).await;
        assert_eq!(reached(&world, "2026-12-01", "1965-06-30").await, "2032-12-30");
        assert_eq!(reached(&world, "2026-12-01", "1965-07-01").await, "2033-01-01?");
    })
    .await;
}

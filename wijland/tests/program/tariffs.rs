//! What members pay: by a table that is tried on everybody before it is set, and by what they told.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{World, on_each_engine, on_each_trade_engine};

/// The membership of Mr Van Vliet, who reaches the pension age on 14 January 2027.
async fn vliet(world: &World) -> String {
    let person = world.person("1840227").await;
    let noor = world.program("noor").await;
    let found = noor.get(&format!("/memberships?person={person}")).await.json();
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn amount(world: &World, membership: &str, on: &str) -> String {
    let noor = world.program("noor").await;
    let found = noor.get(&format!("/memberships/{membership}/amount?on={on}")).await.json();
    format!("{} {}", found["class"].as_str().unwrap(), found["cents"])
}

#[tokio::test]
async fn the_file_shows_what_a_member_pays_and_will_pay() {
    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        let person = world.person("1840227").await;
        let file = noor.get(&format!("/leden/{person}")).await;
        file.shows("€ 18,50 per maand (Vol tarief)");
        file.shows("vanaf 1 februari 2027: € 8,75 per maand (Pensioentarief)");
        noor.get(&format!("/leden/{person}?lang=en"))
            .await
            .shows("from 1 February 2027: € 8.75 a month (Pensioner)");

        let membership = vliet(&world).await;
        assert_eq!(amount(&world, &membership, "2027-01-13").await, "full 1850");
        assert_eq!(amount(&world, &membership, "2027-01-14").await, "pension 875");
    })
    .await;
}

#[tokio::test]
async fn a_new_version_is_tried_on_everybody_and_then_set_for_ever() {
    on_each_engine(async |world| {
        let membership = vliet(&world).await;
        let mut anna = world.browser("anna").await;
        anna.get("/beheer/tarieven")
            .await
            .shows("Besluit ledenparlement, december 2025 (verzonnen)");
        let begun = anna.post("/beheer/tarieven/nieuw/person", &[]).await;
        let draft = begun.location().to_owned();
        // It begins as a copy, from the next half year on.
        let page = anna.get(&draft).await;
        page.shows("name=\"vanaf\" type=\"date\" value=\"2027-01-01\"");
        page.shows("value=\"18,50\"");
        // Two who change a tariff change the same draft.
        let mut petra = world.browser("petra").await;
        assert_eq!(petra.post("/beheer/tarieven/nieuw/person", &[]).await.location(), draft);

        let mut form = fields(&page.text);
        let change = |form: &mut Vec<(String, String)>, name: &str, value: &str| {
            form.iter_mut().find(|(found, _)| found == name).unwrap().1 = value.to_owned();
        };
        change(&mut form, "bron", "Besluit ledenparlement, december 2026");
        change(&mut form, "bedrag-6", "negentien");
        let wrong = petra.post(&draft, &pairs(&form)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Vul een bedrag in, zoals 18,50.");
        wrong.shows("value=\"negentien\"");
        change(&mut form, "bedrag-6", "19,00");
        assert_eq!(
            petra.post(&draft, &pairs(&form)).await.location(),
            format!("{draft}?gedaan=bewaard")
        );

        // Not before it was tried; a draft computes nothing.
        let early = petra.post(&format!("{draft}/vast"), &[]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        early.shows("Reken het concept eerst door");
        assert_eq!(amount(&world, &membership, "2027-01-01").await, "full 1850");
        petra.post(&format!("{draft}/proef"), &[]).await;
        let tried = petra.get(&draft).await;
        // Four members of the story pay the full amount: fifty cents a month more each.
        tried.shows("Van 5 leden betalen er 4 meer en 0 minder. Samen € 24,00 per jaar meer.");
        tried.shows("Laat ingaan op 1 januari 2027");
        petra.post(&format!("{draft}/vast"), &[]).await;
        let twice = petra.post(&format!("{draft}/vast"), &[]).await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND);
        petra.get("/beheer/tarieven").await.shows("Vanaf 1 januari 2027 geldt een nieuwe versie");

        // The day before, the day itself; what was is not changed, neither by a page nor in the database.
        assert_eq!(amount(&world, &membership, "2026-12-31").await, "full 1850");
        assert_eq!(amount(&world, &membership, "2027-01-01").await, "full 1900");
        let write = async |tx: &mut db::Tx| {
            tx.execute("update tariff_rows set cents = 1 where class = 'full'", vec![]).await
        };
        let refused = world.db.write(kernel::Actor::SYSTEM, write).await.unwrap_err().to_string();
        assert!(refused.contains("D1"), "{refused}");
        let write = async |tx: &mut db::Tx| {
            tx.execute(
                "update tariff_tables set valid_from = '2020-01-01' where state = 'set'",
                vec![],
            )
            .await
        };
        let refused = world.db.write(kernel::Actor::SYSTEM, write).await.unwrap_err().to_string();
        assert!(refused.contains("D1"), "{refused}");

        // From now on nothing begins before today.
        let past = json!({"holder": "person", "valid_from": "2026-11-23", "source": "x",
                          "rows": [{"class": "full", "name_nl": "Vol", "cents": 100}]});
        let program = world.program("petra").await;
        let answer = program.post("/tariffs", &past).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
        assert_eq!(answer.json()["field"], "valid_from");
    })
    .await;
}

#[tokio::test]
async fn a_table_that_leaves_somebody_out_is_refused() {
    on_each_engine(async |world| {
        let petra = world.program("petra").await;
        let full = json!({"class": "full", "name_nl": "Vol", "cents": 1900});
        let young = json!({"class": "youth", "name_nl": "Jong", "cents": 250, "age_until": 22});
        let draft = |rows: serde_json::Value| {
            json!({"holder": "person", "valid_from": "2027-01-01", "source": "Besluit", "rows": rows})
        };
        for (rows, status) in [
            (json!([]), 422),
            (json!([young]), 422),
            (json!([full, young]), 422),
            (json!([young, full]), 201),
        ] {
            let answer = petra.post("/tariffs", &draft(rows.clone())).await;
            assert_eq!(answer.status.as_u16(), status, "{rows}: {}", answer.text);
        }
        let id = petra.get("/tariffs").await.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|tariff| tariff["state"] == "draft")
            .unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let early = petra.post(&format!("/tariffs/{id}/set"), &json!({})).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        let tried = petra.post(&format!("/tariffs/{id}/simulation"), &json!({})).await.json();
        assert_eq!((&tried["members"], &tried["without"]), (&5.into(), &0.into()));
        assert_eq!(petra.post(&format!("/tariffs/{id}/set"), &json!({})).await.status, StatusCode::NO_CONTENT);
        // An agent works with amounts and does not set them.
        let noor = world.program("noor").await;
        assert_eq!(noor.get("/tariffs").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn what_a_member_tells_changes_the_amount_and_is_settled_back() {
    on_each_engine(async |world| {
        let person = world.person("2210418").await;
        let path = format!("/lidmaatschap/situatie/lid/{person}");
        let mut noor = world.browser("noor").await;
        let wrong = noor.post(&path, &[("soort", "income"), ("vanaf", "2026-11-01")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Vul in hoeveel.");

        // Without proof a benefit changes nothing; with it, half the amount, settled back over six months.
        let told = [("soort", "benefit"), ("vanaf", "2026-01-01"), ("tot", ""), ("bewijs", "")];
        noor.post(&path, &told).await;
        noor.get(&format!("/leden/{person}")).await.shows("Met bewijs kan het minder zijn.");
        let proved = [("soort", "benefit"), ("vanaf", "2026-01-01"), ("tot", ""), ("bewijs", "2027-12-31")];
        let kept = noor.post(&path, &proved).await;
        // Six months that began from 24 May on, 9.25 each.
        assert_eq!(kept.location(), format!("{path}?gedaan=ja&terug=5550"));
        noor.get(kept.location()).await.shows("Over de afgelopen maanden komt € 55,50 terug.");
        let file = noor.get(&format!("/leden/{person}")).await;
        file.shows("€ 9,25 per maand (Half tarief)");
        file.shows("vanaf 1 januari 2028: € 18,50 per maand (Vol tarief)");
        let events = world
            .count("select count(*) as value from events where kind = 'situation_told' and amount = 5550")
            .await;
        assert_eq!(events, 1);

        // It is no longer so: from tomorrow on the full amount.
        let page = noor.get(&path).await;
        let end = page.between(&format!("action=\"{path}/"), "/einde").to_owned();
        noor.post(&format!("{path}/{end}/einde"), &[]).await;
        noor.get(&format!("/leden/{person}")).await.shows("vanaf 1 december 2026: € 18,50 per maand");
        assert_eq!(noor.post(&format!("{path}/1/einde"), &[]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_company_pays_by_its_shops_and_its_floor() {
    on_each_trade_engine(async |world| {
        let mut corine = world.browser("corine").await;
        let company = world.organisation("T-1").await;
        // Four shops: the base for one, and three more.
        corine
            .get(&format!("/organisaties/{company}"))
            .await
            .shows("€ 705,00 per jaar (Basiscontributie)");
        let path = format!("/lidmaatschap/situatie/organisatie/{company}");
        corine
            .post(&path, &[("soort", "floor"), ("waarde", "1000"), ("vanaf", "2026-01-01")])
            .await;
        corine
            .get(&format!("/organisaties/{company}"))
            .await
            .shows("€ 1.175,00 per jaar (Winkel vanaf 1.000 m²)");
        corine.post(&path, &[("soort", "floor"), ("waarde", "999"), ("vanaf", "2026-01-01")]).await;
        corine
            .get(&format!("/organisaties/{company}"))
            .await
            .shows("€ 895,00 per jaar (Winkel van 400 tot 1.000 m²)");
    })
    .await;
}

fn pairs(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The fields of the draft's form as a browser would send them.
fn fields(page: &str) -> Vec<(String, String)> {
    let form = &page[page.find("id=\"tarief\"").unwrap()..];
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(tag[start..start + tag[start..].find('"')?].to_owned())
    };
    let mut found = vec![("doen".to_owned(), "bewaar".to_owned())];
    let mut select = String::new();
    for tag in form.split('<').map(|tag| tag.split('>').next().unwrap_or_default()) {
        if let Some(name) = tag.strip_prefix("input").and_then(|_| attribute(tag, "name")) {
            if tag.contains("checkbox") && !tag.contains(" checked") {
                continue;
            }
            found.push((name, attribute(tag, "value").unwrap_or_default()));
        } else if tag.starts_with("select") {
            select = attribute(tag, "name").unwrap();
        } else if tag.starts_with("option") && tag.contains(" selected") {
            found.push((select.clone(), attribute(tag, "value").unwrap()));
        }
    }
    found
}

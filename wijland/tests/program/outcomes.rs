//! What can be chosen after a call: set by an administrator, said before it is saved, kept as it was.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{Browser, World, on_each_engine};

/// Somebody on Marit's desk, with the call begun: person and fence as the page has them.
async fn in_a_call(world: &World, marit: &mut Browser<'_>) -> [(&'static str, String); 2] {
    world.clock("10:40");
    marit.post("/werkplek/volgende", &[]).await;
    let desk = marit.get("/werkplek").await;
    let about = [
        ("person", desk.between("name=\"person\" value=\"", "\"").to_owned()),
        ("fence", desk.between("name=\"fence\" value=\"", "\"").to_owned()),
    ];
    let form: Vec<_> = about.iter().map(|(name, value)| (*name, value.as_str())).collect();
    marit.post("/werkplek/bel", &form).await;
    about
}

async fn saved(
    marit: &mut Browser<'_>,
    about: &[(&'static str, String); 2],
    more: &[(&str, &str)],
) -> crate::harness::Answer {
    let mut form: Vec<_> = about.iter().map(|(name, value)| (*name, value.as_str())).collect();
    form.extend_from_slice(more);
    marit.post("/werkplek/uitkomst", &form).await
}

#[tokio::test]
async fn an_association_names_its_own_outcomes_and_what_follows_from_them() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let page = anna.get("/beheer/uitkomsten").await;
        page.shows("Weer op de lijst na 4 uur, op een ander dagdeel. Hooguit 4 pogingen.");
        page.shows("Wordt niet meer gebeld, in geen enkele campagne.");
        let reason = [
            ("parent", "4"),
            ("code", "not_interested"),
            ("label_nl", "Wacht op de cao"),
            ("label_en", "Waits for the agreement"),
            ("then", "again"),
            ("after", "90"),
            ("unit", "dagen"),
            ("tries_max", "3"),
            ("place", "1"),
            ("offered", "ja"),
        ];
        // A mistake first; what was typed stays.
        let mut wrong = reason;
        wrong[5].1 = "400";
        let again = anna.post("/beheer/uitkomsten", &wrong).await;
        again.shows("Kies een tijd tussen een kwartier en een jaar.");
        again.shows("value=\"Wacht op de cao\"");
        let kept = anna.post("/beheer/uitkomsten", &reason).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        anna.get(kept.location()).await.shows("Weer op de lijst na 90 dagen. Hooguit 3 pogingen.");

        let mut marit = world.browser("marit").await;
        let about = in_a_call(&world, &mut marit).await;
        let desk = marit.get("/werkplek").await;
        desk.shows("Wacht op de cao");
        desk.shows("Weer op de lijst na 90 dagen");
        let nr = world.count("select max(nr) as value from outcome_choices").await.to_string();
        // A reason that belongs to another outcome.
        let stray = saved(&mut marit, &about, &[("outcome", "busy"), ("reden-busy", &nr)]).await;
        stray.shows("Kies een reden die bij deze uitkomst hoort.");
        // Changed while her page is open: what she chose means what she read.
        let keuzes = marit.get("/werkplek").await.between("name=\"keuzes\" value=\"", "\"").to_owned();
        let mut never = reason;
        never[2].1 = "Nooit meer";
        never[4].1 = "done";
        anna.post(&format!("/beheer/uitkomsten/{nr}"), &never).await;
        let done = saved(
            &mut marit,
            &about,
            &[("keuzes", &keuzes), ("outcome", "not_interested"), ("reden-not_interested", &nr), ("reden-busy", "1")],
        )
        .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        marit.get(done.location()).await.shows("Vastgelegd: Geen interesse.");
        let rests = "select max(rest_until_at - changed_at) / 86400000 as value from call_records where state = 'resting'";
        assert_eq!(world.count(rests).await, 90);
        let by = "select count(*) as value from events where kind = 'outcome_logged' and rule like 'outcome.choice.%@1'";
        assert_eq!(world.count(by).await, 1);

        // A page of this call, sent once more when somebody else is on the desk: nothing of it gets into that call.
        marit.post("/werkplek/volgende", &[]).await;
        let again = saved(&mut marit, &about, &[("outcome", "joined"), ("note", "Over de eerste")]).await;
        again.shows("Je notitie van daarnet");
        again.hides("value=\"joined\" data-hot=\"a\" checked");
        assert_eq!(again.text.matches("Over de eerste").count(), 1, "only to take over by hand");

        // Told with its reason, also when that is called differently later or is gone.
        let renamed = [("label_nl", "Cao eerst"), ("label_en", "x"), ("then", "usual")];
        anna.post(&format!("/beheer/uitkomsten/{nr}"), &renamed).await;
        let person = &about[0].1;
        marit.get(&format!("/leden/{person}")).await.shows("Geen interesse: Wacht op de cao");
        marit.get(&format!("/leden/{person}")).await.shows("Gesprek: geen interesse (Wacht op de cao)");
        let history = anna.get(&format!("/beheer/uitkomsten/{nr}")).await;
        history.shows("Cao eerst");
        history.shows("Wacht op de cao");
        history.shows("niet te kiezen");
        let counted = anna.get("/beheer/uitkomsten").await;
        counted.shows("<td class=\"num\">1</td>");
        // Corrected: what was chosen by mistake brings nobody back.
        let call = "select max(attempt_id) as value from outcomes where reason_id is not null";
        let call = world.count(call).await;
        let right = [("outcome", "joined"), ("why", "wrong_key")];
        marit.post(&format!("/leden/{person}/gesprekken/{call}/corrigeer"), &right).await;
        let state = "select count(*) as value from call_records where state = 'done' and rest_until_at is null";
        assert_eq!(world.count(state).await, 1);
        let changed = async |tx: &mut db::Tx| {
            tx.execute("update outcome_choices set label_nl = 'x'", db::args![]).await
        };
        assert!(world.db.write(kernel::Actor::SYSTEM, changed).await.is_err(), "INV15");
    })
    .await;
}

#[tokio::test]
async fn a_result_of_its_own_counts_as_what_it_says_and_programs_know_it() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let result = [
            ("code", "joined"),
            ("label_nl", "Aangemeld met collega"),
            ("label_en", "Joined with a colleague"),
            ("key", "e"),
            ("then", "usual"),
            ("place", "2"),
            ("offered", "ja"),
        ];
        let mut taken = result;
        taken[3].1 = "b";
        anna.post("/beheer/uitkomsten", &taken).await.shows("Kies één letter");
        anna.post("/beheer/uitkomsten", &result).await;
        let marit = world.program("marit").await;
        let all = marit.get("/outcomes").await.json();
        let own = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["label_en"] == "Joined with a colleague");
        let own = own.unwrap()["outcome"].as_str().unwrap().to_owned();
        assert_eq!(all["items"][4]["reasons"][0]["label_nl"], "Te duur");

        let person = world.person("1840227").await.to_string();
        let call = json!({"direction": "in", "person": person, "outcome": own});
        let logged = marit.post("/calls", &call).await;
        assert_eq!(logged.status, StatusCode::CREATED, "{}", logged.text);
        assert_eq!(logged.json()["outcome"], "joined", "others read what it counts as");
        let day = marit.get("/days/2026-11-24/summary").await.json();
        assert_eq!(day["new_members"], 1);
        for (outcome, reason, field) in [("99", "", "outcome"), (own.as_str(), "13", "reason")] {
            let wrong =
                json!({"direction": "in", "person": person, "outcome": outcome, "reason": reason});
            let refused = marit.post("/calls", &wrong).await;
            assert_eq!(refused.json()["field"], field, "{}", refused.text);
        }
        let mut hers = world.browser("marit").await;
        in_a_call(&world, &mut hers).await;
        hers.get("/werkplek").await.shows("data-hot=\"e\"");

        // What the law needs stays, whoever administers.
        let objection = [("label_nl", "Bezwaar"), ("label_en", "Objection"), ("then", "usual")];
        anna.post("/beheer/uitkomsten/12", &objection).await.shows("kan de werkplek niet missen");
        let lead = world.browser("marit").await.post("/beheer/uitkomsten", &result).await;
        assert_eq!(lead.status, StatusCode::FORBIDDEN);
    })
    .await;
}

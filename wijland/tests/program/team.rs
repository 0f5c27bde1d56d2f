//! The team's board: the same figures everywhere, nobody ranked, nothing that says who a member is; a line to a
//! colleague and a raised hand.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Program, World, on_each_engine};

async fn rang(program: &Program<'_>, world: &World, person: &str, outcome: &str) {
    let person = world.person(person).await.to_string();
    let call = json!({"direction": "in", "person": person, "outcome": outcome});
    let logged = program.post("/calls", &call).await;
    assert_eq!(logged.status, StatusCode::CREATED, "{}", logged.text);
}

#[tokio::test]
async fn board_api_and_the_days_of_the_colleagues_give_the_same_figures() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        rang(&noor, &world, "1840227", "retained").await;
        rang(&marit, &world, "2210418", "retained").await;
        rang(&marit, &world, "W-1101", "joined").await;
        let promised = json!({"person": world.person("W-1102").await.to_string(), "date": "2026-11-24",
            "from": "15:00", "until": "15:30", "owner": "me", "words": "graag"});
        marit.post("/callbacks", &promised).await;
        world.clock("09:20");
        let due = noor.post("/call-records/next", &json!({})).await.json();
        let path = |what: &str| format!("/call-records/{}/{what}", due["id"].as_str().unwrap());
        noor.post(&path("attempts"), &json!({"fence": due["fence"], "channel": "own_phone"})).await;
        noor.post(&path("outcome"), &json!({"fence": due["fence"], "outcome": "not_interested"})).await;

        let board = noor.get("/team/board").await.json();
        let mut sums: Value = json!({});
        for login in ["noor", "marit"] {
            let summary = world.program(login).await.get("/days/2026-11-24/summary").await.json();
            for name in ["new_members", "retained_members", "attempts", "conversations", "callbacks_due", "callbacks_kept"] {
                let sum = sums[name].as_i64().unwrap_or(0) + summary[name].as_i64().unwrap();
                sums[name] = json!(sum);
            }
        }
        for (name, sum) in sums.as_object().unwrap() {
            assert_eq!(&board[name], sum, "{name}: {board}");
        }
        assert_eq!((board["new_members"].as_i64(), board["retained_members"].as_i64()), (Some(1), Some(2)));
        let mut lead = world.browser("ingrid").await;
        for path in ["/team", "/team/bord", "/team/muur"] {
            let page = lead.get(path).await;
            page.shows("<p class=\"v\">2</p>");
            page.shows("Iemand bleef lid");
            page.shows("Een belofte op tijd nagekomen");
            // Nothing that says who a member is.
            for name in ["Vliet", "Dekker", "Peters", "Jansen"] {
                page.hides(name);
            }
        }
        world.clock("16:10");
        for _ in 0..2 {
            calls::callback::look(&world.app).await.unwrap();
        }
        let late = noor.get("/team/board").await.json();
        assert_eq!((late["callbacks_at_risk"].as_i64(), late["callbacks_for_the_lead"].as_i64()), (Some(5), Some(5)), "{late}");
        lead.get("/team/bord").await.shows("5 voor de teamleider");
        // Who leads acts from the board, and sees when and whose it is, not to whom.
        let page = lead.get("/team").await;
        page.shows("di 24 nov, 10:00–10:30, van Noor Bakker");
        page.hides("Jansen");
        world.browser("marit").await.get("/team").await.hides("10:00–10:30");
        let promise = page.between("action=\"/terugbellen/", "/geef\"").to_owned();
        let marits = world.count("select id as value from users where login = 'marit'").await.to_string();
        let given = lead.post(&format!("/terugbellen/{promise}/geef"), &[("owner", &marits)]).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
        lead.get("/team").await.shows("10:00–10:30, van Marit Hoekstra");
        lead.get(&format!("/terugbellen/{promise}")).await.shows("Ingrid Post gaf");
    })
    .await;
}

#[tokio::test]
async fn a_line_reaches_its_colleague_and_a_raised_hand_everybody() {
    on_each_engine(async |world| {
        let (mut noor, mut marit, mut ingrid) = (
            world.browser("noor").await,
            world.browser("marit").await,
            world.browser("ingrid").await,
        );
        let noors = world.count("select id as value from users where login = 'noor'").await;
        let line = [("text", "Kun je straks <even> meekijken?")];
        let sent = ingrid.post(&format!("/collegas/{noors}/bericht"), &line).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let hers = noor.get("/deel/collegas").await;
        hers.shows("Ingrid");
        hers.shows("&#60;even&#62;");
        marit.get("/deel/collegas").await.hides("meekijken");
        let id = hers.between("/berichten/", "/gelezen").to_owned();
        // Only whom it is for can put it away.
        marit.post(&format!("/berichten/{id}/gelezen"), &[]).await;
        noor.get("/deel/collegas").await.shows("meekijken");
        noor.post(&format!("/berichten/{id}/gelezen"), &[]).await;
        noor.get("/deel/collegas").await.hides("meekijken");
        // Somebody outside the team gets none.
        let annas = world.count("select id as value from users where login = 'anna'").await;
        let outside = ingrid.post(&format!("/collegas/{annas}/bericht"), &line).await;
        assert_eq!(outside.status, StatusCode::NOT_FOUND);

        noor.post("/hulp", &[("wanted", "ja")]).await;
        marit.get("/deel/collegas").await.shows("vraagt hulp");
        ingrid.get("/team/bord").await.shows("vraagt hulp");
        noor.post("/hulp", &[("wanted", "nee")]).await;
        marit.get("/deel/collegas").await.hides("vraagt hulp");
        let trace =
            "select count(*) as value from events where kind in ('message_sent', 'help_asked')";
        assert_eq!(world.count(trace).await, 3);
    })
    .await;
}

#[tokio::test]
async fn who_leads_sees_whom_the_numbers_are_about_and_an_agent_her_own() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        rang(&noor, &world, "1840227", "retained").await;
        rang(&marit, &world, "2210418", "retained").await;
        rang(&marit, &world, "W-1101", "joined").await;
        let (vliet, other) = (world.person("1840227").await, world.person("2210418").await);
        let [vliet, other] = [vliet, other].map(|person| format!("/leden/{person}\""));
        let read = "select count(*) as value from reads where why = 'figure'";

        let mut hers = world.browser("noor").await;
        let day = hers.get("/mijn-dag").await;
        let path = "/mijn-dag/leden?dag=2026-11-24&toon=retained_members";
        day.shows(&path.replace('&', "&amp;"));
        let own = hers.get(path).await;
        own.shows(&vliet);
        own.hides(&other);
        own.shows("Behouden: 1");
        own.shows("Nieuw: 0");
        assert_eq!(world.count(read).await, 1, "that she saw him is written down");
        // Another day has others behind it.
        hers.get("/mijn-dag/leden?dag=2026-11-23&toon=retained_members").await.hides(&vliet);
        assert_eq!(hers.get("/team/leden").await.status, StatusCode::FORBIDDEN);

        let mut lead = world.browser("ingrid").await;
        lead.get("/team").await.shows("href=\"/team/leden\"");
        let team = lead.get("/team/leden?toon=retained_members").await;
        for shown in
            [vliet.as_str(), &other, "Noor Bakker", "Marit Hoekstra", "Behouden: 2", "Nieuw: 1"]
        {
            team.shows(shown);
        }
        // A coach sees figures of the team, and no people in them.
        assert_eq!(
            world.browser("david").await.get("/team/leden").await.status,
            StatusCode::FORBIDDEN
        );

        let ingrid = world.program("ingrid").await;
        let marits = world.count("select id as value from users where login = 'marit'").await;
        let rows =
            |count: &str, user: &str| format!("/days/2026-11-24/members?count={count}{user}");
        let of_marit = format!("&user={marits}");
        let behind = ingrid.get(&rows("new_members", &of_marit)).await.json();
        assert_eq!((&behind["n"], behind["rows"].as_array().unwrap().len()), (&json!(1), 1));
        assert_eq!(behind["rows"][0]["person"], json!(world.person("W-1101").await.to_string()));
        assert_eq!(noor.get(&rows("new_members", &of_marit)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(noor.get(&rows("new_members", "")).await.json()["n"], 0);
        assert_eq!(noor.get(&rows("retained_members", "")).await.json()["n"], 1);
        assert_eq!(noor.get(&rows("attempts", "")).await.json()["field"], "count");
    })
    .await;
}

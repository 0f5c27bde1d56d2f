//! Questions, wishes and agreements: nothing lies without an owner, what is late climbs, and what was promised is
//! measured against the day that was promised.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::on_each_trade_engine;

#[tokio::test]
async fn a_question_is_answered_by_who_knows_and_told_back() {
    on_each_trade_engine(async |world| {
        let shop = world.organisation("T-1").await;
        let franchise = world.theme("Franchise").await;
        let rianne_id = world.user("rianne").await;
        let mut joris = world.browser("joris").await;
        let form = joris.get(&format!("/wensen/nieuw?organisatie={shop}")).await;
        form.shows("weet ervan: Rianne Brouwer");
        form.shows("value=\"2026-12-01\"");
        let empty = [
            ("organisatie", shop.as_str()),
            ("kind", "question"),
            ("theme", franchise.as_str()),
            ("words", " "),
            ("source", "call"),
            ("owner", "me"),
            ("due", "2026-12-01"),
        ];
        let refused = joris.post("/wensen/nieuw", &empty).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.shows("Schrijf op wat het lid vraagt of wil.");
        let mut asked = empty;
        asked[3] = ("words", "Mag de inkoopverplichting van 80 naar 95 procent?");
        let kept = joris.post("/wensen/nieuw", &asked).await;
        let id = world.count("select max(id) as value from wishes").await;
        assert_eq!(kept.location(), format!("/wensen/{id}?gedaan=nieuw"));

        let page = joris.get(&format!("/wensen/{id}")).await;
        page.shows("Wie weet dit?");
        page.shows("Rianne Brouwer");
        let give = [("version", "1"), ("owner", rianne_id.as_str())];
        joris.post(&format!("/wensen/{id}/geef"), &give).await;

        let mut rianne = world.browser("rianne").await;
        rianne.get("/afspraken").await.shows("Mag de inkoopverplichting");
        // Told before there is an answer: refused, and nothing is lost.
        let early = [("version", "2"), ("how", "call"), ("solved", "ja")];
        let early = rianne.post(&format!("/wensen/{id}/verteld"), &early).await;
        early.shows("Er is nog geen antwoord om te vertellen.");
        // A page that is older than the last change writes nothing over it.
        let old = [("version", "1"), ("words", "Nee, artikel 7 geeft de grens.")];
        let old = rianne.post(&format!("/wensen/{id}/antwoord"), &old).await;
        old.shows("Een collega veranderde dit intussen.");
        old.shows("Nee, artikel 7 geeft de grens.");
        let answer = [("version", "2"), ("words", "Nee, artikel 7 geeft de grens.")];
        rianne.post(&format!("/wensen/{id}/antwoord"), &answer).await;
        let told = [("version", "3"), ("how", "call"), ("solved", "ja")];
        let told = rianne.post(&format!("/wensen/{id}/verteld"), &told).await;
        assert_eq!(told.location(), format!("/wensen/{id}?gedaan=verteld"));
        rianne.get("/afspraken").await.hides("Mag de inkoopverplichting");

        // Who asks about the same finds the answer, and Rianne as the one who gave it.
        joris.post("/wensen/nieuw", &asked).await;
        let again = world.count("select max(id) as value from wishes").await;
        let page = joris.get(&format!("/wensen/{again}")).await;
        page.shows("Nee, artikel 7 geeft de grens.");
        page.shows("1 antwoorden");
        // A program that says half of it wrong writes nothing of it.
        let program = world.program("joris").await;
        let half = json!({"state": "answered", "answer": "Ja", "owner": "niemand"});
        let half = program.patch(&format!("/wishes/{again}"), &half).await;
        assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
        let old = json!({"state": "answered", "answer": "Ja", "version": 7});
        let old = program.patch(&format!("/wishes/{again}"), &old).await;
        assert_eq!(old.status, StatusCode::CONFLICT);
        let open = "select count(*) as value from wishes where state = 'open'";
        assert_eq!(world.count(open).await, 1);
        let events = "select count(*) as value from events where kind in ('wish_made', 'wish_changed', 'wish_answered', 'wish_told')";
        assert_eq!(world.count(events).await, 5);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_does_climbs_and_never_ends_by_the_clock() {
    on_each_trade_engine(async |world| {
        let joris = world.program("joris").await;
        let shop = world.organisation("T-1").await;
        let made = joris
            .post(
                "/agreements",
                &json!({"what": "Voorbeeldrooster kerst sturen", "due_on": "2026-11-25", "organisation": shop}),
            )
            .await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        world.clock_on("2026-11-25", "18:00");
        service::look(&world.app).await.unwrap();
        let mut corine = world.browser("corine").await;
        corine.get("/afspraken?toon=alles").await.shows("Voorbeeldrooster");
        corine.get("/afspraken?toon=alles").await.hides("te laat, ligt bij de teamleider");
        world.clock_on("2026-11-26", "09:00");
        service::look(&world.app).await.unwrap();
        service::look(&world.app).await.unwrap();
        let mut corine = world.browser("corine").await;
        corine.get("/afspraken?toon=alles").await.shows("te laat, ligt bij de teamleider");
        world.clock_on("2026-12-02", "09:00");
        service::look(&world.app).await.unwrap();
        let mut marloes = world.browser("marloes").await;
        marloes.get("/afspraken?toon=alles").await.shows("te laat, ligt bij de directie");
        let climbed = "select count(*) as value from events where kind = 'overdue_climbed'";
        assert_eq!(world.count(climbed).await, 2, "each step once, however often one looks");

        // A month later it still waits.
        world.clock_on("2027-01-04", "09:00");
        service::look(&world.app).await.unwrap();
        assert_eq!(world.count(climbed).await, 2);
        let found = joris.get("/agreements").await.json();
        assert_eq!(found["items"][0]["state"], "open");

        // Moved by us, it is not kept; who is not of the office changes nothing.
        let moved = joris.patch(&format!("/agreements/{id}"), &json!({"due_on": "2027-01-06"})).await;
        assert_eq!(moved.json()["level"], "owner");
        assert_eq!(moved.json()["promised_on"], "2026-11-25");
        let kees = world.program("kees").await;
        let foreign = kees.patch(&format!("/agreements/{id}"), &json!({"state": "done"})).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let done = joris.patch(&format!("/agreements/{id}"), &json!({"state": "done"})).await;
        assert_eq!(done.json()["done_on"], "2027-01-04");
        let twice = joris.patch(&format!("/agreements/{id}"), &json!({"state": "done"})).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        let kept = "select count(*) as value from rollup_day where kind = 'agreements_kept'";
        assert_eq!(world.count(kept).await, 0);
        let recount =
            world.db.read(kernel::Actor::SYSTEM, async |tx| activity::recount(tx).await).await;
        assert_eq!(recount.unwrap().differences, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_leaves_leaves_nothing_without_an_owner() {
    on_each_trade_engine(async |world| {
        let mees = world.program("mees").await;
        let shop = world.organisation("T-11").await;
        let themes = world.theme("Energie").await;
        let due = "2026-12-01";
        mees.post("/agreements", &json!({"what": "Bellen", "due_on": due})).await;
        let wish =
            json!({"theme": themes, "organisation": shop, "words": "Kan de energie goedkoper?", "owner": "me"});
        let asked = mees.post("/wishes", &wish).await;
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);

        let id = world.user("mees").await;
        let mut ron = world.browser("ron").await;
        let ended = ron.post(&format!("/beheer/collegas/{id}/stopt"), &[]).await;
        assert!(ended.status.is_redirection(), "{}", ended.text);
        for table in ["wishes", "agreements"] {
            let with_team = match table {
                "wishes" => "select count(*) as value from wishes where owner_team_id is not null",
                _ => "select count(*) as value from agreements where owner_team_id is not null",
            };
            assert_eq!(world.count(with_team).await, 1, "{table}");
        }
        // What lies with the team is on everybody's list in it, and can be taken.
        let mut rianne = world.browser("rianne").await;
        let list = rianne.get("/afspraken").await;
        list.shows("Bellen");
        list.shows("Kan de energie goedkoper?");
    })
    .await;
}

#[tokio::test]
async fn a_database_holds_what_no_program_may_break() {
    on_each_trade_engine(async |world| {
        let mees = world.program("mees").await;
        let shop = world.organisation("T-11").await;
        let theme = world.theme("Energie").await;
        let wish = json!({"theme": theme, "organisation": shop, "words": "Kan het goedkoper?"});
        mees.post("/wishes", &wish).await;
        mees.post("/agreements", &json!({"what": "Bellen", "due_on": "2026-12-01"})).await;
        // One of each that is over.
        let over =
            mees.post("/agreements", &json!({"what": "Mailen", "due_on": "2026-12-01"})).await;
        let id = over.json()["id"].as_str().unwrap().to_owned();
        mees.patch(&format!("/agreements/{id}"), &json!({"state": "done"})).await;
        let over = mees
            .post(
                "/wishes",
                &json!({"theme": theme, "organisation": shop, "words": "Weg", "owner": "me"}),
            )
            .await;
        let id = over.json()["id"].as_str().unwrap().to_owned();
        let withdrawn = json!({"state": "withdrawn", "why": "asked_twice"});
        assert_eq!(mees.patch(&format!("/wishes/{id}"), &withdrawn).await.status, StatusCode::OK);
        for (invariant, sql) in [
            ("W1", "update wishes set owner_user_id = null"),
            ("W1", "update agreements set owner_user_id = null"),
            ("W2", "update wishes set state = 'answered'"),
            ("W2", "update wishes set state = 'told'"),
            ("nobody's", "update wishes set organisation_id = null"),
            ("done without a day", "update agreements set state = 'done'"),
            (
                "over is over",
                "update agreements set state = 'open', done_on = null where state = 'done'",
            ),
            (
                "over is over",
                "update wishes set state = 'open', withdrawn_why = null where state = 'withdrawn'",
            ),
        ] {
            let broken = world
                .db
                .write(kernel::Actor::SYSTEM, async |tx| tx.execute(sql, vec![]).await)
                .await;
            assert!(broken.is_err(), "{invariant}: {sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_editors_see_tells_nothing_about_one_shop() {
    on_each_trade_engine(async |world| {
        let mees = world.program("mees").await;
        let theme = world.theme("Energie").await;
        for key in ["T-11", "T-12", "T-14", "T-13", "S-1", "S-2"] {
            let shop = world.organisation(key).await;
            let wish = json!({"theme": theme, "organisation": shop, "words": "Kan het goedkoper?"});
            let asked = mees.post("/wishes", &wish).await;
            assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
        }
        // One shop that asks five times is one.
        let shop = world.organisation("T-15").await;
        let personnel = world.theme("Personeel").await;
        for _ in 0..5 {
            let wish =
                json!({"theme": personnel, "organisation": shop, "words": "Wie vult het rooster?"});
            mees.post("/wishes", &wish).await;
        }
        let mut sietske = world.browser("sietske").await;
        let counts = sietske.get("/wensen/tellingen").await;
        counts.shows("Nog geen vragen in de maanden die voorbij zijn.");
        world.clock_on("2026-12-01", "09:00");
        let mut sietske = world.browser("sietske").await;
        let counts = sietske.get("/wensen/tellingen").await;
        counts.hides(">5<");
        counts.shows("Aantallen onder 5");
        counts.shows("niet getoond");
        counts.hides("Kan het goedkoper?");
        // Editors see numbers, not the questions.
        assert_eq!(sietske.get("/wensen").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_named_finds_it_on_top_of_her_list() {
    on_each_trade_engine(async |world| {
        let joris = world.program("joris").await;
        let (theme, shop) = (world.theme("Franchise").await, world.organisation("T-12").await);
        let wish = json!({"theme": theme, "organisation": shop, "words": "Kun jij meekijken @Mees? En @Joris"});
        assert_eq!(joris.post("/wishes", &wish).await.status, StatusCode::CREATED);
        let hanneke = world.person("C-12").await.to_string();
        let report = json!({"organisation": shop, "report": {"spoke": [hanneke], "lives": "@Mees de Graaf weet dit"}});
        assert_eq!(joris.post("/visits", &report).await.status, StatusCode::CREATED);
        let mut mees = world.browser("mees").await;
        let list = mees.get("/afspraken").await;
        list.shows("Joris Hoek noemt je bij een vraag");
        list.shows("Joris Hoek noemt je in het verslag van");
        let id = list.between("action=\"/genoemd/", "/gezien").to_owned();
        // Nobody else sees it away.
        let mut kees = world.browser("kees").await;
        kees.post(&format!("/genoemd/{id}/gezien"), &[]).await;
        assert_eq!(world.count("select count(*) as value from mentions where seen_at is null").await, 2);
        mees.post(&format!("/genoemd/{id}/gezien"), &[]).await;
        assert_eq!(world.count("select count(*) as value from mentions where seen_at is null").await, 1);
        // Whoever writes names herself to nobody.
        world.browser("joris").await.get("/afspraken").await.hides("Je bent genoemd");
    })
    .await;
}

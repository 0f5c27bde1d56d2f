//! Who is due, the week's plan, the report; what the visit found is a task at the office.

use axum::http::StatusCode;
use kernel::Actor;
use serde_json::json;

use visits::due::{Follower, Only, Shown};
use visits_rules::norm::Status;

use crate::harness::{World, on_each_trade_engine};

/// Begins to follow the log, as the program does at its start: everything is counted once.
async fn caught_up(world: &World) -> Follower {
    let mut follower = Follower::default();
    follower.catch_up(&world.app).await.unwrap();
    follower
}

/// Rows of who is due that are not what membership, visits and norms say.
async fn differences(world: &World) -> u64 {
    let today = world.app.now().date();
    let differences = world.db.read(Actor::SYSTEM, async |tx| {
        let rules = visits::due::rules(tx, 12, today).await?;
        visits::due::differences(tx, &rules).await
    });
    differences.await.unwrap()
}

async fn due(world: &World, key: &'static str) -> (Option<i64>, String) {
    let id = world.organisation(key).await.parse().unwrap();
    let read = async |tx: &mut db::Tx| visits::due::of(tx, id).await;
    let due = world.db.read(Actor::SYSTEM, read).await.unwrap().expect("on the list");
    (due.norm_nr, due.due_on.map(|day| day.to_string()).unwrap_or_default())
}

#[tokio::test]
async fn the_norm_says_who_is_due() {
    on_each_trade_engine(async |world| {
        let mut follower = caught_up(&world).await;
        assert_eq!(differences(&world).await, 0);
        // A starter of 10 August, after thirty days; four shops, seen in June, every year; a baker, every two years.
        assert_eq!(due(&world, "T-10").await, (Some(1), "2026-09-09".into()));
        assert_eq!(due(&world, "T-1").await, (Some(2), "2027-06-09".into()));
        assert_eq!(due(&world, "T-11").await, (Some(3), "2026-09-03".into()));
        assert_eq!(due(&world, "T-16").await.0, Some(4), "not a member yet");

        let joris = world.program("joris").await;
        let found = joris.get("/visit-dues?status=overdue&limit=200").await.json();
        let names: Vec<&str> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|due| due["name"].as_str().unwrap())
            .collect();
        assert!(names.contains(&"Kookwinkel De Garde"), "{names:?}");
        assert!(!names.contains(&"Van Leeuwen Versmarkten B.V."));
        let mut browser = world.browser("joris").await;
        browser.get("/bezoeken").await.shows("Kookwinkel De Garde");

        // The administrator wants bakers and all others every year, from tomorrow on.
        let mut ron = world.browser("ron").await;
        let mut norm = vec![
            ("name_nl", "Leden"),
            ("name_en", "Members"),
            ("position", "3"),
            ("applies", "member"),
            ("branches_min", "0"),
            ("every_months", "elke"),
            ("after_days", ""),
            ("valid_from", "2026-11-25"),
            ("source", "Besluit van het bestuur"),
        ];
        let wrong = ron.post("/beheer/contactnorm/3", &norm).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Vul een heel getal in.");
        wrong.shows("value=\"Besluit van het bestuur\"");
        norm[5].1 = "12";
        ron.post("/beheer/contactnorm/3", &norm).await;
        follower.catch_up(&world.app).await.unwrap();
        assert_eq!(due(&world, "T-11").await.1, "2026-09-03", "today it is as it was");
        world.clock_on("2026-11-25", "08:00");
        follower.catch_up(&world.app).await.unwrap();
        assert_eq!(due(&world, "T-11").await.1, "2025-09-03");
        assert_eq!(differences(&world).await, 0);
    })
    .await;
}

/// How many are overdue, due, planned and covered: everybody is in one state, and the list agrees with the counts.
async fn in_states(world: &World) -> [i64; 4] {
    let today = world.app.now().date();
    let until = visits::due::until(&world.app.rulebook(), today).unwrap();
    let read = async |tx: &mut db::Tx| {
        let counts = visits::due::counts(tx, None, until, today).await?;
        for (status, count) in Status::ALL.iter().zip(counts) {
            let only = Only { shown: Shown::Only(*status), ..Only::default() };
            let listed = visits::due::list(tx, only, until, today, 1_000).await?;
            assert_eq!(i64::try_from(listed.len()).unwrap(), count, "{status}");
        }
        Ok::<_, db::Error>(counts)
    };
    world.db.read(Actor::SYSTEM, read).await.unwrap()
}

#[tokio::test]
async fn one_press_plans_the_week_and_nobody_twice() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let [overdue, due, planned, covered] = in_states(&world).await;
        assert!(overdue > 0 && due > 0 && planned == 0 && covered > 0);
        let mut corine = world.browser("corine").await;
        let planned = corine.post("/bezoeken/week", &[]).await;
        assert!(planned.location().starts_with("/bezoeken?gedaan=week&aantal="));
        let visits = "select count(*) as value from visits where state = 'planned'";
        let made = world.count(visits).await;
        assert!(made > 5, "{made}");
        let monday = "select count(*) as value from visits where planned_on between '2026-11-30' and '2026-12-04'";
        assert_eq!(world.count(monday).await, made, "all of them on working days of the coming week");
        let full = "select coalesce(max(n), 0) as value from (select count(*) as n from visits where state = 'planned' group by user_id, planned_on) days";
        assert!(world.count(full).await <= 5);
        assert!(in_states(&world).await[2] > 0);
        // Pressed again, what still fits is planned, and nobody is planned twice.
        corine.post("/bezoeken/week", &[]).await;
        let twice = "select count(*) as value from (select member_id from visits where state = 'planned' group by member_id having count(*) > 1) twice";
        assert_eq!(world.count(twice).await, 0);

        corine.get("/bezoeken").await.shows("Maandag 30 november");
        let mut kees = world.browser("kees").await;
        let own = kees.get("/bezoeken").await;
        own.hides("Joris Hoek");
    })
    .await;
}

#[tokio::test]
async fn who_is_away_is_planned_nowhere() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let joris: i64 = world.user("joris").await.parse().unwrap();
        let away = access::roster::NewAbsence {
            user: joris.into(),
            kind: access::roster::AbsenceKind::Leave,
            from: "2026-11-30".parse().unwrap(),
            until: Some("2026-12-04".parse().unwrap()),
            stand_in: None,
        };
        let report = async |tx: &mut db::Tx| access::roster::report_absence(tx, away).await;
        world.db.write(Actor::SYSTEM, report).await.unwrap();
        let mut corine = world.browser("corine").await;
        corine.post("/bezoeken/week", &[]).await;
        let by = |login: &'static str| {
            let world = &world;
            async move {
                let id: i64 = world.user(login).await.parse().unwrap();
                let read = async |tx: &mut db::Tx| {
                    let sql = "select count(*) as value from visits where state = 'planned' and user_id = $1";
                    tx.value::<i64>(sql, db::args![id]).await
                };
                world.db.read(Actor::SYSTEM, read).await.unwrap()
            }
        };
        assert_eq!(by("joris").await, 0);
        assert!(by("fatima").await > 0 && by("kees").await > 0);
    })
    .await;
}

async fn planned_at(world: &World, key: &'static str) -> String {
    let joris = world.program("joris").await;
    let place = world.organisation(key).await;
    let new = json!({"organisation": place, "planned_on": "2026-11-24", "planned_time": "10:00"});
    let made = joris.post("/visits", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_report_is_a_task_at_the_office_and_corrects_who_works_there() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let id = planned_at(&world, "T-4").await;
        let mut joris = world.browser("joris").await;
        let page = joris.get(&format!("/bezoeken/{id}")).await;
        page.shows("Tom Kuiper");
        page.shows("Anja van Leeuwen");
        page.shows("geo:52.128400,4.657900");
        let tom = world.person("C-4").await.to_string();
        let anja = world.person("C-1").await.to_string();
        let franchise = world.theme("Franchise").await;
        let rianne_id = world.user("rianne").await;
        let mut fields = vec![
            ("topics", franchise.as_str()),
            ("lives", "Inkoopverplichting gaat van 80 naar 95 procent."),
            ("agreement_what", "Rianne belt over artikel 7"),
            ("agreement_owner", rianne_id.as_str()),
            ("agreement_due", ""),
            ("wish_words", "Mag 95 procent?"),
            ("wish_theme", franchise.as_str()),
            ("mood", "4"),
            ("again", "2027-05-24"),
            ("met_first_name", "Lotte"),
            ("met_last_name", "Bos"),
            ("met_role", "Assistent"),
        ];
        // Nothing of what was typed is lost when a field is missing, and nothing is written.
        let wrong = joris.post(&format!("/bezoeken/{id}/verslag"), &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Zeg bij elke afspraak wie het doet en wanneer.");
        wrong.shows("Rianne belt over artikel 7");
        wrong.shows("Mag 95 procent?");
        wrong.shows("value=\"Bos\"");
        let reported = "select count(*) as value from visits where state = 'reported'";
        let before = world.count(reported).await;
        fields[4].1 = "2026-12-07";
        fields.extend([("spoke", tom.as_str()), ("spoke", anja.as_str())]);
        let kept = joris.post(&format!("/bezoeken/{id}/verslag"), &fields).await;
        assert_eq!(kept.location(), "/bezoeken?gedaan=verslag", "{}", kept.text);
        assert_eq!(world.count(reported).await, before + 1);

        let mut rianne = world.browser("rianne").await;
        let list = rianne.get("/afspraken").await;
        list.shows("Rianne belt over artikel 7");
        list.shows("Mag 95 procent?");
        let branch = world.organisation("T-4").await;
        let company = world.organisation("T-1").await;
        rianne.get(&format!("/organisaties/{branch}")).await.shows("Lotte Bos");
        rianne.get(&format!("/organisaties/{company}")).await.shows("Van Leeuwen Alphen, Lage Zijde");
        let spoke = "select count(*) as value from visit_people p join visits v on v.id = p.visit_id where v.visited_on = '2026-11-24'";
        assert_eq!(world.count(spoke).await, 3);

        // Come again in half a year: sooner than the norm asks for.
        assert_eq!(due(&world, "T-1").await.1, "2027-05-24");
        // The same form again amends, and ends the role of who left.
        let contact = world
            .count("select max(id) as value from contact_persons where role = 'Assistent'")
            .await
            .to_string();
        let amended = [
            ("seen_spoke", "1"),
            ("spoke", tom.as_str()),
            ("spoke", anja.as_str()),
            ("seen_lives", "1"),
            ("lives", "Van 80 naar 95 procent, vanaf 1 juli."),
            ("left", contact.as_str()),
        ];
        joris.post(&format!("/bezoeken/{id}/verslag"), &amended).await;
        let page = joris.get(&format!("/bezoeken/{id}")).await;
        page.shows("Van 80 naar 95 procent, vanaf 1 juli.");
        page.hides("Lotte Bos");
        let history = "select count(*) as value from visit_fields where field = 'lives' and nr in (1, 2) and value like '%95 procent%'";
        assert_eq!(world.count(history).await, 2, "what was written before stays");
        assert_eq!(differences(&world).await, 0);
    })
    .await;
}

#[tokio::test]
async fn two_who_write_at_once_both_keep_their_words() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let id = planned_at(&world, "T-11").await;
        let gerrit = world.person("C-11").await.to_string();
        let joris = world.program("joris").await;
        let path = format!("/visits/{id}");
        let report = json!({"report": {"spoke": [gerrit], "lives": "Dochter neemt het over."}});
        assert_eq!(joris.patch(&path, &report).await.json()["conflicts"], json!([]));
        // The same words once more, as after an answer that was lost, are no conflict.
        assert_eq!(joris.patch(&path, &report).await.json()["conflicts"], json!([]));
        let corine = world.program("corine").await;
        let hers = json!({"report": {"lives": "Verkoop in 2028.", "seen": {"lives": 0}}});
        assert_eq!(corine.patch(&path, &hers).await.json()["conflicts"], json!(["lives"]));
        let mut browser = world.browser("joris").await;
        let page = browser.get(&format!("/bezoeken/{id}")).await;
        page.shows("Twee keer ingevuld: Wat leeft er?");
        page.shows("Dochter neemt het over.");
        page.shows("Verkoop in 2028.");
        let conflict =
            world.count("select max(id) as value from visit_conflicts").await.to_string();
        let take = [("conflict", conflict.as_str()), ("gezien", "1"), ("keuze", "nemen")];
        browser.post(&format!("/bezoeken/{id}/keuze"), &take).await;
        let page = browser.get(&format!("/bezoeken/{id}")).await;
        page.shows("Verkoop in 2028.");
        page.hides("Twee keer ingevuld");
        let twice = browser.post(&format!("/bezoeken/{id}/keuze"), &take).await;
        twice.shows("Een collega veranderde dit intussen.");
    })
    .await;
}

#[tokio::test]
async fn the_same_report_sent_twice_is_there_once() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let joris = world.program("joris").await;
        let place = world.organisation("T-12").await;
        let energy = world.theme("Energie").await;
        let hanneke = world.person("C-12").await.to_string();
        let report = json!({
            "organisation": place,
            "key": "telefoon-1-bezoek-7",
            "report": {
                "visited_on": "2026-11-23",
                "spoke": [hanneke],
                "lives": "Zonnepanelen",
                "agreements": [{"what": "Offerte sturen", "due_on": "2026-11-30", "key": "telefoon-1-a-1"}],
                "wishes": [{"theme": energy, "words": "Subsidie?", "key": "telefoon-1-w-1"}],
            },
        });
        let counts = [
            "select count(*) as value from visits where device_key is not null",
            "select count(*) as value from agreements",
            "select count(*) as value from wishes",
        ];
        for _ in 0..2 {
            let sent = joris.post("/visits", &report).await;
            assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
            assert_eq!(sent.json()["visited_on"], "2026-11-23");
            for sql in counts {
                assert_eq!(world.count(sql).await, 1, "{sql}");
            }
        }
        let visits = "select n as value from rollup_day where kind = 'visits' and dim = 'all' and day = '2026-11-23'";
        assert_eq!(world.count(visits).await, 1, "it counts on the day of the visit");
        let recount = world.db.read(Actor::SYSTEM, async |tx| activity::recount(tx).await).await;
        assert_eq!(recount.unwrap().differences, 0);
        assert_eq!(differences(&world).await, 0);

        // The telephone of a colleague counts as well: the same key there is another visit.
        let fatima = world.program("fatima").await;
        let hers = fatima.post("/visits", &report).await;
        assert_eq!(hers.json()["visitor"], world.user("fatima").await.as_str());
        assert_eq!(world.count(counts[0]).await, 2);
        // Whatever a program says to have seen: before a first report there was nothing.
        let seen = json!({"organisation": place, "report": {"spoke": [hanneke], "seen": {"spoke": 3}}});
        assert_eq!(joris.post("/visits", &seen).await.status, StatusCode::CREATED);
        let nobody = "select count(*) as value from visits v where v.state = 'reported' and not exists (select 1 from visit_people p where p.visit_id = v.id)";
        assert_eq!(world.count(nobody).await, 0, "V2");

        for (body, field) in [
            (json!({"organisation": place, "report": {"lives": "niemand"}}), "spoke"),
            (json!({"organisation": place, "report": {"spoke": ["1"]}}), "spoke"),
            (json!({"organisation": place, "report": {"spoke": [hanneke], "visited_on": "2026-11-25"}}), "visited_on"),
            (json!({"organisation": place, "report": {"spoke": [hanneke], "mood": 6}}), "mood"),
            (json!({"organisation": place, "planned_on": "2026-11-23"}), "planned_on"),
            (json!({"organisation": "1", "planned_on": "2026-11-27"}), "organisation"),
            (json!({"organisation": place}), "planned_on"),
        ] {
            let wrong = joris.post("/visits", &body).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", wrong.text);
            assert_eq!(wrong.json()["field"], field, "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_branch_that_moves_takes_no_visits_with_it() {
    on_each_trade_engine(async |world| {
        let mut follower = caught_up(&world).await;
        let before = due(&world, "T-15").await;
        let van_leeuwen = world.organisation("T-1").await;
        let (branch, other, buyer) = (
            world.organisation("T-3").await,
            world.organisation("T-5").await,
            world.organisation("T-15").await,
        );
        let corine = world.program("corine").await;
        let sell = async |shop: &str| {
            let path = format!("/organisations/{shop}");
            let sold = corine.patch(&path, &json!({"parent": buyer})).await;
            assert_eq!(sold.status, StatusCode::OK, "{}", sold.text);
            assert_eq!(sold.json()["parent"], buyer.as_str());
        };
        sell(&branch).await;
        follower.catch_up(&world.app).await.unwrap();
        let stays = corine.get(&format!("/visits?state=reported&organisation={branch}")).await;
        assert_eq!(stays.json()["items"][0]["member"], van_leeuwen.as_str());
        assert_eq!(due(&world, "T-15").await, before, "the buyer was not visited there");
        assert_eq!(
            due(&world, "T-1").await,
            (Some(2), "2027-06-09".into()),
            "three shops are left"
        );
        sell(&other).await;
        follower.catch_up(&world.app).await.unwrap();
        assert_eq!(due(&world, "T-1").await, (Some(3), "2028-06-09".into()), "two are left");
        assert_eq!(differences(&world).await, 0);
        // No ring: a company cannot come under its own branch. What is refused changes nothing else either.
        for parent in [branch.as_str(), buyer.as_str(), "1", "x"] {
            let body = json!({"parent": parent, "town": "Nergenshuizen"});
            let wrong = corine.patch(&format!("/organisations/{buyer}"), &body).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{parent}: {}", wrong.text);
            assert_eq!(wrong.json()["field"], "parent", "{parent}");
        }
        let kept = corine.get(&format!("/organisations/{buyer}")).await.json();
        assert_ne!(kept["town"], "Nergenshuizen");
        // Nor by two moves at once, of which neither sees the other.
        let seller = world.organisation("T-1").await;
        let paths = [&seller, &buyer].map(|id| format!("/organisations/{id}"));
        let (under_buyer, under_seller) = (json!({"parent": buyer}), json!({"parent": seller}));
        let (one, other) = tokio::join!(
            corine.patch(&paths[0], &under_buyer),
            corine.patch(&paths[1], &under_seller)
        );
        let moved = [&one, &other].iter().filter(|answer| answer.status.is_success()).count();
        assert_eq!(moved, 1, "{} and {}", one.text, other.text);
        let path = format!("/organisations/{branch}");
        let free = corine.patch(&path, &json!({"parent": ""})).await;
        assert_eq!((free.status, free.json()["parent"].as_str()), (StatusCode::OK, None));
    })
    .await;
}

#[tokio::test]
async fn plans_are_ones_own_and_leave_nothing_behind() {
    on_each_trade_engine(async |world| {
        let mut follower = caught_up(&world).await;
        let id = planned_at(&world, "T-4").await;
        let joris = world.program("joris").await;
        let place = world.organisation("T-4").await;
        let again = json!({"organisation": place, "planned_on": "2026-11-27"});
        let again = joris.post("/visits", &again).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);

        let fatima = world.program("fatima").await;
        let change = json!({"state": "not_met", "why": "closed"});
        let path = format!("/visits/{id}");
        assert_eq!(fatima.patch(&path, &change).await.status, StatusCode::NOT_FOUND);
        let mut fatima = world.browser("fatima").await;
        assert_eq!(fatima.get(&format!("/bezoeken/{id}")).await.status, StatusCode::NOT_FOUND);
        let mut mees = world.browser("mees").await;
        assert_eq!(mees.get("/bezoeken").await.status, StatusCode::FORBIDDEN);

        // An account that ends leaves no plan behind (V7).
        let joris_id = world.user("joris").await;
        let mut ron = world.browser("ron").await;
        ron.post(&format!("/beheer/collegas/{joris_id}/stopt"), &[]).await;
        let left = "select count(*) as value from visits v join users u on u.id = v.user_id where v.state = 'planned' and u.ended_at is not null";
        assert_eq!(world.count(left).await, 0);
        let corine = world.program("corine").await;
        let hers = corine.get("/visits?state=planned").await.json();
        assert_eq!(hers["items"][0]["visitor"], world.user("corine").await.as_str());
        let fatima_id = world.user("fatima").await;
        let given = corine.patch(&path, &json!({"visitor": fatima_id})).await;
        assert_eq!(given.json()["visitor"], fatima_id.as_str());
        assert_eq!(corine.patch(&path, &change).await.json()["state"], "not_met");
        let over = corine.patch(&path, &json!({"planned_on": "2026-11-30"})).await;
        assert_eq!(over.status, StatusCode::UNPROCESSABLE_ENTITY);
        follower.catch_up(&world.app).await.unwrap();
        assert_eq!(differences(&world).await, 0, "the norm does not move");
    })
    .await;
}

#[tokio::test]
async fn a_database_holds_what_no_program_may_break() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        planned_at(&world, "T-4").await;
        for (invariant, sql) in [
            ("V1", "insert into visits (id, place_id, member_id, user_id, state, planned_on, moves, made_by, made_at, version)
                    select id + 1, place_id, member_id, user_id, state, planned_on, 0, made_by, made_at, 1
                      from visits where state = 'planned'"),
            ("V2", "update visits set state = 'reported' where state = 'planned'"),
            ("V5", "update visits set state = 'planned', planned_on = '2026-12-01', visited_on = null where state = 'reported'"),
            ("V5", "update visits set member_id = place_id, visited_on = '2020-01-01' where state = 'reported'"),
            ("V5", "update visit_fields set value = 'anders'"),
            ("a norm is followed", "update contact_norms set every_months = 1"),
            ("why", "update visits set state = 'not_met' where state = 'planned'"),
        ] {
            let write = world.db.write(Actor::SYSTEM, async |tx| tx.execute(sql, vec![]).await);
            assert!(write.await.is_err(), "{invariant}: {sql}");
        }
    })
    .await;
}

//! The key figures: kept as things happen, equal to a full recount, and closed months stay as they were closed.

use axum::http::StatusCode;
use figures::count::{self, Follower};
use figures_rules::{Dim, Figure, Measure, Month, Universe};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use kernel::Actor;
use serde_json::json;

use crate::harness::{Program, World, on_each_empty_engine, on_each_engine, on_each_trade_engine};

fn at(world: &World, wall: DateTime) {
    world.db.clock().set(wall.in_tz(kernel::AMSTERDAM).unwrap().timestamp());
}

/// As the program does while it runs.
async fn caught_up(world: &World) {
    let mut dues = visits::due::Follower::default();
    dues.catch_up(&world.app).await.unwrap();
    Follower::catch_up(&world.app).await.unwrap();
}

async fn recounted(world: &World) -> count::Recount {
    let book = world.app.rulebook();
    let read = async |tx: &mut db::Tx| count::differences(tx, &book).await;
    world.db.read(Actor::SYSTEM, read).await.unwrap()
}

async fn nothing_differs(world: &World) {
    let recount = recounted(world).await;
    assert!(recount.numbers > 0);
    assert_eq!(recount.differences, 0, "{:#?}", recount.examples);
}

async fn value(world: &World, figure: Figure, from: &str, to: &str) -> Option<f64> {
    let (from, to): (Month, Month) = (from.parse().unwrap(), to.parse().unwrap());
    let sums = world.db.read(Actor::SYSTEM, async |tx| {
        let (first, measures) = (figure.reaches_back(from, to), figure.measures());
        count::sums(tx, Universe::Organisations, &measures, &Dim::All, first, to).await
    });
    figure.value(&sums.await.unwrap(), from, to).number()
}

/// What always comes out the same from one seed: good enough to mix things, and a failure can be seen again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % n as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &'a [String]) -> &'a str {
        &of[self.below(of.len())]
    }
}

async fn ids(world: &World, sql: &'static str) -> Vec<String> {
    db::row! { struct Id { id: i64 } }
    let rows: Vec<Id> =
        world.db.read(Actor::SYSTEM, async |tx| tx.all(sql, db::args![]).await).await.unwrap();
    rows.into_iter().map(|row| row.id.to_string()).collect()
}

/// Somebody does something; what is refused is refused, as on any day.
async fn do_something(world: &World, dice: &mut Dice, corine: &Program<'_>, today: Date) {
    let shops =
        ids(world, "select id from organisations where kind <> 'formula' order by id").await;
    let shop = dice.one(&shops).to_owned();
    let back = i64::try_from(dice.below(70)).unwrap();
    let day = today.checked_sub(back.days()).unwrap();
    match dice.below(9) {
        0 | 1 => {
            let speakers = "select person_id as id from contact_persons where until_on is null and organisation_id = ";
            let speakers: Vec<String> = {
                db::row! { struct Id { id: i64 } }
                let mut query = db::Query::new(speakers);
                query.bind(shop.parse::<i64>().unwrap());
                let found = async |tx: &mut db::Tx| tx.list::<Id>(query).await;
                let rows = world.db.read(Actor::SYSTEM, found).await.unwrap();
                rows.into_iter().map(|row| row.id.to_string()).collect()
            };
            if speakers.is_empty() {
                return;
            }
            let late = today.checked_sub(i64::try_from(dice.below(12)).unwrap().days()).unwrap();
            let report = json!({"organisation": shop, "report": {"spoke": [speakers[0]], "visited_on": late}});
            let sent = corine.post("/visits", &report).await;
            assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
        }
        2 => {
            let themes = ids(world, "select id from themes order by id").await;
            let source = ["call", "mail", "meeting"][dice.below(3)];
            let wish = json!({"theme": dice.one(&themes), "organisation": shop, "words": "?", "source": source});
            corine.post("/wishes", &wish).await;
        }
        3 => {
            let wishes = ids(world, "select id from wishes where state = 'open' order by id").await;
            if let Some(wish) = wishes.first() {
                let path = format!("/wishes/{wish}");
                corine.patch(&path, &json!({"state": "answered", "answer": "Ja"})).await;
                let told = json!({"state": "told", "how": "call", "solved": dice.below(2) == 0});
                corine.patch(&path, &told).await;
            }
        }
        4 => {
            let due = today.checked_add(i64::try_from(dice.below(9)).unwrap().days()).unwrap();
            let agreement = json!({"what": "Bellen", "organisation": shop, "due_on": due});
            let made = corine.post("/agreements", &agreement).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        }
        5 => {
            let open =
                ids(world, "select id from agreements where state = 'open' order by id").await;
            if !open.is_empty() {
                let path = format!("/agreements/{}", dice.one(&open));
                let steps = [
                    json!({"state": "done"}),
                    json!({"state": "dropped", "why": "other"}),
                    json!({"due_on": today.checked_add(20.days()).unwrap(), "asked_by_member": true}),
                ];
                corine.patch(&path, &steps[dice.below(3)]).await;
            }
        }
        6 => {
            let held = ids(
                world,
                "select id from memberships where organisation_id is not null order by id",
            )
            .await;
            let why = ["cancelled", "arrears", "transfer", "expelled"][dice.below(4)];
            let end = json!({"until": day, "ended_as": why});
            corine.patch(&format!("/memberships/{}", dice.one(&held)), &end).await;
        }
        7 => {
            let how = ["joined", "transfer"][dice.below(2)];
            let begin = json!({"organisation": shop, "since": day, "began_as": how});
            // Of two at once, one at most begins.
            let (one, other) = tokio::join!(
                corine.post("/memberships", &begin),
                corine.post("/memberships", &begin)
            );
            assert!(one.status != StatusCode::CREATED || other.status != StatusCode::CREATED);
        }
        _ => {
            let companies =
                ids(world, "select id from organisations where kind = 'company' order by id").await;
            let branches =
                ids(world, "select id from organisations where kind = 'branch' order by id").await;
            if !branches.is_empty() {
                let path = format!("/organisations/{}", dice.one(&branches));
                let moved = json!({"parent": dice.one(&companies)});
                corine.patch(&path, &moved).await;
            }
        }
    }
}

#[tokio::test]
async fn a_month_of_work_counts_as_it_happened() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        nothing_differs(&world).await;
        let corine = world.program("corine").await;
        let mut dice = Dice(20_261_124);
        for ahead in 0..36_i64 {
            let day = Date::constant(2026, 11, 24).checked_add(ahead.days()).unwrap();
            // Half past midnight in Amsterdam is the day before in London, and half past eleven is still today.
            for wall in [day.at(0, 30, 0, 0), day.at(12, 0, 0, 0), day.at(23, 30, 0, 0)] {
                at(&world, wall);
                for _ in 0..3 {
                    do_something(&world, &mut dice, &corine, day).await;
                }
                // Sometimes nobody counts for a while, as when the program is down.
                if dice.below(3) > 0 {
                    caught_up(&world).await;
                }
            }
        }
        caught_up(&world).await;
        nothing_differs(&world).await;
        let booked = "select count(*) as value from figure_corrections where n <> 0";
        assert!(world.count(booked).await > 0, "something was learned about closed months");
        assert!(value(&world, Figure::Visits, "2026-12", "2026-12").await.unwrap() > 0.0);

        // Members before + who came − who left = members now, each month, with what was learned later as a line of its own.
        db::row! { struct Row { measure: Measure, month: Month, n: i64 } }
        let read = async |tx: &mut db::Tx| {
            let sql = "select measure, month, n from figure_month where universe = 'organisations' and dim = 'all'
                       union all
                       select measure, month, n from figure_corrections where universe = 'organisations' and dim = 'all'";
            tx.all::<Row>(sql, db::args![]).await
        };
        let rows = world.db.read(Actor::SYSTEM, read).await.unwrap();
        let n = |measure: Measure, month: Month| -> i64 {
            let of = rows.iter().filter(|row| row.measure == measure && row.month == month);
            of.map(|row| row.n).sum()
        };
        let (first, last): (Month, Month) =
            ("2024-02".parse().unwrap(), "2026-12".parse().unwrap());
        for month in first.to(last) {
            use Measure as M;
            let came = [M::JoinedNew, M::JoinedAgain, M::JoinedTransfer, M::Resumed];
            let left = [
                M::LeftCancelled,
                M::LeftDeceased,
                M::LeftArrears,
                M::LeftExpelled,
                M::LeftTransfer,
            ];
            let sum = |measures: &[Measure]| measures.iter().map(|m| n(*m, month)).sum::<i64>();
            let before = n(M::Members, month.plus(-1));
            assert_eq!(before + sum(&came) - sum(&left), n(M::Members, month), "{month}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_closed_month_is_not_rewritten() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let before = value(&world, Figure::Visits, "2026-10", "2026-10").await;
        let corine = world.program("corine").await;
        let shop = world.organisation("T-12").await;
        let hanneke = world.person("C-12").await.to_string();
        let report = json!({"organisation": shop, "report": {"spoke": [hanneke], "visited_on": "2026-10-30"}});
        corine.post("/visits", &report).await;
        caught_up(&world).await;
        assert_eq!(value(&world, Figure::Visits, "2026-10", "2026-10").await, before);
        let line = "select n as value from figure_corrections
                     where measure = 'visits' and dim = 'all' and month = '2026-10' and why = 'late'";
        assert_eq!(world.count(line).await, 1);
        // The database holds it, whoever writes.
        let rewrite = async |tx: &mut db::Tx| {
            tx.execute("update figure_month set n = n + 1 where month = '2026-10'", db::args![]).await
        };
        assert!(world.db.write(Actor::SYSTEM, rewrite).await.is_err());
        nothing_differs(&world).await;

        // November stays open until five days of December are over: who was there on the thirtieth can still report.
        let is_closed = "select count(*) as value from figure_closings where month = '2026-11'";
        at(&world, Date::constant(2026, 12, 5).at(23, 59, 0, 0));
        caught_up(&world).await;
        assert_eq!(world.count(is_closed).await, 0);
        at(&world, Date::constant(2026, 12, 6).at(0, 1, 0, 0));
        caught_up(&world).await;
        assert_eq!(world.count(is_closed).await, 1);
        nothing_differs(&world).await;
    })
    .await;
}

#[tokio::test]
async fn who_begins_with_wijland_takes_her_members_in_before_a_month_is_closed() {
    on_each_empty_engine(async |world| {
        // Counted before there was anybody.
        caught_up(&world).await;
        let closed = "select count(*) as value from figure_closings";
        assert_eq!(world.count(closed).await, 0);
        let anna = world.program("anna").await;
        let file = "lidnummer;achternaam;voorletters;lid sinds;sector\n900001;Proef;A.;2025-05-01;Zorg\n900002;Proef;B.;2026-09-15;Zorg\n";
        let import = anna.upload("persons", "leden.csv", file.as_bytes()).await;
        assert_eq!(import.json()["added"], 2, "{}", import.text);
        caught_up(&world).await;
        let members = "select cast(coalesce(sum(n), 0) as bigint) as value from figure_month
                        where universe = 'persons' and measure = 'members' and dim = 'all' and month = '2026-08'";
        assert_eq!(world.count(members).await, 1);
        assert_eq!(world.count(closed).await, 0);
        nothing_differs(&world).await;
        // With the first month of her own the ones before are closed too, and nothing had to be corrected.
        at(&world, Date::constant(2026, 12, 7).at(9, 0, 0, 0));
        caught_up(&world).await;
        assert!(world.count(closed).await > 1);
        assert_eq!(world.count("select count(*) as value from figure_corrections").await, 0);
        nothing_differs(&world).await;
    })
    .await;
}

#[tokio::test]
async fn who_moves_to_another_sector_counts_there_from_the_next_month_on() {
    on_each_engine(async |world| {
        caught_up(&world).await;
        let anna = world.program("anna").await;
        let file = |sector| format!("lidnummer;achternaam;voorletters;lid sinds;sector\n900001;Proef;A.;2025-05-01;{sector}\n");
        anna.upload("persons", "een.csv", file("Proefsector").as_bytes()).await;
        caught_up(&world).await;
        let there = "select cast(coalesce(sum(n), 0) as bigint) as value from figure_month
                      where universe = 'persons' and measure = 'members' and dim = 'sector' and key = 'Proefsector'
                        and month = '2026-11'";
        assert_eq!(world.count(there).await, 1);
        at(&world, Date::constant(2026, 12, 2).at(9, 0, 0, 0));
        anna.upload("persons", "twee.csv", file("Elders").as_bytes()).await;
        caught_up(&world).await;
        // November is not closed yet, and still says where she stood.
        assert_eq!(world.count(there).await, 1);
        let elsewhere = "select cast(coalesce(sum(n), 0) as bigint) as value from figure_month
                          where universe = 'persons' and measure = 'members' and dim = 'sector' and key = 'Elders'
                            and month = '2026-11'";
        assert_eq!(world.count(elsewhere).await, 0);
        nothing_differs(&world).await;
    })
    .await;
}

#[tokio::test]
async fn another_gap_counts_everybody_again() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let corine = world.program("corine").await;
        let shop = world.organisation("T-16").await;
        let begin =
            |since: &str| json!({"organisation": shop, "since": since, "began_as": "joined"});
        let made = corine.post("/memberships", &begin("2026-01-01")).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let path = format!("/memberships/{}", made.json()["id"].as_str().unwrap());
        corine.patch(&path, &json!({"until": "2026-11-02"})).await;
        let again = corine.post("/memberships", &begin("2026-11-20")).await;
        assert_eq!(again.status, StatusCode::CREATED, "{}", again.text);
        caught_up(&world).await;
        let joined = async || value(&world, Figure::Joined, "2026-11", "2026-11").await;
        let before = joined().await.unwrap();
        // Eighteen days away is no leaving, until the association says that ten are.
        let rule = [
            ("deel_", "10"),
            ("valid_from", "2026-11-24"),
            ("source", "Besluit van het bestuur"),
            ("grade", "D"),
        ];
        let changed =
            world.browser("ron").await.post("/beheer/regels/figures.rejoin_gap_days", &rule).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
        caught_up(&world).await;
        assert_eq!(joined().await, Some(before + 1.0));
        nothing_differs(&world).await;
    })
    .await;
}

#[tokio::test]
async fn an_import_and_its_undo_leave_the_figures_as_they_were() {
    on_each_engine(async |world| {
        caught_up(&world).await;
        nothing_differs(&world).await;
        let members = "select cast(coalesce(sum(n), 0) as bigint) as value from figure_month
                        where universe = 'persons' and measure = 'members' and dim = 'all' and month = '2026-11'";
        let before = world.count(members).await;
        assert!(before > 0);
        let anna = world.program("anna").await;
        let file = "lidnummer;achternaam;voorletters;lid sinds;sector\n900001;Proef;A.;2026-11-03;Zorg\n900002;Proef;B.;2025-03-01;Zorg\n";
        let import = anna.upload("persons", "nieuw.csv", file.as_bytes()).await;
        let id = import.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(import.json()["added"], 2, "{}", import.text);
        caught_up(&world).await;
        assert_eq!(world.count(members).await, before + 2);
        nothing_differs(&world).await;
        anna.post(&format!("/imports/{id}/undo"), &json!({})).await;
        caught_up(&world).await;
        assert_eq!(world.count(members).await, before);
        nothing_differs(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_shop_becomes_a_member_and_stops_on_its_page_and_the_figures_follow() {
    on_each_trade_engine(async |world| {
        caught_up(&world).await;
        let (joined, left) = (Figure::Joined, Figure::Left);
        let before = value(&world, joined, "2026-11", "2026-11").await.unwrap();
        let shop = world.organisation("T-16").await;
        let mut rianne = world.browser("rianne").await;
        rianne.get(&format!("/organisaties/{shop}")).await.shows("Maak lid");
        let path = format!("/lidmaatschap/nieuw/{shop}");
        let wrong = rianne
            .post(&path, &[("dag", "morgen"), ("tarief", "Starter"), ("soort", "joined")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("value=\"Starter\"");
        let form = [("dag", "2026-11-24"), ("tarief", "Starter"), ("soort", "joined")];
        rianne.post(&path, &form).await;
        rianne.post(&path, &form).await.shows("Op die dag of erna is er al een lidmaatschap.");
        caught_up(&world).await;
        assert_eq!(value(&world, joined, "2026-11", "2026-11").await, Some(before + 1.0));
        let page = rianne.get(&format!("/organisaties/{shop}")).await;
        page.hides("Maak lid");
        let end = page.between("href=\"/lidmaatschap/", "\"").to_owned();
        let before = value(&world, left, "2026-11", "2026-11").await.unwrap();
        rianne
            .post(&format!("/lidmaatschap/{end}"), &[("dag", "2026-11-24"), ("reden", "cancelled")])
            .await;
        // The last day still counts; the day after it is gone.
        caught_up(&world).await;
        assert_eq!(value(&world, left, "2026-11", "2026-11").await, Some(before));
        world.clock_on("2026-11-25", "08:00");
        caught_up(&world).await;
        assert_eq!(value(&world, left, "2026-11", "2026-11").await, Some(before + 1.0));
        nothing_differs(&world).await;
        // Whoever travels sees it and changes nothing.
        let mut joris = world.browser("joris").await;
        joris.get(&format!("/organisaties/{shop}")).await.hides("Maak lid");
        assert_eq!(joris.post(&path, &form).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

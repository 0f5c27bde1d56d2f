//! A hundred thousand shops that are visited: who is due, the plan of a week, and two hundred colleagues who report.

use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use db::Bulk;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Actor, Role, Roles, UserId, local};
use tower::ServiceExt as _;
use visits::due::Follower;
use visits::visit::Report;
use visits_rules::report::{Field, Write};

use crate::samples::Samples;
use crate::world::{Failed, World};

const SHOPS: i64 = 100_000;
const COLLEAGUES: i64 = 200;
/// Of a working day.
const REPORTS_EACH: usize = 5;
const LOOKS: usize = 200;
/// Ids that no other table of the bench uses.
const FIRST: i64 = 1_000_000_000;

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let today = local(db.clock().now()).date();
    let travellers = fill(world, today).await?;

    let mut follower = Follower::default();
    let begin = Instant::now();
    follower.catch_up(&world.app).await?;
    println!(
        "who is due among {SHOPS} shops, counted from nothing: {:.1} s",
        begin.elapsed().as_secs_f64()
    );

    let uploads = world.installation.settings.data.join("uploads");
    let router = wijland::router(&world.app, wijland::areas(uploads));
    let cookie = crate::pages::sign_in(&router, "ingrid").await?;
    let begin = Instant::now();
    let request =
        Request::post("/bezoeken/week").header(header::COOKIE, cookie).body(Body::empty())?;
    router.clone().oneshot(request).await?;
    println!(
        "the week of {COLLEAGUES} colleagues, one press: {:.1} s",
        begin.elapsed().as_secs_f64()
    );
    // With all of those plans there.
    for (who, login) in [("one of 200 colleagues", "reis001"), ("whoever leads them", "ingrid")] {
        let cookie = crate::pages::sign_in(&router, login).await?;
        let mut samples = Samples::default();
        for _ in 0..LOOKS {
            let begin = Instant::now();
            let request = Request::get("/bezoeken")
                .header(header::COOKIE, cookie.as_str())
                .body(Body::empty())?;
            let answer = router.clone().oneshot(request).await?;
            let status = answer.status();
            to_bytes(answer.into_body(), 1 << 24).await?;
            if !status.is_success() {
                return Err(format!("/bezoeken answers {status}").into());
            }
            samples.push(begin.elapsed());
        }
        samples.print(&format!("the visit list of {SHOPS} shops, for {who}"), "50 ms");
    }

    reports(world, &travellers, today).await
}

/// Two hundred colleagues come home at once, each with the reports of a day.
async fn reports(world: &World, travellers: &[UserId], today: Date) -> Result<(), Failed> {
    let begin = Instant::now();
    let rules = world
        .installation
        .db
        .read(Actor::SYSTEM, async |tx| visits::due::rules(tx, 12, today).await)
        .await?;
    let coming: Vec<_> = travellers
        .iter()
        .enumerate()
        .map(|(nr, user)| {
            let (db, rules, user) = (world.installation.db.clone(), rules.clone(), *user);
            tokio::spawn(async move {
                let mut times = Vec::new();
                for visit in 0..REPORTS_EACH {
                    let shop = i64::try_from(nr * REPORTS_EACH + visit).unwrap_or(0);
                    let report = Report {
                        visit: None,
                        place: (FIRST + shop).into(),
                        visited_on: today,
                        writes: vec![
                            Write {
                                field: Field::Spoke,
                                value: (FIRST + shop).to_string(),
                                seen_nr: 0,
                            },
                            Write { field: Field::Lives, value: "Alles goed".into(), seen_nr: 0 },
                        ],
                        met: vec![],
                        left: vec![],
                        point: None,
                        agreements: vec![],
                        wishes: vec![],
                        key: Some(format!("bench-{}-{shop}", db::new_id())),
                    };
                    let begin = Instant::now();
                    db.write(Actor::user(user), async |tx| {
                        visits::visit::report(tx, &report, &rules).await
                    })
                    .await
                    .map_err(|error| error.to_string())?;
                    times.push(begin.elapsed());
                }
                Ok::<_, String>(times)
            })
        })
        .collect();
    let mut samples = Samples::default();
    for one in coming {
        for time in one.await?? {
            samples.push(time);
        }
    }
    println!(
        "{} reports of {COLLEAGUES} colleagues at once: {:.1} s",
        travellers.len() * REPORTS_EACH,
        begin.elapsed().as_secs_f64()
    );
    samples.print("one of those reports", "–");
    Ok(())
}

/// Shops with a member, somebody who speaks for it and a visit, once; and who travels.
async fn fill(world: &World, today: Date) -> Result<Vec<UserId>, Failed> {
    let db = &world.installation.db;
    let known: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from organisations where id >= 1000000000", vec![])
                .await
        })
        .await?;
    if known == 0 {
        let begin = Instant::now();
        for from in (0..SHOPS).step_by(5_000) {
            db.write(Actor::SYSTEM, async |tx| shops(tx, from, 5_000, today).await).await?;
        }
        colleagues(world).await?;
        // A database that grew in an hour has looked at itself since; one that was filled in seconds has not.
        db.write(Actor::SYSTEM, async |tx| tx.execute("analyze", vec![]).await).await?;
        println!("{SHOPS} shops made in {:.1} s", begin.elapsed().as_secs_f64());
    }
    db::row! { struct Found { id: UserId } }
    let found: Vec<Found> = db
        .read(Actor::SYSTEM, async |tx| {
            tx.all("select id from users where login like 'reis%' order by login", vec![]).await
        })
        .await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

async fn colleagues(world: &World) -> Result<(), Failed> {
    use access::users::{NewUser, Region, add_user, set_regions};

    let hash = web::password::hash(kernel::Pii::new(crate::world::PASSWORD.to_owned())).await;
    let (_, team) = world.agents().await?;
    world
        .installation
        .db
        .write(Actor::SYSTEM, async |tx| {
            for nr in 1..=COLLEAGUES {
                let new = NewUser {
                    login: format!("reis{nr:03}"),
                    email: format!("reis{nr:03}@bench.example"),
                    name: format!("Reizend {nr:03}"),
                    first_name: "Reizend".into(),
                    password_hash: hash.clone(),
                    roles: Roles::new([Role::Field]),
                    team: Some(team),
                    language: texts::Language::Dutch,
                };
                let id = add_user(tx, new).await?;
                // Shops lie in postcodes 1000 to 9999, evenly; each colleague has forty-five of those.
                let from = 1_000 + (nr - 1) * 45;
                let region = Region { from: from.to_string(), until: (from + 44).to_string() };
                set_regions(tx, id, &[region]).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    Ok(())
}

async fn shops(tx: &mut db::Tx, from: i64, count: i64, today: Date) -> Result<(), db::Error> {
    let now = tx.now();
    let visitor: i64 = tx.value("select min(id) as value from users", db::args![]).await?;
    let mut organisations = Bulk::new(
        "insert into organisations (id, kind, name, sort_key, kvk, branch_number, legal_form, formula, sector, street,
             addition, postcode, town, country, phone_written, email, created_at, changed_at, version) values",
        "",
    );
    let mut people = Bulk::new(
        "insert into people (id, initials, first_name, call_name, prefix, surname, sort_key, street, addition, postcode,
             town, country, email, email_fold, sector, employer, occupation, source, interest, language, created_at,
             changed_at, version) values",
        "",
    );
    let mut contacts = Bulk::new(
        "insert into contact_persons (id, organisation_id, person_id, role, created_at) values",
        "",
    );
    let mut memberships = Bulk::new(
        "insert into memberships (id, organisation_id, tariff, starts_on, created_at) values",
        "",
    );
    let mut visits = Bulk::new(
        "insert into visits (id, place_id, member_id, user_id, state, visited_on, moves, made_by, made_at, version) values",
        "",
    );
    for nr in from..from + count {
        let id = FIRST + nr;
        let postcode = format!("{}AB", 1_000 + nr % 9_000);
        let name = format!("Winkel {nr}");
        organisations.push(db::args![
            id,
            "company",
            &name,
            &name,
            format!("{:08}", nr),
            "",
            "bv",
            "",
            "Supermarkten",
            "Dorpsstraat",
            "",
            &postcode,
            "Dorp",
            "NL",
            "",
            "",
            now,
            now,
            1_i64,
        ]);
        people.push(db::args![
            id, "", "Jan", "", "", &name, &name, "", "", &postcode, "Dorp", "NL", "", "", "", "",
            "", "", "", "", now, now, 1_i64,
        ]);
        contacts.push(db::args![id, id, id, "Eigenaar", now]);
        let since = today.saturating_sub((400 + nr % 6_000).days());
        memberships.push(db::args![id, id, "Onderneming", since, now]);
        if nr % 4 != 0 {
            let on = today.saturating_sub((1 + nr % 900).days());
            visits.push(db::args![id, id, id, visitor, "reported", on, 0_i64, 0_i64, now, 1_i64]);
        }
    }
    organisations.write(tx).await?;
    people.write(tx).await?;
    contacts.write(tx).await?;
    memberships.write(tx).await?;
    visits.write(tx).await.map(drop)
}

//! A month of promises, with a holiday, summer time, a sick owner and people who do not answer: at its end every
//! promise was kept, was closed after real tries, or stands on somebody's list, and its story can be read.

use axum::http::StatusCode;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan as _};
use kernel::Actor;
use serde_json::json;

use crate::harness::{Program, World, on_each_engine};

/// Easter Monday is the 29th of March, summer time begins on the 28th.
const BEGINS: Date = Date::constant(2027, 3, 22);
const DAYS: i64 = 31;

fn at(world: &World, wall: DateTime) {
    world.db.clock().set(wall.in_tz(kernel::AMSTERDAM).unwrap().timestamp());
}

/// Takes whoever comes, as long as it is somebody who was promised a call.
async fn keep(program: &Program<'_>) {
    loop {
        let next = program.post("/call-records/next", &json!({})).await;
        if next.status != StatusCode::OK {
            return;
        }
        let next = next.json();
        let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
        if next["kind"] != "callback" {
            let skip = json!({"fence": next["fence"], "reason": "not_now"});
            program.post(&path("skip"), &skip).await;
            return;
        }
        let person: i64 = next["person"]["id"].as_str().unwrap().parse().unwrap();
        let outcome = if person % 3 == 0 { "no_answer" } else { "not_interested" };
        let begun = program
            .post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"}))
            .await;
        assert_eq!(begun.status, StatusCode::CREATED, "{next} {}", begun.text);
        let body = json!({"fence": next["fence"], "outcome": outcome});
        let logged = program.post(&path("outcome"), &body).await;
        assert_eq!(logged.status, StatusCode::OK, "{}", logged.text);
    }
}

#[tokio::test]
async fn no_promise_of_a_month_is_lost() {
    on_each_engine(async |world| {
        at(&world, BEGINS.at(8, 20, 0, 0));
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        let noors =
            world.count("select id as value from users where login = 'noor'").await.to_string();
        let people: Vec<String> = {
            let mut people = Vec::new();
            for nr in 1101..1125 {
                people.push(world.person(&format!("W-{nr}")).await.to_string());
            }
            people
        };
        let calendar = world.app.rulebook().calendar.clone();
        let mut made = 0;
        for ahead in 0..DAYS {
            let day = BEGINS.checked_add(ahead.days()).unwrap();
            let works = calendar.is_working_day(day);
            // In the week after Easter Noor is ill, and nobody was named to stand in.
            let noor_is_ill = (Date::constant(2027, 3, 30)..=Date::constant(2027, 4, 2)).contains(&day);
            for half_hour in 0..19 {
                let wall = day.at(8, 30, 0, 0) + SignedDuration::from_mins(30 * half_hour);
                at(&world, wall);
                if day == Date::constant(2027, 3, 30) && half_hour == 0 {
                    let ill = [("kind", "sick"), ("until", "2027-04-02")];
                    let mut lead = world.browser("ingrid").await;
                    let told = lead.post(&format!("/rooster/{noors}/afwezig"), &ill).await;
                    assert_eq!(told.location(), format!("/rooster?gedaan=afwezig&van={noors}"));
                }
                calls::callback::look(&world.app).await.unwrap();
                let lines_open = (0..15).contains(&half_hour);
                if !works || !lines_open {
                    continue;
                }
                if !noor_is_ill {
                    keep(&noor).await;
                }
                // Marit calls in the morning only, and not on Thursdays.
                if half_hour < 6 && day.weekday() != jiff::civil::Weekday::Thursday {
                    keep(&marit).await;
                }
                if half_hour == 4 && ahead < DAYS - 4 {
                    for nr in 0..2 {
                        let person = &people[(made * 5 + nr * 11) % people.len()];
                        let window = [("9:00", "10:00"), ("13:30", "14:30"), ("15:30", "16:00")];
                        let (from, until) = window[made % 3];
                        let body = json!({"person": person, "working_days": 3, "from": from, "until": until,
                            "owner": "me", "words": "Bel me dan maar"});
                        let promised = noor.post("/callbacks", &body).await;
                        assert_eq!(promised.status, StatusCode::CREATED, "{}", promised.text);
                        made += 1;
                    }
                }
            }
        }

        check(&world, made).await;
    })
    .await;
}

db::row! {
    struct Promise {
        id: i64,
        tries: i64,
        level: i64,
        owner_id: Option<i64>,
        team_id: Option<i64>,
        due_on: Date,
        from_time: jiff::civil::Time,
        from_at: jiff::Timestamp,
        ended_as: Option<String>,
    }
}

db::row! {
    struct Called { started_at: jiff::Timestamp }
}

/// How the promises stand at the end of the month.
async fn check(world: &World, made: usize) {
    let calendar = world.app.rulebook().calendar.clone();
    let promises: Vec<Promise> = world
        .db
        .read(Actor::SYSTEM, async |tx| {
            tx.all(
                "select id, tries, level, owner_id, team_id, due_on, from_time, from_at, ended_as
                   from callbacks where made_at > 1805600000000 order by id",
                db::args![],
            )
            .await
        })
        .await
        .unwrap();
    assert_eq!(promises.len(), made);
    let mut lead = world.browser("ingrid").await;
    let ended = |how: &str| promises.iter().filter(|p| p.ended_as.as_deref() == Some(how)).count();
    assert!(ended("kept") > made / 2 && ended("closed_unreached") > 3, "the month had both");
    for promise in &promises {
        // Summer time and holidays moved none of them (INV22).
        let wall = kernel::local(promise.from_at);
        assert_eq!((wall.date(), wall.time()), (promise.due_on, promise.from_time));
        assert!(calendar.is_working_day(promise.due_on));
        match promise.ended_as.as_deref() {
            Some("kept" | "replaced") => {}
            Some("closed_unreached") => assert_eq!(promise.tries, 3, "after real tries only"),
            Some(other) => panic!("a promise ended as {other}"),
            None => assert!(promise.owner_id.or(promise.team_id).is_some(), "nobody's promise"),
        }
        let page = lead.get(&format!("/terugbellen/{}", promise.id)).await;
        assert_eq!(page.status, StatusCode::OK);
        page.shows("sprak af terug te bellen op");
        page.hides("calls-told");
    }
    let climbed = "select count(*) as value from events where kind = 'callback_climbed'";
    assert!(world.count(climbed).await > 0, "while Noor was ill some had to climb");
    let stood = promises.iter().filter(|promise| promise.level > 0 && promise.ended_as.is_some());
    assert!(stood.count() > 0, "and somebody else kept them");
    // Nobody was called at night, on a Sunday or on Easter Monday.
    let calls: Vec<Called> = world
        .db
        .read(Actor::SYSTEM, async |tx| {
            tx.all("select started_at from attempts", db::args![]).await
        })
        .await
        .unwrap();
    for Called { started_at } in calls {
        let wall = kernel::local(started_at);
        assert!(calendar.is_working_day(wall.date()) && (8..17).contains(&wall.hour()), "{wall}");
    }
}

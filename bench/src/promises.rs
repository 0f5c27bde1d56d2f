//! A promise whose time comes, among 100,000 open ones: from the moment to the sign that its owner's page waits for.

use std::time::{Duration, Instant};

use calls::callback::{self, Purpose};
use calls_rules::callback::Plan;
use jiff::SignedDuration;
use kernel::{Actor, PersonId, local};
use live::Topic;

use crate::samples::Samples;
use crate::world::{Failed, World};

const OPEN: usize = 100_000;
const MEASURED: usize = 20;

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let (agents, team) = world.agents().await?;
    fill(world).await?;
    // Once without measuring: what is near or late already is told and climbs.
    callback::look(&world.app).await?;

    let watching = tokio::spawn(callback::watch(world.app.clone()));
    let publishing = tokio::spawn(live::publish(db.clone(), world.app.hub().clone()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    db::row! { struct Someone { id: PersonId } }
    let people: Vec<Someone> = db
        .read(Actor::SYSTEM, async |tx| {
            tx.all("select id from people order by id desc limit 20", vec![]).await
        })
        .await?;
    let mut samples = Samples::default();
    for (nr, person) in people.iter().take(MEASURED).enumerate() {
        let agent = agents[nr % agents.len()];
        let mut changes = world.app.hub().listen();
        // Due ten minutes and a moment from now: its notice is near.
        let from = local(
            db.clock().now() + SignedDuration::from_mins(10) + SignedDuration::from_millis(1),
        );
        let plan = Plan {
            owner: Some(agent),
            until: from.time().saturating_add(SignedDuration::from_mins(30)),
            from,
            made_at: db.clock().now(),
            words: None,
            warmth: None,
            opening: None,
        };
        let actor = Actor { team: Some(team), ..Actor::user(agent) };
        let begin = Instant::now();
        db.write(actor, async |tx| {
            callback::make(tx, person.id, None, Purpose::Service, &plan).await.map(drop)
        })
        .await?;
        loop {
            match tokio::time::timeout(Duration::from_secs(30), changes.recv()).await?? {
                change if change.topic == Topic::Own && change.user == Some(agent) => break,
                _ => {}
            }
        }
        samples.push(begin.elapsed());
    }
    watching.abort();
    publishing.abort();
    samples.print("a promise that is near, to its owner", "-");

    let mut looks = Samples::default();
    for _ in 0..50 {
        let begin = Instant::now();
        callback::look(&world.app).await?;
        looks.push(begin.elapsed());
    }
    looks.print("one look at 100,000 open promises", "-");
    Ok(())
}

/// Open promises over the coming month, each with an owner; made once.
async fn fill(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let open: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from callbacks where ended_at is null", vec![]).await
        })
        .await?;
    let wanted = OPEN.saturating_sub(usize::try_from(open)?);
    if wanted == 0 {
        return Ok(());
    }
    db::row! { struct Someone { id: PersonId } }
    let limit = i64::try_from(wanted)?;
    let people: Vec<Someone> = db
        .read(Actor::SYSTEM, async |tx| {
            tx.all("select id from people order by id limit $1", db::args![limit]).await
        })
        .await?;
    let (agents, team) = world.agents().await?;
    let now = db.clock().now();
    let begin = Instant::now();
    for (chunk, some) in people.chunks(1_000).enumerate() {
        let actor = Actor { team: Some(team), ..Actor::SYSTEM };
        db.write(actor, async |tx| {
            for (nr, person) in some.iter().enumerate() {
                let days = i64::try_from((chunk + nr) % 30 + 1).unwrap_or(1);
                let from = local(now + SignedDuration::from_hours(24 * days));
                let plan = Plan {
                    owner: Some(agents[(chunk + nr) % agents.len()]),
                    until: from.time().saturating_add(SignedDuration::from_mins(30)),
                    from,
                    made_at: now,
                    words: None,
                    warmth: None,
                    opening: None,
                };
                callback::make(tx, person.id, None, Purpose::Recruitment, &plan).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    }
    println!("{} open promises made in {:.0} s", people.len(), begin.elapsed().as_secs_f64());
    Ok(())
}

//! The next person for an agent: alone, on a floor of 64 at the pace of a busy day, and as fast as 64 can ask.

use std::sync::Arc;
use std::time::{Duration, Instant};

use calls::campaign::{CampaignSettings, Filter, NewCampaign, Purpose, Source, State};
use calls_rules::gate::Ground;
use kernel::{Actor, CampaignId, ImportId, TeamId};

use crate::desk::Desk;
use crate::samples::Samples;
use crate::world::{AGENTS, Failed, World};

/// So many people are asked for in each measurement.
const ASKED: u32 = 1_200;
/// Twenty a second, ten times what a floor needs: 64 agents ask each 3.2 seconds.
const PACE: Duration = Duration::from_millis(3_200);

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let (agents, team) = world.agents().await?;
    let campaign = campaign(world, team).await?;
    let rules = calls::gate_rules(&world.app.rulebook(), world.app.now().date())?;
    let campaign = Some(campaign);
    let desk = Arc::new(Desk { db: world.installation.db.clone(), team, campaign, rules });

    let mut alone = Samples::default();
    for _ in 0..ASKED {
        alone.extend(desk.once(agents[0]).await?);
    }
    alone.print("next, 1 agent in a row", "p99 20 ms");

    desk.floor(&agents, Some(PACE), 6).await?.print("next, 64 agents, 20 a second", "p99 20 ms");

    let begin = Instant::now();
    let crowd = desk.floor(&agents, None, ASKED / AGENTS).await?;
    let took = begin.elapsed().as_secs_f64();
    crowd.print("next, 64 agents as fast as they can", "-");
    println!("  {:.0} people a second, each passed on at once", f64::from(ASKED) / took);

    db::row! { struct Twice { person_id: i64 } }
    let twice: Vec<Twice> = desk
        .db
        .read(Actor::SYSTEM, async |tx| {
            tx.all(
                "select person_id from claims where released_at is null group by person_id having count(*) > 1",
                vec![],
            )
            .await
        })
        .await?;
    println!("  on two desks at once: {}", twice.len());
    Ok(())
}

/// The people with a consent, in one campaign; made once.
async fn campaign(world: &World, team: TeamId) -> Result<CampaignId, Failed> {
    let db = &world.installation.db;
    let known: Option<i64> = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select max(id) as value from campaigns", vec![]).await
        })
        .await?;
    if let Some(known) = known {
        return Ok(CampaignId(known));
    }
    let import: Option<i64> = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select max(id) as value from imports where kind = 'consents'", vec![]).await
        })
        .await?;
    let source = import
        .map_or(Source::Filter { filter: Filter::default(), living: false }, |import| {
            Source::Import { import: ImportId(import) }
        });
    let rules = calls::gate_rules(&world.app.rulebook(), world.app.now().date())?;
    let new = NewCampaign {
        name: "Meting".into(),
        ground: Ground::Consent,
        purpose: Purpose::Recruitment,
        state: State::Active,
        source,
        team: Some(team),
        settings: CampaignSettings::default(),
    };
    let begin = Instant::now();
    let id = calls::campaign::start(db, Actor::SYSTEM, new, &rules).await?;
    println!(
        "campaign of the people with a consent made in {:.1} s",
        begin.elapsed().as_secs_f64()
    );
    Ok(id)
}

//! The next person for 256 agents out of twenty campaigns that share their people, with owners and budgets:
//! at the pace of a busy floor, and as fast as they can ask.

use std::sync::Arc;
use std::time::{Duration, Instant};

use calls::campaign::{CampaignSettings, Filter, NewCampaign, Purpose, Source, State};
use calls_rules::gate::Ground;
use db::{Db, args};
use kernel::{Actor, CampaignId, TeamId, UserId};

use crate::desk::Desk;
use crate::world::{Failed, World};

const AGENTS: u32 = 256;
const CAMPAIGNS: usize = 20;
/// Ten times what such a floor needs: a person for each agent every twelve seconds.
const PACE: Duration = Duration::from_secs(12);

/// Measures with the `share.0`th of `share.1` equal parts of the agents: the other programs have the others.
pub(crate) async fn measure(world: &World, share: (u32, u32)) -> Result<(), Failed> {
    let db = &world.installation.db;
    let (some, team) = world.agents().await?;
    let agents = all_agents(world, some.len(), team).await?;
    let rules = calls::gate_rules(&world.app.rulebook(), world.app.now().date())?;
    fill(db, team, &agents, &rules).await?;
    let (part, of) = (usize::try_from(share.0)?, usize::try_from(share.1)?);
    let agents: Vec<UserId> = agents.into_iter().skip(part - 1).step_by(of).collect();
    let records: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from call_records", vec![]).await
        })
        .await?;
    println!(
        "{records} call records in {CAMPAIGNS} campaigns, {} of {AGENTS} agents",
        agents.len()
    );
    let floor = Arc::new(Desk { db: db.clone(), team, campaign: None, rules });

    let calm = floor.floor(&agents, Some(PACE), 3).await?;
    calm.print("next, all agents at 21 a second", "p99 20 ms");
    let begin = Instant::now();
    let rush = floor.floor(&agents, None, 8).await?;
    let took = begin.elapsed().as_secs_f64();
    rush.print("next, all agents as fast as they can", "-");
    println!(
        "  {:.0} claims a second, each passed on at once",
        f64::from(u32::try_from(agents.len())? * 8) / took
    );
    let twice: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value(
                "select count(*) as value from (select person_id from claims
                   group by person_id having max(fence) <> count(*)) as wrong",
                vec![],
            )
            .await
        })
        .await?;
    println!("  on two desks at once: {twice}");
    Ok(())
}

async fn all_agents(world: &World, have: usize, team: TeamId) -> Result<Vec<UserId>, Failed> {
    let db = &world.installation.db;
    for nr in have..AGENTS as usize {
        let user = access::users::NewUser {
            login: format!("agentx{nr:03}"),
            email: format!("agentx{nr:03}@werkbond.example"),
            name: format!("Agent {nr}"),
            first_name: "Agent".into(),
            password_hash: "-".into(),
            roles: kernel::Roles::new([kernel::Role::Agent]),
            team: Some(team),
            language: texts::Language::Dutch,
        };
        db.write(Actor::SYSTEM, async |tx| access::users::add_user(tx, user).await).await?;
    }
    Ok(world.agents().await?.0)
}

/// Twenty campaigns by sector, each shared with another; one person in ten belongs to an agent. Made once.
async fn fill(
    db: &Db,
    team: TeamId,
    agents: &[UserId],
    rules: &calls::GateRules,
) -> Result<(), Failed> {
    db::row! { struct Sector { sector: String } }
    db::row! { struct Made { id: CampaignId } }
    let known: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from campaigns where name like 'Vloer %'", vec![])
                .await
        })
        .await?;
    if known > 0 {
        return Ok(());
    }
    let sectors: Vec<Sector> = db
        .read(Actor::SYSTEM, async |tx| {
            tx.all(
                "select sector from people where sector <> '' group by sector order by count(*) limit 10",
                vec![],
            )
            .await
        })
        .await?;
    let begin = Instant::now();
    for nr in 0..CAMPAIGNS {
        let sector = sectors[nr % sectors.len()].sector.clone();
        let new = NewCampaign {
            name: format!("Vloer {nr}"),
            ground: Ground::Service,
            purpose: Purpose::Service,
            state: State::Active,
            source: Source::Filter {
                filter: Filter { sector, ..Filter::default() },
                living: false,
            },
            team: Some(team),
            settings: CampaignSettings::default(),
        };
        calls::campaign::start(db, Actor::SYSTEM, new, rules).await?;
    }
    println!("campaigns made in {:.0} s", begin.elapsed().as_secs_f64());
    let made: Vec<Made> = db
        .read(Actor::SYSTEM, async |tx| {
            tx.all("select id from campaigns where name like 'Vloer %'", vec![]).await
        })
        .await?;
    for campaign in made {
        for (nr, agent) in agents.iter().enumerate().filter(|(nr, _)| nr % 8 == 0) {
            let nr = i64::try_from(nr)?;
            db.write(Actor::SYSTEM, async |tx| {
                tx.execute(
                    "update call_records set owner_id = $1 where campaign_id = $2 and person_id % 320 = $3",
                    args![*agent, campaign.id, nr],
                )
                .await
            })
            .await?;
        }
    }
    Ok(())
}

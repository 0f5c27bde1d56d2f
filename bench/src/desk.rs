//! Asking for the next person, timed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use calls::claim::{Asked, SkipReason, next, skip};
use db::Db;
use jiff::SignedDuration;
use kernel::{Actor, CampaignId, TeamId, UserId};

use crate::samples::Samples;
use crate::world::Failed;

/// Agents of a team who ask for the next person, over and over.
pub(crate) struct Desk {
    pub(crate) db: Db,
    pub(crate) team: TeamId,
    /// `None`: whatever the team works on.
    pub(crate) campaign: Option<CampaignId>,
    pub(crate) rules: calls::GateRules,
}

impl Desk {
    /// Asks for the next person, timed, and passes on, which is not.
    pub(crate) async fn once(&self, agent: UserId) -> Result<Samples, db::Error> {
        let actor = Actor { team: Some(self.team), ..Actor::user(agent) };
        let asked = Asked {
            team: Some(self.team),
            campaign: self.campaign,
            lease: SignedDuration::from_mins(5),
        };
        let mut samples = Samples::default();
        let begin = Instant::now();
        let claim =
            self.db.write(actor.clone(), async |tx| next(tx, asked, &self.rules).await).await?;
        if let Some(claim) = claim {
            samples.push(begin.elapsed());
            let rests = SignedDuration::from_hours(24);
            self.db
                .write(actor, async |tx| {
                    skip(tx, claim.person_id, claim.fence, SkipReason::NotNow, rests).await
                })
                .await?;
        }
        Ok(samples)
    }

    pub(crate) async fn floor(
        self: &Arc<Self>,
        agents: &[UserId],
        pace: Option<Duration>,
        times: u32,
    ) -> Result<Samples, Failed> {
        let crowd = u32::try_from(agents.len())?;
        let mut working = Vec::new();
        for (nr, agent) in (0_u32..).zip(agents.iter().copied()) {
            let desk = Arc::clone(self);
            working.push(tokio::spawn(async move {
                let mut samples = Samples::default();
                if let Some(pace) = pace {
                    tokio::time::sleep(pace * nr / crowd).await;
                }
                for _ in 0..times {
                    samples.extend(desk.once(agent).await?);
                    if let Some(pace) = pace {
                        tokio::time::sleep(pace).await;
                    }
                }
                Ok::<_, db::Error>(samples)
            }));
        }
        let mut all = Samples::default();
        for agent in working {
            all.extend(agent.await??);
        }
        Ok(all)
    }
}

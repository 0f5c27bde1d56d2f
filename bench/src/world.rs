use std::path::Path;

use db::Clock;
use jiff::Timestamp;
use kernel::{Actor, TeamId, UserId};
use web::App;
use wijland::{Installation, Settings};

pub(crate) type Failed = Box<dyn std::error::Error>;

/// The password of all invented colleagues.
pub(crate) const PASSWORD: &str = "alleen om te meten";
/// As many as work at once on the largest floor that is measured.
pub(crate) const AGENTS: u32 = 64;

/// An installation with members and colleagues, and the program over it.
pub(crate) struct World {
    pub(crate) installation: Installation,
    pub(crate) app: App,
}

pub(crate) fn settings(data: &Path, database: Option<&str>) -> Settings {
    Settings { data: data.to_owned(), database: database.map(str::to_owned), ..Settings::default() }
}

/// A Tuesday at ten: on a Sunday nobody is called who did not ask for it, and there would be nothing to measure.
fn ten_o_clock() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().expect("an instant")
}

impl World {
    pub(crate) async fn open(data: &Path, database: Option<&str>) -> Result<Self, Failed> {
        Self::over(settings(data, database)).await
    }

    pub(crate) async fn over(settings: Settings) -> Result<Self, Failed> {
        let installation = Installation::open(settings, Clock::running_from(ten_o_clock())).await?;
        let colleagues: i64 = installation
            .db
            .read(Actor::SYSTEM, async |tx| {
                tx.value("select count(*) as value from users", vec![]).await
            })
            .await?;
        if colleagues == 0 {
            wijland::demo::colleagues(&installation.db, &story::UNION, PASSWORD, AGENTS).await?;
        }
        let (app, _) = installation.app(None).await?;
        Ok(Self { installation, app })
    }

    /// The invented agents, and their team.
    pub(crate) async fn agents(&self) -> Result<(Vec<UserId>, TeamId), Failed> {
        db::row! {
            struct Agent { id: UserId, team_id: TeamId }
        }
        let found: Vec<Agent> = self
            .installation
            .db
            .read(Actor::SYSTEM, async |tx| {
                tx.all(
                    "select id, team_id from users where login like 'agent%' order by login",
                    vec![],
                )
                .await
            })
            .await?;
        let team = found.first().ok_or("no agents: import first")?.team_id;
        Ok((found.into_iter().map(|agent| agent.id).collect(), team))
    }

    pub(crate) async fn close(self) {
        self.installation.db.close().await;
    }
}

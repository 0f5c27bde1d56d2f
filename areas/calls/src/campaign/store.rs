use calls_rules::gate::Ground;
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{CampaignId, Event, EventKind, TeamId, local};

use super::{Purpose, State};

db::row! {
    #[derive(Clone, Debug)]
    pub struct Campaign {
        pub id: CampaignId,
        pub name: String,
        pub ground: Ground,
        pub purpose: Purpose,
        pub state: State,
        /// JSON: an import or a filter.
        pub source: String,
        pub team_id: Option<TeamId>,
        pub made_at: Timestamp,
    }
}

/// All campaigns that this team works on, newest first; `None` sees all.
pub async fn list(tx: &mut Tx, team: Option<TeamId>) -> Result<Vec<Campaign>, Error> {
    tx.all(
        "select id, name, ground, purpose, state, source, team_id, made_at from campaigns
          where (team_id is null or $1 is null or team_id = $2)
          order by id desc limit 200",
        args![team, team],
    )
    .await
}

pub async fn by_id(
    tx: &mut Tx,
    id: CampaignId,
    team: Option<TeamId>,
) -> Result<Option<Campaign>, Error> {
    tx.one(
        "select id, name, ground, purpose, state, source, team_id, made_at from campaigns
          where id = $1 and (team_id is null or $2 is null or team_id = $3)",
        args![id, team, team],
    )
    .await
}

/// Starts or pauses a campaign. Promises that were made in it stay promises.
pub async fn set_state(tx: &mut Tx, id: CampaignId, state: State) -> Result<(), Error> {
    tx.change_one("update campaigns set state = $1 where id = $2", args![state, id]).await?;
    let kind = match state {
        State::Active => EventKind::CampaignStarted,
        State::Paused | State::Ended => EventKind::CampaignPaused,
    };
    let mut event = Event::new(kind, local(tx.now()).date());
    event.campaign = Some(id);
    activity::record(tx, event).await
}

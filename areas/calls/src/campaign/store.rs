use calls_rules::gate::Ground;
use calls_rules::hours::Own;
use db::{Error, Tx, args};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kernel::{CampaignId, Event, EventKind, GuideId, TeamId, local};

use super::{CampaignSettings, Purpose, State};

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
        pub living: bool,
        pub priority: i64,
        pub starts_on: Option<Date>,
        pub ends_on: Option<Date>,
        pub from_time: Option<Time>,
        pub until_time: Option<Time>,
        pub tries_max: Option<i64>,
        pub rest_minutes: Option<i64>,
        pub opening: String,
        /// The conversation guide; `None`: that of the theme, or the one that the program comes with.
        pub guide_id: Option<GuideId>,
        pub team_id: Option<TeamId>,
        /// Not everybody is in it yet; it offers nobody.
        pub is_filling: bool,
        pub made_at: Timestamp,
    }
}

/// All campaigns that this team works on, newest first; `None` sees all.
pub async fn list(tx: &mut Tx, team: Option<TeamId>) -> Result<Vec<Campaign>, Error> {
    tx.all(
        "select id, name, ground, purpose, state, source, living, priority, starts_on, ends_on, from_time,
                until_time, tries_max, rest_minutes, opening, guide_id, team_id, (fills_to is not null) as is_filling,
                made_at from campaigns
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
        "select id, name, ground, purpose, state, source, living, priority, starts_on, ends_on, from_time,
                until_time, tries_max, rest_minutes, opening, guide_id, team_id, (fills_to is not null) as is_filling,
                made_at from campaigns
          where id = $1 and (team_id is null or $2 is null or team_id = $3)",
        args![id, team, team],
    )
    .await
}

impl Campaign {
    /// On which days and in which part of the day it calls, as far as it has its own.
    #[must_use]
    pub fn own(&self) -> Own {
        Own::new((self.starts_on, self.ends_on), (self.from_time, self.until_time))
    }

    #[must_use]
    pub fn settings(&self) -> CampaignSettings {
        CampaignSettings {
            priority: self.priority,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            hours: self.own().hours,
            tries_max: self.tries_max,
            rest_minutes: self.rest_minutes,
            opening: self.opening.clone(),
            guide: self.guide_id,
        }
    }
}

/// Keeps what a team lead set.
pub(super) async fn keep_settings(
    tx: &mut Tx,
    id: CampaignId,
    settings: &CampaignSettings,
) -> Result<(), Error> {
    let CampaignSettings {
        priority,
        starts_on,
        ends_on,
        hours,
        tries_max,
        rest_minutes,
        opening,
        guide,
    } = settings;
    let (from, until) = hours.map(|hours| (hours.from, hours.until)).unzip();
    tx.change_one(
        "update campaigns set priority = $1, starts_on = $2, ends_on = $3, from_time = $4, until_time = $5,
                tries_max = $6, rest_minutes = $7, opening = $8, guide_id = $9
          where id = $10",
        args![
            *priority, *starts_on, *ends_on, from, until, *tries_max, *rest_minutes,
            opening.as_str(), *guide, id,
        ],
    )
    .await
}

/// Changes what a team lead set; from the next call on it counts.
pub(super) async fn change_settings(
    tx: &mut Tx,
    id: CampaignId,
    name: &str,
    settings: &CampaignSettings,
) -> Result<(), Error> {
    tx.change_one("update campaigns set name = $1 where id = $2", args![name, id]).await?;
    keep_settings(tx, id, settings).await?;
    let mut event = Event::new(EventKind::CampaignChanged, local(tx.now()).date());
    event.campaign = Some(id);
    activity::record(tx, event).await
}

/// Starts or pauses a campaign. Promises that were made in it stay promises. One that is being filled gets the state
/// when everybody is in it.
pub async fn set_state(tx: &mut Tx, id: CampaignId, state: State) -> Result<(), Error> {
    let waits = tx
        .execute(
            "update campaigns set fills_to = $1 where id = $2 and fills_to is not null and $3 <> 'ended'",
            args![state, id, state],
        )
        .await?;
    if waits == 0 {
        tx.change_one(
            "update campaigns set state = $1, fills_to = null where id = $2",
            args![state, id],
        )
        .await?;
    }
    let kind = match state {
        State::Active => EventKind::CampaignStarted,
        State::Paused | State::Ended => EventKind::CampaignPaused,
    };
    let mut event = Event::new(kind, local(tx.now()).date());
    event.campaign = Some(id);
    activity::record(tx, event).await
}

//! A new campaign and its people: from an import, or by three simple filters.

use calls_rules::gate::Ground;
use calls_rules::score::Weights;
use db::{Bulk, Db, Error, Query, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{
    Actor, CallRecordId, CampaignId, Event, EventKind, Fact, GuideId, ImportId, PersonId, TeamId,
    Window, local,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{App, Broken};

use super::segment::{Filter, Today};
use super::{Purpose, State, reconsider_campaign};
use crate::settings::GateRules;

/// Where the people come from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Everybody in an import.
    Import {
        #[schema(value_type = String)]
        import: ImportId,
    },
    Filter {
        filter: Filter,
        /// Whoever meets the conditions later comes in by itself, and whoever does not any more goes.
        #[serde(default)]
        living: bool,
    },
}

impl Source {
    fn is_living(&self) -> bool {
        matches!(self, Self::Filter { living: true, .. })
    }
}

#[derive(Clone, Debug)]
pub struct NewCampaign {
    pub name: String,
    pub ground: Ground,
    pub purpose: Purpose,
    pub state: State,
    pub source: Source,
    pub team: Option<TeamId>,
    pub settings: CampaignSettings,
}

/// What a team lead can set besides; what is empty follows the rules of the association.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CampaignSettings {
    /// Campaigns with a higher number come first: -1, 0 or 1.
    pub priority: i64,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    /// Only in this part of the day, within the hours in which calls may be made at all.
    pub hours: Option<Window>,
    /// How often somebody is tried in this campaign.
    pub tries_max: Option<i64>,
    /// How long somebody rests who did not answer.
    pub rest_minutes: Option<i64>,
    /// The sentence that a call begins with.
    pub opening: String,
    /// The conversation guide of its calls.
    pub guide: Option<GuideId>,
}

const AT_ONCE: i64 = 2_000;

/// Makes the campaign, fills it and judges everybody in it. The people come in steps, so that a
/// campaign of a million does not keep the desk waiting; until the last step it offers nobody.
pub async fn start(
    db: &Db,
    actor: Actor,
    new: NewCampaign,
    rules: &GateRules,
) -> Result<CampaignId, Error> {
    let NewCampaign { name, ground, purpose, state, source, team, settings } = new;
    let id = CampaignId(new_id());
    let stored = serde_json::to_string(&source).expect("text and ids");
    db.write(actor.clone(), async |tx| {
        let (by, now) = (tx.actor().user, tx.now());
        tx.change_one(
            "insert into campaigns (id, name, ground, purpose, state, fills_to, source, living, priority, team_id,
                                    made_by, made_at)
             values ($1, $2, $3, $4, 'paused', $5, $6, $7, 0, $8, $9, $10)",
            args![id, name.trim(), ground, purpose, state, stored, source.is_living(), team, by, now],
        )
        .await?;
        super::store::keep_settings(tx, id, &settings).await
    })
    .await?;
    complete(db, &actor, id, &source, rules).await?;
    Ok(id)
}

/// Fills a campaign that was begun, judges everybody in it and gives it its state. Whoever is in it already stays as
/// they are, so it can be done again, also by two programs at once: one of them ends it.
async fn complete(
    db: &Db,
    actor: &Actor,
    id: CampaignId,
    source: &Source,
    rules: &GateRules,
) -> Result<(), Error> {
    fill(db, actor, id, source).await?;
    order(db, id, rules.weights).await?;
    reconsider_campaign(db, id, rules).await?;
    db.write(Actor { command: None, ..actor.clone() }, async |tx| {
        let ended = tx
            .execute(
                "update campaigns set state = fills_to, fills_to = null where id = $1 and fills_to is not null",
                args![id],
            )
            .await?;
        if ended == 0 {
            return Ok(());
        }
        db::row! { struct Begun { ground: Ground, people: i64 } }
        let begun: Begun = tx
            .one(
                "select c.ground, (select count(*) from call_records r where r.campaign_id = c.id) as people
                   from campaigns c where c.id = $1",
                args![id],
            )
            .await?
            .ok_or(Error::Raced)?;
        let mut event = Event::new(EventKind::CampaignStarted, local(tx.now()).date())
            .with("people", Fact::Number(begun.people))
            .with("ground", Fact::Code(begun.ground.code()));
        event.campaign = Some(id);
        activity::record(tx, event).await
    })
    .await
}

/// Goes on with the campaigns that a program began to fill and did not end: it was stopped in between.
pub async fn complete_begun(app: &App, rules: &GateRules) -> Result<(), Broken> {
    let all = app
        .db()
        .read(Actor::SYSTEM, async |tx| super::list(tx, None).await)
        .await
        .map_err(Broken::new)?;
    for campaign in all.into_iter().filter(|campaign| campaign.is_filling) {
        let source = serde_json::from_str(&campaign.source).map_err(Broken::new)?;
        complete(app.db(), &Actor::SYSTEM, campaign.id, &source, rules)
            .await
            .map_err(Broken::new)?;
    }
    Ok(())
}

/// Adds everybody who is meant and not there yet.
async fn fill(db: &Db, actor: &Actor, id: CampaignId, source: &Source) -> Result<(), Error> {
    let mut after = 0;
    while let Some(last) = db
        .write(Actor { command: None, ..actor.clone() }, async |tx| {
            add_some(tx, id, source, after).await
        })
        .await?
    {
        after = last;
    }
    Ok(())
}

/// Orders everybody in a campaign.
pub(super) async fn order(db: &Db, id: CampaignId, weights: Weights) -> Result<(), Error> {
    let mut after = CallRecordId(0);
    while let Some(last) = db
        .write(Actor::SYSTEM, async |tx| super::score::score_some(tx, id, after, weights).await)
        .await?
    {
        after = last;
    }
    Ok(())
}

/// A living campaign follows its conditions: who meets them comes in, who does not any more and was not called
/// goes. Whoever was called stays, with what came of it.
pub(super) async fn renew(db: &Db, id: CampaignId, source: &Source) -> Result<(), Error> {
    let Source::Filter { filter, living: true } = source else { return Ok(()) };
    fill(db, &Actor::SYSTEM, id, source).await?;
    db.write(Actor::SYSTEM, async |tx| {
        let now = tx.now();
        let today = Today::load(tx).await?;
        let meant = |query: &mut Query| {
            query.push("exists (select 1 from people p where p.id = call_records.person_id");
            filter.push(query, &today);
            query.push(")");
        };
        let mut gone = Query::new("update call_records set state = 'withdrawn', blocked_why = null, rest_until_at = null, changed_at = ");
        gone.bind(now).push(" where campaign_id = ").bind(id);
        // Whoever was passed by twice stays with the team lead.
        gone.push(
            " and state in ('waiting', 'blocked', 'resting') and coalesce(blocked_why, '') <> 'skipped'
              and not exists (select 1 from attempts a where a.call_record_id = call_records.id) and not ",
        );
        meant(&mut gone);
        tx.execute_query(gone).await?;
        let mut back = Query::new("update call_records set state = 'waiting', changed_at = ");
        back.bind(now).push(" where campaign_id = ").bind(id).push(" and state = 'withdrawn' and ");
        meant(&mut back);
        tx.execute_query(back).await.map(drop)
    })
    .await
}

/// As [`start`], and to the end: a browser that goes away meanwhile does not leave half a campaign.
pub(super) async fn start_to_the_end(
    app: &App,
    actor: Actor,
    new: NewCampaign,
    rules: GateRules,
) -> Result<Result<CampaignId, Error>, Broken> {
    let db = app.db().clone();
    let starting = tokio::spawn(async move { start(&db, actor, new, &rules).await });
    starting.await.map_err(Broken::new)
}

db::row! {
    struct Next { person_id: PersonId, place: i64 }
}

/// Adds the next people behind a place; gives the place of the last, `None` when there are no more.
async fn add_some(
    tx: &mut Tx,
    campaign: CampaignId,
    source: &Source,
    after: i64,
) -> Result<Option<i64>, Error> {
    let today = Today::load(tx).await?;
    let people: Vec<Next> = tx.list(people_query(source, after, &today)).await?;
    let Some(last) = people.last().map(|row| row.place) else { return Ok(None) };
    let now = tx.now();
    let mut rows = Bulk::new(
        "insert into call_records (id, campaign_id, person_id, state, priority, tries, skips, changed_at) values",
        "on conflict do nothing",
    );
    for person in people {
        rows.push(args![
            CallRecordId(new_id()),
            campaign,
            person.person_id,
            "waiting",
            0_i64,
            0_i64,
            0_i64,
            now,
        ]);
    }
    rows.write(tx).await?;
    Ok(Some(last))
}

/// Some people of a source behind a place: a line of the file, or the id of the person.
fn people_query(source: &Source, after: i64, today: &Today) -> Query {
    match source {
        Source::Import { import } => {
            let mut query = Query::new(
                "select p.id as person_id, i.line as place
                   from import_rows i join people p on p.id = i.person_id
                  where i.action <> 'refused' and i.import_id = ",
            );
            query.bind(*import).push(" and i.line > ").bind(after);
            query.push(" order by i.line limit ").bind(AT_ONCE);
            query
        }
        Source::Filter { filter, .. } => {
            let mut query =
                Query::new("select p.id as person_id, p.id as place from people p where p.id > ");
            query.bind(after);
            filter.push(&mut query, today);
            query.push(" order by p.id limit ").bind(AT_ONCE);
            query
        }
    }
}

//! A new campaign and its people: from an import, or by three simple filters.

use calls_rules::gate::Ground;
use db::{Bulk, Db, Error, Query, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{
    Actor, CallRecordId, CampaignId, Event, EventKind, Fact, ImportId, PersonId, TeamId, local,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{App, Broken};

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
    },
}

/// Three simple conditions; what is empty asks nothing.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// `member`, `former` or `none`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sector: String,
    /// What somebody is interested in, or asked a brochure about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub interest: String,
}

#[derive(Clone, Debug)]
pub struct NewCampaign {
    pub name: String,
    pub ground: Ground,
    pub purpose: Purpose,
    pub state: State,
    pub source: Source,
    pub team: Option<TeamId>,
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
    let NewCampaign { name, ground, purpose, state, source, team } = new;
    let id = CampaignId(new_id());
    let stored = serde_json::to_string(&source).expect("text and ids");
    db.write(actor.clone(), async |tx| {
        let (by, now) = (tx.actor().user, tx.now());
        tx.change_one(
            "insert into campaigns (id, name, ground, purpose, state, source, priority, team_id, made_by, made_at)
             values ($1, $2, $3, $4, 'paused', $5, 0, $6, $7, $8)",
            args![id, name.trim(), ground, purpose, stored, team, by, now],
        )
        .await
    })
    .await?;
    let mut after = 0;
    let mut people = 0;
    loop {
        let step = async |tx: &mut Tx| add_some(tx, id, &source, after).await;
        match db.write(Actor { command: None, ..actor.clone() }, step).await? {
            Some((last, added)) => {
                after = last;
                people += added;
            }
            None => break,
        }
    }
    reconsider_campaign(db, id, rules).await?;
    db.write(Actor { command: None, ..actor }, async |tx| {
        tx.change_one("update campaigns set state = $1 where id = $2", args![state, id]).await?;
        let mut event = Event::new(EventKind::CampaignStarted, local(tx.now()).date())
            .with("people", Fact::Number(i64::try_from(people).unwrap_or(i64::MAX)))
            .with("ground", Fact::Code(ground.code()));
        event.campaign = Some(id);
        activity::record(tx, event).await
    })
    .await?;
    Ok(id)
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

/// Adds the next people behind a place; gives the place of the last and how many are new, `None` when there
/// are no more.
async fn add_some(
    tx: &mut Tx,
    campaign: CampaignId,
    source: &Source,
    after: i64,
) -> Result<Option<(i64, u64)>, Error> {
    let today = local(tx.now()).date();
    let people: Vec<Next> = tx.list(people_query(source, after, today)).await?;
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
    let added = rows.write(tx).await?;
    Ok(Some((last, added)))
}

/// Some people of a source behind a place: a line of the file, or the id of the person.
fn people_query(source: &Source, after: i64, today: Date) -> Query {
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
        Source::Filter { filter } => {
            let mut query =
                Query::new("select p.id as person_id, p.id as place from people p where p.id > ");
            query.bind(after);
            push_filter(&mut query, filter, today);
            query.push(" order by p.id limit ").bind(AT_ONCE);
            query
        }
    }
}

fn push_filter(query: &mut Query, filter: &Filter, today: Date) {
    let current = |query: &mut Query| {
        query
            .push(
                "exists (select 1 from memberships m where m.person_id = p.id
                    and (m.starts_on is null or m.starts_on <= ",
            )
            .bind(today)
            .push(") and (m.ends_on is null or m.ends_on >= ")
            .bind(today)
            .push("))");
    };
    match filter.status.as_str() {
        "member" => {
            query.push(" and ");
            current(query);
        }
        "former" => {
            query.push(
                " and exists (select 1 from memberships m where m.person_id = p.id) and not ",
            );
            current(query);
        }
        "none" => {
            query.push(" and not exists (select 1 from memberships m where m.person_id = p.id)");
        }
        _ => {}
    }
    let sector = filter.sector.trim();
    if !sector.is_empty() {
        query.push(" and p.sector = ").bind(sector);
    }
    let interest = filter.interest.trim();
    if !interest.is_empty() {
        query
            .push(" and (p.interest = ")
            .bind(interest)
            .push(" or exists (select 1 from contacts k where k.person_id = p.id and k.subject = ")
            .bind(interest)
            .push("))");
    }
}

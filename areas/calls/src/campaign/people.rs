//! The people behind a number of the funnel.

use askama::Template;
use axum::extract::{Path, Query as Asked, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::{Error, Query, Tx, args};
use jiff::Timestamp;
use kernel::{
    CallRecordId, CampaignId, Event, EventKind, Fact, PersonId, PersonName, UserId, local,
};
use serde::Deserialize;
use texts::Texts;
use web::{App, CampaignManager, FileReader, Form, Page, WebError};

use super::funnel::{Bucket, closed, push_bucket};
use super::page::bucket_text;
use super::{Campaign, by_id};
use crate::settings::gate_rules;

db::row! {
    struct Behind {
        record_id: CallRecordId,
        person_id: PersonId,
        initials: String,
        first_name: String,
        call_name: String,
        prefix: String,
        surname: String,
        town: String,
        tries: i64,
        rest_until_at: Option<Timestamp>,
        owner_id: Option<UserId>,
        owner: Option<String>,
    }
}

impl Behind {
    fn name(&self) -> String {
        PersonName {
            initials: self.initials.clone(),
            first_name: self.first_name.clone(),
            call_name: self.call_name.clone(),
            prefix: self.prefix.clone(),
            surname: self.surname.clone(),
        }
        .sorted()
    }
}

/// So many on a page: enough to see what is the matter.
const SHOWN: i64 = 100;

async fn people(
    tx: &mut Tx,
    campaign: &Campaign,
    bucket: Bucket,
    is_open: bool,
    after: i64,
) -> Result<Vec<Behind>, Error> {
    let now = tx.now();
    let mut query = Query::new(
        "select r.id as record_id, r.person_id, p.initials, p.first_name, p.call_name, p.prefix, p.surname,
                p.town, r.tries, r.rest_until_at, r.owner_id, u.name as owner
           from call_records r join people p on p.id = r.person_id left join users u on u.id = r.owner_id
          where r.campaign_id = ",
    );
    query.bind(campaign.id).push(" and r.id > ").bind(after).push(" and (");
    push_bucket(&mut query, now, is_open);
    query.push(") = ").bind(bucket).push(" order by r.id limit ").bind(SHOWN + 1);
    tx.list(query).await
}

#[derive(Template)]
#[template(path = "campaign_people.html")]
struct PeoplePage<'a> {
    t: &'a Texts,
    campaign: &'a Campaign,
    bucket: Bucket,
    people: Vec<Behind>,
    next: Option<CallRecordId>,
    now: Timestamp,
    colleagues: Vec<(UserId, String)>,
}

impl PeoplePage<'_> {
    fn is_owner(&self, person: &Behind, colleague: &UserId) -> bool {
        person.owner_id == Some(*colleague)
    }

    fn title(&self) -> String {
        self.t.get(bucket_text(self.bucket))
    }

    fn until(&self, person: &Behind) -> Option<String> {
        person.rest_until_at.map(|at| self.t.moment(at, self.now))
    }

    /// What can be done about it, in one sentence.
    fn hint(&self) -> Option<String> {
        let id = match self.bucket {
            Bucket::NoGround => "calls-people-no-ground",
            Bucket::Referred => "calls-people-referred",
            Bucket::Objection => "calls-people-objection",
            Bucket::NoNumber => "calls-people-no-number",
            Bucket::TooYoung => "calls-people-too-young",
            Bucket::Budget => "calls-people-budget",
            Bucket::Skipped => "calls-people-skipped",
            Bucket::Resting => "calls-people-resting",
            Bucket::Promised => "calls-people-promised",
            Bucket::Exhausted => "calls-people-exhausted",
            _ => return None,
        };
        Some(self.t.get(id))
    }

    /// Whether somebody from here can be given to one colleague.
    fn may_assign(&self) -> bool {
        matches!(self.bucket, Bucket::Eligible | Bucket::Later | Bucket::Resting | Bucket::Budget)
    }

    /// Whether a team lead can put somebody from here back on the list.
    fn may_reopen(&self) -> bool {
        matches!(self.bucket, Bucket::Skipped | Bucket::Exhausted | Bucket::Done)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Where {
    stand: String,
    na: i64,
}

pub(super) async fn show(
    State(app): State<App>,
    manager: CampaignManager,
    // Names of a campaign are seen by those who may open files.
    _: FileReader,
    Path(id): Path<CampaignId>,
    Asked(asked): Asked<Where>,
) -> Result<Response, WebError> {
    let bucket: Bucket = match asked.stand.as_str() {
        "" => Bucket::Eligible,
        code => code.parse().map_err(|_| WebError::NotFound)?,
    };
    let rules = gate_rules(&app.rulebook(), app.now().date())?;
    let team = manager.team;
    let found = app
        .db()
        .read(manager.actor(), async |tx| {
            let Some(campaign) = by_id(tx, id, team).await? else {
                return Ok::<_, Error>(None);
            };
            let is_open = closed(&campaign, tx.now(), &rules).is_ok();
            let people = people(tx, &campaign, bucket, is_open, asked.na).await?;
            Ok(Some((campaign, people, crate::desk::callers_of(tx, team).await?)))
        })
        .await?;
    let (campaign, mut people, colleagues) = found.ok_or(WebError::NotFound)?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let next = (people.len() > shown).then(|| {
        people.truncate(shown);
        people.last().map(|last| last.record_id)
    });
    let t = app.texts(manager.language);
    let body = PeoplePage {
        t: &t,
        campaign: &campaign,
        bucket,
        people,
        next: next.flatten(),
        now: app.db().clock().now(),
        colleagues,
    };
    web::show(&app, &manager, Page::new(t.get("calls-nav-campaigns"), "/campagnes"), &body).await
}

#[derive(Deserialize)]
pub(super) struct AssignForm {
    record: CallRecordId,
    stand: String,
    #[serde(default)]
    owner: String,
}

/// Gives somebody to one colleague, or to nobody in particular.
pub(super) async fn assign(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<CampaignId>,
    Form(form): Form<AssignForm>,
) -> Result<Response, WebError> {
    let stand: Bucket = form.stand.parse().map_err(|_| WebError::Unreadable)?;
    let owner = match form.owner.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| WebError::Unreadable)?),
    };
    let team = manager.team;
    let found = app
        .db()
        .write(manager.actor(), async |tx| {
            let is_ours = match owner {
                Some(owner) => {
                    crate::desk::callers_of(tx, team).await?.iter().any(|(id, _)| *id == owner)
                }
                None => true,
            };
            if !is_ours || by_id(tx, id, team).await?.is_none() {
                return Ok::<_, Error>(false);
            }
            give_to(tx, id, form.record, owner).await
        })
        .await?;
    if !found {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to(&format!("/campagnes/{id}/mensen?stand={stand}")).into_response())
}

/// The person of a record, if it is one of this campaign.
async fn person_of(
    tx: &mut Tx,
    campaign: CampaignId,
    record: CallRecordId,
) -> Result<Option<PersonId>, Error> {
    tx.value(
        "select max(person_id) as value from call_records where id = $1 and campaign_id = $2",
        args![record, campaign],
    )
    .await
}

/// Somebody's own people come to her before all others of the campaign, and to nobody else.
pub(crate) async fn give_to(
    tx: &mut Tx,
    campaign: CampaignId,
    record: CallRecordId,
    owner: Option<UserId>,
) -> Result<bool, Error> {
    let now = tx.now();
    let Some(person) = person_of(tx, campaign, record).await? else { return Ok(false) };
    tx.change_one(
        "update call_records set owner_id = $1, changed_at = $2 where id = $3",
        args![owner, now, record],
    )
    .await?;
    let mut event = Event::new(EventKind::RecordAssigned, local(now).date())
        .about(person)
        .with("owner", Fact::Number(owner.map_or(0, |owner| owner.0)));
    event.call_record = Some(record);
    event.campaign = Some(campaign);
    activity::record(tx, event).await?;
    Ok(true)
}

#[derive(Deserialize)]
pub(super) struct DivideForm {
    /// `verdeel` or `vrij`.
    how: String,
}

/// Divides everybody who belongs to nobody over the colleagues of the team, or sets everybody free.
pub(super) async fn divide(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<CampaignId>,
    Form(form): Form<DivideForm>,
) -> Result<Response, WebError> {
    let is_free = match form.how.as_str() {
        "verdeel" => false,
        "vrij" => true,
        _ => return Err(WebError::Unreadable),
    };
    let team = manager.team;
    let found = app
        .db()
        .write(manager.actor(), async |tx| {
            if by_id(tx, id, team).await?.is_none() {
                return Ok::<_, Error>(false);
            }
            if is_free {
                divide_over(tx, id, &[]).await?;
                return Ok(true);
            }
            let owners = crate::desk::callers_of(tx, team).await?;
            // Without anybody to divide over, all stays as it is.
            if !owners.is_empty() {
                divide_over(tx, id, &owners).await?;
            }
            Ok(true)
        })
        .await?;
    if !found {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to(&format!("/campagnes/{id}?gedaan=verdeeld")).into_response())
}

/// Everybody who belongs to nobody gets one of `owners`, each as many; without owners everybody is free again.
async fn divide_over(
    tx: &mut Tx,
    campaign: CampaignId,
    owners: &[(UserId, String)],
) -> Result<(), Error> {
    let now = tx.now();
    let among = i64::try_from(owners.len()).unwrap_or(1).max(1);
    if owners.is_empty() {
        tx.execute(
            "update call_records set owner_id = null, changed_at = $1
              where campaign_id = $2 and owner_id is not null",
            args![now, campaign],
        )
        .await?;
    }
    for (nr, (owner, _)) in (0_i64..).zip(owners) {
        // By place in the list, so that each gets as many of the first as of the last.
        tx.execute(
            "update call_records set owner_id = $1, changed_at = $2
              where id in (select id from (
                     select id, row_number() over (order by priority desc, id) as place
                       from call_records where campaign_id = $3 and owner_id is null
                        and state in ('waiting', 'resting', 'blocked')) as ordered
                    where place % $4 = 0)",
            args![*owner, now, campaign, among - nr],
        )
        .await?;
    }
    let mut event = Event::new(EventKind::RecordAssigned, local(now).date())
        .with("among", Fact::Number(i64::try_from(owners.len()).unwrap_or(0)));
    event.campaign = Some(campaign);
    activity::record(tx, event).await
}

/// Whoever is absent for long keeps nobody waiting: her people belong to nobody in particular.
pub(super) async fn release_absent(tx: &mut Tx, days: i64) -> Result<(), Error> {
    db::row! { struct Owner { owner_id: UserId } }
    let now = tx.now();
    let today = local(now).date();
    let roster = access::roster::load(tx, today).await?;
    let owners: Vec<Owner> = tx
        .all("select distinct owner_id from call_records where owner_id is not null", args![])
        .await?;
    for Owner { owner_id } in owners {
        let Some(since) = roster.absent_since(owner_id, today) else { continue };
        if i64::from(since.until(today).map_or(0, |span| span.get_days())) < days {
            continue;
        }
        tx.execute(
            "update call_records set owner_id = null, changed_at = $1
              where owner_id = $2 and state in ('waiting', 'resting', 'blocked')",
            args![now, owner_id],
        )
        .await?;
        let event =
            Event::new(EventKind::RecordAssigned, today).with("away", Fact::Number(owner_id.0));
        activity::record(tx, event).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct ReopenForm {
    record: CallRecordId,
    stand: String,
    #[serde(default)]
    reason: String,
}

/// Puts somebody back on the list; a reason says why (state machines §4.1, reopen).
pub(super) async fn reopen(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<CampaignId>,
    Form(form): Form<ReopenForm>,
) -> Result<Response, WebError> {
    let stand: Bucket = form.stand.parse().map_err(|_| WebError::Unreadable)?;
    let reason: ReopenReason = form.reason.parse().map_err(|_| WebError::Unreadable)?;
    let team = manager.team;
    let found = app
        .db()
        .write(manager.actor(), async |tx| {
            if by_id(tx, id, team).await?.is_none() {
                return Ok::<_, Error>(false);
            }
            reopen_record(tx, id, form.record, reason).await
        })
        .await?;
    if !found {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to(&format!("/campagnes/{id}/mensen?stand={stand}")).into_response())
}

kernel::codes! {
    /// Why somebody who was done with comes back on the list.
    pub enum ReopenReason {
        LookedInto = "looked_into",
        AskedFor = "asked_for",
        Mistake = "mistake",
    }
}

async fn reopen_record(
    tx: &mut Tx,
    campaign: CampaignId,
    record: CallRecordId,
    reason: ReopenReason,
) -> Result<bool, Error> {
    let now = tx.now();
    let Some(person) = person_of(tx, campaign, record).await? else { return Ok(false) };
    // The gate judges it again before anybody is offered.
    let reopened = tx
        .execute(
            "update call_records set state = 'waiting', blocked_why = null, rest_until_at = null, tries = 0,
                    skips = 0, skipped_by = null, changed_at = $1
              where id = $2 and (state in ('done', 'exhausted') or (state = 'blocked' and blocked_why = 'skipped'))",
            args![now, record],
        )
        .await?;
    if reopened == 1 {
        let mut event = Event::new(EventKind::RecordReopened, local(now).date())
            .about(person)
            .with("reason", Fact::Code(reason.code()));
        event.call_record = Some(record);
        event.campaign = Some(campaign);
        activity::record(tx, event).await?;
    }
    Ok(true)
}

//! Rows about somebody who is known already: memberships, consents, objections, contacts, promises.

use calls::request::NewRequest;
use calls_rules::callback as rules;
use db::{Error, Tx, args};
use import_rules::columns::{Field, Kind};
use import_rules::row::{
    Cells, Key, Refused, callback, consent, contact, key, membership, objection,
};
use jiff::civil::Date;
use kernel::{Actor, PersonId, Pii, TeamId, UserId, Window, local};
use people::contact::NewContact;
use people::permission::{NewConsent, NewObjection};

use super::match_person::Known;
use super::people::{Before, put};
use super::step::{Action, Outcome, Step};

pub(super) async fn write(tx: &mut Tx, step: &Step<'_>) -> Result<Vec<Outcome>, Error> {
    let understood: Vec<Result<(Cells<'_>, Key), Refused>> = step
        .rows
        .iter()
        .map(|row| {
            let cells = Cells::new(step.mapping, &row.cells)?;
            let key = key(&cells).ok_or(Refused::NoKey)?;
            Ok((cells, key))
        })
        .collect();
    let keys: Vec<Key> =
        understood.iter().filter_map(|row| Some(row.as_ref().ok()?.1.clone())).collect();
    let known = Known::load(tx, &keys).await?;
    let mut outcomes = Vec::with_capacity(step.rows.len());
    for (row, understood) in step.rows.iter().zip(understood) {
        let outcome = match understood {
            Err(refused) => Err(refused),
            Ok((cells, key)) => match known.get(&key) {
                None => Err(Refused::Unknown),
                Some(person) => one(tx, step, row.line, person, &cells).await?,
            },
        };
        outcomes.push(outcome.unwrap_or_else(Outcome::refused));
    }
    Ok(outcomes)
}

async fn one(
    tx: &mut Tx,
    step: &Step<'_>,
    line: u64,
    person: PersonId,
    cells: &Cells<'_>,
) -> Result<Result<Outcome, Refused>, Error> {
    match step.kind {
        Kind::Memberships => one_membership(tx, person, cells).await,
        Kind::Consents => one_consent(tx, person, cells).await,
        Kind::Objections => one_objection(tx, person, cells).await,
        Kind::Contacts => one_contact(tx, person, cells).await,
        Kind::Callbacks => one_callback(tx, person, cells, step.office_hours).await,
        Kind::Persons | Kind::Prospects | Kind::Organisations => {
            unreachable!("line {line} of another kind of file")
        }
    }
}

/// `new` is what was added, if it was not there already.
fn added(person: PersonId, new: Option<i64>) -> Outcome {
    let action = if new.is_some() { Action::Added } else { Action::Unchanged };
    Outcome { subject: new, ..Outcome::of(action, person) }
}

async fn one_membership(
    tx: &mut Tx,
    person: PersonId,
    cells: &Cells<'_>,
) -> Result<Result<Outcome, Refused>, Error> {
    let row = match membership(cells) {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    let kept = put(tx, person, row.since, row.until, &row.tariff).await?;
    let action = match &kept {
        None => Action::Unchanged,
        Some(super::people::KeptMembership::Added(_)) => Action::Added,
        Some(super::people::KeptMembership::Changed { .. }) => Action::Changed,
    };
    let mut outcome = Outcome::of(action, person);
    let before = Before { person: None, membership: kept };
    outcome.before = before
        .membership
        .is_some()
        .then(|| serde_json::to_string(&before).expect("text and numbers"));
    Ok(Ok(outcome))
}

/// Noon: a file knows the day, not the hour.
fn noon(day: Date) -> jiff::Timestamp {
    let noon = day.at(12, 0, 0, 0).in_tz(kernel::AMSTERDAM);
    noon.expect("the time zone is compiled in").timestamp()
}

async fn one_consent(
    tx: &mut Tx,
    person: PersonId,
    cells: &Cells<'_>,
) -> Result<Result<Outcome, Refused>, Error> {
    let row = match consent(cells) {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    let new = NewConsent {
        number: None,
        person,
        purpose: row.purpose.parse().map_err(|_| Error::Column("purpose"))?,
        channel: row.channel.parse().map_err(|_| Error::Column("channel"))?,
        basis: row.basis.parse().map_err(|_| Error::Column("basis"))?,
        given_at: noon(row.given_on),
        text_shown: row.text,
        source: row.source,
        until_on: row.until,
    };
    let new = people::permission::add_consent(tx, new).await?;
    Ok(Ok(added(person, new.map(|id| id.0))))
}

async fn one_objection(
    tx: &mut Tx,
    person: PersonId,
    cells: &Cells<'_>,
) -> Result<Result<Outcome, Refused>, Error> {
    let row = match objection(cells) {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    let new = NewObjection {
        person,
        channel: row.channel.parse().map_err(|_| Error::Column("channel"))?,
        purpose: row.purpose.parse().map_err(|_| Error::Column("purpose"))?,
        source: row.source,
        words: row.words,
    };
    let new = people::permission::object(tx, new).await?;
    Ok(Ok(added(person, new.map(|id| id.0))))
}

async fn one_contact(
    tx: &mut Tx,
    person: PersonId,
    cells: &Cells<'_>,
) -> Result<Result<Outcome, Refused>, Error> {
    let row = match contact(cells) {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    // The same moment of the same person in the same words is the same moment.
    let import_key = Some(format!("{person} {} {} {}", row.kind, row.on, row.subject));
    let happened_at = noon(row.on);
    let new = NewContact {
        person,
        kind: row.kind.parse().map_err(|_| Error::Column("kind"))?,
        subject: row.subject.clone(),
        source: row.source.clone(),
        happened_at,
        import_key,
    };
    let new = people::contact::add(tx, new).await?;
    if new.is_some()
        && let Some(from) = row.call_me_from
    {
        let from =
            from.in_tz(kernel::AMSTERDAM).map_err(|_| Error::Column("call_me_from"))?.timestamp();
        let request = NewRequest {
            person,
            subject: row.subject,
            source: row.source,
            asked_at: happened_at,
            from,
        };
        calls::request::add(tx, request).await?;
    }
    Ok(Ok(added(person, new)))
}

db::row! {
    struct UserRow { id: UserId, team_id: Option<TeamId> }
}

/// A colleague by login, with the team; without a login the team of whoever imports, or the only one there is.
/// `None` if nobody would be responsible.
async fn whose(
    tx: &mut Tx,
    login: &str,
) -> Result<Option<(Option<UserId>, Option<TeamId>)>, Error> {
    if !login.is_empty() {
        let owner: Option<UserRow> = tx
            .one(
                "select id, team_id from users where login = $1 and ended_at is null",
                args![login],
            )
            .await?;
        return Ok(owner.map(|owner| (Some(owner.id), owner.team_id)));
    }
    let own = tx.actor().team;
    let only: Option<TeamId> = tx
        .value(
            "select case when count(*) = 1 then max(id) end as value from teams where ended_at is null",
            args![],
        )
        .await?;
    Ok(own.or(only).map(|team| (None, Some(team))))
}

async fn one_callback(
    tx: &mut Tx,
    person: PersonId,
    cells: &Cells<'_>,
    office_hours: Window,
) -> Result<Result<Outcome, Refused>, Error> {
    let row = match callback(cells) {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some((owner, team)) = whose(tx, &row.owner).await? else {
        return Ok(Err(Refused::NoSuchUser));
    };
    let window = row.window.unwrap_or(office_hours);
    let now = local(tx.now());
    let Ok(from) = row.on.to_datetime(window.from).in_tz(kernel::AMSTERDAM) else {
        return Ok(Err(Refused::Code { field: Field::Date }));
    };
    let some = |text: String| (!text.is_empty()).then(|| Pii::new(text));
    let plan = rules::Plan {
        owner,
        from,
        until: window.until,
        made_at: now.timestamp(),
        words: some(row.words),
        warmth: None,
        opening: some(row.opening),
    };
    // The same promise of the same file is the same promise.
    let there: i64 = tx
        .value(
            "select count(*) as value from callbacks
              where person_id = $1 and due_on = $2 and ended_at is null
                and (owner_id = $3 or (owner_id is null and $4 is null))",
            args![person, row.on, owner, owner],
        )
        .await?;
    if there > 0 {
        return Ok(Ok(Outcome::of(Action::Unchanged, person)));
    }
    let importer = tx.actor().clone();
    tx.act_as(Actor { team, ..importer.clone() });
    let id = calls::callback::make(tx, person, None, calls::callback::Purpose::Recruitment, &plan)
        .await?;
    tx.act_as(importer);
    let mut outcome = Outcome::of(Action::Added, person);
    outcome.subject = Some(id.0);
    Ok(Ok(outcome))
}

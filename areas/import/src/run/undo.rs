//! Taking an import back: people whom it added go, what it changed returns to what it was, and what
//! somebody has worked with since stays and is named.

use db::{Db, Error, Tx, args};
use import_rules::columns::Kind;
use jiff::civil::Date;
use kernel::{
    Actor, Event, EventKind, Fact, ImportId, MembershipId, OrganisationId, PersonId, local,
};
use membership::Membership;
use people::person::bulk;

use super::people::{Before, KeptMembership};
use crate::store::{self, State};

/// What was taken back, and what could not be.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Undone {
    pub removed: u64,
    pub restored: u64,
    /// Lines whose person was called, changed or otherwise worked with since.
    pub kept: Vec<u64>,
}

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("there is no such import, or it was not taken in")]
    NotDone,
    #[error("this import is older than {days} days")]
    TooOld { days: i64 },
    #[error(transparent)]
    Broken(#[from] Error),
}

db::row! {
    struct Row {
        line: i64,
        action: String,
        person_id: Option<PersonId>,
        subject_id: Option<i64>,
        version: Option<i64>,
        before: Option<String>,
    }
}

/// Takes a whole import back, last row first, in steps.
pub async fn undo(db: &Db, actor: Actor, id: ImportId, days: i64) -> Result<Undone, Failed> {
    let found = db.read(actor.clone(), async |tx| store::by_id(tx, id).await).await?;
    let import = found
        .filter(|import| matches!(import.state, State::Done | State::Failed | State::Undoing))
        .ok_or(Failed::NotDone)?;
    let now = db.clock().now();
    if import.made_at < now - jiff::SignedDuration::from_hours(24 * days) {
        return Err(Failed::TooOld { days });
    }
    let begun = async |tx: &mut Tx| {
        store::set_state(tx, id, &[State::Done, State::Failed, State::Undoing], State::Undoing)
            .await
    };
    db.write(actor.clone(), begun).await.map_err(|error| match error {
        Error::Raced => Failed::NotDone,
        error => Failed::Broken(error),
    })?;

    let actor = Actor { command: None, ..actor };
    let mut undone = Undone::default();
    let mut before = i64::MAX;
    loop {
        let step = db
            .write(actor.clone(), async |tx| some(tx, id, import.kind, before, &mut undone).await)
            .await?;
        match step {
            Some(line) => before = line,
            None => break,
        }
    }
    db.write(actor, async |tx| {
        store::set_state(tx, id, &[State::Undoing], State::Undone).await?;
        let number = |n: u64| Fact::Number(i64::try_from(n).unwrap_or(i64::MAX));
        let event = Event::new(EventKind::ImportUndone, local(tx.now()).date())
            .with("import", Fact::Number(id.0))
            .with("removed", number(undone.removed))
            .with("restored", number(undone.restored))
            .with("kept", number(undone.kept.len() as u64));
        activity::record(tx, event).await
    })
    .await?;
    Ok(undone)
}

const ROWS_AT_ONCE: usize = 500;

/// Takes some rows back; the last line that was looked at, `None` at the end.
async fn some(
    tx: &mut Tx,
    import: ImportId,
    kind: Kind,
    before: i64,
    undone: &mut Undone,
) -> Result<Option<i64>, Error> {
    let rows: Vec<Row> = tx
        .all(
            "select line, action, person_id, subject_id, version, before from import_rows
              where import_id = $1 and line < $2 order by line desc limit 500",
            args![import, before],
        )
        .await?;
    let today = local(tx.now()).date();
    for row in &rows {
        let gone = match (row.action.as_str(), kind) {
            ("added" | "changed", Kind::Organisations) => organisation(tx, row).await?,
            ("added", Kind::Persons | Kind::Prospects) => added_person(tx, row).await?,
            ("added", _) => added_subject(tx, row, kind).await?,
            ("changed", _) => changed(tx, row, today).await?,
            _ => continue,
        };
        match (gone, row.action.as_str()) {
            (true, "added") => undone.removed += 1,
            (true, _) => undone.restored += 1,
            (false, _) => undone.kept.push(row.line.unsigned_abs()),
        }
    }
    Ok(rows.last().map(|row| row.line).filter(|_| rows.len() == ROWS_AT_ONCE))
}

/// A person goes if nobody worked with the person: calls, promises, notes, questions, agreements, visits, a role somewhere, money,
/// a later import.
async fn added_person(tx: &mut Tx, row: &Row) -> Result<bool, Error> {
    let Some(person) = row.person_id else { return Ok(false) };
    let used: i64 = tx
        .value(
            "select (select count(*) from attempts where person_id = $1)
                  + (select count(*) from callbacks where person_id = $2)
                  + (select count(*) from claims where person_id = $3)
                  + (select count(*) from notes where person_id = $4)
                  + (select count(*) from contact_persons where person_id = $5)
                  + (select count(*) from wishes where person_id = $6)
                  + (select count(*) from agreements where person_id = $7)
                  + (select count(*) from visit_people where person_id = $8)
                  + (select count(*) from representatives where person_id = $9)
                  + (select count(*) from caller_checks where person_id = $10)
                  + (select count(*) from accounts where person_id = $11)
                  + (select count(*) from dues where person_id = $12)
                  + (select count(*) from referral_codes where person_id = $13)
                  + (select count(*) from referrals where person_id = $14)
                  + (select count(*) from referral_reminders where person_id = $15)
                  + (select count(*) from referral_board where person_id = $16)
                  + (select count(*) from people where id = $17 and version > 1) as value",
            args![
                person, person, person, person, person, person, person, person, person, person,
                person, person, person, person, person, person, person
            ],
        )
        .await?;
    if used > 0 {
        return Ok(false);
    }
    calls::forget_untouched(tx, person).await?;
    membership::delete_of_person(tx, person).await?;
    Ok(bulk::delete(tx, &[person]).await? == 1)
}

/// Something that was added about somebody who stays.
async fn added_subject(tx: &mut Tx, row: &Row, kind: Kind) -> Result<bool, Error> {
    let (Some(person), subject) = (row.person_id, row.subject_id) else { return Ok(false) };
    match (kind, subject) {
        (Kind::Memberships, _) => changed(tx, row, local(tx.now()).date()).await,
        (Kind::Consents, Some(id)) => people::permission::withdraw_consent(tx, id.into(), person)
            .await
            .map(|()| true)
            .or_else(raced),
        (Kind::Objections, Some(id)) => {
            people::permission::withdraw_objection(tx, id.into(), person)
                .await
                .map(|()| true)
                .or_else(raced)
        }
        (Kind::Contacts, Some(id)) => {
            let Some(contact) = people::contact::delete(tx, id).await? else { return Ok(false) };
            // The call that was asked for with it was asked for at the same moment.
            calls::request::forget(tx, person, contact.happened_at).await?;
            Ok(true)
        }
        (Kind::Callbacks, Some(id)) => {
            calls::callback::cancel(tx, id.into(), person, calls::callback::CancelWhy::Mistake)
                .await
                .map(|()| true)
                .or_else(raced)
        }
        _ => Ok(false),
    }
}

/// Withdrawn or ended meanwhile: there is nothing left to take back.
fn raced(error: Error) -> Result<bool, Error> {
    match error {
        Error::Raced => Ok(false),
        error => Err(error),
    }
}

/// What was changed returns to what it was, unless somebody changed the person since.
async fn changed(tx: &mut Tx, row: &Row, today: Date) -> Result<bool, Error> {
    let (Some(person), Some(before)) = (row.person_id, &row.before) else { return Ok(false) };
    let Ok(before) = serde_json::from_str::<Before>(before) else { return Ok(false) };
    if let Some(draft) = before.person.and_then(super::people::KeptDraft::draft) {
        let version: Option<i64> = tx
            .value("select max(version) as value from people where id = $1", args![person])
            .await?;
        if version != row.version {
            return Ok(false);
        }
        let Ok(read) = draft.read(today) else { return Ok(false) };
        bulk::update(tx, &[(person, &read.person)]).await?;
    }
    match before.membership {
        None => {}
        Some(KeptMembership::Added(id)) => {
            // What is paid for it refers to it.
            let paid: i64 = tx
                .value(
                    "select (select count(*) from mandates where membership_id = $1)
                          + (select count(*) from dues where membership_id = $2) as value",
                    args![id, id],
                )
                .await?;
            if paid > 0 {
                return Ok(false);
            }
            membership::delete(tx, MembershipId(id)).await?;
        }
        Some(KeptMembership::Changed { id, tariff, starts_on, ends_on }) => {
            let day = |day: Option<String>| day.and_then(|day| day.parse().ok());
            let kept = Membership {
                id: MembershipId(id),
                tariff,
                starts_on: day(starts_on),
                ends_on: day(ends_on),
            };
            membership::restore(tx, &kept).await?;
        }
    }
    Ok(true)
}

async fn organisation(tx: &mut Tx, row: &Row) -> Result<bool, Error> {
    match (&row.before, row.subject_id) {
        (Some(before), _) => people::organisation::restore(tx, before).await,
        (None, Some(id)) if row.action == "added" => {
            let paid: i64 = tx
                .value(
                    "select (select count(*) from accounts where organisation_id = $1)
                          + (select count(*) from dues where organisation_id = $2) as value",
                    args![id, id],
                )
                .await?;
            if paid > 0 {
                return Ok(false);
            }
            let gone = people::organisation::delete(tx, OrganisationId(id)).await?;
            // Who stays stays a member.
            if gone {
                membership::delete_of_organisation(tx, OrganisationId(id)).await?;
            }
            Ok(gone)
        }
        _ => Ok(false),
    }
}

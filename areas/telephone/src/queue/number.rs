//! What can be dialled, and where it leads.

use db::{Error, Tx, args};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use kernel::{CampaignId, PhoneNumber, QueueId, local};

use super::store::record;

/// Where a call for a number goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Dialled {
    pub queue: QueueId,
    /// The campaign whose recognisable number this is.
    pub campaign: Option<CampaignId>,
}

db::row! {
    #[derive(Clone, Debug)]
    pub(super) struct Number {
        pub dialled: String,
        pub queue_id: QueueId,
        pub queue_name: String,
        pub campaign_id: Option<CampaignId>,
        pub campaign_name: Option<String>,
        pub label: String,
        pub shown_at: Option<Timestamp>,
    }
}

impl Number {
    /// As people write it; a short name as it is.
    pub(super) fn display(&self) -> String {
        self.dialled.parse::<PhoneNumber>().map_or(self.dialled.clone(), |number| number.display())
    }
}

/// The form in which what is dialled is stored and compared: E.164, or a short name. `None`: neither.
#[must_use]
pub(super) fn read(dialled: &str) -> Option<String> {
    if let Ok(number) = dialled.parse::<PhoneNumber>() {
        return Some(number.e164().to_owned());
    }
    let name = dialled.trim().to_lowercase();
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_name.then_some(name)
}

db::row! {
    struct Leads { queue_id: QueueId, campaign_id: Option<CampaignId> }
}

/// Where a call for `dialled` goes, however it is written; `None`: nobody answers that number.
pub async fn for_number(tx: &mut Tx, dialled: &str) -> Result<Option<Dialled>, Error> {
    let Some(dialled) = read(dialled) else { return Ok(None) };
    let found: Option<Leads> = tx
        .one("select queue_id, campaign_id from dialled_numbers where dialled = $1", args![dialled])
        .await?;
    Ok(found.map(|row| Dialled { queue: row.queue_id, campaign: row.campaign_id }))
}

db::row! {
    struct Shown { dialled: PhoneNumber }
}

/// The number that whoever is called for this campaign sees: its own, else that of the association. From now on it can be called back
/// for some months.
pub async fn show(
    tx: &mut Tx,
    campaign: Option<CampaignId>,
    ours: PhoneNumber,
) -> Result<PhoneNumber, Error> {
    let own: Option<Shown> = match campaign {
        Some(campaign) => {
            tx.one(
                "select dialled from dialled_numbers where campaign_id = $1 and dialled like '+%'",
                args![campaign],
            )
            .await?
        }
        None => None,
    };
    let number = own.map_or(ours, |own| own.dialled);
    let now = tx.now();
    tx.execute(
        "update dialled_numbers set shown_at = $1 where dialled = $2",
        args![now, number.e164()],
    )
    .await?;
    Ok(number)
}

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Number>, Error> {
    tx.all(
        "select n.dialled, n.queue_id, v.name as queue_name, n.campaign_id, c.name as campaign_name, n.label, n.shown_at
           from dialled_numbers n
           join queue_versions v on v.queue_id = n.queue_id
            and v.version = (select max(w.version) from queue_versions w where w.queue_id = n.queue_id)
           left join campaigns c on c.id = n.campaign_id
          order by n.dialled",
        args![],
    )
    .await
}

/// Every number as people write it, and the name of the queue that it leads to.
pub(crate) async fn led(tx: &mut Tx) -> Result<Vec<(String, String)>, Error> {
    Ok(all(tx).await?.into_iter().map(|number| (number.display(), number.queue_name)).collect())
}

/// A number as an administrator wants it.
#[derive(Clone, Debug)]
pub struct NewNumber {
    /// E.164, or a short name.
    pub dialled: String,
    pub queue: QueueId,
    pub campaign: Option<CampaignId>,
    pub label: String,
}

/// Adds a number, or lets one that is there lead elsewhere.
///
/// # Errors
///
/// [`Error::Duplicate`] if the campaign has another number.
pub async fn keep(tx: &mut Tx, new: &NewNumber) -> Result<(), Error> {
    let NewNumber { dialled, queue, campaign, label } = new;
    let now = tx.now();
    let others: i64 = tx
        .value(
            "select count(*) as value from dialled_numbers where campaign_id = $1 and dialled <> $2",
            args![*campaign, dialled],
        )
        .await?;
    if others > 0 {
        return Err(Error::Duplicate);
    }
    tx.change_one(
        "insert into dialled_numbers (dialled, queue_id, campaign_id, label, made_at) values ($1, $2, $3, $4, $5)
         on conflict (dialled) do update
            set queue_id = excluded.queue_id, campaign_id = excluded.campaign_id, label = excluded.label",
        args![dialled, *queue, *campaign, label, now],
    )
    .await?;
    record(tx, Some(*queue), "number").await
}

/// Until which day a number must be answered that we showed; `None`: it was never shown.
pub(super) fn answered_until(number: &Number, months: i64) -> Option<Date> {
    let shown_on = local(number.shown_at?).date();
    shown_on.checked_add(Span::new().months(months)).ok()
}

/// Nobody answers the number any more.
///
/// # Errors
///
/// Inside: the day until which it must be answered still.
pub(super) async fn remove(
    tx: &mut Tx,
    number: &Number,
    months: i64,
) -> Result<Result<(), Date>, Error> {
    let today = local(tx.now()).date();
    if let Some(until) = answered_until(number, months).filter(|until| today <= *until) {
        return Ok(Err(until));
    }
    tx.change_one("delete from dialled_numbers where dialled = $1", args![number.dialled.as_str()])
        .await?;
    record(tx, Some(number.queue_id), "number").await?;
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for (dialled, expected) in [
            ("030 - 712 34 56", Some("+31307123456")),
            ("+31307123456", Some("+31307123456")),
            ("0031307123456", Some("+31307123456")),
            (" Ledenlijn ", Some("ledenlijn")),
            ("leden-lijn2", Some("leden-lijn2")),
            ("", None),
            ("12", None),
            ("leden lijn", None),
        ] {
            assert_eq!(read(dialled).as_deref(), expected, "{dialled}");
        }
    }
}

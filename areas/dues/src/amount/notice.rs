//! Tells a member what is collected, and from which day.

use db::{Tx, args};
use jiff::civil::Date;
use kernel::{DueId, Pii};
use mail::{Outgoing, Purpose, To};
use people::person::addressed;
use rulebook::Missing;
use web::App;

use super::store::{by_id, record};
use crate::words::what;
use crate::{Broken, mandate};

/// What notices of today go by.
pub(crate) struct Notices {
    app: App,
    today: Date,
    /// How long a letter is on its way; 0 where none are sent.
    letter_days: i64,
}

impl Notices {
    pub(crate) fn today(app: &App) -> Result<Self, Missing> {
        let today = app.now().date();
        let letter_days = app.rulebook().number("dues.notice_by_letter", today)?;
        Ok(Self { app: app.clone(), today, letter_days })
    }
}

/// Sends the notice of an amount and writes down that it was sent, in the step that writes the amount down. Whether one went:
/// none to who knows it already or gave no mandate, to a company, and to who has no e-mail where no letters are sent.
///
/// A letter counts from the day on which it is there. Source: domain facts §6.1.
pub(crate) async fn tell(tx: &mut Tx, notices: &Notices, id: DueId) -> Result<bool, Broken> {
    let Some(due) = by_id(tx, id).await?.filter(|due| due.announced_on.is_none()) else {
        return Ok(false);
    };
    let Some(person) = due.person_id else { return Ok(false) };
    let Some(mandate) = mandate::open_of(tx, due.membership_id).await? else { return Ok(false) };
    let Some(reader) = addressed(tx, person).await? else { return Ok(false) };
    let (key, to, days) = match (reader.email, reader.lines) {
        (Some(address), _) => {
            ("mail.dues.notice", To::Email { name: Pii::new(reader.name), address }, 0)
        }
        (None, Some(lines)) if notices.letter_days > 0 => {
            ("letter.dues.notice", To::Letter(lines), notices.letter_days)
        }
        (None, _) => return Ok(false),
    };
    let Notices { app, today, .. } = notices;
    let t = app.texts(reader.language);
    let values = [
        ("aanhef", reader.salutation),
        ("voor", reader.whom),
        ("vereniging", app.settings().association.clone()),
        ("lidnummer", reader.member_number),
        ("afschrijfbedrag", t.money(due.cents)),
        ("afschrijfdag", t.date(due.due_on)),
        ("waarvoor", what(&t, due.purpose, &due.period)),
        ("kenmerk", mandate.reference),
    ];
    let wording = wording::on(tx, key, reader.language, *today).await?;
    let of_this_text: Vec<_> = values
        .into_iter()
        .filter(|(name, _)| wording::about(key).is_some_and(|about| about.knows(name)))
        .collect();
    let outgoing = Outgoing {
        person,
        to,
        purpose: Purpose::Service,
        wording: &wording,
        values: &of_this_text,
        tokens: &[],
    };
    mail::send(tx, outgoing).await?;
    let on = today.saturating_add(jiff::Span::new().days(days));
    tx.change_one(
        "update dues set announced_on = $1 where id = $2 and announced_on is null",
        args![on, id],
    )
    .await?;
    record(tx, id, due.whose(), due.cents, "announced", None).await?;
    Ok(true)
}

//! What a member is told in writing about a decision: in the same step, by mail or by letter, in the member's language.

use db::{Error, Tx};
use kernel::{Cents, Pii};
use mail::{Outgoing, Purpose, To};
use membership::tariff::Costs;
use people::person::{Addressed, addressed};
use texts::Texts;

use super::decide::{Refused, Rules};
use super::store::Stored;

impl From<mail::Failed> for Refused {
    fn from(failed: mail::Failed) -> Self {
        match failed {
            mail::Failed::Db(error) | mail::Failed::Lost(wording::Lost::Db(error)) => {
                Self::Broken(error)
            }
            failed => Self::Message(failed.to_string()),
        }
    }
}

impl From<wording::Lost> for Refused {
    fn from(lost: wording::Lost) -> Self {
        mail::Failed::from(lost).into()
    }
}

/// Whom to write to, and the texts in that language; `None` for a company, which is told by whoever visits it.
async fn reader(
    tx: &mut Tx,
    case: &Stored,
    rules: &Rules,
) -> Result<Option<(Addressed, Texts)>, Error> {
    let Some(person) = case.person_id else { return Ok(None) };
    let Some(addressed) = addressed(tx, person).await? else { return Ok(None) };
    let t = rules.app.texts(addressed.language);
    Ok(Some((addressed, t)))
}

async fn send(
    tx: &mut Tx,
    case: &Stored,
    (key, language): (&str, texts::Language),
    to: To,
    values: &[(&str, String)],
    rules: &Rules,
) -> Result<(), Refused> {
    let Some(person) = case.person_id else { return Ok(()) };
    let wording = wording::on(tx, key, language, rules.now.date()).await?;
    let outgoing =
        Outgoing { person, to, purpose: Purpose::Service, wording: &wording, values, tokens: &[] };
    mail::send(tx, outgoing).await?;
    Ok(())
}

/// Confirms what was agreed with who stays; only by mail, for nothing changes.
pub(super) async fn kept(
    tx: &mut Tx,
    case: &Stored,
    costs: Option<&Costs>,
    rules: &Rules,
) -> Result<(), Refused> {
    let Some((reader, t)) = reader(tx, case, rules).await? else { return Ok(()) };
    let (Some(address), Some(costs)) = (reader.email.clone(), costs) else { return Ok(()) };
    let Some((today, now)) = costs.ahead.first() else { return Ok(()) };
    let amount = |cents: Cents| {
        format!("{} {}", t.money(cents), t.get(membership::tariff::per_text(now.per)))
    };
    let less = costs.ahead.get(1).filter(|(_, then)| then.cents < now.cents);
    let (from, cents, agreed) = match less {
        Some((from, then)) => {
            let text = t.with2(
                "retention-agreed-less",
                "day",
                t.date(*from),
                "amount",
                amount(then.cents),
            );
            (*from, then.cents, text)
        }
        None => (*today, now.cents, t.get("retention-agreed-stays")),
    };
    let values = [
        ("aanhef", reader.salutation.clone()),
        ("voor", reader.whom.clone()),
        ("vereniging", rules.association()),
        ("afspraak", agreed),
        ("bedrag", amount(cents)),
        ("ingang", t.date(from)),
    ];
    let to = To::Email { name: Pii::new(reader.name.clone()), address };
    send(tx, case, ("mail.cancellation.kept", reader.language), to, &values, rules).await
}

/// Confirms the last day: by mail, or by a letter to who has none.
pub(super) async fn ended(
    tx: &mut Tx,
    case: &Stored,
    (ends_on, due): (jiff::civil::Date, Cents),
    rules: &Rules,
) -> Result<(), Refused> {
    let Some((reader, t)) = reader(tx, case, rules).await? else { return Ok(()) };
    let mut values = vec![
        ("aanhef", reader.salutation.clone()),
        ("vereniging", rules.association()),
        ("ontvangen_op", t.date(case.received_on)),
        ("nog_te_betalen", t.money(due)),
        ("einddatum", t.date(ends_on)),
    ];
    match (reader.email.clone(), reader.lines.clone()) {
        (Some(address), _) => {
            values.push(("voor", reader.whom.clone()));
            let to = To::Email { name: Pii::new(reader.name.clone()), address };
            let key = ("mail.cancellation.confirmed", reader.language);
            send(tx, case, key, to, &values, rules).await
        }
        (None, Some(lines)) => {
            values.push(("lidnummer", reader.member_number.clone()));
            let key = ("letter.cancellation", reader.language);
            send(tx, case, key, To::Letter(lines), &values, rules).await
        }
        // Nowhere to write to: the agent says it, and the file shows it.
        (None, None) => Ok(()),
    }
}

/// To the relatives, at the member's address. After everything else to the member was stopped.
pub(super) async fn died(
    tx: &mut Tx,
    case: &Stored,
    on: jiff::civil::Date,
    rules: &Rules,
) -> Result<(), Refused> {
    let Some((reader, t)) = reader(tx, case, rules).await? else { return Ok(()) };
    let Some(lines) = reader.lines.clone() else { return Ok(()) };
    let relatives = t.with("retention-relatives", "name", reader.name.clone());
    let street = lines.reveal().split_once('\n').map(|(_, street)| street.to_owned());
    let envelope = format!("{relatives}\n{}", street.unwrap_or_default());
    let values = [
        ("aanhef", t.get("retention-relatives-dear")),
        ("vereniging", rules.association()),
        ("naam", reader.name.clone()),
        ("overleden_op", t.date(on)),
    ];
    let key = ("letter.condolence", reader.language);
    send(tx, case, key, To::Letter(Pii::new(envelope)), &values, rules).await
}

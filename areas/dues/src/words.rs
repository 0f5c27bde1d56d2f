use db::Tx;
use dues_rules::amount::{Kind, Purpose, State};
use jiff::civil::Date;
use kernel::{Cents, OrganisationId, PersonId, WrongIban};
use texts::{Language, Texts};

fn purpose_text(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Contribution => "dues-purpose-contribution",
        Purpose::Introduction => "dues-purpose-introduction",
        Purpose::Settlement => "dues-purpose-settlement",
        Purpose::Refund => "dues-purpose-refund",
        Purpose::ReferralBonus => "dues-purpose-referral-bonus",
    }
}

pub(crate) fn state_text(state: State) -> &'static str {
    match state {
        State::Due => "dues-state-due",
        State::InRun => "dues-state-in-run",
        State::Sent => "dues-state-sent",
        State::Paid => "dues-state-paid",
        State::Returned => "dues-state-returned",
        State::Settled => "dues-state-settled",
        State::Cancelled => "dues-state-cancelled",
        State::GivenBack => "dues-state-given-back",
    }
}

/// Where runs of this kind are.
pub(crate) fn place(kind: Kind) -> &'static str {
    match kind {
        Kind::Collection => "/incasso",
        Kind::PayOut => "/uitbetalen",
    }
}

/// `jan 2027` for a month, `kwartaal 1 van 2027` for a quarter; another period as it is called.
fn period(t: &Texts, period: &str) -> String {
    if let Ok(first) = format!("{period}-01").parse::<Date>() {
        return format!("{} {}", t.short_month_of(first), first.year());
    }
    let (year, part) = period.split_once('-').unwrap_or((period, ""));
    let text = match part.get(..1) {
        Some("q") => "dues-quarter",
        Some("h") => "dues-half-year",
        _ => return period.to_owned(),
    };
    t.with2(text, "nr", part[1..].to_owned(), "year", year.to_owned())
}

/// What an amount is for: `Contributie jan 2027`.
#[must_use]
pub fn what(t: &Texts, purpose: Purpose, of_period: &str) -> String {
    let what = t.get(purpose_text(purpose));
    match purpose {
        Purpose::Contribution | Purpose::Introduction => {
            format!("{what} {}", period(t, of_period))
        }
        Purpose::Settlement | Purpose::Refund | Purpose::ReferralBonus => what,
    }
}

/// `€ 1.234,56`, in English `€1,234.56`.
pub(crate) fn money(t: &Texts, cents: Cents) -> String {
    let euros = t.number(cents.0.abs() / 100);
    let sign = if cents.0 < 0 { "−" } else { "" };
    let rest = cents.0.abs() % 100;
    match t.language() {
        Language::Dutch => format!("{sign}€ {euros},{rest:02}"),
        Language::English => format!("{sign}€{euros}.{rest:02}"),
    }
}

/// What is wrong with an account number, for whoever typed it.
#[must_use]
pub fn iban_text(t: &Texts, wrong: WrongIban) -> String {
    match wrong {
        WrongIban::Form => t.get("dues-iban-form"),
        WrongIban::Country => t.get("dues-iban-country"),
        WrongIban::Length { wanted, found } => {
            let number = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
            t.with2("dues-iban-length", "wanted", number(wanted), "found", number(found))
        }
        WrongIban::CheckDigits => t.get("dues-iban-digits"),
        WrongIban::Shape => t.get("dues-iban-shape"),
    }
}

/// Where the file of somebody is.
pub(crate) fn file(person: Option<PersonId>, organisation: Option<OrganisationId>) -> String {
    match (person, organisation) {
        (_, Some(organisation)) => format!("/organisaties/{organisation}"),
        (Some(person), None) => format!("/leden/{person}"),
        (None, None) => String::new(),
    }
}

/// What somebody is called on a list.
pub(crate) async fn name_of(
    tx: &mut Tx,
    person: Option<PersonId>,
    organisation: Option<OrganisationId>,
    today: Date,
) -> Result<String, db::Error> {
    if let Some(organisation) = organisation {
        let found = people::organisation::by_id(tx, organisation).await?;
        return Ok(found.map(|found| found.draft.name).unwrap_or_default());
    }
    let Some(person) = person else { return Ok(String::new()) };
    activity::log_read(tx, person, activity::Why::Dues).await?;
    let found = people::person::find(tx, person, today).await?;
    Ok(found.map(|found| found.name().sorted()).unwrap_or_default())
}

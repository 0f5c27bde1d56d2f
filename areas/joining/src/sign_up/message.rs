//! What a new member is told: texts filled with what was agreed, and the messages that carry them.

use db::Tx;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use joining_rules::sign_up::{State, Way};
use kernel::{MembershipId, PersonId, PersonName, Pii, Sex, WordingId, local};
use mail::link::{self, Token};
use mail::{Outgoing, Purpose, To};
use people::person::Stored;
use people_rules::person::Person;
use texts::{Language, Texts};
use web::App;
use wording::Wording;

use super::store::SignUp;
use crate::typed::mobile_of;
use crate::{Broken, Refused, offer};

/// What stands in the texts of a sign-up.
pub(crate) struct Facts<'a> {
    pub name: &'a PersonName,
    pub sex: Option<Sex>,
    pub member_number: &'a str,
    /// `€ 18,50 per maand`
    pub amount: String,
    pub starts_on: Date,
    pub withdraw_until: Option<Date>,
    pub lapse_on: Option<Date>,
    /// Of the mandate, once there is one.
    pub reference: Option<String>,
    /// The account as far as everybody may see it.
    pub masked: Option<String>,
}

/// A value for each placeholder that a text of a sign-up may use, but for the links.
pub(crate) async fn values(
    tx: &mut Tx,
    app: &App,
    t: &Texts,
    facts: &Facts<'_>,
) -> Result<Vec<(&'static str, String)>, Broken> {
    let (book, today) = (app.rulebook(), local(tx.now()).date());
    let address = wording::on(tx, "text.association.address", t.language(), today).await?;
    let address = address.body.trim().to_owned();
    let creditor = dues::creditor::current(tx).await?;
    let association = app.settings().association.clone();
    let (creditor, code) = creditor.map_or_else(
        || (association.clone(), String::new()),
        |creditor| (creditor.name, creditor.creditor_code.as_str().to_owned()),
    );
    let ends = retention::terms::sentence(tx, t, "", today).await?.unwrap_or_default();
    let masked = facts.masked.clone().unwrap_or_default();
    let end: String = masked.chars().rev().take(4).collect();
    let day = |day: Option<Date>| t.date(day.unwrap_or(today));
    let number = |key| Ok::<_, Broken>(book.number(key, today)?.to_string());
    Ok(vec![
        ("aanhef", people::person::salutation(facts.name, facts.sex, t.language())),
        ("voor", people::person::whom(facts.name, facts.sex, t.language())),
        ("naam", facts.name.spoken()),
        ("vereniging", association),
        ("incassant_adres", format!("{address}, {}", t.get("joining-country"))),
        ("adres", address),
        ("lidnummer", facts.member_number.to_owned()),
        ("bedrag", facts.amount.clone()),
        ("ingang", t.date(facts.starts_on)),
        ("bedenktijd_dagen", number("withdraw.days")?),
        ("bedenktijd_tot", day(facts.withdraw_until)),
        ("reageer_voor", day(facts.lapse_on)),
        ("terugbetaling_dagen", number("withdraw.refund_days")?),
        ("ontvangen_op", t.date(today)),
        ("opzegtermijn", ends),
        ("kenmerk", facts.reference.clone().unwrap_or_else(|| t.get("joining-reference-follows"))),
        ("incassant", creditor),
        ("incassant_id", code),
        ("iban_eind", end.chars().rev().collect()),
        ("iban", masked),
    ])
}

/// A version of a text with the values that stand in it.
pub(crate) struct Filled {
    pub wording: WordingId,
    pub values: Vec<(String, String)>,
    pub text: wording::Filled,
}

/// Fills a text with those of the values that it may use.
pub(crate) fn filled(wording: &Wording, values: &[(&str, String)]) -> Result<Filled, Broken> {
    let own = own(wording, values);
    let text = wording::fill(wording, &own)?;
    let values = own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(Filled { wording: wording.id, values, text })
}

fn own<'v>(wording: &Wording, values: &[(&'v str, String)]) -> Vec<(&'v str, String)> {
    let about = wording::about(&wording.key);
    let known = |name: &str| about.is_some_and(|about| about.knows(name));
    values.iter().filter(|(name, _)| known(name)).cloned().collect()
}

pub(crate) fn language(person: &Person) -> Language {
    person.language.parse().unwrap_or_default()
}

/// Where a message of this way goes; `None` if we know no such address.
async fn to(tx: &mut Tx, person: &Stored, way: Way) -> Result<Option<To>, Broken> {
    let Some(reader) = people::person::addressed(tx, person.id).await? else { return Ok(None) };
    let mobile = mobile_of(&person.person).cloned();
    Ok(match way {
        Way::Email => {
            let name = Pii::new(reader.name);
            reader.email.map(|address| To::Email { name, address })
        }
        Way::Sms => mobile.map(|number| To::Sms(Pii::new(number))),
        Way::Letter | Way::Paper => reader.lines.map(To::Letter),
    })
}

/// From now until the end of `day`.
fn until_end_of(tx: &Tx, day: Date) -> SignedDuration {
    let end = day.tomorrow().unwrap_or(day).in_tz(kernel::AMSTERDAM);
    end.map_or(SignedDuration::ZERO, |end| end.timestamp().duration_since(tx.now()))
        .max(SignedDuration::from_mins(1))
}

/// What a stored sign-up says.
async fn facts<'p>(
    tx: &mut Tx,
    app: &App,
    t: &Texts,
    sign_up: &SignUp,
    person: &'p Person,
) -> Result<Facts<'p>, Broken> {
    let mandate = match sign_up.mandate_id {
        Some(id) => dues::mandate::by_id(tx, id).await?,
        None => None,
    };
    let masked = match &mandate {
        Some(mandate) => Some(dues::account::masked(tx, app.keys(), mandate.account_id).await?),
        None => None,
    };
    let amount =
        offer::amount(t, sign_up.cents, sign_up.usual_cents, sign_up.per, sign_up.intro_until);
    Ok(Facts {
        name: &person.name,
        sex: person.sex,
        member_number: person.member_number.as_deref().unwrap_or_default(),
        amount,
        starts_on: sign_up.starts_on,
        withdraw_until: sign_up.withdraw_until,
        lapse_on: sign_up.lapse_on,
        reference: mandate.map(|mandate| mandate.reference),
        masked,
    })
}

/// The values of a stored sign-up, in the language of `t`.
pub(crate) async fn values_of(
    tx: &mut Tx,
    app: &App,
    t: &Texts,
    sign_up: &SignUp,
    person: &Person,
) -> Result<Vec<(&'static str, String)>, Broken> {
    let facts = facts(tx, app, t, sign_up, person).await?;
    values(tx, app, t, &facts).await
}

/// Sends a text to a new member by this way, with the links that it may have. `false` if there is no such address.
async fn send(
    tx: &mut Tx,
    app: &App,
    (sign_up, person): (&SignUp, &Stored),
    key: &str,
    way: Way,
) -> Result<bool, Broken> {
    let Some(to) = to(tx, person, way).await? else { return Ok(false) };
    let language = language(&person.person);
    let t = app.texts(language);
    let today = local(tx.now()).date();
    let wording = wording::on(tx, key, language, today).await?;
    let mut values = values_of(tx, app, &t, sign_up, &person.person).await?;
    let withdraw_until = sign_up.withdraw_until.max(sign_up.lapse_on).unwrap_or(today);
    let days = app.rulebook().number("withdraw.days", today)?;
    let confirm_for = until_end_of(tx, sign_up.lapse_on.unwrap_or(today));
    // Confirmed on the last day, the period to withdraw begins then.
    let withdraw_for =
        until_end_of(tx, withdraw_until.checked_add(days.days()).unwrap_or(withdraw_until));
    let mut tokens: Vec<Token> = Vec::new();
    for (name, purpose, valid_for) in [
        ("link", link::Purpose::ConfirmSignUp, confirm_for),
        ("link_intrekken", link::Purpose::Withdraw, withdraw_for),
    ] {
        if wording::about(key).is_some_and(|about| about.knows(name)) {
            let token = link::make(tx, purpose, sign_up.id.0, person.id, valid_for).await?;
            values.push((name, app.public(&format!("/l/{}", token.as_str()))));
            tokens.push(token);
        }
    }
    let outgoing = Outgoing {
        person: person.id,
        to,
        purpose: Purpose::Service,
        wording: &wording,
        values: &own(&wording, &values),
        tokens: &tokens.iter().collect::<Vec<_>>(),
    };
    mail::send(tx, outgoing).await?;
    Ok(true)
}

/// Asks a new member to confirm, or sends the receipt where nothing is asked.
///
/// # Errors
///
/// [`Refused::Unreachable`] if there is nowhere to send it to.
pub(super) async fn ask(
    tx: &mut Tx,
    app: &App,
    sign_up: &SignUp,
    person: &Stored,
) -> Result<(), Refused> {
    if sign_up.state == State::Confirmed {
        return receipt(tx, app, sign_up, person).await.map_err(Refused::from);
    }
    let key = match sign_up.way {
        Way::Email => "mail.signup.confirm",
        Way::Sms => "sms.signup.confirm",
        Way::Letter | Way::Paper => "letter.signup",
    };
    if send(tx, app, (sign_up, person), key, sign_up.way).await? {
        Ok(())
    } else {
        Err(Refused::Unreachable)
    }
}

/// What a new member can keep: by mail, or by post for who has none. Nobody whom we cannot reach is kept out by it.
pub(super) async fn receipt(
    tx: &mut Tx,
    app: &App,
    sign_up: &SignUp,
    person: &Stored,
) -> Result<(), Broken> {
    let about = (sign_up, person);
    if !send(tx, app, about, "mail.signup.receipt", Way::Email).await? {
        send(tx, app, about, "letter.signup.receipt", Way::Letter).await?;
    }
    Ok(())
}

/// Says at once that a sign-up was taken back.
pub(super) async fn withdrawn(
    tx: &mut Tx,
    app: &App,
    sign_up: &SignUp,
    person: &Stored,
) -> Result<(), Broken> {
    let about = (sign_up, person);
    if !send(tx, app, about, "mail.signup.withdrawn", Way::Email).await? {
        send(tx, app, about, "letter.signup.withdrawn", Way::Letter).await?;
    }
    Ok(())
}

/// Asks again. The earlier link goes on to work.
pub(crate) async fn remind(
    tx: &mut Tx,
    app: &App,
    sign_up: &SignUp,
    person: &Stored,
) -> Result<(), Broken> {
    let key = match sign_up.way {
        Way::Email => "mail.signup.reminder",
        Way::Sms => "sms.signup.confirm",
        Way::Letter | Way::Paper => "letter.signup",
    };
    // Whose address is gone meanwhile is not asked again.
    send(tx, app, (sign_up, person), key, sign_up.way).await.map(drop)
}

/// How long the link to the member's own page works.
const MEMBER_LINK: SignedDuration = SignedDuration::from_hours(24);

/// Mails a member the way to the own page.
pub(crate) async fn send_member_link(
    tx: &mut Tx,
    app: &App,
    person: PersonId,
    membership: MembershipId,
) -> Result<bool, Broken> {
    let Some(person) = people::person::by_id(tx, person, people::Sight::All).await? else {
        return Ok(false);
    };
    let Some(to) = to(tx, &person, Way::Email).await? else { return Ok(false) };
    let language = language(&person.person);
    let today = local(tx.now()).date();
    let wording = wording::on(tx, "mail.member.link", language, today).await?;
    let token = link::make(tx, link::Purpose::Member, membership.0, person.id, MEMBER_LINK).await?;
    let Person { name, sex, .. } = &person.person;
    let values = [
        ("aanhef", people::person::salutation(name, *sex, language)),
        ("voor", people::person::whom(name, *sex, language)),
        ("vereniging", app.settings().association.clone()),
        ("link", app.public(&format!("/l/{}", token.as_str()))),
    ];
    let outgoing = Outgoing {
        person: person.id,
        to,
        purpose: Purpose::Service,
        wording: &wording,
        values: &own(&wording, &values),
        tokens: &[&token],
    };
    mail::send(tx, outgoing).await?;
    Ok(true)
}

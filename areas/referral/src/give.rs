//! Invitations for a member to pass on (docs/states-membership.md §5, give).

use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, PersonId, Pii, Sex, local};
use mail::{Outgoing, Purpose, To};
use membership::Holder;
use people::Sight;
use people::check::require;
use people::person::Stored;
use people_rules::check::NotChecked;
use people_rules::person::PhoneKind;
use people_rules::representative::Scope;
use referral_rules::code::Code;
use referral_rules::give::{Channel, Member, Refused as Rule, give as may_give};
use texts::Language;
use web::App;

use crate::{Broken, board, code, settings};

/// Why a member got no invitations.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("nobody with this id")]
    NoPerson,
    #[error(transparent)]
    Rule(#[from] Rule),
    #[error(transparent)]
    NotChecked(#[from] NotChecked),
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Broken(error.into())
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Handing {
    pub person: PersonId,
    pub number: i64,
    pub channel: Channel,
}

/// Gives a member the code, as a mail or text message in the same step, or to be printed.
///
/// # Errors
///
/// [`Refused`].
pub async fn give(tx: &mut Tx, app: &App, handing: Handing) -> Result<Code, Refused> {
    let Handing { person, number, channel } = handing;
    let today = local(tx.now()).date();
    require(tx, person, Scope::Information).await??;
    if !people::person::hold(tx, person).await? {
        return Err(Refused::NoPerson);
    }
    let stored = people::person::by_id(tx, person, Sight::All).await?.ok_or(Error::Raced)?;
    let to = address(&stored, channel);
    let member = Member {
        is_member: membership::current(tx, Holder::Person(person), today).await?.is_some(),
        died: stored.death_reported_at.is_some(),
        is_excluded: board::is_excluded(tx, &app.rulebook(), person, today).await?,
        has_address: to.is_some(),
    };
    may_give(member, number, channel)?;

    let code = code::of_held(tx, person).await?;
    if let Some(to) = to {
        send(tx, app, &stored, to, &code, today).await?;
    }
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into referral_invitations (id, person_id, channel, number, given_by, given_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![new_id(), person, channel, number, me, now],
    )
    .await?;
    let event = Event::new(EventKind::ReferralGiven, today)
        .about(person)
        .with("number", Fact::Number(number))
        .with("channel", Fact::Code(channel.code()));
    activity::record(tx, event).await?;
    Ok(code)
}

/// Where the member gets it; `None` for what is printed, and where there is no address.
pub(crate) fn address(stored: &Stored, channel: Channel) -> Option<To> {
    let person = &stored.person;
    match channel {
        Channel::Email => {
            let address = person.email.as_ref()?.usable.clone()?;
            Some(To::Email { name: Pii::new(person.name.spoken()), address: Pii::new(address) })
        }
        Channel::Sms => {
            let mut mobile = person.phones.iter().filter(|phone| phone.kind == PhoneKind::Mobile);
            Some(To::Sms(Pii::new(mobile.find_map(|phone| phone.number.usable.clone())?)))
        }
        Channel::Card => None,
    }
}

/// Where somebody who got the code signs up.
#[must_use]
pub fn link(app: &App, code: &Code) -> String {
    app.public(&format!("/word-lid?code={}", code.as_str()))
}

fn language(stored: &Stored) -> Language {
    stored.person.language.parse().unwrap_or_default()
}

async fn send(
    tx: &mut Tx,
    app: &App,
    stored: &Stored,
    to: To,
    code: &Code,
    today: Date,
) -> Result<(), Broken> {
    let (key, values) = match to {
        To::Sms(_) => ("sms.referral.code", short_values(app, code)),
        To::Email { .. } | To::Letter(_) => {
            ("mail.referral.codes", long_values(app, stored, code, today)?)
        }
    };
    let wording =
        wording::on(tx, key, language(stored), today).await.map_err(mail::Failed::from)?;
    let outgoing = Outgoing {
        person: stored.id,
        to,
        purpose: Purpose::Service,
        wording: &wording,
        values: &values,
        tokens: &[],
    };
    mail::send(tx, outgoing).await?;
    Ok(())
}

fn short_values(app: &App, code: &Code) -> Vec<(&'static str, String)> {
    vec![("code", code.to_string()), ("werverlink", link(app, code))]
}

fn long_values(
    app: &App,
    stored: &Stored,
    code: &Code,
    today: Date,
) -> Result<Vec<(&'static str, String)>, Broken> {
    let t = app.texts(language(stored));
    let name = &stored.person.name;
    let (dear, to) = match stored.person.sex {
        Some(Sex::Female) => ("referral-dear-f", "referral-to-f"),
        Some(Sex::Male) => ("referral-dear-m", "referral-to-m"),
        Some(Sex::Neutral) | None => ("referral-dear", "referral-to"),
    };
    let name = match stored.person.sex {
        Some(Sex::Neutral) | None => name.spoken(),
        Some(_) => name.after_title(),
    };
    let promise = settings::promise(&app.rulebook(), today)?;
    let mut values = short_values(app, code);
    values.extend([
        ("aanhef", t.with(dear, "name", name.as_str())),
        ("voor", t.with(to, "name", name.as_str())),
        ("vereniging", app.settings().association.clone()),
        ("premie", t.money(promise.cents)),
    ]);
    Ok(values)
}

/// The text message, for a colleague who sends it another way.
pub(crate) async fn to_copy(
    tx: &mut Tx,
    app: &App,
    stored: &Stored,
    code: &Code,
    today: Date,
) -> Result<String, Broken> {
    let wording = wording::on(tx, "sms.referral.code", language(stored), today).await;
    let filled = wording::fill(&wording.map_err(mail::Failed::from)?, &short_values(app, code));
    Ok(filled.map_err(mail::Failed::from)?.text)
}

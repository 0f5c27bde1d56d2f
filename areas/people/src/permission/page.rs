use askama::Template;
use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};
use kernel::{PersonId, PhoneNumber, Pii};
use serde::Deserialize;
use texts::Texts;

use super::store::{Basis, Channel, Consent, NewConsent, Objection, Purpose};
use crate::person::Stored;

pub(super) fn channel(t: &Texts, channel: Channel) -> String {
    t.get(match channel {
        Channel::Phone => "people-channel-phone",
        Channel::Email => "people-channel-email",
        Channel::Sms => "people-channel-sms",
        Channel::Post => "people-channel-post",
    })
}

pub(super) fn purpose(t: &Texts, purpose: Purpose) -> String {
    t.get(match purpose {
        Purpose::Any => "people-purpose-any",
        Purpose::Recruitment => "people-purpose-recruitment",
        Purpose::Retention => "people-purpose-retention",
        Purpose::Service => "people-purpose-service",
        Purpose::Newsletter => "people-purpose-newsletter",
    })
}

/// What a consent is about, or what somebody did that stands in its place.
pub(super) fn about(t: &Texts, consent: &Consent) -> String {
    match consent.basis {
        Basis::Consent => purpose(t, consent.purpose),
        Basis::Donation => t.get("people-basis-donation"),
        Basis::Volunteer => t.get("people-basis-volunteer"),
        Basis::Event => t.get("people-basis-event"),
        Basis::Published => {
            let number = consent.number.as_ref().map(PhoneNumber::display).unwrap_or_default();
            let text = t.with("people-basis-published-number", "number", number);
            format!("{text}: {}", purpose(t, consent.purpose))
        }
    }
}

/// A consent as it is written down by hand.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConsentForm {
    pub purpose: String,
    pub channel: String,
    pub basis: String,
    pub given_on: String,
    pub text: Pii<String>,
    pub source: String,
    pub until: String,
    /// Of a published number: which.
    pub number: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    /// Nothing was chosen for it.
    Purpose,
    /// No day, or one that lies ahead.
    GivenOn,
    /// Proof without the text that was read or heard is no proof.
    Text,
    Source,
    /// No day, or one before it was given.
    Until,
    /// A published number is a number of this person, to call.
    Number,
    /// This consent is there already.
    Known,
}

impl Wrong {
    fn field(self) -> &'static str {
        match self {
            Self::Purpose | Self::Known => "purpose",
            Self::GivenOn => "given_on",
            Self::Text => "text",
            Self::Source => "source",
            Self::Until => "until",
            Self::Number => "number",
        }
    }

    fn text_id(self) -> &'static str {
        match self {
            Self::Purpose => "people-consent-wrong-purpose",
            Self::GivenOn => "people-consent-wrong-given-on",
            Self::Text => "people-consent-wrong-text",
            Self::Source => "people-consent-wrong-source",
            Self::Until => "people-consent-wrong-until",
            Self::Number => "people-consent-wrong-number",
            Self::Known => "people-consent-wrong-known",
        }
    }
}

const TEXT_MAX: usize = 1_000;

impl ConsentForm {
    pub(super) fn fresh(today: Date) -> Self {
        Self {
            channel: Channel::Phone.code().into(),
            basis: Basis::Consent.code().into(),
            given_on: today.to_string(),
            ..Self::default()
        }
    }

    /// What is meant. `numbers`: those of this person.
    pub(super) fn read(
        &self,
        person: PersonId,
        numbers: &[PhoneNumber],
        now: &ZonedDateTime,
    ) -> Result<NewConsent, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let channel = self.channel.parse().unwrap_or(Channel::Phone);
        let basis = self.basis.parse().unwrap_or(Basis::Consent);
        let number = (basis == Basis::Published)
            .then(|| self.number.parse().ok().filter(|number| numbers.contains(number)));
        if number.as_ref().is_some_and(|number| number.is_none() || channel != Channel::Phone) {
            wrong.push(Wrong::Number);
        }
        let purpose = self.purpose.parse().ok();
        if purpose.is_none() {
            wrong.push(Wrong::Purpose);
        }
        let given_on = kernel::parse_day(&self.given_on).filter(|day| *day <= now.date());
        if given_on.is_none() {
            wrong.push(Wrong::GivenOn);
        }
        let until_on = kernel::parse_day(&self.until);
        let is_after = until_on.is_some_and(|until| given_on.is_some_and(|given| given <= until));
        if !self.until.trim().is_empty() && !is_after {
            wrong.push(Wrong::Until);
        }
        let text_shown = self.text.reveal().trim().to_owned();
        if !(1..=TEXT_MAX).contains(&text_shown.chars().count()) {
            wrong.push(Wrong::Text);
        }
        let source = self.source.trim().to_owned();
        if !(1..=200).contains(&source.chars().count()) {
            wrong.push(Wrong::Source);
        }
        match (purpose, given_on) {
            (Some(purpose), Some(given_on)) if wrong.is_empty() => Ok(NewConsent {
                person,
                purpose,
                channel,
                basis,
                number: number.flatten(),
                // Today it was now; of another day we know no hour.
                given_at: if given_on == now.date() { now.timestamp() } else { noon(given_on) },
                text_shown,
                source,
                until_on,
            }),
            _ => Err(wrong),
        }
    }
}

fn noon(day: Date) -> Timestamp {
    let noon = day.at(12, 0, 0, 0).in_tz(kernel::AMSTERDAM);
    noon.expect("the time zone is compiled in").timestamp()
}

#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage<'a> {
    pub t: &'a Texts,
    pub id: PersonId,
    pub name: String,
    pub numbers: Vec<PhoneNumber>,
    pub form: &'a ConsentForm,
    pub wrong: &'a [Wrong],
}

impl ConsentPage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        let wrong = self.wrong.iter().find(|wrong| wrong.field() == field)?;
        Some(self.t.get(wrong.text_id()))
    }

    fn purposes(&self) -> Vec<(&'static str, String)> {
        Purpose::ALL.iter().map(|code| (code.code(), purpose(self.t, *code))).collect()
    }

    fn channels(&self) -> Vec<(&'static str, String)> {
        Channel::ALL.iter().map(|code| (code.code(), channel(self.t, *code))).collect()
    }

    /// A published number is offered only where there is a number.
    fn bases(&self) -> Vec<(&'static str, String)> {
        let all = [
            (Basis::Consent, "people-basis-consent"),
            (Basis::Donation, "people-basis-donation"),
            (Basis::Volunteer, "people-basis-volunteer"),
            (Basis::Event, "people-basis-event"),
            (Basis::Published, "people-basis-published"),
        ];
        all.into_iter()
            .filter(|(basis, _)| *basis != Basis::Published || !self.numbers.is_empty())
            .map(|(basis, text)| (basis.code(), self.t.get(text)))
            .collect()
    }

    fn is_number(&self, number: &PhoneNumber) -> bool {
        self.form.number == number.e164()
    }
}

/// On one page: who allowed what, when, in which words, through what, and who wrote it down.
#[derive(Template)]
#[template(path = "proof.html")]
pub(super) struct ProofPage<'a> {
    pub t: &'a Texts,
    pub now: ZonedDateTime,
    pub made_by: &'a str,
    pub association: &'a str,
    pub id: PersonId,
    pub stored: Stored,
    pub consents: Vec<Consent>,
    pub objections: Vec<Objection>,
}

impl ProofPage<'_> {
    fn made(&self) -> String {
        self.t.fill(
            "people-proof-made",
            [
                ("association", self.association.into()),
                ("moment", self.moment(&self.now.timestamp()).into()),
                ("by", self.made_by.into()),
            ],
        )
    }

    fn day(&self, day: &Date) -> String {
        self.t.date(*day)
    }

    fn moment(&self, at: &Timestamp) -> String {
        let local = kernel::local(*at);
        format!("{}, {}", self.t.date(local.date()), self.t.time(local.time()))
    }

    fn about(&self, consent: &Consent) -> String {
        about(self.t, consent)
    }

    fn channel(&self, code: &Channel) -> String {
        channel(self.t, *code)
    }

    fn purpose(&self, code: &Purpose) -> String {
        purpose(self.t, *code)
    }
}

use askama::Template;
use dues_rules::mandate::{Channel, Method, State};
use jiff::civil::Date;
use kernel::MembershipId;
use texts::Texts;
use web::Fields;

use super::panel::{mandate_state_text, method_text};
use super::store::Mandate;
use crate::account::Holder;

pub(super) fn channel_text(channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => "dues-channel-phone",
        Channel::Email => "dues-channel-email",
        Channel::Sms => "dues-channel-sms",
        Channel::Letter => "dues-channel-letter",
        Channel::Link => "dues-channel-link",
        Channel::InPerson => "dues-channel-in-person",
    }
}

pub(super) fn file_of(whose: Holder) -> String {
    match whose {
        Holder::Person(id) => format!("/leden/{id}"),
        Holder::Organisation(id) => format!("/organisaties/{id}"),
    }
}

fn methods(t: &Texts, chosen: &str) -> Vec<(&'static str, String, bool)> {
    let option =
        |method: &Method| (method.code(), t.get(method_text(*method)), method.code() == chosen);
    Method::ALL.iter().map(option).collect()
}

#[derive(Template)]
#[template(path = "mandate_new.html")]
pub(super) struct NewPage<'a> {
    pub t: &'a Texts,
    pub membership: MembershipId,
    pub whose: Holder,
    pub typed: &'a Fields,
    pub wrong: Option<(&'static str, String)>,
}

impl NewPage<'_> {
    fn why(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(found, _)| *found == field).map(|(_, text)| text.as_str())
    }

    fn back(&self) -> String {
        file_of(self.whose)
    }

    fn methods(&self) -> Vec<(&'static str, String, bool)> {
        methods(self.t, self.typed.text("hoe"))
    }
}

/// Another account that was asked for and waits.
pub(super) struct Waits {
    pub masked: String,
    pub how: Channel,
}

#[derive(Template)]
#[template(path = "mandate.html")]
pub(super) struct MandatePage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub mandate: &'a Mandate,
    pub masked: String,
    pub waits: Option<Waits>,
    pub typed: &'a Fields,
    pub wrong: Option<(&'static str, String)>,
    pub notice: Option<String>,
}

impl MandatePage<'_> {
    fn why(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(found, _)| *found == field).map(|(_, text)| text.as_str())
    }

    fn back(&self) -> String {
        file_of(self.mandate.whose())
    }

    fn state(&self) -> String {
        self.t.get(mandate_state_text(self.mandate.state))
    }

    fn how(&self) -> String {
        self.t.get(method_text(self.mandate.method))
    }

    fn day(&self, day: &Date) -> String {
        self.t.date(*day)
    }

    fn is_open(&self) -> bool {
        self.mandate.state != State::Ended
    }

    fn is_provisional(&self) -> bool {
        self.mandate.state == State::Provisional
    }

    /// By which a provisional one is signed: saying it once more does not.
    fn signs(&self) -> Vec<(&'static str, String, bool)> {
        let mut ways = methods(self.t, "paper");
        ways.retain(|(code, ..)| *code != Method::Voice.code());
        ways
    }

    fn channels(&self) -> Vec<(&'static str, String)> {
        let option = |channel: &Channel| (channel.code(), self.t.get(channel_text(*channel)));
        Channel::ALL.iter().map(option).collect()
    }

    /// Other ways than the one by which it was asked.
    fn confirms(&self, waits: &Waits) -> Vec<(&'static str, String)> {
        let mut ways = self.channels();
        ways.retain(|(code, _)| *code != waits.how.code());
        ways
    }

    fn asked(&self, waits: &Waits) -> String {
        let how = self.t.get(channel_text(waits.how));
        self.t.with2("dues-change-asked", "account", waits.masked.as_str(), "how", how)
    }
}

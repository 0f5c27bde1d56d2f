use askama::Template;
use joining_rules::sign_up::{Method, State, Way};
use joining_rules::spell::{Words, spelled};
use kernel::{Email, PersonName};
use membership_rules::tariff::Situation;
use texts::Texts;
use web::ui::{Html, rendered};

use super::look::Birth;
use super::look::Look;
use crate::known::Known;
use crate::offer::Offer;
use crate::sign_up::{Listed, SignUp};
use crate::typed::{Typed, Wrong};

pub(crate) fn way_text(way: Way) -> &'static str {
    match way {
        Way::Email => "joining-way-email",
        Way::Sms => "joining-way-sms",
        Way::Letter => "joining-way-letter",
        Way::Paper => "joining-way-paper",
    }
}

pub(crate) fn method_text(method: Method) -> &'static str {
    match method {
        Method::PhoneOut => "joining-method-phone-out",
        Method::PhoneIn => "joining-method-phone-in",
        Method::Web => "joining-method-web",
        Method::Visit => "joining-method-visit",
    }
}

pub(crate) fn state_text(state: State) -> &'static str {
    match state {
        State::Provisional => "joining-state-provisional",
        State::Confirmed => "joining-state-confirmed",
        State::Withdrawn => "joining-state-withdrawn",
        State::Lapsed => "joining-state-lapsed",
    }
}

pub(crate) fn situation_text(situation: Situation) -> Option<&'static str> {
    Some(match situation {
        Situation::Student => "joining-situation-student",
        Situation::Benefit => "joining-situation-benefit",
        Situation::Participation => "joining-situation-participation",
        Situation::Retired => "joining-situation-retired",
        Situation::NotWorking => "joining-situation-not-working",
        Situation::Debt => "joining-situation-debt",
        // Numbers, which have fields of their own.
        Situation::Income | Situation::Hours | Situation::Branches | Situation::Floor => {
            return None;
        }
    })
}

/// The choices of work, the first for who simply works.
pub(crate) fn situations(t: &Texts, chosen: &str) -> Vec<(&'static str, String, bool)> {
    let working = ("", t.get("joining-situation-working"), chosen.is_empty());
    let others = Situation::ALL.iter().filter_map(|situation| {
        let text = t.get(situation_text(*situation)?);
        Some((situation.code(), text, situation.code() == chosen))
    });
    std::iter::once(working).chain(others).collect()
}

/// The form of a sign-up, as somebody of us fills it in.
#[derive(Template)]
#[template(path = "sign_up_form.html")]
pub(super) struct FormPage<'a> {
    pub t: &'a Texts,
    /// In the language of the new member: what is read out.
    pub their: &'a Texts,
    pub association: &'a str,
    pub typed: &'a Typed,
    /// What we knew before anything was typed.
    pub before: &'a Typed,
    pub look: &'a Look,
    /// Known from the call.
    pub method: Option<Method>,
    pub wrong: &'a [Wrong],
    /// Why it was refused, where that is about no field.
    pub refused: Option<String>,
}

impl FormPage<'_> {
    fn title(&self) -> String {
        let name = PersonName {
            first_name: self.typed.first_name.clone(),
            prefix: self.typed.prefix.clone(),
            surname: self.typed.last_name.clone(),
            ..PersonName::default()
        };
        if name.surname.is_empty() {
            self.t.get("joining-new")
        } else {
            self.t.with("joining-becomes-member", "name", name.spoken())
        }
    }

    fn back(&self) -> String {
        match (self.method, self.typed.person_id()) {
            (Some(_), _) => "/werkplek".into(),
            (None, Some(person)) => format!("/leden/{person}"),
            (None, None) => "/aanmelden".into(),
        }
    }

    fn why(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|(found, _)| *found == field).map(|(_, why)| why.as_str())
    }

    /// Marked: we knew it, and it was not changed.
    fn known(&self, typed: &str, before: &str) -> &'static str {
        if !typed.is_empty() && typed == before { " is-known" } else { "" }
    }

    /// The first field that waits for an answer.
    fn first(&self) -> &'static str {
        if let Some((field, _)) = self.wrong.first() {
            return field;
        }
        let typed = self.typed;
        let fields = [
            ("first_name", &typed.first_name),
            ("last_name", &typed.last_name),
            ("birth_date", &typed.birth_date),
            ("postcode", &typed.postcode),
            ("email", &typed.email),
        ];
        fields.into_iter().find(|(_, text)| text.is_empty()).map_or("iban", |(field, _)| field)
    }

    fn cents(&self, offer: &Offer) -> String {
        self.t.money(offer.priced.cents)
    }

    fn starts(&self, offer: &Offer) -> String {
        self.t.date(offer.starts_on)
    }

    fn first_collection(&self, offer: &Offer) -> String {
        self.t.date(offer.first_collection)
    }

    /// How the address is said back; nothing while it is not one.
    fn spelled(&self) -> Option<String> {
        let address: Email = self.typed.email.parse().ok()?;
        let (at, dot, hyphen, underscore) = (
            self.their.get("joining-spell-at"),
            self.their.get("joining-spell-dot"),
            self.their.get("joining-spell-hyphen"),
            self.their.get("joining-spell-underscore"),
        );
        let words = Words { at: &at, dot: &dot, hyphen: &hyphen, underscore: &underscore };
        Some(self.t.with("joining-spell", "address", spelled(address.as_str(), words)))
    }

    /// What follows the press, by the way that was chosen.
    fn asks(&self) -> String {
        self.t.get(match self.typed.way() {
            Way::Email => "joining-next-email",
            Way::Sms => "joining-next-sms",
            Way::Letter => "joining-next-letter",
            Way::Paper => "joining-next-paper",
        })
    }

    fn age(&self) -> Option<String> {
        match self.look.birth {
            Birth::Years(years) => Some(self.t.with("joining-years", "years", i64::from(years))),
            _ => None,
        }
    }

    fn birth_wrong(&self) -> Option<String> {
        match self.look.birth {
            Birth::Impossible => Some(self.t.get("joining-birth-impossible")),
            Birth::TooYoung => {
                let min = i64::from(self.look.rules.min_age);
                Some(self.t.with("joining-too-young", "min", min))
            }
            Birth::Empty | Birth::Years(_) => self.why("birth_date").map(str::to_owned),
        }
    }

    fn iban_right(&self) -> Option<String> {
        let masked = self.look.iban.as_ref()?.as_ref().ok()?;
        Some(self.t.with("joining-iban-right", "iban", masked.clone()))
    }

    fn iban_wrong(&self) -> Option<String> {
        match &self.look.iban {
            Some(Err(why)) => Some(dues::iban_text(self.t, *why)),
            _ => None,
        }
    }

    fn situations(&self) -> Vec<(&'static str, String, bool)> {
        situations(self.t, &self.typed.situation)
    }

    fn ways(&self) -> Vec<(&'static str, String, bool)> {
        let chosen = self.typed.way();
        let ways =
            Way::ALL.iter().copied().filter(|way| !(self.look.needs_parent && *way == Way::Sms));
        ways.map(|way| (way.code(), self.t.get(way_text(way)), way == chosen)).collect()
    }

    fn methods(&self) -> Vec<(&'static str, String, bool)> {
        let chosen = self.typed.method.parse().unwrap_or(Method::PhoneIn);
        let methods = [Method::PhoneIn, Method::PhoneOut, Method::Visit].into_iter();
        methods
            .map(|method| (method.code(), self.t.get(method_text(method)), method == chosen))
            .collect()
    }

    fn languages(&self) -> [(&'static str, String, bool); 2] {
        let is_english = self.typed.language == "en";
        [
            ("nl", self.t.get("joining-language-nl"), !is_english),
            ("en", self.t.get("joining-language-en"), is_english),
        ]
    }

    fn sexes(&self) -> [(&'static str, String, bool); 4] {
        ["", "f", "m", "x"].map(|code| {
            let text = if code.is_empty() {
                "joining-sex-unknown".into()
            } else {
                format!("joining-sex-{code}")
            };
            (code, self.t.get(&text), self.typed.sex == code)
        })
    }

    fn say(&self) -> Option<String> {
        let (offer, masked) = (self.look.offer.as_ref()?, self.look.iban.as_ref()?.as_ref().ok()?);
        let end: String = masked.chars().skip(masked.chars().count().saturating_sub(4)).collect();
        Some(self.their.fill(
            "joining-say",
            [
                ("association", self.association.into()),
                ("amount", offer.amount(self.their).into()),
                ("end", end.into()),
            ],
        ))
    }

    fn html(&self, text: &wording::Filled) -> Html {
        rendered(text.html.clone())
    }

    fn says_of(&self, known: &Known) -> String {
        let mut same = Vec::new();
        for (is_so, text) in [
            (known.alike.name, "joining-same-name"),
            (known.alike.birth, "joining-same-birth"),
            (known.alike.email, "joining-same-email"),
            (known.alike.phone, "joining-same-phone"),
            (known.alike.account, "joining-same-account"),
        ] {
            if is_so {
                same.push(self.t.get(text));
            }
        }
        self.t.with("joining-same", "what", same.join(", "))
    }

    fn is_blocked(&self) -> bool {
        self.look.known.iter().any(|known| known.is_member && known.alike.is_likely())
    }
}

/// A sign-up after it was committed: what it waits for.
#[derive(Template)]
#[template(path = "sign_up.html")]
pub(super) struct SignUpPage<'a> {
    pub t: &'a Texts,
    pub name: String,
    pub standing: Standing<'a>,
    pub texts: Vec<wording::Filled>,
    pub wrong: Option<String>,
}

impl SignUpPage<'_> {
    fn sign_up(&self) -> &SignUp {
        self.standing.sign_up
    }

    fn standing_html(&self) -> askama::Result<Html> {
        Ok(rendered(self.standing.render()?))
    }

    fn html(&self, text: &wording::Filled) -> Html {
        rendered(text.html.clone())
    }
}

/// The part that follows live what the new member does.
#[derive(Template)]
#[template(path = "sign_up_standing.html")]
pub(super) struct Standing<'a> {
    pub t: &'a Texts,
    pub sign_up: &'a SignUp,
    pub amount: String,
    pub today: jiff::civil::Date,
    pub now: jiff::Timestamp,
}

impl Standing<'_> {
    fn is(&self, state: &str) -> bool {
        self.sign_up.state.code() == state
    }

    fn waits(&self) -> bool {
        self.sign_up.state == State::Provisional
    }

    fn may_withdraw(&self) -> bool {
        self.sign_up.stands().withdraw(self.today).is_ok()
    }

    fn state(&self) -> String {
        self.t.get(state_text(self.sign_up.state))
    }

    fn tone(&self) -> &'static str {
        match self.sign_up.state {
            State::Provisional => "badge--warn",
            State::Confirmed => "badge--good",
            State::Withdrawn | State::Lapsed => "badge--bad",
        }
    }

    fn made(&self) -> String {
        let method = self.t.get(method_text(self.sign_up.method));
        format!("{}, {method}", self.t.moment(self.sign_up.made_at, self.now))
    }

    fn asked(&self) -> String {
        self.t.get(way_text(self.sign_up.way))
    }

    fn confirmed(&self) -> Option<String> {
        Some(self.t.moment(self.sign_up.confirmed_at?, self.now))
    }

    fn ended(&self) -> Option<String> {
        Some(self.t.moment(self.sign_up.ended_at?, self.now))
    }

    fn until(&self) -> Option<String> {
        Some(self.t.with("joining-confirm-until", "day", self.t.date(self.sign_up.lapse_on?)))
    }

    fn withdraw(&self) -> Option<String> {
        let until = self.sign_up.withdraw_until?;
        Some(self.t.with("joining-withdraw-until", "day", self.t.date(until)))
    }

    fn starts(&self) -> String {
        self.t.with("joining-starts", "day", self.t.date(self.sign_up.starts_on))
    }
}

/// Sign-ups that wait, or all.
#[derive(Template)]
#[template(path = "sign_ups.html")]
pub(super) struct ListPage<'a> {
    pub t: &'a Texts,
    pub only_waiting: bool,
    pub found: Vec<Listed>,
    pub next: Option<kernel::SignUpId>,
    pub now: jiff::Timestamp,
}

impl ListPage<'_> {
    fn name(&self, listed: &Listed) -> String {
        let Listed { initials, first_name, call_name, prefix, surname, .. } = listed.clone();
        PersonName { initials, first_name, call_name, prefix, surname }.short()
    }

    fn made(&self, listed: &Listed) -> String {
        self.t.moment(listed.made_at, self.now)
    }

    fn how(&self, listed: &Listed) -> String {
        self.t.get(method_text(listed.method))
    }

    fn stand(&self, listed: &Listed) -> String {
        match (listed.state, listed.lapse_on) {
            (State::Provisional, Some(day)) => {
                self.t.with("joining-waits-until", "day", self.t.date(day))
            }
            (state, _) => self.t.get(state_text(state)),
        }
    }

    fn by(&self, listed: &Listed) -> String {
        listed.made_by.clone().unwrap_or_else(|| self.t.get("joining-by-member"))
    }
}

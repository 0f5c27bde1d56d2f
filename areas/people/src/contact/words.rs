use jiff::ZonedDateTime;
use kernel::local;
use texts::{Language, Texts};

use super::store::Kind;
use super::timeline::{Moment, What};
use crate::permission::Basis;

/// When it was; of what others told us, only the day is known.
#[must_use]
pub fn when(t: &Texts, moment: &Moment, now: &ZonedDateTime) -> String {
    match moment.what {
        What::Logged { .. } => t.moment(moment.at, now.timestamp()),
        What::Contact { .. } | What::Requested { .. } | What::Allowed { .. } => {
            t.recent_day(local(moment.at).date(), now.date())
        }
    }
}

/// One line of the timeline in words.
#[must_use]
pub fn words(t: &Texts, what: &What) -> String {
    match what {
        What::Contact { kind, subject, source } => {
            let id = match kind {
                Kind::Brochure => "people-contact-brochure",
                Kind::WebForm => "people-contact-web-form",
                Kind::Question => "people-contact-question",
                Kind::Mail => "people-contact-mail",
                Kind::Letter => "people-contact-letter",
                Kind::Call => "people-contact-call",
                Kind::Visit => "people-contact-visit",
                Kind::Meeting => "people-contact-meeting",
                Kind::Poll => "people-contact-poll",
                Kind::Other => "people-contact-other",
            };
            let text = t.with(id, "subject", subject);
            if source.is_empty() { text } else { format!("{text} ({source})") }
        }
        What::Requested { subject } => t.with("people-asked-to-be-called", "subject", subject),
        What::Allowed { basis, .. } if *basis != Basis::Consent => {
            t.get(&format!("people-basis-{}", basis.code()))
        }
        What::Allowed { purpose, channel, .. } => {
            let word = |group: &str, code: &str| t.get(&format!("people-{group}-{code}"));
            t.with2(
                "people-allowed",
                "purpose",
                word("purpose", purpose.code()),
                "channel",
                word("channel", channel.code()),
            )
        }
        What::Logged { kind, outcome, chosen } => match (kind.as_str(), outcome) {
            ("outcome_logged", Some(outcome)) => {
                let text = t.get(&format!("people-outcome-{}", outcome.replace('_', "-")));
                let own = chosen.as_ref().map(|chosen| match t.language() {
                    Language::Dutch => &chosen.nl,
                    Language::English => &chosen.en,
                });
                own.map_or(text.clone(), |own| format!("{text} ({own})"))
            }
            (kind, _) => t.get(&format!("people-logged-{}", kind.replace('_', "-"))),
        },
    }
}

/// The icon of one line of the timeline.
#[must_use]
pub fn icon(what: &What) -> &'static str {
    match what {
        What::Contact { kind, .. } => match kind {
            Kind::Brochure => "doc",
            Kind::WebForm | Kind::Poll => "chart",
            Kind::Question => "talk",
            Kind::Mail => "mail",
            Kind::Letter => "news",
            Kind::Call => "phone",
            Kind::Visit => "car",
            Kind::Meeting => "people",
            Kind::Other => "flag",
        },
        What::Requested { .. } => "phone",
        What::Allowed { .. } => "shield",
        What::Logged { kind, outcome, .. } => match (kind.as_str(), outcome.as_deref()) {
            (_, Some("joined")) => "person-plus",
            (_, Some("retained")) => "heart",
            ("outcome_logged", _) => "phone-out",
            ("callback_made" | "callback_moved" | "callback_ended", _) => "back",
            ("objection_made" | "consent_withdrawn", _) => "x",
            ("objection_withdrawn", _) => "shield",
            ("mail_sent" | "mail_failed", _) => "mail",
            ("wish_made" | "wish_told", _) => "talk",
            ("agreement_made" | "agreement_done", _) => "check",
            _ => "flag",
        },
    }
}

use texts::Texts;

use super::store::Kind;
use super::timeline::What;

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
        What::Logged { kind, outcome } => match (kind.as_str(), outcome) {
            ("outcome_logged", Some(outcome)) => t.get(&format!("people-outcome-{}", outcome.replace('_', "-"))),
            (kind, _) => t.get(&format!("people-logged-{}", kind.replace('_', "-"))),
        },
    }
}

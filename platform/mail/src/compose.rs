//! A message as mail: words and HTML, and the headers that say a program wrote it.

use std::time::{Duration, UNIX_EPOCH};

use askama::Template;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use texts::Language;
use web::ui::{Html, rendered};
use wording::Filled;

use crate::outbox::Claimed;

#[derive(Template)]
#[template(path = "mail.html")]
struct MailTemplate<'a> {
    language: Language,
    title: &'a str,
    body: Html,
    footer: Html,
}

/// The HTML of a message, whole; `footer` says who sends it.
pub(crate) fn html(language: Language, title: &str, body: &str, footer: &str) -> String {
    let template = MailTemplate {
        language,
        title,
        // Made of our own texts with the values escaped in them (`wording::fill`).
        body: rendered(body.to_owned()),
        footer: rendered(footer.to_owned()),
    };
    template.render().expect("into memory")
}

/// The words of a message with who sends it below, as mail programs set it apart.
pub(crate) fn text(body: &str, footer: &str) -> String {
    format!("{body}\n\n-- \n{footer}\n")
}

#[derive(Debug, thiserror::Error)]
#[error("not in the form of a mail")]
pub(crate) struct Unfit;

/// The same message for each try, to the letter.
pub(crate) fn mail(from: &Mailbox, message: &Claimed, footer: &Filled) -> Result<Message, Unfit> {
    let name = message.name.reveal();
    let to = Mailbox::new(
        (!name.is_empty()).then(|| name.clone()),
        message.address.reveal().parse().map_err(|_| Unfit)?,
    );
    let title = message.title.reveal();
    let since_1970 = u64::try_from(message.made_at.as_second()).map_err(|_| Unfit)?;
    let html = html(message.language, title, message.body_html.reveal(), &footer.html);
    let mut mail = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(title.as_str())
        .date(UNIX_EPOCH + Duration::from_secs(since_1970))
        .message_id(Some(format!("<wijland.{}@{}>", message.id, from.email.domain())))
        .multipart(MultiPart::alternative_plain_html(
            text(message.body_text.reveal(), &footer.text),
            html,
        ))
        .map_err(|_| Unfit)?;
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        // The same to Exchange, which does not read the other (RFC 3834).
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", message.language.code()),
    ] {
        let name = HeaderName::new_from_ascii_str(name);
        mail.headers_mut().insert_raw(HeaderValue::new(name, value.to_owned()));
    }
    Ok(mail)
}

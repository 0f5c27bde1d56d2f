use db::{Error, Tx};
use kernel::{Email, MailId, PersonId, PhoneNumber, Pii};
use wording::{Kind, Unfilled, Wording};

use crate::link::Token;
use crate::outbox::{self, NewMessage};

kernel::codes! {
    pub enum Channel {
        Email = "email",
        Sms = "sms",
        Letter = "letter",
    }
}

kernel::codes! {
    /// What a message is for; consent to one is none to another (domain facts §7.1).
    pub enum Purpose {
        /// About one's own membership.
        Service = "service",
        Newsletter = "newsletter",
        Campaign = "campaign",
        /// The general members' meeting.
        Meeting = "meeting",
        Survey = "survey",
    }
}

/// Where a message goes.
#[derive(Clone, Debug)]
pub enum To {
    Email {
        /// As it stands beside the address, which may be nothing.
        name: Pii<String>,
        address: Pii<Email>,
    },
    Sms(Pii<PhoneNumber>),
    /// The lines of the envelope.
    Letter(Pii<String>),
}

impl To {
    fn channel(&self) -> Channel {
        match self {
            Self::Email { .. } => Channel::Email,
            Self::Sms(_) => Channel::Sms,
            Self::Letter(_) => Channel::Letter,
        }
    }
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    pub person: PersonId,
    pub to: To,
    pub purpose: Purpose,
    /// The version of the text, in the person's language (`wording::on`).
    pub wording: &'a Wording,
    /// One value for each placeholder of the text.
    pub values: &'a [(&'a str, String)],
    /// The signed links among the values: they are cut out of what is kept once the message has gone.
    pub tokens: &'a [&'a Token],
}

/// The message cannot be made: a mistake of the program, not of whoever sends.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Unfilled(#[from] Unfilled),
    #[error("the text {0} is not for this channel")]
    OtherChannel(String),
    #[error(transparent)]
    Lost(#[from] wording::Lost),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<Failed> for web::WebError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Db(error) | Failed::Lost(wording::Lost::Db(error)) => error.into(),
            failed => Self::Broken(web::Broken::new(failed)),
        }
    }
}

/// Writes a message into the step that it tells of; it goes out when the step is committed.
pub async fn send(tx: &mut Tx, outgoing: Outgoing<'_>) -> Result<MailId, Failed> {
    let Outgoing { person, to, purpose, wording, values, tokens } = outgoing;
    let channel = to.channel();
    let fits = wording::about(&wording.key).map(wording::About::kind);
    if fits != Some(kind(channel)) {
        return Err(Failed::OtherChannel(wording.key.clone()));
    }
    let wording::Filled { title, text, html } = wording::fill(wording, values)?;
    let (name, address) = match to {
        To::Email { name, address } => (name, Pii::new(address.into_inner().to_string())),
        To::Sms(number) => (Pii::default(), Pii::new(number.into_inner().e164().to_owned())),
        To::Letter(lines) => (Pii::default(), lines),
    };
    let message = NewMessage {
        person,
        channel,
        purpose,
        wording: wording.id,
        name,
        address,
        title: Pii::new(title),
        text: Pii::new(text),
        // A text message has no other form.
        html: Pii::new(if channel == Channel::Sms { String::new() } else { html }),
        tokens: tokens.iter().map(|token| token.as_str()).collect::<Vec<_>>().join("\n"),
    };
    let id = outbox::insert(tx, message).await?;
    // Whoever delivers looks after the commit.
    tx.announce();
    Ok(id)
}

fn kind(channel: Channel) -> Kind {
    match channel {
        Channel::Email => Kind::Mail,
        Channel::Sms => Kind::Sms,
        Channel::Letter => Kind::Letter,
    }
}

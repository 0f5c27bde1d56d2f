//! What takes messages out of the house.

mod gateway;
#[cfg(feature = "test")]
mod memory;
mod smtp;

use wording::Filled;

use crate::outbox::Claimed;
use crate::reason::Reason;
use crate::send::Channel;
use gateway::Gateway;
#[cfg(feature = "test")]
pub use memory::{Memory, Taken};
use smtp::Smtp;

/// The way out for each channel.
pub struct Outside {
    mail: Way,
    sms: Way,
}

enum Way {
    /// Nothing is set up, or this is the demo: messages stay here and can be read.
    Kept,
    Smtp(Box<Smtp>),
    Gateway(Box<Gateway>),
    #[cfg(feature = "test")]
    Memory(Memory),
}

/// What came of one try.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    Sent,
    Kept,
    /// Not now; `status` is the number that the other side gave.
    Later {
        reason: Reason,
        status: String,
    },
    /// Never as it is.
    Never {
        reason: Reason,
        status: String,
    },
}

impl Outcome {
    /// Our own server is what is wrong: the next message would fare no better.
    pub(crate) fn is_of_our_server(&self) -> bool {
        matches!(self, Self::Later { reason, .. } | Self::Never { reason, .. } if reason.is_of_our_server())
    }
}

/// A setting with which nothing can be sent. Never holds its value: a password may be in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongSetting {
    #[error("mail.smtp is no address of a mail server, such as smtps://user:password@host")]
    Smtp,
    #[error(
        "mail.smtp sends in the open to another machine: write smtps://… or end it in ?tls=required"
    )]
    InTheOpen,
    #[error("mail.from is missing or no address, such as Werkbond <ledenservice@werkbond.example>")]
    From,
    #[error("sms.url is no address of a gateway, such as https://host/messages")]
    SmsUrl,
    #[error("sms.body is no JSON with {{to}} and {{text}} in it")]
    SmsBody,
    #[error("the certificates of this machine cannot be read")]
    Certificates,
}

impl Outside {
    /// By the settings; in the demo nothing leaves the house, whatever they say.
    pub fn new(settings: &web::Settings) -> Result<Self, WrongSetting> {
        let is_demo = settings.demo.is_some();
        let mail = match &settings.mail.smtp {
            Some(url) if !is_demo => {
                let from = settings.mail.from.as_deref().unwrap_or_default();
                Way::Smtp(Box::new(Smtp::new(url.reveal(), from)?))
            }
            _ => Way::Kept,
        };
        let sms = match &settings.sms.url {
            Some(url) if !is_demo => Way::Gateway(Box::new(Gateway::new(url, &settings.sms)?)),
            _ => Way::Kept,
        };
        Ok(Self { mail, sms })
    }

    /// Everything goes into memory, which answers as a test says.
    #[cfg(feature = "test")]
    pub fn memory(memory: &Memory) -> Self {
        Self { mail: Way::Memory(memory.clone()), sms: Way::Memory(memory.clone()) }
    }

    pub(crate) async fn send(&self, message: &Claimed, footer: &Filled) -> Outcome {
        let way = if message.channel == Channel::Sms { &self.sms } else { &self.mail };
        match way {
            Way::Kept => Outcome::Kept,
            Way::Smtp(smtp) => smtp.send(message, footer).await,
            Way::Gateway(gateway) => gateway.send(message).await,
            #[cfg(feature = "test")]
            Way::Memory(memory) => memory.take(message).await,
        }
    }

    /// Whether mail goes out, and if not why: asks the server, and sends nothing. `None` if none is set up.
    pub async fn reaches_mail(&self) -> Option<Result<(), Reason>> {
        match &self.mail {
            Way::Smtp(smtp) => Some(smtp.reaches().await),
            _ => None,
        }
    }
}

use askama::Template;
use jiff::Timestamp;
use kernel::{Action, PersonId};
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use super::words;
use crate::outbox::{self, Message};
use crate::send::Channel;

#[derive(Template)]
#[template(path = "mail_panel.html")]
struct MailPanel<'a> {
    t: &'a Texts,
    now: Timestamp,
    messages: Vec<Message>,
    may_print: bool,
}

impl MailPanel<'_> {
    fn about(&self, message: &Message) -> String {
        words::about(self.t, &message.key)
    }

    fn channel(&self, message: &Message) -> String {
        words::channel(self.t, message.channel)
    }

    fn state(&self, message: &Message) -> String {
        words::state(self.t, message, self.now)
    }

    fn tone(&self, message: &Message) -> &'static str {
        words::tone(message.state)
    }

    /// A letter that is to be printed, for whoever does that.
    fn letter(&self, message: &Message) -> bool {
        self.may_print && message.channel == Channel::Letter && message.cleared_at.is_none()
    }

    fn reason(&self, message: &Message) -> Option<String> {
        message.reason.map(|reason| words::reason(self.t, reason))
    }
}

const SHOWN: i64 = 5;

/// What we sent this person last, and whether it got there: an agent on the line sees that a mail did not.
pub(super) fn of_person(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        if !user.may(Action::OpenFiles) {
            return Ok(None);
        }
        let messages = app
            .db()
            .read(user.actor(), async |tx| outbox::of_person(tx, person, SHOWN).await)
            .await?;
        if messages.is_empty() {
            return Ok(None);
        }
        let may_print = user.may(Action::WorkCalls);
        let t = app.texts(user.language);
        let panel = MailPanel { t: &t, now: app.db().clock().now(), messages, may_print };
        let html = panel.render().expect("into memory");
        Ok(Some(Panel { side: Side::Beside, rank: 70, html }))
    })
}

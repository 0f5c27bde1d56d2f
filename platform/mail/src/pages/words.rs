//! The words for what is known of a message.

use jiff::Timestamp;
use texts::Texts;

use crate::outbox::{Message, State};
use crate::reason::Reason;
use crate::send::Channel;

/// What the message is for, as the text that was sent says it.
pub(super) fn about(t: &Texts, key: &str) -> String {
    wording::about(key)
        .map_or_else(|| key.to_owned(), |about| about.purpose(t.language()).to_owned())
}

pub(super) fn channel(t: &Texts, channel: Channel) -> String {
    t.get(match channel {
        Channel::Email => "mail-channel-email",
        Channel::Sms => "mail-channel-sms",
        Channel::Letter => "mail-channel-letter",
    })
}

pub(super) fn reason(t: &Texts, reason: Reason) -> String {
    t.get(match reason {
        Reason::Address => "mail-reason-address",
        Reason::Full => "mail-reason-full",
        Reason::Policy => "mail-reason-policy",
        Reason::Refused => "mail-reason-refused",
        Reason::Unreachable => "mail-reason-unreachable",
        Reason::SignIn => "mail-reason-sign-in",
        Reason::Unfit => "mail-reason-unfit",
    })
}

/// Where it stands now, with when.
pub(super) fn state(t: &Texts, message: &Message, now: Timestamp) -> String {
    let ended = message.ended_at.map_or_else(String::new, |at| t.moment(at, now));
    match (message.state, message.channel) {
        (State::Waiting, Channel::Letter) => t.get("mail-state-to-print"),
        (State::Waiting, _) if message.tries > 0 => {
            t.with("mail-state-again", "when", t.moment(message.due_at, now))
        }
        (State::Waiting, _) => t.get("mail-state-waiting"),
        (State::Sent, Channel::Letter) => t.with("mail-state-posted", "when", ended),
        (State::Sent, _) => t.with("mail-state-sent", "when", ended),
        (State::Kept, _) => t.get("mail-state-kept"),
        (State::Stopped, _) => t.with("mail-state-stopped", "when", ended),
        (State::Failed, _) => t.with("mail-state-failed", "when", ended),
    }
}

pub(super) fn tone(state: State) -> &'static str {
    match state {
        State::Waiting | State::Stopped => "",
        State::Sent => " badge--good",
        State::Kept => " badge--warn",
        State::Failed => " badge--bad",
    }
}

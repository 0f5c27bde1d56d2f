use referral_rules::give::{Channel, Refused as Rule};
use texts::Texts;

use crate::give::Refused;

pub(crate) fn channel_text(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "referral-by-email",
        Channel::Sms => "referral-by-sms",
        Channel::Card => "referral-by-card",
    }
}

/// Why a member got no invitations, and what to do; `None` if that is no answer for a page.
pub(crate) fn refused_text(t: &Texts, refused: &Refused) -> Option<String> {
    let id = match refused {
        Refused::Rule(Rule::Number) => "referral-wrong-number",
        Refused::Rule(Rule::NotAMember) => "referral-no-member",
        Refused::Rule(Rule::Died) => "referral-died",
        Refused::Rule(Rule::Excluded) => "referral-excluded",
        Refused::Rule(Rule::NoAddress(Channel::Email | Channel::Card)) => "referral-no-email",
        Refused::Rule(Rule::NoAddress(Channel::Sms)) => "referral-no-mobile",
        Refused::NotChecked(no) => no.text_id(),
        Refused::NoPerson | Refused::Broken(_) => return None,
    };
    Some(t.get(id))
}

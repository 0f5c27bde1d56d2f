//! The few headers that we read and write ourselves.

use std::time::Duration;

use rsipstack::sip::{Header, Headers};
use telephony_proto::session_timer::{self, SessionExpires};

/// What we take within and outside a call (RFC 3261, section 20.5).
pub(super) const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, NOTIFY, REGISTER";

pub(super) fn allow() -> Header {
    Header::Allow(ALLOW.into())
}

pub(super) fn sdp() -> Header {
    Header::ContentType("application/sdp".into())
}

pub(super) fn is_sdp(headers: &Headers) -> bool {
    headers.iter().any(|header| match header {
        Header::ContentType(value) => {
            let kind = value.value().split(';').next().unwrap_or_default();
            kind.trim().eq_ignore_ascii_case("application/sdp")
        }
        _ => false,
    })
}

/// RFC 4028, section 4. What cannot be read is as if it were not there.
pub(super) fn session_expires(headers: &Headers) -> Option<SessionExpires> {
    headers.iter().find_map(|header| match header {
        Header::SessionExpires(value) => SessionExpires::parse(value.value()).ok(),
        // Its short form, section 3.
        Header::Other(name, value) if name.eq_ignore_ascii_case("x") => {
            SessionExpires::parse(value).ok()
        }
        _ => None,
    })
}

/// The least interval that the other side takes (RFC 4028, section 5).
pub(super) fn min_se(headers: &Headers) -> Option<Duration> {
    headers.iter().find_map(|header| match header {
        Header::MinSE(value) => session_timer::min_se(value.value()).ok(),
        _ => None,
    })
}

pub(super) fn min_se_of(least: Duration) -> Header {
    Header::MinSE(least.as_secs().to_string().into())
}

pub(super) fn supports(headers: &Headers, option: &str) -> bool {
    headers.iter().any(|header| match header {
        Header::Supported(value) => has_token(value.value(), option),
        Header::Require(value) => has_token(value.value(), option),
        Header::Other(name, value) if name.eq_ignore_ascii_case("k") => has_token(value, option),
        _ => false,
    })
}

/// What the other side requires of us and we cannot (RFC 3261, section 8.2.2.3).
pub(super) fn unsupported(headers: &Headers) -> Option<String> {
    let unknown: Vec<&str> = headers
        .iter()
        .filter_map(|header| match header {
            Header::Require(value) => Some(value.value()),
            _ => None,
        })
        .flat_map(|value| value.split(',').map(str::trim))
        .filter(|option| !option.eq_ignore_ascii_case("timer") && !option.is_empty())
        .collect();
    (!unknown.is_empty()).then(|| unknown.join(", "))
}

fn has_token(value: &str, token: &str) -> bool {
    value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token))
}

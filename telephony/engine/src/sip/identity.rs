//! Who calls, and whom.

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{From, Header, Request};

/// The caller's number: what the network asserts (RFC 3325), else what the caller says. Empty if neither names one.
///
/// Only a trunk that we trust may call us at all, so its assertion counts.
pub(super) fn caller(request: &Request) -> String {
    let asserted = request.headers.iter().find_map(|header| match header {
        Header::PAssertedIdentity(value) => asserted(value.value()),
        _ => None,
    });
    let said = || number(&request.from_header().and_then(From::uri).ok()?.to_string());
    asserted.or_else(said).unwrap_or_default()
}

/// The number that was dialled.
pub(super) fn called(request: &Request) -> String {
    number(&request.uri.to_string()).unwrap_or_default()
}

/// The first identity that names somebody: `"A" <sip:+31201234567@x>, <tel:+31201234567>`.
fn asserted(value: &str) -> Option<String> {
    value.split(',').find_map(|identity| {
        let inner = identity.split_once('<').map_or(identity, |(_, rest)| rest);
        number(inner.split_once('>').map_or(inner, |(inner, _)| inner).trim())
    })
}

/// The number or name in `sip:+31201234567;phone-context=x@host` or `tel:+31201234567;ext=3` (RFC 3966, section 3).
///
/// Read from the text: the library takes the number of a `tel:` for a host, and a user with parameters as well.
fn number(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let user = match scheme.to_ascii_lowercase().as_str() {
        "tel" => rest,
        "sip" | "sips" => rest.split_once('@')?.0,
        _ => return None,
    };
    let number = user.split([';', ':']).next()?;
    (!number.is_empty()).then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use rsipstack::sip::Uri;

    use super::*;

    #[test]
    fn network_may_assert_a_number_in_each_of_its_forms() {
        for (value, number) in [
            ("<sip:+31201234567@trunk.example>", Some("+31201234567")),
            ("\"Jansen\" <sip:+31201234567;phone-context=nl@trunk.example>", Some("+31201234567")),
            ("sip:0201234567@192.0.2.1", Some("0201234567")),
            ("<tel:+31201234567;ext=3>", Some("+31201234567")),
            ("<sip:trunk.example>, <TEL:+31201234567>", Some("+31201234567")),
            ("<sip:trunk.example>", None),
            ("<tel:>", None),
            ("", None),
        ] {
            assert_eq!(asserted(value).as_deref(), number, "{value}");
        }
    }

    #[test]
    fn dialled_number_survives_what_the_library_makes_of_it() {
        for (text, expected) in [
            ("sip:ledenlijn@192.0.2.1:5060", Some("ledenlijn")),
            ("sip:+31201234567;phone-context=nl@192.0.2.1;user=phone", Some("+31201234567")),
            ("sips:0201234567:geheim@192.0.2.1", Some("0201234567")),
            ("tel:+31201234567", Some("+31201234567")),
            ("sip:192.0.2.1", None),
        ] {
            let uri = Uri::try_from(text).unwrap().to_string();
            assert_eq!(number(&uri).as_deref(), expected, "{text}");
        }
    }
}

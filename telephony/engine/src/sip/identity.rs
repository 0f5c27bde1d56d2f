//! Who calls, and whom.

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{From, Header, Request, To};

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
///
/// A trunk calls the account that registered; which of our numbers was dialled stands in P-Called-Party-ID (RFC 7315) or To.
pub(super) fn called(request: &Request, account: Option<&str>) -> String {
    let called = number(&request.uri.to_string()).unwrap_or_default();
    if account != Some(called.as_str()) {
        return called;
    }
    let told = request.headers.iter().find_map(|header| match header {
        Header::Other(name, value) if name.eq_ignore_ascii_case("P-Called-Party-ID") => {
            asserted(value)
        }
        _ => None,
    });
    let to = || number(&request.to_header().and_then(To::uri).ok()?.to_string());
    told.or_else(to).unwrap_or(called)
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
    fn trunk_calls_its_account_and_says_elsewhere_which_number() {
        let to = "To: <sip:+31201234567@trunk.example>\r\n";
        let party = "P-Called-Party-ID: <sip:+31207654321@trunk.example>\r\n";
        for (account, headers, called) in [
            (None, to.to_owned(), "085"),
            (Some("086"), to.to_owned(), "085"),
            (Some("085"), to.to_owned(), "+31201234567"),
            (Some("085"), format!("{to}{party}"), "+31207654321"),
            (Some("085"), "To: <sip:trunk.example>\r\n".to_owned(), "085"),
        ] {
            let text = format!("INVITE sip:085@192.0.2.1 SIP/2.0\r\n{headers}\r\n");
            let request = Request::try_from(text.as_str()).unwrap();
            assert_eq!(super::called(&request, account), called, "{account:?} {headers}");
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

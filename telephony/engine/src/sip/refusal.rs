//! A refusal of a request that the SIP library could not read, made from its raw lines.
//!
//! The library drops such a packet in silence; its sender would then repeat it for half a minute. RFC 3261, section
//! 8.2: a method that we do not know is answered, and so is a request that makes no sense (section 21.4.1).

/// The response, or nothing where there is nobody to answer: a response, an ACK, or a packet without the headers that
/// every response must repeat (RFC 3261, section 8.2.6.2).
pub(super) fn refuse(packet: &[u8], to_tag: &str) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(packet);
    let mut lines = text.split("\r\n");
    let mut start = lines.next()?.split(' ');
    let (method, _, version) = (start.next()?, start.next()?, start.next()?);
    let is_token = |word: &str| {
        !word.is_empty()
            && word.len() <= 32
            && word
                .bytes()
                .all(|letter| letter.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&letter))
    };
    if version != "SIP/2.0" || !is_token(method) || method == "ACK" {
        return None;
    }

    let mut repeated = String::new();
    let mut seen = [false; 5];
    for line in lines.take_while(|line| !line.is_empty()).take(LINES_MAX) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.trim();
        let known = NAMES.iter().position(|(long, short)| {
            name.eq_ignore_ascii_case(long) || name.eq_ignore_ascii_case(short)
        });
        let Some(known) = known else { continue };
        // Only Via may stand there more than once.
        if seen[known] && known != VIA {
            return None;
        }
        seen[known] = true;
        let value = value.trim();
        repeated.push_str(NAMES[known].0);
        repeated.push_str(": ");
        repeated.push_str(value);
        if known == TO && !value.to_ascii_lowercase().contains("tag=") {
            repeated.push_str(";tag=");
            repeated.push_str(to_tag);
        }
        repeated.push_str("\r\n");
    }
    if seen.contains(&false) {
        return None;
    }

    let status = if packet.len() > SIZE_MAX_BYTES {
        "513 Message Too Large"
    } else if METHODS.contains(&method) {
        "400 Bad Request"
    } else {
        "501 Not Implemented"
    };
    Some(format!("SIP/2.0 {status}\r\n{repeated}Content-Length: 0\r\n\r\n").into_bytes())
}

/// The largest request that we take: the library reads no more of a datagram than this.
pub(super) const SIZE_MAX_BYTES: usize = 8_191;

const LINES_MAX: usize = 200;
const VIA: usize = 0;
const TO: usize = 2;
const NAMES: [(&str, &str); 5] =
    [("Via", "v"), ("From", "f"), ("To", "t"), ("Call-ID", "i"), ("CSeq", "CSeq")];

const METHODS: &[&str] = &[
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SUBSCRIBE",
    "UPDATE",
];

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: &str = "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\n\
                           To: <sip:b@y>\r\nCall-ID: 7\r\nCSeq: 1 FLY\r\n\r\n";

    fn refused(start: &str, headers: &str) -> Option<String> {
        let packet = format!("{start}\r\n{headers}");
        refuse(packet.as_bytes(), "ours").map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn unknown_method_is_not_implemented() {
        let answer = refused("FLY sip:b@y SIP/2.0", HEADERS).unwrap();
        assert!(answer.starts_with("SIP/2.0 501 "), "{answer}");
        assert!(answer.contains("\r\nTo: <sip:b@y>;tag=ours\r\n"), "{answer}");
        assert!(
            answer.contains("\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"),
            "{answer}"
        );
    }

    #[test]
    fn broken_request_is_a_bad_request() {
        let answer = refused("INVITE sip:b@y SIP/2.0", &HEADERS.replace("FLY", "INVITE")).unwrap();
        assert!(answer.starts_with("SIP/2.0 400 "), "{answer}");
    }

    #[test]
    fn nobody_is_answered_who_gave_no_way_to_answer() {
        for (start, headers) in [
            ("ACK sip:b@y SIP/2.0", HEADERS),
            ("SIP/2.0 200 OK", HEADERS),
            ("GET / HTTP/1.1", HEADERS),
            ("INVITE sip:b@y SIP/2.0", "From: <sip:a@x>;tag=1\r\n\r\n"),
            ("", ""),
        ] {
            assert_eq!(refused(start, headers), None, "{start}");
        }
    }
}

//! What a datagram is, on a port that all browsers share, and whose.

/// Source: RFC 7983 §7; RFC 5761 §4 for what tells RTCP from RTP.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Datagram {
    Stun,
    Dtls,
    /// Encrypted or not: the header looks the same.
    Rtp,
    Rtcp,
    /// Also ZRTP and TURN channels, which nobody here speaks.
    Unknown,
}

const STUN_HEADER_BYTES: usize = 20;
const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0, 1];
const USERNAME: u16 = 6;
/// Source: RFC 8489 §14.3.
const USERNAME_BYTES_MAX: usize = 508;
/// Of a request; a browser sends about eight.
const ATTRIBUTES_MAX: usize = 32;

impl Datagram {
    /// Looks at the beginning; whether the rest is well-formed is for whoever reads it.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0..=3, ..] if bytes.get(4..8) == Some(&STUN_COOKIE) => Self::Stun,
            [20..=63, ..] => Self::Dtls,
            [128..=191, 192..=223, ..] => Self::Rtcp,
            [128..=191, _, ..] => Self::Rtp,
            _ => Self::Unknown,
        }
    }
}

/// The two halves of the user name of a connectivity check. Source: RFC 8445 §7.2.2.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Username<'a> {
    /// The fragment that we gave: says whose connection it is.
    pub ours: &'a str,
    pub theirs: &'a str,
}

/// The user name of a STUN binding request; none if it is anything else, or not well-formed.
///
/// It proves nothing: anybody may send one. Who may move a connection is decided by the message integrity.
pub fn username(bytes: &[u8]) -> Option<Username<'_>> {
    let (header, rest) = bytes.split_at_checked(STUN_HEADER_BYTES)?;
    if header[..2] != BINDING_REQUEST || header[4..8] != STUN_COOKIE {
        return None;
    }
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let mut attributes = rest.get(..length)?;
    for _ in 0..ATTRIBUTES_MAX {
        let (head, body) = attributes.split_first_chunk::<4>()?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if kind == USERNAME {
            let name = body.get(..length).filter(|_| length <= USERNAME_BYTES_MAX)?;
            let (ours, theirs) = std::str::from_utf8(name).ok()?.split_once(':')?;
            return Some(Username { ours, theirs });
        }
        // Each begins at a multiple of four bytes (RFC 8489 §14).
        attributes = body.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in attributes {
            body.extend(kind.to_be_bytes());
            body.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut bytes = BINDING_REQUEST.to_vec();
        bytes.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        bytes.extend(STUN_COOKIE);
        bytes.extend([9; 12]);
        bytes.extend(body);
        bytes
    }

    #[test]
    fn the_first_byte_tells_what_it_is() {
        for first in 0..=255 {
            let expected = match first {
                20..=63 => Datagram::Dtls,
                128..=191 => Datagram::Rtp,
                _ => Datagram::Unknown,
            };
            assert_eq!(Datagram::of(&[first, 8, 0, 0]), expected, "{first}");
        }
        assert_eq!(Datagram::of(&[]), Datagram::Unknown);
        assert_eq!(Datagram::of(&[0x80]), Datagram::Unknown);
        assert_eq!(Datagram::of(&request(&[])), Datagram::Stun);
    }

    #[test]
    fn a_report_is_told_from_speech_by_its_second_byte() {
        for second in 0..=255 {
            let is_report = (192..=223).contains(&second);
            let expected = if is_report { Datagram::Rtcp } else { Datagram::Rtp };
            assert_eq!(Datagram::of(&[0x80, second]), expected, "{second}");
        }
    }

    #[test]
    fn the_user_name_is_found_behind_other_attributes() {
        let bytes =
            request(&[(0x24, &[0; 4]), (0x8022, b"libre"), (6, b"ours:theirs"), (8, &[0; 20])]);
        assert_eq!(username(&bytes), Some(Username { ours: "ours", theirs: "theirs" }));
    }

    #[test]
    fn what_is_no_request_with_a_name_has_none() {
        let named = request(&[(6, b"ours:theirs")]);
        for length in 0..named.len() {
            assert_eq!(username(&named[..length]), None, "{length}");
        }
        for (at, byte) in [(0, 1), (1, 2), (4, 0), (3, 0), (23, 200), (25, 0xff)] {
            let mut bytes = named.clone();
            bytes[at] = byte;
            assert_eq!(username(&bytes), None, "{at}");
        }
        let long = format!("a:{}", "b".repeat(USERNAME_BYTES_MAX - 1));
        let many = [(1, &[][..]); ATTRIBUTES_MAX];
        let behind_many = [many.as_slice(), &[(6, b"a:b")]].concat();
        let no_half: &[u8] = b"nobody";
        for attributes in [&[][..], &[(6, no_half)], &[(6, long.as_bytes())], &behind_many] {
            assert_eq!(username(&request(attributes)), None);
        }
        assert!(username(&request(&[(6, &long.as_bytes()[..USERNAME_BYTES_MAX])])).is_some());
    }
}

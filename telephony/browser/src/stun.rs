//! The first packet of a browser says for whom it is: the user name of its STUN request begins with what our answer gave it.

const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 6;

/// The first half of the user name of a STUN message (RFC 8489 §14.3, RFC 8445 §7.2.2); `None` for anything else.
pub(crate) fn ufrag(datagram: &[u8]) -> Option<&str> {
    if *datagram.first()? > 3 || datagram.get(4..8)? != COOKIE {
        return None;
    }
    let mut rest = datagram.get(20..)?;
    loop {
        let (kind, length) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
        let value = rest.get(4..4 + length)?;
        if kind == USERNAME {
            return std::str::from_utf8(value).ok()?.split(':').next();
        }
        rest = rest.get(4 + length.next_multiple_of(4)..)?;
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut packet = vec![0, 1, 0, 0];
        packet.extend(COOKIE);
        packet.extend([7; 12]);
        for (kind, value) in attributes {
            packet.extend(kind.to_be_bytes());
            packet.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            packet.extend(*value);
            packet.resize(packet.len().next_multiple_of(4), 0);
        }
        packet
    }

    #[test]
    fn the_first_half_of_the_user_name() {
        assert_eq!(ufrag(&request(&[(USERNAME, b"ours:theirs")])), Some("ours"));
        assert_eq!(ufrag(&request(&[(0x24, b"abc"), (USERNAME, b"o")])), Some("o"));
        assert_eq!(ufrag(&request(&[(0x24, b"abcd")])), None);
        assert_eq!(ufrag(b"\x16\xfe\xfd"), None, "a DTLS record");
        assert_eq!(ufrag(&[]), None);
    }

    #[test]
    fn no_packet_is_too_strange() {
        let mut rng = fastrand::Rng::with_seed(21);
        let whole = request(&[(0x24, b"abc"), (USERNAME, b"ours:theirs")]);
        for _ in 0..100_000 {
            let mut packet = whole.clone();
            for _ in 0..rng.usize(1..6) {
                let at = rng.usize(0..packet.len());
                packet[at] = rng.u8(..);
            }
            packet.truncate(rng.usize(0..=packet.len()));
            let _ = ufrag(&packet);
        }
    }
}

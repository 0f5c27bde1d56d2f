//! Keys for SRTP that travel in the description. Source: RFC 4568 §6.
//!
//! They are as secret as the signalling is: to be used over TLS only.

use std::fmt;

/// Master key of 16 and salt of 14 bytes (RFC 4568 §6.2).
pub const KEY_BYTES: usize = 30;

const SUITE: &str = "AES_CM_128_HMAC_SHA1_80";
const KEY_CHARS: usize = KEY_BYTES / 3 * 4;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What one side encrypts with. Printed, it says nothing.
#[derive(Clone, Eq, PartialEq)]
pub struct Key([u8; KEY_BYTES]);

impl Key {
    /// To be random, and another for each call and side.
    pub const fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// 16 bytes.
    pub fn master(&self) -> &[u8] {
        &self.0[..16]
    }

    /// 14 bytes.
    pub fn salt(&self) -> &[u8] {
        &self.0[16..]
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() != KEY_CHARS {
            return None;
        }
        let mut bytes = [0; KEY_BYTES];
        for (four, three) in text.as_bytes().chunks(4).zip(bytes.chunks_mut(3)) {
            let mut bits = 0_u32;
            for char in four {
                let value = ALPHABET.iter().position(|known| known == char)?;
                bits = bits << 6 | u32::try_from(value).ok()?;
            }
            three.copy_from_slice(&bits.to_be_bytes()[1..]);
        }
        Some(Self(bytes))
    }

    fn text(&self) -> String {
        let mut text = String::with_capacity(KEY_CHARS);
        for three in self.0.chunks(3) {
            let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
            text.extend([18, 12, 6, 0].map(|shift| char::from(ALPHABET[bits >> shift & 63])));
        }
        text
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// One `a=crypto`. The suite is always `AES_CM_128_HMAC_SHA1_80`, the one that everybody has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Crypto {
    /// The answer repeats that of the line it took (RFC 4568 §5.1.2).
    pub tag: u32,
    pub key: Key,
}

impl Crypto {
    /// Reads what follows `a=crypto:`; none for what we cannot use.
    ///
    /// That is another suite, several keys (which ask for an index in every packet), and whatever would change the packets
    /// (RFC 4568 §6.3). A lifetime is not counted: the shortest in use, 2^20 packets, is almost six hours.
    pub(super) fn read(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next().filter(|tag| tag.len() <= 9)?;
        let tag = tag.bytes().all(|byte| byte.is_ascii_digit()).then(|| tag.parse().ok())??;
        words.next().filter(|suite| suite.eq_ignore_ascii_case(SUITE))?;
        let mut parts = words.next()?.strip_prefix("inline:")?.split('|');
        let key = Key::read(parts.next()?)?;
        let has_index = parts.any(|part| part.contains([':', ';']));
        let changes_nothing = |word: &str| word.starts_with('-') || word.starts_with("WSH=");
        (!has_index && words.all(changes_nothing)).then_some(Self { tag, key })
    }

    pub(super) fn write(&self) -> String {
        format!("{} {SUITE} inline:{}", self.tag, self.key.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the example of RFC 4568 §9.1.
    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    #[test]
    fn the_key_of_the_standard_is_read_and_written() {
        let crypto = Crypto::read(&format!("1 {SUITE} inline:{KEY}|2^20")).unwrap();
        assert_eq!(crypto.key.master(), b"YS___semctl () {");
        assert_eq!(crypto.key.salt(), b"\t220;}\n}\nunles");
        assert_eq!(crypto.write(), format!("1 {SUITE} inline:{KEY}"));
        assert_eq!(Crypto::read(&crypto.write()), Some(crypto));
    }

    #[test]
    fn a_printed_key_says_nothing() {
        let crypto = Crypto { tag: 3, key: Key::new([65; KEY_BYTES]) };
        assert_eq!(format!("{crypto:?}"), "Crypto { tag: 3, key: Key(…) }");
    }

    #[test]
    fn what_we_cannot_use_is_read_over() {
        for (value, is_used) in [
            (format!("1 {SUITE} inline:{KEY}"), true),
            (format!("999999999 {SUITE} inline:{KEY}|2^31 WSH=64 -FUTURE"), true),
            (format!("+1 {SUITE} inline:{KEY}"), false),
            (format!("1 AES_CM_128_HMAC_SHA1_32 inline:{KEY}"), false),
            (format!("1 {SUITE} inline:{KEY}|2^20|1:4"), false),
            (format!("1 {SUITE} inline:{KEY}|1:4"), false),
            (format!("1 {SUITE} inline:{KEY}|2^20;inline:{KEY}|2^20"), false),
            (format!("1 {SUITE} inline:{KEY} UNENCRYPTED_SRTP"), false),
            (format!("1 {SUITE} inline:{KEY} KDR=3"), false),
            (format!("1 {SUITE} inline:{}=", &KEY[1..]), false),
            (format!("1 {SUITE} inline:{}", &KEY[1..]), false),
            (format!("1 {SUITE}"), false),
            (String::new(), false),
        ] {
            assert_eq!(Crypto::read(&value).is_some(), is_used, "{value}");
        }
    }
}

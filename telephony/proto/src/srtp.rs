//! Speech that nobody on the way hears or changes. Source: RFC 3711, with AES_CM_128_HMAC_SHA1_80 (§4.1.1, §4.2.1).
//!
//! The key came in the description ([`crate::sdp::Key`]). One key is one direction of one call: whoever used it for another
//! would tell both. RTCP is neither sent nor heard.

use aes::Aes128;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::rtp::HEADER_BYTES;
use crate::sdp::Key;

/// What a sealed packet is longer by.
pub const TAG_BYTES: usize = 10;

/// How far behind the latest packet one may come (§3.3.2 wants 64 at least).
const WINDOW_PACKETS: u64 = 64;
/// Sources of one other side at the same time: its music and its transfers come from others than its speech.
const SOURCES_MAX: usize = 16;

/// What goes out.
pub struct Sealer {
    keys: Keys,
    latest: Option<u64>,
}

impl Sealer {
    pub fn new(key: &Key) -> Self {
        Self { keys: Keys::derived(key), latest: None }
    }

    /// Makes an SRTP packet of an RTP packet. False if it cannot be one: too short, or too far behind those before it.
    ///
    /// The packets are of one source, and no number comes twice for different speech.
    #[must_use]
    pub fn seal(&mut self, packet: &mut Vec<u8>) -> bool {
        let Some(head) = Head::read(packet) else { return false };
        let Some(index) = index(head.sequence, self.latest) else { return false };
        self.latest = self.latest.max(Some(index));
        self.keys.mask(&head, index, packet);
        let tag = self.keys.tag(packet, index).finalize().into_bytes();
        packet.extend(&tag[..TAG_BYTES]);
        true
    }
}

/// What comes in.
pub struct Opener {
    keys: Keys,
    /// The one that was heard last stands last.
    sources: Vec<Source>,
}

struct Source {
    ssrc: u32,
    latest: u64,
    /// Which of the packets before it came: the lowest bit is `latest`.
    came: u64,
}

impl Opener {
    pub fn new(key: &Key) -> Self {
        Self { keys: Keys::derived(key), sources: Vec::new() }
    }

    /// The RTP packet in an SRTP packet. None if it is not from whoever has the key, or came before.
    pub fn open(&mut self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (packet, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG_BYTES)?)?;
        let head = Head::read(packet)?;
        let place = self.sources.iter().position(|source| source.ssrc == head.ssrc);
        let index = index(head.sequence, place.map(|place| self.sources[place].latest))?;
        if place.is_some_and(|place| self.sources[place].had(index)) {
            return None;
        }
        self.keys.tag(packet, index).verify_truncated_left(tag).ok()?;

        // Only now anything may change: whoever has no key changes nothing.
        let mut source = match place {
            Some(place) => self.sources.remove(place),
            None => Source { ssrc: head.ssrc, latest: index, came: 0 },
        };
        source.came_in(index);
        if self.sources.len() >= SOURCES_MAX {
            self.sources.remove(0);
        }
        self.sources.push(source);
        let mut packet = packet.to_vec();
        self.keys.mask(&head, index, &mut packet);
        Some(packet)
    }
}

impl Source {
    fn had(&self, index: u64) -> bool {
        let Some(behind) = self.latest.checked_sub(index) else { return false };
        behind >= WINDOW_PACKETS || self.came >> behind & 1 == 1
    }

    fn came_in(&mut self, index: u64) {
        if let Some(ahead) = index.checked_sub(self.latest) {
            self.came = if ahead >= WINDOW_PACKETS { 0 } else { self.came << ahead };
            self.latest = index;
        }
        self.came |= 1 << (self.latest - index);
    }
}

/// What a packet says openly.
struct Head {
    sequence: u16,
    ssrc: u32,
    /// Where the speech begins.
    bytes: usize,
}

impl Head {
    fn read(packet: &[u8]) -> Option<Self> {
        let header = packet.first_chunk::<HEADER_BYTES>()?;
        let mut bytes = HEADER_BYTES + usize::from(header[0] & 0x0f) * 4;
        if header[0] & 0x10 != 0 {
            let extension = packet.get(bytes..)?.first_chunk::<4>()?;
            bytes += 4 + usize::from(u16::from_be_bytes([extension[2], extension[3]])) * 4;
        }
        (header[0] >> 6 == 2 && bytes <= packet.len()).then_some(Self {
            sequence: u16::from_be_bytes([header[2], header[3]]),
            ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
            bytes,
        })
    }
}

/// The number of a packet that does not begin anew after 65,536: the one that is nearest to the latest (§3.3.1).
///
/// None before the first and, after 2^48, for ever: then the key is used up (§9.2).
fn index(sequence: u16, latest: Option<u64>) -> Option<u64> {
    let Some(latest) = latest else { return Some(sequence.into()) };
    let round = latest >> 16;
    let near = latest & 0xffff;
    let number = u64::from(sequence);
    let round = if near < 0x8000 && number > near + 0x8000 {
        round.checked_sub(1)?
    } else if near >= 0x8000 && number < near - 0x8000 {
        round + 1
    } else {
        round
    };
    (round < 1 << 32).then_some(round << 16 | number)
}

/// The keys of one direction that are made of the one in the description (§4.3).
struct Keys {
    cipher: [u8; 16],
    salt: [u8; 14],
    proof: Hmac<Sha1>,
}

impl Keys {
    fn derived(key: &Key) -> Self {
        let (mut cipher, mut proof, mut salt) = ([0; 16], [0; 20], [0; 14]);
        derive(key, 0, &mut cipher);
        derive(key, 1, &mut proof);
        derive(key, 2, &mut salt);
        let proof = Hmac::new_from_slice(&proof).expect("HMAC takes a key of any length");
        Self { cipher, salt, proof }
    }

    /// Encrypts, or decrypts: it is the same.
    fn mask(&self, head: &Head, index: u64, packet: &mut [u8]) {
        let mut start = [0; 16];
        start[..14].copy_from_slice(&self.salt);
        for (byte, other) in start[4..8].iter_mut().zip(head.ssrc.to_be_bytes()) {
            *byte ^= other;
        }
        for (byte, other) in start[8..14].iter_mut().zip(&index.to_be_bytes()[2..]) {
            *byte ^= other;
        }
        stream(&self.cipher, &start, &mut packet[head.bytes..]);
    }

    /// Over the packet and the round that it does not say (§4.2).
    fn tag(&self, packet: &[u8], index: u64) -> Hmac<Sha1> {
        let round = (index >> 16).to_be_bytes();
        self.proof.clone().chain_update(packet).chain_update(&round[4..])
    }
}

fn derive(key: &Key, label: u8, derived: &mut [u8]) {
    let mut start = [0; 16];
    start[..14].copy_from_slice(key.salt());
    start[7] ^= label;
    let mut master = [0; 16];
    master.copy_from_slice(key.master());
    stream(&master, &start, derived);
}

fn stream(key: &[u8; 16], start: &[u8; 16], bytes: &mut [u8]) {
    Ctr128BE::<Aes128>::new(key.into(), start.into()).apply_keystream(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let pair =
            |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(pair).collect()
    }

    fn counted() -> Key {
        Key::new(std::array::from_fn(|n| u8::try_from(n).unwrap()))
    }

    fn rtp(sequence: u16) -> Vec<u8> {
        let mut packet = vec![0x80, 8];
        packet.extend(sequence.to_be_bytes());
        packet.extend((160 * u32::from(sequence)).to_be_bytes());
        packet.extend(bytes("cafebabe 0001020304"));
        packet
    }

    fn sealed(sealer: &mut Sealer, sequence: u16) -> Vec<u8> {
        let mut packet = rtp(sequence);
        assert!(sealer.seal(&mut packet));
        packet
    }

    /// RFC 3711, appendix B.3.
    #[test]
    fn keys_are_those_of_the_standard() {
        let master = bytes("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
        let key = Key::new(master.try_into().unwrap());
        let Keys { cipher, salt, .. } = Keys::derived(&key);
        assert_eq!(cipher[..], bytes("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(salt[..], bytes("30CBBC08863D8C85D49DB34A9AE1"));
        let mut proof = [0; 20];
        derive(&key, 1, &mut proof);
        assert_eq!(proof[..], bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
    }

    /// RFC 3711, appendix B.2.
    #[test]
    fn stream_is_that_of_the_standard() {
        let key = bytes("2B7E151628AED2A6ABF7158809CF4F3C").try_into().unwrap();
        let start = bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000").try_into().unwrap();
        let mut made = [0; 48];
        stream(&key, &start, &mut made);
        let expected = "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0";
        assert_eq!(made[..], bytes(expected));
    }

    /// Made by libsrtp 2 with the key 00 01 … 1d: across the end of the numbers, and with all that a header may hold.
    #[test]
    fn packets_are_those_of_libsrtp() {
        let mut sealer = Sealer::new(&counted());
        let mut opener = Opener::new(&counted());
        for (sequence, expected) in [
            (65_534, "8008fffe009ffec0cafebabe4500811441fdf0db02dab69922753c"),
            (65_535, "8008ffff009fff60cafebabe1747f95ff1f56527c861a13640cf3a"),
            (0, "8008000000000000cafebabe4c149497fe3fbe8f33c3d97bb33ecd"),
            (1, "80080001000000a0cafebabe80d3f23656b714e2b5cd3ebb35fa51"),
        ] {
            assert_eq!(sealed(&mut sealer, sequence), bytes(expected), "{sequence}");
            assert_eq!(opener.open(&bytes(expected)), Some(rtp(sequence)), "{sequence}");
        }

        let head = bytes("9188000900000007cafebabe01020304bede000110050000");
        let packet = [head.as_slice(), b"speech"].concat();
        let expected = bytes(
            "9188000900000007cafebabe01020304bede000110050000f0d5f91f236a1bac27dda14b13967830",
        );
        let mut made = packet.clone();
        assert!(Sealer::new(&counted()).seal(&mut made));
        assert_eq!(made, expected);
        assert_eq!(Opener::new(&counted()).open(&expected), Some(packet));
    }

    #[test]
    fn what_was_changed_or_made_with_another_key_is_refused() {
        let packet = sealed(&mut Sealer::new(&counted()), 7);
        for bit in 0..packet.len() * 8 {
            let mut changed = packet.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Opener::new(&counted()).open(&changed), None, "bit {bit}");
        }
        for size in 0..packet.len() {
            assert_eq!(Opener::new(&counted()).open(&packet[..size]), None, "{size} bytes");
        }
        assert_eq!(Opener::new(&Key::new([9; 30])).open(&packet), None);
        assert_eq!(Opener::new(&counted()).open(&rtp(7)), None);
    }

    #[test]
    fn nothing_is_heard_twice_and_little_that_comes_late() {
        let mut sealer = Sealer::new(&counted());
        let packets: Vec<_> = (0..200).map(|sequence| sealed(&mut sealer, sequence)).collect();
        let mut opener = Opener::new(&counted());
        let mut is_heard = |sequence: usize| opener.open(&packets[sequence]).is_some();
        for (sequence, expected) in [
            (10, true),
            (10, false),
            (9, true),
            (9, false),
            (73, true),
            (10, false),
            (9, false),
            (11, true),
            (199, true),
            (136, true),
            (135, false),
            (73, false),
            (136, false),
        ] {
            assert_eq!(is_heard(sequence), expected, "{sequence}");
        }
    }

    /// Somebody without the key must not be able to make us take the next round for this one.
    #[test]
    fn forged_numbers_move_nothing() {
        let mut sealer = Sealer::new(&counted());
        let mut opener = Opener::new(&counted());
        assert!(opener.open(&sealed(&mut sealer, 40_000)).is_some());
        let mut forged = sealed(&mut Sealer::new(&Key::new([9; 30])), 65_000);
        assert_eq!(opener.open(&forged), None);
        forged[2..4].copy_from_slice(&[0, 1]);
        assert_eq!(opener.open(&forged), None);
        assert!(opener.open(&sealed(&mut sealer, 40_001)).is_some());
    }

    #[test]
    fn each_source_has_numbers_of_its_own() {
        let of = |ssrc: u8, sequence| {
            let mut packet = rtp(sequence);
            packet[11] = ssrc;
            assert!(Sealer::new(&counted()).seal(&mut packet));
            packet
        };
        let mut opener = Opener::new(&counted());
        assert!(opener.open(&of(1, 50_000)).is_some());
        assert!(opener.open(&of(2, 3)).is_some());
        assert!(opener.open(&of(1, 50_001)).is_some());
        assert!(opener.open(&of(2, 3)).is_none());
        // More than there is room for: the one that was silent for longest goes.
        for ssrc in 3..=16 {
            assert!(opener.open(&of(ssrc, 1)).is_some());
        }
        assert!(opener.open(&of(1, 50_001)).is_none());
        assert_eq!(opener.sources.len(), 16);
        assert!(opener.open(&of(17, 1)).is_some());
        assert_eq!(opener.sources.len(), 16);
    }

    #[test]
    fn number_goes_on_after_the_last() {
        for (sequence, latest, expected) in [
            (65_535, None, Some(65_535)),
            (0, Some(65_535), Some(65_536)),
            (65_535, Some(65_536), Some(65_535)),
            (65_535, Some(0), None),
            (0x8000, Some(0), Some(0x8000)),
            (0x7fff, Some(0xffff), Some(0x7fff)),
            (0x7ffe, Some(0xffff), Some(0x1_7ffe)),
            (0, Some((1 << 48) - 1), None),
        ] {
            assert_eq!(index(sequence, latest), expected, "{sequence} {latest:?}");
        }
    }
}

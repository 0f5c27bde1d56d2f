//! Sound that is encrypted, where both sides agreed to it (SRTP, RFC 3711; the keys came in the descriptions, RFC 4568).

use telephony_proto::sdp::Key;
use telephony_proto::srtp::{Opener, Sealer};

/// What each side of a leg encrypts with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Keys {
    pub(crate) ours: Key,
    pub(crate) theirs: Key,
}

pub(super) struct Secure {
    keys: Keys,
    sealer: Sealer,
    opener: Opener,
}

impl Secure {
    pub(super) fn new(keys: Keys) -> Self {
        let (sealer, opener) = (Sealer::new(&keys.ours), Opener::new(&keys.theirs));
        Self { keys, sealer, opener }
    }

    /// A key that stays goes on counting where it is: it would not be understood otherwise, and two packets of one number
    /// would tell what both say.
    pub(super) fn change(&mut self, keys: Keys) {
        if keys.ours != self.keys.ours {
            self.sealer = Sealer::new(&keys.ours);
        }
        if keys.theirs != self.keys.theirs {
            self.opener = Opener::new(&keys.theirs);
        }
        self.keys = keys;
    }

    /// False for what must not be sent.
    #[must_use]
    pub(super) fn seal(&mut self, packet: &mut Vec<u8>) -> bool {
        self.sealer.seal(packet)
    }

    /// None for what is not from the other side, or came before.
    pub(super) fn open(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        self.opener.open(packet)
    }
}

#[cfg(test)]
mod tests {
    use telephony_proto::rtp::Packet;

    use super::*;

    fn speech(sequence: u16) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (payload_type, marker, timestamp, ssrc) = (8, false, 0, 7);
        Packet { payload_type, marker, sequence, timestamp, ssrc, payload: b"speech" }
            .write(&mut bytes);
        bytes
    }

    fn sealed(by: &mut Secure, sequence: u16) -> Vec<u8> {
        let mut packet = speech(sequence);
        assert!(by.seal(&mut packet));
        packet
    }

    #[test]
    fn hold_changes_no_count_and_a_new_key_only_its_own() {
        let [first, second, third] = [1, 2, 3].map(|byte| Key::new([byte; 30]));
        let keys = |ours: &Key, theirs: &Key| Keys { ours: ours.clone(), theirs: theirs.clone() };
        let mut us = Secure::new(keys(&first, &second));
        let mut them = Secure::new(keys(&second, &first));
        // Both are in their second round of numbers, which no packet says.
        for sequence in [65_535, 0] {
            assert_eq!(them.open(&sealed(&mut us, sequence)), Some(speech(sequence)));
            assert_eq!(us.open(&sealed(&mut them, sequence)), Some(speech(sequence)));
        }
        us.change(keys(&first, &second));
        assert_eq!(them.open(&sealed(&mut us, 1)), Some(speech(1)));

        us.change(keys(&first, &third));
        them = Secure { sealer: Sealer::new(&third), ..them };
        assert_eq!(us.open(&sealed(&mut them, 5)), Some(speech(5)));
        assert_eq!(them.open(&sealed(&mut us, 2)), Some(speech(2)));
    }
}

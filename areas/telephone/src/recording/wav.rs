//! What stands before the sound in a file that browsers play: two channels of A-law.
//!
//! Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF, WAVE); format tags of RFC 2361.

use telephony_proto::g711::SAMPLES_PER_SECOND;

pub(super) const HEAD_BYTES: u64 = 44;
/// Ours is the left one, the other party the right.
pub(super) const CHANNELS: u16 = 2;

pub(super) fn head(sound_bytes: u64) -> Vec<u8> {
    const A_LAW: u16 = 6;

    let length = u32::try_from(sound_bytes).unwrap_or(u32::MAX - 36);
    let mut head = Vec::with_capacity(44);
    head.extend(b"RIFF");
    head.extend((length + 36).to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(16_u32.to_le_bytes());
    head.extend(A_LAW.to_le_bytes());
    head.extend(CHANNELS.to_le_bytes());
    head.extend(SAMPLES_PER_SECOND.to_le_bytes());
    // Bytes in a second, bytes of one moment, bits of a sample.
    head.extend((SAMPLES_PER_SECOND * u32::from(CHANNELS)).to_le_bytes());
    head.extend(CHANNELS.to_le_bytes());
    head.extend(8_u16.to_le_bytes());
    head.extend(b"data");
    head.extend(length.to_le_bytes());
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_two_channels_says_so() {
        let head = head(16_000);
        assert_eq!(u64::try_from(head.len()).unwrap(), HEAD_BYTES);
        assert_eq!(head[20..36], [6, 0, 2, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 8, 0]);
        assert_eq!(head[40..], 16_000_u32.to_le_bytes());
        assert_eq!(head[4..8], 16_036_u32.to_le_bytes());
    }
}

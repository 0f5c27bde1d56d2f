//! A recording as it is sent: a WAV file as a telephone can play it, turned into A-law.
//!
//! Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF, WAVE); format tags of RFC 2361.

use telephony_proto::g711::{Law, SAMPLES_PER_SECOND};

/// Longer, nobody listens to its end.
const SECONDS_MAX: usize = 120;

/// The largest file that can hold so much: 16 bits a sample, with room for what programs write before the sound.
pub(crate) const BYTES_MAX: usize = SECONDS_MAX * 2 * SAMPLES_PER_SECOND as usize + (64 << 10);

/// Why a file cannot be played.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("not a WAV file")]
    NotWav,
    #[error("not one channel of 8,000 samples a second in 16 bits, A-law or µ-law")]
    Shape,
    #[error("no sound in it")]
    Empty,
    #[error("longer than two minutes")]
    TooLong,
}

#[derive(Clone, Copy)]
enum Coding {
    Linear,
    Law(Law),
}

/// The sound of a file in A-law, 8,000 bytes a second.
pub(crate) fn a_law(file: &[u8]) -> Result<Vec<u8>, Wrong> {
    let riff = file.strip_prefix(b"RIFF").and_then(|rest| rest.get(4..)).ok_or(Wrong::NotWav)?;
    let mut rest = riff.strip_prefix(b"WAVE").ok_or(Wrong::NotWav)?;
    let mut coding = None;
    while let Some((name, after)) = rest.split_first_chunk::<4>() {
        let (size, after) = after.split_first_chunk::<4>().ok_or(Wrong::NotWav)?;
        let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
        // A program that writes while it records does not know yet how long it is.
        let content = &after[..size.min(after.len())];
        match name {
            b"fmt " => coding = Some(read_format(content)?),
            b"data" => return sound(content, coding.ok_or(Wrong::NotWav)?),
            _ => {}
        }
        // A chunk of an odd size has a byte behind it.
        rest = after.get(content.len() + size % 2..).unwrap_or_default();
    }
    Err(Wrong::NotWav)
}

fn read_format(format: &[u8]) -> Result<Coding, Wrong> {
    const EXTENSIBLE: u16 = 0xFFFE;

    let word = |at: usize| Some(u16::from_le_bytes(format.get(at..at + 2)?.try_into().ok()?));
    let rate = format.get(4..8).and_then(|rate| rate.try_into().ok()).map(u32::from_le_bytes);
    let (tag, channels, bits) = (word(0), word(2), word(14));
    // The tag of what is inside stands further on.
    let tag = if tag == Some(EXTENSIBLE) { word(24) } else { tag };
    if channels != Some(1) || rate != Some(SAMPLES_PER_SECOND) {
        return Err(Wrong::Shape);
    }
    match (tag, bits) {
        (Some(1), Some(16)) => Ok(Coding::Linear),
        (Some(6), Some(8)) => Ok(Coding::Law(Law::A)),
        (Some(7), Some(8)) => Ok(Coding::Law(Law::Mu)),
        _ => Err(Wrong::Shape),
    }
}

fn sound(data: &[u8], coding: Coding) -> Result<Vec<u8>, Wrong> {
    let sound: Vec<u8> = match coding {
        Coding::Linear => {
            let (samples, _) = data.as_chunks::<2>();
            samples.iter().map(|sample| Law::A.encode(i16::from_le_bytes(*sample))).collect()
        }
        Coding::Law(law) => {
            let mut bytes = data.to_vec();
            law.convert(Law::A, &mut bytes);
            bytes
        }
    };
    match sound.len() {
        0 => Err(Wrong::Empty),
        length if length > SECONDS_MAX * SAMPLES_PER_SECOND as usize => Err(Wrong::TooLong),
        _ => Ok(sound),
    }
}

/// A-law as a file that browsers play.
pub(crate) fn file(a_law: &[u8]) -> Vec<u8> {
    let length = u32::try_from(a_law.len()).unwrap_or(u32::MAX);
    let samples = SAMPLES_PER_SECOND.to_le_bytes();
    let mut file = Vec::with_capacity(a_law.len() + 44);
    file.extend(b"RIFF");
    file.extend((length + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // A-law, one channel, samples and bytes a second, one byte a sample of 8 bits.
    file.extend([6, 0, 1, 0]);
    file.extend(samples);
    file.extend(samples);
    file.extend([1, 0, 8, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(a_law);
    file
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wav(tag: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
        // Programs write who made it before the sound; of an odd size, with a byte behind it.
        file.extend(b"LIST\x03\0\0\0abc\0fmt \x10\0\0\0");
        file.extend(tag.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend([0; 6]);
        file.extend(bits.to_le_bytes());
        file.extend(b"data");
        file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        file.extend(data);
        file
    }

    #[test]
    fn three_codings_become_a_law() {
        let silence = Law::A.silence();
        assert_eq!(a_law(&wav(1, 1, 8_000, 16, &[0, 0, 0, 0])), Ok(vec![silence; 2]));
        assert_eq!(a_law(&wav(6, 1, 8_000, 8, &[0x2A, 0x55])), Ok(vec![0x2A, 0x55]));
        let mu = a_law(&wav(7, 1, 8_000, 8, &[Law::Mu.silence()])).unwrap();
        assert_eq!(Law::A.decode(mu[0]).abs(), Law::A.decode(silence).abs());
    }

    #[test]
    fn what_a_telephone_cannot_play_is_refused() {
        let data = [0; 4];
        for (file, expected) in [
            (b"ID3 an mp3".to_vec(), Wrong::NotWav),
            (vec![], Wrong::NotWav),
            (wav(1, 2, 8_000, 16, &data), Wrong::Shape),
            (wav(1, 1, 44_100, 16, &data), Wrong::Shape),
            (wav(1, 1, 8_000, 8, &data), Wrong::Shape),
            (wav(3, 1, 8_000, 32, &data), Wrong::Shape),
            (wav(1, 1, 8_000, 16, &[]), Wrong::Empty),
            (wav(6, 1, 8_000, 8, &vec![0; 960_001]), Wrong::TooLong),
        ] {
            assert_eq!(a_law(&file), Err(expected));
        }
        let two_minutes = wav(6, 1, 8_000, 8, &vec![0x55; 960_000]);
        assert_eq!(a_law(&two_minutes).unwrap().len(), 960_000);
        assert!(two_minutes.len() < BYTES_MAX);
    }

    #[test]
    fn a_size_that_is_not_known_yet_means_all_of_the_rest() {
        let mut open = wav(6, 1, 8_000, 8, &[1, 2, 3]);
        let at = open.len() - 7;
        open[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(a_law(&open), Ok(vec![1, 2, 3]));
    }

    proptest! {
        #[test]
        fn what_was_kept_can_be_sent_again(sound in proptest::collection::vec(any::<u8>(), 1..400)) {
            prop_assert_eq!(a_law(&file(&sound)), Ok(sound));
        }

        #[test]
        fn no_file_breaks_it(file in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..60) {
            let _ = a_law(&file);
            let whole = wav(1, 1, 8_000, 16, &file);
            let _ = a_law(&whole[..cut.min(whole.len())]);
        }
    }
}

//! Speech of 8,000 samples in a second in one byte each: A-law and µ-law.
//!
//! Source: ITU-T G.711 (11/88), tables 1a to 2b. A sample is linear 16 bits; A-law knows 13 and µ-law 14 of them, the others are zero.

/// The clock of both laws, and of their RTP timestamps. Source: RFC 3551 §4.5.14.
pub const SAMPLES_PER_SECOND: u32 = 8_000;

/// Samples, and therefore bytes, in the 20 ms of one packet. Source: RFC 3551 §4.2.
pub const SAMPLES_PER_FRAME: usize = 160;

/// How a sample becomes a byte.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Law {
    /// PCMA, the one of Europe.
    A,
    /// PCMU, the one of North America and Japan.
    Mu,
}

impl Law {
    pub const ALL: [Self; 2] = [Self::A, Self::Mu];

    /// The static RTP payload type. Source: RFC 3551 §6, table 4.
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::A => 8,
            Self::Mu => 0,
        }
    }

    /// The law of a static payload type; none if it is another codec's.
    pub const fn of_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            8 => Some(Self::A),
            0 => Some(Self::Mu),
            _ => None,
        }
    }

    /// The byte of a line on which nothing is said.
    pub const fn silence(self) -> u8 {
        self.encode(0)
    }

    /// The middle of the step that `byte` stands for.
    pub const fn decode(self, byte: u8) -> i16 {
        match self {
            Self::A => A_TO_LINEAR[byte as usize],
            Self::Mu => MU_TO_LINEAR[byte as usize],
        }
    }

    /// The byte of the step in which `sample` lies; what is louder than the law can say becomes its loudest.
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Self::A => a_encode(sample),
            Self::Mu => mu_encode(sample),
        }
    }

    /// Appends one sample for each byte.
    pub fn decode_into(self, bytes: &[u8], samples: &mut Vec<i16>) {
        samples.extend(bytes.iter().map(|byte| self.decode(*byte)));
    }

    /// Appends one byte for each sample.
    pub fn encode_into(self, samples: &[i16], bytes: &mut Vec<u8>) {
        bytes.extend(samples.iter().map(|sample| self.encode(*sample)));
    }

    /// Turns bytes of this law into bytes of `to`, in place.
    ///
    /// By the nearest linear value, by table: no packet is decoded for it. Doing it twice costs at most one step.
    pub fn convert(self, to: Self, bytes: &mut [u8]) {
        let table = match (self, to) {
            (Self::A, Self::Mu) => &A_TO_MU,
            (Self::Mu, Self::A) => &MU_TO_A,
            (Self::A, Self::A) | (Self::Mu, Self::Mu) => return,
        };
        for byte in bytes {
            *byte = table[usize::from(*byte)];
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the loudest value is 32,256")]
const fn a_decode(byte: u8) -> i16 {
    // Every other bit is inverted on the line, so that silence is no row of equal bits.
    let byte = byte ^ 0x55;
    let segment = (byte >> 4) & 7;
    let step = ((byte & 0x0f) as i32) << 4;
    let size = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    (if byte & 0x80 == 0 { -size } else { size }) as i16
}

#[expect(clippy::cast_possible_truncation, reason = "segment and step fill seven bits")]
#[expect(clippy::cast_sign_loss, reason = "a size is not negative")]
const fn a_encode(sample: i16) -> u8 {
    let sample = (sample >> 3) as i32;
    // One less below zero: -1 and 0 are the two innermost steps.
    let (size, sign) = if sample < 0 { ((-sample - 1) as u32, 0) } else { (sample as u32, 0x80) };
    // Segment 0 holds sizes below 32, and each that follows twice as many as all before it.
    let segment = if size < 32 { 0 } else { size.ilog2() - 4 };
    let step = (size >> if segment == 0 { 1 } else { segment }) & 0x0f;
    (sign | (segment << 4) as u8 | step as u8) ^ 0x55
}

/// Added before the logarithm, so that every segment begins at a power of two.
const MU_BIAS: i32 = 0x84;
/// The loudest that µ-law can say.
const MU_MAX: i32 = 32_635;

#[expect(clippy::cast_possible_truncation, reason = "the loudest value is 32,124")]
const fn mu_decode(byte: u8) -> i16 {
    let byte = !byte;
    let step = ((byte & 0x0f) as i32) << 3;
    let size = ((step + MU_BIAS) << ((byte >> 4) & 7)) - MU_BIAS;
    (if byte & 0x80 == 0 { size } else { -size }) as i16
}

#[expect(clippy::cast_possible_truncation, reason = "segment and step fill seven bits")]
#[expect(clippy::cast_sign_loss, reason = "a size is not negative")]
const fn mu_encode(sample: i16) -> u8 {
    let (size, sign) = if sample < 0 { (-(sample as i32), 0x80) } else { (sample as i32, 0) };
    let size = ((if size > MU_MAX { MU_MAX } else { size }) + MU_BIAS) as u32;
    let segment = size.ilog2() - 7;
    let step = (size >> (segment + 3)) & 0x0f;
    !(sign | (segment << 4) as u8 | step as u8)
}

static A_TO_LINEAR: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        table[byte as usize] = a_decode(byte);
        byte -= 1;
    }
    table[0] = a_decode(0);
    table
};

static MU_TO_LINEAR: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        table[byte as usize] = mu_decode(byte);
        byte -= 1;
    }
    table[0] = mu_decode(0);
    table
};

static A_TO_MU: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        table[byte as usize] = mu_encode(a_decode(byte));
        byte -= 1;
    }
    table[0] = mu_encode(a_decode(0));
    table
};

static MU_TO_A: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        table[byte as usize] = a_encode(mu_decode(byte));
        byte -= 1;
    }
    table[0] = a_encode(mu_decode(0));
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// All bytes of a law from the loudest below zero to the loudest above it.
    fn in_order(law: Law) -> Vec<u8> {
        let byte = |on_the_line: u8| match law {
            Law::A => on_the_line ^ 0x55,
            Law::Mu => on_the_line ^ 0x7f,
        };
        let below = (0..128).rev().map(byte);
        let above = (128..=255).map(byte);
        below.chain(above).collect()
    }

    #[test]
    fn every_byte_comes_back_as_itself() {
        for byte in 0..=255 {
            assert_eq!(Law::A.encode(Law::A.decode(byte)), byte);
            // µ-law has two zeros; the one below zero is said as the other.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(Law::Mu.encode(Law::Mu.decode(byte)), expected);
        }
    }

    #[test]
    fn louder_bytes_are_louder_samples() {
        for law in Law::ALL {
            for pair in in_order(law).windows(2) {
                let (before, after) = (law.decode(pair[0]), law.decode(pair[1]));
                let is_zero_twice = law == Law::Mu && before == 0 && after == 0;
                assert!(before < after || is_zero_twice, "{law:?} {pair:x?}: {before} {after}");
            }
        }
    }

    #[test]
    fn louder_samples_are_never_quieter_bytes() {
        for law in Law::ALL {
            let mut before = i16::MIN;
            for sample in i16::MIN..=i16::MAX {
                let heard = law.decode(law.encode(sample));
                assert!(heard >= before, "{law:?} {sample}");
                before = heard;
            }
        }
    }

    #[test]
    fn no_sample_moves_by_more_than_half_a_step_of_its_segment() {
        for law in Law::ALL {
            let loudest = i32::from(law.decode(law.encode(i16::MAX)));
            for sample in i16::MIN..=i16::MAX {
                let heard = i32::from(law.decode(law.encode(sample)));
                let sample = i32::from(sample).clamp(-loudest, loudest);
                let half = (sample.abs() + MU_BIAS) / 32 + 8;
                assert!((heard - sample).abs() <= half, "{law:?} {sample} {heard}");
            }
        }
    }

    #[test]
    fn the_ends_and_the_middle_are_those_of_the_recommendation() {
        for (law, byte, sample) in [
            (Law::A, 0xd5, 8),
            (Law::A, 0x55, -8),
            (Law::A, 0xaa, 32_256),
            (Law::A, 0x2a, -32_256),
            (Law::Mu, 0xff, 0),
            (Law::Mu, 0x7f, 0),
            (Law::Mu, 0x80, 32_124),
            (Law::Mu, 0x00, -32_124),
        ] {
            assert_eq!(law.decode(byte), sample, "{law:?} {byte:x}");
        }
        assert_eq!((Law::A.silence(), Law::Mu.silence()), (0xd5, 0xff));
        assert_eq!((Law::A.encode(i16::MIN), Law::Mu.encode(i16::MIN)), (0x2a, 0x00));
    }

    #[test]
    fn the_reference_tone_of_the_recommendation_is_the_same_in_both_laws() {
        // ITU-T G.711 tables 5 and 6: 1 kHz at 0 dBm0, eight bytes that repeat.
        let a = [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4];
        let mu = [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e];
        assert_eq!(a.map(|byte| Law::A.decode(byte))[..2], [-8_960, -20_992]);
        assert_eq!(mu.map(|byte| Law::Mu.decode(byte))[..2], [-8_828, -20_860]);
        let (mut bytes, mut same) = (a, a);
        Law::A.convert(Law::Mu, &mut bytes);
        assert_eq!(bytes, mu);
        Law::Mu.convert(Law::A, &mut bytes);
        assert_eq!(bytes, a);
        Law::A.convert(Law::A, &mut same);
        assert_eq!(same, a);
    }

    #[test]
    fn a_byte_that_was_converted_twice_is_at_most_one_step_away() {
        for (law, other) in [(Law::A, Law::Mu), (Law::Mu, Law::A)] {
            let order = in_order(law);
            let said = |byte: u8| law.encode(law.decode(byte));
            let place = |byte: u8| order.iter().position(|at| *at == said(byte)).unwrap();
            for byte in 0..=255 {
                let mut there = [byte];
                law.convert(other, &mut there);
                other.convert(law, &mut there);
                assert!(place(there[0]).abs_diff(place(byte)) <= 1, "{law:?} {byte:x}");
            }
        }
    }

    #[test]
    fn frames_keep_their_length() {
        let (mut samples, mut bytes) = (Vec::new(), Vec::new());
        Law::A.decode_into(&[0xd5; SAMPLES_PER_FRAME], &mut samples);
        assert_eq!(samples, [8; SAMPLES_PER_FRAME]);
        Law::Mu.encode_into(&samples, &mut bytes);
        assert_eq!(bytes.len(), SAMPLES_PER_FRAME);
        assert_eq!(Law::of_payload_type(Law::Mu.payload_type()), Some(Law::Mu));
        assert_eq!(Law::of_payload_type(Law::A.payload_type()), Some(Law::A));
        assert_eq!(Law::of_payload_type(9), None);
    }
}

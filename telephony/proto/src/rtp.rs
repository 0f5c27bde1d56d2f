//! The packets that carry speech. Source: RFC 3550 §5.1.

/// A header without sources that contributed and without extension.
pub const HEADER_BYTES: usize = 12;

/// One packet, on top of the bytes that arrived.
///
/// Who contributed to a mix (CSRC), extensions and padding are read over, and not written: nothing here uses them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Packet<'a> {
    /// 0 to 127.
    pub payload_type: u8,
    /// With speech: the first packet after a silence, or of another source. Source: RFC 3551 §4.1.
    pub marker: bool,
    pub sequence: u16,
    /// In samples, from anywhere.
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: &'a [u8],
}

/// Why something is no RTP packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Malformed {
    #[error("{0} bytes; a header has twelve")]
    TooShort(usize),
    #[error("version {0}; RTP is version 2")]
    Version(u8),
    #[error("the header says that it is longer than the packet")]
    CutOff,
    #[error("the padding is longer than what it pads, or empty")]
    Padding,
}

impl<'a> Packet<'a> {
    /// Reads a packet. An empty payload is one.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Err(Malformed::TooShort(bytes.len()));
        };
        let [first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *header;
        if first >> 6 != 2 {
            return Err(Malformed::Version(first >> 6));
        }
        let contributed = usize::from(first & 0x0f) * 4;
        let mut payload = rest.get(contributed..).ok_or(Malformed::CutOff)?;
        if first & 0x10 != 0 {
            let (head, body) = payload.split_first_chunk::<4>().ok_or(Malformed::CutOff)?;
            let words = usize::from(u16::from_be_bytes([head[2], head[3]]));
            payload = body.get(words * 4..).ok_or(Malformed::CutOff)?;
        }
        if first & 0x20 != 0 {
            let padding = usize::from(*payload.last().ok_or(Malformed::Padding)?);
            if padding == 0 || padding > payload.len() {
                return Err(Malformed::Padding);
            }
            payload = &payload[..payload.len() - padding];
        }
        Ok(Self {
            payload_type: second & 0x7f,
            marker: second & 0x80 != 0,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
            payload,
        })
    }

    /// Appends the packet. Of the payload type the lower seven bits are written.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        let marker = if self.marker { 0x80 } else { 0 };
        bytes.reserve(HEADER_BYTES + self.payload.len());
        bytes.extend([2 << 6, marker | (self.payload_type & 0x7f)]);
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(self.ssrc.to_be_bytes());
        bytes.extend(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEECH: Packet<'_> = Packet {
        payload_type: 8,
        marker: true,
        sequence: 0xfffe,
        timestamp: 0x0102_0304,
        ssrc: 0xdead_beef,
        payload: &[1, 2, 3],
    };

    fn written(packet: &Packet<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        packet.write(&mut bytes);
        bytes
    }

    #[test]
    fn what_is_written_is_read_again() {
        let bytes = written(&SPEECH);
        let header = [0x80, 0x88, 0xff, 0xfe, 1, 2, 3, 4, 0xde, 0xad, 0xbe, 0xef];
        assert_eq!((&bytes[..12], &bytes[12..]), (&header[..], SPEECH.payload));
        assert_eq!(Packet::parse(&bytes), Ok(SPEECH));
        let quiet = Packet { payload: &[], marker: false, payload_type: 127, ..SPEECH };
        assert_eq!(Packet::parse(&written(&quiet)), Ok(quiet));
    }

    #[test]
    fn who_contributed_an_extension_and_padding_are_read_over() {
        let mut bytes = written(&Packet { payload: &[], ..SPEECH });
        bytes[0] |= 0x20 | 0x10 | 2;
        bytes.extend([7; 8]);
        bytes.extend([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
        bytes.extend(SPEECH.payload);
        bytes.extend([0, 0, 3]);
        assert_eq!(Packet::parse(&bytes), Ok(SPEECH));
    }

    #[test]
    fn a_packet_of_nothing_but_padding_is_empty() {
        let mut bytes = written(&Packet { payload: &[0, 0, 0, 4], ..SPEECH });
        bytes[0] |= 0x20;
        assert_eq!(Packet::parse(&bytes), Ok(Packet { payload: &[], ..SPEECH }));
    }

    #[test]
    fn what_says_more_than_it_has_is_refused() {
        assert_eq!(Packet::parse(&[]), Err(Malformed::TooShort(0)));
        assert_eq!(Packet::parse(&[0x80; 11]), Err(Malformed::TooShort(11)));
        let with = |first: u8, payload: &[u8]| {
            let mut bytes = written(&Packet { payload, ..SPEECH });
            bytes[0] = first;
            Packet::parse(&bytes).map(|packet| packet.payload.len())
        };
        assert_eq!(with(0x40, &[]), Err(Malformed::Version(1)));
        assert_eq!(with(0x81, &[0; 3]), Err(Malformed::CutOff));
        assert_eq!(with(0x8f, &[0; 59]), Err(Malformed::CutOff));
        assert_eq!(with(0x90, &[0; 3]), Err(Malformed::CutOff));
        assert_eq!(with(0x90, &[0, 0, 0xff, 0xff, 0]), Err(Malformed::CutOff));
        assert_eq!(with(0xa0, &[]), Err(Malformed::Padding));
        assert_eq!(with(0xa0, &[0]), Err(Malformed::Padding));
        assert_eq!(with(0xa0, &[0, 3]), Err(Malformed::Padding));
    }

    #[test]
    fn every_beginning_of_a_packet_is_read_or_refused() {
        let mut bytes = written(&SPEECH);
        for first in 0..=255 {
            bytes[0] = first;
            for length in 0..=bytes.len() {
                let _ = Packet::parse(&bytes[..length]);
            }
        }
    }
}

//! A description as it came.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Crypto, Description, Direction, Encoding, Format, Kind, Media, Protocol};
use crate::g711::Law;

/// A browser's is about 6,000 bytes, a telephone's below 1,000.
pub const BYTES_MAX: usize = 16_384;
pub const LINES_MAX: usize = 512;
pub const MEDIA_MAX: usize = 8;
/// Of one line of media.
pub const FORMATS_MAX: usize = 64;

/// Why something is no description that we can work with.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Malformed {
    #[error("{0} bytes; {BYTES_MAX} are the most")]
    TooLarge(usize),
    #[error("more than {LINES_MAX} lines, {MEDIA_MAX} media or {FORMATS_MAX} formats")]
    TooMany,
    #[error("not UTF-8, or with control characters in it")]
    NotText,
    #[error("does not begin with v=0")]
    Version,
    /// Counted from one.
    #[error("line {0} is none of a description")]
    Line(usize),
    #[error("has no o=")]
    NoOrigin,
    /// Names are not looked up: whoever offers a call knows the address.
    #[error("speech without an IP address of one receiver")]
    NoAddress,
}

/// A line of media, and what the lines below it add.
struct Section {
    media: Media,
    port: u16,
    address: Option<IpAddr>,
    direction: Option<Direction>,
}

impl Description {
    /// Reads a description; what is unknown in it is read over.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > BYTES_MAX {
            return Err(Malformed::TooLarge(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Malformed::NotText)?;
        let mut origin = None;
        let mut address = None;
        let mut direction = None;
        let mut sections: Vec<Section> = Vec::new();

        for (number, line) in text.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if number >= LINES_MAX {
                return Err(Malformed::TooMany);
            }
            if line.chars().any(|char| char.is_control() && char != '\t') {
                return Err(Malformed::NotText);
            }
            if number == 0 {
                if line.trim_end() != "v=0" {
                    return Err(Malformed::Version);
                }
                continue;
            }
            // The last line ends like any other, and some send an empty one after it.
            if line.is_empty() {
                continue;
            }
            let wrong = Malformed::Line(number + 1);
            let (letter, value) = line.split_once('=').ok_or(wrong)?;
            if letter == "m" {
                if sections.len() >= MEDIA_MAX {
                    return Err(Malformed::TooMany);
                }
                sections.push(section(value, wrong)?);
                continue;
            }
            match (letter, sections.last_mut()) {
                ("o", None) => origin = origin.or(Some(value.to_owned())),
                ("c", None) => address = address.or(receiver(value)),
                ("c", Some(section)) => section.address = section.address.or(receiver(value)),
                ("a", None) => direction = Direction::of_word(value.trim_end()).or(direction),
                ("a", Some(section)) => attribute(section, value),
                (letter, _) if letter.len() == 1 => {}
                _ => return Err(wrong),
            }
        }

        let media = sections.into_iter().map(|section| {
            let mut media = section.media;
            media.direction = section.direction.or(direction).unwrap_or_default();
            let receiver = section.address.or(address);
            if section.port != 0 {
                media.at = receiver.map(|address| SocketAddr::new(address, section.port));
                if media.at.is_none() && media.kind == Kind::Audio {
                    return Err(Malformed::NoAddress);
                }
            }
            Ok(media)
        });
        let media = media.collect::<Result<_, _>>()?;
        Ok(Self { origin: origin.ok_or(Malformed::NoOrigin)?, media })
    }
}

/// `audio 4000 RTP/AVP 8 0 101`.
fn section(value: &str, wrong: Malformed) -> Result<Section, Malformed> {
    let mut words = value.split_ascii_whitespace();
    let mut word = || words.next().ok_or(wrong);
    let kind = match word()? {
        "audio" => Kind::Audio,
        other => Kind::Other(other.to_owned()),
    };
    // Several ports in a row are for layers, which speech has not.
    let port = word()?;
    let port = port.split_once('/').map_or(port, |(first, _)| first);
    let port = port.parse().map_err(|_| wrong)?;
    let protocol = match word()? {
        "RTP/AVP" => Protocol::Avp,
        "RTP/SAVP" => Protocol::Savp,
        other => Protocol::Other(other.to_owned()),
    };
    let mut formats = Vec::new();
    for token in words {
        if formats.len() >= FORMATS_MAX {
            return Err(Malformed::TooMany);
        }
        let mut format = Format { token: token.to_owned(), encoding: Encoding::Other(None) };
        if let Some(law) = format.number().and_then(Law::of_payload_type) {
            format.encoding = Encoding::Law(law);
        }
        formats.push(format);
    }
    if formats.is_empty() {
        return Err(wrong);
    }
    let direction = Direction::default();
    let media =
        Media { kind, at: None, protocol, formats, direction, ptime_ms: None, keys: Vec::new() };
    Ok(Section { media, port, address: None, direction: None })
}

/// `IN IP4 192.0.2.1`; none for a name, and for a group of receivers.
fn receiver(value: &str) -> Option<IpAddr> {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let address: IpAddr = match words[..] {
        ["IN", "IP4", address] => address.parse::<Ipv4Addr>().ok()?.into(),
        ["IN", "IP6", address] => address.parse::<Ipv6Addr>().ok()?.into(),
        _ => return None,
    };
    (!address.is_multicast()).then_some(address)
}

fn attribute(section: &mut Section, value: &str) {
    let (name, value) = value.split_once(':').unwrap_or((value.trim_end(), ""));
    let media = &mut section.media;
    match name {
        "rtpmap" => {
            let Some((token, encoding)) = value.split_once(' ') else { return };
            let encoding = encoding.trim();
            for format in media.formats.iter_mut().filter(|format| format.token == token) {
                format.encoding = encoded(encoding);
            }
        }
        "ptime" => {
            media.ptime_ms = value.trim().parse().ok().filter(|ms| (1..=1_000).contains(ms));
        }
        "crypto" => media.keys.extend(Crypto::read(value)),
        _ => section.direction = Direction::of_word(name).or(section.direction),
    }
}

/// `PCMA/8000`, with or without the `/1` of one channel.
fn encoded(encoding: &str) -> Encoding {
    match encoding.strip_suffix("/1").unwrap_or(encoding).to_ascii_lowercase().as_str() {
        "pcma/8000" => Encoding::Law(Law::A),
        "pcmu/8000" => Encoding::Law(Law::Mu),
        "telephone-event/8000" => Encoding::Events,
        _ => Encoding::Other(Some(encoding.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "v=0\r
o=alice 2890844526 2890844526 IN IP4 host.example\r
s=-\r
c=IN IP4 192.0.2.7\r
t=0 0\r
a=sendonly\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
m=audio 49170 RTP/SAVP 8 0 9 96\r
i=speech\r
c=IN IP6 2001:db8::1\r
a=rtpmap:8 PCMA/8000/1\r
a=rtpmap:96 Telephone-Event/8000\r
a=fmtp:96 0-16\r
a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:AAAA\r
a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^31\r
a=ptime:30\r
";

    fn speech(text: &str) -> Media {
        let description = Description::parse(text.as_bytes()).unwrap();
        description.media.into_iter().find(|media| media.kind == Kind::Audio).unwrap()
    }

    #[test]
    fn a_description_is_read_with_what_it_inherits() {
        let description = Description::parse(PHONE.as_bytes()).unwrap();
        assert_eq!(description.origin, "alice 2890844526 2890844526 IN IP4 host.example");
        assert_eq!(description.media.len(), 2);
        let video = &description.media[0];
        assert_eq!((&video.kind, video.at), (&Kind::Other("video".into()), None));

        let speech = speech(PHONE);
        assert_eq!(speech.at, Some("[2001:db8::1]:49170".parse().unwrap()));
        assert_eq!(speech.protocol, Protocol::Savp);
        let encodings: Vec<_> = speech.formats.iter().map(|f| (f.number(), &f.encoding)).collect();
        assert_eq!(
            encodings,
            [
                (Some(8), &Encoding::Law(Law::A)),
                (Some(0), &Encoding::Law(Law::Mu)),
                (Some(9), &Encoding::Other(None)),
                (Some(96), &Encoding::Events),
            ]
        );
        assert_eq!((speech.direction, speech.ptime_ms), (Direction::SendOnly, Some(30)));
        assert_eq!(speech.keys.iter().map(|crypto| crypto.tag).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn lines_may_end_in_a_line_feed_alone() {
        assert_eq!(
            Description::parse(PHONE.replace('\r', "").as_bytes()),
            Description::parse(PHONE.as_bytes())
        );
    }

    #[test]
    fn a_number_means_what_its_map_says() {
        let text = PHONE.replace("a=rtpmap:8 PCMA/8000/1", "a=rtpmap:8 G729/8000");
        assert_eq!(speech(&text).formats[0].encoding, Encoding::Other(Some("G729/8000".into())));
    }

    #[test]
    fn the_media_is_nearer_than_the_session() {
        let text = format!("{PHONE}a=inactive\r\n");
        assert_eq!(speech(&text).direction, Direction::Inactive);
    }

    #[test]
    fn what_is_none_is_refused() {
        let many = "a=x\r\n".repeat(LINES_MAX);
        let lines = "m=audio 1 RTP/AVP 8\r\n".repeat(MEDIA_MAX);
        let formats = format!("m=audio 1 RTP/AVP{}\r\n", " 8".repeat(FORMATS_MAX + 1));
        for (text, expected) in [
            (String::new(), Malformed::Version),
            ("hello".into(), Malformed::Version),
            ("v=1\r\n".into(), Malformed::Version),
            ("v=0\r\ns=-\r\n".into(), Malformed::NoOrigin),
            (format!("{PHONE}hello\r\n"), Malformed::Line(18)),
            (format!("{PHONE}m=audio\r\n"), Malformed::Line(18)),
            (format!("{PHONE}m=audio 1 RTP/AVP\r\n"), Malformed::Line(18)),
            (format!("{PHONE}m=audio 70000 RTP/AVP 8\r\n"), Malformed::Line(18)),
            (format!("{PHONE}a=\u{0}\r\n"), Malformed::NotText),
            (format!("{PHONE}a=a\rb\r\n"), Malformed::NotText),
            (
                PHONE.replace("2001:db8::1", "pbx.example").replace("192.0.2.7", "pbx.example"),
                Malformed::NoAddress,
            ),
            (
                PHONE.replace("IP6 2001:db8::1", "IP4 224.2.1.1").replace("192.0.2.7", "224.2.1.1"),
                Malformed::NoAddress,
            ),
            (format!("{PHONE}{many}"), Malformed::TooMany),
            (format!("{PHONE}{lines}"), Malformed::TooMany),
            (format!("{PHONE}{formats}"), Malformed::TooMany),
            (
                format!("{PHONE}a={}", "x".repeat(BYTES_MAX)),
                Malformed::TooLarge(PHONE.len() + 2 + BYTES_MAX),
            ),
        ] {
            assert_eq!(Description::parse(text.as_bytes()), Err(expected), "{text}");
        }
        assert_eq!(Description::parse(b"v=0\r\no=\xff"), Err(Malformed::NotText));
    }
}

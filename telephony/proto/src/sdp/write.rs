//! A description as it goes out.

use std::net::{IpAddr, Ipv4Addr};

use super::{Description, Encoding, Kind, Media, Protocol};
use crate::g711::Law;

impl Description {
    /// Writes it. The text holds keys, if there are any: it belongs in no log.
    pub fn write(&self) -> String {
        let address = common_address(&self.media);
        let mut text = format!("v=0\r\no={}\r\ns=-\r\n{}t=0 0\r\n", self.origin, receiver(address));
        for media in &self.media {
            write(media, address, &mut text);
        }
        text
    }
}

/// Where the first line of media that is in use is received. One that is not needs an address, too, and nobody uses it.
pub(super) fn common_address(media: &[Media]) -> IpAddr {
    let at = media.iter().find_map(|media| media.at);
    at.map_or(Ipv4Addr::UNSPECIFIED.into(), |at| at.ip())
}

/// `IN IP4 192.0.2.1`.
pub(super) fn on_the_internet(address: IpAddr) -> String {
    format!("IN {} {address}", if address.is_ipv4() { "IP4" } else { "IP6" })
}

fn receiver(address: IpAddr) -> String {
    format!("c={}\r\n", on_the_internet(address))
}

fn write(media: &Media, common: IpAddr, text: &mut String) {
    let kind = match &media.kind {
        Kind::Audio => "audio",
        Kind::Other(kind) => kind,
    };
    let protocol = match &media.protocol {
        Protocol::Avp => "RTP/AVP",
        Protocol::Savp => "RTP/SAVP",
        Protocol::Other(protocol) => protocol,
    };
    let port = media.at.map_or(0, |at| at.port());
    text.push_str(&format!("m={kind} {port} {protocol}"));
    for format in &media.formats {
        text.push(' ');
        text.push_str(&format.token);
    }
    text.push_str("\r\n");
    if let Some(at) = media.at
        && at.ip() != common
    {
        text.push_str(&receiver(at.ip()));
    }
    for format in &media.formats {
        let encoding = match &format.encoding {
            Encoding::Law(Law::A) => "PCMA/8000",
            Encoding::Law(Law::Mu) => "PCMU/8000",
            Encoding::Events => "telephone-event/8000",
            Encoding::Other(Some(encoding)) => encoding,
            Encoding::Other(None) => continue,
        };
        text.push_str(&format!("a=rtpmap:{} {encoding}\r\n", format.token));
        if format.encoding == Encoding::Events {
            text.push_str(&format!("a=fmtp:{} 0-15\r\n", format.token));
        }
    }
    for crypto in &media.keys {
        text.push_str(&format!("a=crypto:{}\r\n", crypto.write()));
    }
    if let Some(ptime_ms) = media.ptime_ms {
        text.push_str(&format!("a=ptime:{ptime_ms}\r\n"));
    }
    text.push_str(&format!("a={}\r\n", media.direction.word()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::{Crypto, Key, Ours, offer};

    #[test]
    fn an_offer_of_ours_is_short() {
        let ours = Ours {
            at: "192.0.2.1:4000".parse().unwrap(),
            laws: Law::ALL.into(),
            direction: crate::sdp::Direction::SendRecv,
            key: None,
        };
        let text =
            Description { origin: "- 1 1 IN IP4 192.0.2.1".into(), media: offer(&ours, &[]) };
        assert_eq!(
            text.write(),
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
             m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let ours = Ours {
            at: "[2001:db8::1]:4000".parse().unwrap(),
            laws: Law::ALL.into(),
            direction: crate::sdp::Direction::Inactive,
            key: Some(Key::new(std::array::from_fn(|n| u8::try_from(n * 7).unwrap()))),
        };
        let mut media = offer(&ours, &[]);
        let mut second = media[0].clone();
        second.at = Some("192.0.2.9:5000".parse().unwrap());
        second.keys.push(Crypto { tag: 999_999_999, key: Key::new([255; 30]) });
        let video = Media { kind: Kind::Other("video".into()), at: None, ..second.clone() };
        media.extend([video, second]);
        let description = Description { origin: "- 1 2 IN IP6 ::1".into(), media };
        assert_eq!(Description::parse(description.write().as_bytes()), Ok(description));
    }
}

//! Offer and answer. Source: RFC 3264.

use std::net::SocketAddr;

use super::{
    Crypto, Description, Direction, EVENTS, Encoding, Format, Key, Kind, Media, PTIME_MS, Protocol,
};
use crate::g711::Law;

/// What we can and want.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ours {
    /// Where we receive.
    pub at: SocketAddr,
    /// The most wanted first.
    pub laws: Vec<Law>,
    /// What we want: [`Direction::SendOnly`] puts the other side on hold with music (RFC 3264 §8.4).
    pub direction: Direction,
    /// What we encrypt with. With one, only SRTP is spoken; without, only RTP: never something less by the way.
    pub key: Option<Key>,
}

impl Ours {
    fn protocol(&self) -> Protocol {
        if self.key.is_some() { Protocol::Savp } else { Protocol::Avp }
    }

    fn line(&self, formats: Vec<Format>, direction: Direction, tag: u32) -> Media {
        Media {
            kind: Kind::Audio,
            at: Some(self.at),
            protocol: self.protocol(),
            formats,
            direction,
            ptime_ms: Some(PTIME_MS),
            keys: self.key.iter().map(|key| Crypto { tag, key: key.clone() }).collect(),
        }
    }
}

/// Payload types in one direction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Numbers {
    pub speech: u8,
    /// None if the other side does not know pressed keys.
    pub events: Option<u8>,
}

/// What both sides do from here on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agreed {
    pub law: Law,
    /// Where to send to. None while the other side holds in the old way, by the address 0.0.0.0.
    pub remote: Option<SocketAddr>,
    pub send: Numbers,
    /// Whoever offered both laws may receive either (RFC 3264 §5.1): look at the payload type of each packet.
    pub receive: Numbers,
    /// Ours.
    pub direction: Direction,
    /// Milliseconds of speech that the other side likes in a packet.
    pub ptime_ms: u16,
    /// What the other side encrypts with.
    pub their_key: Option<Key>,
}

/// An answer that may be said, and what it means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// For [`Said::say`](super::Said::say).
    pub media: Vec<Media>,
    pub agreed: Agreed,
}

/// Why there is no call to be had; in SIP a 488 (RFC 3261 §21.4.26).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotAcceptable {
    #[error("no speech in it")]
    NoAudio,
    #[error("the speech has port 0")]
    PortZero,
    #[error("RTP where SRTP has to be, or SRTP where RTP has to be, or neither")]
    WrongProfile,
    #[error("no key that we can use")]
    NoKey,
    #[error("neither A-law nor µ-law as we want it")]
    NoCommonCodec,
    #[error("the answer has no line for the speech that was offered")]
    Unanswered,
}

/// What we offer: at the beginning of a call, in a new INVITE, or in answer to one without an offer.
///
/// `said` is what we said last in this dialog, empty at its beginning. Its lines stay in their places and its numbers mean what
/// they meant (RFC 3264 §8).
pub fn offer(ours: &Ours, said: &[Media]) -> Vec<Media> {
    let Some(at) = live(said) else {
        let laws = ours.laws.iter().map(|law| Format::new(law.payload_type(), Encoding::Law(*law)));
        let formats = laws.chain([Format::new(EVENTS, Encoding::Events)]).collect();
        let line = ours.line(formats, ours.direction, 1);
        return said.iter().map(refused).chain([line]).collect();
    };
    let tag = said[at].keys.first().map_or(1, |crypto| crypto.tag);
    let line = ours.line(said[at].formats.clone(), ours.direction, tag);
    in_its_place(said, at, line)
}

/// What we say to an offer.
///
/// One codec is answered, so that nobody has to listen for two (RFC 3264 §10.2). The first line of speech that is as we want it
/// is taken; a trunk that offers SRTP and RTP side by side gets what it is set up for.
pub fn answer(offer: &Description, ours: &Ours) -> Result<Answer, NotAcceptable> {
    let mut first_reason = None;
    for (at, line) in offer.media.iter().enumerate().filter(|(_, line)| line.kind == Kind::Audio) {
        match take(line, &ours.laws, &ours.protocol(), ours.direction, None) {
            Ok(Taken { agreed, formats, tag }) => {
                let line = ours.line(formats, agreed.direction, tag);
                return Ok(Answer { media: in_its_place(&offer.media, at, line), agreed });
            }
            Err(reason) => first_reason = first_reason.or(Some(reason)),
        }
    }
    Err(first_reason.unwrap_or(NotAcceptable::NoAudio))
}

/// What an answer to our offer means. `said` is what we offered.
pub fn agree(said: &[Media], answer: &Description) -> Result<Agreed, NotAcceptable> {
    let at = live(said).ok_or(NotAcceptable::NoAudio)?;
    let line = answer.media.get(at).ok_or(NotAcceptable::Unanswered)?;
    if line.kind != Kind::Audio {
        return Err(NotAcceptable::Unanswered);
    }
    let ours = &said[at];
    let laws: Vec<Law> = ours
        .formats
        .iter()
        .filter_map(|format| match format.encoding {
            Encoding::Law(law) => Some(law),
            _ => None,
        })
        .collect();
    let tag = ours.keys.first().map(|crypto| crypto.tag);
    let taken = take(line, &laws, &ours.protocol, ours.direction, tag)?;
    let receive = numbers(&ours.formats, taken.agreed.law).ok_or(NotAcceptable::NoCommonCodec)?;
    Ok(Agreed { receive, ..taken.agreed })
}

struct Taken {
    agreed: Agreed,
    formats: Vec<Format>,
    tag: u32,
}

/// `tag` is that of the key which an answer has to answer.
fn take(
    line: &Media,
    laws: &[Law],
    protocol: &Protocol,
    wanted: Direction,
    tag: Option<u32>,
) -> Result<Taken, NotAcceptable> {
    let at = line.at.ok_or(NotAcceptable::PortZero)?;
    if line.protocol != *protocol {
        return Err(NotAcceptable::WrongProfile);
    }
    let crypto = match protocol {
        Protocol::Savp => {
            let crypto = line.keys.iter().find(|crypto| tag.is_none_or(|tag| crypto.tag == tag));
            Some(crypto.ok_or(NotAcceptable::NoKey)?)
        }
        Protocol::Avp | Protocol::Other(_) => None,
    };
    let (law, send) = laws
        .iter()
        .find_map(|law| numbers(&line.formats, *law).map(|numbers| (*law, numbers)))
        .ok_or(NotAcceptable::NoCommonCodec)?;
    let is_old_hold = at.ip().is_unspecified();
    let direction = Direction::of(
        wanted.sends() && line.direction.receives() && !is_old_hold,
        wanted.receives() && line.direction.sends(),
    );
    let events = send.events.map(|number| Format::new(number, Encoding::Events));
    let speech = Format::new(send.speech, Encoding::Law(law));
    Ok(Taken {
        agreed: Agreed {
            law,
            remote: (!is_old_hold).then_some(at),
            send,
            receive: send,
            direction,
            ptime_ms: line.ptime_ms.unwrap_or(PTIME_MS),
            their_key: crypto.map(|crypto| crypto.key.clone()),
        },
        formats: [speech].into_iter().chain(events).collect(),
        tag: crypto.map_or(1, |crypto| crypto.tag),
    })
}

fn numbers(formats: &[Format], law: Law) -> Option<Numbers> {
    let number = |encoding| {
        formats.iter().filter(|format| format.encoding == encoding).find_map(Format::number)
    };
    Some(Numbers { speech: number(Encoding::Law(law))?, events: number(Encoding::Events) })
}

/// Where the speech is that is in use.
fn live(said: &[Media]) -> Option<usize> {
    said.iter().position(|line| line.kind == Kind::Audio && line.at.is_some())
}

fn in_its_place(lines: &[Media], at: usize, line: Media) -> Vec<Media> {
    let mut lines: Vec<Media> = lines.iter().map(refused).collect();
    lines[at] = line;
    lines
}

/// As RFC 3264 §6 wants it: what it is stays, the port is zero, and no key of the other side goes back to it.
fn refused(line: &Media) -> Media {
    let (kind, protocol) = (line.kind.clone(), line.protocol.clone());
    let formats = line.formats.clone();
    let direction = Direction::Inactive;
    Media { kind, at: None, protocol, formats, direction, ptime_ms: None, keys: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::Said;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    fn ours() -> Ours {
        Ours {
            at: "192.0.2.1:4000".parse().unwrap(),
            laws: Law::ALL.into(),
            direction: Direction::SendRecv,
            key: None,
        }
    }

    fn secret() -> Ours {
        Ours { key: Some(Key::new([7; 30])), ..ours() }
    }

    /// A description of the other side with these lines of media.
    fn theirs(lines: &str) -> Description {
        let head = "v=0\no=- 5 5 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n";
        Description::parse(format!("{head}{lines}").as_bytes()).unwrap()
    }

    fn text(media: Vec<Media>) -> Description {
        Description::parse(Said::new(1).say(media).as_bytes()).unwrap()
    }

    #[test]
    fn the_law_that_we_want_most_is_answered_with_the_numbers_of_the_offer() {
        let offer = theirs("m=audio 5000 RTP/AVP 9 0 8 96\na=rtpmap:96 telephone-event/8000\n");
        let Answer { media, agreed } = answer(&offer, &ours()).unwrap();
        assert_eq!(agreed.law, Law::A);
        assert_eq!(agreed.remote, Some("192.0.2.7:5000".parse().unwrap()));
        assert_eq!(agreed.send, Numbers { speech: 8, events: Some(96) });
        assert_eq!(agreed.receive, agreed.send);
        assert_eq!((agreed.direction, agreed.ptime_ms), (Direction::SendRecv, 20));
        let tokens: Vec<_> = media[0].formats.iter().map(|format| &format.token).collect();
        assert_eq!(tokens, ["8", "96"]);
        assert_eq!(text(media.clone()).media, media);
    }

    #[test]
    fn a_telephone_without_keys_gets_none() {
        let answer = answer(&theirs("m=audio 5000 RTP/AVP 0\n"), &ours()).unwrap();
        assert_eq!(answer.agreed.law, Law::Mu);
        assert_eq!(answer.agreed.send, Numbers { speech: 0, events: None });
        assert_eq!(answer.media[0].formats.len(), 1);
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_reason() {
        let crypto = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\n");
        for (lines, ours, expected) in [
            ("", ours(), NotAcceptable::NoAudio),
            ("m=video 5000 RTP/AVP 8\n", ours(), NotAcceptable::NoAudio),
            ("m=audio 0 RTP/AVP 8\n", ours(), NotAcceptable::PortZero),
            ("m=audio 5000 RTP/AVP 9 18\n", ours(), NotAcceptable::NoCommonCodec),
            ("m=audio 5000 RTP/SAVP 8\n", ours(), NotAcceptable::WrongProfile),
            ("m=audio 5000 UDP/TLS/RTP/SAVPF 8\n", secret(), NotAcceptable::WrongProfile),
            ("m=audio 5000 RTP/SAVP 8\n", secret(), NotAcceptable::NoKey),
            (&format!("m=audio 5000 RTP/AVP 8\n{crypto}"), secret(), NotAcceptable::WrongProfile),
        ] {
            assert_eq!(answer(&theirs(lines), &ours), Err(expected), "{lines}");
        }
    }

    #[test]
    fn every_line_of_the_offer_is_answered_and_only_one_taken() {
        let offer = theirs(&format!(
            "m=video 6000 RTP/AVP 96\na=rtpmap:96 H264/90000\n\
             m=audio 5000 RTP/SAVP 8\na=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\n\
             m=audio 5002 RTP/AVP 8\nm=application 7000 udptl t38\n"
        ));
        let places = |answer: &Answer| -> Vec<bool> {
            answer.media.iter().map(|line| line.at.is_some()).collect()
        };
        let plain = answer(&offer, &ours()).unwrap();
        assert_eq!(places(&plain), [false, false, true, false]);
        assert!(plain.media.iter().all(|line| line.keys.is_empty()));
        let encrypted = answer(&offer, &secret()).unwrap();
        assert_eq!(places(&encrypted), [false, true, false, false]);
        assert_eq!(encrypted.media[1].keys, [Crypto { tag: 4, key: Key::new([7; 30]) }]);
        assert_eq!(encrypted.agreed.their_key.unwrap().salt(), b"\t220;}\n}\nunles");
    }

    #[test]
    fn a_hold_is_answered_by_what_is_left() {
        for (theirs_is, we_want, expected) in [
            ("sendrecv", Direction::SendRecv, Direction::SendRecv),
            ("sendonly", Direction::SendRecv, Direction::RecvOnly),
            ("recvonly", Direction::SendRecv, Direction::SendOnly),
            ("inactive", Direction::SendRecv, Direction::Inactive),
            // Both hold.
            ("sendonly", Direction::SendOnly, Direction::Inactive),
            ("recvonly", Direction::SendOnly, Direction::SendOnly),
        ] {
            let offer = theirs(&format!("m=audio 5000 RTP/AVP 8\na={theirs_is}\n"));
            let answer = answer(&offer, &Ours { direction: we_want, ..ours() }).unwrap();
            assert_eq!(answer.agreed.direction, expected, "{theirs_is} {we_want:?}");
            assert_eq!(answer.media[0].direction, expected);
        }
    }

    #[test]
    fn no_answer_says_more_than_both_want() {
        for theirs_is in Direction::ALL {
            for we_want in Direction::ALL {
                let offer = theirs(&format!("m=audio 5000 RTP/AVP 8\na={}\n", theirs_is.word()));
                let answer = answer(&offer, &Ours { direction: we_want, ..ours() }).unwrap();
                let is = answer.agreed.direction;
                assert_eq!(is.sends(), we_want.sends() && theirs_is.receives());
                assert_eq!(is.receives(), we_want.receives() && theirs_is.sends());
            }
        }
    }

    #[test]
    fn the_hold_of_old_is_one() {
        let offer = theirs("m=audio 5000 RTP/AVP 8\nc=IN IP4 0.0.0.0\n");
        let agreed = answer(&offer, &ours()).unwrap().agreed;
        assert_eq!((agreed.remote, agreed.direction), (None, Direction::RecvOnly));
    }

    #[test]
    fn two_of_us_agree() {
        for ours in [ours(), secret()] {
            let said = offer(&ours, &[]);
            let other = Ours { laws: vec![Law::Mu], ..ours.clone() };
            let answered = answer(&text(said.clone()), &other).unwrap();
            let agreed = agree(&said, &text(answered.media)).unwrap();
            assert_eq!(agreed, answered.agreed);
            assert_eq!((agreed.law, agreed.their_key), (Law::Mu, ours.key));
        }
    }

    #[test]
    fn an_answer_may_number_pressed_keys_in_its_own_way() {
        let said = offer(&ours(), &[]);
        let answer = theirs("m=audio 5000 RTP/AVP 8 96\na=rtpmap:96 telephone-event/8000\n");
        let agreed = agree(&said, &answer).unwrap();
        assert_eq!((agreed.send.events, agreed.receive.events), (Some(96), Some(101)));
    }

    #[test]
    fn an_answer_that_is_none_is_refused() {
        let crypto = format!("a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\n");
        for (lines, ours, expected) in [
            ("", ours(), NotAcceptable::Unanswered),
            ("m=video 5000 RTP/AVP 8\n", ours(), NotAcceptable::Unanswered),
            ("m=audio 0 RTP/AVP 8\n", ours(), NotAcceptable::PortZero),
            ("m=audio 5000 RTP/AVP 9\n", ours(), NotAcceptable::NoCommonCodec),
            ("m=audio 5000 RTP/AVP 8\n", secret(), NotAcceptable::WrongProfile),
            // A key, but for a line that was not offered.
            (&format!("m=audio 5000 RTP/SAVP 8\n{crypto}"), secret(), NotAcceptable::NoKey),
        ] {
            assert_eq!(agree(&offer(&ours, &[]), &theirs(lines)), Err(expected), "{lines}");
        }
    }

    #[test]
    fn what_is_offered_again_keeps_its_places_and_numbers() {
        let first = theirs(
            "m=video 6000 RTP/AVP 96\nm=audio 5000 RTP/AVP 0 97\na=rtpmap:97 telephone-event/8000\n",
        );
        let said = answer(&first, &ours()).unwrap().media;
        let hold = offer(&Ours { direction: Direction::SendOnly, ..ours() }, &said);
        assert_eq!(hold[0].at, None);
        assert_eq!(hold[1].direction, Direction::SendOnly);
        assert_eq!(hold[1].formats, said[1].formats);
        assert_eq!(offer(&ours(), &said)[1], said[1]);
    }
}

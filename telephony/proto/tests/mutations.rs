//! Whatever arrives: nothing panics, and what is understood can be written and understood again.
//!
//! Each seed is one row of changes, always the same; a failure names the bytes.

use fastrand::Rng;
use telephony_proto::demux::{Datagram, username};
use telephony_proto::dtmf::{Payload, Reader};
use telephony_proto::g711::Law;
use telephony_proto::rtp::Packet;
use telephony_proto::sdp::{Description, Direction, Key, Ours, Said, agree, answer, offer};
use telephony_proto::srtp::{Opener, Sealer};

const ROUNDS: u32 = 100_000;

/// Changes, removes, repeats and cuts, a few times in a row.
fn mutated(bytes: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.u8(1..=4) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(..=12)).min(bytes.len());
        match random.u8(..7) {
            0 if at < bytes.len() => bytes[at] = random.u8(..),
            1 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
            2 => bytes.truncate(at),
            3 => bytes.insert(at, random.u8(..)),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let piece = bytes[at..end].to_vec();
                let to = random.usize(..=bytes.len());
                bytes.splice(to..to, piece);
            }
            _ if at < bytes.len() => {
                bytes[at] = *random.choice(b"0123456789 \r\n:/=|-\xff\x80").expect("not empty");
            }
            _ => {}
        }
    }
    bytes
}

const OFFERS: [&str; 3] = [
    "v=0\r\no=- 7 8 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n\
     m=audio 5000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
     a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n",
    "v=0\no=x 1 1 IN IP6 ::1\ns= \nt=0 0\na=inactive\nm=video 6000 RTP/AVP 96\nc=IN IP6 2001:db8::1\n\
     a=rtpmap:96 H264/90000\nm=audio 5000 RTP/SAVP 97 98\nc=IN IP4 0.0.0.0\na=rtpmap:97 PCMA/8000/1\n\
     a=rtpmap:98 Telephone-Event/8000\n\
     a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^31\na=sendonly\n",
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n\
     m=image 0 udptl t38\r\nm=audio 5002/2 RTP/AVP 9 0\r\na=recvonly\r\nm=audio 0 RTP/AVP 8\r\n",
];

#[test]
fn descriptions() {
    let ours = |key: Option<Key>| Ours {
        at: "192.0.2.1:4000".parse().expect("an address"),
        laws: Law::ALL.into(),
        direction: Direction::SendRecv,
        key,
    };
    let ours = [ours(None), ours(Some(Key::new([7; 30])))];
    let offered = ours.clone().map(|ours| offer(&ours, &[]));
    let mut random = Rng::with_seed(1);
    let (mut understood, mut answered) = (0, 0);
    for round in 0..ROUNDS {
        let bytes = mutated(OFFERS[round as usize % OFFERS.len()].as_bytes(), &mut random);
        let Ok(description) = Description::parse(&bytes) else { continue };
        understood += 1;
        let again = Description::parse(description.write().as_bytes());
        assert_eq!(again.as_ref(), Ok(&description), "{:?}", String::from_utf8_lossy(&bytes));
        for (ours, offered) in ours.iter().zip(&offered) {
            let _ = agree(offered, &description);
            let Ok(answer) = answer(&description, ours) else { continue };
            answered += 1;
            assert_eq!(answer.media.len(), description.media.len());
            let said = Description::parse(Said::new(1).say(answer.media.clone()).as_bytes());
            assert_eq!(said.map(|said| said.media), Ok(answer.media));
        }
    }
    assert!(understood > ROUNDS / 4 && answered > ROUNDS / 8, "{understood} {answered}");
}

#[test]
fn packets() {
    let mut whole = vec![0xb2, 0x88, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 5, 5, 5, 5, 6, 6, 6, 6];
    whole.extend([0xbe, 0xde, 0, 1, 0x10, 7, 0, 0]);
    whole.extend([0xd5; 20]);
    whole.extend([0, 0, 3]);
    let mut random = Rng::with_seed(2);
    let mut understood = 0;
    for _ in 0..ROUNDS {
        let bytes = mutated(&whole, &mut random);
        let Ok(packet) = Packet::parse(&bytes) else { continue };
        understood += 1;
        let mut written = Vec::new();
        packet.write(&mut written);
        assert_eq!(Packet::parse(&written), Ok(packet), "{bytes:?}");
    }
    assert!(understood > ROUNDS / 4, "{understood}");
}

#[test]
fn sealed_packets() {
    let key = Key::new([7; 30]);
    let (mut sealer, mut careless, mut opener) =
        (Sealer::new(&key), Sealer::new(&key), Opener::new(&key));
    let mut random = Rng::with_seed(5);
    let mut unchanged = 0;
    for round in 0..ROUNDS {
        let mut packet = vec![0x91, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4, 0xbe, 0xde, 0, 1];
        packet.extend([0; 24]);
        packet[2..4].copy_from_slice(&round.to_be_bytes()[2..]);
        assert!(sealer.seal(&mut packet));
        let bytes = mutated(&packet, &mut random);
        if opener.open(&bytes).is_some() {
            unchanged += 1;
            assert_eq!(bytes, packet, "what was changed is refused");
        }
        // Neither end is to panic on what nobody would seal.
        let _ = careless.seal(&mut bytes.clone());
    }
    // Some changes put in what was there.
    assert!((1..ROUNDS / 10).contains(&unchanged), "{unchanged}");
}

#[test]
fn pressed_keys() {
    let mut random = Rng::with_seed(3);
    let mut reader = Reader::default();
    let mut told = 0;
    for round in 0..ROUNDS {
        let bytes = mutated(&[5, 0x0a, 0, 160], &mut random);
        let packet = Packet {
            payload_type: 101,
            marker: random.bool(),
            sequence: 0,
            timestamp: (round / 5 * 800).wrapping_sub(random.u32(..2_000)),
            ssrc: 1 + u32::from(random.u8(..) == 0),
            payload: &bytes,
        };
        if let Some(key) = reader.read(&packet) {
            told += 1;
            assert!("0123456789*#ABCD".contains(key.char()));
        }
        let Ok(payload) = Payload::parse(&bytes) else { continue };
        assert_eq!(Payload::parse(&payload.bytes()), Ok(payload), "{bytes:?}");
    }
    assert!(told > ROUNDS / 50, "{told}");
}

#[test]
fn datagrams() {
    let mut request = vec![0, 1, 0, 28, 0x21, 0x12, 0xa4, 0x42];
    request.extend([9; 12]);
    request.extend([0x80, 0x22, 0, 5, b'l', b'i', b'b', b'r', b'e', 0, 0, 0]);
    request.extend([0, 6, 0, 11]);
    request.extend(b"ours:theirs\0");
    let mut random = Rng::with_seed(4);
    let mut understood = 0;
    for _ in 0..ROUNDS {
        let bytes = mutated(&request, &mut random);
        let kind = Datagram::of(&bytes);
        let Some(name) = username(&bytes) else { continue };
        understood += 1;
        assert_eq!(kind, Datagram::Stun);
        let text = format!("{}:{}", name.ours, name.theirs);
        let length = u8::try_from(text.len()).expect("as short as the request");
        let mut written = request[..20].to_vec();
        written.extend([0, 6, 0, length]);
        written.extend(text.as_bytes());
        written.resize(written.len().next_multiple_of(4), 0);
        written[3] = u8::try_from(written.len() - 20).expect("as short as the request");
        assert_eq!(username(&written), Some(name), "{bytes:?}");
    }
    // Few changes leave lengths within lengths right.
    assert!(understood > ROUNDS / 10, "{understood}");
}

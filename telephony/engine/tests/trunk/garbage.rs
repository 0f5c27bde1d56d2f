//! Nothing that arrives on the SIP port ends the engine.

use std::net::{SocketAddr, UdpSocket};

use telephony_engine::Engine;

use crate::support::{call, settings};

/// Enough to meet each mutation of each line some times; the seed says which.
const PACKETS: usize = 6_000;
const SEED: u64 = 20_261_129;

#[tokio::test]
async fn ordinary_call_works_after_thousands_of_mutated_packets() {
    let mut settings = settings();
    settings.limits.datagrams_per_second = 1_000_000;
    settings.limits.calls_per_second = 1_000_000;
    let legs_max = settings.limits.legs_max;
    let (engine, _events) = Engine::start(settings).await.unwrap();
    let address = engine.address();
    // The port keeps its half-open calls while others call.
    let sent = tokio::task::spawn_blocking(move || mutate(address)).await.unwrap();
    assert_eq!(sent, PACKETS);
    call(&engine, "uac-options", "echo").succeeds().await;
    assert!(engine.alive().legs <= legs_max, "{:?}", engine.alive());
    // Whoever sent the garbage answers no BYE: the engine is dropped, not stopped.
}

fn mutate(address: SocketAddr) -> usize {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut random = fastrand::Rng::with_seed(SEED);
    let ours = socket.local_addr().unwrap();
    let mut sent = 0;
    for number in 0..PACKETS {
        let packet = mutated(&mut random, &original(number, ours));
        sent += usize::from(socket.send_to(&packet, address).is_ok());
        if number % 50 == 0 {
            // Lets the receiver keep up: what its buffer drops proves nothing.
            std::thread::yield_now();
        }
    }
    sent
}

fn original(number: usize, ours: SocketAddr) -> Vec<u8> {
    let method = ["INVITE", "OPTIONS", "REGISTER", "BYE", "ACK", "CANCEL"][number % 6];
    let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
               m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";
    let size = sdp.len();
    format!(
        "{method} sip:echo@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {ours};branch=z9hG4bK{number};rport\r\n\
         From: \"A\" <sip:0612345678@{ours}>;tag=t{number}\r\nTo: <sip:echo@127.0.0.1>\r\nCall-ID: {number}@x\r\n\
         CSeq: 1 {method}\r\nContact: <sip:a@{ours}>\r\nMax-Forwards: 70\r\nSupported: timer\r\n\
         Session-Expires: 120;refresher=uac\r\nContent-Type: application/sdp\r\nContent-Length: {size}\r\n\r\n{sdp}"
    )
    .into_bytes()
}

/// Up to eight changes: a bit, a byte, a piece doubled, left out or moved, the end cut off.
fn mutated(random: &mut fastrand::Rng, original: &[u8]) -> Vec<u8> {
    let mut packet = original.to_vec();
    for _ in 0..random.usize(0..8) {
        if packet.is_empty() {
            break;
        }
        let at = random.usize(..packet.len());
        let until = (at + random.usize(1..40)).min(packet.len());
        match random.u8(0..7) {
            0 => packet[at] ^= 1 << random.u8(0..8),
            1 => packet[at] = random.u8(..),
            2 => packet.extend_from_within(at..until),
            3 => drop(packet.drain(at..until)),
            4 => packet.truncate(at),
            5 => packet.insert(at, b"\r\n:;<>\"@ \0\xff"[random.usize(0..11)]),
            _ => {
                let piece: Vec<u8> = packet[at..until].to_vec();
                packet.splice(
                    at..at,
                    piece.iter().copied().cycle().take(piece.len() * random.usize(1..20)),
                );
            }
        }
    }
    packet.truncate(60_000);
    packet
}

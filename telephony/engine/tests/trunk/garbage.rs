//! Nothing that arrives on its ports ends the engine.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use telephony_engine::{Engine, Limits};
use telephony_proto::tone::strength;

use crate::phone::{Phone, speech};
use crate::support::{call, settings};

/// Enough to meet each mutation of each line some times; the seed says which.
const PACKETS: usize = 6_000;
const SEED: u64 = 20_261_129;
/// Fewer than any receive buffer holds.
const BETWEEN_QUESTIONS: usize = 10;

#[tokio::test]
async fn ordinary_call_works_after_thousands_of_mutated_packets() {
    let mut settings = settings();
    settings.limits = Limits {
        legs_max: PACKETS,
        half_open_max: PACKETS,
        calls_per_second: 1_000_000,
        datagrams_per_second: 1_000_000,
    };
    let (engine, _events) = Engine::start(settings).await.unwrap();
    let address = engine.address();
    let sent = tokio::task::spawn_blocking(move || mutate(address)).await.unwrap();
    assert_eq!(sent, PACKETS);

    call(&engine, "uac-echo", "echo").succeeds().await;
    let mut phone = Phone::call(&engine, "echo").await;
    let heard = phone.talk(440, 50).await;
    assert!(strength(&heard, 440) > 0.8, "sound comes back");
    phone.hang_up().await;
    // Whoever sent the garbage answers no BYE: the engine is dropped, not stopped.
}

/// What is no RTP, or of somebody else, changes nothing for the call.
#[tokio::test]
async fn call_goes_on_while_garbage_comes_to_its_port() {
    let (engine, _events) = Engine::start(settings()).await.unwrap();
    let mut phone = Phone::call(&engine, "echo").await;
    let mut random = fastrand::Rng::with_seed(SEED);
    let stranger = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut heard = Vec::new();
    for number in 0..50 {
        for _ in 0..20 {
            let packet = mutated(&mut random, &speech(1_000, number));
            stranger.send_to(&packet, phone.remote).await.unwrap();
        }
        heard.append(&mut phone.talk(440, 1).await);
    }
    heard.append(&mut phone.talk(440, 10).await);
    // Before the phone said its first word the stranger may have been taken for it.
    let later = &heard[heard.len() - 40 * 160..];
    let (ours, others) = (strength(later, 440), strength(later, 1_000));
    assert!(ours > 0.8, "{ours} of 440 Hz, {others} of 1,000");
    phone.hang_up().await;
    engine.stop().await;
}

fn mutate(address: SocketAddr) -> usize {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut random = fastrand::Rng::with_seed(SEED);
    let ours = socket.local_addr().unwrap();
    let mut sent = 0;
    for number in 0..PACKETS {
        let packet = mutated(&mut random, &original(number, ours));
        sent += usize::from(socket.send_to(&packet, address).is_ok());
        if number % BETWEEN_QUESTIONS == 0 {
            ask(&socket, address, number);
        }
    }
    sent
}

/// Asks whether anybody is there, and waits for the answer: so everything before it was read, and dropped by no buffer.
fn ask(socket: &UdpSocket, address: SocketAddr, number: usize) {
    let ours = socket.local_addr().unwrap();
    let question = format!(
        "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {ours};branch=z9hG4bKq{number};rport\r\n\
         From: <sip:q@{ours}>;tag=q\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: question-{number}\r\n\
         CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    socket.send_to(question.as_bytes(), address).unwrap();
    let mut answer = vec![0; 65_536];
    loop {
        let size = socket.recv(&mut answer).expect("somebody is there");
        if String::from_utf8_lossy(&answer[..size]).contains(&format!("question-{number}\r\n")) {
            return;
        }
    }
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

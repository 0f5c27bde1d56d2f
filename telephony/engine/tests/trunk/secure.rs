//! SRTP with the trunk.

use std::time::Duration;

use telephony_engine::{
    Command, Dial, Engine, Event, LegId, Settings, Sound, Through, Transport, Trunk, TrunkState,
    Why,
};
use telephony_proto::g711::Law;
use telephony_proto::tone::{HEARD, strength};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::phone::{Phone, speech};
use crate::support::{dial, free_port, local, next, next_of_calls, next_of_trunk, settings, trunk};
use crate::tls::{Authority, over_tls};

/// A trunk that calls us from this machine; whether it answers is of no interest here.
async fn start() -> Engine {
    let trunk = Trunk { secure_sound: true, ..trunk(&[local(free_port())]) };
    let (engine, mut events) =
        Engine::start(Settings { trunk: Some(trunk), ..settings() }).await.unwrap();
    // Its address is known then.
    next_of_trunk(&mut events).await;
    engine
}

#[tokio::test]
async fn caller_with_a_key_hears_himself() {
    let engine = start().await;
    let mut phone = Phone::secure(&engine, "echo").await.unwrap();
    let heard = phone.talk(440, 50).await;
    assert!(strength(&heard, 440) > 0.8, "{}", strength(&heard, 440));
    phone.hang_up().await;
    engine.stop().await;
}

#[tokio::test]
async fn whoever_listens_on_the_way_hears_noise() {
    let engine = start().await;
    let phone = Phone::secure(&engine, "muziek").await.unwrap();
    let (mut open, mut opened) = (Vec::new(), Vec::new());
    while opened.len() < 20 * 160 {
        let (packet, samples) = phone.receive_both().await;
        Law::A.decode_into(&packet[12..packet.len() - 10], &mut open);
        opened.extend(samples);
    }
    assert!(strength(&opened, 523) > 0.8, "the first note: {}", strength(&opened, 523));
    assert!(strength(&open, 523) < HEARD, "on the way: {}", strength(&open, 523));
}

/// The phone says nothing: without a key anybody could take its place now, by speaking first.
#[tokio::test]
async fn who_has_no_key_takes_nobodys_place() {
    let engine = start().await;
    let phone = Phone::secure(&engine, "muziek").await.unwrap();
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for number in 0..20 {
        stranger.send_to(&speech(1_000, number), phone.remote).await.unwrap();
    }
    assert!(strength(&phone.listen(20).await, 523) > 0.8);
    let overheard = timeout(Duration::from_millis(200), stranger.recv(&mut [0; 2_000])).await;
    assert!(overheard.is_err(), "the stranger hears");
}

#[tokio::test]
async fn trunk_with_keys_may_not_call_without() {
    let engine = start().await;
    let refusal = Phone::refused(&engine, "echo", "SIP/2.0 4").await;
    assert!(refusal.starts_with("SIP/2.0 488 "), "{refusal}");
    engine.stop().await;
}

/// Two engines, each the trunk of the other: TLS and SRTP, as with a real one. Both hear, so each could read the other.
#[tokio::test]
async fn two_of_us_speak_in_secret() {
    let authority = Authority::new();
    let theirs =
        Trunk { secure_sound: true, transport: Transport::Tcp, ..trunk(&[local(free_port())]) };
    let (them, mut told_them) =
        Engine::start(Settings { trunk: Some(theirs), ..settings() }).await.unwrap();
    next_of_trunk(&mut told_them).await;
    let door = authority.door("localhost", them.address()).await;
    let ours = Trunk { secure_sound: true, ..over_tls(&[door], Some(&authority)) };
    let (us, mut events) =
        Engine::start(Settings { trunk: Some(ours), ..settings() }).await.unwrap();
    assert_eq!(next_of_trunk(&mut events).await.1, TrunkState::Up);

    let to = "ledenlijn".to_owned();
    let leg = us.dial(Dial { to, through: Through::Trunk, ..dial(door) });
    let Event::Incoming(call) = next_of_calls(&mut told_them).await else { panic!("a call") };
    them.send(call.leg, Command::Answer(Sound::Music));
    is_heard(&mut events, leg).await;
    is_heard(&mut told_them, call.leg).await;

    us.send(leg, Command::Hold);
    assert_eq!(next_of_calls(&mut events).await, Event::Held { leg, held: true });
    us.send(leg, Command::Resume);
    assert_eq!(next_of_calls(&mut events).await, Event::Held { leg, held: false });
    us.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    us.stop().await;
    them.stop().await;
}

/// Answered, and what came in was encrypted with the key that was agreed.
async fn is_heard(events: &mut telephony_engine::Events, leg: LegId) {
    let mut left = vec![Event::Answered(leg), Event::Heard(leg)];
    while !left.is_empty() {
        let event = next(events).await;
        left.retain(|awaited| *awaited != event);
    }
}

//! Sound, not signalling: what is heard is told apart by its frequency.

use std::time::Duration;

use telephony_engine::{Command, Engine, Event, Sound, Why};
use telephony_proto::g711::Law;
use telephony_proto::tone::{HEARD, Tone, strength};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout};

use crate::phone::{Phone, speech};
use crate::support::{next, next_of_calls, settings, start};

const FRAMES_PER_SECOND: usize = 50;

#[tokio::test]
async fn echo_line_says_what_it_hears() {
    let (engine, mut events) = start().await;
    let mut phone = Phone::call(&engine, "echo").await;
    let heard = phone.talk(440, FRAMES_PER_SECOND).await;
    assert!(is_tone(&heard, 440), "440 Hz comes back: {}", loudest(&heard));
    // Signalling and sound are told apart from each other, in either order.
    let told = [next(&mut events).await, next(&mut events).await];
    assert!(told.iter().any(|event| matches!(event, Event::Answered(_))), "{told:?}");
    assert!(told.iter().any(|event| matches!(event, Event::Heard(_))), "{told:?}");
    phone.hang_up().await;
    engine.stop().await;
}

#[tokio::test]
async fn echo_comes_back_after_its_delay() {
    let mut settings = settings();
    settings.echo_delay = Duration::from_millis(400);
    let (engine, _events) = Engine::start(settings).await.unwrap();
    let mut phone = Phone::call(&engine, "echo").await;
    let begun = Instant::now();
    phone.send(440).await;
    let (_, came) = phone.receive().await;
    let delay = came - begun;
    assert!(delay >= Duration::from_millis(400), "{delay:?}");
    assert!(delay < Duration::from_millis(900), "{delay:?}");
    phone.hang_up().await;
    engine.stop().await;
}

#[tokio::test]
async fn music_line_plays_its_melody() {
    let (engine, _events) = start().await;
    let mut phone = Phone::call(&engine, "muziek").await;
    let first = phone.listen(20).await;
    assert!(is_tone(&first, 523), "the first note: {}", loudest(&first));
    let rest = phone.listen(30).await;
    assert!(is_tone(&rest[10 * 160..], 659), "the second note: {}", loudest(&rest[10 * 160..]));
    phone.hang_up().await;
    engine.stop().await;
}

#[tokio::test]
async fn caller_who_holds_hears_nothing_until_he_resumes() {
    let (engine, mut events) = start().await;
    let mut phone = Phone::call(&engine, "muziek").await;
    phone.listen(5).await;
    phone.reinvite("sendonly").await;
    while !matches!(next_of_calls(&mut events).await, Event::HeldByPeer(_)) {}
    phone.forget_what_came().await;
    let heard = timeout(Duration::from_millis(300), phone.receive()).await;
    assert!(heard.is_err(), "sound while on hold");
    phone.reinvite("sendrecv").await;
    assert!(!phone.listen(5).await.is_empty());
    phone.hang_up().await;
    engine.stop().await;
}

#[tokio::test]
async fn whom_the_desk_holds_hears_music() {
    let (engine, mut events) = start().await;
    let calling = Phone::begin(&engine, "ledenlijn");
    let Event::Incoming(call) = next_of_calls(&mut events).await else { panic!("a call comes in") };
    engine.send(call.leg, Command::Answer(Sound::Echo));
    let mut phone = calling.await.unwrap();
    let heard = phone.talk(440, FRAMES_PER_SECOND).await;
    assert!(is_tone(&heard, 440), "before: {}", loudest(&heard));

    engine.send(call.leg, Command::Hold);
    phone.answer_reinvite("recvonly").await;
    phone.forget_what_came().await;
    let heard = phone.talk(440, FRAMES_PER_SECOND / 2).await;
    assert!(strength(&heard, 440) < HEARD && is_music(&heard), "music: {}", loudest(&heard));

    engine.send(call.leg, Command::Resume);
    phone.answer_reinvite("sendrecv").await;
    phone.forget_what_came().await;
    let heard = phone.talk(440, FRAMES_PER_SECOND).await;
    assert!(is_tone(&heard, 440), "after: {}", loudest(&heard));
    phone.hang_up().await;
    engine.stop().await;
}

/// An announcement comes before the music, whole and once.
#[tokio::test]
async fn what_is_said_to_a_caller_comes_before_the_music() {
    let (engine, mut events) = start().await;
    let calling = Phone::begin(&engine, "ledenlijn");
    let Event::Incoming(call) = next_of_calls(&mut events).await else { panic!("a call comes in") };
    let (mut samples, mut words) = (vec![0; 8_000], Vec::new());
    Tone::new(1_000, 8_000).fill(&mut samples);
    Law::A.encode_into(&samples, &mut words);
    engine.send(call.leg, Command::Answer(Sound::Music));
    let mut phone = calling.await.unwrap();
    engine.send(call.leg, Command::Say(words.into()));
    phone.forget_what_came().await;
    let heard = phone.listen(40).await;
    assert!(is_tone(&heard, 1_000), "the words: {}", loudest(&heard));
    phone.listen(20).await;
    let heard = phone.listen(20).await;
    assert!(is_music(&heard) && !is_tone(&heard, 1_000), "then music: {}", loudest(&heard));
    phone.hang_up().await;
    engine.stop().await;
}

/// RTP from elsewhere is refused once the leg knows its peer.
#[tokio::test]
async fn stranger_cannot_speak_into_a_call() {
    let (engine, _events) = start().await;
    let mut phone = Phone::call(&engine, "echo").await;
    phone.talk(440, 10).await;
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for number in 0..20 {
        stranger.send_to(&speech(1_000, number), phone.remote).await.unwrap();
    }
    let heard = phone.talk(440, FRAMES_PER_SECOND).await;
    assert!(is_tone(&heard, 440), "{}", loudest(&heard));
    phone.hang_up().await;
    engine.stop().await;
}

#[tokio::test]
async fn silent_caller_is_hung_up() {
    let mut settings = settings();
    settings.rtp_silence_max = Duration::from_millis(300);
    let (engine, mut events) = Engine::start(settings).await.unwrap();
    let _phone = Phone::call(&engine, "muziek").await;
    let Event::Answered(leg) = next_of_calls(&mut events).await else { panic!("answered first") };
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::Silent });
    engine.stop().await;
}

#[tokio::test]
async fn keys_are_heard_once_each() {
    let (engine, mut events) = start().await;
    let mut phone = Phone::call(&engine, "echo").await;
    phone.press("12#").await;
    let mut heard = String::new();
    while heard.len() < 3 {
        if let Event::Key { key, .. } = next(&mut events).await {
            heard.push(key);
        }
    }
    assert_eq!(heard, "12#");
    phone.hang_up().await;
    while let Some(event) = events.recv().await {
        match event {
            Event::Key { key, .. } => panic!("{key} once more"),
            Event::Ended { .. } => break,
            _ => {}
        }
    }
    engine.stop().await;
}

fn is_tone(samples: &[i16], hertz: u16) -> bool {
    samples.len() >= 800 && strength(samples, hertz) > 0.8
}

/// Some note of the melody.
fn is_music(samples: &[i16]) -> bool {
    samples.len() >= 800 && [523, 659, 784, 1047].iter().any(|note| strength(samples, *note) > 0.3)
}

/// For the sentence of a test that failed.
fn loudest(samples: &[i16]) -> String {
    let most = (1..40)
        .map(|step| step * 50)
        .max_by(|a, b| strength(samples, *a).total_cmp(&strength(samples, *b)));
    format!("{} samples, most of them about {most:?} Hz", samples.len())
}

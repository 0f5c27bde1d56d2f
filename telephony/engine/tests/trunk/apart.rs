//! An engine in a process of its own, as far as its messages go: it does the same, serves one program at a time, and neither side is left
//! with what the other took along.

use std::time::Duration;

use telephony_browser::Client;
use telephony_engine::{
    Browsers, Command, ConnectError, Engine, Event, Sound, StartError, Why, serve,
};
use telephony_proto::g711::Law;
use telephony_proto::tone::{HEARD, Tone, strength};

use crate::support::{call, next, next_of_calls, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_and_sound_are_the_same_over_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("telephone");
    let serving = tokio::spawn({
        let at = at.clone();
        async move { serve(&at).await }
    });
    let bind = "127.0.0.1:0".parse().unwrap();
    let wished = || {
        let browsers = Some(Browsers { bind, public: Vec::new() });
        telephony_engine::Settings { browsers, ..settings() }
    };
    let reached = async {
        loop {
            match Engine::reach(&at, wished()).await {
                Err(StartError::NotReached { .. }) => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                reached => return reached,
            }
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(10), reached).await.expect("in time");
    let (engine, mut events) = reached.unwrap();
    assert!(engine.browsers_at().is_some() && engine.alive().is_none());

    // A second program is told so; a second process as well.
    let second = Engine::reach(&at, wished()).await.err().expect("refused");
    assert!(matches!(second, StartError::Apart(_)), "{second}");
    let second = serve(&at).await.unwrap_err().to_string();
    assert!(second.contains("runs already"), "{second}");

    // A browser hears music, and what is no offer is refused as ever.
    let refused = engine.connect("hello".into()).await.unwrap_err();
    assert!(matches!(refused, ConnectError::Offer(_)), "{refused}");
    let (mut client, offer) = Client::offers();
    let (leg, answer) = engine.connect(offer).await.unwrap();
    client.takes(&answer);
    let client = tokio::task::spawn_blocking(|| {
        client.is_connected_soon();
        client
    });
    let client = client.await.unwrap();
    assert_eq!(next(&mut events).await, Event::Connected(leg));
    engine.send(leg, Command::Play(Sound::Tone(440)));
    engine.send(leg, Command::Say(words()));
    let heard = tokio::task::spawn_blocking(move || {
        let mut client = client;
        client.speaks(100, |_| 0xd5);
        client.heard[0].clone()
    });
    let heard = heard.await.unwrap();
    let mut samples = Vec::new();
    Law::A.decode_into(&heard, &mut samples);
    let (first, last) = (&samples[1_600..4_800], &samples[samples.len() - 3_200..]);
    assert!(strength(first, 1_000) > HEARD, "the words");
    assert!(strength(last, 440) > HEARD, "and then the tone");

    // A call comes in; its program stops, and says goodbye to it.
    let sipp = call(&engine, "uac-hung-up", "ledenlijn");
    let incoming = loop {
        if let Event::Incoming(call) = next_of_calls(&mut events).await {
            break call.leg;
        }
    };
    engine.send(incoming, Command::Answer(Sound::Silence));
    while next(&mut events).await != Event::Answered(incoming) {}
    engine.stop().await;
    let goodbye = Event::Ended { leg: incoming, why: Why::HungUpByUs };
    while next(&mut events).await != goodbye {}
    sipp.succeeds().await;

    // The next program finds it free, and hears of the end of the process.
    let again = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            if let Ok(again) = Engine::reach(&at, wished()).await {
                return again;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let (_engine, _events) = again.await.expect("in time");
    serving.abort();
}

/// Half a second of 1,000 Hz.
fn words() -> std::sync::Arc<[u8]> {
    let (mut samples, mut said) = ([0; 4_000], Vec::new());
    Tone::new(1_000, 8_000).fill(&mut samples);
    Law::A.encode_into(&samples, &mut said);
    said.into()
}

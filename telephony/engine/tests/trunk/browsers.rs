//! Browsers of our own making, with real ICE, DTLS and SRTP: alone, with each other, and with a telephone of the outside world.

use telephony_browser::Client;
use telephony_engine::{
    BadOffer, Browsers, Command, ConnectError, Engine, Event, Events, LegId, Settings, Sound, Why,
};
use telephony_proto::g711::Law;
use telephony_proto::tone::{HEARD, Tone, strength};

use crate::phone::Phone;
use crate::support::{next, next_of_calls, settings};

fn with_browsers() -> Settings {
    let bind = "127.0.0.1:0".parse().unwrap();
    Settings { browsers: Some(Browsers { bind, public: Vec::new() }), ..settings() }
}

pub(crate) async fn start() -> (Engine, Events) {
    Engine::start(with_browsers()).await.unwrap()
}

/// A browser that is connected.
pub(crate) async fn browser(engine: &Engine, events: &mut Events) -> (LegId, Box<Client>) {
    connected(engine, events, Client::offers()).await
}

async fn connected(
    engine: &Engine,
    events: &mut Events,
    (mut client, offer): (Box<Client>, String),
) -> (LegId, Box<Client>) {
    let (leg, answer) = engine.connect(offer).await.unwrap();
    client.takes(&answer);
    let client = tokio::task::spawn_blocking(|| {
        client.is_connected_soon();
        client
    });
    let client = client.await.unwrap();
    assert_eq!(next(events).await, Event::Connected(leg));
    (leg, client)
}

fn hears(engine: &Engine, leg: LegId, section: usize, from: &[LegId]) {
    engine.send(leg, Command::Hear { section, from: from.to_vec() });
}

pub(crate) fn joined(engine: &Engine, one: LegId, other: LegId) {
    hears(engine, one, 0, &[other]);
    hears(engine, other, 0, &[one]);
}

/// So many frames of a tone, and what was heard meanwhile; the others go on beside it.
pub(crate) fn speaks(
    mut client: Box<Client>,
    hertz: u16,
    frames: u32,
) -> tokio::task::JoinHandle<Box<Client>> {
    tokio::task::spawn_blocking(move || {
        client.heard = Default::default();
        let (mut samples, mut said) = ([0; 160], Vec::new());
        let mut tone = Tone::new(hertz, 8_000);
        for _ in 0..frames {
            tone.fill(&mut samples);
            Law::A.encode_into(&samples, &mut said);
        }
        let first = client.said * 160;
        client.speaks(frames, |at| said[usize::try_from(at - first).unwrap()]);
        client
    })
}

fn tones(client: &Client, section: usize) -> Vec<u16> {
    let mut samples = Vec::new();
    Law::A.decode_into(&client.heard[section], &mut samples);
    tones_in(&samples)
}

/// Which of the tones of these tests are heard in the second half, when everything has come through.
fn tones_in(samples: &[i16]) -> Vec<u16> {
    let late = &samples[samples.len() / 2..];
    let heard = |hertz: &u16| late.len() >= 800 && strength(late, *hertz) > HEARD;
    [440, 1_000, 1_500, 1_800].into_iter().filter(heard).collect()
}

/// What makes each sample known again: which frame it is of, and where.
fn pattern(at: u32) -> u8 {
    u8::try_from(at * 7 % 251).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_calls_the_echo_line_hears_oneself_later_and_unchanged() {
    let (engine, mut events) = start().await;
    let (leg, mut client) = browser(&engine, &mut events).await;
    // Nobody is heard before the line is called.
    client.speaks(20, pattern);
    assert!(client.heard[0].is_empty(), "{} bytes", client.heard[0].len());
    engine.send(leg, Command::Play(Sound::Echo));
    client.speaks(60, pattern);
    let heard = &client.heard[0];
    assert!((40 * 160..60 * 160).contains(&heard.len()), "{} bytes, 100 ms late", heard.len());
    let is_there = |at: u32| (at..).zip(&heard[..160]).all(|(at, byte)| pattern(at) == *byte);
    let begins = (0..client.said * 160).find(|at| is_there(*at)).expect("what was said");
    let same = (begins..).zip(heard).filter(|(at, byte)| pattern(*at) == **byte).count();
    assert!(same * 100 >= heard.len() * 99, "{same} of {}", heard.len());
    engine.send(leg, Command::HangUp);
    assert_eq!(next(&mut events).await, Event::Ended { leg, why: Why::Lost });
    engine.stop().await;
}

#[tokio::test]
async fn what_is_no_offer_is_said_to_be_none() {
    let (engine, _events) = start().await;
    for offer in ["", "hello", "v=0\r\n"] {
        let refused = engine.connect(offer.into()).await.unwrap_err();
        assert!(matches!(refused, ConnectError::Offer(BadOffer { .. })), "{refused}");
    }
    let bind = engine.browsers_at().unwrap();
    let taken = Settings { browsers: Some(Browsers { bind, public: Vec::new() }), ..settings() };
    assert!(Engine::start(taken).await.is_err(), "the port is taken");
    let (without, _events) = Engine::start(settings()).await.unwrap();
    let refused = without.connect(Client::offers().1).await.unwrap_err();
    assert!(matches!(refused, ConnectError::NoPort), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_are_joined_hear_each_other_and_nobody_else() {
    let (engine, mut events) = start().await;
    let (one, a) = browser(&engine, &mut events).await;
    let (two, b) = browser(&engine, &mut events).await;
    let (third, c) = browser(&engine, &mut events).await;
    engine.send(third, Command::Play(Sound::Echo));
    joined(&engine, one, two);
    let spoke = (speaks(a, 440, 60), speaks(b, 1_000, 60), speaks(c, 1_500, 60));
    let (a, b, c) = (spoke.0.await.unwrap(), spoke.1.await.unwrap(), spoke.2.await.unwrap());
    assert_eq!((tones(&a, 0), tones(&b, 0), tones(&c, 0)), (vec![1_000], vec![440], vec![1_500]));
    // One of them goes: the other stays, and hears nobody.
    engine.send(two, Command::HangUp);
    assert_eq!(next(&mut events).await, Event::Ended { leg: two, why: Why::Lost });
    let a = speaks(a, 440, 30).await.unwrap();
    assert!(a.heard[0].len() <= 5 * 160, "{} bytes of who is gone", a.heard[0].len());
    engine.stop().await;
}

/// A coach beside a call: hears both apart, whispers to the agent alone, then speaks with both (INV18).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_coach_listens_whispers_and_joins() {
    let (engine, mut events) = start().await;
    let (agent, a) = browser(&engine, &mut events).await;
    let (coach, c) = browser(&engine, &mut events).await;
    let calling = Phone::begin(&engine, "ledenlijn");
    let Event::Incoming(call) = next_of_calls(&mut events).await else { panic!("a call comes in") };
    let member = call.leg;
    joined(&engine, agent, member);
    engine.send(member, Command::Answer(Sound::Silence));
    let mut phone = calling.await.unwrap();
    let round = async |phone: &mut Phone, a, c| {
        let (a, c) = (speaks(a, 1_000, 60), speaks(c, 1_800, 60));
        phone.forget_what_came().await;
        let heard = phone.talk(440, 60).await;
        (tones_in(&heard), a.await.unwrap(), c.await.unwrap())
    };

    let (heard, a, c) = round(&mut phone, a, c).await;
    assert_eq!((heard, tones(&a, 0)), (vec![1_000], vec![440]), "the call");
    assert_eq!(tones(&c, 1), [0_u16; 0], "nobody listens yet");

    hears(&engine, coach, 1, &[member]);
    hears(&engine, coach, 2, &[agent]);
    let (heard, a, c) = round(&mut phone, a, c).await;
    assert_eq!((heard, tones(&a, 0), tones(&a, 1)), (vec![1_000], vec![440], vec![]), "listening");
    assert_eq!((tones(&c, 1), tones(&c, 2)), (vec![440], vec![1_000]));

    hears(&engine, agent, 1, &[coach]);
    let (heard, a, c) = round(&mut phone, a, c).await;
    assert_eq!((heard, tones(&a, 0), tones(&a, 1)), (vec![1_000], vec![440], vec![1_800]));

    hears(&engine, member, 0, &[agent, coach]);
    let (heard, a, c) = round(&mut phone, a, c).await;
    assert_eq!((heard, tones(&a, 0)), (vec![1_000, 1_800], vec![440]), "all three");
    assert_eq!(tones(&c, 1), [440]);

    engine.send(member, Command::Hold);
    phone.answer_reinvite("recvonly").await;
    let (heard, a, c) = round(&mut phone, a, c).await;
    assert_eq!((heard, tones(&a, 0), tones(&c, 1)), (vec![], vec![], vec![]), "music alone");
    phone.hang_up().await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_without_its_password_moves_nobody() {
    let (engine, mut events) = start().await;
    let (_, victim) = browser(&engine, &mut events).await;
    let (leg, mut client) = browser(&engine, &mut events).await;
    engine.send(leg, Command::Play(Sound::Echo));
    // From where the second is, a binding request in the name of the first, unsigned (RFC 8489 §5, RFC 8445 §7.2.2): were it
    // believed, the second's sound would go to the first.
    let name = format!("{}:{}", victim.ufrag_of_host, "elsewhere");
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend([7; 12]);
    request.extend([0, 6]);
    request.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
    request.extend(name.bytes());
    request.resize(request.len().next_multiple_of(4), 0);
    let length = u16::try_from(request.len() - 20).unwrap();
    request[2..4].copy_from_slice(&length.to_be_bytes());
    client.sends(&request, engine.browsers_at().unwrap());
    client.speaks(60, |_| 0x11);
    assert!(client.heard[0].len() > 35 * 160, "{} bytes", client.heard[0].len());
    engine.stop().await;
}

/// A network that is away for ten seconds takes nobody out of a call: what is said afterwards is heard.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_that_is_away_for_ten_seconds_ends_no_call() {
    let (engine, mut events) = start().await;
    let (one, a) = browser(&engine, &mut events).await;
    let (two, b) = browser(&engine, &mut events).await;
    joined(&engine, one, two);
    // Whoever does nothing at all is as good as without a network.
    let b = speaks(b, 1_000, 550);
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    let a = speaks(a, 440, 60);
    let (a, b) = (a.await.unwrap(), b.await.unwrap());
    assert_eq!(tones(&a, 0), [1_000]);
    let mut late = Vec::new();
    Law::A.decode_into(&b.heard[0], &mut late);
    assert!(strength(&late, 440) > HEARD, "{} samples", late.len());
    engine.stop().await;
}

/// A network that lets no UDP through: the sound goes by TCP.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_udp_the_sound_goes_by_tcp() {
    let (engine, mut events) = start().await;
    let (one, a) = browser(&engine, &mut events).await;
    let (two, b) = connected(&engine, &mut events, Client::offers_without_udp()).await;
    joined(&engine, one, two);
    let spoke = (speaks(a, 440, 60), speaks(b, 1_000, 60));
    let (a, b) = (spoke.0.await.unwrap(), spoke.1.await.unwrap());
    assert_eq!((tones(&a, 0), tones(&b, 0)), (vec![1_000], vec![440]));
    engine.stop().await;
}

/// Whoever connects by TCP and says what no browser says is closed, and nobody else notices.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_by_tcp_is_closed() {
    use std::io::{Read as _, Write as _};

    let (engine, mut events) = start().await;
    let at = engine.browsers_at().unwrap();
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..200 {
        let mut stranger = std::net::TcpStream::connect(at).unwrap();
        let size = random.usize(1..3_000);
        let garbage: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(size).collect();
        // It may be closed while it still speaks.
        let _ = stranger.write_all(&garbage);
    }
    let mut long = std::net::TcpStream::connect(at).unwrap();
    long.write_all(&[0xff; 8]).unwrap();
    long.set_read_timeout(Some(std::time::Duration::from_secs(5))).unwrap();
    assert!(matches!(long.read(&mut [0; 1]), Ok(0) | Err(_)), "closed, and nothing was said");
    let (leg, mut client) = connected(&engine, &mut events, Client::offers_without_udp()).await;
    engine.send(leg, Command::Play(Sound::Echo));
    client.speaks(60, pattern);
    assert!(client.heard[0].len() > 35 * 160, "{} bytes", client.heard[0].len());
    engine.stop().await;
}

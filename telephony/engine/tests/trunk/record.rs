//! Recordings: what each channel holds, and what is in none of them, by tone.

use telephony_browser::Client;
use telephony_engine::{Command, Engine, Event, Events, LegId, Sound, TapeId, Taped, Taping};
use telephony_proto::g711::Law;
use telephony_proto::record::{Pause, Pauses};
use telephony_proto::tone::{HEARD, strength};

use crate::browsers::{browser, joined, speaks, start};
use crate::phone::Phone;
use crate::support::{next, next_of_calls};

const TAPE: TapeId = TapeId(7);

fn written(engine: &Engine, ours: LegId, theirs: LegId) {
    engine.tape(TAPE, Taping::Write { ours: vec![ours], theirs: vec![theirs] });
}

/// What was recorded until then, both sides, and how it ended.
async fn taped(events: &mut Events) -> ([Vec<i16>; 2], Taped) {
    let mut sides = [Vec::new(), Vec::new()];
    loop {
        let Event::Taped { tape: TAPE, what } = next(events).await else { continue };
        let Taped::Sound(piece) = what else { return (sides, what) };
        for pair in piece.chunks_exact(2) {
            sides[0].push(Law::A.decode(pair[0]));
            sides[1].push(Law::A.decode(pair[1]));
        }
    }
}

const ALL: [u16; 4] = [440, 1_000, 1_500, 1_800];

/// Which tones there are in it at all, however short: a tenth of a second is enough.
fn tones(samples: &[i16]) -> Vec<u16> {
    let is_in = |hertz: &u16| samples.chunks(800).any(|part| strength(part, *hertz) > HEARD);
    ALL.into_iter().filter(is_in).collect()
}

/// For so many frames the member says one tone, and each of us another.
async fn round(phone: &mut Phone, member: u16, ours: Vec<(Box<Client>, u16)>) -> Vec<Box<Client>> {
    let speaking: Vec<_> =
        ours.into_iter().map(|(client, hertz)| speaks(client, hertz, 60)).collect();
    phone.talk(member, 60).await;
    let mut clients = Vec::new();
    for client in speaking {
        clients.push(client.await.unwrap());
    }
    clients
}

/// Both sides in their channels; nothing of a pause; and after the call was passed on the colleague, not whoever passed it on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_recording_follows_the_call_and_holds_nothing_of_a_pause() {
    let (engine, mut events) = start().await;
    let (agent, a) = browser(&engine, &mut events).await;
    let (colleague, b) = browser(&engine, &mut events).await;
    let calling = Phone::begin(&engine, "ledenlijn");
    let Event::Incoming(call) = next_of_calls(&mut events).await else { panic!("a call comes in") };
    let member = call.leg;
    joined(&engine, agent, member);
    engine.send(member, Command::Answer(Sound::Silence));
    let mut phone = calling.await.unwrap();

    // Nothing is recorded until somebody says so.
    let mut ours = round(&mut phone, 1_500, vec![(a, 1_500)]).await;
    written(&engine, agent, member);
    assert_eq!(taped(&mut events).await.1, Taped::Resumed);
    ours = round(&mut phone, 440, vec![(ours.remove(0), 1_000)]).await;
    let why = Pauses::NONE.with(Pause::Hold);
    engine.tape(TAPE, Taping::Pause(why));
    let ([left, right], paused) = taped(&mut events).await;
    assert_eq!((tones(&left), tones(&right)), (vec![1_000], vec![440]));
    assert_eq!(paused, Taped::Paused(why));
    assert!((55 * 160..75 * 160).contains(&left.len()), "{} samples", left.len());

    // What is said in the pause is in no channel, also after it.
    ours = round(&mut phone, 1_500, vec![(ours.remove(0), 1_800)]).await;
    joined(&engine, colleague, member);
    engine.tape(TAPE, Taping::Write { ours: vec![colleague], theirs: vec![member] });
    let (sides, resumed) = taped(&mut events).await;
    assert_eq!((sides, resumed), (<[Vec<i16>; 2]>::default(), Taped::Resumed));
    round(&mut phone, 440, vec![(ours.remove(0), 1_800), (b, 1_000)]).await;
    engine.tape(TAPE, Taping::End);
    let ([left, right], ended) = taped(&mut events).await;
    assert_eq!((tones(&left), tones(&right)), (vec![1_000], vec![440]), "nobody who left the call");
    assert_eq!(ended, Taped::Ended);
    engine.tape(TAPE, Taping::End);
    phone.hang_up().await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_told_when_an_announcement_was_said() {
    let (engine, mut events) = start().await;
    let calling = Phone::begin(&engine, "ledenlijn");
    let Event::Incoming(call) = next_of_calls(&mut events).await else { panic!("a call comes in") };
    engine.send(call.leg, Command::Answer(Sound::Silence));
    let mut phone = calling.await.unwrap();
    engine.send(call.leg, Command::Say(vec![Law::A.silence(); 1_000].into()));
    phone.talk(440, 20).await;
    while next(&mut events).await != Event::Said(call.leg) {}
    engine.stop().await;
}

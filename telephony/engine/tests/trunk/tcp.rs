//! The same over TCP.

use telephony_engine::{Command, Dial, Event, Sound, Through, Why};

use crate::support::{answerer_over_tcp, call_over_tcp, dial, next_of_calls, start};

async fn passes(scenario: &str, number: &str) {
    let (engine, _events) = start().await;
    call_over_tcp(&engine, scenario, number).succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn caller_over_tcp_is_answered_and_hangs_up() {
    passes("uac-echo", "echo").await;
}

#[tokio::test]
async fn caller_over_tcp_holds_and_resumes() {
    passes("uac-hold", "echo").await;
}

#[tokio::test]
async fn unknown_number_over_tcp_is_not_found() {
    passes("uac-unknown-number", "0900123").await;
}

#[tokio::test]
async fn desk_hangs_up_over_tcp() {
    let (engine, mut events) = start().await;
    let sipp = call_over_tcp(&engine, "uac-hung-up", "ledenlijn");
    let Event::Incoming(call) = next_of_calls(&mut events).await else { panic!("a call comes in") };
    engine.send(call.leg, Command::Answer(Sound::Silence));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(call.leg));
    engine.send(call.leg, Command::HangUp);
    let ended = Event::Ended { leg: call.leg, why: Why::HungUpByUs };
    assert_eq!(next_of_calls(&mut events).await, ended);
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn we_call_over_tcp() {
    let (engine, mut events) = start().await;
    let (address, sipp) = answerer_over_tcp("uas-ok");
    let leg = engine.dial(Dial { through: Through::Tcp(address), ..dial(address) });
    assert_eq!(next_of_calls(&mut events).await, Event::Ringing(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(leg));
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
    engine.stop().await;
}

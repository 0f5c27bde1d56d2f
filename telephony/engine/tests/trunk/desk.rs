//! Calls to the desk: it decides.

use telephony_engine::{Command, Engine, Event, Events, LegId, Sound, Why};

use crate::support::{call, next_of_calls, start};

async fn incoming(events: &mut Events) -> LegId {
    let Event::Incoming(call) = next_of_calls(events).await else { panic!("a call comes in") };
    assert_eq!((call.from.as_str(), call.to.as_str()), ("0612345678", "ledenlijn"));
    call.leg
}

async fn answered(engine: &Engine, events: &mut Events) -> LegId {
    let leg = incoming(events).await;
    engine.send(leg, Command::Ring);
    engine.send(leg, Command::Answer(Sound::Silence));
    assert_eq!(next_of_calls(events).await, Event::Answered(leg));
    leg
}

#[tokio::test]
async fn caller_who_gives_up_is_told_as_such() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-cancel", "ledenlijn");
    let leg = incoming(&mut events).await;
    engine.send(leg, Command::Ring);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::Cancelled });
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn desk_may_refuse() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-rejected", "ledenlijn");
    let leg = incoming(&mut events).await;
    engine.send(leg, Command::Reject(603));
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::Rejected(603) });
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn desk_hangs_up() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-hung-up", "ledenlijn");
    let leg = answered(&engine, &mut events).await;
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn both_hang_up_at_the_same_moment() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-bye-crossing", "ledenlijn");
    let leg = answered(&engine, &mut events).await;
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
    engine.stop().await;
    assert_eq!(events.recv().await, None);
}

#[tokio::test]
async fn desk_holds_and_resumes() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-held", "ledenlijn");
    let leg = answered(&engine, &mut events).await;
    engine.send(leg, Command::Hold);
    assert_eq!(next_of_calls(&mut events).await, Event::Held { leg, held: true });
    engine.send(leg, Command::Resume);
    assert_eq!(next_of_calls(&mut events).await, Event::Held { leg, held: false });
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByPeer });
    sipp.succeeds().await;
    engine.stop().await;
}

/// Lasts two to four seconds: that is how long RFC 3261, section 14.1, wants us to wait.
#[tokio::test]
async fn hold_that_meets_a_reinvite_is_tried_again() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-glare", "ledenlijn");
    let leg = answered(&engine, &mut events).await;
    engine.send(leg, Command::Hold);
    assert_eq!(next_of_calls(&mut events).await, Event::Held { leg, held: true });
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByPeer });
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn stopping_says_goodbye_to_all() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-hung-up", "ledenlijn");
    let leg = answered(&engine, &mut events).await;
    engine.stop().await;
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
}

#[tokio::test]
async fn engine_that_is_dropped_says_goodbye_as_well() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-hung-up", "ledenlijn");
    let leg = answered(&engine, &mut events).await;
    drop(engine);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
}

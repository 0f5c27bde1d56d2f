//! Calls by us.

use std::time::Duration;

use telephony_engine::{Command, Dial, Engine, Event, Line, Login, Settings, Sound, Why};

use crate::support::{answerer, dial, next_of_calls, settings, start};

fn login(password: &str) -> Login {
    Login { user: "union".to_owned(), password: password.to_owned() }
}

#[tokio::test]
async fn call_rings_is_answered_and_hung_up_by_us() {
    let (engine, mut events) = start().await;
    let (address, sipp) = answerer("uas-ok");
    let leg = engine.dial(dial(address));
    assert_eq!(next_of_calls(&mut events).await, Event::Ringing(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(leg));
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn whom_we_called_hangs_up() {
    let (engine, mut events) = start().await;
    let (address, sipp) = answerer("uas-hangs-up");
    let leg = engine.dial(dial(address));
    assert_eq!(next_of_calls(&mut events).await, Event::Ringing(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByPeer });
    sipp.succeeds().await;
    engine.stop().await;
}

/// The scenario refuses, and the event says with which code.
async fn fails(scenario: &str, how: impl Fn(Dial) -> Dial, expected: u16) {
    let (engine, mut events) = start().await;
    let (address, sipp) = answerer(scenario);
    let dialled = engine.dial(how(dial(address)));
    loop {
        match next_of_calls(&mut events).await {
            Event::Failed { leg, code, .. } => {
                assert_eq!((leg, code), (dialled, expected));
                break;
            }
            Event::Ringing(_) => {}
            event => panic!("{event:?}"),
        }
    }
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn engaged_is_told_as_such() {
    fails("uas-busy", |dial| dial, 486).await;
}

#[tokio::test]
async fn redirection_is_not_followed() {
    fails("uas-302", |dial| dial, 302).await;
}

#[tokio::test]
async fn wrong_password_is_tried_once() {
    fails("uas-407-wrong", |dial| Dial { login: Some(login("gegokt")), ..dial }, 407).await;
}

#[tokio::test]
async fn nobody_answers_within_the_ringing_time() {
    fails("uas-cancelled", |dial| Dial { ring_max: Duration::from_millis(300), ..dial }, 408).await;
}

async fn is_answered(scenario: &str, how: impl Fn(Dial) -> Dial) {
    let (engine, mut events) = start().await;
    let (address, sipp) = answerer(scenario);
    let leg = engine.dial(how(dial(address)));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(leg));
    engine.send(leg, Command::HangUp);
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn trunk_that_asks_who_we_are_is_told() {
    is_answered("uas-407", |dial| Dial { login: Some(login("geheim")), ..dial }).await;
}

#[tokio::test]
async fn proof_of_our_password_is_right() {
    is_answered("uas-401", |dial| Dial { login: Some(login("geheim")), ..dial }).await;
}

#[tokio::test]
async fn longer_session_interval_is_taken_over() {
    is_answered("uas-422", |dial| dial).await;
}

#[tokio::test]
async fn announcement_before_the_answer_is_early_media() {
    let (engine, mut events) = start().await;
    let (address, sipp) = answerer("uas-early-media");
    let leg = engine.dial(dial(address));
    assert_eq!(next_of_calls(&mut events).await, Event::EarlyMedia(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(leg));
    engine.send(leg, Command::HangUp);
    sipp.succeeds().await;
    engine.stop().await;
}

async fn is_taken_back(scenario: &str) {
    let (engine, mut events) = start().await;
    let (address, sipp) = answerer(scenario);
    let leg = engine.dial(dial(address));
    assert_eq!(next_of_calls(&mut events).await, Event::Ringing(leg));
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn we_give_up_while_it_rings() {
    is_taken_back("uas-cancelled").await;
}

#[tokio::test]
async fn answer_that_crosses_our_cancel_is_hung_up() {
    is_taken_back("uas-cancel-crossing").await;
}

#[tokio::test]
async fn answer_in_a_codec_that_we_did_not_offer_is_hung_up() {
    let (engine, mut events) = start().await;
    let (address, sipp) = answerer("uas-nothing-in-common");
    let leg = engine.dial(dial(address));
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::NothingInCommon });
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn what_is_no_number_is_not_dialled() {
    let (engine, mut events) = start().await;
    let to = "0201234567@elders.example".to_owned();
    let leg = engine.dial(Dial { to, ..dial(engine.address()) });
    let reason = "no number or name".to_owned();
    assert_eq!(next_of_calls(&mut events).await, Event::Failed { leg, code: 484, reason });
    engine.stop().await;
}

/// Whoever lets it ring for long is not forgotten meanwhile.
#[tokio::test]
async fn call_that_rings_for_long_is_answered_at_last() {
    let often = || Settings {
        sweep_every: Duration::from_millis(20),
        otherwise: Some(Line::Desk),
        ..settings()
    };
    let (there, mut heard_there) = Engine::start(often()).await.unwrap();
    let (engine, mut events) = Engine::start(often()).await.unwrap();
    let leg = engine.dial(dial(there.address()));
    let Event::Incoming(call) = next_of_calls(&mut heard_there).await else {
        panic!("it comes in")
    };
    there.send(call.leg, Command::Ring);
    assert_eq!(next_of_calls(&mut events).await, Event::Ringing(leg));
    tokio::time::sleep(Duration::from_millis(200)).await;
    there.send(call.leg, Command::Answer(Sound::Music));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(leg));
    engine.stop().await;
    there.stop().await;
}

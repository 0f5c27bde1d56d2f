//! Calls to the lines that answer by themselves, and requests that are no call.

use std::time::Duration;

use telephony_engine::{Engine, Event, StartError, Why};

use crate::phone::Phone;
use crate::support::{call, calls, next_of_calls, settings, start};

/// The scenario ends as it says, and nothing is left behind.
async fn passes(scenario: &str, number: &str) {
    let (engine, _events) = start().await;
    call(&engine, scenario, number).succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn echo_line_answers_in_a_law_and_lets_the_caller_hang_up() {
    let (engine, mut events) = start().await;
    call(&engine, "uac-echo", "echo").succeeds().await;
    let Event::Answered(leg) = next_of_calls(&mut events).await else { panic!("answered first") };
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByPeer });
    engine.stop().await;
}

#[tokio::test]
async fn unknown_number_is_not_found() {
    passes("uac-unknown-number", "0900123").await;
}

#[tokio::test]
async fn caller_may_leave_the_offer_to_us() {
    passes("uac-late-offer", "echo").await;
}

#[tokio::test]
async fn caller_holds_and_resumes() {
    let (engine, mut events) = start().await;
    call(&engine, "uac-hold", "muziek").succeeds().await;
    let Event::Answered(leg) = next_of_calls(&mut events).await else { panic!("answered first") };
    assert_eq!(next_of_calls(&mut events).await, Event::HeldByPeer(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Resumed(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByPeer });
    engine.stop().await;
}

#[tokio::test]
async fn reinvite_without_an_offer_gets_ours() {
    passes("uac-offer-wanted", "echo").await;
}

#[tokio::test]
async fn refused_reinvite_leaves_the_call_as_it_is() {
    passes("uac-reinvite-refused", "echo").await;
}

#[tokio::test]
async fn caller_may_refresh_the_session_himself() {
    passes("uac-session-timer", "echo").await;
}

#[tokio::test]
async fn too_small_session_interval_is_refused_with_the_least() {
    passes("uac-session-too-small", "echo").await;
}

#[tokio::test]
async fn session_is_refreshed_by_us_when_the_caller_wants_it() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-session-refreshed", "muziek");
    assert!(matches!(next_of_calls(&mut events).await, Event::Answered(_)));
    set_the_clock_on(46).await;
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn session_that_nobody_refreshes_is_ended() {
    let (engine, mut events) = start().await;
    let sipp = call(&engine, "uac-session-expired", "muziek");
    let Event::Answered(leg) = next_of_calls(&mut events).await else { panic!("answered first") };
    set_the_clock_on(61).await;
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::Lost });
    sipp.succeeds().await;
    engine.stop().await;
}

/// For the engine's tasks; whoever it talks to does not notice.
async fn set_the_clock_on(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn doubled_packets_are_one_call() {
    let (engine, mut events) = start().await;
    let mut phone = Phone::over(2, &engine, "echo").await.unwrap();
    let Event::Answered(leg) = next_of_calls(&mut events).await else { panic!("answered first") };
    phone.hang_up().await;
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByPeer });
    engine.stop().await;
    assert_eq!(events.recv().await, None);
}

#[tokio::test]
async fn answer_is_repeated_until_it_is_acknowledged() {
    passes("uac-ack-late", "echo").await;
}

#[tokio::test]
async fn bye_before_the_ack_ends_the_call() {
    passes("uac-bye-before-ack", "echo").await;
}

#[tokio::test]
async fn unknown_method_is_not_implemented() {
    passes("uac-unknown-method", "echo").await;
}

#[tokio::test]
async fn method_that_we_do_not_take_is_refused_with_those_we_do() {
    passes("uac-refused-method", "echo").await;
}

#[tokio::test]
async fn extension_that_we_do_not_have_is_named() {
    passes("uac-required-extension", "echo").await;
}

#[tokio::test]
async fn broken_sdp_is_not_acceptable() {
    passes("uac-broken-sdp", "echo").await;
}

#[tokio::test]
async fn call_without_a_common_codec_is_not_acceptable() {
    passes("uac-no-common-codec", "echo").await;
}

#[tokio::test]
async fn too_large_sdp_is_refused() {
    passes("uac-large-sdp", "echo").await;
}

#[tokio::test]
async fn body_that_is_no_sdp_is_refused_with_what_we_take() {
    passes("uac-not-sdp", "echo").await;
}

#[tokio::test]
async fn broken_header_is_a_bad_request() {
    passes("uac-broken-header", "echo").await;
}

#[tokio::test]
async fn trunk_that_asks_whether_we_are_there_is_answered() {
    passes("uac-options", "echo").await;
}

#[tokio::test]
async fn bye_of_a_call_that_nobody_knows_is_refused() {
    passes("uac-stray", "echo").await;
}

#[tokio::test]
async fn nothing_is_left_of_calls_that_ended() {
    let (engine, mut events) = start().await;
    for _ in 0..5 {
        call(&engine, "uac-echo", "echo").succeeds().await;
        while !matches!(next_of_calls(&mut events).await, Event::Ended { .. }) {}
    }
    // The leg is gone from the tables a moment after it says so.
    while engine.alive().expect("in this process").legs > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(engine.alive().expect("in this process").dialogs, 0);
    engine.stop().await;
}

#[tokio::test]
async fn nothing_is_left_of_hundreds_of_calls() {
    const CALLS: usize = 300;
    let mut settings = settings();
    settings.limits.calls_per_second = 1_000;
    let (engine, mut events) = Engine::start(settings).await.unwrap();
    let sipp = calls(CALLS, 100, &engine, "uac-echo", "echo");
    let mut ended = 0;
    while ended < CALLS {
        ended += usize::from(matches!(next_of_calls(&mut events).await, Event::Ended { .. }));
    }
    sipp.succeeds().await;
    while engine.alive().expect("in this process").legs > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(engine.alive().expect("in this process").dialogs, 0);
    engine.stop().await;
}

/// What is lost is repeated, by whoever has to (RFC 3261, sections 17 and 13.3.1.4).
#[tokio::test]
async fn calls_get_through_a_network_that_loses_packets() {
    const CALLS: usize = 20;
    let (engine, mut events) = start().await;
    calls(CALLS, 50, &engine, "uac-loss", "echo").succeeds().await;
    let mut ended = 0;
    while ended < CALLS {
        match next_of_calls(&mut events).await {
            Event::Ended { why, .. } => {
                assert_eq!(why, Why::HungUpByPeer);
                ended += 1;
            }
            event => assert!(matches!(event, Event::Answered(_)), "{event:?}"),
        }
    }
    engine.stop().await;
}

#[tokio::test]
async fn engine_that_does_not_know_its_address_says_so() {
    let mut settings = settings();
    settings.listen = "0.0.0.0:0".parse().unwrap();
    let refused = Engine::start(settings).await.err();
    assert!(matches!(refused, Some(StartError::NoAddress { .. })), "{refused:?}");
}

/// RFC 3261, section 13.3.1.4.
#[tokio::test]
async fn call_that_nobody_acknowledges_is_ended() {
    let (engine, mut events) = start().await;
    Phone::without_ack(&engine, "echo").await;
    set_the_clock_on(34).await;
    let ended = next_of_calls(&mut events).await;
    assert!(matches!(ended, Event::Ended { why: Why::NotAcknowledged, .. }), "{ended:?}");
    engine.stop().await;
}

#[tokio::test]
async fn half_open_calls_are_bounded() {
    const BOUND: usize = 10;
    let mut settings = settings();
    settings.limits.half_open_max = BOUND;
    let (engine, _events) = Engine::start(settings).await.unwrap();
    for _ in 0..BOUND {
        Phone::without_ack(&engine, "echo").await;
    }
    let refused = Phone::refused(&engine, "echo", "SIP/2.0 5").await;
    assert!(refused.starts_with("SIP/2.0 503 "), "{refused}");
    assert_eq!(engine.alive().expect("in this process").legs, BOUND);
}

#[tokio::test]
async fn caller_who_calls_too_often_is_put_off() {
    let mut settings = settings();
    settings.limits.calls_per_second = 2;
    let (engine, _events) = Engine::start(settings).await.unwrap();
    for _ in 0..4 {
        Phone::call(&engine, "echo").await;
    }
    let refused = Phone::refused(&engine, "echo", "SIP/2.0 5").await;
    assert!(refused.starts_with("SIP/2.0 503 "), "{refused}");
    assert!(refused.contains("Retry-After: "), "{refused}");
}

#[tokio::test]
async fn source_that_is_not_allowed_gets_no_answer() {
    let mut settings = settings();
    settings.allowed = vec!["192.0.2.0/24".parse().unwrap()];
    let (engine, _events) = Engine::start(settings).await.unwrap();
    let stranger = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let ask = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;rport\r\nFrom: <sip:a@x>;tag=1\r\n\
               To: <sip:x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    stranger.send_to(ask.as_bytes(), engine.address()).await.unwrap();
    let mut answer = [0; 2_048];
    let heard = tokio::time::timeout(Duration::from_millis(500), stranger.recv(&mut answer)).await;
    assert!(heard.is_err(), "a stranger was answered");
    engine.stop().await;
}

#[tokio::test]
async fn port_that_is_taken_is_replaced_by_a_free_one() {
    let (first, _events) = start().await;
    let mut settings = settings();
    settings.listen = first.address();
    let (second, _more) = Engine::start(settings).await.unwrap();
    assert_ne!(first.address(), second.address());
    call(&second, "uac-options", "echo").succeeds().await;
    first.stop().await;
    second.stop().await;
}

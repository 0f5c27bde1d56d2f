//! Two hosts: which of them a call goes to, and when the other one is tried.

use std::net::SocketAddr;
use std::time::Duration;

use telephony_engine::{
    Command, Dial, Down, Engine, Event, Events, Through, Transport, Trunk, TrunkState, Why,
};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::support::{
    dial, free_port, host_at, local, next_of_calls, next_of_trunk, start_with, trunk,
};
use crate::tls::{Authority, over_tls};

fn over_the_trunk() -> Dial {
    Dial { through: Through::Trunk, ..dial(local(1)) }
}

/// Both were looked at.
async fn both(events: &mut Events) -> [(u16, TrunkState); 2] {
    let mut both = [next_of_trunk(events).await, next_of_trunk(events).await];
    both.sort_by_key(|(port, _)| *port);
    both
}

async fn is_answered_and_hung_up(engine: &Engine, events: &mut Events) {
    let leg = engine.dial(over_the_trunk());
    assert_eq!(next_of_calls(events).await, Event::Ringing(leg));
    assert_eq!(next_of_calls(events).await, Event::Answered(leg));
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(events).await, Event::Ended { leg, why: Why::HungUpByUs });
}

async fn second_is_tried_after(scenario: &str) {
    let (first, second) = (free_port(), free_port());
    let one = host_at(first, scenario, "u1", 2).await;
    let two = host_at(second, "trunk-answers", "u1", 2).await;
    let (engine, mut events) = start_with(trunk(&[local(first), local(second)])).await;
    for (_, state) in both(&mut events).await {
        assert_eq!(state, TrunkState::Up);
    }
    is_answered_and_hung_up(&engine, &mut events).await;
    one.succeeds().await;
    two.succeeds().await;
}

#[tokio::test]
async fn second_host_is_tried_when_the_first_has_no_room() {
    second_is_tried_after("trunk-503").await;
}

#[tokio::test]
async fn second_host_is_tried_when_the_first_says_nothing() {
    second_is_tried_after("trunk-silent").await;
}

/// The CANCEL goes where the INVITE went, whatever the name in the number called points to.
#[tokio::test]
async fn we_give_up_while_it_rings() {
    let port = free_port();
    let sipp = host_at(port, "trunk-cancelled", "u1", 2).await;
    let (engine, mut events) = start_with(trunk(&[local(port)])).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    let leg = engine.dial(over_the_trunk());
    assert_eq!(next_of_calls(&mut events).await, Event::Ringing(leg));
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
    drop(engine);
}

/// A host that takes connections and never says hello over TLS.
#[tokio::test]
async fn we_give_up_while_it_is_connected_to() {
    let mute = tokio::net::TcpListener::bind(local(0)).await.unwrap();
    let host = mute.local_addr().unwrap();
    let authority = Authority::new();
    let mut trunk = over_tls(&[host], Some(&authority));
    trunk.timing.answer_max = Duration::from_secs(30);
    let (engine, mut events) = start_with(trunk).await;
    // That it was looked for: there is no event before it answers.
    mute.accept().await.unwrap();
    let leg = engine.dial(over_the_trunk());
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    assert_eq!(engine.alive().expect("in this process").dialogs, 0);
    drop(engine);
}

/// Else two telephones of one person would ring, or one would be answered by nobody.
#[tokio::test]
async fn first_host_that_answers_too_late_is_hung_up() {
    second_is_tried_after("trunk-late").await;
}

#[tokio::test]
async fn first_host_that_rings_too_late_is_to_stop() {
    second_is_tried_after("trunk-late-ringing").await;
}

#[tokio::test]
async fn call_goes_to_the_host_that_is_up() {
    let (first, second) = (free_port(), free_port());
    let sipp = host_at(second, "trunk-answers", "u1", 2).await;
    let mut trunk = trunk(&[local(first), local(second)]);
    // So long that a call that went to the first would not be answered within the patience of this test.
    trunk.timing.answer_max = Duration::from_secs(4);
    let (engine, mut events) = start_with(trunk).await;
    assert_eq!(next_of_trunk(&mut events).await, (second, TrunkState::Up));
    let down = TrunkState::Down { why: Down::Unreachable };
    assert_eq!(next_of_trunk(&mut events).await, (first, down));
    timeout(Duration::from_secs(2), is_answered_and_hung_up(&engine, &mut events)).await.unwrap();
    sipp.succeeds().await;
}

#[tokio::test]
async fn host_that_refuses_connections_costs_no_time() {
    let (first, second) = (free_port(), free_port());
    let sipp = host_at(second, "trunk-answers", "t1", 2).await;
    let hosts = [local(first), local(second)];
    let (engine, mut events) =
        start_with(Trunk { transport: Transport::Tcp, ..trunk(&hosts) }).await;
    both(&mut events).await;
    is_answered_and_hung_up(&engine, &mut events).await;
    sipp.succeeds().await;
}

/// A host that says nothing, and what came there within half a second of the end of a call over the first.
async fn second_host(scenario: &str, code: u16) -> bool {
    let first = free_port();
    let second = UdpSocket::bind(local(0)).await.unwrap();
    let sipp = host_at(first, scenario, "u1", 2).await;
    let hosts: [SocketAddr; 2] = [local(first), second.local_addr().unwrap()];
    let (engine, mut events) = start_with(trunk(&hosts)).await;
    both(&mut events).await;
    let leg = engine.dial(over_the_trunk());
    let failed = next_of_calls(&mut events).await;
    assert!(
        matches!(failed, Event::Failed { leg: of, code: said, .. } if (of, said) == (leg, code)),
        "{failed:?}"
    );
    sipp.succeeds().await;
    let mut packet = [0; 4_000];
    let mut was_called = false;
    while let Ok(Ok(size)) = timeout(Duration::from_millis(500), second.recv(&mut packet)).await {
        was_called |= packet[..size].starts_with(b"INVITE ");
        if was_called {
            break;
        }
    }
    drop(engine);
    was_called
}

#[tokio::test]
async fn who_is_engaged_is_not_called_again_over_the_second() {
    assert!(!second_host("trunk-486", 486).await, "486 is an answer");
}

/// The failure that is told is that of the last host.
#[tokio::test]
async fn call_fails_when_no_host_takes_it() {
    assert!(second_host("trunk-503", 503).await, "503 is none");
}

#[tokio::test]
async fn without_a_trunk_nothing_is_dialled() {
    let (engine, mut events) = crate::support::start().await;
    let leg = engine.dial(over_the_trunk());
    let reason = "there is no trunk".to_owned();
    assert_eq!(next_of_calls(&mut events).await, Event::Failed { leg, code: 503, reason });
    engine.stop().await;
}

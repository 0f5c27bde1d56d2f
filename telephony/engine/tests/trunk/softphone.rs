//! Softphones that register here.

use telephony_engine::{Dial, Event, Through};

use crate::support::{answerer_at, call, call_from, dial, free_port, next_of_calls, start};

#[tokio::test]
async fn softphone_registers_with_the_right_password() {
    let (engine, mut events) = start().await;
    call(&engine, "uac-register", "buiten").succeeds().await;
    let account = "buiten".to_owned();
    assert_eq!(next_of_calls(&mut events).await, Event::Registered { account, reachable: true });
    engine.stop().await;
}

/// It is called where its REGISTER came from, not where its Contact points to.
#[tokio::test]
async fn registered_softphone_can_be_called() {
    let (engine, mut events) = start().await;
    let port = free_port();
    call_from(port, &engine, "uac-register", "buiten").succeeds().await;
    let account = "buiten".to_owned();
    assert_eq!(next_of_calls(&mut events).await, Event::Registered { account, reachable: true });

    let sipp = answerer_at(port, "uas-ok");
    let leg = engine.dial(Dial {
        to: "buiten".to_owned(),
        through: Through::Registered,
        ..dial(engine.address())
    });
    assert_eq!(next_of_calls(&mut events).await, Event::Ringing(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(leg));
    engine.stop().await;
    sipp.succeeds().await;
}

#[tokio::test]
async fn wrong_password_gets_nowhere() {
    let (engine, mut events) = start().await;
    call(&engine, "uac-register-wrong", "buiten").succeeds().await;
    let leg = engine.dial(Dial {
        to: "buiten".to_owned(),
        through: Through::Registered,
        ..dial(engine.address())
    });
    let reason = "not registered".to_owned();
    assert_eq!(next_of_calls(&mut events).await, Event::Failed { leg, code: 480, reason });
    engine.stop().await;
}

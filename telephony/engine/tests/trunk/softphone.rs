//! Softphones that register here.

use telephony_engine::{Dial, Event, Through};

use crate::support::{call, dial, next_of_calls, start};

#[tokio::test]
async fn softphone_registers_with_the_right_password() {
    let (engine, mut events) = start().await;
    call(&engine, "uac-register", "buiten").succeeds().await;
    let account = "buiten".to_owned();
    assert_eq!(next_of_calls(&mut events).await, Event::Registered { account, reachable: true });
    engine.stop().await;
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

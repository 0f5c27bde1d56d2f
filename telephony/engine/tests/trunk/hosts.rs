//! The hosts of a trunk: registered at, or asked whether they are there.

use std::time::Duration;

use telephony_engine::{
    Dial, Down, Engine, Event, Login, Settings, Through, Transport, Trunk, TrunkState,
};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::support::{
    call, dial, free_port, host_at, local, next, next_of_calls, next_of_trunk, settings,
    start_with, trunk,
};

fn down(why: Down) -> TrunkState {
    TrunkState::Down { why }
}

fn registrar(port: u16) -> Trunk {
    Trunk { registers: true, ..trunk(&[local(port)]) }
}

/// A trunk that registers us, by one scenario: what it comes to.
async fn comes_to(scenario: &str, trunk: impl Fn(Trunk) -> Trunk, expected: TrunkState) {
    let port = free_port();
    let sipp = host_at(port, scenario, "u1", 1).await;
    let (engine, mut events) = start_with(trunk(registrar(port))).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, expected));
    sipp.succeeds().await;
    drop(engine);
}

/// The scenario ends when it was asked again: within the three seconds that it granted.
#[tokio::test]
async fn we_register_and_stay_registered() {
    let port = free_port();
    let sipp = host_at(port, "trunk-registrar", "u1", 1).await;
    let (engine, mut events) = start_with(registrar(port)).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    timeout(Duration::from_secs(3), sipp.succeeds()).await.expect("renewed in time");
    drop(engine);
}

#[tokio::test]
async fn login_that_is_not_taken_is_told_as_such() {
    let login = Some(Login { user: "union".to_owned(), password: "gegokt".to_owned() });
    let wrong = |trunk| Trunk { login: login.clone(), ..trunk };
    comes_to("trunk-wrong-password", wrong, down(Down::WrongPassword)).await;
}

#[tokio::test]
async fn refusal_is_told_with_its_code() {
    comes_to("trunk-forbids", |trunk| trunk, down(Down::Refused { code: 403 })).await;
}

#[tokio::test]
async fn longer_registration_is_taken_over() {
    comes_to("trunk-423", |trunk| trunk, TrunkState::Up).await;
}

#[tokio::test]
async fn trunk_hears_that_we_leave() {
    let port = free_port();
    let sipp = host_at(port, "trunk-unregistered", "u1", 1).await;
    let (engine, mut events) = start_with(registrar(port)).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    engine.stop().await;
    sipp.succeeds().await;
}

#[tokio::test]
async fn registrar_that_dies_is_down_and_comes_back() {
    let port = free_port();
    let sipp = host_at(port, "trunk-registrar", "u1", 1).await;
    let (engine, mut events) = start_with(registrar(port)).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    sipp.succeeds().await;
    // The last registration holds for a minute; a call that gets nowhere makes us look at once.
    engine.dial(Dial { through: Through::Trunk, ..dial(local(port)) });
    assert_eq!(next_of_trunk(&mut events).await, (port, down(Down::Unreachable)));
    // Not sipp, which takes what is left of that call for one of its own.
    let socket = UdpSocket::bind(local(port)).await.unwrap();
    takes_a_registration(&socket).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    drop(engine);
}

/// Says 200 to the next REGISTER that comes.
async fn takes_a_registration(socket: &UdpSocket) {
    let mut packet = [0; 4_000];
    let (request, us) = loop {
        let (size, us) = socket.recv_from(&mut packet).await.unwrap();
        let request = String::from_utf8_lossy(&packet[..size]).into_owned();
        if request.starts_with("REGISTER ") {
            break (request, us);
        }
    };
    let repeated: String = request
        .lines()
        .filter(|line| {
            ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name))
        })
        .map(|line| format!("{line}\r\n"))
        .collect();
    let answer = format!("SIP/2.0 200 OK\r\n{repeated}Expires: 60\r\nContent-Length: 0\r\n\r\n");
    socket.send_to(answer.as_bytes(), us).await.unwrap();
}

/// Behind a router of a small office the way in would close after half a minute.
#[tokio::test]
async fn way_to_the_registrar_is_kept_open() {
    let socket = UdpSocket::bind(local(0)).await.unwrap();
    let mut trunk = registrar(socket.local_addr().unwrap().port());
    trunk.timing.look_every = Duration::from_millis(50);
    let (engine, _events) = start_with(trunk).await;
    let mut packet = [0; 4_000];
    takes_a_registration(&socket).await;
    for _ in 0..2 {
        let size =
            timeout(Duration::from_secs(5), socket.recv(&mut packet)).await.unwrap().unwrap();
        assert_eq!(packet[..size], *b"\r\n\r\n");
    }
    drop(engine);
}

#[tokio::test]
async fn registered_connection_over_tcp_brings_calls() {
    let port = free_port();
    let sipp = host_at(port, "trunk-registrar-tcp", "t1", 1).await;
    let trunk = Trunk { transport: Transport::Tcp, ..registrar(port) };
    let (engine, mut events) =
        Engine::start(Settings { allowed: Vec::new(), trunk: Some(trunk), ..settings() })
            .await
            .unwrap();
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    assert!(matches!(next_of_calls(&mut events).await, Event::Answered(_)));
    sipp.succeeds().await;
    // Over TCP the end of the connection is the news.
    assert_eq!(next_of_trunk(&mut events).await, (port, down(Down::Unreachable)));
    drop(engine);
}

#[tokio::test]
async fn host_that_is_only_asked_goes_and_comes_back() {
    let port = free_port();
    let mut asked = trunk(&[local(port)]);
    asked.timing.look_every = Duration::from_millis(200);
    let sipp = host_at(port, "trunk-options", "u1", 1).await;
    let (engine, mut events) = start_with(asked).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    sipp.succeeds().await;
    assert_eq!(next_of_trunk(&mut events).await, (port, down(Down::Unreachable)));
    let sipp = host_at(port, "trunk-options", "u1", 1).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn host_without_room_is_down() {
    let port = free_port();
    let sipp = host_at(port, "trunk-options-503", "u1", 1).await;
    let (engine, mut events) = start_with(trunk(&[local(port)])).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, down(Down::Refused { code: 503 })));
    sipp.succeeds().await;
    engine.stop().await;
}

#[tokio::test]
async fn name_is_looked_up() {
    let port = free_port();
    let sipp = host_at(port, "trunk-423", "u1", 1).await;
    let named = |host: String| Trunk { hosts: vec![host.parse().unwrap()], ..registrar(port) };
    let (engine, mut events) = start_with(named(format!("localhost:{port}"))).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, TrunkState::Up));
    sipp.succeeds().await;
    drop(engine);

    let (engine, mut events) = start_with(named(format!("trunk.invalid:{port}"))).await;
    assert_eq!(next_of_trunk(&mut events).await, (port, down(Down::NameNotFound)));
    engine.stop().await;
}

/// Nobody is allowed by the settings: the trunk is, by its address, and only it.
#[tokio::test]
async fn trunk_may_call_and_nobody_else() {
    let port = free_port();
    let sipp = host_at(port, "trunk-options", "u1", 1).await;
    let trunk = trunk(&[local(port)]);
    let (engine, mut events) =
        Engine::start(Settings { allowed: Vec::new(), trunk: Some(trunk), ..settings() })
            .await
            .unwrap();
    assert!(matches!(next(&mut events).await, Event::Trunk { state: TrunkState::Up, .. }));
    sipp.succeeds().await;
    call(&engine, "uac-echo", "echo").succeeds().await;

    let question = |from: &str| {
        format!(
            "OPTIONS sip:x@x SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK1;rport\r\nFrom: <sip:a@x>;tag=1\r\n\
             To: <sip:b@x>\r\nCall-ID: {from}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )
    };
    for (from, is_answered) in [("127.0.0.1", true), ("127.0.0.2", false)] {
        let socket = UdpSocket::bind((from, 0)).await.unwrap();
        let text = question(&socket.local_addr().unwrap().to_string());
        socket.send_to(text.as_bytes(), engine.address()).await.unwrap();
        let answer = timeout(Duration::from_millis(500), socket.recv(&mut [0; 2_000])).await;
        assert_eq!(answer.is_ok(), is_answered, "{from}");
    }
    drop(engine);
}

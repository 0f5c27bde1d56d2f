use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use telephony_engine::{
    Account, Dial, Engine, Event, Events, Line, Login, Settings, Sound, Through, Timing, Transport,
    Trunk, TrunkState,
};
use tokio::task::JoinHandle;

/// Longer than any step of a scenario takes; reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn settings() -> Settings {
    let mut settings = Settings {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        echo_delay: Duration::from_millis(100),
        accounts: vec![Account { name: "buiten".to_owned(), password: "geheim".to_owned() }],
        ..Settings::default()
    };
    settings.lines.insert("ledenlijn".to_owned(), Line::Desk);
    settings
}

pub(crate) async fn start() -> (Engine, Events) {
    Engine::start(settings()).await.unwrap()
}

/// The next event, which has to come.
pub(crate) async fn next(events: &mut Events) -> Event {
    tokio::time::timeout(PATIENCE, events.recv())
        .await
        .expect("an event comes")
        .expect("the engine lives")
}

/// Skips what is said about sound and about the trunk until something else happens.
pub(crate) async fn next_of_calls(events: &mut Events) -> Event {
    loop {
        match next(events).await {
            Event::Heard(_) | Event::Key { .. } | Event::Said(_) | Event::Trunk { .. } => {}
            event => return event,
        }
    }
}

/// One call by sipp, to `number`.
pub(crate) fn call(engine: &Engine, scenario: &str, number: &str) -> Sipp {
    call_from(free_port(), engine, scenario, number)
}

pub(crate) fn call_from(port: u16, engine: &Engine, scenario: &str, number: &str) -> Sipp {
    let address = engine.address().to_string();
    sipp(scenario, port, &["-m", "1", "-s", number, &address])
}

/// So many calls by sipp, at so many a second.
pub(crate) fn calls(
    count: usize,
    per_second: usize,
    engine: &Engine,
    scenario: &str,
    number: &str,
) -> Sipp {
    let (count, rate) = (count.to_string(), per_second.to_string());
    let address = engine.address().to_string();
    sipp(scenario, free_port(), &["-m", &count, "-r", &rate, "-s", number, &address])
}

/// One call by sipp, over TCP.
pub(crate) fn call_over_tcp(engine: &Engine, scenario: &str, number: &str) -> Sipp {
    let address = engine.address().to_string();
    sipp(scenario, free_port(), &["-m", "1", "-t", "t1", "-s", number, &address])
}

/// One answer by sipp, over TCP.
pub(crate) fn answerer_over_tcp(scenario: &str) -> (SocketAddr, Sipp) {
    let port = free_port();
    let sipp = sipp(scenario, port, &["-m", "1", "-t", "t1"]);
    (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), sipp)
}

/// sipp takes one call at the address that comes with it.
pub(crate) fn answerer(scenario: &str) -> (SocketAddr, Sipp) {
    let port = free_port();
    let sipp = answerer_at(port, scenario);
    (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), sipp)
}

pub(crate) fn answerer_at(port: u16, scenario: &str) -> Sipp {
    sipp(scenario, port, &["-m", "1"])
}

pub(crate) fn dial(to: SocketAddr) -> Dial {
    Dial {
        to: "0201234567".to_owned(),
        from: "0851234567".to_owned(),
        through: Through::Udp(to),
        login: None,
        ring_max: PATIENCE,
        sound: Sound::Music,
    }
}

/// sipp at work; its exit code says whether everything came as the scenario has it.
pub(crate) struct Sipp(JoinHandle<()>);

impl Sipp {
    pub(crate) async fn succeeds(self) {
        if let Err(failed) = self.0.await {
            std::panic::resume_unwind(failed.into_panic());
        }
    }
}

fn sipp(scenario: &str, port: u16, more: &[&str]) -> Sipp {
    let file = format!("{}/tests/sipp/{scenario}.xml", env!("CARGO_MANIFEST_DIR"));
    assert!(Path::new(&file).exists(), "no scenario {file}");
    let traces = tempfile::tempdir().unwrap();
    let trace = |name: &str| traces.path().join(name).to_str().unwrap().to_owned();
    let (messages, errors) = (trace("messages"), trace("errors"));
    let mut command = Command::new("sipp");
    command
        .args(["-sf", &file, "-nostdin", "-i", "127.0.0.1", "-p", &port.to_string()])
        .args(["-mi", "127.0.0.1", "-mp", &media_port().to_string()])
        .args(["-timeout", &format!("{}s", PATIENCE.as_secs()), "-timeout_error"])
        .args(["-trace_msg", "-message_file", &messages, "-trace_err", "-error_file", &errors])
        .args(more)
        .env("TERM", "dumb")
        .current_dir(traces.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let scenario = scenario.to_owned();
    let mut running = match command.spawn() {
        Ok(running) => running,
        Err(error) => panic!("sipp cannot be started ({error}); ./wijland-test installs it"),
    };
    Sipp(tokio::task::spawn_blocking(move || {
        let status = running.wait().unwrap();
        let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let (messages, errors) = (read(&messages), read(&errors));
        drop(traces);
        assert!(status.success(), "{scenario}: {status}\n{errors}\n{messages}");
    }))
}

pub(crate) fn free_port() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.local_addr().unwrap().port()
}

/// sipp takes some ports in a row; two of them that run at once must not take the same.
fn media_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(10_000);
    loop {
        let first = NEXT.fetch_add(MEDIA_PORTS, Ordering::Relaxed);
        let sockets =
            (first..first + MEDIA_PORTS).map(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)));
        if sockets.collect::<Result<Vec<_>, _>>().is_ok() {
            return first;
        }
    }
}

const MEDIA_PORTS: u16 = 8;

/// A trunk that knows us by our address, with as little patience as a test has.
pub(crate) fn trunk(hosts: &[SocketAddr]) -> Trunk {
    Trunk {
        hosts: hosts.iter().map(|host| host.to_string().parse().unwrap()).collect(),
        transport: Transport::Udp,
        domain: None,
        user: "0851234567".to_owned(),
        login: Some(Login { user: "union".to_owned(), password: "geheim".to_owned() }),
        registers: false,
        secure_sound: false,
        authority: None,
        timing: Timing {
            answer_max: Duration::from_millis(700),
            retry_min: Duration::from_millis(100),
            retry_max: Duration::from_millis(400),
            ..Timing::default()
        },
    }
}

pub(crate) async fn start_with(trunk: Trunk) -> (Engine, Events) {
    Engine::start(Settings { trunk: Some(trunk), ..settings() }).await.unwrap()
}

/// What is told of the trunk next: the port of a host, and how it is.
pub(crate) async fn next_of_trunk(events: &mut Events) -> (u16, TrunkState) {
    loop {
        if let Event::Trunk { host, state } = next(events).await {
            return (host.port().unwrap(), state);
        }
    }
}

pub(crate) fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// sipp takes so many calls, over `u1` or `t1`. It listens when this returns: a trunk that is asked before is down first.
pub(crate) async fn host_at(port: u16, scenario: &str, transport: &str, calls: usize) -> Sipp {
    let sipp = sipp(scenario, port, &["-t", transport, "-m", &calls.to_string()]);
    let table = if transport == "u1" { "/proc/net/udp" } else { "/proc/net/tcp" };
    let listens = format!(":{port:04X} 00000000:0000 ");
    while !std::fs::read_to_string(table).unwrap().contains(&listens) {
        assert!(!sipp.0.is_finished(), "{scenario} ended before it began");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sipp
}

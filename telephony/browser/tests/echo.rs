//! A browser of our own making, with real ICE, DTLS and SRTP, calls the echo line and hears itself.

use telephony_browser::{Client, Event, Host, LegId, Settings};
use tokio::sync::mpsc;

fn settings() -> Settings {
    Settings { bind: "127.0.0.1:0".parse().unwrap(), public: Vec::new() }
}

/// What makes each sample known again: which frame it is of, and where.
fn pattern(at: u32) -> u8 {
    u8::try_from(at * 7 % 251).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_calls_the_echo_line_hears_oneself_a_second_later() {
    let (tell, mut events) = mpsc::unbounded_channel();
    let host = Host::start(&settings(), tell).unwrap();
    let id = LegId(1);
    let mut client = Client::connect(&host, id).await;
    client.is_connected_soon();
    assert_eq!(events.recv().await, Some(Event::Connected(id)));
    // Nobody is heard before the line is called.
    client.speaks(20, pattern);
    assert!(client.heard.is_empty(), "{} bytes", client.heard.len());
    host.echo(id, true);
    client.speaks(100, pattern);
    let heard = client.heard.len() / 160;
    assert!((35..=55).contains(&heard), "{heard} frames of the second that came back");
    // The same sound, sample for sample.
    let is_there =
        |at: u32| (at..).zip(&client.heard[..160]).all(|(at, byte)| pattern(at) == *byte);
    let begins = (0..client.said * 160).find(|at| is_there(*at)).expect("what was said");
    let same = (begins..).zip(&client.heard).filter(|(at, byte)| pattern(*at) == **byte).count();
    assert!(same * 100 >= client.heard.len() * 99, "{same} of {}", client.heard.len());
    host.close(id);
    assert_eq!(events.recv().await, Some(Event::Gone(id)));
}

#[tokio::test]
async fn what_is_no_offer_is_said_to_be_none() {
    let (tell, _events) = mpsc::unbounded_channel();
    let host = Host::start(&settings(), tell).unwrap();
    for offer in ["", "hello", "v=0\r\n"] {
        let refused = host.connect(LegId(1), offer.into()).await.unwrap_err();
        assert!(refused.to_string().starts_with("the browser's offer cannot be used"), "{refused}");
    }
    let again =
        Host::start(&Settings { bind: host.address(), ..settings() }, mpsc::unbounded_channel().0);
    assert!(again.is_err(), "the port is taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_are_joined_hear_each_other_and_nobody_else() {
    let (tell, mut events) = mpsc::unbounded_channel();
    let host = Host::start(&settings(), tell).unwrap();
    let mut clients = Vec::new();
    for nr in 1..=3 {
        let mut client = Client::connect(&host, LegId(nr)).await;
        client.is_connected_soon();
        assert_eq!(events.recv().await, Some(Event::Connected(LegId(nr))));
        host.echo(LegId(nr), true);
        clients.push(client);
    }
    host.join(LegId(1), LegId(2));
    // Each says one sample over and over, so that it is known who is heard.
    let speak = |clients: Vec<Client>| {
        let threads: Vec<_> = clients
            .into_iter()
            .zip([0x11_u8, 0x22, 0x33])
            .map(|(mut client, says)| {
                std::thread::spawn(move || {
                    client.heard.clear();
                    client.speaks(80, |_| says);
                    client
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    };
    let clients = speak(clients);
    for (client, hears) in clients.iter().zip([0x22, 0x11, 0x33]) {
        assert!(client.heard.len() > 10 * 160, "{} bytes", client.heard.len());
        assert!(client.heard.iter().all(|byte| *byte == hears), "hears {hears:x} alone");
    }
    host.part(LegId(2));
    let clients = speak(clients);
    for client in &clients[..2] {
        assert!(client.heard.len() <= 5 * 160, "{} bytes after it was over", client.heard.len());
    }
    // Joined anew they hear each other again; one of them goes, and the other stays and hears nobody.
    host.join(LegId(1), LegId(2));
    let clients = speak(clients);
    assert!(clients[0].heard.len() > 10 * 160 && clients[1].heard.len() > 10 * 160);
    host.close(LegId(2));
    assert_eq!(events.recv().await, Some(Event::Gone(LegId(2))));
    let clients = speak(clients);
    assert!(clients[0].heard.len() <= 5 * 160, "{} bytes of who is gone", clients[0].heard.len());
    host.echo(LegId(1), true);
    let clients = speak(clients);
    assert!(clients[0].heard.len() > 10 * 160, "it is still there");
    assert!(clients[0].heard.iter().all(|byte| *byte == 0x11));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_without_its_password_moves_nobody() {
    let (tell, mut events) = mpsc::unbounded_channel();
    let host = Host::start(&settings(), tell).unwrap();
    let mut clients = Vec::new();
    for nr in [1, 2] {
        let mut client = Client::connect(&host, LegId(nr)).await;
        client.is_connected_soon();
        assert_eq!(events.recv().await, Some(Event::Connected(LegId(nr))));
        clients.push(client);
    }
    host.echo(LegId(2), true);
    // From where the second is, a binding request in the name of the first, unsigned (RFC 8489 §5, RFC 8445 §7.2.2): were it
    // believed, the second's sound would go to the first.
    let name = format!("{}:{}", clients[0].ufrag_of_host, "elsewhere");
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend([7; 12]);
    request.extend([0, 6]);
    request.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
    request.extend(name.bytes());
    request.resize(request.len().next_multiple_of(4), 0);
    let length = u16::try_from(request.len() - 20).unwrap();
    request[2..4].copy_from_slice(&length.to_be_bytes());
    clients[1].sends(&request, host.address());
    clients[1].speaks(100, |_| 0x11);
    assert!(clients[1].heard.len() > 35 * 160, "{} bytes", clients[1].heard.len());
}

//! A browser of our own making, with real ICE, DTLS and SRTP, calls the echo line and hears itself.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Input, Output, Rtc};
use telephony_browser::{Event, Host, LegId, Settings};
use tokio::sync::mpsc;

const GIVEN_UP_AFTER: Duration = Duration::from_secs(20);

fn settings() -> Settings {
    Settings { bind: "127.0.0.1:0".parse().unwrap(), public: Vec::new() }
}

/// Another end, as a browser would be.
struct Client {
    rtc: Rtc,
    socket: UdpSocket,
    mid: Mid,
    connected: bool,
    heard: Vec<u8>,
    said: u32,
}

impl Client {
    async fn connect(host: &Host, id: LegId) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_pcma(true, false)
            .build(Instant::now());
        let address = socket.local_addr().unwrap();
        rtc.add_local_candidate(Candidate::host(address, Protocol::Udp).unwrap());
        let mut changes = rtc.sdp_api();
        let mid = changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        for _ in 0..2 {
            changes.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending) = changes.apply().unwrap();
        let answer = host.connect(id, offer.to_sdp_string()).await.unwrap();
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        rtc.sdp_api().accept_answer(pending, answer).unwrap();
        Self { rtc, socket, mid, connected: false, heard: Vec::new(), said: 0 }
    }

    /// Goes on until then.
    fn runs_until(&mut self, until: Instant) {
        loop {
            let wait = match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => at.min(until),
                Output::Transmit(packet) => {
                    self.socket.send_to(&packet.contents, packet.destination).unwrap();
                    continue;
                }
                Output::Event(event) => {
                    match event {
                        str0m::Event::Connected => self.connected = true,
                        str0m::Event::RtpPacket(packet) => self.heard.extend(&*packet.payload),
                        _ => {}
                    }
                    continue;
                }
            };
            let now = Instant::now();
            if now >= until {
                return;
            }
            let pause = wait.saturating_duration_since(now).max(Duration::from_micros(100));
            self.socket.set_read_timeout(Some(pause)).unwrap();
            let mut buffer = [0; 2_000];
            let read = self.socket.recv_from(&mut buffer);
            let now = Instant::now();
            let input = match &read {
                Ok((size, from)) => {
                    let to = self.socket.local_addr().unwrap();
                    let read = Receive::new(Protocol::Udp, *from, to, &buffer[..*size]).unwrap();
                    Input::Receive(now, read)
                }
                Err(_) => Input::Timeout(now),
            };
            self.rtc.handle_input(input).unwrap();
        }
    }

    fn is_connected_soon(&mut self) {
        let begun = Instant::now();
        while !self.connected {
            assert!(begun.elapsed() < GIVEN_UP_AFTER, "no connection");
            self.runs_until(Instant::now() + Duration::from_millis(10));
        }
    }

    /// Sends a frame every 20 ms, and hears meanwhile.
    fn speaks(&mut self, frames: u32, sound: impl Fn(u32) -> u8) {
        let begun = Instant::now();
        for nr in 0..frames {
            let time = self.said * 160;
            self.said += 1;
            let payload: Vec<u8> = (time..time + 160).map(&sound).collect();
            let now = Instant::now();
            let mut api = self.rtc.direct_api();
            let stream = api.stream_tx_by_mid(self.mid, None).unwrap();
            let sequence = u64::from(self.said).into();
            stream.write_rtp(RtpWrite::new(8.into(), sequence, time, now, payload));
            self.rtc.handle_input(Input::Timeout(now)).unwrap();
            self.runs_until(begun + Duration::from_millis(20) * (nr + 1));
        }
    }
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

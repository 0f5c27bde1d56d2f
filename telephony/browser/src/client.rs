//! Another end, as a browser is one, with real ICE, DTLS and SRTP: for tests and measurements.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Input, Output, Rtc};
use telephony_proto::dtmf::{Key, press};

use crate::leg::TELEPHONE_EVENT;

/// As long as a person presses a key.
const PRESSED_FOR: Duration = Duration::from_millis(120);
const GIVEN_UP_AFTER: Duration = Duration::from_secs(20);

/// Another end, as a browser would be.
pub struct Client {
    rtc: Rtc,
    way: Road,
    mid: Mid,
    ears: Vec<Mid>,
    offered: Option<SdpPendingOffer>,
    connected: bool,
    /// What came in on the conversation and on both extra ears, G.711 A-law.
    pub heard: [Vec<u8>; crate::SLOTS],
    /// Frames that it sent, of speech and of keys.
    pub said: u32,
    /// What the other end's answer calls this connection.
    pub ufrag_of_host: String,
}

/// How it reaches the other end.
enum Road {
    Udp(UdpSocket),
    /// Once the answer has said where to; with what came of the next frame.
    Tcp(Option<TcpStream>, Vec<u8>),
}

impl Client {
    /// A browser in a network that lets no UDP through, and its offer.
    ///
    /// # Panics
    ///
    /// If no port of this machine is free.
    pub fn offers_without_udp() -> (Box<Self>, String) {
        let (mut client, offer) = Self::offers();
        client.way = Road::Tcp(None, Vec::new());
        let is_candidate = |line: &&str| !line.starts_with("a=candidate:");
        let offer = offer.split("\r\n").filter(is_candidate).collect::<Vec<_>>().join("\r\n");
        (client, offer)
    }

    /// A browser, and its offer (SDP).
    ///
    /// # Panics
    ///
    /// If no port of this machine is free.
    pub fn offers() -> (Box<Self>, String) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut config = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_pcma(true, false);
        let (keys, rate) = (TELEPHONE_EVENT.into(), Frequency::EIGHT_KHZ);
        config.codec_config().add_config(
            keys,
            None,
            Codec::Tele,
            rate,
            None,
            FormatParams::default(),
        );
        let mut rtc = config.build(Instant::now());
        let address = socket.local_addr().unwrap();
        rtc.add_local_candidate(Candidate::host(address, Protocol::Udp).unwrap());
        let mut changes = rtc.sdp_api();
        let mid = changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let ear = |_| changes.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        let ears = (1..crate::SLOTS).map(ear).collect();
        let (offer, pending) = changes.apply().unwrap();
        let client = Self {
            rtc,
            way: Road::Udp(socket),
            mid,
            ears,
            offered: Some(pending),
            connected: false,
            heard: Default::default(),
            said: 0,
            ufrag_of_host: String::new(),
        };
        (Box::new(client), offer.to_sdp_string())
    }

    /// Takes the answer to its offer; sound can go once [`Self::is_connected_soon`].
    ///
    /// # Panics
    ///
    /// If it is none, or the second.
    pub fn takes(&mut self, answer: &str) {
        let ufrag = answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:"));
        ufrag.unwrap_or_default().clone_into(&mut self.ufrag_of_host);
        if matches!(self.way, Road::Tcp(..)) {
            let passive = answer.lines().find(|line| line.contains("tcptype passive"));
            let mut words = passive.expect("a way by TCP").split(' ').skip(4);
            let ip = words.next().unwrap().parse().unwrap();
            let at = SocketAddr::new(ip, words.next().unwrap().parse().unwrap());
            let stream = TcpStream::connect(at).unwrap();
            let here = stream.local_addr().unwrap();
            let own = Candidate::builder().tcp().host(here).tcptype(TcpType::Active).build();
            self.rtc.add_local_candidate(own.unwrap());
            self.way = Road::Tcp(Some(stream), Vec::new());
        }
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        let offered = self.offered.take().expect("one answer to one offer");
        self.rtc.sdp_api().accept_answer(offered, answer).unwrap();
    }

    /// Goes on until then.
    ///
    /// # Panics
    ///
    /// If the network of this machine fails.
    pub fn runs_until(&mut self, until: Instant) {
        loop {
            let wait = match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => at.min(until),
                Output::Transmit(packet) => {
                    // UDP goes nowhere in a network that lets none through.
                    match &mut self.way {
                        Road::Udp(socket) => {
                            socket.send_to(&packet.contents, packet.destination).unwrap();
                        }
                        Road::Tcp(Some(stream), _) if packet.proto == Protocol::Tcp => {
                            let size = u16::try_from(packet.contents.len()).unwrap();
                            let mut frame = size.to_be_bytes().to_vec();
                            frame.extend(&*packet.contents);
                            stream.write_all(&frame).unwrap();
                        }
                        Road::Tcp(..) => {}
                    }
                    continue;
                }
                Output::Event(event) => {
                    match event {
                        str0m::Event::Connected => self.connected = true,
                        str0m::Event::RtpPacket(packet) => {
                            let mut api = self.rtc.direct_api();
                            let mut is_of = |mid: &Mid| {
                                let stream = api.stream_rx_by_mid(*mid, None);
                                stream.is_some_and(|stream| stream.ssrc() == packet.header.ssrc)
                            };
                            let ear = self.ears.iter().position(&mut is_of);
                            self.heard[ear.map_or(0, |ear| ear + 1)].extend(&*packet.payload);
                        }
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
            let read = self.way.read(pause);
            let now = Instant::now();
            let input = match &read {
                Some((protocol, from, to, datagram)) => {
                    Input::Receive(now, Receive::new(*protocol, *from, *to, datagram).unwrap())
                }
                None => Input::Timeout(now),
            };
            self.rtc.handle_input(input).unwrap();
        }
    }

    /// Sends something else than sound, from where it is.
    ///
    /// # Panics
    ///
    /// If the network of this machine fails.
    pub fn sends(&self, datagram: &[u8], to: SocketAddr) {
        let Road::Udp(socket) = &self.way else { panic!("by UDP alone") };
        socket.send_to(datagram, to).unwrap();
    }

    /// Waits for the connection.
    ///
    /// # Panics
    ///
    /// If it takes more than some seconds.
    pub fn is_connected_soon(&mut self) {
        let begun = Instant::now();
        while !self.connected {
            assert!(begun.elapsed() < GIVEN_UP_AFTER, "no connection");
            self.runs_until(Instant::now() + Duration::from_millis(10));
        }
    }

    /// Sends a frame every 20 ms, and hears meanwhile; `sound` gives the sample (A-law) at a time.
    ///
    /// # Panics
    ///
    /// Before it is connected.
    pub fn speaks(&mut self, frames: u32, sound: impl Fn(u32) -> u8) {
        let begun = Instant::now();
        for nr in 0..frames {
            let time = self.said * 160;
            self.said += 1;
            self.sends_frame(8, time, (time..time + 160).map(&sound).collect());
            self.runs_until(begun + Duration::from_millis(20) * (nr + 1));
        }
    }

    /// Presses a key of its telephone, and says nothing meanwhile.
    ///
    /// # Panics
    ///
    /// Before it is connected.
    pub fn presses(&mut self, key: Key) {
        let (begun, time) = (Instant::now(), self.said * 160);
        for step in press(key, PRESSED_FOR) {
            self.runs_until(begun + step.after);
            self.said += 1;
            self.sends_frame(TELEPHONE_EVENT, time, step.payload.bytes().to_vec());
        }
    }

    fn sends_frame(&mut self, payload_type: u8, time: u32, payload: Vec<u8>) {
        let now = Instant::now();
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(self.mid, None).unwrap();
        let sequence = u64::from(self.said).into();
        stream.write_rtp(RtpWrite::new(payload_type.into(), sequence, time, now, payload));
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
    }
}

impl Road {
    /// What comes within that time.
    fn read(&mut self, pause: Duration) -> Option<(Protocol, SocketAddr, SocketAddr, Vec<u8>)> {
        match self {
            Self::Udp(socket) => {
                socket.set_read_timeout(Some(pause)).unwrap();
                let mut buffer = vec![0; 2_000];
                let (size, from) = socket.recv_from(&mut buffer).ok()?;
                buffer.truncate(size);
                Some((Protocol::Udp, from, socket.local_addr().unwrap(), buffer))
            }
            Self::Tcp(stream, came) => {
                let stream = stream.as_mut()?;
                if whole(came).is_none() {
                    stream.set_read_timeout(Some(pause)).unwrap();
                    let mut buffer = [0; 4_000];
                    let size = stream.read(&mut buffer).ok()?;
                    came.extend(&buffer[..size]);
                }
                let size = whole(came)?;
                let frame = came.drain(..2 + size).skip(2).collect();
                let (from, to) = (stream.peer_addr().unwrap(), stream.local_addr().unwrap());
                Some((Protocol::Tcp, from, to, frame))
            }
        }
    }
}

/// The bytes of the next frame, if all of it came (RFC 4571).
fn whole(came: &[u8]) -> Option<usize> {
    let size = usize::from(u16::from_be_bytes([*came.first()?, *came.get(1)?]));
    (came.len() >= 2 + size).then_some(size)
}

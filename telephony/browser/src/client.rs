//! Another end, as a browser is one, with real ICE, DTLS and SRTP: for tests and measurements.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Input, Output, Rtc};

const GIVEN_UP_AFTER: Duration = Duration::from_secs(20);

/// Another end, as a browser would be.
pub struct Client {
    rtc: Rtc,
    socket: UdpSocket,
    mid: Mid,
    ears: Vec<Mid>,
    offered: Option<SdpPendingOffer>,
    connected: bool,
    /// What came in on the conversation and on both extra ears, G.711 A-law.
    pub heard: [Vec<u8>; crate::SLOTS],
    /// Frames that it sent.
    pub said: u32,
    /// What the other end's answer calls this connection.
    pub ufrag_of_host: String,
}

impl Client {
    /// A browser, and its offer (SDP).
    ///
    /// # Panics
    ///
    /// If no port of this machine is free.
    pub fn offers() -> (Box<Self>, String) {
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
        let ear = |_| changes.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        let ears = (1..crate::SLOTS).map(ear).collect();
        let (offer, pending) = changes.apply().unwrap();
        let client = Self {
            rtc,
            socket,
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
                    self.socket.send_to(&packet.contents, packet.destination).unwrap();
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

    /// Sends something else than sound, from where it is.
    ///
    /// # Panics
    ///
    /// If the network of this machine fails.
    pub fn sends(&self, datagram: &[u8], to: SocketAddr) {
        self.socket.send_to(datagram, to).unwrap();
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

//! A telephone of a few lines, whose sound a test can hear, over a network that may double every packet.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use telephony_engine::Engine;
use telephony_proto::dtmf::{Key, PRESS, press};
use telephony_proto::g711::Law;
use telephony_proto::rtp::Packet;
use telephony_proto::sdp::{self, Description, Direction, Ours, Protocol, Said, offer};
use telephony_proto::srtp::{Opener, Sealer};
use telephony_proto::tone::Tone;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout};

const FRAME: Duration = Duration::from_millis(20);

/// It knows one call, and answers nothing that it does not wait for.
pub(crate) struct Phone {
    sip: UdpSocket,
    rtp: UdpSocket,
    engine: SocketAddr,
    number: String,
    to_tag: String,
    cseq: u32,
    /// Where the engine hears our sound.
    pub(crate) remote: SocketAddr,
    sequence: u16,
    tone: Option<(u16, Tone)>,
    /// What the network does with each of our packets.
    copies: usize,
    secure: Option<Secure>,
}

/// Sound that only we and the engine hear.
struct Secure {
    key: sdp::Key,
    sealer: Sealer,
    opener: Option<Mutex<Opener>>,
}

impl Phone {
    pub(crate) async fn call(engine: &Engine, number: &str) -> Self {
        Self::begin(engine, number).await.unwrap()
    }

    /// Calls beside the test, which may have to answer.
    pub(crate) fn begin(engine: &Engine, number: &str) -> tokio::task::JoinHandle<Self> {
        Self::over(1, engine, number)
    }

    /// Calls over a network that makes so many of every packet.
    pub(crate) fn over(
        copies: usize,
        engine: &Engine,
        number: &str,
    ) -> tokio::task::JoinHandle<Self> {
        let (address, number) = (engine.address(), number.to_owned());
        tokio::spawn(async move {
            let mut phone = Self::new(copies, address, number).await;
            phone.reinvite("sendrecv").await;
            phone
        })
    }

    /// Calls with SRTP.
    pub(crate) fn secure(engine: &Engine, number: &str) -> tokio::task::JoinHandle<Self> {
        let (address, number) = (engine.address(), number.to_owned());
        tokio::spawn(async move {
            let mut phone = Self::new(1, address, number).await;
            let key = sdp::Key::new(std::array::from_fn(|_| fastrand::u8(..)));
            phone.secure = Some(Secure { sealer: Sealer::new(&key), opener: None, key });
            phone.reinvite("sendrecv").await;
            phone
        })
    }

    /// Calls, hears the answer, and does not acknowledge it.
    pub(crate) async fn without_ack(engine: &Engine, number: &str) {
        let mut phone = Self::new(1, engine.address(), number.to_owned()).await;
        phone.invite("sendrecv").await;
        phone.wait_for("SIP/2.0 200").await;
    }

    /// The refusal of a call.
    pub(crate) async fn refused(engine: &Engine, number: &str, with: &str) -> String {
        let mut phone = Self::new(1, engine.address(), number.to_owned()).await;
        phone.invite("sendrecv").await;
        phone.wait_for(with).await
    }

    async fn new(copies: usize, engine: SocketAddr, number: String) -> Self {
        Self {
            sip: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
            rtp: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
            engine,
            number,
            to_tag: String::new(),
            cseq: 0,
            remote: engine,
            sequence: 0,
            tone: None,
            copies,
            secure: None,
        }
    }

    async fn invite(&mut self, direction: &str) {
        self.cseq += 1;
        self.request("INVITE", &self.sdp(direction)).await;
    }

    /// An INVITE, the first or a later one, until it is answered and acknowledged.
    pub(crate) async fn reinvite(&mut self, direction: &str) {
        self.invite(direction).await;
        let answer = self.wait_for("SIP/2.0 200").await;
        let (_, tag) = header(&answer, "To").split_once("tag=").unwrap();
        self.to_tag = format!(";tag={tag}");
        let port = answer.split("m=audio ").nth(1).unwrap().split(' ').next().unwrap();
        self.remote = SocketAddr::new(self.engine.ip(), port.parse().unwrap());
        if let Some(secure) = &mut self.secure {
            let (_, body) = answer.split_once("\r\n\r\n").unwrap();
            let theirs = Description::parse(body.as_bytes()).unwrap().media.remove(0);
            assert_eq!(theirs.protocol, Protocol::Savp);
            let opener = secure.opener.take();
            secure.opener = opener.or_else(|| Some(Mutex::new(Opener::new(&theirs.keys[0].key))));
        }
        self.request("ACK", "").await;
    }

    pub(crate) async fn answer_reinvite(&self, direction: &str) {
        let request = self.wait_for("INVITE ").await;
        let repeated: String = ["Via", "From", "To", "Call-ID", "CSeq"]
            .map(|name| format!("{name}: {}\r\n", header(&request, name)))
            .concat();
        let (sdp, ours) = (self.sdp(direction), self.sip.local_addr().unwrap());
        let answer = format!(
            "SIP/2.0 200 OK\r\n{repeated}Contact: <sip:phone@{ours}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        self.sip.send_to(answer.as_bytes(), self.engine).await.unwrap();
        self.wait_for("ACK ").await;
    }

    pub(crate) async fn hang_up(&mut self) {
        self.cseq += 1;
        self.request("BYE", "").await;
        self.wait_for("SIP/2.0 200").await;
    }

    fn sdp(&self, direction: &str) -> String {
        if let Some(secure) = &self.secure {
            let ours = Ours {
                at: self.rtp.local_addr().unwrap(),
                laws: vec![Law::A],
                direction: Direction::SendRecv,
                key: Some(secure.key.clone()),
            };
            return Said::new(1).say(offer(&ours, &[]));
        }
        format!(
            "v=0\r\no=- 1 {} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {} RTP/AVP 8 96\r\n\
             a=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\na={direction}\r\n",
            self.cseq,
            self.rtp.local_addr().unwrap().port()
        )
    }

    async fn request(&self, method: &str, body: &str) {
        let (ours, engine, number) = (self.sip.local_addr().unwrap(), self.engine, &self.number);
        let (cseq, to_tag, size) = (self.cseq, &self.to_tag, body.len());
        let request = format!(
            "{method} sip:{number}@{engine} SIP/2.0\r\nVia: SIP/2.0/UDP {ours};branch=z9hG4bK{method}{cseq}\r\n\
             From: <sip:0612345678@{ours}>;tag=phone\r\nTo: <sip:{number}@{engine}>{to_tag}\r\n\
             Call-ID: {ours}\r\nCSeq: {cseq} {method}\r\nContact: <sip:phone@{ours}>\r\nMax-Forwards: 70\r\n\
             Content-Type: application/sdp\r\nContent-Length: {size}\r\n\r\n{body}"
        );
        for _ in 0..self.copies {
            self.sip.send_to(request.as_bytes(), engine).await.unwrap();
        }
    }

    async fn wait_for(&self, start: &str) -> String {
        let mut buffer = [0; 4_096];
        loop {
            let received = timeout(Duration::from_secs(10), self.sip.recv(&mut buffer));
            let size = received.await.unwrap_or_else(|_| panic!("no {start}")).unwrap();
            let message = String::from_utf8_lossy(&buffer[..size]).into_owned();
            if message.starts_with(start) {
                return message;
            }
        }
    }

    pub(crate) async fn send(&mut self, hertz: u16) {
        let mut samples = [0; 160];
        match &mut self.tone {
            Some((now, tone)) if *now == hertz => tone.fill(&mut samples),
            other => other.insert((hertz, Tone::new(hertz, 8_000))).1.fill(&mut samples),
        }
        let mut bytes = packet(&samples, self.sequence);
        self.sequence += 1;
        if let Some(secure) = &mut self.secure {
            assert!(secure.sealer.seal(&mut bytes));
        }
        self.rtp.send_to(&bytes, self.remote).await.unwrap();
    }

    /// Presses keys, one after the other, with the packets that RFC 4733 has for each.
    pub(crate) async fn press(&mut self, keys: &str) {
        for (number, key) in (1_u32..).zip(keys.chars()) {
            for step in press(Key::of_char(key).unwrap(), PRESS) {
                let packet = Packet {
                    payload_type: 96,
                    marker: step.marker,
                    sequence: self.sequence,
                    timestamp: number * 8_000,
                    ssrc: 7,
                    payload: &step.payload.bytes(),
                };
                let mut bytes = Vec::new();
                packet.write(&mut bytes);
                self.sequence += 1;
                self.rtp.send_to(&bytes, self.remote).await.unwrap();
            }
        }
    }

    /// Says a tone for so many frames, in time, and gives back what was heard meanwhile.
    pub(crate) async fn talk(&mut self, hertz: u16, frames: usize) -> Vec<i16> {
        let mut heard = Vec::new();
        let mut next = Instant::now();
        for _ in 0..frames {
            self.send(hertz).await;
            next += FRAME;
            while let Ok((mut samples, _)) = tokio::time::timeout_at(next, self.receive()).await {
                heard.append(&mut samples);
            }
        }
        heard
    }

    pub(crate) async fn listen(&self, frames: usize) -> Vec<i16> {
        let mut heard = Vec::new();
        for _ in 0..frames {
            let frame = timeout(Duration::from_secs(5), self.receive()).await;
            heard.append(&mut frame.expect("sound comes").0);
        }
        heard
    }

    pub(crate) async fn receive(&self) -> (Vec<i16>, Instant) {
        let (_, samples) = self.receive_both().await;
        (samples, Instant::now())
    }

    /// What came, and what was said with it.
    pub(crate) async fn receive_both(&self) -> (Vec<u8>, Vec<i16>) {
        let mut buffer = [0; 2_048];
        let size = self.rtp.recv(&mut buffer).await.unwrap();
        let opened = match self.secure.as_ref().and_then(|secure| secure.opener.as_ref()) {
            Some(opener) => opener.lock().unwrap().open(&buffer[..size]).expect("from the engine"),
            None => buffer[..size].to_vec(),
        };
        let packet = Packet::parse(&opened).unwrap();
        assert_eq!(packet.payload_type, 8);
        let mut samples = Vec::new();
        Law::A.decode_into(packet.payload, &mut samples);
        (buffer[..size].to_vec(), samples)
    }

    pub(crate) async fn forget_what_came(&self) {
        while timeout(Duration::from_millis(1), self.receive()).await.is_ok() {}
    }
}

fn header<'m>(message: &'m str, name: &str) -> &'m str {
    let line = message.lines().find(|line| line.starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {message}")).split_once(": ").unwrap().1
}

/// 20 ms of a tone, as A-law.
pub(crate) fn speech(hertz: u16, sequence: u16) -> Vec<u8> {
    let mut samples = [0; 160];
    Tone::new(hertz, 8_000).fill(&mut samples);
    packet(&samples, sequence)
}

fn packet(samples: &[i16], sequence: u16) -> Vec<u8> {
    let mut payload = Vec::new();
    Law::A.encode_into(samples, &mut payload);
    let timestamp = u32::from(sequence) * 160;
    let packet =
        Packet { payload_type: 8, marker: false, sequence, timestamp, ssrc: 7, payload: &payload };
    let mut bytes = Vec::new();
    packet.write(&mut bytes);
    bytes
}

//! The least that carrying sound can cost: one thread that takes the packets of as many calls from one socket to another and back,
//! and knows nothing of them.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};

use crate::sound::{SECONDS, thread_time};
use crate::world::Failed;

/// A frame of G.711 in SRTP: header, sound, tag.
const PACKET: usize = 12 + 160 + 10;
/// On Linux a thread's name has fifteen letters.
const NAME: &str = "relay";
/// How often a thread that has nothing to do looks whether it is over.
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// Both ends of each call speak 50 times a second, as in a call with the trunk.
pub(crate) fn measure(calls: usize) -> Result<(), Failed> {
    let is_over = Arc::new(AtomicBool::new(false));
    let outside = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let (theirs, over) = (outside.local_addr()?, Arc::clone(&is_over));
    let says_back = thread::spawn(move || says_back(&outside, &over));
    let browsers = (0..calls)
        .map(|_| std::net::UdpSocket::bind("127.0.0.1:0"))
        .collect::<Result<Vec<_>, _>>()?;
    let known = browsers.iter().map(std::net::UdpSocket::local_addr).collect::<Result<_, _>>()?;
    let relay = Relay::new(known, theirs)?;
    let (at, over) = (relay.inside.local_addr()?, Arc::clone(&is_over));
    let carries = thread::Builder::new().name(NAME.into()).spawn(move || relay.run(&over))?;

    let before = thread_time(NAME)?;
    let begin = Instant::now();
    let heard = speak(&browsers, at)?;
    let used = thread_time(NAME)?.saturating_sub(before).as_secs_f64();
    let used = used / begin.elapsed().as_secs_f64();
    is_over.store(true, Ordering::Relaxed);
    for one in [says_back, carries] {
        one.join().map_err(|_| "a thread of the relay failed")??;
    }
    crate::sound::say("through a bare relay", calls, heard, SECONDS * 50, used);
    Ok(())
}

/// Each speaks every 20 ms, spread over them; how many packets came back.
fn speak(browsers: &[std::net::UdpSocket], at: SocketAddr) -> Result<usize, Failed> {
    let (packet, mut buffer, mut heard) = ([0x80; PACKET], [0; 2_000], 0);
    let pause = Duration::from_millis(20) / u32::try_from(browsers.len())?;
    let mut next = Instant::now();
    for browser in browsers {
        browser.set_nonblocking(true)?;
    }
    for _ in 0..SECONDS * 50 {
        for browser in browsers {
            thread::sleep(next.saturating_duration_since(Instant::now()));
            next += pause;
            while browser.recv(&mut buffer).is_ok() {
                heard += 1;
            }
            browser.send_to(&packet, at)?;
        }
    }
    thread::sleep(LOOKS_EVERY);
    for browser in browsers {
        while browser.recv(&mut buffer).is_ok() {
            heard += 1;
        }
    }
    Ok(heard)
}

fn says_back(socket: &std::net::UdpSocket, is_over: &AtomicBool) -> std::io::Result<()> {
    socket.set_read_timeout(Some(LOOKS_EVERY))?;
    let mut buffer = [0; 2_000];
    while !is_over.load(Ordering::Relaxed) {
        if let Ok((size, from)) = socket.recv_from(&mut buffer) {
            socket.send_to(&buffer[..size], from)?;
        }
    }
    Ok(())
}

struct Relay {
    poll: Poll,
    /// Where all browsers send, as they do to the engine.
    inside: UdpSocket,
    /// One for each call.
    outside: Vec<UdpSocket>,
    browsers: Vec<SocketAddr>,
    theirs: SocketAddr,
}

impl Relay {
    fn new(browsers: Vec<SocketAddr>, theirs: SocketAddr) -> Result<Self, Failed> {
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let poll = Poll::new()?;
        let mut inside = UdpSocket::bind(here)?;
        poll.registry().register(&mut inside, Token(browsers.len()), Interest::READABLE)?;
        let mut outside = Vec::new();
        for nr in 0..browsers.len() {
            let mut socket = UdpSocket::bind(here)?;
            poll.registry().register(&mut socket, Token(nr), Interest::READABLE)?;
            outside.push(socket);
        }
        Ok(Self { poll, inside, outside, browsers, theirs })
    }

    fn run(mut self, is_over: &AtomicBool) -> std::io::Result<()> {
        let from_whom: HashMap<SocketAddr, usize> =
            self.browsers.iter().enumerate().map(|(nr, browser)| (*browser, nr)).collect();
        let (mut events, mut buffer) = (Events::with_capacity(1_024), [0; 2_000]);
        while !is_over.load(Ordering::Relaxed) {
            self.poll.poll(&mut events, Some(LOOKS_EVERY))?;
            for event in &events {
                let Token(nr) = event.token();
                let socket = self.outside.get(nr).unwrap_or(&self.inside);
                loop {
                    let (size, from) = match socket.recv_from(&mut buffer) {
                        Ok(came) => came,
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    };
                    let sent = match self.browsers.get(nr) {
                        Some(browser) => self.inside.send_to(&buffer[..size], *browser),
                        None => match from_whom.get(&from) {
                            Some(call) => self.outside[*call].send_to(&buffer[..size], self.theirs),
                            None => continue,
                        },
                    };
                    // A full buffer loses a packet, as it does anywhere.
                    if let Err(error) = sent
                        && error.kind() != ErrorKind::WouldBlock
                    {
                        return Err(error);
                    }
                }
            }
        }
        Ok(())
    }
}

//! TCP connections of browsers whose network lets no UDP through: packets with their length in front (RFC 4571).

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};

/// Connections at the same time; what comes beyond is closed at once.
const STREAMS_MAX: usize = 2_000;
/// More than this unsent is sound that nobody wants any more: what comes next is left out.
const UNSENT_MAX_BYTES: usize = 32 * 1024;
/// The longest packet of sound or of its set-up; whoever says more is none of ours.
const FRAME_MAX_BYTES: usize = 2_048;
/// Whoever said nothing that a browser says by then is closed.
const SPEAKS_WITHIN: Duration = Duration::from_secs(10);
const READ_AT_ONCE: usize = 16 * 1024;

/// The listener; connections have the tokens behind it, which nothing else uses.
pub(super) const LISTENER: Token = Token(1 << 40);

pub(super) struct Streams {
    listener: TcpListener,
    registry: Registry,
    all: HashMap<Token, Stream>,
    by_address: HashMap<SocketAddr, Token>,
    next: usize,
}

struct Stream {
    socket: TcpStream,
    from: SocketAddr,
    since: Instant,
    /// A browser of ours is behind it.
    is_known: bool,
    came: Vec<u8>,
    unsent: Vec<u8>,
}

impl Streams {
    pub(super) fn listen(at: SocketAddr, registry: &Registry) -> std::io::Result<Self> {
        let mut listener = TcpListener::bind(at)?;
        let registry = registry.try_clone()?;
        registry.register(&mut listener, LISTENER, Interest::READABLE)?;
        let (all, by_address) = (HashMap::new(), HashMap::new());
        Ok(Self { listener, registry, all, by_address, next: LISTENER.0 + 1 })
    }

    /// Takes those who connect.
    pub(super) fn accept(&mut self, now: Instant) {
        loop {
            match self.listener.accept() {
                Ok((socket, from)) => {
                    if let Err(error) = self.take(socket, from, now) {
                        tracing::debug!(%error, "a connection for sound was not taken");
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    tracing::debug!(%error, "a connection for sound was not taken");
                    return;
                }
            }
        }
    }

    fn take(
        &mut self,
        mut socket: TcpStream,
        from: SocketAddr,
        now: Instant,
    ) -> std::io::Result<()> {
        if self.all.len() >= STREAMS_MAX {
            return Ok(());
        }
        // A packet of sound that waits for the next one is late.
        socket.set_nodelay(true)?;
        let token = Token(self.next);
        self.next += 1;
        self.registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
        self.by_address.insert(from, token);
        let (came, unsent) = (Vec::new(), Vec::new());
        let stream = Stream { socket, from, since: now, is_known: false, came, unsent };
        self.all.insert(token, stream);
        Ok(())
    }

    /// What came on a connection, packet by packet, and from where; what was left unsent goes on. Nothing for a token that is none
    /// of ours.
    pub(super) fn read(&mut self, token: Token) -> Vec<(SocketAddr, Vec<u8>)> {
        let Some(stream) = self.all.get_mut(&token) else { return Vec::new() };
        let mut packets = Vec::new();
        let goes_on = stream.flush() && stream.read(&mut packets);
        let from = stream.from;
        if !goes_on {
            self.close(token);
        }
        packets.into_iter().map(|packet| (from, packet)).collect()
    }

    /// A browser of ours is behind this address.
    pub(super) fn knows(&mut self, from: SocketAddr) {
        let stream = self.by_address.get(&from).and_then(|token| self.all.get_mut(token));
        if let Some(stream) = stream {
            stream.is_known = true;
        }
    }

    /// A connection that is gone takes nothing: its browser will be missed soon.
    pub(super) fn send(&mut self, to: SocketAddr, datagram: &[u8]) {
        let Some(token) = self.by_address.get(&to).copied() else { return };
        let Some(stream) = self.all.get_mut(&token) else { return };
        let Ok(size) = u16::try_from(datagram.len()) else { return };
        if stream.unsent.len() > UNSENT_MAX_BYTES {
            return;
        }
        stream.unsent.extend(size.to_be_bytes());
        stream.unsent.extend(datagram);
        if !stream.flush() {
            self.close(token);
        }
    }

    /// Closes those who connected and said nothing.
    pub(super) fn sweep(&mut self, now: Instant) {
        let is_idle = |stream: &Stream| {
            !stream.is_known && now.saturating_duration_since(stream.since) > SPEAKS_WITHIN
        };
        let idle: Vec<Token> = self
            .all
            .iter()
            .filter(|(_, stream)| is_idle(stream))
            .map(|(token, _)| *token)
            .collect();
        for token in idle {
            self.close(token);
        }
    }

    fn close(&mut self, token: Token) {
        if let Some(mut stream) = self.all.remove(&token) {
            self.by_address.remove(&stream.from);
            // It is closed on the next line anyway.
            let _ = self.registry.deregister(&mut stream.socket);
        }
    }
}

impl Stream {
    /// `false` if the connection is over, or says what no browser does.
    fn read(&mut self, packets: &mut Vec<Vec<u8>>) -> bool {
        let mut buffer = [0; READ_AT_ONCE];
        loop {
            match self.socket.read(&mut buffer) {
                Ok(0) => return false,
                Ok(size) => self.came.extend(&buffer[..size]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return false,
            }
            while let Some((size, rest)) = self.came.split_first_chunk::<2>() {
                let size = usize::from(u16::from_be_bytes(*size));
                if size > FRAME_MAX_BYTES {
                    return false;
                }
                let Some(packet) = rest.get(..size) else { break };
                packets.push(packet.to_vec());
                self.came.drain(..2 + size);
            }
        }
    }

    fn flush(&mut self) -> bool {
        while !self.unsent.is_empty() {
            match self.socket.write(&self.unsent) {
                Ok(0) => return false,
                Ok(size) => drop(self.unsent.drain(..size)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Also before it is connected.
                Err(error) => {
                    return matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected);
                }
            }
        }
        true
    }
}

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Who knocks and says nothing is not waited for longer.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// So many handshakes at a time; others wait in the system's queue.
const HANDSHAKES_MAX: usize = 1_000;

type Shaken = Option<(TlsStream<TcpStream>, SocketAddr)>;

/// Connections whose handshake is over. One that takes its time keeps no other waiting.
pub(crate) struct TlsListener {
    tcp: TcpListener,
    config: watch::Receiver<Arc<ServerConfig>>,
    handshakes: JoinSet<Shaken>,
}

impl TlsListener {
    pub(crate) fn new(tcp: TcpListener, config: watch::Receiver<Arc<ServerConfig>>) -> Self {
        Self { tcp, config, handshakes: JoinSet::new() }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let has_room = self.handshakes.len() < HANDSHAKES_MAX;
            tokio::select! {
                (stream, from) = Listener::accept(&mut self.tcp), if has_room => {
                    let acceptor = TlsAcceptor::from(self.config.borrow().clone());
                    self.handshakes.spawn(shake(acceptor, stream, from));
                }
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(shaken)) = done {
                        return shaken;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

async fn shake(acceptor: TlsAcceptor, stream: TcpStream, from: SocketAddr) -> Shaken {
    match timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Some((stream, from)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no TLS with a browser");
            None
        }
        Err(_) => None,
    }
}

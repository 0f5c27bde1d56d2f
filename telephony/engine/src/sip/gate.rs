//! The UDP socket of the trunk: what is not from a known source, too often, or unreadable ends here.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use rsipstack::platform::net::UdpSocket;
use rsipstack::sip::prelude::ToTypedHeader as _;
use rsipstack::sip::{CSeq, HeadersExt as _, SipMessage, Transport};
use rsipstack::transport::SipConnection;

use super::limit::Limiter;
use super::ranges::Ranges;
use super::refusal::{SIZE_MAX_BYTES, refuse};

pub(super) struct Gate {
    socket: tokio::net::UdpSocket,
    ranges: Arc<Ranges>,
    limiter: Mutex<Limiter>,
}

impl Gate {
    pub(super) fn new(
        socket: tokio::net::UdpSocket,
        ranges: Arc<Ranges>,
        datagrams_per_second: u32,
    ) -> Self {
        Self { socket, ranges, limiter: Mutex::new(Limiter::new(datagrams_per_second)) }
    }

    fn lets_in(&self, from: SocketAddr) -> bool {
        self.ranges.contains(from.ip())
            && self
                .limiter
                .lock()
                .expect("nobody panics while counting")
                .allows(from.ip(), Instant::now())
    }
}

#[async_trait::async_trait]
impl UdpSocket for Gate {
    async fn recv_from(&self, buf: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        loop {
            let (size, from) = self.socket.recv_from(buf).await?;
            if !self.lets_in(from) {
                continue;
            }
            let packet = &buf[..size];
            // A blank packet keeps a way through a translation open; the library answers it.
            if size <= SIZE_MAX_BYTES
                && (packet.iter().all(u8::is_ascii_whitespace) || is_readable(packet, from))
            {
                return Ok((size, from));
            }
            if let Some(refusal) = refuse(packet, &format!("{:08x}", fastrand::u32(..))) {
                // Whoever cannot be reached is not told that it was unreadable.
                let _ = self.socket.send_to(&refusal, from).await;
            }
        }
    }

    async fn send_to(&self, buf: &[u8], to: SocketAddr) -> rsipstack::Result<usize> {
        Ok(self.socket.send_to(buf, to).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}

/// Whether the library understands the packet, and every header that it later takes for granted.
///
/// It parses once more what passes here. That costs some microseconds, and in exchange a panic in its parser is a
/// refused packet instead of a trunk that hears nothing any more.
fn is_readable(packet: &[u8], from: SocketAddr) -> bool {
    std::panic::catch_unwind(|| {
        let Ok(message) = SipMessage::try_from(packet) else { return false };
        let is_whole = message.via_header().is_ok_and(|via| via.clone().typed().is_ok())
            && message.from_header().is_ok_and(|from| from.tag().is_ok_and(|tag| tag.is_some()))
            && message.to_header().is_ok_and(|to| to.tag().is_ok())
            && message.call_id_header().is_ok()
            && message.cseq_header().is_ok_and(|cseq| cseq.seq().is_ok());
        let is_whole = is_whole
            && SipConnection::update_msg_received(message.clone(), from, Transport::Udp).is_ok();
        match &message {
            // RFC 3261, section 8.1.1.5: the method of CSeq is that of the request.
            SipMessage::Request(request) => {
                is_whole
                    && message
                        .cseq_header()
                        .and_then(CSeq::method)
                        .is_ok_and(|method| method == request.method)
            }
            SipMessage::Response(_) => is_whole,
        }
    })
    .unwrap_or(false)
}

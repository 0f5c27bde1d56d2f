//! One host of the trunk, watched as long as the engine lives: we register there and stay registered, or ask whether it
//! is there.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::authenticate::{AuthRetry, handle_client_authenticate};
use rsipstack::platform::CancellationToken;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::typed::{Contact, From, To};
use rsipstack::sip::{
    CallId, Header, Method, Request, Response, SipMessage, StatusCode, StatusCodeKind, Transport,
    Uri,
};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::{Transaction, make_tag};
use rsipstack::transport::SipConnection;
use tokio::time::{sleep, timeout};

use super::hosts::{self, Hosts};
use super::{Shared, Signal};
use crate::trunk::{Down, Timing, TrunkState};

/// Less than the five minutes after which the library closes a connection on which nothing comes in.
const STREAM_REFRESH_MAX: Duration = Duration::from_mins(4);
/// Seldom enough for a trunk that grants next to nothing.
const REFRESH_MIN: Duration = Duration::from_millis(500);
/// What opens nothing and says nothing, but keeps a way through a translation of addresses open (RFC 5626, section 3.5.1).
const KEEP_OPEN: &[u8] = b"\r\n\r\n";

/// Ends when told to leave, having said so to the trunk.
pub(super) async fn run(
    shared: Arc<Shared>,
    hosts: Arc<Hosts>,
    host: usize,
    leave: CancellationToken,
) {
    let watch = Watch {
        call_id: format!("{:032x}", fastrand::u128(..)),
        cseq: 0,
        expires: hosts.trunk().timing.expires,
        failures: 0,
        shared,
        hosts,
        host,
    };
    watch.run(leave).await;
}

struct Watch {
    shared: Arc<Shared>,
    hosts: Arc<Hosts>,
    host: usize,
    /// The same for all that we ever send to this host (RFC 3261, section 10.2.4).
    call_id: String,
    cseq: u32,
    /// What we ask for: more than the settings say once the trunk wanted more.
    expires: Duration,
    failures: u32,
}

/// What came of one look at the host.
struct Seen {
    at: SocketAddr,
    connection: SipConnection,
    /// When to look again.
    again: Duration,
}

impl Watch {
    async fn run(mut self, leave: CancellationToken) {
        loop {
            let seen = tokio::select! {
                seen = self.look() => seen,
                () = leave.cancelled() => break,
            };
            let (connection, wait) = match seen {
                Ok(seen) => {
                    self.failures = 0;
                    self.tell(TrunkState::Up, Some(seen.at));
                    (Some(seen.connection), seen.again)
                }
                Err(why) => {
                    self.failures = self.failures.saturating_add(1);
                    self.tell(TrunkState::Down { why }, None);
                    let timing = &self.hosts.trunk().timing;
                    (None, back_off(timing, self.failures, why, fastrand::f64()))
                }
            };
            tokio::select! {
                () = leave.cancelled() => break,
                // Of one that is down we know it already, and it is not to be asked more often for that.
                () = self.hosts.doubted(self.host), if connection.is_some() => {}
                () = lost(connection.as_ref()) => {}
                () = self.wait(wait, connection.as_ref()) => {}
            }
        }
        self.leave().await;
    }

    fn tell(&self, state: TrunkState, at: Option<SocketAddr>) {
        if self.hosts.is_now(self.host, state, at) {
            let host = self.hosts.trunk().hosts[self.host].clone();
            self.shared.tell(Signal::Trunk { host, state });
        }
    }

    async fn wait(&self, wait: Duration, connection: Option<&SipConnection>) {
        let trunk = self.hosts.trunk();
        let mut left = wait;
        if let (true, Some(SipConnection::Udp(udp))) = (trunk.registers, connection) {
            while left > trunk.timing.look_every {
                sleep(trunk.timing.look_every).await;
                left -= trunk.timing.look_every;
                if let Some((_, at)) =
                    self.hosts.in_order().into_iter().find(|(host, _)| *host == self.host)
                {
                    // What does not arrive is missed at the next REGISTER.
                    let _ = udp.send_raw(KEEP_OPEN, &self.hosts.way(at)).await;
                }
            }
        }
        sleep(left).await;
    }

    /// Registers, or asks; at each address that the name has, until one answers.
    async fn look(&mut self) -> Result<Seen, Down> {
        let mut why = Down::NameNotFound;
        for at in hosts::find(&self.shared, &self.hosts, self.host).await? {
            let looked = if self.hosts.trunk().registers {
                self.register(at).await
            } else {
                self.ask(at).await
            };
            match looked {
                Err(Down::Unreachable) => why = Down::Unreachable,
                looked => return looked,
            }
        }
        Err(why)
    }

    async fn ask(&mut self, at: SocketAddr) -> Result<Seen, Down> {
        let accept = vec![Header::Accept("application/sdp".into())];
        let (response, connection) = self.request(Method::Options, at, accept).await?;
        match response.status_code.code() {
            // Whoever refuses to say what he can is there all the same.
            503 => Err(Down::Refused { code: 503 }),
            _ => Ok(Seen { at, connection, again: self.hosts.trunk().timing.look_every }),
        }
    }

    async fn register(&mut self, at: SocketAddr) -> Result<Seen, Down> {
        let (mut response, mut connection) = self.send_register(at, self.expires).await?;
        if let Some(longer) = too_brief(&response).filter(|longer| *longer > self.expires) {
            self.expires = longer;
            (response, connection) = self.send_register(at, longer).await?;
        }
        if response.status_code.kind() != StatusCodeKind::Successful {
            return Err(self.refused(&response));
        }
        let granted = granted(&response, &self.contact())
            .filter(|granted| !granted.is_zero())
            .unwrap_or(self.expires);
        let again = (granted * 3 / 4).max(REFRESH_MIN);
        let again = if connection.is_reliable() { again.min(STREAM_REFRESH_MAX) } else { again };
        Ok(Seen { at, connection, again })
    }

    fn refused(&self, response: &Response) -> Down {
        match response.status_code.code() {
            401 | 407 if self.hosts.trunk().login.is_some() => Down::WrongPassword,
            code => Down::Refused { code },
        }
    }

    async fn send_register(
        &mut self,
        at: SocketAddr,
        expires: Duration,
    ) -> Result<(Response, SipConnection), Down> {
        let contact = match self.hosts.transport() {
            Transport::Udp => format!("<{}>", self.contact()),
            // Else calls to us would come by UDP, to a port that does not listen to it.
            transport => {
                let transport = transport.to_string().to_ascii_lowercase();
                format!("<{};transport={transport}>", self.contact())
            }
        };
        let headers = vec![
            Header::Contact(contact.into()),
            Header::Expires(expires.as_secs().to_string().into()),
            super::headers::allow(),
        ];
        self.request(Method::Register, at, headers).await
    }

    /// Where calls to us are to be sent, without the transport.
    fn contact(&self) -> Uri {
        Uri { host_with_port: self.shared.advertised.into(), ..self.account() }
    }

    fn account(&self) -> Uri {
        self.hosts.user(self.host, &self.hosts.trunk().user)
    }

    /// A request outside of any call, and its final answer.
    async fn request(
        &mut self,
        method: Method,
        at: SocketAddr,
        headers: Vec<Header>,
    ) -> Result<(Response, SipConnection), Down> {
        let limit = self.hosts.trunk().timing.answer_max;
        let way = self.hosts.way(at);
        let connection = hosts::connect(&self.shared, &self.hosts, self.host, &way).await?;
        self.cseq += 1;
        let request = self.made(method, headers).ok_or(Down::Unreachable)?;
        let endpoint = self.shared.layer.endpoint.clone();
        let Ok(key) = TransactionKey::from_request(&request, TransactionRole::Client) else {
            return Err(Down::Unreachable);
        };
        let mut tx = Transaction::new_client(key, request, endpoint, Some(connection.clone()));
        tx.destination = Some(way);
        match timeout(limit, self.answer(tx)).await {
            // What the library answers itself when it could not send.
            Ok(Ok(Some(_))) if hosts::is_lost(&connection) => Err(Down::Unreachable),
            Ok(Ok(Some(response))) => Ok((response, connection)),
            Ok(Ok(None)) | Err(_) => Err(Down::Unreachable),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a host of the trunk could not be asked");
                Err(Down::Unreachable)
            }
        }
    }

    fn made(&self, method: Method, headers: Vec<Header>) -> Option<Request> {
        let endpoint = &self.shared.layer.endpoint;
        let here = self.hosts.way(self.shared.advertised);
        let via = endpoint.get_via(Some(here), None).ok()?;
        let (display_name, params, uri) = (None, Vec::new(), self.account());
        let from = From { display_name, params, uri }.with_tag(make_tag());
        let callee = if method == Method::Register {
            from.uri.clone()
        } else {
            self.hosts.registrar(self.host)
        };
        let to = To { display_name: None, params: Vec::new(), uri: callee };
        let (registrar, call_id) =
            (self.hosts.registrar(self.host), CallId::from(self.call_id.clone()));
        let mut request =
            endpoint.make_request(method, registrar, via, from, to, self.cseq, Some(call_id));
        request.headers.extend(headers);
        Some(request)
    }

    async fn answer(&mut self, mut tx: Transaction) -> rsipstack::Result<Option<Response>> {
        let credential = self.hosts.credential();
        let mut proof = AuthRetry::new();
        tx.send().await?;
        while let Some(message) = tx.receive().await {
            let SipMessage::Response(response) = message else { continue };
            let wants_proof = matches!(
                response.status_code,
                StatusCode::Unauthorized | StatusCode::ProxyAuthenticationRequired
            );
            match &credential {
                Some(credential) if wants_proof && proof.should_answer(&response) => {
                    self.cseq += 1;
                    tx = handle_client_authenticate(self.cseq, &tx, response, credential).await?;
                    tx.send().await?;
                }
                _ if response.status_code.kind() == StatusCodeKind::Provisional => {}
                _ => return Ok(Some(response)),
            }
        }
        Ok(None)
    }

    /// Whoever is still registered is not called where nobody listens any more.
    async fn leave(&mut self) {
        if !self.hosts.trunk().registers || !self.hosts.is_up(self.host) {
            return;
        }
        let here = self.hosts.in_order().into_iter().find(|(host, _)| *host == self.host);
        if let Some((_, at)) = here
            && let Err(why) = self.send_register(at, Duration::ZERO).await
        {
            tracing::debug!(%why, "a host of the trunk did not hear that we leave");
        }
    }
}

/// Twice as long after each failure, and not all of us at the same moment after a power cut at the trunk: `chance` is from
/// zero to one.
fn back_off(timing: &Timing, failures: u32, why: Down, chance: f64) -> Duration {
    let wait = match why {
        // It will not change by itself, and trunks shut out whoever guesses.
        Down::WrongPassword | Down::Refused { code: 403 } => timing.retry_max,
        Down::Unreachable | Down::NameNotFound | Down::NotTrusted | Down::Refused { .. } => {
            let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
            timing.retry_min.saturating_mul(doubled).min(timing.retry_max)
        }
    };
    wait.mul_f64(0.5 + chance / 2.0)
}

async fn lost(connection: Option<&SipConnection>) {
    match connection
        .filter(|connection| connection.is_reliable())
        .and_then(SipConnection::cancel_token)
    {
        Some(token) => token.cancelled().await,
        None => pending().await,
    }
}

/// 423: the least that the trunk registers for.
fn too_brief(response: &Response) -> Option<Duration> {
    let least = (response.status_code.code() == 423).then(|| response.min_expires_header())??;
    least.value().trim().parse().ok().map(Duration::from_secs)
}

/// For how long we are registered (RFC 3261, section 10.2.4): others may be registered with the same account.
fn granted(response: &Response, ours: &Uri) -> Option<Duration> {
    let contacts = response.typed_contact_headers().unwrap_or_default();
    let is_ours = |uri: &Uri| uri.auth == ours.auth && uri.host_with_port == ours.host_with_port;
    let contact = match contacts.as_slice() {
        // The trunk may see us at another address than we do.
        [only] => Some(only),
        several => several.iter().find(|contact| is_ours(&contact.uri)),
    };
    let said = || response.expires_header()?.value().trim().parse::<u32>().ok();
    let seconds = contact.and_then(Contact::expires).or_else(said)?;
    Some(Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(code: &str, headers: &str) -> Response {
        let text = format!(
            "SIP/2.0 {code}\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\n\
             To: <sip:a@x>;tag=2\r\nCall-ID: 7\r\nCSeq: 1 REGISTER\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        Response::try_from(text.as_str()).unwrap()
    }

    #[test]
    fn what_is_granted_is_ours_and_not_that_of_others() {
        let ours = Uri::try_from("sip:085@192.0.2.1:5060").unwrap();
        for (headers, seconds) in [
            ("Contact: <sip:085@192.0.2.1:5060>;expires=120\r\n", Some(120)),
            (
                "Contact: <sip:085@10.0.0.9:1024;transport=tcp>;expires=90\r\nExpires: 5\r\n",
                Some(90),
            ),
            (
                "Contact: <sip:085@192.0.2.9>;expires=9, <sip:085@192.0.2.1:5060>;expires=60\r\n",
                Some(60),
            ),
            (
                "Contact: <sip:085@192.0.2.9>;expires=9\r\nContact: <sip:1@x>;expires=8\r\nExpires: 40\r\n",
                Some(40),
            ),
            ("Contact: <sip:085@192.0.2.1:5060>\r\nExpires: 30\r\n", Some(30)),
            ("", None),
        ] {
            let granted = granted(&response("200 OK", headers), &ours);
            assert_eq!(granted, seconds.map(Duration::from_secs), "{headers}");
        }
    }

    #[test]
    fn failures_are_tried_again_ever_later() {
        let timing = Timing {
            retry_min: Duration::from_secs(2),
            retry_max: Duration::from_mins(1),
            ..Timing::default()
        };
        for (failures, why, chance, seconds) in [
            (1, Down::Unreachable, 1.0, 2.0),
            (1, Down::Unreachable, 0.0, 1.0),
            (2, Down::NameNotFound, 1.0, 4.0),
            (5, Down::Refused { code: 500 }, 1.0, 32.0),
            (6, Down::NotTrusted, 1.0, 60.0),
            (6, Down::Unreachable, 0.5, 45.0),
            (u32::MAX, Down::Unreachable, 1.0, 60.0),
            (1, Down::WrongPassword, 1.0, 60.0),
            (1, Down::Refused { code: 403 }, 0.0, 30.0),
        ] {
            let wait = back_off(&timing, failures, why, chance).as_secs_f64();
            assert!((wait - seconds).abs() < 0.001, "{failures} {why:?} {chance}: {wait}");
        }
    }

    #[test]
    fn least_interval_counts_in_a_423_only() {
        let least = "Min-Expires: 600\r\n";
        assert_eq!(
            too_brief(&response("423 Interval Too Brief", least)),
            Some(Duration::from_mins(10))
        );
        assert_eq!(too_brief(&response("423 Interval Too Brief", "")), None);
        assert_eq!(too_brief(&response("200 OK", least)), None);
    }
}

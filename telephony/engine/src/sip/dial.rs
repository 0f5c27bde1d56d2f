//! A call by us, until it is answered or refused.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver};
use rsipstack::dialog::invitation::{InviteAsyncResult, InviteOption};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::uri::{Auth, HostWithPort, Scheme};
use rsipstack::sip::{
    Header, Method, Request, Response, StatusCode, StatusCodeKind, Transport, Uri,
};
use rsipstack::transaction::Transaction;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transport::SipAddr;
use telephony_proto::session_timer::Asked;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::call::{Call, until};
use super::hosts::{self, credential};
use super::session::{self, Session};
use super::{Known, Order, Shared, Signal, headers};
use crate::message::{Dial, LegId, Through, Why};
use crate::trunk::Down;

/// After our CANCEL the final answer comes within 64*T1 (RFC 3261, section 9.1), or never.
const CANCEL_WAIT_MAX: Duration = Duration::from_secs(40);

pub(super) fn begin(shared: &Arc<Shared>, leg: LegId, dial: Dial, offer: Vec<u8>) {
    let (orders_in, orders) = mpsc::unbounded_channel();
    let has_room = shared.has_room();
    // The same in every attempt, RFC 4028 section 7.4.
    let call_id = format!("{:032x}", fastrand::u128(..));
    let known = Known { orders: orders_in, dialog: None, our_call_id: Some(call_id.clone()) };
    shared.legs().insert(leg, known);
    let dialling = Dialling { shared: shared.clone(), leg, call_id, orders };
    tokio::spawn(async move {
        if has_room {
            dialling.run(dial, offer).await;
        } else {
            dialling.failed(503, "too many calls");
        }
    });
}

struct Dialling {
    shared: Arc<Shared>,
    leg: LegId,
    call_id: String,
    orders: mpsc::UnboundedReceiver<Order>,
}

enum Outcome {
    Answered(Response),
    Refused(Response),
    /// Reported already; the transaction only has to come to its end.
    GivenUp,
    /// Not a word from there in time.
    Silent,
    Broken(String),
}

/// One host that the call is tried at.
struct Way {
    callee: Uri,
    caller: Uri,
    to: SipAddr,
    /// Its place among the hosts of the trunk.
    host: Option<usize>,
}

/// What came of one way.
enum Tried {
    Stands {
        dialog: InviteDialog,
        states: DialogStateReceiver,
        session: Option<Session>,
        response: Response,
    },
    /// Nothing more to be told of this call.
    Over,
    /// That was the answer of whom we called, or of the network.
    Refused { code: u16, reason: String },
    /// The host is not there or has no room: another one may.
    HostFails { code: u16, reason: String },
}

impl Dialling {
    async fn run(mut self, dial: Dial, offer: Vec<u8>) {
        let ways = match self.ways(&dial) {
            Ok(ways) => ways,
            Err((code, reason)) => return self.failed(code, reason),
        };
        let give_up_at = Instant::now() + dial.ring_max;
        let mut failed = (503, "no host of the trunk is known".to_owned());
        for way in ways {
            match self.attempt(&dial, &way, &offer, give_up_at).await {
                Tried::Stands { dialog, states, session, response } => {
                    return self.stand(dialog, states, offer, session, response).await;
                }
                Tried::Over => return self.shared.forget(self.leg),
                Tried::Refused { code, reason } => return self.failed(code, &reason),
                Tried::HostFails { code, reason } => {
                    tracing::warn!(code, "a call got nowhere over one host");
                    failed = (code, reason);
                }
            }
        }
        self.failed(failed.0, &failed.1);
    }

    async fn attempt(
        &mut self,
        dial: &Dial,
        way: &Way,
        offer: &[u8],
        give_up_at: Instant,
    ) -> Tried {
        let shared = self.shared.clone();
        let reached = tokio::select! {
            reached = reach(&shared, self.leg, way) => reached,
            why = hung_up(&mut self.orders) => {
                if let Some(why) = why {
                    self.shared.tell(Signal::Ended(self.leg, why));
                }
                return Tried::Over;
            }
        };
        if let Err(why) = reached {
            self.doubt(way);
            return Tried::HostFails { code: 503, reason: why.to_string() };
        }
        let mut session = Asked::first(session::wish(&self.shared.settings));
        loop {
            let option = InviteOption {
                callee: way.callee.clone(),
                caller: way.caller.clone(),
                destination: Some(way.to.clone()),
                offer: Some(offer.to_vec()),
                call_id: Some(self.call_id.clone()),
                ..self.option(dial, way, session)
            };
            let (states_in, mut states) = self.shared.layer.new_dialog_state_channel();
            let (dialog, mut invite) = match self.shared.layer.do_invite_async(option, states_in) {
                Ok(begun) => begun,
                Err(error) => return Tried::HostFails { code: 503, reason: error.to_string() },
            };
            match self.wait(&mut states, &mut invite, give_up_at, self.patience(way)).await {
                Outcome::Answered(response) => {
                    let session = Session::granted(session, &response.headers);
                    return Tried::Stands { dialog, states, session, response };
                }
                Outcome::Refused(response) => {
                    self.shared.layer.remove_dialog(&dialog.id());
                    let code = response.status_code.code();
                    let longer = headers::min_se(&response.headers)
                        .filter(|_| code == 422)
                        .and_then(|least| session.retry(least).ok());
                    let Some(longer) = longer else {
                        let reason = response
                            .reason_phrase()
                            .unwrap_or_else(|| response.status_code.text())
                            .to_owned();
                        return match code {
                            503 => Tried::HostFails { code, reason },
                            _ => Tried::Refused { code, reason },
                        };
                    };
                    session = longer;
                }
                Outcome::GivenUp => {
                    let to = way.to.clone();
                    take_back(self.shared.clone(), dialog, states, invite, to).await;
                    return Tried::Over;
                }
                Outcome::Silent => {
                    let to = way.to.clone();
                    tokio::spawn(take_back(self.shared.clone(), dialog, states, invite, to));
                    self.doubt(way);
                    // Not 408: nobody's telephone rang.
                    let reason = Down::Unreachable.to_string();
                    return Tried::HostFails { code: 503, reason };
                }
                Outcome::Broken(reason) => {
                    self.shared.layer.remove_dialog(&dialog.id());
                    return Tried::HostFails { code: 503, reason };
                }
            }
        }
    }

    fn ways(&self, dial: &Dial) -> Result<Vec<Way>, (u16, &'static str)> {
        if !is_dialable(&dial.to) || !is_dialable(&dial.from) {
            return Err((484, "no number or name"));
        }
        let caller = user_at(&dial.from, self.shared.advertised.into());
        let way = |callee, to| vec![Way { callee, caller: caller.clone(), to, host: None }];
        let at = |address: SocketAddr, transport| {
            way(user_at(&dial.to, address.into()), SipAddr::new(transport, address.into()))
        };
        match dial.through {
            Through::Udp(address) => Ok(at(address, Transport::Udp)),
            Through::Tcp(address) => Ok(at(address, Transport::Tcp)),
            Through::Registered => self
                .shared
                .registrar()
                .binding(&dial.to, std::time::Instant::now())
                .map(|found| way(found.contact.clone(), found.source.clone()))
                .ok_or((480, "not registered")),
            Through::Trunk => {
                let hosts = self.shared.hosts.as_ref().ok_or((503, "there is no trunk"))?;
                let ways = hosts.in_order().into_iter().map(|(host, address)| Way {
                    callee: hosts.user(host, &dial.to),
                    caller: hosts.user(host, &dial.from),
                    to: hosts.way(address),
                    host: Some(host),
                });
                Ok(ways.collect())
            }
        }
    }

    /// Whoever has no room is there all the same; whoever is silent may not be.
    fn doubt(&self, way: &Way) {
        if let (Some(hosts), Some(host)) = (&self.shared.hosts, way.host) {
            hosts.doubt(host);
        }
    }

    /// How long a host of the trunk may say nothing at all. Elsewhere we wait as SIP has it.
    fn patience(&self, way: &Way) -> Option<Duration> {
        way.host.and(self.shared.hosts.as_ref()).map(|hosts| hosts.trunk().timing.answer_max)
    }

    fn option(&self, dial: &Dial, way: &Way, session: Asked) -> InviteOption {
        let mut headers = vec![
            headers::allow(),
            Header::Supported("timer".into()),
            Header::SessionExpires(session.header().to_string().into()),
        ];
        headers.extend(session.min_se.map(headers::min_se_of));
        InviteOption {
            contact: self.shared.contact(way.to.r#type),
            content_type: Some("application/sdp".to_owned()),
            credential: match (way.host, &self.shared.hosts) {
                (Some(_), Some(hosts)) => hosts.credential(),
                _ => dial.login.as_ref().map(credential),
            },
            headers: Some(headers),
            ..InviteOption::default()
        }
    }

    async fn wait(
        &mut self,
        states: &mut DialogStateReceiver,
        invite: &mut JoinHandle<InviteAsyncResult>,
        give_up_at: Instant,
        patience: Option<Duration>,
    ) -> Outcome {
        let mut silent_at = patience.map(|patience| Instant::now() + patience);
        let give_up = tokio::time::sleep_until(give_up_at);
        tokio::pin!(give_up);
        loop {
            tokio::select! {
                biased;
                Some(state) = states.recv() => match state {
                    DialogState::Early(_, response) => {
                        silent_at = None;
                        self.early(&response);
                    }
                    DialogState::Trying(_) => silent_at = None,
                    DialogState::Confirmed(_, response) => return Outcome::Answered(response),
                    _ => {}
                },
                order = self.orders.recv() => match order {
                    Some(Order::HangUp(why)) => {
                        self.shared.tell(Signal::Ended(self.leg, why));
                        return Outcome::GivenUp;
                    }
                    Some(_) => {}
                    None => return Outcome::GivenUp,
                },
                result = &mut *invite => return match result {
                    Ok(Ok((_, Some(response)))) => final_answer(response),
                    Ok(Ok((_, None))) => Outcome::Broken("no answer".to_owned()),
                    Ok(Err(error)) => Outcome::Broken(error.to_string()),
                    Err(error) => Outcome::Broken(error.to_string()),
                },
                () = until(silent_at) => return Outcome::Silent,
                () = &mut give_up => {
                    self.shared.tell(Signal::Failed { leg: self.leg, code: 408, reason: "no answer".to_owned() });
                    return Outcome::GivenUp;
                }
            }
        }
    }

    fn early(&self, response: &Response) {
        if !response.body.is_empty() {
            self.shared.tell(Signal::EarlyMedia(self.leg, response.body.clone()));
        } else if response.status_code == StatusCode::Ringing {
            self.shared.tell(Signal::Ringing(self.leg));
        }
    }

    async fn stand(
        self,
        dialog: InviteDialog,
        states: DialogStateReceiver,
        offer: Vec<u8>,
        session: Option<Session>,
        response: Response,
    ) {
        if let Some(known) = self.shared.legs().get_mut(&self.leg) {
            known.dialog = Some(dialog.id().to_string());
        }
        self.shared.tell(Signal::Answered(self.leg, Some(response.body)));
        Call::new(self.shared, self.leg, dialog, states, self.orders, offer, session)
            .run(None)
            .await;
    }

    fn failed(&self, code: u16, reason: &str) {
        self.shared.forget(self.leg);
        self.shared.tell(Signal::Failed { leg: self.leg, code, reason: reason.to_owned() });
    }
}

/// Over TCP and TLS the library would go on trying for half a minute.
async fn reach(shared: &Shared, leg: LegId, way: &Way) -> Result<(), Down> {
    let (Some(hosts), Some(host)) = (&shared.hosts, way.host) else { return Ok(()) };
    hosts::connect(shared, hosts, host, &way.to).await?;
    if let Ok(address) = way.to.get_socketaddr() {
        shared.tell(Signal::Sent { leg, to: address.ip() });
    }
    Ok(())
}

/// Before anything went out. Nothing if nobody can tell any more.
async fn hung_up(orders: &mut mpsc::UnboundedReceiver<Order>) -> Option<Why> {
    loop {
        if let Order::HangUp(why) = orders.recv().await? {
            return Some(why);
        }
    }
}

/// Nobody waits for the answer any more: whom we called is not to ring for ever, and what is answered all the same is hung
/// up (RFC 3261, sections 9.1 and 15).
///
/// Not by the library: it sends a CANCEL where the number called points to, not where its INVITE went.
async fn take_back(
    shared: Arc<Shared>,
    dialog: InviteDialog,
    mut states: DialogStateReceiver,
    mut invite: JoinHandle<InviteAsyncResult>,
    to: SipAddr,
) {
    let give_up = tokio::time::sleep(CANCEL_WAIT_MAX);
    tokio::pin!(give_up);
    let mut is_cancelled = false;
    loop {
        // Not before anything was heard: it could arrive first, and would then be for nothing.
        if matches!(dialog.state(), DialogState::Trying(_) | DialogState::Early(..))
            && !is_cancelled
        {
            is_cancelled = true;
            tokio::spawn(cancel(shared.clone(), dialog.initial_request(), to.clone()));
        }
        tokio::select! {
            result = &mut invite => {
                if let Ok(Ok((_, Some(response)))) = result
                    && response.status_code.kind() == StatusCodeKind::Successful
                    && let Err(error) = dialog.bye().await
                {
                    tracing::debug!(%error, "a BYE was not answered");
                }
                break;
            }
            Some(_) = states.recv() => {}
            () = &mut give_up => {
                tracing::debug!("no final answer to a CANCEL");
                break;
            }
        }
    }
    shared.layer.remove_dialog(&dialog.id());
}

/// The same as the INVITE, but for its method, and without what it carried.
async fn cancel(shared: Arc<Shared>, invite: Request, to: SipAddr) {
    let sent = async {
        let mut request = Request { method: Method::Cancel, body: Vec::new(), ..invite };
        request.headers.retain(|header| {
            !matches!(
                header,
                Header::Contact(_) | Header::ContentType(_) | Header::SessionExpires(_)
            )
        });
        request.cseq_header_mut()?.mut_method(Method::Cancel)?;
        let key = TransactionKey::from_request(&request, TransactionRole::Client)?;
        let mut tx = Transaction::new_client(key, request, shared.layer.endpoint.clone(), None);
        tx.destination = Some(to);
        tx.send().await?;
        while tx.receive().await.is_some() {}
        Ok::<_, rsipstack::Error>(())
    };
    if let Err(error) = sent.await {
        tracing::debug!(%error, "a CANCEL could not be sent");
    }
}

fn final_answer(response: Response) -> Outcome {
    if response.status_code.kind() == StatusCodeKind::Successful {
        Outcome::Answered(response)
    } else {
        Outcome::Refused(response)
    }
}

fn user_at(user: &str, host_with_port: HostWithPort) -> Uri {
    Uri {
        scheme: Some(Scheme::Sip),
        auth: Some(Auth { user: user.to_owned(), password: None }),
        host_with_port,
        ..Uri::default()
    }
}

/// Nothing that could become another header, another host or a parameter.
fn is_dialable(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"+*#.-_".contains(&letter))
}

//! A call by us, until it is answered or refused.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rsipstack::dialog::authenticate::Credential;
use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver};
use rsipstack::dialog::invitation::{InviteAsyncResult, InviteOption};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::uri::{Auth, HostWithPort, Scheme};
use rsipstack::sip::{Header, Response, StatusCode, StatusCodeKind, Transport, Uri};
use rsipstack::transport::SipAddr;
use telephony_proto::session_timer::Asked;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::call::Call;
use super::session::{self, Session};
use super::{Known, Order, Shared, Signal, headers};
use crate::message::{Dial, LegId, Through};

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
    Broken(String),
}

impl Dialling {
    async fn run(mut self, dial: Dial, offer: Vec<u8>) {
        let (callee, destination) = match self.target(&dial) {
            Ok(target) => target,
            Err((code, reason)) => return self.failed(code, reason),
        };
        let mut session = Asked::first(session::wish(&self.shared.settings));
        loop {
            let option = InviteOption {
                callee: callee.clone(),
                destination: Some(destination.clone()),
                offer: Some(offer.clone()),
                call_id: Some(self.call_id.clone()),
                ..self.option(&dial, session)
            };
            let (states_in, mut states) = self.shared.layer.new_dialog_state_channel();
            let (dialog, mut invite) = match self.shared.layer.do_invite_async(option, states_in) {
                Ok(begun) => begun,
                Err(error) => return self.failed(503, &error.to_string()),
            };
            let outcome = self.wait(&dialog, &mut states, &mut invite, dial.ring_max).await;
            match outcome {
                Outcome::Answered(response) => {
                    let session = Session::granted(session, &response.headers);
                    return self.stand(dialog, states, offer, session, response).await;
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
                        return self.failed(code, &reason);
                    };
                    session = longer;
                }
                Outcome::GivenUp => {
                    // What comes late is answered by the library: a 200 with ACK and BYE.
                    if tokio::time::timeout(CANCEL_WAIT_MAX, invite).await.is_err() {
                        tracing::debug!("no final answer to a CANCEL");
                    }
                    self.shared.layer.remove_dialog(&dialog.id());
                    self.shared.forget(self.leg);
                    return;
                }
                Outcome::Broken(reason) => {
                    self.shared.layer.remove_dialog(&dialog.id());
                    return self.failed(503, &reason);
                }
            }
        }
    }

    fn target(&self, dial: &Dial) -> Result<(Uri, SipAddr), (u16, &'static str)> {
        if !is_dialable(&dial.to) || !is_dialable(&dial.from) {
            return Err((484, "no number or name"));
        }
        match dial.through {
            Through::Udp(address) => Ok(at(&dial.to, address, Transport::Udp)),
            Through::Tcp(address) => Ok(at(&dial.to, address, Transport::Tcp)),
            Through::Registered => self
                .shared
                .registrar()
                .binding(&dial.to, Instant::now())
                .map(|found| (found.contact.clone(), found.source.clone()))
                .ok_or((480, "not registered")),
        }
    }

    fn option(&self, dial: &Dial, session: Asked) -> InviteOption {
        let mut headers = vec![
            headers::allow(),
            Header::Supported("timer".into()),
            Header::SessionExpires(session.header().to_string().into()),
        ];
        headers.extend(session.min_se.map(headers::min_se_of));
        InviteOption {
            caller: user_at(&dial.from, self.shared.advertised.into()),
            // The library adds the transport where it is not UDP.
            contact: self.shared.contact(None),
            content_type: Some("application/sdp".to_owned()),
            credential: dial.login.as_ref().map(|login| Credential {
                username: login.user.clone(),
                password: login.password.clone(),
                ..Credential::default()
            }),
            headers: Some(headers),
            ..InviteOption::default()
        }
    }

    async fn wait(
        &mut self,
        dialog: &InviteDialog,
        states: &mut DialogStateReceiver,
        invite: &mut JoinHandle<InviteAsyncResult>,
        ring_max: Duration,
    ) -> Outcome {
        let give_up = tokio::time::sleep(ring_max);
        tokio::pin!(give_up);
        loop {
            tokio::select! {
                biased;
                Some(state) = states.recv() => match state {
                    DialogState::Early(_, response) => self.early(&response),
                    DialogState::Confirmed(_, response) => return Outcome::Answered(response),
                    _ => {}
                },
                order = self.orders.recv() => match order {
                    Some(Order::HangUp(why)) => {
                        self.shared.tell(Signal::Ended(self.leg, why));
                        cancel(dialog);
                        return Outcome::GivenUp;
                    }
                    Some(_) => {}
                    None => {
                        cancel(dialog);
                        return Outcome::GivenUp;
                    }
                },
                result = &mut *invite => return match result {
                    Ok(Ok((_, Some(response)))) => final_answer(response),
                    Ok(Ok((_, None))) => Outcome::Broken("no answer".to_owned()),
                    Ok(Err(error)) => Outcome::Broken(error.to_string()),
                    Err(error) => Outcome::Broken(error.to_string()),
                },
                () = &mut give_up => {
                    self.shared.tell(Signal::Failed { leg: self.leg, code: 408, reason: "no answer".to_owned() });
                    cancel(dialog);
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

/// Sends it beside the waiting: the CANCEL is a transaction of its own.
fn cancel(dialog: &InviteDialog) {
    let dialog = dialog.clone();
    tokio::spawn(async move {
        if let Err(error) = dialog.cancel().await {
            tracing::debug!(%error, "a CANCEL was refused");
        }
    });
}

fn final_answer(response: Response) -> Outcome {
    if response.status_code.kind() == StatusCodeKind::Successful {
        Outcome::Answered(response)
    } else {
        Outcome::Refused(response)
    }
}

fn at(user: &str, address: SocketAddr, transport: Transport) -> (Uri, SipAddr) {
    (user_at(user, address.into()), SipAddr::new(transport, address.into()))
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

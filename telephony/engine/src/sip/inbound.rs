//! A call to us, until it is answered or gone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TerminatedReason};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Header, Request, StatusCode};
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;

use super::call::Call;
use super::dispatch::{reply, source};
use super::limit::Limiter;
use super::session::{self, Session};
use super::{Known, Order, Shared, Signal, headers, identity};
use crate::message::{Incoming, LegId, Why};

/// A caller whom nobody answers hears 480 after this. Our own choice; trunks give up after two to three minutes.
const RING_MAX: Duration = Duration::from_mins(3);
/// RFC 3261, section 13.3.1.4: 64*T1, and a moment for the library, which knows the rule as well.
const ACK_MAX: Duration = Duration::from_secs(33);
/// An SDP of a telephone has some hundred bytes.
const SDP_MAX_BYTES: usize = 4_000;

pub(super) fn begin(shared: &Arc<Shared>, mut tx: Transaction, calls: &mut Limiter) {
    let Some(from) = source(&tx) else { return };
    let Ok(source) = from.get_socketaddr() else { return };
    if let Some((status, headers)) = refusal(shared, &tx.original, source, calls) {
        return reply(tx, status, headers);
    }
    let Ok(permit) = shared.half_open.clone().try_acquire_owned() else {
        return reply(tx, StatusCode::ServiceUnavailable, vec![Header::RetryAfter("5".into())]);
    };
    let (states_in, states) = shared.layer.new_dialog_state_channel();
    let contact = shared.contact(from.r#type);
    let dialog = match shared.layer.get_or_create_server_invite(&tx, states_in, None, Some(contact))
    {
        Ok(dialog) => dialog,
        Err(error) => {
            tracing::debug!(%error, "an INVITE without what a call needs");
            return reply(tx, StatusCode::BadRequest, Vec::new());
        }
    };

    let leg = shared.new_leg();
    let (orders_in, orders) = mpsc::unbounded_channel();
    shared.legs().insert(
        leg,
        Known { orders: orders_in, dialog: Some(dialog.id().to_string()), our_call_id: None },
    );
    let trunk = shared.hosts.as_ref().filter(|_| shared.ranges.is_trunk(source.ip()));
    let account = trunk.map(|hosts| hosts.trunk().user.as_str());
    let call = Incoming {
        leg,
        from: identity::caller(&tx.original),
        to: identity::called(&tx.original, account),
        source,
    };
    let offer = Some(tx.original.body.clone()).filter(|body| !body.is_empty());
    let ringing = Ringing {
        shared: shared.clone(),
        leg,
        dialog: dialog.clone(),
        states,
        orders,
        has_offer: offer.is_some(),
        sdp: Vec::new(),
        session: None,
        hang_up: None,
        permit,
    };
    let mut handler = dialog;
    tokio::spawn(async move {
        if let Err(error) = handler.handle(&mut tx).await {
            tracing::debug!(%error, "the transaction of a call ended early");
        }
    });
    let key = trunk.and_then(|hosts| hosts.trunk().key());
    shared.tell(Signal::Incoming { call, offer, key });
    tokio::spawn(ringing.run());
}

/// Why the call is not taken at all.
fn refusal(
    shared: &Shared,
    request: &Request,
    source: SocketAddr,
    calls: &mut Limiter,
) -> Option<(StatusCode, Vec<Header>)> {
    if !calls.allows(source.ip(), std::time::Instant::now()) || !shared.has_room() {
        return Some((StatusCode::ServiceUnavailable, vec![Header::RetryAfter("5".into())]));
    }
    if let Some(unknown) = headers::unsupported(&request.headers) {
        return Some((StatusCode::BadExtension, vec![Header::Unsupported(unknown.into())]));
    }
    if request.body.len() > SDP_MAX_BYTES {
        return Some((StatusCode::RequestEntityTooLarge, Vec::new()));
    }
    if !request.body.is_empty() && !headers::is_sdp(&request.headers) {
        return Some((
            StatusCode::UnsupportedMediaType,
            vec![Header::Accept("application/sdp".into())],
        ));
    }
    session::too_short(&request.headers, &shared.settings)
        .map(|least| (StatusCode::SessionIntervalTooSmall, vec![least]))
}

struct Ringing {
    shared: Arc<Shared>,
    leg: LegId,
    dialog: InviteDialog,
    states: DialogStateReceiver,
    orders: mpsc::UnboundedReceiver<Order>,
    has_offer: bool,
    /// What we answered with.
    sdp: Vec<u8>,
    session: Option<Session>,
    /// Asked for between our 200 and its ACK: a BYE may not go before (RFC 3261, section 15).
    hang_up: Option<Why>,
    /// Counts among the half-open calls while it lives.
    permit: OwnedSemaphorePermit,
}

enum Next {
    Wait,
    Stands,
    Over(Why),
}

impl Ringing {
    async fn run(mut self) {
        let give_up = tokio::time::sleep(RING_MAX);
        tokio::pin!(give_up);
        let mut is_answered = false;
        loop {
            let next = tokio::select! {
                state = self.states.recv() => self.on_state(state),
                order = self.orders.recv() => self.on_order(order),
                () = &mut give_up => {
                    if is_answered { Next::Over(Why::NotAcknowledged) } else { self.reject(480) }
                }
            };
            match next {
                Next::Wait => {}
                Next::Stands => return self.stand().await,
                Next::Over(why) => return self.end(why).await,
            }
            if !is_answered && !self.sdp.is_empty() {
                is_answered = true;
                give_up.as_mut().reset(Instant::now() + ACK_MAX);
            }
        }
    }

    async fn end(self, why: Why) {
        if self.hang_up.is_none() {
            self.shared.tell(Signal::Ended(self.leg, why));
        }
        if !self.dialog.state().is_terminated()
            && let Err(error) = self.dialog.bye().await
        {
            tracing::debug!(%error, "a BYE was not answered");
        }
        self.shared.layer.remove_dialog(&self.dialog.id());
        self.shared.forget(self.leg);
    }

    async fn stand(self) {
        let Self { shared, leg, dialog, states, orders, has_offer, sdp, session, hang_up, permit } =
            self;
        drop(permit);
        let answer = if has_offer { None } else { dialog.last_remote_ack().map(|ack| ack.body) };
        if hang_up.is_none() {
            shared.tell(Signal::Answered(leg, answer));
        }
        let call = Call::new(shared, leg, dialog, states, orders, sdp, session);
        call.run(hang_up).await;
    }

    fn on_state(&self, state: Option<DialogState>) -> Next {
        match state {
            Some(DialogState::Confirmed(..)) => Next::Stands,
            Some(DialogState::Terminated(_, reason)) => Next::Over(match reason {
                TerminatedReason::UacCancel => Why::Cancelled,
                TerminatedReason::Timeout => Why::NotAcknowledged,
                _ => Why::HungUpByPeer,
            }),
            Some(_) => Next::Wait,
            None => Next::Over(Why::Lost),
        }
    }

    fn on_order(&mut self, order: Option<Order>) -> Next {
        let is_answered = !self.sdp.is_empty();
        match order {
            Some(Order::Ring) if !is_answered => self.done(&self.dialog.ringing(None, None)),
            Some(Order::Answer(sdp)) if !is_answered => {
                let request = self.dialog.initial_request();
                let mut headers =
                    vec![headers::sdp(), headers::allow(), Header::Supported("timer".into())];
                self.session =
                    Session::answered(&request.headers, &self.shared.settings, &mut headers);
                self.sdp.clone_from(&sdp);
                self.done(&self.dialog.accept(Some(headers), Some(sdp)))
            }
            Some(Order::Reject(code)) if !is_answered => self.reject(code),
            Some(Order::HangUp(why)) if is_answered => {
                if self.hang_up.replace(why).is_none() {
                    self.shared.tell(Signal::Ended(self.leg, why));
                }
                Next::Wait
            }
            Some(Order::HangUp(_)) => self.reject(480),
            Some(_) => Next::Wait,
            None => self.reject(503),
        }
    }

    fn reject(&self, code: u16) -> Next {
        match self.dialog.reject(Some(StatusCode::from(code)), None) {
            Ok(()) => Next::Over(Why::Rejected(code)),
            Err(_) => Next::Over(Why::Lost),
        }
    }

    /// A response can only fail to go out when its transaction is over.
    fn done(&self, sent: &rsipstack::Result<()>) -> Next {
        if sent.is_err() { Next::Over(Why::Lost) } else { Next::Wait }
    }
}

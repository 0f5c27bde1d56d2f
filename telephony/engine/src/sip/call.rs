//! A call that stands: from the ACK to the BYE.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{
    DialogState, DialogStateReceiver, TerminatedReason, TransactionHandle,
};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{CSeq, Header, Method, Request, Response, StatusCode, StatusCodeKind};
use telephony_proto::session_timer::Due;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use super::session::{self, Session};
use super::{Order, Shared, Signal, headers};
use crate::message::{LegId, Why};

/// How often we look ourselves whether the library ended the dialog: it was seen not to tell.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// RFC 3261, section 14.1: after 491 a re-INVITE is tried again.
const GLARE_TRIES: usize = 3;

pub(super) struct Call {
    shared: Arc<Shared>,
    leg: LegId,
    dialog: InviteDialog,
    states: DialogStateReceiver,
    orders: mpsc::UnboundedReceiver<Order>,
    /// What we last said about our sound; a refresh repeats it unchanged (RFC 4028, section 7.4).
    sdp: Vec<u8>,
    session: Option<Session>,
    /// A re-INVITE or UPDATE of the other side that waits for our answer.
    asked: Option<Asked>,
    /// Our own re-INVITE; one at a time (RFC 3261, section 14.1).
    offering: Option<(Purpose, JoinHandle<rsipstack::Result<Option<Response>>>)>,
    /// What is to be offered when that one is answered. The last one counts.
    next_offer: Option<Vec<u8>>,
    /// The number of a re-INVITE whose ACK brings the answer to our offer.
    answer_in_ack: Option<u32>,
}

struct Asked {
    request: Request,
    handle: TransactionHandle,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Purpose {
    Offer,
    Refresh,
}

impl Call {
    pub(super) fn new(
        shared: Arc<Shared>,
        leg: LegId,
        dialog: InviteDialog,
        states: DialogStateReceiver,
        orders: mpsc::UnboundedReceiver<Order>,
        sdp: Vec<u8>,
        session: Option<Session>,
    ) -> Self {
        Self {
            shared,
            leg,
            dialog,
            states,
            orders,
            sdp,
            session,
            asked: None,
            offering: None,
            next_offer: None,
            answer_in_ack: None,
        }
    }

    /// Lives until somebody hangs up. `hang_up` if that was asked for, and reported, before the call stood.
    pub(super) async fn run(mut self, hang_up: Option<Why>) {
        let why = match hang_up {
            Some(_) => None,
            None => Some(self.stand().await),
        };
        if let Some(why) = why {
            self.shared.tell(Signal::Ended(self.leg, why));
        }
        if let Some(asked) = self.asked.take() {
            // Whoever asked hears a BYE next.
            let _ = asked.handle.reply(StatusCode::RequestTerminated).await;
        }
        if !self.dialog.state().is_terminated()
            && let Err(error) = self.dialog.bye().await
        {
            tracing::debug!(%error, "a BYE was not answered");
        }
        self.shared.layer.remove_dialog(&self.dialog.id());
        self.shared.forget(self.leg);
    }

    async fn stand(&mut self) -> Why {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = self.session.as_ref().map(Session::due_at);
            let ended = tokio::select! {
                state = self.states.recv() => self.on_state(state).await,
                order = self.orders.recv() => self.on_order(order).await,
                result = finished(&mut self.offering) => self.on_result(result),
                () = until(due) => self.on_due(),
                _ = look.tick() => self.dialog.state().is_terminated().then_some(Why::HungUpByPeer),
            };
            if let Some(why) = ended {
                return why;
            }
        }
    }

    async fn on_state(&mut self, state: Option<DialogState>) -> Option<Why> {
        match state? {
            DialogState::Terminated(_, reason) => Some(match reason {
                TerminatedReason::UacBye | TerminatedReason::UasBye => Why::HungUpByPeer,
                TerminatedReason::Timeout => Why::NotAcknowledged,
                _ => Why::Lost,
            }),
            DialogState::Updated(_, request, handle) => {
                self.on_request(Asked { request, handle }).await;
                None
            }
            DialogState::Confirmed(..) => {
                self.on_ack();
                None
            }
            // The dispatcher answers these; should the library hand one over all the same, its sender waits.
            DialogState::Info(_, _, handle)
            | DialogState::Notify(_, _, handle)
            | DialogState::Options(_, _, handle) => {
                let _ = handle.reply(StatusCode::OK).await;
                None
            }
            DialogState::Refer(_, _, handle)
            | DialogState::Message(_, _, handle)
            | DialogState::Publish(_, _, handle) => {
                let _ = handle.reply(StatusCode::MethodNotAllowed).await;
                None
            }
            _ => None,
        }
    }

    /// The other side wants something changed, or only refreshes.
    async fn on_request(&mut self, asked: Asked) {
        if self.offering.is_some() || self.asked.is_some() {
            // Section 14.2: both at once; whoever is told so tries again after a random while.
            return refuse(asked, StatusCode::RequestPending, Vec::new()).await;
        }
        let too_short = session::too_short(&asked.request.headers, &self.shared.settings);
        if let Some(least) = too_short {
            return refuse(asked, StatusCode::SessionIntervalTooSmall, vec![least]).await;
        }
        if !asked.request.body.is_empty() && !headers::is_sdp(&asked.request.headers) {
            return refuse(asked, StatusCode::UnsupportedMediaType, Vec::new()).await;
        }
        if !asked.request.body.is_empty() {
            self.shared.tell(Signal::Offered(self.leg, asked.request.body.clone()));
            self.asked = Some(asked);
        } else if asked.request.method == Method::Invite {
            self.shared.tell(Signal::OfferWanted(self.leg));
            self.asked = Some(asked);
        } else {
            self.answer(asked, None).await;
        }
    }

    async fn answer(&mut self, asked: Asked, sdp: Option<Vec<u8>>) {
        let mut headers = vec![headers::allow(), Header::Supported("timer".into())];
        self.session =
            Session::answered(&asked.request.headers, &self.shared.settings, &mut headers);
        if sdp.is_some() {
            headers.push(headers::sdp());
        }
        // The transaction may have ended meanwhile; its sender then asks again.
        let _ = asked.handle.respond(StatusCode::OK, Some(headers), sdp).await;
    }

    fn on_ack(&mut self) {
        let Some(wanted) = self.answer_in_ack else { return };
        let Some(ack) = self.dialog.last_remote_ack() else { return };
        if ack.cseq_header().and_then(CSeq::seq).is_ok_and(|number| number == wanted) {
            self.answer_in_ack = None;
            self.shared.tell(Signal::Answered(self.leg, Some(ack.body)));
        }
    }

    async fn on_order(&mut self, order: Option<Order>) -> Option<Why> {
        match order {
            Some(Order::Offer(sdp)) => {
                if self.offering.is_some() || self.asked.is_some() {
                    self.next_offer = Some(sdp);
                } else {
                    self.offer(Purpose::Offer, sdp);
                }
            }
            Some(Order::AnswerOffer(sdp)) => {
                if let Some(asked) = self.asked.take() {
                    self.sdp.clone_from(&sdp);
                    if asked.request.body.is_empty() {
                        self.answer_in_ack = asked.request.cseq_header().and_then(CSeq::seq).ok();
                    }
                    self.answer(asked, Some(sdp)).await;
                    self.offer_next();
                }
            }
            Some(Order::RefuseOffer(code)) => {
                if let Some(asked) = self.asked.take() {
                    refuse(asked, StatusCode::from(code), Vec::new()).await;
                    self.offer_next();
                }
            }
            Some(Order::HangUp(why)) => return Some(why),
            Some(Order::Ring | Order::Answer(_) | Order::Reject(_)) => {}
            None => return Some(Why::HungUpByUs),
        }
        None
    }

    fn offer_next(&mut self) {
        if let Some(sdp) = self.next_offer.take() {
            self.offer(Purpose::Offer, sdp);
        }
    }

    fn offer(&mut self, purpose: Purpose, sdp: Vec<u8>) {
        let mut headers = vec![headers::sdp(), headers::allow(), Header::Supported("timer".into())];
        if let Some(session) = &self.session {
            headers.push(session.asked());
        }
        self.sdp.clone_from(&sdp);
        let dialog = self.dialog.clone();
        let sent = tokio::spawn(async move {
            dialog.reinvite_with_glare_retry(Some(headers), Some(sdp), GLARE_TRIES).await
        });
        self.offering = Some((purpose, sent));
    }

    fn on_result(&mut self, (purpose, result): (Purpose, Option<Response>)) -> Option<Why> {
        let Some(response) = result else {
            // The library gave up: no way there, or a login that is not taken.
            return Some(Why::Lost);
        };
        let code = response.status_code.code();
        if response.status_code.kind() == StatusCodeKind::Successful {
            self.session =
                self.session.as_ref().and_then(|session| session.renewed(&response.headers));
            if purpose == Purpose::Offer {
                self.shared.tell(Signal::OfferTaken(self.leg, response.body));
            }
        } else if matches!(code, 408 | 481) {
            // RFC 3261, section 12.2.1.2: the other side does not know this call any more.
            return Some(Why::Lost);
        } else if purpose == Purpose::Offer {
            self.shared.tell(Signal::OfferRefused(self.leg, code));
        } else if let Some(session) = &mut self.session {
            session.refused(headers::min_se(&response.headers));
        }
        self.offer_next();
        None
    }

    fn on_due(&mut self) -> Option<Why> {
        match self.session.as_mut().map(Session::due) {
            Some(Due::Refresh) => {
                // One that is under way refreshes as well.
                if self.offering.is_none() && self.asked.is_none() {
                    self.offer(Purpose::Refresh, self.sdp.clone());
                }
                None
            }
            Some(Due::Dead) => Some(Why::Lost),
            Some(Due::In(_)) | None => None,
        }
    }
}

async fn refuse(asked: Asked, status: StatusCode, headers: Vec<Header>) {
    // The transaction may have ended meanwhile; its sender then asks again.
    let _ = asked.handle.respond(status, Some(headers), None).await;
}

pub(super) async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => pending().await,
    }
}

async fn finished(
    offering: &mut Option<(Purpose, JoinHandle<rsipstack::Result<Option<Response>>>)>,
) -> (Purpose, Option<Response>) {
    let Some((purpose, sent)) = offering else { return pending().await };
    let purpose = *purpose;
    let response = match sent.await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a re-INVITE failed");
            None
        }
        Err(_) => None,
    };
    *offering = None;
    (purpose, response)
}

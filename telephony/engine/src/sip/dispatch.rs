//! What arrives outside of any transaction that we know: calls, registrations, and requests within a call.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rsipstack::dialog::dialog::Dialog;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Method, StatusCode};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipAddr;

use super::limit::Limiter;
use super::{Shared, Signal, headers, inbound};

pub(super) async fn run(shared: Arc<Shared>, mut incoming: TransactionReceiver) {
    let mut calls = Limiter::new(shared.settings.limits.calls_per_second);
    while let Some(tx) = incoming.recv().await {
        let is_within_a_call =
            tx.original.to_header().is_ok_and(|to| to.tag().is_ok_and(|tag| tag.is_some()));
        match tx.original.method {
            _ if is_within_a_call => {
                tokio::spawn(within_a_call(shared.clone(), tx));
            }
            Method::Invite => inbound::begin(&shared, tx, &mut calls),
            Method::Register => register(&shared, tx),
            Method::Options => answer(tx, StatusCode::OK),
            // Never answered, RFC 3261 section 17.1.1.3.
            Method::Ack => {}
            _ => answer(tx, StatusCode::MethodNotAllowed),
        }
    }
}

/// Where a request came from.
pub(super) fn source(tx: &Transaction) -> Option<SipAddr> {
    tx.connection.as_ref()?.get_remote_addr().cloned()
}

/// Answers with what we allow, and nothing more.
fn answer(tx: Transaction, status: StatusCode) {
    reply(tx, status, vec![headers::allow()]);
}

/// Answers and keeps the transaction until it is over, so that what is repeated is answered the same.
pub(super) fn reply(mut tx: Transaction, status: StatusCode, headers: Vec<Header>) {
    tokio::spawn(async move {
        if let Err(error) = tx.reply_with(status, headers, None).await {
            tracing::debug!(%error, "a request could not be answered");
            return;
        }
        if tx.original.method == Method::Invite {
            while tx.receive().await.is_some() {}
        }
    });
}

fn register(shared: &Shared, tx: Transaction) {
    let Some(source) = source(&tx) else { return };
    let answer = shared.registrar().register(&tx.original, source, Instant::now());
    reply(tx, answer.status, answer.headers);
    if let Some((account, reachable)) = answer.changed {
        shared.tell(Signal::Registered { account, reachable });
    }
}

async fn within_a_call(shared: Arc<Shared>, mut tx: Transaction) {
    let Some(mut dialog) = dialog_of(&shared, &tx).await else {
        if tx.original.method != Method::Ack {
            reply(tx, StatusCode::CallTransactionDoesNotExist, Vec::new());
        }
        return;
    };
    match tx.original.method {
        Method::Invite
        | Method::Ack
        | Method::Bye
        | Method::Cancel
        | Method::PRack
        | Method::Update => {
            if let Err(error) = dialog.handle(&mut tx).await {
                tracing::debug!(%error, "a request within a call was refused");
            }
            // The library leaves some without an answer: what is out of order, a BYE to a call that we are still dialling.
            if tx.last_response.is_none() && tx.original.method != Method::Ack {
                reply(tx, StatusCode::ServerInternalError, Vec::new());
            }
        }
        Method::Options | Method::Info | Method::Notify => answer(tx, StatusCode::OK),
        _ => answer(tx, StatusCode::MethodNotAllowed),
    }
}

/// The dialog of a request.
///
/// Of a call by us the library enters the dialog a moment after its ACK went out: a BYE on the heels of that ACK finds
/// none. So what belongs to a call by us is looked for some times.
async fn dialog_of(shared: &Shared, tx: &Transaction) -> Option<InviteDialog> {
    for _ in 0..LOOKS_MAX {
        if let Some(Dialog::Invite(dialog)) = shared.layer.match_dialog(tx) {
            return Some(dialog);
        }
        let call_id = tx.original.call_id_header().ok()?.value();
        if !shared.legs().values().any(|known| known.our_call_id.as_deref() == Some(call_id)) {
            return None;
        }
        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
    }
    None
}

const LOOKS_MAX: usize = 20;
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(10);

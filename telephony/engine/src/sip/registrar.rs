//! Softphones that register here (RFC 3261, section 10), with digest (RFC 2617 with qop, MD5: what softphones speak).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use rsipstack::dialog::authenticate::verify_digest;
use rsipstack::sip::headers::auth::AuthQop;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::typed::Authorization;
use rsipstack::sip::uri::{Param, Scheme};
use rsipstack::sip::{Header, Request, StatusCode, To, Uri};
use rsipstack::transport::SipAddr;

use crate::settings::Account;

/// Who a challenge is for. Phones show it.
const REALM: &str = "wijland";
/// A challenge is answered within this time, once.
const NONCE_LIVES: Duration = Duration::from_mins(1);
const NONCES_MAX: usize = 1_000;
const EXPIRES_DEFAULT_S: u64 = 300;
const EXPIRES_MAX_S: u64 = 3_600;

pub(super) struct Registrar {
    accounts: Vec<Account>,
    nonces: HashMap<String, Instant>,
    /// Where an account can be reached, and until when.
    bindings: HashMap<String, Binding>,
}

/// Calls go where the REGISTER came from, whatever host its Contact names: with that one a softphone could have us call
/// any address there is, our own trunk included.
#[derive(Clone)]
pub(super) struct Binding {
    pub(super) contact: Uri,
    pub(super) source: SipAddr,
    until: Instant,
}

/// What a REGISTER is answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<Header>,
    /// Whose reachability changed, and to what.
    pub(super) changed: Option<(String, bool)>,
}

impl Answer {
    fn plain(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), changed: None }
    }
}

impl Registrar {
    pub(super) fn new(accounts: Vec<Account>) -> Self {
        Self { accounts, nonces: HashMap::new(), bindings: HashMap::new() }
    }

    /// Where the account was last reachable, if it still is.
    pub(super) fn binding(&self, account: &str, now: Instant) -> Option<&Binding> {
        self.bindings.get(account).filter(|binding| binding.until > now)
    }

    /// Accounts whose registration ran out by `now`; they are forgotten.
    pub(super) fn expired(&mut self, now: Instant) -> Vec<String> {
        self.nonces.retain(|_, until| *until > now);
        let gone: Vec<String> = self
            .bindings
            .iter()
            .filter(|(_, binding)| binding.until <= now)
            .map(|(account, _)| account.clone())
            .collect();
        for account in &gone {
            self.bindings.remove(account);
        }
        gone
    }

    pub(super) fn register(&mut self, request: &Request, source: SipAddr, now: Instant) -> Answer {
        let Some(account) = request
            .to_header()
            .and_then(To::uri)
            .ok()
            .and_then(|uri| uri.user().map(str::to_owned))
        else {
            return Answer::plain(StatusCode::BadRequest);
        };
        let given = request.headers.iter().find_map(|header| match header {
            Header::Authorization(value) => Some(value.value()),
            _ => None,
        });
        let Some(given) = given else { return self.challenge(now) };
        if !self.proves(given, &account, request, now) {
            return self.challenge(now);
        }
        self.bind(account, request, source, now)
    }

    fn challenge(&mut self, now: Instant) -> Answer {
        if self.nonces.len() >= NONCES_MAX {
            self.nonces.clear();
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system gives random bytes");
        let nonce: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let value =
            format!("Digest realm=\"{REALM}\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\"");
        self.nonces.insert(nonce, now + NONCE_LIVES);
        Answer {
            status: StatusCode::Unauthorized,
            headers: vec![Header::WwwAuthenticate(value.into())],
            changed: None,
        }
    }

    /// A nonce serves once: the library counts its uses in eight bits, decimal where RFC 2617 wants hexadecimal.
    fn proves(&mut self, given: &str, account: &str, request: &Request, now: Instant) -> bool {
        let Ok(proof) = Authorization::parse(given) else { return false };
        let is_ours = self.nonces.remove(&proof.nonce).is_some_and(|until| until > now)
            && proof.realm == REALM
            && matches!(proof.qop, Some(AuthQop::Auth { nc: 1, .. }))
            && proof.username == account;
        let Some(known) = self.accounts.iter().find(|known| known.name == account) else {
            return false;
        };
        is_ours && verify_digest(&proof, &known.password, &request.method, given)
    }

    fn bind(
        &mut self,
        account: String,
        request: &Request,
        source: SipAddr,
        now: Instant,
    ) -> Answer {
        let Ok(contacts) = request.typed_contact_headers() else {
            return Answer::plain(StatusCode::BadRequest);
        };
        let asked_s = request.headers.iter().find_map(|header| match header {
            Header::Expires(value) => value.value().trim().parse::<u64>().ok(),
            _ => None,
        });
        let before = self.binding(&account, now).is_some();
        // One binding per account: the last one that registered rings.
        let mut headers = Vec::new();
        match contacts.first() {
            // All of them, section 10.2.2.
            Some(every) if every.uri.scheme == Some(Scheme::Other("*".to_owned())) => {
                if asked_s != Some(0) {
                    return Answer::plain(StatusCode::BadRequest);
                }
                self.bindings.remove(&account);
            }
            Some(contact) => {
                let param_s = contact.params.iter().find_map(|param| match param {
                    Param::Expires(value) => value.value().parse::<u64>().ok(),
                    _ => None,
                });
                let expires_s = param_s.or(asked_s).unwrap_or(EXPIRES_DEFAULT_S).min(EXPIRES_MAX_S);
                if expires_s == 0 {
                    self.bindings.remove(&account);
                } else {
                    let until = now + Duration::from_secs(expires_s);
                    let binding = Binding { contact: contact.uri.clone(), source, until };
                    self.bindings.insert(account.clone(), binding);
                    headers.push(at(&contact.uri, expires_s));
                }
            }
            None => {
                if let Some(Binding { contact, until, .. }) = self.bindings.get(&account) {
                    headers.push(at(contact, until.saturating_duration_since(now).as_secs()));
                }
            }
        }
        let after = self.binding(&account, now).is_some();
        Answer {
            status: StatusCode::OK,
            headers,
            changed: (before != after).then_some((account, after)),
        }
    }
}

fn at(uri: &Uri, expires_s: u64) -> Header {
    Header::Contact(format!("<{uri}>;expires={expires_s}").into())
}

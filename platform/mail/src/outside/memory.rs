use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::Outcome;
use crate::outbox::Claimed;

/// Takes messages in memory and answers as a test wants; what it was not told to refuse, it takes.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    taken: Vec<Taken>,
    answers: VecDeque<Outcome>,
    hangs: bool,
}

/// A message as it came out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Taken {
    pub id: kernel::MailId,
    pub address: String,
    pub title: String,
    pub text: String,
}

impl Memory {
    /// Answers the next message so.
    pub fn answers(&self, outcome: Outcome) {
        self.0.lock().expect("nobody panics while holding it").answers.push_back(outcome);
    }

    /// Answers nothing at all.
    pub fn hangs(&self, hangs: bool) {
        self.0.lock().expect("nobody panics while holding it").hangs = hangs;
    }

    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.0.lock().expect("nobody panics while holding it").taken.clone()
    }

    pub(super) async fn take(&self, message: &Claimed) -> Outcome {
        // Lets another sender come between, as a network does.
        tokio::task::yield_now().await;
        if self.0.lock().expect("nobody panics while holding it").hangs {
            std::future::pending::<()>().await;
        }
        let mut inner = self.0.lock().expect("nobody panics while holding it");
        let outcome = inner.answers.pop_front().unwrap_or(Outcome::Sent);
        if outcome == Outcome::Sent {
            inner.taken.push(Taken {
                id: message.id,
                address: message.address.reveal().clone(),
                title: message.title.reveal().clone(),
                text: message.body_text.reveal().clone(),
            });
        }
        outcome
    }
}

//! Tells open pages that something changed, after the commit and outside it.
//!
//! What is told is a topic, never a fact: the page asks again, under its own rights. Another process
//! on the same PostgreSQL is heard of by looking at the log every second; a `NOTIFY` inside the
//! business transaction cost a factor 13 (see the measurements on storage).

use std::collections::BTreeSet;
use std::time::Duration;

use activity::{Followed, Line};
use db::Db;
use kernel::{Actor, EventKind, UserId};
use tokio::sync::broadcast;

kernel::codes! {
    /// What a part of a page can wait for.
    pub enum Topic {
        /// My counts, my list, my phone.
        Own = "own",
        /// Who does what.
        Team = "team",
        /// Campaigns and how many people they still have.
        Campaigns = "campaigns",
        /// A running import.
        Imports = "imports",
        /// Rule data and calendar.
        Rules = "rules",
        /// Files that were opened by force.
        Privacy = "privacy",
        /// Questions, agreements and visits.
        Service = "service",
        /// Who can be heard, and who speaks with whom.
        Sound = "sound",
    }
}

/// Something changed; `user` is set if it only concerns one of us.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Change {
    pub topic: Topic,
    pub user: Option<UserId>,
}

/// Where open pages listen.
#[derive(Clone, Debug)]
pub struct Hub(broadcast::Sender<Change>);

impl Default for Hub {
    fn default() -> Self {
        // A page that lags behind by so many changes simply asks for everything again.
        Self(broadcast::Sender::new(1024))
    }
}

impl Hub {
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }

    /// For what is in no database: who rings, who hung up. All else is told by its commit.
    pub fn tell(&self, change: Change) {
        // Nobody listening is no error.
        let _ = self.0.send(change);
    }
}

/// Waits for commits and tells the hub; runs as long as the program.
pub async fn publish(db: Db, hub: Hub) {
    let mut commits = db.commits();
    let end = db.read(Actor::SYSTEM, async |tx| Followed::at_the_end(tx).await);
    let mut log = match end.await {
        Ok(log) => log,
        Err(error) => {
            tracing::error!(%error, "live updates do not start");
            return;
        }
    };
    loop {
        let one_second = Duration::from_secs(1);
        match tokio::time::timeout(one_second, commits.changed()).await {
            Ok(Err(_)) => return,
            // Commits come in groups; one look serves them all.
            Ok(Ok(())) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(_) => {}
        }
        match db.read(Actor::SYSTEM, async |tx| log.news(tx).await).await {
            Ok(lines) => {
                let changes: BTreeSet<Change> = lines.iter().flat_map(topics).collect();
                for change in changes {
                    hub.tell(change);
                }
            }
            Err(error) => tracing::warn!(%error, "live updates pause"),
        }
    }
}

fn topics(line: &Line) -> Vec<Change> {
    use EventKind as K;

    let own = Change { topic: Topic::Own, user: Some(line.actor_id) };
    let all = |topic| Change { topic, user: None };
    let Ok(kind) = line.kind.parse::<EventKind>() else { return vec![] };
    match kind {
        K::WishMade
        | K::Mentioned
        | K::WishAnswered
        | K::WishTold
        | K::WishChanged
        | K::AgreementMade
        | K::AgreementDone
        | K::AgreementChanged
        | K::OverdueClimbed
        | K::VisitPlanned
        | K::VisitReported
        | K::VisitChanged => vec![all(Topic::Service)],
        K::RecordClaimed | K::RecordSkipped | K::LeaseEnded | K::AttemptMade | K::CallEnded => {
            vec![own, all(Topic::Team)]
        }
        K::CallQueued
        | K::CallOffered
        | K::OfferMissed
        | K::CallAnswered
        | K::CallMoved
        | K::PlaceKept
        | K::CallToCallback
        | K::CallAbandoned
        | K::CallTurnedAway
        | K::AgentReturned => vec![own, all(Topic::Team)],
        // Everybody's counts, because a promise can come to somebody else.
        K::OutcomeLogged
        | K::OutcomeCorrected
        | K::CallbackMade
        | K::CallbackMoved
        | K::CallbackClimbed
        | K::CallbackTried
        | K::CallbackKept
        | K::CallbackEnded => {
            vec![all(Topic::Own), all(Topic::Team), all(Topic::Campaigns)]
        }
        // Counts too, where no call says them; and the page of whoever waits for a member to confirm.
        K::CancellationDecided | K::SignUpCommitted | K::SignUpConfirmed | K::SignUpEnded => {
            vec![all(Topic::Own), all(Topic::Team)]
        }
        K::CallbackNear => vec![own],
        K::SignedIn | K::SignedOut | K::IntentChosen | K::IntentEnded | K::ConnectionChanged => {
            vec![own, all(Topic::Team)]
        }
        K::MessageSent => {
            let to = line.number("to").map(UserId);
            vec![Change { topic: Topic::Team, user: to }]
        }
        K::MessageRead => vec![Change { topic: Topic::Team, user: Some(line.actor_id) }],
        K::RosterChanged | K::HelpAsked => vec![all(Topic::Team)],
        K::CampaignStarted | K::CampaignPaused | K::CampaignChanged | K::ObjectionMade => {
            vec![all(Topic::Campaigns)]
        }
        K::ImportDone | K::ImportUndone => vec![all(Topic::Imports), all(Topic::Campaigns)],
        K::RuleChanged => vec![all(Topic::Rules)],
        K::FileForced => vec![all(Topic::Privacy)],
        _ => vec![],
    }
}

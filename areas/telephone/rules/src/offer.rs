//! Which waiting call rings at whom: one order over all queues, and for each call why.
//!
//! Source: features §A1, §A2, §A5 to §A8; state machines §4.4. What others do wrong and holds here, by the properties
//! below: two queues with one agent are in one order, wrap-up counts for all of them, and nobody waits because of one
//! agent who is not there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, QueuedCallId, UserId, local};

use crate::agent::{Agent, Reach};
use crate::prefer::Preference;
use crate::settings::{Queue, Settings};
use crate::waiting::{Waiting, order};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Offer {
    pub call: QueuedCallId,
    pub agent: UserId,
    pub why: Why,
    pub rings_until: Timestamp,
}

kernel::codes! {
    /// Why this call: what the agent reads, and what the log keeps.
    pub enum Why {
        /// A conversation whose agent's side broke off.
        Resumed = "resumed",
        Dropped = "dropped",
        Promise = "promise",
        Tried = "tried",
        LastAgent = "last_agent",
        /// Somebody else waits longer, in a queue that comes later.
        Priority = "priority",
        /// Of those whom this agent may answer, nobody waits longer.
        Longest = "longest",
    }
}

impl From<Preference> for Why {
    fn from(preference: Preference) -> Self {
        match preference {
            Preference::Dropped => Self::Dropped,
            Preference::Promise => Self::Promise,
            Preference::Tried => Self::Tried,
            Preference::LastAgent => Self::LastAgent,
        }
    }
}

/// The offers to make now, beside those that ring already. The first in the order chooses first.
#[must_use]
pub fn offers(
    settings: &Settings,
    waiting: &[Waiting],
    agents: &[Agent],
    now: Timestamp,
) -> Vec<Offer> {
    let mut desk = Desk::new(settings, waiting, agents, now);
    let mut calls: Vec<&Waiting> = waiting.iter().filter(|call| call.ringing.is_none()).collect();
    calls.sort_by_key(|call| order(settings, call));
    let mut offers = Vec::new();
    for (nr, call) in calls.iter().enumerate() {
        let Some(queue) = settings.queues.get(&call.queue) else { continue };
        // One person is on one desk (INV1), also when calling twice.
        if call.person.is_some_and(|person| desk.people.contains(&person)) {
            continue;
        }
        let Some(agent) = desk.choose(call, queue) else { continue };
        let why = why(call, agent, |agent| {
            let is_passed =
                |later: &&Waiting| later.since < call.since && desk.may_answer(agent, later);
            calls[nr + 1..].iter().copied().any(|later| is_passed(&later))
        });
        desk.taken.insert(agent.user);
        desk.people.extend(call.person);
        let rings_until = now + queue.rings;
        offers.push(Offer { call: call.call, agent: agent.user, why, rings_until });
    }
    offers
}

fn why(call: &Waiting, agent: &Agent, passes_somebody: impl Fn(&Agent) -> bool) -> Why {
    match call.prefers {
        Some(prefers) if prefers.agent == agent.user => prefers.because.into(),
        _ if call.is_resumed => Why::Resumed,
        _ if passes_somebody(agent) => Why::Priority,
        _ => Why::Longest,
    }
}

/// Who is there, and who has something ringing already.
struct Desk<'a> {
    settings: &'a Settings,
    agents: &'a [Agent],
    now: Timestamp,
    taken: BTreeSet<UserId>,
    people: BTreeSet<PersonId>,
    /// How many calls would like this agent best.
    wanted: BTreeMap<UserId, usize>,
}

impl<'a> Desk<'a> {
    fn new(
        settings: &'a Settings,
        waiting: &[Waiting],
        agents: &'a [Agent],
        now: Timestamp,
    ) -> Self {
        let ringing = || waiting.iter().filter(|call| call.ringing.is_some());
        let mut wanted = BTreeMap::new();
        for call in waiting.iter().filter(|call| call.ringing.is_none()) {
            if let Some(prefers) = call.prefers {
                *wanted.entry(prefers.agent).or_insert(0) += 1;
            }
        }
        Self {
            settings,
            agents,
            now,
            taken: ringing().filter_map(|call| Some(call.ringing?.agent)).collect(),
            people: ringing().filter_map(|call| call.person).collect(),
            wanted,
        }
    }

    fn choose(&self, call: &Waiting, queue: &Queue) -> Option<&'a Agent> {
        let preferred = self.preferred(call);
        if let Some(agent) = preferred {
            if self.is_free(agent, call, queue) {
                return Some(agent);
            }
            let waits_until = call.since + self.settings.thresholds.prefer_for;
            if self.now < waits_until && agent.is_reachable(&self.settings.thresholds) {
                return None;
            }
        }
        let may_ring = |agent: &&Agent| {
            self.is_free(agent, call, queue) && self.is_in_circle(agent, call, queue)
        };
        self.agents.iter().filter(may_ring).min_by_key(|agent| {
            let is_wanted = {
                let own = preferred.is_some_and(|preferred| preferred.user == agent.user);
                self.wanted.get(&agent.user).copied().unwrap_or(0) > usize::from(own)
            };
            let has_just_missed_it = self.has_just_missed(agent, call);
            let is_previewing = agent.reach == Reach::Previewing;
            (has_just_missed_it, is_wanted, is_previewing, agent.idle_since, agent.user)
        })
    }

    /// The agent whose call it is, unless that agent just let it ring.
    fn preferred(&self, call: &Waiting) -> Option<&'a Agent> {
        let user = call.prefers?.agent;
        let agent = self.agents.iter().find(|agent| agent.user == user)?;
        (!self.has_just_missed(agent, call)).then_some(agent)
    }

    fn has_just_missed(&self, agent: &Agent, call: &Waiting) -> bool {
        let again_after = self.settings.thresholds.again_after;
        call.missed.iter().any(|missed| {
            missed.agent == agent.user && self.now.duration_since(missed.at) < again_after
        })
    }

    fn is_free(&self, agent: &Agent, call: &Waiting, queue: &Queue) -> bool {
        let may_interrupt =
            || queue.previewing_after.is_some_and(|after| self.waited(call) >= after);
        let is_reached = match agent.reach {
            Reach::Free => true,
            Reach::Previewing => may_interrupt(),
            Reach::Engaged | Reach::Away => false,
        };
        is_reached
            && !agent.is_wrapping_up(self.now)
            && !agent.is_suspended(&self.settings.thresholds)
            && !self.taken.contains(&agent.user)
    }

    fn is_in_circle(&self, agent: &Agent, call: &Waiting, queue: &Queue) -> bool {
        let waited = self.waited(call);
        queue.circles.iter().any(|circle| circle.after <= waited && agent.is_one_of(circle.who))
    }

    fn may_answer(&self, agent: &Agent, call: &Waiting) -> bool {
        let Some(queue) = self.settings.queues.get(&call.queue) else { return false };
        self.is_free(agent, call, queue) && self.is_in_circle(agent, call, queue)
    }

    fn waited(&self, call: &Waiting) -> SignedDuration {
        self.now.duration_since(call.entered)
    }
}

/// Offers that rang as long as they may: the call goes back to its place, the agent missed it.
#[must_use]
pub fn rung_out(
    settings: &Settings,
    waiting: &[Waiting],
    now: Timestamp,
) -> Vec<(QueuedCallId, UserId)> {
    let is_over = |call: &Waiting| {
        let ringing = call.ringing?;
        (rings_until(settings, call)? <= now).then_some((call.call, ringing.agent))
    };
    waiting.iter().filter_map(is_over).collect()
}

fn rings_until(settings: &Settings, call: &Waiting) -> Option<Timestamp> {
    let ringing = call.ringing?;
    // Of a queue that is gone nothing rings on.
    let rings = settings.queues.get(&call.queue).map_or(SignedDuration::ZERO, |queue| queue.rings);
    Some(ringing.since + rings)
}

/// When to ask again if nothing happens before: the first moment at which time alone changes an answer.
#[must_use]
pub fn wakes_at(
    settings: &Settings,
    waiting: &[Waiting],
    agents: &[Agent],
    now: Timestamp,
) -> Option<Timestamp> {
    if waiting.is_empty() {
        return None;
    }
    let of_calls = waiting.iter().flat_map(|call| moments(settings, call, now));
    let of_agents = agents.iter().filter_map(|agent| agent.wraps_up_until);
    of_calls.chain(of_agents).filter(|at| *at > now).min()
}

fn moments(settings: &Settings, call: &Waiting, now: Timestamp) -> Vec<Timestamp> {
    if call.ringing.is_some() {
        return rings_until(settings, call).into_iter().collect();
    }
    let Some(queue) = settings.queues.get(&call.queue) else { return vec![] };
    let circles = queue.circles.iter().map(|circle| circle.after);
    let after_entered = circles
        .chain(queue.previewing_after)
        .chain(queue.call_me_back_after)
        .chain([queue.wait_max]);
    let preferred = call.prefers.map(|_| call.since + settings.thresholds.prefer_for);
    let closes = queue.hours.closes(local(now).datetime(), &settings.calendar).and_then(instant);
    after_entered.map(|after| call.entered + after).chain(preferred).chain(closes).collect()
}

fn instant(wall: DateTime) -> Option<Timestamp> {
    wall.in_tz(kernel::AMSTERDAM).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests;

use kernel::{PersonId, QueueId, SkillId, TeamId};
use proptest::prelude::*;

use super::*;
use crate::example::{
    LINE, MARIT, OTHER, SEMI, TEAM, agent, at, check, seconds, settings, thresholds, waiting,
};
use crate::prefer::Prefers;
use crate::settings::{Circle, Who};
use crate::waiting::{How, Missed, Ringing};

const KAI: UserId = UserId(9);

fn prefers(agent: UserId, because: Preference) -> Prefers {
    Prefers { agent, because }
}

fn said(offers: &[Offer]) -> String {
    if offers.is_empty() {
        return "-".into();
    }
    let one = |offer: &Offer| format!("{}>{}:{}", offer.call, offer.agent, offer.why);
    offers.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// What Marit (7), Semi (8) and Kai (9, of another team) do: free, a moment less free, looking at a record, in a call,
/// writing up, let it ring twice, away.
fn agents(words: [&str; 3]) -> Vec<Agent> {
    let users = [MARIT, SEMI, KAI];
    let them = users.into_iter().zip(words).map(|(user, word)| {
        let team = if user == KAI { TeamId(2) } else { TEAM };
        let base = Agent { team: Some(team), ..agent(user) };
        match word {
            "free" => base,
            "just" => Agent { idle_since: at("08:59:00"), ..base },
            "looks" => Agent { reach: Reach::Previewing, ..base },
            "talks" => Agent { reach: Reach::Engaged, ..base },
            "writes" => Agent { wraps_up_until: Some(at("09:30:00")), ..base },
            "missed" => Agent { missed: 2, ..base },
            _ => Agent { reach: Reach::Away, ..base },
        }
    });
    them.collect()
}

#[test]
fn a_call_rings_at_whoever_is_free_longest_and_widens_with_time() {
    check(
        "
        # now     marit  semi   kai      one call on the line since nine
        09:00:00  free   free   free  -> 1>7:longest
        09:00:00  just   free   free  -> 1>8:longest     # free for longer
        09:00:00  away   talks  free  -> -               # not of the team
        09:00:19  away   talks  free  -> -
        09:00:20  away   talks  free  -> 1>9:longest     # everybody
        09:00:00  writes away   away  -> -               # of whatever queue the last call was
        09:30:00  writes away   away  -> 1>7:longest
        09:00:00  missed away   away  -> -               # until she comes back
        09:00:59  looks  away   away  -> -               # her record is left alone
        09:01:00  looks  away   away  -> 1>7:longest
        09:01:00  looks  just   away  -> 1>8:longest     # rather at whoever does nothing
        ",
        |[now, marit, semi, kai]| {
            let calls = [waiting(1, "09:00:00")];
            said(&offers(&settings(), &calls, &agents([marit, semi, kai]), at(now)))
        },
    );
}

#[test]
fn the_agent_whose_call_it_is_comes_first_and_is_waited_for_while_at_work() {
    check(
        "
        # now     marit   semi     a call for Marit since nine
        09:00:00  just    free  -> 1>7:promise
        09:00:00  talks   free  -> -               # she is in a call: a moment
        09:00:00  writes  free  -> -
        09:00:44  talks   free  -> -
        09:00:45  talks   free  -> 1>8:longest     # long enough
        09:00:00  away    free  -> 1>8:longest     # not at work: nobody waits for her
        09:00:00  missed  free  -> 1>8:longest
        09:00:00  looks   free  -> -
        ",
        |[now, marit, semi]| {
            let prefers = Some(prefers(MARIT, Preference::Promise));
            let calls = [Waiting { prefers, ..waiting(1, "09:00:00") }];
            said(&offers(&settings(), &calls, &agents([marit, semi, "away"]), at(now)))
        },
    );
}

#[test]
fn an_agent_outside_the_queue_gets_a_call_that_is_for_that_agent() {
    let prefers = Some(prefers(KAI, Preference::LastAgent));
    let calls = [Waiting { prefers, ..waiting(1, "09:00:00") }];
    let found = offers(&settings(), &calls, &agents(["free", "free", "free"]), at("09:00:00"));
    assert_eq!(said(&found), "1>9:last_agent");
}

#[test]
fn there_is_one_order_over_all_queues_and_the_agent_reads_why() {
    let other = Waiting { queue: OTHER, ..waiting(2, "09:05:00") };
    let resumed = Waiting { is_resumed: true, ..waiting(3, "09:06:00") };
    let calls = [waiting(1, "09:04:00"), other, resumed, waiting(4, "09:04:30")];
    let now = at("09:06:00");
    let one = |calls: &[Waiting]| said(&offers(&settings(), calls, &[agent(MARIT)], now));
    assert_eq!(one(&calls), "3>7:resumed");
    assert_eq!(one(&[calls[0].clone(), calls[1].clone()]), "2>7:priority");
    assert_eq!(one(&[calls[3].clone(), calls[0].clone()]), "1>7:longest");
    let all = offers(&settings(), &calls, &agents(["free", "just", "free"]), now);
    assert_eq!(said(&all), "3>7:resumed 2>9:priority 1>8:longest");
}

#[test]
fn whoever_keeps_a_place_is_called_when_it_is_due() {
    let kept = Waiting { how: How::CallsBack, ..waiting(1, "09:00:00") };
    let later = waiting(2, "09:01:00");
    let found = offers(&settings(), &[later, kept], &[agent(MARIT)], at("09:05:00"));
    assert_eq!(said(&found), "1>7:longest");
}

#[test]
fn a_missed_call_rings_at_somebody_else_first() {
    let missed = vec![Missed { agent: MARIT, at: at("09:00:15") }];
    let call = || Waiting { missed: missed.clone(), ..waiting(1, "09:00:00") };
    let ring = |words, now| said(&offers(&settings(), &[call()], &agents(words), at(now)));
    assert_eq!(ring(["free", "just", "away"], "09:00:16"), "1>8:longest");
    // Nobody else is free: rather at her again than at nobody.
    assert_eq!(ring(["free", "talks", "away"], "09:00:16"), "1>7:longest");
    assert_eq!(ring(["free", "just", "away"], "09:01:15"), "1>7:longest");
    // Whose call it was is not waited for after letting it ring.
    let hers = Waiting { prefers: Some(prefers(MARIT, Preference::Promise)), ..call() };
    let found = offers(&settings(), &[hers], &agents(["free", "free", "away"]), at("09:00:16"));
    assert_eq!(said(&found), "1>8:longest");
}

#[test]
fn an_agent_for_whom_somebody_waits_is_left_free_if_there_is_another() {
    let hers =
        Waiting { prefers: Some(prefers(MARIT, Preference::Promise)), ..waiting(2, "09:01:00") };
    let calls = [waiting(1, "09:00:00"), hers];
    let found = offers(&settings(), &calls, &agents(["free", "just", "away"]), at("09:01:00"));
    assert_eq!(said(&found), "1>8:longest 2>7:promise");
}

#[test]
fn nobody_gets_two_offers_and_nobody_is_on_two_desks() {
    let rings = Some(Ringing { agent: MARIT, since: at("09:00:00") });
    let twice = |call| Waiting { person: Some(PersonId(1)), ..waiting(call, "09:00:00") };
    let calls = [Waiting { ringing: rings, ..twice(1) }, twice(2), waiting(3, "09:00:01")];
    let found = offers(&settings(), &calls, &agents(["free", "free", "away"]), at("09:00:05"));
    assert_eq!(said(&found), "3>8:longest", "the second call of a person waits");
    assert_eq!(rung_out(&settings(), &calls, at("09:00:14")), []);
    assert_eq!(rung_out(&settings(), &calls, at("09:00:15")), [(QueuedCallId(1), MARIT)]);
    assert_eq!(found[0].rings_until, at("09:00:20"));
}

#[test]
fn the_loop_is_woken_for_the_next_thing_that_time_brings() {
    let calls = [waiting(1, "09:00:00")];
    let wakes = |calls: &[Waiting], now| {
        let at = wakes_at(&settings(), calls, &agents(["away", "away", "away"]), at(now))?;
        Some(local(at).strftime("%H:%M:%S").to_string())
    };
    for (now, expected) in [
        ("09:00:00", "09:00:20"), // everybody
        ("09:00:20", "09:01:00"), // also who looks at a record
        ("09:01:00", "09:03:00"), // may be called back
        ("09:03:00", "09:10:00"), // too long
        ("09:10:00", "12:00:00"), // closes
    ] {
        assert_eq!(wakes(&calls, now).as_deref(), Some(expected), "{now}");
    }
    let rings = Some(Ringing { agent: MARIT, since: at("09:00:03") });
    let ringing = [Waiting { ringing: rings, ..waiting(1, "09:00:00") }];
    assert_eq!(wakes(&ringing, "09:00:04").as_deref(), Some("09:00:18"));
    assert_eq!(wakes(&[], "09:00:00"), None);
}

/// A random moment: three queues, calls and agents in whatever state.
#[derive(Clone, Debug)]
struct World {
    settings: Settings,
    waiting: Vec<Waiting>,
    agents: Vec<Agent>,
}

const NOW: &str = "10:00:00";

prop_compose! {
    fn a_queue()(
        priority in 1_u8..4, team in 1_i64..4, widens in 5_i64..120,
        then in 0_usize..2, previewing in proptest::option::of(0_i64..200),
    ) -> Queue {
        let wide = [Who::Skilled(SkillId(1)), Who::Everybody][then];
        Queue {
            priority,
            circles: vec![
                Circle { after: seconds(0), who: Who::Team(TeamId(team)) },
                Circle { after: seconds(widens), who: wide },
            ],
            previewing_after: previewing.map(seconds),
            ..crate::example::queue()
        }
    }
}

prop_compose! {
    fn an_agent(user: i64)(
        team in 1_i64..4, is_skilled in any::<bool>(), reach in 0_usize..6, idle in 0_i64..500,
        wraps in proptest::option::weighted(0.2, -60_i64..60), missed in 0_u16..4,
    ) -> Agent {
        let reach =
            [Reach::Free, Reach::Free, Reach::Free, Reach::Previewing, Reach::Engaged, Reach::Away][reach];
        Agent {
            user: UserId(user),
            team: Some(TeamId(team)),
            skills: is_skilled.then_some(SkillId(1)).into_iter().collect(),
            reach,
            idle_since: at(NOW) - seconds(idle),
            wraps_up_until: wraps.map(|wraps| at(NOW) + seconds(wraps)),
            missed: missed.saturating_sub(1),
        }
    }
}

prop_compose! {
    fn a_call(call: i64)(
        queue in 1_i64..4, waited in 0_i64..300, person in proptest::option::of(0_i64..40),
        prefers in proptest::option::weighted(0.3, 0_i64..40), calls_back in any::<bool>(),
        is_resumed in proptest::bool::weighted(0.05),
        rings in proptest::option::weighted(0.1, 0_i64..40),
        missed in proptest::option::weighted(0.2, (0_i64..40, 0_i64..100)),
    ) -> Waiting {
        let since = at(NOW) - seconds(waited);
        Waiting {
            queue: QueueId(queue),
            person: person.map(PersonId),
            prefers: prefers
                .map(|user| Prefers { agent: UserId(user), because: Preference::LastAgent }),
            since,
            entered: since,
            how: if calls_back { How::CallsBack } else { How::OnTheLine },
            is_resumed,
            ringing: rings.map(|user| Ringing { agent: UserId(user), since: at(NOW) }),
            missed: missed
                .map(|(user, ago)| Missed { agent: UserId(user), at: at(NOW) - seconds(ago) })
                .into_iter()
                .collect(),
            ..waiting(call, "09:00:00")
        }
    }
}

fn a_world(calls: usize, agents: usize) -> impl Strategy<Value = World> {
    let queues = proptest::collection::vec(a_queue(), 3);
    let calls = (0..calls).map(|nr| a_call(i64::try_from(nr).unwrap())).collect::<Vec<_>>();
    let agents = (0..agents).map(|nr| an_agent(i64::try_from(nr).unwrap())).collect::<Vec<_>>();
    (queues, calls, agents).prop_map(|(queues, mut waiting, agents)| {
        // Two calls never ring at one agent to begin with.
        let mut rings = BTreeSet::new();
        for call in &mut waiting {
            call.ringing = call.ringing.filter(|ringing| rings.insert(ringing.agent));
        }
        let queues = (1..).map(QueueId).zip(queues).collect();
        let thresholds = thresholds();
        let settings = Settings { queues, thresholds, ..settings() };
        World { settings, waiting, agents }
    })
}

impl World {
    fn call(&self, call: QueuedCallId) -> &Waiting {
        self.waiting.iter().find(|waiting| waiting.call == call).unwrap()
    }

    fn agent(&self, user: UserId) -> &Agent {
        self.agents.iter().find(|agent| agent.user == user).unwrap()
    }

    fn rings_at(&self, user: UserId) -> bool {
        self.waiting.iter().any(|call| call.ringing.is_some_and(|ringing| ringing.agent == user))
    }

    /// Whether this call may ring at this agent, said again and apart from the code under test.
    fn may_ring(&self, agent: &Agent, call: &Waiting) -> bool {
        let queue = &self.settings.queues[&call.queue];
        let waited = at(NOW).duration_since(call.entered);
        let is_reached = agent.reach == Reach::Free
            || agent.reach == Reach::Previewing
                && queue.previewing_after.is_some_and(|after| after <= waited);
        is_reached
            && agent.wraps_up_until.is_none_or(|until| until <= at(NOW))
            && agent.missed < self.settings.thresholds.missed_max
            && !self.rings_at(agent.user)
    }

    fn is_asked(&self, agent: &Agent, call: &Waiting) -> bool {
        let waited = at(NOW).duration_since(call.entered);
        self.settings.queues[&call.queue].circles.iter().any(|circle| {
            circle.after <= waited
                && match circle.who {
                    Who::Team(team) => agent.team == Some(team),
                    Who::Skilled(skill) => agent.skills.contains(&skill),
                    Who::Everybody => true,
                }
        })
    }

    fn just_missed(&self, agent: &Agent, call: &Waiting) -> bool {
        let after = self.settings.thresholds.again_after;
        let is_recent = |missed: &Missed| at(NOW).duration_since(missed.at) < after;
        call.missed.iter().any(|missed| missed.agent == agent.user && is_recent(missed))
    }

    /// Whether this call waits for the agent whose call it is.
    fn is_held(&self, call: &Waiting) -> bool {
        let Some(prefers) = call.prefers else { return false };
        let Some(agent) = self.agents.iter().find(|agent| agent.user == prefers.agent) else {
            return false;
        };
        at(NOW).duration_since(call.since) < self.settings.thresholds.prefer_for
            && agent.reach != Reach::Away
            && agent.missed < self.settings.thresholds.missed_max
            && !self.just_missed(agent, call)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Three queues, two hundred callers (features §A1).
    #[test]
    fn whatever_waits_the_offers_keep_to_the_rules(world in a_world(200, 30)) {
        let found = offers(&world.settings, &world.waiting, &world.agents, at(NOW));
        let agents: BTreeSet<UserId> = found.iter().map(|offer| offer.agent).collect();
        let calls: BTreeSet<QueuedCallId> = found.iter().map(|offer| offer.call).collect();
        prop_assert_eq!(agents.len(), found.len(), "one offer to an agent");
        prop_assert_eq!(calls.len(), found.len(), "one agent to a call");

        let ringing = world.waiting.iter().filter(|call| call.ringing.is_some());
        let mut people: Vec<_> = ringing.filter_map(|call| call.person).collect();
        let rang = people.len();
        for offer in &found {
            let (call, agent) = (world.call(offer.call), world.agent(offer.agent));
            prop_assert!(call.ringing.is_none());
            prop_assert!(world.may_ring(agent, call), "free, heard, not writing up, not suspended");
            let is_hers = call.prefers.is_some_and(|prefers| prefers.agent == agent.user);
            prop_assert!(is_hers || world.is_asked(agent, call));
            people.extend(call.person);
            if world.just_missed(agent, call) {
                let another = world.agents.iter().find(|other| {
                    !agents.contains(&other.user)
                        && world.may_ring(other, call)
                        && world.is_asked(other, call)
                        && !world.just_missed(other, call)
                });
                prop_assert_eq!(another, None, "it rings at another first");
            }
        }
        let offered = &people[rang..];
        for (nr, person) in offered.iter().enumerate() {
            prop_assert!(!people[..rang].contains(person) && !offered[..nr].contains(person));
        }

        for call in &world.waiting {
            let is_on_a_desk = call.person.is_some_and(|person| people.contains(&person));
            if call.ringing.is_some() || calls.contains(&call.call) || is_on_a_desk || world.is_held(call) {
                continue;
            }
            let rank = order(&world.settings, call);
            for agent in &world.agents {
                if !world.may_ring(agent, call) || !world.is_asked(agent, call) {
                    continue;
                }
                // Whoever could have answered this call answers one that comes before it, or one of the agent's own.
                let instead = found.iter().find(|offer| offer.agent == agent.user);
                let instead = instead.map(|offer| world.call(offer.call));
                prop_assert!(
                    instead.is_some_and(|other| order(&world.settings, other) < rank),
                    "{:?} waits while {:?} is free", call, agent
                );
            }
        }
    }

    #[test]
    fn the_same_state_gives_the_same_offers_in_whatever_order_it_is_read(
        world in a_world(40, 12),
    ) {
        let found = offers(&world.settings, &world.waiting, &world.agents, at(NOW));
        let (mut waiting, mut agents) = (world.waiting.clone(), world.agents.clone());
        waiting.reverse();
        agents.reverse();
        prop_assert_eq!(offers(&world.settings, &waiting, &agents, at(NOW)), found);
    }

    #[test]
    fn nothing_changes_before_the_loop_is_woken(world in a_world(12, 6), part in 0_i64..100) {
        let World { settings, mut waiting, agents } = world;
        // What is offered now rings.
        for offer in offers(&settings, &waiting, &agents, at(NOW)) {
            let call = waiting.iter_mut().find(|call| call.call == offer.call).unwrap();
            call.ringing = Some(Ringing { agent: offer.agent, since: at(NOW) });
        }
        prop_assert_eq!(offers(&settings, &waiting, &agents, at(NOW)), vec![]);
        let wakes = wakes_at(&settings, &waiting, &agents, at(NOW)).unwrap();
        let between = (wakes.duration_since(at(NOW)).as_millis() - 1) * i128::from(part) / 100;
        let between = at(NOW) + SignedDuration::from_millis(i64::try_from(between).unwrap());
        prop_assert_eq!(offers(&settings, &waiting, &agents, between), vec![]);
        prop_assert_eq!(rung_out(&settings, &waiting, between), vec![]);
        let office = crate::example::window("9", "17");
        let step = |call: &Waiting, at| crate::waiting::step(&settings, &waiting, call, office, at);
        for call in &waiting {
            prop_assert_eq!(step(call, at(NOW)), step(call, between));
        }
    }

    /// Calls of a minute, agents who take every offer: everybody is answered, in one order within a queue.
    #[test]
    fn nobody_waits_for_ever(world in a_world(60, 5)) {
        let World { settings, mut waiting, mut agents } = world;
        agents.push(Agent { team: None, ..agent(UserId(99)) });
        for call in &mut waiting {
            call.ringing = None;
            call.missed.clear();
        }
        for agent in &mut agents {
            agent.missed = 0;
            agent.skills.insert(SkillId(1));
        }
        let mut now = at(NOW);
        for _ in 0..200 {
            for offer in offers(&settings, &waiting, &agents, now) {
                waiting.retain(|call| call.call != offer.call);
                let agent = agents.iter_mut().find(|agent| agent.user == offer.agent).unwrap();
                agent.wraps_up_until = Some(now + seconds(60));
                agent.idle_since = now + seconds(60);
            }
            let Some(wakes) = wakes_at(&settings, &waiting, &agents, now) else { break };
            now = wakes;
        }
        prop_assert!(waiting.is_empty(), "{} wait still", waiting.len());
    }
}

#[test]
fn a_queue_of_one_skill_is_answered_by_who_has_it() {
    let mut settings = settings();
    let circles = vec![Circle { after: seconds(0), who: Who::Skilled(SkillId(1)) }];
    settings.queues.get_mut(&LINE).unwrap().circles = circles;
    let skilled = Agent { team: None, skills: BTreeSet::from([SkillId(1)]), ..agent(KAI) };
    let calls = [waiting(1, "09:00:00")];
    let found = offers(&settings, &calls, &[agent(MARIT), skilled], at("09:00:00"));
    assert_eq!(said(&found), "1>9:longest");
}

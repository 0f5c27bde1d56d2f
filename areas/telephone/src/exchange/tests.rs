use super::*;

pub(super) const NOOR: UserId = UserId(1);
pub(super) const BERND: UserId = UserId(2);
const SEMI: UserId = UserId(3);
pub(super) const MEMBER: LegId = LegId(50);
pub(super) const LAWYER: LegId = LegId(51);
const CALL: AttemptId = AttemptId(9);

/// Noor at leg 11, Bernd at 12, Semi at 13.
fn three() -> Exchange {
    let mut exchange = Exchange::default();
    for (leg, user) in [(11, NOOR), (12, BERND), (13, SEMI)] {
        seat(&mut exchange, leg, user);
    }
    exchange
}

pub(super) fn seat(exchange: &mut Exchange, leg: u64, user: UserId) {
    exchange.expect(LegId(leg), user);
    exchange.connected(LegId(leg));
}

/// Noor speaks with the member.
pub(super) fn speaking() -> Exchange {
    let mut exchange = three();
    assert_eq!(exchange.dialled(NOOR, MEMBER, Some(CALL)), []);
    assert_eq!(exchange.moves(MEMBER, Stage::Speaks), Some(CALL));
    exchange
}

/// Who hears whom, `m` the member, `l` the lawyer; a capital stands for a sound.
fn sounds(exchange: &Exchange) -> String {
    let name = |leg: &LegId| match leg.0 {
        11 | 21 => 'n',
        12 => 'b',
        13 => 's',
        50 => 'm',
        51 => 'l',
        _ => '?',
    };
    let mut all: Vec<String> = Vec::new();
    for (leg, hears) in exchange.hears() {
        let mut from: String = hears.from.iter().map(name).collect();
        match (hears.is_held, hears.sound) {
            (true, _) => from.push('H'),
            (false, Sound::Music) => from.push('M'),
            (false, Sound::RingingTone) => from.push('R'),
            (false, Sound::Echo) => from.push('E'),
            _ => {}
        }
        if !from.is_empty() {
            all.push(format!("{}:{from}", name(&leg)));
        }
    }
    all.join(" ")
}

#[test]
fn a_call_to_the_outside_rings_is_answered_and_ends() {
    let mut exchange = three();
    exchange.echo(LegId(11), true);
    assert_eq!(sounds(&exchange), "n:E");
    exchange.dialled(NOOR, MEMBER, Some(CALL));
    assert_eq!(sounds(&exchange), "", "the echo line ends");
    exchange.moves(MEMBER, Stage::RingsThere);
    assert_eq!(sounds(&exchange), "n:R");
    exchange.moves(MEMBER, Stage::Early);
    assert_eq!(sounds(&exchange), "n:m", "an announcement; nobody hears her yet");
    exchange.moves(MEMBER, Stage::Speaks);
    assert_eq!(sounds(&exchange), "n:m m:n");
    exchange.moves(MEMBER, Stage::RingsThere);
    assert_eq!(sounds(&exchange), "n:m m:n", "what comes late changes nothing");
    assert_eq!(exchange.may_dial(BERND), Ok(()));
    assert_eq!(exchange.end(NOOR), Some(vec![Do::HangUp(MEMBER), Do::Ends(CALL)]));
    assert_eq!((sounds(&exchange), exchange.end(NOOR)), (String::new(), None));
    let mut exchange = speaking();
    assert_eq!(exchange.ended(MEMBER), [Do::Ends(CALL)], "over there: nothing to hang up");
    assert!(exchange.is_free(NOOR));
}

#[test]
fn on_hold_nobody_hears_the_member() {
    let mut exchange = speaking();
    assert_eq!(exchange.hold(NOOR, true), Some(vec![Do::Held(CALL, true)]));
    assert_eq!(sounds(&exchange), "m:H");
    assert_eq!(exchange.hold(NOOR, true), None, "once");
    assert_eq!(exchange.hold(NOOR, false), Some(vec![Do::Held(CALL, false)]));
    assert_eq!(sounds(&exchange), "n:m m:n");
}

#[test]
fn a_colleague_thinks_along_while_the_member_waits() {
    let mut exchange = speaking();
    let (_, done) = exchange.call(NOOR, BERND, false).unwrap();
    assert_eq!(done, [Do::Held(CALL, true)]);
    assert_eq!(sounds(&exchange), "n:R m:H");
    assert_eq!(exchange.ringing(BERND).map(|call| call.of), Some(NOOR));
    assert_eq!(exchange.answer_colleague(BERND), Some(vec![]));
    assert_eq!(sounds(&exchange), "n:b b:n m:H");
    // Bernd hangs up: the member is heard again.
    assert_eq!(exchange.end(BERND), Some(vec![Do::Held(CALL, false)]));
    assert_eq!(sounds(&exchange), "n:m m:n");
    assert!(exchange.is_free(BERND));
}

#[test]
fn a_call_is_passed_on_after_a_word_or_without() {
    let mut exchange = speaking();
    exchange.call(NOOR, BERND, false).unwrap();
    assert_eq!(exchange.complete(NOOR), None, "nobody answered yet");
    exchange.answer_colleague(BERND).unwrap();
    let done = exchange.complete(NOOR).unwrap();
    assert_eq!(done, [Do::PassedOn(CALL, BERND), Do::Held(CALL, false)]);
    assert_eq!(sounds(&exchange), "b:m m:b");
    assert!(exchange.is_free(NOOR));

    let mut exchange = speaking();
    exchange.call(NOOR, BERND, true).unwrap();
    assert_eq!(sounds(&exchange), "n:R m:H");
    let done = exchange.answer_colleague(BERND).unwrap();
    assert_eq!(done, [Do::PassedOn(CALL, BERND), Do::Held(CALL, false)]);
    assert_eq!(sounds(&exchange), "b:m m:b");
    assert!(exchange.is_free(NOOR));

    let mut exchange = speaking();
    let (nr, _) = exchange.call(NOOR, BERND, true).unwrap();
    assert_eq!(exchange.unanswered(nr), [Do::Held(CALL, false)], "she has the member again");
    assert_eq!(sounds(&exchange), "n:m m:n");
    assert_eq!(exchange.call(BERND, SEMI, true), Err(Refused::NoCall));
}

#[test]
fn three_speak_with_each_other() {
    let mut exchange = speaking();
    exchange.call(NOOR, BERND, false).unwrap();
    assert_eq!(exchange.join(NOOR), None);
    exchange.answer_colleague(BERND).unwrap();
    assert_eq!(exchange.join(NOOR), Some(vec![Do::Held(CALL, false)]));
    assert_eq!(sounds(&exchange), "n:mb b:nm m:nb");
    assert!(exchange.is_together(NOOR));
    // The colleague leaves: it is an ordinary call again.
    exchange.end(BERND);
    assert_eq!(sounds(&exchange), "n:m m:n");
    assert!(!exchange.is_together(NOOR));
}

#[test]
fn a_member_is_passed_on_to_the_outside() {
    let mut exchange = speaking();
    assert_eq!(exchange.dialled(NOOR, LAWYER, None), [Do::Held(CALL, true)]);
    exchange.moves(LAWYER, Stage::Speaks);
    assert_eq!(sounds(&exchange), "n:l m:H l:n");
    assert_eq!(exchange.may_dial(NOOR), Err(Refused::InCall), "two are enough");
    // Back to the member for a word; the lawyer waits.
    assert_eq!(exchange.hold(NOOR, false), Some(vec![Do::Held(CALL, false)]));
    assert_eq!(sounds(&exchange), "n:m m:n l:H");
    exchange.hold(NOOR, false);
    let done = exchange.complete(NOOR).unwrap();
    assert_eq!(done, [Do::Held(CALL, false), Do::Ends(CALL)]);
    assert_eq!(sounds(&exchange), "m:l l:m");
    assert!(exchange.is_free(NOOR));
    assert_eq!(exchange.ended(LAWYER), [Do::HangUp(MEMBER)]);
    assert_eq!(sounds(&exchange), "");
}

#[test]
fn a_member_is_passed_on_to_the_outside_without_a_word() {
    let mut exchange = speaking();
    assert_eq!(exchange.dialled_to_pass_on(NOOR, LAWYER), [Do::Held(CALL, true)]);
    exchange.moves(LAWYER, Stage::RingsThere);
    assert_eq!(sounds(&exchange), "n:R m:H");
    assert_eq!(exchange.passed_on(LAWYER), [], "nobody answered yet");
    exchange.moves(LAWYER, Stage::Speaks);
    assert_eq!(exchange.passed_on(LAWYER), [Do::Held(CALL, false), Do::Ends(CALL)]);
    assert_eq!(sounds(&exchange), "m:l l:m");
    assert!(exchange.is_free(NOOR));

    // Nobody answers there: she has the member again.
    let mut exchange = speaking();
    exchange.dialled_to_pass_on(NOOR, LAWYER);
    assert_eq!(exchange.ended(LAWYER), [Do::Held(CALL, false)]);
    assert_eq!(sounds(&exchange), "n:m m:n");
    exchange.dialled(NOOR, LAWYER, None);
    exchange.moves(LAWYER, Stage::Speaks);
    assert_eq!(exchange.passed_on(LAWYER), [], "she only asks");
}

#[test]
fn whoever_rings_is_offered_and_answered_or_missed() {
    let mut exchange = three();
    let nr = exchange.offer(NOOR, MEMBER);
    assert!(!exchange.is_free(NOOR));
    assert_eq!(exchange.call(BERND, NOOR, false), Err(Refused::Engaged));
    assert_eq!(exchange.unanswered(nr), [Do::Missed(MEMBER, NOOR)]);
    assert!(exchange.is_free(NOOR));
    let nr = exchange.offer(BERND, MEMBER);
    exchange.answer_outside(nr, None);
    exchange.logged(nr, CALL);
    assert_eq!(exchange.unanswered(nr), [], "she answered");
    assert_eq!(sounds(&exchange), "b:m m:b");
    assert_eq!(exchange.on(MEMBER).map(|call| (call.of, call.attempt)), Some((BERND, Some(CALL))));
    exchange.end(BERND);
    // Somebody who asked to be called back: taken, then dialled.
    let nr = exchange.offer(BERND, MEMBER);
    exchange.calls_back(nr, CALL);
    assert_eq!(exchange.unanswered(nr), [], "she took it");
    exchange.moves(MEMBER, Stage::RingsThere);
    assert_eq!(sounds(&exchange), "b:R");
    exchange.moves(MEMBER, Stage::Speaks);
    exchange.withdraw(nr);
    assert_eq!(sounds(&exchange), "b:m m:b", "what is spoken is not withdrawn");
    let nr = exchange.offer(NOOR, LAWYER);
    exchange.withdraw(nr);
    assert!(exchange.is_free(NOOR));
    let nr = exchange.offer(NOOR, LAWYER);
    assert_eq!(exchange.ended(LAWYER), [Do::Missed(LAWYER, NOOR)], "gave up");
    assert_eq!(exchange.unanswered(nr), []);
}

#[test]
fn a_page_that_is_loaded_anew_keeps_the_call() {
    let mut exchange = speaking();
    assert_eq!(exchange.gone(LegId(11)), [Do::Lost(NOOR)]);
    assert_eq!(sounds(&exchange), "m:M", "music, for a moment");
    seat(&mut exchange, 21, NOOR);
    assert_eq!(sounds(&exchange), "n:m m:n");
    assert_eq!(exchange.stays_away(NOOR), [], "she is back");
    exchange.gone(LegId(21));
    assert_eq!(exchange.stays_away(NOOR), [Do::HangUp(MEMBER), Do::Ends(CALL)]);
    assert_eq!(sounds(&exchange), "");
}

#[test]
fn whoever_rang_us_is_not_hung_up_on_because_our_side_broke_off() {
    let mut exchange = three();
    let nr = exchange.offer(NOOR, MEMBER);
    exchange.answer_outside(nr, Some(CALL));
    exchange.hold(NOOR, true);
    exchange.gone(LegId(11));
    let dropped = Do::Dropped(MEMBER, NOOR, Some(CALL));
    assert_eq!(exchange.stays_away(NOOR), [Do::Held(CALL, false), dropped]);
    assert_eq!((sounds(&exchange), exchange.on(MEMBER)), (String::new(), None));
    // Bernd goes on with it.
    let nr = exchange.offer(BERND, MEMBER);
    exchange.answer_outside(nr, Some(CALL));
    assert_eq!(sounds(&exchange), "b:m m:b");
}

#[test]
fn a_second_browser_does_not_move_a_call_until_the_first_is_gone() {
    let mut exchange = speaking();
    seat(&mut exchange, 21, NOOR);
    assert_eq!(exchange.hears()[&MEMBER].from, [LegId(11)]);
    assert_eq!(exchange.gone(LegId(11)), []);
    assert_eq!(exchange.hears()[&MEMBER].from, [LegId(21)]);
    seat(&mut exchange, 22, NOOR);
    assert_eq!(exchange.hears()[&MEMBER].from, [LegId(21)]);
}

#[test]
fn it_is_answered_on_the_device_on_which_she_says_so() {
    let mut exchange = three();
    seat(&mut exchange, 21, NOOR);
    assert!(exchange.has_several(NOOR) && !exchange.has_several(BERND));
    let nr = exchange.offer(NOOR, MEMBER);
    assert!(exchange.uses(NOOR, LegId(11)));
    exchange.answer_outside(nr, None);
    assert_eq!(exchange.hears()[&MEMBER].from, [LegId(11)]);
    // A call does not jump because she touches the other one; the next begins there.
    exchange.uses(NOOR, LegId(21));
    assert_eq!(exchange.hears()[&MEMBER].from, [LegId(11)]);
    exchange.end(NOOR);
    exchange.dialled(NOOR, LAWYER, None);
    exchange.moves(LAWYER, Stage::Speaks);
    assert_eq!(exchange.hears()[&LAWYER].from, [LegId(21)]);
    assert!(!exchange.uses(NOOR, LegId(12)), "Bernd's");
    exchange.gone(LegId(21));
    assert_eq!(exchange.hears()[&LAWYER].from, [LegId(11)]);
}

#[test]
fn whoever_cannot_be_reached_is_not_called() {
    let mut exchange = three();
    let refused = |exchange: &mut Exchange, from, to| exchange.call(from, to, false).map(drop);
    assert_eq!(refused(&mut exchange, UserId(9), NOOR), Err(Refused::Unconnected));
    assert_eq!(refused(&mut exchange, NOOR, UserId(9)), Err(Refused::NotThere));
    assert_eq!(refused(&mut exchange, NOOR, NOOR), Err(Refused::NotThere));
    exchange.call(NOOR, BERND, false).unwrap();
    assert_eq!(refused(&mut exchange, SEMI, BERND), Err(Refused::Engaged));
    assert_eq!(refused(&mut exchange, SEMI, NOOR), Err(Refused::Engaged));
    assert_eq!(refused(&mut exchange, NOOR, SEMI), Err(Refused::InCall));
    exchange.expect(LegId(14), UserId(4));
    assert_eq!(refused(&mut exchange, SEMI, UserId(4)), Err(Refused::NotThere));
    assert!(exchange.is_of(LegId(14), UserId(4)));
    assert_eq!(exchange.reachable(), [NOOR, BERND, SEMI]);
}

#[test]
fn nobody_is_left_ringing() {
    let mut exchange = three();
    let (first, _) = exchange.call(NOOR, BERND, false).unwrap();
    assert_eq!(exchange.unanswered(first), []);
    assert!(exchange.is_free(BERND) && exchange.is_free(NOOR));
    let (second, _) = exchange.call(NOOR, BERND, false).unwrap();
    assert_eq!(exchange.unanswered(first), [], "of an earlier call");
    exchange.answer_colleague(BERND).unwrap();
    exchange.unanswered(second);
    assert_eq!(sounds(&exchange), "n:b b:n", "she answered");
    exchange.end(NOOR);
    // Hers is gone while it rings.
    exchange.call(NOOR, BERND, false).unwrap();
    assert_eq!(exchange.gone(LegId(12)), []);
    assert!(exchange.is_free(NOOR));
    exchange.offer(NOOR, MEMBER);
    assert_eq!(exchange.gone(LegId(11)), [Do::Missed(MEMBER, NOOR)]);
}

#[test]
fn a_fifth_browser_closes_the_first() {
    let mut exchange = three();
    for leg in [21, 22, 23] {
        assert_eq!(exchange.expect(LegId(leg), NOOR), [], "connected or not");
    }
    assert_eq!(exchange.expect(LegId(24), NOOR), [LegId(11)]);
}

/// Whatever happens, in whatever order: nobody hears oneself, nobody hears somebody on hold, and who has no call hears nobody.
#[test]
fn whatever_happens_no_route_is_wrong() {
    let mut random = fastrand::Rng::with_seed(8);
    let users = [NOOR, BERND, SEMI];
    for _ in 0..300 {
        let mut exchange = three();
        let (mut next, mut nrs, mut gone) = (100, Vec::new(), Vec::new());
        for _ in 0..60 {
            let user = users[random.usize(0..3)];
            match random.u8(0..13) {
                0 => {
                    next += 1;
                    if exchange.may_dial(user).is_ok() {
                        exchange.dialled(user, LegId(next), Some(AttemptId(7)));
                    }
                }
                1 => {
                    next += 1;
                    if exchange.is_free(user) {
                        nrs.push(exchange.offer(user, LegId(next)));
                    }
                }
                2 => {
                    let to = users[random.usize(0..3)];
                    nrs.extend(exchange.call(user, to, random.bool()).map(|(nr, _)| nr).ok());
                }
                3 => drop(exchange.answer_colleague(user)),
                4 => {
                    let rings = exchange.ringing(user).copied();
                    if let Some(call) = rings.filter(|call| call.stage == Stage::RingsHere) {
                        exchange.answer_outside(call.nr, None);
                    }
                }
                5 => drop(exchange.moves(LegId(random.u64(100..=next)), Stage::Speaks)),
                6 => drop(exchange.ended(LegId(random.u64(100..=next)))),
                7 => drop(exchange.end(user)),
                8 => drop(exchange.hold(user, random.bool())),
                9 => drop(exchange.join(user)),
                10 => drop(exchange.complete(user)),
                11 => {
                    next += 1;
                    if exchange.may_dial(user).is_ok() && exchange.of(user).next().is_some() {
                        exchange.dialled_to_pass_on(user, LegId(next));
                    }
                    exchange.moves(LegId(next), Stage::Speaks);
                    exchange.passed_on(LegId(next));
                }
                _ => {
                    if let Some(leg) = exchange.last_of(user) {
                        exchange.gone(leg);
                        gone.push(user);
                    }
                    if random.bool()
                        && let Some(user) = gone.pop()
                    {
                        next += 1;
                        seat(&mut exchange, next, user);
                    }
                }
            }
            let hears = exchange.hears();
            let is_held = |leg: &LegId| hears.get(leg).is_some_and(|hears| hears.is_held);
            for (leg, heard) in &hears {
                assert!(!heard.from.contains(leg), "hears itself");
                assert!(!heard.from.iter().any(is_held), "hears somebody on hold");
                let mut once = heard.from.clone();
                once.sort_unstable();
                once.dedup();
                assert_eq!(once.len(), heard.from.len(), "hears somebody twice");
                if let Some(user) = exchange.browsers.get(leg) {
                    let is_idle = exchange.of(*user).next().is_none();
                    assert!(!is_idle || heard.from.is_empty(), "hears somebody without a call");
                }
                for from in &heard.from {
                    let back = hears.get(from).is_some_and(|back| back.from.contains(leg));
                    let early = exchange.on(*from).is_some_and(|call| call.stage == Stage::Early);
                    assert!(back || early, "heard by whom one does not hear");
                }
            }
            for user in users {
                assert!(exchange.of(user).count() <= 2, "more than two calls");
            }
        }
    }
}

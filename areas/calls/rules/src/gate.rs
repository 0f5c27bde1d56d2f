//! Whether a person may be offered to an agent. Strict where the law is unsure.
//!
//! Source: Telecommunicatiewet art. 11.7 (text of 2026-08-15) as read in the domain facts §3.3, rows
//! P1 to P10. This is the minimal gate: calling hours and the contact budget come on top of it.

use jiff::Timestamp;
use jiff::civil::Date;

kernel::codes! {
    /// Why an association may call somebody; each campaign states one.
    pub enum Ground {
        /// P1: a consent for the telephone, by this person, for this purpose.
        Consent = "consent",
        /// P2: the person asked for this call.
        RequestedCall = "requested_call",
        /// P3: a member, about the membership, without promotion.
        Service = "service",
        /// P7: somebody at a legal person, in that role.
        LegalPerson = "legal_person",
        /// P4, P5: a ground of lid 5 with evidence (donation, volunteer, meeting).
        Exception = "exception",
    }
}

kernel::codes! {
    /// Why a person is not offered.
    pub enum Blocked {
        NoGround = "no_ground",
        Objection = "objection",
        NoNumber = "no_number",
        Deceased = "deceased",
        /// Somebody promised to call this person back; the list waits for that (INV7).
        Promised = "promised",
        TooYoung = "too_young",
    }
}

/// What the gate needs to know of one person in one campaign; the store fills it in one query.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that are independent of each other, by name"
)]
pub struct Facts {
    pub ground: Ground,
    /// An open objection to the telephone, and since when.
    pub objection: Option<Timestamp>,
    /// An open consent for the telephone and this purpose.
    pub consents: bool,
    /// Evidence of a ground of lid 5.
    pub lid5: bool,
    /// The latest call that the person asked for and that was not made yet.
    pub request: Option<Request>,
    pub is_member: bool,
    pub at_legal_person: bool,
    pub has_number: bool,
    pub deceased: bool,
    pub open_callback: bool,
    pub birth_date: Option<Date>,
}

/// A call that the person asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Request {
    pub asked_at: Timestamp,
    /// Not before this.
    pub from: Timestamp,
}

/// May be offered, from this moment on, by this row of the matrix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Passed {
    pub row: &'static str,
    pub from: Option<Timestamp>,
}

/// Nobody of `min_age` minus one or younger gets an offer (Code Telemarketing 2012).
pub fn gate(facts: &Facts, today: Date, min_age: i64) -> Result<Passed, Blocked> {
    if facts.deceased {
        return Err(Blocked::Deceased);
    }
    // A call that was asked for after the objection is the one exception to it (INV5).
    let asked_since = |at: Timestamp| facts.request.is_some_and(|request| request.asked_at > at);
    if let Some(at) = facts.objection
        && !(facts.ground == Ground::RequestedCall && asked_since(at))
    {
        return Err(Blocked::Objection);
    }
    if !facts.has_number {
        return Err(Blocked::NoNumber);
    }
    if facts.open_callback {
        return Err(Blocked::Promised);
    }
    if facts.ground != Ground::Service
        && facts.birth_date.is_some_and(|born| is_younger(born, today, min_age))
    {
        return Err(Blocked::TooYoung);
    }
    let now = |row| Ok(Passed { row, from: None });
    match facts.ground {
        Ground::Consent if facts.consents => now("P1"),
        Ground::RequestedCall => match facts.request {
            Some(request) => Ok(Passed { row: "P2", from: Some(request.from) }),
            None => Err(Blocked::NoGround),
        },
        Ground::Service if facts.is_member => now("P3"),
        Ground::LegalPerson if facts.at_legal_person => now("P7"),
        Ground::Exception if facts.lid5 => now(if facts.is_member { "P4" } else { "P5" }),
        _ => Err(Blocked::NoGround),
    }
}

fn is_younger(born: Date, today: Date, age: i64) -> bool {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    let years = i64::from(today.year()) - i64::from(born.year()) - i64::from(!had_birthday);
    years < age
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 24);
    const MIN_AGE: i64 = 17;

    fn at(text: &str) -> Timestamp {
        format!("{text}T09:00:00Z").parse().unwrap()
    }

    fn somebody(ground: Ground) -> Facts {
        Facts {
            ground,
            objection: None,
            consents: false,
            lid5: false,
            request: None,
            is_member: false,
            at_legal_person: false,
            has_number: true,
            deceased: false,
            open_callback: false,
            birth_date: Some(Date::constant(1989, 2, 14)),
        }
    }

    fn asked(day: &str) -> Request {
        Request { asked_at: at(day), from: at("2026-11-24") }
    }

    #[test]
    fn each_ground_needs_its_own_evidence() {
        let rows = |facts: &Facts| match gate(facts, TODAY, MIN_AGE) {
            Ok(passed) => passed.row.to_owned(),
            Err(blocked) => blocked.code().to_owned(),
        };
        // One letter per piece of evidence: c consent, r request, m member, l legal person, 5 lid 5.
        for (ground, evidence, expected) in [
            (Ground::Consent, "", "no_ground"),
            (Ground::Consent, "c", "P1"),
            (Ground::Consent, "rml5", "no_ground"),
            (Ground::RequestedCall, "r", "P2"),
            (Ground::RequestedCall, "cml5", "no_ground"),
            (Ground::Service, "m", "P3"),
            (Ground::Service, "crl5", "no_ground"),
            (Ground::LegalPerson, "l", "P7"),
            (Ground::LegalPerson, "crm5", "no_ground"),
            (Ground::Exception, "5m", "P4"),
            (Ground::Exception, "5", "P5"),
            (Ground::Exception, "crml", "no_ground"),
        ] {
            let facts = Facts {
                consents: evidence.contains('c'),
                request: evidence.contains('r').then(|| Some(asked("2026-11-10"))).flatten(),
                is_member: evidence.contains('m'),
                at_legal_person: evidence.contains('l'),
                lid5: evidence.contains('5'),
                ..somebody(ground)
            };
            assert_eq!(rows(&facts), expected, "{ground} {evidence}");
        }
    }

    #[test]
    fn an_objection_wins_unless_the_person_asked_for_this_call_afterwards() {
        for (ground, objected, asked_on, expected) in [
            (Ground::Consent, "2026-11-01", "", Err(Blocked::Objection)),
            (Ground::Service, "2026-11-01", "", Err(Blocked::Objection)),
            (Ground::RequestedCall, "2026-11-01", "2026-11-10", Ok("P2")),
            (Ground::RequestedCall, "2026-11-10", "2026-11-01", Err(Blocked::Objection)),
            // A request is no ground for another campaign.
            (Ground::Consent, "2026-11-01", "2026-11-10", Err(Blocked::Objection)),
        ] {
            let facts = Facts {
                objection: Some(at(objected)),
                consents: true,
                is_member: true,
                request: (!asked_on.is_empty()).then(|| Some(asked(asked_on))).flatten(),
                ..somebody(ground)
            };
            let passed = gate(&facts, TODAY, MIN_AGE).map(|passed| passed.row);
            assert_eq!(passed, expected, "{ground} {objected} {asked_on}");
        }
    }

    #[test]
    fn the_young_the_dead_and_the_promised_are_not_offered() {
        let member = Facts { is_member: true, consents: true, ..somebody(Ground::Consent) };
        let blocked = |facts: Facts| gate(&facts, TODAY, MIN_AGE).unwrap_err();
        assert_eq!(blocked(Facts { deceased: true, ..member.clone() }), Blocked::Deceased);
        assert_eq!(blocked(Facts { has_number: false, ..member.clone() }), Blocked::NoNumber);
        assert_eq!(blocked(Facts { open_callback: true, ..member.clone() }), Blocked::Promised);
        let born = |day: &str| Some(day.parse().unwrap());
        assert_eq!(
            blocked(Facts { birth_date: born("2009-11-25"), ..member.clone() }),
            Blocked::TooYoung
        );
        assert!(
            gate(&Facts { birth_date: born("2009-11-24"), ..member.clone() }, TODAY, MIN_AGE)
                .is_ok()
        );
        // A young member is called about the membership.
        let young = Facts { ground: Ground::Service, birth_date: born("2010-01-01"), ..member };
        assert!(gate(&young, TODAY, MIN_AGE).is_ok());
    }

    proptest! {
        #[test]
        fn whoever_objected_is_only_called_on_request(
            ground in 0_usize..5, flags in any::<[bool; 6]>(), asked_after in any::<bool>(),
        ) {
            let [consents, lid5, is_member, at_legal_person, has_number, with_request] = flags;
            let ground = Ground::ALL[ground];
            let facts = Facts {
                objection: Some(at("2026-11-05")),
                consents, lid5, is_member, at_legal_person, has_number,
                request: with_request.then(|| asked(if asked_after { "2026-11-10" } else { "2026-11-01" })),
                ..somebody(ground)
            };
            let passed = gate(&facts, TODAY, MIN_AGE);
            prop_assert!(passed.is_err() || (ground == Ground::RequestedCall && with_request && asked_after));
        }
    }
}

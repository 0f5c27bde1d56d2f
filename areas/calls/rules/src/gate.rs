//! Whether a person may be called, by the rows P1 to P10 of the matrix. Strict where the law is unsure.
//!
//! Source: Telecommunicatiewet art. 11.7 (text of 2026-08-15) as read in the domain facts §3.3. Which
//! ground a row accepts is rule data; that a row accepts nothing it does not name is not.

use jiff::Timestamp;
use jiff::civil::Date;

kernel::codes! {
    /// Why an association may call somebody; each campaign states one.
    pub enum Ground {
        /// A consent for the telephone, by this person, for this purpose.
        Consent = "consent",
        /// The person asked for this call.
        RequestedCall = "requested_call",
        /// A member, about the membership, without promotion.
        Service = "service",
        /// Somebody at a legal person, in that role.
        LegalPerson = "legal_person",
        /// A ground of lid 5 with evidence (donation, volunteer, meeting).
        Exception = "exception",
    }
}

kernel::codes! {
    /// A row of the matrix that lets somebody through; P9 and P10 only ever stop.
    pub enum Row {
        P1 = "P1",
        P2 = "P2",
        P3 = "P3",
        P4 = "P4",
        P5 = "P5",
        P6 = "P6",
        P7 = "P7",
        P8 = "P8",
    }
}

kernel::codes! {
    /// What a row accepts: the words of its rule data.
    pub enum Evidence {
        Consent = "consent",
        RequestedCall = "requested_call",
        Membership = "membership",
        Donation = "donation",
        Volunteer = "volunteer",
        Event = "event",
        /// A number that a sole trader published for this purpose (lid 3, a).
        Published = "published",
        /// No ground is needed.
        Free = "free",
        /// Nothing opens this row.
        Never = "never",
    }
}

kernel::codes! {
    /// Why a person is not offered.
    pub enum Blocked {
        NoGround = "no_ground",
        /// P6: we know of this person through somebody else only.
        Referred = "referred",
        Objection = "objection",
        NoNumber = "no_number",
        Deceased = "deceased",
        /// Somebody promised to call this person back; the list waits for that (INV7).
        Promised = "promised",
        TooYoung = "too_young",
        /// Called, or spoken to, as often as allowed in a while (INV6).
        Budget = "budget",
        /// Two colleagues passed this person by; the team lead decides.
        Skipped = "skipped",
    }
}

kernel::codes! {
    /// What somebody is to the association.
    pub enum Standing {
        Prospect = "prospect",
        /// A prospect whom a member named.
        Referred = "referred",
        Member = "member",
        Former = "former",
    }
}

/// One row as valid today.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Accepted {
    pub evidence: Vec<Evidence>,
    /// Which rule this is, with its version.
    pub rule: String,
}

/// The matrix as valid today.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Matrix {
    /// P1 to P8.
    pub rows: [Accepted; 8],
    /// P9: what wins over an objection, if the person asked for it afterwards or it is no promotion.
    pub despite_objection: Accepted,
    /// P10: nobody younger gets an offer (Code Telemarketing 2012).
    pub min_age: i64,
    /// Grounds on which the contact budget does not count and does not stop.
    pub outside_budget: Vec<Ground>,
}

impl Matrix {
    fn row(&self, row: Row) -> &Accepted {
        &self.rows[row as usize]
    }
}

/// Something that a person gave us: which kind, and which row of the store proves it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Proof {
    pub evidence: Evidence,
    pub id: i64,
}

/// What the gate needs to know of one person in one campaign; the store fills it in one query.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that are independent of each other, by name"
)]
pub struct Facts {
    pub ground: Ground,
    pub standing: Standing,
    /// Open consents for the telephone and this purpose, and grounds of lid 5; none that expired.
    pub proofs: Vec<Proof>,
    /// An open objection to the telephone that covers this purpose, and since when.
    pub objection: Option<Timestamp>,
    /// The latest call that the person asked for and that was not made yet.
    pub request: Option<Request>,
    pub at_legal_person: bool,
    pub has_number: bool,
    /// Whether a number is left on which nobody else objected.
    pub has_free_number: bool,
    pub deceased: bool,
    pub open_callback: bool,
    pub birth_date: Option<Date>,
    /// Until when the contact budget is used up.
    pub budget_until: Option<Timestamp>,
}

/// A call that the person asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Request {
    pub asked_at: Timestamp,
    /// Not before this.
    pub from: Timestamp,
}

/// May be called, from this moment on, by this row and this rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Passed {
    pub row: Row,
    pub evidence: Evidence,
    /// The row of the store that proves it, where there is one.
    pub proof: Option<i64>,
    pub rule: String,
    pub from: Option<Timestamp>,
}

/// May not be called; a budget says until when.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refusal {
    pub why: Blocked,
    pub until: Option<Timestamp>,
}

impl From<Blocked> for Refusal {
    fn from(why: Blocked) -> Self {
        Self { why, until: None }
    }
}

/// Which row is about this person in this campaign.
#[must_use]
pub fn row_of(facts: &Facts) -> Row {
    let consents = facts.proofs.iter().any(|proof| proof.evidence == Evidence::Consent);
    match (facts.ground, facts.standing) {
        (Ground::RequestedCall, _) => Row::P2,
        (Ground::Service, _) => Row::P3,
        (Ground::LegalPerson, _) if facts.at_legal_person => Row::P7,
        // A sole trader is a natural person.
        (Ground::LegalPerson, _) => Row::P8,
        (Ground::Consent | Ground::Exception, Standing::Member) => Row::P4,
        (Ground::Consent | Ground::Exception, Standing::Former) => Row::P5,
        // Whoever then said yes in person is no longer only somebody's acquaintance.
        (Ground::Consent | Ground::Exception, Standing::Referred) if !consents => Row::P6,
        (Ground::Consent | Ground::Exception, _) => Row::P1,
    }
}

/// Asks all rows at once. What stops for good comes before what passes with time.
///
/// # Errors
///
/// [`Refusal`] is part of normal work; the list says it in words.
pub fn gate(facts: &Facts, today: Date, matrix: &Matrix) -> Result<Passed, Refusal> {
    if facts.deceased {
        return Err(Blocked::Deceased.into());
    }
    if let Some(at) = facts.objection
        && !wins_over_objection(facts, at, matrix)
    {
        return Err(Blocked::Objection.into());
    }
    if !facts.has_number {
        return Err(Blocked::NoNumber.into());
    }
    // Somebody else does not want to be called on it; whoever asks for a call says on which number.
    if !facts.has_free_number && facts.ground != Ground::RequestedCall {
        return Err(Blocked::Objection.into());
    }
    if facts.open_callback {
        return Err(Blocked::Promised.into());
    }
    if facts.ground != Ground::Service
        && facts.birth_date.is_some_and(|born| is_younger(born, today, matrix.min_age))
    {
        return Err(Blocked::TooYoung.into());
    }
    let row = row_of(facts);
    let accepted = matrix.row(row);
    let found = accepted.evidence.iter().find_map(|evidence| has(facts, *evidence));
    let Some((evidence, proof)) = found else {
        return Err(if row == Row::P6 { Blocked::Referred } else { Blocked::NoGround }.into());
    };
    if let Some(until) = facts.budget_until
        && !matrix.outside_budget.contains(&facts.ground)
    {
        return Err(Refusal { why: Blocked::Budget, until: Some(until) });
    }
    let from = match evidence {
        Evidence::RequestedCall => facts.request.map(|request| request.from),
        _ => None,
    };
    Ok(Passed { row, evidence, proof, rule: accepted.rule.clone(), from })
}

/// A call that was asked for after the objection is the one exception to it (INV5); an administrator can
/// let calls about the membership through as well.
fn wins_over_objection(facts: &Facts, objected_at: Timestamp, matrix: &Matrix) -> bool {
    let accepts = |evidence| matrix.despite_objection.evidence.contains(&evidence);
    match facts.ground {
        Ground::RequestedCall => {
            accepts(Evidence::RequestedCall)
                && facts.request.is_some_and(|request| request.asked_at > objected_at)
        }
        Ground::Service => accepts(Evidence::Membership),
        _ => false,
    }
}

/// Whether the person gave this, and the campaign calls on it.
fn has(facts: &Facts, evidence: Evidence) -> Option<(Evidence, Option<i64>)> {
    let proof = facts.proofs.iter().find(|proof| proof.evidence == evidence).map(|proof| proof.id);
    let is_there = match (facts.ground, evidence) {
        (Ground::RequestedCall, Evidence::RequestedCall) => facts.request.is_some(),
        (Ground::Service, Evidence::Membership) => facts.standing == Standing::Member,
        (Ground::LegalPerson, Evidence::Free) => true,
        (Ground::Consent | Ground::LegalPerson, Evidence::Consent)
        | (Ground::LegalPerson, Evidence::Published)
        | (Ground::Exception, Evidence::Donation | Evidence::Volunteer | Evidence::Event) => {
            proof.is_some()
        }
        _ => false,
    };
    is_there.then_some((evidence, proof))
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

    fn at(text: &str) -> Timestamp {
        format!("{text}T09:00:00Z").parse().unwrap()
    }

    /// As shipped, with `but` instead of what a row accepts.
    fn matrix(but: &[(Row, &[Evidence])]) -> Matrix {
        use Evidence as E;
        let shipped: [&[Evidence]; 8] = [
            &[E::Consent],
            &[E::RequestedCall],
            &[E::Membership],
            &[E::Consent, E::Donation, E::Volunteer, E::Event],
            &[E::Consent, E::Donation, E::Volunteer, E::Event],
            &[E::Never],
            &[E::Free],
            &[E::Consent, E::Published],
        ];
        let mut rows = shipped.map(|evidence| Accepted {
            evidence: evidence.to_vec(),
            rule: "permission@2026-07-01".into(),
        });
        for (row, evidence) in but {
            rows[*row as usize].evidence = evidence.to_vec();
        }
        Matrix {
            rows,
            despite_objection: Accepted {
                evidence: vec![E::RequestedCall],
                rule: "permission.p9@2026-07-01".into(),
            },
            min_age: 17,
            outside_budget: vec![Ground::RequestedCall],
        }
    }

    fn somebody(ground: Ground) -> Facts {
        Facts {
            ground,
            standing: Standing::Prospect,
            proofs: vec![],
            objection: None,
            request: None,
            at_legal_person: false,
            has_number: true,
            has_free_number: true,
            deceased: false,
            open_callback: false,
            birth_date: Some(Date::constant(1989, 2, 14)),
            budget_until: None,
        }
    }

    fn asked(day: &str) -> Request {
        Request { asked_at: at(day), from: at("2026-11-24") }
    }

    fn proof(evidence: Evidence) -> Proof {
        Proof { evidence, id: 7 }
    }

    /// One letter per fact: c consent, d donation, v volunteer, e event, r request, m member, f former,
    /// n named by a member, l legal person.
    fn with(ground: Ground, letters: &str) -> Facts {
        let mut facts = somebody(ground);
        for letter in letters.chars() {
            match letter {
                'c' => facts.proofs.push(proof(Evidence::Consent)),
                'd' => facts.proofs.push(proof(Evidence::Donation)),
                'v' => facts.proofs.push(proof(Evidence::Volunteer)),
                'e' => facts.proofs.push(proof(Evidence::Event)),
                'r' => facts.request = Some(asked("2026-11-10")),
                'm' => facts.standing = Standing::Member,
                'f' => facts.standing = Standing::Former,
                'n' => facts.standing = Standing::Referred,
                'l' => facts.at_legal_person = true,
                other => panic!("{other}"),
            }
        }
        facts
    }

    fn verdict(facts: &Facts, matrix: &Matrix) -> String {
        match gate(facts, TODAY, matrix) {
            Ok(passed) => format!("{} {}", passed.row, passed.evidence),
            Err(refusal) => refusal.why.code().to_owned(),
        }
    }

    #[test]
    fn each_row_needs_its_own_evidence() {
        for (ground, letters, expected) in [
            (Ground::Consent, "", "no_ground"),
            (Ground::Consent, "c", "P1 consent"),
            (Ground::Consent, "rldve", "no_ground"),
            (Ground::RequestedCall, "r", "P2 requested_call"),
            (Ground::RequestedCall, "cmldve", "no_ground"),
            (Ground::Service, "m", "P3 membership"),
            (Ground::Service, "f", "no_ground"),
            (Ground::Service, "crldve", "no_ground"),
            (Ground::Consent, "mc", "P4 consent"),
            (Ground::Consent, "m", "no_ground"),
            (Ground::Exception, "me", "P4 event"),
            (Ground::Exception, "m", "no_ground"),
            (Ground::Consent, "fc", "P5 consent"),
            (Ground::Consent, "f", "no_ground"),
            (Ground::Exception, "fd", "P5 donation"),
            (Ground::Exception, "v", "no_ground"),
            (Ground::Consent, "n", "referred"),
            (Ground::Exception, "nv", "referred"),
            (Ground::Consent, "nc", "P1 consent"),
            (Ground::LegalPerson, "l", "P7 free"),
            (Ground::LegalPerson, "", "no_ground"),
            (Ground::LegalPerson, "c", "P8 consent"),
            (Ground::LegalPerson, "rm", "no_ground"),
        ] {
            let found = verdict(&with(ground, letters), &matrix(&[]));
            assert_eq!(found, expected, "{ground} {letters}");
        }
    }

    #[test]
    fn a_row_accepts_what_its_rule_says_today() {
        use Evidence as E;
        for (row, accepts, ground, letters, expected) in [
            (Row::P1, &[E::Never][..], Ground::Consent, "c", "no_ground"),
            (Row::P1, &[E::Consent, E::Event], Ground::Exception, "e", "P1 event"),
            (Row::P2, &[E::Never], Ground::RequestedCall, "r", "no_ground"),
            (Row::P3, &[E::Never], Ground::Service, "m", "no_ground"),
            (Row::P4, &[E::Consent], Ground::Exception, "mv", "no_ground"),
            (Row::P5, &[E::Consent], Ground::Exception, "fd", "no_ground"),
            (Row::P6, &[E::Volunteer], Ground::Exception, "nv", "P6 volunteer"),
            (Row::P7, &[E::Consent], Ground::LegalPerson, "l", "no_ground"),
            (Row::P8, &[E::Free], Ground::LegalPerson, "", "P8 free"),
        ] {
            let found = verdict(&with(ground, letters), &matrix(&[(row, accepts)]));
            assert_eq!(found, expected, "{row} {ground} {letters}");
        }
    }

    #[test]
    fn an_objection_wins_unless_the_person_asked_for_this_call_afterwards() {
        for (ground, objected, asked_on, expected) in [
            (Ground::Consent, "2026-11-01", "", "objection"),
            (Ground::Service, "2026-11-01", "", "objection"),
            (Ground::RequestedCall, "2026-11-01", "2026-11-10", "P2 requested_call"),
            (Ground::RequestedCall, "2026-11-10", "2026-11-01", "objection"),
            // A request is no ground for another campaign.
            (Ground::Consent, "2026-11-01", "2026-11-10", "objection"),
        ] {
            let facts = Facts {
                objection: Some(at(objected)),
                request: (!asked_on.is_empty()).then(|| asked(asked_on)),
                ..with(ground, "cm")
            };
            assert_eq!(verdict(&facts, &matrix(&[])), expected, "{ground} {objected} {asked_on}");
        }
        // P9 is rule data as well.
        let member = Facts { objection: Some(at("2026-11-01")), ..with(Ground::Service, "m") };
        let mut mild = matrix(&[]);
        mild.despite_objection.evidence.push(Evidence::Membership);
        assert_eq!(verdict(&member, &mild), "P3 membership");
        let asked_after =
            Facts { objection: Some(at("2026-11-01")), ..with(Ground::RequestedCall, "r") };
        mild.despite_objection.evidence = vec![Evidence::Never];
        assert_eq!(verdict(&asked_after, &mild), "objection");
    }

    #[test]
    fn a_number_on_which_somebody_else_objected_is_only_called_on_request() {
        let shared = |ground, letters| Facts { has_free_number: false, ..with(ground, letters) };
        assert_eq!(verdict(&shared(Ground::Consent, "c"), &matrix(&[])), "objection");
        assert_eq!(verdict(&shared(Ground::RequestedCall, "r"), &matrix(&[])), "P2 requested_call");
    }

    #[test]
    fn the_young_the_dead_and_the_promised_are_not_offered() {
        let member = with(Ground::Consent, "mc");
        let blocked = |facts: Facts| verdict(&facts, &matrix(&[]));
        assert_eq!(blocked(Facts { deceased: true, ..member.clone() }), "deceased");
        assert_eq!(blocked(Facts { has_number: false, ..member.clone() }), "no_number");
        assert_eq!(blocked(Facts { open_callback: true, ..member.clone() }), "promised");
        let born = |day: &str| Some(day.parse().unwrap());
        let young = Facts { birth_date: born("2009-11-25"), ..member.clone() };
        assert_eq!(blocked(young.clone()), "too_young");
        assert_eq!(
            blocked(Facts { birth_date: born("2009-11-24"), ..member.clone() }),
            "P4 consent"
        );
        // P10 is rule data as well.
        let lower = Matrix { min_age: 16, ..matrix(&[]) };
        assert_eq!(verdict(&young, &lower), "P4 consent");
        // A young member is called about the membership.
        let young = Facts { birth_date: born("2010-01-01"), ..with(Ground::Service, "m") };
        assert_eq!(blocked(young), "P3 membership");
    }

    #[test]
    fn a_budget_that_is_used_up_rests_all_but_what_was_asked_for() {
        let until = Some(at("2026-12-01"));
        let used = |ground, letters| Facts { budget_until: until, ..with(ground, letters) };
        let refusal = gate(&used(Ground::Consent, "c"), TODAY, &matrix(&[])).unwrap_err();
        assert_eq!(refusal, Refusal { why: Blocked::Budget, until });
        assert_eq!(verdict(&used(Ground::Service, "m"), &matrix(&[])), "budget");
        assert_eq!(verdict(&used(Ground::RequestedCall, "r"), &matrix(&[])), "P2 requested_call");
        // Whoever has no ground is not told to come back later.
        assert_eq!(verdict(&used(Ground::Consent, ""), &matrix(&[])), "no_ground");
        let service_too =
            Matrix { outside_budget: vec![Ground::RequestedCall, Ground::Service], ..matrix(&[]) };
        assert_eq!(verdict(&used(Ground::Service, "m"), &service_too), "P3 membership");
    }

    proptest! {
        #[test]
        fn whoever_objected_is_only_called_on_request(
            ground in 0_usize..5, letters in "[cdvemfnl]{0,6}", with_request in any::<bool>(), asked_after in any::<bool>(),
        ) {
            let ground = Ground::ALL[ground];
            let facts = Facts {
                objection: Some(at("2026-11-05")),
                request: with_request.then(|| asked(if asked_after { "2026-11-10" } else { "2026-11-01" })),
                ..with(ground, &letters)
            };
            let passed = gate(&facts, TODAY, &matrix(&[]));
            prop_assert!(passed.is_err() || (ground == Ground::RequestedCall && with_request && asked_after));
        }
    }
}

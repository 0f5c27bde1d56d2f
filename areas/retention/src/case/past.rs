//! Cases that were decided before the program came: what an association brings along, so that advice does not begin from nothing.

use db::{Bulk, Error, Tx};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{CancellationId, MembershipId, PersonId};
use retention_rules::advice::MemberKind;

/// A case as it was decided.
#[derive(Clone, Debug)]
pub struct Past {
    pub membership: MembershipId,
    pub person: PersonId,
    pub kind: MemberKind,
    pub reason: i64,
    pub argument: i64,
    pub decided_on: Date,
    /// The last day of who left; none for who stayed.
    pub ended_on: Option<Date>,
}

/// Writes them down as decided, without an event for each: like an import, it tells of what was and counts in no day.
pub async fn take_over(tx: &mut Tx, cases: &[Past], stays_days: i64) -> Result<(), Error> {
    let now = tx.now();
    let mut rows = Bulk::new(
        "insert into cancellation_cases (id, membership_id, person_id, channel, received_on, state, reason_nr, words, avoidable,
                                         no_offers, ends_on, ended_as, because, kept_with, opened_by, opened_at, decided_on,
                                         decided_at, member_kind, stays_on, year_on, version) values",
        "",
    );
    let mut brought = Bulk::new(
        "insert into case_arguments (case_id, argument_nr, is_offer, by_user, at) values",
        "",
    );
    for case in cases {
        let Past { membership, person, kind, reason, argument, decided_on, ended_on } = case;
        let id = CancellationId(db::new_id());
        let left = ended_on.is_some();
        let day = |days: i64| decided_on.checked_add(days.days()).unwrap_or(*decided_on);
        rows.push(db::args![
            id,
            *membership,
            *person,
            "phone",
            *decided_on,
            if left { "ended" } else { "kept" },
            *reason,
            "",
            true,
            false,
            *ended_on,
            left.then_some("cancelled"),
            left.then_some("terms"),
            (!left).then_some(*argument),
            0_i64,
            now,
            *decided_on,
            now,
            kind.code(),
            day(stays_days),
            day(365),
            1_i64
        ]);
        brought.push(db::args![id, *argument, false, 0_i64, now]);
    }
    rows.write(tx).await?;
    brought.write(tx).await.map(drop)
}

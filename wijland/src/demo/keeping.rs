//! What kept members of the demo union before its story began.

use db::args;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Actor, MembershipId, PersonId};
use retention::case::{Past, take_over};
use retention_rules::advice::MemberKind;
use story::keeping::YEAR;

use super::seed::Seeding;
use crate::Failure;

db::row! {
    struct Left { id: MembershipId, person_id: PersonId, ends_on: Date }
}

db::row! {
    struct Stayed { id: MembershipId, person_id: PersonId }
}

/// Those who left in the year that counts, and as many of those who stayed as the story says; fewer where there are fewer.
pub(super) async fn seed(seeding: &Seeding<'_>) -> Result<(), Failure> {
    let today = seeding.today;
    let ago = |days: i64| today.checked_sub(days.days()).unwrap_or(today);
    let (first, last) = (ago(400), ago(100));
    let write = async |tx: &mut db::Tx| {
        let mut left: Vec<Left> = tx
            .all(
                "select m.id, m.person_id, m.ends_on from memberships m
                  where m.person_id is not null and m.ends_on >= $1 and m.ends_on <= $2 order by m.id limit 1000",
                args![first, last],
            )
            .await?;
        let mut stayed: Vec<Stayed> = tx
            .all(
                "select m.id, m.person_id from memberships m join people p on p.id = m.person_id
                  where m.ends_on is null and p.birth_date < '1962-01-01' order by m.id limit 1000",
                args![],
            )
            .await?;
        let wanted: usize = YEAR.iter().map(|kept| kept.cases - kept.stayed).sum();
        let found = left.len().min(wanted);
        let mut cases = Vec::new();
        for kept in YEAR {
            // In proportion to how many left among the invented members.
            let leaving = (kept.cases - kept.stayed) * found / wanted;
            let staying = kept.stayed * found / wanted;
            let past = |membership, person, decided_on, ended_on| Past {
                membership,
                person,
                kind: MemberKind::Pension,
                reason: kept.reason,
                argument: kept.argument,
                decided_on,
                ended_on,
            };
            for Left { id, person_id, ends_on } in left.drain(..leaving.min(left.len())) {
                let decided = ends_on.checked_sub(30.days()).unwrap_or(ends_on).max(first);
                cases.push(past(id, person_id, decided, Some(ends_on)));
            }
            for (nr, Stayed { id, person_id }) in
                (0_i64..).zip(stayed.drain(..staying.min(stayed.len())))
            {
                cases.push(past(id, person_id, ago(110 + nr * 3), None));
            }
        }
        take_over(tx, &cases, 90).await
    };
    seeding.db.write(Actor::SYSTEM, write).await?;
    Ok(())
}

//! The contact norm: who is due, from membership, visits and the norm of the class. The states are those of
//! `docs/states.md` §2.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

kernel::codes! {
    /// Whom a norm is for.
    pub enum Applies {
        /// Members in their first months.
        Starter = "starter",
        Member = "member",
        /// Who is no member, or not any more.
        Prospect = "prospect",
    }
}

/// How often one class of members is visited. An administrator changes it, with a day and a source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Norm {
    /// The same through all versions.
    pub nr: i64,
    pub applies: Applies,
    /// So many branches at least; 0 for any.
    pub branches_min: i64,
    /// Only this sector; empty for any.
    pub sector: String,
    /// Every so many months; without it this class is not visited.
    pub every_months: Option<i64>,
    /// Of a starter: so many days after the first day as a member, in their order.
    pub after_days: Vec<i64>,
}

/// What is known of a member, or of who could become one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Known {
    /// The first day as a member; none for who is no member, and none for a member since time out of mind.
    pub since: Option<Date>,
    pub is_member: bool,
    pub branches: i64,
    pub sector: String,
    /// The last day on which somebody of us was there.
    pub last_on: Option<Date>,
    /// So many visits since the first day as a member.
    pub visits_since: usize,
    /// When we first knew of them.
    pub known_on: Date,
    /// The day on which the last visitor said to come again.
    pub again_on: Option<Date>,
}

/// The norm that somebody falls under: the first that fits, in the order of the association.
///
/// `starter_months` is how long a new member is a starter. Rule data: `visits.starter_months`.
#[must_use]
pub fn norm_of<'a>(
    norms: &'a [Norm],
    known: &Known,
    starter_months: i64,
    today: Date,
) -> Option<&'a Norm> {
    let is_starter =
        known.is_member && known.since.is_some_and(|since| months(since, starter_months) > today);
    norms.iter().find(|norm| {
        let applies = match norm.applies {
            Applies::Starter => is_starter,
            Applies::Member => known.is_member,
            Applies::Prospect => !known.is_member,
        };
        applies
            && known.branches >= norm.branches_min
            && (norm.sector.is_empty() || norm.sector == known.sector)
    })
}

/// The day on which a visit is due; `None` if this class is not visited.
///
/// Who said to come again is due then, if the norm does not ask for it sooner: a promise adds to the norm and takes
/// nothing from it.
#[must_use]
pub fn due_on(norm: &Norm, known: &Known) -> Option<Date> {
    match (by_norm(norm, known), known.again_on) {
        (Some(due), Some(again)) => Some(due.min(again)),
        (due, again) => due.or(again),
    }
}

fn by_norm(norm: &Norm, known: &Known) -> Option<Date> {
    if norm.applies == Applies::Starter
        && let (Some(since), Some(days)) = (known.since, norm.after_days.get(known.visits_since))
    {
        return Some(since.saturating_add(days.days()));
    }
    let every = norm.every_months?;
    let from = known.last_on.or(known.since);
    // Who was never visited and is known since time out of mind is due from the day we knew of them.
    Some(from.map_or(known.known_on, |from| months(from, every)))
}

fn months(from: Date, count: i64) -> Date {
    from.saturating_add(Span::new().months(count))
}

kernel::codes! {
    pub enum Status {
        Overdue = "overdue",
        Due = "due",
        Planned = "planned",
        Covered = "covered",
    }
}

/// `ahead_days` is how far the list looks ahead. Rule data: `visits.ahead_days`.
#[must_use]
pub fn status(due_on: Date, planned_on: Option<Date>, ahead_days: i64, today: Date) -> Status {
    if planned_on.is_some() {
        return Status::Planned;
    }
    if due_on < today {
        return Status::Overdue;
    }
    if due_on <= today.saturating_add(ahead_days.days()) { Status::Due } else { Status::Covered }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn norms() -> Vec<Norm> {
        let norm = |nr, applies, branches_min, every_months, after_days: &[i64]| Norm {
            nr,
            applies,
            branches_min,
            sector: String::new(),
            every_months: Some(every_months),
            after_days: after_days.to_vec(),
        };
        vec![
            norm(1, Applies::Starter, 0, 24, &[30, 100]),
            norm(2, Applies::Member, 3, 12, &[]),
            norm(3, Applies::Member, 0, 24, &[]),
            norm(4, Applies::Prospect, 0, 12, &[]),
        ]
    }

    fn member(since: &str) -> Known {
        Known {
            since: Some(day(since)),
            is_member: true,
            branches: 0,
            sector: "Versspeciaalzaken".into(),
            last_on: None,
            visits_since: 0,
            known_on: day(since),
            again_on: None,
        }
    }

    #[test]
    fn a_starter_is_due_after_thirty_and_a_hundred_days() {
        let today = day("2026-11-24");
        let norms = norms();
        let mut starter = member("2026-08-10");
        let due = |known: &Known| {
            let norm = norm_of(&norms, known, 12, today).unwrap();
            (norm.nr, due_on(norm, known).unwrap().to_string())
        };
        assert_eq!(due(&starter), (1, "2026-09-09".into()));
        starter.visits_since = 1;
        starter.last_on = Some(day("2026-09-15"));
        assert_eq!(due(&starter), (1, "2026-11-18".into()));
        starter.visits_since = 2;
        starter.last_on = Some(day("2026-11-20"));
        assert_eq!(due(&starter), (1, "2028-11-20".into()));
        // After a year nobody is a starter.
        let mut old = member("2025-11-24");
        old.last_on = Some(day("2026-01-10"));
        assert_eq!(due(&old), (3, "2028-01-10".into()));
    }

    #[test]
    fn the_first_norm_that_fits_decides() {
        let today = day("2026-11-24");
        let norms = norms();
        let mut shops = member("2003-04-01");
        shops.branches = 4;
        assert_eq!(norm_of(&norms, &shops, 12, today).unwrap().nr, 2);
        let prospect = Known { is_member: false, since: None, ..member("2020-01-01") };
        let norm = norm_of(&norms, &prospect, 12, today).unwrap();
        assert_eq!((norm.nr, due_on(norm, &prospect)), (4, Some(day("2020-01-01"))));
        let not_visited = Norm { every_months: None, ..norms[3].clone() };
        assert_eq!(due_on(&not_visited, &prospect), None);
    }

    #[test]
    fn who_said_to_come_again_is_due_then_and_never_later_than_the_norm() {
        let norms = norms();
        let mut member = member("2010-01-01");
        member.last_on = Some(day("2026-06-09"));
        let due = |known: &Known| due_on(&norms[2], known).unwrap().to_string();
        member.again_on = Some(day("2026-12-09"));
        assert_eq!(due(&member), "2026-12-09");
        member.again_on = Some(day("2030-01-01"));
        assert_eq!(due(&member), "2028-06-09");
    }

    #[test]
    fn what_is_planned_is_not_due() {
        let today = day("2026-11-24");
        let status =
            |due: &str, planned: Option<&str>| super::status(day(due), planned.map(day), 60, today);
        assert_eq!(status("2026-11-23", None), Status::Overdue);
        assert_eq!(status("2026-11-24", None), Status::Due);
        assert_eq!(status("2027-01-23", None), Status::Due);
        assert_eq!(status("2027-01-24", None), Status::Covered);
        assert_eq!(status("2026-11-23", Some("2026-12-03")), Status::Planned);
    }
}

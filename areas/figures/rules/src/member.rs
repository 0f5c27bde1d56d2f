//! Where one member counts: a function of what is known of the member and of the day.
//!
//! Everything that is kept is a sum of these cells over all members, so that what changes about one member changes the sums by
//! the difference of the two, and a full recount is the sum itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use membership_rules::{Began, Ended};

use crate::{Cell, Dim, Measure, Month, Universe};

/// One membership. An unknown first day counts as long ago; both days are days of membership.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stay {
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub began: Began,
    pub ended: Ended,
}

/// Where a member stands from a month on: the sector, and the class of the contact norm.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    pub from: Month,
    pub sector: String,
    pub class: Option<i64>,
}

/// What we have to reach a member by, now.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Reach {
    pub email: bool,
    pub mobile: bool,
    pub address: bool,
}

/// What is known of a member, as far as it counts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Member {
    pub stays: Vec<Stay>,
    /// Months with a contact of both sides; a visit is one.
    pub contacts: BTreeSet<Month>,
    pub visits: BTreeSet<Month>,
    /// In the order of their months; the first also holds before it.
    pub places: Vec<Place>,
    pub reach: Reach,
}

/// Over which months is counted, and how.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span {
    pub first: Month,
    pub today: Date,
    /// So many days without a membership make nobody a new member.
    pub gap_days: i32,
}

/// Memberships that follow each other day by day are one.
#[derive(Clone, Copy, Debug)]
struct Chain {
    starts_on: Option<Date>,
    ends_on: Option<Date>,
    began: Began,
    ended: Ended,
}

impl Chain {
    fn covers(&self, day: Date) -> bool {
        self.starts_on.is_none_or(|start| start <= day) && self.ends_on.is_none_or(|end| day <= end)
    }

    /// The first day without membership.
    fn left_on(&self) -> Option<Date> {
        self.ends_on?.tomorrow().ok()
    }
}

impl Span {
    fn last(&self) -> Month {
        Month::of(self.today)
    }

    /// The day by which a month is measured.
    fn reference(&self, month: Month) -> Date {
        month.last().min(self.today)
    }
}

impl Member {
    /// Where this member stood in a month.
    #[must_use]
    pub fn place(&self, month: Month) -> Option<&Place> {
        let before = self.places.iter().rev().find(|place| place.from <= month);
        before.or(self.places.first())
    }

    fn chains(&self, gap_days: i32) -> Vec<Chain> {
        let mut stays = self.stays.clone();
        stays.sort_by_key(|stay| (stay.starts_on, stay.ends_on.unwrap_or(Date::MAX)));
        let mut chains: Vec<Chain> = Vec::new();
        for stay in stays {
            match chains.last_mut() {
                Some(last) if follows(last.ends_on, stay.starts_on, gap_days) => {
                    if last.ends_on.is_some_and(|end| stay.ends_on.is_none_or(|new| new >= end)) {
                        last.ends_on = stay.ends_on;
                        last.ended = stay.ended;
                    }
                }
                _ => chains.push(Chain {
                    starts_on: stay.starts_on,
                    ends_on: stay.ends_on,
                    began: stay.began,
                    ended: stay.ended,
                }),
            }
        }
        chains
    }

    /// Where this member counts, each cell once.
    #[must_use]
    pub fn cells(&self, universe: Universe, span: &Span) -> BTreeMap<Cell, i64> {
        let mut cells = Cells { member: self, universe, found: BTreeMap::new() };
        let chains = self.chains(0);
        let bridged = self.chains(span.gap_days);
        self.flows(&chains, span, &mut cells);
        self.cohorts(&bridged, span, &mut cells);
        for month in span.first.to(span.last()) {
            let day = span.reference(month);
            let Some(chain) = chains.iter().find(|chain| chain.covers(day)) else { continue };
            cells.add(Measure::Members, month, month);
            let year_ago = month.plus(-12);
            let then = year_ago.last();
            if chain.starts_on.is_some_and(|start| start > then) {
                cells.add(Measure::New12, month, month);
            }
            let stayed = bridged.iter().any(|chain| chain.covers(then) && chain.covers(day));
            if stayed && year_ago >= span.first && chains.iter().any(|chain| chain.covers(then)) {
                cells.add(Measure::Kept12, month, year_ago);
            }
            let within = |months: &BTreeSet<Month>, back: i32| {
                months.range(month.plus(1 - back)..=month).next().is_some()
            };
            for (measure, counts) in [
                (Measure::Covered12, within(&self.contacts, 12)),
                (Measure::Covered24, within(&self.contacts, 24)),
                (Measure::Visited24, within(&self.visits, 24)),
                (Measure::WithEmail, self.reach.email && month == span.last()),
                (Measure::WithMobile, self.reach.mobile && month == span.last()),
                (Measure::WithAddress, self.reach.address && month == span.last()),
            ] {
                if counts {
                    cells.add(measure, month, month);
                }
            }
        }
        cells.found
    }

    /// Who came and who left. Members before + in − out = members now: each chain comes once and leaves once.
    fn flows(&self, chains: &[Chain], span: &Span, cells: &mut Cells<'_>) {
        let counts = |day: Date| day <= span.today && Month::of(day) >= span.first;
        let mut before: Option<&Chain> = None;
        for chain in chains {
            if let Some(start) = chain.starts_on.filter(|start| counts(*start)) {
                let gap = before.and_then(|before| before.ends_on).map(|end| days(end, start) - 1);
                let measure = match gap {
                    Some(gap) if gap <= span.gap_days => Measure::Resumed,
                    _ if chain.began == Began::Transfer => Measure::JoinedTransfer,
                    Some(_) => Measure::JoinedAgain,
                    None => Measure::JoinedNew,
                };
                cells.add(measure, Month::of(start), Month::of(start));
            }
            if let Some(left) = chain.left_on().filter(|left| counts(*left)) {
                let measure = match chain.ended {
                    Ended::Cancelled => Measure::LeftCancelled,
                    Ended::Deceased => Measure::LeftDeceased,
                    Ended::Arrears => Measure::LeftArrears,
                    Ended::Expelled => Measure::LeftExpelled,
                    Ended::Transfer => Measure::LeftTransfer,
                };
                cells.add(measure, Month::of(left), Month::of(left));
            }
            before = Some(chain);
        }
    }

    fn cohorts(&self, bridged: &[Chain], span: &Span, cells: &mut Cells<'_>) {
        for chain in bridged {
            let Some(start) = chain.starts_on.filter(|start| *start <= span.today) else {
                continue;
            };
            let cohort = Month::of(start);
            if cohort < span.first {
                continue;
            }
            cells.add_one(Measure::CohortJoined, cohort, Dim::Cohort(cohort));
            if let Some(left) = chain.left_on().filter(|left| *left <= span.today) {
                cells.add_one(Measure::CohortLeft, Month::of(left), Dim::Cohort(cohort));
            }
        }
    }
}

fn days(from: Date, until: Date) -> i32 {
    from.until(until).map_or(i32::MAX, |span| span.get_days())
}

/// Whether a membership that starts goes on with one that ended, over so many days.
fn follows(ended: Option<Date>, starts: Option<Date>, gap_days: i32) -> bool {
    match (ended, starts) {
        (None, _) | (_, None) => true,
        (Some(ended), Some(starts)) => starts <= ended || days(ended, starts) - 1 <= gap_days,
    }
}

struct Cells<'a> {
    member: &'a Member,
    universe: Universe,
    found: BTreeMap<Cell, i64>,
}

impl Cells<'_> {
    /// Counts in `month`, along the lines of where the member stood in `stood`.
    fn add(&mut self, measure: Measure, month: Month, stood: Month) {
        self.add_one(measure, month, Dim::All);
        if let Some(place) = self.member.place(stood) {
            if !place.sector.is_empty() {
                self.add_one(measure, month, Dim::Sector(place.sector.clone()));
            }
            if let Some(class) = place.class {
                self.add_one(measure, month, Dim::Class(class));
            }
        }
    }

    fn add_one(&mut self, measure: Measure, month: Month, dim: Dim) {
        let cell = Cell { universe: self.universe, measure, dim, month };
        *self.found.entry(cell).or_insert(0) += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stay(text: &str) -> Stay {
        let (from, until) = text.split_once('/').unwrap();
        Stay {
            starts_on: from.parse().ok(),
            ends_on: until.parse().ok(),
            began: Began::Joined,
            ended: Ended::Cancelled,
        }
    }

    fn member(stays: &str) -> Member {
        Member { stays: stays.split_whitespace().map(stay).collect(), ..Member::default() }
    }

    fn span(today: &str) -> Span {
        Span { first: "2023-11".parse().unwrap(), today: today.parse().unwrap(), gap_days: 30 }
    }

    fn counts(member: &Member, span: &Span, measure: Measure, month: &str) -> i64 {
        let month = month.parse().unwrap();
        let cell = Cell { universe: Universe::Persons, measure, dim: Dim::All, month };
        member.cells(Universe::Persons, span).get(&cell).copied().unwrap_or(0)
    }

    #[test]
    fn the_last_day_still_counts_and_the_day_after_is_the_leaving() {
        let member = member("2025-01-15/2026-10-31");
        let span = span("2026-11-24");
        assert_eq!(counts(&member, &span, Measure::JoinedNew, "2025-01"), 1);
        assert_eq!(counts(&member, &span, Measure::Members, "2026-10"), 1);
        assert_eq!(counts(&member, &span, Measure::LeftCancelled, "2026-10"), 0);
        assert_eq!(counts(&member, &span, Measure::Members, "2026-11"), 0);
        assert_eq!(counts(&member, &span, Measure::LeftCancelled, "2026-11"), 1);
        assert_eq!(counts(&member, &span, Measure::Kept12, "2026-10"), 1);
        // Of the cohort of January 2025, somebody left in November 2026.
        let cohort = Dim::Cohort("2025-01".parse().unwrap());
        let left = Cell {
            universe: Universe::Persons,
            measure: Measure::CohortLeft,
            dim: cohort,
            month: "2026-11".parse().unwrap(),
        };
        assert_eq!(member.cells(Universe::Persons, &span).get(&left), Some(&1));
    }

    #[test]
    fn who_comes_back_soon_resumes_and_later_joins_again() {
        let span = span("2026-11-24");
        let soon = member("2020-01-01/2026-03-31 2026-04-20/");
        assert_eq!(counts(&soon, &span, Measure::LeftCancelled, "2026-04"), 1);
        assert_eq!(counts(&soon, &span, Measure::Resumed, "2026-04"), 1);
        assert_eq!(counts(&soon, &span, Measure::Kept12, "2026-11"), 1, "the gap is bridged");
        assert_eq!(
            counts(&soon, &span, Measure::New12, "2026-11"),
            1,
            "and late payers count as new"
        );
        let later = member("2020-01-01/2026-03-31 2026-06-20/");
        assert_eq!(counts(&later, &span, Measure::JoinedAgain, "2026-06"), 1);
        assert_eq!(counts(&later, &span, Measure::Kept12, "2026-11"), 0);
        // Another tariff from the next day on is the same membership.
        let same = member("2020-01-01/2026-03-31 2026-04-01/");
        assert_eq!(counts(&same, &span, Measure::LeftCancelled, "2026-04"), 0);
        assert_eq!(counts(&same, &span, Measure::Kept12, "2026-11"), 1);
    }

    #[test]
    fn coverage_looks_back_over_whole_months() {
        let mut seen = member("2020-01-01/");
        seen.contacts.insert("2025-11".parse().unwrap());
        let span = span("2026-11-24");
        assert_eq!(counts(&seen, &span, Measure::Covered12, "2026-10"), 1);
        assert_eq!(counts(&seen, &span, Measure::Covered12, "2026-11"), 0);
        assert_eq!(counts(&seen, &span, Measure::Covered24, "2026-11"), 1);
    }

    #[test]
    fn who_moved_counts_where_the_member_stood() {
        let place = |from: &str, sector: &str| Place {
            from: from.parse().unwrap(),
            sector: sector.into(),
            class: None,
        };
        let mut moved = member("2020-01-01/");
        moved.places = vec![place("2023-11", "bakker"), place("2026-09", "slager")];
        let at = |measure, sector: &str, month: &str| {
            let cell = Cell {
                universe: Universe::Persons,
                measure,
                dim: Dim::Sector(sector.into()),
                month: month.parse().unwrap(),
            };
            moved.cells(Universe::Persons, &span("2026-11-24")).get(&cell).copied().unwrap_or(0)
        };
        assert_eq!(at(Measure::Members, "bakker", "2026-08"), 1);
        assert_eq!(at(Measure::Members, "bakker", "2026-09"), 0);
        assert_eq!(at(Measure::Members, "slager", "2026-09"), 1);
        assert_eq!(
            at(Measure::Kept12, "bakker", "2026-11"),
            1,
            "kept of those who were bakers then"
        );
    }

    fn any_stays() -> impl Strategy<Value = Vec<Stay>> {
        let day = |offset: i64| -> Date {
            let from: Date = "2022-01-01".parse().unwrap();
            from.saturating_add(jiff::Span::new().days(offset))
        };
        let stay = (0_i64..1800, proptest::option::of(0_i64..700), 0_usize..5, any::<bool>());
        proptest::collection::vec(stay, 0..5).prop_map(move |stays| {
            stays
                .into_iter()
                .map(|(start, lasts, ended, transfer)| Stay {
                    starts_on: Some(day(start)),
                    ends_on: lasts.map(|lasts| day(start + lasts)),
                    began: if transfer { Began::Transfer } else { Began::Joined },
                    ended: Ended::ALL[ended],
                })
                .collect()
        })
    }

    proptest! {
        /// Members at the end of a month + who came − who left = members at the end of the next.
        #[test]
        fn who_came_and_who_left_explain_the_members(stays in any_stays(), today in 0_i64..1200) {
            let from: Date = "2023-11-20".parse().unwrap();
            let today = from.saturating_add(jiff::Span::new().days(today));
            let span = Span { first: "2023-11".parse().unwrap(), today, gap_days: 30 };
            let member = Member { stays, ..Member::default() };
            let cells = member.cells(Universe::Persons, &span);
            let n = |measure, month| {
                let cell = Cell { universe: Universe::Persons, measure, dim: Dim::All, month };
                cells.get(&cell).copied().unwrap_or(0)
            };
            for month in span.first.plus(1).to(Month::of(today)) {
                let came: i64 = [
                    Measure::JoinedNew, Measure::JoinedAgain, Measure::JoinedTransfer, Measure::Resumed,
                ].into_iter().map(|measure| n(measure, month)).sum();
                let left: i64 = [
                    Measure::LeftCancelled, Measure::LeftDeceased, Measure::LeftArrears,
                    Measure::LeftExpelled, Measure::LeftTransfer,
                ].into_iter().map(|measure| n(measure, month)).sum();
                let (before, now) = (n(Measure::Members, month.plus(-1)), n(Measure::Members, month));
                prop_assert_eq!(before + came - left, now, "{}", month);
            }
        }
    }
}

//! The plan of a week: what presses most first, balanced over colleagues, near together on a day.

use jiff::civil::Date;
use kernel::{OrganisationId, UserId};

use crate::way::{Point, metres, order};

/// A place that is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub place: OrganisationId,
    pub due_on: Date,
    /// Who comes there by rule.
    pub visitor: Option<UserId>,
    pub point: Option<Point>,
}

/// A colleague who travels.
#[derive(Clone, Debug, PartialEq)]
pub struct Traveller {
    pub user: UserId,
    /// The days on which this one travels, and how many visits fit on each besides what is planned already.
    pub days: Vec<(Date, usize)>,
}

impl Traveller {
    fn room(&self) -> usize {
        self.days.iter().map(|(_, room)| room).sum()
    }
}

/// Who goes where, on which day, in the order of the way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Planned {
    pub user: UserId,
    pub day: Date,
    pub place: OrganisationId,
}

/// Plans what fits. A place goes to its own visitor; what that one has no room for goes to whoever has most room left,
/// and so does a place that nobody comes to by rule.
#[must_use]
pub fn plan(candidates: &[Candidate], travellers: &[Traveller]) -> Vec<Planned> {
    let mut sorted: Vec<&Candidate> = candidates.iter().collect();
    sorted.sort_by_key(|candidate| (candidate.due_on, candidate.place));
    let mut given: Vec<Vec<&Candidate>> = vec![Vec::new(); travellers.len()];
    let room_left = |given: &[Vec<&Candidate>], nr: usize| {
        travellers[nr].room().saturating_sub(given[nr].len())
    };
    // First everybody's own; what is left over is shared out afterwards, so that nobody's own place is taken by another's.
    let mut over = Vec::new();
    for candidate in sorted {
        let own = travellers
            .iter()
            .position(|traveller| Some(traveller.user) == candidate.visitor)
            .filter(|nr| room_left(&given, *nr) > 0);
        match own {
            Some(nr) => given[nr].push(candidate),
            None => over.push(candidate),
        }
    }
    for candidate in over {
        let most = (0..travellers.len()).max_by_key(|nr| (room_left(&given, *nr), usize::MAX - nr));
        if let Some(nr) = most.filter(|nr| room_left(&given, *nr) > 0) {
            given[nr].push(candidate);
        }
    }
    travellers.iter().zip(given).flat_map(|(traveller, own)| days(traveller, own)).collect()
}

/// Spreads the places of one colleague over the days: each day begins with what presses most and goes on with what is
/// nearest to it.
fn days(traveller: &Traveller, mut left: Vec<&Candidate>) -> Vec<Planned> {
    let mut planned = Vec::new();
    for (day, room) in &traveller.days {
        let mut today: Vec<&Candidate> = Vec::new();
        while today.len() < *room && !left.is_empty() {
            let next = match today.first().and_then(|first| first.point) {
                Some(here) => nearest(here, &left),
                None => 0,
            };
            today.push(left.remove(next));
        }
        let points: Vec<Option<Point>> = today.iter().map(|candidate| candidate.point).collect();
        planned.extend(order(None, &points).into_iter().map(|nr| Planned {
            user: traveller.user,
            day: *day,
            place: today[nr].place,
        }));
    }
    planned
}

/// The nearest to `here`; without coordinates, what presses most.
fn nearest(here: Point, among: &[&Candidate]) -> usize {
    among
        .iter()
        .enumerate()
        .filter_map(|(nr, candidate)| Some((nr, metres(here, candidate.point?))))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(0, |(nr, _)| nr)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn candidate(place: i64, due: &str, visitor: i64, lat: i64) -> Candidate {
        Candidate {
            place: OrganisationId(place),
            due_on: day(due),
            visitor: (visitor > 0).then_some(UserId(visitor)),
            point: Some(Point { lat_e6: lat, lon_e6: 5_000_000 }),
        }
    }

    fn traveller(user: i64, room: usize) -> Traveller {
        Traveller {
            user: UserId(user),
            days: vec![(day("2026-11-30"), room), (day("2026-12-01"), room)],
        }
    }

    #[test]
    fn a_day_stays_in_one_corner() {
        let candidates = [
            candidate(1, "2026-01-01", 7, 52_000_000),
            candidate(2, "2026-01-02", 7, 53_000_000),
            candidate(3, "2026-01-03", 7, 52_001_000),
            candidate(4, "2026-01-04", 7, 53_001_000),
        ];
        let planned = plan(&candidates, &[traveller(7, 2)]);
        let on = |day_text: &str| {
            let mut places: Vec<i64> = planned
                .iter()
                .filter(|visit| visit.day == day(day_text))
                .map(|visit| visit.place.0)
                .collect();
            places.sort_unstable();
            places
        };
        assert_eq!((on("2026-11-30"), on("2026-12-01")), (vec![1, 3], vec![2, 4]));
    }

    #[test]
    fn what_one_has_no_room_for_goes_to_whoever_has_most() {
        let candidates: Vec<Candidate> =
            (1..=6).map(|place| candidate(place, "2026-01-01", 7, 52_000_000)).collect();
        let planned = plan(&candidates, &[traveller(7, 1), traveller(8, 1), traveller(9, 2)]);
        let of = |user: i64| planned.iter().filter(|visit| visit.user == UserId(user)).count();
        assert_eq!((of(7), of(8), of(9)), (2, 1, 3));
    }

    proptest::proptest! {
        #[test]
        fn nobody_is_planned_twice_and_no_day_is_too_full(
            places in proptest::collection::vec((0_i64..4, 0_i64..1_000_000), 0..40),
            rooms in proptest::collection::vec(0_usize..5, 0..4),
        ) {
            let candidates: Vec<Candidate> = places
                .iter()
                .zip(1..)
                .map(|((visitor, lat), nr)| candidate(nr, "2026-01-01", *visitor, 52_000_000 + lat))
                .collect();
            let travellers: Vec<Traveller> =
                rooms.iter().zip(1..).map(|(room, user)| traveller(user, *room)).collect();
            let planned = plan(&candidates, &travellers);
            let mut places: Vec<OrganisationId> = planned.iter().map(|visit| visit.place).collect();
            places.sort_unstable();
            places.dedup();
            proptest::prop_assert_eq!(places.len(), planned.len());
            for traveller in &travellers {
                for (day, room) in &traveller.days {
                    let on_day = planned.iter().filter(|visit| {
                        visit.user == traveller.user && visit.day == *day
                    });
                    proptest::prop_assert!(on_day.count() <= *room);
                }
            }
            let room: usize = travellers.iter().map(Traveller::room).sum();
            proptest::prop_assert_eq!(planned.len(), room.min(candidates.len()), "what fits is planned");
        }
    }
}

//! The way along the places of a day, over coordinates of our own: no address leaves the program.

/// A place on the earth, in millionths of a degree.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Point {
    pub lat_e6: i64,
    pub lon_e6: i64,
}

impl Point {
    /// `None` if there is no such place on the earth.
    #[must_use]
    pub fn new(lat_e6: i64, lon_e6: i64) -> Option<Self> {
        let is_there = lat_e6.abs() <= 90_000_000 && lon_e6.abs() <= 180_000_000;
        is_there.then_some(Self { lat_e6, lon_e6 })
    }
}

/// Metres as the crow flies. Roads are longer, but order the places of one region nearly always alike.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "millionths of a degree fit a double exactly")]
pub fn metres(from: Point, to: Point) -> f64 {
    const EARTH: f64 = 6_371_000.0;
    let radians = |e6: i64| (e6 as f64 / 1e6).to_radians();
    let (lat1, lat2) = (radians(from.lat_e6), radians(to.lat_e6));
    let half_lat = (lat2 - lat1) / 2.0;
    let half_lon = radians(to.lon_e6 - from.lon_e6) / 2.0;
    let chord = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
    2.0 * EARTH * chord.sqrt().asin()
}

/// The order in which to go along `points`, beginning nearest to `start` (or at the first): the nearest next, then
/// crossings taken out. What has no point comes last, in its own order.
#[must_use]
pub fn order(start: Option<Point>, points: &[Option<Point>]) -> Vec<usize> {
    let mut left: Vec<(usize, Point)> =
        points.iter().enumerate().filter_map(|(nr, point)| Some((nr, (*point)?))).collect();
    let mut way: Vec<(usize, Point)> = Vec::with_capacity(left.len());
    let mut here = start;
    while !left.is_empty() {
        let next = match here {
            None => 0,
            Some(here) => nearest(here, &left),
        };
        let found = left.remove(next);
        here = Some(found.1);
        way.push(found);
    }
    uncross(start, &mut way);
    let without = points.iter().enumerate().filter(|(_, point)| point.is_none());
    way.into_iter().map(|(nr, _)| nr).chain(without.map(|(nr, _)| nr)).collect()
}

fn nearest(here: Point, among: &[(usize, Point)]) -> usize {
    among
        .iter()
        .enumerate()
        .min_by(|(_, (_, a)), (_, (_, b))| metres(here, *a).total_cmp(&metres(here, *b)))
        .map_or(0, |(nr, _)| nr)
}

/// Turns a stretch round wherever that makes the way shorter, until nothing does (2-opt).
fn uncross(start: Option<Point>, way: &mut [(usize, Point)]) {
    let leg = |a: Option<Point>, b: Option<Point>| match (a, b) {
        (Some(a), Some(b)) => metres(a, b),
        _ => 0.0,
    };
    let mut shorter = true;
    while shorter {
        shorter = false;
        for from in 0..way.len() {
            for to in from + 1..way.len() {
                let before = if from == 0 { start } else { Some(way[from - 1].1) };
                let after = way.get(to + 1).map(|next| next.1);
                let now = leg(before, Some(way[from].1)) + leg(Some(way[to].1), after);
                let turned = leg(before, Some(way[to].1)) + leg(Some(way[from].1), after);
                // A metre, so that rounding never turns for ever.
                if turned + 1.0 < now {
                    way[from..=to].reverse();
                    shorter = true;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WOERDEN: Point = Point { lat_e6: 52_085_000, lon_e6: 4_883_000 };
    const BODEGRAVEN: Point = Point { lat_e6: 52_082_000, lon_e6: 4_750_000 };
    const ALPHEN: Point = Point { lat_e6: 52_129_000, lon_e6: 4_655_000 };
    const GOUDA: Point = Point { lat_e6: 52_011_000, lon_e6: 4_710_000 };

    #[test]
    fn distances_are_those_of_a_map() {
        let km = metres(WOERDEN, GOUDA) / 1000.0;
        assert!((14.0..15.0).contains(&km), "{km}");
        assert!(metres(ALPHEN, ALPHEN) < 0.001);
    }

    #[test]
    fn the_day_goes_round_and_not_across() {
        let places = [Some(ALPHEN), Some(GOUDA), None, Some(BODEGRAVEN)];
        assert_eq!(order(Some(WOERDEN), &places), [3, 0, 1, 2]);
        assert_eq!(order(None, &places)[0], 0, "without a start it begins at the first");
        assert_eq!(order(Some(WOERDEN), &[]), Vec::<usize>::new());
    }

    proptest::proptest! {
        #[test]
        fn every_place_is_visited_once(
            places in proptest::collection::vec(
                proptest::option::of((51_000_000_i64..53_000_000, 4_000_000_i64..6_000_000)), 0..12)
        ) {
            let places: Vec<Option<Point>> = places
                .into_iter()
                .map(|place| place.map(|(lat_e6, lon_e6)| Point { lat_e6, lon_e6 }))
                .collect();
            let mut way = order(Some(WOERDEN), &places);
            way.sort_unstable();
            proptest::prop_assert_eq!(way, (0..places.len()).collect::<Vec<_>>());
        }
    }
}

//! What of the figures leaves the house: shares and the rough size of the group, never counts; no group under the minimum, and
//! none that follows from the rest or from another file.
//!
//! A share is rounded to whole per cents and its base told as a class at least twice as wide as it begins, so that from two
//! files nobody can work out how many came or went between them. Source of the minimum: PCORnet uses 11
//! (`features-membership.md` 70).

use std::collections::BTreeMap;

use figures_rules::Value;

kernel::codes! {
    /// The rough size of a group, by its least number.
    pub enum Base {
        From50 = "50",
        From100 = "100",
        From250 = "250",
        From500 = "500",
        From1000 = "1000",
        From2500 = "2500",
        From5000 = "5000",
        From10000 = "10000",
        From25000 = "25000",
        From50000 = "50000",
        From100000 = "100000",
    }
}

impl Base {
    /// The least number in the class.
    #[must_use]
    pub fn least(self) -> i64 {
        self.code().parse().expect("codes are numbers")
    }

    /// The class of a number; `None` below the least.
    #[must_use]
    pub fn of(n: i64) -> Option<Self> {
        Self::ALL.iter().rev().find(|base| base.least() <= n).copied()
    }

    /// The greatest number in the class; the last has none.
    #[must_use]
    pub fn greatest(self) -> Option<i64> {
        Self::ALL.iter().find(|base| base.least() > self.least()).map(|next| next.least() - 1)
    }
}

/// What is told of one group.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Told {
    /// In whole per cents.
    pub percent: i64,
    pub base: Base,
}

/// Whether a group of this size can be told apart: nobody in it, or enough.
fn is_safe(n: i64, least: i64) -> bool {
    n == 0 || n.abs() >= least
}

/// One number, if neither those whom it counts nor those whom it does not are too few.
#[must_use]
pub fn tell(value: Value, least: i64) -> Option<Told> {
    let per = value.per?;
    let base = Base::of(per)?;
    let rest_is_safe = value.of < 0 || value.of > per || is_safe(per - value.of, least);
    if !is_safe(value.of, least) || !rest_is_safe {
        return None;
    }
    let percent = value.of.signum() * ((200 * value.of.abs() + per) / (2 * per));
    // Nothing at all, and everything, say something about each of them.
    let says_all = value.of == 0 || value.of == per;
    (!says_all).then_some(Told { percent, base })
}

/// Numbers told apart along a line: what one place would give away by what the others and the whole say is left out too.
#[must_use]
pub fn tell_apart(places: &BTreeMap<String, Value>, least: i64) -> BTreeMap<String, Told> {
    let mut told: BTreeMap<String, Told> = places
        .iter()
        .filter_map(|(place, value)| Some((place.clone(), tell(*value, least)?)))
        .collect();
    // One hidden place is the whole less the others: another goes with it, the smallest.
    if places.len() - told.len() == 1 {
        let smallest = told
            .keys()
            .min_by_key(|place| (places[*place].per.unwrap_or(0), (*place).clone()))
            .cloned();
        if let Some(place) = smallest {
            told.remove(&place);
        }
    }
    told
}

/// The middle half of several values, and the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Among {
    pub contributors: usize,
    pub low: f64,
    pub middle: f64,
    pub high: f64,
    /// The least and the greatest, as ends of an axis only.
    pub ends: (f64, f64),
}

/// Several associations set beside each other: from `fewest` on, and not where one of them is more than half of all, because
/// then the others stand for it.
#[must_use]
pub fn among(told: &[Told], fewest: usize) -> Option<Among> {
    if told.len() < fewest.max(1) {
        return None;
    }
    let all: i64 = told.iter().map(|told| told.base.least()).sum();
    if told.iter().any(|told| 2 * told.base.least() > all) {
        return None;
    }
    let mut shares: Vec<i64> = told.iter().map(|told| told.percent).collect();
    shares.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "per cents")]
    let shares: Vec<f64> = shares.into_iter().map(|percent| percent as f64 / 100.0).collect();
    #[expect(clippy::cast_precision_loss, reason = "few associations")]
    let at = |part: f64| {
        let place = part * (shares.len() - 1) as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place in a list"
        )]
        let below = place.floor() as usize;
        let above = (below + 1).min(shares.len() - 1);
        shares[below] + (shares[above] - shares[below]) * (place - place.floor())
    };
    Some(Among {
        contributors: shares.len(),
        low: at(0.25),
        middle: at(0.5),
        high: at(0.75),
        ends: (shares[0], shares[shares.len() - 1]),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LEAST: i64 = 11;

    fn value(of: i64, per: i64) -> Value {
        Value { of, per: Some(per) }
    }

    #[test]
    fn a_small_group_is_not_told() {
        let table = [
            (45, 60, Some((75, Base::From50))),
            (10, 60, None),
            // Ten who are not in it are as few.
            (50, 60, None),
            (30, 49, None),
            (0, 60, None),
            (60, 60, None),
            (130, 1000, Some((13, Base::From1000))),
            // Fewer than before: growth may be below nothing.
            (-20, 400, Some((-5, Base::From250))),
            (-5, 400, None),
        ];
        for (of, per, expected) in table {
            let told = tell(value(of, per), LEAST).map(|told| (told.percent, told.base));
            assert_eq!(told, expected, "{of} of {per}");
        }
    }

    #[test]
    fn what_the_others_would_give_away_is_hidden_too() {
        let places = BTreeMap::from([
            ("bakker".to_owned(), value(40, 80)),
            ("slager".to_owned(), value(60, 110)),
            ("visser".to_owned(), value(3, 9)),
        ]);
        let told = tell_apart(&places, LEAST);
        assert_eq!(told.keys().collect::<Vec<_>>(), ["slager"]);
    }

    #[test]
    fn a_comparison_needs_five_and_no_giant() {
        let told = |percent, base| Told { percent, base };
        let four = vec![told(50, Base::From100); 4];
        assert_eq!(among(&four, 5), None);
        let five: Vec<Told> =
            [40, 50, 60, 70, 80].into_iter().map(|percent| told(percent, Base::From100)).collect();
        let found = among(&five, 5).unwrap();
        assert_eq!((found.low, found.middle, found.high), (0.5, 0.6, 0.7));
        let mut giant = five;
        giant[0].base = Base::From1000;
        assert_eq!(among(&giant, 5), None);
    }

    /// Every count that would be told so, by whoever knows all the rules.
    fn could_be(told: Told) -> Vec<(i64, i64)> {
        let (least, greatest) = (told.base.least(), told.base.greatest().unwrap_or(20_000));
        (least..=greatest)
            .flat_map(|per| {
                // Around the share; the rest cannot round to it.
                let middle = told.percent * per / 100;
                let around = per / 100 + 2;
                (middle - around..=middle + around).map(move |of| (of, per))
            })
            .filter(|(of, per)| tell(value(*of, *per), LEAST) == Some(told))
            .collect()
    }

    proptest! {
        /// Two files of one association, between which fewer came or went than the minimum: whoever subtracts them cannot
        /// show that there was such a group. It may as well have been nobody, or enough.
        #[test]
        fn two_files_give_nobody_away(of in 11_i64..300, rest in 11_i64..300, came in 0_i64..11, went in 0_i64..11) {
            let before = value(of, of + rest);
            let after = value(of + came, of + rest + came - went.min(rest - 11).max(0));
            let (Some(first), Some(second)) = (tell(before, LEAST), tell(after, LEAST)) else {
                return Ok(());
            };
            let (first, second) = (could_be(first), could_be(second));
            prop_assert!(first.contains(&(before.of, before.per.unwrap())));
            let harmless = |n: i64| n == 0 || n.abs() >= LEAST;
            let counted = first.iter().any(|a| second.iter().any(|b| harmless(b.0 - a.0)));
            let base = first.iter().any(|a| second.iter().any(|b| harmless(b.1 - a.1)));
            let left = first.iter().any(|a| second.iter().any(|b| harmless((b.1 - b.0) - (a.1 - a.0))));
            prop_assert!(counted && base && left, "{first:?} {second:?}");
        }

        /// In one file neither those who are counted nor those who are not are a group under the minimum.
        #[test]
        fn one_file_gives_nobody_away(of in 0_i64..400, rest in 0_i64..400) {
            let Some(told) = tell(value(of, of + rest), LEAST) else { return Ok(()) };
            for (of, per) in could_be(told) {
                prop_assert!(of >= LEAST && per - of >= LEAST);
            }
        }
    }
}

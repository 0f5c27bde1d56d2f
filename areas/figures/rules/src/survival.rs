//! How many of those who joined are still members after so many months: Kaplan and Meier (1958), with the interval of
//! Greenwood (1926). Whoever is still a member is known for as long as the membership lasts and no longer.

use crate::Month;

/// Who joined in a month, and in which later months they left.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Cohort {
    pub joined: i64,
    /// Month and number.
    pub left: Vec<(Month, i64)>,
}

/// The share that is still there after `months`, with the bounds within which it lies nineteen times in twenty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Survival {
    pub months: i32,
    pub share: f64,
    pub low: f64,
    pub high: f64,
    /// How many were watched so long.
    pub watched: i64,
}

/// Survival up to the longest that somebody was watched, a point for each month. `now` is the month that is under way: its
/// leavers are not all known yet, so it is left out.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "members are fewer than 2^52")]
pub fn survival(cohorts: &[(Month, Cohort)], now: Month) -> Vec<Survival> {
    let watched = |joined: Month| now.since(joined) - 1;
    let longest = cohorts.iter().map(|(joined, _)| watched(*joined)).max().unwrap_or(-1);
    let mut points = Vec::new();
    let (mut share, mut variance) = (1.0, 0.0);
    for months in 0..=longest {
        let (mut at_risk, mut left) = (0, 0);
        for (joined, cohort) in cohorts.iter().filter(|(joined, _)| watched(*joined) >= months) {
            let after = |until: i32| -> i64 {
                let gone = cohort.left.iter().filter(|(month, _)| month.since(*joined) < until);
                gone.map(|(_, n)| *n).sum()
            };
            at_risk += cohort.joined - after(months);
            left += after(months + 1) - after(months);
        }
        if at_risk <= 0 {
            break;
        }
        let (at_risk_f, left_f) = (at_risk as f64, left as f64);
        share *= 1.0 - left_f / at_risk_f;
        if at_risk > left {
            variance += left_f / (at_risk_f * (at_risk_f - left_f));
        }
        let half = 1.96 * share * f64::sqrt(variance);
        points.push(Survival {
            months: months + 1,
            share,
            low: (share - half).max(0.0),
            high: (share + half).min(1.0),
            watched: at_risk,
        });
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    /// Worked by hand: ten join in January, one leaves in February and one in March; ten join in February, of whom two
    /// leave in March. At the end of March.
    #[test]
    fn leavers_are_set_against_those_who_were_watched_so_long() {
        let cohorts = [
            (
                month("2026-01"),
                Cohort { joined: 10, left: vec![(month("2026-02"), 1), (month("2026-03"), 1)] },
            ),
            (month("2026-02"), Cohort { joined: 10, left: vec![(month("2026-03"), 2)] }),
        ];
        let points = survival(&cohorts, month("2026-04"));
        let shares: Vec<f64> =
            points.iter().map(|point| (point.share * 1e6).round() / 1e6).collect();
        // Month 0: 20 at risk, none left. Month 1: 20 at risk, 3 left. Month 2: 9 at risk, 1 left.
        assert_eq!(shares, [1.0, 0.85, 0.755_556]);
        assert_eq!(points[1].watched, 20);
        assert_eq!(points[2].watched, 9);
        // Greenwood: 0.85 × √(3 ÷ (20 × 17)) × 1.96.
        assert!((points[1].share - points[1].low - 0.156_5).abs() < 0.000_1);
    }

    #[test]
    fn who_joined_this_month_was_watched_no_month() {
        let now = month("2026-11");
        assert!(survival(&[(now, Cohort { joined: 3, left: vec![] })], now).is_empty());
        assert!(survival(&[], now).is_empty());
    }
}

//! What kept members who gave the same reason: a share with how sure it is, or that there are too few to tell.

kernel::codes! {
    /// Members who are compared with each other.
    pub enum MemberKind {
        /// Has the state pension age, or reaches it soon.
        Pension = "pension",
        Young = "young",
        Working = "working",
        Company = "company",
    }
}

/// So soon that it is on somebody's mind.
const SOON_MONTHS: i64 = 24;
const YOUNG_UNTIL: i16 = 29;

impl MemberKind {
    /// Of a person of so many years, who reaches the state pension age in so many months (less than none: has it).
    #[must_use]
    pub fn of_person(years: Option<i16>, months_to_pension: Option<i64>) -> Self {
        match (years, months_to_pension) {
            (_, Some(months)) if months <= SOON_MONTHS => Self::Pension,
            (Some(years), _) if years <= YOUNG_UNTIL => Self::Young,
            _ => Self::Working,
        }
    }
}

/// Of `cases`, how many were still members after the days that count.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    pub cases: i64,
    pub stayed: i64,
}

/// What a tally says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Says {
    /// Fewer cases than the rule asks for.
    TooFew { cases: i64 },
    /// Shares from 0 to 1; the band holds the true share in 95 of 100 such tallies.
    Share { cases: i64, share: f64, low: f64, high: f64 },
}

/// Two-sided 95 %.
const Z: f64 = 1.959_964;

impl Tally {
    /// Wilson's interval: it stays within 0 and 1 and is honest for few cases.
    /// Source: E. B. Wilson, "Probable inference", JASA 22 (1927).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of conversations")]
    pub fn says(self, cases_min: i64) -> Says {
        let Self { cases, stayed } = self;
        if cases < cases_min.max(1) {
            return Says::TooFew { cases };
        }
        let n = cases as f64;
        let share = stayed as f64 / n;
        let spread = Z * Z / n;
        let middle = (share + spread / 2.0) / (1.0 + spread);
        let half = Z / (1.0 + spread) * (share * (1.0 - share) / n + spread / (4.0 * n)).sqrt();
        Says::Share { cases, share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }
}

/// Whether the difference of two shares is more than chance: their bands do not touch.
#[must_use]
pub fn is_clearly_better(one: Says, other: Says) -> bool {
    match (one, other) {
        (Says::Share { low, .. }, Says::Share { high, .. }) => low > high,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_comes_with_its_band_and_few_cases_are_said_to_be_few() {
        let says = |cases, stayed| match (Tally { cases, stayed }).says(30) {
            Says::TooFew { cases } => format!("too few: {cases}"),
            Says::Share { share, low, high, .. } => {
                format!("{:.0} ({:.1} to {:.1})", share * 100.0, low * 100.0, high * 100.0)
            }
        };
        assert_eq!(says(0, 0), "too few: 0");
        assert_eq!(says(29, 29), "too few: 29");
        // Against an independent computation (scipy, binomtest, proportion_ci with wilson).
        assert_eq!(says(30, 30), "100 (88.6 to 100.0)");
        assert_eq!(says(212, 136), "64 (57.5 to 70.3)");
        assert_eq!(says(96, 36), "38 (28.5 to 47.5)");
        assert_eq!(says(100, 0), "0 (0.0 to 3.7)");
    }

    #[test]
    fn members_are_compared_with_their_like() {
        for (years, months, expected) in [
            (Some(66), Some(24), MemberKind::Pension),
            (Some(66), Some(25), MemberKind::Working),
            (Some(80), Some(-150), MemberKind::Pension),
            (Some(29), Some(450), MemberKind::Young),
            (Some(30), Some(450), MemberKind::Working),
            (None, None, MemberKind::Working),
        ] {
            assert_eq!(MemberKind::of_person(years, months), expected, "{years:?} {months:?}");
        }
    }

    #[test]
    fn only_bands_that_do_not_touch_tell_a_difference() {
        let tally = |cases, stayed| Tally { cases, stayed }.says(30);
        assert!(is_clearly_better(tally(212, 136), tally(96, 36)));
        // 57.5 to 70.3 and 44.0 to 58.1.
        assert!(!is_clearly_better(tally(212, 136), tally(188, 96)));
        assert!(!is_clearly_better(tally(10, 10), tally(96, 36)));
    }
}

//! The key figures with their formulas: what `/cijfers` shows, what the API answers and what associations exchange.

use std::collections::BTreeMap;

use crate::{Measure, Month};

kernel::codes! {
    /// The id of a figure; with its version it says what was counted, also to another association.
    pub enum Figure {
        Members = "members",
        Growth = "growth",
        NetGrowth = "net_growth",
        Joined = "joined",
        Left = "left",
        Inflow = "inflow",
        Outflow = "outflow",
        Retention = "retention",
        Renewal = "renewal",
        ContactCoverage = "contact_coverage",
        ContactCoverage24 = "contact_coverage_24",
        VisitCoverage = "visit_coverage",
        Contacts = "contacts",
        Visits = "visits",
        Conversations = "conversations",
        Retained = "retained",
        Wishes = "wishes",
        WishesSolved = "wishes_solved",
        AgreementsKept = "agreements_kept",
        ReachEmail = "reach_email",
        ReachMobile = "reach_mobile",
        ReachAddress = "reach_address",
    }
}

use Measure as M;

const JOINED: &[M] = &[M::JoinedNew, M::JoinedAgain, M::JoinedTransfer];
const LEFT: &[M] =
    &[M::LeftCancelled, M::LeftDeceased, M::LeftArrears, M::LeftExpelled, M::LeftTransfer];

/// How a figure is worked out of the measures of months.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Formula {
    /// Added over the months of the period.
    Sum(&'static [Measure]),
    /// What came less what went, over the period; who resumed is among them.
    Net,
    /// At the end of the period.
    Stock(Measure),
    /// (A1 − A0) ÷ A0
    Growth,
    /// Added over the period ÷ the average of A0 and A1.
    PerAverage(&'static [Measure]),
    /// At the end of the period ÷ members twelve months before.
    OfYearAgo(Measure),
    /// (members − new in twelve months) ÷ members twelve months before.
    Renewal,
    /// Both at the end of the period.
    Share { of: Measure, per: Measure },
    /// Both added over the period.
    Ratio { of: Measure, per: Measure },
}

/// How a value is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shown {
    Number,
    Percent,
}

/// A number, or one number set against another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Value {
    pub of: i64,
    pub per: Option<i64>,
}

impl Value {
    /// `None` where nothing is set against nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are fewer than 2^52")]
    pub fn number(self) -> Option<f64> {
        match self.per {
            None => Some(self.of as f64),
            Some(0) => None,
            Some(per) => Some(self.of as f64 / per as f64),
        }
    }
}

/// Measures of months along one line, added up.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sums(pub BTreeMap<(Measure, Month), i64>);

impl Sums {
    #[must_use]
    pub fn at(&self, measure: Measure, month: Month) -> i64 {
        self.0.get(&(measure, month)).copied().unwrap_or(0)
    }

    fn over(&self, measures: &[Measure], from: Month, to: Month) -> i64 {
        from.to(to).flat_map(|month| measures.iter().map(move |m| self.at(*m, month))).sum()
    }
}

impl Figure {
    /// Changes with the formula: what was counted by another is not compared with it.
    #[must_use]
    pub fn version(self) -> i64 {
        1
    }

    #[must_use]
    pub fn formula(self) -> Formula {
        match self {
            Self::Members => Formula::Stock(M::Members),
            Self::Growth => Formula::Growth,
            Self::NetGrowth => Formula::Net,
            Self::Joined => Formula::Sum(JOINED),
            Self::Left => Formula::Sum(LEFT),
            Self::Inflow => Formula::PerAverage(JOINED),
            Self::Outflow => Formula::PerAverage(LEFT),
            Self::Retention => Formula::OfYearAgo(M::Kept12),
            Self::Renewal => Formula::Renewal,
            Self::ContactCoverage => Formula::Share { of: M::Covered12, per: M::Members },
            Self::ContactCoverage24 => Formula::Share { of: M::Covered24, per: M::Members },
            Self::VisitCoverage => Formula::Share { of: M::Visited24, per: M::Members },
            Self::Contacts => Formula::Sum(&[M::Conversations, M::Visits]),
            Self::Visits => Formula::Sum(&[M::Visits]),
            Self::Conversations => Formula::Sum(&[M::Conversations]),
            Self::Retained => Formula::Sum(&[M::RetainedMembers]),
            Self::Wishes => Formula::Sum(&[M::Wishes]),
            Self::WishesSolved => Formula::Ratio { of: M::WishesSolved, per: M::WishesTold },
            Self::AgreementsKept => {
                Formula::Ratio { of: M::AgreementsInTime, per: M::AgreementsDue }
            }
            Self::ReachEmail => Formula::Share { of: M::WithEmail, per: M::Members },
            Self::ReachMobile => Formula::Share { of: M::WithMobile, per: M::Members },
            Self::ReachAddress => Formula::Share { of: M::WithAddress, per: M::Members },
        }
    }

    #[must_use]
    pub fn shown(self) -> Shown {
        match self.formula() {
            Formula::Sum(_) | Formula::Net | Formula::Stock(_) => Shown::Number,
            _ => Shown::Percent,
        }
    }

    /// Whether it adds up over the months of a period; others are what they are at its end, or an average.
    #[must_use]
    pub fn adds_up(self) -> bool {
        matches!(self.formula(), Formula::Sum(_) | Formula::Net)
    }

    /// Whether it sets today against a day of a year before: before the month is over it would be eleven months and some days.
    #[must_use]
    pub fn needs_whole_months(self) -> bool {
        matches!(self.formula(), Formula::OfYearAgo(_) | Formula::Renewal)
    }

    /// Whether a period has a value of its own, which is not that of its last month.
    #[must_use]
    pub fn is_of_a_period(self) -> bool {
        matches!(self.formula(), Formula::PerAverage(_) | Formula::Growth | Formula::Ratio { .. })
    }

    /// Whether a period begins at nothing and grows from there.
    #[must_use]
    pub fn begins_at_nothing(self) -> bool {
        matches!(self.formula(), Formula::PerAverage(_) | Formula::Growth)
    }

    /// How many months a month of it looks back over, itself among them: before so many are known it is too low.
    #[must_use]
    pub fn looks_back(self) -> i32 {
        match self {
            Self::ContactCoverage => 12,
            Self::ContactCoverage24 | Self::VisitCoverage => 24,
            _ => 1,
        }
    }

    /// Whether more is worse.
    #[must_use]
    pub fn less_is_better(self) -> bool {
        matches!(self, Self::Left | Self::Outflow)
    }

    /// Whether it is about members, who stand in a sector and a class and in no team.
    #[must_use]
    pub fn is_about_members(self) -> bool {
        self.measures().contains(&M::Members) || matches!(self, Self::Joined | Self::Left)
    }

    /// What it is worked out of.
    #[must_use]
    pub fn measures(self) -> Vec<Measure> {
        match self.formula() {
            Formula::Sum(measures) => measures.to_vec(),
            Formula::Net => [JOINED, LEFT, &[M::Resumed, M::Members]].concat(),
            Formula::Stock(measure) => vec![measure],
            Formula::Growth => vec![M::Members],
            Formula::PerAverage(measures) => [measures, &[M::Members]].concat(),
            Formula::OfYearAgo(measure) => vec![measure, M::Members],
            Formula::Renewal => vec![M::Members, M::New12],
            Formula::Share { of, per } | Formula::Ratio { of, per } => vec![of, per],
        }
    }

    /// The measures whose rows stand behind the number: what somebody sees who opens it.
    #[must_use]
    pub fn behind(self) -> Vec<Measure> {
        match self.formula() {
            Formula::Net | Formula::Growth => [JOINED, LEFT].concat(),
            Formula::Renewal => vec![M::New12],
            Formula::Share { of, .. } => vec![of],
            Formula::PerAverage(measures) => measures.to_vec(),
            _ => self.measures(),
        }
    }

    /// The first month that has to be known for a period that begins with `from` and ends with `to`.
    #[must_use]
    pub fn reaches_back(self, from: Month, to: Month) -> Month {
        match self.formula() {
            Formula::OfYearAgo(_) | Formula::Renewal => from.min(to.plus(-12)),
            Formula::Growth | Formula::PerAverage(_) => from.plus(-1),
            _ => from,
        }
    }

    /// The value over the months `from` to `to`, both included.
    #[must_use]
    pub fn value(self, sums: &Sums, from: Month, to: Month) -> Value {
        let members = |month| sums.at(M::Members, month);
        match self.formula() {
            Formula::Sum(measures) => Value { of: sums.over(measures, from, to), per: None },
            Formula::Net => {
                let came = sums.over(JOINED, from, to) + sums.over(&[M::Resumed], from, to);
                Value { of: came - sums.over(LEFT, from, to), per: None }
            }
            Formula::Stock(measure) => Value { of: sums.at(measure, to), per: None },
            Formula::Growth => {
                let before = members(from.plus(-1));
                Value { of: members(to) - before, per: Some(before) }
            }
            Formula::PerAverage(measures) => Value {
                of: sums.over(measures, from, to),
                per: Some((members(from.plus(-1)) + members(to) + 1) / 2),
            },
            Formula::OfYearAgo(measure) => {
                Value { of: sums.at(measure, to), per: Some(members(to.plus(-12))) }
            }
            Formula::Renewal => {
                Value { of: members(to) - sums.at(M::New12, to), per: Some(members(to.plus(-12))) }
            }
            Formula::Share { of, per } => {
                Value { of: sums.at(of, to), per: Some(sums.at(per, to)) }
            }
            Formula::Ratio { of, per } => {
                Value { of: sums.over(&[of], from, to), per: Some(sums.over(&[per], from, to)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(cells: &[(Measure, &str, i64)]) -> Sums {
        Sums(
            cells
                .iter()
                .map(|(measure, month, n)| ((*measure, month.parse().unwrap()), *n))
                .collect(),
        )
    }

    fn value(figure: Figure, sums: &Sums, from: &str, to: &str) -> Option<f64> {
        figure.value(sums, from.parse().unwrap(), to.parse().unwrap()).number()
    }

    #[test]
    fn every_formula_by_hand() {
        let known = sums(&[
            (M::Members, "2025-10", 100),
            (M::Members, "2025-12", 104),
            (M::Members, "2026-09", 110),
            (M::Members, "2026-10", 112),
            (M::JoinedNew, "2026-10", 4),
            (M::JoinedAgain, "2026-10", 1),
            (M::Resumed, "2026-10", 1),
            (M::LeftCancelled, "2026-10", 3),
            (M::LeftDeceased, "2026-10", 1),
            (M::Kept12, "2026-10", 90),
            (M::New12, "2026-10", 20),
            (M::Covered12, "2026-10", 56),
            (M::WishesSolved, "2026-09", 3),
            (M::WishesTold, "2026-09", 4),
            (M::WishesSolved, "2026-10", 1),
            (M::WishesTold, "2026-10", 4),
        ]);
        let october = |figure| value(figure, &known, "2026-10", "2026-10");
        assert_eq!(october(Figure::Members), Some(112.0));
        assert_eq!(october(Figure::Growth), Some(2.0 / 110.0));
        // The identity: 110 + 5 + 1 − 4 = 112.
        assert_eq!(october(Figure::NetGrowth), Some(2.0));
        assert_eq!(october(Figure::Joined), Some(5.0));
        assert_eq!(october(Figure::Left), Some(4.0));
        assert_eq!(october(Figure::Inflow), Some(5.0 / 111.0));
        assert_eq!(october(Figure::Retention), Some(0.9));
        assert_eq!(october(Figure::Renewal), Some(0.92));
        assert_eq!(october(Figure::ContactCoverage), Some(0.5));
        assert_eq!(october(Figure::WishesSolved), Some(0.25));
        assert_eq!(value(Figure::WishesSolved, &known, "2026-09", "2026-10"), Some(0.5));
        assert_eq!(value(Figure::Growth, &known, "2026-01", "2026-10"), Some(8.0 / 104.0));
        assert_eq!(october(Figure::AgreementsKept), None, "nothing was due");
    }

    #[test]
    fn a_figure_asks_for_what_it_needs() {
        let (from, to) = ("2026-10".parse().unwrap(), "2026-11".parse().unwrap());
        for figure in Figure::ALL {
            let first = figure.reaches_back(from, to);
            assert!(first <= from, "{figure}");
            assert!(!figure.measures().is_empty() && !figure.behind().is_empty(), "{figure}");
        }
        assert_eq!(Figure::Retention.reaches_back(from, to).to_string(), "2025-11");
        assert_eq!(Figure::Growth.reaches_back(from, to).to_string(), "2026-09");
    }
}

//! Agreements kept: done on or before the date ÷ due.

use jiff::civil::Date;

use crate::{Cell, Dim, Measure, Month, Universe};

/// What is known of an agreement, as far as it counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agreement {
    /// The day that was promised; it moves by the member's wish only.
    pub promised_on: Date,
    pub done_on: Option<Date>,
    pub dropped: bool,
    pub owner: Option<i64>,
    pub team: Option<i64>,
    pub sector: String,
    pub class: Option<i64>,
}

impl Agreement {
    /// Where it counts on `today`.
    #[must_use]
    pub fn cells(&self, today: Date) -> Vec<Cell> {
        if self.dropped || self.promised_on > today {
            return vec![];
        }
        let in_time = self.done_on.is_some_and(|done| done <= self.promised_on);
        let measures = [Some(Measure::AgreementsDue), in_time.then_some(Measure::AgreementsInTime)];
        let dims: Vec<Dim> = [
            Some(Dim::All),
            self.owner.map(Dim::User),
            self.team.map(Dim::Team),
            (!self.sector.is_empty()).then(|| Dim::Sector(self.sector.clone())),
            self.class.map(Dim::Class),
        ]
        .into_iter()
        .flatten()
        .collect();
        let month = Month::of(self.promised_on);
        measures
            .into_iter()
            .flatten()
            .flat_map(|measure| {
                dims.iter().map(move |dim| Cell {
                    universe: Universe::Work,
                    measure,
                    dim: dim.clone(),
                    month,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_once_its_day_is_there() {
        let day = |text: &str| text.parse().unwrap();
        let agreement = Agreement {
            promised_on: day("2026-11-27"),
            done_on: Some(day("2026-11-27")),
            dropped: false,
            owner: Some(7),
            team: None,
            sector: String::new(),
            class: None,
        };
        assert!(agreement.cells(day("2026-11-26")).is_empty());
        // Due and in time, of the association and of whose it is.
        assert_eq!(agreement.cells(day("2026-11-27")).len(), 4);
        let late = Agreement { done_on: Some(day("2026-11-28")), ..agreement.clone() };
        assert_eq!(late.cells(day("2026-12-01")).len(), 2);
        assert!(Agreement { dropped: true, ..agreement }.cells(day("2026-12-01")).is_empty());
    }
}

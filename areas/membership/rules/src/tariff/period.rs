use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Cents;

kernel::codes! {
    /// For how long an amount is.
    pub enum Per {
        Month = "month",
        Quarter = "quarter",
        HalfYear = "half_year",
        Year = "year",
    }
}

kernel::codes! {
    /// What who begins in the middle of a period pays for it.
    pub enum ProRata {
        /// All of it.
        None = "none",
        /// For each month of it that has not ended.
        Month = "month",
        /// For each day of it that has not ended.
        Day = "day",
    }
}

impl Per {
    #[must_use]
    pub fn months(self) -> i64 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    /// The first day of the period in which `day` lies. Periods are those of the calendar.
    #[must_use]
    pub fn first_day(self, day: Date) -> Date {
        let months = i8::try_from(self.months()).unwrap_or(1);
        let month = (day.month() - 1) / months * months + 1;
        day.first_of_month().with().month(month).build().unwrap_or(day)
    }

    /// What the period in which `day` lies is called: `2027-01`, `2027-q1`, `2027-h1` or `2027`.
    #[must_use]
    pub fn name(self, day: Date) -> String {
        let (year, month) = (day.year(), day.month());
        match self {
            Self::Month => format!("{year}-{month:02}"),
            Self::Quarter => format!("{year}-q{}", (month + 2) / 3),
            Self::HalfYear => format!("{year}-h{}", (month + 5) / 6),
            Self::Year => year.to_string(),
        }
    }

    /// The first day of the next period.
    #[must_use]
    pub fn next(self, day: Date) -> Option<Date> {
        self.first_day(day).checked_add(self.months().months()).ok()
    }
}

impl ProRata {
    /// What of `amount` is to be paid for the period in which the membership begins on `begins`, in whole cents, half a cent up.
    #[must_use]
    pub fn part(self, amount: Cents, per: Per, begins: Date) -> Cents {
        let first = per.first_day(begins);
        let Some(next) = per.next(begins) else { return amount };
        let days = |from: Date, until: Date| {
            i64::from(from.until(until).map_or(0, |span| span.get_days()))
        };
        let (left, whole) = match self {
            Self::None => (1, 1),
            Self::Month => (per.months() - i64::from(begins.month() - first.month()), per.months()),
            Self::Day => (days(begins, next), days(first, next)),
        };
        Cents((amount.0 * left * 2 + whole) / (whole * 2))
    }
}

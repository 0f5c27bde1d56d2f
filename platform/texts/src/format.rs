//! Days, times and numbers as the design guide writes them: `di 24 november`, `9:30`, `1.267`, `4:12 min`.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, ZonedDateTime};
use kernel::{Cents, local};

use crate::{Language, Texts};

const DAYS: [[&str; 7]; 2] = [
    ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];

const MONTHS: [[&str; 12]; 2] = [
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

impl Texts {
    /// `dinsdag`
    #[must_use]
    pub fn weekday(&self, weekday: Weekday) -> &'static str {
        DAYS[self.column()][usize::try_from(weekday.to_monday_zero_offset()).expect("0 to 6")]
    }

    /// `di 24 november`
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        format!("{} {} {}", self.short_weekday(day), day.day(), self.month(day))
    }

    /// `Dinsdag 24 november`, to begin a sentence.
    #[must_use]
    pub fn long_day(&self, day: Date) -> String {
        let weekday = self.weekday(day.weekday());
        let (first, rest) = weekday.split_at(1);
        format!("{}{rest} {} {}", first.to_uppercase(), day.day(), self.month(day))
    }

    /// `vr 27 nov`
    #[must_use]
    pub fn short_day(&self, day: Date) -> String {
        format!("{} {} {}", self.short_weekday(day), day.day(), self.short_month(day))
    }

    /// `1 maart 1984`
    #[must_use]
    pub fn date(&self, day: Date) -> String {
        format!("{} {} {}", day.day(), self.month(day), day.year())
    }

    /// `24-11-2026`, for columns.
    #[must_use]
    pub fn figure_date(&self, day: Date) -> String {
        match self.language() {
            Language::Dutch => format!("{:02}-{:02}-{}", day.day(), day.month(), day.year()),
            Language::English => format!("{:02}/{:02}/{}", day.day(), day.month(), day.year()),
        }
    }

    /// `9:30`
    #[must_use]
    pub fn time(&self, time: Time) -> String {
        format!("{}:{:02}", time.hour(), time.minute())
    }

    /// The time on the office wall.
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> String {
        self.time(local(at).time())
    }

    /// `8:40` today, `di 24 nov, 8:40` this year, `24 nov 2025` before.
    #[must_use]
    pub fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now): (ZonedDateTime, ZonedDateTime) = (local(at), local(now));
        if at.date() == now.date() {
            self.time(at.time())
        } else if at.year() == now.year() {
            format!("{}, {}", self.short_day(at.date()), self.time(at.time()))
        } else {
            self.recent_day(at.date(), now.date())
        }
    }

    /// `di 10 nov`; with the year instead of the weekday if it is another one.
    #[must_use]
    pub fn recent_day(&self, day: Date, today: Date) -> String {
        if day.year() == today.year() {
            self.short_day(day)
        } else {
            format!("{} {} {}", day.day(), self.short_month(day), day.year())
        }
    }

    /// `€ 1.234,56`, in English `€ 1,234.56`; `−` before it if it is less than nothing.
    #[must_use]
    pub fn money(&self, amount: Cents) -> String {
        let Cents(cents) = amount;
        let whole = self.number(i64::try_from(cents.unsigned_abs() / 100).unwrap_or(i64::MAX));
        let mark = if self.column() == 0 { ',' } else { '.' };
        let sign = if cents < 0 { "−" } else { "" };
        format!("{sign}€ {whole}{mark}{:02}", cents.unsigned_abs() % 100)
    }

    /// `1.267`
    #[must_use]
    pub fn number(&self, number: i64) -> String {
        let separator = match self.language() {
            Language::Dutch => '.',
            Language::English => ',',
        };
        let digits = number.unsigned_abs().to_string();
        // U+2212, as the design guide wants it.
        let mut shown = String::from(if number < 0 { "−" } else { "" });
        for (nr, digit) in digits.chars().enumerate() {
            if nr > 0 && (digits.len() - nr).is_multiple_of(3) {
                shown.push(separator);
            }
            shown.push(digit);
        }
        shown
    }

    /// `+1.267`, `−12`: what changed.
    #[must_use]
    pub fn change(&self, number: i64) -> String {
        if number > 0 { format!("+{}", self.number(number)) } else { self.number(number) }
    }

    /// `46%`; with a decimal below ten, where it makes a difference: `2,5%`.
    #[must_use]
    pub fn percent(&self, share: f64) -> String {
        let percent = share * 100.0;
        let shown = if percent.abs() < 9.95 && percent != 0.0 {
            format!("{:.1}", percent.abs())
        } else {
            format!("{:.0}", percent.abs())
        };
        let shown = match self.language() {
            Language::Dutch => shown.replace('.', ","),
            Language::English => shown,
        };
        let sign = if percent < -0.05 { "−" } else { "" };
        format!("{sign}{shown}%")
    }

    /// `november 2026`
    #[must_use]
    pub fn month_of(&self, day: Date) -> String {
        format!("{} {}", self.month(day), day.year())
    }

    /// `december`
    #[must_use]
    pub fn month_name(&self, day: Date) -> &'static str {
        self.month(day)
    }

    /// `nov`
    #[must_use]
    pub fn short_month_of(&self, day: Date) -> &'static str {
        self.short_month(day)
    }

    /// A length of time that never looks like a time of day: `4:12 min`, `3:52 uur`.
    #[must_use]
    pub fn duration(&self, seconds: i64) -> String {
        let unit = match self.language() {
            Language::Dutch => "uur",
            Language::English => "h",
        };
        if seconds < 3600 {
            format!("{}:{:02} min", seconds / 60, seconds % 60)
        } else {
            format!("{}:{:02} {unit}", seconds / 3600, seconds % 3600 / 60)
        }
    }

    /// `7:00`, where the unit stands beside it.
    #[must_use]
    pub fn hours(&self, seconds: i64) -> String {
        format!("{}:{:02}", seconds / 3600, seconds % 3600 / 60)
    }

    fn short_weekday(&self, day: Date) -> &'static str {
        let letters = match self.language() {
            Language::Dutch => 2,
            Language::English => 3,
        };
        &self.weekday(day.weekday())[..letters]
    }

    fn month(&self, day: Date) -> &'static str {
        MONTHS[self.column()][usize::try_from(day.month() - 1).expect("0 to 11")]
    }

    fn short_month(&self, day: Date) -> &'static str {
        match (self.language(), day.month()) {
            // `maa` is no word; `mrt` is.
            (Language::Dutch, 3) => "mrt",
            _ => &self.month(day)[..3],
        }
    }

    fn column(&self) -> usize {
        match self.language() {
            Language::Dutch => 0,
            Language::English => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalogue, Language, Texts};

    fn both() -> (Texts, Texts) {
        let catalogue = Catalogue::new(&[]);
        (catalogue.texts(Language::Dutch), catalogue.texts(Language::English))
    }

    #[test]
    fn days_and_times_as_people_write_them() {
        let (nl, en) = both();
        let day = "2026-11-24".parse().unwrap();
        assert_eq!((nl.day(day), en.day(day)), ("di 24 november".into(), "Tue 24 November".into()));
        assert_eq!(nl.long_day(day), "Dinsdag 24 november");
        assert_eq!(nl.short_day("2027-03-01".parse().unwrap()), "ma 1 mrt");
        assert_eq!(nl.date("1984-03-01".parse().unwrap()), "1 maart 1984");
        let at = |text: &str| text.parse().unwrap();
        let now = at("2026-11-24T09:00:00Z");
        for (moment, shown) in [
            ("2026-11-24T07:40:00Z", "8:40"),
            ("2026-10-14T07:40:00Z", "wo 14 okt, 9:40"),
            ("2023-11-02T07:40:00Z", "2 nov 2023"),
        ] {
            assert_eq!(nl.moment(at(moment), now), shown);
        }
    }

    #[test]
    fn shares_and_changes() {
        let (nl, en) = both();
        assert_eq!((nl.percent(0.456), nl.percent(0.025)), ("46%".into(), "2,5%".into()));
        assert_eq!((en.percent(-0.025), nl.percent(0.0)), ("−2.5%".into(), "0%".into()));
        assert_eq!((nl.change(1267), nl.change(-12)), ("+1.267".into(), "−12".into()));
        assert_eq!(nl.month_of("2026-11-24".parse().unwrap()), "november 2026");
    }

    #[test]
    fn numbers_and_durations() {
        let (nl, en) = both();
        assert_eq!(
            (nl.number(1_267), en.number(-1_234_567)),
            ("1.267".into(), "−1,234,567".into())
        );
        assert_eq!(nl.number(12), "12");
        assert_eq!((nl.duration(252), nl.duration(13_920)), ("4:12 min".into(), "3:52 uur".into()));
        assert_eq!(nl.hours(25_200), "7:00");
    }
}

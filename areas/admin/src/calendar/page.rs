use askama::Template;
use jiff::civil::Date;
use rulebook::StoredDay;
use serde::Deserialize;
use texts::Texts;

/// The form as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DayForm {
    pub day: String,
    pub name: String,
    pub legal: String,
    pub office: String,
    pub lines: String,
    pub outbound: String,
    pub until: String,
    pub bank: String,
    pub source: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Day,
    Name,
    Until,
    /// On this day nothing would be different.
    Nothing,
    Source,
}

impl DayForm {
    pub(super) fn of(stored: &StoredDay) -> Self {
        let tick = |flag: bool| if flag { "ja".to_owned() } else { String::new() };
        Self {
            day: stored.day.to_string(),
            name: stored.name.clone(),
            legal: tick(stored.legal_term_holiday),
            office: tick(stored.office_closed),
            lines: tick(stored.phone_lines_closed),
            outbound: tick(stored.outbound_forbidden),
            until: stored
                .outbound_until
                .map(|time| time.strftime("%H:%M").to_string())
                .unwrap_or_default(),
            bank: tick(stored.target2_closed),
            source: stored.source.clone(),
        }
    }

    pub(super) fn read(&self) -> Result<StoredDay, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let day = kernel::parse_day(&self.day);
        if day.is_none() {
            wrong.push(Wrong::Day);
        }
        let is_line = |text: &str| (1..=200).contains(&text.chars().count());
        let (name, source) = (self.name.trim().to_owned(), self.source.trim().to_owned());
        if !is_line(&name) {
            wrong.push(Wrong::Name);
        }
        if !is_line(&source) {
            wrong.push(Wrong::Source);
        }
        let typed = !self.until.trim().is_empty();
        let outbound_until = kernel::parse_time(&self.until);
        if typed && outbound_until.is_none() {
            wrong.push(Wrong::Until);
        }
        let flags = [&self.legal, &self.office, &self.lines, &self.outbound, &self.bank];
        if !typed && flags.iter().all(|flag| flag.is_empty()) {
            wrong.push(Wrong::Nothing);
        }
        match day {
            Some(day) if wrong.is_empty() => Ok(StoredDay {
                day,
                name,
                legal_term_holiday: !self.legal.is_empty(),
                office_closed: !self.office.is_empty(),
                phone_lines_closed: !self.lines.is_empty(),
                outbound_forbidden: !self.outbound.is_empty(),
                outbound_until,
                target2_closed: !self.bank.is_empty(),
                source,
                // Whoever enters it answers for it.
                grade: "D".into(),
            }),
            _ => Err(wrong),
        }
    }
}

#[derive(Template)]
#[template(path = "calendar.html")]
pub(super) struct CalendarPage<'a> {
    pub t: &'a Texts,
    pub year: i16,
    pub days: Vec<StoredDay>,
    pub form: &'a DayForm,
    pub wrong: &'a [Wrong],
    pub may_change: bool,
    pub done: Option<&'static str>,
}

impl CalendarPage<'_> {
    /// What is different on a day, in words.
    fn flags(&self, day: &StoredDay) -> Vec<String> {
        let mut words: Vec<String> = [
            (day.office_closed, "admin-day-office"),
            (day.phone_lines_closed, "admin-day-lines"),
            (day.outbound_forbidden, "admin-day-outbound"),
            (day.legal_term_holiday, "admin-day-legal"),
            (day.target2_closed, "admin-day-bank"),
        ]
        .into_iter()
        .filter(|(flag, _)| *flag)
        .map(|(_, text)| self.t.get(text))
        .collect();
        words.extend(
            day.outbound_until
                .map(|until| self.t.with("admin-day-until-words", "time", self.t.time(until))),
        );
        words
    }

    fn is_unverified(&self, day: &StoredDay) -> bool {
        matches!(day.grade.as_str(), "C" | "U")
    }

    fn weekday(&self, day: &Date) -> &'static str {
        self.t.weekday(day.weekday())
    }

    fn boxes(&self) -> [(&'static str, &'static str, bool); 5] {
        let form = self.form;
        [
            ("office", "admin-day-office", !form.office.is_empty()),
            ("lines", "admin-day-lines", !form.lines.is_empty()),
            ("outbound", "admin-day-outbound", !form.outbound.is_empty()),
            ("legal", "admin-day-legal", !form.legal.is_empty()),
            ("bank", "admin-day-bank", !form.bank.is_empty()),
        ]
    }

    fn why(&self, field: &str) -> Option<String> {
        self.wrong.iter().find_map(|wrong| {
            let (of, text) = match wrong {
                Wrong::Day => ("day", "admin-wrong-date"),
                Wrong::Name => ("name", "admin-wrong-day-name"),
                Wrong::Until => ("until", "admin-wrong-time"),
                Wrong::Nothing => ("flags", "admin-wrong-nothing"),
                Wrong::Source => ("source", "admin-wrong-source"),
            };
            (of == field).then(|| self.t.get(text))
        })
    }
}

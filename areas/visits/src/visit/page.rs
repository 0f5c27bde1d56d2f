use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::UserId;
use people::contact_person::Spokesperson;
use service::Colleague;
use service::agreement::Agreement;
use service::theme::Theme;
use service::wish::Wish;
use texts::Texts;
use visits_rules::norm::Status;
use visits_rules::report::{DropWhy, Field, NotMetWhy, State};
use web::Fields;
use web::ui::Html;

use super::store::{Conflict, Standing, Visit};
use crate::due::{Listed, Shown};
use crate::norm::{StoredNorm, name as norm_name};

/// `/bezoeken`: my days, and who is due.
#[derive(Template)]
#[template(path = "visits.html")]
pub(super) struct VisitsPage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    /// Late ones first, then by day, in the order of the way.
    pub planned: Vec<Visit>,
    pub due: Vec<Listed>,
    pub counts: [i64; 4],
    pub status: Shown,
    /// Whether the list ends before everybody is on it.
    pub is_cut: bool,
    pub norm: Option<i64>,
    pub norms: Vec<StoredNorm>,
    /// Whether all visits are shown, or own ones.
    pub shows_all: bool,
    pub may_see_all: bool,
    pub next_week: Date,
    pub notice: Option<String>,
}

/// One day of the plan.
struct Day<'a> {
    title: String,
    is_late: bool,
    visits: Vec<&'a Visit>,
}

impl VisitsPage<'_> {
    fn days(&self) -> Vec<Day<'_>> {
        let mut days: Vec<(Option<Date>, Vec<&Visit>)> = Vec::new();
        for visit in &self.planned {
            let day = visit.planned_on.filter(|day| *day >= self.today);
            match days.last_mut() {
                Some((last, visits)) if *last == day => visits.push(visit),
                _ => days.push((day, vec![visit])),
            }
        }
        days.into_iter()
            .map(|(day, visits)| Day {
                title: match day {
                    None => self.t.get("visits-late"),
                    Some(day) if day == self.today => self.t.get("visits-today"),
                    Some(day) => self.t.long_day(day),
                },
                is_late: day.is_none(),
                visits,
            })
            .collect()
    }

    /// The time, or of a late one the day.
    fn when(&self, visit: &Visit) -> String {
        match (visit.planned_on, visit.planned_time) {
            (Some(day), _) if day < self.today => self.t.recent_day(day, self.today),
            (_, Some(time)) => self.t.time(time),
            _ => String::new(),
        }
    }

    fn shows_pressing(&self) -> bool {
        self.status == Shown::Pressing
    }

    /// The states with their numbers, as a choice.
    fn states(&self) -> Vec<(&'static str, String, String, bool)> {
        Status::ALL
            .iter()
            .zip(self.counts)
            .map(|(status, count)| {
                (
                    status.code(),
                    self.t.get(status_text(*status)),
                    self.t.number(count),
                    self.status == Shown::Only(*status),
                )
            })
            .collect()
    }

    fn norm_name(&self, norm: &StoredNorm) -> String {
        norm_name(self.t, norm)
    }

    fn is_norm(&self, norm: &StoredNorm) -> bool {
        self.norm == Some(norm.nr)
    }

    fn class(&self, listed: &Listed) -> String {
        let norm = self.norms.iter().find(|norm| Some(norm.nr) == listed.norm_nr);
        norm.map(|norm| norm_name(self.t, norm)).unwrap_or_default()
    }

    fn due_on(&self, listed: &Listed) -> String {
        self.t.recent_day(listed.due_on, self.today)
    }

    fn is_overdue(&self, listed: &Listed) -> bool {
        listed.planned_on.is_none() && listed.due_on < self.today
    }

    fn last(&self, listed: &Listed) -> String {
        listed
            .last_on
            .map_or_else(|| self.t.get("visits-never"), |day| self.t.recent_day(day, self.today))
    }

    fn planned_on(&self, listed: &Listed) -> Option<String> {
        listed.planned_on.map(|day| self.t.recent_day(day, self.today))
    }

    fn week(&self) -> String {
        self.t.day(self.next_week)
    }
}

pub(crate) fn status_text(status: Status) -> &'static str {
    match status {
        Status::Overdue => "visits-status-overdue",
        Status::Due => "visits-status-due",
        Status::Planned => "visits-status-planned",
        Status::Covered => "visits-status-covered",
    }
}

/// Plans one visit.
#[derive(Template)]
#[template(path = "visit_new.html")]
pub(super) struct NewPage<'a> {
    pub t: &'a Texts,
    pub place_id: String,
    pub place: String,
    /// Other doors of the same member.
    pub places: Vec<(String, String)>,
    pub on: &'a str,
    pub at: &'a str,
    pub visitor: &'a str,
    pub visitors: Vec<Colleague>,
    pub may_choose: bool,
    pub wrong: Option<&'static str>,
}

impl NewPage<'_> {
    fn is_visitor(&self, colleague: &Colleague) -> bool {
        self.visitor == colleague.id.to_string()
    }
}

/// What one should know before going in.
#[derive(Template)]
#[template(path = "visit_remember.html")]
pub(super) struct Remember<'a> {
    pub t: &'a Texts,
    pub today: Date,
    /// What was brought home the time before, with its day.
    pub before: Option<(Date, String)>,
    pub wishes: Vec<Wish>,
    pub agreements: Vec<Agreement>,
}

impl Remember<'_> {
    fn before(&self) -> Option<(String, &str)> {
        let (day, words) = self.before.as_ref()?;
        Some((self.t.recent_day(*day, self.today), words))
    }

    fn day(&self, day: &Date) -> String {
        self.t.recent_day(*day, self.today)
    }
}

/// One visit: what to know before it, and the report.
#[derive(Template)]
#[template(path = "visit.html")]
pub(crate) struct VisitPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub today: Date,
    pub user: UserId,
    pub visit: Visit,
    pub contacts: Vec<Spokesperson>,
    pub themes: Vec<Theme>,
    pub colleagues: Vec<Colleague>,
    pub visitors: Vec<Colleague>,
    /// What stands in the report.
    pub values: Vec<Standing>,
    pub conflicts: Vec<Conflict>,
    /// The panel of what one should know, which follows what the office does.
    pub remember: Html,
    pub may_report: bool,
    pub may_give: bool,
    /// What was typed, where it was refused.
    pub typed: Option<&'a Fields>,
    pub wrong: Option<&'static str>,
    pub notice: Option<String>,
}

/// The same on a telephone without a signal: what to know, the report, and that nobody was met.
#[derive(Template)]
#[template(path = "away_visit.html")]
pub(crate) struct AwayVisit<'a>(pub VisitPage<'a>);

impl<'a> std::ops::Deref for AwayVisit<'a> {
    type Target = VisitPage<'a>;

    fn deref(&self) -> &VisitPage<'a> {
        &self.0
    }
}

impl VisitPage<'_> {
    fn is_planned(&self) -> bool {
        self.visit.state == State::Planned
    }

    fn is_over(&self) -> bool {
        matches!(self.visit.state, State::NotMet | State::Dropped)
    }

    fn is_late(&self) -> bool {
        self.visit.is_late(self.today)
    }

    fn lead(&self) -> String {
        let day = self.visit.visited_on.or(self.visit.planned_on);
        let mut parts = Vec::new();
        if let Some(day) = day {
            let day = self.t.day(day);
            parts.push(match self.visit.planned_time {
                Some(time) if self.is_planned() => format!("{day}, {}", self.t.time(time)),
                _ => day,
            });
        }
        parts.extend([
            self.visit.street_line(),
            self.visit.town.clone(),
            self.visit.formula.clone(),
            self.visit.visitor.clone(),
        ]);
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// To the navigation of the telephone: it gets where to go, and nothing of who lives there.
    fn navigate(&self) -> Option<String> {
        use std::fmt::Write as _;

        let degrees = |e6: i64| format!("{}.{:06}", e6 / 1_000_000, (e6 % 1_000_000).abs());
        if let Some(point) = self.visit.point() {
            return Some(format!("geo:{},{}", degrees(point.lat_e6), degrees(point.lon_e6)));
        }
        let address =
            [self.visit.street_line(), self.visit.postcode.clone(), self.visit.town.clone()];
        let address = address.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        if address.is_empty() {
            return None;
        }
        let mut url = String::from("geo:0,0?q=");
        for byte in address.join(" ").bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => url.push(char::from(byte)),
                // Writing to a string cannot fail.
                _ => write!(url, "%{byte:02X}").expect("room in a string"),
            }
        }
        Some(url)
    }

    fn state(&self) -> String {
        self.t.get(match self.visit.state {
            State::Planned if self.is_late() => "visits-late-badge",
            State::Planned => "visits-status-planned",
            State::Reported => "visits-reported",
            State::NotMet => "visits-not-met",
            State::Dropped => "visits-dropped",
        })
    }

    fn tone(&self) -> &'static str {
        match self.visit.state {
            State::Planned if self.is_late() => "badge--bad",
            State::Planned => "badge--next",
            State::Reported => "badge--good",
            State::NotMet | State::Dropped => "badge--line",
        }
    }

    fn why(&self) -> Option<String> {
        let why = self.visit.why.as_deref()?;
        let text = match why.parse::<NotMetWhy>() {
            Ok(why) => not_met_text(why),
            Err(_) => drop_text(why.parse().ok()?),
        };
        Some(self.t.get(text))
    }

    /// What stands in a field, or what was typed over it.
    fn value(&self, field: Field) -> String {
        match self.typed {
            Some(typed) => typed.all(field.code()).collect::<Vec<_>>().join(","),
            None => self.stored(field).map(|value| value.value.clone()).unwrap_or_default(),
        }
    }

    fn stored(&self, field: Field) -> Option<&Standing> {
        self.values.iter().find(|value| value.field == field)
    }

    /// The number of the value that this page shows.
    fn seen(&self) -> Vec<(String, String)> {
        Field::ALL
            .iter()
            .map(|field| {
                let name = format!("seen_{field}");
                let shown = self.stored(*field).map_or(0, |value| value.nr).to_string();
                let seen = match self.typed {
                    Some(typed) => typed.text(&name).to_owned(),
                    None => shown,
                };
                (name, seen)
            })
            .collect()
    }

    fn has(&self, field: Field, id: &str) -> bool {
        self.value(field).split(',').any(|found| found == id)
    }

    fn spoke(&self, contact: &Spokesperson) -> bool {
        self.has(Field::Spoke, &contact.person_id.to_string())
    }

    fn has_left(&self, contact: &Spokesperson) -> bool {
        let id = contact.id.to_string();
        self.typed.is_some_and(|typed| typed.all("left").any(|left| left == id))
    }

    fn somebody_left(&self) -> bool {
        self.typed.is_some_and(|typed| typed.all("left").next().is_some())
    }

    /// Whether somebody new was written down, or has to be: nobody is known here.
    fn is_met_open(&self) -> bool {
        let names = ["met_first_name", "met_last_name", "met_role", "met_mobile"];
        self.contacts.is_empty() || names.iter().any(|name| !self.typed(name).is_empty())
    }

    fn is_topic(&self, theme: &Theme) -> bool {
        self.has(Field::Topics, &theme.id.to_string())
    }

    fn theme_name(&self, theme: &Theme) -> String {
        let english = self.t.language().code() == "en" && !theme.name_en.is_empty();
        if english { theme.name_en.clone() } else { theme.name_nl.clone() }
    }

    fn lives(&self) -> String {
        self.value(Field::Lives)
    }

    fn moods(&self) -> Vec<(u8, String, bool)> {
        let chosen = self.value(Field::Mood);
        (1..=5)
            .map(|nr| {
                let text = self.t.get(&format!("visits-mood-{nr}"));
                (nr, text, chosen == nr.to_string())
            })
            .collect()
    }

    fn again(&self) -> String {
        self.value(Field::Again)
    }

    /// In three months, in six, in a year: days that most choose.
    fn agains(&self) -> Vec<(String, String, bool)> {
        let from = self.visit.visited_on.unwrap_or(self.today);
        let again = self.again();
        [3, 6, 12]
            .into_iter()
            .map(|months| {
                let day = from.saturating_add(jiff::Span::new().months(months)).to_string();
                let text = self.t.with("visits-again-months", "n", months);
                let is_chosen = again == day;
                (day, text, is_chosen)
            })
            .collect()
    }

    /// A day that none of the choices is.
    fn again_other(&self) -> String {
        let again = match self.typed {
            Some(typed) if !typed.text("again_other").is_empty() => {
                typed.text("again_other").into()
            }
            _ => self.again(),
        };
        if self.agains().iter().any(|(day, ..)| *day == again) { String::new() } else { again }
    }

    fn typed(&self, name: &str) -> String {
        self.typed.map(|typed| typed.text(name).to_owned()).unwrap_or_default()
    }

    /// What was typed in the row `nr` of several with this name.
    fn typed_in(&self, name: &str, nr: &usize) -> String {
        let typed = self.typed.and_then(|typed| typed.all(name).nth(*nr));
        typed.unwrap_or_default().to_owned()
    }

    /// Whether a row after the first was filled in, so that it stands open.
    fn has_more(&self, name: &str) -> bool {
        self.typed.is_some_and(|typed| typed.all(name).skip(1).any(|text| !text.is_empty()))
    }

    fn owns(&self, nr: &usize, colleague: &Colleague) -> bool {
        match self.typed_in("agreement_owner", nr).as_str() {
            "" => self.is_me(colleague),
            typed => typed == colleague.id.to_string(),
        }
    }

    fn is_about(&self, nr: &usize, theme: &Theme) -> bool {
        self.typed_in("wish_theme", nr) == theme.id.to_string()
    }

    fn field_name(&self, conflict: &Conflict) -> String {
        self.t.get(match conflict.field {
            Field::Spoke => "visits-spoke",
            Field::Topics => "visits-topics",
            Field::Lives => "visits-lives",
            Field::Mood => "visits-mood",
            Field::Again => "visits-again",
        })
    }

    /// Words as they can be read: names instead of ids.
    fn readable(&self, field: &Field, value: &str) -> String {
        let named = |find: &dyn Fn(&str) -> Option<String>| {
            value
                .split(',')
                .map(|id| find(id).unwrap_or_else(|| id.to_owned()))
                .collect::<Vec<_>>()
                .join(", ")
        };
        match field {
            Field::Spoke => named(&|id| {
                let found = self.contacts.iter().find(|one| one.person_id.to_string() == id)?;
                Some(found.name().spoken())
            }),
            Field::Topics => named(&|id| {
                let found = self.themes.iter().find(|one| one.id.to_string() == id)?;
                Some(self.theme_name(found))
            }),
            Field::Again => value
                .parse()
                .map_or_else(|_| value.to_owned(), |day| self.t.recent_day(day, self.today)),
            Field::Lives | Field::Mood => value.to_owned(),
        }
    }

    fn stands_nr(&self, conflict: &Conflict) -> i64 {
        self.stored(conflict.field).map_or(0, |value| value.nr)
    }

    /// Themes that ended since: the report goes on naming them.
    fn ended_topics(&self) -> Vec<String> {
        let value = self.value(Field::Topics);
        let is_there = |id: &str| self.themes.iter().any(|theme| theme.id.to_string() == id);
        value.split(',').filter(|id| !id.is_empty() && !is_there(id)).map(str::to_owned).collect()
    }

    /// What this form is known by.
    fn key(&self) -> String {
        let typed = self.typed("key");
        if typed.is_empty() { db::new_id().to_string() } else { typed }
    }

    fn stands(&self, conflict: &Conflict) -> String {
        self.stored(conflict.field)
            .map_or_else(String::new, |value| self.readable(&value.field, &value.value))
    }

    fn stands_by(&self, conflict: &Conflict) -> String {
        let value = self.stored(conflict.field);
        value.and_then(|value| value.by.clone()).unwrap_or_default()
    }

    fn saved(&self) -> Option<String> {
        let last = self.values.iter().max_by_key(|value| value.at)?;
        let by = last.by.as_deref().unwrap_or_default();
        Some(format!("{}, {by}", self.t.moment(last.at, self.now)))
    }

    fn not_met_whys(&self) -> Vec<(&'static str, String)> {
        NotMetWhy::ALL.iter().map(|why| (why.code(), self.t.get(not_met_text(*why)))).collect()
    }

    fn drop_whys(&self) -> Vec<(&'static str, String)> {
        DropWhy::ALL.iter().map(|why| (why.code(), self.t.get(drop_text(*why)))).collect()
    }

    fn planned_day(&self) -> String {
        self.visit.planned_on.map(|day| day.to_string()).unwrap_or_default()
    }

    fn planned_time(&self) -> String {
        let time = self.visit.planned_time;
        time.map(|time| time.strftime("%H:%M").to_string()).unwrap_or_default()
    }

    fn is_visitor(&self, colleague: &Colleague) -> bool {
        self.visit.user_id == colleague.id
    }

    fn is_me(&self, colleague: &Colleague) -> bool {
        self.user == colleague.id
    }
}

fn not_met_text(why: NotMetWhy) -> &'static str {
    match why {
        NotMetWhy::Closed => "visits-why-closed",
        NotMetWhy::NobodyThere => "visits-why-nobody-there",
        NotMetWhy::NoTime => "visits-why-no-time",
        NotMetWhy::WrongAddress => "visits-why-wrong-address",
    }
}

fn drop_text(why: DropWhy) -> &'static str {
    match why {
        DropWhy::NoNeed => "visits-why-no-need",
        DropWhy::MemberLeft => "visits-why-member-left",
        DropWhy::Other => "visits-why-other",
    }
}

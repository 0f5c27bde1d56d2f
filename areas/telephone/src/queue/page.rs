use std::collections::BTreeMap;

use askama::Template;
use jiff::Timestamp;
use jiff::civil::DateTime;
use kernel::{QueueId, SkillId, TeamId, UserId, WorkCalendar};
use telephone_rules::settings::{Announcement, Then, Who};
use texts::{Language, Texts};
use web::Fields;

use super::announcement::{Announced, Filled, said, shipped};
use super::form::{
    ANSWERED, CALL_ME_BACK, CIRCLES, HANG_UP, THENS, WrongField, typed_windows, who_code,
};
use super::number::{Number, answered_until};
use super::recording::Recording;
use super::skill::Skill;
use super::store::Stored;

/// Names of what a queue speaks of.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub teams: Vec<(TeamId, String)>,
    pub skills: Vec<Skill>,
    pub queues: Vec<(QueueId, String)>,
}

impl Names {
    pub(super) fn skill<'a>(t: &Texts, skill: &'a Skill) -> &'a str {
        match t.language() {
            Language::Dutch => &skill.name_nl,
            Language::English => &skill.name_en,
        }
    }

    pub(super) fn who(&self, t: &Texts, who: Who) -> String {
        let gone = || t.get("telephone-queue-gone");
        match who {
            Who::Everybody => t.get("telephone-queue-everybody"),
            Who::Team(id) => {
                let found = self.teams.iter().find(|(team, _)| *team == id);
                found.map_or_else(gone, |(_, name)| name.clone())
            }
            Who::Skilled(id) => {
                let found = self.skills.iter().find(|skill| skill.id == id);
                found.map_or_else(gone, |skill| Self::skill(t, skill).to_owned())
            }
        }
    }

    pub(super) fn queue(&self, t: &Texts, id: QueueId) -> String {
        let found = self.queues.iter().find(|(queue, _)| *queue == id);
        found.map_or_else(|| t.get("telephone-queue-gone"), |(_, name)| name.clone())
    }

    pub(super) fn then(&self, t: &Texts, then: Option<Then>) -> String {
        match then {
            None => t.get("telephone-queue-then-answered"),
            Some(Then::HangUp) => t.get("telephone-queue-then-hang-up"),
            Some(Then::CallMeBack) => t.get("telephone-queue-then-call-me-back"),
            Some(Then::Queue(id)) => {
                t.with("telephone-queue-then-queue", "queue", self.queue(t, id))
            }
        }
    }
}

/// What waited today, from the counters of the log.
pub(super) struct Today(pub BTreeMap<String, (i64, i64)>);

impl Today {
    fn n(&self, kind: &str) -> i64 {
        self.0.get(kind).map_or(0, |(n, _)| *n)
    }

    /// Answered in time ÷ (answered + hung up while waiting); who hung up at once is not counted (features §J1).
    pub(super) fn level(&self) -> Option<f64> {
        let counted = self.n("calls_answered") + self.n("calls_abandoned");
        #[expect(clippy::cast_precision_loss, reason = "calls of one day")]
        (counted > 0).then(|| self.n("calls_answered_in_time") as f64 / counted as f64)
    }
}

/// `/beheer/wachtrijen`
#[derive(Template)]
#[template(path = "queues.html")]
pub(super) struct QueuesPage<'a> {
    pub t: &'a Texts,
    pub queues: &'a [Stored],
    pub names: &'a Names,
    pub waiting: BTreeMap<QueueId, i64>,
    pub numbers: &'a [Number],
    /// Each skill with the names of those who have it.
    pub skilled: Vec<(&'a Skill, Vec<String>)>,
    pub today: Today,
    pub calendar: &'a WorkCalendar,
    pub now: DateTime,
    pub may_change: bool,
    pub notice: Option<String>,
    /// What is asked: which queue, which day, what time.
    pub tried: &'a Fields,
    /// What would happen to that call; `None`: nothing was asked.
    pub trial: Option<Vec<String>>,
}

impl QueuesPage<'_> {
    fn is_tried(&self, queue: &Stored) -> bool {
        self.tried.text("rij") == queue.id.to_string()
    }

    fn tried_day(&self) -> String {
        match self.tried.text("dag") {
            "" => self.now.date().to_string(),
            day => day.to_owned(),
        }
    }

    fn tried_time(&self) -> String {
        match self.tried.text("tijd") {
            "" => self.now.strftime("%H:%M").to_string(),
            time => time.to_owned(),
        }
    }

    fn waits(&self, queue: &Stored) -> i64 {
        self.waiting.get(&queue.id).copied().unwrap_or(0)
    }

    fn hours_today(&self, queue: &Stored) -> String {
        let windows = queue.queue.hours.on(self.now.date(), self.calendar);
        if windows.is_empty() {
            self.t.get("telephone-queue-closed-today")
        } else {
            typed_windows(&windows)
        }
    }

    /// `Ledenservice; na 60 seconden ook iedereen`
    fn answers(&self, queue: &Stored) -> String {
        let one = |circle: &telephone_rules::settings::Circle| {
            let who = self.names.who(self.t, circle.who);
            if circle.after.is_zero() {
                who
            } else {
                let after = circle.after.as_secs();
                self.t.fill("telephone-queue-also", [("n", after.into()), ("who", who.into())])
            }
        };
        queue.queue.circles.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    fn skill<'b>(&self, skill: &'b Skill) -> &'b str {
        Names::skill(self.t, skill)
    }

    fn level(&self) -> String {
        self.today.level().map_or_else(|| "–".into(), |level| self.t.percent(level))
    }

    /// Each figure of today with its text.
    fn figures(&self) -> [(&'static str, String); 7] {
        let n = |kind| self.t.number(self.today.n(kind));
        [
            ("telephone-figure-queued", n("calls_queued")),
            ("telephone-figure-answered", n("calls_answered")),
            ("telephone-figure-abandoned", n("calls_abandoned")),
            ("telephone-figure-called-back", n("calls_called_back")),
            ("telephone-figure-callback", n("calls_to_callback")),
            ("telephone-figure-turned-away", n("calls_turned_away")),
            ("telephone-figure-missed", n("missed_offers")),
        ]
    }
}

/// `/beheer/wachtrijen/nieuw` and `/beheer/wachtrijen/{id}`
#[derive(Template)]
#[template(path = "queue.html")]
pub(super) struct QueuePage<'a> {
    pub t: &'a Texts,
    pub id: Option<QueueId>,
    pub typed: &'a Fields,
    pub names: &'a Names,
    pub versions: &'a [Stored],
    pub wrong: Option<WrongField>,
    pub may_change: bool,
    pub now: Timestamp,
}

impl QueuePage<'_> {
    fn title(&self) -> String {
        let newest = self.versions.first().map(|version| version.name.clone());
        newest.unwrap_or_else(|| self.t.get("telephone-queue-new"))
    }

    fn address(&self) -> String {
        self.id.map_or("/beheer/wachtrijen/nieuw".into(), |id| format!("/beheer/wachtrijen/{id}"))
    }

    fn why(&self, field: &str) -> Option<String> {
        let wrong = self.wrong.filter(|wrong| wrong.field == field)?;
        Some(self.t.get(wrong.text))
    }

    fn days(&self) -> [(&'static str, &'static str); 7] {
        super::form::DAYS.map(|(field, day)| (field, self.t.weekday(day)))
    }

    fn keeps_holidays(&self) -> bool {
        !self.typed.text("feestdagen").is_empty()
    }

    /// Who can answer: code, words, chosen.
    fn whos(&self, field: &str) -> Vec<(String, String, bool)> {
        let chosen = self.typed.text(field);
        let teams = self.names.teams.iter().map(|(id, name)| (Who::Team(*id), name.clone()));
        let skills = self.names.skills.iter().map(|skill| {
            let name = Names::skill(self.t, skill);
            (Who::Skilled(skill.id), self.t.with("telephone-queue-can", "skill", name))
        });
        let everybody = (Who::Everybody, self.t.get("telephone-queue-everybody"));
        teams
            .chain(skills)
            .chain([everybody])
            .map(|(who, words)| (who_code(who), words))
            .map(|(code, words)| (code.clone(), words, code == chosen))
            .collect()
    }

    /// The circles after the first: field of the time, field of who, number.
    fn later(&self) -> Vec<(&'static str, &'static str, usize)> {
        CIRCLES.into_iter().zip(1..).skip(1).map(|((after, who), nr)| (after, who, nr)).collect()
    }

    fn thens(&self) -> [(&'static str, &'static str, bool); 4] {
        let texts = [
            "telephone-queue-closed",
            "telephone-queue-full",
            "telephone-queue-too-long",
            "telephone-queue-closing",
        ];
        let mut texts = texts.into_iter();
        THENS.map(|(field, may_answer)| (field, texts.next().unwrap_or_default(), may_answer))
    }

    /// What a call can do: code, words, chosen.
    fn choices(&self, field: &str, may_answer: bool) -> Vec<(String, String, bool)> {
        let chosen = self.typed.text(field);
        let answered = may_answer.then(|| (ANSWERED.to_owned(), None));
        let fixed = [
            (HANG_UP.to_owned(), Some(Then::HangUp)),
            (CALL_ME_BACK.to_owned(), Some(Then::CallMeBack)),
        ];
        let others = self.names.queues.iter().filter(|(id, _)| Some(*id) != self.id);
        let others = others.map(|(id, _)| (format!("rij-{id}"), Some(Then::Queue(*id))));
        answered
            .into_iter()
            .chain(fixed)
            .chain(others)
            .map(|(code, then)| {
                let words = self.names.then(self.t, then);
                let is_chosen = code == chosen;
                (code, words, is_chosen)
            })
            .collect()
    }

    fn is_team(&self, id: &TeamId) -> bool {
        self.typed.text("team") == id.to_string()
    }

    fn when(&self, version: &Stored) -> String {
        self.t.moment(version.made_at, self.now)
    }

    /// What a version said, in one line.
    fn says(&self, version: &Stored) -> String {
        let queue = &version.queue;
        let who: Vec<String> =
            queue.circles.iter().map(|circle| self.names.who(self.t, circle.who)).collect();
        self.t.fill(
            "telephone-queue-version",
            [
                ("who", who.join(", ").into()),
                ("priority", i64::from(queue.priority).into()),
                ("max", i64::from(queue.waiting_max).into()),
                ("closed", self.names.then(self.t, Some(queue.closed)).into()),
            ],
        )
    }
}

/// `/beheer/wachtrijen/{id}/meldingen`
#[derive(Template)]
#[template(path = "announcements.html")]
pub(super) struct AnnouncementsPage<'a> {
    pub t: &'a Texts,
    pub nl: &'a Texts,
    pub en: &'a Texts,
    pub id: QueueId,
    pub name: &'a str,
    pub own: BTreeMap<Announcement, Announced>,
    pub typed: Option<&'a Fields>,
    pub wrong: Option<Announcement>,
    pub recordings: Vec<Recording>,
    /// Why a recording was not kept.
    pub unplayable: Option<&'static str>,
}

impl AnnouncementsPage<'_> {
    fn kinds(&self) -> &'static [Announcement] {
        Announcement::ALL
    }

    fn title(&self, kind: &Announcement) -> String {
        self.t.get(&shipped(*kind).replace("telephone-say-", "telephone-when-"))
    }

    fn shipped(&self, kind: &Announcement, in_dutch: &bool) -> String {
        let texts = if *in_dutch { self.nl } else { self.en };
        in_words(texts, *kind)
    }

    fn words(&self, kind: &Announcement, in_dutch: &bool) -> String {
        if let Some(typed) = self.typed {
            return typed.text(&field(*kind, *in_dutch)).to_owned();
        }
        let own = self.own.get(kind);
        own.map(|own| if *in_dutch { own.nl.clone() } else { own.en.clone() }).unwrap_or_default()
    }

    fn field(&self, kind: &Announcement, in_dutch: &bool) -> String {
        field(*kind, *in_dutch)
    }

    fn language(&self, recording: &Recording) -> &'static str {
        match recording.language {
            Language::Dutch => "telephone-in-dutch",
            Language::English => "telephone-in-english",
        }
    }

    fn address(&self, recording: &Recording) -> String {
        let (kind, language) = (recording.kind, recording.language);
        format!("/beheer/wachtrijen/{}/opname/{kind}/{language}", self.id)
    }

    fn is_wrong(&self, kind: &Announcement) -> bool {
        self.wrong == Some(*kind)
    }
}

/// The words of the program, with the names of what is filled in.
fn in_words(texts: &Texts, kind: Announcement) -> String {
    let names =
        Filled { place: "{place}".into(), minutes: "{minutes}".into(), opens: "{opens}".into() };
    said(texts, kind, None, &names)
}

pub(super) fn field(kind: Announcement, in_dutch: bool) -> String {
    format!("{}-{}", kind.code(), if in_dutch { "nl" } else { "en" })
}

/// `/beheer/wachtrijen/nummer` and `/beheer/wachtrijen/nummer/{dialled}`
#[derive(Template)]
#[template(path = "dialled_number.html")]
pub(super) struct NumberPage<'a> {
    pub t: &'a Texts,
    pub number: Option<&'a Number>,
    pub typed: &'a Fields,
    pub names: &'a Names,
    pub campaigns: Vec<(String, String)>,
    /// For so many months a number that was shown is answered.
    pub months: i64,
    pub wrong: Option<WrongField>,
}

impl NumberPage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        let wrong = self.wrong.filter(|wrong| wrong.field == field)?;
        Some(self.t.get(wrong.text))
    }

    fn is_queue(&self, id: &QueueId) -> bool {
        self.typed.text("rij") == id.to_string()
    }

    fn is_campaign(&self, id: &str) -> bool {
        self.typed.text("campagne") == id
    }

    fn answered_until(&self) -> Option<String> {
        let day = answered_until(self.number?, self.months)?;
        Some(self.t.date(day))
    }
}

/// `/beheer/wachtrijen/kunde/{id}`
#[derive(Template)]
#[template(path = "skill.html")]
pub(super) struct SkillPage<'a> {
    pub t: &'a Texts,
    /// `nieuw`, or its number.
    pub path: &'a str,
    pub typed: &'a Fields,
    pub colleagues: Vec<(UserId, String)>,
    pub wrong: Option<&'static str>,
}

impl SkillPage<'_> {
    fn has_it(&self, id: &UserId) -> bool {
        let id = id.to_string();
        self.typed.all("collega").any(|chosen| chosen == id)
    }
}

/// What the form of a skill begins with.
pub(super) fn skill_fields(skill: &Skill, users: &[UserId]) -> Fields {
    let mut typed = Fields::default();
    typed.push("naam_nl", skill.name_nl.as_str());
    typed.push("naam_en", skill.name_en.as_str());
    for user in users {
        typed.push("collega", user.to_string());
    }
    typed
}

/// The number of a skill in an address; `None`: a new one.
pub(super) fn skill_of(path: &str) -> Result<Option<SkillId>, web::WebError> {
    match path {
        "nieuw" => Ok(None),
        id => id.parse().map(Some).map_err(|_| web::WebError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_level_counts_who_waited_and_left() {
        let level = |answered, in_time, abandoned| {
            let counts = [
                ("calls_answered", answered),
                ("calls_answered_in_time", in_time),
                ("calls_abandoned", abandoned),
                ("calls_hung_up_at_once", 7),
            ];
            Today(counts.map(|(kind, n)| (kind.to_owned(), (n, 0))).into()).level()
        };
        assert_eq!(level(8, 8, 2), Some(0.8));
        assert_eq!(level(8, 6, 0), Some(0.75));
        assert_eq!(level(0, 0, 0), None);
    }

    #[test]
    fn every_announcement_has_words_in_both_languages() {
        let catalogue = texts::Catalogue::new(&[crate::TEXTS]);
        for kind in Announcement::ALL {
            assert!(catalogue.has(shipped(*kind)), "{kind}");
            let when = shipped(*kind).replace("-say-", "-when-");
            assert!(catalogue.has(&when), "{kind}");
        }
    }
}

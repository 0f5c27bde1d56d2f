use askama::Template;
use figures::chart::{self, Bullet, Point};
use figures::figure::{figure_name, formula_text, written_number};
use figures_rules::outlook::{Light, Outlook};
use figures_rules::{Figure, Month};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::UserId;
use service::Colleague;
use service::agreement::Agreement;
use service_rules::agreement::State as AgreementState;
use steering_rules::target::{Answer, State};
use texts::Texts;
use web::Fields;
use web::ui::Html;

use super::store::{Person, Target, Version};

/// A target with where it will end.
#[derive(Clone, Debug)]
pub struct Shown {
    pub target: Target,
    /// `None` where it is one colleague's who has not agreed yet, and the reader is somebody else.
    pub outlook: Option<Outlook>,
    /// What it was, month by month of the period until today.
    pub so_far: Vec<Option<f64>>,
    /// Agreements for it that are not done.
    pub open: Vec<Agreement>,
}

impl Shown {
    /// What misses first, then what is behind, then the rest.
    #[must_use]
    pub fn pressing(&self) -> u8 {
        match &self.outlook {
            Some(outlook) if outlook.light == Light::Misses => 0,
            Some(outlook) if is_behind(outlook, self.target.figure) => 1,
            _ => 2,
        }
    }
}

/// How a target is read: its name, how far it is, where it will end.
pub struct Read {
    pub id: i64,
    pub name: String,
    pub number: String,
    pub actual: String,
    pub sentence: String,
    pub light: &'static str,
    pub tone: &'static str,
    pub is_bad: bool,
    /// Empty where nothing is told.
    pub bullet: Html,
    pub agreements: Vec<String>,
}

/// Makes a target readable; `names` says whether colleagues are named.
#[must_use]
pub fn shown(t: &Texts, shown: &Shown, names: bool, today: Date) -> Read {
    let Shown { target, outlook, open, .. } = shown;
    let version = target.shown();
    let write = |number| written_number(t, target.figure, number);
    let told = outlook.as_ref().map(|outlook| {
        let is_bad = outlook.light == Light::Misses;
        let bullet = chart::bullet(&Bullet {
            actual: outlook.actual,
            target: version.number(),
            expected: outlook.expected,
            band: outlook.forecast.map(|band| (band.low, band.middle, band.high)),
            is_bad,
        });
        (light(outlook, target.figure), write(outlook.actual), is_bad, bullet)
    });
    let nothing = (("steering-light-waits", "badge--line"), "–".to_owned(), false, Html::default());
    let ((light, tone), actual, is_bad, bullet) = told.unwrap_or(nothing);
    Read {
        id: target.id,
        name: name(t, target),
        number: write(version.number()),
        actual,
        sentence: sentence(t, shown),
        light,
        tone,
        is_bad,
        bullet,
        agreements: open
            .iter()
            .map(|agreement| {
                let owner = agreement.owner.as_deref().filter(|_| names).unwrap_or_default();
                let when = t.recent_day(agreement.due_on, today);
                let parts = [agreement.what.as_str(), owner, &when];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
            })
            .collect(),
    }
}

/// `Bezoeken: Buitendienst`
pub(crate) fn name(t: &Texts, target: &Target) -> String {
    let figure = figure_name(t, target.figure);
    if target.place.is_empty() { figure } else { format!("{figure}: {}", target.place) }
}

fn is_behind(outlook: &Outlook, figure: Figure) -> bool {
    if figure.less_is_better() {
        outlook.actual > outlook.expected
    } else {
        outlook.actual < outlook.expected
    }
}

fn light(outlook: &Outlook, figure: Figure) -> (&'static str, &'static str) {
    match outlook.light {
        Light::Misses => ("steering-light-misses", "badge--bad"),
        Light::Reaches => ("steering-light-reaches", "badge--good"),
        Light::Open if is_behind(outlook, figure) => ("steering-light-behind", "badge--line"),
        Light::Open => ("steering-light-open", "badge--line"),
        Light::TooEarly => ("steering-light-early", "badge--line"),
    }
}

/// Where it will end, in one sentence.
fn sentence(t: &Texts, shown: &Shown) -> String {
    let Shown { target, outlook, .. } = shown;
    let version = target.shown();
    let write = |number| written_number(t, target.figure, number);
    let goal = write(version.number());
    let Some(outlook) = outlook else {
        let is_withdrawn = target.withdrawn_why.is_some();
        return t.get(if is_withdrawn {
            "steering-outlook-withdrawn"
        } else {
            "steering-outlook-waits"
        });
    };
    match outlook.forecast {
        None => t.fill(
            "steering-outlook-early",
            [("actual", write(outlook.actual).into()), ("goal", goal.into())],
        ),
        Some(band) => t.fill(
            "steering-outlook",
            [
                ("actual", write(outlook.actual).into()),
                ("expected", write(outlook.expected).into()),
                ("low", write(band.low).into()),
                ("high", write(band.high).into()),
                ("goal", goal.into()),
                ("when", t.month_of(version.to.first()).into()),
            ],
        ),
    }
}

/// `/doelen`
#[derive(Template)]
#[template(path = "targets.html")]
pub(super) struct TargetsPage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub now: Month,
    pub user: UserId,
    pub targets: Vec<Shown>,
    pub withdrawn: Vec<Target>,
    pub may_propose: bool,
    pub names: bool,
    pub notice: Option<String>,
}

impl TargetsPage<'_> {
    fn name(&self, target: &Target) -> String {
        name(self.t, target)
    }

    fn read(&self, target: &Shown) -> Read {
        shown(self.t, target, self.names, self.today)
    }

    fn state(&self, target: &Shown) -> String {
        self.t.get(state_text(target.target.state(self.now)))
    }

    fn waits_for_me(&self, target: &Shown) -> bool {
        asked_of(&target.target, self.user).is_some_and(|person| person.answer.is_none())
    }

    /// Another version than the one that holds is put to people, or somebody objected.
    fn proposal(&self, target: &Shown) -> Option<&'static str> {
        proposal(&target.target)
    }
}

/// Somebody to whom the version that is proposed was put.
fn asked_of(target: &Target, user: UserId) -> Option<&Person> {
    target.proposed()?.people.iter().find(|person| person.user_id == user)
}

fn proposal(target: &Target) -> Option<&'static str> {
    let version = target.proposed()?;
    if version.people.iter().any(|person| person.answer == Some(Answer::No)) {
        Some("steering-objected")
    } else if target.current().is_some() {
        Some("steering-other-proposed")
    } else {
        None
    }
}

fn state_text(state: State) -> &'static str {
    match state {
        State::Proposed => "steering-state-proposed",
        State::Agreed => "steering-state-agreed",
        State::Ended => "steering-state-ended",
        State::Withdrawn => "steering-state-withdrawn",
    }
}

/// A place on a line, as it can be chosen.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
}

/// `/doelen/nieuw`, and another version of one.
#[derive(Template)]
#[template(path = "target_form.html")]
pub(super) struct FormPage<'a> {
    pub t: &'a Texts,
    /// The target of which another version is proposed.
    pub of: Option<&'a Target>,
    pub places: Vec<(String, Vec<Choice>)>,
    pub colleagues: Vec<Colleague>,
    pub typed: &'a Fields,
    pub wrong: Option<&'static str>,
}

impl FormPage<'_> {
    fn figures(&self) -> Vec<(&'static str, String)> {
        Figure::ALL.iter().map(|figure| (figure.code(), figure_name(self.t, *figure))).collect()
    }

    fn action(&self) -> String {
        self.of.map_or("/doelen/nieuw".into(), |target| format!("/doelen/{}/wijzig", target.id))
    }

    fn title(&self) -> String {
        match self.of {
            None => self.t.get("steering-target-new"),
            Some(target) => self.t.with("steering-target-change", "name", name(self.t, target)),
        }
    }

    fn typed(&self, name: &str) -> &str {
        self.typed.text(name)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.typed.text(name) == value
    }

    fn is_named(&self, colleague: &Colleague) -> bool {
        let id = colleague.id.to_string();
        self.typed.all("wie").any(|named| named == id)
    }
}

/// `/doelen/{id}`
#[derive(Template)]
#[template(path = "target.html")]
pub(super) struct TargetPage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub now: Month,
    pub at: Timestamp,
    pub user: UserId,
    pub shown: Shown,
    pub done: Vec<Agreement>,
    pub colleagues: Vec<Colleague>,
    pub decisions: Vec<(String, Timestamp)>,
    pub gap: i64,
    pub may_change: bool,
    pub may_withdraw: bool,
    /// Keeps agreements: makes them, and sees the names of colleagues.
    pub names: bool,
    pub typed: Option<&'a Fields>,
    pub wrong: Option<&'static str>,
    pub notice: Option<String>,
}

impl TargetPage<'_> {
    fn target(&self) -> &Target {
        &self.shown.target
    }

    fn read(&self) -> Read {
        shown(self.t, &self.shown, self.names, self.today)
    }

    fn formula(&self) -> String {
        formula_text(self.t, self.target().figure, self.gap)
    }

    fn state(&self) -> String {
        self.t.get(state_text(self.target().state(self.now)))
    }

    fn is_open(&self) -> bool {
        self.target().withdrawn_why.is_none()
    }

    fn period(&self, version: &Version) -> String {
        let month = |month: Month| self.t.month_of(month.first());
        self.t.with2("steering-period", "from", month(version.from), "to", month(version.to))
    }

    fn number(&self, version: &Version) -> String {
        written_number(self.t, self.target().figure, version.number())
    }

    fn written(&self, number: f64) -> String {
        written_number(self.t, self.target().figure, number)
    }

    /// The proposal was put to this user, who has not said yes to it.
    fn asked(&self) -> bool {
        asked_of(self.target(), self.user).is_some_and(|person| person.answer != Some(Answer::Yes))
    }

    /// Whether colleagues can agree what to do for it.
    fn is_agreed(&self) -> bool {
        self.is_open() && self.target().current().is_some()
    }

    /// What is made of the figure and of agreements; not there where nothing is told.
    fn light(&self) -> Option<(&'static str, &'static str)> {
        let read = self.read();
        self.shown.outlook.as_ref().map(|_| (read.tone, read.light))
    }

    fn objected(&self) -> bool {
        asked_of(self.target(), self.user).is_some_and(|person| person.answer == Some(Answer::No))
    }

    fn proposal(&self) -> Option<&'static str> {
        proposal(self.target())
    }

    fn answer(&self, person: &Person) -> String {
        self.t.get(match person.answer {
            None => "steering-answer-none",
            Some(Answer::Yes) => "steering-answer-yes",
            Some(Answer::No) => "steering-answer-no",
        })
    }

    /// How many a month are needed from now on; the month under way counts for what is left of it.
    fn needed(&self) -> Option<String> {
        let version = self.target().shown();
        let figure = self.target().figure;
        let outlook = self.shown.outlook.as_ref()?;
        if !figure.adds_up() || figure.less_is_better() || self.now > version.to {
            return None;
        }
        let left = version.number() - outlook.actual;
        let is_under_way = self.now >= version.from;
        let days = f64::from(self.now.last().day());
        let gone = if is_under_way { f64::from(self.today.day() - 1) / days } else { 0.0 };
        let months = f64::from(version.to.since(self.now.max(version.from)) + 1) - gone;
        // In the last month there is no other to spread it over.
        let each = (left / months.max(1.0)).ceil();
        (left > 0.0).then(|| {
            let [each, left] = [each, left.ceil()].map(|number| self.written(number));
            self.t.with2("steering-needed", "n", each, "left", left)
        })
    }

    /// Each month with what it was by its end, and what the path has there.
    fn months(&self) -> impl Iterator<Item = (Month, Option<f64>, f64)> {
        let version = self.target().shown();
        let path = self.shown.outlook.iter().flat_map(|outlook| &outlook.path);
        let values = self.shown.so_far.iter();
        version
            .from
            .to(version.to)
            .zip(values.zip(path))
            .map(|(month, (value, path))| (month, *value, *path))
    }

    /// What it was, month by month, with the path beside it.
    fn chart(&self) -> Html {
        let points: Vec<Point> = self
            .months()
            .map(|(month, value, path)| Point {
                label: self.t.short_month_of(month.first()).to_owned(),
                value,
                before: Some(path),
                is_open: month >= self.now,
            })
            .collect();
        let said = self.read().sentence;
        let target = Some(self.target().shown().number());
        chart::months(&points, false, target, &said, |number| self.written(number))
    }

    fn rows(&self) -> Vec<(String, String, String)> {
        self.months()
            .map(|(month, value, path)| {
                let value = value.map(|value| self.written(value)).unwrap_or_default();
                (self.t.month_of(month.first()), value, self.written(path))
            })
            .collect()
    }

    fn owner(&self, agreement: &Agreement) -> String {
        agreement.owner.clone().filter(|_| self.names).unwrap_or_default()
    }

    fn day(&self, day: &Date) -> String {
        self.t.recent_day(*day, self.today)
    }

    fn was_kept(&self, agreement: &Agreement) -> (&'static str, String) {
        let text = match (agreement.state, agreement.done_on) {
            (AgreementState::Done, Some(done)) if done <= agreement.promised_on => {
                ("badge--good", "steering-kept")
            }
            (AgreementState::Done, _) => ("badge--line", "steering-done-late"),
            _ => ("badge--line", "steering-dropped"),
        };
        (text.0, self.t.get(text.1))
    }

    fn when(&self, at: &Timestamp) -> String {
        self.t.moment(*at, self.at)
    }

    fn is(&self, name: &str, value: impl std::fmt::Display) -> bool {
        self.typed(name) == value.to_string()
    }

    fn typed(&self, name: &str) -> &str {
        self.typed.map(|typed| typed.text(name)).unwrap_or_default()
    }
}

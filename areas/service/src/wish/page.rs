use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::UserId;
use serde::Deserialize;
use service_rules::cells::{Cell, Table};
use service_rules::wish::{How, Kind, Source, State, WithdrawWhy};
use texts::Texts;

use super::store::Wish;
use crate::owned::Colleague;
use crate::theme::{Expert, Theme};
use crate::words::{climbed, owner_name, theme_name};

#[derive(Template)]
#[template(path = "wishes.html")]
pub(super) struct WishesPage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub user: UserId,
    pub wishes: Vec<Wish>,
    pub themes: Vec<Theme>,
    pub asked: &'a Asked,
}

/// What a list is narrowed to, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub thema: String,
    /// `ja`: only what is mine to answer.
    pub mijn: String,
    /// `ja`: also what is over.
    pub alles: String,
}

impl WishesPage<'_> {
    fn is_mine(&self) -> bool {
        self.asked.mijn == "ja"
    }

    fn is_all(&self) -> bool {
        self.asked.alles == "ja"
    }

    fn is_theme(&self, theme: &Theme) -> bool {
        self.asked.thema == theme.id.to_string()
    }

    fn theme_name(&self, theme: &Theme) -> String {
        theme_name(self.t, &theme.name_nl, &theme.name_en)
    }

    fn theme(&self, wish: &Wish) -> String {
        theme_name(self.t, &wish.theme_nl, &wish.theme_en)
    }

    fn kind(&self, wish: &Wish) -> String {
        self.t.get(kind_text(wish.kind))
    }

    fn owner(&self, wish: &Wish) -> String {
        owner_name(self.t, wish.owner_user_id, wish.owner.as_deref(), self.user)
    }

    fn state(&self, wish: &Wish) -> String {
        self.t.get(state_text(wish.state))
    }

    fn tone(&self, wish: &Wish) -> &'static str {
        tone(wish.state, wish.is_overdue(self.today))
    }

    fn due(&self, wish: &Wish) -> String {
        self.t.recent_day(wish.due_on, self.today)
    }

    fn climbed(&self, wish: &Wish) -> Option<String> {
        climbed(self.t, wish.level, wish.is_overdue(self.today))
    }
}

pub(super) fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Question => "service-kind-question",
        Kind::Wish => "service-kind-wish",
    }
}

pub(super) fn source_text(source: Source) -> &'static str {
    match source {
        Source::Call => "service-source-call",
        Source::Visit => "service-source-visit",
        Source::Mail => "service-source-mail",
        Source::Meeting => "service-source-meeting",
        Source::Other => "service-source-other",
    }
}

pub(crate) fn state_text(state: State) -> &'static str {
    match state {
        State::Open => "service-wish-open",
        State::Answered => "service-wish-answered",
        State::Told => "service-wish-told",
        State::Withdrawn => "service-wish-withdrawn",
    }
}

/// The colour of a badge; the words beside it carry the meaning.
pub(crate) fn tone(state: State, is_overdue: bool) -> &'static str {
    match state {
        _ if is_overdue => "badge--bad",
        State::Open => "badge--next",
        State::Answered => "badge--info",
        State::Told => "badge--good",
        State::Withdrawn => "badge--line",
    }
}

fn how_text(how: How) -> &'static str {
    match how {
        How::Call => "service-how-call",
        How::Visit => "service-how-visit",
        How::Mail => "service-how-mail",
        How::Meeting => "service-how-meeting",
    }
}

fn why_text(why: WithdrawWhy) -> &'static str {
    match why {
        WithdrawWhy::AskedTwice => "service-withdraw-asked-twice",
        WithdrawWhy::NotOurs => "service-withdraw-not-ours",
        WithdrawWhy::MemberLeft => "service-withdraw-member-left",
        WithdrawWhy::Other => "service-withdraw-other",
    }
}

/// The form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WishForm {
    pub organisatie: String,
    pub lid: String,
    pub kind: String,
    pub theme: String,
    pub words: String,
    pub source: String,
    pub owner: String,
    pub due: String,
}

/// What is wrong with the form: which field, and the text that says so.
pub(super) type Wrong = Option<(&'static str, &'static str)>;

#[derive(Template)]
#[template(path = "wish_new.html")]
pub(super) struct NewPage<'a> {
    pub t: &'a Texts,
    /// Of whom: an organisation, a person, or both.
    pub of: String,
    pub form: &'a WishForm,
    pub themes: Vec<Theme>,
    pub colleagues: Vec<Colleague>,
    pub teams: Vec<access::teams::Team>,
    pub experts: Vec<Expert>,
    pub wrong: Wrong,
}

impl NewPage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        self.wrong.filter(|(found, _)| *found == field).map(|(_, text)| self.t.get(text))
    }

    fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        Kind::ALL
            .iter()
            .map(|kind| (kind.code(), self.t.get(kind_text(*kind)), self.form.kind == kind.code()))
            .collect()
    }

    fn sources(&self) -> Vec<(&'static str, String, bool)> {
        Source::ALL
            .iter()
            .map(|source| {
                (source.code(), self.t.get(source_text(*source)), self.form.source == source.code())
            })
            .collect()
    }

    fn theme_name(&self, theme: &Theme) -> String {
        theme_name(self.t, &theme.name_nl, &theme.name_en)
    }

    fn is_theme(&self, theme: &Theme) -> bool {
        self.form.theme == theme.id.to_string()
    }

    /// Who knows about a theme, in a few names.
    fn known_by(&self, theme: &Theme) -> String {
        let names = self.experts.iter().filter(|expert| expert.theme_id == theme.id);
        names.take(3).map(|expert| expert.name.clone()).collect::<Vec<_>>().join(", ")
    }

    fn is_chosen(&self, colleague: &Colleague) -> bool {
        self.form.owner == colleague.id.to_string()
    }
}

#[derive(Template)]
#[template(path = "wish.html")]
pub(super) struct WishPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub today: Date,
    pub user: UserId,
    pub wish: Wish,
    pub experts: Vec<Expert>,
    pub before: Vec<Wish>,
    pub colleagues: Vec<Colleague>,
    pub teams: Vec<access::teams::Team>,
    pub may_withdraw: bool,
    /// What was typed, where it was refused.
    pub typed: &'a str,
    pub wrong: Option<&'static str>,
    pub notice: Option<String>,
}

impl WishPage<'_> {
    fn title(&self) -> String {
        theme_name(self.t, &self.wish.theme_nl, &self.wish.theme_en)
    }

    fn kind(&self) -> String {
        self.t.get(kind_text(self.wish.kind))
    }

    fn state(&self) -> String {
        self.t.get(state_text(self.wish.state))
    }

    fn tone(&self) -> &'static str {
        tone(self.wish.state, self.wish.is_overdue(self.today))
    }

    fn owner(&self) -> String {
        owner_name(self.t, self.wish.owner_user_id, self.wish.owner.as_deref(), self.user)
    }

    fn due(&self) -> String {
        self.t.recent_day(self.wish.due_on, self.today)
    }

    fn climbed(&self) -> Option<String> {
        climbed(self.t, self.wish.level, self.wish.is_overdue(self.today))
    }

    fn came(&self) -> String {
        let source = self.t.get(source_text(self.wish.source));
        let by = self.wish.made_by.as_deref().unwrap_or_default();
        format!("{source}, {}, {by}", self.t.moment(self.wish.made_at, self.now))
    }

    fn is_open(&self) -> bool {
        self.wish.state == State::Open
    }

    fn is_answered(&self) -> bool {
        self.wish.state == State::Answered
    }

    fn can_reopen(&self) -> bool {
        matches!(self.wish.state, State::Answered | State::Told)
    }

    fn answered(&self) -> Option<String> {
        let at = self.wish.answered_at?;
        let by = self.wish.answered_by.as_deref().unwrap_or_default();
        Some(format!("{by}, {}", self.t.moment(at, self.now)))
    }

    fn told(&self) -> Option<String> {
        let at = self.t.moment(self.wish.told_at?, self.now);
        let how = self.t.get(how_text(self.wish.told_how?));
        let solved = if self.wish.solved? { "service-solved" } else { "service-not-solved" };
        Some(format!("{how}, {at}. {}", self.t.get(solved)))
    }

    fn withdrawn(&self) -> Option<String> {
        self.wish.withdrawn_why.map(|why| self.t.get(why_text(why)))
    }

    fn hows(&self) -> Vec<(&'static str, String)> {
        How::ALL.iter().map(|how| (how.code(), self.t.get(how_text(*how)))).collect()
    }

    fn whys(&self) -> Vec<(&'static str, String)> {
        WithdrawWhy::ALL.iter().map(|why| (why.code(), self.t.get(why_text(*why)))).collect()
    }

    /// What one knows about an expert: named for it, or so many answers.
    fn knows(&self, expert: &Expert) -> String {
        match (expert.is_named, expert.answers) {
            (true, 0) => self.t.get("service-expert-named"),
            (_, answers) => self.t.with("service-expert-answers", "n", answers),
        }
    }

    fn is_owner(&self, expert: &Expert) -> bool {
        self.wish.owner_user_id == Some(expert.id)
    }

    fn is_chosen(&self, colleague: &Colleague) -> bool {
        self.wish.owner_user_id == Some(colleague.id)
    }

    fn who_asked(&self, wish: &Wish) -> String {
        wish.organisation.clone().or_else(|| Some(wish.said_by()?.spoken())).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "wish_counts.html")]
pub(super) struct CountsPage<'a> {
    pub t: &'a Texts,
    pub themes: Vec<String>,
    pub sectors: Vec<String>,
    pub table: Table,
    pub since: Date,
    /// The last day that is counted.
    pub until: Date,
    pub least: i64,
}

impl CountsPage<'_> {
    fn cell(&self, cell: &Cell) -> String {
        match cell {
            Cell::Shown(count) => self.t.number(i64::try_from(*count).unwrap_or(i64::MAX)),
            Cell::Hidden => "·".into(),
        }
    }

    fn hidden(&self, cell: &Cell) -> bool {
        *cell == Cell::Hidden
    }

    fn rows(&self) -> impl Iterator<Item = (&String, &Vec<Cell>, &Cell)> {
        self.themes
            .iter()
            .zip(&self.table.rows)
            .zip(&self.table.row_totals)
            .map(|((theme, row), total)| (theme, row, total))
    }

    fn hint(&self) -> String {
        let parts = [
            ("since", self.t.date(self.since).into()),
            ("until", self.t.date(self.until).into()),
            ("least", self.least.into()),
        ];
        self.t.fill("service-counts-hint", parts)
    }
}

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::UserId;
use serde::Deserialize;
use service_rules::agreement::{DropWhy, Source, State};
use texts::Texts;
use web::ui::Html;

use super::route::Show;
use super::store::Agreement;
use crate::mention::{Mention, Thing};
use crate::owned::Colleague;
use crate::wish::{self, Wish};
use crate::words::{climbed, owner_name, theme_name};

/// One thing that was promised and is not done: an agreement, or a wish that waits.
pub(super) enum Promised {
    Agreement(Agreement),
    Wish(Wish),
}

impl Promised {
    pub(super) fn due_on(&self) -> Date {
        match self {
            Self::Agreement(agreement) => agreement.due_on,
            Self::Wish(wish) => wish.due_on,
        }
    }
}

/// A stretch of the list.
pub(super) struct Stretch<'a> {
    pub title: String,
    pub lines: Vec<Line<'a>>,
}

/// What a line of the list shows.
pub(super) struct Line<'a> {
    /// Where it opens, for whoever may.
    pub href: Option<String>,
    pub what: String,
    pub kind: String,
    pub of: String,
    pub owner: String,
    pub due: String,
    pub climbed: Option<String>,
    pub agreement: Option<&'a Agreement>,
}

#[derive(Template)]
#[template(path = "promised.html")]
pub(super) struct PromisedPage<'a> {
    pub t: &'a Texts,
    /// The list, which follows what others do.
    pub list: Html,
    /// Whether there is more than own ones to look at.
    pub may_see_more: bool,
    pub show: Show,
    pub may_see_counts: bool,
    pub notice: Option<String>,
}

impl PromisedPage<'_> {
    fn shows(&self, code: &str) -> bool {
        self.show.code() == code
    }
}

#[derive(Template)]
#[template(path = "promised_list.html")]
pub(super) struct PromisedList<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub user: UserId,
    pub promised: Vec<Promised>,
    /// Where this user was named and has not looked.
    pub mentions: Vec<Mention>,
    pub now: Timestamp,
    /// Whether this user may open what a member asked.
    pub opens_files: bool,
}

impl PromisedList<'_> {
    fn mentioned(&self, mention: &Mention) -> String {
        let what = match (mention.thing, mention.place.as_deref()) {
            (Thing::Wish, _) => self.t.get("service-mention-wish"),
            (Thing::Agreement, _) => self.t.get("service-mention-agreement"),
            (Thing::Target, _) => self.t.get("service-mention-target"),
            (Thing::Organisation, place) => {
                self.t.with("service-mention-visit", "place", place.unwrap_or_default())
            }
        };
        self.t.with2("service-mentioned", "by", mention.by.as_str(), "what", what)
    }

    fn when(&self, mention: &Mention) -> String {
        self.t.moment(mention.at, self.now)
    }

    /// Overdue, today, this week, next week, later; empty ones are left out.
    fn stretches(&self) -> Vec<Stretch<'_>> {
        let days = i64::from(self.today.weekday().to_sunday_zero_offset());
        let sunday = self.today.saturating_add(jiff::Span::new().days((7 - days) % 7));
        let next_sunday = sunday.saturating_add(jiff::Span::new().days(7));
        let titles = [
            "service-promised-late",
            "service-promised-today",
            "service-promised-week",
            "service-promised-next-week",
            "service-promised-later",
        ];
        let place = |due: Date| match due {
            due if due < self.today => 0,
            due if due == self.today => 1,
            due if due <= sunday => 2,
            due if due <= next_sunday => 3,
            _ => 4,
        };
        titles
            .iter()
            .enumerate()
            .map(|(nr, title)| Stretch {
                title: self.t.get(title),
                lines: self
                    .promised
                    .iter()
                    .filter(|found| place(found.due_on()) == nr)
                    .map(|found| self.line(found))
                    .collect(),
            })
            .filter(|stretch| !stretch.lines.is_empty())
            .collect()
    }

    fn line<'b>(&self, found: &'b Promised) -> Line<'b> {
        let of = |organisation: &Option<String>, person: Option<kernel::PersonName>| {
            let person = person.map(|name| name.spoken());
            [organisation.clone(), person].into_iter().flatten().collect::<Vec<_>>().join(", ")
        };
        let due = self.t.recent_day(found.due_on(), self.today);
        match found {
            Promised::Agreement(agreement) => Line {
                href: Some(format!("/afspraken/{}", agreement.id)),
                what: agreement.what.clone(),
                kind: self.t.get("service-agreement"),
                of: of(&agreement.organisation, agreement.with()),
                owner: owner_name(
                    self.t,
                    agreement.owner_user_id,
                    agreement.owner.as_deref(),
                    self.user,
                ),
                due,
                climbed: climbed(self.t, agreement.level, agreement.is_overdue(self.today)),
                agreement: (agreement.owner_user_id == Some(self.user)).then_some(agreement),
            },
            Promised::Wish(wish) => Line {
                href: self.opens_files.then(|| format!("/wensen/{}", wish.id)),
                // What a member said is part of the file.
                what: if self.opens_files {
                    wish.words.clone()
                } else {
                    theme_name(self.t, &wish.theme_nl, &wish.theme_en)
                },
                kind: format!(
                    "{}: {}",
                    theme_name(self.t, &wish.theme_nl, &wish.theme_en),
                    self.t.get(wish::state_text(wish.state))
                ),
                of: of(&wish.organisation, wish.said_by()),
                owner: owner_name(self.t, wish.owner_user_id, wish.owner.as_deref(), self.user),
                due,
                climbed: climbed(self.t, wish.level, wish.is_overdue(self.today)),
                agreement: None,
            },
        }
    }
}

/// The form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AgreementForm {
    pub organisatie: String,
    pub lid: String,
    pub what: String,
    pub owner: String,
    pub due: String,
}

#[derive(Template)]
#[template(path = "agreement_new.html")]
pub(super) struct NewPage<'a> {
    pub t: &'a Texts,
    pub of: Option<String>,
    pub form: &'a AgreementForm,
    pub colleagues: Vec<Colleague>,
    pub teams: Vec<access::teams::Team>,
    /// Which field is wrong, and the text that says so.
    pub wrong: Option<(&'static str, &'static str)>,
}

impl NewPage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        self.wrong.filter(|(found, _)| *found == field).map(|(_, text)| self.t.get(text))
    }

    fn is_chosen(&self, colleague: &Colleague) -> bool {
        self.form.owner == colleague.id.to_string()
    }
}

#[derive(Template)]
#[template(path = "agreement.html")]
pub(super) struct AgreementPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub today: Date,
    pub user: UserId,
    pub agreement: Agreement,
    pub colleagues: Vec<Colleague>,
    pub teams: Vec<access::teams::Team>,
    pub may_change: bool,
    pub wrong: Option<&'static str>,
    pub notice: Option<String>,
}

impl AgreementPage<'_> {
    fn is_open(&self) -> bool {
        self.agreement.state == State::Open
    }

    fn state(&self) -> String {
        self.t.get(match self.agreement.state {
            State::Open => "service-agreement-open",
            State::Done => "service-agreement-done",
            State::Dropped => "service-agreement-dropped",
        })
    }

    fn tone(&self) -> &'static str {
        match self.agreement.state {
            _ if self.agreement.is_overdue(self.today) => "badge--bad",
            State::Open => "badge--next",
            State::Done => "badge--good",
            State::Dropped => "badge--line",
        }
    }

    fn owner(&self) -> String {
        let Agreement { owner_user_id, owner, .. } = &self.agreement;
        owner_name(self.t, *owner_user_id, owner.as_deref(), self.user)
    }

    fn due(&self) -> String {
        self.t.recent_day(self.agreement.due_on, self.today)
    }

    fn promised(&self) -> Option<String> {
        let Agreement { promised_on, due_on, .. } = self.agreement;
        (promised_on != due_on).then(|| self.t.recent_day(promised_on, self.today))
    }

    fn climbed(&self) -> Option<String> {
        climbed(self.t, self.agreement.level, self.agreement.is_overdue(self.today))
    }

    fn came(&self) -> String {
        let source = self.t.get(match self.agreement.source {
            Source::Visit => "service-source-visit",
            Source::Call => "service-source-call",
            Source::Wish => "service-from-wish",
            Source::Session => "service-source-meeting",
            Source::Hand => "service-by-hand",
        });
        let by = self.agreement.made_by.as_deref().unwrap_or_default();
        format!("{source}, {}, {by}", self.t.moment(self.agreement.made_at, self.now))
    }

    fn done(&self) -> Option<String> {
        let done_on = self.agreement.done_on?;
        let kept = if self.agreement.days().is_kept(done_on) {
            "service-kept-on-time"
        } else {
            "service-kept-late"
        };
        Some(self.t.with(kept, "day", self.t.recent_day(done_on, self.today)))
    }

    fn dropped(&self) -> Option<String> {
        self.agreement.dropped_why.map(|why| self.t.get(why_text(why)))
    }

    fn is_chosen(&self, colleague: &Colleague) -> bool {
        self.agreement.owner_user_id == Some(colleague.id)
    }

    fn whys(&self) -> Vec<(&'static str, String)> {
        DropWhy::ALL.iter().map(|why| (why.code(), self.t.get(why_text(*why)))).collect()
    }
}

fn why_text(why: DropWhy) -> &'static str {
    match why {
        DropWhy::NotNeeded => "service-drop-not-needed",
        DropWhy::MemberSaidSo => "service-drop-member-said-so",
        DropWhy::Other => "service-drop-other",
    }
}

use std::collections::HashMap;

use askama::Template;
use jiff::civil::Date;
use kernel::{Cents, local};
use membership_rules::tariff::Priced;
use retention_rules::advice::Says;
use retention_rules::case::{EndedAs, State};
use texts::Texts;
use web::Fields;

use super::look::{Look, Shown, Who};
use crate::argument::Kind;
use crate::reason::Reason;

/// A member says that the membership is to end: why, what works, what it would cost, what came of it.
#[derive(Template)]
#[template(path = "case.html")]
pub(super) struct CasePage<'a> {
    pub t: &'a Texts,
    pub look: &'a Look,
    pub typed: &'a Fields,
    pub today: Date,
    /// Why nothing was decided.
    pub wrong: Option<String>,
    pub notice: Option<String>,
    /// Three working days from now.
    pub days: i64,
}

/// A part of the picture of what a member pays; in the units of its picture.
pub(super) struct Chart {
    pub now: String,
    pub then: String,
    pub less: String,
    pub from: String,
    pub pension: Option<(f64, String)>,
    pub height: f64,
    pub sentence: String,
}

/// The picture's full height stands for the amount of now.
const FULL: f64 = 68.5;
/// Where the amount changes.
const CHANGES_AT: f64 = 330.0;

impl CasePage<'_> {
    fn name(&self) -> String {
        match &self.look.who {
            Who::Person(found) => people::person::formal(self.t, found),
            Who::Organisation { name, .. } => name.clone(),
        }
    }

    fn file(&self) -> String {
        match &self.look.who {
            Who::Person(found) => format!("/leden/{}", found.id),
            Who::Organisation { id, .. } => format!("/organisaties/{id}"),
        }
    }

    /// Where the member gets invitations to pass on; from there one comes back here.
    fn invite(&self) -> String {
        let person = self.look.who.person().map(|id| id.to_string()).unwrap_or_default();
        format!("/werving/{person}?behoud={}", self.look.case.id)
    }

    fn since(&self) -> Option<String> {
        let since = self.look.membership.starts_on?;
        Some(self.t.with("retention-since", "day", self.t.date(since)))
    }

    fn years(&self) -> Option<i64> {
        let since = self.look.membership.starts_on?;
        let years = i64::from(membership_rules::tariff::years_on(since, self.today));
        (years > 0).then_some(years)
    }

    /// Thank first, then ask.
    fn thanks(&self) -> String {
        match self.years() {
            Some(years) => self.t.with("retention-thanks", "years", years),
            None => self.t.get("retention-thanks-new"),
        }
    }

    fn state(&self) -> String {
        self.t.get(state_text(self.look.case.state))
    }

    fn is_open(&self) -> bool {
        self.look.case.state.is_open()
    }

    fn tops(&self) -> Vec<&Reason> {
        let is_top = |reason: &&Reason| reason.parent_nr.is_none() && !reason.ended;
        self.look.reasons.iter().filter(is_top).collect()
    }

    fn is_top(&self, reason: &Reason) -> bool {
        self.look.top() == Some(reason.nr)
    }

    /// The second level under the reason that was given.
    fn subs(&self) -> Vec<&Reason> {
        let top = self.look.top();
        let is_sub = |reason: &&Reason| reason.parent_nr == top && top.is_some() && !reason.ended;
        self.look.reasons.iter().filter(is_sub).collect()
    }

    fn is_given(&self, reason: &Reason) -> bool {
        self.look.case.reason_nr == Some(reason.nr)
    }

    fn reason_name(&self, reason: &Reason) -> String {
        reason.name(self.t)
    }

    fn given(&self) -> Option<String> {
        let nr = self.look.case.reason_nr?;
        self.look.reasons.iter().find(|reason| reason.nr == nr).map(|reason| reason.name(self.t))
    }

    fn argument_name(&self, shown: &Shown) -> String {
        shown.argument.name(self.t).to_owned()
    }

    fn argument_says(&self, shown: &Shown) -> String {
        shown.argument.says(self.t).to_owned()
    }

    /// `64%`, or that nothing can be said yet.
    fn rate(&self, shown: &Shown) -> Option<String> {
        match shown.says {
            Says::Share { share, .. } => Some(self.t.percent(share)),
            Says::TooFew { .. } => None,
        }
    }

    /// For the bar, in per cents.
    #[expect(clippy::cast_possible_truncation, reason = "a share is between 0 and 1")]
    fn share(&self, shown: &Shown) -> i64 {
        match shown.says {
            Says::Share { share, .. } => (share * 100.0).round() as i64,
            Says::TooFew { .. } => 0,
        }
    }

    /// `57 tot 70%, 212 gesprekken`
    fn basis(&self, shown: &Shown) -> String {
        match shown.says {
            Says::TooFew { cases } => self.t.with("retention-too-few", "n", cases),
            Says::Share { cases, low, high, .. } => {
                let text =
                    if shown.of_alike { "retention-basis-alike" } else { "retention-basis-all" };
                self.t.fill(
                    text,
                    [
                        ("low", self.t.percent(low).into()),
                        ("high", self.t.percent(high).into()),
                        ("n", self.t.number(cases).into()),
                    ],
                )
            }
        }
    }

    /// The sentence to say, with the amounts of this member; none if one of them is not known.
    fn say(&self, shown: &Shown) -> Option<String> {
        filled(shown.argument.say(self.t), &self.values())
    }

    fn is_service(&self, shown: &Shown) -> bool {
        shown.argument.kind == Kind::Service
    }

    /// A colleague is asked on the page for wishes, with the member filled in.
    fn hand_over(&self) -> String {
        match &self.look.who {
            Who::Person(found) => format!("/wensen/nieuw?lid={}", found.id),
            Who::Organisation { id, .. } => format!("/wensen/nieuw?organisatie={id}"),
        }
    }

    fn is_doubtful(&self, shown: &Shown) -> bool {
        shown.article.as_ref().is_some_and(|article| article.is_doubtful(self.today))
    }

    fn ahead(&self) -> &[(Date, Priced)] {
        self.look.costs.as_ref().map_or(&[], |costs| costs.ahead.as_slice())
    }

    /// What can be filled in into a sentence to say.
    fn values(&self) -> HashMap<&'static str, String> {
        let t = self.t;
        let mut values = HashMap::new();
        if let Some(pension) = self.look.pension.filter(|pension| pension.on > self.today) {
            values.insert("aow_dag", t.date(pension.on));
        }
        if let Some(years) = self.years() {
            values.insert("jaren", years.to_string());
        }
        let ahead = self.ahead();
        if let Some((_, now)) = ahead.first() {
            values.insert("nu", t.money(now.cents));
            if let Some((from, then)) = ahead.get(1).filter(|(_, then)| then.cents < now.cents) {
                values.insert("vanaf", t.date(*from));
                values.insert("straks", t.money(then.cents));
                let a_year = (now.cents.0 - then.cents.0) * 12 / then.per.months();
                values.insert("per_jaar", t.money(Cents(a_year)));
            }
        }
        values
    }

    fn class(&self, priced: &Priced) -> String {
        membership::tariff::class_name(self.t, &self.look.class_rows, &priced.class)
    }

    fn amount(&self, priced: &Priced) -> String {
        let per = self.t.get(membership::tariff::per_text(priced.per));
        format!("{} {per}", self.t.money(priced.cents))
    }

    /// What the member pays now, in words; for when nothing changes.
    fn pays(&self) -> Option<String> {
        let (_, now) = self.ahead().first()?;
        Some(format!("{} ({})", self.amount(now), self.class(now)))
    }

    /// The picture of now and then, if the member will pay less.
    #[expect(clippy::cast_precision_loss, reason = "the height of a bar")]
    fn chart(&self) -> Option<Chart> {
        let t = self.t;
        let [(today, now), (from, then), ..] = self.ahead() else { return None };
        if then.cents >= now.cents {
            return None;
        }
        let days = |until: Date| f64::from(today.until(until).map_or(0, |span| span.get_days()));
        let pension =
            self.look.pension.filter(|pension| *today < pension.on && pension.on <= *from);
        let less = Cents(now.cents.0 - then.cents.0);
        let a_year = Cents(less.0 * 12 / then.per.months());
        Some(Chart {
            now: self.amount(now),
            then: self.amount(then),
            less: t.with2("retention-less", "amount", t.money(less), "year", t.money(a_year)),
            from: format!("{}: {}", t.date(*from), self.class(then)),
            pension: pension
                .map(|pension| (days(pension.on) / days(*from) * CHANGES_AT, t.date(pension.on))),
            height: FULL * then.cents.0 as f64 / now.cents.0 as f64,
            sentence: t.fill(
                "retention-chart",
                [
                    ("now", self.amount(now).into()),
                    ("day", t.date(*from).into()),
                    ("then", self.amount(then).into()),
                    ("year", t.money(a_year).into()),
                ],
            ),
        })
    }

    fn top_of(&self, chart: &Chart) -> String {
        format!("{:.1}", 98.0 - chart.height)
    }

    fn above(&self, chart: &Chart) -> String {
        format!("{:.1}", 98.0 - chart.height - 9.0)
    }

    fn within(&self, chart: &Chart) -> String {
        format!("{:.1}", 98.0 - chart.height / 2.0 + 5.0)
    }

    fn at(&self, x: &f64) -> String {
        format!("{x:.1}")
    }

    fn pension_says(&self) -> Option<String> {
        let pension = self.look.pension?;
        let text = if pension.is_estimate {
            "retention-pension-estimate"
        } else if pension.on <= self.today {
            "retention-pension-had"
        } else {
            "retention-pension"
        };
        Some(self.t.fill(
            text,
            [
                ("day", self.t.date(pension.on).into()),
                ("years", pension.years.into()),
                ("months", pension.months.into()),
            ],
        ))
    }

    /// What ending would mean: said before it is decided.
    fn would(&self) -> String {
        let Some(would) = &self.look.would else { return self.t.get("retention-no-terms") };
        let due = if would.due == Cents(0) {
            self.t.get("retention-due-nothing")
        } else {
            self.t.with("retention-due", "amount", self.t.money(would.due))
        };
        let text = match would.end.because {
            retention_rules::notice::Because::Terms => "retention-would",
            retention_rules::notice::Because::TooLateInYear => "retention-would-late",
            retention_rules::notice::Because::MinTerm => "retention-would-term",
            retention_rules::notice::Because::Wished => "retention-would-wished",
            retention_rules::notice::Because::LeaveRight(_) => "retention-would-right",
        };
        self.t.with2(text, "day", self.t.date(would.end.on), "due", due)
    }

    fn is_person(&self) -> bool {
        matches!(self.look.who, Who::Person(_))
    }

    fn outcome(&self) -> &str {
        self.typed.text("uitkomst")
    }

    /// `Behouden met pensioentarief`, by what was brought forward.
    fn keep_label(&self) -> String {
        let with = self.kept_with().map(|shown| shown.argument.name(self.t).to_lowercase());
        match with {
            Some(with) => self.t.with("retention-keep-with", "what", with),
            None => self.t.get("retention-keep"),
        }
    }

    fn kept_with(&self) -> Option<&Shown> {
        let says_amount =
            |shown: &&Shown| shown.is_brought && shown.argument.kind != Kind::Argument;
        self.look.shown.iter().find(says_amount)
    }

    /// What was decided, in one sentence.
    fn decided(&self) -> String {
        let t = self.t;
        let case = &self.look.case;
        let ends = || case.ends_on.map(|day| t.date(day)).unwrap_or_default();
        match (case.state, case.ended_as) {
            (State::Kept, _) => match case.aftercare_on {
                Some(day) => t.with("retention-kept-care", "day", t.date(day)),
                None => t.get("retention-kept-says"),
            },
            (State::Ended, Some(EndedAs::Deceased)) => t.with("retention-died-says", "day", ends()),
            (State::Ended, _) => t.with("retention-ended-says", "day", ends()),
            (State::TakenBack, _) => t.get("retention-back-says"),
            (State::Open | State::Offered, _) => String::new(),
        }
    }

    fn because(&self) -> Option<String> {
        let text = match self.look.case.because.as_deref()? {
            "too_late_in_year" => "retention-because-late",
            "min_term" => "retention-because-term",
            "wished" => "retention-because-wished",
            "leave_right" => "retention-because-right",
            "terms" => "retention-because-terms",
            _ => return None,
        };
        Some(self.t.get(text))
    }

    fn due(&self) -> Option<String> {
        let due = self.look.case.due_cents.filter(|due| *due > Cents(0))?;
        Some(self.t.with("retention-due", "amount", self.t.money(due)))
    }

    /// `Marit Hendriks, di 24 november`
    fn by(&self) -> String {
        let case = &self.look.case;
        let at = case.decided_at.map(|at| self.t.day(local(at).date())).unwrap_or_default();
        let who = case.decided_by.clone().unwrap_or_else(|| self.t.get("retention-by-member"));
        format!("{who}, {at}")
    }

    fn may_take_back(&self) -> bool {
        let case = &self.look.case;
        case.state == State::Ended
            && case.ended_as != Some(EndedAs::Deceased)
            && case.ends_on.is_some_and(|end| self.today <= end)
    }

    fn channel(&self) -> String {
        self.t.get(super::list::channel_text(self.look.case.channel))
    }

    fn received(&self) -> String {
        self.t.date(self.look.case.received_on)
    }
}

pub(super) fn state_text(state: State) -> &'static str {
    match state {
        State::Open => "retention-state-open",
        State::Offered => "retention-state-offered",
        State::Kept => "retention-state-kept",
        State::Ended => "retention-state-ended",
        State::TakenBack => "retention-state-taken-back",
    }
}

/// A sentence with its braces filled in; `None` if one of them has no value.
fn filled(template: &str, values: &HashMap<&'static str, String>) -> Option<String> {
    let mut shown = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}')?;
        shown += before;
        shown += values.get(name)?;
        rest = behind;
    }
    shown += rest;
    (!shown.is_empty()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_only_with_all_its_amounts() {
        let values = HashMap::from([("straks", "€ 8,75".to_owned())]);
        assert_eq!(filled("Nog maar {straks}.", &values).as_deref(), Some("Nog maar € 8,75."));
        assert_eq!(filled("Vanaf {vanaf} nog {straks}.", &values), None);
        assert_eq!(filled("Zonder bedrag.", &values).as_deref(), Some("Zonder bedrag."));
        assert_eq!(filled("", &values), None);
    }
}

use askama::Template;
use jiff::civil::Date;
use kernel::{Action, OrganisationId, PersonId};
use membership_rules::pension::reaches;
use membership_rules::{Began, Ended, Period, Status, status_on};
use texts::Texts;
use web::{App, Fields, Panel, PanelFuture, Side, User};

use crate::pension;
use crate::route::About;
use crate::situation;
use crate::store::{Holder, Membership, of_organisation, of_person};
use crate::tariff::{self, Said};

/// The width of the bar in the units of its picture.
const WIDTH: f64 = 1180.0;

#[derive(Template)]
#[template(path = "membership_bar.html")]
struct Bar<'a> {
    t: &'a Texts,
    bars: Vec<Piece>,
    ticks: Vec<Tick>,
    sentence: String,
}

struct Piece {
    x: f64,
    width: f64,
    label: String,
    current: bool,
}

struct Tick {
    x: f64,
    year: i16,
}

/// How long somebody has been a member, as a bar under the name; nothing for who never was.
pub(crate) fn head(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let memberships =
            app.db().read(user.actor(), async |tx| of_person(tx, person).await).await?;
        let today = app.now().date();
        let t = app.texts(user.language);
        let Some(first) = memberships.iter().filter_map(|membership| membership.starts_on).min()
        else {
            return Ok(None);
        };
        if first >= today {
            return Ok(None);
        }
        let bar = bar(&t, &memberships, first, today);
        Ok(Some(Panel { side: Side::Head, rank: 10, html: bar.render().unwrap_or_default() }))
    })
}

fn bar<'a>(t: &'a Texts, memberships: &[Membership], first: Date, today: Date) -> Bar<'a> {
    let days =
        |from: Date, until: Date| f64::from(from.until(until).map_or(0, |span| span.get_days()));
    let total = days(first, today).max(1.0);
    let x = |day: Date| (days(first, day) / total * WIDTH).clamp(0.0, WIDTH);
    let bars = memberships
        .iter()
        .filter_map(|membership| {
            let from = membership.starts_on?;
            let until = membership.ends_on.unwrap_or(today);
            let (from, until) = (x(from), x(until));
            let current = membership.period().covers(today);
            Some(Piece {
                x: from,
                width: (until - from).max(4.0),
                label: membership.tariff.clone(),
                current,
            })
        })
        .collect();
    let years = i16::max(1, today.year() - first.year());
    let step = [1, 2, 5, 10, 20].into_iter().find(|step| years / step <= 6).unwrap_or(25);
    let ticks = (first.year() + 1..=today.year())
        .filter(|year| year % step == 0)
        .filter_map(|year| Some(Tick { x: x(Date::new(year, 1, 1).ok()?), year }))
        .collect();
    Bar { t, bars, ticks, sentence: sentence(t, memberships, today) }
}

#[derive(Template)]
#[template(path = "membership_panel.html")]
struct MembershipPanel<'a> {
    t: &'a Texts,
    sentence: String,
    memberships: Vec<Membership>,
    /// When the member reaches the state pension age, or that it is long ago.
    pension: Option<String>,
    contribution: Option<Said>,
    /// Where what an amount hangs on is written down, for those who may.
    situation: Option<String>,
}

impl MembershipPanel<'_> {
    fn period(&self, membership: &Membership) -> String {
        period(self.t, membership)
    }
}

fn period(t: &Texts, membership: &Membership) -> String {
    let day = |day: Option<Date>, none: &str| day.map_or_else(|| t.get(none), |day| t.date(day));
    format!(
        "{} – {}",
        day(membership.starts_on, "membership-start-unknown"),
        day(membership.ends_on, "membership-open")
    )
}

pub(crate) fn beside(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let today = app.now().date();
        let t = app.texts(user.language);
        let (memberships, ages, born, contribution) = app
            .db()
            .read(user.actor(), async |tx| {
                let memberships = of_person(tx, person).await?;
                let ages = pension::rows(tx, today).await?;
                let said = tariff::said(tx, &t, &memberships, today).await?;
                Ok::<_, db::Error>((memberships, ages, pension::born(tx, person).await?, said))
            })
            .await?;
        let pension = born.map(|born| match reaches(&ages, born) {
            Some(day) => pension::month(&t, day),
            None => t.get("membership-pension-long-ago"),
        });
        let sentence = sentence(&t, &memberships, today);
        let is_member = contribution.is_some();
        let panel = MembershipPanel {
            t: &t,
            sentence,
            memberships,
            pension,
            contribution,
            situation: (is_member && user.may(Action::WorkCalls))
                .then(|| situation::path(Holder::Person(person))),
        };
        Ok(Some(Panel { side: Side::Beside, rank: 10, html: panel.render().unwrap_or_default() }))
    })
}

#[derive(Template)]
#[template(path = "membership_organisation.html")]
struct OrganisationPanel<'a> {
    t: &'a Texts,
    organisation: OrganisationId,
    sentence: String,
    memberships: Vec<Membership>,
    is_member: bool,
    contribution: Option<Said>,
    /// Where what an amount hangs on is written down.
    situation: String,
    may_change: bool,
    today: Date,
}

impl OrganisationPanel<'_> {
    fn period(&self, membership: &Membership) -> String {
        period(self.t, membership)
    }

    fn may_end(&self, membership: &Membership) -> bool {
        membership.ends_on.is_none_or(|end| end >= self.today)
    }
}

/// The memberships of an organisation, with the way to begin or end one.
pub(crate) fn organisation(app: App, user: User, organisation: OrganisationId) -> PanelFuture {
    Box::pin(async move {
        let (t, today) = (app.texts(user.language), app.now().date());
        let (memberships, contribution) = app
            .db()
            .read(user.actor(), async |tx| {
                let memberships = of_organisation(tx, organisation).await?;
                let said = tariff::said(tx, &t, &memberships, today).await?;
                Ok::<_, db::Error>((memberships, said))
            })
            .await?;
        let panel = OrganisationPanel {
            t: &t,
            organisation,
            sentence: sentence(&t, &memberships, today),
            // Somebody who will be a member gets no second membership.
            is_member: memberships
                .iter()
                .any(|membership| membership.ends_on.is_none_or(|end| end >= today)),
            memberships,
            contribution,
            situation: situation::path(Holder::Organisation(organisation)),
            may_change: user.may(Action::WorkCalls),
            today,
        };
        Ok(Some(Panel { side: Side::Beside, rank: 5, html: panel.render().unwrap_or_default() }))
    })
}

/// Begins or ends a membership.
#[derive(Template)]
#[template(path = "membership_edit.html")]
pub(crate) struct EditPage<'a> {
    pub t: &'a Texts,
    pub about: About,
    pub name: String,
    pub typed: &'a Fields,
    pub wrong: Option<&'static str>,
}

impl EditPage<'_> {
    fn is_new(&self) -> bool {
        matches!(self.about, About::New(_))
    }

    fn title(&self) -> String {
        self.t.get(if self.is_new() { "membership-begin" } else { "membership-end" })
    }

    fn back(&self) -> String {
        let (About::New(organisation) | About::End(_, organisation)) = self.about;
        format!("/organisaties/{organisation}")
    }

    fn action(&self) -> String {
        match self.about {
            About::New(organisation) => format!("/lidmaatschap/nieuw/{organisation}"),
            About::End(id, _) => format!("/lidmaatschap/{id}/einde"),
        }
    }

    fn day_label(&self) -> String {
        self.t.get(if self.is_new() { "membership-first-day" } else { "membership-last-day" })
    }

    fn why_label(&self) -> String {
        self.t.get(if self.is_new() { "membership-how" } else { "membership-why" })
    }

    fn why_name(&self) -> &'static str {
        if self.is_new() { "soort" } else { "reden" }
    }

    /// How it begins or why it ends: kinds that the figures tell apart.
    fn choices(&self) -> Vec<(&'static str, String, bool)> {
        let typed = self.typed.text(self.why_name());
        let codes: Vec<&'static str> = if self.is_new() {
            Began::ALL.iter().map(|began| began.code()).collect()
        } else {
            // An organisation does not die.
            let of_organisations = Ended::ALL.iter().filter(|ended| **ended != Ended::Deceased);
            of_organisations.map(|ended| ended.code()).collect()
        };
        let kind = if self.is_new() { "began" } else { "ended" };
        codes
            .into_iter()
            .enumerate()
            .map(|(nr, code)| {
                let is_chosen = typed == code || (typed.is_empty() && nr == 0);
                (code, self.t.get(&format!("membership-{kind}-{code}")), is_chosen)
            })
            .collect()
    }

    fn typed(&self, name: &str) -> &str {
        self.typed.text(name)
    }
}

/// `Lid sinds 1 maart 1984.`
fn sentence(t: &Texts, memberships: &[Membership], today: Date) -> String {
    let periods: Vec<Period> = memberships.iter().map(Membership::period).collect();
    match status_on(&periods, today) {
        Status::Member { since: Some(since), until: None } => {
            t.with("membership-since", "day", t.date(since))
        }
        Status::Member { since: None, until: None } => t.get("membership-member"),
        Status::Member { since: _, until: Some(until) } => {
            t.with("membership-until", "day", t.date(until))
        }
        Status::Former { until } => t.with("membership-former", "day", t.date(until)),
        Status::Future { from } => t.with("membership-future", "day", t.date(from)),
        Status::Never => t.get("membership-never"),
    }
}

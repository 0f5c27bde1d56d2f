use askama::Template;
use jiff::civil::Date;
use kernel::PersonId;
use membership_rules::{Period, Status, status_on};
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use crate::store::{Membership, of_person};

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
}

impl MembershipPanel<'_> {
    fn period(&self, membership: &Membership) -> String {
        let day = |day: Option<Date>, none: &str| {
            day.map_or_else(|| self.t.get(none), |day| self.t.date(day))
        };
        format!(
            "{} – {}",
            day(membership.starts_on, "membership-start-unknown"),
            day(membership.ends_on, "membership-open")
        )
    }
}

pub(crate) fn beside(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let memberships =
            app.db().read(user.actor(), async |tx| of_person(tx, person).await).await?;
        let t = app.texts(user.language);
        let sentence = sentence(&t, &memberships, app.now().date());
        let panel = MembershipPanel { t: &t, sentence, memberships };
        Ok(Some(Panel { side: Side::Beside, rank: 10, html: panel.render().unwrap_or_default() }))
    })
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

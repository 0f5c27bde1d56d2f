//! `/aow`: which members reach the state pension age in the months to come, so that we call before they do.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use db::{Error, Query as Sql, Tx};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Action, PersonId, PersonName};
use membership_rules::pension::{AgeRow, PensionDay, born_between, reaches};
use serde::Deserialize;
use texts::Texts;
use web::{App, Caller, Page, WebError};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/aow", get(show))
}

const ON_A_PAGE: i64 = 50;
/// Further ahead an age is an estimate for everybody.
pub(crate) const MONTHS_MAX: i64 = 60;

db::row! {
    #[derive(Clone, Debug)]
    pub(super) struct Reaching {
        pub id: PersonId,
        pub birth_date: Date,
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
        pub town: String,
        pub starts_on: Option<Date>,
    }
}

/// The last row of the page before.
pub(super) type After = (Date, PersonId);

/// Who is a member today and reaches the age from today until so many months later, in the order of the day.
pub(super) async fn reaching(
    tx: &mut Tx,
    ages: &[AgeRow],
    (today, months): (Date, i64),
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Reaching>, Error> {
    let until = today.checked_add(months.months()).unwrap_or(Date::MAX);
    let Some((first, last)) = born_between(ages, today, until) else { return Ok(vec![]) };
    let mut query = Sql::new(
        "select p.id, p.birth_date, p.initials, p.first_name, p.call_name, p.prefix, p.surname, p.town, m.starts_on
           from people p join memberships m on m.person_id = p.id
          where p.death_reported_at is null and p.birth_date is not null and p.birth_date >= ",
    );
    query.bind(first).push(" and p.birth_date <= ").bind(last);
    query.push(" and (m.starts_on is null or m.starts_on <= ").bind(today);
    query.push(") and (m.ends_on is null or m.ends_on >= ").bind(today).push(")");
    if let Some((born, id)) = after {
        query.push(" and (p.birth_date, p.id) > (").bind(born).push(", ").bind(id).push(")");
    }
    query.push(" order by p.birth_date, p.id limit ").bind(limit);
    tx.list(query).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    maanden: String,
    /// The last row of the page before: the day of birth is known to whoever may see the list's people, and masked on screen.
    na: String,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let ahead = app.rulebook().number("pension.ahead_months", today)?;
    let months = asked.maanden.parse().unwrap_or(ahead).clamp(1, MONTHS_MAX);
    let after = asked.na.parse::<PersonId>().ok();
    let (ages, mut found) = app
        .db()
        .read(caller.actor(), async |tx| {
            let ages = super::rows(tx, today).await?;
            let after = match after {
                Some(id) => super::born(tx, id).await?.map(|born| (born, id)),
                None => None,
            };
            let found = reaching(tx, &ages, (today, months), after, ON_A_PAGE + 1).await?;
            Ok::<_, Error>((ages, found))
        })
        .await?;
    let next = (i64::try_from(found.len()).is_ok_and(|found| found > ON_A_PAGE)).then(|| {
        found.pop();
        found.last().map(|last| last.id)
    });
    let t = app.texts(caller.language);
    let body = ListPage {
        t: &t,
        ages,
        found,
        months,
        next: next.flatten(),
        may_campaign: caller.may(Action::ManageCampaigns),
    };
    web::show(&app, &caller, Page::new(t.get("membership-pension-list"), "/leden"), &body).await
}

#[derive(Template)]
#[template(path = "pension_list.html")]
struct ListPage<'a> {
    t: &'a Texts,
    ages: Vec<AgeRow>,
    found: Vec<Reaching>,
    months: i64,
    next: Option<PersonId>,
    may_campaign: bool,
}

impl ListPage<'_> {
    fn name(&self, person: &Reaching) -> String {
        PersonName {
            initials: person.initials.clone(),
            first_name: person.first_name.clone(),
            call_name: person.call_name.clone(),
            prefix: person.prefix.clone(),
            surname: person.surname.clone(),
        }
        .short()
    }

    fn pension(&self, person: &Reaching) -> Option<PensionDay> {
        reaches(&self.ages, person.birth_date)
    }

    fn month(&self, person: &Reaching) -> String {
        self.pension(person).map(|pension| self.t.month_of(pension.on)).unwrap_or_default()
    }

    fn is_estimate(&self, person: &Reaching) -> bool {
        self.pension(person).is_some_and(|pension| pension.is_estimate)
    }

    fn since(&self, person: &Reaching) -> String {
        match person.starts_on {
            Some(day) => self.t.date(day),
            None => self.t.get("membership-start-unknown"),
        }
    }

    fn choices(&self) -> [i64; 4] {
        [3, 6, 12, 24]
    }
}

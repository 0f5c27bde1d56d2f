//! Who is meant: conditions in plain words over the people, as a query, a count and a few examples.

use db::{Error, Query, Tx};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{PersonName, local};
use membership_rules::pension::{AgeRow, born_between};
use people::person::{Standing, push_standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Conditions; what is empty asks nothing, and all that are given must hold.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// `member`, `former` or `none`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// One, or several with a comma between: any of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sector: String,
    /// What somebody is interested in, or asked a brochure about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub interest: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub employer: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub town: String,
    /// In years, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_from: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_until: Option<i64>,
    /// Nobody who was spoken to, or was in touch, in so many months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_months: Option<i64>,
    /// Reaches the state pension age (AOW) from today until so many months later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aow_months: Option<i64>,
}

/// What conditions are compared with.
pub(super) struct Today {
    day: Date,
    /// At which age the state pension begins for whom.
    ages: Vec<AgeRow>,
}

impl Today {
    pub(super) async fn load(tx: &mut Tx) -> Result<Self, Error> {
        let day = local(tx.now()).date();
        Ok(Self { day, ages: membership::pension::rows(tx, day).await? })
    }
}

impl Filter {
    /// The first field whose value cannot be: a status that is none, or a number that is no age or term.
    pub(super) fn wrong(&self) -> Option<(&'static str, &'static str)> {
        let age = |age: Option<i64>| age.is_none_or(|age| (0..=120).contains(&age));
        if !self.status.is_empty() && self.status.parse::<Standing>().is_err() {
            return Some(("status", "member, former or none"));
        }
        if !age(self.age_from) || !age(self.age_until) {
            return Some(("age_from", "an age from 0 to 120"));
        }
        if self.quiet_months.is_some_and(|months| !(1..=120).contains(&months)) {
            return Some(("quiet_months", "1 to 120"));
        }
        if self.aow_months.is_some_and(|months| !(1..=60).contains(&months)) {
            return Some(("aow_months", "1 to 60"));
        }
        None
    }

    /// Pushes the conditions over the people `p`, each with `and` before it.
    pub(super) fn push(&self, query: &mut Query, today: &Today) {
        let Today { day: today, ages } = today;
        let today = *today;
        if let Ok(standing) = self.status.parse() {
            push_standing(query, standing, today);
        }
        let sectors: Vec<&str> =
            self.sector.split(',').map(str::trim).filter(|sector| !sector.is_empty()).collect();
        if !sectors.is_empty() {
            query.push(" and p.sector in (");
            for (nr, sector) in sectors.into_iter().enumerate() {
                query.push(if nr == 0 { "" } else { ", " }).bind(sector);
            }
            query.push(")");
        }
        let interest = self.interest.trim();
        if !interest.is_empty() {
            query
                .push(" and (p.interest = ")
                .bind(interest)
                .push(" or exists (select 1 from contacts k where k.person_id = p.id and k.subject = ")
                .bind(interest)
                .push("))");
        }
        let employer = self.employer.trim();
        if !employer.is_empty() {
            query.push(" and lower(p.employer) = ").bind(employer.to_lowercase().as_str());
        }
        let town = self.town.trim();
        if !town.is_empty() {
            query.push(" and lower(p.town) = ").bind(town.to_lowercase().as_str());
        }
        let years_ago = |years: i64| today.checked_sub(years.years()).unwrap_or(Date::MIN);
        if let Some(age) = self.age_from {
            query.push(" and p.birth_date <= ").bind(years_ago(age));
        }
        if let Some(age) = self.age_until {
            query.push(" and p.birth_date > ").bind(years_ago(age + 1));
        }
        if let Some(months) = self.aow_months {
            let until = today.checked_add(months.months()).unwrap_or(Date::MAX);
            match born_between(ages, today, until) {
                Some((first, last)) => query
                    .push(" and p.birth_date is not null and p.birth_date >= ")
                    .bind(first)
                    .push(" and p.birth_date <= ")
                    .bind(last),
                None => query.push(" and 1 = 0"),
            };
        }
        if let Some(months) = self.quiet_months {
            let since = today.checked_sub(months.months()).unwrap_or(Date::MIN);
            let since =
                since.in_tz(kernel::AMSTERDAM).map_or(jiff::Timestamp::MIN, |at| at.timestamp());
            query
                .push(
                    " and not exists (select 1 from attempts a join outcomes o on o.attempt_id = a.id
                        where a.person_id = p.id and o.kind not in ('no_answer', 'busy', 'voicemail', 'wrong_number')
                          and a.started_at >= ",
                )
                .bind(since)
                .push(") and not exists (select 1 from contacts k where k.person_id = p.id and k.happened_at >= ")
                .bind(since)
                .push(")");
        }
    }
}

db::row! {
    /// One of the people who are meant.
    #[derive(Clone, Debug)]
    pub(super) struct Example {
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
        pub town: String,
        pub employer: String,
    }
}

impl Example {
    pub(super) fn name(&self) -> String {
        PersonName {
            initials: self.initials.clone(),
            first_name: self.first_name.clone(),
            call_name: self.call_name.clone(),
            prefix: self.prefix.clone(),
            surname: self.surname.clone(),
        }
        .short()
    }
}

/// Counted up to here: more is simply many.
pub(super) const COUNTED: i64 = 100_000;
const EXAMPLES: i64 = 10;

/// How many are meant, up to [`COUNTED`] and one more, and the first of them.
pub(super) async fn preview(tx: &mut Tx, filter: &Filter) -> Result<(i64, Vec<Example>), Error> {
    db::row! { struct Count { n: i64 } }
    let today = Today::load(tx).await?;
    let mut count = Query::new("select count(*) as n from (select p.id from people p where true");
    filter.push(&mut count, &today);
    count.push(" limit ").bind(COUNTED + 1).push(") as meant");
    let counted: Option<Count> = tx.list(count).await?.pop();
    let mut query = Query::new(
        "select p.initials, p.first_name, p.call_name, p.prefix, p.surname, p.town, p.employer
           from people p where true",
    );
    filter.push(&mut query, &today);
    query.push(" order by p.id limit ").bind(EXAMPLES);
    Ok((counted.map_or(0, |count| count.n), tx.list(query).await?))
}

/// The sectors that there are, read from the index one after the other.
pub(super) async fn sectors(tx: &mut Tx) -> Result<Vec<String>, Error> {
    db::row! { struct Sector { sector: String } }
    let found: Vec<Sector> = tx
        .all(
            "with recursive found (sector) as (
               select min(sector) from people where sector > ''
               union all
               select (select min(p.sector) from people p where p.sector > f.sector)
                 from found f where f.sector is not null)
             select sector from found where sector is not null limit 60",
            vec![],
        )
        .await?;
    Ok(found.into_iter().map(|row| row.sector).collect())
}

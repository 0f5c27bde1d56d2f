//! The form of a report becomes a report, or the text that says what is missing.

use db::{Error, Tx};
use jiff::civil::Date;
use kernel::ThemeId;
use rulebook::{Missing, Rulebook};
use service_rules::agreement::{NewAgreement, Source as AgreementSource};
use service_rules::wish::{Kind, NewWish, Source as WishSource};
use visits_rules::report::{Field, Write};
use visits_rules::way::Point;
use web::Fields;

use super::report::{Met, Report};
use super::store::Visit;

/// The day by which a question that was asked today has an answer.
pub(super) fn answer_by(book: &Rulebook, today: Date) -> Result<Date, Missing> {
    let days = book.number("service.answer_days", today)?;
    Ok(book.calendar.working_days_after(today, u16::try_from(days).unwrap_or(0)))
}

/// Which visit a form is about, and when it is read.
pub(super) struct Brought<'a> {
    pub visit: &'a Visit,
    /// The plan is over or somebody else's: this is a visit of its own, to the same place.
    pub is_own_visit: bool,
    pub today: Date,
    pub answer_by: Date,
}

type Read<T> = Result<Result<T, &'static str>, Error>;

/// What the form says, or the text that says what is missing.
pub(super) async fn read(tx: &mut Tx, brought: &Brought<'_>, fields: &Fields) -> Read<Report> {
    let visit = brought.visit;
    let visited_on = match (visit.visited_on, fields.text("visited_on")) {
        (Some(day), _) if !brought.is_own_visit => day,
        (_, "") => brought.today,
        (_, typed) => match kernel::parse_day(typed) {
            Some(day) => day,
            None => return Ok(Err("visits-no-day")),
        },
    };
    let writes = match writes(fields) {
        Ok(writes) => writes,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let agreements = match agreements(tx, brought, fields).await? {
        Ok(agreements) => agreements,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let wishes = match wishes(tx, brought, fields).await? {
        Ok(wishes) => wishes,
        Err(wrong) => return Ok(Err(wrong)),
    };
    Ok(Ok(Report {
        visit: (!brought.is_own_visit).then_some(visit.id),
        place: visit.place_id,
        visited_on,
        writes,
        met: met(fields),
        left: fields.all("left").filter_map(|id| id.parse().ok()).collect(),
        point: point(fields),
        agreements,
        wishes,
        key: brought.is_own_visit.then(|| key(fields, "v", 0)).flatten(),
    }))
}

fn writes(fields: &Fields) -> Result<Vec<Write>, &'static str> {
    let mut writes = Vec::new();
    for field in Field::ALL {
        let value = match field {
            Field::Spoke | Field::Topics => {
                let ids = fields.all(field.code()).filter(|id| !id.is_empty());
                ids.collect::<Vec<_>>().join(",")
            }
            // A day that was typed wins over one that was chosen.
            Field::Again => match fields.text("again_other") {
                "" => fields.text("again").to_owned(),
                typed => kernel::parse_day(typed).ok_or("visits-no-again")?.to_string(),
            },
            Field::Lives | Field::Mood => fields.text(field.code()).to_owned(),
        };
        let seen_nr = fields.text(&format!("seen_{field}")).parse().unwrap_or(0);
        // A field that is empty and was empty says nothing.
        if !(value.is_empty() && seen_nr == 0) {
            writes.push(Write { field: *field, value, seen_nr });
        }
    }
    Ok(writes)
}

fn met(fields: &Fields) -> Vec<Met> {
    let typed = ["met_first_name", "met_last_name", "met_role", "met_mobile"];
    if typed.iter().all(|name| fields.text(name).is_empty()) {
        return vec![];
    }
    vec![Met {
        first_name: fields.text("met_first_name").to_owned(),
        prefix: String::new(),
        last_name: fields.text("met_last_name").to_owned(),
        role: fields.text("met_role").to_owned(),
        mobile: fields.text("met_mobile").to_owned(),
    }]
}

/// Where the telephone stood, in millionths of a degree: `52126000,4656000`. What is no place says nothing.
fn point(fields: &Fields) -> Option<Point> {
    let (lat, lon) = fields.text("point").split_once(',')?;
    Point::new(lat.parse().ok()?, lon.parse().ok()?)
}

/// What a row of this form is known by: the same form sent twice makes nothing twice (V3).
fn key(fields: &Fields, what: &str, nr: usize) -> Option<String> {
    let form = fields.text("key");
    (!form.is_empty()).then(|| format!("{form}-{what}{nr}"))
}

async fn agreements(
    tx: &mut Tx,
    brought: &Brought<'_>,
    fields: &Fields,
) -> Read<Vec<(Option<String>, NewAgreement)>> {
    let mut agreements = Vec::new();
    let owners: Vec<&str> = fields.all("agreement_owner").collect();
    let days: Vec<&str> = fields.all("agreement_due").collect();
    let said = fields.all("agreement_what").enumerate().filter(|(_, what)| !what.is_empty());
    for (nr, what) in said {
        let owner = service::read_owner(tx, owners.get(nr).unwrap_or(&"me")).await?;
        let due_on = kernel::parse_day(days.get(nr).unwrap_or(&""));
        let (Some(owner), Some(due_on)) = (owner, due_on) else {
            return Ok(Err("visits-agreement-incomplete"));
        };
        let new = NewAgreement {
            what: what.to_owned(),
            owner,
            due_on,
            person: None,
            organisation: Some(brought.visit.member_id),
            source: AgreementSource::Visit,
        };
        match new.check(brought.today) {
            Ok(new) => agreements.push((key(fields, "a", nr), new)),
            Err(_) => return Ok(Err("visits-agreement-past")),
        }
    }
    Ok(Ok(agreements))
}

async fn wishes(
    tx: &mut Tx,
    brought: &Brought<'_>,
    fields: &Fields,
) -> Read<Vec<(Option<String>, NewWish)>> {
    let mut wishes = Vec::new();
    let themes: Vec<&str> = fields.all("wish_theme").collect();
    let said = fields.all("wish_words").enumerate().filter(|(_, words)| !words.is_empty());
    for (nr, words) in said {
        let theme = themes.get(nr).and_then(|id| id.parse::<ThemeId>().ok());
        let known = service::theme::all(tx).await?;
        let Some(theme) = theme.filter(|id| known.iter().any(|theme| theme.id == *id)) else {
            return Ok(Err("visits-wish-incomplete"));
        };
        let new = NewWish {
            kind: Kind::Question,
            theme,
            words: words.to_owned(),
            person: None,
            organisation: Some(brought.visit.member_id),
            source: WishSource::Visit,
            owner: service::theme::who_knows(tx, theme).await?,
            due_on: brought.answer_by,
        };
        match new.check(brought.today) {
            Ok(new) => wishes.push((key(fields, "w", nr), new)),
            Err(_) => return Ok(Err("visits-wish-incomplete")),
        }
    }
    Ok(Ok(wishes))
}

//! What a membership would cost, before there is one.

use db::{Error, Tx};
use dues_rules::target;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Cents, PersonId};
use membership::tariff::{HolderKind, State, class_name, per_text, with_rows};
use membership_rules::Began;
use membership_rules::tariff::{Facts, NotIntro, Per, Phase, Priced, Table, Told, price, table_on};
use rulebook::Rulebook;
use texts::Texts;

use crate::{Broken, settings};

/// On whom the amount hangs.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// Somebody whom we know; may have been a member before.
    pub person: Option<PersonId>,
    pub born: Option<Date>,
    pub told: Vec<Told>,
    pub began: Began,
}

#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub starts_on: Date,
    /// With the introductory offer, where the new member gets it.
    pub priced: Priced,
    pub usual: Priced,
    pub phase: Option<Phase>,
    pub not_intro: Option<NotIntro>,
    /// The names of the classes, in both languages.
    pub rows: Vec<membership::tariff::StoredRow>,
    /// No earlier day is possible for the first collection: it is announced before.
    pub first_collection: Date,
}

impl Offer {
    /// `€ 18,50 per maand`, with what comes first.
    pub(crate) fn amount(&self, t: &Texts) -> String {
        let intro_until = self.phase.map(|phase| phase.until);
        amount(t, self.priced.cents, self.usual.cents, self.usual.per, intro_until)
    }

    pub(crate) fn class(&self, t: &Texts) -> String {
        class_name(t, &self.rows, &self.usual.class)
    }

    /// The class that would cost less if there were proof.
    pub(crate) fn with_proof(&self, t: &Texts) -> Option<String> {
        let id = self.usual.with_proof?;
        let row = self.rows.iter().find(|row| row.id == id)?;
        Some(class_name(t, &self.rows, &row.class))
    }

    pub(crate) fn why_no_intro(&self, t: &Texts) -> Option<String> {
        Some(match self.not_intro? {
            NotIntro::Transfer => t.get("joining-no-intro-transfer"),
            NotIntro::Returned(left) => t.with("joining-no-intro-returned", "day", t.date(left)),
            NotIntro::Class => t.get("joining-no-intro-class"),
        })
    }
}

/// `€ 18,50 per maand`, or what the introductory months cost and what comes behind them.
pub(crate) fn amount(
    t: &Texts,
    cents: Cents,
    usual: Cents,
    per: Per,
    intro_until: Option<Date>,
) -> String {
    let usual = format!("{} {}", t.money(usual), t.get(per_text(per)));
    match intro_until {
        None => usual,
        Some(until) => t.fill(
            "joining-amount-intro",
            [
                ("amount", t.money(cents).into()),
                ("until", t.date(until).into()),
                ("usual", usual.into()),
            ],
        ),
    }
}

/// What the tariff of the first day asks to know.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asks {
    pub hours: bool,
    pub income: bool,
}

/// The offer that holds on the first day, and what the tariff asks about; no offer if no tariff can tell.
pub(crate) async fn offer(
    tx: &mut Tx,
    book: &Rulebook,
    who: &Who,
    today: Date,
) -> Result<(Option<Offer>, Asks), Broken> {
    let starts_on = settings::starts_on(book, today)?;
    let versions = with_rows(tx, HolderKind::Person).await?;
    let set: Vec<_> = versions.into_iter().filter(|(table, _)| table.state == State::Set).collect();
    let tables: Vec<Table> = set.iter().map(|(table, rows)| table.table(rows)).collect();
    let Some(table) = table_on(&tables, starts_on) else { return Ok((None, Asks::default())) };
    let rows = set.iter().find(|(stored, _)| stored.id == table.id).map(|(_, rows)| rows.clone());
    let rows = rows.unwrap_or_default();
    let asks = Asks {
        hours: rows.iter().any(|row| row.hours_from.is_some() || row.hours_until.is_some()),
        income: rows.iter().any(|row| row.income_from.is_some() || row.income_until.is_some()),
    };
    let ages = membership::pension::rows(tx, today).await?;
    let Who { person, born, told, began } = who;
    let mut facts =
        Facts { born: *born, kind: String::new(), told: told.clone(), places: 0, phase: None };
    let Ok(usual) = price(&tables, &ages, &facts, starts_on) else { return Ok((None, asks)) };
    let left = match person {
        Some(person) => last_day(tx, *person).await?,
        None => None,
    };
    let phase =
        table.intro.as_ref().map(|intro| intro.phase(starts_on, &usual.class, *began, left));
    let (phase, not_intro) = match phase {
        Some(Ok(phase)) => (Some(phase), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    facts.phase = phase;
    let priced = price(&tables, &ages, &facts, starts_on).unwrap_or_else(|_| usual.clone());
    let notice = book.number("sdd.prenotification_days", today)?;
    let announced = today.checked_add(notice.days()).unwrap_or(today);
    let first_collection = target::on_or_after(&book.calendar, announced.max(starts_on));
    let offer = Offer { starts_on, priced, usual, phase, not_intro, rows, first_collection };
    Ok((Some(offer), asks))
}

/// The last day of an earlier membership.
async fn last_day(tx: &mut Tx, person: PersonId) -> Result<Option<Date>, Error> {
    let before = membership::of_person(tx, person).await?;
    Ok(before.into_iter().filter_map(|membership| membership.ends_on).max())
}

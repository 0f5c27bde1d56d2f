use askama::Template;
use jiff::civil::Date;
use kernel::Cents;
use membership_rules::tariff::Situation;
use texts::Texts;
use web::Fields;

use super::StoredSituation;
use crate::Holder;
use crate::tariff::{has_value, situation_text};

/// What a member told, and the form for what is told now.
#[derive(Template)]
#[template(path = "situations.html")]
pub(super) struct SituationsPage<'a> {
    pub t: &'a Texts,
    pub holder: Holder,
    pub name: String,
    pub told: Vec<StoredSituation>,
    pub typed: &'a Fields,
    /// Which field is wrong, and the text that says so.
    pub wrong: Option<(&'static str, &'static str)>,
    pub today: Date,
    pub notice: Option<String>,
}

impl SituationsPage<'_> {
    fn back(&self) -> String {
        match self.holder {
            Holder::Person(id) => format!("/leden/{id}"),
            Holder::Organisation(id) => format!("/organisaties/{id}"),
        }
    }

    fn action(&self) -> String {
        super::route::path(self.holder)
    }

    fn choices(&self) -> Vec<(&'static str, String, bool)> {
        let of_company = matches!(self.holder, Holder::Organisation(_));
        Situation::ALL
            .iter()
            .filter(|situation| {
                matches!(situation, Situation::Branches | Situation::Floor) == of_company
            })
            .map(|situation| {
                let text = self.t.get(situation_text(*situation));
                (situation.code(), text, self.typed.text("soort") == situation.code())
            })
            .collect()
    }

    fn why(&self, field: &str) -> Option<String> {
        self.wrong.filter(|(found, _)| *found == field).map(|(_, text)| self.t.get(text))
    }

    fn says(&self, told: &StoredSituation) -> String {
        let what = self.t.get(situation_text(told.situation));
        match told.value.filter(|_| has_value(told.situation)) {
            None => what,
            Some(cents) if told.situation == Situation::Income => {
                format!("{what}: {}", self.t.money(Cents(cents)))
            }
            Some(value) => format!("{what}: {}", self.t.number(value)),
        }
    }

    fn period(&self, told: &StoredSituation) -> String {
        let from = self.t.date(told.from_on);
        match told.until_on {
            Some(until) => format!("{from} – {}", self.t.date(until)),
            None => self.t.with("membership-situation-since", "day", from),
        }
    }

    fn proof(&self, told: &StoredSituation) -> Option<String> {
        let until = told.proof_until?;
        Some(self.t.with("membership-situation-proof-until", "day", self.t.date(until)))
    }

    fn is_over(&self, told: &StoredSituation) -> bool {
        told.is_over(self.today)
    }
}

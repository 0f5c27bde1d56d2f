//! Who may speak for a member: family, an administrator, a guardian, whoever settles the estate.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::Pii;

use crate::person::{TEXT_MAX, Why, Wrong, clean, read_date};

kernel::codes! {
    pub enum Relation {
        Family = "family",
        /// Appointed by the court over somebody's money (bewindvoerder).
        Administrator = "administrator",
        /// Appointed over somebody's person: mentor, curator, or the guardian of a child.
        Guardian = "guardian",
        /// Executor or heir.
        Heir = "heir",
    }
}

kernel::codes! {
    /// About what somebody speaks for the member.
    pub enum Scope {
        /// Hears what stands in the file.
        Information = "information",
        Changes = "changes",
        Cancellation = "cancellation",
    }
}

/// The fields as they were typed.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub name: Pii<String>,
    pub relation: String,
    pub scopes: Vec<String>,
    /// Today, if empty.
    pub from: String,
    pub until: String,
    pub proof: Pii<String>,
    /// Today, if empty.
    pub seen_on: String,
}

/// Somebody who may speak for a member from now on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct New {
    pub name: Pii<String>,
    pub relation: Relation,
    pub scopes: BTreeSet<Scope>,
    pub from: Date,
    /// The last day.
    pub until: Option<Date>,
    /// What was seen that says so: `volmacht`, `beschikking van de rechtbank`.
    pub proof: Pii<String>,
    pub seen_on: Date,
}

impl Draft {
    pub fn read(&self, today: Date) -> Result<New, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut text = |field, typed: &Pii<String>| {
            let text = clean(typed.reveal());
            let why = if text.is_empty() {
                Some(Why::Missing)
            } else if text.chars().count() > TEXT_MAX {
                Some(Why::TooLong)
            } else if kernel::holds_bsn(&text) {
                Some(Why::HoldsBsn)
            } else {
                None
            };
            wrong.extend(why.map(|why| Wrong { field, why }));
            Pii::new(text)
        };
        let name = text("name", &self.name);
        let proof = text("proof", &self.proof);
        let relation = self.relation.parse().ok();
        if relation.is_none() {
            wrong.push(Wrong { field: "relation", why: Why::Missing });
        }
        let scopes: BTreeSet<Scope> =
            self.scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
        if scopes.is_empty() {
            wrong.push(Wrong { field: "scope", why: Why::Missing });
        }
        let from = read_date("from", &self.from, &mut wrong).unwrap_or(today);
        let until = read_date("until", &self.until, &mut wrong);
        if until.is_some_and(|until| until < from) {
            wrong.push(Wrong { field: "until", why: Why::EndsBeforeItBegins });
        }
        let seen_on = read_date("seen_on", &self.seen_on, &mut wrong).unwrap_or(today);
        if seen_on > today {
            wrong.push(Wrong { field: "seen_on", why: Why::InTheFuture });
        }
        match relation {
            Some(relation) if wrong.is_empty() => {
                Ok(New { name, relation, scopes, from, until, proof, seen_on })
            }
            _ => Err(wrong),
        }
    }
}

/// Whether somebody speaks for the member on `day`; `until` is the last day. Whoever was ended holds no more, from
/// that moment.
#[must_use]
pub fn holds_on(day: Date, from: Date, until: Option<Date>, is_ended: bool) -> bool {
    !is_ended && from <= day && until.is_none_or(|until| day <= until)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn draft() -> Draft {
        let text = |text: &str| Pii::new(text.to_owned());
        Draft {
            name: text(" Els  van Vliet "),
            relation: "family".into(),
            scopes: vec!["information".into(), "changes".into(), "anything".into()],
            proof: text("volmacht"),
            ..Draft::default()
        }
    }

    const TODAY: Date = date(2026, 11, 24);

    fn why(draft: &Draft) -> Vec<(&'static str, Why)> {
        let wrong = draft.read(TODAY).unwrap_err();
        wrong.into_iter().map(|wrong| (wrong.field, wrong.why)).collect()
    }

    #[test]
    fn a_form_is_understood_or_says_what_is_wrong() {
        let new = draft().read(TODAY).unwrap();
        assert_eq!(
            (new.name.reveal().as_str(), new.from, new.until),
            ("Els van Vliet", TODAY, None)
        );
        assert_eq!(new.scopes, BTreeSet::from([Scope::Information, Scope::Changes]));

        let empty = why(&Draft::default());
        assert_eq!(
            empty,
            ["name", "proof", "relation", "scope"].map(|field| (field, Why::Missing))
        );
        let bsn = Draft { proof: Pii::new("rechtbank, bsn 111222333".into()), ..draft() };
        assert_eq!(why(&bsn), [("proof", Why::HoldsBsn)]);
        let turned = Draft { from: "2-12-2026".into(), until: "1-12-2026".into(), ..draft() };
        assert_eq!(why(&turned), [("until", Why::EndsBeforeItBegins)]);
        let ahead = Draft { seen_on: "25-11-2026".into(), ..draft() };
        assert_eq!(why(&ahead), [("seen_on", Why::InTheFuture)]);
    }

    #[test]
    fn the_first_and_the_last_day_count_and_whoever_was_ended_does_not() {
        let (from, until) = (date(2026, 11, 1), date(2026, 11, 30));
        for (day, holds) in
            [(date(2026, 10, 31), false), (from, true), (until, true), (date(2026, 12, 1), false)]
        {
            assert_eq!(holds_on(day, from, Some(until), false), holds, "{day}");
            assert!(!holds_on(day, from, Some(until), true), "{day}");
        }
        assert!(holds_on(date(2036, 1, 1), from, None, false));
    }
}

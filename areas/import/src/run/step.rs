//! One step: some rows of a file, understood, matched and written together.

use std::sync::Mutex;

use import_rules::columns::{Kind, Mapping};
use import_rules::row::{Key, Refused};
use jiff::civil::Date;
use kernel::{ImportId, PersonId, Window};
use people_rules::person::Wrong;

use super::match_person::Known;
use crate::file::Row;

pub(super) struct Step<'a> {
    pub import: ImportId,
    pub kind: Kind,
    pub mapping: &'a Mapping,
    pub rows: &'a [Row],
    pub today: Date,
    /// For promises whose row names no hour.
    pub office_hours: Window,
    /// In a dry run: the keys of earlier steps, whose people were never written.
    pub seen: Option<&'a Mutex<Known>>,
}

kernel::codes! {
    pub enum Action {
        Added = "added",
        Changed = "changed",
        Unchanged = "unchanged",
        Refused = "refused",
    }
}

/// What became of one row.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub action: Action,
    pub person: Option<PersonId>,
    /// What was added or changed, where that is not the person itself.
    pub subject: Option<i64>,
    /// The version of the person after this row, if the row changed it.
    pub version: Option<i64>,
    /// JSON of what an undo brings back.
    pub before: Option<String>,
    /// Codes, for whoever mends the file.
    pub refused: Option<String>,
    pub doubts: Vec<String>,
}

impl Outcome {
    pub(super) fn of(action: Action, person: PersonId) -> Self {
        Self {
            action,
            person: Some(person),
            subject: None,
            version: None,
            before: None,
            refused: None,
            doubts: vec![],
        }
    }

    pub(super) fn refused(refused: Refused) -> Self {
        Self {
            action: Action::Refused,
            person: None,
            subject: None,
            version: None,
            before: None,
            refused: Some(reason(refused)),
            doubts: vec![],
        }
    }
}

/// `birth_date: not_a_date`: the field and the reason, as words that a text exists for.
pub(crate) fn reason(refused: Refused) -> String {
    match refused {
        Refused::Field(wrong) => doubt(wrong),
        Refused::Formula { field } => format!("{field}: formula"),
        Refused::Unreadable { field } => format!("{field}: unreadable"),
        Refused::Code { field } => format!("{field}: unknown_word"),
        Refused::TooManyCells => "row: too_many_cells".into(),
        Refused::NoKey => "member_number: no_key".into(),
        Refused::Unknown => "member_number: unknown_person".into(),
        Refused::Several => "row: several_people".into(),
        Refused::KeyTaken => "member_number: taken".into(),
        Refused::EndsBeforeItBegins => "until: ends_before_it_begins".into(),
        Refused::NoSuchUser => "owner: no_such_user".into(),
    }
}

pub(crate) fn doubt(wrong: Wrong) -> String {
    format!("{}: {}", wrong.field, wrong.why)
}

impl Step<'_> {
    /// Whether an earlier step of this dry run added somebody with this key.
    pub(super) fn was_seen(&self, key: Option<&Key>) -> bool {
        let seen = self.seen.map(|seen| seen.lock().expect("nobody panics while holding it"));
        seen.zip(key).is_some_and(|(seen, key)| seen.has(key))
    }

    pub(super) fn remember(&self, key: &Key, person: PersonId) {
        if let Some(seen) = self.seen {
            seen.lock().expect("nobody panics while holding it").add(key.clone(), person);
        }
    }
}

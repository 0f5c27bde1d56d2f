//! Contributions: mandates, what is collected and paid out, the files that go to the bank and what the bank says about them.

pub mod account;
pub mod amount;
pub mod bank;
mod broken;
pub mod creditor;
pub mod file;
pub mod mandate;
pub mod period;
pub mod run;
mod settings;
mod watch;
mod words;

pub use broken::Broken;
pub use watch::{look, watch};
pub use words::iban_text;

// What other areas call in a step of their own.
pub use amount::{go_on, outstanding, pay_out, stop};
pub use mandate::give as give_mandate;
pub use words::what as what_text;

use kernel::Action;
use web::{Area, DoneFuture, FirstStep, Nav, PersonalData};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration { name: "dues-0001-dues", sql: include_str!("../migrations/0001-dues.sql") },
    db::Migration {
        name: "dues-0002-periods",
        sql: include_str!("../migrations/0002-periods.sql"),
    },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "dues",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        table: "accounts",
        what: "account numbers, sealed, and the names on them",
        erasure: "kept for the books, seven years after the last payment; then the row is deleted",
    },
    PersonalData {
        table: "mandates",
        what: "when and how somebody allowed us to collect",
        erasure: "kept fourteen months after the last collection, as proof for the bank; then without the person",
    },
    PersonalData {
        table: "dues",
        what: "what somebody owed and paid, or was paid",
        erasure: "kept for the books, seven years, without the person",
    },
];

#[must_use]
pub fn area() -> Area {
    Area::new("dues", TEXTS)
        .migrations(MIGRATIONS)
        .routes(
            run::routes()
                .merge(bank::routes())
                .merge(creditor::routes())
                .merge(mandate::routes())
                .merge(amount::routes())
                .merge(period::routes())
                .merge(account::routes()),
        )
        .api(
            run::api_routes()
                .merge(bank::api_routes())
                .merge(mandate::api_routes())
                .merge(amount::api_routes())
                .merge(period::api_routes()),
        )
        .nav(Nav {
            rank: 42,
            path: "/incasso",
            icon: "card",
            text: "dues-collections",
            action: Action::ReleaseRuns,
            part_of: None,
        })
        .first_step(FirstStep {
            rank: 60,
            path: "/incasso/incassant",
            title: "dues-first-creditor",
            says: "dues-first-creditor-says",
            action: Action::ManageDues,
            is_done: has_creditor,
        })
        .member_panel(mandate::of_person)
        .organisation_panel(mandate::of_organisation)
        .personal_data(PERSONAL_DATA)
}

fn has_creditor(tx: &mut db::Tx) -> DoneFuture<'_> {
    Box::pin(async { Ok(creditor::current(tx).await?.is_some()) })
}

const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// An id in the letters that a bank takes, short enough for its fields.
fn base36(id: i64) -> String {
    let mut rest = id.unsigned_abs();
    let mut letters = Vec::new();
    loop {
        letters.push(DIGITS[usize::try_from(rest % 36).expect("below 36")]);
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    letters.reverse();
    String::from_utf8(letters).expect("letters and digits")
}

fn from_base36(text: &str) -> Option<i64> {
    i64::from_str_radix(text, 36).ok().filter(|id| *id >= 0)
}

#[cfg(test)]
mod tests {
    use super::{base36, from_base36};

    #[test]
    fn an_id_comes_back_from_the_bank() {
        for id in [0, 35, 36, 121_212_121_212_121_212, i64::MAX] {
            assert_eq!(from_base36(&base36(id)), Some(id));
        }
        assert_eq!(from_base36("-1"), None);
        assert_eq!(from_base36(""), None);
    }
}

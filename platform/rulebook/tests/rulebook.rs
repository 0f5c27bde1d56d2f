//! What is shipped can be read, and what is changed holds from its day on.

use db::Migration;
use jiff::civil::Date;
use kernel::{Actor, UserId};
use rulebook::{Rule, Rulebook, change, seed};

fn steps() -> Vec<Migration> {
    [activity::MIGRATIONS, rulebook::MIGRATIONS].concat()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

#[tokio::test]
async fn shipped_rules_and_days_are_there_once() {
    db::test::on_each_engine(&steps(), Actor::SYSTEM, async |tx| {
        seed(tx).await.unwrap();
        seed(tx).await.unwrap();
        let book = Rulebook::load(tx).await.unwrap();

        let tuesday = date("2026-11-24");
        assert_eq!(book.number("callback.default_working_days", tuesday), Ok(3));
        assert_eq!(book.part("retry.no_answer", "tries_max", tuesday), Ok(4));
        assert_eq!(book.window("lines.hours", tuesday).unwrap().from.to_string(), "08:30:00");
        assert!(book.words("permission.p4", tuesday).unwrap().contains(&"event".into()));
        assert!(book.number("no.such.rule", tuesday).is_err());
        // Not valid yet.
        assert!(book.words("permission.p4", date("2026-06-30")).is_err());

        // The flags of one day are independent (§8.6).
        let good_friday = book.calendar.day(date("2027-03-26")).unwrap();
        assert!(good_friday.legal_term_holiday && !good_friday.office_closed);
        let fifth =
            |year: &str| book.calendar.day(date(&format!("{year}-05-05"))).unwrap().office_closed;
        assert!(!fifth("2026") && fifth("2030"));
        assert_eq!(book.calendar.day(date("2031-04-26")).unwrap().name, "Koningsdag");
        assert_eq!(book.calendar.working_days_after(date("2026-12-23"), 3), date("2026-12-29"));
    })
    .await;
}

#[tokio::test]
async fn a_change_holds_from_its_day_and_the_past_keeps_its_rule() {
    db::test::on_each_engine(&steps(), Actor::user(UserId(9)), async |tx| {
        seed(tx).await.unwrap();
        let book = Rulebook::load(tx).await.unwrap();
        let old = book.on("callback.default_working_days", date("2026-11-24")).unwrap().clone();
        change(tx, Rule { value: "5".into(), valid_from: date("2027-01-01"), ..old })
            .await
            .unwrap();

        let book = Rulebook::load(tx).await.unwrap();
        let on = |day| book.number("callback.default_working_days", date(day)).unwrap();
        assert_eq!((on("2026-12-31"), on("2027-01-01")), (3, 5));
    })
    .await;
}

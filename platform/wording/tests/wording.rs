use db::test::on_each_engine;
use db::{Migration, Tx};
use jiff::civil::{Date, date};
use kernel::{Actor, UserId};
use texts::Language;
use wording::{Address, NewWording, Unfilled, fill};

const TODAY: Date = date(2026, 11, 24);
const KEY: &str = "mail.cancellation.kept";

fn steps() -> Vec<Migration> {
    [activity::MIGRATIONS, rulebook::MIGRATIONS, wording::MIGRATIONS].concat()
}

fn administrator() -> Actor {
    Actor::user(UserId(7))
}

fn new(address: Address, title: &str, valid_from: Date) -> NewWording {
    NewWording {
        key: KEY.into(),
        language: Language::Dutch,
        address,
        title: title.into(),
        body: "{afspraak}".into(),
        source: "Besluit van het bestuur".into(),
        grade: "D".into(),
        valid_from,
    }
}

async fn title(tx: &mut Tx, day: Date) -> String {
    wording::on(tx, KEY, Language::Dutch, day).await.unwrap().title
}

#[tokio::test]
async fn every_text_is_there_in_both_languages_and_stays_when_seeded_again() {
    on_each_engine(&steps(), Actor::SYSTEM, async |tx| {
        wording::seed(tx).await.unwrap();
        let before = wording::history(tx, None).await.unwrap().len();
        wording::seed(tx).await.unwrap();
        assert_eq!(wording::history(tx, None).await.unwrap().len(), before);
        for about in wording::all() {
            for language in [Language::Dutch, Language::English] {
                let found = wording::on(tx, &about.key, language, TODAY).await.unwrap();
                assert_eq!((found.version, found.address), (1, Address::U), "{}", about.key);
            }
        }
        let lost = wording::on(tx, "mail.unknown", Language::Dutch, TODAY).await;
        assert!(matches!(lost, Err(wording::Lost::Unknown { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_new_version_holds_from_its_day_and_the_old_one_can_be_shown_again() {
    on_each_engine(&steps(), administrator(), async |tx| {
        wording::seed(tx).await.unwrap();
        let shown = wording::on(tx, KEY, Language::Dutch, TODAY).await.unwrap();
        let later = date(2026, 12, 1);
        wording::change(tx, new(Address::U, "Vanaf december", later)).await.unwrap();
        assert_eq!(title(tx, date(2026, 11, 30)).await, shown.title);
        assert_eq!(title(tx, later).await, "Vanaf december");
        // The same day again: the last that was written.
        wording::change(tx, new(Address::U, "Beter", later)).await.unwrap();
        assert_eq!(title(tx, later).await, "Beter");

        let again = wording::version(tx, shown.id).await.unwrap().unwrap();
        assert_eq!((again.title, again.body), (shown.title, shown.body));
        let events: i64 = tx
            .value("select count(*) as value from events where kind = 'wording_changed'", vec![])
            .await
            .unwrap();
        assert_eq!(events, 2);
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_what_was_shown() {
    for statement in ["update wordings set title = 'x'", "delete from wordings"] {
        on_each_engine(&steps(), Actor::SYSTEM, async |tx| {
            wording::seed(tx).await.unwrap();
            let refused = tx.execute(statement, vec![]).await.unwrap_err();
            assert!(refused.to_string().contains("S2"), "{refused}");
        })
        .await;
    }
}

#[tokio::test]
async fn the_association_chooses_how_members_are_spoken_to() {
    on_each_engine(&steps(), administrator(), async |tx| {
        rulebook::seed(tx).await.unwrap();
        wording::seed(tx).await.unwrap();
        wording::change(tx, new(Address::Je, "Voor jou", TODAY)).await.unwrap();
        assert_ne!(title(tx, TODAY).await, "Voor jou");
        let rule = rulebook::history(tx).await.unwrap();
        let rule = rule.into_iter().find(|rule| rule.key == "texts.address").unwrap();
        let tomorrow = date(2026, 11, 25);
        let je = rulebook::Rule { value: r#"["je"]"#.into(), valid_from: tomorrow, ..rule };
        rulebook::change(tx, je).await.unwrap();
        assert_ne!(title(tx, TODAY).await, "Voor jou");
        assert_eq!(title(tx, tomorrow).await, "Voor jou");
        // What was never written in that form comes in the other.
        let condolence = wording::on(tx, "letter.condolence", Language::Dutch, tomorrow).await;
        assert_eq!(condolence.unwrap().address, Address::U);
        let english = wording::on(tx, KEY, Language::English, tomorrow).await.unwrap();
        assert_eq!(english.address, Address::U);
    })
    .await;
}

#[tokio::test]
async fn a_text_is_filled_with_all_that_it_may_use_and_nothing_else() {
    on_each_engine(&steps(), Actor::SYSTEM, async |tx| {
        wording::seed(tx).await.unwrap();
        let code = wording::on(tx, "sms.referral.code", Language::Dutch, TODAY).await.unwrap();
        let value = |name: &'static str, value: &str| (name, value.to_owned());
        let link = value("werverlink", "https://x.example/w/1");
        let filled = fill(&code, &[value("code", "A-1"), link.clone()]).unwrap();
        let expected =
            "Uw code om door te geven: A-1. Of stuur deze link door: https://x.example/w/1";
        assert_eq!(filled.text, expected);
        let missing = fill(&code, &[value("code", "A-1")]).unwrap_err();
        assert!(
            matches!(missing, Unfilled::Missing { placeholder, .. } if placeholder == "werverlink")
        );
        let unknown = fill(&code, &[value("code", "A-1"), link, value("premie", "1")]).unwrap_err();
        assert!(
            matches!(unknown, Unfilled::Unknown { placeholder, .. } if placeholder == "premie")
        );
    })
    .await;
}

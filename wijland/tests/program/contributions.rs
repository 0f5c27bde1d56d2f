//! What everybody owes for a month, by one press; who is told, and what is settled.

use axum::http::StatusCode;
use db::{Tx, args};
use dues::amount::{Due, NewDue, Priced};
use dues_rules::amount::{Cancelled, Purpose, State};
use dues_rules::mandate::Method;
use kernel::{Actor, Cents, MembershipId};
use serde_json::{Value, json};

use crate::dues::{
    ACCOUNTS, DEKKER, KAYA, VLIET, creditor, day, mandate, membership, released, state, write,
};
use crate::harness::{World, on_each_engine, on_each_trade_engine};

async fn press(world: &World, day: &str) -> Value {
    pressed_by(world, "petra", day).await
}

async fn pressed_by(world: &World, login: &'static str, day: &str) -> Value {
    let finance = world.program(login).await;
    let made = finance.post("/dues/periods", &json!({"day": day})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()
}

fn left(made: &Value, why: &str) -> i64 {
    let rows = made["left"].as_array().unwrap();
    let row = rows.iter().find(|row| row["why"] == why);
    row.map_or(0, |row| row["members"].as_i64().unwrap())
}

async fn execute(world: &World, sql: &'static str, id: i64) {
    write(world, async |tx| tx.change_one(sql, args![id]).await.unwrap()).await;
}

async fn owed(world: &World, membership: MembershipId) -> Vec<Due> {
    write(world, async |tx| dues::amount::of_membership(tx, membership, 50).await.unwrap()).await
}

/// Reads mail from now on.
async fn reads_mail(world: &World, number: &str) {
    let person = world.person(number).await;
    let sql = "update people set email = 'w@b.example', email_fold = 'w@b.example' where id = $1";
    execute(world, sql, person).await;
}

#[tokio::test]
async fn one_press_asks_everybody_once_with_the_right_amount() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let (vliet, dekker, kaya) = (
            membership(&world, VLIET).await,
            membership(&world, DEKKER).await,
            membership(&world, KAYA).await,
        );
        mandate(&world, vliet, ACCOUNTS[0], Method::Paper).await;
        // One leaves before, one is in debt restructuring, one signed up and withdrew.
        execute(&world, "update memberships set ends_on = '2026-11-30' where id = $1", dekker.0).await;
        let person = world.person(KAYA).await;
        write(&world, async |tx| {
            tx.change_one(
                "insert into situations (id, person_id, situation, from_on, proof_until, told_by, told_at)
                 values (1, $1, 'debt', '2026-01-01', '2027-12-31', 0, 0)",
                args![person],
            )
            .await
            .unwrap();
        })
        .await;
        let gone = membership(&world, "2419906").await;
        write(&world, async |tx| membership::delete(tx, gone).await.unwrap()).await;

        // Two press at once; a third afterwards.
        let petra = world.program("petra").await;
        let body = json!({"day": "2026-12-01"});
        let (one, other) =
            tokio::join!(petra.post("/dues/periods", &body), petra.post("/dues/periods", &body));
        assert_eq!([one.status, other.status], [StatusCode::CREATED; 2], "{}", other.text);
        let rows = world.count("select count(*) as value from dues where purpose = 'contribution'").await;
        let asked = "select cast(sum(row_count) as bigint) as value from due_periods";
        assert_eq!(world.count(asked).await, rows);
        let sums = "select cast(sum(cents) as bigint) as value from dues where purpose = 'contribution'";
        let made = "select cast(sum(cents) as bigint) as value from due_periods";
        assert_eq!(world.count(sums).await, world.count(made).await);
        let members = world
            .count(
                "select count(*) as value from memberships m left join people p on p.id = m.person_id
                  where (starts_on is null or starts_on <= '2026-12-01') and (ends_on is null or ends_on >= '2026-12-01')
                    and m.person_id is not null and p.death_reported_at is null",
            )
            .await;
        assert_eq!(rows + 1, members, "everybody but who is exempt");
        let again = press(&world, "2026-12-01").await;
        assert_eq!((&again["members"], &again["cents"]), (&json!(0), &json!(0)));
        assert_eq!((left(&again, "already"), left(&again, "exempt")), (rows, 1));

        let [december] = &owed(&world, vliet).await[..] else { panic!("one") };
        assert_eq!((december.period.as_str(), december.cents), ("2026-12", Cents(1850)));
        assert_eq!(december.tariff_class.as_deref(), Some("full"));
        assert!(december.tariff_version.is_some());
        assert!(owed(&world, dekker).await.is_empty() && owed(&world, kaya).await.is_empty());
        assert!(owed(&world, gone).await.is_empty());
        // Who gave no mandate pays the surcharge of the table.
        let without = "select count(*) as value from dues d where d.tariff_class = 'full' and d.cents <> 1950
                          and not exists (select 1 from mandates m where m.membership_id = d.membership_id)";
        assert_eq!(world.count(without).await, 0);

        let mut petra = world.browser("petra").await;
        let list = petra.get("/incasso/contributie").await;
        list.shows("december 2026");
        let path = list.between("href=\"/incasso/contributie/", "\"").to_owned();
        let page = petra.get(&format!("/incasso/contributie/{path}")).await;
        page.shows("was al gevraagd");
        page.shows("vrijgesteld");
    })
    .await;
}

#[tokio::test]
async fn finance_presses_one_button_for_the_month_to_come() {
    on_each_engine(async |world| {
        let mut petra = world.browser("petra").await;
        let page = petra.get("/incasso").await;
        page.shows("Maak de contributie van december");
        let form = [("dag", "2026-12-01"), ("vanaf", "2026-12-25")];
        let made = petra.post("/incasso/contributie", &form).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        let path = made.location().to_owned();
        let page = petra.get(&path).await;
        page.shows("Contributie van december 2026");
        page.shows("25 december 2026");
        // It is made: the next month is offered when this one has come, on the same day of it.
        petra.get("/incasso").await.hides("Maak de contributie van");
        world.clock_on("2026-12-02", "09:00");
        let mut petra = world.browser("petra").await;
        petra.get("/incasso").await.shows("name=\"vanaf\" value=\"2027-01-25\"");
        for (first, from, says) in [
            ("2026-12-02", "2026-12-25", "Kies de eerste van een maand."),
            ("2027-03-01", "2027-03-01", "De laatste maand die kan is februari 2027."),
            ("2027-01-01", "2026-12-31", "Kies een dag in de maand zelf of later."),
            ("", "2026-12-31", "Vul beide dagen in"),
        ] {
            let wrong =
                petra.post("/incasso/contributie", &[("dag", first), ("vanaf", from)]).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            wrong.shows(says);
        }
        let noor = world.program("noor").await;
        let refused = noor.post("/dues/periods", &json!({"day": "2027-01-01"})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn who_begins_in_the_middle_pays_the_rest_and_an_introduction_once() {
    on_each_engine(async |world| {
        // Part by the day, as an administrator sets it from December on.
        write(&world, async |tx| {
            for sql in [
                "insert into tariff_tables (id, holder, state, per, pro_rata, surcharge, intro_not_classes, intro_not_transfer,
                                            valid_from, source, grade, made_by, made_at)
                 values (77, 'person', 'draft', 'month', 'day', 100, '', false, '2026-12-01', 'Test', 'D', 0, 0)",
                "insert into tariff_rows (id, table_id, position, class, name_nl, name_en, cents, each_branch, situations, kinds,
                                          needs_proof)
                 values (770, 77, 1, 'full', 'Vol', 'Full', 3100, 0, '', '', false)",
                "update tariff_tables set state = 'set', set_by = 0, set_at = 0 where id = 77",
            ] {
                tx.execute(sql, args![]).await.unwrap();
            }
        })
        .await;
        let (vliet, dekker) = (membership(&world, VLIET).await, membership(&world, DEKKER).await);
        let begins = "update memberships set starts_on = '2026-12-22' where id = $1";
        execute(&world, begins, vliet.0).await;
        execute(&world, begins, dekker.0).await;
        mandate_of(&world, vliet, 0).await;
        execute(
            &world,
            "insert into membership_phases (membership_id, table_id, from_on, until_on, cents)
             values ($1, 77, '2026-12-22', '2027-04-21', 2500)",
            dekker.0,
        )
        .await;
        press(&world, "2026-12-01").await;
        let [part] = &owed(&world, vliet).await[..] else { panic!("one") };
        // Ten days of 31.
        assert_eq!((part.period.as_str(), part.cents), ("2026-12", Cents(1000)));
        assert_eq!((part.for_day, part.due_on), (day("2026-12-22"), day("2026-12-22")));
        let [intro] = &owed(&world, dekker).await[..] else { panic!("one") };
        assert_eq!((intro.purpose, intro.cents), (Purpose::Introduction, Cents(2500)));

        // Somebody joins after the press; the next one asks for both months.
        world.clock_on("2026-12-28", "09:00");
        let late = membership(&world, KAYA).await;
        execute(&world, "update memberships set starts_on = '2026-12-29' where id = $1", late.0).await;
        execute(&world, "delete from dues where membership_id = $1", late.0).await;
        mandate_of(&world, late, 2).await;
        let made = press(&world, "2027-01-01").await;
        assert_eq!(left(&made, "introduction"), 1);
        assert_eq!(owed(&world, dekker).await.len(), 1);
        let found: Vec<_> =
            owed(&world, late).await.into_iter().map(|due| (due.period, due.cents.0)).collect();
        assert_eq!(found, [("2027-01".to_owned(), 3100), ("2026-12".to_owned(), 300)]);
    })
    .await;
}

async fn mandate_of(world: &World, membership: MembershipId, nr: usize) {
    if world.count("select count(*) as value from creditors").await == 0 {
        creditor(world).await;
    }
    mandate(world, membership, ACCOUNTS[nr], Method::Paper).await;
}

#[tokio::test]
async fn a_company_pays_the_months_of_the_year_that_are_left() {
    on_each_trade_engine(async |world| {
        let one = world.count("select max(id) as value from memberships where organisation_id is not null").await;
        let one = MembershipId(one);
        execute(&world, "update memberships set starts_on = '2026-11-16', ends_on = null where id = $1", one.0).await;
        write(&world, async |tx| tx.execute("delete from dues", args![]).await.unwrap()).await;
        let november = pressed_by(&world, "arie", "2026-11-01").await;
        let began = "select count(*) as value from memberships where starts_on between '2026-11-01' and '2026-11-30'";
        assert_eq!(november["members"], world.count(began).await, "a year does not begin in November");
        let [rest] = &owed(&world, one).await[..] else { panic!("one") };
        let amount = write(&world, async |tx| {
            membership::tariff::amount_on(tx, one, day("2026-11-16")).await.unwrap().unwrap().cents
        })
        .await;
        // Of a year of twelve months two are left, and half a cent goes up.
        assert_eq!((rest.period.as_str(), rest.cents.0), ("2026", (amount.0 * 2 * 2 + 12) / 24));
        assert_eq!(pressed_by(&world, "arie", "2026-12-01").await["members"], 0);
        pressed_by(&world, "arie", "2027-01-01").await;
        let year = &owed(&world, one).await[0];
        assert_eq!((year.period.as_str(), year.cents), ("2027", amount));
    })
    .await;
}

#[tokio::test]
async fn without_a_tariff_nobody_is_asked_and_everybody_is_named() {
    on_each_engine(async |world| {
        let born = membership(&world, VLIET).await;
        write(&world, async |tx| {
            tx.execute(
                "update memberships set starts_on = '2016-12-05' where id = $1",
                args![born],
            )
            .await
            .unwrap();
        })
        .await;
        let petra = world.program("petra").await;
        let made = petra.post("/dues/periods", &json!({"day": "2016-12-01"})).await.json();
        // The first tariff is of 2017: nothing is guessed for the months before.
        assert_eq!(made["members"], 0);
        assert!(left(&made, "no_tariff") > 0);
        let named = made["unpriced"].as_array().unwrap();
        assert!(named.contains(&json!(born.to_string())), "{made}");
        let mut petra = world.browser("petra").await;
        let page =
            petra.get(&format!("/incasso/contributie/{}", made["id"].as_str().unwrap())).await;
        page.shows("geen tarief gevonden");
        page.shows("Zonder tarief");
    })
    .await;
}

/// The messages about what is collected, by channel.
async fn notices(world: &World, channel: &'static str) -> i64 {
    let sql = "select count(*) as value from outbox o join wordings w on w.id = o.wording_id
                where w.key like '%.dues.notice' and o.channel = $1";
    write(world, async |tx| tx.value::<i64>(sql, args![channel]).await.unwrap()).await
}

#[tokio::test]
async fn one_notice_is_sent_and_counts_from_its_fourteenth_day() {
    on_each_engine(async |world| {
        let vliet = membership(&world, VLIET).await;
        mandate_of(&world, vliet, 0).await;
        reads_mail(&world, VLIET).await;
        let made = press(&world, "2026-12-01").await;
        assert_eq!((&made["told"], notices(&world, "email").await), (&json!(1), 1));
        assert_eq!(owed(&world, vliet).await[0].announced_on, Some(day("2026-11-24")));
        let body: String = write(&world, async |tx| {
            tx.value("select max(body_text) as value from outbox", args![]).await.unwrap()
        })
        .await;
        for part in ["€ 18,50", "1 december 2026", "Contributie dec 2026"] {
            assert!(body.contains(part), "{part} is not in {body}");
        }
        // 13 days later is too soon, 14 is enough.
        let petra = world.program("petra").await;
        for (on, rows) in [("2026-12-07", 0), ("2026-12-08", 1)] {
            let run = petra.post("/payment-runs", &json!({"kind": "collection", "day": on})).await;
            assert_eq!(
                (run.status, &run.json()["rows"]),
                (StatusCode::CREATED, &json!(rows)),
                "{on}"
            );
        }
        let short =
            "select max(row_count) as value from payment_left_out where why = 'notice_too_short'";
        assert_eq!(world.count(short).await, 1);
        // The same in January; in February he pays less, and is told.
        assert_eq!(press(&world, "2027-01-01").await["told"], 0);
        assert_eq!(owed(&world, vliet).await[0].announced_on, Some(day("2026-11-24")));
        world.clock_on("2027-01-04", "09:00");
        assert_eq!(press(&world, "2027-02-01").await["told"], 1);
        let february = &owed(&world, vliet).await[0];
        assert_eq!((february.cents, february.announced_on), (Cents(875), Some(day("2027-01-04"))));
        // The amount stays, the day changes.
        let body = json!({"day": "2027-03-01", "due_on": "2027-03-25"});
        let march = world.program("petra").await.post("/dues/periods", &body).await.json();
        assert_eq!((&march["told"], notices(&world, "email").await), (&json!(1), 3));
    })
    .await;
}

#[tokio::test]
async fn a_letter_goes_where_the_rule_says_so_and_counts_when_it_is_there() {
    on_each_engine(async |world| {
        let dekker = membership(&world, DEKKER).await;
        mandate_of(&world, dekker, 1).await;
        let no_mail = "update people set email = '', email_fold = '' where id = $1";
        execute(&world, no_mail, world.person(DEKKER).await).await;
        assert_eq!(press(&world, "2026-12-01").await["told"], 0);
        assert_eq!(owed(&world, dekker).await[0].announced_on, None);
        write(&world, async |tx| {
            let rules = rulebook::history(tx).await.unwrap();
            let old = rules.into_iter().find(|rule| rule.key == "dues.notice_by_letter").unwrap();
            let new = rulebook::Rule { value: "3".into(), valid_from: day("2026-11-24"), ..old };
            rulebook::change(tx, new).await.unwrap();
        })
        .await;
        world.app.reload_rules().await.unwrap();
        assert_eq!(press(&world, "2027-01-01").await["told"], 1);
        assert_eq!(notices(&world, "letter").await, 1);
        assert_eq!(owed(&world, dekker).await[0].announced_on, Some(day("2026-11-27")));
    })
    .await;
}

#[tokio::test]
async fn a_notice_that_is_taken_back_is_paid_for_again() {
    on_each_engine(async |world| {
        let vliet = membership(&world, VLIET).await;
        mandate_of(&world, vliet, 0).await;
        for period in ["2026-11", "2026-12"] {
            let for_day = day(&format!("{period}-01"));
            let priced = Priced { cents: Cents(1850), version: None, class: "full".into() };
            let purpose = Purpose::Contribution;
            let period = period.to_owned();
            let due_on = day("2026-11-01");
            let new = NewDue { membership: vliet, period, purpose, for_day, due_on, priced };
            write(&world, async |tx| dues::amount::due(tx, &new).await.unwrap()).await;
        }
        write(&world, async |tx| {
            dues::amount::announce(tx, vliet, day("2026-11-01")).await.unwrap();
        })
        .await;
        let ids: Vec<_> = owed(&world, vliet).await.into_iter().map(|due| due.id).collect();
        let [december, november] = ids[..] else { panic!("two") };
        write(&world, async |tx| {
            dues::stop(tx, vliet, day("2026-11-30"), Cancelled::MembershipEnds).await.unwrap();
        })
        .await;
        assert_eq!(state(&world, december).await, State::Cancelled);
        let again = write(&world, async |tx| dues::go_on(tx, vliet).await.unwrap()).await;
        assert_eq!((again, state(&world, december).await), (Cents(1850), State::Due));
        // What is at the bank and was to go back stays there.
        released(&world, "collection").await;
        assert_eq!(state(&world, november).await, State::Sent);
        write(&world, async |tx| {
            dues::stop(tx, vliet, day("2026-10-31"), Cancelled::MembershipEnds).await.unwrap();
            assert_eq!(dues::go_on(tx, vliet).await.unwrap(), Cents(0));
        })
        .await;
        let back = "select count(*) as value from dues where goes_back_why is not null";
        assert_eq!(world.count(back).await, 0);
        // What was cancelled for another reason stays so.
        let new = NewDue {
            membership: vliet,
            period: "2027-01".into(),
            purpose: Purpose::Contribution,
            for_day: day("2027-01-01"),
            due_on: day("2027-01-01"),
            priced: Priced { cents: Cents(1850), version: None, class: "full".into() },
        };
        let forgiven = write(&world, async |tx| {
            let id = dues::amount::due(tx, &new).await.unwrap().unwrap();
            dues::amount::cancel(tx, id, Cancelled::Forgiven).await.unwrap();
            assert_eq!(dues::go_on(tx, vliet).await.unwrap(), Cents(0));
            id
        })
        .await;
        assert_eq!(state(&world, forgiven).await, State::Cancelled);
    })
    .await;
}

/// Says since when somebody is a student, with proof; what is settled, in cents.
async fn tells(world: &World, number: &str, situation: &str, from: &str, proof: bool) -> i64 {
    use membership::situation::{NewSituation, tell};

    let person = kernel::PersonId(world.person(number).await);
    let new = NewSituation {
        situation: situation.parse().unwrap(),
        from: day(from),
        until: None,
        value: None,
        proof_until: proof.then(|| day("2027-08-31")),
    };
    let holder = membership::Holder::Person(person);
    write(world, async |tx| tell(tx, holder, new, 6).await.unwrap()).await.0
}

#[tokio::test]
async fn what_was_told_late_is_settled_once() {
    on_each_engine(async |world| {
        let vliet = membership(&world, VLIET).await;
        mandate_of(&world, vliet, 0).await;
        reads_mail(&world, VLIET).await;
        // In debt restructuring since August: four months are given back.
        let back = tells(&world, VLIET, "debt", "2026-08-01", true).await;
        assert!(back > 0);
        for _ in 0..2 {
            dues::look(&world.app).await.unwrap();
        }
        let [refund] = &owed(&world, vliet).await[..] else { panic!("one") };
        assert_eq!((refund.purpose, refund.cents), (Purpose::Refund, Cents(back)));
        // And it was not so: the same is asked, with the next period, and told.
        let asked = tells(&world, VLIET, "debt", "2026-08-01", false).await;
        assert_eq!(asked, -back);
        for _ in 0..2 {
            dues::look(&world.app).await.unwrap();
        }
        let found = owed(&world, vliet).await;
        assert_eq!(found.len(), 2);
        let settlement = found.iter().find(|due| due.purpose == Purpose::Settlement).unwrap();
        assert_eq!((settlement.cents, settlement.due_on), (Cents(back), day("2026-12-01")));
        assert_eq!(settlement.announced_on, Some(day("2026-11-24")));
        assert_eq!(notices(&world, "email").await, 1);
        // It is about months that are over: an end does not take it back.
        let read = async |tx: &mut Tx| dues::outstanding(tx, vliet, day("2026-11-24")).await;
        let outstanding = world.db.read(Actor::SYSTEM, read).await.unwrap();
        assert_eq!(outstanding, Cents(back));
        world.recount_is_zero().await;
    })
    .await;
}

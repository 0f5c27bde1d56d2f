use super::*;
use crate::Began;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn ages() -> Vec<AgeRow> {
    [("1957-03-01", 67, 0), ("1961-01-01", 67, 3)]
        .into_iter()
        .map(|(born, years, months)| AgeRow {
            born_from: day(born),
            years,
            months,
            is_estimate: false,
        })
        .collect()
}

fn row(id: i64, class: &str, cents: i64, when: When) -> Row {
    Row { id, class: class.into(), cents: Cents(cents), when, ..Row::default() }
}

fn band(from: i64, until: i64) -> Band {
    Band { from: (from > 0).then_some(from), until: (until > 0).then_some(until) }
}

/// After the union rows of 2022 and 2024 (domain facts §2.1).
fn tables() -> Vec<Table> {
    let rows = |full: i64, three: i64, half: i64, wage: i64| {
        let proved = |row: Row| Row { needs_proof: true, ..row };
        let situations = |list: &[Situation]| When { situations: list.to_vec(), ..When::default() };
        vec![
            proved(row(1, "exempt", 0, situations(&[Situation::Debt]))),
            row(2, "pension", half, When { pension: Some(true), ..When::default() }),
            row(3, "youth", 208, When { age: band(0, 22), ..When::default() }),
            proved(row(4, "student", 208, situations(&[Situation::Student]))),
            row(5, "half", half, When { income: band(0, wage / 2 - 1), ..When::default() }),
            row(
                6,
                "three_quarter",
                three,
                When { income: band(wage / 2, wage - 1), ..When::default() },
            ),
            row(7, "half", half, When { kinds: vec!["deeltijd".into()], ..When::default() }),
            row(8, "full", full, When::default()),
        ]
    };
    let intro = Intro {
        months: 4,
        cents: Cents(2500),
        not_classes: vec!["youth".into(), "student".into()],
        not_transfer: true,
        not_within_months: Some(12),
    };
    let table = |id, from: &str, rows| Table {
        id,
        valid_from: day(from),
        per: Per::Month,
        pro_rata: ProRata::None,
        surcharge: Cents(100),
        intro: Some(intro.clone()),
        rows,
    };
    vec![
        table(1, "2022-07-01", rows(1775, 1332, 888, 175_620)),
        table(2, "2024-01-01", rows(1922, 1441, 961, 206_980)),
    ]
}

fn told(situation: Situation, from: &str, value: Option<i64>, proof_until: Option<&str>) -> Told {
    Told { situation, from: day(from), until: None, value, proof_until: proof_until.map(day) }
}

#[test]
fn a_row_holds_on_both_sides_of_each_boundary() {
    let income = |cents| vec![told(Situation::Income, "2024-01-01", Some(cents), None)];
    for (born, kind, told, on, expected) in [
        // The version: the day before and the day itself.
        ("1980-05-01", "", vec![], "2022-06-30", "none"),
        ("1980-05-01", "", vec![], "2022-07-01", "full 1775"),
        ("1980-05-01", "", vec![], "2023-12-31", "full 1775"),
        ("1980-05-01", "", vec![], "2024-01-01", "full 1922"),
        // The state pension: the day itself counts, the day before does not.
        ("1960-01-14", "", vec![], "2027-01-13", "full 1922"),
        ("1960-01-14", "", vec![], "2027-01-14", "pension 961"),
        ("1961-01-01", "", vec![], "2028-03-31", "full 1922"),
        ("1961-01-01", "", vec![], "2028-04-01", "pension 961"),
        // 22 on the day before the birthday, 23 on it.
        ("2003-11-24", "", vec![], "2026-11-23", "youth 208"),
        ("2003-11-24", "", vec![], "2026-11-24", "full 1922"),
        // Bands of income touch and do not overlap.
        ("1980-05-01", "", income(103_489), "2024-02-01", "half 961"),
        ("1980-05-01", "", income(103_490), "2024-02-01", "three_quarter 1441"),
        ("1980-05-01", "", income(206_979), "2024-02-01", "three_quarter 1441"),
        ("1980-05-01", "", income(206_980), "2024-02-01", "full 1922"),
        // Income that is not told is in no band, and what was told later counts from then.
        ("1980-05-01", "", income(50_000), "2023-12-31", "full 1775"),
        ("1980-05-01", "deeltijd", vec![], "2024-02-01", "half 961"),
        // Proof holds until its last day.
        (
            "1990-01-01",
            "",
            vec![told(Situation::Student, "2024-01-01", None, None)],
            "2024-02-01",
            "full 1922, 4 with proof",
        ),
        (
            "1990-01-01",
            "",
            vec![told(Situation::Student, "2024-01-01", None, Some("2025-08-31"))],
            "2025-08-31",
            "student 208",
        ),
        (
            "1990-01-01",
            "",
            vec![told(Situation::Student, "2024-01-01", None, Some("2025-08-31"))],
            "2025-09-01",
            "full 1922, 4 with proof",
        ),
        // Who retires before the state pension pays what other members pay.
        (
            "1960-01-14",
            "",
            vec![told(Situation::Retired, "2026-01-01", None, None)],
            "2026-12-01",
            "full 1922",
        ),
    ] {
        let facts = Facts { born: Some(day(born)), kind: kind.into(), told, ..Facts::default() };
        let found = match price(&tables(), &ages(), &facts, day(on)) {
            Err(_) => "none".to_owned(),
            Ok(priced) => {
                let proof =
                    priced.with_proof.map_or(String::new(), |row| format!(", {row} with proof"));
                format!("{} {}{proof}", priced.class, priced.cents.0)
            }
        };
        assert_eq!(found, expected, "born {born} {kind} on {on}");
    }
}

#[test]
fn nothing_known_costs_the_full_amount() {
    let priced = price(&tables(), &ages(), &Facts::default(), day("2026-11-24")).unwrap();
    assert_eq!(
        (priced.class.as_str(), priced.cents, priced.surcharge),
        ("full", Cents(1922), Cents(100))
    );
}

#[test]
fn what_a_member_will_pay_is_known_ahead() {
    let facts = Facts { born: Some(day("1960-01-14")), ..Facts::default() };
    let ahead = |from: &str, periods| {
        super::ahead(&tables(), &ages(), &facts, day(from), periods)
            .unwrap()
            .into_iter()
            .map(|(on, priced)| format!("{on} {}", priced.cents.0))
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(ahead("2026-11-24", 24), "2026-11-24 1922, 2027-02-01 961");
    assert_eq!(ahead("2026-11-24", 2), "2026-11-24 1922");
    assert_eq!(ahead("2023-11-01", 3), "2023-11-01 1775, 2024-01-01 1922");
}

#[test]
fn what_is_still_due_ends_with_the_membership() {
    let facts = Facts { born: Some(day("1960-01-14")), ..Facts::default() };
    let due = |last: &str| {
        let due = due_until(&tables(), &ages(), &facts, day("2026-11-24"), day(last));
        due.iter().map(|(_, cents)| cents.0).collect::<Vec<_>>()
    };
    assert_eq!(due("2026-11-30"), [] as [i64; 0]);
    assert_eq!(due("2026-12-01"), [1922]);
    assert_eq!(due("2027-02-28"), [1922, 1922, 961]);
}

#[test]
fn a_company_pays_by_its_places_and_floor() {
    let floor = |from, until, id, cents| Row {
        each_branch: Cents(5_000),
        ..row(id, "by_floor", cents, When { floor: band(from, until), ..When::default() })
    };
    let table = Table {
        id: 9,
        valid_from: day("2026-01-01"),
        per: Per::Year,
        pro_rata: ProRata::Month,
        surcharge: Cents(0),
        intro: None,
        rows: vec![
            row(1, "concern", 250_000, When { branches: band(10, 0), ..When::default() }),
            floor(1, 399, 2, 42_000),
            floor(400, 0, 3, 81_000),
            Row { each_branch: Cents(5_000), ..row(4, "base", 42_000, When::default()) },
        ],
    };
    assert_eq!(check(&table.rows), Ok(()));
    for (places, told, expected) in [
        (0, vec![], "base 42000"),
        (4, vec![], "base 57000"),
        (9, vec![], "base 82000"),
        (10, vec![], "concern 250000"),
        (1, vec![told(Situation::Floor, "2026-01-01", Some(399), None)], "by_floor 42000"),
        (1, vec![told(Situation::Floor, "2026-01-01", Some(400), None)], "by_floor 81000"),
        // What the member told counts before what we know.
        (4, vec![told(Situation::Branches, "2026-01-01", Some(2), None)], "base 47000"),
    ] {
        let facts = Facts { told, places, ..Facts::default() };
        let priced = price(std::slice::from_ref(&table), &[], &facts, day("2026-11-24")).unwrap();
        assert_eq!(format!("{} {}", priced.class, priced.cents.0), expected, "{places}");
    }
}

#[test]
fn an_introduction_is_paid_once_and_is_not_for_everybody() {
    let table = &tables()[1];
    let intro = table.intro.clone().unwrap();
    let (begins, left) = (day("2026-11-24"), |text: &str| Some(day(text)));
    for (class, began, left, expected) in [
        ("full", Began::Joined, None, "until 2027-03-23"),
        ("full", Began::Transfer, None, "Transfer"),
        ("youth", Began::Joined, None, "Class"),
        ("full", Began::Joined, left("2025-11-24"), "Returned(2025-11-24)"),
        ("full", Began::Joined, left("2025-11-23"), "until 2027-03-23"),
    ] {
        let found = match intro.phase(begins, class, began, left) {
            Ok(phase) => format!("until {}", phase.until),
            Err(why) => format!("{why:?}"),
        };
        assert_eq!(found, expected, "{class} {began} {left:?}");
    }
    let phase = intro.phase(begins, "full", Began::Joined, None).unwrap();
    let facts = Facts { phase: Some(phase), ..Facts::default() };
    for (on, expected) in [
        ("2026-11-24", "intro 2500"),
        ("2026-12-01", "intro 0"),
        ("2027-03-01", "intro 0"),
        ("2027-04-01", "full 1922"),
    ] {
        let priced = price(&tables(), &ages(), &facts, day(on)).unwrap();
        assert_eq!(format!("{} {}", priced.class, priced.cents.0), expected, "{on}");
    }
}

#[test]
fn who_begins_in_the_middle_pays_a_part() {
    for (pro_rata, per, begins, expected) in [
        (ProRata::None, Per::Year, "2026-11-24", 12_000),
        (ProRata::Month, Per::Year, "2026-01-01", 12_000),
        (ProRata::Month, Per::Year, "2026-11-24", 2_000),
        (ProRata::Month, Per::Year, "2026-12-31", 1_000),
        (ProRata::Month, Per::Quarter, "2026-11-24", 8_000),
        (ProRata::Day, Per::Month, "2026-11-01", 12_000),
        (ProRata::Day, Per::Month, "2026-11-24", 2_800),
        (ProRata::Day, Per::Month, "2026-11-30", 400),
        // 12,000 × 38 / 365 = 1,249.3 cents.
        (ProRata::Day, Per::Year, "2026-11-24", 1_249),
    ] {
        assert_eq!(
            pro_rata.part(Cents(12_000), per, day(begins)),
            Cents(expected),
            "{pro_rata:?} {per:?} {begins}"
        );
    }
}

#[test]
fn proof_that_comes_later_is_settled_back_as_far_as_the_rule_goes() {
    let before = Facts::default();
    let student = told(Situation::Student, "2026-02-15", None, Some("2027-08-31"));
    let after = Facts { told: vec![student], ..Facts::default() };
    let back = |months| {
        let both = (&before, &after);
        back_settlement(&tables(), &ages(), both, (day("2026-02-15"), day("2026-11-24")), months)
    };
    // June to November, 17.14 each; no further than March with a long term; nothing where the rule allows none.
    assert_eq!(back(6), Cents(6 * 1714));
    assert_eq!(back(24), Cents(9 * 1714));
    assert_eq!(back(0), Cents(0));
}

#[test]
fn a_table_leaves_nobody_without_an_amount() {
    let all = || row(2, "full", 100, When::default());
    let young = || row(1, "youth", 100, When { age: band(0, 22), ..When::default() });
    assert_eq!(check(&[young(), all()]), Ok(()));
    assert_eq!(check(&[]), Err(WrongTable::Empty));
    assert_eq!(check(&[young()]), Err(WrongTable::Open));
    assert_eq!(check(&[all(), young()]), Err(WrongTable::Unreachable(2)));
    assert_eq!(
        check(&[Row { class: String::new(), ..young() }, all()]),
        Err(WrongTable::NoClass(1))
    );
    assert_eq!(check(&[young(), Row { cents: Cents(-1), ..all() }]), Err(WrongTable::Negative(2)));
    let turned = row(1, "youth", 100, When { age: band(23, 22), ..When::default() });
    assert_eq!(check(&[turned, all()]), Err(WrongTable::Band(1)));
}

#[test]
fn a_simulation_says_who_pays_more_and_from_which_class_to_which() {
    let tables = tables();
    let mut simulation = Simulation::default();
    let young = Facts { born: Some(day("2005-01-01")), ..Facts::default() };
    for facts in [&Facts::default(), &Facts::default(), &young] {
        let before = price(&tables[..1], &ages(), facts, day("2024-01-01")).ok();
        let after = price(&tables, &ages(), facts, day("2024-01-01")).ok();
        simulation.add(before.as_ref(), after.as_ref());
    }
    simulation.add(None, None);
    assert_eq!(
        (simulation.members, simulation.without, simulation.up, simulation.down),
        (4, 1, 2, 0)
    );
    assert_eq!(simulation.after - simulation.before, Cents(2 * 12 * 147));
    let full = simulation.moves[&("full".to_owned(), "full".to_owned())];
    assert_eq!((full.members, full.after), (2, Cents(2 * 12 * 1922)));
}

#[test]
fn a_period_has_the_name_of_the_calendar() {
    for (per, day, name) in [
        (Per::Month, "2026-12-31", "2026-12"),
        (Per::Month, "2027-01-01", "2027-01"),
        (Per::Quarter, "2027-03-31", "2027-q1"),
        (Per::Quarter, "2027-04-01", "2027-q2"),
        (Per::Quarter, "2027-12-01", "2027-q4"),
        (Per::HalfYear, "2027-06-30", "2027-h1"),
        (Per::HalfYear, "2027-07-01", "2027-h2"),
        (Per::Year, "2027-12-31", "2027"),
    ] {
        assert_eq!(per.name(day.parse().unwrap()), name, "{per} {day}");
    }
}

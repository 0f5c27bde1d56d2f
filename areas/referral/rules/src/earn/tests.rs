use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

const RULES: Rules = Rules {
    trigger: Trigger::FirstCollection,
    months_paid: 3,
    stands_weeks: 8,
    year_max: 2,
    referrer_must_be_member: true,
    no_arrears: true,
};

fn paid(for_day: &str, months: i64, paid_on: &str) -> Collection {
    Collection { for_day: day(for_day), months, paid_on: day(paid_on) }
}

/// Joined on 1 October, paid the first amount on 1 December.
fn recruited() -> Recruited {
    Recruited {
        leaves_on: None,
        claw_until: claw_until(day("2026-10-01"), 90),
        regular_from: day("2026-10-01"),
        collections: vec![paid("2026-10-01", 1, "2026-12-01")],
        referrer_is_member: true,
        referrer_in_arrears: false,
        earned_this_year: 0,
    }
}

const STOOD: &str = "2027-01-27";

#[test]
fn the_first_collection_stands_for_eight_weeks() {
    for (today, decision) in [
        ("2026-12-01", Decision::Waits),
        ("2027-01-26", Decision::Waits),
        (STOOD, Decision::Earned),
    ] {
        assert_eq!(decide(&recruited(), &RULES, day(today)), decision, "{today}");
    }
    let unpaid = Recruited { collections: vec![], ..recruited() };
    assert_eq!(decide(&unpaid, &RULES, day(STOOD)), Decision::Waits);
}

#[test]
fn the_regular_tariff_is_what_is_paid_after_the_introduction() {
    let rules = Rules { trigger: Trigger::RegularTariff, ..RULES };
    let mut new = Recruited { regular_from: day("2027-02-01"), ..recruited() };
    assert_eq!(decide(&new, &rules, day(STOOD)), Decision::Waits, "only the introduction");
    new.collections.push(paid("2027-01-31", 1, "2027-02-01"));
    assert_eq!(decide(&new, &rules, day("2027-12-01")), Decision::Waits, "the day before");
    new.collections.push(paid("2027-02-01", 1, "2027-02-28"));
    assert_eq!(decide(&new, &rules, day("2027-04-25")), Decision::Waits);
    assert_eq!(decide(&new, &rules, day("2027-04-26")), Decision::Earned);
}

#[test]
fn months_are_paid_by_the_latest_of_their_collections() {
    let rules = Rules { trigger: Trigger::MonthsPaid, stands_weeks: 0, ..RULES };
    let mut new = recruited();
    // The second came in after the third: the bank took it back once.
    new.collections.push(paid("2026-11-01", 1, "2027-02-10"));
    assert_eq!(decide(&new, &rules, day("2027-03-01")), Decision::Waits, "two of three");
    new.collections.push(paid("2026-12-01", 1, "2027-01-05"));
    assert_eq!(decide(&new, &rules, day("2027-02-10")), Decision::Waits);
    assert_eq!(decide(&new, &rules, day("2027-02-11")), Decision::Earned);
    let year = Recruited { collections: vec![paid("2026-10-01", 12, "2026-12-01")], ..recruited() };
    assert_eq!(decide(&year, &rules, day("2026-12-02")), Decision::Earned);
}

#[test]
fn a_period_says_for_how_many_months_it_is() {
    for (period, months) in [("2027-01", 1), ("2027-q1", 3), ("2027-h2", 6), ("2027", 12)] {
        assert_eq!(months_of(period), months, "{period}");
    }
}

#[test]
fn the_referrer_is_a_member_and_arrears_wait() {
    let today = day(STOOD);
    let gone = Recruited { referrer_is_member: false, ..recruited() };
    assert_eq!(decide(&gone, &RULES, today), Decision::NotEarned(Why::ReferrerGone));
    let arrears = Recruited { referrer_in_arrears: true, ..recruited() };
    assert_eq!(decide(&arrears, &RULES, today), Decision::Waits);
    let mild = Rules { referrer_must_be_member: false, no_arrears: false, ..RULES };
    for recruited in [gone, arrears] {
        assert_eq!(decide(&recruited, &mild, today), Decision::Earned);
    }
}

#[test]
fn so_many_premiums_in_a_year() {
    for (earned_this_year, year_max, decision) in [
        (1, 2, Decision::Earned),
        (2, 2, Decision::NotEarned(Why::OverLimit)),
        (500, 0, Decision::Earned),
    ] {
        let new = Recruited { earned_this_year, ..recruited() };
        let rules = Rules { year_max, ..RULES };
        assert_eq!(decide(&new, &rules, day(STOOD)), decision, "{earned_this_year} of {year_max}");
    }
}

#[test]
fn leaving_within_the_days_costs_the_premium() {
    let last = day("2026-12-30");
    assert_eq!(recruited().claw_until, last);
    let leaves = |on: Date| Recruited { leaves_on: Some(on), ..recruited() };
    let next = last.tomorrow().unwrap();
    // Before it is earned.
    assert_eq!(decide(&leaves(last), &RULES, last), Decision::Waits, "can be taken back still");
    assert_eq!(decide(&leaves(last), &RULES, next), Decision::NotEarned(Why::Left));
    assert_eq!(decide(&leaves(next), &RULES, day(STOOD)), Decision::Earned);
    // After.
    assert_eq!(take_back(&leaves(last), &RULES, last), None);
    assert_eq!(take_back(&leaves(last), &RULES, next), Some(Why::Left));
    assert_eq!(take_back(&leaves(next), &RULES, day("2027-06-01")), None);
    // Who left without ever paying never earns it.
    let unpaid = Recruited { collections: vec![], ..leaves(next) };
    assert_eq!(decide(&unpaid, &RULES, day(STOOD)), Decision::NotEarned(Why::Left));
}

#[test]
fn money_that_went_back_within_the_days_costs_the_premium() {
    let back = Recruited { collections: vec![], ..recruited() };
    assert_eq!(take_back(&back, &RULES, day("2026-12-30")), Some(Why::MoneyBack));
    assert_eq!(take_back(&back, &RULES, day("2026-12-31")), None);
    assert_eq!(take_back(&recruited(), &RULES, day("2026-12-30")), None);
}

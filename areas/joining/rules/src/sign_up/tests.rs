use kernel::CalendarDay;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn rules() -> Rules {
    Rules {
        is_distance_contract: true,
        written: vec![Method::PhoneOut, Method::PhoneIn, Method::Web],
        withdraw_days: 14,
        remind_first_days: 4,
        remind_last_days: 7,
        lapse_days: 28,
        min_age: 13,
        parent_below: 16,
    }
}

fn wanted() -> Wanted {
    Wanted {
        method: Method::PhoneOut,
        way: Way::Email,
        born: Some(day("1988-09-02")),
        has_parent: false,
        is_told: true,
        said_yes: true,
    }
}

fn begin(wanted: &Wanted) -> Result<Committed, Refused> {
    commit(wanted, day("2026-11-24"), &rules(), &WorkCalendar::default())
}

#[test]
fn who_called_whom_and_paper_decide_whether_it_waits() {
    for method in Method::ALL.iter().copied() {
        for way in Way::ALL.iter().copied() {
            let state = begin(&Wanted { method, way, ..wanted() }).unwrap().state;
            let waits = method != Method::Visit && way != Way::Paper;
            assert_eq!(state == State::Provisional, waits, "{method} {way}");
        }
    }
    let own = Rules { is_distance_contract: false, ..rules() };
    let begun = commit(&wanted(), day("2026-11-24"), &own, &WorkCalendar::default()).unwrap();
    assert_eq!((begun.state, begun.withdraw_until), (State::Confirmed, None));
}

#[test]
fn its_days_are_counted_from_the_sign_up() {
    let begun = begin(&wanted()).unwrap();
    assert_eq!(begun.remind_on, Some(day("2026-11-28")));
    assert_eq!(begun.lapse_on, Some(day("2026-12-22")));
    assert_eq!(begun.withdraw_until, Some(day("2026-12-08")));
    assert_eq!(
        next_reminder(day("2026-11-28"), day("2026-12-22"), &rules()),
        Some(day("2026-12-15"))
    );
    assert_eq!(next_reminder(day("2026-12-15"), day("2026-12-22"), &rules()), None);
}

#[test]
fn minors_are_asked_on_both_sides_of_the_birthday() {
    let born = |text| Wanted { born: Some(day(text)), ..wanted() };
    let young = Refused::TooYoung { min: 13 };
    let parent = Refused::NoParent { below: 16 };
    // Thirteen today, and tomorrow; sixteen today, and tomorrow.
    assert_eq!(begin(&born("2013-11-25")), Err(young));
    assert_eq!(begin(&born("2013-11-24")), Err(parent));
    assert_eq!(begin(&born("2010-11-25")), Err(parent));
    assert!(!begin(&born("2010-11-24")).unwrap().needs_parent);
    assert_eq!(begin(&Wanted { born: None, ..wanted() }), Err(Refused::NoBirthDate));

    let fifteen = Wanted { has_parent: true, ..born("2011-01-01") };
    // Always in writing, also where nobody else is asked for it; a word by text message is none.
    let visited = Wanted { method: Method::Visit, ..fifteen };
    assert_eq!(begin(&visited).map(|begun| begun.state), Ok(State::Provisional));
    assert_eq!(begin(&Wanted { way: Way::Sms, ..fifteen }), Err(Refused::ParentInWriting));
    let signed = Wanted { way: Way::Paper, ..fifteen };
    assert_eq!(begin(&signed).map(|begun| begun.state), Ok(State::Confirmed));
}

#[test]
fn nobody_joins_without_having_heard_and_said_yes() {
    assert_eq!(begin(&Wanted { is_told: false, ..wanted() }), Err(Refused::NotTold));
    assert_eq!(begin(&Wanted { said_yes: false, ..wanted() }), Err(Refused::NoYes));
}

#[test]
fn the_period_to_withdraw_never_ends_on_a_day_without_post() {
    let holiday = CalendarDay { legal_term_holiday: true, ..CalendarDay::default() };
    let calendar =
        WorkCalendar::new([(day("2026-12-25"), holiday.clone()), (day("2026-12-26"), holiday)]);
    for (agreed, until) in [
        ("2026-11-24", "2026-12-08"), // a Tuesday
        ("2026-11-27", "2026-12-11"), // a Friday
        ("2026-11-28", "2026-12-14"), // would end on a Saturday
        ("2026-12-11", "2026-12-28"), // would end on Christmas Day, a Friday
    ] {
        let found = withdraw_until(day(agreed), &rules(), &calendar);
        assert_eq!(found, Some(day(until)), "{agreed}");
    }
}

fn stands(state: State) -> Stands {
    Stands {
        state,
        needs_parent: false,
        lapse_on: Some(day("2026-12-22")),
        withdraw_until: Some(day("2026-12-08")),
    }
}

#[test]
fn every_edge_of_a_sign_up() {
    use State::{Confirmed, Lapsed, Provisional, Withdrawn};

    for (state, today, confirm, withdraw, lapses) in [
        (Provisional, "2026-12-08", Ok(Confirmed), Ok(Withdrawn), false),
        (Provisional, "2026-12-22", Ok(Confirmed), Ok(Withdrawn), false),
        (Provisional, "2026-12-23", Err(Stays::Late(day("2026-12-22"))), Ok(Withdrawn), true),
        (Confirmed, "2026-12-08", Err(Stays::Confirmed), Ok(Withdrawn), false),
        (
            Confirmed,
            "2026-12-09",
            Err(Stays::Confirmed),
            Err(Stays::PeriodOver(day("2026-12-08"))),
            false,
        ),
        (Withdrawn, "2026-12-08", Err(Stays::Over(Withdrawn)), Err(Stays::Over(Withdrawn)), false),
        (Lapsed, "2026-12-23", Err(Stays::Over(Lapsed)), Err(Stays::Over(Lapsed)), false),
    ] {
        let stands = stands(state);
        assert_eq!(stands.confirm(day(today), true), confirm, "{state} on {today}");
        assert_eq!(stands.withdraw(day(today)), withdraw, "{state} on {today}");
        assert_eq!(stands.lapses(day(today)), lapses, "{state} on {today}");
    }
    let minor = Stands { needs_parent: true, ..stands(State::Provisional) };
    assert_eq!(minor.confirm(day("2026-12-01"), false), Err(Stays::NoParent));
    assert_eq!(minor.confirm(day("2026-12-01"), true), Ok(State::Confirmed));
    let other = Stands { withdraw_until: None, ..stands(State::Confirmed) };
    assert_eq!(other.withdraw(day("2026-12-01")), Err(Stays::NoPeriod));
}

#[test]
fn a_membership_begins_today_or_with_the_next_month() {
    assert_eq!(Starts::Today.on(day("2026-11-24")), day("2026-11-24"));
    for (today, on) in
        [("2026-11-24", "2026-12-01"), ("2026-12-31", "2027-01-01"), ("2026-12-01", "2027-01-01")]
    {
        assert_eq!(Starts::NextMonth.on(day(today)), day(on));
    }
}

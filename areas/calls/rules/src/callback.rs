//! When a promise to call back falls, and what becomes of it when it is tried.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use kernel::{CallRecordId, CallbackId, Pii, UserId, Window, WorkCalendar};

kernel::codes! {
    /// How the agent judges the talk; chosen by the agent, shown on the promise and nowhere else.
    pub enum Warmth {
        Warm = "warm",
        Lukewarm = "lukewarm",
        Cool = "cool",
    }
}

/// What the agent agreed with the person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wish {
    pub when: When,
    pub window: Option<Window>,
    pub owner: Owner,
    /// The person's own yes, in the person's words: the proof that this call was asked for.
    pub words: Option<Pii<String>>,
    pub warmth: Option<Warmth>,
    /// With which sentence the next call begins.
    pub opening: Option<Pii<String>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// 0 is today.
    InWorkingDays(u16),
    On(Date),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    /// Whoever made the promise: the relation is personal.
    Me,
    Colleague(UserId),
    Team,
}

/// A promise as it is stored: wall time with its zone, so that summer time does not move it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// `None`: the team.
    pub owner: Option<UserId>,
    pub from: ZonedDateTime,
    pub until: Time,
    pub made_at: Timestamp,
    pub words: Option<Pii<String>>,
    pub warmth: Option<Warmth>,
    pub opening: Option<Pii<String>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("this person objected to calls at {at} and did not ask for this one")]
    Objected { at: Timestamp },
    #[error("a callback today needs a time later today")]
    TodayNeedsLaterWindow,
    #[error("that day has passed")]
    DayHasPassed,
    #[error("nobody works on that day; the next working day is {next}")]
    NobodyWorksThatDay { next: Date },
    #[error("more than a year ahead")]
    TooFarAhead,
}

/// The furthest that a promise reaches.
const DAYS_AHEAD_MAX: i32 = 366;

/// Plans the promise. `now` is wall time at the office: who works late on Friday plans from Friday.
///
/// `office_hours` is the window where none was agreed. Source: working-day description "Ledenwerving &
/// Behoud": over three working days, assigned to oneself.
pub fn plan(
    wish: Wish,
    agent: UserId,
    objection: Option<Timestamp>,
    now: &ZonedDateTime,
    calendar: &WorkCalendar,
    office_hours: Window,
) -> Result<Plan, Refused> {
    let Wish { when, window, owner, words, warmth, opening } = wish;
    // An objection wins, except over what the person asks for afterwards, now and in own words (INV5).
    if let Some(at) = objection
        && words.is_none()
    {
        return Err(Refused::Objected { at });
    }

    let today = now.date();
    let day = match when {
        When::InWorkingDays(days) => calendar.working_days_after(today, days),
        When::On(day) => day,
    };
    if day < today {
        return Err(Refused::DayHasPassed);
    }
    if today.until(day).is_ok_and(|ahead| ahead.get_days() > DAYS_AHEAD_MAX) {
        return Err(Refused::TooFarAhead);
    }
    let window = match window {
        Some(window) if day == today && window.until <= now.time() => {
            return Err(Refused::TodayNeedsLaterWindow);
        }
        Some(window) => window,
        None if day == today => return Err(Refused::TodayNeedsLaterWindow),
        None => office_hours,
    };
    if day != today && !calendar.is_working_day(day) {
        return Err(Refused::NobodyWorksThatDay { next: calendar.working_days_after(day, 1) });
    }
    let from = now.with().date(day).time(window.from).build();
    Ok(Plan {
        owner: match owner {
            Owner::Me => Some(agent),
            Owner::Colleague(user) => Some(user),
            Owner::Team => None,
        },
        from: from.expect("at most a year from now is inside jiff's range"),
        until: window.until,
        made_at: now.timestamp(),
        words,
        warmth,
        opening,
    })
}

/// A promise on the desk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OpenCallback {
    pub id: CallbackId,
    pub record: Option<CallRecordId>,
    pub from: Timestamp,
    pub until: Timestamp,
    /// How often it was tried before this time.
    pub tries: u16,
}

/// What becomes of a promise when it was tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tried {
    Kept {
        on_time: bool,
    },
    /// Nobody answered: again at this moment.
    Again {
        at: Timestamp,
    },
    /// Tried often enough; it ends, after real tries only (INV11).
    ClosedUnreached,
}

/// How a promise is tried again, as valid today.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Retries {
    pub tries_max: i64,
    /// At least so long after a try.
    pub minutes: i64,
    pub office_hours: Window,
}

/// After a call that began at `called_at`; `now` is wall time at the office.
#[must_use]
pub fn tried(
    open: &OpenCallback,
    reached: bool,
    called_at: Timestamp,
    now: &ZonedDateTime,
    retries: Retries,
    calendar: &WorkCalendar,
) -> Tried {
    if reached {
        return Tried::Kept { on_time: open.from <= called_at && called_at < open.until };
    }
    if crate::outcome::is_last_try(open.tries, retries.tries_max) {
        return Tried::ClosedUnreached;
    }
    Tried::Again { at: in_another_part(now, retries, calendar) }
}

/// Whoever does not answer in the morning may in the afternoon, and the other way round on the next working
/// day: the middle of office hours divides them. After a rest of days it is the other half of a working day.
pub(crate) fn in_another_part(
    now: &ZonedDateTime,
    retries: Retries,
    calendar: &WorkCalendar,
) -> Timestamp {
    let Retries { minutes, office_hours: Window { from, until }, .. } = retries;
    let noon = from + SignedDuration::from_secs(until.duration_since(from).as_secs() / 2);
    let later = now.timestamp() + SignedDuration::from_mins(minutes);
    let at = |day: Date, time: Time| {
        let at = now.with().date(day).time(time).build();
        at.expect("at most a few weeks from now is inside jiff's range").timestamp()
    };
    let afternoon = at(now.date(), noon).max(later);
    if now.time() < noon && afternoon < at(now.date(), until) && calendar.is_working_day(now.date())
    {
        return afternoon;
    }
    let next = calendar.working_days_after(now.date(), 1);
    let later_on = kernel::local(later).date();
    if later_on <= next {
        return at(next, from).max(later);
    }
    // A rest of days: the other half of the first working day behind it.
    let is_open = calendar.is_working_day(later_on);
    let day = if is_open { later_on } else { calendar.working_days_after(later_on, 1) };
    at(day, if now.time() < noon { noon } else { from }).max(later)
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;
    use kernel::CalendarDay;
    use proptest::prelude::*;

    use super::*;

    use kernel::CallbackId;

    const MARIT: UserId = UserId(7);

    fn at_the_office(wall_time: &str) -> ZonedDateTime {
        let wall_time: DateTime = wall_time.parse().unwrap();
        wall_time.in_tz("Europe/Amsterdam").unwrap()
    }

    fn calendar() -> WorkCalendar {
        let closed = |name: &str| CalendarDay {
            name: name.into(),
            office_closed: true,
            ..CalendarDay::default()
        };
        WorkCalendar::new([
            ("2026-04-27".parse().unwrap(), closed("Koningsdag")),
            ("2026-12-25".parse().unwrap(), closed("Eerste Kerstdag")),
            ("2027-03-29".parse().unwrap(), closed("Tweede Paasdag")),
        ])
    }

    fn office_hours() -> Window {
        Window::parse("9:00", "17:00").unwrap()
    }

    fn wish(when: When, window: Option<Window>) -> Wish {
        Wish { when, window, owner: Owner::Me, words: None, warmth: None, opening: None }
    }

    #[test]
    fn nobody_who_did_not_answer_is_tried_again_in_the_same_part_of_a_day() {
        let retries = Retries { tries_max: 3, minutes: 120, office_hours: office_hours() };
        let open = |tries| OpenCallback {
            id: CallbackId(1),
            record: None,
            from: at_the_office("2026-11-24T09:00").timestamp(),
            until: at_the_office("2026-11-24T10:00").timestamp(),
            tries,
        };
        for (now, again) in [
            ("2026-11-24T09:16", "2026-11-24T13:00"),
            ("2026-11-24T12:30", "2026-11-24T14:30"),
            ("2026-11-24T14:00", "2026-11-25T09:00"),
            // Friday afternoon becomes Monday morning; Christmas Eve the first day of work after it.
            ("2026-11-27T15:00", "2026-11-30T09:00"),
            ("2026-12-24T15:00", "2026-12-28T09:00"),
        ] {
            let now = at_the_office(now);
            let tried = tried(&open(0), false, now.timestamp(), &now, retries, &calendar());
            assert_eq!(tried, Tried::Again { at: at_the_office(again).timestamp() }, "{now}");
        }
        let now = at_the_office("2026-11-25T09:20");
        let last = tried(&open(2), false, now.timestamp(), &now, retries, &calendar());
        assert_eq!(last, Tried::ClosedUnreached);
    }

    #[test]
    fn a_promise_falls_on_a_working_day_or_later_today() {
        for (now, when, window, expected) in [
            // The story: Tuesday becomes Friday.
            ("2026-11-24T08:52", "3", "", "2026-11-27 09:00-17:00"),
            ("2026-11-24T08:52", "3", "9:30-10:00", "2026-11-27 09:30-10:00"),
            ("2026-04-24T23:30", "1", "", "2026-04-28 09:00-17:00"),
            ("2026-12-23T10:00", "3", "", "2026-12-29 09:00-17:00"),
            ("2027-03-26T10:00", "3", "", "2027-04-01 09:00-17:00"),
            ("2026-11-24T10:00", "0", "14:00-16:00", "2026-11-24 14:00-16:00"),
            ("2026-11-24T14:30", "0", "14:00-16:00", "2026-11-24 14:00-16:00"),
            ("2026-11-24T16:00", "0", "14:00-16:00", "TodayNeedsLaterWindow"),
            ("2026-11-24T10:00", "0", "", "TodayNeedsLaterWindow"),
            ("2026-11-24T10:00", "2026-11-30", "", "2026-11-30 09:00-17:00"),
            ("2026-11-24T10:00", "2026-11-23", "", "DayHasPassed"),
            ("2026-11-24T10:00", "2026-11-28", "", "NobodyWorksThatDay { next: 2026-11-30 }"),
            ("2026-11-24T10:00", "2028-11-24", "", "TooFarAhead"),
        ] {
            let when =
                when.parse().map_or_else(|_| When::On(when.parse().unwrap()), When::InWorkingDays);
            let window =
                window.split_once('-').and_then(|(from, until)| Window::parse(from, until));
            let planned = plan(
                wish(when, window),
                MARIT,
                None,
                &at_the_office(now),
                &calendar(),
                office_hours(),
            );
            let shown = match planned {
                Ok(plan) => format!(
                    "{} {}-{}",
                    plan.from.date(),
                    plan.from.time().strftime("%H:%M"),
                    plan.until.strftime("%H:%M")
                ),
                Err(refused) => format!("{refused:?}"),
            };
            assert_eq!(shown, expected, "{now} {when:?}");
        }
    }

    #[test]
    fn whoever_objected_is_only_promised_a_call_in_own_words() {
        let objected = Some("2026-11-01T09:00:00Z".parse().unwrap());
        let now = at_the_office("2026-11-24T10:00");
        let plain = wish(When::InWorkingDays(3), None);
        let refused = plan(plain.clone(), MARIT, objected, &now, &calendar(), office_hours());
        assert!(matches!(refused, Err(Refused::Objected { .. })));
        let asked = Wish { words: Some(Pii::new("belt u mij vrijdag maar terug".into())), ..plain };
        assert!(plan(asked, MARIT, objected, &now, &calendar(), office_hours()).is_ok());
    }

    #[test]
    fn summer_time_moves_no_promise() {
        // Clocks go forward on 28 March 2027, in the night between promise and call.
        let now = at_the_office("2027-03-25T10:00");
        let window = Window::parse("9:00", "10:00");
        let plan = plan(
            wish(When::On("2027-03-30".parse().unwrap()), window),
            MARIT,
            None,
            &now,
            &calendar(),
            office_hours(),
        );
        let plan = plan.unwrap();
        assert_eq!(plan.from.timestamp().to_string(), "2027-03-30T07:00:00Z");
        assert_eq!(plan.from.time().to_string(), "09:00:00");
    }

    #[test]
    fn a_promise_ends_by_being_kept_or_after_real_tries() {
        let at = |time: &str| -> Timestamp { format!("2026-11-27T{time}:00Z").parse().unwrap() };
        let open = |tries| OpenCallback {
            id: CallbackId(1),
            record: None,
            from: at("08:30"),
            until: at("09:00"),
            tries,
        };
        let retries = Retries { tries_max: 3, minutes: 120, office_hours: office_hours() };
        let result = |tries, reached, called| {
            let now = kernel::local(at(called));
            tried(&open(tries), reached, at(called), &now, retries, &calendar())
        };
        assert_eq!(result(0, true, "08:45"), Tried::Kept { on_time: true });
        assert_eq!(result(0, true, "09:00"), Tried::Kept { on_time: false });
        assert_eq!(
            result(0, true, "08:15"),
            Tried::Kept { on_time: false },
            "too early is not on time"
        );
        assert_eq!(result(0, false, "08:45"), Tried::Again { at: at("12:00") }, "after one");
        assert_eq!(result(2, false, "12:45"), Tried::ClosedUnreached);
    }

    proptest! {
        #[test]
        fn a_promise_is_owned_and_lies_ahead_on_a_working_day(
            minutes in 0_i64..525_600, days in 1_u16..=60, from in 0_i8..23,
        ) {
            let now = at_the_office("2026-01-01T00:00") + jiff::Span::new().minutes(minutes);
            let window = Window::parse(&format!("{from:02}:00"), "23:59");
            let plan = plan(wish(When::InWorkingDays(days), window), MARIT, None, &now, &calendar(), office_hours()).unwrap();
            prop_assert!(now < plan.from);
            prop_assert!(calendar().is_working_day(plan.from.date()));
            prop_assert_eq!(plan.owner, Some(MARIT));
        }
    }
}

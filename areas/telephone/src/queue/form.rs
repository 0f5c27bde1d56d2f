//! A queue as it is typed. Pages and programs send the same fields.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};
use kernel::{QueueId, SkillId, TeamId, Window, parse_day};
use telephone_rules::hours::{Hours, Period, WEEK};
use telephone_rules::settings::{Circle, Queue, Then, Who, Wrong, check};
use web::Fields;

/// The field that is wrong, and the text that says why.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct WrongField {
    pub field: &'static str,
    pub text: &'static str,
}

fn wrong(field: &'static str, text: &'static str) -> WrongField {
    WrongField { field, text }
}

/// What a form can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub teams: Vec<TeamId>,
    pub skills: Vec<SkillId>,
    pub queues: Vec<QueueId>,
}

pub(super) const DAYS: [(&str, Weekday); 7] = [
    ("ma", WEEK[0]),
    ("di", WEEK[1]),
    ("wo", WEEK[2]),
    ("do", WEEK[3]),
    ("vr", WEEK[4]),
    ("za", WEEK[5]),
    ("zo", WEEK[6]),
];

/// Who answers: at once, and twice more later. The first has no field for its time.
pub(super) const CIRCLES: [(&str, &str); 3] = [("", "wie_1"), ("na_2", "wie_2"), ("na_3", "wie_3")];

/// What a call does that cannot wait: the field, and whether it may simply be answered.
pub(super) const THENS: [(&str, bool); 4] =
    [("dicht", false), ("vol", false), ("te_lang", false), ("sluiten", true)];

const NAME_MAX: usize = 40;
/// A year of days of its own, and more than anybody types.
const OWN_DAYS_MAX: usize = 400;

/// What an association begins with, and what the demo has: the team answers, after a minute everybody does.
#[must_use]
pub fn usual(team: TeamId, lines: Window) -> Queue {
    let week = WEEK.into_iter().filter(|day| *day != Weekday::Saturday && *day != Weekday::Sunday);
    let seconds = SignedDuration::from_secs;
    Queue {
        hours: Hours {
            week: week.map(|day| Period { day, window: lines }).collect(),
            keeps_holidays: true,
            days: BTreeMap::new(),
        },
        priority: 5,
        team,
        circles: vec![
            Circle { after: seconds(0), who: Who::Team(team) },
            Circle { after: seconds(60), who: Who::Everybody },
        ],
        rings: seconds(15),
        previewing_after: Some(seconds(60)),
        waiting_max: 20,
        wait_max: seconds(900),
        call_me_back_after: Some(seconds(180)),
        closed: Then::HangUp,
        full: Then::CallMeBack,
        too_long: Then::CallMeBack,
        closing: None,
        answer_within: seconds(30),
        abandoned_after: seconds(5),
    }
}

/// # Errors
///
/// The first field that is wrong.
pub(super) fn read(
    typed: &Fields,
    own: Option<QueueId>,
    known: &Known,
) -> Result<(String, Queue), WrongField> {
    let name = typed.text("naam");
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(wrong("naam", "telephone-queue-wrong-name"));
    }
    let team = typed.text("team").parse().ok().filter(|team| known.teams.contains(team));
    let team = team.ok_or(wrong("team", "telephone-queue-wrong-team"))?;
    let queue = Queue {
        hours: hours(typed)?,
        priority: number(typed, "prioriteit", "telephone-queue-wrong-priority")?,
        team,
        circles: circles(typed, known)?,
        rings: seconds(typed, "overgaan", "telephone-queue-wrong-rings")?,
        previewing_after: optional(typed, "voorbeeld_na")?,
        waiting_max: number(typed, "wachtenden", "telephone-queue-wrong-waiting")?,
        wait_max: seconds(typed, "langst", "telephone-queue-wrong-wait")?,
        call_me_back_after: optional(typed, "terugbellen_na")?,
        closed: then(typed, "dicht")?,
        full: then(typed, "vol")?,
        too_long: then(typed, "te_lang")?,
        closing: match typed.text("sluiten") {
            "" | ANSWERED => None,
            _ => Some(then(typed, "sluiten")?),
        },
        answer_within: seconds(typed, "op_tijd", "telephone-queue-wrong-level")?,
        abandoned_after: seconds(typed, "kort", "telephone-queue-wrong-level")?,
    };
    check(&queue, own, &known.queues).map_err(|why| about(why, &queue))?;
    Ok((name.to_owned(), queue))
}

/// The field that a rule is about.
fn about(why: Wrong, queue: &Queue) -> WrongField {
    let is_late =
        |after: Option<SignedDuration>| after.is_some_and(|after| after >= queue.wait_max);
    match why {
        Wrong::Hours => wrong("ma", "telephone-queue-wrong-hours"),
        Wrong::Priority => wrong("prioriteit", "telephone-queue-wrong-priority"),
        Wrong::NobodyAtOnce => wrong("wie_1", "telephone-queue-wrong-nobody"),
        Wrong::Circles => wrong("wie_2", "telephone-queue-wrong-circles"),
        Wrong::Rings => wrong("overgaan", "telephone-queue-wrong-rings"),
        Wrong::WaitingMax => wrong("wachtenden", "telephone-queue-wrong-waiting"),
        Wrong::WaitMax => wrong("langst", "telephone-queue-wrong-wait"),
        Wrong::AfterTheWait if is_late(queue.call_me_back_after) => {
            wrong("terugbellen_na", "telephone-queue-wrong-after")
        }
        Wrong::AfterTheWait if is_late(queue.previewing_after) => {
            wrong("voorbeeld_na", "telephone-queue-wrong-after")
        }
        Wrong::AfterTheWait => wrong("wie_2", "telephone-queue-wrong-after"),
        Wrong::OtherQueue => wrong("dicht", "telephone-queue-wrong-other"),
        Wrong::Level => wrong("op_tijd", "telephone-queue-wrong-level"),
    }
}

fn hours(typed: &Fields) -> Result<Hours, WrongField> {
    let mut week = Vec::new();
    for (field, day) in DAYS {
        let windows = windows(typed.text(field)).filter(|windows| follow_each_other(windows));
        let windows = windows.ok_or(wrong(field, "telephone-queue-wrong-hours"))?;
        week.extend(windows.into_iter().map(|window| Period { day, window }));
    }
    let mut days = BTreeMap::new();
    let lines = typed.text("dagen").lines().map(str::trim).filter(|line| !line.is_empty());
    for line in lines {
        let (day, windows) = own_day(line).ok_or(wrong("dagen", "telephone-queue-wrong-days"))?;
        if days.insert(day, windows).is_some() || days.len() > OWN_DAYS_MAX {
            return Err(wrong("dagen", "telephone-queue-wrong-days"));
        }
    }
    Ok(Hours { week, keeps_holidays: !typed.text("feestdagen").is_empty(), days })
}

/// `24-12-2026 8:30-15:00`, `31-12-2026 dicht`
fn own_day(line: &str) -> Option<(Date, Vec<Window>)> {
    let (day, times) = line.split_once(char::is_whitespace)?;
    let windows = windows(times).filter(|windows| follow_each_other(windows))?;
    Some((parse_day(day.trim_end_matches(':'))?, windows))
}

/// `8:30-12:00, 12:30-17:00`; nothing, `dicht` or `closed`: closed.
fn windows(text: &str) -> Option<Vec<Window>> {
    let text = text.trim();
    if text.is_empty() || matches!(text.to_lowercase().as_str(), "dicht" | "closed") {
        return Some(vec![]);
    }
    let one = |part: &str| {
        let (from, until) = part.split_once(['-', '–'])?;
        Window::parse(from, until)
    };
    text.split([',', ';']).map(one).collect()
}

fn follow_each_other(windows: &[Window]) -> bool {
    let week = windows.iter().map(|window| Period { day: Weekday::Monday, window: *window });
    Hours { week: week.collect(), ..Hours::default() }.check().is_ok()
}

fn circles(typed: &Fields, known: &Known) -> Result<Vec<Circle>, WrongField> {
    let mut circles = Vec::new();
    for (after_field, who_field) in CIRCLES {
        let after = typed.text(after_field);
        let Some(who) = who(typed.text(who_field), known) else {
            if !typed.text(who_field).is_empty() || !after.is_empty() {
                return Err(wrong(who_field, "telephone-queue-wrong-who"));
            }
            continue;
        };
        let after = if after_field.is_empty() {
            SignedDuration::ZERO
        } else {
            seconds(typed, after_field, "telephone-queue-wrong-circles")?
        };
        circles.push(Circle { after, who });
    }
    Ok(circles)
}

fn who(text: &str, known: &Known) -> Option<Who> {
    if text == EVERYBODY {
        return Some(Who::Everybody);
    }
    if let Some(team) = text.strip_prefix("team-") {
        return team.parse().ok().filter(|team| known.teams.contains(team)).map(Who::Team);
    }
    let skill = text.strip_prefix("kan-")?.parse().ok()?;
    known.skills.contains(&skill).then_some(Who::Skilled(skill))
}

pub(super) const EVERYBODY: &str = "iedereen";
pub(super) const HANG_UP: &str = "ophangen";
pub(super) const CALL_ME_BACK: &str = "terugbellen";
pub(super) const ANSWERED: &str = "beantwoorden";

/// How a form says who answers.
pub(super) fn who_code(who: Who) -> String {
    match who {
        Who::Everybody => EVERYBODY.into(),
        Who::Team(team) => format!("team-{team}"),
        Who::Skilled(skill) => format!("kan-{skill}"),
    }
}

/// How a form says what a call does; `None`: it is answered.
pub(super) fn then_code(then: Option<Then>) -> String {
    match then {
        None => ANSWERED.into(),
        Some(Then::HangUp) => HANG_UP.into(),
        Some(Then::CallMeBack) => CALL_ME_BACK.into(),
        Some(Then::Queue(queue)) => format!("rij-{queue}"),
    }
}

fn then(typed: &Fields, field: &'static str) -> Result<Then, WrongField> {
    match typed.text(field) {
        HANG_UP => Ok(Then::HangUp),
        CALL_ME_BACK => Ok(Then::CallMeBack),
        other => {
            let queue = other.strip_prefix("rij-").and_then(|id| id.parse().ok());
            queue.map(Then::Queue).ok_or(wrong(field, "telephone-queue-wrong-other"))
        }
    }
}

fn number<T: std::str::FromStr>(
    typed: &Fields,
    field: &'static str,
    text: &'static str,
) -> Result<T, WrongField> {
    typed.text(field).parse().map_err(|_| wrong(field, text))
}

fn seconds(
    typed: &Fields,
    field: &'static str,
    text: &'static str,
) -> Result<SignedDuration, WrongField> {
    number::<u32>(typed, field, text).map(|n| SignedDuration::from_secs(n.into()))
}

/// Empty: never.
fn optional(typed: &Fields, field: &'static str) -> Result<Option<SignedDuration>, WrongField> {
    match typed.text(field) {
        "" => Ok(None),
        _ => seconds(typed, field, "telephone-queue-wrong-after").map(Some),
    }
}

/// The periods of a day as they are typed.
pub(super) fn typed_windows(windows: &[Window]) -> String {
    let time = |time: jiff::civil::Time| time.strftime("%-H:%M").to_string();
    let one = |window: &Window| format!("{}-{}", time(window.from), time(window.until));
    windows.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A queue as its form begins.
pub(super) fn fields(name: &str, queue: &Queue) -> Fields {
    let mut typed = Fields::default();
    let seconds = |of: SignedDuration| of.as_secs().to_string();
    let optional = |of: Option<SignedDuration>| of.map(seconds).unwrap_or_default();
    typed.push("naam", name);
    typed.push("prioriteit", queue.priority.to_string());
    typed.push("team", queue.team.to_string());
    for (field, day) in DAYS {
        let of_day = queue.hours.week.iter().filter(|period| period.day == day);
        let mut windows: Vec<Window> = of_day.map(|period| period.window).collect();
        windows.sort_by_key(|window| window.from);
        typed.push(field, typed_windows(&windows));
    }
    if queue.hours.keeps_holidays {
        typed.push("feestdagen", "ja");
    }
    let day = |(day, windows): (&Date, &Vec<Window>)| {
        let times = if windows.is_empty() { "dicht".into() } else { typed_windows(windows) };
        format!("{} {times}", day.strftime("%-d-%-m-%Y"))
    };
    typed.push("dagen", queue.hours.days.iter().map(day).collect::<Vec<_>>().join("\n"));
    for ((after, who), circle) in CIRCLES.into_iter().zip(&queue.circles) {
        typed.push(who, who_code(circle.who));
        if !after.is_empty() {
            typed.push(after, seconds(circle.after));
        }
    }
    typed.push("overgaan", seconds(queue.rings));
    typed.push("voorbeeld_na", optional(queue.previewing_after));
    typed.push("wachtenden", queue.waiting_max.to_string());
    typed.push("langst", seconds(queue.wait_max));
    typed.push("terugbellen_na", optional(queue.call_me_back_after));
    let thens = [Some(queue.closed), Some(queue.full), Some(queue.too_long), queue.closing];
    for ((field, _), then) in THENS.into_iter().zip(thens) {
        typed.push(field, then_code(then));
    }
    typed.push("op_tijd", seconds(queue.answer_within));
    typed.push("kort", seconds(queue.abandoned_after));
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEAM: TeamId = TeamId(3);

    fn known() -> Known {
        Known { teams: vec![TEAM], skills: vec![SkillId(4)], queues: vec![QueueId(1), QueueId(2)] }
    }

    fn queue() -> Queue {
        let mut queue = usual(TEAM, Window::parse("8:30", "17:00").unwrap());
        let short = Window::parse("9", "12:30").unwrap();
        queue.hours.days.insert("2026-12-24".parse().unwrap(), vec![short]);
        queue.hours.days.insert("2026-12-31".parse().unwrap(), vec![]);
        queue.full = Then::Queue(QueueId(2));
        queue.circles.insert(
            1,
            Circle { after: SignedDuration::from_secs(20), who: Who::Skilled(SkillId(4)) },
        );
        queue
    }

    /// The form of [`queue`] with one field typed differently.
    fn with(field: &str, text: &str) -> Fields {
        let original = fields("Ledenlijn", &queue());
        let mut typed = Fields::default();
        typed.push(field, text);
        let names: Vec<&str> = DAYS.iter().map(|(name, _)| *name).collect();
        let all = ["naam", "prioriteit", "team", "feestdagen", "dagen", "wie_1", "na_2", "wie_2"]
            .into_iter()
            .chain(["na_3", "wie_3", "overgaan", "voorbeeld_na", "wachtenden", "langst"])
            .chain(["terugbellen_na", "dicht", "vol", "te_lang", "sluiten", "op_tijd", "kort"])
            .chain(names);
        for name in all.filter(|name| *name != field) {
            typed.push(name, original.text(name));
        }
        typed
    }

    #[test]
    fn what_is_shown_can_be_sent_back() {
        let typed = fields("Ledenlijn", &queue());
        assert_eq!(read(&typed, Some(QueueId(1)), &known()), Ok(("Ledenlijn".into(), queue())));
    }

    #[test]
    fn several_periods_a_day_are_typed_as_people_write_them() {
        let typed = with("ma", "12.30 – 17.00; 8.30-12");
        let (_, read) = read(&typed, None, &known()).unwrap();
        let monday = read.hours.on("2026-11-23".parse().unwrap(), &kernel::WorkCalendar::default());
        assert_eq!(typed_windows(&monday), "8:30-12:00, 12:30-17:00");
    }

    #[test]
    fn a_mistake_is_said_beside_its_field() {
        for (field, text, expected) in [
            ("naam", "", "telephone-queue-wrong-name"),
            ("team", "9", "telephone-queue-wrong-team"),
            ("prioriteit", "10", "telephone-queue-wrong-priority"),
            ("ma", "8:30", "telephone-queue-wrong-hours"),
            ("di", "12:30-17:00, 8:30-13:00", "telephone-queue-wrong-hours"),
            ("dagen", "kerst dicht", "telephone-queue-wrong-days"),
            ("dagen", "24-12-2026 dicht\n2026-12-24 9-12", "telephone-queue-wrong-days"),
            ("wie_1", "team-9", "telephone-queue-wrong-who"),
            ("wie_2", "", "telephone-queue-wrong-who"),
            ("overgaan", "90", "telephone-queue-wrong-rings"),
            ("wachtenden", "veel", "telephone-queue-wrong-waiting"),
            ("langst", "10", "telephone-queue-wrong-wait"),
            ("terugbellen_na", "1000", "telephone-queue-wrong-after"),
            ("voorbeeld_na", "straks", "telephone-queue-wrong-after"),
            ("vol", "", "telephone-queue-wrong-other"),
            ("op_tijd", "0", "telephone-queue-wrong-level"),
        ] {
            let read = read(&with(field, text), Some(QueueId(1)), &known());
            assert_eq!(read.unwrap_err(), wrong(field, expected), "{field}: {text}");
        }
    }
}

//! What would happen to a call: the rules asked about a moment, in words (features §A5).

use jiff::SignedDuration;
use jiff::civil::DateTime;
use kernel::QueueId;
use telephone_rules::arrival::{Arrived, Because, End, arrive};
use telephone_rules::settings::{Queue, Settings};
use texts::Texts;

use super::page::Names;

/// What becomes of a call for this queue at this moment if nobody else waits, step by step.
pub(super) fn lines(
    t: &Texts,
    names: &Names,
    settings: &Settings,
    queue: QueueId,
    at: DateTime,
) -> Vec<String> {
    let Arrived { passed, end } = arrive(settings, queue, &[], at);
    let name = |id| names.queue(t, id);
    let mut lines: Vec<String> = passed
        .iter()
        .map(|(id, because)| {
            t.with2("telephone-trial-passed", "queue", name(*id), "because", t.get(why(*because)))
        })
        .collect();
    match end {
        End::Waits(id) => {
            lines.push(t.with("telephone-trial-waits", "queue", name(id)));
            if let Some(queue) = settings.queues.get(&id) {
                lines.extend(waits(t, names, settings, queue, at));
            }
        }
        End::HangsUp(_) => lines.push(t.get("telephone-queue-then-hang-up")),
        End::AskedToBeCalledBack(_) => lines.push(t.get("telephone-queue-then-call-me-back")),
    }
    lines
}

fn why(because: Because) -> &'static str {
    match because {
        Because::Closed => "telephone-because-closed",
        Because::Full => "telephone-because-full",
        Because::TooLong => "telephone-because-too-long",
        Because::Closing => "telephone-because-closing",
    }
}

/// What happens while nobody answers, in the order in which it does.
fn waits(
    t: &Texts,
    names: &Names,
    settings: &Settings,
    queue: &Queue,
    at: DateTime,
) -> Vec<String> {
    let mut steps: Vec<(SignedDuration, String)> = queue
        .circles
        .iter()
        .map(|circle| {
            let who = names.who(t, circle.who);
            (circle.after, t.with("telephone-trial-rings", "who", who))
        })
        .collect();
    if let Some(after) = queue.previewing_after {
        steps.push((after, t.get("telephone-trial-previewing")));
    }
    if let Some(after) = queue.call_me_back_after {
        steps.push((after, t.get("telephone-trial-call-me-back")));
    }
    steps.push((queue.wait_max, names.then(t, Some(queue.too_long))));
    let closes = queue.hours.closes(at, &settings.calendar);
    if let (Some(closes), true) = (closes, queue.closing.is_some()) {
        let until = closes.duration_since(at);
        steps.push((until, names.then(t, queue.closing)));
    }
    // Nothing comes after the first step that ends the wait.
    let ends = closes
        .filter(|_| queue.closing.is_some())
        .map_or(queue.wait_max, |closes| closes.duration_since(at).min(queue.wait_max));
    steps.retain(|(after, _)| *after <= ends);
    steps.sort_by_key(|(after, _)| *after);
    let line = |(after, what): (SignedDuration, String)| {
        t.fill("telephone-trial-after", [("n", after.as_secs().into()), ("what", what.into())])
    };
    steps.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;
    use kernel::{TeamId, Window, WorkCalendar};
    use telephone_rules::settings::Then;
    use texts::Language;

    use super::*;
    use crate::queue::form::usual;

    const LINE: QueueId = QueueId(1);

    fn told(at: &str, closing: Option<Then>) -> Vec<String> {
        let lines_open = Window::parse("8:30", "16:00").unwrap();
        let queue = Queue { closing, ..usual(TeamId(1), lines_open) };
        let calendar = WorkCalendar::default();
        let settings = Settings { queues: [(LINE, queue)].into(), calendar, ..Settings::default() };
        let names = Names {
            teams: vec![(TeamId(1), "Ledenservice".into())],
            skills: vec![],
            queues: vec![(LINE, "Ledenlijn".into())],
        };
        let catalogue = texts::Catalogue::new(&[crate::TEXTS]);
        let at: DateTime = at.parse().unwrap();
        lines(&catalogue.texts(Language::Dutch), &names, &settings, LINE, at)
    }

    #[test]
    fn a_call_is_followed_until_its_wait_ends() {
        assert_eq!(
            told("2026-11-24T10:00", None),
            [
                "Staat in Ledenlijn.",
                "Na 0 seconden: gaat over bij Ledenservice",
                "Na 60 seconden: gaat over bij iedereen",
                "Na 60 seconden: ook bij wie een belrecord bekijkt",
                "Na 180 seconden: kan kiezen voor terugbellen",
                "Na 900 seconden: Hoort waarom, en kan kiezen voor terugbellen",
            ],
        );
        assert_eq!(
            told("2026-11-24T17:00", None),
            ["Ledenlijn is dicht.", "Hoort waarom, en de lijn gaat dicht"],
        );
        let late = told("2026-11-24T15:58", Some(Then::HangUp));
        assert_eq!(late.last().unwrap(), "Na 120 seconden: Hoort waarom, en de lijn gaat dicht");
    }
}

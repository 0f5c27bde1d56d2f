//! What became of a promise, step by step, in plain words.

use activity::Line;
use db::{Error, Tx};
use kernel::{EventId, UserId};
use texts::Texts;

use super::store::Callback;

/// One step.
pub(super) struct Step {
    pub when: String,
    pub what: String,
    /// Which rule decided, if one did.
    pub rule: Option<String>,
}

/// So many lines of a person are looked through; a promise has a handful.
const LINES: i64 = 500;

/// The steps of a promise, the first one first.
pub(super) async fn steps(tx: &mut Tx, t: &Texts, promise: &Callback) -> Result<Vec<Step>, Error> {
    let now = tx.now();
    let mut lines = activity::of_person(tx, promise.person_id, EventId(i64::MAX), LINES).await?;
    lines.retain(|line| is_about(line, promise));
    lines.reverse();
    let mut steps = Vec::with_capacity(lines.len() + 1);
    // One that came from an older system was not made here.
    if !lines.iter().any(|line| line.kind == "callback_made") {
        let day = t.day(kernel::local(promise.from_at).date());
        steps.push(Step {
            when: t.moment(promise.made_at, now),
            what: t.with("calls-told-taken-over", "day", day),
            rule: None,
        });
    }
    for line in &lines {
        steps.push(Step {
            when: t.moment(line.at, now),
            what: what(tx, t, line).await?,
            rule: line.rule.clone(),
        });
    }
    Ok(steps)
}

fn is_about(line: &Line, promise: &Callback) -> bool {
    line.number("callback") == Some(promise.id.0)
        // It was made in the step in which its line was written.
        || (line.kind == "callback_made" && line.at == promise.made_at)
}

async fn what(tx: &mut Tx, t: &Texts, line: &Line) -> Result<String, Error> {
    let who = line.actor_name.clone().unwrap_or_else(|| t.get("calls-told-program"));
    let day = |name: &str| {
        let day = line.code(name).and_then(|day| kernel::parse_day(&day));
        day.map_or_else(String::new, |day| t.day(day))
    };
    Ok(match line.kind.as_str() {
        "callback_made" => t.with2("calls-told-made", "who", who, "day", day("due_on")),
        "callback_moved" => match line.number("owner") {
            Some(0) => t.with("calls-told-given-team", "who", who),
            Some(owner) => {
                let to = name_of(tx, owner).await?;
                t.with2("calls-told-given", "who", who, "to", to)
            }
            None if line.code("asked_by").as_deref() == Some("member") => {
                t.with2("calls-told-moved-asked", "who", who, "day", day("due_on"))
            }
            None => t.with2("calls-told-moved", "who", who, "day", day("due_on")),
        },
        "callback_near" => t.with("calls-told-near", "who", who),
        "callback_climbed" => match line.code("level").as_deref() {
            Some("stand_in") => {
                let to = name_of(tx, line.number("stand_in").unwrap_or_default()).await?;
                let away = line.code("away").as_deref() == Some("yes");
                t.with(
                    if away { "calls-told-stand-in-away" } else { "calls-told-stand-in" },
                    "to",
                    to,
                )
            }
            Some("team") => t.get("calls-told-team"),
            _ => t.get("calls-told-lead"),
        },
        "callback_tried" => {
            t.with2("calls-told-tried", "who", who, "n", line.number("try").unwrap_or(1))
        }
        "callback_kept" => {
            let on_time = line.code("on_time").as_deref() == Some("yes");
            t.with(if on_time { "calls-told-kept" } else { "calls-told-kept-late" }, "who", who)
        }
        _ => match (line.code("how").as_deref(), line.code("why").as_deref()) {
            (Some("closed_unreached"), _) => t.get("calls-told-unreached"),
            (Some("replaced"), _) => t.with("calls-told-replaced", "who", who),
            (_, Some("objection")) => t.get("calls-told-objection"),
            (_, Some("settled")) => t.with("calls-told-settled", "who", who),
            (_, Some("mistake")) => t.with("calls-told-mistake", "who", who),
            _ => t.with("calls-told-cancelled", "who", who),
        },
    })
}

async fn name_of(tx: &mut Tx, user: i64) -> Result<String, Error> {
    let name: Option<String> = tx
        .value("select max(name) as value from users where id = $1", db::args![UserId(user)])
        .await?;
    Ok(name.unwrap_or_default())
}

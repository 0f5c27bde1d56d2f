//! The union's Tuesday, scene by scene.

use serde_json::{Value, json};
use story::{CALLS, Call, FIGURES, Promise, Who};
use texts::Texts;

use super::calls::Desk;
use super::client::{Answer, Client};
use super::outside::Outside;
use super::told::{Told, expect, field};
use crate::Failure;
use crate::commands::say;

const NOOR: &str = "noor";
const DAY: &str = "2026-11-24";

pub(super) fn tell(client: &Client, outside: Outside, t: Texts) -> Result<Told, Failure> {
    let mut told = Told { t, compared: 0, differences: 0 };

    told.scene("8:20", "story-scene-begin");
    choose(client, NOOR, "available", &mut told)?;
    let due = client.get(NOOR, "/callbacks")?;
    told.check("story-due", &count_today(&due), "5");
    let early = client.post(NOOR, "/call-records/next", &json!({}))?;
    told.check("story-not-before", &asked_before(client, &early)?.to_string(), "0");
    release(client, &early)?;
    let mut desk = Desk::on(client, NOOR, outside, &mut told)?;

    let (heard, rest) = CALLS.split_at(2);
    for (call, scene) in heard.iter().zip(["story-scene-vliet", "story-scene-arslan"]) {
        told.scene(call.at.trim_start_matches('0'), scene);
        make(client, call, Some(&mut desk), &mut told)?;
    }
    desk.off(&mut told)?;
    for call in rest {
        match call.at {
            "11:30" => {
                told.scene("11:15", "story-scene-marit");
                let before = summary(client, NOOR)?;
                set_clock(client, "11:29")?;
                let after = summary(client, NOOR)?;
                told.check(
                    "story-same-conversations",
                    &field(&after, "conversations"),
                    &field(&before, "conversations"),
                );
            }
            "12:40" => {
                lunch(client, &mut told)?;
                told.scene("12:30", "story-scene-coaching");
            }
            "12:58" => told.scene("12:58", "story-scene-joined"),
            _ => {}
        }
        make(client, call, None, &mut told)?;
    }

    told.scene("16:00", "story-scene-close");
    set_clock(client, "16:00")?;
    choose(client, NOOR, "signed_out", &mut told)?;
    let day = summary(client, NOOR)?;
    let rows = [
        ("story-new-members", "new_members", FIGURES.new_members),
        ("story-retained", "retained_members", FIGURES.retained_members),
        ("story-attempts", "attempts", FIGURES.attempts),
        ("story-conversations", "conversations", FIGURES.conversations),
        ("story-due", "callbacks_due", FIGURES.callbacks_due),
        ("story-kept", "callbacks_kept", FIGURES.callbacks_kept),
        ("story-made", "callbacks_made", FIGURES.callbacks_made),
        ("story-paid", "paid_seconds", FIGURES.paid_seconds),
    ];
    for (what, name, expected) in rows {
        told.check(what, &field(&day, name), &expected.to_string());
    }
    let csv = client.get(NOOR, &format!("/days/{DAY}/summary.csv"))?.text;
    for (_, name, expected) in rows {
        told.compare(&format!("CSV {name}"), &csv_field(&csv, name), &expected.to_string());
    }
    // The team lead sees the same day of Noor's.
    let user = field(&day, "user");
    let seen = client.get("ingrid", &format!("/days/{DAY}/summary?user={user}"))?;
    told.check("story-lead-sees", &seen.body.to_string(), &day.to_string());
    Ok(told)
}

/// One call of the day, from the claim to the outcome: over the telephone of the desk, or on an own one.
fn make(
    client: &Client,
    call: &Call,
    desk: Option<&mut Desk<'_>>,
    told: &mut Told,
) -> Result<(), Failure> {
    set_clock(client, call.at)?;
    if let Who::CallsIn(number) = call.who {
        return match desk {
            Some(desk) => is_called(client, call, number, desk, told),
            None => was_called(client, call, number, told),
        };
    }

    let next = client.post(NOOR, "/call-records/next", &json!({}))?;
    if next.status != 200 {
        told.check("story-somebody", &format!("{} {}", next.status, next.text), "200");
        return Ok(());
    }
    let kind = field(&next.body, "kind");
    let person = client.get(
        NOOR,
        &format!("/people/{}", next.body["person"]["id"].as_str().unwrap_or_default()),
    )?;
    let name = next.body["person"]["name"].as_str().unwrap_or_default().to_owned();
    match call.who {
        Who::Promised(key) => {
            told.compare(&format!("{} {name}", call.at), &kind, "callback");
            told.check("story-who", &key_of(&person), key);
        }
        Who::Next(key) => {
            told.check("story-who", &key_of(&person), key);
            told.check("story-ground", &field(&next.body, "ground"), "requested_call");
            say(format!("       {}", field(&next.body, "reason")));
        }
        Who::Anybody => told.compare(&format!("{} {name}", call.at), &kind, "call_record"),
        Who::CallsIn(_) => {}
    }

    let (id, fence) = (field(&next.body, "id"), next.body["fence"].clone());
    let path = |what: &str| format!("/call-records/{id}/{what}");
    if let Some(desk) = desk {
        let _member = desk.calls(&id, &fence, told)?;
        set_clock(client, &after(call.at, call.minutes))?;
        desk.hangs_up(told)?;
    } else {
        let channel = json!({"fence": fence, "channel": "own_phone"});
        expect(told, &client.post(NOOR, &path("attempts"), &channel)?, 201);
        set_clock(client, &after(call.at, call.minutes))?;
        expect(told, &client.post(NOOR, &path("hang-up"), &json!({"fence": fence}))?, 204);
    }
    let mut body = json!({"fence": fence, "outcome": call.outcome, "note": call.note});
    if let Some(promise) = call.promise {
        body["callback"] = callback(&promise);
    }
    let logged = client.post(NOOR, &path("outcome"), &body)?;
    expect(told, &logged, 200);
    if call.at == "08:48" {
        told.check("story-promised-day", &promised_day(client, &person)?, "2026-11-27");
        // A page that was left open somewhere cannot log a second outcome.
        let late = client.post(NOOR, &path("outcome"), &body)?;
        told.check(
            "story-old-window",
            &format!("{} {}", late.status, field(&late.body, "type")),
            "409 urn:wijland:problem:already-logged",
        );
    }
    Ok(())
}

/// Somebody rings, is spoken to, and is on the desk until the outcome is logged.
fn is_called(
    client: &Client,
    call: &Call,
    number: &str,
    desk: &mut Desk<'_>,
    told: &mut Told,
) -> Result<(), Failure> {
    let _member = desk.is_called(number, told)?;
    set_clock(client, &after(call.at, call.minutes))?;
    desk.hangs_up(told)?;
    let on_desk = client.post(NOOR, "/call-records/next", &json!({}))?.body;
    told.check("story-on-desk", &field(&on_desk, "kind"), "person");
    let path = format!("/call-records/{}/outcome", field(&on_desk, "id"));
    let body = json!({"fence": on_desk["fence"], "outcome": call.outcome, "note": call.note});
    let logged = client.post(NOOR, &path, &body)?;
    expect(told, &logged, 200);
    told.check("story-called-in", &field(&logged.body, "outcome"), call.outcome);
    Ok(())
}

/// A call on an own phone is logged when it is over.
fn was_called(client: &Client, call: &Call, number: &str, told: &mut Told) -> Result<(), Failure> {
    let ends = after(call.at, call.minutes);
    set_clock(client, &ends)?;
    let body = json!({
        "direction": "in", "number": number, "started_at": instant(call.at), "ended_at": instant(&ends),
        "outcome": call.outcome, "note": call.note,
    });
    let logged = client.post(NOOR, "/calls", &body)?;
    told.check("story-called-in", &field(&logged.body, "outcome"), call.outcome);
    Ok(())
}

/// Lunch is chosen during a call and starts after it; the team sees who lunches together.
fn lunch(client: &Client, told: &mut Told) -> Result<(), Failure> {
    told.scene("12:00", "story-scene-lunch");
    set_clock(client, "12:00")?;
    for colleague in ["bernd", "sabine", "semi", NOOR] {
        choose(client, colleague, "lunch", told)?;
    }
    let nobody = client.post(NOOR, "/call-records/next", &json!({}))?;
    told.check("story-during-lunch", &nobody.status.to_string(), "204");
    let team = client.get(NOOR, "/presence")?;
    let mut together: Vec<&str> = team.body["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|mate| mate["intent"] == "lunch")
        .filter_map(|mate| mate["name"].as_str()?.split(' ').next())
        .collect();
    together.sort_unstable();
    told.check("story-at-table", &together.join(", "), "Bernd, Noor, Sabine, Semi");
    set_clock(client, "12:30")?;
    for colleague in ["bernd", "sabine", "semi", NOOR] {
        choose(client, colleague, "available", told)?;
    }
    Ok(())
}

fn choose(client: &Client, who: &str, intent: &str, told: &mut Told) -> Result<(), Failure> {
    let chosen = client.put(who, "/presence", &json!({"intent": intent}))?;
    told.compare(who, &field(&chosen.body, "intent"), intent);
    Ok(())
}

/// How many of those who asked not to be called before 8:30 came before it.
fn asked_before(client: &Client, next: &Answer) -> Result<u32, Failure> {
    let Some(id) = next.body["person"]["id"].as_str() else { return Ok(0) };
    let key = key_of(&client.get(NOOR, &format!("/people/{id}"))?);
    Ok(u32::from(key == "W-1001"))
}

/// Leaves the desk empty again.
fn release(client: &Client, next: &Answer) -> Result<(), Failure> {
    if let Some(id) = next.body["id"].as_str() {
        let body = json!({"fence": next.body["fence"], "reason": "not_now"});
        client.post(NOOR, &format!("/call-records/{id}/skip"), &body)?;
    }
    Ok(())
}

fn summary(client: &Client, who: &str) -> Result<Value, Failure> {
    Ok(client.get(who, &format!("/days/{DAY}/summary"))?.body)
}

fn set_clock(client: &Client, at: &str) -> Result<(), Failure> {
    let set = client.put(NOOR, "/demo/clock", &json!({"now": instant(at)}))?;
    if set.status == 204 {
        Ok(())
    } else {
        Err(Failure::told(format!("the clock does not move: {}", set.text)))
    }
}

fn instant(at: &str) -> String {
    format!("{DAY}T{at}:00+01:00")
}

/// So many minutes later on the same clock.
fn after(at: &str, minutes: i64) -> String {
    let time: jiff::civil::Time = at.parse().expect("the story's times are times");
    time.wrapping_add(jiff::SignedDuration::from_mins(minutes)).strftime("%H:%M").to_string()
}

fn callback(promise: &Promise) -> Value {
    let Promise { working_days, from, until, warmth, opening, words } = promise;
    json!({
        "working_days": working_days, "from": from, "until": until, "owner": "me",
        "warmth": warmth, "opening": opening, "words": words,
    })
}

fn promised_day(client: &Client, person: &Answer) -> Result<String, Failure> {
    let id = field(&person.body, "id");
    let found = client.get(NOOR, "/callbacks")?;
    let day = found.body["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|callback| callback["person"] == id.as_str())
        .and_then(|callback| callback["due_on"].as_str())
        .unwrap_or_default();
    Ok(day.to_owned())
}

fn count_today(callbacks: &Answer) -> String {
    let today = |callback: &&Value| callback["due_on"] == DAY;
    callbacks.body["items"].as_array().into_iter().flatten().filter(today).count().to_string()
}

/// The key under which the story knows a person.
fn key_of(person: &Answer) -> String {
    ["external_id", "member_number"]
        .iter()
        .find_map(|name| person.body[*name].as_str())
        .unwrap_or_default()
        .to_owned()
}

fn csv_field(csv: &str, name: &str) -> String {
    let mut lines = csv.lines().map(|line| line.split(','));
    let (Some(mut names), Some(mut values)) = (lines.next(), lines.next()) else {
        return String::new();
    };
    names
        .position(|found| found == name)
        .and_then(|at| values.nth(at))
        .unwrap_or_default()
        .to_owned()
}

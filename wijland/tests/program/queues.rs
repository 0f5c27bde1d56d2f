//! Where calls that come in wait: what an administrator sets, and the log of what waited.

use axum::http::StatusCode;
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{Actor, CallbackId, PersonId, Pii, QueueId, QueuedCallId, UserId};
use serde_json::json;
use telephone::queue::log::{self, NewCall};
use telephone::queue::{self, QueueRules, queue_rules};
use telephone_rules::agent::{Agent, MissedBecause, Reach};
use telephone_rules::arrival::Because;
use telephone_rules::offer::{Offer, Why, offers, rung_out};
use telephone_rules::prefer::{Preference, Prefers};
use telephone_rules::settings::{Settings, Then};
use telephone_rules::waiting::{How, order};

use crate::harness::{Browser, World, on_each_empty_engine, on_each_engine};

/// What the walk over every page needs besides: something that somebody can do.
pub(crate) async fn furnish(world: &World) {
    let skill = [("naam_nl", "Engels"), ("naam_en", "English")];
    let kept = world.browser("anna").await.post("/beheer/wachtrijen/kunde/nieuw", &skill).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
}

/// The form of a queue as the page of the demo's sends it.
fn form<'a>(team: &'a str, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("naam", "Behoudlijn"),
        ("prioriteit", "2"),
        ("team", team),
        ("ma", "8:30-12:00, 12:30-17:00"),
        ("di", "8:30-12:00, 12:30-17:00"),
        ("wo", ""),
        ("do", ""),
        ("vr", "9-12"),
        ("za", ""),
        ("zo", ""),
        ("feestdagen", "ja"),
        ("dagen", "31-12-2026 dicht"),
        ("wie_1", "iedereen"),
        ("overgaan", "20"),
        ("wachtenden", "10"),
        ("langst", "600"),
        ("terugbellen_na", "120"),
        ("dicht", "ophangen"),
        ("vol", "terugbellen"),
        ("te_lang", "terugbellen"),
        ("sluiten", "beantwoorden"),
        ("op_tijd", "30"),
        ("kort", "5"),
    ];
    for (name, value) in other {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form
}

async fn team(world: &World) -> String {
    world.count("select min(id) as value from teams").await.to_string()
}

async fn is_saved(anna: &mut Browser<'_>, path: &str, form: &[(&str, &str)]) {
    let kept = anna.post(path, form).await;
    assert_eq!(kept.location(), "/beheer/wachtrijen?gedaan=ja", "{}", kept.text);
}

#[tokio::test]
async fn an_administrator_sees_adds_and_changes_queues_with_errors_beside_the_field() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let page = anna.get("/beheer/wachtrijen").await;
        page.shows("Ledenlijn");
        page.shows("8:30-16:00");
        page.shows("na 60 seconden ook iedereen");
        page.shows("ledenlijn");
        anna.get("/beheer").await.shows("/beheer/wachtrijen");
        anna.get("/beheer/wachtrijen/nieuw").await.shows("value=\"8:30-16:00\"");

        let team = team(&world).await;
        let wrong = [("di", "12:30-17:00, 8:30-13:00"), ("naam", "Behoudlijn <1>")];
        let again = anna.post("/beheer/wachtrijen/nieuw", &form(&team, &wrong)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        again.shows("Schrijf tijden als 8:30-12:00, 12:30-17:00.");
        again.shows("value=\"12:30-17:00, 8:30-13:00\" aria-invalid=\"true\"");
        let taken = form(&team, &[("naam", "Ledenlijn")]);
        anna.post("/beheer/wachtrijen/nieuw", &taken)
            .await
            .shows("Er is al een wachtrij met deze naam.");
        is_saved(&mut anna, "/beheer/wachtrijen/nieuw", &form(&team, &[])).await;
        anna.get("/beheer/wachtrijen").await.shows("8:30-12:00, 12:30-17:00");

        // Changed: a next version, and what held before is kept.
        let id = world.count("select max(id) as value from queues").await;
        let ledenlijn = world.count("select min(id) as value from queues").await;
        let path = format!("/beheer/wachtrijen/{id}");
        let leads = format!("rij-{ledenlijn}");
        let changed = form(&team, &[("prioriteit", "1"), ("vol", &leads)]);
        is_saved(&mut anna, &path, &changed).await;
        let shown = anna.get(&path).await;
        shown.shows("value=\"8:30-12:00, 12:30-17:00\"");
        shown.shows("Voorrang 2, hooguit 10 bellers.");
        shown.shows("Gaat naar Ledenlijn");
        let itself = form(&team, &[("vol", "rij-1")]);
        anna.post(&path, &itself).await.shows("een andere rij moet er nog zijn");
        let changed =
            async |tx: &mut Tx| tx.execute("update queue_versions set priority = 9", args![]).await;
        assert!(world.db.write(Actor::SYSTEM, changed).await.is_err(), "INV15");

        // What leads there stays: a number, another queue.
        let end = format!("/beheer/wachtrijen/{ledenlijn}/einde");
        anna.post(&end, &[])
            .await
            .shows("Er leidt nog een nummer of een andere wachtrij hiernaartoe.");
        is_saved(&mut anna, &format!("{path}/einde"), &[]).await;
        anna.get("/beheer/wachtrijen").await.hides("Behoudlijn");
        assert_eq!(anna.get(&path).await.status, StatusCode::NOT_FOUND);

        anna.get("/beheer/wachtrijen?lang=en").await.shows("Add a queue");
        let mut marit = world.browser("marit").await;
        assert_eq!(marit.get("/beheer/wachtrijen").await.status, StatusCode::FORBIDDEN);
        assert_eq!(marit.post(&end, &[]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn numbers_lead_to_queues_and_stay_answered_after_they_were_shown() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let queue = world.count("select min(id) as value from queues").await.to_string();
        let campaign = world.count("select min(id) as value from campaigns").await.to_string();
        let number = |typed: &'static str| {
            vec![("nummer", typed), ("rij", queue.as_str()), ("campagne", campaign.as_str())]
        };
        let again = anna.post("/beheer/wachtrijen/nummer", &number("12 34")).await;
        again.shows("Dit is geen telefoonnummer en geen korte naam");
        is_saved(&mut anna, "/beheer/wachtrijen/nummer", &number("030 - 712 34 56")).await;
        let other = anna.post("/beheer/wachtrijen/nummer", &number("030 7123457")).await;
        other.shows("Deze campagne heeft al een ander nummer.");
        anna.get("/beheer/wachtrijen").await.shows("030 712 34 56");

        let (found, nobody, short) = look(&world, async |tx| {
            Ok((
                queue::for_number(tx, "0031307123456").await?,
                queue::for_number(tx, "030 7123457").await?,
                queue::for_number(tx, "Ledenlijn").await?,
            ))
        })
        .await;
        let found = found.unwrap();
        assert_eq!(found.queue.to_string(), queue);
        assert_eq!(found.campaign.unwrap().to_string(), campaign);
        assert_eq!(nobody, None);
        assert_eq!(short.unwrap().campaign, None);

        // Shown today: six months long whoever was called can call back.
        let e164: kernel::PhoneNumber = "+31307123456".parse().unwrap();
        world
            .db
            .write(Actor::SYSTEM, async |tx| queue::show(tx, None, e164.clone()).await)
            .await
            .unwrap();
        let path = "/beheer/wachtrijen/nummer/%2B31307123456";
        anna.get(path).await.shows("24 mei 2027");
        let refused = anna.post(&format!("{path}/weg"), &[]).await;
        refused.shows("Dit nummer is kort geleden getoond.");
        world.clock_on("2027-05-25", "09:00");
        let mut anna = world.browser("anna").await;
        is_saved(&mut anna, &format!("{path}/weg"), &[]).await;
        assert_eq!(anna.get(path).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn who_can_do_what_and_what_a_caller_hears_is_set_in_both_languages() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let marit = world.user("marit").await;
        let english = [("naam_nl", "Engels"), ("naam_en", ""), ("collega", &marit)];
        let none = anna.post("/beheer/wachtrijen/kunde/nieuw", &[("naam_nl", "")]).await;
        none.shows("Geef een naam van hooguit 40 tekens.");
        is_saved(&mut anna, "/beheer/wachtrijen/kunde/nieuw", &english).await;
        anna.post("/beheer/wachtrijen/kunde/nieuw", &english).await.shows("Deze naam is er al.");
        anna.get("/beheer/wachtrijen").await.shows("Marit");
        let skill = world.count("select max(id) as value from skills").await;
        let of_marit = look(&world, async |tx| queue::skills_of(tx).await).await;
        assert_eq!(of_marit[&UserId(marit.parse().unwrap())].first().unwrap().0, skill);
        let path = format!("/beheer/wachtrijen/kunde/{skill}");
        is_saved(&mut anna, &path, &[("naam_nl", "Engels"), ("naam_en", "English")]).await;
        anna.get("/beheer/wachtrijen").await.shows("Nog niemand");

        // Somebody who can do it answers first.
        let (team, can) = (team(&world).await, format!("kan-{skill}"));
        let first = form(&team, &[("wie_1", &can), ("wie_2", "iedereen"), ("na_2", "20")]);
        is_saved(&mut anna, "/beheer/wachtrijen/nieuw", &first).await;
        anna.get("/beheer/wachtrijen").await.shows("Engels; na 20 seconden ook iedereen");

        let queue = world.count("select min(id) as value from queues").await;
        let path = format!("/beheer/wachtrijen/{queue}/meldingen");
        anna.get(&path).await.shows("U bent nummer {place} in de rij.");
        let half = [("closed-nl", "Wij zijn dicht <nu>"), ("closed-en", "")];
        let again = anna.post(&path, &half).await;
        again.shows("Schrijf beide talen of geen van beide");
        again.shows("Wij zijn dicht &#60;nu&#62;");
        let both = [("closed-nl", "Wij zijn dicht."), ("closed-en", "We are closed.")];
        is_saved(&mut anna, &path, &both).await;
        let own = look(&world, async |tx| queue::announced(tx, QueueId(queue)).await).await;
        let closed = &own[&telephone_rules::settings::Announcement::Closed];
        assert_eq!((own.len(), closed.en.as_str()), (1, "We are closed."));
        is_saved(&mut anna, &path, &[]).await;
        assert!(
            look(&world, async |tx| queue::announced(tx, QueueId(queue)).await).await.is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn programs_set_queues_and_numbers_by_the_same_rules() {
    on_each_engine(async |world| {
        let anna = world.program("anna").await;
        let all = anna.get("/queues").await.json();
        let line = &all["items"][0];
        assert_eq!((&line["name"], &line["closing"]), (&json!("Ledenlijn"), &json!("answered")));
        assert_eq!(line["hours"]["week"]["mo"], "8:30-16:00");
        assert_eq!(line["answers"][1], json!({"after_seconds": 60, "who": "everybody"}));

        // What is read can be sent back; a word that is not known is not passed over.
        let id = line["id"].as_str().unwrap();
        let mut body = line.clone();
        body.as_object_mut().unwrap().retain(|name, _| name != "id" && name != "version");
        body["hours"]["days"] = json!({"2026-12-24": "8:30-12:00", "2026-12-31": ""});
        let changed = anna.put(&format!("/queues/{id}"), &body).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        assert_eq!(changed.json()["version"], 2);
        assert_eq!(changed.json()["hours"], body["hours"]);

        body["name"] = json!("Behoudlijn");
        body["full"] = json!(id);
        let made = anna.post("/queues", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(made.json()["full"], json!(id));
        for (field, value, about) in [
            ("priority", json!(0), "priority"),
            ("rings_seconds", json!(90), "rings_seconds"),
            ("full", json!("nowhere"), "full"),
            ("answers", json!([]), "answers"),
            ("name", json!("Ledenlijn"), "name"),
            ("hours", json!({"week": {"maandag": "9-17"}}), "hours"),
        ] {
            let mut wrong = body.clone();
            wrong[field] = value;
            let refused = anna.post("/queues", &wrong).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{field}: {}",
                refused.text
            );
            assert_eq!(refused.json()["field"], about, "{}", refused.text);
        }

        let number = json!({"number": "030 7123456", "queue": id, "campaign": null, "label": ""});
        assert_eq!(anna.put("/dialled-numbers", &number).await.status, StatusCode::NO_CONTENT);
        let numbers = anna.get("/dialled-numbers").await.json();
        assert_eq!(numbers["items"][0]["number"], "+31307123456");
        let mut wrong = number.clone();
        wrong["number"] = json!("12");
        let refused = anna.put("/dialled-numbers", &wrong).await.json();
        assert_eq!(refused["field"], "number");

        let marit = world.program("marit").await;
        assert_eq!(marit.get("/queues").await.status, StatusCode::FORBIDDEN);
        assert_eq!(marit.post("/queues", &body).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

async fn look<T>(world: &World, read: impl AsyncFn(&mut Tx) -> Result<T, Error>) -> T {
    world.db.read(Actor::SYSTEM, async |tx| read(tx).await).await.unwrap()
}

async fn step<T>(world: &World, write: impl AsyncFn(&mut Tx) -> Result<T, Error>) -> T {
    world.db.write(Actor::SYSTEM, async |tx| write(tx).await).await.unwrap()
}

async fn rules(world: &World) -> QueueRules {
    let book = look(world, async |tx| rulebook::Rulebook::load(tx).await).await;
    queue_rules(&book, "2026-11-24".parse().unwrap()).unwrap()
}

async fn settings(world: &World, at: Timestamp) -> Settings {
    let rules = rules(world).await;
    look(world, async |tx| queue::settings(tx, &rules, at).await).await
}

#[tokio::test]
async fn the_rules_get_the_settings_as_they_held_at_a_moment() {
    on_each_engine(async |world| {
        let queue = QueueId(world.count("select min(id) as value from queues").await);
        let before = world.db.clock().now();
        let shipped = settings(&world, before).await;
        assert_eq!(shipped.thresholds.missed_max, 2);
        assert_eq!(shipped.queues[&queue].closing, None);
        assert!(shipped.calendar.day("2026-12-25".parse().unwrap()).unwrap().phone_lines_closed);
        let open = |settings: &Settings, at: &str| {
            settings.queues[&queue].hours.is_open(at.parse().unwrap(), &settings.calendar)
        };
        for (at, expected) in [
            ("2026-11-24T08:29", false),
            ("2026-11-24T08:30", true),
            ("2026-11-24T16:00", false),
            ("2026-11-28T12:00", false),
            ("2026-12-25T12:00", false),
        ] {
            assert_eq!(open(&shipped, at), expected, "{at}");
        }

        world.clock("10:00");
        let team = team(&world).await;
        let changed = form(&team, &[("sluiten", "terugbellen"), ("zo", "12-13")]);
        let mut anna = world.browser("anna").await;
        is_saved(&mut anna, &format!("/beheer/wachtrijen/{queue}"), &changed).await;
        let now = settings(&world, world.db.clock().now()).await;
        assert_eq!(now.queues[&queue].closing, Some(Then::CallMeBack));
        assert!(open(&now, "2026-11-29T12:30") && !open(&now, "2026-12-31T10:00"));
        assert_eq!(settings(&world, before).await.queues, shipped.queues);
    })
    .await;
}

/// A call for the members' line.
async fn calls(world: &World, person: Option<i64>) -> QueuedCallId {
    let queue = QueueId(world.count("select min(id) as value from queues").await);
    let marit = UserId(world.user("marit").await.parse().unwrap());
    let new = NewCall {
        dialled: "ledenlijn".into(),
        number: Some(Pii::new("0612345678".parse().unwrap())),
        person: person.map(PersonId),
        queue,
        prefers: Some(Prefers { agent: marit, because: Preference::LastAgent }),
        is_resumed: false,
    };
    step(world, async |tx| log::queued(tx, &new).await).await
}

fn offer(call: QueuedCallId, agent: &str) -> Offer {
    let agent = UserId(agent.parse().unwrap());
    Offer { call, agent, why: Why::LastAgent, rings_until: Timestamp::MAX }
}

#[tokio::test]
async fn a_call_waits_is_missed_and_answered_and_every_step_is_in_the_log() {
    on_each_engine(async |world| {
        let (marit, noor) = (world.user("marit").await, world.user("noor").await);
        let (marits, noors) = (UserId(marit.parse().unwrap()), UserId(noor.parse().unwrap()));
        world.clock("10:00");
        let person = world.person("W-1101").await;
        let call = calls(&world, Some(person)).await;
        let other = calls(&world, None).await;
        step(&world, async |tx| log::offered(tx, &offer(call, &marit)).await).await;

        // Nothing rings twice: not at her, and not elsewhere for this call.
        for twice in [offer(other, &marit), offer(call, &noor)] {
            let made = world.db.write(Actor::SYSTEM, async |tx| log::offered(tx, &twice).await).await;
            assert!(matches!(made, Err(Error::Duplicate)), "{made:?}");
        }
        let waiting = look(&world, async |tx| log::waiting(tx).await).await;
        assert_eq!(waiting.len(), 2);
        assert_eq!(waiting[0].ringing.unwrap().agent, marits);
        assert_eq!(waiting[0].prefers.unwrap().because, Preference::LastAgent);

        let no_reaction = MissedBecause::NoReaction;
        step(&world, async |tx| log::missed(tx, call, marits, no_reaction).await).await;
        let again = world.db.write(Actor::SYSTEM, async |tx| {
            log::missed(tx, call, marits, no_reaction).await
        });
        assert!(matches!(again.await, Err(Error::Raced)), "missed once");
        step(&world, async |tx| log::offered(tx, &offer(call, &marit)).await).await;
        step(&world, async |tx| log::missed(tx, call, marits, no_reaction).await).await;
        let missed = look(&world, async |tx| log::missed_in_a_row(tx).await).await;
        assert_eq!(missed[&marits], 2);
        let waiting = look(&world, async |tx| log::waiting(tx).await).await;
        assert_eq!((waiting[0].missed.len(), waiting[0].ringing), (2, None));

        // Back by herself.
        world.clock("10:01");
        let back = async |tx: &mut Tx| log::returned(tx).await;
        world.db.write(Actor::user(marits), back).await.unwrap();
        let missed = look(&world, async |tx| log::missed_in_a_row(tx).await).await;
        assert!(missed.is_empty());

        step(&world, async |tx| log::offered(tx, &offer(call, &noor)).await).await;
        step(&world, async |tx| log::answered(tx, call, noors).await).await;
        let late = world.db.write(Actor::SYSTEM, async |tx| log::abandoned(tx, call).await).await;
        assert!(matches!(late, Err(Error::Raced)), "it was answered");
        let reopened = async |tx: &mut Tx| {
            tx.execute("update queued_calls set ended_at = null, state = 'queued' where answered_at is not null", args![]).await
        };
        assert!(world.db.write(Actor::SYSTEM, reopened).await.is_err(), "INV15");

        // A minute is later than what counts as in time; the other waited and left.
        step(&world, async |tx| log::abandoned(tx, other).await).await;
        let short = calls(&world, None).await;
        step(&world, async |tx| log::abandoned(tx, short).await).await;
        let day = "2026-11-24".parse().unwrap();
        let counted = look(&world, async |tx| {
            activity::counts(tx, activity::Dim::All, 0, day, day).await
        })
        .await;
        assert_eq!(counted["calls_queued"], (3, 0));
        assert_eq!(counted["calls_answered"], (1, 60));
        assert_eq!(counted.get("calls_answered_in_time"), None);
        assert_eq!(counted["calls_abandoned"], (1, 60));
        assert_eq!(counted["calls_hung_up_at_once"], (1, 0));
        let hers = look(&world, async |tx| {
            activity::counts(tx, activity::Dim::User, marits.0, day, day).await
        })
        .await;
        assert_eq!((hers["missed_offers"].0, hers["missed.no_reaction"].0), (2, 2));
        world.recount_is_zero().await;

        let mut anna = world.browser("anna").await;
        let page = anna.get("/beheer/wachtrijen").await;
        page.shows("<dt>Bereikbaarheid</dt><dd class=\"num\">0%</dd>");
        page.shows("<dt>Bellers in de rij gekomen</dt><dd class=\"num\">3</dd>");
        let whys = "select count(*) as value from events where kind = 'call_answered' and rule like 'queue.%@1' and payload like '%last_agent%'";
        assert_eq!(world.count(whys).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_place_is_kept_moves_along_and_ends_in_a_promise() {
    on_each_engine(async |world| {
        world.clock("10:00");
        let person = world.person("W-1101").await;
        let kept = calls(&world, None).await;
        calls(&world, None).await;
        let marit = UserId(world.user("marit").await.parse().unwrap());
        let prefers = Prefers { agent: marit, because: Preference::Promise };
        step(&world, async |tx| {
            log::recognised(tx, kept, PersonId(person), Some(prefers)).await
        })
        .await;
        world.clock("10:03");
        // Pressed while it rang: it rings no longer, and nobody missed it.
        let noor = world.user("noor").await;
        step(&world, async |tx| log::offered(tx, &offer(kept, &noor)).await).await;
        step(&world, async |tx| log::keeps_place(tx, kept).await).await;
        let team = team(&world).await;
        let mut anna = world.browser("anna").await;
        is_saved(&mut anna, "/beheer/wachtrijen/nieuw", &form(&team, &[])).await;
        let to = QueueId(world.count("select max(id) as value from queues").await);
        step(&world, async |tx| log::moved(tx, kept, to, Because::TooLong).await).await;

        let waiting = look(&world, async |tx| log::waiting(tx).await).await;
        let found = waiting.iter().find(|call| call.call == kept).unwrap();
        assert_eq!((found.how, found.queue, found.ringing), (How::CallsBack, to, None));
        assert_eq!(found.person, Some(PersonId(person)));
        assert_eq!(found.entered.duration_since(found.since).as_secs(), 180);
        assert_eq!(found.missed, []);
        let settings = settings(&world, world.db.clock().now()).await;
        let first = waiting.iter().min_by_key(|call| order(&settings, call)).unwrap();
        assert_eq!(first.call, kept, "the other queue goes first");

        // The program begins again: whoever was on the line is gone, the place is not.
        assert_eq!(step(&world, async |tx| log::lost_lines(tx).await).await, 1);
        let left = look(&world, async |tx| log::waiting(tx).await).await;
        assert_eq!(left.iter().map(|call| call.call).collect::<Vec<_>>(), [kept]);
        let ends = "select count(*) as value from queued_calls where state = 'abandoned'";
        assert_eq!(world.count(ends).await, 1);
        let end = format!("/beheer/wachtrijen/{to}/einde");
        anna.post(&end, &[]).await.shows("Er wacht nog iemand in deze rij.");

        // It is due: a colleague takes it and calls; that is no part of the service level.
        let second = calls(&world, None).await;
        step(&world, async |tx| log::keeps_place(tx, second).await).await;
        step(&world, async |tx| log::offered(tx, &offer(second, &noor)).await).await;
        let noors = UserId(noor.parse().unwrap());
        step(&world, async |tx| log::answered(tx, second, noors).await).await;
        let day = "2026-11-24".parse().unwrap();
        let counted = look(&world, async |tx| {
            activity::counts(tx, activity::Dim::All, 0, day, day).await
        })
        .await;
        assert_eq!(counted["calls_called_back"].0, 1);
        assert_eq!(counted.get("calls_answered"), None);

        let callback = CallbackId(world.count("select min(id) as value from callbacks").await);
        step(&world, async |tx| log::to_callback(tx, kept, callback).await).await;
        let ends = "select count(*) as value from queued_calls where state = 'to_callback' and callback_id is not null";
        assert_eq!(world.count(ends).await, 1);
        let events = "select count(*) as value from events where kind in ('place_kept', 'call_moved', 'call_to_callback')";
        assert_eq!(world.count(events).await, 4);
        assert_eq!(world.count("select count(*) as value from call_offers where ended_as = 'withdrawn'").await, 1);

        // Closed on arrival, and after having waited.
        let closed = calls(&world, None).await;
        step(&world, async |tx| log::turned_away(tx, closed, Because::Closing).await).await;
        let new = NewCall {
            dialled: "ledenlijn".into(),
            number: None,
            person: None,
            queue: to,
            prefers: None,
            is_resumed: false,
        };
        step(&world, async |tx| log::refused(tx, &new, Because::Closed).await).await;
        assert!(look(&world, async |tx| log::waiting(tx).await).await.is_empty());
        let away = "select count(*) as value from events where kind = 'call_turned_away'";
        assert_eq!(world.count(away).await, 2);
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_caller_comes_to_the_agent_who_knows_the_caller() {
    on_each_engine(async |world| {
        let thresholds = rules(&world).await.thresholds;
        let prefers = async |person: i64| {
            look(&world, async |tx| queue::preferred(tx, PersonId(person), &thresholds).await).await
        };
        let marit = UserId(world.user("marit").await.parse().unwrap());
        // Nobody spoke with this one yet; then Marit is in a talk that ends, and what came of it is said.
        world.clock("09:00");
        let person = world.person("W-1101").await;
        let before = prefers(person).await;
        let mut her = world.browser("marit").await;
        her.is_rung_by(person).await;
        assert_eq!(prefers(person).await, before, "it goes on still");
        let desk = her.get("/werkplek").await;
        let fence = desk.between("name=\"fence\" value=\"", "\"").to_owned();
        let person_id = person.to_string();
        let about = [("person", person_id.as_str()), ("fence", fence.as_str())];
        assert_eq!(look(&world, async |tx| log::handling(tx).await).await, None);
        world.clock("09:04");
        her.post("/werkplek/opgehangen", &about).await;
        let four_minutes = jiff::SignedDuration::from_mins(4);
        assert_eq!(look(&world, async |tx| log::handling(tx).await).await, Some(four_minutes));
        let dropped = Prefers { agent: marit, because: Preference::Dropped };
        assert_eq!(prefers(person).await, Some(dropped));
        world.clock("09:15");
        assert_eq!(prefers(person).await, before, "too long ago");
    })
    .await;
}

/// Somebody of the demo's team, as the loop around the rules would say it.
async fn agent(world: &World, login: &'static str) -> Agent {
    let user = UserId(world.user(login).await.parse().unwrap());
    let missed = look(world, async |tx| log::missed_in_a_row(tx).await).await;
    let skills = look(world, async |tx| queue::skills_of(tx).await).await;
    Agent {
        user,
        team: Some(kernel::TeamId(team(world).await.parse().unwrap())),
        skills: skills.get(&user).cloned().unwrap_or_default(),
        reach: Reach::Free,
        idle_since: "2026-11-24T08:00:00+01:00".parse().unwrap(),
        wraps_up_until: None,
        missed: missed.get(&user).copied().unwrap_or(0),
    }
}

/// What rings now, by the rules, from what the database says; it is written down as ringing.
async fn ring(world: &World) -> Vec<(QueuedCallId, UserId, Why)> {
    let now = world.db.clock().now();
    let settings = settings(world, now).await;
    let waiting = look(world, async |tx| log::waiting(tx).await).await;
    for (call, agent) in rung_out(&settings, &waiting, now) {
        let because = MissedBecause::NoReaction;
        step(world, async |tx| log::missed(tx, call, agent, because).await).await;
    }
    let waiting = look(world, async |tx| log::waiting(tx).await).await;
    let agents = [agent(world, "marit").await, agent(world, "noor").await];
    let offers = offers(&settings, &waiting, &agents, now);
    for offer in &offers {
        step(world, async |tx| log::offered(tx, offer).await).await;
    }
    offers.iter().map(|offer| (offer.call, offer.agent, offer.why)).collect()
}

#[tokio::test]
async fn what_the_rules_decide_from_the_database_is_what_rings() {
    on_each_engine(async |world| {
        let at = |time: &str| {
            world.db.clock().set(format!("2026-11-24T{time}+01:00").parse().unwrap());
        };
        let marit = agent(&world, "marit").await.user;
        let noor = agent(&world, "noor").await.user;
        at("10:00:00");
        let first = calls(&world, None).await;
        at("10:00:01");
        let second = calls(&world, None).await;
        at("10:00:02");
        let third = calls(&world, None).await;
        // All of them know Marit; one gets her, and the others wait for her a moment.
        assert_eq!(ring(&world).await, [(first, marit, Why::LastAgent)]);
        // She lets it ring: it goes to a colleague, and the next one who knows her comes to her.
        at("10:00:17");
        assert_eq!(
            ring(&world).await,
            [(first, noor, Why::Longest), (second, marit, Why::LastAgent)]
        );
        // Twice in a row: nothing rings at her any more, and nobody waits for her.
        step(&world, async |tx| log::answered(tx, first, noor).await).await;
        at("10:00:32");
        assert_eq!(ring(&world).await, [(second, noor, Why::Longest)]);
        step(&world, async |tx| log::answered(tx, second, noor).await).await;
        // She is back.
        at("10:00:33");
        let back = async |tx: &mut Tx| log::returned(tx).await;
        world.db.write(Actor::user(marit), back).await.unwrap();
        assert_eq!(ring(&world).await, [(third, marit, Why::LastAgent)]);
    })
    .await;
}

#[tokio::test]
async fn an_association_without_a_queue_begins_with_what_the_rules_say() {
    on_each_empty_engine(async |world| {
        let mut anna = world.browser("anna").await;
        anna.get("/beheer/wachtrijen").await.shows("Er is nog geen wachtrij.");
        anna.get("/beheer/wachtrijen/nieuw").await.shows("value=\"8:30-16:00\"");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sees_what_would_happen_to_a_call() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let queue = world.count("select min(id) as value from queues").await;
        let look = format!("/beheer/wachtrijen?rij={queue}&dag=");
        let open = anna.get(&format!("{look}2026-11-24&tijd=10:00")).await;
        open.shows("Staat in Ledenlijn.");
        open.shows("Na 60 seconden: gaat over bij iedereen");
        open.shows("Na 180 seconden: kan kiezen voor terugbellen");
        let christmas = anna.get(&format!("{look}2026-12-25&tijd=10:00")).await;
        christmas.shows("Ledenlijn is dicht.");
        christmas.hides("Staat in Ledenlijn.");
        anna.get(&format!("{look}ooit&tijd=10:00")).await.hides("Staat in Ledenlijn.");
    })
    .await;
}

/// Half a millisecond of A-law.
pub(crate) const RECORDING: &str = "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x04\0\0\0TUVW";

#[tokio::test]
async fn a_recording_is_checked_kept_and_heard() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let queue = world.count("select min(id) as value from queues").await;
        let path = format!("/beheer/wachtrijen/{queue}/opname");
        let about = [("melding", "welcome"), ("taal", "nl")];
        let stereo = RECORDING.replacen("\x06\0\x01", "\x06\0\x02", 1);
        for (name, content, says) in [
            ("welkom.mp3", "ID3", "Dit is geen WAV-bestand."),
            ("welkom.wav", stereo.as_str(), "De opname is niet mono op 8000 Hz"),
        ] {
            let again = anna.post_file(&path, &about, ("bestand", name, content)).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
            again.shows(says);
        }
        let other = [("melding", "iets"), ("taal", "nl")];
        let unknown = anna.post_file(&path, &other, ("bestand", "w.wav", RECORDING)).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        // Twice: the second one stays.
        for _ in 0..2 {
            let kept = anna.post_file(&path, &about, ("bestand", "welkom.wav", RECORDING)).await;
            assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        }
        anna.get(&format!("/beheer/wachtrijen/{queue}/meldingen")).await.shows("1 seconde");
        let heard = anna.get(&format!("{path}/welcome/nl")).await;
        assert_eq!(heard.headers["content-type"], "audio/wav");
        assert!(heard.text.ends_with("TUVW"));
        let welcome = telephone_rules::settings::Announcement::Welcome;
        let spoken = async |language| {
            look(&world, async |tx| queue::spoken(tx, QueueId(queue), welcome, language).await)
                .await
        };
        assert_eq!(spoken(texts::Language::Dutch).await.as_deref(), Some(&b"TUVW"[..]));
        assert_eq!(spoken(texts::Language::English).await, None);
        anna.post(&format!("{path}/welcome/nl/weg"), &[]).await;
        assert_eq!(anna.get(&format!("{path}/welcome/nl")).await.status, StatusCode::NOT_FOUND);
        let mut marit = world.browser("marit").await;
        let refused = marit.post_file(&path, &about, ("bestand", "w.wav", RECORDING)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    })
    .await;
}

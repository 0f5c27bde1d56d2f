//! The telephone on the screen, with a browser of our own making that has real ICE, DTLS and SRTP, and the outside world of the demo:
//! what the log says of calls, and what stands in the way. Sound itself is proved in a browser (`journeys::sound`).

use std::time::Duration;

use axum::http::StatusCode;
use calls::attempt;
use jiff::SignedDuration;
use kernel::{Actor, LineId};
use telephony_browser::Client;

use crate::harness::{Browser, World, on_each_engine};

/// Longer than anything here takes; reached only when something is wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

/// Waits until the database says so.
pub(crate) async fn until(world: &World, what: &str, sql: &'static str) {
    let asked = async {
        while world.count(sql).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("{what}: not in time"));
}

/// A colleague whose telephone is on, and the browser that keeps it so.
pub(crate) async fn on<'a>(
    world: &'a World,
    login: &str,
) -> (Browser<'a>, std::thread::JoinHandle<()>) {
    on_and_says(world, login, |_| 0xd5).await
}

/// The same, with what the program calls the connection.
pub(crate) async fn on_leg<'a>(world: &'a World, login: &str) -> (Browser<'a>, String) {
    let (her, leg, _) = connects(world, login, |_| 0xd5).await;
    (her, leg)
}

/// The same, and she says this: A-law by the number of the sample.
pub(crate) async fn on_and_says<'a>(
    world: &'a World,
    login: &str,
    says: impl Fn(u32) -> u8 + Send + 'static,
) -> (Browser<'a>, std::thread::JoinHandle<()>) {
    let (her, _, thread) = connects(world, login, says).await;
    (her, thread)
}

async fn connects<'a>(
    world: &'a World,
    login: &str,
    says: impl Fn(u32) -> u8 + Send + 'static,
) -> (Browser<'a>, String, std::thread::JoinHandle<()>) {
    let mut her = world.browser(login).await;
    let (mut client, offer) = Client::offers();
    let answer = her.post_text("/geluid/verbinding", &offer).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    client.takes(answer.json()["answer"].as_str().expect("an answer"));
    let leg = answer.json()["leg"].as_str().expect("a leg").to_owned();
    // As long as the test runs; its engine ends with it.
    let thread = std::thread::spawn(move || {
        client.is_connected_soon();
        client.speaks(50 * 60, says);
    });
    let there = async {
        while !her.get("/deel/telefoon").await.text.contains("data-connected") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, there).await.expect("sound");
    (her, leg, thread)
}

/// The telephone of the program, with the world outside it.
pub(crate) fn runs(world: &World) -> tokio::task::JoinHandle<()> {
    tokio::spawn(telephone::run(world.app.clone()))
}

pub(crate) async fn shows(her: &mut Browser<'_>, text: &str) {
    let shown = async {
        while !her.get("/deel/telefoon").await.text.contains(text) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let is_shown = tokio::time::timeout(PATIENCE, shown).await.is_ok();
    let page = her.get("/deel/telefoon").await.text;
    assert!(is_shown, "{text:?} is not on the telephone: {page}");
}

/// Takes the next person, and the fields that a call to this person sends along.
pub(crate) async fn takes_next(her: &mut Browser<'_>) -> (String, String) {
    her.post("/werkplek/volgende", &[]).await;
    let desk = her.get("/werkplek").await;
    let field = |name: &str| desk.between(&format!("name=\"{name}\" value=\""), "\"").to_owned();
    (field("person"), field("fence"))
}

#[tokio::test]
async fn what_is_in_the_way_of_sound_is_said_in_words() {
    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        noor.get("/geluid").await.shows("Test je geluid");
        noor.get("/geluid?lang=en").await.shows("Test your sound");
        let refused = noor.post("/geluid/verbinding", &[("v", "0")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.shows("This browser cannot make calls.");
        noor.get("/geluid?lang=nl").await;

        // Nobody is called without sound on both sides.
        let bernds = world.user("bernd").await;
        for path in ["collega", "geef"] {
            let refused = noor.post(&format!("/telefoon/{path}/{bernds}"), &[]).await;
            assert_eq!(refused.status, StatusCode::CONFLICT);
            refused.shows("Zet eerst je telefoon aan.");
        }
        noor.get("/geluid/collegas").await.shows("Er is geen collega vrij met de telefoon aan.");
        // What is not there, or is another's, is not found.
        for path in [
            "/telefoon/neem-op",
            "/telefoon/hang-op",
            "/telefoon/wachtstand",
            "/telefoon/terug",
            "/telefoon/samen",
            "/telefoon/verbind-door",
            "/telefoon/wie/1",
            "/telefoon/proefbeller/9",
            "/geluid/verbinding/7/echo",
            "/geluid/verbinding/7/stil",
            "/geluid/verbinding/7/hier",
            "/geluid/verbinding/7/sluit",
        ] {
            assert_eq!(noor.post(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        // Whoever does not call has no telephone.
        let mut wim = world.browser("wim").await;
        assert_eq!(wim.get("/geluid").await.status, StatusCode::FORBIDDEN);
        let refused = wim.post("/geluid/verbinding", &[("v", "0")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_of_the_desk_is_logged_as_the_line_says() {
    on_each_engine(async |world| {
        world.clock("09:30");
        let running = runs(&world);
        let (mut noor, _sound) = on(&world, "noor").await;
        let (person, fence) = takes_next(&mut noor).await;
        let call = [("person", person.as_str()), ("fence", fence.as_str())];
        assert_eq!(noor.post("/werkplek/bel", &call).await.location(), "/werkplek");
        // Pressed twice it is one call.
        noor.post("/werkplek/bel", &call).await;
        assert_eq!(world.count("select count(*) as value from attempts").await, 1);
        let browsers = "select count(*) as value from attempts where channel = 'browser' and line is not null";
        assert_eq!(world.count(browsers).await, 1);
        let rang = "select count(*) as value from attempts where rang_at is not null";
        until(&world, "it rings", rang).await;

        // What is not so yet cannot be said.
        let outcome = |code: &'static str| {
            [call[0], call[1], ("outcome", code), ("note", ""), ("verzet", "")]
        };
        noor.post("/werkplek/uitkomst", &outcome("no_answer")).await.shows("De telefoon gaat nog over.");

        let answered = "select count(*) as value from attempts where answered_at is not null";
        until(&world, "it is answered", answered).await;
        shows(&mut noor, "In gesprek").await;
        noor.post("/werkplek/uitkomst", &outcome("no_answer")).await.shows("heeft iemand opgenomen");
        // An own telephone is not what ends it.
        noor.post("/werkplek/opgehangen", &call).await;
        assert_eq!(world.count("select count(*) as value from attempts where ended_at is null").await, 1);

        assert_eq!(noor.post("/telefoon/wachtstand", &[]).await.status, StatusCode::NO_CONTENT);
        assert_eq!(noor.post("/telefoon/wachtstand", &[]).await.status, StatusCode::NOT_FOUND);
        shows(&mut noor, "In de wacht").await;
        assert_eq!(noor.post("/telefoon/terug", &[]).await.status, StatusCode::NO_CONTENT);
        let held = "select count(*) as value from attempt_holds where until_at is not null";
        assert_eq!(world.count(held).await, 1);

        world.clock("09:35");
        assert_eq!(noor.post("/telefoon/hang-op", &[]).await.status, StatusCode::NO_CONTENT);
        let spoken = "select count(*) as value from attempts where ended_at is not null and result = 'spoken'";
        until(&world, "it is over", spoken).await;
        shows(&mut noor, "Leg vast hoe het gesprek afliep.").await;
        let legs = "select count(*) as value from attempt_legs where until_at is not null";
        assert_eq!(world.count(legs).await, 1);
        let talked = "select amount as value from events where kind = 'call_ended'";
        assert_eq!(world.count(talked).await, 300, "from the answer on, not from the ringing");
        let logged = noor.post("/werkplek/uitkomst", &outcome("not_interested")).await;
        assert!(logged.location().starts_with("/werkplek?gedaan="), "{}", logged.text);
        world.recount_is_zero().await;
        running.abort();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_while_it_rang_reached_nobody() {
    on_each_engine(async |world| {
        world.clock("09:30");
        let running = runs(&world);
        let (mut noor, _sound) = on(&world, "noor").await;
        let (person, fence) = takes_next(&mut noor).await;
        let call = [("person", person.as_str()), ("fence", fence.as_str())];
        noor.post("/werkplek/bel", &call).await;
        noor.post("/telefoon/hang-op", &[]).await;
        let given_up = "select count(*) as value from attempts where result = 'cancelled_by_agent' and answered_at is null";
        until(&world, "given up", given_up).await;
        shows(&mut noor, "Je hing op voor er werd opgenomen.").await;
        let outcome = |code: &'static str| [call[0], call[1], ("outcome", code), ("note", "")];
        noor.post("/werkplek/uitkomst", &outcome("not_interested")).await.shows("Er is niet opgenomen.");
        let logged = noor.post("/werkplek/uitkomst", &outcome("no_answer")).await;
        assert!(logged.location().starts_with("/werkplek?gedaan="), "{}", logged.text);
        let talked = "select amount as value from events where kind = 'call_ended'";
        assert_eq!(world.count(talked).await, 0);
        running.abort();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_rings_is_offered_missed_and_answered() {
    on_each_engine(async |world| {
        world.clock("08:35");
        let running = runs(&world);
        let (mut noor, _hers) = on(&world, "noor").await;
        let rings = async |who: u8| {
            // The outside world begins a moment after the telephone.
            let mut noor = world.browser("noor").await;
            let rang = async {
                while noor.post(&format!("/telefoon/proefbeller/{who}"), &[]).await.status != StatusCode::NO_CONTENT {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::timeout(PATIENCE, rang).await.expect("somebody to ring");
        };
        rings(0).await;
        shows(&mut noor, "De heer W. van Vliet belt je").await;
        // Name, place and being a member are known at once; the rest after the check.
        shows(&mut noor, "Zutphen").await;
        noor.get("/deel/telefoon").await.hides("Drukkerij De IJssel");
        shows(&mut noor, "Wacht het langst.").await;

        // A colleague comes to work. Noor lets it ring: that is counted, and it rings at the colleague's.
        let (mut marit, _his) = on(&world, "marit").await;
        world.clock("08:36");
        let missed = "select count(*) as value from call_offers where ended_as = 'missed'";
        until(&world, "it is missed", missed).await;
        let waits = "select count(*) as value from queued_calls where state in ('queued', 'offered')";
        assert_eq!(world.count(waits).await, 1);

        shows(&mut marit, "De heer W. van Vliet belt je").await;
        assert_eq!(marit.post("/telefoon/neem-op", &[]).await.status, StatusCode::NO_CONTENT);
        let inbound = "select count(*) as value from attempts where direction = 'in' and channel = 'browser' and number is not null
                        and answered_at is not null";
        assert_eq!(world.count(inbound).await, 1);
        let connected = "select count(*) as value from queued_calls where state = 'connected'";
        assert_eq!(world.count(connected).await, 1);
        marit.get("/werkplek").await.shows("Van Vliet");
        // Of whoever rang it cannot be said that nobody answered, and he hangs up when he likes.
        marit.post("/telefoon/hang-op", &[]).await;
        until(&world, "it is over", "select count(*) as value from attempts where result = 'spoken'").await;

        // Noor missed one; the next rings at hers again, and she refuses it: that is one more, and now nothing rings there until
        // she is back.
        world.clock("08:40");
        rings(1).await;
        shows(&mut noor, "Mevrouw S. Arslan belt je").await;
        assert_eq!(noor.post("/telefoon/hang-op", &[]).await.status, StatusCode::NO_CONTENT);
        shows(&mut noor, "Er gaat nu niets meer bij je over.").await;
        world.clock("08:42");
        assert_eq!(noor.post("/telefoon/ik-ben-er", &[]).await.status, StatusCode::NO_CONTENT);
        shows(&mut noor, "Mevrouw S. Arslan belt je").await;
        running.abort();
        world.recount_is_zero().await;
    })
    .await;
}

/// A process that is gone takes its calls with it: nobody stays in one (state machines §4.2, crash).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_of_a_process_that_is_gone_is_over() {
    on_each_engine(async |world| {
        world.clock("09:30");
        let running = runs(&world);
        let (mut noor, _sound) = on(&world, "noor").await;
        let (person, fence) = takes_next(&mut noor).await;
        noor.post("/werkplek/bel", &[("person", &person), ("fence", &fence)]).await;
        until(&world, "answered", "select count(*) as value from attempts where answered_at is not null").await;
        running.abort();

        let dead = world.count("select line as value from attempts").await;
        world.clock("09:32");
        let found = world
            .db
            .write(Actor::SYSTEM, async |tx| {
                let now = tx.now();
                attempt::seen(tx, LineId(7)).await?;
                attempt::gone(tx, now - SignedDuration::from_secs(60)).await
            })
            .await
            .unwrap();
        assert_eq!(found.len(), 1, "that of line {dead}");
        let system = "select count(*) as value from attempts where result = 'system' and ended_at is not null";
        assert_eq!(world.count(system).await, 1);
        assert_eq!(world.count("select count(*) as value from lines").await, 1, "the one that lives");
        // Its outcome is due, on her desk.
        noor.get("/werkplek").await.shows(&format!("value=\"{person}\""));
    })
    .await;
}

//! Whoever rings the desk and is not answered at once: a place that is kept, and a conversation that broke off.

use axum::http::StatusCode;
use telephony_engine::{Command, Sound};

use crate::harness::on_each_engine_set;
use crate::line::On;
use crate::outside::{ARSLAN, Outsides, VAN_VLIET};
use crate::queues::RECORDING;
use crate::telephone::{PATIENCE, on, shows, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_hangs_up_keeps_the_place_and_is_called_back_in_turn() {
    let outsides = Outsides::start().await;
    let set = |settings: &mut web::Settings| settings.telephone = outsides.line();
    on_each_engine_set(set, async |world| {
        let mut outside = outsides.next();
        world.clock("09:00");
        let _on = On::turn(&world);
        let arslan = outside.rings(ARSLAN).await;
        outside.is_answered(arslan.call).await;
        let kept = "select count(*) as value from queued_calls where how = 'calls_back' and ended_at is null";
        world.clock("09:05");
        arslan.keys.send('1').unwrap();
        until(&world, "she keeps her place", kept).await;
        outside.is_over(arslan.call).await;
        let asked = "select count(*) as value from call_requests where source = 'queue' and used_at is null";
        assert_eq!(world.count(asked).await, 1);

        // Somebody comes to work, and her turn is there.
        let (mut noor, _sound) = on(&world, "noor").await;
        shows(&mut noor, "Mevrouw S. Arslan wil teruggebeld worden").await;
        noor.get("/deel/telefoon").await.shows("Bel terug");
        // Not now: she keeps her place.
        assert_eq!(noor.post("/telefoon/hang-op", &[]).await.status, StatusCode::NO_CONTENT);
        until(&world, "let go", "select count(*) as value from call_offers where ended_as = 'missed'").await;
        assert_eq!(world.count(kept).await, 1);
        // In this order: what rang before the clock jumps would have rung for minutes.
        world.clock("09:10");
        noor.post("/telefoon/ik-ben-er", &[]).await;
        shows(&mut noor, "Mevrouw S. Arslan wil teruggebeld worden").await;
        assert_eq!(noor.post("/telefoon/neem-op", &[]).await.status, StatusCode::NO_CONTENT);
        let call = outside.is_called().await;
        assert_eq!(call.to, ARSLAN);
        outside.engine.send(call.leg, Command::Answer(Sound::Silence));
        shows(&mut noor, "In gesprek").await;
        let attempt = "select count(*) as value from attempts where direction = 'out' and channel = 'browser'
                        and ground = 'requested_call' and ended_at is null";
        assert_eq!(world.count(attempt).await, 1);
        noor.get("/werkplek").await.shows("Arslan");
        let connected = "select count(*) as value from queued_calls where state = 'connected' and how = 'calls_back'";
        assert_eq!(world.count(connected).await, 1);

        // Somebody who keeps a place until the lines close is promised a call.
        let vliet = outside.rings(VAN_VLIET).await;
        outside.is_answered(vliet.call).await;
        world.clock("09:16");
        vliet.keys.send('1').unwrap();
        until(&world, "he keeps his place", kept).await;
        world.clock("16:30");
        let promised = "select count(*) as value from queued_calls c join callbacks b on b.id = c.callback_id
                         where c.state = 'to_callback' and b.ended_at is null";
        until(&world, "he is promised a call", promised).await;
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_waited_too_long_is_asked_before_the_line_is_closed() {
    let outsides = Outsides::start().await;
    let set = |settings: &mut web::Settings| settings.telephone = outsides.line();
    on_each_engine_set(set, async |world| {
        let mut outside = outsides.next();
        let queue = world.count("select min(id) as value from queues").await;
        let about = [("melding", "offer_call_me_back"), ("taal", "nl")];
        let file = ("bestand", "vraag.wav", RECORDING);
        let path = format!("/beheer/wachtrijen/{queue}/opname");
        let kept = world.browser("anna").await.post_file(&path, &about, file).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);

        world.clock("09:00");
        let _on = On::turn(&world);
        let arslan = outside.rings(ARSLAN).await;
        outside.is_answered(arslan.call).await;
        let vliet = outside.rings(VAN_VLIET).await;
        outside.is_answered(vliet.call).await;
        // Nobody is at work. After a quarter of an hour both are asked; she says yes, he says nothing.
        world.clock("09:15");
        let kept = "select count(*) as value from queued_calls where how = 'calls_back' and state = 'queued'";
        let pressed = async {
            while world.count(kept).await == 0 {
                arslan.keys.send('1').unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            }
        };
        tokio::time::timeout(PATIENCE, pressed).await.expect("she keeps her place");
        outside.is_over(arslan.call).await;
        let gone = "select count(*) as value from queued_calls where state = 'turned_away'";
        assert_eq!(world.count(gone).await, 0, "he may think about it");
        world.clock("09:16");
        until(&world, "he is turned away", gone).await;
        outside.is_over(vliet.call).await;
        assert_eq!(world.count(kept).await, 1);
        world.recount_is_zero().await;
    })
    .await;
}

/// The telephone is a process of its own and ends: its calls are over, and it is there again once that runs again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_telephone_that_went_away_takes_its_calls_with_it_and_comes_back() {
    let outsides = Outsides::start().await;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("telephone");
    let set = |settings: &mut web::Settings| {
        settings.telephone = outsides.line();
        settings.sound.socket = Some(at.clone());
    };
    let serve = || {
        let at = at.clone();
        // On a runtime of its own, as a process has: all of it ends at once.
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.spawn(async move { telephony_engine::serve(&at).await });
        runtime
    };
    on_each_engine_set(set, async |world| {
        let mut outside = outsides.next();
        world.clock("09:00");
        let process = serve();
        let _on = On::turn(&world);
        let (mut noor, _sound) = on(&world, "noor").await;
        let vliet = outside.rings(VAN_VLIET).await;
        shows(&mut noor, "De heer W. van Vliet belt je").await;
        noor.post("/telefoon/neem-op", &[]).await;
        outside.is_answered(vliet.call).await;
        let arslan = outside.rings(ARSLAN).await;
        outside.is_answered(arslan.call).await;

        process.shutdown_background();
        let over = "select count(*) as value from attempts where result = 'system' and ended_at is not null";
        until(&world, "the call is over", over).await;
        until(&world, "nobody waits", "select count(*) as value from queued_calls where state = 'abandoned'").await;
        noor.get("/werkplek").await.shows("Van Vliet");

        let process = serve();
        let (mut marit, _sound) = on(&world, "marit").await;
        let again = outside.rings(ARSLAN).await;
        shows(&mut marit, "Mevrouw S. Arslan belt je").await;
        drop(again);
        process.shutdown_background();
        let both = "select count(*) - 1 as value from queued_calls where state = 'abandoned'";
        until(&world, "nobody waits any more", both).await;
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_was_spoken_to_is_not_lost_with_the_browser_of_the_agent() {
    let outsides = Outsides::start().await;
    let set = |settings: &mut web::Settings| settings.telephone = outsides.line();
    on_each_engine_set(set, async |world| {
        let mut outside = outsides.next();
        world.clock("09:00");
        let _on = On::turn(&world);
        let (mut noor, leg) = crate::telephone::on_leg(&world, "noor").await;
        let vliet = outside.rings(VAN_VLIET).await;
        shows(&mut noor, "De heer W. van Vliet belt je").await;
        assert_eq!(noor.post("/telefoon/neem-op", &[]).await.status, StatusCode::NO_CONTENT);
        outside.is_answered(vliet.call).await;
        let (mut marit, _his) = on(&world, "marit").await;

        // Her browser is gone, and does not come back: a colleague goes on with it.
        noor.post(&format!("/geluid/verbinding/{leg}/sluit"), &[]).await;
        shows(&mut marit, "De heer W. van Vliet belt je").await;
        marit.get("/deel/telefoon").await.shows("brak af bij een collega");
        assert_eq!(marit.post("/telefoon/neem-op", &[]).await.status, StatusCode::NO_CONTENT);
        shows(&mut marit, "In gesprek").await;
        marit.get("/werkplek").await.shows("Van Vliet");
        let one = "select count(*) as value from attempts where channel = 'browser'";
        assert_eq!(world.count(one).await, 1, "one conversation");
        let marits = "select count(*) as value from attempts a join users u on u.id = a.agent_id
                       where u.login = 'marit' and a.ended_at is null";
        assert_eq!(world.count(marits).await, 1);
        drop(vliet);
        marit.post("/telefoon/hang-op", &[]).await;
        until(
            &world,
            "it is over",
            "select count(*) as value from attempts where result = 'spoken'",
        )
        .await;
        world.recount_is_zero().await;
    })
    .await;
}

//! What one colleague does, the other sees.

use std::time::{Duration, Instant};

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleague_is_seen_to_be_in_a_call_and_at_lunch() {
    on_each_engine(async |program| {
        program.clock("08:48");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        let marit = Browser::signed_in(program, "marit", Look::default()).await;
        marit
            .until(
                "Noor is there",
                "document.getElementById('collegas').innerText.match(/Noor\\s+beschikbaar/)",
            )
            .await;
        noor.press(Key::Enter).await;
        noor.shows("Mevrouw S. Arslan").await;
        let pressed = Instant::now();
        noor.press(Key::Enter).await;
        marit
            .until(
                "Noor is in a call",
                "document.getElementById('collegas').innerText.match(/Noor\\s+in gesprek/)",
            )
            .await;
        assert!(pressed.elapsed() < Duration::from_secs(10), "seen after {:?}", pressed.elapsed());

        // Lunch is chosen in the call and begins after it.
        noor.is_in_call().await;
        noor.press('s').await;
        noor.is_seen("#kies-status").await;
        noor.press('3').await;
        noor.shows("daarna Lunch").await;
        noor.press('i').await;
        noor.press(Key::Enter).await;
        noor.until("lunch", "document.getElementById('status').innerText.includes('Lunch')").await;
        marit
            .until(
                "Noor has lunch",
                "document.getElementById('collegas').innerText.match(/Noor\\s+lunch/)",
            )
            .await;
        noor.close().await;
        marit.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_said_and_nothing_that_was_typed_is_gone() {
    on_each_engine(async |program| {
        program.clock("08:48");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.press(Key::Enter).await;
        noor.shows("Mevrouw S. Arslan").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        // The browser's own switch: requests fail from here on.
        noor.evaluate("(window.fetch = () => Promise.reject(new TypeError('no network')), true)")
            .await;
        noor.press('n').await;
        noor.types("Net voor de storing").await;
        noor.shows("Nog niet bewaard").await;
        noor.press(Key::Escape).await;
        tokio::time::sleep(Duration::from_millis(900)).await;
        noor.press('i').await;
        noor.press(Key::Enter).await;
        noor.shows("Geen verbinding").await;
        noor.until(
            "still there",
            "document.getElementById('notitie').value === 'Net voor de storing'",
        )
        .await;
        noor.go("/werkplek").await;
        noor.until(
            "there again",
            "document.getElementById('notitie').value === 'Net voor de storing'",
        )
        .await;
        noor.shows("Bewaard").await;
        noor.close().await;
    })
    .await;
}

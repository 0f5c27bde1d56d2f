//! The frame stays while pages change inside it; and everything works without a script.

use fantoccini::key::Key;
use journeys::{Browser, Look, PASSWORD, on_each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_goes_on_whatever_page_is_open() {
    on_each_engine(async |program| {
        program.clock("08:48");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.press(Key::Enter).await;
        noor.shows("Mevrouw S. Arslan").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        // The very same element, not one that looks like it.
        noor.evaluate("(document.querySelector('call-timer').dataset.mark = 'the same', true)")
            .await;
        for place in ["/leden", "/mijn-dag", "/leden"] {
            noor.tab_to(&format!(".rail a[href='{place}']")).await;
            noor.press(Key::Enter).await;
            noor.until(place, &format!("location.pathname === '{place}'")).await;
            noor.until(
                "the timer",
                "document.querySelector('call-timer')?.dataset.mark === 'the same'",
            )
            .await;
            noor.has_focus("h1").await;
        }
        let at = noor.read("call-timer").await;
        noor.until(
            "it ticks",
            &format!("document.querySelector('call-timer').innerText !== '{at}'"),
        )
        .await;
        // The way back of the browser, too.
        noor.evaluate("(history.back(), true)").await;
        noor.until("back", "location.pathname === '/mijn-dag'").await;
        noor.until(
            "the timer",
            "document.querySelector('call-timer')?.dataset.mark === 'the same'",
        )
        .await;
        noor.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_without_a_script() {
    on_each_engine(async |program| {
        program.clock("08:48");
        let noor = Browser::open(program, Look { without_script: true, ..Look::default() }).await;
        noor.go("/inloggen").await;
        noor.fill("#naam", "noor").await;
        noor.fill("#ww", PASSWORD).await;
        noor.click("main form .btn--next").await;
        noor.click(".ready .btn--next").await;
        noor.click(".btn--dial").await;
        noor.fill("#notitie", "Zonder script").await;
        noor.click("label:has([value=not_interested])").await;
        noor.click("[data-commit]").await;
        noor.is_there(".ready").await;
        noor.go("/leden?q=arslan").await;
        noor.click("tbody a").await;
        noor.is_there(".timeline").await;
        let page = noor.source().await;
        assert!(page.contains("Geen interesse") && page.contains("Zonder script"), "{page}");
        noor.close().await;
    })
    .await;
}

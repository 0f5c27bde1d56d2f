//! Half past eight: Mr Van Vliet wants to cancel, and stays; by keyboard alone.

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

/// Mr Van Vliet rings, says who he is and that he wants to cancel: his case is on the screen.
pub(super) async fn wants_to_cancel(noor: &Browser) {
    noor.shows("Klaar voor de volgende").await;
    noor.press('/').await;
    noor.types("1840227").await;
    noor.shows("Lid 1840227").await;
    noor.press(Key::Down).await;
    noor.press(Key::Enter).await;
    noor.is_seen("button[name=direction][value=in]").await;
    noor.tab_to("button[name=direction][value=in]").await;
    noor.press(Key::Enter).await;

    // First who that is: two facts, as he says them.
    noor.has_focus("#controle-birth_date").await;
    noor.types("14-1-1960").await;
    noor.press(Key::Tab).await;
    noor.types("7201 ES 12").await;
    noor.press(Key::Enter).await;
    noor.until("checked", "!document.querySelector('#controle-birth_date')").await;

    // Letters are ignored for a moment after typing.
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;

    // He wants to cancel. Thank first, then why.
    noor.press('z').await;
    noor.shows("Leg vast: Opzegging").await;
    noor.press(Key::Enter).await;
    noor.shows("Bedank eerst: 42 jaar lid.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_calls_to_cancel_and_stays() {
    on_each_engine(async |program| {
        program.clock("08:30");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        wants_to_cancel(&noor).await;
        noor.press('1').await;
        noor.shows("Vanaf 1 februari 2027 betaalt u nog maar € 8,75").await;
        // Leaving would be as easy: one letter shows the last day and what is still due.
        noor.press('z').await;
        noor.shows("Lid tot en met 31 december 2026").await;
        // He stays.
        noor.press('b').await;
        noor.shows("Leg vast: Behouden").await;
        noor.press(Key::Enter).await;
        noor.shows("Klaar voor de volgende").await;
        noor.until(
            "it counts",
            "document.getElementById('dag').innerText.replace(/\\s+/g, ' ').includes('1 behouden')",
        )
        .await;
        noor.close().await;
    })
    .await;
}

//! Half past eight: Mr Van Vliet wants to cancel, and stays; by keyboard alone.

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_calls_to_cancel_and_stays() {
    on_each_engine(async |program| {
        program.clock("08:30");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.shows("Klaar voor de volgende").await;
        noor.press('/').await;
        noor.types("van vliet").await;
        noor.shows("W. van Vliet").await;
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
        noor.shows("Wat vindt u van ons?").await;
        noor.close().await;
    })
    .await;
}

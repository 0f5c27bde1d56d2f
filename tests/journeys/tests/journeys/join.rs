//! One o'clock: somebody becomes a member in one call, and confirms it while she is on the line; by keyboard alone.

use fantoccini::key::Key;
use journeys::{Browser, Look, Program, on_each_engine};
use kernel::{Actor, Pii};

/// The association has set up its account, so that an IBAN is of use.
pub(super) async fn collects(program: &Program) {
    let new = dues::creditor::NewCreditor {
        name: "Werkbond".into(),
        code: "NL79ZZZ999999990000".parse().expect("a creditor id"),
        iban: Pii::new("NL39RABO0300065264".parse().expect("an account")),
    };
    let add = async |tx: &mut db::Tx| dues::creditor::add(tx, program.app.keys(), &new).await;
    program.app.db().write(Actor::SYSTEM, add).await.expect("a creditor");
}

/// From a call that has begun to the page that shows how the sign-up stands.
pub(super) async fn signs_up(noor: &Browser, email: &str) {
    noor.press('a').await;
    noor.shows("Leg vast: Aangemeld").await;
    noor.press(Key::Enter).await;
    noor.is_seen("form#aanmelden").await;
    for (field, text) in
        [("#birth_date", "02-09-1988"), ("#email", email), ("#iban", "NL91 ABNA 0417 1643 00")]
    {
        noor.tab_to(field).await;
        noor.types(text).await;
    }
    noor.shows("Klopt: NL91 •••• •••• 4300").await;
    for tick in ["#yes", "#told"] {
        noor.tab_to(tick).await;
        noor.press(Key::Space).await;
    }
    noor.tab_to("[name=way]").await;
    noor.until("by mail", "document.querySelector('[name=way][value=email]').checked").await;
    noor.press_with(Key::Control, Key::Enter).await;
    noor.is_seen("#stand").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_becomes_a_member_and_confirms_it_on_the_line() {
    on_each_engine(async |program| {
        program.clock("08:48");
        collects(program).await;
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.press(Key::Enter).await;
        noor.is_seen(".btn--dial").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        signs_up(&noor, "nieuw.lid@voorbeeld.example").await;
        noor.shows("wacht op bevestiging").await;

        // The mail that she got; the demo keeps what goes out.
        let post = Browser::signed_in(program, "ingrid", Look::default()).await;
        post.go("/post").await;
        post.shows("nieuw.lid@voorbeeld.example").await;
        post.tab_to("main a[href^='/post/']").await;
        post.press(Key::Enter).await;
        post.is_seen("main a[href*='/l/']").await;
        let link = post.evaluate("document.querySelector(\"main a[href*='/l/']\").pathname").await;
        post.close().await;

        let member = Browser::open(program, Look { phone: true, ..Look::default() }).await;
        member.go(link.as_str().expect("a path")).await;
        member.shows("lid worden met betalingsverplichting").await;
        assert_eq!(member.not_accessible().await, Vec::<String>::new());
        member.tab_to("main button").await;
        member.press(Key::Enter).await;
        member.shows("Dank u wel, uw aanmelding is bevestigd.").await;
        member.close().await;

        // Her colleague on the line sees it without a press, and goes on.
        noor.shows("bevestigd").await;
        noor.hides("wacht op bevestiging").await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());
        noor.tab_to("a.btn--next[href='/werkplek']").await;
        noor.press(Key::Enter).await;
        noor.shows("Klaar voor de volgende").await;
        noor.until(
            "it counts",
            "document.getElementById('dag').innerText.replace(/\\s+/g, ' ').includes('1 nieuw')",
        )
        .await;
        noor.close().await;
    })
    .await;
}

//! One o'clock: somebody becomes a member in one call, and confirms it while she is on the line; by keyboard alone.

use fantoccini::key::Key;
use journeys::{Browser, Look, Program, on_each_engine_with_mail};
use kernel::{Actor, Pii};
use mail::test::MailServer;
use serde_json::Value;

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

/// The path of the first link with `/{place}` in the next mail that comes for this address.
pub(super) fn link_of(mail: &mut MailServer, address: &str, place: &str) -> String {
    let is_for = |mail: &Value| mail["rcpt"] == serde_json::json!([address]);
    let mails = || std::iter::repeat_with(|| mail.mail()).find(is_for);
    let mail = tokio::task::block_in_place(mails).expect("one comes");
    let text = mail["text"].as_str().expect("a text");
    let (_, after) = text.split_once(&format!("/{place}")).unwrap_or_else(|| panic!("{text}"));
    let rest = after.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'));
    format!("/{place}{}", &after[..rest.unwrap_or(after.len())])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_becomes_a_member_and_confirms_it_on_the_line() {
    on_each_engine_with_mail(async |program, mail| {
        program.clock("08:48");
        collects(program).await;
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.press(Key::Enter).await;
        noor.is_seen(".btn--dial").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        signs_up(&noor, "nieuw.lid@voorbeeld.example").await;
        noor.shows("wacht op bevestiging").await;

        // The mail that she got.
        let link = link_of(mail, "nieuw.lid@voorbeeld.example", "l/");
        let member = Browser::open(program, Look { phone: true, ..Look::default() }).await;
        member.go(&link).await;
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

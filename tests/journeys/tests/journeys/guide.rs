//! A team lead writes a guide and an administrator a reason; an agent walks through both by keyboard alone.

use fantoccini::key::Key;
use journeys::{Browser, Look, Program, on_each_engine};

/// Writes a guide with a question, and a step that comes after one of its answers.
async fn a_guide(program: &Program) {
    let ingrid = Browser::signed_in(program, "ingrid", Look::default()).await;
    ingrid.go("/gesprekslijnen").await;
    ingrid.tab_to("#naam").await;
    ingrid.types("Werkdruk in de zorg").await;
    ingrid.tab_to("#thema").await;
    ingrid.types("Werkdruk").await;
    ingrid.press(Key::Enter).await;
    // The steps that came with the program, to make one's own.
    ingrid.is_seen("#titel-3").await;
    ingrid.click("fieldset:has(#titel-0) details > summary").await;
    ingrid.fill("#vraag-0", "Hoe hoog is de werkdruk?").await;
    ingrid.fill("#antwoorden-0", "te hoog\nhet gaat").await;
    ingrid.click("main button[value=bewaar].btn--next").await;
    ingrid.shows("Versie 2").await;
    ingrid.click("fieldset:has(#titel-1) details > summary").await;
    ingrid.choose("#na-1", "Open vraag: te hoog").await;
    ingrid.click("main button[value=bewaar].btn--next").await;
    ingrid.shows("Versie 3").await;
    ingrid.click("button[value=proef]").await;
    ingrid.shows("Er wordt niets bewaard").await;
    ingrid
        .until("left out", "document.querySelector('[data-tab=\"2\"]').matches('[data-left-out]')")
        .await;
    // Never a cage: what is left out can be seen.
    ingrid.click("[data-all-steps]").await;
    ingrid
        .until("seen", "!document.querySelector('[data-tab=\"2\"]').matches('[data-left-out]')")
        .await;
    ingrid.click("[data-all-steps]").await;
    // Letters and numbers are ignored for a moment after typing.
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    ingrid.press('1').await;
    ingrid
        .until(
            "walked through",
            "!document.querySelector('[data-tab=\"2\"]').matches('[data-left-out]')",
        )
        .await;
    ingrid.close().await;
}

async fn a_reason(program: &Program) {
    let anna = Browser::signed_in(program, "anna", Look::default()).await;
    anna.go("/beheer/uitkomsten").await;
    anna.click("a[href='/beheer/uitkomsten/nieuw?onder=4']").await;
    anna.fill("#label_nl", "Wacht op de cao").await;
    anna.click("input[name=then][value=again]").await;
    anna.fill("#after", "30").await;
    anna.fill("#tries_max", "3").await;
    anna.click("main form .btn--next").await;
    anna.shows("Weer op de lijst na 30 dagen. Hooguit 3 pogingen.").await;
    anna.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guide_is_written_and_walked_through_and_an_outcome_has_its_reason() {
    on_each_engine(async |program| {
        a_guide(program).await;
        a_reason(program).await;
        program.clock("08:48");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.press(Key::Enter).await;
        noor.shows("Mevrouw S. Arslan").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        noor.shows("Hoe hoog is de werkdruk?").await;
        noor.until(
            "straight on",
            "document.querySelector('.step-1 [data-next]').htmlFor === 'stap-3'",
        )
        .await;
        noor.press('1').await;
        noor.shows("Antwoorden bewaard").await;
        noor.until(
            "and a step more",
            "document.querySelector('.step-1 [data-next]').htmlFor === 'stap-2'",
        )
        .await;
        noor.press(Key::Enter).await;
        noor.until("there", "document.getElementById('stap-2').checked").await;
        let person = noor.evaluate("document.querySelector('[name=person]').value").await;
        noor.press('i').await;
        noor.shows("Deze campagne belt niet opnieuw.").await;
        noor.press('4').await;
        noor.shows("Leg vast: Geen interesse, Wacht op de cao").await;
        noor.press(Key::Enter).await;
        noor.shows("Vastgelegd: Geen interesse.").await;
        let person = person.as_str().unwrap_or_default().to_owned();
        noor.go(&format!("/leden/{person}/gesprekken")).await;
        noor.shows("Geen interesse: Wacht op de cao").await;
        noor.shows("te hoog").await;
        noor.close().await;
    })
    .await;
}

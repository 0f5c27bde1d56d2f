//! A team lead makes a campaign and understands why some are not called; then reports a colleague ill.

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_from_conditions_and_why_people_are_blocked() {
    on_each_engine(async |program| {
        program.clock("09:03");
        let ingrid = Browser::signed_in(program, "ingrid", Look::default()).await;
        ingrid.go("/campagnes").await;
        ingrid.tab_to("#name").await;
        ingrid.types("Zorg, zonder contact").await;
        ingrid.tab_to("[name=ground][value=consent]").await;
        ingrid.press(Key::Space).await;
        // How many, and who, while the conditions are typed.
        ingrid.choose("#status-c", "Nog geen lid").await;
        let everybody = "/Dit zijn [0-9.]+ mensen/.exec(document.querySelector('.who').textContent)?.[0]";
        ingrid.until("they are counted", everybody).await;
        let before = ingrid.evaluate(everybody).await.as_str().unwrap_or_default().to_owned();
        ingrid.tab_to("#sector-c").await;
        ingrid.types("Zorg en welzijn").await;
        let fewer = format!("({everybody} ?? '') !== '' && {everybody} !== '{before}'");
        ingrid.until("one sector is fewer", &fewer).await;
        // A mistake in the settings that are folded away opens them, and what was typed stays.
        ingrid.click("details:has(#tries_max) > summary").await;
        ingrid.fill("#tries_max", "nul").await;
        ingrid.click("form[action='/campagnes'] .btn--next").await;
        ingrid.shows("Vul in hoe vaak, van 1 tot 20 keer.").await;
        ingrid.is_seen("#tries_max").await;
        ingrid.until("the name is still there", "document.querySelector('#name').value === 'Zorg, zonder contact'").await;
        ingrid.evaluate("document.querySelector('#tries_max').value = ''").await;
        ingrid.fill("#tries_max", "2").await;
        ingrid.click("form[action='/campagnes'] .btn--next").await;
        ingrid.shows("Zorg, zonder contact").await;
        ingrid.shows("Geen grond").await;
        // Each number opens the people behind it, and says what can be done.
        ingrid.click("a[href*='stand=no_ground']").await;
        ingrid.shows("Vraag eerst toestemming").await;
        ingrid.is_seen("main th a[href^='/leden/']").await;

        // A colleague is ill: her promises of today are named, and can be seen.
        ingrid.go("/rooster").await;
        ingrid.until("four colleagues", "document.querySelectorAll('main section').length >= 4").await;
        let form = ingrid
            .evaluate("[...document.querySelectorAll('main section')].find(s => s.querySelector('h2').textContent === 'Noor Bakker').querySelector('form[action$=afwezig]').getAttribute('action')")
            .await;
        let form = form.as_str().unwrap_or_default().to_owned();
        ingrid.click(&format!("details:has(form[action='{form}']) > summary")).await;
        ingrid.click(&format!("form[action='{form}'] button")).await;
        ingrid.shows("Er staan nog 5 beloften voor vandaag open").await;
        ingrid.close().await;
    })
    .await;
}

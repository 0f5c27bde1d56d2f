//! An employer gets a contact person, by keyboard alone.

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_employer_gets_a_contact_person() {
    on_each_engine(async |program| {
        program.clock("08:48");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        // The search in the bar finds employers too.
        noor.press('/').await;
        noor.has_focus("#zoek").await;
        noor.types("gooiland").await;
        noor.is_seen(".search-item[href^='/organisaties/']").await;
        noor.press(Key::Down).await;
        noor.until("it is chosen", "document.querySelector('.search-item[href^=\"/organisaties/\"]').ariaSelected === 'true'").await;
        noor.press(Key::Enter).await;
        noor.shows("Hoe de organisatie in elkaar zit").await;

        noor.tab_to("a[href$='/contactpersonen/nieuw']").await;
        noor.press(Key::Enter).await;
        noor.shows("Contactpersoon toevoegen").await;
        noor.tab_to("#q").await;
        noor.types("2210418").await;
        noor.press(Key::Enter).await;
        noor.is_seen("[name=person]").await;
        noor.tab_to("[name=person]").await;
        noor.press(Key::Space).await;
        // First too quickly: what is missing is said, and the choice stays.
        noor.tab_to("form[method=post] .btn--next").await;
        noor.press(Key::Enter).await;
        noor.is_seen("#role-fout").await;
        noor.tab_to("#role").await;
        noor.types("Hoofd planning").await;
        noor.press(Key::Tab).await;
        noor.types("1-9-2025").await;
        noor.press(Key::Enter).await;
        noor.shows("Hoofd planning").await;
        noor.shows("sinds 1 september 2025").await;
        noor.shows("Contactpersoon toegevoegd").await;

        // Her own file says so too.
        noor.go("/leden?q=2210418").await;
        noor.tab_to("main th a").await;
        noor.press(Key::Enter).await;
        noor.shows("Contactpersoon bij").await;
        noor.shows("Gooiland Vervoer").await;
        noor.close().await;
    })
    .await;
}

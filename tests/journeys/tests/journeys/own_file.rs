//! An own member file of 5,000 people: in, a campaign, a call, the figures; by keyboard alone.

use fantoccini::key::Key;
use import_rules::columns::Kind;
use journeys::{Browser, Look, on_each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_an_own_file_to_the_first_call() {
    on_each_engine(async |program| {
        let mut csv = Vec::new();
        let today = "2026-11-24".parse().expect("a day");
        let wish = import::synthetic::Wish {
            kind: Kind::Persons,
            rows: 5_000,
            seed: 99,
            today,
            owners: &[],
        };
        import::synthetic::write(wish, &mut csv).expect("a file");
        let file = program.file("onze-leden.csv", csv);

        let anna = Browser::signed_in(program, "anna", Look::default()).await;
        anna.go("/import").await;
        anna.tab_to("#file").await;
        anna.gives_file("#file", &file).await;
        anna.tab_to("main .btn--next").await;
        anna.press(Key::Enter).await;
        anna.shows("onze-leden.csv").await;
        anna.shows("Kolommen").await;
        // First what would happen, then that it happens.
        anna.tab_to("main .btn--next").await;
        anna.press(Key::Enter).await;
        anna.shows("Zo zou het gaan").await;
        anna.tab_to("main .btn--next").await;
        anna.press(Key::Enter).await;
        anna.shows("Ingevoerd").await;
        let counts = anna.read(".stats").await;
        assert!(counts.contains("geweigerd") || counts.contains('0'), "{counts}");
        anna.close().await;

        let ingrid = Browser::signed_in(program, "ingrid", Look::default()).await;
        ingrid.go("/campagnes").await;
        ingrid.tab_to("#name").await;
        ingrid.types("Hoe gaat het?").await;
        ingrid.tab_to("[name=ground][value=consent]").await;
        // Down the list of grounds, to the one for members about their membership.
        ingrid.press(Key::Down).await;
        ingrid.press(Key::Down).await;
        ingrid
            .until(
                "the ground",
                "document.querySelector('[name=ground]:checked').value === 'service'",
            )
            .await;
        ingrid.tab_to("[name=source]").await;
        ingrid.press(Key::Right).await;
        ingrid.choose("#import", "onze-leden.csv").await;
        ingrid.tab_to("main form .btn--next").await;
        ingrid.press(Key::Enter).await;
        ingrid.shows("Hoe gaat het?").await;
        ingrid.close().await;

        program.clock("08:35");
        let marit = Browser::signed_in(program, "marit", Look::default()).await;
        marit.shows("Hoe gaat het?").await;
        marit.press(Key::Enter).await;
        marit.is_seen(".btn--dial").await;
        marit.press(Key::Enter).await;
        marit.is_in_call().await;
        marit.press('i').await;
        marit.shows("Leg vast: Geen interesse").await;
        marit.press(Key::Enter).await;
        marit.shows("Klaar voor de volgende").await;
        marit.go("/mijn-dag").await;
        let stats = marit.read(".stats").await;
        assert!(stats.starts_with('1'), "{stats}");
        marit.close().await;
    })
    .await;
}

//! Texts as an administrator writes them.

use axum::http::StatusCode;

use crate::harness::on_each_engine;

const PAGE: &str = "/beheer/teksten/mail.signup.reminder";

fn form<'a>(body: &'a str, from: &'a str, more: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("taal", "nl"),
        ("title", "Bericht voor {voor}: nog even dit"),
        ("body", body),
        ("valid_from", from),
        ("source", "Besluit van het bestuur"),
        ("grade", "D"),
        ("actie", more),
    ]
}

#[tokio::test]
async fn every_text_is_shown_in_every_form_with_somebody_invented_in_it() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let list = anna.get("/beheer/teksten").await;
        list.hides("admin-wording");
        for about in wording::all() {
            list.shows(&format!("href=\"/beheer/teksten/{}\"", about.key));
            for form in ["nl", "nl-je", "en"] {
                let page = anna.get(&format!("/beheer/teksten/{}?taal={form}", about.key)).await;
                assert_eq!(page.status, StatusCode::OK, "{} {form}", about.key);
                page.hides("admin-");
                page.shows("name=\"body\"");
            }
        }
        assert_eq!(anna.get("/beheer/teksten/mail.onbekend").await.status, StatusCode::NOT_FOUND);
        list.shows("niet bevestigd");
        anna.get(PAGE).await.shows("Bericht voor de heer Van Vliet: wacht nog op uw antwoord");
    })
    .await;
}

#[tokio::test]
async fn a_text_is_looked_at_corrected_and_valid_from_its_day() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let good = "{aanhef},\r\n\r\n[Bevestig]({link}) voor {reageer_voor}.";

        let looked = anna.post(PAGE, &form(good, "", "bekijk")).await;
        assert_eq!(looked.status, StatusCode::OK);
        looked.shows("Zo komt het eruit te zien");
        looked.shows("Bericht voor de heer Van Vliet: nog even dit");
        looked.shows("\">Bevestig</a> voor 22 december 2026.");
        assert_eq!(world.count("select count(*) as value from wordings where version > 1").await, 0);

        let bad = "Dag {voornaam}, <b>klik</b> [hier](javascript:x) {link";
        let wrong = anna.post(PAGE, &form(bad, "2026-11-23", "")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for sentence in [
            "{voornaam} kunnen we hier niet invullen.",
            "{reageer_voor} moet in de tekst staan",
            "Plaatjes en HTML kunnen niet",
            "javascript:x is geen adres voor een link.",
            "Kies vandaag of later",
        ] {
            wrong.shows(sentence);
        }
        wrong.shows("value=\"Besluit van het bestuur\"");

        let kept = anna.post(PAGE, &form(good, "2026-11-25", "")).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let page = anna.get(kept.location()).await;
        page.shows("Vastgelegd.");
        page.shows("wacht nog op uw antwoord");
        anna.get("/beheer/teksten").await.shows("Verandert op 25 november 2026");
        world.clock_on("2026-11-25", "08:20");
        let mut anna = world.browser("anna").await;
        anna.get(PAGE).await.shows("Bericht voor de heer Van Vliet: nog even dit");
        // What was shown until then can be shown again.
        let first = world
            .count("select min(id) as value from wordings where key = 'mail.signup.reminder' and language = 'nl' and address = 'u'")
            .await;
        let old = anna.get(&format!("{PAGE}?taal=nl&versie={first}")).await;
        old.shows("Versie 1, geldig vanaf 1 januari 2026");
        old.shows("wacht nog op uw antwoord");
    })
    .await;
}

#[tokio::test]
async fn whoever_only_looks_at_rules_looks_at_texts_too() {
    on_each_engine(async |world| {
        let mut wim = world.browser("wim").await;
        wim.get(PAGE).await.hides("<form class=\"panel stack\"");
        let refused = wim.post(PAGE, &form("{link} {reageer_voor}", "2026-11-25", "")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut noor = world.browser("noor").await;
        assert_eq!(noor.get(PAGE).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}
